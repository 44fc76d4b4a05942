/* The threads that run the jobs. */
#include "jobs/jobs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "jobs/table.h"

#define ARENA_BYTES ((size_t)64 * 1024 * 1024)
#define TICK_MS 200
/* A job of the long lane rests REST times as long as it took and yields to the others: a burst of
 * filings leaves most of a core to requests. */
#define REST 9
#define YIELDING 10 /* "nice" */

enum err_code jobs_run(struct op *op, const char *name)
{
    const struct job *job = job_find(name);
    int64_t value;

    return job == NULL ? err_set(&op->err, ERR_NOT_FOUND, "no job %s", name) : job->run(op, &value);
}

/* ---- the threads ---- */

/* One thread and what is its own. */
struct worker {
    struct jobs *jobs;
    enum job_lane lane;
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
            const struct job *job = &job_table[i];
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

static enum err_code start_worker(struct jobs *j, enum job_lane lane, struct err *err)
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
        rc = start_worker(j, (enum job_lane)lane, err);
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
        run_one(&jobs->workers[LANE_PROMPT], job_find("access")); /* looks noted since */
    for (int lane = 0; lane < LANES; lane++)
        arena_free(jobs->workers[lane].arena);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->wake);
    free(jobs);
}
