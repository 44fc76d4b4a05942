/* Which documents have some words, kept in memory: a bit each. For PostgreSQL, whose index of words
 * gives all hits or none (store/index.h), so that a search for words that are asked for again walks
 * bits instead of documents. One for all requests of a process.
 *
 * What a search asks is parted into words, secrecy and body; each part is kept by itself, once it
 * has been asked for twice and a job has read it, and all of them must hold. From then on they
 * follow the documents written: whoever holds them has those of his snapshot. Parts that nobody
 * asks for go. */
#ifndef FANGXIN_INSIGHT_KEPT_HITS_H
#define FANGXIN_INSIGHT_KEPT_HITS_H

#include "store/store.h"

#define HITS_PARTS 3

struct kept_hits;
struct kept_hits *kept_hits_new(void);       /* NULL: no memory */
void kept_hits_free(struct kept_hits *kept); /* NULL is fine */

/* What is asked for, each part in the words of the index (index_match). */
struct hits_asked {
    const char *parts[HITS_PARTS];
    size_t n;
};

struct kept_part;
struct hits_held {
    const struct kept_part *parts[HITS_PARTS];
    size_t n;
};

/* The documents as of the snapshot, or later; they stay until kept_hits_letgo.
 * @param[out] ret_held  false: not all parts are there; there is nothing to let go */
enum err_code kept_hits_hold(struct op *op, struct snapshot *snap, struct kept_hits *kept,
                             const struct hits_asked *asked, struct hits_held *ret,
                             bool *ret_held) MUST_CHECK;
void kept_hits_letgo(struct kept_hits *kept);
/* While held: the newest document below this id that has all parts; 0: none. */
int64_t kept_hits_below(const struct hits_held *held, int64_t below);
/* For the job: reads what is asked for, for a moment, and lets go what is not. */
enum err_code kept_hits_fill(struct op *op, struct kept_hits *kept) MUST_CHECK;

#endif
