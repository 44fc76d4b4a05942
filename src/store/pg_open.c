/* Opening and closing the PostgreSQL engine: what is asked of the server, counters, self-check. */
#include "store/pg_engine.h"

#include "base/text.h"

#define READERS_DEFAULT 8
#define WRITERS 12
#define OLDEST_SERVER 150000

/* A server that may lose what it acknowledged, or that cannot keep Chinese, is refused. */
static enum err_code check_server(struct pg_conn *conn, struct err *err)
{
    static const struct {
        const char *name, *refused, *needed;
    } settings[] = {
        {"fsync", "off", "on"},
        {"full_page_writes", "off", "on"},
        {"synchronous_commit", "off", "on"},
    };
    int64_t version;

    TRY(pg_number(conn, "SELECT current_setting('server_version_num')", &version, err));
    if (version < OLDEST_SERVER)
        return err_set(err, ERR_CONFLICT, "PostgreSQL %d is too old: 15 or later is needed",
                       (int)(version / 10000));
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        CLEANUP(pg_clearp) PGresult *r = NULL;
        char sql[80];

        snprintf(sql, sizeof sql, "SHOW %s", settings[i].name);
        TRY(pg_exec(conn, sql, &r, err));
        if (strcmp(PQgetvalue(r, 0, 0), settings[i].refused) == 0)
            return err_set(err, ERR_CONFLICT,
                           "the server runs with %s = %s: what was acknowledged could be lost; set "
                           "it to %s",
                           settings[i].name, settings[i].refused, settings[i].needed);
    }
    if (strcmp(PQparameterStatus(conn->raw, "server_encoding"), "UTF8") != 0)
        return err_set(err, ERR_CONFLICT, "the database has encoding %s: UTF8 is needed",
                       PQparameterStatus(conn->raw, "server_encoding"));
    return ERR_OK;
}

/* Transactions of a cluster into which the database was restored may count from lower than those
 * that its events are named by: ids must go on above them. */
static enum err_code set_clock(struct pg_conn *conn, struct err *err)
{
    return pg_exec(conn,
                   "UPDATE event_clock SET base = last + 1 - next * 4096 FROM "
                   "(SELECT (SELECT coalesce(max(id), 0) FROM event) AS last, "
                   "pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next) AS at "
                   "WHERE last >= base + next * 4096",
                   NULL, err);
}

/* The partitions of events for this year and the next. Where someone holds the table, a later call
 * makes them; until then rows go to event_rest. */
#define MAKE_PARTITIONS                                                                            \
    "BEGIN; SET LOCAL lock_timeout = '2s'; "                                                       \
    "SELECT event_partitions(extract(year FROM now())::bigint, extract(year FROM "                 \
    "now())::bigint + 1); COMMIT"

void pg_make_partitions(struct pg_conn *conn)
{
    if (pg_exec(conn, MAKE_PARTITIONS, NULL, NULL) != ERR_OK &&
        PQtransactionStatus(conn->raw) != PQTRANS_IDLE)
        (void)!pg_exec(conn, "ROLLBACK", NULL, NULL);
}

static enum err_code prepare_database(struct pg_engine *e, const struct store_options *o,
                                      struct err *err)
{
    struct pg_conn *conn;
    enum err_code rc;

    TRY(pg_take(e, &e->writers, &conn, err));
    e->base.afar = PQhost(conn->raw) == NULL || *PQhost(conn->raw) != '/';
    rc = check_server(conn, err);
    if (rc == ERR_OK && o->filling) {
        e->no_wait = true; /* as later connections begin */
        rc = pg_exec(conn, PG_NO_WAIT, NULL, err);
    }
    if (rc == ERR_OK)
        rc = pg_migrate(e, conn, o, err);
    if (rc == ERR_OK && !e->read_only)
        rc = set_clock(conn, err);
    if (rc == ERR_OK && !e->read_only)
        pg_make_partitions(conn);
    if (rc == ERR_OK && !e->read_only)
        rc = pg_fill_end(conn, err); /* of a filling that ended early */
    if (rc == ERR_OK && o->filling && e->base.is_new)
        rc = pg_fill_begin(e, conn, err);
    pg_give(&e->writers, conn);
    return rc;
}

static enum err_code init_folder(struct pg_engine *e, struct err *err)
{
    pthread_condattr_t attr;
    bool ok = pthread_condattr_init(&attr) == 0 &&
              pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&e->fold_wake, &attr) == 0 &&
              pthread_mutex_init(&e->fold_lock, NULL) == 0 &&
              pthread_mutex_init(&e->position_lock, NULL) == 0 &&
              pthread_mutex_init(&e->bulk_lock, NULL) == 0;

    pthread_condattr_destroy(&attr);
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for locks");
}

static void close_engine(struct engine *engine)
{
    struct pg_engine *e = (struct pg_engine *)engine;

    pg_folder_stop(e);
    pg_pool_end(&e->readers);
    pg_pool_end(&e->writers);
    pthread_cond_destroy(&e->fold_wake);
    pthread_mutex_destroy(&e->fold_lock);
    pthread_mutex_destroy(&e->position_lock);
    pthread_mutex_destroy(&e->bulk_lock);
    free(e->url);
    free(e);
}

static enum err_code open_engine(const struct store_options *options, struct store *store,
                                 struct err *err)
{
    struct pg_engine *e = calloc(1, sizeof *e);
    enum err_code rc;

    if (e == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for the engine");
    e->base.kind = &pg_kind;
    e->base.store = store;
    e->read_only = options->read_only;
    e->url = strdup(options->database);
    rc = init_folder(e, err);
    if (rc == ERR_OK)
        rc = pg_pool_init(&e->readers, options->readers == 0 ? READERS_DEFAULT : options->readers,
                          err);
    if (rc == ERR_OK)
        rc = pg_pool_init(&e->writers, WRITERS, err);
    if (rc == ERR_OK && e->url == NULL)
        rc = err_set(err, ERR_NO_MEMORY, "no memory for the engine");
    if (rc == ERR_OK)
        rc = prepare_database(e, options, err);
    if (rc != ERR_OK) {
        close_engine(&e->base);
        return rc;
    }
    store->engine = &e->base;
    return ERR_OK;
}

/* Folding signs the ledger, so it begins when the vault stands. */
static enum err_code start(struct engine *engine, struct err *err)
{
    struct pg_engine *e = (struct pg_engine *)engine;

    return e->read_only ? ERR_OK : pg_folder_start(e, err);
}

static void stop(struct engine *engine)
{
    pg_folder_stop((struct pg_engine *)engine);
}

static void stats(struct engine *engine, struct store_stats *ret)
{
    struct pg_engine *e = (struct pg_engine *)engine;
    struct err ignored = {.code = ERR_OK};
    struct pg_conn *conn;

    ret->commits = atomic_load(&e->commits);
    ret->changes = atomic_load(&e->changes);
    ret->refused = atomic_load(&e->refused);
    pthread_mutex_lock(&e->writers.lock);
    ret->queued[QUEUE_INTERACTIVE] = e->writers.waiting;
    pthread_mutex_unlock(&e->writers.lock);
    ret->queued[QUEUE_BULK] = atomic_load(&e->bulk_waiting);
    ret->read_only = e->read_only;
    if (pg_take(e, &e->readers, &conn, &ignored) != ERR_OK)
        return;
    if (pg_number(conn, "SELECT pg_database_size(current_database())", &ret->db_bytes, &ignored) !=
            ERR_OK ||
        pg_number(conn, sql_texts_postgres[SQL_store_position], &ret->last_event_id, &ignored) !=
            ERR_OK)
        ret->db_bytes = 0;
    pg_give(&e->readers, conn);
}

static enum err_code check(struct op *op, struct snapshot *snap, engine_found_fn *found, void *arg)
{
    return pg_check_migrations(pg_snapshot_conn(snap), op->store->sql, found, arg, &op->err);
}

const struct engine_kind pg_kind = {
    .sql = sql_texts_postgres,
    .shared = true,
    .open = open_engine,
    .start = start,
    .stop = stop,
    .close = close_engine,
    .stats = stats,
    .apply = pg_apply,
    .settle = pg_settle,
    .filled = pg_filled,
    .check = check,
    .copy = pg_copy,
    .load = pg_load,
    .file_put = pg_file_put,
    .file_get = pg_file_get,
    .file_sweep = pg_file_sweep,
    .file_max = PG_FILE_MAX,
    .snapshot_begin = pg_snapshot_begin,
    .snapshot_end = pg_snapshot_end,
    .snapshot_long = pg_snapshot_long,
    .prepare = pg_snapshot_prepare,
    .prepare_text = pg_snapshot_prepare_text,
    PG_STMT_FUNCTIONS,
    .index_apply = pg_index_apply,
    .index_fill = pg_index_fill,
    .index_apply_past = pg_index_apply_past,
    .index_clear = pg_index_clear,
    .index_tidy = pg_index_tidy,
    .index_meta_get = pg_index_meta_get,
    .index_meta_set = pg_index_meta_set,
    .index_match = pg_words_match,
    .job_take = pg_job_take,
    .reserve_ids = pg_reserve_ids,
    .ledger_pending = pg_ledger_pending,
};
