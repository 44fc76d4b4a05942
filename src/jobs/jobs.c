/* The table of jobs and the threads that run them. */
#include "jobs/jobs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "insight/businesses.h"
#include "insight/past.h"
#include "insight/search.h"
#include "insight/tokens.h"
#include "jobs/due.h"
#include "sql_queries.h"
#include "store/changes.h"
#include "store/index.h"
#include "store/jobs.h"
#include "store/vault.h"
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

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define INDEX_BATCH 200
#define INDEX_ROUNDS 20
#define TIDY_STEPS 8
#define WEEK_MS (INT64_C(7) * 24 * 3600 * 1000)
#define IDLE_MS (INT64_C(30) * 60 * 1000)
#define TICK_MS 200
#define SCAN_BATCH 16
#define LETTERS_BATCH 32
#define RETENTION_BATCH 500

/* ---- the jobs ---- */

/* Each batch has memory of its own: folded texts are many times the size of what was written. */
static enum err_code index_some(struct op *op, const int64_t *ids, size_t n)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_BYTES);
    struct op batch = *op;
    enum err_code rc;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "indexing");
    batch.arena = arena;
    rc = index_matters(&batch, op->setup->folder, op->setup->codes, ids, n);
    op->err = batch.err;
    return rc;
}

static enum err_code index_batch(struct op *op, size_t *ret_n)
{
    struct job_row rows[INDEX_BATCH];
    int64_t ids[INDEX_BATCH];
    size_t kept = 0;

    TRY(job_take(op, "index", rows, INDEX_BATCH, ret_n));
    for (size_t i = 0; i < *ret_n; i++) {
        bool twice = false;

        for (size_t k = 0; k < kept && !twice; k++)
            twice = ids[k] == rows[i].record;
        if (!twice)
            ids[kept++] = rows[i].record;
    }
    if (*ret_n == 0)
        return ERR_OK;
    TRY(index_some(op, ids, kept));
    return job_done(op, rows, *ret_n);
}

/* The tokeniser and its tables: another number in the index means that it must be made again. */
static int64_t tokens_edition(void)
{
    return TOKENS_VERSION * INT64_C(1000) + strtol(tokens_unicode_version(), NULL, 10);
}

static enum err_code ids_after(struct op *op, int sql, int64_t after, int64_t ids[INDEX_BATCH],
                               size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, sql, &s));
    TRY(stmt_bind_int64(op, s, 1, after));
    TRY(stmt_bind_int64(op, s, 2, INDEX_BATCH));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ids[(*ret_n)++] = stmt_int64(s, 0);
    }
}

/* Fills an index that is new or of another edition, a few batches a round; "filled_to" remembers
 * how far it came, so that a restart goes on. -1: complete. */
static enum err_code fill_index(struct op *op)
{
    int64_t edition, ids[INDEX_BATCH], to;
    size_t n;

    TRY(index_meta_get(op, "edition", &edition));
    if (edition != tokens_edition()) {
        TRY(index_clear(op));
        TRY(index_meta_set(op, "filled_to", 0));
        TRY(index_meta_set(op, "edition", tokens_edition()));
    }
    TRY(index_meta_get(op, "filled_to", &to));
    for (int i = 0; i < INDEX_ROUNDS && to >= 0; i++) {
        TRY(ids_after(op, SQL_matter_ids_after, to, ids, &n));
        if (n > 0)
            TRY(index_some(op, ids, n));
        to = n < INDEX_BATCH ? -1 : ids[n - 1];
        TRY(index_meta_set(op, "filled_to", to));
    }
    return ERR_OK;
}

static enum err_code run_index(struct op *op, int64_t *ret)
{
    bool idle = false;
    size_t n = 1;

    TRY(fill_index(op));
    for (int i = 0; i < INDEX_ROUNDS && n > 0; i++) {
        TRY(index_batch(op, &n));
        idle = i == 0 && n == 0;
    }
    for (int i = 0; i < TIDY_STEPS && idle; i++)
        TRY(index_tidy(op, &idle));
    return job_lag(op, "index", ret);
}

/* ---- names of businesses ---- */

#define NAMES_ROUNDS 50

static enum err_code names_some(struct op *op, const int64_t *ids, size_t n)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_BYTES);
    struct op batch = *op;
    enum err_code rc;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "indexing names");
    batch.arena = arena;
    rc = index_businesses(&batch, op->setup->folder, ids, n);
    op->err = batch.err;
    return rc;
}

/* Of an index that is new: "names_to" remembers how far it came, -1 complete. What is registered
 * meanwhile has a queue row of its own. */
static enum err_code fill_names(struct op *op)
{
    int64_t ids[INDEX_BATCH], to;
    size_t n;

    TRY(index_meta_get(op, "names_to", &to));
    for (int i = 0; i < NAMES_ROUNDS && to >= 0; i++) {
        TRY(ids_after(op, SQL_business_ids_after, to, ids, &n));
        if (n > 0)
            TRY(names_some(op, ids, n));
        to = n < INDEX_BATCH ? -1 : ids[n - 1];
        TRY(index_meta_set(op, "names_to", to));
    }
    return ERR_OK;
}

static enum err_code run_names(struct op *op, int64_t *ret)
{
    struct job_row rows[INDEX_BATCH];
    int64_t ids[INDEX_BATCH];
    size_t n = INDEX_BATCH;

    TRY(fill_names(op));
    for (int i = 0; i < NAMES_ROUNDS && n == INDEX_BATCH; i++) {
        TRY(job_take(op, "names", rows, INDEX_BATCH, &n));
        for (size_t k = 0; k < n; k++)
            ids[k] = rows[k].record;
        if (n > 0) {
            TRY(names_some(op, ids, n));
            TRY(job_done(op, rows, n));
        }
    }
    return job_lag(op, "names", ret);
}

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

static enum err_code run_due(struct op *op, int64_t *ret)
{
    return due_announce(op, ret);
}

static enum err_code run_late(struct op *op, int64_t *ret)
{
    return due_late(op, ret);
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
    return key_reseal(op, 500, ret);
}

static enum err_code run_scan(struct op *op, int64_t *ret)
{
    return evidence_scan(op, SCAN_BATCH, false, ret);
}

static enum err_code run_diary(struct op *op, int64_t *ret)
{
    return diary_make(op, ret);
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

static enum err_code run_visits(struct op *op, int64_t *ret)
{
    return visits_draw(op, ret);
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

/* ---- pasts of matters, for figures ---- */

#define PAST_ROUNDS 10

static enum err_code run_past(struct op *op, int64_t *ret)
{
    bool more = true;

    for (int i = 0; i < PAST_ROUNDS && more; i++) {
        CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_BYTES);
        struct op batch = *op;
        enum err_code rc;

        if (arena == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "pasts");
        batch.arena = arena;
        rc = past_fill(&batch, &more);
        op->err = batch.err;
        TRY(rc);
    }
    *ret = 0;
    return ERR_OK;
}

/* A job that may take long runs in the second thread, so that the index does not wait for it, and
 * rests REST times as long as it took and yields to the others: a burst of filings leaves most of a
 * core to requests. */
enum lane { LANE_PROMPT, LANE_LONG, LANES };
#define REST 9
#define YIELDING 10 /* "nice" */

static const struct job {
    const char *name;
    int64_t period_ms;
    enum err_code (*run)(struct op *op, int64_t *ret);
    enum lane lane;
} table[] = {
    {"index", 200, run_index, LANE_PROMPT},
    {"access", 500, run_access, LANE_PROMPT},
    {"due", 60000, run_due, LANE_PROMPT},
    {"late", 5000, run_late, LANE_LONG},
    {"waiting", 2000, run_waiting, LANE_LONG},
    {"expire", 600000, run_expire, LANE_PROMPT},
    {"reseal", 60000, run_reseal, LANE_PROMPT},
    {"sweep", 3600000, run_sweep, LANE_PROMPT},
    {"names", 500, run_names, LANE_PROMPT},
    {"merge", 1000, run_merge, LANE_PROMPT},
    {"scan", 1000, run_scan, LANE_PROMPT},
    {"diary", 60000, run_diary, LANE_PROMPT},
    {"rescan", 600000, run_rescan, LANE_PROMPT},
    {"visits", 600000, run_visits, LANE_PROMPT},
    {"groups", 3000, run_groups, LANE_LONG},
    {"copies", 5000, run_copies, LANE_LONG},
    {"retention", 600000, run_retention, LANE_LONG},
    {"calendar", 500, run_calendar, LANE_PROMPT},
    {"registers", 1000, run_registers, LANE_PROMPT},
    {"letters", 200, run_letters, LANE_PROMPT},
    {"send", 1000, run_send, LANE_LONG},
    {"setup", 2000, run_setup, LANE_PROMPT},
    /* writes the index as `index` does: never beside it */
    {"past", 500, run_past, LANE_PROMPT},
};
#define JOBS (sizeof table / sizeof table[0])

enum err_code jobs_run(struct op *op, const char *name)
{
    int64_t value;

    for (size_t i = 0; i < JOBS; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].run(op, &value);
    return err_set(&op->err, ERR_NOT_FOUND, "no job %s", name);
}

/* ---- the threads ---- */

/* One thread and what is its own. */
struct worker {
    struct jobs *jobs;
    enum lane lane;
    pthread_t thread;
    bool started;
    struct arena *arena;
};

struct jobs {
    struct jobs_options options;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    struct worker workers[LANES];
};

static void run_one(struct worker *worker, const struct job *job)
{
    struct jobs *j = worker->jobs;
    const struct setup *setup = setup_hold(j->options.setups);
    struct op op = {.arena = worker->arena,
                    .store = j->options.store,
                    .setup = setup,
                    .access = j->options.access,
                    .press = j->options.press,
                    .copies = j->options.copies.folder == NULL ? NULL : &j->options.copies,
                    .now_ms = instant_now_ms(),
                    .zone_min = setup->zone_min};
    int64_t value = 0;
    enum err_code rc;

    op.actor.kind = ACTOR_SYSTEM;
    op.actor.body_path = "";
    rc = job->run(&op, &value);
    if (rc != ERR_OK)
        log_line(LOG_WARN, "job failed", "job=%s code=%s why=\"%s\"", job->name, err_info(rc)->name,
                 op.err.why);
    else if (j->options.report != NULL)
        j->options.report(j->options.arg, job->name, value);
    setup_letgo(j->options.setups, setup);
    arena_reset(worker->arena);
}

/* Sleeps one tick, whatever is done to the wall clock, or until it is told to stop. */
static bool wait_tick(struct jobs *j)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TICK_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_mutex_lock(&j->lock);
    while (!j->stop && pthread_cond_timedwait(&j->wake, &j->lock, &until) != ETIMEDOUT)
        ;
    stop = j->stop;
    pthread_mutex_unlock(&j->lock);
    return !stop;
}

static void *run_jobs(void *arg)
{
    struct worker *worker = arg;
    int64_t next_ms[JOBS] = {0}; /* monotonic */

    if (worker->lane == LANE_LONG) /* on Linux: of this thread */
        (void)setpriority(PRIO_PROCESS, 0, YIELDING);
    do {
        for (size_t i = 0; i < JOBS; i++) {
            const struct job *job = &table[i];
            int64_t began = monotonic_ms(), rest = job->period_ms;

            if (job->lane != worker->lane || began < next_ms[i])
                continue;
            run_one(worker, job);
            next_ms[i] = monotonic_ms();
            if (job->lane == LANE_LONG && (next_ms[i] - began) * REST > rest)
                rest = (next_ms[i] - began) * REST;
            next_ms[i] += rest;
        }
    } while (wait_tick(worker->jobs));
    return NULL;
}

static enum err_code start_worker(struct jobs *j, enum lane lane, struct err *err)
{
    struct worker *worker = &j->workers[lane];

    *worker = (struct worker){.jobs = j, .lane = lane, .arena = arena_new(ARENA_BYTES)};
    if (worker->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "jobs");
    worker->started = pthread_create(&worker->thread, NULL, run_jobs, worker) == 0;
    return worker->started ? ERR_OK : err_set(err, ERR_IO, "jobs: no thread");
}

/* A copy under way does not hold the end up. */
static bool goes_on(void *arg, int64_t done, int64_t total)
{
    struct jobs *j = arg;
    bool stop;

    (void)done;
    (void)total;
    pthread_mutex_lock(&j->lock);
    stop = j->stop;
    pthread_mutex_unlock(&j->lock);
    return !stop;
}

enum err_code jobs_start(const struct jobs_options *options, struct jobs **ret, struct err *err)
{
    struct jobs *j = calloc(1, sizeof *j);
    pthread_condattr_t monotonic;
    enum err_code rc = ERR_OK;

    if (j == NULL)
        return err_set(err, ERR_NO_MEMORY, "jobs");
    j->options = *options;
    j->options.copies.progress = goes_on;
    j->options.copies.arg = j;
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    for (int lane = 0; lane < LANES && rc == ERR_OK; lane++)
        rc = start_worker(j, (enum lane)lane, err);
    if (rc != ERR_OK)
        jobs_stop(j);
    else
        *ret = j;
    return rc;
}

void jobs_stop(struct jobs *jobs)
{
    if (jobs == NULL)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stop = true;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    for (int lane = 0; lane < LANES; lane++)
        if (jobs->workers[lane].started)
            pthread_join(jobs->workers[lane].thread, NULL);
    if (jobs->workers[LANE_PROMPT].started)
        run_one(&jobs->workers[LANE_PROMPT], &table[1]); /* looks noted since */
    for (int lane = 0; lane < LANES; lane++)
        arena_free(jobs->workers[lane].arena);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->wake);
    free(jobs);
}
