/* A set of ids of matters, a bit each: blocks of 4,096 ids, of which only those with a bit are
 * there. Ids of a month lie close together (rules/number.h), so that a set of most matters
 * takes 1.1 bits for each. */
#ifndef FANGXIN_INSIGHT_ID_BITS_H
#define FANGXIN_INSIGHT_ID_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_block;
struct id_bits {
    struct id_block *blocks; /* ascending */
    size_t n, cap;
};

void id_bits_release(struct id_bits *bits); /* empties it */
size_t id_bits_bytes(const struct id_bits *bits);

/* False: no memory. */
bool id_bits_put(struct id_bits *bits, int64_t id, bool in);
/* @p places  the low twelve bits of ids in the block of this number, two bytes each, high one
 * first; false: no memory */
bool id_bits_add(struct id_bits *bits, int64_t block, const unsigned char *places, size_t bytes);

#define ID_BITS_SETS 4
/* The highest id below this one that is in all @p n sets, 1 to ID_BITS_SETS; 0: none. */
int64_t id_bits_below(const struct id_bits *const *sets, size_t n, int64_t below);

#endif
