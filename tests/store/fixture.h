/* A store in a temporary folder, units of work on it, and change sets shaped like real ones. The
 * engine is SQLite, or PostgreSQL where FANGXIN_TEST_DATABASE names a server
 * (tests/postgres/server.py): there each folder has a database of its own. */
#ifndef FANGXIN_TESTS_STORE_FIXTURE_H
#define FANGXIN_TESTS_STORE_FIXTURE_H

#include "sql/sql_queries.h"
#include "store/changes_internal.h"
#include "store/index.h"
#include "store/jobs.h"
#include "store/verify.h"

#define TEST_NOW INT64_C(1760000000000) /* 2025-10-09 */
#define TEST_MONTH 309                  /* its month index */

struct fixture {
    char dir[256];
    struct store *store;
    const char *vfs;
    unsigned log_pages;
    bool no_sync, filling;
    const char *cipher; /* of a new store; NULL: the usual one */
    char database[400]; /* its URL; "": SQLite */
};

/* Whether the suite runs on PostgreSQL. */
bool on_postgres(void);
/* From here on folders have SQLite in them, or again what the environment says. */
void databases_off(bool on_sqlite);

/* An empty folder of its own below $TMPDIR, /dev/shm or /tmp, and an empty database. */
void fixture_folder(struct fixture *f);
enum err_code fixture_open(struct fixture *f, struct err *err) MUST_CHECK;
/* Folder and store; ends the process when it fails. */
void fixture_start(struct fixture *f);
void fixture_reopen(struct fixture *f);
void fixture_close(struct fixture *f); /* the folder stays */
void fixture_end(struct fixture *f);   /* folder and database go */
void remove_folder(const char *path);
/* Makes an empty database at the tests' server, and its URL; ends the process when it fails.
 * @p options behind CREATE DATABASE name. */
void database_make(const char *options, char *ret_url, size_t size);
void database_drop(const char *url); /* "" is fine */
/* Runs commands on a database, beside the store. */
void database_run(const char *url, const char *sql);

/* A unit of work; arena and all end with op_end. */
struct op *op_start(struct fixture *f);
void op_end(struct op *op);
void op_endp(struct op **op);
#define OP(name, f) CLEANUP(op_endp) struct op *name = op_start(f)

struct filing {
    int64_t id;
    const char *facts, *name, *phone;
    const char *key;                /* of idempotency; NULL: none */
    const struct blob *blob;        /* NULL: none */
    bool report;                    /* a reporter instead of a consumer */
    unsigned char head[HASH_BYTES]; /* out: hash of the event */
};

/* What a complaint writes: event, matter, text, person, two deadlines, two queue rows, tallies. */
struct changes *filing_changes(struct op *op, struct filing *filing);
/* The next act on it: an event and the row with the version raised from @p version. */
struct changes *act_changes(struct op *op, int64_t id, int64_t version,
                            unsigned char head[HASH_BYTES]);

/* One number of a query without parameters; -1 when it fails. */
int64_t number_of(struct op *op, const char *sql);
/* How many findings verify has, and the tables named, joined by commas, in @p named. */
int64_t findings_of(struct op *op, char *named, size_t size);
/* The same, and ends the process with the findings printed when there are any. */
void assert_clean(struct op *op);

#endif
