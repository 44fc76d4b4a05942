/* Open addressing, half full at most. */
#include "insight/groups.h"

#include <string.h>

#define CAP_FIRST 32

void groups_init(struct groups *g, struct arena *arena)
{
    *g = (struct groups){.arena = arena};
}

static size_t hash_of(const char *key) /* FNV-1a */
{
    uint64_t h = 14695981039346656037u;

    for (const unsigned char *p = (const unsigned char *)key; *p != '\0'; p++)
        h = (h ^ *p) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static struct group *slot_of(struct group *slots, size_t cap, const char *key)
{
    size_t i = hash_of(key) & (cap - 1);

    while (slots[i].key != NULL && strcmp(slots[i].key, key) != 0)
        i = (i + 1) & (cap - 1);
    return &slots[i];
}

static bool grow(struct groups *g)
{
    size_t cap = g->cap == 0 ? CAP_FIRST : g->cap * 2;
    struct group *slots = ARENA_ARRAY(g->arena, struct group, cap);

    if (slots == NULL)
        return false;
    for (size_t i = 0; i < g->cap; i++)
        if (g->slots[i].key != NULL)
            *slot_of(slots, cap, g->slots[i].key) = g->slots[i];
    g->slots = slots;
    g->cap = cap;
    return true;
}

void groups_add(struct groups *g, const char *key, int64_t n, int64_t sum)
{
    struct group *slot;

    if (g->used * 2 >= g->cap && !grow(g)) {
        g->no_memory = true;
        return;
    }
    slot = slot_of(g->slots, g->cap, key);
    if (slot->key == NULL) {
        slot->key = arena_strdup(g->arena, key);
        if (slot->key == NULL) {
            g->no_memory = true;
            return;
        }
        g->used++;
    }
    slot->n += n;
    slot->sum += sum;
}

const struct group *groups_find(const struct groups *g, const char *key)
{
    const struct group *slot = g->cap == 0 ? NULL : slot_of(g->slots, g->cap, key);

    return slot == NULL || slot->key == NULL ? NULL : slot;
}

struct group groups_total(const struct groups *g)
{
    struct group total = {.key = ""};

    for (size_t i = 0; i < g->cap; i++) {
        total.n += g->slots[i].n;
        total.sum += g->slots[i].sum;
    }
    return total;
}
