/* Tallies and the ledger. Acts append rows to tally_delta and ledger_delta, because one row that
 * every act changes would make them wait for each other; a thread of one daemon at a time adds them
 * up into tally_kept and ledger. Its lease is a lock of the transaction, so it cannot outlive its
 * holder. Readers add both. */
#include "store/pg_engine.h"

#include "base/buf.h"

#define FOLD_EVERY_MS 500
#define FOLD_BULK_MS 2000 /* while imports and the like write: more of their cells are the same */
#define FOLD_ROWS "20000"
#define PARTITIONS_EVERY_MS (24 * 3600 * INT64_C(1000))
#define FOLD_ANY                                                                                   \
    "SELECT (EXISTS (SELECT 1 FROM tally_delta) OR EXISTS (SELECT 1 FROM ledger_delta))::int"
#define FOLD_WAIT "SELECT pg_advisory_xact_lock(4202026, 1)"
#define FOLD_LOCK "SELECT pg_try_advisory_xact_lock(4202026, 1)::int"

void pg_delta_mac(const struct store *store, const unsigned char nonce[PG_NONCE_BYTES],
                  int64_t events, const unsigned char digest[HASH_BYTES],
                  unsigned char ret[BLIND_BYTES])
{
    struct op op = {.store = (struct store *)(uintptr_t)store};
    unsigned char input[PG_NONCE_BYTES + 8 + HASH_BYTES];

    memcpy(input, nonce, PG_NONCE_BYTES);
    memcpy(input + PG_NONCE_BYTES, &events, 8);
    memcpy(input + PG_NONCE_BYTES + 8, digest, HASH_BYTES);
    vault_mac(&op, "ledger_delta", input, sizeof input, ret);
}

/* ---- tallies ---- */

static const char fold_tallies[] =
    "WITH gone AS (DELETE FROM tally_delta WHERE id IN "
    "  (SELECT id FROM tally_delta ORDER BY id LIMIT " FOLD_ROWS ") RETURNING *), "
    "added AS (INSERT INTO tally_kept (measure, dimension, grain, period, body, value, n, sum) "
    "  SELECT measure, dimension, grain, period, body, value, sum(n)::bigint, sum(sum)::bigint "
    "  FROM gone GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6 "
    "  ON CONFLICT (measure, dimension, grain, period, body, value) "
    "  DO UPDATE SET n = tally_kept.n + excluded.n, sum = tally_kept.sum + excluded.sum) "
    "SELECT count(*) FROM gone";

/* ---- the ledger ---- */

struct sum {
    int64_t events;
    unsigned char digest[HASH_BYTES];
    bool sound; /* every row's checksum fits */
};

static void add_row(const struct store *store, struct sum *sum, const void *nonce, size_t n_nonce,
                    int64_t events, const void *digest, size_t n_digest, const void *mac,
                    size_t n_mac)
{
    unsigned char expected[BLIND_BYTES];

    if (n_nonce != PG_NONCE_BYTES || n_digest != HASH_BYTES || n_mac != BLIND_BYTES) {
        sum->sound = false;
        return;
    }
    pg_delta_mac(store, nonce, events, digest, expected);
    sum->sound = sum->sound && memcmp(expected, mac, BLIND_BYTES) == 0;
    sum->events += events;
    digest_add(sum->digest, digest);
}

enum err_code pg_ledger_pending(struct op *op, struct snapshot *snap, int64_t *events,
                                unsigned char digest[HASH_BYTES], bool *ret_sound)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct sum sum = {.events = *events, .sound = true};
    bool row;

    memcpy(sum.digest, digest, HASH_BYTES);
    TRY(snapshot_prepare_text(op, snap, "SELECT nonce, events, digest, mac FROM ledger_delta", &s));
    for (;;) {
        size_t n[3];
        const void *bytes[3];

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        bytes[0] = stmt_blob(s, 0, &n[0]);
        bytes[1] = stmt_blob(s, 2, &n[1]);
        bytes[2] = stmt_blob(s, 3, &n[2]);
        add_row(op->store, &sum, bytes[0], n[0], stmt_int64(s, 1), bytes[1], n[1], bytes[2], n[2]);
    }
    *events = sum.events;
    memcpy(digest, sum.digest, HASH_BYTES);
    *ret_sound = sum.sound;
    return ERR_OK;
}

/* The ledger as it stands in the transaction; a missing or altered row, or an altered delta, keeps
 * a checksum that does not fit until verify has named it. */
static enum err_code read_ledger(struct pg_engine *e, struct pg_conn *conn, struct sum *sum,
                                 struct err *err)
{
    CLEANUP(pg_clearp)
    PGresult *r = PQexecParams(
        conn->raw, "SELECT events, last_event, digest, mac FROM ledger WHERE id = 1 FOR UPDATE", 0,
        NULL, NULL, NULL, NULL, 1);
    unsigned char mac[BLIND_BYTES];

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return pg_error(err, conn, r, "read the ledger");
    *sum = (struct sum){.sound = PQntuples(r) == 1};
    if (PQntuples(r) != 1)
        return ERR_OK;
    sum->events = pg_result_int64(r, 0, 0);
    if (PQgetlength(r, 0, 2) == HASH_BYTES)
        memcpy(sum->digest, PQgetvalue(r, 0, 2), HASH_BYTES);
    ledger_mac(e->base.store, sum->events, pg_result_int64(r, 0, 1), sum->digest, mac);
    sum->sound =
        PQgetlength(r, 0, 3) == BLIND_BYTES && memcmp(mac, PQgetvalue(r, 0, 3), BLIND_BYTES) == 0;
    return ERR_OK;
}

static enum err_code write_ledger(struct pg_engine *e, struct pg_conn *conn, const struct sum *sum,
                                  struct err *err)
{
    unsigned char mac[BLIND_BYTES] = {0};
    char events[24], last[24], name[16];
    const char *values[] = {events, last, (const char *)sum->digest, (const char *)mac};
    const int sizes[] = {0, 0, HASH_BYTES, BLIND_BYTES}, formats[] = {0, 0, 1, 1};
    CLEANUP(pg_clearp) PGresult *r = NULL;
    int64_t position;
    int n;

    TRY(pg_number(conn, sql_texts_postgres[SQL_store_position], &position, err));
    if (sum->sound)
        ledger_mac(e->base.store, sum->events, position, sum->digest, mac);
    snprintf(events, sizeof events, "%lld", (long long)sum->events);
    snprintf(last, sizeof last, "%lld", (long long)position);
    TRY(pg_prepare(conn, SQL_ledger_update, name, &n, err));
    r = PQexecPrepared(conn->raw, name, n, values, sizes, formats, 1);
    return PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : pg_error(err, conn, r, "the ledger");
}

static enum err_code fold_ledger(struct pg_engine *e, struct pg_conn *conn, int64_t *ret_rows,
                                 struct err *err)
{
    CLEANUP(pg_clearp) PGresult *r = NULL;
    struct sum sum;

    TRY(read_ledger(e, conn, &sum, err));
    r = PQexecParams(conn->raw,
                     "DELETE FROM ledger_delta WHERE nonce IN (SELECT nonce FROM ledger_delta "
                     "LIMIT " FOLD_ROWS ") RETURNING nonce, events, digest, mac",
                     0, NULL, NULL, NULL, NULL, 1);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return pg_error(err, conn, r, "fold the ledger");
    for (int i = 0; i < PQntuples(r); i++)
        add_row(e->base.store, &sum, PQgetvalue(r, i, 0), (size_t)PQgetlength(r, i, 0),
                pg_result_int64(r, i, 1), PQgetvalue(r, i, 2), (size_t)PQgetlength(r, i, 2),
                PQgetvalue(r, i, 3), (size_t)PQgetlength(r, i, 3));
    *ret_rows = PQntuples(r);
    return *ret_rows == 0 ? ERR_OK : write_ledger(e, conn, &sum, err);
}

/* ---- one round ---- */

static enum err_code fold_inside(struct pg_engine *e, struct pg_conn *conn, bool wait,
                                 bool *ret_more, struct err *err)
{
    int64_t any, mine, cells = 0, rows = 0;

    *ret_more = false;
    TRY(pg_number(conn, FOLD_ANY, &any, err));
    if (any == 0)
        return ERR_OK;
    /* Where a store is filled other commits do not wait for the disk, but this one behind them. */
    TRY(pg_exec(conn, "BEGIN ISOLATION LEVEL READ COMMITTED", NULL, err));
    if (e->no_wait)
        TRY(pg_exec(conn, "SET LOCAL synchronous_commit = on", NULL, err));
    if (wait)
        TRY(pg_exec(conn, FOLD_WAIT, NULL, err));
    TRY(pg_number(conn, FOLD_LOCK, &mine, err));
    if (mine != 0) {
        TRY(pg_number(conn, fold_tallies, &cells, err));
        TRY(fold_ledger(e, conn, &rows, err));
    }
    *ret_more = cells > 0 || rows > 0;
    return pg_exec(conn, "COMMIT", NULL, err);
}

/* @p wait: for another daemon that is at it. */
static enum err_code fold(struct pg_engine *e, bool wait, bool *ret_more, struct err *err)
{
    struct pg_conn *conn;
    enum err_code rc;

    TRY(pg_take(e, &e->writers, &conn, err));
    rc = fold_inside(e, conn, wait, ret_more, err);
    if (rc != ERR_OK && PQtransactionStatus(conn->raw) != PQTRANS_IDLE)
        (void)!pg_exec(conn, "ROLLBACK", NULL, NULL);
    pg_give(&e->writers, conn);
    return rc;
}

enum err_code pg_settle(struct engine *engine, struct err *err)
{
    struct pg_engine *e = (struct pg_engine *)engine;
    bool more = !e->read_only;

    while (more)
        TRY(fold(e, true, &more, err));
    return ERR_OK;
}

/* ---- the thread ---- */

static bool wait_for_round(struct pg_engine *e)
{
    bool bulk = atomic_exchange(&e->bulk_cells, false), go_on;
    int wait_ms = bulk ? FOLD_BULK_MS : FOLD_EVERY_MS;
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += wait_ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&e->fold_lock);
    if (!e->stopping)
        pthread_cond_timedwait(&e->fold_wake, &e->fold_lock, &until);
    go_on = !e->stopping;
    pthread_mutex_unlock(&e->fold_lock);
    return go_on;
}

/* Once a day, so that a daemon which runs over the turn of a year finds the next one's. */
static void make_partitions(struct pg_engine *e, int64_t *last_ms)
{
    struct pg_conn *conn;

    if (monotonic_ms() - *last_ms < PARTITIONS_EVERY_MS)
        return;
    *last_ms = monotonic_ms();
    if (pg_take(e, &e->writers, &conn, NULL) != ERR_OK)
        return;
    pg_make_partitions(conn);
    pg_give(&e->writers, conn);
}

/* Where the database is away, the rows wait. */
static void *folder_main(void *arg)
{
    struct pg_engine *e = arg;
    int64_t partitions_ms = monotonic_ms();
    bool more;

    while (wait_for_round(e)) {
        while (!atomic_load(&e->filling) && fold(e, false, &more, NULL) == ERR_OK && more)
            ;
        make_partitions(e, &partitions_ms);
    }
    return NULL;
}

enum err_code pg_folder_start(struct pg_engine *e, struct err *err)
{
    if (pthread_create(&e->folder, NULL, folder_main, e) != 0)
        return err_set(err, ERR_NO_MEMORY, "no thread for folding tallies");
    e->folder_started = true;
    return ERR_OK;
}

void pg_folder_stop(struct pg_engine *e)
{
    if (!e->folder_started)
        return;
    pthread_mutex_lock(&e->fold_lock);
    e->stopping = true;
    pthread_cond_broadcast(&e->fold_wake);
    pthread_mutex_unlock(&e->fold_lock);
    pthread_join(e->folder, NULL);
    e->folder_started = false;
    (void)!pg_settle(&e->base, NULL); /* nothing lies unsigned while nobody works */
}
