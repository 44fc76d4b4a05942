/* Restoring a copy (copies.h): the full one it stands on, then step by step. */
#include "store/copies_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define STEPS_MAX 100000

static enum err_code does_not_fit(const char *name, struct err *err)
{
    return err_set(err, ERR_CORRUPT, "%s does not fit the copy it stands on", name);
}

/* ---- which copies ---- */

static enum err_code parse_step(const char *text, const char *name, struct copy_step *ret,
                                struct err *err)
{
    char hex[TAR_HASH * 2 + 1];
    long long pages, page_bytes;
    size_t n;

    if (sscanf(text, "after %31s\npages %lld\npage_bytes %lld\nhash %64s\n", ret->after, &pages,
               &page_bytes, hex) != 4 ||
        pages < 1 || page_bytes < 512 || page_bytes > 65536 || strchr(ret->after, '/') != NULL ||
        strlen(hex) != TAR_HASH * 2 ||
        sodium_hex2bin(ret->hash, TAR_HASH, hex, TAR_HASH * 2, NULL, &n, NULL) != 0)
        return err_set(err, ERR_CORRUPT, "%s does not say what it stands on", name);
    ret->pages = pages;
    ret->page_bytes = page_bytes;
    return ERR_OK;
}

static enum err_code read_step(int fd, const struct tar_member *m, const char *name,
                               unsigned char ret_hash[TAR_HASH], struct copy_step *ret,
                               struct err *err)
{
    char text[STEP_BYTES + 1] = "";

    TRY(tar_read(fd, m, text, STEP_BYTES, err));
    crypto_generichash(ret_hash, TAR_HASH, (const unsigned char *)text, (size_t)m->size, NULL, 0);
    return parse_step(text, name, ret, err);
}

static bool is_full(const char *name)
{
    return strcmp(name + strlen(name) - strlen(".full.tar"), ".full.tar") == 0;
}

/* The copy that @p name stands on, from its first member. */
static enum err_code before(const char *folder, const char *name, char ret[COPY_NAME],
                            struct err *err)
{
    CLEANUP(fd_closep) int fd = -1;
    unsigned char hash[TAR_HASH];
    char path[PATH_BYTES];
    struct copy_step step;
    struct tar_member m;
    bool more;

    TRY(path_join(folder, name, path, err));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? err_set(err, ERR_CORRUPT, "%s is missing", path)
                               : io_error(err, "open", path, errno);
    TRY(tar_next(fd, &m, &more, err));
    if (!more || strcmp(m.name, "step") != 0)
        return err_set(err, ERR_CORRUPT, "%s does not say what it stands on", name);
    TRY(read_step(fd, &m, name, hash, &step, err));
    if (strlen(step.after) < COPY_STAMP + strlen(".full.tar") || strcmp(step.after, name) == 0)
        return does_not_fit(name, err);
    snprintf(ret, COPY_NAME, "%s", step.after);
    return ERR_OK;
}

static enum err_code choose(const char *folder, int64_t at_ms, char ret[COPY_NAME], struct err *err)
{
    struct copy_entry *all = NULL;
    char stamp[COPY_STAMP + 1];
    const char *chosen = NULL;
    size_t n = 0;

    TRY(copies_list(folder, &all, &n, err));
    if (at_ms != INT64_MAX)
        copy_stamp(at_ms, stamp);
    for (size_t i = 0; i < n; i++)
        if (at_ms == INT64_MAX || strncmp(all[i].name, stamp, COPY_STAMP) <= 0)
            chosen = all[i].name;
    if (chosen != NULL)
        snprintf(ret, COPY_NAME, "%s", chosen);
    free(all);
    return chosen != NULL ? ERR_OK
           : n == 0       ? err_set(err, ERR_NOT_FOUND, "no copies in %s", folder)
                          : err_set(err, ERR_NOT_FOUND, "no copy in %s is that old", folder);
}

/* ---- one step ---- */

struct stepping {
    const char *dir, *name;
    char pages_path[PATH_BYTES];
    struct copy_step step;
    bool has_step, has_pages;
};

static enum err_code take_gone(struct stepping *s, int fd, const struct tar_member *m,
                               unsigned char ret_hash[TAR_HASH], struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *names = malloc((size_t)m->size + 1);
    char member[TAR_NAME], path[PATH_BYTES];
    char *line, *rest;

    if (names == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for the names of files");
    TRY(tar_read(fd, m, names, (size_t)m->size, err));
    crypto_generichash(ret_hash, TAR_HASH, names, (size_t)m->size, NULL, 0);
    names[m->size] = '\0';
    for (line = strtok_r((char *)names, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        snprintf(member, sizeof member, "files/%.2s/%.60s", line, line);
        if (!backup_blob_place(s->dir, member, path))
            return err_set(err, ERR_CORRUPT, "not the name of a file: %.60s", line);
        unlink(path);
    }
    return ERR_OK;
}

static enum err_code take_member(void *arg, int fd, const struct tar_member *m,
                                 unsigned char ret_hash[TAR_HASH], struct err *err)
{
    struct stepping *s = arg;
    char path[PATH_BYTES];

    if (strcmp(m->name, "step") == 0) {
        s->has_step = true;
        return read_step(fd, m, s->name, ret_hash, &s->step, err);
    }
    if (strcmp(m->name, "pages") == 0) {
        s->has_pages = true;
        return tar_extract(fd, m, s->pages_path, ret_hash, err);
    }
    if (strcmp(m->name, "gone") == 0)
        return take_gone(s, fd, m, ret_hash, err);
    if (!backup_blob_place(s->dir, m->name, path))
        return err_set(err, ERR_CORRUPT, "not a member of a step: %.100s", m->name);
    unlink(path); /* it was sealed anew */
    return tar_extract(fd, m, path, ret_hash, err);
}

static enum err_code put_pages(const struct stepping *s, FILE *pages, FILE *to, unsigned char *page,
                               struct err *err)
{
    size_t bytes = (size_t)s->step.page_bytes;
    unsigned char number[8];

    while (fread(number, sizeof number, 1, pages) == 1) {
        uint64_t i = 0;

        for (int k = 0; k < 8; k++)
            i = i << 8 | number[k];
        if (i >= (uint64_t)s->step.pages || fread(page, bytes, 1, pages) != 1)
            return does_not_fit(s->name, err);
        if (fseeko(to, (off_t)i * (off_t)bytes, SEEK_SET) != 0 || fwrite(page, bytes, 1, to) != 1)
            return io_error(err, "write", "the database", errno);
    }
    if (fflush(to) != 0 || ftruncate(fileno(to), (off_t)s->step.pages * (off_t)bytes) != 0)
        return io_error(err, "write", "the database", errno);
    return file_sync(fileno(to), "the database", err);
}

/* The whole database must have the hash that the step says. */
static enum err_code compare(const struct stepping *s, FILE *db, unsigned char *page,
                             struct err *err)
{
    unsigned char hash[TAR_HASH];
    crypto_generichash_state st;

    crypto_generichash_init(&st, NULL, 0, TAR_HASH);
    rewind(db);
    for (int64_t i = 0; i < s->step.pages; i++) {
        if (fread(page, (size_t)s->step.page_bytes, 1, db) != 1)
            return does_not_fit(s->name, err);
        crypto_generichash_update(&st, page, (size_t)s->step.page_bytes);
    }
    crypto_generichash_final(&st, hash, TAR_HASH);
    return memcmp(hash, s->step.hash, TAR_HASH) == 0 ? ERR_OK : does_not_fit(s->name, err);
}

static enum err_code step_database(const struct stepping *s, struct err *err)
{
    CLEANUP(free_bytesp) unsigned char *page = malloc((size_t)s->step.page_bytes);
    FILE *pages = fopen(s->pages_path, "re"), *db;
    char path[PATH_BYTES];
    enum err_code rc = path_join(s->dir, "fangxin.db", path, err);

    db = rc == ERR_OK ? fopen(path, "r+e") : NULL;
    if (rc == ERR_OK && page == NULL)
        rc = err_set(err, ERR_NO_MEMORY, "no memory for a page");
    if (rc == ERR_OK && (pages == NULL || db == NULL))
        rc = io_error(err, "open", s->dir, errno);
    if (rc == ERR_OK)
        rc = put_pages(s, pages, db, page, err);
    if (rc == ERR_OK)
        rc = compare(s, db, page, err);
    if (pages != NULL)
        fclose(pages);
    if (db != NULL)
        fclose(db);
    return rc;
}

static enum err_code take_step(const char *folder, const char *name, const char *dir,
                               struct err *err)
{
    struct stepping s = {.dir = dir, .name = name};
    char path[PATH_BYTES];
    enum err_code rc;

    TRY(path_join(folder, name, path, err));
    TRY(path_join(dir, "pages.part", s.pages_path, err));
    rc = backup_read(path, STEP_HEAD, take_member, &s, err);
    if (rc == ERR_OK && (!s.has_step || !s.has_pages))
        rc = err_set(err, ERR_CORRUPT, "%s is not a whole step", name);
    if (rc == ERR_OK)
        rc = step_database(&s, err);
    unlink(s.pages_path);
    return rc;
}

/* ---- the chain ---- */

static enum err_code is_there(const char *folder, const char *name, struct err *err)
{
    char path[PATH_BYTES];

    TRY(path_join(folder, name, path, err));
    return file_exists(path) ? ERR_OK : err_set(err, ERR_CORRUPT, "%s is missing", path);
}

enum err_code copy_chain(const char *folder, const char *name, char (**ret)[COPY_NAME],
                         size_t *ret_n, struct err *err)
{
    char(*chain)[COPY_NAME] = NULL;
    enum err_code rc = ERR_OK;
    size_t n = 0, cap = 0;
    char at[COPY_NAME];

    snprintf(at, sizeof at, "%s", name);
    while (rc == ERR_OK) {
        if (n == cap) {
            char(*grown)[COPY_NAME] = realloc(chain, (cap + 256) * sizeof *grown);

            if (grown == NULL || n >= STEPS_MAX) {
                rc = err_set(err, ERR_CORRUPT, "%s stands on too many steps", name);
                if (grown != NULL)
                    chain = grown;
                break;
            }
            chain = grown;
            cap += 256;
        }
        snprintf(chain[n++], COPY_NAME, "%s", at);
        if (is_full(at)) {
            rc = is_there(folder, at, err);
            break;
        }
        rc = before(folder, chain[n - 1], at, err);
    }
    if (rc != ERR_OK) {
        free(chain);
        return rc;
    }
    *ret = chain;
    *ret_n = n;
    return ERR_OK;
}

enum err_code copies_restore(const char *folder, int64_t at_ms, const char *dir,
                             char ret_name[COPY_NAME], struct err *err)
{
    char(*chain)[COPY_NAME];
    char path[PATH_BYTES];
    enum err_code rc;
    size_t n;

    if (sodium_init() < 0)
        return err_set(err, ERR_INTERNAL, "libsodium does not start");
    TRY(choose(folder, at_ms, ret_name, err));
    TRY(copy_chain(folder, ret_name, &chain, &n, err));
    rc = path_join(folder, chain[n - 1], path, err);
    if (rc == ERR_OK)
        rc = store_restore(path, dir, false, err);
    if (rc != ERR_OK) { /* the folder is as it was: if there was something in it, too */
        free(chain);
        return rc;
    }
    for (size_t i = n - 1; i > 0 && rc == ERR_OK; i--)
        rc = take_step(folder, chain[i - 1], dir, err);
    free(chain);
    if (rc == ERR_OK)
        rc = backup_sync_folders(dir, err);
    if (rc != ERR_OK)
        store_restore_undo(dir);
    return rc;
}
