/* Reading: a pool of connections, snapshots and statements.
 *
 * A snapshot is a read transaction on a pooled connection; it is pinned by reading the ledger at
 * once, so that its position and all that follows are one view. The log cannot start anew while a
 * snapshot stands: when it has grown too far the writer lets old snapshots expire (pool_expire). */
#include "store/sqlite_engine.h"

#define POOL_WAIT_MS 5000
#define HARDLY_ASKED 10000 /* pages between two calls of pool_rest: 25 pages of a list */

/* An idle connection, or room for a new one, within POOL_WAIT_MS. The lock is held. */
static enum err_code pool_wait(struct sqlite_engine *e, struct err *err)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += POOL_WAIT_MS / 1000;
    while (e->idle == NULL && e->n_conns >= e->max_conns)
        if (pthread_cond_timedwait(&e->pool_free, &e->pool_lock, &until) != 0)
            return err_set(err, ERR_BUSY, "all %u read connections are in use", e->max_conns);
    return ERR_OK;
}

enum err_code pool_take(struct sqlite_engine *e, struct conn **ret, struct err *err)
{
    struct conn *conn;
    enum err_code rc;

    pthread_mutex_lock(&e->pool_lock);
    rc = pool_wait(e, err);
    if (rc != ERR_OK) {
        pthread_mutex_unlock(&e->pool_lock);
        return rc;
    }
    conn = e->idle;
    if (conn != NULL) {
        e->idle = conn->next;
        pthread_mutex_unlock(&e->pool_lock);
        *ret = conn;
        return ERR_OK;
    }
    e->n_conns++; /* the place is taken while it opens */
    pthread_mutex_unlock(&e->pool_lock);
    rc = conn_open(e, CONN_READER, false, &conn, err);
    pthread_mutex_lock(&e->pool_lock);
    if (rc == ERR_OK) {
        for (unsigned i = 0; i < e->max_conns; i++)
            if (e->all[i] == NULL) {
                e->all[i] = conn;
                break;
            }
        *ret = conn;
    } else {
        e->n_conns--;
        pthread_cond_signal(&e->pool_free);
    }
    pthread_mutex_unlock(&e->pool_lock);
    return rc;
}

void pool_give(struct sqlite_engine *e, struct conn *conn)
{
    bool broken = sqlite3_get_autocommit(conn->db) == 0;

    pthread_mutex_lock(&e->pool_lock);
    atomic_store(&conn->since_ms, 0);
    atomic_store(&conn->expired, false);
    conn->long_read = false;
    if (broken) { /* the transaction could not be ended: a new connection is safer */
        for (unsigned i = 0; i < e->max_conns; i++)
            if (e->all[i] == conn)
                e->all[i] = NULL;
        e->n_conns--;
    } else {
        conn->next = e->idle;
        e->idle = conn;
    }
    pthread_cond_signal(&e->pool_free);
    pthread_mutex_unlock(&e->pool_lock);
    if (broken)
        conn_close(conn);
}

void pool_close(struct sqlite_engine *e)
{
    pthread_mutex_lock(&e->pool_lock);
    for (unsigned i = 0; i < e->max_conns; i++) {
        INVARIANT(e->all[i] == NULL || atomic_load(&e->all[i]->since_ms) == 0);
        conn_close(e->all[i]);
        e->all[i] = NULL;
    }
    e->idle = NULL;
    e->n_conns = 0;
    pthread_mutex_unlock(&e->pool_lock);
}

/* Takes those out of the list of idle connections that were hardly asked. */
static struct conn *take_resting(struct sqlite_engine *e, bool *ret_all)
{
    struct conn *resting = NULL, **at = &e->idle;

    *ret_all = true;
    pthread_mutex_lock(&e->pool_lock);
    while (*at != NULL) {
        struct conn *conn = *at;
        bool hardly = conn->asked < HARDLY_ASKED;

        conn->asked = 0;
        if (hardly) {
            *at = conn->next;
            conn->next = resting;
            resting = conn;
        } else {
            at = &conn->next;
            *ret_all = false;
        }
    }
    pthread_mutex_unlock(&e->pool_lock);
    return resting;
}

bool pool_rest(struct sqlite_engine *e)
{
    struct conn *resting, *next;
    bool all;

    resting = take_resting(e, &all);
    for (; resting != NULL; resting = next) {
        next = resting->next;
        sqlite3_db_release_memory(resting->db);
        pool_give(e, resting);
    }
    return all;
}

uint64_t pool_cache_bytes(struct sqlite_engine *e)
{
    uint64_t bytes = 0;

    pthread_mutex_lock(&e->pool_lock);
    for (struct conn *conn = e->idle; conn != NULL; conn = conn->next) {
        int now = 0, most = 0;

        if (sqlite3_db_status(conn->db, SQLITE_DBSTATUS_CACHE_USED, &now, &most, 0) == SQLITE_OK)
            bytes += (unsigned)now;
    }
    pthread_mutex_unlock(&e->pool_lock);
    return bytes;
}

void pool_expire(struct sqlite_engine *e, int64_t older_than_ms)
{
    int64_t now = monotonic_ms();

    pthread_mutex_lock(&e->pool_lock);
    for (unsigned i = 0; i < e->max_conns; i++) {
        struct conn *conn = e->all[i];
        int64_t since = conn == NULL ? 0 : atomic_load(&conn->since_ms);

        if (since == 0 || conn->long_read || now - since < older_than_ms)
            continue;
        atomic_store(&conn->expired, true);
        sqlite3_interrupt(conn->db);
    }
    pthread_mutex_unlock(&e->pool_lock);
}

/* ---- snapshots ---- */

static enum err_code begin_read(struct conn *conn, int64_t *ret_position, struct err *err)
{
    struct prepared *s;
    int rc;

    TRY(conn_stmt_text(conn, "BEGIN", &s, err));
    rc = sqlite3_step(s->raw);
    stmt_release(s);
    if (rc != SQLITE_DONE)
        return sqlite_error(err, conn->db, rc, "begin a snapshot");
    TRY(conn_stmt(conn, SQL_store_position, &s, err));
    rc = sqlite3_step(s->raw);
    if (rc == SQLITE_ROW)
        *ret_position = sqlite3_column_int64(s->raw, 0);
    stmt_release(s);
    return rc == SQLITE_ROW ? ERR_OK : sqlite_error(err, conn->db, rc, "pin a snapshot");
}

static void end_read(struct conn *conn)
{
    struct prepared *s;

    if (sqlite3_get_autocommit(conn->db) != 0)
        return;
    if (conn_stmt_text(conn, "ROLLBACK", &s, NULL) != ERR_OK)
        return; /* pool_give sees the open transaction */
    sqlite3_step(s->raw);
    stmt_release(s);
}

/* How many pages it asked its cache for since the last time, whether they were there or not. */
static uint64_t pages_asked(struct conn *conn)
{
    static const int what[] = {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS};
    uint64_t n = 0;

    for (size_t i = 0; i < 2; i++) {
        int now = 0, most = 0;

        if (sqlite3_db_status(conn->db, what[i], &now, &most, 1) == SQLITE_OK)
            n += (unsigned)now;
    }
    return n;
}

enum err_code sqlite_snapshot_begin(struct op *op, struct snapshot **ret)
{
    struct sqlite_engine *e = sqlite_of(op);
    struct sqlite_snapshot *snap = ARENA_NEW(op->arena, struct sqlite_snapshot);
    enum err_code rc;

    if (snap == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a snapshot");
    TRY(pool_take(e, &snap->conn, &op->err));
    snap->engine = e;
    atomic_store(&snap->conn->since_ms, monotonic_ms());
    rc = begin_read(snap->conn, &snap->base.position, &op->err);
    if (rc != ERR_OK) {
        end_read(snap->conn);
        pool_give(e, snap->conn);
        return rc;
    }
    *ret = &snap->base;
    return ERR_OK;
}

void sqlite_snapshot_end(struct snapshot *snapshot)
{
    struct sqlite_snapshot *snap = (struct sqlite_snapshot *)snapshot;
    uint64_t asked;

    INVARIANT(snap->conn->stmts_in_use == 0); /* statements are closed before their snapshot */
    end_read(snap->conn);
    asked = pages_asked(snap->conn);
    snap->conn->asked += asked;
    atomic_fetch_add(&snap->engine->pages_read, asked);
    pool_give(snap->engine, snap->conn);
}

void sqlite_snapshot_long(struct snapshot *snapshot)
{
    struct sqlite_snapshot *snap = (struct sqlite_snapshot *)snapshot;

    pthread_mutex_lock(&snap->engine->pool_lock);
    snap->conn->long_read = true;
    pthread_mutex_unlock(&snap->engine->pool_lock);
}

enum err_code sqlite_prepare(struct op *op, struct snapshot *snap, int sql, struct stmt **ret)
{
    struct prepared *s;

    TRY(conn_stmt(((struct sqlite_snapshot *)snap)->conn, sql, &s, &op->err));
    *ret = &s->base;
    return ERR_OK;
}

enum err_code sqlite_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                  struct stmt **ret)
{
    struct prepared *s;

    TRY(conn_stmt_text(((struct sqlite_snapshot *)snap)->conn, sql, &s, &op->err));
    *ret = &s->base;
    return ERR_OK;
}
