/* How alike two texts are, for hints at duplicates. Both measures look at the set of neighbouring
 * code points of the folded text, gaps left out, so punctuation, case, width and traditional forms
 * do not matter. */
#ifndef FANGXIN_INSIGHT_LIKENESS_H
#define FANGXIN_INSIGHT_LIKENESS_H

#include "insight/fold.h"

struct pairs {
    size_t n;
    uint32_t *hashes; /* ascending, unique; in the arena */
};

/* ERR_NO_MEMORY at the arena's cap. A text of one code point has one pair, an empty one none. */
enum err_code likeness_pairs(struct arena *arena, const struct folded *text,
                             struct pairs *ret) MUST_CHECK;

/* 0 nothing shared … 1000 the same pairs (Dice: twice the shared over the sum). Empty texts are
 * like nothing: 0. */
int likeness(const struct pairs *a, const struct pairs *b);

/* 64 bits to store: like texts differ in few bits. 0 for an empty text. The value is stable
 * across machines and versions as long as TOKENS_VERSION is. */
uint64_t likeness_simhash(const struct pairs *pairs);
int likeness_distance(uint64_t a, uint64_t b); /* 0…64 bits; ≤ 6 is worth a closer look */

#endif
