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

void read_jurisdiction(struct pack_reader *p, const json_t *v, struct pack_kind *k)
{
    static const char *const keys[] = {"id", "when", "label", "says", "basis", NULL};
    const json_t *list = read_array(&p->r, v, "jurisdiction", false);
    struct pack_jurisdiction *rows =
        read_room(&p->r, json_array_size(list), sizeof(struct pack_jurisdiction));
    size_t at = reader_key(&p->r, "jurisdiction");

    k->jurisdiction = rows;
    for (size_t i = 0; rows != NULL && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        size_t mark = reader_index(&p->r, i);

        if (read_object(&p->r, item, keys)) {
            rows[i].id = read_text(&p->r, item, "id", true);
            rows[i].when = read_when(p, item);
            rows[i].label = read_label(&p->r, item, "label", true);
            rows[i].says = read_label(&p->r, item, "says", true);
            rows[i].basis = read_basis(p, item, "basis", true);
        }
        k->n_jurisdiction = i + 1;
        reader_up(&p->r, mark);
    }
    if (k->n_jurisdiction > 0 && rows[k->n_jurisdiction - 1].when != 0)
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
