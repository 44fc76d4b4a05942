/* Backup and restore.
 *
 * A backup is one tar file: `fangxin.db` (the database as one snapshot saw it; of PostgreSQL
 * `postgresql.db`, its rows in a file of archive.h, events named by its own ids), `files/ab/NAME`
 * (each sealed file that the snapshot names), and last `manifest`: a head line, then a line per
 * member, "size hash name", hash being BLAKE2b-256 in hexadecimal, then a line "end". Neither keys
 * nor index.db are in it: without the exported master key a backup says nothing, and the index is
 * made anew. It is written beside its final name and renamed when it is whole and synced. */
#include "store/backup_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "sql/sql_queries.h"
#include "store/files.h"
#include "store/vault_internal.h"

#define MANIFEST_MAX ((size_t)1 << 30)
#define DATABASE "fangxin.db"
#define DATABASE_SHARED "postgresql.db"

static void manifest_line(struct buf *manifest, const char *name, int64_t size,
                          const unsigned char hash[TAR_HASH])
{
    char hex[TAR_HASH * 2 + 1];

    hex_encode(hash, TAR_HASH, hex);
    buf_addf(manifest, "%lld %s %s\n", (long long)size, hex, name);
}

enum err_code backup_add_bytes(struct backup *b, const char *name, const void *bytes, size_t n)
{
    unsigned char hash[TAR_HASH];

    TRY(tar_add_bytes(b->fd, name, bytes, n, hash, &b->op->err));
    manifest_line(&b->manifest, name, (int64_t)n, hash);
    return ERR_OK;
}

enum err_code backup_add_file(struct backup *b, const char *name, const char *path)
{
    unsigned char hash[TAR_HASH];
    int64_t size;

    TRY(tar_add_file(b->fd, name, path, &size, hash, &b->op->err));
    manifest_line(&b->manifest, name, size, hash);
    return ERR_OK;
}

enum err_code backup_add_blob(struct backup *b, const char *name, bool *ret_back)
{
    CLEANUP(free_bytesp) unsigned char *sealed = NULL;
    char member[TAR_NAME];
    enum err_code rc;
    size_t n;

    *ret_back = false;
    rc = blob_sealed_by(b->op, name, b->file_epoch, &sealed, &n, ret_back);
    if (rc == ERR_NOT_FOUND) {
        err_clear(&b->op->err);
        return ERR_OK; /* verify names it */
    }
    TRY(rc);
    snprintf(member, sizeof member, "files/%.2s/%.32s", name, name);
    return backup_add_bytes(b, member, sealed, n);
}

enum err_code backup_each_blob(struct backup *b, backup_blob_fn *each, void *each_arg)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = b->op;
    int64_t done = 0, told = monotonic_ms();
    bool row;

    TRY(snapshot_prepare(op, b->snap, SQL_blob_from, &s));
    TRY(stmt_bind_text(op, s, 1, ""));
    TRY(stmt_bind_int64(op, s, 2, INT64_MAX));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(each(b, stmt_text(s, 0), each_arg));
        done++;
        if (b->progress != NULL && monotonic_ms() - told >= 100) {
            told = monotonic_ms();
            if (!b->progress(b->arg, done, done))
                return err_set(&op->err, ERR_CONFLICT, "the backup was stopped");
        }
    }
}

static enum err_code add_each(struct backup *b, const char *name, void *arg)
{
    bool back;

    (void)arg;
    return backup_add_blob(b, name, &back);
}

enum err_code backup_add_database(struct backup *b)
{
    return backup_add_file(b, store_shared(b->op->store) ? DATABASE_SHARED : DATABASE, b->copy);
}

static enum err_code fill_all(struct backup *b, void *arg)
{
    (void)arg;
    TRY(backup_add_database(b));
    return backup_each_blob(b, add_each, NULL);
}

static enum err_code read_file_epoch(struct backup *b)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    TRY(snapshot_prepare(b->op, b->snap, SQL_key_epoch_all, &s));
    while (row) {
        TRY(stmt_step(b->op, s, &row));
        if (row && strcmp(stmt_text(s, 0), key_class_names[KEY_FILE]) == 0)
            b->file_epoch = (uint32_t)stmt_int64(s, 1); /* ascending */
    }
    return ERR_OK;
}

static enum err_code fill(struct backup *b, const char *head, backup_fill_fn *members, void *arg)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct op *op = b->op;
    unsigned char hash[TAR_HASH];

    buf_adds(&b->manifest, head);
    TRY(snapshot_open(op, &snap));
    snapshot_long(snap);
    b->snap = snap;
    TRY(read_file_epoch(b));
    TRY(engine_copy(op, snap, b->copy, b->progress, b->arg));
    TRY(members(b, arg));
    buf_adds(&b->manifest, "end\n");
    if (b->manifest.failed)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for the manifest");
    TRY(tar_add_bytes(b->fd, "manifest", b->manifest.data, b->manifest.len, hash, &op->err));
    TRY(tar_end(b->fd, &op->err));
    return file_sync(b->fd, "backup", &op->err);
}

/* The name appears only when it is free, and only for a whole file. */
static enum err_code give_name(const char *part, const char *path, struct err *err)
{
    char folder[PATH_BYTES];
    char *slash;

    if (link(part, path) != 0)
        return errno == EEXIST ? err_set(err, ERR_INVALID, "%s exists already", path)
                               : io_error(err, "name", path, errno);
    snprintf(folder, sizeof folder, "%s", path);
    slash = strrchr(folder, '/');
    if (slash == NULL)
        return folder_sync(".", err);
    slash[slash == folder ? 1 : 0] = '\0';
    return folder_sync(folder, err);
}

enum err_code backup_make(struct op *op, const char *path, const char *head,
                          backup_fill_fn *members, void *members_arg, store_progress_fn *progress,
                          void *arg)
{
    CLEANUP(fd_closep) int fd = -1;
    struct backup b = {.op = op, .progress = progress, .arg = arg};
    char part[PATH_BYTES], copy[PATH_BYTES];
    enum err_code rc;

    if (strlen(path) > PATH_BYTES - 16)
        return err_set(&op->err, ERR_INVALID, "path too long");
    if (file_exists(path))
        return err_set(&op->err, ERR_INVALID, "%s exists already", path);
    snprintf(part, sizeof part, "%.*s.part", (int)sizeof part - 16, path);
    snprintf(copy, sizeof copy, "%.*s.db.part", (int)sizeof copy - 16, path);
    unlink(copy);
    fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return io_error(&op->err, "create", part, errno);
    b.fd = fd;
    b.copy = copy;
    buf_init(&b.manifest, MANIFEST_MAX);
    rc = fill(&b, head, members, members_arg);
    buf_release(&b.manifest);
    if (rc == ERR_OK)
        rc = give_name(part, path, &op->err);
    unlink(copy);
    unlink(part);
    return rc;
}

enum err_code store_backup(struct op *op, const char *path, store_progress_fn *progress, void *arg)
{
    return backup_make(op, path, BACKUP_HEAD, fill_all, NULL, progress, arg);
}

/* ---- restore ---- */

bool backup_blob_place(const char *dir, const char *name, char ret[PATH_BYTES])
{
    const struct store there = {.dir = (char *)(uintptr_t)dir};
    char expected[PATH_BYTES];
    int n = snprintf(expected, sizeof expected, "%s/%s", dir, name);

    return text_starts(name, "files/") && strlen(name) > 9 && n > 0 && n < PATH_BYTES &&
           blob_path(&there, name + 9, ret, PATH_BYTES) && strcmp(ret, expected) == 0;
}

/* Where a member belongs; only names that a backup has. */
static bool member_path(const char *dir, const char *name, char ret[PATH_BYTES])
{
    int n;

    if (strcmp(name, DATABASE) == 0 || strcmp(name, DATABASE_SHARED) == 0) {
        n = snprintf(ret, PATH_BYTES, "%s/%s", dir, DATABASE);
        return n > 0 && n < PATH_BYTES;
    }
    return backup_blob_place(dir, name, ret);
}

/* The manifest must say, line by line, what was unpacked. */
static enum err_code compare_manifest(int fd, const struct tar_member *m, const struct buf *seen,
                                      struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *bytes = NULL;

    if ((size_t)m->size != seen->len)
        return err_set(err, ERR_CORRUPT, "the backup's manifest does not fit its members");
    bytes = malloc((size_t)m->size + 1);
    if (bytes == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for the manifest");
    TRY(tar_read(fd, m, bytes, (size_t)m->size, err));
    return memcmp(bytes, seen->data, seen->len) == 0
               ? ERR_OK
               : err_set(err, ERR_CORRUPT, "the backup's manifest does not fit its members");
}

enum err_code backup_read(const char *path, const char *head, backup_member_fn *take, void *arg,
                          struct err *err)
{
    CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    CLEANUP(buf_release) struct buf seen = BUF_UP_TO(MANIFEST_MAX);
    bool more = true;

    if (fd < 0)
        return errno == ENOENT ? err_set(err, ERR_NOT_FOUND, "no file %s", path)
                               : io_error(err, "open", path, errno);
    buf_adds(&seen, head);
    for (;;) {
        unsigned char hash[TAR_HASH];
        struct tar_member m;

        TRY(tar_next(fd, &m, &more, err));
        if (!more)
            return err_set(err, ERR_CORRUPT, "the backup has no manifest");
        if (strcmp(m.name, "manifest") == 0) {
            buf_adds(&seen, "end\n");
            if (seen.failed)
                return err_set(err, ERR_NO_MEMORY, "no memory for the manifest");
            return compare_manifest(fd, &m, &seen, err);
        }
        TRY(take(arg, fd, &m, hash, err));
        manifest_line(&seen, m.name, m.size, hash);
    }
}

struct target {
    const char *dir;
    bool into_shared;
};

static enum err_code unpack_member(void *arg, int fd, const struct tar_member *m,
                                   unsigned char ret_hash[TAR_HASH], struct err *err)
{
    const struct target *to = arg;
    char path[PATH_BYTES];

    if (strcmp(m->name, DATABASE_SHARED) == 0 && !to->into_shared)
        return err_set(err, ERR_INVALID,
                       "this is a backup of PostgreSQL: name an empty database of it with "
                       "--database");
    if (strcmp(m->name, "step") == 0)
        return err_set(err, ERR_INVALID,
                       "this is a step behind a full copy: name the folder that it lies in");
    if (!member_path(to->dir, m->name, path))
        return err_set(err, ERR_CORRUPT, "not a member of a backup: %.100s", m->name);
    return tar_extract(fd, m, path, ret_hash, err);
}

enum err_code backup_sync_folders(const char *dir, struct err *err)
{
    char path[PATH_BYTES], two[16];

    for (unsigned i = 0; i < BLOB_FOLDERS; i++) {
        snprintf(two, sizeof two, "files/%02x", i & 0xffU);
        TRY(path_join(dir, two, path, err));
        TRY(folder_sync(path, err));
    }
    return folder_sync(dir, err);
}

static enum err_code unpack_into(const char *path, struct target *to, struct err *err)
{
    TRY(folder_make_all(to->dir, S_IRWXU, err));
    TRY(blob_folders_make(to->dir, err));
    TRY(backup_read(path, BACKUP_HEAD, unpack_member, to, err));
    return backup_sync_folders(to->dir, err);
}

enum err_code store_restore(const char *path, const char *dir, bool into_shared, struct err *err)
{
    struct target to = {.dir = dir, .into_shared = into_shared};
    enum err_code rc;

    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "libsodium does not start");
    if (!folder_is_empty(dir))
        return err_set(err, ERR_INVALID, "%s is not empty", dir);
    if (!file_exists(path))
        return err_set(err, ERR_NOT_FOUND, "no file %s", path);
    rc = unpack_into(path, &to, err);
    if (rc != ERR_OK)
        store_restore_undo(dir);
    return rc;
}

void store_restore_undo(const char *dir)
{
    folder_clear(dir);
    (void)rmdir(dir);
}

/* ---- into another engine ---- */

/* Everything that pg_load has taken over leaves the folder. */
static enum err_code empty_files(const char *dir, struct err *err)
{
    char folder[PATH_BYTES], two[16];

    for (unsigned i = 0; i < BLOB_FOLDERS; i++) {
        const struct dirent *entry;
        char path[PATH_BYTES];
        DIR *d;

        snprintf(two, sizeof two, "files/%02x", i & 0xffU);
        TRY(path_join(dir, two, folder, err));
        d = opendir(folder);
        while (d != NULL && (entry = readdir(d)) != NULL)
            if (entry->d_name[0] != '.' && path_join(folder, entry->d_name, path, err) == ERR_OK)
                unlink(path);
        if (d != NULL)
            closedir(d);
    }
    return ERR_OK;
}

enum err_code store_load(const struct store_options *options, store_progress_fn *progress,
                         void *arg, struct err *err)
{
    char path[PATH_BYTES];

    TRY(path_join(options->dir, DATABASE_SHARED, path, err));
    if (!file_exists(path))
        TRY(path_join(options->dir, DATABASE, path, err));
    if (!file_exists(path))
        return err_set(err, ERR_NOT_FOUND, "no unpacked backup in %s", options->dir);
    TRY(pg_kind.load(options, path, progress, arg, err));
    unlink(path);
    TRY(empty_files(options->dir, err));
    return folder_sync(options->dir, err);
}
