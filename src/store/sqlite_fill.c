/* Filling a new store: secondary indexes of the tables that most of it goes to are dropped first
 * and made in one go behind it, for rows that come in no order of theirs alter a page of each
 * index, and each of these pages is written again and again.
 *
 * What is put off stands in the table index_put_off, written in the transaction that drops it, so
 * that a store whose filling ended early has its indexes again at its next opening. */
#include "store/sqlite_engine.h"

#include "base/text.h"

#define INDEX_NAME 64
#define FIRST "SELECT name, definition FROM index_put_off ORDER BY name LIMIT 1"

struct put_off {
    char name[INDEX_NAME];
    char definition[1024];
};

/* The first row of @p sql, two texts; ERR_NOT_FOUND when there is none. */
static enum err_code first_of(struct conn *conn, const char *sql, struct put_off *ret,
                              struct err *err)
{
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(conn->db, sql, -1, &raw, NULL);
    enum err_code code = ERR_OK;

    if (rc == SQLITE_OK)
        rc = sqlite3_step(raw);
    if (rc == SQLITE_DONE)
        code = ERR_NOT_FOUND;
    else if (rc != SQLITE_ROW)
        code = sqlite_error(err, conn->db, rc, sql);
    else if (sqlite3_column_bytes(raw, 0) >= (int)sizeof ret->name ||
             sqlite3_column_bytes(raw, 1) >= (int)sizeof ret->definition)
        code = err_set(err, ERR_INTERNAL, "an index of a longer name or definition");
    if (code == ERR_OK) {
        snprintf(ret->name, sizeof ret->name, "%s", (const char *)sqlite3_column_text(raw, 0));
        snprintf(ret->definition, sizeof ret->definition, "%s",
                 (const char *)sqlite3_column_text(raw, 1));
    }
    sqlite3_finalize(raw);
    return code;
}

static enum err_code drop_all(struct conn *conn, struct err *err)
{
    char drop[INDEX_NAME + 16];
    struct put_off one;
    enum err_code rc;

    TRY(conn_exec(conn,
                  "INSERT INTO index_put_off (name, definition) SELECT name, sql FROM "
                  "sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE INDEX %' AND "
                  "tbl_name IN ('matter', 'event', 'person', 'scan', 'queue')",
                  err));
    while ((rc = first_of(conn,
                          "SELECT name, definition FROM index_put_off WHERE name IN (SELECT name "
                          "FROM sqlite_schema WHERE type = 'index') LIMIT 1",
                          &one, err)) == ERR_OK) {
        snprintf(drop, sizeof drop, "DROP INDEX %s", one.name);
        TRY(conn_exec(conn, drop, err));
    }
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

/* The first of them; nothing but the making of an index is ever run from a table. */
static enum err_code make_one(struct conn *conn, const struct put_off *one, struct err *err)
{
    if (!text_starts(one->definition, "CREATE INDEX ") || strchr(one->definition, ';') != NULL)
        return err_set(err, ERR_CONFLICT, "index_put_off: %s is no index", one->name);
    TRY(conn_exec(conn, one->definition, err));
    return conn_exec(
        conn, "DELETE FROM index_put_off WHERE name = (SELECT min(name) FROM index_put_off)", err);
}

static enum err_code ended(struct conn *conn, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK)
        rc = conn_exec(conn, "COMMIT", err);
    if (rc != ERR_OK && sqlite3_get_autocommit(conn->db) == 0)
        sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

enum err_code fill_begin(struct conn *conn, struct err *err)
{
    TRY(conn_exec(conn, "BEGIN IMMEDIATE", err));
    return ended(conn, drop_all(conn, err), err);
}

/* Rows are sorted in files where memory does not hold them, on two cores. */
static enum err_code make_all(struct sqlite_engine *e, struct conn *conn, struct err *err)
{
    struct put_off one;
    enum err_code rc;

    TRY(conn_exec(conn, "PRAGMA temp_store = FILE; PRAGMA threads = 2;", err));
    while ((rc = first_of(conn, FIRST, &one, err)) == ERR_OK) {
        TRY(conn_exec(conn, "BEGIN IMMEDIATE", err));
        TRY(ended(conn, make_one(conn, &one, err), err));
        TRY(writer_checkpoint_all(e, err));
    }
    return rc == ERR_NOT_FOUND
               ? conn_exec(conn, "PRAGMA temp_store = MEMORY; PRAGMA threads = 0;", err)
               : rc;
}

enum err_code fill_end(struct sqlite_engine *e, struct conn *conn, struct err *err)
{
    int64_t n = 0;

    TRY(conn_number(conn,
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                    "name = 'index_put_off'",
                    &n, err));
    if (n > 0)
        TRY(conn_number(conn, "SELECT count(*) FROM index_put_off", &n, err));
    return n == 0 ? ERR_OK : make_all(e, conn, err);
}

enum err_code sqlite_filled(struct engine *engine, struct err *err)
{
    struct sqlite_engine *e = (struct sqlite_engine *)engine;
    enum err_code rc;

    writer_stop(e); /* its connection is ours meanwhile */
    rc = e->writer.conn == NULL ? err_set(err, ERR_STORE_FULL, "not writing")
                                : fill_end(e, e->writer.conn, err);
    if (rc == ERR_OK)
        rc = writer_start(e, err);
    return rc;
}
