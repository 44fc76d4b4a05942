/* Sealed files: DIR/files/ab/<32 hexadecimal digits>, the first two naming the folder; or in the
 * database, where the engine keeps them there (file_put). Files that lay in the folder before stay
 * readable, and move when they are sealed anew.
 *
 * Layout: algorithm (1), epoch (4, little endian), head of the stream (24), then chunks of
 * STREAM_CHUNK plain bytes, each 17 bytes longer when sealed; the last one is marked, so a file
 * that was cut does not open (cipher.h). The first chunk is bound to the file's name. The 256
 * folders are made with the store, so that a new file needs its own sync and that of one folder
 * only. */
#include "store/vault_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "sql/sql_queries.h"
#include "store/engine.h"
#include "store/files.h"

#define BLOB_HEAD (SEAL_HEAD + STREAM_HEAD)
#define BLOB_MAX ((size_t)512 << 20)
#define NAME_CHARS 32
#define SWEEP_AGE_S 3600

enum err_code blob_folders_make(const char *dir, struct err *err)
{
    char files[PATH_BYTES], path[PATH_BYTES], two[3];

    TRY(path_join(dir, "files", files, err));
    TRY(folder_make(files, S_IRWXU, err));
    for (unsigned i = 0; i < BLOB_FOLDERS; i++) {
        snprintf(two, sizeof two, "%02x", i & 0xffU);
        TRY(path_join(files, two, path, err));
        TRY(folder_make(path, S_IRWXU, err));
    }
    return folder_sync(files, err);
}

bool blob_path(const struct store *store, const char *name, char *ret, size_t size)
{
    int n;

    if (name == NULL || strlen(name) != NAME_CHARS ||
        strspn(name, "0123456789abcdef") != NAME_CHARS)
        return false;
    n = snprintf(ret, size, "%s/files/%.2s/%s", store->dir, name, name);
    return n > 0 && (size_t)n < size;
}

static enum err_code sync_folder_of(const struct store *store, const char *name, struct err *err)
{
    char path[PATH_BYTES], two[16];

    snprintf(two, sizeof two, "files/%.2s", name);
    TRY(path_join(store->dir, two, path, err));
    return store->sync ? folder_sync(path, err) : ERR_OK;
}

static size_t sealed_size(size_t n)
{
    return SEAL_HEAD + stream_size(n);
}

static void seal_stream(const struct data_key *key, const char *name, const unsigned char *plain,
                        size_t n, unsigned char *out)
{
    out[0] = cipher_file_byte(key->cipher);
    for (int i = 0; i < 4; i++)
        out[1 + i] = (unsigned char)(key->epoch >> (8 * i));
    stream_seal(key->cipher, key->bytes, name, NAME_CHARS, plain, n, out + SEAL_HEAD);
}

/* Seals under @p name by the key of @p epoch (0: the newest); @p ret is malloc'ed and holds
 * sealed_size(n) bytes. */
static enum err_code seal(struct op *op, const char *name, uint32_t epoch, const void *bytes,
                          size_t n, unsigned char **ret)
{
    unsigned char *out = malloc(sealed_size(n));
    struct data_key key;

    if (out == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a file of %zu bytes", n);
    if (!vault_key(op->store->vault, KEY_FILE, epoch, &key)) {
        free(out);
        return epoch == 0 ? err_set(&op->err, ERR_INTERNAL, "no key for files")
                          : err_set(&op->err, ERR_BUSY, "key %u for files is retired", epoch);
    }
    seal_stream(&key, name, bytes, n, out);
    sodium_memzero(&key, sizeof key);
    *ret = out;
    return ERR_OK;
}

static const struct engine_kind *keeper(const struct op *op)
{
    const struct engine_kind *kind = op->store->engine->kind;

    return kind->file_put == NULL ? NULL : kind;
}

/* A new file, synced with its folder. */
static enum err_code write_file(struct op *op, const char *name, const unsigned char *sealed,
                                size_t n)
{
    char path[PATH_BYTES];

    if (!blob_path(op->store, name, path, sizeof path))
        return err_set(&op->err, ERR_INTERNAL, "path too long");
    TRY(file_write_new(path, S_IRUSR | S_IWUSR, op->store->sync, sealed, n, &op->err));
    return sync_folder_of(op->store, name, &op->err);
}

enum err_code blob_put(struct op *op, const void *bytes, size_t n, struct blob *ret)
{
    CLEANUP(free_bytesp) unsigned char *sealed = NULL;
    const struct engine_kind *kind = keeper(op);
    unsigned char random[NAME_CHARS / 2];
    struct blob blob;

    if (n > (kind == NULL ? BLOB_MAX : kind->file_max))
        return err_set(&op->err, ERR_TOO_LARGE, "a file of %zu bytes", n);
    randombytes_buf(random, sizeof random);
    hex_encode(random, sizeof random, blob.name);
    TRY(seal(op, blob.name, 0, bytes, n, &sealed));
    if (kind != NULL)
        TRY(kind->file_put(op, blob.name, sealed, sealed_size(n)));
    else
        TRY(write_file(op, blob.name, sealed, sealed_size(n)));
    blob.size = (int64_t)n;
    crypto_hash_sha256(blob.sha256, bytes, n);
    *ret = blob;
    return ERR_OK;
}

enum err_code blob_sealed(struct op *op, const char *name, unsigned char **ret, size_t *ret_n)
{
    const struct engine_kind *kind = keeper(op);
    char path[PATH_BYTES];

    if (!blob_path(op->store, name, path, sizeof path))
        return err_set(&op->err, ERR_NOT_FOUND, "no file of that name");
    if (kind != NULL) {
        enum err_code rc = kind->file_get(op, name, BLOB_MAX * 2, ret, ret_n);

        if (rc != ERR_NOT_FOUND)
            return rc;
        err_clear(&op->err);
    }
    return file_read(path, BLOB_MAX * 2, ret, ret_n, &op->err);
}

/* 0 for what is not sealed. */
static uint32_t epoch_of(const unsigned char *sealed, size_t n)
{
    uint32_t epoch = 0;

    for (int i = 0; n >= BLOB_HEAD + STREAM_EXTRA && i < 4; i++)
        epoch |= (uint32_t)sealed[1 + i] << (8 * i);
    return epoch;
}

static enum err_code read_sealed(struct op *op, const char *name, unsigned char **ret,
                                 size_t *ret_n, struct data_key *ret_key)
{
    uint32_t epoch;

    TRY(blob_sealed(op, name, ret, ret_n));
    epoch = epoch_of(*ret, *ret_n);
    if (epoch == 0 || !vault_key(op->store->vault, KEY_FILE, epoch, ret_key) ||
        cipher_of_file((*ret)[0]) != ret_key->cipher)
        return err_set(&op->err, ERR_CORRUPT, "file %s is not sealed by a key that is here", name);
    return ERR_OK;
}

enum err_code blob_get(struct op *op, const char *name, unsigned char **ret, size_t *ret_size)
{
    CLEANUP(free_bytesp) unsigned char *sealed = NULL;
    struct data_key key;
    unsigned char *out;
    size_t n;
    bool good;

    TRY(read_sealed(op, name, &sealed, &n, &key));
    out = arena_alloc(op->arena, n - BLOB_HEAD + 1);
    if (out == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for file %s", name);
    good = stream_open(key.cipher, key.bytes, name, NAME_CHARS, sealed + SEAL_HEAD, n - SEAL_HEAD,
                       out, ret_size);
    sodium_memzero(&key, sizeof key);
    if (!good)
        return err_set(&op->err, ERR_CORRUPT, "file %s does not open", name);
    out[*ret_size] = '\0';
    *ret = out;
    return ERR_OK;
}

enum err_code blob_read(struct op *op, const char *name, struct buf *out)
{
    CLEANUP(free_bytesp) unsigned char *sealed = NULL;
    struct data_key key;
    size_t n, opened = 0;
    bool good;

    TRY(read_sealed(op, name, &sealed, &n, &key));
    if (!buf_reserve(out, n - BLOB_HEAD)) {
        sodium_memzero(&key, sizeof key);
        return err_set(&op->err, ERR_TOO_LARGE, "file %s is too large", name);
    }
    good = stream_open(key.cipher, key.bytes, name, NAME_CHARS, sealed + SEAL_HEAD, n - SEAL_HEAD,
                       (unsigned char *)out->data + out->len, &opened);
    sodium_memzero(&key, sizeof key);
    if (!good)
        return err_set(&op->err, ERR_CORRUPT, "file %s does not open", name);
    out->len += opened;
    out->data[out->len] = '\0';
    return ERR_OK;
}

/* ---- a new epoch ---- */

/* The first bytes of a sealed file. */
static enum err_code read_head(struct op *op, const char *name, unsigned char ret[SEAL_HEAD])
{
    const struct engine_kind *kind = keeper(op);
    CLEANUP(free_bytesp) unsigned char *stored = NULL;
    CLEANUP(fd_closep) int fd = -1;
    enum err_code rc = ERR_NOT_FOUND;
    char path[PATH_BYTES];
    size_t n = 0;

    if (!blob_path(op->store, name, path, sizeof path))
        return err_set(&op->err, ERR_NOT_FOUND, "no file of that name");
    if (kind != NULL)
        rc = kind->file_get(op, name, SEAL_HEAD, &stored, &n);
    if (rc == ERR_OK) {
        memcpy(ret, stored, n < SEAL_HEAD ? n : SEAL_HEAD);
    } else {
        if (rc != ERR_NOT_FOUND)
            return rc;
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return err_set(&op->err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "open %s", path);
        n = (size_t)read(fd, ret, SEAL_HEAD);
    }
    return n == SEAL_HEAD ? ERR_OK : err_set(&op->err, ERR_CORRUPT, "file %s is not sealed", name);
}

enum err_code blob_epoch(struct op *op, const char *name, uint32_t *ret)
{
    unsigned char head[SEAL_HEAD] = {0};
    uint32_t epoch = 0;

    TRY(read_head(op, name, head));
    if (cipher_of_file(head[0]) == CIPHER_NONE)
        return err_set(&op->err, ERR_CORRUPT, "file %s is not sealed", name);
    for (int i = 0; i < 4; i++)
        epoch |= (uint32_t)head[1 + i] << (8 * i);
    *ret = epoch;
    return ERR_OK;
}

/* In place of the file of that name, at once. */
static enum err_code replace_file(struct op *op, const char *name, const unsigned char *sealed,
                                  size_t n)
{
    const struct engine_kind *kind = keeper(op);
    char path[PATH_BYTES], next[PATH_BYTES];

    if (!blob_path(op->store, name, path, sizeof path - 5))
        return err_set(&op->err, ERR_INTERNAL, "path too long");
    if (kind != NULL) {
        TRY(kind->file_put(op, name, sealed, n));
        unlink(path); /* where it lay before */
        return ERR_OK;
    }
    snprintf(next, sizeof next, "%.*s.new", (int)sizeof next - 8, path);
    unlink(next);
    TRY(file_write_new(next, S_IRUSR | S_IWUSR, op->store->sync, sealed, n, &op->err));
    if (rename(next, path) != 0)
        return io_error(&op->err, "rename", next, errno);
    return sync_folder_of(op->store, name, &op->err);
}

static enum err_code reseal(struct op *op, const char *name)
{
    CLEANUP(free_bytesp) unsigned char *sealed = NULL;
    unsigned char *plain;
    size_t n;

    TRY(blob_get(op, name, &plain, &n));
    TRY(seal(op, name, 0, plain, n, &sealed));
    return replace_file(op, name, sealed, sealed_size(n));
}

enum err_code blob_reseal(struct op *op, const char *name, bool *ret_done)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(BLOB_MAX * 2);
    struct op own = op_apart(op, arena);
    enum err_code rc;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to re-seal a file");
    rc = reseal(&own, name);
    op->err = own.err;
    *ret_done = rc == ERR_OK;
    return rc;
}

static enum err_code seal_back(struct op *op, const char *name, uint32_t epoch, unsigned char **ret,
                               size_t *ret_n)
{
    unsigned char *plain, *sealed;
    size_t n;

    TRY(blob_get(op, name, &plain, &n));
    TRY(seal(op, name, epoch, plain, n, &sealed));
    free(*ret);
    *ret = sealed;
    *ret_n = sealed_size(n);
    return ERR_OK;
}

enum err_code blob_sealed_by(struct op *op, const char *name, uint32_t newest, unsigned char **ret,
                             size_t *ret_n, bool *ret_back)
{
    CLEANUP(arena_freep) struct arena *arena = NULL;
    struct op own = op_apart(op, arena);
    enum err_code rc;

    TRY(blob_sealed(op, name, ret, ret_n));
    *ret_back = epoch_of(*ret, *ret_n) > newest;
    if (!*ret_back)
        return ERR_OK;
    own.arena = arena = arena_new(BLOB_MAX * 2);
    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory to re-seal a file");
    rc = seal_back(&own, name, newest, ret, ret_n);
    op->err = own.err;
    return rc;
}

/* ---- files without a row ---- */

struct names {
    const char **list;
    size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum err_code add_name(struct op *op, struct names *names, const char *name)
{
    if (names->n == names->cap) {
        size_t cap = names->cap == 0 ? 256 : names->cap * 2;
        const char **more = ARENA_ARRAY(op->arena, const char *, cap);

        if (more == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for names of files");
        if (names->n > 0)
            memcpy(more, names->list, names->n * sizeof *more);
        names->list = more;
        names->cap = cap;
    }
    names->list[names->n] = arena_strdup(op->arena, name);
    if (names->list[names->n] == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for names of files");
    names->n++;
    return ERR_OK;
}

/* What lies in a folder, in order; nothing where it is not there. */
static enum err_code names_in(struct op *op, const char *folder, struct names *ret)
{
    DIR *d = opendir(folder);
    const struct dirent *entry;
    enum err_code rc = ERR_OK;

    *ret = (struct names){0};
    while (d != NULL && rc == ERR_OK && (entry = readdir(d)) != NULL)
        if (entry->d_name[0] != '.')
            rc = add_name(op, ret, entry->d_name);
    if (d != NULL)
        closedir(d);
    if (rc == ERR_OK && ret->n > 0)
        qsort(ret->list, ret->n, sizeof *ret->list, by_name);
    return rc;
}

/* Takes away those that a row names: one walk along the rows of the folder, "ab" and up. */
static enum err_code drop_known(struct op *op, const char two[3], struct names *names)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const char end[3] = {two[0], (char)(two[1] + 1), '\0'};
    const char *known = NULL;
    size_t kept = 0;
    bool row;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_blob_names, &s));
    TRY(stmt_bind_text(op, s, 1, two));
    TRY(stmt_bind_text(op, s, 2, end));
    TRY(stmt_step(op, s, &row));
    for (size_t i = 0; i < names->n; i++) {
        while (row && strcmp(known = stmt_text(s, 0), names->list[i]) < 0)
            TRY(stmt_step(op, s, &row));
        if (!row || strcmp(known, names->list[i]) != 0)
            names->list[kept++] = names->list[i];
    }
    names->n = kept;
    return ERR_OK;
}

static enum err_code sweep_one(struct op *op, const char *folder, const char *name, int *swept)
{
    char path[PATH_BYTES];
    struct stat st;

    TRY(path_join(folder, name, path, &op->err));
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
        (int64_t)st.st_mtime * 1000 <= op->now_ms - SWEEP_AGE_S * 1000 && unlink(path) == 0)
        (*swept)++;
    return ERR_OK;
}

/* Of files that rows name nothing is read but the name: there may be millions. */
static enum err_code sweep_folder(struct op *op, unsigned folder, int *swept)
{
    char path[PATH_BYTES], in[16];
    const char *two = in + strlen("files/");
    struct names names;

    snprintf(in, sizeof in, "files/%02x", folder & 0xffU);
    TRY(path_join(op->store->dir, in, path, &op->err));
    TRY(names_in(op, path, &names));
    if (names.n > 0)
        TRY(drop_known(op, two, &names));
    for (size_t i = 0; i < names.n; i++)
        TRY(sweep_one(op, path, names.list[i], swept));
    return ERR_OK;
}

enum err_code blob_sweep(struct op *op, int *ret_swept)
{
    unsigned folder = atomic_fetch_add(&op->store->swept, 1) % BLOB_FOLDERS;
    const struct engine_kind *kind = keeper(op);
    int swept = 0;

    if (kind != NULL && folder == 0)
        TRY(kind->file_sweep(op, op->now_ms - SWEEP_AGE_S * 1000, &swept));
    TRY(sweep_folder(op, folder, &swept));
    *ret_swept = swept;
    return ERR_OK;
}
