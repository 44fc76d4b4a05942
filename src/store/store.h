/* The store: one interface, two engines (SQLite, PostgreSQL).
 *
 * Reading: open a snapshot, prepare statements of sql/queries by name, step. Snapshots are short:
 * a page of a list, one matter, one slice of an export.
 *
 * Writing: there is one way. Collect a change set (changes.h) from what was loaded, then
 * store_apply it. On SQLite one thread in one process writes; it takes waiting change sets as
 * savepoints of one transaction and answers each only after COMMIT returned OK. On PostgreSQL each
 * set is a transaction of its own, and several processes may work on one database. */
#ifndef FANGXIN_STORE_STORE_H
#define FANGXIN_STORE_STORE_H

#include <stdint.h>

#include "base/embed.h"
#include "store/op.h"

struct store;

struct store_options {
    const char *dir;      /* the installation's folder: fangxin.db, index.db, files/, keys/, lock */
    const char *database; /* URL of a PostgreSQL database; NULL: SQLite in dir */
    const char *key_file; /* the master key; NULL: DIR/keys/master.key */
    const struct embedded_file *sql; /* embedded_sql, for migrations */
    unsigned readers;                /* pooled read connections; 0: 8 */
    unsigned log_pages;   /* growth of the write-ahead log at which it is copied back; 0: 1500 */
    bool create;          /* make the folder, the keys and the schema where missing */
    bool migrate;         /* apply outstanding migrations; else they are ERR_CONFLICT */
    bool read_only;       /* a command that only looks, beside nobody else */
    bool filling;         /* a command that fills a new store and acknowledges nothing before its
                           * end: commits do not wait for the disk, the end does, and what is found
                           * by indexes of matters, events and persons, or read from tallies, is
                           * slow before store_filled */
    const char *cipher;   /* of a new store: xchacha20 (NULL) or sm4; see store/cipher.h */
    const char *test_vfs; /* NULL, or the SQLite VFS that the fault tests registered */
    bool test_no_sync;    /* fault tests only: PRAGMA synchronous=OFF, to show that they notice */
};

/**
 * Opens the installation and takes its lock.
 * @return ERR_BUSY when another process holds it (its control socket is DIR/control.sock),
 *         ERR_NOT_FOUND without `create` where nothing is, ERR_CONFLICT for a schema that this
 *         program does not know, ERR_FORBIDDEN when the master key is missing or is another one.
 */
enum err_code store_open(const struct store_options *options, struct store **ret,
                         struct err *err) MUST_CHECK;
/* Applies what is queued, checkpoints, lets the lock go. NULL is fine. */
void store_close(struct store *store);

const char *store_dir(const struct store *store);
/* Whether other processes may write to the same database. */
bool store_shared(const struct store *store);
/* Whether the database may work on another machine's processors: PostgreSQL by anything but a
 * socket of this one. */
bool store_afar(const struct store *store);
/* The zone of the installation, minutes east of UTC (setting "zone_min"). */
int store_zone_min(const struct store *store);

/* The next id of a record whose receipt falls into @p month_index (base/date.h): the month in the
 * high bits, a sequence below 2^28 in the low ones. Never handed out twice, gaps may stay. */
int64_t store_next_id(struct store *store, int month_index);

/* The next id of a record other than a matter: above all matter ids, below 2^53, ascending with
 * @p now_ms. Another process on the same database may make the same one; the second is refused. */
int64_t store_next_record_id(struct store *store, int64_t now_ms);

struct store_stats {
    uint64_t commits;     /* transactions since start */
    uint64_t changes;     /* change sets applied since start */
    uint64_t refused;     /* change sets that failed or conflicted */
    uint64_t pages_read;  /* of the database, by views that ended; 0 where the engine counts them */
    uint64_t cache_bytes; /* in page caches of readers that are not reading */
    int64_t wal_bytes;
    int64_t db_bytes;
    uint32_t queued[2]; /* waiting now, by enum store_queue */
    bool read_only;     /* the disk is full or an I/O error closed the writer */
    int64_t last_event_id;
};
void store_stats(struct store *store, struct store_stats *ret);
/* For a job: page caches that were hardly asked since the last call are given back, so that a burst
 * of reading does not leave them full for good. Whether all were. */
bool store_rest(struct store *store);

/* ---- reading ---- */

struct snapshot; /* one consistent view; holds a pooled connection */
struct stmt;

/* While one is open in this op, opening again gives the same view (and takes no second connection);
 * it ends with the last close. What the op itself writes meanwhile is not in it. */
enum err_code snapshot_open(struct op *op, struct snapshot **ret) MUST_CHECK;
void snapshot_closep(struct snapshot **snap);
/* From now on each view of this op stays behind its last close, so that what is read next is read
 * in the same one, until the op writes, op_apart is called, or snapshot_let_go, which must be the
 * op's last call; where it is open then, until its last close. For units of work that do not rest
 * between reading and writing. */
void snapshot_keep(struct op *op);
void snapshot_let_go(struct op *op);
/* A unit of work apart on the authority of @p op, with memory of its own: it shares no view with
 * op, and one that op only keeps is let go, so that the two need one connection. An op is never
 * copied otherwise. */
struct op op_apart(struct op *op, struct arena *arena) MUST_CHECK;
/* The last event that this view holds: what figures state as their position. */
int64_t snapshot_position(const struct snapshot *snap);
/* How many events behind @p after the view holds, at most @p most. Behind its position there are
 * some where other acts are under way (PostgreSQL). */
enum err_code snapshot_beyond(struct op *op, struct snapshot *snap, int64_t after, int64_t most,
                              int64_t *ret) MUST_CHECK;

/* @p sql is an enum sql_id of the generated sql_queries.h. */
enum err_code snapshot_prepare(struct op *op, struct snapshot *snap, int sql,
                               struct stmt **ret) MUST_CHECK;
/* The one number of a statement without parameters; of a view of its own with @p snap NULL. */
enum err_code snapshot_number(struct op *op, struct snapshot *snap, int sql,
                              int64_t *ret) MUST_CHECK;
/* For lists: text put together from fragments of sql/queries only, never from input. */
enum err_code snapshot_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                    struct stmt **ret) MUST_CHECK;
/* The text of a statement or fragment, as the engine behind this store has it. */
const char *store_sql(const struct store *store, int sql);
void stmt_closep(struct stmt **stmt);

/* Parameters are $1, $2 …; a missing bind is NULL. Text and bytes must live until the step. */
enum err_code stmt_bind_int64(struct op *op, struct stmt *s, int n, int64_t value) MUST_CHECK;
enum err_code stmt_bind_text(struct op *op, struct stmt *s, int n,
                             const char *text) MUST_CHECK; /* NULL: SQL NULL */
enum err_code stmt_bind_blob(struct op *op, struct stmt *s, int n, const void *bytes,
                             size_t size) MUST_CHECK;

enum err_code stmt_step(struct op *op, struct stmt *s, bool *ret_row) MUST_CHECK;
/* Steps to the only row wanted; ERR_NOT_FOUND when there is none. */
enum err_code stmt_one_row(struct op *op, struct stmt *s) MUST_CHECK;
/* The one number of a statement whose parameters are bound. */
enum err_code stmt_one_number(struct op *op, struct stmt *s, int64_t *ret) MUST_CHECK;
/* Back to before the first row, binds kept. */
void stmt_reset(struct stmt *s);

/* Columns count from 0 and live until the next step; the _dup forms copy into op->arena. */
bool stmt_is_null(struct stmt *s, int column);
int64_t stmt_int64(struct stmt *s, int column);    /* 0 for NULL */
const char *stmt_text(struct stmt *s, int column); /* NULL for NULL */
const void *stmt_blob(struct stmt *s, int column, size_t *ret_size);
char *stmt_text_dup(struct op *op, struct stmt *s, int column);

/* ---- writing ---- */

enum store_queue { QUEUE_INTERACTIVE, QUEUE_BULK }; /* bulk runs in slices of at most 10 ms */

struct changes; /* store/changes.h */

/**
 * Applies a change set in one transaction, durably. Blocks until its batch is committed.
 * May be called again with the same set after ERR_BUSY.
 * @return ERR_CONFLICT or the code given with the statement whose row count was not the expected
 *         one (nothing of the set was applied); ERR_STORE_FULL; ERR_BUSY when the queue is full;
 *         ERR_UNCERTAIN when COMMIT failed with an I/O error: only the idempotency key can tell.
 */
enum err_code store_apply(struct op *op, struct changes *changes,
                          enum store_queue queue) MUST_CHECK;

/* Waits until nothing is queued and the write-ahead log is checkpointed (tests, before a copy). */
enum err_code store_settle(struct op *op) MUST_CHECK;

/* Ends what `filling` puts off: makes the indexes that were dropped for it, if any. Nobody else
 * reads or writes meanwhile. Without it the next opening of the store does so. */
enum err_code store_filled(struct op *op) MUST_CHECK;

/* ---- backup ---- */

/* Called with pages or rows done and in all, about ten times a second; false stops the backup. */
typedef bool store_progress_fn(void *arg, int64_t done, int64_t total);

/**
 * Writes one file with the database (from one snapshot, while serving) and the sealed files;
 * neither keys nor index.db. @return ERR_INVALID where @p path exists.
 */
enum err_code store_backup(struct op *op, const char *path, store_progress_fn *progress,
                           void *arg) MUST_CHECK;
/* Unpacks a backup into an empty or missing folder; the keys come by key_import. @p into_shared:
 * store_load follows. @return ERR_INVALID for a backup of PostgreSQL without it: its events are
 * numbered as SQLite does not number them. */
enum err_code store_restore(const char *path, const char *dir, bool into_shared,
                            struct err *err) MUST_CHECK;
/* Takes back what store_restore put into the folder, where a later step failed; a restore that
 * fails by itself has done so. */
void store_restore_undo(const char *dir);
/* Takes what was unpacked in options->dir, of whichever engine, into the empty PostgreSQL database
 * options->database, in one transaction: ids, numbers, events and hashes stay. The folder keeps its
 * keys. @p progress gets rows. @return ERR_CONFLICT when the database is not empty. */
enum err_code store_load(const struct store_options *options, store_progress_fn *progress,
                         void *arg, struct err *err) MUST_CHECK;

#endif
