/* What the term of keeping takes away next, as the JSON of the API. */
#include <string.h>

#include "base/text.h"
#include "rules/retention.h"
#include "work/acts.h"
#include "work/hold.h"
#include "work/retention_internal.h"
#include "work/setup.h"
#include "work/view_internal.h"

#define COUNTED 1000 /* no further: it is a look, not a figure */

static bool read_mark(struct op *op, const char *text, size_t n_terms, struct mark *ret)
{
    const char *a = strchr(text, '.'), *b = a == NULL ? NULL : strchr(a + 1, '.');
    int64_t term;

    *ret = (struct mark){0};
    if (*text == '\0')
        return true;
    if (b == NULL || !text_int64(arena_strndup(op->arena, text, (size_t)(a - text)), &term) ||
        !text_int64(arena_strndup(op->arena, a + 1, (size_t)(b - a - 1)), &ret->ended_at) ||
        !text_int64(b + 1, &ret->id) || term < 0 || (size_t)term > n_terms)
        return false;
    ret->term = (size_t)term;
    return true;
}

static void write_day(struct json_writer *w, const char *key, date_t day)
{
    char text[DATE_TEXT];

    date_format(day, text);
    json_text(w, key, text);
}

static void write_papers(struct json_writer *w, const struct over *o)
{
    if (o->term->papers == 0)
        json_none(w, "papers_until");
    else
        write_day(w, "papers_until", retention_last_day(o->since, o->term->papers));
}

/* What goes is what is over on that day: persons and files, texts and letters after their own
 * term. */
static enum err_code write_one(struct op *op, struct snapshot *snap, const struct over *o,
                               struct json_writer *w, int64_t *hidden)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct record_facts facts;
    struct left left;
    bool held;

    TRY(matter_load(op, snap, o->id, &m));
    facts = matter_facts(op, &m);
    if (!may(&op->actor, MAY_READ, &facts).yes) {
        ++*hidden;
        return ERR_OK;
    }
    TRY(retention_left(op, snap, &m, o, &left));
    TRY(hold_is_on(op, snap, m.number, &held));
    json_object_begin(w);
    json_text(w, "number", m.number);
    json_text(w, "kind", m.kind);
    json_text(w, "pack", o->term->pack);
    write_day(w, "ended_on", o->since);
    write_day(w, "kept_until", retention_last_day(o->since, o->term->years));
    write_papers(w, o);
    json_bool(w, "held", held);
    json_bool(w, "may_hold", !held && may(&op->actor, MAY_HOLD, &facts).yes);
    json_int(w, "persons", (int64_t)left.persons.n);
    json_int(w, "files", left.files);
    json_int(w, "texts", left.texts);
    json_int(w, "letters", (int64_t)left.n_letters);
    json_int(w, "orders", left.order != 0);
    json_int(w, "visits", left.visit != 0);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_terms(struct op *op, struct snapshot *snap, date_t on,
                                 const struct term *terms, size_t n, struct json_writer *w)
{
    json_open_array(w, "terms");
    for (size_t i = 0; i < n; i++) {
        const struct pack *pack = setup_pack(op->setup, terms[i].pack);
        int64_t over;

        TRY(retention_count(op, snap, &terms[i], on, COUNTED + 1, &over));
        json_object_begin(w);
        json_text(w, "pack", terms[i].pack);
        view_label(w, "name", pack == NULL ? NULL : &pack->name);
        json_int(w, "years", terms[i].years);
        if (terms[i].papers == 0)
            json_none(w, "papers");
        else
            json_int(w, "papers", terms[i].papers);
        json_int(w, "over", over > COUNTED ? COUNTED : over);
        json_bool(w, "more", over > COUNTED);
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

enum err_code retention_write(struct op *op, date_t on, const char *after, size_t max,
                              struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_facts own = {.body_path = op->actor.body_path};
    struct over *page = ARENA_ARRAY(op->arena, struct over, max + 1);
    struct term terms[TERMS_MAX];
    size_t n_terms = retention_terms(op, terms), n;
    int64_t hidden = 0;
    struct mark mark;

    TRY(may_check(&op->actor, MAY_READ_RETENTION, &own, &op->err));
    if (page == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "retention");
    if (!read_mark(op, after, n_terms, &mark))
        return err_field(&op->err, ERR_INVALID, "after", "cursor", "翻页的位置不对，请从第一页看起",
                         "This page mark does not fit the list; begin with the first page");
    TRY(snapshot_open(op, &snap));
    TRY(retention_page(op, snap, terms, n_terms, on, &mark, page, max, &n));
    json_object_begin(w);
    write_day(w, "on", on);
    TRY(write_terms(op, snap, on, terms, n_terms, w));
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++)
        TRY(write_one(op, snap, &page[i], w, &hidden));
    json_array_end(w);
    json_int(w, "hidden", hidden);
    json_text(w, "next",
              n < max ? NULL
                      : arena_printf(op->arena, "%zu.%lld.%lld", mark.term,
                                     (long long)mark.ended_at, (long long)mark.id));
    json_object_end(w);
    return ERR_OK;
}
