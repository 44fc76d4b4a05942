/* The rebuild: events in, projections compared. */
#include "work/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/calendars.h"
#include "work/entry.h"
#include "work/clock.h"
#include "work/filing_internal.h"
#include "work/matter_columns.h"
#include "work/record.h"
#include "work/retention.h"
#include "work/verify_evidence.h"
#include "work/verify_gone.h"
#include "work/verify_person.h"

#define BATCH 200
#define RECOUNT_MS 60000

/* ---- tallies counted again ---- */

struct cell {
    char *key; /* malloc'd: measure, dimension, grain, period, body, value, parted by 0x1f */
    int64_t n, sum;
};

struct recount {
    struct op *op;
    struct snapshot *snap;
    verify_found_fn *found;
    void *arg;
    struct verify_counts *counts;
    struct cell *cells; /* open addressing, power of two */
    size_t cap, used;
    bool stop, no_memory;
    /* for matters taken away whole: the id before, missing events that others explain, those named
     */
    int64_t last_id, explained, named;
};

static void report(struct recount *r, const char *table, int64_t record, const char *what)
{
    r->counts->findings++;
    if (!r->stop && !r->found(r->arg, table, record, what))
        r->stop = true;
}

static uint64_t hash_text(const char *s)
{
    uint64_t h = 1469598103934665603u;

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

static struct cell *cell_at(struct recount *r, const char *key)
{
    size_t i = hash_text(key) & (r->cap - 1);

    while (r->cells[i].key != NULL && strcmp(r->cells[i].key, key) != 0)
        i = (i + 1) & (r->cap - 1);
    return &r->cells[i];
}

static bool grow(struct recount *r)
{
    struct cell *old = r->cells;
    size_t cap = r->cap;

    r->cap = cap == 0 ? 4096 : cap * 2;
    r->cells = calloc(r->cap, sizeof *r->cells);
    if (r->cells == NULL) {
        r->cells = old;
        r->cap = cap;
        return false;
    }
    for (size_t i = 0; i < cap; i++)
        if (old[i].key != NULL)
            *cell_at(r, old[i].key) = old[i];
    free(old);
    return true;
}

static void cell_key(const struct tally_key *key, char ret[400])
{
    snprintf(ret, 400, "%s\x1f%s\x1f%c\x1f%d\x1f%s\x1f%s", key->measure, key->dimension,
             key->grain == 0 ? '-' : key->grain, key->period, key->body, key->value);
}

static void add_cell(void *arg, const struct tally_key *key, int64_t n, int64_t sum)
{
    struct recount *r = arg;
    char text[400];
    struct cell *c;

    if (r->used * 2 >= r->cap && !grow(r)) {
        r->no_memory = true;
        return;
    }
    cell_key(key, text);
    c = cell_at(r, text);
    if (c->key == NULL) {
        c->key = strdup(text);
        r->used++;
        r->no_memory |= c->key == NULL;
    }
    c->n += n;
    c->sum += sum;
}

static enum err_code compare_tallies(struct recount *r)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = r->op;
    char text[400];
    bool row;

    TRY(snapshot_prepare(op, r->snap, SQL_tally_all, &s));
    for (;;) {
        struct cell *c;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        snprintf(text, sizeof text, "%s\x1f%s\x1f%s\x1f%lld\x1f%s\x1f%s", stmt_text(s, 0),
                 stmt_text(s, 1), stmt_text(s, 2), (long long)stmt_int64(s, 3), stmt_text(s, 4),
                 stmt_text(s, 5));
        c = r->cap == 0 ? NULL : cell_at(r, text);
        if (c == NULL || c->key == NULL ? stmt_int64(s, 6) != 0 || stmt_int64(s, 7) != 0
                                        : c->n != stmt_int64(s, 6) || c->sum != stmt_int64(s, 7))
            report(r, "tally", 0, arena_printf(op->arena, "%s differs from the events", text));
        if (c != NULL && c->key != NULL)
            c->n = c->sum = 0;
        r->counts->rows++;
    }
    for (size_t i = 0; i < r->cap; i++)
        if (r->cells[i].key != NULL && (r->cells[i].n != 0 || r->cells[i].sum != 0))
            report(r, "tally", 0,
                   arena_printf(op->arena, "%s is missing or differs", r->cells[i].key));
    return ERR_OK;
}

/* A sum kept in rows of its own: the cell of that key must say the same. */
static void compare_sum(struct recount *r, const char *table, const struct tally_key *key,
                        int64_t n, int64_t sum)
{
    char text[400];
    struct cell *c;

    cell_key(key, text);
    c = r->cap == 0 ? NULL : cell_at(r, text);
    if (c == NULL || c->key == NULL ? n != 0 || sum != 0 : c->n != n || c->sum != sum)
        report(r, table, 0,
               arena_printf(r->op->arena, "%s %s differs from the events", key->dimension,
                            key->value));
    if (c != NULL && c->key != NULL)
        c->n = c->sum = 0;
    r->counts->rows++;
}

/* Balances of registers, and how many rows their entries are found by. */
static enum err_code compare_balances(struct recount *r)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL, *rows = NULL;
    struct op *op = r->op;
    bool row;

    TRY(snapshot_prepare(op, r->snap, SQL_entry_balance_all, &s));
    for (;;) {
        struct tally_key key = {.measure = ENTRY_BALANCE};

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        key.dimension = arena_printf(op->arena, "%s.%s", stmt_text(s, 0), stmt_text(s, 1));
        key.body = stmt_text(s, 2);
        key.value = stmt_text(s, 3);
        if (key.dimension == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "balances");
        compare_sum(r, "entry_balance", &key, 0, stmt_int64(s, 4));
    }
    TRY(snapshot_prepare(op, r->snap, SQL_entry_value_count, &rows));
    TRY(stmt_one_row(op, rows));
    compare_sum(
        r, "entry_value",
        &(struct tally_key){.measure = ENTRY_ROWS, .dimension = "", .value = "", .body = ""},
        stmt_int64(rows, 0), 0);
    return ERR_OK;
}

static void recount_release(struct recount *r)
{
    for (size_t i = 0; i < r->cap; i++)
        free(r->cells[i].key);
    free(r->cells);
    snapshot_closep(&r->snap);
}

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

static enum err_code fold_matter(struct op *op, struct snapshot *snap, int64_t id,
                                 struct folded_matter *f)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *f = (struct folded_matter){
        .remedies = json_array(), .links = json_array(), .sealed = json_object()};
    TRY(snapshot_prepare(op, snap, SQL_events_of, &s));
    TRY(stmt_bind_text(op, s, 1, "matter"));
    TRY(stmt_bind_int64(op, s, 2, id));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        struct event ev = {.record = id};
        const void *bytes;
        size_t n;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ev.version = stmt_int64(s, 1);
        bytes = stmt_blob(s, 9, &n);
        if (n == HASH_BYTES)
            memcpy(ev.hash, bytes, HASH_BYTES);
        TRY(stmt_event_body(op, s, 8, &body));
        TRY(matter_fold(op, &f->m, &ev, body));
        keep_rows(f, ev.version, body);
    }
}

static void compare_columns(struct recount *r, const struct matter *folded,
                            const struct matter *row)
{
    for (size_t i = 0; i < MATTER_COLUMNS; i++) {
        const struct matter_column *c = &matter_columns[i];

        if (strcmp(c->name, "title") != 0 && strcmp(c->name, "consumer") != 0 &&
            !matter_column_equal(c, folded, row))
            report(r, "matter", row->id,
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

static void compare_clocks(struct recount *r, const struct matter *folded, const struct matter *row)
{
    size_t same = 0;

    for (size_t i = 0; i < row->n_clocks; i++)
        for (size_t k = 0; k < folded->n_clocks; k++)
            same += same_clock(&row->clocks[i], &folded->clocks[k]);
    if (same != row->n_clocks || same != folded->n_clocks)
        report(r, "deadline", row->id, "clocks differ from the events");
}

/* NULL and "" are the same: nothing was said. */
static bool same_text(struct stmt *s, int column, const json_t *value)
{
    const char *text = json_string_value(value);

    return strcmp(stmt_is_null(s, column) ? "" : stmt_text(s, column), text == NULL ? "" : text) ==
           0;
}

static enum err_code compare_remedies(struct recount *r, const struct folded_matter *f)
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
               strcmp(stmt_text(s, 2), json_string_value(json_object_get(one, "kind"))) == 0 &&
               stmt_int64(s, 3) == json_integer_value(json_object_get(one, "amount_fen")) &&
               same_text(s, 4, json_object_get(one, "paid_by")) &&
               same_text(s, 5, json_object_get(one, "payer"));
    }
    if (!same || n != json_array_size(f->remedies))
        report(r, "remedy", f->m.id, "remedies differ from the events");
    return ERR_OK;
}

static bool has_link(const json_t *links, int64_t other, const char *relation)
{
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);

        if (json_integer_value(json_object_get(l, "other")) == other &&
            strcmp(json_string_value(json_object_get(l, "relation")), relation) == 0)
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

static enum err_code compare_links(struct recount *r, const struct folded_matter *f)
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
        report(r, "link", f->m.id, "links differ from the events");
    return ERR_OK;
}

static enum err_code compare_title(struct recount *r, const struct matter *row)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    struct matter again = *row;

    if (row->secret || matter_purged(row)) /* its names are gone: they cannot be masked again */
        return ERR_OK;
    if (filing_open(r->op, r->snap, row, &filing) != ERR_OK ||
        filing_retitle(r->op, r->snap, &again, filing, NULL) != ERR_OK) {
        report(r, "text", row->id, "the sealed filing does not open");
        return ERR_OK;
    }
    if (strcmp(again.title == NULL ? "" : again.title, row->title == NULL ? "" : row->title) != 0)
        report(r, "matter", row->id, "column title differs from the sealed filing");
    if (row->consumer != NULL && strcmp(again.consumer, row->consumer) != 0)
        report(r, "matter", row->id, "column consumer differs from the sealed person");
    return ERR_OK;
}

/* Matters of which nothing is left, by their numbers. */
static void name_gone(struct recount *r, int64_t id)
{
    int64_t ids[GONE_NUMBERS];
    size_t n = r->counts->missing_events == 0 ? 0 : gone_between(r->last_id, id, ids);

    for (size_t i = 0; i < n; i++, r->named++)
        report(r, "matter", ids[i],
               "neither events nor row: taken away, or its filing failed at the time");
    r->last_id = id;
}

static enum err_code check_matter(struct recount *r, int64_t id)
{
    CLEANUP(folded_release) struct folded_matter f = {0};
    CLEANUP(matter_release) struct matter row = {0};
    struct figure_facts facts;
    struct op *op = r->op;
    const char *table;
    bool recounted;

    r->counts->records++;
    name_gone(r, id);
    /* The dates of open clocks are not in events: they follow from the calendar in force. */
    if (fold_matter(op, r->snap, id, &f) != ERR_OK ||
        matter_recount(op, &f.m, &recounted) != ERR_OK) {
        report(r, "event", id, op->err.why);
        return ERR_OK;
    }
    if (matter_load(op, r->snap, id, &row) != ERR_OK) {
        report(r, "matter", id, "the row is missing or unreadable; its events are there");
        return ERR_OK;
    }
    compare_columns(r, &f.m, &row);
    compare_clocks(r, &f.m, &row);
    TRY(compare_title(r, &row));
    TRY(verify_persons(op, r->snap, &row, &table));
    if (table != NULL)
        report(r, table, id, "a keyed index differs from the sealed person");
    TRY(gone_sealed(op, r->snap, id, f.sealed, &table));
    if (table != NULL)
        report(r, table, id, "a row is missing; its event holds the commitment");
    TRY(verify_evidence(op, r->snap, &f.m, &table));
    if (table != NULL)
        report(r, table, id, "evidence that its events name is missing, or another file");
    if (row.version > f.m.version)
        r->explained += row.version - f.m.version;
    TRY(compare_remedies(r, &f));
    TRY(compare_links(r, &f));
    facts = matter_measure_facts(op, &f.m);
    measure_cells(op->setup->measures, &facts, add_cell, r);
    return ERR_OK;
}

static enum err_code matters_without_events(struct recount *r)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(r->op, r->snap, SQL_matter_rows_without_events, &s));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        report(r, "matter", stmt_int64(s, 0), "a matter without any event");
        r->named++;
    }
}

/* ---- bodies and officers ---- */

/* The newest value of a key in the record's events, NULL when none set it. */
static const json_t *newest(const json_t *state, const char *key)
{
    const json_t *value = json_object_get(state, key);

    return json_is_null(value) ? NULL : value;
}

static enum err_code staff_state(struct op *op, struct snapshot *snap, const char *kind,
                                 json_t *states)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_staff_events, &s));
    TRY(stmt_bind_text(op, s, 1, kind));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        json_t *state;
        char id[24];

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        snprintf(id, sizeof id, "%lld", (long long)stmt_int64(s, 0));
        TRY(stmt_event_body(op, s, 3, &body));
        state = json_object_get(states, id);
        if (state == NULL) {
            state = json_object();
            json_object_set_new(states, id, state);
        }
        json_object_update(state, body);
        json_object_set_new(state, "version", json_integer(stmt_int64(s, 1)));
    }
}

struct staff_column {
    int column;
    const char *key;
};

static bool same_value(struct stmt *s, int column, const json_t *value)
{
    if (value == NULL)
        return stmt_is_null(s, column);
    if (json_is_string(value))
        return !stmt_is_null(s, column) &&
               strcmp(stmt_text(s, column), json_string_value(value)) == 0;
    return !stmt_is_null(s, column) && stmt_int64(s, column) == json_integer_value(value);
}

static enum err_code check_staff(struct recount *r, const char *kind, int sql,
                                 const struct staff_column *columns, size_t n_columns)
{
    CLEANUP(json_decrefp) json_t *states = json_object();
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(staff_state(r->op, r->snap, kind, states));
    TRY(snapshot_prepare(r->op, r->snap, sql, &s));
    for (;;) {
        const json_t *state;
        char id[24];

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        snprintf(id, sizeof id, "%lld", (long long)stmt_int64(s, 0));
        state = json_object_get(states, id);
        if (state == NULL)
            report(r, kind, stmt_int64(s, 0), "a row without any event");
        for (size_t i = 0; state != NULL && i < n_columns; i++)
            if (!same_value(s, columns[i].column, newest(state, columns[i].key)))
                report(r, kind, stmt_int64(s, 0),
                       arena_printf(r->op->arena, "column %s differs from the events",
                                    columns[i].key));
        json_object_del(states, id);
        r->counts->records++;
    }
    if (json_object_size(states) > 0)
        report(r, kind, 0, "rows are missing; their events are there");
    return ERR_OK;
}

static enum err_code check_all_staff(struct recount *r)
{
    static const struct staff_column bodies[] = {
        {1, "code"},        {2, "parent"},    {3, "path"},    {4, "kind"},    {5, "name_zh"},
        {6, "name_en"},     {7, "division"},  {8, "streets"}, {9, "address"}, {10, "phone"},
        {11, "valid_from"}, {12, "valid_to"}, {13, "version"}};
    static const struct staff_column officers[] = {
        {1, "name"},       {2, "display"},  {3, "body"},   {4, "roles"},
        {5, "valid_from"}, {6, "valid_to"}, {7, "version"}};

    TRY(check_staff(r, "body", SQL_bodies_all, bodies, sizeof bodies / sizeof bodies[0]));
    return check_staff(r, "officer", SQL_officers_all, officers,
                       sizeof officers / sizeof officers[0]);
}

/* ---- other records ---- */

static bool record_found(void *arg, const char *table, int64_t record, const char *what)
{
    struct recount *r = arg;

    report(r, table, record, what);
    return !r->stop;
}

static enum err_code check_records(struct recount *r, struct op *batch_op)
{
    int64_t n;

    TRY(records_verify(batch_op, r->snap, record_found, add_cell, r, &n));
    r->counts->records += n;
    return ERR_OK;
}

/* ---- all ---- */

static enum err_code next_ids(struct recount *r, int64_t after, int64_t ids[BATCH], size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_prepare(r->op, r->snap, SQL_event_records_after, &s));
    TRY(stmt_bind_text(r->op, s, 1, "matter"));
    TRY(stmt_bind_int64(r->op, s, 2, after));
    TRY(stmt_bind_int64(r->op, s, 3, BATCH));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        ids[(*ret_n)++] = stmt_int64(s, 0);
    }
}

static enum err_code rebuild(struct recount *r, struct op *batch_op)
{
    int64_t ids[BATCH], after = 0;
    struct op *outer = r->op;
    size_t n;

    for (;;) {
        TRY(next_ids(r, after, ids, &n));
        if (n == 0 || r->stop)
            break;
        after = ids[n - 1];
        r->op = batch_op;
        for (size_t i = 0; i < n && !r->stop; i++)
            TRY(check_matter(r, ids[i]));
        r->op = outer;
        arena_reset(batch_op->arena);
    }
    TRY(matters_without_events(r));
    /* It may have been the last one: then only its events are a gap. */
    if (r->named == 0 && r->last_id != 0 && r->counts->missing_events > r->explained)
        name_gone(r, r->last_id + 2);
    TRY(check_all_staff(r));
    TRY(check_records(r, batch_op));
    if (r->no_memory)
        return err_set(&outer->err, ERR_NO_MEMORY, "recounting tallies");
    TRY(compare_balances(r));
    return compare_tallies(r);
}

enum err_code verify_rebuild(struct op *op, verify_found_fn *found, void *arg,
                             struct verify_counts *ret)
{
    CLEANUP(recount_release)
    struct recount r = {.op = op, .found = found, .arg = arg, .counts = ret};
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
    struct op batch_op = *op;
    bool more;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "verify");
    batch_op.arena = arena;
    /* Half-counted clocks would differ; where nothing can be written they are reported. */
    if (calendar_recount(op, RECOUNT_MS, &more) != ERR_OK)
        err_clear(&op->err);
    TRY(snapshot_open(op, &r.snap));
    return rebuild(&r, &batch_op);
}
