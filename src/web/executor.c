/* A ring of jobs under one lock, and threads that take from it. Of the threads that rest, the one
 * that rests since the shortest is woken: its stack, arena and heap still lie in the caches. While
 * jobs wait for a place, one thread that rests looks again and again whether those that work do so
 * for long. */
#include "web/executor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "base/waiting.h"

struct executor {
    struct executor_options options;
    pthread_mutex_t lock;
    struct worker *resting; /* the last to begin resting is first */
    struct worker *looking; /* after those that work */
    void **ring;            /* queue_max places */
    unsigned first, waiting, reserved, running;
    unsigned placeless; /* of those that run */
    bool stopping;
    unsigned n_workers; /* those that run */
    struct worker *workers;
};

struct worker {
    struct executor *executor;
    pthread_t thread;
    struct arena *arena; /* emptied behind each job */
    pthread_cond_t woken;
    bool rests;
    struct worker *next;   /* among those that rest */
    int64_t began_ms;      /* of the job it runs; 0: none */
    bool waits, long_work; /* the job has no place */
};

/* ---- resting; the lock is held ---- */

/* The thread to be woken once the lock is given back, for which it would wait at once; or NULL. */
static struct worker *next_to_wake(struct executor *e)
{
    struct worker *worker = e->resting;

    if (worker != NULL)
        e->resting = worker->next;
    else
        worker = e->looking;
    if (worker != NULL)
        worker->rests = false;
    return worker;
}

static void wake(struct worker *worker)
{
    if (worker != NULL)
        pthread_cond_signal(&worker->woken);
}

static void unlock_and_wake(struct executor *e, struct worker *worker)
{
    pthread_mutex_unlock(&e->lock);
    wake(worker);
}

static void wake_all(struct executor *e)
{
    while (e->resting != NULL)
        wake(next_to_wake(e));
    wake(next_to_wake(e)); /* the one that looks */
}

static void rest(struct executor *e, struct worker *worker)
{
    worker->rests = true;
    worker->next = e->resting;
    e->resting = worker;
    while (worker->rests)
        pthread_cond_wait(&worker->woken, &e->lock);
}

/* Rests for long_ms at most. */
static void rest_a_while(struct executor *e, struct worker *worker)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += e->options.long_ms / 1000;
    until.tv_nsec += e->options.long_ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    e->looking = worker;
    worker->rests = true;
    while (worker->rests && pthread_cond_timedwait(&worker->woken, &e->lock, &until) != ETIMEDOUT)
        ;
    e->looking = NULL;
}

/* ---- places; the lock is held ---- */

static bool may_begin(const struct executor *e)
{
    return e->waiting > 0 && e->running - e->placeless < e->options.places;
}

static void set_placeless(struct worker *worker, bool *why, bool value)
{
    struct executor *e = worker->executor;

    e->placeless -= worker->waits || worker->long_work;
    *why = value;
    e->placeless += worker->waits || worker->long_work;
}

/* Rests a while, then takes the places of those that work for long. */
static void look_after(struct executor *e, struct worker *worker)
{
    int64_t before;

    rest_a_while(e, worker);
    before = monotonic_ms() - (int64_t)e->options.long_ms;
    for (unsigned i = 0; i < e->options.threads; i++) {
        struct worker *w = &e->workers[i];

        if (w->began_ms != 0 && w->began_ms <= before)
            set_placeless(w, &w->long_work, true);
    }
}

/* Jobs that wait are not left without a thread that begins them or looks after them: that one. */
static struct worker *tend_queue(struct executor *e)
{
    return may_begin(e) || (e->waiting > 0 && e->looking == NULL) ? next_to_wake(e) : NULL;
}

/* A job that waits; its thread calls this. */
static void told_of_wait(void *arg, bool waits)
{
    struct worker *worker = arg;
    struct executor *e = worker->executor;

    pthread_mutex_lock(&e->lock);
    set_placeless(worker, &worker->waits, waits);
    unlock_and_wake(e, tend_queue(e));
}

/* ---- the threads ---- */

/* The next job, or NULL when none will come any more. The lock is held. */
static void *next_job(struct executor *e, struct worker *worker)
{
    void *job;

    while (!may_begin(e)) {
        if (e->waiting == 0 && e->stopping && e->reserved == 0) {
            wake_all(e); /* to see the same */
            return NULL;
        }
        if (e->waiting > 0 && e->looking == NULL)
            look_after(e, worker);
        else
            rest(e, worker);
    }
    job = e->ring[e->first];
    e->first = (e->first + 1) % e->options.queue_max;
    e->waiting--;
    return job;
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct executor *e = worker->executor;
    void *job;

    waiting_tells(told_of_wait, worker);
    pthread_mutex_lock(&e->lock);
    while ((job = next_job(e, worker)) != NULL) {
        e->running++;
        worker->began_ms = monotonic_ms();
        unlock_and_wake(e, tend_queue(e));
        e->options.run(job, worker->arena);
        arena_reset(worker->arena);
        pthread_mutex_lock(&e->lock);
        set_placeless(worker, &worker->long_work, false);
        worker->began_ms = 0;
        e->running--;
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

static bool start_worker(struct executor *e, struct worker *worker)
{
    worker->executor = e;
    worker->arena = arena_new(e->options.arena_bytes);
    return worker->arena != NULL && pthread_create(&worker->thread, NULL, work, worker) == 0;
}

static void init_conditions(struct executor *e)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    for (unsigned i = 0; i < e->options.threads; i++)
        pthread_cond_init(&e->workers[i].woken, &attr);
    pthread_condattr_destroy(&attr);
}

enum err_code executor_new(const struct executor_options *options, struct executor **ret,
                           struct err *err)
{
    struct executor *e = calloc(1, sizeof *e);

    INVARIANT(options->threads > 0 && options->queue_max > 0);
    if (e == NULL)
        return err_set(err, ERR_NO_MEMORY, "executor");
    e->options = *options;
    if (e->options.places == 0)
        e->options.places = options->threads;
    pthread_mutex_init(&e->lock, NULL);
    e->ring = calloc(options->queue_max, sizeof e->ring[0]);
    e->workers = calloc(options->threads, sizeof e->workers[0]);
    if (e->ring == NULL || e->workers == NULL) {
        executor_free(e);
        return err_set(err, ERR_NO_MEMORY, "executor: queue of %u", options->queue_max);
    }
    init_conditions(e);
    for (; e->n_workers < options->threads; e->n_workers++)
        if (!start_worker(e, &e->workers[e->n_workers])) {
            unsigned made = e->n_workers;

            executor_free(e);
            return err_set(err, ERR_NO_MEMORY, "executor: thread %u", made);
        }
    *ret = e;
    return ERR_OK;
}

/* ---- jobs ---- */

bool executor_reserve(struct executor *e)
{
    bool ok;

    pthread_mutex_lock(&e->lock);
    ok = !e->stopping && e->reserved + e->waiting + e->running < e->options.queue_max;
    if (ok)
        e->reserved++;
    pthread_mutex_unlock(&e->lock);
    return ok;
}

void executor_submit(struct executor *e, void *job)
{
    struct worker *next = NULL;

    pthread_mutex_lock(&e->lock);
    INVARIANT(e->reserved > 0);
    e->reserved--;
    e->ring[(e->first + e->waiting) % e->options.queue_max] = job;
    e->waiting++;
    if (e->stopping)
        wake_all(e);
    else
        next = tend_queue(e);
    unlock_and_wake(e, next);
}

void executor_stop(struct executor *e)
{
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    wake_all(e);
    pthread_mutex_unlock(&e->lock);
    for (unsigned i = 0; i < e->n_workers; i++)
        pthread_join(e->workers[i].thread, NULL);
    e->n_workers = 0;
}

void executor_free(struct executor *e)
{
    if (e == NULL)
        return;
    executor_stop(e);
    pthread_mutex_destroy(&e->lock);
    for (unsigned i = 0; e->workers != NULL && i < e->options.threads; i++) {
        arena_free(e->workers[i].arena);
        pthread_cond_destroy(&e->workers[i].woken);
    }
    free(e->workers);
    free(e->ring);
    free(e);
}

struct executor_state executor_state(struct executor *e)
{
    struct executor_state s;

    pthread_mutex_lock(&e->lock);
    s = (struct executor_state){e->waiting + e->reserved, e->running, e->options.threads};
    pthread_mutex_unlock(&e->lock);
    return s;
}
