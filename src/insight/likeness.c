/* Shared pairs and simhash. */
#include "insight/likeness.h"

#include <stdlib.h>

/* Spreads 64 bits evenly (the finalising steps of a multiply-and-shift hash). */
static uint64_t spread(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 29;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

enum err_code likeness_pairs(struct arena *arena, const struct folded *text, struct pairs *ret)
{
    uint32_t *hashes = ARENA_ARRAY(arena, uint32_t, text->n + 1);
    size_t n = 0, kept = 0, signs = 0;
    uint32_t last = 0;

    if (hashes == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < text->n; i++) {
        uint32_t cp = text->units[i].cp;

        if (text->units[i].kind == FOLD_GAP)
            continue;
        if (signs++ > 0)
            hashes[n++] = (uint32_t)spread((uint64_t)last << 32 | cp);
        last = cp;
    }
    if (signs == 1)
        hashes[n++] = (uint32_t)spread(last);
    if (n > 0)
        qsort(hashes, n, sizeof *hashes, ascending);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || hashes[kept - 1] != hashes[i])
            hashes[kept++] = hashes[i];
    *ret = (struct pairs){.n = kept, .hashes = hashes};
    return ERR_OK;
}

int likeness(const struct pairs *a, const struct pairs *b)
{
    size_t i = 0, j = 0, shared = 0;

    if (a->n == 0 || b->n == 0)
        return 0;
    while (i < a->n && j < b->n) {
        if (a->hashes[i] == b->hashes[j]) {
            shared++;
            i++;
            j++;
        } else if (a->hashes[i] < b->hashes[j]) {
            i++;
        } else {
            j++;
        }
    }
    return (int)(2000 * shared / (a->n + b->n));
}

uint64_t likeness_simhash(const struct pairs *pairs)
{
    int votes[64] = {0};
    uint64_t hash = 0;

    for (size_t i = 0; i < pairs->n; i++) {
        uint64_t bits = spread(pairs->hashes[i] + UINT64_C(0x5851f42d4c957f2d));

        for (int b = 0; b < 64; b++)
            votes[b] += bits >> b & 1 ? 1 : -1;
    }
    for (int b = 0; b < 64; b++)
        if (votes[b] > 0)
            hash |= UINT64_C(1) << b;
    return hash;
}

int likeness_distance(uint64_t a, uint64_t b)
{
    return __builtin_popcountll(a ^ b);
}
