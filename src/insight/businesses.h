/* Looking businesses up as one types, and filling the index that words are found in.
 *
 * Folded names (insight/fold.h) that begin with what was typed come first, the shortest first:
 * names, aliases and codes alike. Behind them come names that hold it, found as in search
 * (insight/tokens.h: Han anywhere, words from their beginning). The index follows within the job's
 * lag (docs/search.md). */
#ifndef FANGXIN_INSIGHT_BUSINESSES_H
#define FANGXIN_INSIGHT_BUSINESSES_H

#include "insight/fold.h"
#include "store/index.h"

#define BUSINESS_HITS_MAX 50

struct business_hit {
    int64_t id;
    const char *what; /* name, uscc, alias; "words" when found by words */
    const char *name; /* what of it was found; NULL with words */
};
/* Up to @p max; none for a text without anything to search for. */
enum err_code businesses_look_up(struct op *op, struct snapshot *snap, const struct folder *folder,
                                 const char *typed, size_t max,
                                 struct business_hit ret[BUSINESS_HITS_MAX],
                                 size_t *ret_n) MUST_CHECK;

/* Writes the names of these businesses to the index in one transaction; of those that have none
 * (merged, gone) the document is removed. For the job "names" (ACTOR_SYSTEM). */
enum err_code index_businesses(struct op *op, const struct folder *folder, const int64_t *ids,
                               size_t n, const struct index_reach *reach) MUST_CHECK;

#endif
