/* Blocks in the order of their numbers, found by halves. */
#include "insight/id_bits.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BITS 12 /* of an id */
#define BLOCK_IDS (1 << BLOCK_BITS)
#define PIECE 64

struct id_block {
    int64_t number; /* of the ids, without their low bits */
    uint64_t pieces[BLOCK_IDS / PIECE];
};

void id_bits_release(struct id_bits *bits)
{
    free(bits->blocks);
    *bits = (struct id_bits){0};
}

size_t id_bits_bytes(const struct id_bits *bits)
{
    return bits->cap * sizeof *bits->blocks;
}

/* The first block of this number or a higher one. */
static size_t place_of(const struct id_bits *bits, int64_t number)
{
    size_t low = 0, high = bits->n;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (bits->blocks[mid].number < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct id_block *block_of(const struct id_bits *bits, int64_t number)
{
    size_t at = place_of(bits, number);

    return at < bits->n && bits->blocks[at].number == number ? &bits->blocks[at] : NULL;
}

static struct id_block *block_make(struct id_bits *bits, int64_t number)
{
    size_t at = place_of(bits, number);

    if (at < bits->n && bits->blocks[at].number == number)
        return &bits->blocks[at];
    if (bits->n == bits->cap) {
        size_t cap = bits->cap == 0 ? 16 : bits->cap + bits->cap / 2;
        struct id_block *more = reallocarray(bits->blocks, cap, sizeof *more);

        if (more == NULL)
            return NULL;
        bits->blocks = more;
        bits->cap = cap;
    }
    memmove(bits->blocks + at + 1, bits->blocks + at, (bits->n - at) * sizeof *bits->blocks);
    memset(&bits->blocks[at], 0, sizeof bits->blocks[at]);
    bits->blocks[at].number = number;
    bits->n++;
    return &bits->blocks[at];
}

bool id_bits_put(struct id_bits *bits, int64_t id, bool in)
{
    unsigned place = (unsigned)(id & (BLOCK_IDS - 1));
    uint64_t bit = UINT64_C(1) << (place % PIECE);
    struct id_block *b = block_of(bits, id >> BLOCK_BITS);

    if (b == NULL && !in)
        return true;
    if (b == NULL)
        b = block_make(bits, id >> BLOCK_BITS);
    if (b == NULL)
        return false;
    b->pieces[place / PIECE] &= ~bit;
    if (in)
        b->pieces[place / PIECE] |= bit;
    return true;
}

bool id_bits_add(struct id_bits *bits, int64_t block, const unsigned char *places, size_t bytes)
{
    struct id_block *b = block_make(bits, block);

    for (size_t i = 0; b != NULL && i + 1 < bytes; i += 2) {
        unsigned place = ((unsigned)places[i] << 8 | places[i + 1]) & (BLOCK_IDS - 1);

        b->pieces[place / PIECE] |= UINT64_C(1) << (place % PIECE);
    }
    return b != NULL;
}

/* The highest place up to @p last at which all have a bit; -1: none. */
static int last_place(const struct id_block *const *blocks, size_t n, int last)
{
    for (int at = last / PIECE; at >= 0; at--) {
        uint64_t piece = blocks[0]->pieces[at];

        for (size_t i = 1; i < n; i++)
            piece &= blocks[i]->pieces[at];
        if (at == last / PIECE)
            piece &= UINT64_MAX >> (PIECE - 1 - last % PIECE);
        if (piece != 0)
            return at * PIECE + PIECE - 1 - __builtin_clzll(piece);
    }
    return -1;
}

int64_t id_bits_below(const struct id_bits *const *sets, size_t n, int64_t below)
{
    const struct id_block *blocks[ID_BITS_SETS];
    int64_t last = below - 1;

    if (below <= 0)
        return 0;
    for (size_t at = place_of(sets[0], (last >> BLOCK_BITS) + 1); at > 0; at--) {
        int64_t number = sets[0]->blocks[at - 1].number;
        bool all = true;
        int place = -1;

        blocks[0] = &sets[0]->blocks[at - 1];
        for (size_t i = 1; i < n && all; i++) {
            blocks[i] = block_of(sets[i], number);
            all = blocks[i] != NULL;
        }
        if (all)
            place = last_place(blocks, n,
                               number == last >> BLOCK_BITS ? (int)(last & (BLOCK_IDS - 1))
                                                            : BLOCK_IDS - 1);
        if (place >= 0)
            return number << BLOCK_BITS | place;
    }
    return 0;
}
