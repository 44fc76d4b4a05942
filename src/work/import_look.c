/* A file before it is taken: encoding, columns, a few rows, and the map that fits best. */
#include <string.h>

#include "base/text.h"
#include "work/import_map.h"

const struct embedded_file *import_map_named(const struct embedded_file *packs, const char *name)
{
    char path[128];

    if (strlen(name) > 80 || strchr(name, '/') != NULL)
        return NULL;
    snprintf(path, sizeof path, "imports/%s.json", name);
    return embedded_find(packs, path);
}

/* Every shipped map in turn; the one that names most of the columns wins, "own" where they tie. */
static enum err_code choose_map(struct op *op, const struct embedded_file *packs,
                                const struct import_file *f, struct import_look *ret)
{
    size_t best = 0;

    for (; packs->path != NULL; packs++) {
        struct import_map *map = NULL;
        enum err_code rc;
        json_t *plan;
        const char *target;
        size_t named;
        bool own = strcmp(packs->path, "imports/own.json") == 0;

        if (!text_starts(packs->path, "imports/"))
            continue;
        rc = import_map_load(op, (const char *)packs->data, packs->size, &map);
        if (rc != ERR_OK) {
            import_map_release(map);
            return rc;
        }
        plan = import_map_plan(map, f, &named);
        target = import_map_target(map);
        target = target == NULL ? "matters" : arena_strdup(op->arena, target);
        import_map_release(map);
        if (ret->plan != NULL && (named < best || (named == best && !own))) {
            json_decref(plan);
            continue;
        }
        json_decref(ret->plan);
        ret->plan = plan;
        best = named;
        ret->target = target;
        ret->map_name = arena_strndup(op->arena, packs->path + 8, strlen(packs->path) - 13);
    }
    return ERR_OK;
}

static enum err_code take_samples(struct op *op, struct import_file *f, struct import_look *ret)
{
    bool more = true;

    while (ret->n_sample < IMPORT_SAMPLE_ROWS && more) {
        struct import_row row;
        enum err_code rc = import_file_next(op, f, &row, &more);
        const char **cells;

        if (rc == ERR_OK && more) {
            cells = ARENA_ARRAY(op->arena, const char *, IMPORT_COLUMNS_MAX);
            for (size_t i = 0; cells != NULL && i < row.n; i++)
                cells[i] = row.cells[i] == NULL ? NULL : arena_strdup(op->arena, row.cells[i]);
            if (cells != NULL)
                ret->sample[ret->n_sample++] = cells;
        }
        import_row_release(&row);
        if (rc != ERR_OK && rc != ERR_INVALID)
            return rc;
        err_clear(&op->err);
    }
    return ERR_OK;
}

enum err_code import_look(struct op *op, const struct embedded_file *packs, const char *bytes,
                          size_t n, struct import_look *ret)
{
    struct import_file f;
    const char **columns;
    enum err_code rc;

    *ret = (struct import_look){0};
    rc = import_file_open(op, bytes, n, &f);
    if (rc == ERR_OK)
        rc = take_samples(op, &f, ret);
    if (rc == ERR_OK)
        rc = choose_map(op, packs, &f, ret);
    if (rc == ERR_OK) {
        memcpy(ret->encoding, f.encoding, sizeof ret->encoding);
        ret->format = f.jsonl ? "jsonl" : "csv";
        ret->rows = f.rows;
        columns = ARENA_ARRAY(op->arena, const char *, f.n_columns + 1);
        if (columns == NULL)
            rc = err_set(&op->err, ERR_NO_MEMORY, "columns");
        else
            memcpy(columns, f.columns, f.n_columns * sizeof f.columns[0]);
        ret->columns = columns;
        ret->n_columns = f.n_columns;
    }
    import_file_close(&f);
    if (rc != ERR_OK) {
        json_decref(ret->plan);
        ret->plan = NULL;
    }
    return rc;
}
