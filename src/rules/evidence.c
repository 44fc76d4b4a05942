/* Reading packs/rules/evidence.json. */
#include "rules/evidence.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define EVIDENCE_BYTES ((size_t)64 << 10)
#define BYTES_MAX (INT64_C(512) << 20) /* what the store seals as one file */

struct evidence_pack {
    struct arena *arena;
    struct evidence_rules rules;
};

static void read_type(struct reader *r, const json_t *v, void *one)
{
    struct file_type *ret = one;
    static const char *const keys[] = {"type", "label", "extension", "shown", NULL};
    static const char *const shown[] = {"picture", "document", NULL};

    if (!read_object(r, v, keys))
        return;
    ret->type = read_text(r, v, "type", true);
    ret->label = read_label(r, v, "label", true);
    ret->extension = read_text(r, v, "extension", true);
    ret->shown = (enum file_shown)read_name(r, v, "shown", shown, SHOWN_DOCUMENT, true);
}

static void read_all(struct reader *r, const json_t *root, struct evidence_rules *ret)
{
    static const char *const keys[] = {"id",          "revision",   "max_files",  "max_removed",
                                       "max_bytes",   "max_pixels", "large_edge", "thumb_edge",
                                       "rescan_days", "types",      NULL};

    if (!read_object(r, root, keys))
        return;
    (void)read_text(r, root, "id", true);
    (void)read_text(r, root, "revision", true);
    ret->max_files = read_int(r, root, "max_files", 0, 1, 100);
    ret->max_removed = read_int(r, root, "max_removed", 0, 1, 100);
    ret->max_bytes = read_int(r, root, "max_bytes", 0, 1024, BYTES_MAX);
    ret->max_pixels = read_int(r, root, "max_pixels", 0, 1, INT32_MAX);
    ret->large_edge = read_int(r, root, "large_edge", 0, 100, 8000);
    ret->thumb_edge = read_int(r, root, "thumb_edge", 0, 50, 1000);
    ret->rescan_days = read_int(r, root, "rescan_days", 0, 0, 3650);
    ret->types = read_each(r, root, "types", sizeof *ret->types, read_type, &ret->n_types);
}

enum err_code evidence_load(const char *bytes, size_t n, struct evidence_pack **ret,
                            struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    CLEANUP(evidence_freep) struct evidence_pack *pack = NULL;
    struct reader r;

    TRY(json_parse(bytes, n, &root, err));
    pack = calloc(1, sizeof *pack);
    if (pack == NULL)
        return err_set(err, ERR_NO_MEMORY, "evidence");
    pack->arena = arena_new(EVIDENCE_BYTES);
    if (pack->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "evidence");
    reader_init(&r, pack->arena, err);
    read_all(&r, root, &pack->rules);
    TRY(reader_result(&r));
    *ret = pack;
    pack = NULL;
    return ERR_OK;
}

void evidence_free(struct evidence_pack *pack)
{
    if (pack == NULL)
        return;
    arena_free(pack->arena);
    free(pack);
}

void evidence_freep(struct evidence_pack **pack)
{
    evidence_free(*pack);
}

const struct evidence_rules *evidence_rules(const struct evidence_pack *pack)
{
    return &pack->rules;
}

const struct file_type *evidence_type(const struct evidence_rules *rules, const char *type)
{
    for (size_t i = 0; i < rules->n_types; i++)
        if (strcmp(rules->types[i].type, type) == 0)
            return &rules->types[i];
    return NULL;
}
