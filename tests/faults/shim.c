/* LD_PRELOAD shim of tests/faults/long.py: the C library of a program under test, with faults that
 * another process switches on and off while it runs.
 *
 * FAULTS_CONTROL names a file of at least sizeof(struct control) bytes that both map; FAULTS_FOLDER
 * the folder whose files count. Calls that alter such a file are numbered from 1; the call numbered
 * fail_from fails, and with it the fail_count - 1 calls behind it. How: with ENOSPC, with EIO, or,
 * where bytes are written, after half of them. Allocations are numbered and failed alike, whatever
 * they are for. The wall clock is shifted by clock_ms; the monotonic one never is. Syncs take
 * sync_us longer. Nothing is failed before the program armed it, so start-up is as always. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FDS 8192

enum { HOW_ENOSPC = 1, HOW_EIO = 2, HOW_SHORT = 3 };

/* As tests/faults/shim.py packs it: 64-bit little-endian numbers. */
struct control {
    atomic_int_fast64_t calls, fail_from, fail_count, how, failed;
    atomic_int_fast64_t allocs, alloc_from, alloc_count, alloc_failed;
    atomic_int_fast64_t clock_ms, sync_us;
};

static struct control *control;
static char folder[512];
static size_t folder_n;
static atomic_bool counts[FDS];

/* ---- the real calls ---- */

/* Looked up once each; a race looks twice and finds the same. */
#define REAL(ret, name, ...)                                                                       \
    static ret (*real_##name)(__VA_ARGS__);                                                        \
    if (real_##name == NULL)                                                                       \
    real_##name = (ret(*)(__VA_ARGS__))(uintptr_t)dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULTS_CONTROL"), *below = getenv("FAULTS_FOLDER");
    void *map;
    int fd;

    if (path == NULL || below == NULL || strlen(below) >= sizeof folder)
        return;
    folder_n = strlen(below);
    memcpy(folder, below, folder_n + 1);
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    map = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map != MAP_FAILED)
        control = map;
}

/* ---- which calls fail ---- */

static bool inside(const char *path)
{
    return control != NULL && folder_n > 0 && path != NULL &&
           strncmp(path, folder, folder_n) == 0 && path[folder_n] == '/';
}

static bool fd_counts(int fd)
{
    return control != NULL && fd >= 0 && fd < FDS && atomic_load(&counts[fd]);
}

/* 0, or how this call fails. */
static int fails_now(void)
{
    int64_t n = atomic_fetch_add(&control->calls, 1) + 1;
    int64_t from = atomic_load(&control->fail_from);

    if (from == 0 || n < from || n >= from + atomic_load(&control->fail_count))
        return 0;
    atomic_fetch_add(&control->failed, 1);
    return (int)atomic_load(&control->how);
}

static int refuse(int how)
{
    errno = how == HOW_EIO ? EIO : ENOSPC;
    return -1;
}

static int opened(int fd, const char *path)
{
    if (fd >= 0 && fd < FDS)
        atomic_store(&counts[fd], inside(path));
    return fd;
}

static int open_with(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode)
{
    if ((flags & O_CREAT) != 0 && inside(path) && access(path, F_OK) != 0) {
        int how = fails_now();

        if (how != 0)
            return refuse(how);
    }
    return opened(real(path, flags, mode), path);
}

#define MODE(flags, ret)                                                                           \
    mode_t ret = 0;                                                                                \
    if (((flags)&O_CREAT) != 0) {                                                                  \
        va_list ap;                                                                                \
        va_start(ap, flags);                                                                       \
        ret = va_arg(ap, mode_t);                                                                  \
        va_end(ap);                                                                                \
    }

int open(const char *path, int flags, ...)
{
    REAL(int, open, const char *, int, ...);
    MODE(flags, mode)
    return open_with(real_open, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    REAL(int, open64, const char *, int, ...);
    MODE(flags, mode)
    return open_with(real_open64, path, flags, mode);
}

int close(int fd)
{
    REAL(int, close, int);
    if (fd >= 0 && fd < FDS)
        atomic_store(&counts[fd], false);
    return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    int how = fd_counts(fd) ? fails_now() : 0;

    REAL(ssize_t, write, int, const void *, size_t);
    if (how == HOW_SHORT && n > 1)
        return real_write(fd, bytes, n / 2);
    return how != 0 ? refuse(how) : real_write(fd, bytes, n);
}

static ssize_t pwrite_with(ssize_t (*real)(int, const void *, size_t, off_t), int fd,
                           const void *bytes, size_t n, off_t at)
{
    int how = fd_counts(fd) ? fails_now() : 0;

    if (how == HOW_SHORT && n > 1)
        return real(fd, bytes, n / 2, at);
    return how != 0 ? refuse(how) : real(fd, bytes, n, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    return pwrite_with(real_pwrite, fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    return pwrite_with(real_pwrite64, fd, bytes, n, at);
}

static int sync_with(int (*real)(int), int fd)
{
    int how = fd_counts(fd) ? fails_now() : 0;
    int64_t us = fd_counts(fd) ? atomic_load(&control->sync_us) : 0;

    if (us > 0)
        usleep((useconds_t)us);
    return how != 0 ? refuse(HOW_EIO) : real(fd);
}

int fsync(int fd)
{
    REAL(int, fsync, int);
    return sync_with(real_fsync, fd);
}

int fdatasync(int fd)
{
    REAL(int, fdatasync, int);
    return sync_with(real_fdatasync, fd);
}

int ftruncate(int fd, off_t size)
{
    int how = fd_counts(fd) ? fails_now() : 0;

    REAL(int, ftruncate, int, off_t);
    return how != 0 ? refuse(how) : real_ftruncate(fd, size);
}

int ftruncate64(int fd, off_t size)
{
    int how = fd_counts(fd) ? fails_now() : 0;

    REAL(int, ftruncate64, int, off_t);
    return how != 0 ? refuse(how) : real_ftruncate64(fd, size);
}

int unlink(const char *path)
{
    int how = inside(path) ? fails_now() : 0;

    REAL(int, unlink, const char *);
    return how != 0 ? refuse(how) : real_unlink(path);
}

int rename(const char *from, const char *to)
{
    int how = inside(from) ? fails_now() : 0;

    REAL(int, rename, const char *, const char *);
    return how != 0 ? refuse(how) : real_rename(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    int how = inside(path) ? fails_now() : 0;

    REAL(int, mkdir, const char *, mode_t);
    return how != 0 ? refuse(how) : real_mkdir(path, mode);
}

/* ---- memory ---- */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static bool no_memory(void)
{
    int64_t n, from;

    if (control == NULL)
        return false;
    n = atomic_fetch_add(&control->allocs, 1) + 1;
    from = atomic_load(&control->alloc_from);
    if (from == 0 || n < from || n >= from + atomic_load(&control->alloc_count))
        return false;
    atomic_fetch_add(&control->alloc_failed, 1);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return no_memory() ? NULL : __libc_realloc(p, n);
}

/* ---- clocks ---- */

int clock_gettime(clockid_t which, struct timespec *ret)
{
    int rc;

    REAL(int, clock_gettime, clockid_t, struct timespec *);
    rc = real_clock_gettime(which, ret);
    if (rc == 0 && control != NULL && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        ret->tv_sec += atomic_load(&control->clock_ms) / 1000;
    return rc;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    int rc;

    REAL(int, gettimeofday, struct timeval *, void *);
    rc = real_gettimeofday(ret, zone);
    if (rc == 0 && control != NULL)
        ret->tv_sec += atomic_load(&control->clock_ms) / 1000;
    return rc;
}

time_t time(time_t *ret)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    if (ret != NULL)
        *ret = now.tv_sec;
    return now.tv_sec;
}
