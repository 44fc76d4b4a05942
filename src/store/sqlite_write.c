/* The writer: one thread, one connection, two bounded queues.
 *
 * Round: everything that waits in the interactive queue (up to BATCH_MAX) is one transaction; then
 * bulk sets are taken for at most BULK_SLICE_MS; then the log is copied back if it has grown. While
 * one COMMIT waits for the disk the next sets gather, so one sync serves many. */
#include <errno.h>

#include "base/waiting.h"
#include "store/sqlite_engine.h"

#define INTERACTIVE_MAX 4096
#define BULK_MAX 4096
#define BATCH_MAX 256
#define BULK_SLICE_MS 10
#define BULK_LEAST 8
#define IDLE_MS 500
#define REOPEN_MS 50

static unsigned queue_limit(enum store_queue q)
{
    return q == QUEUE_INTERACTIVE ? INTERACTIVE_MAX : BULK_MAX;
}

static enum err_code put_in(struct sqlite_engine *e, struct request *r, enum store_queue q)
{
    struct request_queue *queue = &e->queues[q];
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&e->queue_lock);
    if (e->stopping) {
        rc = err_set(r->err, ERR_BUSY, "the store is closing");
    } else if (queue->n >= queue_limit(q)) {
        rc = err_set(r->err, ERR_BUSY, "%u change sets are waiting", queue->n);
    } else {
        *queue->last = r;
        queue->last = &r->next;
        queue->n++;
    }
    pthread_mutex_unlock(&e->queue_lock);
    if (rc == ERR_OK) /* the writer would wait for the lock */
        pthread_cond_signal(&e->queue_filled);
    return rc;
}

static enum err_code put_and_wait(struct sqlite_engine *e, struct request *r, enum store_queue q)
{
    enum err_code rc;

    sem_init(&r->done, 0, 0);
    rc = put_in(e, r, q);
    if (rc == ERR_OK) {
        waiting_begin();
        while (sem_wait(&r->done) != 0)
            INVARIANT(errno == EINTR);
        waiting_end();
        rc = r->result;
    }
    sem_destroy(&r->done);
    return rc;
}

enum err_code sqlite_apply(struct engine *engine, struct changes *ch, enum store_queue queue,
                           struct err *err)
{
    struct sqlite_engine *e = (struct sqlite_engine *)engine;
    struct request r = {.changes = ch, .err = err};

    if (e->read_only)
        return err_set(err, ERR_STORE_FULL, "opened for reading only");
    return put_and_wait(e, &r, queue);
}

enum err_code sqlite_settle(struct engine *engine, struct err *err)
{
    struct sqlite_engine *e = (struct sqlite_engine *)engine;
    struct request r = {.err = err};

    return e->read_only ? ERR_OK : put_and_wait(e, &r, QUEUE_BULK);
}

/* ---- the thread ---- */

/* Up to @p max requests from the front; a settle request is taken alone. */
static struct request *take_from(struct request_queue *q, unsigned max, unsigned *ret_n)
{
    struct request *first = q->first, **end = &q->first;
    unsigned n = 0;

    if (first != NULL && first->changes == NULL) {
        max = 1;
        end = &first->next;
        n = 1;
    }
    while (*end != NULL && n < max && (*end)->changes != NULL) {
        end = &(*end)->next;
        n++;
    }
    q->first = *end;
    q->n -= n;
    if (q->first == NULL)
        q->last = &q->first;
    *end = NULL;
    *ret_n = n;
    return n == 0 ? NULL : first;
}

static struct request *take(struct sqlite_engine *e, enum store_queue q, unsigned max,
                            unsigned *ret_n)
{
    struct request *first;

    pthread_mutex_lock(&e->queue_lock);
    first = take_from(&e->queues[q], max, ret_n);
    pthread_mutex_unlock(&e->queue_lock);
    return first;
}

static void answer_all(struct request *first)
{
    while (first != NULL) {
        struct request *next = first->next; /* the request is gone once it is answered */

        sem_post(&first->done);
        first = next;
    }
}

static void run(struct sqlite_engine *e, struct request *first, unsigned n)
{
    struct writer *w = &e->writer;

    if (w->conn == NULL && monotonic_ms() >= w->retry_at_ms && writer_reopen(e, NULL) != ERR_OK)
        w->retry_at_ms = monotonic_ms() + REOPEN_MS;
    if (first->changes == NULL)
        first->result = writer_checkpoint_all(e, first->err);
    else
        batch_run(e, first, n);
    w->last_work_ms = monotonic_ms();
    answer_all(first);
}

/* Bulk sets for one slice of time: as many in one transaction as the last ones say will fit. */
static bool run_bulk(struct sqlite_engine *e)
{
    struct writer *w = &e->writer;
    int64_t began = monotonic_ms(), took;
    struct request *first;
    unsigned n, most = w->bulk_most < BULK_LEAST ? BULK_LEAST : w->bulk_most;

    first = take(e, QUEUE_BULK, most, &n);
    if (first == NULL)
        return false;
    run(e, first, n);
    took = monotonic_ms() - began;
    if (took >= BULK_SLICE_MS)
        most /= 2;
    else if (n == most && took < BULK_SLICE_MS / 2)
        most *= 2;
    w->bulk_most = most > BATCH_MAX ? BATCH_MAX : most;
    return true;
}

static bool both_empty(const struct sqlite_engine *e)
{
    return e->queues[QUEUE_INTERACTIVE].first == NULL && e->queues[QUEUE_BULK].first == NULL;
}

/* Sleeps until there is work; false when the store closes and nothing is left. */
static bool wait_for_work(struct sqlite_engine *e)
{
    struct timespec until;
    bool go_on;

    pthread_mutex_lock(&e->queue_lock);
    if (both_empty(e) && !e->stopping) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += IDLE_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&e->queue_filled, &e->queue_lock, &until);
    }
    go_on = !both_empty(e) || !e->stopping;
    pthread_mutex_unlock(&e->queue_lock);
    return go_on;
}

static void *writer_main(void *arg)
{
    struct sqlite_engine *e = arg;
    struct request *first;
    unsigned n;

    while (wait_for_work(e)) {
        bool worked = false, idle;

        first = take(e, QUEUE_INTERACTIVE, BATCH_MAX, &n);
        if (first != NULL) {
            run(e, first, n);
            worked = true;
        }
        worked = run_bulk(e) || worked;
        idle = !worked && monotonic_ms() - e->writer.last_work_ms >= IDLE_MS;
        writer_checkpoint(e, idle);
        if (idle && e->writer.conn != NULL && atomic_exchange(&e->rests, false))
            sqlite3_db_release_memory(e->writer.conn->db);
    }
    return NULL;
}

enum err_code writer_start(struct sqlite_engine *e, struct err *err)
{
    for (int q = 0; q < 2; q++)
        e->queues[q].last = &e->queues[q].first;
    e->stopping = false;
    if (pthread_create(&e->writer_thread, NULL, writer_main, e) != 0)
        return err_set(err, ERR_NO_MEMORY, "no thread for the writer");
    e->writer_started = true;
    return ERR_OK;
}

void writer_stop(struct sqlite_engine *e)
{
    if (!e->writer_started)
        return;
    pthread_mutex_lock(&e->queue_lock);
    e->stopping = true;
    pthread_cond_broadcast(&e->queue_filled);
    pthread_mutex_unlock(&e->queue_lock);
    pthread_join(e->writer_thread, NULL);
    e->writer_started = false;
}
