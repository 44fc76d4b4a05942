/* The write-ahead log's file, written in large pieces.
 *
 * SQLite writes each frame of the log by two calls, 24 bytes of header and the page; a commit of
 * twenty filings is 250 calls. Here the frames of a transaction are held and written by one call.
 * Nothing is held past the moment from which anybody counts on it: a commit's last frame says in
 * its header how large the database is now, and from that header on all goes through at once; so it
 * does before whatever else is done with the file. What a transaction holds before its commit is of
 * use to this connection alone, which reads it through the same file. */
#include "store/sqlite_engine.h"

#define HELD_MAX 131071 /* as much as the usual VFS writes at once */
#define HEADER_BYTES 24
#define PREFIX "log-over-"
#define SIZE_AT 4 /* of the database in pages, big endian; 0: not the last frame of a commit */

struct log_file {
    sqlite3_file base;
    unsigned char *held;
    int n;
    bool through; /* a commit's last frame has begun */
    sqlite3_int64 offset;
    sqlite3_file real[]; /* of as many bytes as its VFS says */
};

struct log_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *real;
    char name[];
};

static struct log_file *of(sqlite3_file *f)
{
    return (struct log_file *)f;
}

static int let_go(struct log_file *f)
{
    int n = f->n;

    f->n = 0;
    return n == 0 ? SQLITE_OK : f->real->pMethods->xWrite(f->real, f->held, n, f->offset);
}

static bool begins_last_frame(const unsigned char *header)
{
    static const unsigned char none[4];

    return memcmp(header + SIZE_AT, none, sizeof none) != 0;
}

static int log_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
    struct log_file *f = of(file);

    if (n == HEADER_BYTES)
        f->through = begins_last_frame(bytes);
    if (offset != f->offset + f->n || n > HELD_MAX - f->n) {
        int rc = let_go(f);

        if (rc != SQLITE_OK)
            return rc;
        f->offset = offset;
    }
    if (f->held == NULL && (f->held = malloc(HELD_MAX)) == NULL) /* as SQLite would do it */
        return f->real->pMethods->xWrite(f->real, bytes, n, offset);
    memcpy(f->held + f->n, bytes, (size_t)n);
    f->n += n;
    return f->through ? let_go(f) : SQLITE_OK;
}

/* What is still held belongs to a transaction that never commits. */
static int log_close(sqlite3_file *file)
{
    struct log_file *f = of(file);

    free(f->held);
    return f->real->pMethods->xClose(f->real);
}

static int log_read(sqlite3_file *file, void *ret, int n, sqlite3_int64 offset)
{
    struct log_file *f = of(file);
    int rc = let_go(f);

    return rc == SQLITE_OK ? f->real->pMethods->xRead(f->real, ret, n, offset) : rc;
}

static int log_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct log_file *f = of(file);
    int rc = let_go(f);

    return rc == SQLITE_OK ? f->real->pMethods->xTruncate(f->real, size) : rc;
}

static int log_sync(sqlite3_file *file, int flags)
{
    struct log_file *f = of(file);
    int rc = let_go(f);

    return rc == SQLITE_OK ? f->real->pMethods->xSync(f->real, flags) : rc;
}

static int log_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    struct log_file *f = of(file);
    int rc = let_go(f);

    return rc == SQLITE_OK ? f->real->pMethods->xFileSize(f->real, ret) : rc;
}

static int log_control(sqlite3_file *file, int what, void *arg)
{
    struct log_file *f = of(file);
    int rc = let_go(f);

    return rc == SQLITE_OK ? f->real->pMethods->xFileControl(f->real, what, arg) : rc;
}

static int log_sector(sqlite3_file *file)
{
    return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

static int log_traits(sqlite3_file *file)
{
    return of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real);
}

static int log_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *ret)
{
    /* Locks and shared memory belong to the database's file: SQLite asks neither of the log's. */
    static const sqlite3_io_methods methods = {
        .iVersion = 1,
        .xClose = log_close,
        .xRead = log_read,
        .xWrite = log_write,
        .xTruncate = log_truncate,
        .xSync = log_sync,
        .xFileSize = log_size,
        .xFileControl = log_control,
        .xSectorSize = log_sector,
        .xDeviceCharacteristics = log_traits,
    };
    sqlite3_vfs *real = ((struct log_vfs *)vfs)->real;
    struct log_file *f = of(file);
    int rc;

    if ((flags & SQLITE_OPEN_WAL) == 0)
        return real->xOpen(real, path, file, flags, ret);
    *f = (struct log_file){.base.pMethods = NULL};
    rc = real->xOpen(real, path, f->real, flags, ret);
    if (f->real->pMethods != NULL)
        f->base.pMethods = &methods;
    return rc;
}

const char *log_vfs(const char *under)
{
    sqlite3_vfs *real = sqlite3_vfs_find(under), *known;
    struct log_vfs *vfs;
    size_t n;

    if (real == NULL)
        return NULL;
    n = strlen(PREFIX) + strlen(real->zName) + 1;
    vfs = calloc(1, sizeof *vfs + n);
    if (vfs == NULL)
        return NULL;
    snprintf(vfs->name, n, PREFIX "%s", real->zName);
    known = sqlite3_vfs_find(vfs->name);
    if (known != NULL) {
        free(vfs);
        return known->zName;
    }
    vfs->base = *real; /* all but opening is as it was */
    vfs->base.zName = vfs->name;
    vfs->base.szOsFile = (int)sizeof(struct log_file) + real->szOsFile;
    vfs->base.xOpen = log_open;
    vfs->real = real;
    if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK) {
        free(vfs);
        return NULL;
    }
    return vfs->name; /* stays for the life of the process, as every VFS does */
}
