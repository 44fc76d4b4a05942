/* Threads that run what the event loop must not: a bounded queue, an arena per thread.
 *
 * Jobs begin in the order in which they came, and no more of them work at once than there are
 * places: twenty that share two processors all end late. A job has no place while it waits
 * (base/waiting.h), so that commits fill up, and gives it up for good when it works for long, so
 * that a few long ones hold nobody up. */
#ifndef FANGXIN_WEB_EXECUTOR_H
#define FANGXIN_WEB_EXECUTOR_H

#include "base/arena.h"

struct executor;

struct executor_options {
    unsigned threads;
    unsigned places;    /* 0: as many as threads */
    unsigned long_ms;   /* a job that works for so long has no place any more */
    unsigned queue_max; /* waiting and running together */
    size_t arena_bytes; /* cap of each thread's arena, which is reset after each job */
    void (*run)(void *job, struct arena *arena);
};

enum err_code executor_new(const struct executor_options *options, struct executor **ret,
                           struct err *err) MUST_CHECK;

/* Takes a place in the queue; false when it is full or stopping. A place taken must be used. */
bool executor_reserve(struct executor *e);
/* Puts a job into the place taken. After this the job belongs to an executor thread. */
void executor_submit(struct executor *e, void *job);

/* Refuses new places, runs what is waiting, joins the threads. */
void executor_stop(struct executor *e);
void executor_free(struct executor *e); /* stops first; NULL is fine */

struct executor_state {
    unsigned waiting, running, threads;
};
struct executor_state executor_state(struct executor *e);

#endif
