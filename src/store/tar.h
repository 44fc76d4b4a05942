/* The container of a backup: a POSIX tar file (ustar; base-256 sizes above 8 GiB). Private to the
 * store. Only plain files with short names are written and accepted. */
#ifndef FANGXIN_STORE_TAR_H
#define FANGXIN_STORE_TAR_H

#include <sodium.h>
#include <stdint.h>

#include "base/err.h"

#define TAR_NAME 100
#define TAR_HASH 32

/* Appends a member. Its BLAKE2b-256 goes to @p ret_hash. */
enum err_code tar_add_bytes(int fd, const char *name, const void *bytes, size_t n,
                            unsigned char ret_hash[TAR_HASH], struct err *err) MUST_CHECK;
/* The same from a file. */
enum err_code tar_add_file(int fd, const char *name, const char *path, int64_t *ret_size,
                           unsigned char ret_hash[TAR_HASH], struct err *err) MUST_CHECK;
enum err_code tar_end(int fd, struct err *err) MUST_CHECK;

struct tar_member {
    char name[TAR_NAME + 1];
    int64_t size;
};
/* The next member's head; *ret_more false at the end. ERR_CORRUPT when it is not a tar file. */
enum err_code tar_next(int fd, struct tar_member *ret, bool *ret_more, struct err *err) MUST_CHECK;
/* Its bytes into a new file, or only hashed when @p path is NULL. */
enum err_code tar_extract(int fd, const struct tar_member *m, const char *path,
                          unsigned char ret_hash[TAR_HASH], struct err *err) MUST_CHECK;
/* Its bytes into memory; ERR_TOO_LARGE when there is no room. The rest of the block is skipped. */
enum err_code tar_read(int fd, const struct tar_member *m, void *ret, size_t room,
                       struct err *err) MUST_CHECK;

#endif
