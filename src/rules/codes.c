/* Code tables, read from the embedded packs. */
#include "rules/codes.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define TABLES_MAX 40
#define CODES_BYTES ((size_t)4 << 20)
#define FOLDER "codes/"

struct codes {
    struct arena *arena;
    size_t n_tables;
    struct code_table tables[TABLES_MAX];
};

static void read_code(struct reader *r, const json_t *v, const struct code_table *table,
                      struct code *ret)
{
    static const char *const keys[] = {"code", "label", "parent", "group", "official", NULL};

    if (!read_object(r, v, keys))
        return;
    ret->code = read_text(r, v, "code", true);
    ret->label = read_label(r, v, "label", true);
    ret->parent = read_text(r, v, "parent", false);
    ret->group = read_text(r, v, "group", false);
    ret->official = read_text(r, v, "official", false);
    if (ret->code != NULL && code_find(table, ret->code) != NULL)
        reader_fault(r, "code", "twice", "编号重复。", "This code is given twice.");
    if (ret->parent != NULL && code_find(table, ret->parent) == NULL)
        reader_fault(r, "parent", "unknown_name", "上级要写在前面。",
                     "A parent must come before its children.");
}

static void read_table(struct reader *r, const json_t *root, struct code_table *table)
{
    static const char *const keys[] = {"id", "label", "source", "codes", NULL};
    struct read_walk w;
    struct code *codes;

    if (!read_object(r, root, keys))
        return;
    table->id = read_text(r, root, "id", true);
    table->label = read_label(r, root, "label", true);
    table->source = read_text(r, root, "source", false);
    w = read_begin(r, root, "codes", sizeof *codes, true);
    for (table->codes = codes = w.room; read_next(&w); table->n_codes = w.i + 1) {
        read_code(r, w.v, table, &codes[w.i]);
        if (codes[w.i].code == NULL)
            codes[w.i].code = "";
    }
}

static enum err_code load_file(struct codes *codes, const struct embedded_file *file,
                               struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct reader r;

    if (codes->n_tables == TABLES_MAX)
        return err_set(err, ERR_INVALID, "codes: more than %d tables", TABLES_MAX);
    TRY(json_parse((const char *)file->data, file->size, &root, err));
    reader_init(&r, codes->arena, err);
    (void)reader_key(&r, file->path);
    read_table(&r, root, &codes->tables[codes->n_tables]);
    TRY(reader_result(&r));
    codes->n_tables++;
    return ERR_OK;
}

/* The file that stands in for this one of the common folder; itself where there is none. */
static const struct embedded_file *stand_in(const struct embedded_file *files, const char *folder,
                                            const struct embedded_file *file)
{
    const struct embedded_file *own;
    char path[96];

    if (folder == NULL)
        return file;
    snprintf(path, sizeof path, FOLDER "%s/%s", folder, file->path + strlen(FOLDER));
    own = embedded_find(files, path);
    return own == NULL ? file : own;
}

enum err_code codes_load(const struct embedded_file *files, const char *folder, struct codes **ret,
                         struct err *err)
{
    CLEANUP(codes_freep) struct codes *codes = calloc(1, sizeof *codes);

    if (codes == NULL)
        return err_set(err, ERR_NO_MEMORY, "codes");
    codes->arena = arena_new(CODES_BYTES);
    if (codes->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "codes");
    for (const struct embedded_file *f = files; f->path != NULL; f++) {
        if (strncmp(f->path, FOLDER, strlen(FOLDER)) == 0 &&
            strchr(f->path + strlen(FOLDER), '/') == NULL)
            TRY(load_file(codes, stand_in(files, folder, f), err));
    }
    *ret = codes;
    codes = NULL;
    return ERR_OK;
}

void codes_free(struct codes *codes)
{
    if (codes == NULL)
        return;
    arena_free(codes->arena);
    free(codes);
}

void codes_freep(struct codes **codes)
{
    codes_free(*codes);
    *codes = NULL;
}

size_t codes_count(const struct codes *codes)
{
    return codes->n_tables;
}

const struct code_table *codes_at(const struct codes *codes, size_t i)
{
    return i < codes->n_tables ? &codes->tables[i] : NULL;
}

const struct code_table *codes_table(const struct codes *codes, const char *id)
{
    for (size_t i = 0; id != NULL && i < codes->n_tables; i++) {
        if (strcmp(codes->tables[i].id, id) == 0)
            return &codes->tables[i];
    }
    return NULL;
}

const struct code *code_find(const struct code_table *table, const char *code)
{
    for (size_t i = 0; code != NULL && table != NULL && i < table->n_codes; i++) {
        if (strcmp(table->codes[i].code, code) == 0)
            return &table->codes[i];
    }
    return NULL;
}

const struct code *code_by_label(const struct code_table *table, const char *label)
{
    for (size_t i = 0; label != NULL && table != NULL && i < table->n_codes; i++) {
        if (strcmp(table->codes[i].label.zh, label) == 0 ||
            strcmp(table->codes[i].label.en, label) == 0)
            return &table->codes[i];
    }
    return NULL;
}
