/* The rebuild: events in, projections compared. */
#include "work/verify.h"

#include <string.h>

#include "base/json.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/calendars.h"
#include "work/verify_internal.h"

#define BATCH 200
#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define RECOUNT_MS 60000

void rebuild_report(struct rebuild *r, const char *table, int64_t record, const char *what)
{
    r->counts->findings++;
    if (!r->stop && !r->found(r->arg, table, record, what))
        r->stop = true;
}

static enum err_code ids_after(struct rebuild *r, const char *kind, int64_t after,
                               int64_t ids[BATCH], size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_prepare(r->op, r->snap, SQL_event_records_after, &s));
    TRY(stmt_bind_text(r->op, s, 1, kind));
    TRY(stmt_bind_int64(r->op, s, 2, after));
    TRY(stmt_bind_int64(r->op, s, 3, BATCH));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        ids[(*ret_n)++] = stmt_int64(s, 0);
    }
}

enum err_code rebuild_each_record(struct rebuild *r, const char *kind, rebuild_record_fn *one,
                                  void *arg)
{
    int64_t ids[BATCH], after = 0;
    size_t n;

    do {
        TRY(ids_after(r, kind, after, ids, &n));
        for (size_t i = 0; i < n && !r->stop; i++) {
            r->counts->records++;
            TRY(one(r, ids[i], arg));
        }
        after = n == 0 ? after : ids[n - 1];
        arena_reset(r->op->arena);
    } while (n == BATCH && !r->stop);
    return ERR_OK;
}

enum err_code rebuild_each_event(struct rebuild *r, const char *kind, int64_t id,
                                 rebuild_event_fn *fold, void *arg)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(r->op, r->snap, SQL_events_of, &s));
    TRY(stmt_bind_text(r->op, s, 1, kind));
    TRY(stmt_bind_int64(r->op, s, 2, id));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        struct event ev = {.record = id};
        const void *bytes;
        size_t n;

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        ev.version = stmt_int64(s, 1);
        bytes = stmt_blob(s, 9, &n);
        if (n == HASH_BYTES)
            memcpy(ev.hash, bytes, HASH_BYTES);
        TRY(stmt_event_body(r->op, s, 8, &body));
        TRY(fold(r, &ev, body, arg));
    }
}

static enum err_code rebuild(struct rebuild *r)
{
    TRY(rebuild_matters(r));
    TRY(rebuild_staff(r));
    TRY(rebuild_records(r));
    return rebuild_tallies(r);
}

enum err_code verify_rebuild(struct op *op, verify_found_fn *found, void *arg,
                             struct verify_counts *ret)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_BYTES);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct op own =
        op_apart(op, arena); /* with an arena that is emptied; the view stays in the caller's */
    struct rebuild r = {.op = &own, .found = found, .arg = arg, .counts = ret};
    enum err_code rc;
    bool more;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "verify");
    /* Half-counted clocks would differ; where nothing can be written they are reported. */
    if (calendar_recount(op, RECOUNT_MS, &more) != ERR_OK)
        err_clear(&op->err);
    TRY(snapshot_open(op, &snap));
    r.snap = snap;
    rc = rebuild(&r);
    tally_cells_release(&r.cells);
    if (rc != ERR_OK)
        op->err = own.err;
    return rc;
}
