/* How one file of a backup is written and read: a tar file whose last member lists the others
 * (backup.c). Whole backups and the steps of copies (copies.h) are made of it. Private to the
 * store. */
#ifndef FANGXIN_STORE_BACKUP_INTERNAL_H
#define FANGXIN_STORE_BACKUP_INTERNAL_H

#include "base/buf.h"
#include "store/engine.h"
#include "store/files.h"
#include "store/tar.h"

#define BACKUP_HEAD "fangxin-backup-1\n" /* first line of a whole backup's manifest */

/* One that is being written. */
struct backup {
    struct op *op;
    struct snapshot *snap;
    uint32_t file_epoch; /* the newest key for files in the snapshot */
    int fd;
    const char *copy; /* path of the database as the snapshot saw it; gone afterwards */
    struct buf manifest;
    store_progress_fn *progress;
    void *arg; /* of progress */
};

typedef enum err_code backup_fill_fn(struct backup *b, void *arg);
typedef enum err_code backup_blob_fn(struct backup *b, const char *name, void *arg);

/* Writes @p path beside its name and names it when it is whole and synced; @p members adds what is
 * in it. ERR_INVALID where it exists. */
enum err_code backup_make(struct op *op, const char *path, const char *head,
                          backup_fill_fn *members, void *members_arg, store_progress_fn *progress,
                          void *arg) MUST_CHECK;
enum err_code backup_add_bytes(struct backup *b, const char *name, const void *bytes,
                               size_t n) MUST_CHECK;
enum err_code backup_add_file(struct backup *b, const char *name, const char *path) MUST_CHECK;
/* A sealed file that the snapshot names; one that was erased since is left out. One that was sealed
 * anew by a key that the snapshot does not have is sealed by the snapshot's for the copy, which
 * *ret_back says: it is not the file as it lies there. */
enum err_code backup_add_blob(struct backup *b, const char *name, bool *ret_back) MUST_CHECK;
/* Those the snapshot names, in the order of their names. */
enum err_code backup_each_blob(struct backup *b, backup_blob_fn *each, void *each_arg) MUST_CHECK;
/* The database as the snapshot saw it. */
enum err_code backup_add_database(struct backup *b) MUST_CHECK;

/* Takes a member's bytes off @p fd and says their hash. */
typedef enum err_code backup_member_fn(void *arg, int fd, const struct tar_member *m,
                                       unsigned char ret_hash[TAR_HASH], struct err *err);
/* Hands over each member; ERR_CORRUPT in the end unless the manifest lists just these. */
enum err_code backup_read(const char *path, const char *head, backup_member_fn *take, void *arg,
                          struct err *err) MUST_CHECK;
/* Where the member "files/ab/NAME" belongs below @p dir; false for any other name. */
bool backup_blob_place(const char *dir, const char *name, char ret[PATH_BYTES]);
enum err_code backup_sync_folders(const char *dir, struct err *err) MUST_CHECK;

#endif
