/* Which body is competent: a table of the pack, read and asked. Who decides is the clerk; the row
 * and its article stand beside the suggestion. */
#include "rules/pack_internal.h"

#include <string.h>

static const struct {
    const char *name;
    unsigned bit;
} places[] = {
    {"platform", PLACE_PLATFORM},       {"no_address", PLACE_NO_ADDRESS},
    {"online", PLACE_ONLINE},           {"is_platform", PLACE_IS_PLATFORM},
    {"advertising", PLACE_ADVERTISING},
};

static unsigned read_when(struct pack_reader *p, const json_t *v)
{
    const json_t *list = read_array(&p->r, v, "when", true);
    unsigned when = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        unsigned bit = 0;

        for (size_t k = 0; name != NULL && k < sizeof places / sizeof places[0]; k++)
            if (strcmp(places[k].name, name) == 0)
                bit = places[k].bit;
        if (bit == 0)
            reader_fault(&p->r, "when", "unknown_name", "没有这个条件。",
                         "One of platform, no_address, online, is_platform, advertising.");
        when |= bit;
    }
    return when;
}

static void read_row(struct reader *r, const json_t *v, void *one)
{
    static const char *const keys[] = {"id", "when", "label", "says", "basis", NULL};
    struct pack_reader *p = pack_reader_of(r);
    struct pack_jurisdiction *ret = one;

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    ret->when = read_when(p, v);
    ret->label = read_label(r, v, "label", true);
    ret->says = read_label(r, v, "says", true);
    ret->basis = read_basis(p, v, "basis", true);
}

void read_jurisdiction(struct pack_reader *p, const json_t *v, struct pack_kind *k)
{
    size_t at;

    k->jurisdiction =
        read_any(&p->r, v, "jurisdiction", sizeof *k->jurisdiction, read_row, &k->n_jurisdiction);
    at = reader_key(&p->r, "jurisdiction");
    if (k->n_jurisdiction > 0 && k->jurisdiction[k->n_jurisdiction - 1].when != 0)
        reader_fault(&p->r, NULL, "condition", "最后一行不带条件。",
                     "The last row must fit every filing.");
    reader_up(&p->r, at);
}

const struct pack_jurisdiction *pack_jurisdiction(const struct pack *pack, enum matter_kind kind,
                                                  unsigned place)
{
    const struct pack_kind *k = &pack->kinds[kind];

    for (size_t i = 0; i < k->n_jurisdiction; i++)
        if ((k->jurisdiction[i].when & ~place) == 0)
            return &k->jurisdiction[i];
    return NULL;
}
