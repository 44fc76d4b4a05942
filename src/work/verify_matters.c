/* Matters folded again from their events: rows, clocks, remedies, links, sealed rows. */
#include <string.h>

#include "base/json.h"
#include "sql_queries.h"
#include "work/clock.h"
#include "work/filing_internal.h"
#include "work/matter_columns.h"
#include "work/retention.h"
#include "work/verify_evidence.h"
#include "work/verify_gone.h"
#include "work/verify_internal.h"
#include "work/verify_person.h"

/* ---- one matter ---- */

struct folded_matter {
    struct matter m;
    json_t *remedies, *links, *sealed; /* as the events say */
};

static void folded_release(struct folded_matter *f)
{
    matter_release(&f->m);
    json_decref(f->remedies);
    json_decref(f->links);
    json_decref(f->sealed);
}

static void keep_rows(struct folded_matter *f, int64_t version, const json_t *body)
{
    const json_t *remedies = json_object_get(body, "remedies"),
                 *links = json_object_get(body, "links");

    for (size_t i = 0; i < json_array_size(remedies); i++) {
        json_t *one = json_copy(json_array_get(remedies, i));

        json_object_set_new(one, "version", json_integer(version));
        json_object_set_new(one, "seq", json_integer((json_int_t)i + 1));
        json_array_append_new(f->remedies, one);
    }
    json_array_extend(f->links, (json_t *)links);
    gone_note(f->sealed, version, body);
}

static enum err_code fold_event(struct rebuild *r, const struct event *ev, const json_t *body,
                                void *folded)
{
    struct folded_matter *f = folded;

    TRY(matter_fold(r->op, &f->m, ev, body));
    keep_rows(f, ev->version, body);
    return ERR_OK;
}

static enum err_code fold_matter(struct rebuild *r, int64_t id, struct folded_matter *f)
{
    bool recounted;

    *f = (struct folded_matter){
        .remedies = json_array(), .links = json_array(), .sealed = json_object()};
    TRY(rebuild_each_event(r, "matter", id, fold_event, f));
    /* The dates of open clocks are not in events: they follow from the calendar in force. */
    return matter_recount(r->op, &f->m, &recounted);
}

static void compare_columns(struct rebuild *r, const struct matter *folded,
                            const struct matter *row)
{
    for (size_t i = 0; i < MATTER_COLUMNS; i++) {
        const struct matter_column *c = &matter_columns[i];

        if (strcmp(c->name, "title") != 0 && strcmp(c->name, "consumer") != 0 &&
            !matter_column_equal(c, folded, row))
            rebuild_report(
                r, "matter", row->id,
                arena_printf(r->op->arena, "column %s differs from the events", c->name));
    }
}

static bool same_clock(const struct matter_clock *a, const struct matter_clock *b)
{
    return strcmp(a->rule, b->rule) == 0 && a->seq == b->seq && a->state == b->state &&
           a->start == b->start && a->due_raw == b->due_raw && a->due == b->due &&
           a->extensions == b->extensions && a->paused_days == b->paused_days &&
           a->provisional == b->provisional && a->met_at == b->met_at;
}

static void compare_clocks(struct rebuild *r, const struct matter *folded, const struct matter *row)
{
    size_t same = 0;

    for (size_t i = 0; i < row->n_clocks; i++)
        for (size_t k = 0; k < folded->n_clocks; k++)
            same += same_clock(&row->clocks[i], &folded->clocks[k]);
    if (same != row->n_clocks || same != folded->n_clocks)
        rebuild_report(r, "deadline", row->id, "clocks differ from the events");
}

/* NULL and "" are the same: nothing was said. */
static bool same_text(struct stmt *s, int column, const json_t *value)
{
    const char *text = json_string_value(value);

    return strcmp(stmt_is_null(s, column) ? "" : stmt_text(s, column), text == NULL ? "" : text) ==
           0;
}

static enum err_code compare_remedies(struct rebuild *r, const struct folded_matter *f)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n = 0;
    bool row, same = true;

    TRY(snapshot_prepare(r->op, r->snap, SQL_remedies_of, &s));
    TRY(stmt_bind_int64(r->op, s, 1, f->m.id));
    for (;; n++) {
        const json_t *one = json_array_get(f->remedies, n);

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        same = same && one != NULL &&
               stmt_int64(s, 0) == json_integer_value(json_object_get(one, "version")) &&
               stmt_int64(s, 1) == json_integer_value(json_object_get(one, "seq")) &&
               same_text(s, 2, json_object_get(one, "kind")) &&
               stmt_int64(s, 3) == json_integer_value(json_object_get(one, "amount_fen")) &&
               same_text(s, 4, json_object_get(one, "paid_by")) &&
               same_text(s, 5, json_object_get(one, "payer"));
    }
    if (!same || n != json_array_size(f->remedies))
        rebuild_report(r, "remedy", f->m.id, "remedies differ from the events");
    return ERR_OK;
}

static bool has_link(const json_t *links, int64_t other, const char *relation)
{
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);
        const char *said = json_string_value(json_object_get(l, "relation"));

        if (json_integer_value(json_object_get(l, "other")) == other && said != NULL &&
            relation != NULL && strcmp(said, relation) == 0)
            return true;
    }
    return false;
}

static size_t distinct_links(const json_t *links)
{
    CLEANUP(json_decrefp) json_t *seen = json_array();

    for (size_t i = 0; i < json_array_size(links); i++) {
        json_t *l = json_array_get(links, i);

        if (!has_link(seen, json_integer_value(json_object_get(l, "other")),
                      json_string_value(json_object_get(l, "relation"))))
            json_array_append(seen, l);
    }
    return json_array_size(seen);
}

static enum err_code compare_links(struct rebuild *r, const struct folded_matter *f)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n = 0;
    bool row, same = true;

    TRY(snapshot_prepare(r->op, r->snap, SQL_links_from, &s));
    TRY(stmt_bind_int64(r->op, s, 1, f->m.id));
    for (;; n++) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        same = same && has_link(f->links, stmt_int64(s, 0), stmt_text(s, 1));
    }
    if (!same || n != distinct_links(f->links))
        rebuild_report(r, "link", f->m.id, "links differ from the events");
    return ERR_OK;
}

static enum err_code compare_title(struct rebuild *r, const struct matter *row)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    struct matter again = *row;

    if (row->secret || matter_purged(row)) /* its names are gone: they cannot be masked again */
        return ERR_OK;
    if (filing_open(r->op, r->snap, row, &filing) != ERR_OK ||
        filing_retitle(r->op, r->snap, &again, filing, NULL) != ERR_OK) {
        rebuild_report(r, "text", row->id, "the sealed filing does not open");
        return ERR_OK;
    }
    if (strcmp(again.title == NULL ? "" : again.title, row->title == NULL ? "" : row->title) != 0)
        rebuild_report(r, "matter", row->id, "column title differs from the sealed filing");
    if (row->consumer != NULL && strcmp(again.consumer, row->consumer) != 0)
        rebuild_report(r, "matter", row->id, "column consumer differs from the sealed person");
    return ERR_OK;
}

/* ---- all matters ---- */

/* The walk over the ids, and what it says of matters that were taken away with all their events. */
struct gaps {
    int64_t last_id;
    int64_t explained; /* missing events of matters that are still there */
    int64_t named;     /* matters reported as gone */
};

/* Matters of which nothing is left, by their numbers. */
static void name_gone(struct rebuild *r, struct gaps *gaps, int64_t id)
{
    int64_t ids[GONE_NUMBERS];
    size_t n = r->counts->missing_events == 0 ? 0 : gone_between(gaps->last_id, id, ids);

    for (size_t i = 0; i < n; i++, gaps->named++)
        rebuild_report(r, "matter", ids[i],
                       "neither events nor row: taken away, or its filing failed at the time");
    gaps->last_id = id;
}

/* What the matter is made of beside its columns. */
static enum err_code compare_parts(struct rebuild *r, const struct folded_matter *f,
                                   const struct matter *row)
{
    const char *table;

    compare_clocks(r, &f->m, row);
    TRY(compare_title(r, row));
    TRY(verify_persons(r->op, r->snap, row, &table));
    if (table != NULL)
        rebuild_report(r, table, row->id, "a keyed index differs from the sealed person");
    TRY(gone_sealed(r->op, r->snap, row->id, f->sealed, &table));
    if (table != NULL)
        rebuild_report(r, table, row->id, "a row is missing; its event holds the commitment");
    TRY(verify_evidence(r->op, r->snap, &f->m, &table));
    if (table != NULL)
        rebuild_report(r, table, row->id,
                       "evidence that its events name is missing, or another file");
    TRY(compare_remedies(r, f));
    return compare_links(r, f);
}

static enum err_code check_matter(struct rebuild *r, int64_t id, void *walked)
{
    CLEANUP(folded_release) struct folded_matter f = {0};
    CLEANUP(matter_release) struct matter row = {0};
    struct gaps *gaps = walked;
    struct figure_facts facts;

    name_gone(r, gaps, id);
    if (fold_matter(r, id, &f) != ERR_OK) {
        rebuild_report(r, "event", id, r->op->err.why);
        return ERR_OK;
    }
    if (matter_load(r->op, r->snap, id, &row) != ERR_OK) {
        rebuild_report(r, "matter", id, "the row is missing or unreadable; its events are there");
        return ERR_OK;
    }
    if (row.version > f.m.version)
        gaps->explained += row.version - f.m.version;
    compare_columns(r, &f.m, &row);
    TRY(compare_parts(r, &f, &row));
    facts = matter_measure_facts(r->op, &f.m);
    measure_cells(r->op->setup->measures, &facts, tally_cells_add, &r->cells);
    return ERR_OK;
}

static enum err_code matters_without_events(struct rebuild *r, struct gaps *gaps)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(r->op, r->snap, SQL_matter_rows_without_events, &s));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        rebuild_report(r, "matter", stmt_int64(s, 0), "a matter without any event");
        gaps->named++;
    }
}

enum err_code rebuild_matters(struct rebuild *r)
{
    struct gaps gaps = {0};

    TRY(rebuild_each_record(r, "matter", check_matter, &gaps));
    TRY(matters_without_events(r, &gaps));
    /* It may have been the last one: then only its events are a gap. */
    if (gaps.named == 0 && gaps.last_id != 0 && r->counts->missing_events > gaps.explained)
        name_gone(r, &gaps, gaps.last_id + 2);
    return ERR_OK;
}
