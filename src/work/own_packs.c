/* One list of files out of two: a folder laid over what the program holds. */
#include "work/own_packs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES ((size_t)4 << 20)
#define FILES_MAX 400

static const char *const folders[] = {"codes",   "letters", "orders", "profiles",
                                      "regions", "rules",   "visits", "watches"};

struct laying {
    struct arena *arena;
    const char *dir;
    struct err *err;
    struct embedded_file own[FILES_MAX + 1];
    size_t n;
};

static enum err_code no_memory(struct laying *l)
{
    return err_set(l->err, ERR_NO_MEMORY, "packs of the installation");
}

enum err_code pack_in_file(enum err_code rc, const char *path, struct err *err)
{
    char place[sizeof err->items[0].field], why[sizeof err->why];

    if (rc == ERR_OK)
        return rc;
    for (size_t i = 0; i < err->n_items; i++) {
        snprintf(place, sizeof place, "%.29s: %.32s", path, err->items[i].field);
        memcpy(err->items[i].field, place, sizeof place);
    }
    snprintf(why, sizeof why, "%.60s: %.250s", path, err->why);
    memcpy(err->why, why, sizeof why);
    return rc;
}

/* ---- the folder ---- */

static enum err_code read_file(struct laying *l, const char *path)
{
    const char *whole = arena_printf(l->arena, "%s/%s", l->dir, path);
    FILE *f = whole == NULL ? NULL : fopen(whole, "re");
    unsigned char *bytes = NULL;
    enum err_code rc = ERR_OK;
    long size = -1;

    if (whole == NULL)
        return no_memory(l);
    if (f != NULL && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0)
        rewind(f);
    if (size < 0)
        rc = err_set(l->err, ERR_IO, "%s: %s", whole, strerror(errno));
    else if ((size_t)size > FILE_BYTES || l->n == FILES_MAX)
        rc = err_set(l->err, ERR_TOO_LARGE, "%s: too large, or too many files", whole);
    else if ((bytes = arena_alloc(l->arena, (size_t)size + 1)) == NULL)
        rc = no_memory(l);
    else if (fread(bytes, 1, (size_t)size, f) != (size_t)size)
        rc = err_set(l->err, ERR_IO, "%s: cannot be read", whole);
    if (f != NULL)
        fclose(f);
    if (rc != ERR_OK)
        return rc;
    bytes[size] = '\0';
    l->own[l->n++] = (struct embedded_file){path, bytes, (size_t)size};
    return ERR_OK;
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool is_json(const char *name)
{
    size_t n = strlen(name);

    return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* Its files, and those of the folders in it (codes of one profile). */
static enum err_code read_folder(struct laying *l, const char *folder, bool inner)
{
    const char *whole = arena_printf(l->arena, "%s/%s", l->dir, folder);
    struct dirent **entries = NULL;
    enum err_code rc = ERR_OK;
    int n;

    if (whole == NULL)
        return no_memory(l);
    n = scandir(whole, &entries, not_hidden, alphasort);
    if (n < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? ERR_OK
                   : err_set(l->err, ERR_IO, "%s: %s", whole, strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(l->arena, "%s/%s", folder, entries[i]->d_name);

        if (rc == ERR_OK && path == NULL)
            rc = no_memory(l);
        else if (rc == ERR_OK && is_json(path))
            rc = read_file(l, path);
        else if (rc == ERR_OK && !inner)
            rc = read_folder(l, path, true);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

/* ---- one list of both ---- */

static int by_path(const void *a, const void *b)
{
    const struct embedded_file *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static const struct embedded_file *merged(struct laying *l, const struct embedded_file *shipped)
{
    const struct embedded_file *own = l->own;
    struct embedded_file *all;
    size_t n = 0, at = 0;

    while (shipped[n].path != NULL)
        n++;
    all = ARENA_ARRAY(l->arena, struct embedded_file, n + l->n + 1);
    if (all == NULL)
        return NULL;
    while (shipped->path != NULL || own->path != NULL) {
        int order = shipped->path == NULL ? 1
                    : own->path == NULL   ? -1
                                          : strcmp(shipped->path, own->path);

        all[at++] = order < 0 ? *shipped : *own;
        shipped += order <= 0;
        own += order >= 0;
    }
    all[at] = (struct embedded_file){NULL, NULL, 0};
    return all;
}

enum err_code own_packs_over(struct arena *arena, const struct embedded_file *shipped,
                             const char *dir, const struct embedded_file **ret, struct err *err)
{
    struct laying l = {.arena = arena, .dir = dir, .err = err};

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        TRY(read_folder(&l, folders[i], false));
    qsort(l.own, l.n, sizeof l.own[0], by_path);
    l.own[l.n] = (struct embedded_file){NULL, NULL, 0};
    *ret = l.n == 0 ? shipped : merged(&l, shipped);
    return *ret == NULL ? no_memory(&l) : ERR_OK;
}
