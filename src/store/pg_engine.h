/* The PostgreSQL engine's own structures. The only header that includes libpq-fe.h, and only the
 * pg_*.c files include it.
 *
 * Every act is one transaction on one pooled connection; the server serialises what must be, the
 * daemon holds nothing that another daemon on the same database would not see. */
#ifndef FANGXIN_STORE_PG_ENGINE_H
#define FANGXIN_STORE_PG_ENGINE_H

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "sql/sql_queries.h"
#include "store/engine.h"

#define PG_PARAMS_MAX 96
#define PG_VALUES_MAX 1024 /* of one statement that adds several rows */
#define PG_ROWS_MAX 32
#define PG_COPIED_MAX 8192 /* rows that go by one COPY */
#define PG_TEXTS 64
#define PG_EVENTS_MAX 4096 /* of one change set: the places that an event's id has */

#define PG_FILE_MAX ((size_t)64 << 20) /* plain bytes of one sealed file */

#define PG_UNIQUE_VIOLATION "23505"

struct pg_text {
    char *sql;
    unsigned serial; /* its name at the server is "t<serial>" */
    int n_params;
};

struct pg_conn {
    PGconn *raw;
    bool prepared[SQL_COUNT]; /* as "q<id>" */
    unsigned char n_params[SQL_COUNT];
    unsigned char many[SQL_COUNT];  /* bit k: as "q<id>x<2^k>", 2^k rows at once */
    struct pg_text texts[PG_TEXTS]; /* most recently used first */
    unsigned serial;
    unsigned stmts_open;
    bool long_read;     /* statements without parameters come in pieces */
    bool view_prepared; /* "view_at" (pg_read.c) */
    bool ending;        /* ROLLBACK of its last view was sent; its answer is still to come */
    bool doubtful;      /* the server warned that a commit may not have reached its standby */
    struct pg_conn *next;
};

struct pg_pool {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct pg_conn *idle;
    unsigned n, max, waiting;
};

struct pg_engine {
    struct engine base;
    char *url;
    bool read_only, no_wait; /* no_wait: commits do not wait for the disk */
    atomic_bool filling;
    struct pg_pool readers, writers;
    pthread_mutex_t bulk_lock; /* one bulk set at a time: the rest is for people */
    atomic_uint bulk_waiting;
    atomic_bool index_written; /* since it was tidied last */
    atomic_bool bulk_cells; /* a bulk set added to the tallies since the last fold began to wait */
    atomic_uint_fast64_t commits, changes, refused;
    pthread_mutex_t position_lock;
    int64_t cut, position; /* the last one asked for; no view below that cut has another position */
    bool folder_started, stopping; /* under fold_lock */
    pthread_mutex_t fold_lock;
    pthread_cond_t fold_wake;
    pthread_t folder;
};

/* A statement being read; heap memory of its own. */
struct pg_stmt {
    struct stmt base;
    struct pg_conn *conn;
    const char *sql; /* the engine's text, or own */
    char *own;
    char name[16];
    int n;
    bool ran;
    unsigned cursor; /* 0: the whole answer is in result */
    PGresult *result;
    int row; /* -1: before the first */
    char (*numbers_shown)[24];
    const char *values[PG_PARAMS_MAX];
    int sizes[PG_PARAMS_MAX], formats[PG_PARAMS_MAX];
    char numbers[PG_PARAMS_MAX][24];
};

extern const struct engine_kind pg_kind;

static inline struct pg_engine *pg_of(const struct op *op)
{
    return (struct pg_engine *)op->store->engine;
}

/* ---- pg_conn.c ---- */

/* Maps a failed result (NULL: the connection's own failure), with the server's words. */
enum err_code pg_error(struct err *err, const struct pg_conn *conn, const PGresult *result,
                       const char *doing);
/* Runs commands without parameters; the last one's result goes to *ret unless that is NULL. */
enum err_code pg_exec(struct pg_conn *conn, const char *sql, PGresult **ret,
                      struct err *err) MUST_CHECK;
/* One number of a query without parameters, 0 for NULL. */
enum err_code pg_number(struct pg_conn *conn, const char *sql, int64_t *ret,
                        struct err *err) MUST_CHECK;
void pg_clearp(PGresult **result);
enum err_code pg_connect(const char *url, struct pg_conn **ret, struct err *err) MUST_CHECK;
void pg_disconnect(struct pg_conn *conn); /* NULL is fine */
/* Makes sure that the statement is prepared at the server, and gives its name there. */
enum err_code pg_prepare(struct pg_conn *conn, int sql, char ret_name[16], int *ret_params,
                         struct err *err) MUST_CHECK;
enum err_code pg_prepare_text(struct pg_conn *conn, const char *sql, char ret_name[16],
                              int *ret_params, struct err *err) MUST_CHECK;
/* The plain INSERT (pg_insert_of) for @p rows rows, a power of two up to PG_ROWS_MAX. */
enum err_code pg_prepare_many(struct pg_conn *conn, int sql, size_t rows, char ret_name[16],
                              struct err *err) MUST_CHECK;

/* ---- pg_pool.c ---- */

#define PG_NO_WAIT "SET synchronous_commit = off"

enum err_code pg_pool_init(struct pg_pool *pool, unsigned max, struct err *err) MUST_CHECK;
void pg_pool_end(struct pg_pool *pool);
enum err_code pg_take(struct pg_engine *e, struct pg_pool *pool, struct pg_conn **ret,
                      struct err *err) MUST_CHECK;
/* A connection that is broken or still in a transaction is closed. */
void pg_give(struct pg_pool *pool, struct pg_conn *conn);
/* The idle ones, of which one was found broken, are likely all so. */
void pg_pool_drop_idle(struct pg_pool *pool);

/* ---- pg_read.c, pg_stmt.c ---- */

enum err_code pg_snapshot_begin(struct op *op, struct snapshot **ret) MUST_CHECK;
void pg_snapshot_end(struct snapshot *snap);
void pg_snapshot_long(struct snapshot *snap);
struct pg_conn *pg_snapshot_conn(struct snapshot *snap);
enum err_code pg_snapshot_prepare(struct op *op, struct snapshot *snap, int sql,
                                  struct stmt **ret) MUST_CHECK;
enum err_code pg_snapshot_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                       struct stmt **ret) MUST_CHECK;
/* What the statements of this engine do, as members of the table. */
#define PG_STMT_FUNCTIONS                                                                          \
    .stmt_close = pg_stmt_close, .bind_int64 = pg_bind_int64, .bind_text = pg_bind_text,           \
    .bind_blob = pg_bind_blob, .step = pg_step, .reset = pg_reset, .sql_of = pg_sql_of,            \
    .is_null = pg_is_null, .int64 = pg_number_at, .text = pg_text_at, .blob = pg_blob_at,          \
    .value = pg_value_at
void pg_stmt_close(struct stmt *s);
enum err_code pg_bind_int64(struct op *op, struct stmt *s, int n, int64_t value) MUST_CHECK;
enum err_code pg_bind_text(struct op *op, struct stmt *s, int n, const char *text) MUST_CHECK;
enum err_code pg_bind_blob(struct op *op, struct stmt *s, int n, const void *bytes,
                           size_t size) MUST_CHECK;
enum err_code pg_step(struct op *op, struct stmt *s, bool *ret_row) MUST_CHECK;
void pg_reset(struct stmt *s);
const char *pg_sql_of(const struct stmt *s);
bool pg_is_null(struct stmt *s, int column);
int64_t pg_number_at(struct stmt *s, int column);
const char *pg_text_at(struct stmt *s, int column);
const void *pg_blob_at(struct stmt *s, int column, size_t *ret_size);
enum value_kind pg_value_at(struct stmt *s, int column, int64_t *ret_number, const void **ret_bytes,
                            size_t *ret_size);
/* A whole number of a binary result, whatever its type. */
int64_t pg_result_int64(const PGresult *result, int row, int column);

/* ---- pg_plan.c ---- */

/* An INSERT of one row of values, which reads no other rows: several may go by one statement. */
#define PG_KEYS_MAX 6
struct pg_insert {
    const char *table, *row; /* in the statement; the row with its brackets */
    size_t n_table, n_row;
    bool plain; /* its row is $1, $2 … in order, and nothing follows that looks at other rows */
    size_t keys[PG_KEYS_MAX], n_keys; /* ON CONFLICT (…) DO UPDATE: the values that are its key */
};
bool pg_insert_of(const char *sql, struct pg_insert *ret);
/* The same INSERT with so many rows, numbers of parameters going on; NULL without memory. */
char *pg_insert_many(const char *sql, int n_params, size_t rows);

enum pg_piece_kind { PIECE_CHANGES, PIECE_CELLS, PIECE_LEDGER };
/* One statement: rows of plan->order, or merged cells of the tallies. */
struct pg_piece {
    enum pg_piece_kind kind;
    bool copied; /* by COPY, outside the pipeline */
    size_t at, n;
};
struct pg_plan {
    const struct change **order;
    struct pg_piece *pieces;
    size_t n_pieces;
};
/* @p copies: where many rows of an INSERT come together they go by COPY. */
enum err_code pg_plan_make(const struct changes *ch, size_t n_cells, bool copies,
                           struct pg_plan *ret, struct err *err) MUST_CHECK;
void pg_plan_release(struct pg_plan *plan);

/* ---- pg_send.c ---- */

enum err_code pg_plan_prepare(struct pg_conn *conn, const struct pg_plan *plan,
                              struct err *err) MUST_CHECK;
struct pg_sending;
/* To be freed; NULL without memory. */
struct pg_sending *pg_sending_new(const struct pg_engine *e, struct changes *ch,
                                  const struct tally_delta *cells);
/* Sends piece @p i of a plan that is prepared; false where the connection does not take it. Pieces
 * are sent in their order. */
bool pg_send(struct pg_sending *s, struct pg_conn *conn, const struct pg_plan *plan, size_t i);
/* Does piece @p i, one that is copied, outside the pipeline. */
enum err_code pg_send_copy(struct pg_sending *s, struct pg_conn *conn, const struct pg_plan *plan,
                           size_t i, struct err *err) MUST_CHECK;

/* ---- pg_write.c ---- */

enum err_code pg_apply(struct engine *e, struct changes *ch, enum store_queue queue,
                       struct err *err) MUST_CHECK;
enum err_code pg_job_take(struct op *op, const char *job, struct job_row *ret, size_t max,
                          size_t *ret_n) MUST_CHECK;
enum err_code pg_reserve_ids(struct engine *e, int month, int64_t least, int n, int64_t *ret_first,
                             struct err *err) MUST_CHECK;

/* ---- pg_fill.c ---- */

/* Drops the secondary indexes of the large tables of a store in which nothing is. */
enum err_code pg_fill_begin(struct pg_engine *e, struct pg_conn *conn, struct err *err) MUST_CHECK;
/* Makes what a filling put off, in this process or in one that ended early. */
enum err_code pg_fill_end(struct pg_conn *conn, struct err *err) MUST_CHECK;
enum err_code pg_filled(struct engine *engine, struct err *err) MUST_CHECK;

/* ---- pg_fold.c ---- */

enum err_code pg_folder_start(struct pg_engine *e, struct err *err) MUST_CHECK;
void pg_folder_stop(struct pg_engine *e);
enum err_code pg_settle(struct engine *e, struct err *err) MUST_CHECK;
/* Checksum of a row of ledger_delta. */
#define PG_NONCE_BYTES 16
void pg_delta_mac(const struct store *store, const unsigned char nonce[PG_NONCE_BYTES],
                  int64_t events, const unsigned char digest[HASH_BYTES],
                  unsigned char ret[BLIND_BYTES]);
enum err_code pg_ledger_pending(struct op *op, struct snapshot *snap, int64_t *events,
                                unsigned char digest[HASH_BYTES], bool *ret_sound) MUST_CHECK;

/* ---- pg_files.c ---- */

/* The members of the table by these names. */
enum err_code pg_file_put(struct op *op, const char *name, const void *bytes, size_t n) MUST_CHECK;
enum err_code pg_file_get(struct op *op, const char *name, size_t most, unsigned char **ret,
                          size_t *ret_n) MUST_CHECK;
enum err_code pg_file_sweep(struct op *op, int64_t before, int *ret_swept) MUST_CHECK;
/* The parts of a new file, in the transaction under way. */
enum err_code pg_file_write(struct pg_conn *conn, const char *name, const void *bytes, size_t n,
                            struct err *err) MUST_CHECK;

/* ---- pg_rows.c ---- */

/* Rows on their way by a COPY … FROM STDIN (FORMAT binary). Whoever gives up before pg_rows_end
 * closes the connection. Memory that ran out is told by send and end. */
struct pg_rows {
    struct pg_conn *conn;
    const char *what; /* the command */
    struct buf piece; /* not yet sent */
};
enum err_code pg_rows_begin(struct pg_rows *rows, struct pg_conn *conn, const char *sql,
                            struct err *err) MUST_CHECK;
/* Begins a row; its values follow. */
void pg_rows_row(struct pg_rows *rows, size_t n_values);
void pg_rows_value(struct pg_rows *rows, const struct value *v);
void pg_rows_int(struct pg_rows *rows, int64_t number);
void pg_rows_bytes(struct pg_rows *rows, const void *bytes, size_t n);
/* Between rows: sends what there is when it is worth it. */
enum err_code pg_rows_send(struct pg_rows *rows, struct err *err) MUST_CHECK;
enum err_code pg_rows_end(struct pg_rows *rows, struct err *err) MUST_CHECK;
void pg_rows_release(struct pg_rows *rows);

/* ---- pg_copy.c, pg_load.c ---- */

enum err_code pg_copy(struct op *op, struct snapshot *snap, const char *path,
                      store_progress_fn *progress, void *arg) MUST_CHECK;
/* What store_load does with the file at @p path (archive.h) and the sealed files of options->dir.
 */
enum err_code pg_load(const struct store_options *options, const char *path,
                      store_progress_fn *progress, void *arg, struct err *err) MUST_CHECK;

/* ---- pg_migrate.c ---- */

enum err_code pg_migrate(struct pg_engine *e, struct pg_conn *conn,
                         const struct store_options *options, struct err *err) MUST_CHECK;
enum err_code pg_check_migrations(struct pg_conn *conn, const struct embedded_file *sql,
                                  engine_found_fn *found, void *arg, struct err *err) MUST_CHECK;

/* ---- pg_open.c ---- */

/* Makes the partitions that events of this year and the next need, where they are missing and
 * nobody is in the way. */
void pg_make_partitions(struct pg_conn *conn);

/* ---- pg_index.c ---- */

enum err_code pg_index_apply(struct op *op, enum index_table table, const struct index_doc *docs,
                             size_t n) MUST_CHECK;
enum err_code pg_index_fill(struct op *op, enum index_table table, const struct index_doc *docs,
                            size_t n, const struct index_reach *reach) MUST_CHECK;
enum err_code pg_index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                                  struct index_past_mark from,
                                  struct index_past_mark to) MUST_CHECK;
enum err_code pg_index_clear(struct op *op) MUST_CHECK;
enum err_code pg_index_tidy(struct op *op, bool *ret_more) MUST_CHECK;
enum err_code pg_index_meta_get(struct op *op, const char *name, int64_t *ret) MUST_CHECK;
enum err_code pg_index_meta_set(struct op *op, const char *name, int64_t value) MUST_CHECK;

/* ---- pg_words.c ---- */

/* Adds the words and the scope of a document as a tsvector in binary form. */
void pg_words_of(const struct index_doc *doc, struct arena *arena, struct buf *out);
/* A query of FTS5 as one of PostgreSQL. */
char *pg_words_match(struct arena *arena, const char *fts5);

#endif
