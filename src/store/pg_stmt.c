/* Statements of a snapshot: binding, stepping, columns. Answers come in binary form, whole; only in
 * a long snapshot (verify) a statement without parameters comes in pieces through a cursor. Where
 * the text of a list is put out of the cache (pg_prepare_text) before it ran, it is prepared again
 * by its own text. */
#include "store/pg_engine.h"

#include "base/buf.h"
#include "base/text.h"

#define PIECE_ROWS "2000"

enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_NUMERIC = 1700
};

static struct pg_stmt *pg_stmt_of(struct stmt *s)
{
    return (struct pg_stmt *)s;
}

const char *pg_sql_of(const struct stmt *s)
{
    return ((const struct pg_stmt *)s)->sql;
}

/* ---- running ---- */

static void drop_result(struct pg_stmt *s)
{
    pg_clearp(&s->result);
    free((void *)s->numbers_shown);
    s->numbers_shown = NULL;
    s->row = -1;
}

void pg_reset(struct stmt *stmt)
{
    struct pg_stmt *s = pg_stmt_of(stmt);
    char command[32];

    drop_result(s);
    s->ran = false;
    if (s->cursor != 0 && PQtransactionStatus(s->conn->raw) == PQTRANS_INTRANS) {
        snprintf(command, sizeof command, "CLOSE c%u", s->cursor);
        PQclear(PQexec(s->conn->raw, command));
    }
    s->cursor = 0;
}

void pg_stmt_close(struct stmt *stmt)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    pg_reset(stmt);
    s->conn->stmts_open--;
    free(s->own);
    free(s);
}

static enum err_code fetch(struct op *op, struct pg_stmt *s)
{
    char command[64];

    drop_result(s);
    snprintf(command, sizeof command, "FETCH " PIECE_ROWS " FROM c%u", s->cursor);
    s->result = PQexecParams(s->conn->raw, command, 0, NULL, NULL, NULL, NULL, 1);
    return PQresultStatus(s->result) == PGRES_TUPLES_OK
               ? ERR_OK
               : pg_error(&op->err, s->conn, s->result, s->sql);
}

static enum err_code open_cursor(struct op *op, struct pg_stmt *s)
{
    CLEANUP(buf_release) struct buf command = BUF_UP_TO((size_t)1 << 16);

    s->cursor = ++s->conn->serial;
    buf_addf(&command, "DECLARE c%u BINARY NO SCROLL CURSOR FOR %s", s->cursor, s->sql);
    TRY(pg_exec(s->conn, buf_text(&command), NULL, &op->err));
    return fetch(op, s);
}

static enum err_code run(struct op *op, struct pg_stmt *s)
{
    ExecStatusType status;

    s->ran = true;
    s->row = -1;
    if (s->conn->long_read && s->n == 0)
        return open_cursor(op, s);
    if (s->own != NULL) /* still prepared, or again */
        TRY(pg_prepare_text(s->conn, s->sql, s->name, &s->n, &op->err));
    s->result = PQexecPrepared(s->conn->raw, s->name, s->n, s->values, s->sizes, s->formats, 1);
    status = PQresultStatus(s->result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK
               ? ERR_OK
               : pg_error(&op->err, s->conn, s->result, s->sql);
}

enum err_code pg_step(struct op *op, struct stmt *stmt, bool *ret_row)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    *ret_row = false;
    if (!s->ran)
        TRY(run(op, s));
    if (s->result == NULL) /* it failed before, or is through */
        return ERR_OK;
    s->row++;
    if (s->row >= PQntuples(s->result) && s->cursor != 0 && PQntuples(s->result) > 0) {
        TRY(fetch(op, s));
        s->row = 0;
    }
    *ret_row = s->row < PQntuples(s->result);
    return ERR_OK;
}

/* ---- binding ---- */

static bool uses(const struct pg_stmt *s, int n)
{
    return n >= 1 && n <= s->n;
}

enum err_code pg_bind_int64(struct op *op, struct stmt *stmt, int n, int64_t value)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    (void)op;
    if (!uses(s, n))
        return ERR_OK;
    snprintf(s->numbers[n - 1], sizeof s->numbers[0], "%lld", (long long)value);
    s->values[n - 1] = s->numbers[n - 1];
    s->formats[n - 1] = 0;
    return ERR_OK;
}

enum err_code pg_bind_text(struct op *op, struct stmt *stmt, int n, const char *text)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    (void)op;
    if (!uses(s, n))
        return ERR_OK;
    s->values[n - 1] = text;
    s->formats[n - 1] = 0;
    return ERR_OK;
}

enum err_code pg_bind_blob(struct op *op, struct stmt *stmt, int n, const void *bytes, size_t size)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    if (!uses(s, n))
        return ERR_OK;
    if (size > INT32_MAX)
        return err_set(&op->err, ERR_TOO_LARGE, "a value of %zu bytes", size);
    s->values[n - 1] = bytes;
    s->sizes[n - 1] = (int)size;
    s->formats[n - 1] = 1;
    return ERR_OK;
}

/* ---- columns ---- */

static uint64_t big_endian(const unsigned char *p, int n)
{
    uint64_t v = 0;

    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

/* A numeric without fraction: sums of big integers are such. */
static int64_t numeric_int64(const unsigned char *p, int size)
{
    int digits = size < 8 ? 0 : (int)big_endian(p, 2);
    int weight = size < 8 ? 0 : (int16_t)big_endian(p + 2, 2);
    bool negative = size >= 8 && big_endian(p + 4, 2) == 0x4000;
    int64_t value = 0;

    for (int i = 0; i <= weight; i++)
        if (__builtin_mul_overflow(value, 10000, &value) ||
            __builtin_add_overflow(
                value,
                i < digits && 8 + 2 * i + 2 <= size ? (int64_t)big_endian(p + 8 + 2 * i, 2) : 0,
                &value))
            return negative ? INT64_MIN : INT64_MAX;
    return negative ? -value : value;
}

int64_t pg_result_int64(const PGresult *result, int row, int column)
{
    const unsigned char *p = (const unsigned char *)PQgetvalue(result, row, column);
    int size = PQgetlength(result, row, column);
    int64_t value = 0;

    if (PQgetisnull(result, row, column))
        return 0;
    switch (PQftype(result, column)) {
    case OID_INT8:
        return (int64_t)big_endian(p, 8);
    case OID_INT4:
        return (int32_t)big_endian(p, 4);
    case OID_INT2:
        return (int16_t)big_endian(p, 2);
    case OID_BOOL:
        return p[0] != 0;
    case OID_NUMERIC:
        return numeric_int64(p, size);
    default:
        return text_int64((const char *)p, &value) ? value : 0;
    }
}

static bool is_number(const struct pg_stmt *s, int column)
{
    switch (PQftype(s->result, column)) {
    case OID_INT8:
    case OID_INT4:
    case OID_INT2:
    case OID_BOOL:
    case OID_NUMERIC:
        return true;
    default:
        return false;
    }
}

bool pg_is_null(struct stmt *stmt, int column)
{
    const struct pg_stmt *s = pg_stmt_of(stmt);

    return s->result == NULL || s->row < 0 || s->row >= PQntuples(s->result) ||
           PQgetisnull(s->result, s->row, column);
}

int64_t pg_number_at(struct stmt *stmt, int column)
{
    const struct pg_stmt *s = pg_stmt_of(stmt);

    return pg_is_null(stmt, column) ? 0 : pg_result_int64(s->result, s->row, column);
}

/* A number as its digits; each column has a place of its own until the next step. */
static const char *shown(struct pg_stmt *s, int column)
{
    if (s->numbers_shown == NULL)
        s->numbers_shown = calloc((size_t)PQnfields(s->result), sizeof *s->numbers_shown);
    if (s->numbers_shown == NULL)
        return NULL;
    snprintf(s->numbers_shown[column], sizeof *s->numbers_shown, "%lld",
             (long long)pg_result_int64(s->result, s->row, column));
    return s->numbers_shown[column];
}

const char *pg_text_at(struct stmt *stmt, int column)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    if (pg_is_null(stmt, column))
        return NULL;
    return is_number(s, column) ? shown(s, column) : PQgetvalue(s->result, s->row, column);
}

const void *pg_blob_at(struct stmt *stmt, int column, size_t *ret_size)
{
    struct pg_stmt *s = pg_stmt_of(stmt);
    const char *text = pg_text_at(stmt, column);

    *ret_size = text == NULL           ? 0
                : is_number(s, column) ? strlen(text)
                                       : (size_t)PQgetlength(s->result, s->row, column);
    return text;
}

enum value_kind pg_value_at(struct stmt *stmt, int column, int64_t *ret_number,
                            const void **ret_bytes, size_t *ret_size)
{
    struct pg_stmt *s = pg_stmt_of(stmt);

    if (pg_is_null(stmt, column))
        return VALUE_NULL;
    if (is_number(s, column)) {
        *ret_number = pg_number_at(stmt, column);
        return VALUE_INT;
    }
    *ret_bytes = pg_blob_at(stmt, column, ret_size);
    return PQftype(s->result, column) == OID_BYTEA ? VALUE_BLOB : VALUE_TEXT;
}
