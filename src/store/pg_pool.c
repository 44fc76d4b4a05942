/* Pooled connections. */
#include "store/pg_engine.h"

#define POOL_WAIT_S 5

enum err_code pg_pool_init(struct pg_pool *pool, unsigned max, struct err *err)
{
    pthread_condattr_t attr;
    bool ok = pthread_condattr_init(&attr) == 0 &&
              pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&pool->freed, &attr) == 0 &&
              pthread_mutex_init(&pool->lock, NULL) == 0;

    pthread_condattr_destroy(&attr);
    pool->max = max;
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for locks");
}

void pg_pool_drop_idle(struct pg_pool *pool)
{
    struct pg_conn *list;

    pthread_mutex_lock(&pool->lock);
    list = pool->idle;
    pool->idle = NULL;
    for (struct pg_conn *c = list; c != NULL; c = c->next)
        pool->n--;
    pthread_cond_broadcast(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    while (list != NULL) {
        struct pg_conn *next = list->next;

        pg_disconnect(list);
        list = next;
    }
}

void pg_pool_end(struct pg_pool *pool)
{
    pg_pool_drop_idle(pool);
    INVARIANT(pool->n == 0);
    pthread_cond_destroy(&pool->freed);
    pthread_mutex_destroy(&pool->lock);
}

/* An idle connection, or room for a new one. The lock is held. */
static bool wait_for_one(struct pg_pool *pool)
{
    struct timespec until;
    bool got = true;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += POOL_WAIT_S;
    pool->waiting++;
    while (got && pool->idle == NULL && pool->n >= pool->max)
        got = pthread_cond_timedwait(&pool->freed, &pool->lock, &until) == 0;
    pool->waiting--;
    return got;
}

enum err_code pg_take(struct pg_engine *e, struct pg_pool *pool, struct pg_conn **ret,
                      struct err *err)
{
    struct pg_conn *conn = NULL;
    enum err_code rc = ERR_OK;
    bool got;

    pthread_mutex_lock(&pool->lock);
    got = wait_for_one(pool);
    if (got && pool->idle != NULL) {
        conn = pool->idle;
        pool->idle = conn->next;
    } else if (got) {
        pool->n++; /* the place is taken while it opens */
    }
    pthread_mutex_unlock(&pool->lock);
    if (!got)
        return err_set(err, ERR_BUSY, "all %u connections are in use", pool->max);
    if (conn == NULL) {
        rc = pg_connect(e->url, &conn, err);
        if (rc == ERR_OK && e->no_wait) {
            rc = pg_exec(conn, PG_NO_WAIT, NULL, err);
            if (rc != ERR_OK)
                pg_disconnect(conn);
        }
        if (rc != ERR_OK) {
            pthread_mutex_lock(&pool->lock);
            pool->n--;
            pthread_cond_signal(&pool->freed);
            pthread_mutex_unlock(&pool->lock);
            return rc;
        }
    }
    conn->long_read = conn->ending = false;
    *ret = conn;
    return ERR_OK;
}

void pg_give(struct pg_pool *pool, struct pg_conn *conn)
{
    bool sound = PQstatus(conn->raw) == CONNECTION_OK &&
                 (conn->ending || PQtransactionStatus(conn->raw) == PQTRANS_IDLE) &&
                 PQpipelineStatus(conn->raw) == PQ_PIPELINE_OFF;

    pthread_mutex_lock(&pool->lock);
    if (sound) {
        conn->next = pool->idle;
        pool->idle = conn;
    } else {
        pool->n--;
    }
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->lock);
    if (!sound)
        pg_disconnect(conn);
}
