/* The SQLite VFS "cut": the usual one, with the model told of all that would reach the disk. Syncs
 * are not passed on: the model decides what is durable, and the test need not wait for a disk. */
#include <sqlite3.h>
#include <string.h>

#include "disk.h"

struct cut_file {
    sqlite3_file base;
    const char *path; /* valid while it is open; NULL for temporary files */
    bool watched;
    bool first_sync_syncs_folder; /* as the usual VFS does for logs and journals */
    sqlite3_file real[];          /* of real_vfs()->szOsFile bytes */
};

static sqlite3_vfs *real_vfs(void)
{
    return sqlite3_vfs_find("unix");
}

static struct cut_file *of(sqlite3_file *f)
{
    return (struct cut_file *)f;
}

static int failure(enum disk_fault fault, int io_error)
{
    return fault == DISK_FULL ? SQLITE_FULL : io_error;
}

static int cut_close(sqlite3_file *f)
{
    return of(f)->real->pMethods == NULL ? SQLITE_OK : of(f)->real->pMethods->xClose(of(f)->real);
}

static int cut_read(sqlite3_file *f, void *to, int n, sqlite3_int64 offset)
{
    if (of(f)->watched && disk_is_cut())
        return SQLITE_IOERR_READ;
    return of(f)->real->pMethods->xRead(of(f)->real, to, n, offset);
}

static int cut_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 offset)
{
    struct cut_file *c = of(f);
    int rc;

    if (c->watched) {
        enum disk_fault fault = disk_operation(false);

        if (fault != DISK_WELL) {
            if (fault == DISK_FULL && n > 1) { /* some of it still went in */
                c->real->pMethods->xWrite(c->real, from, n / 2, offset);
                disk_wrote(c->path, from, (size_t)(n / 2), offset);
            }
            return failure(fault, SQLITE_IOERR_WRITE);
        }
    }
    rc = c->real->pMethods->xWrite(c->real, from, n, offset);
    if (rc == SQLITE_OK && c->watched)
        disk_wrote(c->path, from, (size_t)n, offset);
    return rc;
}

static int cut_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    struct cut_file *c = of(f);
    int rc;

    if (c->watched && disk_operation(true) != DISK_WELL)
        return SQLITE_IOERR_TRUNCATE;
    rc = c->real->pMethods->xTruncate(c->real, size);
    if (rc == SQLITE_OK && c->watched)
        disk_truncated(c->path, size);
    return rc;
}

static int cut_sync(sqlite3_file *f, int flags)
{
    struct cut_file *c = of(f);

    (void)flags;
    if (!c->watched)
        return SQLITE_OK;
    if (disk_operation(true) != DISK_WELL)
        return SQLITE_IOERR_FSYNC;
    if (!disk_synced(c->path) || (c->first_sync_syncs_folder && !disk_folder_of_synced(c->path)))
        return SQLITE_IOERR_FSYNC;
    c->first_sync_syncs_folder = false;
    return SQLITE_OK;
}

static int cut_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    return of(f)->real->pMethods->xFileSize(of(f)->real, ret);
}

static int cut_lock(sqlite3_file *f, int level)
{
    return of(f)->real->pMethods->xLock(of(f)->real, level);
}

static int cut_unlock(sqlite3_file *f, int level)
{
    return of(f)->real->pMethods->xUnlock(of(f)->real, level);
}

static int cut_reserved(sqlite3_file *f, int *ret)
{
    return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, ret);
}

static int cut_control(sqlite3_file *f, int op, void *arg)
{
    return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
}

static int cut_sector(sqlite3_file *f)
{
    return of(f)->real->pMethods->xSectorSize(of(f)->real);
}

static int cut_traits(sqlite3_file *f)
{
    return of(f)->real->pMethods->xDeviceCharacteristics(of(f)->real);
}

static int cut_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **ret)
{
    return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, ret);
}

static int cut_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return of(f)->real->pMethods->xShmLock(of(f)->real, offset, n, flags);
}

static void cut_shm_barrier(sqlite3_file *f)
{
    of(f)->real->pMethods->xShmBarrier(of(f)->real);
}

static int cut_shm_unmap(sqlite3_file *f, int remove_it)
{
    return of(f)->real->pMethods->xShmUnmap(of(f)->real, remove_it);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = cut_close,
    .xRead = cut_read,
    .xWrite = cut_write,
    .xTruncate = cut_truncate,
    .xSync = cut_sync,
    .xFileSize = cut_size,
    .xLock = cut_lock,
    .xUnlock = cut_unlock,
    .xCheckReservedLock = cut_reserved,
    .xFileControl = cut_control,
    .xSectorSize = cut_sector,
    .xDeviceCharacteristics = cut_traits,
    .xShmMap = cut_shm_map,
    .xShmLock = cut_shm_lock,
    .xShmBarrier = cut_shm_barrier,
    .xShmUnmap = cut_shm_unmap,
};

static int cut_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
    struct cut_file *c = of(f);
    int there = 0, rc;

    (void)vfs;
    memset(c, 0, sizeof *c);
    c->path = path;
    c->watched = path != NULL && disk_watches(path);
    c->first_sync_syncs_folder =
        (flags & SQLITE_OPEN_CREATE) != 0 &&
        (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    if (c->watched && disk_is_cut())
        return SQLITE_CANTOPEN;
    if (c->watched)
        real_vfs()->xAccess(real_vfs(), path, SQLITE_ACCESS_EXISTS, &there);
    rc = real_vfs()->xOpen(real_vfs(), path, c->real, flags, ret_flags);
    if (c->real->pMethods != NULL)
        f->pMethods = &methods;
    if (rc == SQLITE_OK && c->watched && !there)
        disk_created(path, false, true);
    return rc;
}

static int cut_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    int rc;

    (void)vfs;
    if (disk_watches(path) && disk_operation(true) != DISK_WELL)
        return SQLITE_IOERR_DELETE;
    rc = real_vfs()->xDelete(real_vfs(), path, 0);
    if (rc == SQLITE_OK && disk_watches(path)) {
        disk_removed(path);
        if (sync_folder)
            disk_folder_of_synced(path);
    }
    return rc;
}

static int cut_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
    (void)vfs;
    return real_vfs()->xAccess(real_vfs(), path, flags, ret);
}

static int cut_full_path(sqlite3_vfs *vfs, const char *path, int n, char *ret)
{
    (void)vfs;
    return real_vfs()->xFullPathname(real_vfs(), path, n, ret);
}

static int cut_randomness(sqlite3_vfs *vfs, int n, char *ret)
{
    (void)vfs;
    return real_vfs()->xRandomness(real_vfs(), n, ret);
}

static int cut_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return real_vfs()->xSleep(real_vfs(), us);
}

static int cut_time(sqlite3_vfs *vfs, sqlite3_int64 *ret)
{
    (void)vfs;
    return real_vfs()->xCurrentTimeInt64(real_vfs(), ret);
}

static int cut_last_error(sqlite3_vfs *vfs, int n, char *ret)
{
    (void)vfs;
    return real_vfs()->xGetLastError(real_vfs(), n, ret);
}

void disk_vfs_register(void)
{
    static sqlite3_vfs vfs = {
        .iVersion = 2,
        .mxPathname = 512,
        .zName = "cut",
        .xOpen = cut_open,
        .xDelete = cut_delete,
        .xAccess = cut_access,
        .xFullPathname = cut_full_path,
        .xRandomness = cut_randomness,
        .xSleep = cut_sleep,
        .xGetLastError = cut_last_error,
        .xCurrentTimeInt64 = cut_time,
    };

    if (sqlite3_vfs_find("cut") != NULL)
        return;
    vfs.szOsFile = (int)sizeof(struct cut_file) + real_vfs()->szOsFile;
    sqlite3_vfs_register(&vfs, 0);
}
