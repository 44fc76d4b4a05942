/* The SQLite engine's own structures. The only header that includes sqlite3.h, and only the
 * sqlite_*.c files include it. */
#ifndef FANGXIN_STORE_SQLITE_ENGINE_H
#define FANGXIN_STORE_SQLITE_ENGINE_H

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "sql/sql_queries.h"
#include "store/engine.h"

#define PARAMS_MAX 96
#define TEXT_CACHE 48

enum conn_role { CONN_WRITER, CONN_READER, CONN_INDEX };

/* A prepared statement; lives in its connection's cache or, when that one is in use, alone. */
struct prepared {
    struct stmt base;
    sqlite3_stmt *raw;
    struct conn *conn;
    char *text; /* of one that was prepared from text; owned */
    bool in_use, cached;
    bool on_row;
    int n_params;
    unsigned char place[PARAMS_MAX + 1]; /* of $n among SQLite's own numbers; 0: not used */
};

struct conn {
    sqlite3 *db;
    struct prepared *by_id[SQL_COUNT];
    struct prepared *by_text[TEXT_CACHE]; /* most recently used first */
    unsigned stmts_in_use;
    atomic_bool expired;          /* its snapshot stood too long while the log grew */
    atomic_int_fast64_t since_ms; /* monotonic; when the snapshot was opened, 0: none */
    bool long_read;
    uint64_t asked;    /* pages, by snapshots that ended since the last pool_rest */
    struct conn *next; /* in the pool's list */
};

struct sqlite_snapshot {
    struct snapshot base;
    struct sqlite_engine *engine;
    struct conn *conn;
};

struct request {
    struct request *next;
    struct changes *changes; /* NULL: settle */
    struct err *err;
    enum err_code result;
    sem_t done;
};

struct request_queue {
    struct request *first, **last;
    unsigned n;
};

/* What the writer thread alone touches. */
struct writer {
    struct conn *conn; /* NULL: closed after an I/O error */
    bool ledger_loaded, ledger_suspect;
    int64_t events, last_event;
    unsigned char digest[HASH_BYTES];
    bool touched_events;              /* in the batch under way */
    const struct tally_delta **cells; /* of the sets applied in the batch */
    size_t n_cells, cap_cells;
    int wal_pages; /* as of the last commit */
    int next_copy; /* length of the log at which it is copied back */
    int64_t last_work_ms, retry_at_ms;
    unsigned bulk_most; /* bulk sets that fit into one slice of time */
    int careful;        /* batches still to run with savepoints */
    bool full;
    bool broken;  /* the statement just run failed for the engine's reasons */
    bool healing; /* the next transaction must overwrite frames of unknown fate */
};

struct sqlite_engine {
    struct engine base;
    char *path, *index_path;
    const char *vfs; /* kept by SQLite */
    bool no_sync, read_only, filling;
    int log_pages; /* growth of the log at which it is copied back */

    pthread_mutex_t pool_lock;
    pthread_cond_t pool_free;
    struct conn *idle;
    struct conn *all[64];
    unsigned n_conns, max_conns;

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_filled;
    struct request_queue queues[2];
    bool stopping;
    bool writer_started;
    pthread_t writer_thread;
    struct writer writer;

    pthread_mutex_t index_lock;
    struct conn *index;
    int64_t index_written; /* documents since it was last made one piece */
    bool index_tidying;    /* the steps to one piece have begun */
    int64_t index_rested;  /* rows that the connection had changed at the last index_rest */

    atomic_uint_fast64_t commits, changes, refused, pages_read;
    atomic_int_fast64_t wal_bytes, last_event;
    atomic_bool no_writes;
    atomic_bool rests; /* the writer is to empty its page cache when it has nothing to do */
    uint64_t rested;   /* commits at the last call of engine_kind.rest */
};

static inline struct sqlite_engine *sqlite_of(const struct op *op)
{
    return (struct sqlite_engine *)op->store->engine;
}

/* ---- sqlite_log_file.c ---- */

/* The name of a VFS as @p under (NULL: the usual one) that writes the log in large pieces; made
 * once and kept by SQLite. NULL: no such VFS, or no memory. */
const char *log_vfs(const char *under);

/* ---- sqlite_conn.c ---- */

/* Maps a result of SQLite, with the connection's words (@p db may be NULL). */
enum err_code sqlite_error(struct err *err, sqlite3 *db, int rc, const char *doing);
enum err_code conn_open(struct sqlite_engine *e, enum conn_role role, bool create,
                        struct conn **ret, struct err *err) MUST_CHECK;
void conn_close(struct conn *conn); /* NULL is fine */
enum err_code conn_exec(struct conn *conn, const char *sql, struct err *err) MUST_CHECK;
/* One number of a query without parameters. */
enum err_code conn_number(struct conn *conn, const char *sql, int64_t *ret,
                          struct err *err) MUST_CHECK;
enum err_code conn_stmt(struct conn *conn, int sql, struct prepared **ret,
                        struct err *err) MUST_CHECK;
enum err_code conn_stmt_text(struct conn *conn, const char *sql, struct prepared **ret,
                             struct err *err) MUST_CHECK;
void stmt_release(struct prepared *s); /* resets, and gives back or frees; NULL is fine */

/* ---- sqlite_fill.c ---- */

/* Drops the secondary indexes of the large tables of a store in which nothing is. */
enum err_code fill_begin(struct conn *conn, struct err *err) MUST_CHECK;
/* Makes what a filling put off, in this process or in one that ended early. */
enum err_code fill_end(struct sqlite_engine *e, struct conn *conn, struct err *err) MUST_CHECK;
enum err_code sqlite_filled(struct engine *engine, struct err *err) MUST_CHECK;

/* ---- sqlite_migrate.c ---- */

enum err_code sqlite_migrate(struct sqlite_engine *e, struct conn *conn,
                             const struct store_options *options, struct err *err) MUST_CHECK;
/* Compares what is recorded with the program's own files. */
enum err_code sqlite_check_migrations(struct conn *conn, const struct embedded_file *sql,
                                      engine_found_fn *found, void *arg,
                                      struct err *err) MUST_CHECK;

/* ---- sqlite_read.c ---- */

enum err_code pool_take(struct sqlite_engine *e, struct conn **ret, struct err *err) MUST_CHECK;
void pool_give(struct sqlite_engine *e, struct conn *conn);
void pool_close(struct sqlite_engine *e);
/* Empties the page caches of idle connections that were hardly asked since the last call; whether
 * none was asked more. */
bool pool_rest(struct sqlite_engine *e);
/* In page caches of idle connections. */
uint64_t pool_cache_bytes(struct sqlite_engine *e);
/* Ends snapshots older than @p older_than_ms that hold the log back. */
void pool_expire(struct sqlite_engine *e, int64_t older_than_ms);
enum err_code sqlite_snapshot_begin(struct op *op, struct snapshot **ret) MUST_CHECK;
void sqlite_snapshot_end(struct snapshot *snap);
void sqlite_snapshot_long(struct snapshot *snap);
enum err_code sqlite_prepare(struct op *op, struct snapshot *snap, int sql,
                             struct stmt **ret) MUST_CHECK;
enum err_code sqlite_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                  struct stmt **ret) MUST_CHECK;

/* ---- sqlite_stmt.c ---- */

void sqlite_stmt_close(struct stmt *s);
enum err_code sqlite_bind_int64(struct op *op, struct stmt *s, int n, int64_t value) MUST_CHECK;
enum err_code sqlite_bind_text(struct op *op, struct stmt *s, int n, const char *text) MUST_CHECK;
enum err_code sqlite_bind_blob(struct op *op, struct stmt *s, int n, const void *bytes,
                               size_t size) MUST_CHECK;
enum err_code sqlite_step(struct op *op, struct stmt *s, bool *ret_row) MUST_CHECK;
void sqlite_reset(struct stmt *s);
const char *sqlite_sql_of(const struct stmt *s);
bool sqlite_is_null(struct stmt *s, int column);
int64_t sqlite_number(struct stmt *s, int column);
const char *sqlite_text(struct stmt *s, int column);
const void *sqlite_blob(struct stmt *s, int column, size_t *ret_size);
enum value_kind sqlite_value(struct stmt *s, int column, int64_t *ret_number,
                             const void **ret_bytes, size_t *ret_size);

/* ---- sqlite_totals.c ---- */

/* Reads the ledger unless it is known; after a roll-back it is read again. */
enum err_code ledger_load(struct sqlite_engine *e, struct err *err) MUST_CHECK;
int ledger_store(struct sqlite_engine *e); /* a result of SQLite */
/* Notes the cells of a set that stays in the batch; false when out of memory. */
bool cells_add(struct writer *w, const struct changes *ch);
int cells_store(struct writer *w); /* a result of SQLite */

/* ---- sqlite_write.c, sqlite_batch.c, sqlite_checkpoint.c ---- */

enum err_code sqlite_apply(struct engine *e, struct changes *ch, enum store_queue queue,
                           struct err *err) MUST_CHECK;
enum err_code sqlite_settle(struct engine *e, struct err *err) MUST_CHECK;
enum err_code writer_start(struct sqlite_engine *e, struct err *err) MUST_CHECK;
void writer_stop(struct sqlite_engine *e);
/* Runs the requests as one transaction and sets each result; answers nothing. */
void batch_run(struct sqlite_engine *e, struct request *first, unsigned n);
enum err_code writer_reopen(struct sqlite_engine *e, struct err *err) MUST_CHECK;
/* After a batch: copies the log back when it has grown; @p idle: all of it, and starts it anew. */
void writer_checkpoint(struct sqlite_engine *e, bool idle);
/* Keeps the length of the log in view; called once per writing connection. */
void writer_count_log(struct sqlite_engine *e);
/* Once after opening: what an earlier process left in the log. */
void writer_checkpoint_start(struct sqlite_engine *e);
/* Copies back everything and empties the log. */
enum err_code writer_checkpoint_all(struct sqlite_engine *e, struct err *err) MUST_CHECK;

/* ---- sqlite_index.c ---- */

enum err_code index_open(struct sqlite_engine *e, struct err *err) MUST_CHECK;
void index_close(struct sqlite_engine *e);
/* Empties the page cache of its writer, when it wrote nothing since the last call. */
void index_rest(struct sqlite_engine *e);
enum err_code sqlite_index_apply(struct op *op, enum index_table table,
                                 const struct index_doc *docs, size_t n) MUST_CHECK;
enum err_code sqlite_index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                                      struct index_past_mark from,
                                      struct index_past_mark to) MUST_CHECK;
enum err_code sqlite_index_clear(struct op *op) MUST_CHECK;
enum err_code sqlite_index_tidy(struct op *op, bool *ret_more) MUST_CHECK;
enum err_code sqlite_index_meta_get(struct op *op, const char *name, int64_t *ret) MUST_CHECK;
enum err_code sqlite_index_meta_set(struct op *op, const char *name, int64_t value) MUST_CHECK;

#endif
