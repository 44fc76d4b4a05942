/* The copy of a database that a backup holds: all rows of one snapshot, in a file of archive.h.
 * Acts leave tallies and the ledger in pieces (pg_fold.c); the copy has them added up. */
#include "store/pg_engine.h"

#include "base/buf.h"
#include "base/text.h"
#include "store/archive.h"

#define COLUMNS_MAX 100
#define ESTIMATE                                                                                   \
    "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class WHERE relkind = 'r' "   \
    "AND relnamespace = current_schema()::regnamespace"

struct copying {
    struct op *op;
    struct snapshot *snap;
    struct archive *to;
    store_progress_fn *progress;
    void *arg;
    int64_t done, total, told; /* rows; @p total is the server's estimate until the end */
};

static enum err_code tell(struct copying *c, bool end)
{
    if (c->progress == NULL || (!end && monotonic_ms() - c->told < 100))
        return ERR_OK;
    c->told = monotonic_ms();
    if (end || c->done > c->total)
        c->total = c->done;
    return c->progress(c->arg, c->done, c->total)
               ? ERR_OK
               : err_set(&c->op->err, ERR_CONFLICT, "the backup was stopped");
}

/* The ledger's row with what waits to be folded into it. A checksum that does not fit now must not
 * fit in the copy either. */
static enum err_code add_up_ledger(struct copying *c, struct value row[5],
                                   unsigned char digest[HASH_BYTES], unsigned char mac[BLIND_BYTES])
{
    bool sound = true, fits;
    int64_t position = snapshot_position(c->snap);

    if (row[3].size != HASH_BYTES)
        return ERR_OK;
    memcpy(digest, row[3].is.bytes, HASH_BYTES);
    ledger_mac(c->op->store, row[1].is.number, row[2].is.number, digest, mac);
    fits = row[4].size == BLIND_BYTES && memcmp(mac, row[4].is.bytes, BLIND_BYTES) == 0;
    TRY(pg_ledger_pending(c->op, c->snap, &row[1].is.number, digest, &sound));
    if (position > row[2].is.number)
        row[2].is.number = position;
    if (fits && sound)
        ledger_mac(c->op->store, row[1].is.number, row[2].is.number, digest, mac);
    else
        memset(mac, 0, BLIND_BYTES);
    row[3].is.bytes = digest;
    row[4] = (struct value){.kind = VALUE_BLOB, .size = BLIND_BYTES, .is.bytes = mac};
    return ERR_OK;
}

static enum err_code copy_row(struct copying *c, const struct archive_table *t, struct stmt *s)
{
    unsigned char digest[HASH_BYTES], mac[BLIND_BYTES];
    struct value row[COLUMNS_MAX];

    for (int i = 0; i < t->n; i++) {
        int64_t number = 0;
        const void *bytes = NULL;

        row[i] = (struct value){.size = 0};
        row[i].kind = stmt_value(s, i, &number, &bytes, &row[i].size);
        if (row[i].kind == VALUE_INT)
            row[i].is.number = number;
        else
            row[i].is.bytes = bytes;
    }
    if (strcmp(t->name, "ledger") == 0)
        TRY(add_up_ledger(c, row, digest, mac));
    TRY(archive_put(c->to, row, &c->op->err));
    c->done++;
    return tell(c, false);
}

static enum err_code copy_table(struct copying *c, size_t i)
{
    const struct archive_table *t = archive_table(c->to, i);
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(buf_release) struct buf sql = BUF_UP_TO((size_t)64 << 10);
    bool row;

    if (t->n > COLUMNS_MAX)
        return err_set(&c->op->err, ERR_INTERNAL, "%s has %d columns", t->name, t->n);
    if (strcmp(t->name, "tally") == 0)
        buf_addf(&sql, "SELECT %s, sum(n), sum(sum) FROM tally GROUP BY %s", t->key, t->key);
    else
        buf_addf(&sql, "SELECT %s FROM \"%s\"", t->columns, t->name);
    if (t->key[0] != '\0')
        buf_addf(&sql, " ORDER BY %s", t->key);
    TRY(snapshot_prepare_text(c->op, c->snap, buf_text(&sql), &s));
    TRY(archive_begin_put(c->to, i, &c->op->err));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(copy_row(c, t, s));
    }
}

enum err_code pg_copy(struct op *op, struct snapshot *snap, const char *path,
                      store_progress_fn *progress, void *arg)
{
    CLEANUP(archive_closep) struct archive *to = NULL;
    struct copying c = {.op = op, .snap = snap, .progress = progress, .arg = arg};

    TRY(archive_make(path, op->store->sql, &to, &op->err));
    c.to = to;
    TRY(pg_number(pg_snapshot_conn(snap), ESTIMATE, &c.total, &op->err));
    for (size_t i = 0; i < archive_count(to); i++)
        TRY(copy_table(&c, i));
    TRY(archive_finish(to, &op->err));
    return tell(&c, true);
}
