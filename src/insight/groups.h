/* Sums by key: what a breakdown is added up in. Keys are copied into the arena. */
#ifndef FANGXIN_INSIGHT_GROUPS_H
#define FANGXIN_INSIGHT_GROUPS_H

#include <stdint.h>

#include "base/arena.h"

struct group {
    const char *key; /* NULL: an empty slot */
    int64_t n, sum;
};
struct groups {
    struct arena *arena;
    struct group *slots;
    size_t cap, used;
    bool no_memory;
};

void groups_init(struct groups *g, struct arena *arena);
/* A failed allocation is kept in no_memory. */
void groups_add(struct groups *g, const char *key, int64_t n, int64_t sum);
const struct group *groups_find(const struct groups *g, const char *key); /* NULL */
/* Over all keys. */
struct group groups_total(const struct groups *g);

#endif
