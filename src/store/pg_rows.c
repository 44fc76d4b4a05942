/* Rows by COPY in binary form: what a restore, a new index and large sets send. */
#include "store/pg_engine.h"

#include <endian.h>

#define PIECE_BYTES ((size_t)256 << 10)
#define PIECE_MAX ((size_t)1 << 30) /* what one row may have */
#define COPY_HEAD "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"

static void add_be32(struct buf *b, uint32_t n)
{
    uint32_t big = htobe32(n);

    buf_add(b, &big, sizeof big);
}

enum err_code pg_rows_begin(struct pg_rows *rows, struct pg_conn *conn, const char *sql,
                            struct err *err)
{
    PGresult *r = PQexec(conn->raw, sql);
    bool ready = PQresultStatus(r) == PGRES_COPY_IN;

    *rows = (struct pg_rows){.conn = conn, .what = sql};
    if (!ready)
        (void)pg_error(err, conn, r, sql);
    PQclear(r);
    if (!ready)
        return err->code;
    buf_init(&rows->piece, PIECE_MAX);
    buf_add(&rows->piece, COPY_HEAD, sizeof COPY_HEAD - 1);
    return ERR_OK;
}

void pg_rows_row(struct pg_rows *rows, size_t n_values)
{
    uint16_t big = htobe16((uint16_t)n_values);

    buf_add(&rows->piece, &big, sizeof big);
}

void pg_rows_int(struct pg_rows *rows, int64_t number)
{
    uint64_t big = htobe64((uint64_t)number);

    add_be32(&rows->piece, sizeof big);
    buf_add(&rows->piece, &big, sizeof big);
}

void pg_rows_bytes(struct pg_rows *rows, const void *bytes, size_t n)
{
    add_be32(&rows->piece, (uint32_t)n);
    if (n > 0)
        buf_add(&rows->piece, bytes, n);
}

void pg_rows_value(struct pg_rows *rows, const struct value *v)
{
    switch (v->kind) {
    case VALUE_NULL:
        add_be32(&rows->piece, UINT32_MAX);
        break;
    case VALUE_INT:
        pg_rows_int(rows, v->is.number);
        break;
    case VALUE_TEXT:
    case VALUE_BLOB:
        pg_rows_bytes(rows, v->is.bytes, v->size);
        break;
    }
}

static enum err_code send_piece(struct pg_rows *rows, struct err *err)
{
    struct buf *b = &rows->piece;

    if (b->failed)
        return err_set(err, ERR_NO_MEMORY, "no memory for rows");
    if (b->len > 0 && PQputCopyData(rows->conn->raw, b->data, (int)b->len) != 1)
        return pg_error(err, rows->conn, NULL, rows->what);
    buf_reset(b);
    return ERR_OK;
}

enum err_code pg_rows_send(struct pg_rows *rows, struct err *err)
{
    return rows->piece.len < PIECE_BYTES && !rows->piece.failed ? ERR_OK : send_piece(rows, err);
}

/* What the server says of the rows; it must be asked until it is done. */
enum err_code pg_rows_end(struct pg_rows *rows, struct err *err)
{
    const uint16_t end = UINT16_MAX;
    enum err_code rc = ERR_OK;
    PGresult *r;

    buf_add(&rows->piece, &end, sizeof end);
    TRY(send_piece(rows, err));
    if (PQputCopyEnd(rows->conn->raw, NULL) != 1)
        return pg_error(err, rows->conn, NULL, rows->what);
    while ((r = PQgetResult(rows->conn->raw)) != NULL) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK && rc == ERR_OK)
            rc = pg_error(err, rows->conn, r, rows->what);
        PQclear(r);
    }
    return rc;
}

void pg_rows_release(struct pg_rows *rows)
{
    buf_release(&rows->piece);
}
