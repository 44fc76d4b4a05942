/* Queue rows. */
#include "store/jobs.h"

#include "sql/sql_queries.h"
#include "store/engine.h"

static enum err_code read_rows(struct op *op, const char *job, struct job_row *ret, size_t max,
                               size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n = 0;
    bool row = true;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_queue_take, &s));
    TRY(stmt_bind_text(op, s, 1, job));
    TRY(stmt_bind_int64(op, s, 2, op->now_ms));
    TRY(stmt_bind_int64(op, s, 3, (int64_t)max));
    while (n < max) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        ret[n].id = stmt_int64(s, 0);
        ret[n].record = stmt_int64(s, 1);
        ret[n].queued_at = stmt_int64(s, 2);
        n++;
    }
    *ret_n = n;
    return ERR_OK;
}

enum err_code job_take(struct op *op, const char *job, struct job_row *ret, size_t max,
                       size_t *ret_n)
{
    const struct engine_kind *kind = op->store->engine->kind;

    return kind->job_take == NULL ? read_rows(op, job, ret, max, ret_n)
                                  : kind->job_take(op, job, ret, max, ret_n);
}

enum err_code job_done(struct op *op, const struct job_row *rows, size_t n)
{
    struct changes *ch = changes_new(op);

    if (n == 0)
        return ERR_OK;
    for (size_t i = 0; i < n; i++) {
        changes_row(ch, SQL_queue_delete, ANY_ROWS, ERR_OK);
        changes_int(ch, rows[i].id);
    }
    return store_apply(op, ch, QUEUE_BULK);
}

enum err_code job_pass(struct op *op, const char *job, int64_t after)
{
    struct changes *ch = changes_new(op);

    changes_row(ch, SQL_queue_pass, ANY_ROWS, ERR_OK);
    changes_text(ch, job);
    changes_int(ch, after);
    return store_apply(op, ch, QUEUE_BULK);
}

/* The checksum covers not_before, so the row is read to be written anew. */
static enum err_code put_off(struct op *op, struct snapshot *snap, struct changes *ch,
                             const struct job_row *row, int64_t not_before)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    unsigned char mac[BLIND_BYTES];
    bool found;

    TRY(snapshot_prepare(op, snap, SQL_queue_row, &s));
    TRY(stmt_bind_int64(op, s, 1, row->id));
    TRY(stmt_step(op, s, &found));
    if (!found)
        return ERR_OK;
    queue_mac(op->store, stmt_text(s, 0), stmt_int64(s, 1), not_before, stmt_int64(s, 2), mac);
    changes_row(ch, SQL_queue_put_off, ANY_ROWS, ERR_OK);
    changes_int(ch, row->id);
    changes_int(ch, not_before);
    changes_blob(ch, mac, sizeof mac);
    return ERR_OK;
}

enum err_code job_retry(struct op *op, const struct job_row *rows, size_t n, int64_t not_before)
{
    struct changes *ch = changes_new(op);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    if (n == 0)
        return ERR_OK;
    TRY(snapshot_open(op, &snap));
    for (size_t i = 0; i < n; i++)
        TRY(put_off(op, snap, ch, &rows[i], not_before));
    snapshot_closep(&snap);
    return store_apply(op, ch, QUEUE_BULK);
}

enum err_code job_lag(struct op *op, const char *job, int64_t *ret_ms)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_queue_oldest, &s));
    TRY(stmt_bind_text(op, s, 1, job));
    TRY(stmt_bind_int64(op, s, 2, op->now_ms));
    TRY(stmt_one_row(op, s));
    *ret_ms = stmt_is_null(s, 0) ? 0 : op->now_ms - stmt_int64(s, 0);
    return ERR_OK;
}
