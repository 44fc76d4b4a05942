/* Making copies (copies.h). */
#include "store/copies_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define SUMS "newest.sums"
#define SUMS_HEAD 128 /* text, padded with zeros; then the pages' sums, then the files' */
#define PAGE_SUM 16
#define FILE_NAME 32
#define FILE_SUM (FILE_NAME + 8)
#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* The sums of the copy made last, mapped; all zero when there are none. */
struct sums {
    unsigned char *map;
    size_t size;
    char name[COPY_NAME];
    int64_t page_bytes, n_pages, n_files;
};

/* One copy that is being made. */
struct making {
    const struct copy_plan *plan;
    struct sums old;
    FILE *sums, *pages; /* of this one; pages: only of a step */
    char pages_path[PATH_BYTES];
    struct copy_step step;
    struct copy_made *made;
    int64_t at_file; /* of the old ones, while both go by name */
    struct buf gone;
};

/* ---- the sums of the copy made last ---- */

static void sums_close(struct sums *s)
{
    if (s->map != NULL)
        munmap(s->map, s->size);
    *s = (struct sums){0};
}

/* Leaves @p ret zero when there are none that can be used: then the next copy is a full one. */
static void sums_open(const char *folder, struct sums *ret)
{
    char path[PATH_BYTES], name[COPY_NAME];
    long long page_bytes, n_pages;
    struct err ignored = {.code = ERR_OK};
    CLEANUP(fd_closep) int fd = -1;
    struct stat st;
    void *map;

    *ret = (struct sums){0};
    if (path_join(folder, SUMS, path, &ignored) != ERR_OK)
        return;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < SUMS_HEAD)
        return;
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return;
    ret->map = map;
    ret->size = (size_t)st.st_size;
    if (memchr(map, '\n', SUMS_HEAD) == NULL ||
        sscanf(map, "fangxin-sums-1 %31s %lld %lld\n", name, &page_bytes, &n_pages) != 3 ||
        page_bytes < 512 || n_pages < 0 || SUMS_HEAD + n_pages * PAGE_SUM > st.st_size ||
        (st.st_size - SUMS_HEAD - n_pages * PAGE_SUM) % FILE_SUM != 0 ||
        path_join(folder, name, path, &ignored) != ERR_OK || !file_exists(path)) {
        sums_close(ret);
        return;
    }
    snprintf(ret->name, sizeof ret->name, "%s", name);
    ret->page_bytes = page_bytes;
    ret->n_pages = n_pages;
    ret->n_files = (st.st_size - SUMS_HEAD - n_pages * PAGE_SUM) / FILE_SUM;
}

static const unsigned char *old_page(const struct sums *s, int64_t i)
{
    return s->map + SUMS_HEAD + i * PAGE_SUM;
}

static const unsigned char *old_file(const struct sums *s, int64_t i)
{
    return s->map + SUMS_HEAD + s->n_pages * PAGE_SUM + i * FILE_SUM;
}

/* A new file for the owner alone. */
static FILE *create_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

    if (f == NULL && fd >= 0)
        close(fd);
    return f;
}

static enum err_code wrote(struct op *op, bool well)
{
    return well ? ERR_OK : io_error(&op->err, "write", "a copy", errno);
}

/* ---- pages ---- */

static enum err_code one_page(struct op *op, struct making *m, int64_t i, const unsigned char *page)
{
    size_t bytes = (size_t)m->step.page_bytes;
    unsigned char sum[PAGE_SUM], number[8];

    crypto_generichash(sum, sizeof sum, page, bytes, NULL, 0);
    TRY(wrote(op, fwrite(sum, sizeof sum, 1, m->sums) == 1));
    if (m->pages == NULL ||
        (i < m->old.n_pages && memcmp(sum, old_page(&m->old, i), sizeof sum) == 0))
        return ERR_OK;
    for (int k = 0; k < 8; k++)
        number[k] = (unsigned char)((uint64_t)i >> (56 - 8 * k));
    m->made->pages++;
    return wrote(op, fwrite(number, sizeof number, 1, m->pages) == 1 &&
                         fwrite(page, bytes, 1, m->pages) == 1);
}

static enum err_code each_page(struct op *op, struct making *m, FILE *from, unsigned char *page)
{
    crypto_generichash_state whole;
    size_t bytes = (size_t)m->step.page_bytes;

    crypto_generichash_init(&whole, NULL, 0, TAR_HASH);
    for (int64_t i = 0; i < m->step.pages; i++) {
        if (fread(page, bytes, 1, from) != 1)
            return err_set(&op->err, ERR_IO, "the copied database ends too early");
        crypto_generichash_update(&whole, page, bytes);
        TRY(one_page(op, m, i, page));
    }
    crypto_generichash_final(&whole, m->step.hash, TAR_HASH);
    return ERR_OK;
}

/* The head of a SQLite file says the size of its pages; 1 means 65,536. */
static enum err_code page_size(struct op *op, FILE *from, struct copy_step *ret)
{
    unsigned char head[18];
    int64_t size;

    if (fread(head, sizeof head, 1, from) != 1 || fseeko(from, 0, SEEK_END) != 0)
        return err_set(&op->err, ERR_IO, "the copied database cannot be read");
    size = ftello(from);
    ret->page_bytes = head[16] << 8 | head[17];
    if (ret->page_bytes == 1)
        ret->page_bytes = 65536;
    rewind(from);
    if (ret->page_bytes < 512 || size % ret->page_bytes != 0)
        return err_set(&op->err, ERR_INTERNAL, "the copied database has no whole pages");
    ret->pages = size / ret->page_bytes;
    return ERR_OK;
}

static enum err_code walk_pages(struct backup *b, struct making *m)
{
    CLEANUP(free_bytesp) unsigned char *page = NULL;
    FILE *from = fopen(b->copy, "re");
    char head[SUMS_HEAD] = "";
    enum err_code rc;

    if (from == NULL)
        return io_error(&b->op->err, "open", b->copy, errno);
    rc = page_size(b->op, from, &m->step);
    if (rc == ERR_OK && m->pages != NULL && m->step.page_bytes != m->old.page_bytes)
        rc = err_set(&b->op->err, ERR_INTERNAL, "the size of pages changed");
    if (rc == ERR_OK && (page = malloc((size_t)m->step.page_bytes)) == NULL)
        rc = err_set(&b->op->err, ERR_NO_MEMORY, "no memory for a page");
    if (rc == ERR_OK) {
        snprintf(head, sizeof head, "fangxin-sums-1 %s %lld %lld\n", m->made->name,
                 (long long)m->step.page_bytes, (long long)m->step.pages);
        rc = wrote(b->op, fwrite(head, sizeof head, 1, m->sums) == 1);
    }
    if (rc == ERR_OK)
        rc = each_page(b->op, m, from, page);
    fclose(from);
    return rc;
}

/* ---- sealed files ---- */

/* Another sum when the file of that name was written anew. */
static void sum_file(struct op *op, const char *name, unsigned char ret[FILE_SUM])
{
    char path[PATH_BYTES];
    struct stat st = {0};
    int64_t facts[4];

    memset(ret, 0, FILE_SUM);
    memcpy(ret, name, strnlen(name, FILE_NAME));
    if (!blob_path(op->store, name, path, sizeof path) || stat(path, &st) != 0)
        return;
    facts[0] = st.st_size;
    facts[1] = st.st_mtim.tv_sec;
    facts[2] = st.st_mtim.tv_nsec;
    facts[3] = (int64_t)st.st_ino;
    crypto_shorthash(ret + FILE_NAME, (const unsigned char *)facts, sizeof facts,
                     (const unsigned char[crypto_shorthash_KEYBYTES]){0});
}

/* The old ones in front of @p name (NULL: all that are left) are not there any more. */
static void pass_gone(struct making *m, const char *name)
{
    for (; m->at_file < m->old.n_files; m->at_file++) {
        const unsigned char *old = old_file(&m->old, m->at_file);

        if (name != NULL && memcmp(old, name, FILE_NAME) >= 0)
            return;
        buf_addf(&m->gone, "%.*s\n", FILE_NAME, (const char *)old);
    }
}

/* Whether the copy made last, or one before it, has this file as it lies there. */
static bool has_file(struct making *m, const char *name, const unsigned char sum[FILE_SUM])
{
    pass_gone(m, name);
    return m->at_file < m->old.n_files &&
           memcmp(old_file(&m->old, m->at_file), name, FILE_NAME) == 0 &&
           memcmp(old_file(&m->old, m->at_file++), sum, FILE_SUM) == 0;
}

/* The sum is taken before the file is read: one that is sealed anew in between is copied again, and
 * so is one that went in sealed otherwise than it lies there. */
static enum err_code one_file(struct backup *b, const char *name, void *arg)
{
    struct making *m = arg;
    unsigned char sum[FILE_SUM];
    bool back = false;

    if (strlen(name) != FILE_NAME)
        return err_set(&b->op->err, ERR_INTERNAL, "a file is named %.40s", name);
    sum_file(b->op, name, sum);
    if (m->made->full || !has_file(m, name, sum)) {
        TRY(backup_add_blob(b, name, &back));
        m->made->files += !m->made->full;
    }
    if (back)
        memset(sum + FILE_NAME, 0, FILE_SUM - FILE_NAME);
    return wrote(b->op, fwrite(sum, sizeof sum, 1, m->sums) == 1);
}

/* ---- one copy ---- */

static enum err_code fill_full(struct backup *b, void *arg)
{
    struct making *m = arg;

    TRY(walk_pages(b, m));
    m->made->pages = m->step.pages;
    TRY(backup_add_database(b));
    return backup_each_blob(b, one_file, m);
}

static enum err_code fill_step(struct backup *b, void *arg)
{
    struct making *m = arg;
    char text[STEP_BYTES], hex[TAR_HASH * 2 + 1];
    int n;

    TRY(walk_pages(b, m));
    TRY(wrote(b->op, fflush(m->pages) == 0));
    hex_encode(m->step.hash, TAR_HASH, hex);
    n = snprintf(text, sizeof text, "after %s\npages %lld\npage_bytes %lld\nhash %s\n", m->old.name,
                 (long long)m->step.pages, (long long)m->step.page_bytes, hex);
    TRY(backup_add_bytes(b, "step", text, (size_t)n));
    TRY(backup_add_file(b, "pages", m->pages_path));
    TRY(backup_each_blob(b, one_file, m));
    pass_gone(m, NULL);
    if (m->gone.failed)
        return err_set(&b->op->err, ERR_NO_MEMORY, "no memory for the names of files");
    return backup_add_bytes(b, "gone", buf_text(&m->gone), m->gone.len);
}

/* May one more step stand on the copy made last? Its chain must be there to the full copy. */
static bool step_fits(const struct copy_plan *plan, const struct sums *old, const char *oldest_full)
{
    char(*chain)[COPY_NAME] = NULL;
    struct err ignored = {.code = ERR_OK};
    size_t n = 0;
    bool fits;

    if (old->map == NULL || copy_chain(plan->folder, old->name, &chain, &n, &ignored) != ERR_OK)
        return false;
    fits = strncmp(chain[n - 1], oldest_full, COPY_STAMP) >= 0;
    free(chain);
    return fits;
}

/* Whole series go: when the full copy behind one is older than the days to keep, so is all of it.
 */
static enum err_code forget(struct op *op, const struct copy_plan *plan, int *ret_removed)
{
    struct copy_entry *all = NULL;
    char oldest[COPY_STAMP + 1], path[PATH_BYTES];
    enum err_code rc;
    size_t n, from = 0;

    if (plan->keep_days == 0)
        return ERR_OK;
    copy_stamp(op->now_ms - plan->keep_days * DAY_MS, oldest);
    TRY(copies_list(plan->folder, &all, &n, &op->err));
    for (size_t i = 0; i < n; i++)
        if (all[i].full && strncmp(all[i].name, oldest, COPY_STAMP) < 0)
            from = i; /* the series in which the oldest moment to keep lies */
    rc = ERR_OK;
    for (size_t i = 0; i < from && rc == ERR_OK; i++) {
        rc = path_join(plan->folder, all[i].name, path, &op->err);
        if (rc == ERR_OK && unlink(path) == 0)
            ++*ret_removed;
    }
    free(all);
    return rc;
}

/* The sums take their place only when the copy has its name. */
static enum err_code write_copy(struct op *op, struct making *m, const char *sums_path)
{
    char path[PATH_BYTES], newest[PATH_BYTES];
    bool full = m->made->full;
    struct stat st;

    TRY(path_join(m->plan->folder, m->made->name, path, &op->err));
    TRY(path_join(m->plan->folder, SUMS, newest, &op->err));
    m->sums = create_private(sums_path);
    TRY(wrote(op, m->sums != NULL));
    if (!full) {
        m->pages = create_private(m->pages_path);
        TRY(wrote(op, m->pages != NULL));
    }
    TRY(backup_make(op, path, full ? BACKUP_HEAD : STEP_HEAD, full ? fill_full : fill_step, m,
                    m->plan->progress, m->plan->arg));
    TRY(wrote(op, fflush(m->sums) == 0));
    TRY(file_sync(fileno(m->sums), sums_path, &op->err));
    if (rename(sums_path, newest) != 0)
        return io_error(&op->err, "rename", sums_path, errno);
    m->made->bytes = stat(path, &st) == 0 ? st.st_size : 0;
    return folder_sync(m->plan->folder, &op->err);
}

static enum err_code make(struct op *op, const struct copy_plan *plan, bool full,
                          struct copy_made *ret)
{
    struct making m = {.plan = plan, .made = ret};
    char stamp[COPY_STAMP + 1], oldest_full[COPY_STAMP + 1], sums_path[PATH_BYTES];
    enum err_code rc;

    TRY(path_join(plan->folder, "sums.part", sums_path, &op->err));
    TRY(path_join(plan->folder, "pages.part", m.pages_path, &op->err));
    copy_stamp(op->now_ms, stamp);
    copy_stamp(op->now_ms - plan->full_days * DAY_MS, oldest_full);
    sums_open(plan->folder, &m.old);
    ret->full = full || !step_fits(plan, &m.old, oldest_full);
    snprintf(ret->name, COPY_NAME, "%s.%s.tar", stamp, ret->full ? "full" : "step");
    buf_init(&m.gone, (size_t)256 << 20);
    rc = write_copy(op, &m, sums_path);
    if (m.sums != NULL)
        fclose(m.sums);
    if (m.pages != NULL)
        fclose(m.pages);
    buf_release(&m.gone);
    unlink(m.pages_path);
    unlink(sums_path);
    sums_close(&m.old);
    return rc == ERR_OK ? forget(op, plan, &ret->removed) : rc;
}

/* One at a time in a folder, also among processes. */
static enum err_code lock_folder(const char *folder, int *ret_fd, struct err *err)
{
    char path[PATH_BYTES];
    int fd;

    TRY(folder_make_all(folder, S_IRWXU, err));
    TRY(path_join(folder, "lock", path, err));
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return io_error(err, "open", path, errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return err_set(err, ERR_BUSY, "a copy is being made in %s", folder);
    }
    *ret_fd = fd;
    return ERR_OK;
}

enum err_code copies_make(struct op *op, const struct copy_plan *plan, bool full,
                          struct copy_made *ret)
{
    CLEANUP(fd_closep) int lock = -1;

    *ret = (struct copy_made){.name = ""};
    if (store_shared(op->store))
        return err_set(&op->err, ERR_INVALID,
                       "copies are of SQLite; for PostgreSQL take pgBackRest (docs/operations.md)");
    TRY(lock_folder(plan->folder, &lock, &op->err));
    return make(op, plan, full, ret);
}

enum err_code copies_due(struct op *op, const struct copy_plan *plan, bool *ret)
{
    char now[COPY_STAMP + 1], before[COPY_STAMP + 1];
    struct sums last;

    copy_stamp(op->now_ms, now);
    copy_stamp(op->now_ms - (int64_t)plan->every_min * 60000, before);
    sums_open(plan->folder, &last);
    *ret = last.map == NULL || strncmp(last.name, before, COPY_STAMP) <= 0 ||
           strncmp(last.name, now, COPY_STAMP) > 0;
    sums_close(&last);
    return ERR_OK;
}
