/* The jobs: what each does in one round, and how often. */
#include "jobs/table.h"

#include <malloc.h>
#include <string.h>

#include "base/log.h"
#include "insight/kept_hits.h"
#include "insight/kept_list.h"
#include "insight/kept_matters.h"
#include "insight/kept_states.h"
#include "jobs/due.h"
#include "jobs/index_jobs.h"
#include "sql_queries.h"
#include "store/changes.h"
#include "store/copies.h"
#include "store/jobs.h"
#include "store/vault.h"
#include "work/access.h"
#include "work/business.h"
#include "work/calendars.h"
#include "work/diary.h"
#include "work/entry_recount.h"
#include "work/entry_send.h"
#include "work/evidence.h"
#include "work/group.h"
#include "work/letter.h"
#include "work/retention.h"
#include "work/visit.h"

#define WEEK_MS (INT64_C(7) * 24 * 3600 * 1000)
#define IDLE_MS (INT64_C(30) * 60 * 1000)
#define RESEAL_BATCH 500
#define SCAN_BATCH 16
#define LETTERS_BATCH 32
#define RETENTION_BATCH 500

/* ---- merged businesses: matters that are still to be moved ---- */

#define MERGE_ROWS 4
#define MERGE_ROUNDS 20

static enum err_code run_merge(struct op *op, int64_t *ret)
{
    struct job_row rows[MERGE_ROWS];
    size_t n;

    *ret = 0;
    TRY(job_take(op, "merge", rows, MERGE_ROWS, &n));
    for (size_t i = 0; i < n; i++) {
        bool left = true;

        for (int k = 0; k < MERGE_ROUNDS && left; k++) {
            TRY(business_move_matters(op, rows[i].record, &left));
            ++*ret;
        }
        if (!left)
            TRY(job_done(op, &rows[i], 1));
    }
    return ERR_OK;
}

static enum err_code run_access(struct op *op, int64_t *ret)
{
    *ret = 0;
    return op->access == NULL ? ERR_OK : access_flush(op, op->access);
}

static enum err_code run_waiting(struct op *op, int64_t *ret)
{
    return snapshot_number(op, NULL, SQL_index_waiting_count, ret);
}

static enum err_code run_groups(struct op *op, int64_t *ret)
{
    int64_t major;

    TRY(group_watch(op, ret));
    TRY(group_major_watch(op, &major));
    *ret += major;
    return ERR_OK;
}

static enum err_code run_expire(struct op *op, int64_t *ret)
{
    struct changes *ch = changes_new(op);

    *ret = 0;
    changes_row(ch, SQL_idempotency_expire, ANY_ROWS, ERR_OK);
    changes_int(ch, op->now_ms - WEEK_MS);
    changes_row(ch, SQL_session_expire, ANY_ROWS, ERR_OK);
    changes_int(ch, op->now_ms);
    changes_int(ch, op->now_ms - IDLE_MS);
    return store_apply(op, ch, QUEUE_BULK);
}

static enum err_code run_reseal(struct op *op, int64_t *ret)
{
    return key_reseal(op, RESEAL_BATCH, ret);
}

static enum err_code run_scan(struct op *op, int64_t *ret)
{
    return evidence_scan(op, SCAN_BATCH, false, ret);
}

static enum err_code run_rescan(struct op *op, int64_t *ret)
{
    return evidence_scan(op, SCAN_BATCH, true, ret);
}

static enum err_code run_sweep(struct op *op, int64_t *ret)
{
    int swept;

    TRY(blob_sweep(op, &swept));
    *ret = swept;
    return ERR_OK;
}

static enum err_code run_retention(struct op *op, int64_t *ret)
{
    return retention_purge(op, RETENTION_BATCH, ret);
}

static enum err_code run_letters(struct op *op, int64_t *ret)
{
    return letters_make(op, LETTERS_BATCH, ret);
}

static enum err_code run_setup(struct op *op, int64_t *ret)
{
    bool changed;

    TRY(setup_follow(op, &changed));
    *ret = changed;
    return ERR_OK;
}

static enum err_code run_copies(struct op *op, int64_t *ret)
{
    struct copy_made made;
    bool due;

    *ret = 0;
    if (op->copies == NULL)
        return ERR_OK;
    TRY(copies_due(op, op->copies, &due));
    if (!due)
        return ERR_OK;
    TRY(copies_make(op, op->copies, false, &made));
    log_line(LOG_INFO, "copy made", "name=%s pages=%lld files=%lld bytes=%lld removed=%d",
             made.name, (long long)made.pages, (long long)made.files, (long long)made.bytes,
             made.removed);
    *ret = made.bytes;
    return ERR_OK;
}

/* Short rounds: the other jobs wait. */
#define RECOUNT_MS 1500

static enum err_code run_calendar(struct op *op, int64_t *ret)
{
    bool more;

    TRY(calendar_watch(op));
    TRY(calendar_recount(op, RECOUNT_MS, &more));
    *ret = more;
    return ERR_OK;
}

static enum err_code run_registers(struct op *op, int64_t *ret)
{
    return entries_recount(op, RECOUNT_MS, ret);
}

#define SEND_MS 2000

static enum err_code run_send(struct op *op, int64_t *ret)
{
    return entries_send(op, SEND_MS, ret);
}

static enum err_code run_matters(struct op *op, int64_t *ret)
{
    *ret = 0;
    TRY(kept_states_fill(op, op->setup->states));
    TRY(kept_hits_fill(op, op->setup->hits));
    kept_list_rest(op->setup->rows);
    return kept_matters_fill(op, op->setup->matters);
}

static enum err_code run_rest(struct op *op, int64_t *ret)
{
    *ret = 0;
    if (store_rest(op->store))
        malloc_trim(0); /* it came in pieces of a page */
    return ERR_OK;
}

const struct job job_table[JOBS] = {
    {"index", 200, index_texts, LANE_PROMPT},
    {"access", 500, run_access, LANE_PROMPT},
    {"due", 60000, due_announce, LANE_PROMPT},
    {"late", 5000, due_late, LANE_LONG},
    {"waiting", 2000, run_waiting, LANE_LONG},
    {"expire", 600000, run_expire, LANE_PROMPT},
    {"reseal", 60000, run_reseal, LANE_PROMPT},
    {"sweep", 3600000 / BLOB_FOLDERS, run_sweep, LANE_PROMPT},
    {"names", 200, index_names, LANE_PROMPT},
    {"merge", 1000, run_merge, LANE_PROMPT},
    {"scan", 1000, run_scan, LANE_PROMPT},
    {"diary", 60000, diary_make, LANE_PROMPT},
    {"rescan", 600000, run_rescan, LANE_PROMPT},
    {"visits", 600000, visits_draw, LANE_PROMPT},
    {"groups", 3000, run_groups, LANE_LONG},
    {"copies", 5000, run_copies, LANE_LONG},
    {"retention", 600000, run_retention, LANE_LONG},
    {"calendar", 500, run_calendar, LANE_PROMPT},
    {"registers", 1000, run_registers, LANE_PROMPT},
    {"letters", 200, run_letters, LANE_PROMPT},
    {"send", 1000, run_send, LANE_LONG},
    {"setup", 2000, run_setup, LANE_PROMPT},
    {"matters", 1000, run_matters, LANE_LONG},
    {"rest", 10000, run_rest, LANE_LONG},
    /* writes the index as `index` does: never beside it */
    {"past", 500, index_pasts, LANE_PROMPT},
};
_Static_assert(sizeof job_table / sizeof job_table[0] == JOBS, "every row is a job");

const struct job *job_find(const char *name)
{
    for (size_t i = 0; i < JOBS; i++)
        if (strcmp(job_table[i].name, name) == 0)
            return &job_table[i];
    return NULL;
}
