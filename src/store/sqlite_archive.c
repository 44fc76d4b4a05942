/* The file of an archive (archive.h). */
#include "store/archive.h"

#include "base/buf.h"
#include "store/sqlite_engine.h"

#define TABLES_MAX 200

struct archive {
    struct sqlite_engine engine; /* only what opening and migrating a file needs */
    struct conn *conn;
    sqlite3_stmt *rows; /* of the table under way */
    int n_columns;
    struct archive_table tables[TABLES_MAX];
    size_t n;
};

/* ---- the tables ---- */

static enum err_code list_text(struct conn *conn, const char *sql, const char *table, char **ret,
                               int *ret_n, struct err *err)
{
    CLEANUP(buf_release) struct buf names = BUF_UP_TO((size_t)64 << 10);
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(conn->db, sql, -1, &raw, NULL);

    *ret_n = 0;
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(raw, 1, table, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(raw);
        if (rc == SQLITE_ROW)
            buf_addf(&names, "%s\"%s\"", (*ret_n)++ == 0 ? "" : ", ", sqlite3_column_text(raw, 0));
    }
    sqlite3_finalize(raw);
    if (rc != SQLITE_DONE)
        return sqlite_error(err, conn->db, rc, "read the schema");
    *ret = names.failed ? NULL : strdup(buf_text(&names));
    return *ret == NULL ? err_set(err, ERR_NO_MEMORY, "no memory for the schema") : ERR_OK;
}

static enum err_code read_table(struct archive *a, const char *name, struct err *err)
{
    struct archive_table *t = &a->tables[a->n];
    int n_key;

    if (a->n == TABLES_MAX)
        return err_set(err, ERR_INTERNAL, "more than %d tables", TABLES_MAX);
    a->n++;
    t->name = strdup(name);
    if (t->name == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for the schema");
    TRY(list_text(a->conn, "SELECT name FROM pragma_table_info(?1) ORDER BY cid", name, &t->columns,
                  &t->n, err));
    return list_text(a->conn, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk",
                     name, &t->key, &n_key, err);
}

/* Each engine records its own migrations. */
static enum err_code read_tables(struct archive *a, struct err *err)
{
    sqlite3_stmt *raw = NULL;
    enum err_code rc = ERR_OK;
    int got = sqlite3_prepare_v2(a->conn->db,
                                 "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT "
                                 "LIKE 'sqlite_%' AND name <> 'schema_migration' ORDER BY name",
                                 -1, &raw, NULL);

    while (rc == ERR_OK && (got == SQLITE_OK || got == SQLITE_ROW)) {
        got = sqlite3_step(raw);
        if (got == SQLITE_ROW)
            rc = read_table(a, (const char *)sqlite3_column_text(raw, 0), err);
    }
    sqlite3_finalize(raw);
    if (rc != ERR_OK)
        return rc;
    return got == SQLITE_DONE ? ERR_OK : sqlite_error(err, a->conn->db, got, "read the schema");
}

size_t archive_count(const struct archive *a)
{
    return a->n;
}

const struct archive_table *archive_table(const struct archive *a, size_t i)
{
    return &a->tables[i];
}

enum err_code archive_total(struct archive *a, int64_t *ret, struct err *err)
{
    *ret = 0;
    for (size_t i = 0; i < a->n; i++) {
        char sql[200];
        int64_t n;

        snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%.100s\"", a->tables[i].name);
        TRY(conn_number(a->conn, sql, &n, err));
        *ret += n;
    }
    return ERR_OK;
}

/* ---- opening and closing ---- */

void archive_closep(struct archive **archive)
{
    struct archive *a = *archive;

    *archive = NULL;
    if (a == NULL)
        return;
    sqlite3_finalize(a->rows);
    conn_close(a->conn);
    for (size_t i = 0; i < a->n; i++) {
        free(a->tables[i].name);
        free(a->tables[i].columns);
        free(a->tables[i].key);
    }
    free(a->engine.path);
    free(a);
}

static enum err_code open_inside(struct archive *a, const struct store_options *o, struct err *err)
{
    TRY(conn_open(&a->engine, CONN_WRITER, o->create, &a->conn, err));
    TRY(sqlite_migrate(&a->engine, a->conn, o, err));
    TRY(read_tables(a, err));
    /* One file, without a log beside it; what syncs it is the container it goes into. */
    return conn_exec(a->conn,
                     "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = MEMORY;"
                     "PRAGMA synchronous = OFF; BEGIN",
                     err);
}

static enum err_code open_file(const char *path, const struct store_options *o,
                               struct archive **ret, struct err *err)
{
    CLEANUP(archive_closep) struct archive *a = calloc(1, sizeof *a);

    if (a == NULL || (a->engine.path = strdup(path)) == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for %s", path);
    TRY(open_inside(a, o, err));
    *ret = a;
    a = NULL;
    return ERR_OK;
}

enum err_code archive_make(const char *path, const struct embedded_file *sql, struct archive **ret,
                           struct err *err)
{
    return open_file(path, &(struct store_options){.sql = sql, .create = true, .migrate = true},
                     ret, err);
}

enum err_code archive_open(const char *path, const struct embedded_file *sql, struct archive **ret,
                           struct err *err)
{
    return open_file(path, &(struct store_options){.sql = sql, .migrate = true}, ret, err);
}

enum err_code archive_finish(struct archive *a, struct err *err)
{
    sqlite3_finalize(a->rows);
    a->rows = NULL;
    return conn_exec(a->conn, "COMMIT", err);
}

/* ---- rows ---- */

static enum err_code begin_rows(struct archive *a, size_t i, const char *sql, struct err *err)
{
    int rc;

    sqlite3_finalize(a->rows);
    a->rows = NULL;
    a->n_columns = a->tables[i].n;
    rc = sqlite3_prepare_v2(a->conn->db, sql, -1, &a->rows, NULL);
    return rc == SQLITE_OK ? ERR_OK : sqlite_error(err, a->conn->db, rc, sql);
}

enum err_code archive_begin_put(struct archive *a, size_t i, struct err *err)
{
    const struct archive_table *t = &a->tables[i];
    CLEANUP(buf_release) struct buf sql = BUF_UP_TO((size_t)64 << 10);

    buf_addf(&sql, "INSERT INTO \"%s\" (%s) VALUES (?", t->name, t->columns);
    for (int c = 1; c < t->n; c++)
        buf_adds(&sql, ", ?");
    buf_adds(&sql, ")");
    return begin_rows(a, i, buf_text(&sql), err);
}

enum err_code archive_put(struct archive *a, const struct value *values, struct err *err)
{
    int rc = SQLITE_OK;

    for (int c = 0; c < a->n_columns && rc == SQLITE_OK; c++) {
        const struct value *v = &values[c];

        if (v->kind == VALUE_INT)
            rc = sqlite3_bind_int64(a->rows, c + 1, v->is.number);
        else if (v->kind == VALUE_TEXT)
            rc = sqlite3_bind_text64(a->rows, c + 1, v->is.bytes, v->size, SQLITE_STATIC,
                                     SQLITE_UTF8);
        else if (v->kind == VALUE_BLOB)
            rc = sqlite3_bind_blob64(a->rows, c + 1, v->is.bytes, v->size, SQLITE_STATIC);
        else
            rc = sqlite3_bind_null(a->rows, c + 1);
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_step(a->rows);
    sqlite3_reset(a->rows);
    return rc == SQLITE_DONE ? ERR_OK : sqlite_error(err, a->conn->db, rc, "write the archive");
}

enum err_code archive_begin_get(struct archive *a, size_t i, struct err *err)
{
    const struct archive_table *t = &a->tables[i];
    CLEANUP(buf_release) struct buf sql = BUF_UP_TO((size_t)64 << 10);

    buf_addf(&sql, "SELECT %s FROM \"%s\"%s%s", t->columns, t->name,
             t->key[0] == '\0' ? "" : " ORDER BY ", t->key);
    return begin_rows(a, i, buf_text(&sql), err);
}

enum err_code archive_get(struct archive *a, struct value *ret, bool *ret_row, struct err *err)
{
    int rc = sqlite3_step(a->rows);

    *ret_row = rc == SQLITE_ROW;
    if (rc == SQLITE_DONE)
        return ERR_OK;
    if (rc != SQLITE_ROW)
        return sqlite_error(err, a->conn->db, rc, "read the archive");
    for (int c = 0; c < a->n_columns; c++) {
        int type = sqlite3_column_type(a->rows, c);

        if (type == SQLITE_NULL) {
            ret[c] = (struct value){.kind = VALUE_NULL};
        } else if (type == SQLITE_INTEGER) {
            ret[c] =
                (struct value){.kind = VALUE_INT, .is.number = sqlite3_column_int64(a->rows, c)};
        } else {
            ret[c].kind = type == SQLITE_TEXT ? VALUE_TEXT : VALUE_BLOB;
            ret[c].is.bytes = sqlite3_column_blob(a->rows, c);
            ret[c].size = (size_t)sqlite3_column_bytes(a->rows, c);
        }
    }
    return ERR_OK;
}
