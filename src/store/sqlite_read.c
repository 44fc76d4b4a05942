/* Reading: a pool of connections, snapshots and statements.
 *
 * A snapshot is a read transaction on a pooled connection; it is pinned by reading the ledger at
 * once, so that its position and all that follows are one view. The log cannot start anew while a
 * snapshot stands: when it has grown too far the writer lets old snapshots expire (pool_expire). */
#include "store/sqlite_engine.h"

#define POOL_WAIT_MS 5000

static struct engine *engine_of(const struct op *op)
{
    return op->store->engine;
}

/* An idle connection, or room for a new one, within POOL_WAIT_MS. The lock is held. */
static enum err_code pool_wait(struct engine *e, struct err *err)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += POOL_WAIT_MS / 1000;
    while (e->idle == NULL && e->n_conns >= e->max_conns)
        if (pthread_cond_timedwait(&e->pool_free, &e->pool_lock, &until) != 0)
            return err_set(err, ERR_BUSY, "all %u read connections are in use", e->max_conns);
    return ERR_OK;
}

enum err_code pool_take(struct engine *e, struct conn **ret, struct err *err)
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

void pool_give(struct engine *e, struct conn *conn)
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

void pool_close(struct engine *e)
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

void pool_expire(struct engine *e, int64_t older_than_ms)
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
    struct stmt *s;
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
    struct stmt *s;

    if (sqlite3_get_autocommit(conn->db) != 0)
        return;
    if (conn_stmt_text(conn, "ROLLBACK", &s, NULL) != ERR_OK)
        return; /* pool_give sees the open transaction */
    sqlite3_step(s->raw);
    stmt_release(s);
}

enum err_code snapshot_open(struct op *op, struct snapshot **ret)
{
    struct engine *e = engine_of(op);
    struct snapshot *snap = op->snapshot;
    enum err_code rc;

    if (snap != NULL && snap->op == op) { /* one unit of work, one view, one connection */
        snap->holders++;
        *ret = snap;
        return ERR_OK;
    }
    snap = ARENA_NEW(op->arena, struct snapshot);
    if (snap == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a snapshot");
    TRY(pool_take(e, &snap->conn, &op->err));
    snap->engine = e;
    snap->op = op;
    snap->holders = 1;
    atomic_store(&snap->conn->since_ms, monotonic_ms());
    rc = begin_read(snap->conn, &snap->position, &op->err);
    if (rc != ERR_OK) {
        end_read(snap->conn);
        pool_give(e, snap->conn);
        return rc;
    }
    op->snapshot = snap;
    *ret = snap;
    return ERR_OK;
}

void snapshot_closep(struct snapshot **snap)
{
    struct conn *conn;

    if (*snap == NULL)
        return;
    if (--(*snap)->holders > 0) {
        *snap = NULL;
        return;
    }
    (*snap)->op->snapshot = NULL;
    conn = (*snap)->conn;
    INVARIANT(conn->stmts_in_use == 0); /* statements are closed before their snapshot */
    end_read(conn);
    pool_give((*snap)->engine, conn);
    *snap = NULL;
}

int64_t snapshot_position(const struct snapshot *snap)
{
    return snap->position;
}

void snapshot_long(struct snapshot *snap)
{
    pthread_mutex_lock(&snap->engine->pool_lock);
    snap->conn->long_read = true;
    pthread_mutex_unlock(&snap->engine->pool_lock);
}

/* ---- statements ---- */

enum err_code snapshot_prepare(struct op *op, struct snapshot *snap, int sql, struct stmt **ret)
{
    return conn_stmt(snap->conn, sql, ret, &op->err);
}

enum err_code snapshot_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                    struct stmt **ret)
{
    return conn_stmt_text(snap->conn, sql, ret, &op->err);
}

void stmt_closep(struct stmt **stmt)
{
    stmt_release(*stmt);
    *stmt = NULL;
}

/* Where $n stands; 0 when the statement does not use it, which is fine for lists. */
static int place_of(const struct stmt *s, int n)
{
    return n >= 1 && n <= PARAMS_MAX ? s->place[n] : 0;
}

static enum err_code bound(struct op *op, struct stmt *s, int rc)
{
    return rc == SQLITE_OK ? ERR_OK : sqlite_error(&op->err, s->conn->db, rc, "bind");
}

enum err_code stmt_bind_int64(struct op *op, struct stmt *s, int n, int64_t value)
{
    int place = place_of(s, n);

    return place == 0 ? ERR_OK : bound(op, s, sqlite3_bind_int64(s->raw, place, value));
}

enum err_code stmt_bind_text(struct op *op, struct stmt *s, int n, const char *text)
{
    int place = place_of(s, n);

    return place == 0 ? ERR_OK
                      : bound(op, s, sqlite3_bind_text(s->raw, place, text, -1, SQLITE_STATIC));
}

enum err_code stmt_bind_blob(struct op *op, struct stmt *s, int n, const void *bytes, size_t size)
{
    int place = place_of(s, n);

    return place == 0
               ? ERR_OK
               : bound(op, s, sqlite3_bind_blob64(s->raw, place, bytes, size, SQLITE_STATIC));
}

enum err_code stmt_step(struct op *op, struct stmt *s, bool *ret_row)
{
    int rc;

    s->on_row = false;
    if (atomic_load_explicit(&s->conn->expired, memory_order_relaxed))
        return err_set(&op->err, ERR_BUSY, "the snapshot stood too long");
    rc = sqlite3_step(s->raw);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return sqlite_error(&op->err, s->conn->db, rc, sqlite3_sql(s->raw));
    s->on_row = rc == SQLITE_ROW;
    *ret_row = s->on_row;
    return ERR_OK;
}

enum err_code stmt_one_row(struct op *op, struct stmt *s)
{
    bool row = false;

    TRY(stmt_step(op, s, &row));
    return row ? ERR_OK : err_set(&op->err, ERR_NOT_FOUND, "no row: %.200s", sqlite3_sql(s->raw));
}

void stmt_reset(struct stmt *s)
{
    s->on_row = false;
    sqlite3_reset(s->raw);
}

bool stmt_is_null(struct stmt *s, int column)
{
    return !s->on_row || sqlite3_column_type(s->raw, column) == SQLITE_NULL;
}

int64_t stmt_int64(struct stmt *s, int column)
{
    return s->on_row ? sqlite3_column_int64(s->raw, column) : 0;
}

const char *stmt_text(struct stmt *s, int column)
{
    return s->on_row ? (const char *)sqlite3_column_text(s->raw, column) : NULL;
}

const void *stmt_blob(struct stmt *s, int column, size_t *ret_size)
{
    const void *bytes = s->on_row ? sqlite3_column_blob(s->raw, column) : NULL;

    *ret_size = bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(s->raw, column);
    return bytes;
}

enum value_kind stmt_value(struct stmt *s, int column, int64_t *ret_number, const void **ret_bytes,
                           size_t *ret_size)
{
    switch (s->on_row ? sqlite3_column_type(s->raw, column) : SQLITE_NULL) {
    case SQLITE_INTEGER:
        *ret_number = sqlite3_column_int64(s->raw, column);
        return VALUE_INT;
    case SQLITE_TEXT:
        *ret_bytes = sqlite3_column_text(s->raw, column);
        *ret_size = (size_t)sqlite3_column_bytes(s->raw, column);
        return VALUE_TEXT;
    case SQLITE_NULL:
        return VALUE_NULL;
    default: /* a real number has no place here: as its text, so that no checksum fits */
        *ret_bytes = sqlite3_column_blob(s->raw, column);
        *ret_size = (size_t)sqlite3_column_bytes(s->raw, column);
        return VALUE_BLOB;
    }
}

char *stmt_text_dup(struct op *op, struct stmt *s, int column)
{
    const char *text = stmt_text(s, column);

    return text == NULL ? NULL : arena_strdup(op->arena, text);
}
