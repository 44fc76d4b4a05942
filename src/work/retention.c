/* What is over, and taking it away. */
#include "work/retention.h"

#include <string.h>

#include "base/text.h"
#include "rules/number.h"
#include "rules/retention.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/draft.h"
#include "work/evidence_file.h"
#include "work/setup.h"

#define BETWEEN " ,"
#define TERMS_MAX 32
#define PERSONS_MAX 4 /* roles of one matter */
#define AT_ONCE 20    /* matters in one change set */

bool matter_purged(const struct matter *m)
{
    return json_object_get(m->detail, "purged") != NULL;
}

/* ---- the settings ---- */

struct term {
    const char *pack;
    int years;
};

/* The next word of a setting, in the arena; NULL at its end. */
static const char *next_word(struct op *op, const char **at)
{
    size_t n;
    const char *word;

    *at += strspn(*at, BETWEEN);
    n = strcspn(*at, BETWEEN);
    word = n == 0 ? NULL : arena_strndup(op->arena, *at, n);
    *at += n;
    return word;
}

/* "pack=years"; false when it is not that. */
static bool read_term(struct op *op, const char *word, struct term *ret)
{
    const char *equals = strchr(word, '=');
    int64_t years;

    if (equals == NULL || !text_int64(equals + 1, &years) || years < 1 ||
        years > RETENTION_YEARS_MAX)
        return false;
    *ret = (struct term){arena_strndup(op->arena, word, (size_t)(equals - word)), (int)years};
    return ret->pack != NULL;
}

static enum err_code refuse(struct op *op, const char *word, const char *code, const char *zh,
                            const char *en)
{
    return err_field(&op->err, ERR_INVALID, "value", code,
                     arena_printf(op->arena, "“%s”：%s", word, zh),
                     arena_printf(op->arena, "\"%s\": %s", word, en));
}

static enum err_code check_term(struct op *op, const char *word)
{
    const struct retention_least *least;
    struct term t;

    if (!read_term(op, word, &t))
        return refuse(op, word, "format", "写成 market-2026=10（规则包=年数，1 到 100）",
                      "Write market-2026=10 (rule pack=years, 1 to 100).");
    if (setup_pack(op->setup, t.pack) == NULL)
        return refuse(op, word, "unknown_pack", "没有这个规则包", "There is no such rule pack.");
    least = retention_least_of(op->setup->retention, t.pack);
    if (least == NULL || t.years >= least->years)
        return ERR_OK;
    return refuse(
        op, word, "range",
        arena_printf(op->arena, "至少 %d 年（%s）", least->years, least->source.zh),
        arena_printf(op->arena, "At least %d years (%s).", least->years, least->source.en));
}

enum err_code retention_years_check(struct op *op, const char *value)
{
    size_t n = 0;

    for (const char *word; (word = next_word(op, &value)) != NULL; n++) {
        if (n == TERMS_MAX)
            return refuse(op, word, "too_many", "最多 32 个", "At most 32.");
        TRY(check_term(op, word));
    }
    return ERR_OK;
}

enum err_code retention_hold_check(struct op *op, const char *value)
{
    for (const char *word; (word = next_word(op, &value)) != NULL;) {
        int64_t id;

        if (number_parse(word, op->setup->number_key, &id, &op->err) == ERR_OK)
            continue;
        err_clear(&op->err);
        return refuse(op, word, "format", "不是编号", "This is not a number of a matter.");
    }
    return ERR_OK;
}

static size_t read_terms(struct op *op, struct term ret[TERMS_MAX])
{
    const char *at = op->setup->retention_years;
    size_t n = 0;

    for (const char *word; at != NULL && n < TERMS_MAX && (word = next_word(op, &at)) != NULL;)
        n += read_term(op, word, &ret[n]);
    return n;
}

static bool is_held(struct op *op, int64_t id)
{
    const char *at = op->setup->retention_hold;

    for (const char *word; at != NULL && (word = next_word(op, &at)) != NULL;) {
        int64_t held;

        if (number_parse(word, op->setup->number_key, &held, &op->err) != ERR_OK)
            err_clear(&op->err);
        else if (held == id)
            return true;
    }
    return false;
}

/* ---- what is over ---- */

/* Where a page ended: the term, and the end and id of its last matter. */
struct mark {
    size_t term;
    int64_t ended_at, id;
};

struct over {
    int64_t id;
    const struct term *term;
    date_t since; /* the day from which the term runs */
};

static enum err_code over_of(struct op *op, struct snapshot *snap, const struct term *terms,
                             date_t on, struct mark *mark, struct over *ret, size_t max,
                             size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct term *t = &terms[mark->term];
    int64_t cut = instant_of_date(retention_cut(on, t->years) + 1, op->zone_min);
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_retention_over, &s));
    TRY(stmt_bind_text(op, s, 1, t->pack));
    TRY(stmt_bind_int64(op, s, 2, cut));
    TRY(stmt_bind_int64(op, s, 3, mark->ended_at));
    TRY(stmt_bind_int64(op, s, 4, mark->id));
    TRY(stmt_bind_int64(op, s, 5, (int64_t)(max - *ret_n)));
    for (;;) {
        int64_t ended, rested;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ended = stmt_int64(s, 1);
        rested = stmt_int64(s, 2);
        *mark = (struct mark){mark->term, ended, stmt_int64(s, 0)};
        ret[(*ret_n)++] = (struct over){
            mark->id, t, date_of_instant(ended > rested ? ended : rested, op->zone_min)};
    }
}

/* Goes on behind the mark, over the terms in turn, until the page is full or all are done. */
static enum err_code next_page(struct op *op, struct snapshot *snap, const struct term *terms,
                               size_t n_terms, date_t on, struct mark *mark, struct over *ret,
                               size_t max, size_t *ret_n)
{
    *ret_n = 0;
    while (mark->term < n_terms) {
        TRY(over_of(op, snap, terms, on, mark, ret, max, ret_n));
        if (*ret_n == max)
            return ERR_OK;
        *mark = (struct mark){mark->term + 1, 0, 0};
    }
    return ERR_OK;
}

/* Roles of those who filed it that are still there. */
static enum err_code persons_of(struct op *op, struct snapshot *snap, int64_t id,
                                const char *ret[PERSONS_MAX], size_t *ret_n)
{
    static const int sql[] = {SQL_person_indexes, SQL_reporter_index};
    bool row;

    *ret_n = 0;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;

        TRY(snapshot_prepare(op, snap, sql[i], &s));
        TRY(stmt_bind_int64(op, s, 1, id));
        while (*ret_n < PERSONS_MAX) {
            TRY(stmt_step(op, s, &row));
            if (!row)
                break;
            ret[(*ret_n)++] = stmt_text_dup(op, s, 0);
        }
    }
    return ERR_OK;
}

static int64_t files_left(const struct matter *m)
{
    struct evidence_file files[EVIDENCE_MAX];
    size_t n = evidence_files(m, files);
    int64_t left = 0;

    for (size_t i = 0; i < n; i++)
        left += !files[i].purged;
    return left;
}

/* ---- taking away ---- */

static void forget_row(struct changes *ch, int sql, const char *name)
{
    if (name == NULL)
        return;
    changes_row(ch, sql, 1, ERR_CONFLICT);
    changes_text(ch, name);
}

/* The sealed files are swept once no row names them (blob_sweep). */
static void forget_files(struct changes *ch, struct draft *d)
{
    json_t *list = json_deep_copy(json_object_get(d->m->detail, "files"));

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *file = json_array_get(list, i);
        struct evidence_file f = evidence_file_of(file);

        if (f.purged)
            continue;
        forget_row(ch, SQL_blob_forget, f.blob);
        forget_row(ch, SQL_blob_forget, f.large);
        forget_row(ch, SQL_blob_forget, f.thumb);
        forget_row(ch, SQL_scan_forget, f.blob);
        json_object_set_new(file, "purged", json_true());
    }
    if (list != NULL)
        draft_detail(d, "files", list);
}

static void forget_persons(struct changes *ch, int64_t id)
{
    static const int sql[] = {SQL_person_forget, SQL_reporter_forget};

    for (size_t i = 0; i < 2; i++) {
        changes_row(ch, sql[i], ANY_ROWS, ERR_OK);
        changes_int(ch, id);
    }
}

static json_t *what_went(struct op *op, const struct term *t, const char *const *persons,
                         size_t n_persons, int64_t files)
{
    json_t *roles = json_array();

    for (size_t i = 0; i < n_persons; i++)
        json_array_append_new(roles, json_string(persons[i]));
    return json_pack("{s:I, s:i, s:o, s:I}", "at", (json_int_t)op->now_ms, "years", t->years,
                     "persons", roles, "files", (json_int_t)files);
}

/* What was over a moment ago may have been acted on since: its version decides. */
static enum err_code purge_one(struct op *op, struct snapshot *snap, const struct over *o,
                               int64_t *ret_n)
{
    CLEANUP(matter_release) struct matter m = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};
    const char *persons[PERSONS_MAX];
    struct changes *ch = changes_new(op);
    enum err_code rc;
    size_t n;

    TRY(matter_load(op, snap, o->id, &m));
    TRY(persons_of(op, snap, o->id, persons, &n));
    matter_copy(&m, &before);
    draft_begin(op, &d, &m, "purge", op->now_ms);
    draft_detail(&d, "purged", what_went(op, o->term, persons, n, files_left(&m)));
    forget_files(ch, &d);
    forget_persons(ch, o->id);
    TRY(draft_record(&d, ch));
    if (m.consumer != NULL)
        m.consumer = "";
    matter_save(op, ch, &before, &m);
    rc = store_apply(op, ch, QUEUE_BULK);
    if (rc == ERR_CONFLICT) { /* the next run looks again */
        err_clear(&op->err);
        return ERR_OK;
    }
    *ret_n += rc == ERR_OK;
    return rc;
}

enum err_code retention_purge(struct op *op, size_t max, int64_t *ret_n)
{
    struct term terms[TERMS_MAX];
    size_t n_terms = read_terms(op, terms), n = AT_ONCE;
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    struct mark mark = {0};

    *ret_n = 0;
    while (n == AT_ONCE && (size_t)*ret_n < max) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        struct over page[AT_ONCE];

        TRY(snapshot_open(op, &snap));
        TRY(next_page(op, snap, terms, n_terms, today, &mark, page, AT_ONCE, &n));
        for (size_t i = 0; i < n; i++)
            if (!is_held(op, page[i].id))
                TRY(purge_one(op, snap, &page[i], ret_n));
    }
    return ERR_OK;
}

/* ---- looking ahead ---- */

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

static enum err_code write_one(struct op *op, struct snapshot *snap, const struct over *o,
                               struct json_writer *w, int64_t *hidden)
{
    CLEANUP(matter_release) struct matter m = {0};
    const char *persons[PERSONS_MAX];
    struct record_facts facts;
    size_t n;

    TRY(matter_load(op, snap, o->id, &m));
    facts = matter_facts(op, &m);
    if (!may(&op->actor, MAY_READ, &facts).yes) {
        ++*hidden;
        return ERR_OK;
    }
    TRY(persons_of(op, snap, o->id, persons, &n));
    json_object_begin(w);
    json_text(w, "number", m.number);
    json_text(w, "kind", m.kind);
    json_text(w, "pack", o->term->pack);
    write_day(w, "ended_on", o->since);
    write_day(w, "kept_until", retention_last_day(o->since, o->term->years));
    json_bool(w, "held", is_held(op, o->id));
    json_int(w, "persons", (int64_t)n);
    json_int(w, "files", files_left(&m));
    json_object_end(w);
    return ERR_OK;
}

static void write_terms(const struct term *terms, size_t n, struct json_writer *w)
{
    json_open_array(w, "terms");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(w);
        json_text(w, "pack", terms[i].pack);
        json_int(w, "years", terms[i].years);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err_code retention_write(struct op *op, date_t on, const char *after, size_t max,
                              struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_facts own = {.body_path = op->actor.body_path};
    struct over *page = ARENA_ARRAY(op->arena, struct over, max + 1);
    struct term terms[TERMS_MAX];
    size_t n_terms = read_terms(op, terms), n;
    int64_t hidden = 0;
    struct mark mark;

    TRY(may_check(&op->actor, MAY_READ_RETENTION, &own, &op->err));
    if (page == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "retention");
    if (!read_mark(op, after, n_terms, &mark))
        return err_field(&op->err, ERR_INVALID, "after", "cursor", "翻页的位置不对，请从第一页看起",
                         "This page mark does not fit the list; begin with the first page");
    TRY(snapshot_open(op, &snap));
    TRY(next_page(op, snap, terms, n_terms, on, &mark, page, max, &n));
    json_object_begin(w);
    write_day(w, "on", on);
    write_terms(terms, n_terms, w);
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
