/* Reading packs/regions, and names in addresses. */
#include "rules/regions.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define FOLDER "regions/"
#define REGIONS_BYTES ((size_t)16 << 20)

struct regions {
    struct arena *arena;
    struct region *items; /* ascending by code */
    size_t n, cap;
};

bool division_valid(const char *code)
{
    size_t n = strlen(code);

    return (n == 6 || n == 9) && strspn(code, "0123456789") == n;
}

bool division_within(const char *code, const char *within)
{
    return strncmp(code, within, strlen(within)) == 0;
}

/* ---- reading ---- */

static int by_code(const void *a, const void *b)
{
    const struct region *x = a, *y = b;

    return strcmp(x->code, y->code);
}

/* The position of the code, or of the first behind it. */
static size_t place_of(const struct regions *all, const char *code)
{
    size_t low = 0, high = all->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(all->items[middle].code, code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add(struct reader *r, struct regions *all, const struct region *one)
{
    size_t at = place_of(all, one->code);

    if (all->n == all->cap) {
        size_t cap = all->cap == 0 ? 64 : all->cap * 2;
        struct region *more = reallocarray(all->items, cap, sizeof *more);

        r->no_memory |= more == NULL;
        if (more == NULL)
            return;
        all->items = more;
        all->cap = cap;
    }
    memmove(&all->items[at + 1], &all->items[at], (all->n - at) * sizeof all->items[0]);
    all->items[at] = *one;
    all->n++;
}

static void read_region(struct reader *r, const json_t *v, const char *key, struct region *ret)
{
    *ret = (struct region){.code = read_text(r, v, key, true),
                           .label = read_label(r, v, "label", true)};
}

/* The next one of the list that has a code. */
static bool next_region(struct reader *r, struct read_walk *walk, struct region *ret)
{
    static const char *const keys[] = {"code", "label", NULL};

    while (read_next(walk)) {
        if (!read_object(r, walk->v, keys))
            continue;
        read_region(r, walk->v, "code", ret);
        if (ret->code != NULL)
            return true;
    }
    return false;
}

/* Province and city of the county: named in the files of all their counties. */
static void read_path(struct reader *r, const json_t *v, struct regions *all, const char *county)
{
    struct read_walk walk = read_begin(r, v, "path", 0, false);
    struct region one;

    while (next_region(r, &walk, &one)) {
        if (!division_within(county, one.code))
            reader_fault(r, "code", "path", "区县不在这里面", "The county does not lie in it");
        else if (regions_find(all, one.code) == NULL)
            add(r, all, &one);
    }
}

static void read_streets(struct reader *r, const json_t *v, struct regions *all, const char *county)
{
    struct read_walk walk = read_begin(r, v, "streets", 0, true);
    struct region one;

    while (next_region(r, &walk, &one)) {
        if (strlen(one.code) != 9 || !division_valid(one.code) ||
            !division_within(one.code, county))
            reader_fault(r, "code", "division", "街道代码是区县代码加 3 位数字",
                         "A street is the county's code and three digits");
        else if (regions_find(all, one.code) != NULL)
            reader_fault(r, "code", "twice", "编号重复", "The code is given twice");
        else
            add(r, all, &one);
    }
}

static void read_county(struct reader *r, const json_t *root, struct regions *all)
{
    static const char *const keys[] = {"id", "label", "path", "source", "streets", NULL};
    struct region county;

    if (!read_object(r, root, keys))
        return;
    read_region(r, root, "id", &county);
    (void)read_text(r, root, "source", true);
    if (county.code == NULL)
        return;
    if (strlen(county.code) != 6 || !division_valid(county.code))
        reader_fault(r, "id", "division", "区县代码是 6 位数字", "A county has six digits");
    else if (regions_find(all, county.code) != NULL)
        reader_fault(r, "id", "twice", "编号重复", "The code is given twice");
    else
        add(r, all, &county);
    read_path(r, root, all, county.code);
    read_streets(r, root, all, county.code);
}

static enum err_code load_file(struct regions *all, const struct embedded_file *file,
                               struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct reader r;

    TRY(json_parse((const char *)file->data, file->size, &root, err));
    reader_init(&r, all->arena, err);
    (void)reader_key(&r, file->path);
    read_county(&r, root, all);
    return reader_result(&r);
}

enum err_code regions_load(const struct embedded_file *files, struct regions **ret, struct err *err)
{
    CLEANUP(regions_freep) struct regions *all = calloc(1, sizeof *all);

    if (all != NULL)
        all->arena = arena_new(REGIONS_BYTES);
    if (all == NULL || all->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "regions");
    for (const struct embedded_file *f = files; f->path != NULL; f++)
        if (strncmp(f->path, FOLDER, strlen(FOLDER)) == 0)
            TRY(load_file(all, f, err));
    *ret = all;
    all = NULL;
    return ERR_OK;
}

void regions_free(struct regions *regions)
{
    if (regions == NULL)
        return;
    arena_free(regions->arena);
    free(regions->items);
    free(regions);
}

void regions_freep(struct regions **regions)
{
    regions_free(*regions);
    *regions = NULL;
}

/* ---- looking up ---- */

size_t regions_count(const struct regions *regions)
{
    return regions->n;
}

const struct region *regions_at(const struct regions *regions, size_t i)
{
    return &regions->items[i];
}

const struct region *regions_find(const struct regions *regions, const char *code)
{
    struct region wanted = {.code = code};

    if (code == NULL || regions->n == 0)
        return NULL;
    return bsearch(&wanted, regions->items, regions->n, sizeof regions->items[0], by_code);
}

/* A county that the address names, where it names just one. */
static const struct region *county_in(const struct regions *all, const char *address)
{
    const struct region *found = NULL;

    for (size_t i = 0; i < all->n; i++) {
        const struct region *one = &all->items[i];

        if (strlen(one->code) != 6 || strstr(address, one->label.zh) == NULL)
            continue;
        if (found != NULL)
            return NULL;
        found = one;
    }
    return found;
}

const struct region *regions_in(const struct regions *regions, const char *address)
{
    const struct region *county, *street = NULL;

    if (address == NULL || *address == '\0')
        return NULL;
    county = county_in(regions, address);
    for (size_t i = 0; i < regions->n; i++) {
        const struct region *one = &regions->items[i];

        if (strlen(one->code) != 9 || strstr(address, one->label.zh) == NULL ||
            (county != NULL && !division_within(one->code, county->code)))
            continue;
        if (street != NULL) /* 城关镇 of two counties, or two streets of one */
            return county;
        street = one;
    }
    return street != NULL ? street : county;
}
