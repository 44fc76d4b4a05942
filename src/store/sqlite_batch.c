/* One transaction of the writer: many change sets, each undone alone when it fails.
 *
 * A set that fails (a lost race, a wrong row count) nearly always fails before it has written a
 * row: then there is nothing to undo. So a batch first runs without savepoints, which cost a third
 * of the writer's time (measured); if a set does fail with rows written, the batch is rolled back
 * and runs again with a savepoint around each set, and so do the next CAREFUL_BATCHES. Event ids,
 * the ledger and the tallies are kept for the whole batch: ids are dense because a set that is
 * undone gives its ids back; the ledger's row and each touched tally cell are written once, just
 * before COMMIT.
 *
 * After every error the engine is asked whether the transaction still stands: a full disk ends it.
 * Then nothing of the batch happened and each set runs again in a transaction of its own, so that
 * one set cannot spoil the others. A COMMIT that failed otherwise than by a full disk is UNCERTAIN:
 * the frames may or may not reach the disk. The connection is opened anew, and before anything else
 * one small transaction overwrites those frames (heal), so that they cannot come back later. */
#include "store/sqlite_engine.h"

#define FULL_RETRY_MS 50
#define CAREFUL_BATCHES 64

enum fate {
    FATE_DONE,      /* committed */
    FATE_GONE,      /* nothing happened; may be run again */
    FATE_FULL,      /* nothing happened, no room */
    FATE_UNCERTAIN, /* COMMIT failed */
    FATE_SPOILT,    /* rolled back: a set without a savepoint failed after writing */
};

/* ---- one change set ---- */

static int bind_value(struct prepared *s, int place, const struct value *v)
{
    switch (v->kind) {
    case VALUE_INT:
        return sqlite3_bind_int64(s->raw, place, v->is.number);
    case VALUE_TEXT:
        return sqlite3_bind_text64(s->raw, place, v->is.bytes, v->size, SQLITE_STATIC, SQLITE_UTF8);
    case VALUE_BLOB:
        return sqlite3_bind_blob64(s->raw, place, v->is.bytes, v->size, SQLITE_STATIC);
    case VALUE_NULL:
        break;
    }
    return sqlite3_bind_null(s->raw, place);
}

static enum err_code bind_all(struct prepared *s, const struct changes *ch, const struct change *c,
                              struct err *err)
{
    if ((int)c->n != s->n_params)
        return err_set(err, ERR_INTERNAL, "%d values for %d parameters: %.200s", (int)c->n,
                       s->n_params, sqlite3_sql(s->raw));
    for (size_t i = 0; i < c->n; i++) {
        int place = s->place[i + 1];
        int rc = place == 0 ? SQLITE_OK : bind_value(s, place, &ch->values[c->first + i]);

        if (rc != SQLITE_OK)
            return sqlite_error(err, s->conn->db, rc, "bind");
    }
    return ERR_OK;
}

/* Whether the engine itself failed, so that undoing this one set is not enough. */
static bool breaks_batch(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
        return true;
    default:
        return false;
    }
}

/* The error of a statement of a set, in the set's own terms. */
static enum err_code refused(struct writer *w, struct prepared *s, const struct change *c, int rc,
                             struct err *err)
{
    w->broken = w->broken || breaks_batch(rc);
    if (rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
        rc == SQLITE_CONSTRAINT_ROWID)
        return err_set(err, c->otherwise, "same key: %s", sqlite3_errmsg(s->conn->db));
    return sqlite_error(err, s->conn->db, rc, sqlite3_sql(s->raw));
}

static enum err_code run_change(struct writer *w, struct changes *ch, const struct change *c,
                                struct err *err)
{
    struct prepared *s;
    enum err_code code;
    int64_t rows;
    int rc;

    TRY(c->sql >= 0 ? conn_stmt(w->conn, c->sql, &s, err)
                    : conn_stmt_text(w->conn, c->text, &s, err));
    code = bind_all(s, ch, c, err);
    if (code == ERR_OK && c->event) {
        ch->last_event = ++w->last_event;
        sqlite3_bind_int64(s->raw, s->place[1], w->last_event);
    }
    if (code == ERR_OK) {
        while ((rc = sqlite3_step(s->raw)) == SQLITE_ROW)
            ;
        rows = rc == SQLITE_DONE ? sqlite3_changes64(w->conn->db) : 0;
        if (rc != SQLITE_DONE)
            code = refused(w, s, c, rc, err);
        else if (c->rows != ANY_ROWS && rows != c->rows)
            code = err_set(err, c->otherwise, "%d rows instead of %d: %.200s", (int)rows, c->rows,
                           sqlite3_sql(s->raw));
    }
    stmt_release(s);
    return code;
}

/* Runs a statement about the transaction itself; false when it failed. @p err may be NULL. */
static bool mark(struct writer *w, const char *sql, struct err *err)
{
    struct prepared *s;
    int rc;

    if (conn_stmt_text(w->conn, sql, &s, err) != ERR_OK)
        return false;
    rc = sqlite3_step(s->raw);
    if (rc != SQLITE_DONE)
        sqlite_error(err, w->conn->db, rc, sql);
    stmt_release(s);
    return rc == SQLITE_DONE;
}

/* One set. FATE_DONE also when it failed and left nothing behind: its result says so. */
static enum fate run_set(struct sqlite_engine *e, struct request *r, bool savepoint)
{
    struct writer *w = &e->writer;
    struct changes *ch = r->changes;
    int64_t last = w->last_event, written = sqlite3_total_changes64(w->conn->db);

    r->result = ERR_OK;
    w->broken = false;
    if (savepoint && !mark(w, "SAVEPOINT one", NULL))
        return FATE_GONE;
    for (size_t i = 0; i < ch->n_list && r->result == ERR_OK; i++)
        r->result = run_change(w, ch, &ch->list[i], r->err);
    if (r->result == ERR_OK && !cells_add(w, ch))
        r->result = err_set(r->err, ERR_NO_MEMORY, "no memory for tallies");
    if (sqlite3_get_autocommit(w->conn->db) != 0 || w->broken)
        return r->result == ERR_STORE_FULL ? FATE_FULL : FATE_GONE;
    if (r->result != ERR_OK) {
        w->last_event = last;
        if (!savepoint)
            return sqlite3_total_changes64(w->conn->db) == written ? FATE_DONE : FATE_SPOILT;
        return mark(w, "ROLLBACK TO one", NULL) && mark(w, "RELEASE one", NULL) ? FATE_DONE
                                                                                : FATE_GONE;
    }
    if (savepoint && !mark(w, "RELEASE one", NULL))
        return FATE_GONE;
    if (ch->n_events > 0) {
        w->events += ch->n_events;
        digest_add(w->digest, ch->digest);
        w->touched_events = true;
    }
    return FATE_DONE;
}

/* ---- one transaction ---- */

/* False when even that failed: a new connection takes the place of the old, whose transaction went
 * with it, or none. */
static bool roll_back(struct sqlite_engine *e)
{
    struct writer *w = &e->writer;

    w->ledger_loaded = false;
    if (sqlite3_get_autocommit(w->conn->db) != 0 || mark(w, "ROLLBACK", NULL))
        return true;
    if (writer_reopen(e, NULL) != ERR_OK)
        w->retry_at_ms = monotonic_ms() + FULL_RETRY_MS;
    return false;
}

static enum fate commit(struct sqlite_engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    int rc = cells_store(w);
    struct prepared *s;

    if (rc == SQLITE_OK && w->touched_events)
        rc = ledger_store(e);
    if (rc != SQLITE_OK || sqlite3_get_autocommit(w->conn->db) != 0) {
        sqlite_error(err, w->conn->db, rc, "ledger and tallies");
        return (rc & 0xff) == SQLITE_FULL ? FATE_FULL : FATE_GONE;
    }
    if (conn_stmt_text(w->conn, "COMMIT", &s, err) != ERR_OK)
        return FATE_GONE;
    rc = sqlite3_step(s->raw);
    stmt_release(s);
    if (rc == SQLITE_DONE)
        return FATE_DONE;
    sqlite_error(err, w->conn->db, rc, "commit");
    return (rc & 0xff) == SQLITE_FULL ? FATE_FULL : FATE_UNCERTAIN;
}

/* Runs @p n requests as one transaction. Results are set; what they mean depends on the fate. */
static enum fate transact(struct sqlite_engine *e, struct request *first, unsigned n,
                          bool savepoints, struct err *err)
{
    struct writer *w = &e->writer;
    struct request *r = first;
    enum fate fate = FATE_DONE;

    w->n_cells = 0;
    w->touched_events = false;
    if (ledger_load(e, err) != ERR_OK)
        return FATE_GONE;
    if (!mark(w, "BEGIN IMMEDIATE", err))
        return err->code == ERR_STORE_FULL ? FATE_FULL : FATE_GONE;
    for (unsigned i = 0; i < n && fate == FATE_DONE; i++, r = r->next) {
        fate = run_set(e, r, savepoints);
        if (fate != FATE_DONE)
            err_set(err, r->result == ERR_OK ? ERR_IO : r->result, "%s", r->err->why);
    }
    if (fate == FATE_DONE)
        fate = commit(e, err);
    if (fate != FATE_DONE && !roll_back(e) && fate == FATE_SPOILT)
        fate = FATE_GONE;
    return fate;
}

static void answer(struct request *r, enum err_code code, const struct err *why)
{
    r->result = err_set(r->err, code, "%s", why->why);
}

static void note_full(struct sqlite_engine *e)
{
    e->writer.full = true;
    e->writer.retry_at_ms = monotonic_ms() + FULL_RETRY_MS;
    atomic_store(&e->no_writes, true);
}

static void count_done(struct sqlite_engine *e, struct request *first, unsigned n)
{
    struct request *r = first;
    unsigned done = 0;

    for (unsigned i = 0; i < n; i++, r = r->next)
        done += r->result == ERR_OK;
    atomic_fetch_add(&e->commits, 1);
    atomic_fetch_add(&e->changes, done);
    atomic_fetch_add(&e->refused, n - done);
    atomic_store(&e->last_event, e->writer.last_event);
    e->writer.full = false;
    atomic_store(&e->no_writes, false);
}

/* COMMIT failed: nobody knows. The connection starts anew and overwrites what it left. */
static void uncertain(struct sqlite_engine *e, struct request *first, unsigned n,
                      const struct err *why)
{
    struct request *r = first;

    for (unsigned i = 0; i < n; i++, r = r->next)
        answer(r, ERR_UNCERTAIN, why);
    e->writer.healing = true;
    if (writer_reopen(e, NULL) != ERR_OK)
        e->writer.retry_at_ms = monotonic_ms() + FULL_RETRY_MS;
}

/* One request alone, after its batch came to nothing. */
static void run_singly(struct sqlite_engine *e, struct request *r)
{
    struct err why = {.code = ERR_OK};
    struct writer *w = &e->writer;
    enum fate fate;

    if (w->conn == NULL || (w->full && monotonic_ms() < w->retry_at_ms)) {
        err_set(&why, ERR_STORE_FULL, "not writing");
        answer(r, ERR_STORE_FULL, &why);
        return;
    }
    fate = transact(e, r, 1, false, &why);
    switch (fate) {
    case FATE_DONE:
        count_done(e, r, 1);
        return;
    case FATE_SPOILT: /* rolled back; the result stands */
        break;
    case FATE_FULL:
        note_full(e);
        answer(r, ERR_STORE_FULL, &why);
        break;
    case FATE_UNCERTAIN:
        uncertain(e, r, 1, &why);
        break;
    case FATE_GONE:
        answer(r, why.code == ERR_OK ? ERR_IO : why.code, &why);
        if (writer_reopen(e, NULL) != ERR_OK)
            w->retry_at_ms = monotonic_ms() + FULL_RETRY_MS;
        break;
    }
    atomic_fetch_add(&e->refused, 1);
}

void batch_run(struct sqlite_engine *e, struct request *first, unsigned n)
{
    struct err why = {.code = ERR_OK};
    struct writer *w = &e->writer;
    struct request *r = first;
    enum fate fate;

    if (n == 1 || w->conn == NULL || w->full) {
        for (unsigned i = 0; i < n; i++, r = r->next)
            run_singly(e, r);
        return;
    }
    fate = transact(e, first, n, w->careful > 0, &why);
    w->careful -= w->careful > 0;
    if (fate == FATE_SPOILT) {
        w->careful = CAREFUL_BATCHES;
        fate = transact(e, first, n, true, &why);
    }
    if (fate == FATE_DONE) {
        count_done(e, first, n);
    } else if (fate == FATE_UNCERTAIN) {
        uncertain(e, first, n, &why);
        atomic_fetch_add(&e->refused, n);
    } else {
        for (unsigned i = 0; i < n; i++, r = r->next)
            run_singly(e, r);
    }
}

/* ---- after an I/O error ---- */

/* Overwrites the frames that an uncertain COMMIT may have left behind the end of the log. */
static enum err_code heal(struct sqlite_engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    struct prepared *s;
    int rc;

    TRY(conn_stmt(w->conn, SQL_ledger_touch, &s, err));
    rc = sqlite3_step(s->raw); /* a transaction of its own */
    stmt_release(s);
    if (rc != SQLITE_DONE)
        return sqlite_error(err, w->conn->db, rc, "overwrite frames of unknown fate");
    w->healing = false;
    return ERR_OK;
}

enum err_code writer_reopen(struct sqlite_engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    enum err_code rc;

    conn_close(w->conn);
    w->conn = NULL;
    w->ledger_loaded = false;
    rc = conn_open(e, CONN_WRITER, false, &w->conn, err);
    if (rc == ERR_OK)
        writer_count_log(e);
    if (rc == ERR_OK && w->healing) {
        rc = heal(e, err);
        if (rc != ERR_OK) {
            conn_close(w->conn);
            w->conn = NULL;
        }
    }
    atomic_store(&e->no_writes, rc != ERR_OK || w->full);
    return rc;
}
