/* Records folded again from their events. */
#include <string.h>

#include "sql_queries.h"
#include "store/event_body.h"
#include "work/record_internal.h"
#include "work/verify_gone.h"

struct walk {
    struct op *op; /* its arena is emptied after each record */
    struct snapshot *snap;
    record_found_fn *found;
    measure_emit_fn *emit;
    void *arg;
    bool stop;
};

static void report(struct walk *w, const char *table, int64_t id, const char *what)
{
    if (!w->stop && !w->found(w->arg, table, id, what))
        w->stop = true;
}

static enum err_code fold_all(struct walk *w, const char *kind, int64_t id, struct record *r,
                              json_t *sealed)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *r = (struct record){.kind = kind, .id = id, .state = json_object()};
    TRY(snapshot_prepare(w->op, w->snap, SQL_events_of, &s));
    TRY(stmt_bind_text(w->op, s, 1, kind));
    TRY(stmt_bind_int64(w->op, s, 2, id));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        struct event ev = {.record = id};
        const void *bytes;
        size_t n;

        TRY(stmt_step(w->op, s, &row));
        if (!row)
            return ERR_OK;
        ev.version = stmt_int64(s, 1);
        bytes = stmt_blob(s, 9, &n);
        if (n == HASH_BYTES)
            memcpy(ev.hash, bytes, HASH_BYTES);
        TRY(stmt_event_body(w->op, s, 8, &body));
        TRY(record_fold(w->op, r, &ev, body));
        gone_note(sealed, ev.version, body);
    }
}

static bool same_text(struct stmt *s, int column, const char *expected)
{
    if (expected == NULL || stmt_is_null(s, column))
        return expected == NULL && stmt_is_null(s, column);
    return strcmp(stmt_text(s, column), expected) == 0;
}

/* Whether the row says what the events say. */
static enum err_code compare_row(struct walk *w, const struct record *r)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const char *state = json_compact(w->op->arena, r->state);
    bool row;

    TRY(snapshot_prepare(w->op, w->snap, SQL_record_by_id, &s));
    TRY(stmt_bind_int64(w->op, s, 1, r->id));
    TRY(stmt_bind_text(w->op, s, 2, r->kind));
    TRY(stmt_step(w->op, s, &row));
    if (!row) {
        report(w, "record", r->id, "the row is missing; its events are there");
        return ERR_OK;
    }
    if (stmt_int64(s, 1) != r->version)
        report(w, "record", r->id, "column version differs from the events");
    if (state == NULL || !same_text(s, 3, state))
        report(w, "record", r->id, "column state differs from the events");
    if (!same_text(s, 4, record_member(r, "body")) ||
        !same_text(s, 5, record_member(r, "status")) ||
        stmt_int64(s, 6) != record_number(r, "day") || !same_text(s, 7, record_member(r, "key")))
        report(w, "record", r->id, "columns differ from the state");
    return ERR_OK;
}

static enum err_code check_one(struct walk *w, const struct record_kind *kind, int64_t id)
{
    CLEANUP(json_decrefp) json_t *sealed = json_object();
    CLEANUP(record_release) struct record r = {0};
    const char *table = NULL;

    if (fold_all(w, kind->name, id, &r, sealed) != ERR_OK) {
        report(w, "event", id, w->op->err.why);
        return ERR_OK;
    }
    TRY(compare_row(w, &r));
    TRY(gone_sealed(w->op, w->snap, id, sealed, &table));
    if (table != NULL)
        report(w, table, id, "a row is missing; its event holds the commitment");
    if (kind->cells != NULL)
        kind->cells(w->op, &r, w->emit, w->arg);
    if (kind->check == NULL)
        return ERR_OK;
    table = NULL;
    TRY(kind->check(w->op, w->snap, &r, &table));
    if (table != NULL)
        report(w, table, id, "rows differ from the record's state");
    return ERR_OK;
}

#define SLICE 200

static enum err_code ids_after(struct walk *w, const char *kind, int64_t after, int64_t ids[SLICE],
                               size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_prepare(w->op, w->snap, SQL_event_records_after, &s));
    TRY(stmt_bind_text(w->op, s, 1, kind));
    TRY(stmt_bind_int64(w->op, s, 2, after));
    TRY(stmt_bind_int64(w->op, s, 3, SLICE));
    for (;;) {
        TRY(stmt_step(w->op, s, &row));
        if (!row)
            return ERR_OK;
        ids[(*ret_n)++] = stmt_int64(s, 0);
    }
}

enum err_code records_verify(struct op *op, struct snapshot *snap, record_found_fn *found,
                             measure_emit_fn *emit, void *arg, int64_t *ret_records)
{
    struct walk w = {.op = op, .snap = snap, .found = found, .emit = emit, .arg = arg};
    int64_t ids[SLICE];
    size_t n;

    *ret_records = 0;
    for (size_t k = 0; k < n_record_kinds; k++) {
        int64_t after = 0;

        do {
            TRY(ids_after(&w, record_kinds[k].name, after, ids, &n));
            for (size_t i = 0; i < n && !w.stop; i++)
                TRY(check_one(&w, &record_kinds[k], ids[i]));
            after = n == 0 ? after : ids[n - 1];
            *ret_records += (int64_t)n;
            arena_reset(op->arena);
        } while (n == SLICE && !w.stop);
    }
    return ERR_OK;
}
