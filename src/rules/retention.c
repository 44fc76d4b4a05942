/* Reading packs/rules/retention.json, and the end of a term of years. */
#include "rules/retention.h"

#include <stdlib.h>
#include <string.h>

#include "rules/read.h"

#define RETENTION_BYTES ((size_t)64 << 10)

struct retention_pack {
    struct arena *arena;
    struct retention_least *list;
    size_t n;
};

static void read_least(struct reader *r, const json_t *v, void *one)
{
    struct retention_least *ret = one;
    static const char *const keys[] = {"pack", "years", "source", NULL};

    if (!read_object(r, v, keys))
        return;
    ret->pack = read_text(r, v, "pack", true);
    ret->years = (int)read_int(r, v, "years", 0, 1, RETENTION_YEARS_MAX);
    ret->source = read_label(r, v, "source", true);
}

static void read_all(struct reader *r, const json_t *root, struct retention_pack *ret)
{
    static const char *const keys[] = {"id", "revision", "least", NULL};

    if (!read_object(r, root, keys))
        return;
    (void)read_text(r, root, "id", true);
    (void)read_text(r, root, "revision", true);
    ret->list = read_each(r, root, "least", sizeof *ret->list, read_least, &ret->n);
}

enum err_code retention_load(const char *bytes, size_t n, struct retention_pack **ret,
                             struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    CLEANUP(retention_freep) struct retention_pack *pack = NULL;
    struct reader r;

    TRY(json_parse(bytes, n, &root, err));
    pack = calloc(1, sizeof *pack);
    if (pack == NULL)
        return err_set(err, ERR_NO_MEMORY, "retention");
    pack->arena = arena_new(RETENTION_BYTES);
    if (pack->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "retention");
    reader_init(&r, pack->arena, err);
    read_all(&r, root, pack);
    TRY(reader_result(&r));
    *ret = pack;
    pack = NULL;
    return ERR_OK;
}

void retention_free(struct retention_pack *pack)
{
    if (pack == NULL)
        return;
    arena_free(pack->arena);
    free(pack);
}

void retention_freep(struct retention_pack **pack)
{
    retention_free(*pack);
}

const struct retention_least *retention_least_of(const struct retention_pack *rules,
                                                 const char *pack)
{
    for (size_t i = 0; i < rules->n; i++)
        if (strcmp(rules->list[i].pack, pack) == 0)
            return &rules->list[i];
    return NULL;
}

date_t retention_last_day(date_t ended_on, int years)
{
    return date_years_later(ended_on, years);
}

date_t retention_cut(date_t today, int years)
{
    date_t cut = retention_last_day(today - 1, -years);

    while (retention_last_day(cut + 1, years) < today)
        cut++;
    return cut;
}
