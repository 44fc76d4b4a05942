/* Writing and reading tar members. */
#include "store/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "store/files.h"

#define BLOCK 512
#define PIECE ((size_t)64 << 10)

struct head { /* ustar, all in ASCII */
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct head) == BLOCK, "one block");

static unsigned sum_of(const struct head *h)
{
    struct head copy = *h;
    const unsigned char *p = (const unsigned char *)&copy;
    unsigned sum = 0;

    memset(copy.checksum, ' ', sizeof copy.checksum);
    for (size_t i = 0; i < BLOCK; i++)
        sum += p[i];
    return sum;
}

static void put_size(char field[12], int64_t size)
{
    char octal[13];

    if (size < (INT64_C(1) << 33)) {
        snprintf(octal, sizeof octal, "%011llo", (unsigned long long)size);
        memcpy(field, octal, 12);
        return;
    }
    memset(field, 0, 12);
    field[0] = (char)0x80;
    for (int i = 0; i < 8; i++)
        field[11 - i] = (char)((uint64_t)size >> (8 * i));
}

static bool get_size(const char field[12], int64_t *ret)
{
    uint64_t v = 0;

    if ((unsigned char)field[0] == 0x80) {
        for (int i = 4; i < 12; i++)
            v = v << 8 | (unsigned char)field[i];
    } else {
        for (int i = 0; i < 11; i++) {
            if (field[i] < '0' || field[i] > '7')
                return false;
            v = v << 3 | (uint64_t)(field[i] - '0');
        }
    }
    *ret = (int64_t)v;
    return v < (UINT64_C(1) << 50);
}

static enum err_code put_head(int fd, const char *name, int64_t size, struct err *err)
{
    struct head h;
    char sum[8];

    memset(&h, 0, sizeof h);
    if (strlen(name) >= sizeof h.name)
        return err_set(err, ERR_INTERNAL, "name too long: %s", name);
    memcpy(h.name, name, strlen(name));
    memcpy(h.mode, "0000600", 7);
    memcpy(h.uid, "0000000", 7);
    memcpy(h.gid, "0000000", 7);
    put_size(h.size, size);
    memcpy(h.mtime, "00000000000", 11);
    h.type = '0';
    memcpy(h.magic, "ustar", 6);
    memcpy(h.version, "00", 2);
    snprintf(sum, sizeof sum, "%06o", sum_of(&h) & 0777777U);
    memcpy(h.checksum, sum, 7);
    h.checksum[7] = ' ';
    return file_write_all(fd, name, &h, sizeof h, err);
}

static enum err_code pad(int fd, int64_t size, struct err *err)
{
    static const char zero[BLOCK];
    size_t rest = (size_t)(size % BLOCK);

    return rest == 0 ? ERR_OK : file_write_all(fd, "padding", zero, BLOCK - rest, err);
}

enum err_code tar_add_bytes(int fd, const char *name, const void *bytes, size_t n,
                            unsigned char ret_hash[TAR_HASH], struct err *err)
{
    crypto_generichash(ret_hash, TAR_HASH, bytes, n, NULL, 0);
    TRY(put_head(fd, name, (int64_t)n, err));
    TRY(file_write_all(fd, name, bytes, n, err));
    return pad(fd, (int64_t)n, err);
}

static ssize_t read_some(int fd, void *bytes, size_t n)
{
    ssize_t got;

    do
        got = read(fd, bytes, n);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Copies exactly @p size bytes; @p to -1: only hashes them. */
static enum err_code copy(int from, int to, int64_t size, const char *path,
                          unsigned char ret_hash[TAR_HASH], struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *piece = malloc(PIECE);
    crypto_generichash_state st;

    if (piece == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory to copy %s", path);
    crypto_generichash_init(&st, NULL, 0, TAR_HASH);
    while (size > 0) {
        size_t want = size < (int64_t)PIECE ? (size_t)size : PIECE;
        ssize_t got = read_some(from, piece, want);

        if (got < 0)
            return io_error(err, "read", path, errno);
        if (got == 0)
            return err_set(err, ERR_CORRUPT, "%s ends too early", path);
        crypto_generichash_update(&st, piece, (size_t)got);
        if (to >= 0)
            TRY(file_write_all(to, path, piece, (size_t)got, err));
        size -= got;
    }
    crypto_generichash_final(&st, ret_hash, TAR_HASH);
    return ERR_OK;
}

enum err_code tar_add_file(int fd, const char *name, const char *path, int64_t *ret_size,
                           unsigned char ret_hash[TAR_HASH], struct err *err)
{
    CLEANUP(fd_closep) int from = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (from < 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND, "no file %s", path);
    if (from < 0 || fstat(from, &st) != 0)
        return io_error(err, "open", path, errno);
    TRY(put_head(fd, name, st.st_size, err));
    TRY(copy(from, fd, st.st_size, path, ret_hash, err));
    *ret_size = st.st_size;
    return pad(fd, st.st_size, err);
}

enum err_code tar_end(int fd, struct err *err)
{
    static const char zero[BLOCK * 2];

    return file_write_all(fd, "end", zero, sizeof zero, err);
}

/* ---- reading ---- */

static enum err_code read_block(int fd, void *bytes, size_t n, struct err *err)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = read_some(fd, (char *)bytes + have, n - have);

        if (got < 0)
            return io_error(err, "read", "backup", errno);
        if (got == 0)
            return err_set(err, ERR_CORRUPT, "the backup ends too early");
        have += (size_t)got;
    }
    return ERR_OK;
}

enum err_code tar_next(int fd, struct tar_member *ret, bool *ret_more, struct err *err)
{
    struct head h;
    char sum[8];

    TRY(read_block(fd, &h, sizeof h, err));
    *ret_more = h.name[0] != '\0';
    if (!*ret_more)
        return ERR_OK;
    snprintf(sum, sizeof sum, "%06o", sum_of(&h) & 0777777U);
    if (memcmp(h.magic, "ustar", 5) != 0 || h.type != '0' || memcmp(sum, h.checksum, 6) != 0 ||
        h.prefix[0] != '\0' || !get_size(h.size, &ret->size))
        return err_set(err, ERR_CORRUPT, "the backup is not a tar file of plain files");
    memcpy(ret->name, h.name, TAR_NAME);
    ret->name[TAR_NAME] = '\0';
    return ERR_OK;
}

static enum err_code skip_padding(int fd, int64_t size, struct err *err)
{
    char rest[BLOCK];
    size_t over = (size_t)(size % BLOCK);

    return over == 0 ? ERR_OK : read_block(fd, rest, BLOCK - over, err);
}

enum err_code tar_extract(int fd, const struct tar_member *m, const char *path,
                          unsigned char ret_hash[TAR_HASH], struct err *err)
{
    CLEANUP(fd_closep) int to = -1;

    if (path != NULL) {
        to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (to < 0)
            return io_error(err, "create", path, errno);
    }
    TRY(copy(fd, to, m->size, m->name, ret_hash, err));
    if (to >= 0)
        TRY(file_sync(to, path, err));
    return skip_padding(fd, m->size, err);
}

enum err_code tar_read(int fd, const struct tar_member *m, void *ret, size_t room, struct err *err)
{
    if (m->size < 0 || (uint64_t)m->size > room)
        return err_set(err, ERR_TOO_LARGE, "%s is too large", m->name);
    TRY(read_block(fd, ret, (size_t)m->size, err));
    return skip_padding(fd, m->size, err);
}
