/* A backup's database into an empty one of PostgreSQL: all rows and files in one transaction, so
 * that there is everything or nothing. */
#include "store/pg_engine.h"

#include <endian.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/archive.h"
#include "store/files.h"

#define COLUMNS_MAX 100
#define PIECE_BYTES ((size_t)256 << 10)
#define PIECE_MAX ((size_t)1 << 30) /* what one row may have */
#define COPY_HEAD "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"

/* Columns that number themselves go on behind what is there. */
#define SET_IDENTITIES                                                                             \
    "DO $$ DECLARE c record; BEGIN FOR c IN SELECT attrelid::regclass AS t, attname FROM "         \
    "pg_attribute WHERE attidentity <> '' AND pg_table_is_visible(attrelid) LOOP "                 \
    "EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), (SELECT coalesce(max(%I), 0) "  \
    "+ 1 FROM %s), false)', c.t, c.attname, c.attname, c.t); END LOOP; END $$"

struct loading {
    struct pg_conn *conn;
    struct archive *from;
    struct buf piece; /* rows as COPY takes them in binary form */
    store_progress_fn *progress;
    void *arg;
    int64_t done, total, told;
};

static enum err_code tell(struct loading *l, bool end, struct err *err)
{
    if (l->progress == NULL || (!end && monotonic_ms() - l->told < 100))
        return ERR_OK;
    l->told = monotonic_ms();
    return l->progress(l->arg, l->done, l->total)
               ? ERR_OK
               : err_set(err, ERR_CONFLICT, "the restore was stopped");
}

static void add_be32(struct buf *b, uint32_t n)
{
    uint32_t big = htobe32(n);

    buf_add(b, &big, sizeof big);
}

static void add_value(struct buf *b, const struct value *v)
{
    uint64_t big;

    switch (v->kind) {
    case VALUE_NULL:
        add_be32(b, UINT32_MAX);
        break;
    case VALUE_INT:
        big = htobe64((uint64_t)v->is.number);
        add_be32(b, sizeof big);
        buf_add(b, &big, sizeof big);
        break;
    case VALUE_TEXT:
    case VALUE_BLOB:
        add_be32(b, (uint32_t)v->size);
        if (v->size > 0)
            buf_add(b, v->is.bytes, v->size);
        break;
    }
}

static enum err_code send_piece(struct loading *l, struct err *err)
{
    if (l->piece.failed)
        return err_set(err, ERR_NO_MEMORY, "no memory for rows");
    if (l->piece.len > 0 && PQputCopyData(l->conn->raw, l->piece.data, (int)l->piece.len) != 1)
        return pg_error(err, l->conn, NULL, "send rows");
    buf_reset(&l->piece);
    return tell(l, false, err);
}

static enum err_code send_rows(struct loading *l, int n, struct err *err)
{
    struct value row[COLUMNS_MAX];
    uint16_t fields = htobe16((uint16_t)n), end = UINT16_MAX;
    bool more;

    buf_add(&l->piece, COPY_HEAD, sizeof COPY_HEAD - 1);
    for (;;) {
        TRY(archive_get(l->from, row, &more, err));
        if (!more)
            break;
        buf_add(&l->piece, &fields, sizeof fields);
        for (int i = 0; i < n; i++)
            add_value(&l->piece, &row[i]);
        l->done++;
        if (l->piece.len >= PIECE_BYTES)
            TRY(send_piece(l, err));
    }
    buf_add(&l->piece, &end, sizeof end);
    return send_piece(l, err);
}

/* What the server says of the rows; it must be asked until it is done. */
static enum err_code end_copy(struct loading *l, const char *table, struct err *err)
{
    enum err_code rc = ERR_OK;
    PGresult *r;

    if (PQputCopyEnd(l->conn->raw, NULL) != 1)
        return pg_error(err, l->conn, NULL, table);
    while ((r = PQgetResult(l->conn->raw)) != NULL) {
        if (PQresultStatus(r) != PGRES_COMMAND_OK && rc == ERR_OK)
            rc = pg_error(err, l->conn, r, table);
        PQclear(r);
    }
    return rc;
}

static enum err_code load_table(struct loading *l, size_t i, struct err *err)
{
    const struct archive_table *t = archive_table(l->from, i);
    CLEANUP(buf_release) struct buf sql = BUF_UP_TO((size_t)64 << 10);
    PGresult *r;
    bool ready;

    if (t->n > COLUMNS_MAX)
        return err_set(err, ERR_INTERNAL, "%s has %d columns", t->name, t->n);
    buf_addf(&sql, "COPY \"%s\" (%s) FROM STDIN (FORMAT binary)",
             strcmp(t->name, "tally") == 0 ? "tally_kept" : t->name, t->columns);
    r = PQexec(l->conn->raw, buf_text(&sql));
    ready = PQresultStatus(r) == PGRES_COPY_IN;
    if (!ready)
        (void)pg_error(err, l->conn, r, buf_text(&sql));
    PQclear(r);
    if (!ready)
        return err->code;
    TRY(archive_begin_get(l->from, i, err));
    TRY(send_rows(l, t->n, err)); /* the connection is closed with the copy under way */
    return end_copy(l, t->name, err);
}

/* ---- files ---- */

static enum err_code load_file(struct loading *l, const char *dir, const char *name,
                               struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *bytes = NULL;
    const struct store there = {.dir = (char *)(uintptr_t)dir};
    char path[PATH_BYTES];
    size_t n;
    enum err_code rc;

    if (!blob_path(&there, name, path, sizeof path))
        return ERR_OK; /* verify names it */
    rc = file_read(path, (size_t)1 << 30, &bytes, &n, err);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    TRY(rc);
    return pg_file_write(l->conn, name, bytes, n, err);
}

static enum err_code load_files(struct loading *l, const char *dir, struct err *err)
{
    struct value row[COLUMNS_MAX];
    size_t i = 0;
    bool more;

    while (i < archive_count(l->from) && strcmp(archive_table(l->from, i)->name, "blob") != 0)
        i++;
    TRY(archive_begin_get(l->from, i, err));
    for (;;) {
        char name[64];

        TRY(archive_get(l->from, row, &more, err));
        if (!more)
            return ERR_OK;
        snprintf(name, sizeof name, "%.*s", (int)row[0].size, (const char *)row[0].is.bytes);
        TRY(load_file(l, dir, name, err));
        TRY(tell(l, false, err));
    }
}

/* ---- all of it ---- */

static enum err_code load_all(struct loading *l, const char *dir, struct err *err)
{
    TRY(archive_total(l->from, &l->total, err));
    TRY(pg_exec(l->conn, "BEGIN", NULL, err));
    for (size_t i = 0; i < archive_count(l->from); i++)
        TRY(load_table(l, i, err));
    TRY(load_files(l, dir, err));
    TRY(pg_exec(l->conn, SET_IDENTITIES, NULL, err));
    TRY(pg_exec(l->conn, "COMMIT", NULL, err));
    TRY(pg_exec(l->conn, "ANALYZE", NULL, err));
    return tell(l, true, err);
}

static enum err_code load_into(struct pg_engine *e, struct archive *from, const char *dir,
                               store_progress_fn *progress, void *arg, struct err *err)
{
    struct loading l = {.from = from, .progress = progress, .arg = arg};
    enum err_code rc;

    if (!e->base.is_new)
        return err_set(err, ERR_CONFLICT,
                       "the database holds an installation already; restore wants an empty one");
    TRY(pg_take(e, &e->writers, &l.conn, err));
    buf_init(&l.piece, PIECE_MAX);
    rc = load_all(&l, dir, err);
    buf_release(&l.piece);
    pg_give(&e->writers, l.conn);
    return rc;
}

enum err_code pg_load(const struct store_options *options, const char *path,
                      store_progress_fn *progress, void *arg, struct err *err)
{
    CLEANUP(archive_closep) struct archive *from = NULL;
    struct store_options o = *options;
    struct store store = {.sql = options->sql};
    enum err_code rc;

    o.create = o.migrate = true;
    TRY(archive_open(path, options->sql, &from, err));
    TRY(pg_kind.open(&o, &store, err));
    rc = load_into((struct pg_engine *)store.engine, from, options->dir, progress, arg, err);
    pg_kind.close(store.engine);
    return rc;
}
