/* Files and folders, synced. */
#include "store/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"

enum err_code io_error(struct err *err, const char *what, const char *path, int number)
{
    char text[128] = "";
    const char *why = strerror_r(number, text, sizeof text);
    bool full = number == ENOSPC || number == EDQUOT;

    return err_set(err, full ? ERR_STORE_FULL : ERR_IO, "%s %s: %s", what, path, why);
}

void fd_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void free_bytesp(unsigned char **bytes)
{
    free(*bytes);
    *bytes = NULL;
}

bool file_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0;
}

enum err_code path_join(const char *dir, const char *name, char ret[PATH_BYTES], struct err *err)
{
    int n = snprintf(ret, PATH_BYTES, "%s/%s", dir, name);

    if (n < 0 || n >= PATH_BYTES)
        return err_set(err, ERR_INVALID, "path too long");
    return ERR_OK;
}

enum err_code file_read(const char *path, size_t max, unsigned char **ret, size_t *ret_n,
                        struct err *err)
{
    CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    CLEANUP(free_bytesp) unsigned char *bytes = NULL;
    struct stat st;
    size_t n = 0;

    if (fd < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "no file %s", path);
    if (fd < 0 || fstat(fd, &st) != 0)
        return io_error(err, "open", path, errno);
    if (st.st_size < 0 || (uint64_t)st.st_size > max)
        return err_set(err, ERR_TOO_LARGE, "file %s is too large", path);
    bytes = malloc((size_t)st.st_size + 1);
    if (bytes == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for %s", path);
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, bytes + n, (size_t)st.st_size - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_error(err, "read", path, errno);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    bytes[n] = '\0';
    *ret = bytes;
    *ret_n = n;
    bytes = NULL;
    return ERR_OK;
}

enum err_code file_write_all(int fd, const char *path, const void *bytes, size_t n, struct err *err)
{
    return fd_write_all(fd, bytes, n) ? ERR_OK : io_error(err, "write", path, errno);
}

enum err_code file_sync(int fd, const char *path, struct err *err)
{
    return fsync(fd) != 0 ? io_error(err, "sync", path, errno) : ERR_OK;
}

static enum err_code write_and_sync(int fd, const char *path, bool sync, const void *bytes,
                                    size_t n, struct err *err)
{
    TRY(file_write_all(fd, path, bytes, n, err));
    return sync ? file_sync(fd, path, err) : ERR_OK;
}

enum err_code file_write_new(const char *path, unsigned mode, bool sync, const void *bytes,
                             size_t n, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    enum err_code rc;

    if (fd < 0 && errno == EEXIST)
        return err_set(err, ERR_CONFLICT, "%s exists already", path);
    if (fd < 0)
        return io_error(err, "create", path, errno);
    rc = write_and_sync(fd, path, sync, bytes, n, err);
    if (close(fd) != 0 && rc == ERR_OK)
        rc = io_error(err, "close", path, errno);
    if (rc != ERR_OK)
        unlink(path);
    return rc;
}

enum err_code folder_make(const char *path, unsigned mode, struct err *err)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST)
        return io_error(err, "make folder", path, errno);
    return ERR_OK;
}

enum err_code folder_make_all(const char *path, unsigned mode, struct err *err)
{
    char part[PATH_BYTES], parent[PATH_BYTES];
    size_t n = strnlen(path, PATH_BYTES);

    if (n == 0 || n >= PATH_BYTES)
        return err_set(err, ERR_INVALID, "path empty or too long");
    memcpy(part, path, n + 1);
    memcpy(parent, path[0] == '/' ? "/" : ".", 2);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (!file_exists(part)) {
            TRY(folder_make(part, mode, err));
            TRY(folder_sync(parent, err));
        }
        memcpy(parent, part, i + 1);
        if (i < n)
            part[i] = '/';
    }
    return ERR_OK;
}

enum err_code folder_sync(const char *path, struct err *err)
{
    CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return io_error(err, "open folder", path, errno);
    return file_sync(fd, path, err);
}

bool folder_is_empty(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *entry;
    bool empty = true;

    if (d == NULL)
        return errno == ENOENT;
    while (empty && (entry = readdir(d)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(d);
    return empty;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    if (at->level > 0)
        (void)remove(path); /* what cannot go stays */
    return 0;
}

void folder_clear(const char *path)
{
    (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}
