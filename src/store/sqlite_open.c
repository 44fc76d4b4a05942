/* Opening and closing the SQLite engine, its counters, its self-check and its copy. */
#include "store/sqlite_engine.h"

#include "store/files.h"

#define READERS_DEFAULT 8
#define READERS_MAX 64
/* Copying back holds the writer up, and with it all that is being filed: so little at a time. */
#define LOG_PAGES_DEFAULT 1500
#define LOG_PAGES_FILLING 16384 /* a page altered by many commits is copied once */
#define COPY_PAGES 512

static enum err_code init_waiting(struct sqlite_engine *e, struct err *err)
{
    pthread_condattr_t attr;
    bool ok = pthread_condattr_init(&attr) == 0 &&
              pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
              pthread_cond_init(&e->pool_free, &attr) == 0 &&
              pthread_cond_init(&e->queue_filled, &attr) == 0 &&
              pthread_mutex_init(&e->pool_lock, NULL) == 0 &&
              pthread_mutex_init(&e->queue_lock, NULL) == 0 &&
              pthread_mutex_init(&e->index_lock, NULL) == 0;

    pthread_condattr_destroy(&attr);
    return ok ? ERR_OK : err_set(err, ERR_NO_MEMORY, "no memory for locks");
}

static enum err_code init_paths(struct sqlite_engine *e, const struct store_options *o,
                                struct err *err)
{
    char path[PATH_BYTES];

    TRY(path_join(o->dir, "fangxin.db", path, err));
    e->path = strdup(path);
    TRY(path_join(o->dir, "index.db", path, err));
    e->index_path = strdup(path);
    e->vfs = log_vfs(o->test_vfs);
    if (e->path == NULL || e->index_path == NULL || e->vfs == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for paths");
    return ERR_OK;
}

/* Opens the writing connection, brings the schema up and opens one reader that stays, so that the
 * log is never recovered behind a writer that opens anew. */
static enum err_code open_files(struct sqlite_engine *e, const struct store_options *o,
                                struct err *err)
{
    struct conn *reader;

    if (!o->create && !file_exists(e->path))
        return err_set(err, ERR_NOT_FOUND, "no store in %s", o->dir);
    TRY(conn_open(e, CONN_WRITER, o->create, &e->writer.conn, err));
    writer_count_log(e);
    writer_checkpoint_start(e);
    TRY(fill_end(e, e->writer.conn, err)); /* of a filling that ended early */
    TRY(sqlite_migrate(e, e->writer.conn, o, err));
    if (e->filling && e->base.is_new)
        TRY(fill_begin(e->writer.conn, err));
    TRY(folder_sync(o->dir, err));
    TRY(index_open(e, err));
    TRY(pool_take(e, &reader, err));
    pool_give(e, reader);
    return ERR_OK;
}

static void close_engine(struct engine *engine);

static enum err_code open_engine(const struct store_options *options, struct store *store,
                                 struct err *err)
{
    struct sqlite_engine *e = calloc(1, sizeof *e);
    unsigned readers = options->readers == 0 ? READERS_DEFAULT : options->readers;
    enum err_code rc;

    if (e == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for the engine");
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused, without harm, once SQLite is in use */
    e->base.kind = &sqlite_kind;
    e->base.store = store;
    e->no_sync = options->test_no_sync;
    e->read_only = options->read_only;
    e->filling = options->filling;
    e->log_pages = options->log_pages != 0 ? (int)options->log_pages
                   : options->filling      ? LOG_PAGES_FILLING
                                           : LOG_PAGES_DEFAULT;
    e->max_conns = readers > READERS_MAX ? READERS_MAX : readers;
    rc = init_waiting(e, err);
    if (rc == ERR_OK)
        rc = init_paths(e, options, err);
    if (rc == ERR_OK)
        rc = open_files(e, options, err);
    if (rc == ERR_OK && !e->read_only)
        rc = writer_start(e, err);
    if (rc == ERR_OK)
        store->engine = &e->base;
    else
        close_engine(&e->base);
    return rc;
}

static void close_engine(struct engine *engine)
{
    struct sqlite_engine *e = (struct sqlite_engine *)engine;

    writer_stop(e);
    pool_close(e);
    index_close(e);
    if (e->writer.conn != NULL)
        writer_checkpoint(e, true);
    conn_close(e->writer.conn);
    pthread_cond_destroy(&e->pool_free);
    pthread_cond_destroy(&e->queue_filled);
    pthread_mutex_destroy(&e->pool_lock);
    pthread_mutex_destroy(&e->queue_lock);
    pthread_mutex_destroy(&e->index_lock);
    free(e->writer.cells);
    free(e->path);
    free(e->index_path);
    free(e);
}

static void stats(struct engine *engine, struct store_stats *ret)
{
    struct sqlite_engine *e = (struct sqlite_engine *)engine;
    int64_t db_bytes = 0;
    struct conn *conn;
    struct err ignored = {.code = ERR_OK};

    if (pool_take(e, &conn, &ignored) == ERR_OK) {
        if (conn_number(conn,
                        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                        &db_bytes, &ignored) != ERR_OK)
            db_bytes = 0;
        pool_give(e, conn);
    }
    ret->commits = atomic_load(&e->commits);
    ret->changes = atomic_load(&e->changes);
    ret->refused = atomic_load(&e->refused);
    ret->pages_read = atomic_load(&e->pages_read);
    ret->cache_bytes = pool_cache_bytes(e);
    ret->wal_bytes = atomic_load(&e->wal_bytes);
    ret->db_bytes = db_bytes;
    pthread_mutex_lock(&e->queue_lock);
    ret->queued[0] = e->queues[0].n;
    ret->queued[1] = e->queues[1].n;
    pthread_mutex_unlock(&e->queue_lock);
    ret->read_only = e->read_only || atomic_load(&e->no_writes);
    ret->last_event_id = atomic_load(&e->last_event);
}

static bool rest(struct engine *engine)
{
    struct sqlite_engine *e = (struct sqlite_engine *)engine;
    bool all = pool_rest(e);

    index_rest(e);
    if (atomic_load(&e->commits) == e->rested)
        atomic_store(&e->rests, true);
    e->rested = atomic_load(&e->commits);
    return all;
}

/* ---- verify ---- */

static enum err_code check(struct op *op, struct snapshot *snap, engine_found_fn *found, void *arg)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare_text(op, snap, "PRAGMA main.integrity_check(100)", &s));
    for (;;) {
        const char *text;

        TRY(stmt_step(op, s, &row));
        text = row ? stmt_text(s, 0) : NULL;
        if (text == NULL || strcmp(text, "ok") == 0)
            break;
        if (!found(arg, "database", text))
            return ERR_OK;
    }
    return sqlite_check_migrations(((struct sqlite_snapshot *)snap)->conn, op->store->sql, found,
                                   arg, &op->err);
}

/* ---- backup ---- */

static enum err_code copy_pages(struct op *op, sqlite3_backup *copy, sqlite3 *to,
                                store_progress_fn *progress, void *arg)
{
    int64_t told = 0;
    int rc;

    do {
        rc = sqlite3_backup_step(copy, COPY_PAGES);
        if (progress != NULL && (monotonic_ms() - told >= 100 || rc == SQLITE_DONE)) {
            int total = sqlite3_backup_pagecount(copy);

            told = monotonic_ms();
            if (!progress(arg, total - sqlite3_backup_remaining(copy), total))
                return err_set(&op->err, ERR_CONFLICT, "the backup was stopped");
        }
    } while (rc == SQLITE_OK);
    return rc == SQLITE_DONE ? ERR_OK : sqlite_error(&op->err, to, rc, "copy the database");
}

static enum err_code copy_out(struct op *op, struct snapshot *snap, const char *path,
                              store_progress_fn *progress, void *arg)
{
    sqlite3 *from = ((struct sqlite_snapshot *)snap)->conn->db, *to = NULL;
    sqlite3_backup *copy;
    enum err_code rc;
    int opened = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

    if (opened == SQLITE_OK)
        opened = sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL,
                              NULL); /* the container is synced as a whole */
    copy = opened == SQLITE_OK ? sqlite3_backup_init(to, "main", from, "main") : NULL;
    if (copy == NULL) {
        rc = sqlite_error(&op->err, to, opened == SQLITE_OK ? sqlite3_errcode(to) : opened, path);
    } else {
        rc = copy_pages(op, copy, to, progress, arg);
        sqlite3_backup_finish(copy);
    }
    sqlite3_close(to);
    return rc;
}

const struct engine_kind sqlite_kind = {
    .sql = sql_texts,
    .open = open_engine,
    .close = close_engine,
    .stats = stats,
    .rest = rest,
    .apply = sqlite_apply,
    .settle = sqlite_settle,
    .filled = sqlite_filled,
    .check = check,
    .copy = copy_out,
    .snapshot_begin = sqlite_snapshot_begin,
    .snapshot_end = sqlite_snapshot_end,
    .snapshot_long = sqlite_snapshot_long,
    .prepare = sqlite_prepare,
    .prepare_text = sqlite_prepare_text,
    .stmt_close = sqlite_stmt_close,
    .bind_int64 = sqlite_bind_int64,
    .bind_text = sqlite_bind_text,
    .bind_blob = sqlite_bind_blob,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .sql_of = sqlite_sql_of,
    .is_null = sqlite_is_null,
    .int64 = sqlite_number,
    .text = sqlite_text,
    .blob = sqlite_blob,
    .value = sqlite_value,
    .index_apply = sqlite_index_apply,
    .index_apply_past = sqlite_index_apply_past,
    .index_clear = sqlite_index_clear,
    .index_tidy = sqlite_index_tidy,
    .index_meta_get = sqlite_index_meta_get,
    .index_meta_set = sqlite_index_meta_set,
};
