/* Frequencies: where less was done than they ask for. */
#include <string.h>

#include "insight/compose.h"
#include "sql_queries.h"
#include "work/entry_figures.h"
#include "work/entry_reading.h"
#include "work/view_internal.h"

#define PLACES_MAX 5000

static const struct register_frequency *frequency_of(const struct register_def *def, const char *id)
{
    for (size_t i = 0; i < def->n_frequencies; i++)
        if (*id == '\0' || strcmp(def->frequencies[i].id, id) == 0)
            return &def->frequencies[i];
    return NULL;
}

/* How many of its periods lie in the one asked for, at least one; of weeks those that are whole. */
static int64_t times(const struct register_frequency *f, const struct period *p)
{
    static const int months[] = {1, 3, 6, 12};
    int first, last, n;

    if (f->every == EVERY_WEEK)
        return period_days(p) < 14 ? 1 : period_days(p) / 7;
    if (!period_months(p, &first, &last))
        return 1;
    n = (last - first + 1) / months[f->every];
    return n < 1 ? 1 : n;
}

static enum err_code done_at(const struct reading *r, const struct register_frequency *f,
                             const char *place, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = r->op;

    TRY(snapshot_prepare(op, r->snap, SQL_entry_done, &s));
    TRY(stmt_bind_text(op, s, 1, r->def->flow.id));
    TRY(stmt_bind_text(op, s, 2, arena_printf(op->arena, "~%s", f->id)));
    TRY(stmt_bind_text(op, s, 3, place));
    TRY(stmt_bind_int64(op, s, 4, r->period.first));
    TRY(stmt_bind_int64(op, s, 5, r->period.last));
    return stmt_one_number(op, s, ret);
}

static void write_place(struct json_writer *w, const char *reg, const char *number,
                        const char *title, const struct body *body, int64_t done, int64_t needed)
{
    json_object_begin(w);
    json_open_object(w, "place");
    json_text(w, "number", number);
    json_text(w, "register", reg);
    json_text(w, "title", title);
    json_text(w, "body", body == NULL ? "" : body->code);
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    json_object_end(w);
    json_int(w, "done", done);
    json_int(w, "needed", needed);
    json_object_end(w);
}

static enum err_code behind_bodies(const struct reading *r, const struct register_frequency *f,
                                   struct json_writer *w)
{
    int64_t needed = f->at_least * times(f, &r->period), done;

    for (size_t i = 0; i < r->op->setup->n_bodies; i++) {
        const struct body *b = &r->op->setup->bodies[i];

        if (!b->current || !body_path_within(b->path, r->body->path))
            continue;
        TRY(done_at(r, f, b->code, &done));
        if (done < needed)
            write_place(w, "", b->code, b->name.zh, b, done, needed);
    }
    return ERR_OK;
}

static bool is_place(const struct register_frequency *f, const struct record *r)
{
    for (size_t i = 0; i < f->n_states; i++)
        if (strcmp(f->states[i], record_member(r, "status")) == 0)
            return true;
    return f->n_states == 0;
}

static enum err_code behind_place(const struct reading *r, const struct register_frequency *f,
                                  const struct register_def *places, int64_t id,
                                  struct json_writer *w)
{
    CLEANUP(record_release) struct record place = {0};
    int64_t needed = f->at_least * times(f, &r->period), done;
    struct op *op = r->op;
    const char *title;

    TRY(record_load(op, r->snap, ENTRY, id, &place));
    if (!is_place(f, &place) || (date_t)record_number(&place, "day") > r->period.last)
        return ERR_OK;
    TRY(done_at(r, f, arena_printf(op->arena, "%lld", (long long)id), &done));
    if (done >= needed)
        return ERR_OK;
    TRY(entry_title(op, r->snap, places, &place, &title));
    write_place(w, places->flow.id, record_member(&place, "number"), title,
                setup_body(op->setup, record_member(&place, "body")), done, needed);
    return ERR_OK;
}

static enum err_code behind_entries(const struct reading *r, const struct register_frequency *f,
                                    struct json_writer *w)
{
    struct entry_filter filter = {.open = -1,
                                  .from = DATE_NONE,
                                  .to = DATE_NONE,
                                  .body_path = r->body->path,
                                  .sort = ENTRY_OLDEST,
                                  .max = 200};
    int64_t ids[200];
    size_t n, seen = 0;

    TRY(register_for(r->op, f->places, &filter.def));
    do {
        TRY(entry_list_ids(r->op, r->snap, &filter, ids, &n, &filter.cursor));
        for (size_t i = 0; i < n; i++)
            TRY(behind_place(r, f, filter.def, ids[i], w));
        seen += n;
    } while (filter.cursor != NULL && seen < PLACES_MAX);
    return ERR_OK;
}

enum err_code entry_behind_view(struct op *op, const struct register_def *def,
                                const char *frequency, const struct period *period,
                                const char *body, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct register_frequency *f = frequency_of(def, frequency);
    char text[PERIOD_TEXT];
    struct reading r;

    if (f == NULL)
        return err_field(&op->err, ERR_INVALID, "frequency", "unknown_choice",
                         "这个台账没有这样的次数要求", "The register has no such frequency.");
    TRY(entry_reading_begin(op, def, body, period, &r));
    TRY(snapshot_open(op, &snap));
    r.snap = snap;
    period_format(period, text);
    json_object_begin(w);
    json_text(w, "frequency", f->id);
    json_text(w, "period", text);
    json_open_array(w, "items");
    TRY(f->places == NULL ? behind_bodies(&r, f, w) : behind_entries(&r, f, w));
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}
