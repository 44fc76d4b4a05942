/* A backup's database into an empty one of PostgreSQL: all rows and files in one transaction, so
 * that there is everything or nothing. */
#include "store/pg_engine.h"

#include "base/buf.h"
#include "base/text.h"
#include "store/archive.h"
#include "store/files.h"

#define COLUMNS_MAX 100

/* Columns that number themselves go on behind what is there. */
#define SET_IDENTITIES                                                                             \
    "DO $$ DECLARE c record; BEGIN FOR c IN SELECT attrelid::regclass AS t, attname FROM "         \
    "pg_attribute WHERE attidentity <> '' AND pg_table_is_visible(attrelid) LOOP "                 \
    "EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, %L), (SELECT coalesce(max(%I), 0) "  \
    "+ 1 FROM %s), false)', c.t, c.attname, c.attname, c.t); END LOOP; END $$"

struct loading {
    struct pg_conn *conn;
    struct archive *from;
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

static enum err_code send_rows(struct loading *l, struct pg_rows *to, int n, struct err *err)
{
    struct value row[COLUMNS_MAX];
    bool more;

    for (;;) {
        TRY(archive_get(l->from, row, &more, err));
        if (!more)
            break;
        pg_rows_row(to, (size_t)n);
        for (int i = 0; i < n; i++)
            pg_rows_value(to, &row[i]);
        l->done++;
        TRY(pg_rows_send(to, err));
        TRY(tell(l, false, err));
    }
    return pg_rows_end(to, err);
}

static enum err_code load_table(struct loading *l, size_t i, struct err *err)
{
    const struct archive_table *t = archive_table(l->from, i);
    CLEANUP(buf_release) struct buf sql = BUF_UP_TO((size_t)64 << 10);
    CLEANUP(pg_rows_release) struct pg_rows rows = {.conn = NULL};

    if (t->n > COLUMNS_MAX)
        return err_set(err, ERR_INTERNAL, "%s has %d columns", t->name, t->n);
    buf_addf(&sql, "COPY \"%s\" (%s) FROM STDIN (FORMAT binary)",
             strcmp(t->name, "tally") == 0 ? "tally_kept" : t->name, t->columns);
    TRY(archive_begin_get(l->from, i, err));
    TRY(pg_rows_begin(&rows, l->conn, buf_text(&sql), err));
    return send_rows(l, &rows, t->n, err); /* on failure the connection is closed with its copy */
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
    rc = load_all(&l, dir, err);
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
