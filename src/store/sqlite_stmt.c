/* Statements of a snapshot: binding, stepping, columns. */
#include "store/sqlite_engine.h"

static struct prepared *prepared_of(struct stmt *s)
{
    return (struct prepared *)s;
}

void sqlite_stmt_close(struct stmt *s)
{
    stmt_release(prepared_of(s));
}

const char *sqlite_sql_of(const struct stmt *s)
{
    return sqlite3_sql(((const struct prepared *)s)->raw);
}

/* Where $n stands; 0 when the statement does not use it, which is fine for lists. */
static int place_of(const struct prepared *s, int n)
{
    return n >= 1 && n <= PARAMS_MAX ? s->place[n] : 0;
}

static enum err_code bound(struct op *op, struct prepared *s, int rc)
{
    return rc == SQLITE_OK ? ERR_OK : sqlite_error(&op->err, s->conn->db, rc, "bind");
}

enum err_code sqlite_bind_int64(struct op *op, struct stmt *stmt, int n, int64_t value)
{
    struct prepared *s = prepared_of(stmt);
    int place = place_of(s, n);

    return place == 0 ? ERR_OK : bound(op, s, sqlite3_bind_int64(s->raw, place, value));
}

enum err_code sqlite_bind_text(struct op *op, struct stmt *stmt, int n, const char *text)
{
    struct prepared *s = prepared_of(stmt);
    int place = place_of(s, n);

    return place == 0 ? ERR_OK
                      : bound(op, s, sqlite3_bind_text(s->raw, place, text, -1, SQLITE_STATIC));
}

enum err_code sqlite_bind_blob(struct op *op, struct stmt *stmt, int n, const void *bytes,
                               size_t size)
{
    struct prepared *s = prepared_of(stmt);
    int place = place_of(s, n);

    return place == 0
               ? ERR_OK
               : bound(op, s, sqlite3_bind_blob64(s->raw, place, bytes, size, SQLITE_STATIC));
}

enum err_code sqlite_step(struct op *op, struct stmt *stmt, bool *ret_row)
{
    struct prepared *s = prepared_of(stmt);
    int rc;

    s->on_row = false;
    if (atomic_load_explicit(&s->conn->expired, memory_order_relaxed))
        return err_set(&op->err, ERR_BUSY, "the snapshot stood too long");
    rc = sqlite3_step(s->raw);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return sqlite_error(&op->err, s->conn->db, rc, sqlite3_sql(s->raw));
    s->on_row = rc == SQLITE_ROW;
    *ret_row = s->on_row;
    return ERR_OK;
}

void sqlite_reset(struct stmt *stmt)
{
    struct prepared *s = prepared_of(stmt);
    s->on_row = false;
    sqlite3_reset(s->raw);
}

bool sqlite_is_null(struct stmt *stmt, int column)
{
    struct prepared *s = prepared_of(stmt);
    return !s->on_row || sqlite3_column_type(s->raw, column) == SQLITE_NULL;
}

int64_t sqlite_number(struct stmt *stmt, int column)
{
    struct prepared *s = prepared_of(stmt);
    return s->on_row ? sqlite3_column_int64(s->raw, column) : 0;
}

const char *sqlite_text(struct stmt *stmt, int column)
{
    struct prepared *s = prepared_of(stmt);
    return s->on_row ? (const char *)sqlite3_column_text(s->raw, column) : NULL;
}

const void *sqlite_blob(struct stmt *stmt, int column, size_t *ret_size)
{
    struct prepared *s = prepared_of(stmt);
    const void *bytes = s->on_row ? sqlite3_column_blob(s->raw, column) : NULL;

    *ret_size = bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(s->raw, column);
    return bytes;
}

enum value_kind sqlite_value(struct stmt *stmt, int column, int64_t *ret_number,
                             const void **ret_bytes, size_t *ret_size)
{
    struct prepared *s = prepared_of(stmt);
    switch (s->on_row ? sqlite3_column_type(s->raw, column) : SQLITE_NULL) {
    case SQLITE_INTEGER:
        *ret_number = sqlite3_column_int64(s->raw, column);
        return VALUE_INT;
    case SQLITE_TEXT:
        *ret_bytes = sqlite3_column_text(s->raw, column);
        *ret_size = (size_t)sqlite3_column_bytes(s->raw, column);
        return VALUE_TEXT;
    case SQLITE_NULL:
        return VALUE_NULL;
    default: /* a real number has no place here: as its text, so that no checksum fits */
        *ret_bytes = sqlite3_column_blob(s->raw, column);
        *ret_size = (size_t)sqlite3_column_bytes(s->raw, column);
        return VALUE_BLOB;
    }
}
