/* Files and folders that must survive a power cut: what returned ERR_OK is on the disk, except the
 * entry in its folder, which folder_sync makes durable. Private to the store. */
#ifndef FANGXIN_STORE_FILES_H
#define FANGXIN_STORE_FILES_H

#include <stdint.h>

#include "base/err.h"

#define PATH_BYTES 4096

/* The whole file, malloc'ed; ERR_NOT_FOUND when there is none, ERR_TOO_LARGE above @p max. */
enum err_code file_read(const char *path, size_t max, unsigned char **ret, size_t *ret_n,
                        struct err *err) MUST_CHECK;

/* A new file with these bytes, synced; ERR_CONFLICT where one exists. @p sync false only for tests
 * that must notice it. A file that could not be finished is removed. */
enum err_code file_write_new(const char *path, unsigned mode, bool sync, const void *bytes,
                             size_t n, struct err *err) MUST_CHECK;

/* All of the bytes to a descriptor. */
enum err_code file_write_all(int fd, const char *path, const void *bytes, size_t n,
                             struct err *err) MUST_CHECK;
enum err_code file_sync(int fd, const char *path, struct err *err) MUST_CHECK;

/* Creates the last part of @p path when it is missing. */
enum err_code folder_make(const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* The same for every missing folder above it too, each synced into its parent. */
enum err_code folder_make_all(const char *path, unsigned mode, struct err *err) MUST_CHECK;
/* Makes new, renamed and removed entries of the folder durable. */
enum err_code folder_sync(const char *path, struct err *err) MUST_CHECK;
bool folder_is_empty(const char *path); /* also when it does not exist */
/* Removes everything in the folder, as far as that goes. */
void folder_clear(const char *path);

bool file_exists(const char *path);

/* dir "/" name into ret; ERR_INVALID when it does not fit. */
enum err_code path_join(const char *dir, const char *name, char ret[PATH_BYTES],
                        struct err *err) MUST_CHECK;

/* For CLEANUP. */
void fd_closep(int *fd);
void free_bytesp(unsigned char **bytes);

/* ERR_STORE_FULL for a full disk, ERR_IO for the rest, with the system's words. */
enum err_code io_error(struct err *err, const char *what, const char *path, int number);

#endif
