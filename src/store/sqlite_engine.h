/* The SQLite engine's own structures. The only header that includes sqlite3.h, and only the
 * sqlite_*.c files include it. */
#ifndef FANGXIN_STORE_SQLITE_ENGINE_H
#define FANGXIN_STORE_SQLITE_ENGINE_H

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "sql/sql_queries.h"
#include "store/store_internal.h"

#define PARAMS_MAX 96
#define TEXT_CACHE 48

enum conn_role { CONN_WRITER, CONN_READER, CONN_INDEX };

/* A prepared statement; lives in its connection's cache or, when that one is in use, alone. */
struct stmt {
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
    struct stmt *by_id[SQL_COUNT];
    struct stmt *by_text[TEXT_CACHE]; /* most recently used first */
    unsigned stmts_in_use;
    atomic_bool expired;          /* its snapshot stood too long while the log grew */
    atomic_int_fast64_t since_ms; /* monotonic; when the snapshot was opened, 0: none */
    bool long_read;
    struct conn *next; /* in the pool's list */
};

struct snapshot {
    struct engine *engine;
    struct conn *conn;
    int64_t position;
    struct op *op;    /* whose snapshot it is */
    unsigned holders; /* how often it was opened */
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

struct engine {
    struct store *store;
    char *path, *index_path, *vfs;
    bool no_sync, read_only, is_new;
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

    atomic_uint_fast64_t commits, changes, refused;
    atomic_int_fast64_t wal_bytes, last_event;
    atomic_bool no_writes;
};

/* ---- sqlite_conn.c ---- */

/* Maps a result of SQLite, with the connection's words (@p db may be NULL). */
enum err_code sqlite_error(struct err *err, sqlite3 *db, int rc, const char *doing);
enum err_code conn_open(struct engine *e, enum conn_role role, bool create, struct conn **ret,
                        struct err *err) MUST_CHECK;
void conn_close(struct conn *conn); /* NULL is fine */
enum err_code conn_exec(struct conn *conn, const char *sql, struct err *err) MUST_CHECK;
/* One number of a query without parameters. */
enum err_code conn_number(struct conn *conn, const char *sql, int64_t *ret,
                          struct err *err) MUST_CHECK;
enum err_code conn_stmt(struct conn *conn, int sql, struct stmt **ret, struct err *err) MUST_CHECK;
enum err_code conn_stmt_text(struct conn *conn, const char *sql, struct stmt **ret,
                             struct err *err) MUST_CHECK;
void stmt_release(struct stmt *s); /* resets, and gives back or frees; NULL is fine */

/* ---- sqlite_migrate.c ---- */

enum err_code sqlite_migrate(struct engine *e, struct conn *conn,
                             const struct store_options *options, struct err *err) MUST_CHECK;
/* Compares what is recorded with the program's own files. */
enum err_code sqlite_check_migrations(struct conn *conn, const struct embedded_file *sql,
                                      engine_found_fn *found, void *arg,
                                      struct err *err) MUST_CHECK;

/* ---- sqlite_read.c ---- */

enum err_code pool_take(struct engine *e, struct conn **ret, struct err *err) MUST_CHECK;
void pool_give(struct engine *e, struct conn *conn);
void pool_close(struct engine *e);
/* Ends snapshots older than @p older_than_ms that hold the log back. */
void pool_expire(struct engine *e, int64_t older_than_ms);

/* ---- sqlite_totals.c ---- */

/* Reads the ledger unless it is known; after a roll-back it is read again. */
enum err_code ledger_load(struct engine *e, struct err *err) MUST_CHECK;
int ledger_store(struct engine *e); /* a result of SQLite */
/* Notes the cells of a set that stays in the batch; false when out of memory. */
bool cells_add(struct writer *w, const struct changes *ch);
int cells_store(struct writer *w); /* a result of SQLite */

/* ---- sqlite_write.c, sqlite_batch.c, sqlite_checkpoint.c ---- */

enum err_code writer_start(struct engine *e, struct err *err) MUST_CHECK;
void writer_stop(struct engine *e);
/* Runs the requests as one transaction and sets each result; answers nothing. */
void batch_run(struct engine *e, struct request *first, unsigned n);
enum err_code writer_reopen(struct engine *e, struct err *err) MUST_CHECK;
/* After a batch: copies the log back when it has grown; @p idle: all of it, and starts it anew. */
void writer_checkpoint(struct engine *e, bool idle);
/* Keeps the length of the log in view; called once per writing connection. */
void writer_count_log(struct engine *e);
/* Once after opening: what an earlier process left in the log. */
void writer_checkpoint_start(struct engine *e);
/* Copies back everything and empties the log. */
enum err_code writer_checkpoint_all(struct engine *e, struct err *err) MUST_CHECK;

/* ---- sqlite_index.c ---- */

enum err_code index_open(struct engine *e, struct err *err) MUST_CHECK;
void index_close(struct engine *e);

#endif
