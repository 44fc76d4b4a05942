/* One transaction of the writer: many change sets, each in a savepoint.
 *
 * A set that fails (a lost race, a wrong row count) is undone alone. Event ids, the ledger and the
 * tallies are kept for the whole batch: ids are dense because a set that is undone gives its ids
 * back; the ledger's row and each touched tally cell are written once, just before COMMIT.
 *
 * After every error the engine is asked whether the transaction still stands: a full disk ends it.
 * Then nothing of the batch happened and each set runs again in a transaction of its own, so that
 * one set cannot spoil the others. A COMMIT that failed otherwise than by a full disk is UNCERTAIN:
 * the frames may or may not reach the disk. The connection is opened anew, and before anything else
 * one small transaction overwrites those frames (heal), so that they cannot come back later. */
#include "store/sqlite_engine.h"

#define FULL_RETRY_MS 50

enum fate {
    FATE_DONE,      /* committed */
    FATE_GONE,      /* nothing happened; may be run again */
    FATE_FULL,      /* nothing happened, no room */
    FATE_UNCERTAIN, /* COMMIT failed */
};

/* ---- the ledger ---- */

static enum err_code ledger_load(struct engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    unsigned char mac[BLIND_BYTES];
    struct stmt *s;
    int rc;

    if (w->ledger_loaded)
        return ERR_OK;
    TRY(conn_stmt(w->conn, SQL_ledger_get, &s, err));
    rc = sqlite3_step(s->raw);
    memset(w->digest, 0, HASH_BYTES);
    w->events = w->last_event = 0;
    w->ledger_suspect = true; /* a missing or altered row stays so until verify has named it */
    if (rc == SQLITE_ROW) {
        int64_t newest = sqlite3_column_int64(s->raw, 4);

        w->ledger_loaded = sqlite3_column_type(s->raw, 0) != SQLITE_NULL;
        w->events = sqlite3_column_int64(s->raw, 0);
        w->last_event = sqlite3_column_int64(s->raw, 1);
        if (sqlite3_column_bytes(s->raw, 2) == HASH_BYTES)
            memcpy(w->digest, sqlite3_column_blob(s->raw, 2), HASH_BYTES);
        ledger_mac(e->store, w->events, w->last_event, w->digest, mac);
        w->ledger_suspect = sqlite3_column_bytes(s->raw, 3) != BLIND_BYTES ||
                            memcmp(mac, sqlite3_column_blob(s->raw, 3), BLIND_BYTES) != 0;
        if (newest > w->last_event)
            w->last_event = newest;
    }
    stmt_release(s);
    if (rc != SQLITE_ROW)
        return sqlite_error(err, w->conn->db, rc, "read the ledger");
    atomic_store(&e->last_event, w->last_event);
    return ERR_OK;
}

static int ledger_store(struct engine *e)
{
    struct writer *w = &e->writer;
    unsigned char mac[BLIND_BYTES] = {0};
    struct stmt *s;
    int rc;

    if (conn_stmt(w->conn, SQL_ledger_update, &s, NULL) != ERR_OK)
        return sqlite3_errcode(w->conn->db);
    if (!w->ledger_suspect)
        ledger_mac(e->store, w->events, w->last_event, w->digest, mac);
    sqlite3_bind_int64(s->raw, s->place[1], w->events);
    sqlite3_bind_int64(s->raw, s->place[2], w->last_event);
    sqlite3_bind_blob(s->raw, s->place[3], w->digest, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(s->raw, s->place[4], mac, sizeof mac, SQLITE_STATIC);
    rc = sqlite3_step(s->raw);
    stmt_release(s);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- tallies ---- */

static bool cells_add(struct writer *w, const struct changes *ch)
{
    if (w->n_cells + ch->n_tallies > w->cap_cells) {
        size_t cap = (w->n_cells + ch->n_tallies) * 2;
        void *bigger = realloc(w->cells, cap * sizeof w->cells[0]);

        if (bigger == NULL)
            return false;
        w->cells = bigger;
        w->cap_cells = cap;
    }
    for (size_t i = 0; i < ch->n_tallies; i++)
        w->cells[w->n_cells++] = &ch->tallies[i];
    return true;
}

/* Adds equal cells up in a table of 2^bits places; returns how many cells there are. */
static size_t cells_merge(const struct writer *w, struct tally_delta *table, unsigned bits)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    size_t kept = 0;

    for (size_t i = 0; i < w->n_cells; i++) {
        const struct tally_delta *d = w->cells[i];
        uint64_t at = d->hash & mask;

        while (table[at].key.measure != NULL &&
               (table[at].hash != d->hash || tally_key_compare(&table[at].key, &d->key) != 0))
            at = (at + 1) & mask;
        if (table[at].key.measure == NULL) {
            table[at] = *d;
        } else {
            table[at].n += d->n;
            table[at].sum += d->sum;
        }
    }
    for (uint64_t at = 0; at <= mask; at++)
        if (table[at].key.measure != NULL && (table[at].n != 0 || table[at].sum != 0))
            table[kept++] = table[at];
    return kept;
}

static int compare_cells(const void *a, const void *b)
{
    return tally_key_compare(&((const struct tally_delta *)a)->key,
                             &((const struct tally_delta *)b)->key);
}

static int cell_write(struct stmt *s, const struct tally_delta *d)
{
    char grain[2] = {d->key.grain, '\0'};
    int rc;

    sqlite3_bind_text(s->raw, s->place[1], d->key.measure, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->raw, s->place[2], d->key.dimension, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->raw, s->place[3], grain, 1, SQLITE_STATIC);
    sqlite3_bind_int64(s->raw, s->place[4], d->key.period);
    sqlite3_bind_text(s->raw, s->place[5], d->key.body, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->raw, s->place[6], d->key.value, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s->raw, s->place[7], d->n);
    sqlite3_bind_int64(s->raw, s->place[8], d->sum);
    rc = sqlite3_step(s->raw);
    sqlite3_reset(s->raw);
    return rc;
}

static int cells_store(struct writer *w)
{
    struct tally_delta *table;
    struct stmt *s;
    unsigned bits = 4;
    size_t n;
    int rc = SQLITE_DONE;

    if (w->n_cells == 0)
        return SQLITE_OK;
    while ((UINT64_C(1) << bits) < w->n_cells * 2)
        bits++;
    table = calloc((size_t)1 << bits, sizeof *table);
    if (table == NULL)
        return SQLITE_NOMEM;
    n = cells_merge(w, table, bits);
    qsort(table, n, sizeof *table, compare_cells);
    if (conn_stmt(w->conn, SQL_tally_add, &s, NULL) != ERR_OK) {
        free(table);
        return sqlite3_errcode(w->conn->db);
    }
    for (size_t i = 0; i < n && rc == SQLITE_DONE; i++)
        rc = cell_write(s, &table[i]);
    stmt_release(s);
    free(table);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- one change set ---- */

static int bind_value(struct stmt *s, int place, const struct value *v)
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

static enum err_code bind_all(struct stmt *s, const struct changes *ch, const struct change *c,
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
static enum err_code refused(struct writer *w, struct stmt *s, const struct change *c, int rc,
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
    struct stmt *s;
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

/* Runs a savepoint statement; false when it failed. */
static bool mark(struct writer *w, const char *sql)
{
    struct stmt *s;
    int rc;

    if (conn_stmt_text(w->conn, sql, &s, NULL) != ERR_OK)
        return false;
    rc = sqlite3_step(s->raw);
    stmt_release(s);
    return rc == SQLITE_DONE;
}

/* One set in its savepoint. False when the transaction is gone or cannot be trusted. */
static bool run_set(struct engine *e, struct request *r)
{
    struct writer *w = &e->writer;
    struct changes *ch = r->changes;
    int64_t before = w->last_event;

    r->result = ERR_OK;
    w->broken = false;
    if (!mark(w, "SAVEPOINT one"))
        return false;
    for (size_t i = 0; i < ch->n_list && r->result == ERR_OK; i++)
        r->result = run_change(w, ch, &ch->list[i], r->err);
    if (r->result == ERR_OK && !cells_add(w, ch))
        r->result = err_set(r->err, ERR_NO_MEMORY, "no memory for tallies");
    if (sqlite3_get_autocommit(w->conn->db) != 0)
        return false;
    if (r->result != ERR_OK) {
        w->last_event = before;
        return !w->broken && mark(w, "ROLLBACK TO one") && mark(w, "RELEASE one");
    }
    if (!mark(w, "RELEASE one"))
        return false;
    if (ch->n_events > 0) {
        w->events += ch->n_events;
        digest_add(w->digest, ch->digest);
        w->touched_events = true;
    }
    return true;
}

/* ---- one transaction ---- */

static void roll_back(struct writer *w)
{
    if (w->conn != NULL && sqlite3_get_autocommit(w->conn->db) == 0)
        mark(w, "ROLLBACK");
    w->ledger_loaded = false;
}

static enum fate commit(struct engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    int rc = cells_store(w);
    struct stmt *s;

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
static enum fate transact(struct engine *e, struct request *first, unsigned n, struct err *err)
{
    struct writer *w = &e->writer;
    struct request *r = first;
    enum fate fate = FATE_DONE;

    w->n_cells = 0;
    w->touched_events = false;
    if (ledger_load(e, err) != ERR_OK)
        return FATE_GONE;
    if (!mark(w, "BEGIN IMMEDIATE")) {
        sqlite_error(err, w->conn->db, sqlite3_errcode(w->conn->db), "begin");
        return (sqlite3_errcode(w->conn->db) & 0xff) == SQLITE_FULL ? FATE_FULL : FATE_GONE;
    }
    for (unsigned i = 0; i < n && fate == FATE_DONE; i++, r = r->next)
        if (!run_set(e, r)) {
            fate = r->result == ERR_STORE_FULL ? FATE_FULL : FATE_GONE;
            err_set(err, r->result == ERR_OK ? ERR_IO : r->result, "%s", r->err->why);
        }
    if (fate == FATE_DONE)
        fate = commit(e, err);
    if (fate != FATE_DONE)
        roll_back(w);
    return fate;
}

static void answer(struct request *r, enum err_code code, const struct err *why)
{
    r->result = err_set(r->err, code, "%s", why->why);
}

static void note_full(struct engine *e)
{
    e->writer.full = true;
    e->writer.retry_at_ms = monotonic_ms() + FULL_RETRY_MS;
    atomic_store(&e->no_writes, true);
}

static void count_done(struct engine *e, struct request *first, unsigned n)
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
static void uncertain(struct engine *e, struct request *first, unsigned n, const struct err *why)
{
    struct request *r = first;

    for (unsigned i = 0; i < n; i++, r = r->next)
        answer(r, ERR_UNCERTAIN, why);
    e->writer.healing = true;
    if (writer_reopen(e, NULL) != ERR_OK)
        e->writer.retry_at_ms = monotonic_ms() + FULL_RETRY_MS;
}

/* One request alone, after its batch came to nothing. */
static void run_singly(struct engine *e, struct request *r)
{
    struct err why = {.code = ERR_OK};
    struct writer *w = &e->writer;
    enum fate fate;

    if (w->conn == NULL || (w->full && monotonic_ms() < w->retry_at_ms)) {
        err_set(&why, ERR_STORE_FULL, "not writing");
        answer(r, ERR_STORE_FULL, &why);
        return;
    }
    fate = transact(e, r, 1, &why);
    switch (fate) {
    case FATE_DONE:
        count_done(e, r, 1);
        return;
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

void batch_run(struct engine *e, struct request *first, unsigned n)
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
    fate = transact(e, first, n, &why);
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
static enum err_code heal(struct engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    struct stmt *s;
    int rc;

    TRY(conn_stmt(w->conn, SQL_ledger_touch, &s, err));
    rc = sqlite3_step(s->raw); /* a transaction of its own */
    stmt_release(s);
    if (rc != SQLITE_DONE)
        return sqlite_error(err, w->conn->db, rc, "overwrite frames of unknown fate");
    w->healing = false;
    return ERR_OK;
}

enum err_code writer_reopen(struct engine *e, struct err *err)
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
