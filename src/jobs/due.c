/* Announcing matters and cases that went late. */
#include "jobs/due.h"

#include <string.h>

#include "sql_queries.h"
#include "store/changes.h"

#define BATCH 500

struct late {
    int64_t id, due;
    const char *rule;
};

static enum err_code find_late(struct op *op, int sql, struct late *ret, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, sql, &s));
    TRY(stmt_bind_int64(op, s, 1, date_of_instant(op->now_ms, op->zone_min)));
    TRY(stmt_bind_int64(op, s, 2, BATCH));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] =
            (struct late){stmt_int64(s, 0), stmt_int64(s, 2), stmt_text_dup(op, s, 1)};
    }
}

/* The chain of announcements of one matter or case goes on behind its last one. */
static enum err_code last_of(struct op *op, int64_t id, int64_t *ret_version,
                             unsigned char ret_hash[HASH_BYTES])
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const void *hash;
    size_t n;
    bool row;

    *ret_version = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_late_last, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return ERR_OK;
    *ret_version = stmt_int64(s, 0);
    hash = stmt_blob(s, 1, &n);
    if (n == HASH_BYTES)
        memcpy(ret_hash, hash, HASH_BYTES);
    return ERR_OK;
}

static enum err_code announce(struct op *op, struct changes *ch, const struct late *late)
{
    unsigned char last[HASH_BYTES];
    int64_t version;
    struct event ev = {.kind = "late",
                       .record = late->id,
                       .act = late->rule,
                       .actor_kind = "system",
                       .at = late->due,
                       .recorded_at = op->now_ms,
                       .body = "{}",
                       .body_size = 2};

    TRY(last_of(op, late->id, &version, last));
    ev.version = version + 1;
    changes_event(op, ch, &ev, version == 0 ? NULL : last);
    return ERR_OK;
}

static enum err_code announce_all(struct op *op, int sql, int64_t *ret_n)
{
    for (;;) {
        struct late *late = ARENA_ARRAY(op->arena, struct late, BATCH);
        struct changes *ch = changes_new(op);
        size_t n;

        if (late == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "due watch");
        TRY(find_late(op, sql, late, &n));
        if (n == 0)
            return ERR_OK;
        for (size_t i = 0; i < n; i++)
            TRY(announce(op, ch, &late[i]));
        TRY(store_apply(op, ch, QUEUE_BULK));
        *ret_n += (int64_t)n;
        if (n < BATCH)
            return ERR_OK;
    }
}

enum err_code due_announce(struct op *op, int64_t *ret_n)
{
    *ret_n = 0;
    TRY(announce_all(op, SQL_due_unannounced, ret_n));
    return announce_all(op, SQL_case_due_unannounced, ret_n);
}

enum err_code due_late(struct op *op, int64_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_late_count, &s));
    TRY(stmt_bind_int64(op, s, 1, date_of_instant(op->now_ms, op->zone_min)));
    return stmt_one_number(op, s, ret_n);
}
