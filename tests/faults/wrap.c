/* The calls by which the store writes files of its own, wrapped by the linker (--wrap): the model
 * hears of them, and they fail when it says so. SQLite's own calls do not pass here. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"

#define FDS 1024

static struct {
    pthread_mutex_t lock;
    char path[FDS][300]; /* "" when it is not watched */
    bool folder[FDS];
    int64_t offset[FDS];
} fds = {.lock = PTHREAD_MUTEX_INITIALIZER};

int __real_open64(const char *path, int flags, ...);
int __real_close(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t n);
int __real_fsync(int fd);
int __real_unlink(const char *path);
int __real_rename(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);

int __wrap_open64(const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
int __wrap_fsync(int fd);
int __wrap_unlink(const char *path);
int __wrap_rename(const char *from, const char *to);
int __wrap_mkdir(const char *path, mode_t mode);

static int refuse(enum disk_fault fault)
{
    errno = fault == DISK_FULL ? ENOSPC : EIO;
    return -1;
}

static bool watched(int fd, char ret_path[300], bool *ret_folder)
{
    bool is;

    if (fd < 0 || fd >= FDS)
        return false;
    pthread_mutex_lock(&fds.lock);
    is = fds.path[fd][0] != '\0' && disk_watches(fds.path[fd]);
    if (is) {
        snprintf(ret_path, 300, "%s", fds.path[fd]);
        *ret_folder = fds.folder[fd];
    }
    pthread_mutex_unlock(&fds.lock);
    return is;
}

int __wrap_open64(const char *path, int flags, ...)
{
    struct stat st;
    bool there = stat(path, &st) == 0;
    mode_t mode = 0;
    char folder[300];
    va_list ap;
    int fd;

    va_start(ap, flags);
    if ((flags & O_CREAT) != 0)
        mode = va_arg(ap, mode_t);
    va_end(ap);
    snprintf(folder, sizeof folder, "%s/", path); /* the watched folder itself counts too */
    if (disk_watches(folder) && (flags & O_CREAT) != 0 && !there) {
        enum disk_fault fault = disk_operation(false);

        if (fault != DISK_WELL)
            return refuse(fault);
    }
    fd = __real_open64(path, flags, mode);
    if (fd < 0 || fd >= FDS || !disk_watches(folder))
        return fd;
    if ((flags & O_CREAT) != 0 && !there)
        disk_created(path, false, true);
    pthread_mutex_lock(&fds.lock);
    snprintf(fds.path[fd], sizeof fds.path[fd], "%s", folder);
    if ((flags & O_DIRECTORY) == 0)
        fds.path[fd][strlen(fds.path[fd]) - 1] = '\0';
    fds.folder[fd] = (flags & O_DIRECTORY) != 0;
    fds.offset[fd] = 0;
    pthread_mutex_unlock(&fds.lock);
    return fd;
}

int __wrap_close(int fd)
{
    if (fd >= 0 && fd < FDS) {
        pthread_mutex_lock(&fds.lock);
        fds.path[fd][0] = '\0';
        pthread_mutex_unlock(&fds.lock);
    }
    return __real_close(fd);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    char path[300];
    bool folder;
    enum disk_fault fault;
    ssize_t put;

    if (!watched(fd, path, &folder))
        return __real_write(fd, bytes, n);
    fault = disk_operation(false);
    if (fault != DISK_WELL)
        return refuse(fault);
    put = __real_write(fd, bytes, n);
    if (put > 0) {
        disk_wrote(path, bytes, (size_t)put, fds.offset[fd]);
        fds.offset[fd] += put;
    }
    return put;
}

int __wrap_fsync(int fd)
{
    char path[300];
    bool folder;

    if (!watched(fd, path, &folder))
        return __real_fsync(fd);
    if (disk_operation(true) != DISK_WELL)
        return refuse(DISK_FAILS);
    if (folder)
        path[strlen(path) - 1] = '\0';
    return (folder ? disk_folder_synced(path) : disk_synced(path)) ? 0 : refuse(DISK_FAILS);
}

int __wrap_unlink(const char *path)
{
    int rc;

    if (!disk_watches(path))
        return __real_unlink(path);
    if (disk_operation(true) != DISK_WELL)
        return refuse(DISK_FAILS);
    rc = __real_unlink(path);
    if (rc == 0)
        disk_removed(path);
    return rc;
}

int __wrap_rename(const char *from, const char *to)
{
    int rc;

    if (!disk_watches(from))
        return __real_rename(from, to);
    if (disk_operation(true) != DISK_WELL)
        return refuse(DISK_FAILS);
    rc = __real_rename(from, to);
    if (rc == 0)
        disk_renamed(from, to);
    return rc;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    enum disk_fault fault;
    int rc;

    if (!disk_watches(path))
        return __real_mkdir(path, mode);
    fault = disk_operation(false);
    if (fault != DISK_WELL)
        return refuse(fault);
    rc = __real_mkdir(path, mode);
    if (rc == 0)
        disk_created(path, true, true);
    return rc;
}
