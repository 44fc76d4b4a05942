/* A ring of jobs under one lock, and threads that take from it. */
#include "web/executor.h"

#include <pthread.h>
#include <stdlib.h>

struct executor {
    struct executor_options options;
    pthread_mutex_t lock;
    pthread_cond_t filled;
    void **ring; /* queue_max places */
    unsigned first, waiting, reserved, running;
    bool stopping;
    unsigned n_workers; /* those that run */
    struct worker *workers;
};

struct worker {
    struct executor *executor;
    pthread_t thread;
    struct arena *arena; /* emptied behind each job */
};

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct executor *e = worker->executor;

    pthread_mutex_lock(&e->lock);
    for (;;) {
        void *job;

        while (e->waiting == 0 && !(e->stopping && e->reserved == 0))
            pthread_cond_wait(&e->filled, &e->lock);
        if (e->waiting == 0)
            break;
        job = e->ring[e->first];
        e->first = (e->first + 1) % e->options.queue_max;
        e->waiting--;
        e->running++;
        pthread_mutex_unlock(&e->lock);
        e->options.run(job, worker->arena);
        arena_reset(worker->arena);
        pthread_mutex_lock(&e->lock);
        e->running--;
    }
    pthread_mutex_unlock(&e->lock);
    return NULL;
}

static bool start_worker(struct executor *e, struct worker *worker)
{
    *worker = (struct worker){.executor = e, .arena = arena_new(e->options.arena_bytes)};
    return worker->arena != NULL && pthread_create(&worker->thread, NULL, work, worker) == 0;
}

enum err_code executor_new(const struct executor_options *options, struct executor **ret,
                           struct err *err)
{
    struct executor *e = calloc(1, sizeof *e);

    INVARIANT(options->threads > 0 && options->queue_max > 0);
    if (e == NULL)
        return err_set(err, ERR_NO_MEMORY, "executor");
    e->options = *options;
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->filled, NULL);
    e->ring = calloc(options->queue_max, sizeof e->ring[0]);
    e->workers = calloc(options->threads, sizeof e->workers[0]);
    if (e->ring == NULL || e->workers == NULL) {
        executor_free(e);
        return err_set(err, ERR_NO_MEMORY, "executor: queue of %u", options->queue_max);
    }
    for (; e->n_workers < options->threads; e->n_workers++)
        if (!start_worker(e, &e->workers[e->n_workers])) {
            unsigned made = e->n_workers;

            executor_free(e);
            return err_set(err, ERR_NO_MEMORY, "executor: thread %u", made);
        }
    *ret = e;
    return ERR_OK;
}

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
    pthread_mutex_lock(&e->lock);
    INVARIANT(e->reserved > 0);
    e->reserved--;
    e->ring[(e->first + e->waiting) % e->options.queue_max] = job;
    e->waiting++;
    if (e->stopping)
        pthread_cond_broadcast(&e->filled);
    else
        pthread_cond_signal(&e->filled);
    pthread_mutex_unlock(&e->lock);
}

void executor_stop(struct executor *e)
{
    pthread_mutex_lock(&e->lock);
    e->stopping = true;
    pthread_cond_broadcast(&e->filled);
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
    pthread_cond_destroy(&e->filled);
    pthread_mutex_destroy(&e->lock);
    for (unsigned i = 0; e->workers != NULL && i < e->options.threads; i++)
        arena_free(e->workers[i].arena);
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
