/* Reading: snapshots on pooled connections, each a REPEATABLE READ transaction. A statement that
 * fails ends the view: PostgreSQL answers nothing further in it. */
#include "store/pg_engine.h"

#include "base/text.h"

struct pg_snapshot {
    struct snapshot base;
    struct pg_engine *engine;
    struct pg_conn *conn;
};

struct pg_conn *pg_snapshot_conn(struct snapshot *snap)
{
    return ((struct pg_snapshot *)snap)->conn;
}

static bool number_at(const PGresult *result, int column, int64_t *ret)
{
    return PQntuples(result) == 1 && !PQgetisnull(result, 0, column) &&
           text_int64(PQgetvalue(result, 0, column), ret);
}

/* Another server may answer from now on. */
static void forget_position(struct pg_engine *e)
{
    pthread_mutex_lock(&e->position_lock);
    e->cut = e->position = 0;
    pthread_mutex_unlock(&e->position_lock);
}

/* What event_cut() says, which as a function in SQL would be planned anew with each call. */
#define CUT                                                                                        \
    "SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint * 4096 AS cut "           \
    "FROM event_clock WHERE id = 1"

/* Prepared by command, so that one text without parameters begins a view: planned anew each time,
 * this cost as much as reading a matter. */
static enum err_code prepare_view(struct pg_conn *conn, struct err *err)
{
    char sql[512];

    if (conn->view_prepared)
        return ERR_OK;
    snprintf(sql, sizeof sql,
             "PREPARE view_at (bigint, bigint) AS SELECT now.cut, CASE WHEN now.cut = $1 THEN $2 "
             "ELSE (%s) END FROM (" CUT " OFFSET 0) now",
             sql_texts_postgres[SQL_store_position]);
    TRY(pg_exec(conn, sql, NULL, err));
    conn->view_prepared = true;
    return ERR_OK;
}

/* One round trip; the cut pins the view. Below a cut nothing appears any more, so views with the
 * same one have the same position, and the partitions of events are asked for it only when it
 * moved. */
static enum err_code begin_read(struct pg_engine *e, struct pg_conn *conn, int64_t *ret_position,
                                struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    int64_t cut, position;
    char sql[160];

    TRY(prepare_view(conn, err));
    pthread_mutex_lock(&e->position_lock);
    cut = e->cut;
    position = e->position;
    pthread_mutex_unlock(&e->position_lock);
    snprintf(sql, sizeof sql,
             "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; EXECUTE view_at (%lld, %lld)",
             (long long)cut, (long long)position);
    TRY(pg_exec(conn, sql, &result, err));
    if (!number_at(result, 0, &cut) || !number_at(result, 1, &position))
        return err_set(err, ERR_INTERNAL, "no position");
    pthread_mutex_lock(&e->position_lock);
    if (cut > e->cut) {
        e->cut = cut;
        e->position = position;
    }
    pthread_mutex_unlock(&e->position_lock);
    *ret_position = position;
    return ERR_OK;
}

enum err_code pg_snapshot_begin(struct op *op, struct snapshot **ret)
{
    struct pg_engine *e = pg_of(op);
    struct pg_snapshot *snap = ARENA_NEW(op->arena, struct pg_snapshot);
    struct err first = {.code = ERR_OK};
    enum err_code rc = ERR_BUSY;

    if (snap == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a snapshot");
    snap->engine = e;
    /* A pooled connection may have died with its server; the second one is new. */
    for (int tries = 0; tries < 2 && rc != ERR_OK; tries++) {
        bool lost;

        TRY(pg_take(e, &e->readers, &snap->conn, &op->err));
        rc = begin_read(e, snap->conn, &snap->base.position, tries == 0 ? &first : &op->err);
        if (rc == ERR_OK)
            break;
        lost = PQstatus(snap->conn->raw) != CONNECTION_OK;
        pg_give(&e->readers, snap->conn);
        if (!lost)
            return err_set(&op->err, rc, "%s", tries == 0 ? first.why : op->err.why);
        pg_pool_drop_idle(&e->readers);
        forget_position(e);
    }
    TRY(rc);
    *ret = &snap->base;
    return ERR_OK;
}

void pg_snapshot_end(struct snapshot *snapshot)
{
    struct pg_snapshot *snap = (struct pg_snapshot *)snapshot;

    INVARIANT(snap->conn->stmts_open == 0); /* statements are closed before their snapshot */
    /* Nobody waits for its end: PQexec, with which the next view begins, reads the answer. */
    snap->conn->ending = PQsendQuery(snap->conn->raw, "ROLLBACK") == 1;
    pg_give(&snap->engine->readers, snap->conn);
}

void pg_snapshot_long(struct snapshot *snap)
{
    pg_snapshot_conn(snap)->long_read = true;
}

static struct pg_stmt *new_stmt(struct pg_conn *conn)
{
    struct pg_stmt *s = malloc(sizeof *s);

    if (s == NULL)
        return NULL;
    memset(s, 0, offsetof(struct pg_stmt, numbers));
    s->base.kind = &pg_kind;
    s->conn = conn;
    s->row = -1;
    return s;
}

enum err_code pg_snapshot_prepare(struct op *op, struct snapshot *snap, int sql, struct stmt **ret)
{
    struct pg_conn *conn = pg_snapshot_conn(snap);
    struct pg_stmt *s;
    char name[16];
    int n;

    TRY(pg_prepare(conn, sql, name, &n, &op->err));
    s = new_stmt(conn);
    if (s == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a statement");
    s->sql = sql_texts_postgres[sql];
    s->n = n;
    memcpy(s->name, name, sizeof name);
    conn->stmts_open++;
    *ret = &s->base;
    return ERR_OK;
}

enum err_code pg_snapshot_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                       struct stmt **ret)
{
    struct pg_conn *conn = pg_snapshot_conn(snap);
    struct pg_stmt *s;
    char name[16];
    int n;

    TRY(pg_prepare_text(conn, sql, name, &n, &op->err));
    s = new_stmt(conn);
    if (s != NULL)
        s->own = strdup(sql);
    if (s == NULL || s->own == NULL) {
        free(s);
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a statement");
    }
    s->sql = s->own;
    s->n = n;
    memcpy(s->name, name, sizeof name);
    conn->stmts_open++;
    *ret = &s->base;
    return ERR_OK;
}
