/* Filling the index from the queues, and from the start where it is new. */
#include "jobs/index_jobs.h"

#include <stdlib.h>

#include "insight/businesses.h"
#include "insight/past.h"
#include "insight/search.h"
#include "insight/tokens.h"
#include "sql_queries.h"
#include "store/index.h"
#include "store/jobs.h"
#include "work/setup.h"

#define TEXT_BATCH 200
#define TEXT_ROUNDS 20
#define NAME_BATCH 1000 /* names are short, and each batch is a commit of both files */
#define NAME_ROUNDS 10
#define BATCH_MAX NAME_BATCH
#define BATCH_BYTES ((size_t)64 * 1024 * 1024)
#define PAST_ROUNDS 10
#define TIDY_STEPS 8

/* ---- batches ---- */

/* Each batch has memory of its own: folded texts are many times the size of what was written. */
static enum err_code batch_begin(struct op *op, struct op *ret_batch)
{
    struct arena *arena = arena_new(BATCH_BYTES);

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a batch of the index");
    *ret_batch = op_apart(op, arena);
    return ERR_OK;
}

static enum err_code batch_end(struct op *op, struct op *batch, enum err_code rc)
{
    op->err = batch->err;
    arena_free(batch->arena);
    return rc;
}

typedef enum err_code index_fn(struct op *op, const int64_t *ids, size_t n,
                               const struct index_reach *reach);

static enum err_code some_texts(struct op *op, const int64_t *ids, size_t n,
                                const struct index_reach *reach)
{
    struct op batch;

    TRY(batch_begin(op, &batch));
    return batch_end(op, &batch,
                     index_matters(&batch, op->setup->folder, op->setup->codes, ids, n, reach));
}

static enum err_code some_names(struct op *op, const int64_t *ids, size_t n,
                                const struct index_reach *reach)
{
    struct op batch;

    TRY(batch_begin(op, &batch));
    return batch_end(op, &batch, index_businesses(&batch, op->setup->folder, ids, n, reach));
}

/* What one table of the index is filled from. */
struct feed {
    const char *queue, *reached; /* reached: how far it came when it was new; -1: complete */
    int ids;                     /* the statement that lists all records behind one */
    index_fn *index;
    size_t batch;
    int rounds; /* batches in one run */
};
static const struct feed texts = {"index",    "filled_to", SQL_matter_ids_after,
                                  some_texts, TEXT_BATCH,  TEXT_ROUNDS};
static const struct feed names = {"names",    "names_to", SQL_business_ids_after,
                                  some_names, NAME_BATCH, NAME_ROUNDS};

/* ---- an index that is new ---- */

static enum err_code ids_after(struct op *op, const struct feed *feed, int64_t after,
                               int64_t ids[BATCH_MAX], size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, feed->ids, &s));
    TRY(stmt_bind_int64(op, s, 1, after));
    TRY(stmt_bind_int64(op, s, 2, (int64_t)feed->batch));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ids[(*ret_n)++] = stmt_int64(s, 0);
    }
}

/* A few batches of all records; the index remembers how far it came, so that a restart goes on.
 * What is written meanwhile has queue rows. */
static enum err_code fill(struct op *op, const struct feed *feed)
{
    struct index_reach reach = {.name = feed->reached};
    int64_t ids[BATCH_MAX];
    size_t n;

    for (int i = 0; i < feed->rounds; i++) {
        TRY(index_meta_get(op, feed->reached, &reach.from));
        if (reach.from < 0)
            return ERR_OK;
        TRY(ids_after(op, feed, reach.from, ids, &n));
        reach.to = n < feed->batch ? -1 : ids[n - 1];
        TRY(feed->index(op, ids, n, &reach));
    }
    return ERR_OK;
}

/* The tokeniser and its tables: another number in the index means that it must be made again. */
static int64_t tokens_edition(void)
{
    return TOKENS_VERSION * INT64_C(1000) + strtol(tokens_unicode_version(), NULL, 10);
}

static enum err_code clear_other_edition(struct op *op)
{
    int64_t edition;

    TRY(index_meta_get(op, "edition", &edition));
    if (edition == tokens_edition())
        return ERR_OK;
    TRY(index_clear(op));
    TRY(index_meta_set(op, "emptied_at", op->now_ms));
    TRY(index_meta_set(op, "filled_to", 0));
    return index_meta_set(op, "edition", tokens_edition());
}

/* ---- the queues ---- */

/* One batch of a queue, each record once. Of a new index those that it has yet to come to are left
 * to fill, which will find them as they are then.
 * @param filled_to  -1: it is complete  @param[out] ret_n  how many rows it took */
static enum err_code take_batch(struct op *op, const struct feed *feed, int64_t filled_to,
                                size_t *ret_n)
{
    struct job_row rows[BATCH_MAX];
    int64_t ids[BATCH_MAX];
    size_t kept = 0;

    TRY(job_take(op, feed->queue, rows, feed->batch, ret_n));
    for (size_t i = 0; i < *ret_n; i++) {
        bool passed = filled_to >= 0 && rows[i].record > filled_to;

        for (size_t k = 0; k < kept && !passed; k++)
            passed = ids[k] == rows[i].record;
        if (!passed)
            ids[kept++] = rows[i].record;
    }
    if (*ret_n == 0)
        return ERR_OK;
    if (kept > 0)
        TRY(feed->index(op, ids, kept, NULL));
    return job_done(op, rows, *ret_n);
}

/* Of a new index what waits is of records that it has yet to come to, but for the changes of
 * others. */
static enum err_code take_some(struct op *op, const struct feed *feed, bool *ret_idle)
{
    size_t n = 1;
    int64_t to;

    *ret_idle = false;
    TRY(index_meta_get(op, feed->reached, &to));
    if (to >= 0)
        TRY(job_pass(op, feed->queue, to));
    for (int i = 0; i < feed->rounds && n > 0; i++) {
        TRY(take_batch(op, feed, to, &n));
        *ret_idle = i == 0 && n == 0;
    }
    return fill(op, feed);
}

/* Of a new index the lag counts from when it was emptied. */
static enum err_code lag_of(struct op *op, const struct feed *feed, int64_t *ret)
{
    int64_t to, since;

    TRY(index_meta_get(op, feed->reached, &to));
    TRY(index_meta_get(op, "emptied_at", &since));
    if (to < 0 || since == 0)
        return job_lag(op, feed->queue, ret);
    *ret = op->now_ms - since;
    return ERR_OK;
}

enum err_code index_texts(struct op *op, int64_t *ret)
{
    bool idle;

    TRY(clear_other_edition(op));
    TRY(take_some(op, &texts, &idle));
    for (int i = 0; i < TIDY_STEPS && idle; i++)
        TRY(index_tidy(op, &idle));
    return lag_of(op, &texts, ret);
}

enum err_code index_names(struct op *op, int64_t *ret)
{
    bool idle;

    TRY(take_some(op, &names, &idle));
    return lag_of(op, &names, ret);
}

enum err_code index_pasts(struct op *op, int64_t *ret)
{
    bool more = true;

    for (int i = 0; i < PAST_ROUNDS && more; i++) {
        struct op batch;

        TRY(batch_begin(op, &batch));
        TRY(batch_end(op, &batch, past_fill(&batch, &more)));
    }
    *ret = 0;
    return ERR_OK;
}
