/* Copying the write-ahead log back into the database; done by the writer and nobody else.
 *
 * PASSIVE after a batch when the log has grown by log_pages; it never waits for readers. When all
 * is copied and no reader stands in the way, the next commit starts the log anew by itself. Readers
 * that stay can keep it growing: above LOG_HIGH the writer asks for a restart (waits for readers a
 * moment), above LOG_TOO_HIGH it lets snapshots older than EXPIRE_MS go. Idle: everything is copied
 * and the log is cut to nothing. */
#include "store/sqlite_engine.h"

#define LOG_HIGH 4      /* times log_pages */
#define LOG_TOO_HIGH 12 /* times log_pages */
#define EXPIRE_MS 20000
#define PAGE_BYTES 4096
#define FRAME_BYTES (PAGE_BYTES + 24)

static int run(struct sqlite_engine *e, int mode)
{
    struct writer *w = &e->writer;
    int in_log = -1, copied = -1;
    int rc = sqlite3_wal_checkpoint_v2(w->conn->db, "main", mode, &in_log, &copied);

    w->next_copy = w->wal_pages + e->log_pages; /* until the log starts anew */
    if (in_log >= 0) {
        w->wal_pages = in_log;
        w->next_copy = in_log + e->log_pages;
        atomic_store(&e->wal_bytes, in_log == 0 ? 0 : 32 + (int64_t)in_log * FRAME_BYTES);
    }
    return rc;
}

/* Called by SQLite after each commit with the number of pages in the log. */
static int count_pages(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_engine *e = arg;

    (void)db;
    if (strcmp(name, "main") != 0)
        return SQLITE_OK;
    if (pages < e->writer.wal_pages)
        e->writer.next_copy = e->log_pages; /* the log started anew */
    e->writer.wal_pages = pages;
    atomic_store(&e->wal_bytes, 32 + (int64_t)pages * FRAME_BYTES);
    return SQLITE_OK;
}

void writer_count_log(struct sqlite_engine *e)
{
    sqlite3_wal_hook(e->writer.conn->db, count_pages, e);
}

void writer_checkpoint_start(struct sqlite_engine *e)
{
    run(e, SQLITE_CHECKPOINT_PASSIVE);
}

void writer_checkpoint(struct sqlite_engine *e, bool idle)
{
    struct writer *w = &e->writer;

    if (w->conn == NULL || w->wal_pages == 0)
        return;
    if (idle) {
        run(e, SQLITE_CHECKPOINT_TRUNCATE);
        return;
    }
    if (w->wal_pages < w->next_copy || w->wal_pages < e->log_pages)
        return;
    if (w->wal_pages / LOG_HIGH < e->log_pages) {
        run(e, SQLITE_CHECKPOINT_PASSIVE);
        return;
    }
    if (w->wal_pages / LOG_TOO_HIGH >= e->log_pages)
        pool_expire(e, EXPIRE_MS);
    run(e, SQLITE_CHECKPOINT_RESTART);
}

enum err_code writer_checkpoint_all(struct sqlite_engine *e, struct err *err)
{
    int rc;

    if (e->writer.conn == NULL)
        return err_set(err, ERR_STORE_FULL, "not writing");
    rc = run(e, SQLITE_CHECKPOINT_TRUNCATE);
    if ((rc & 0xff) == SQLITE_BUSY) /* a reader stands; all that could be copied was */
        return ERR_OK;
    return rc == SQLITE_OK ? ERR_OK : sqlite_error(err, e->writer.conn->db, rc, "checkpoint");
}
