/* What changed since: GET /changes. */
#ifndef FANGXIN_INSIGHT_CHANGES_FEED_H
#define FANGXIN_INSIGHT_CHANGES_FEED_H

#include <stdint.h>

#include "store/op.h"

#define FEED_EVENTS_MAX 500 /* events looked at in one call */

struct feed_item {
    int64_t matter_id;
    const char *number;
    int64_t version; /* now */
    int64_t at;      /* recorded, of its latest event looked at */
};
struct feed {
    int64_t position; /* ask again after this */
    struct feed_item *items;
    size_t n;  /* each matter once, in the order of its latest event */
    bool more; /* there are events behind the position */
};

/**
 * Changes of matters that the actor may see, after @p after (an event id; below 0: from now on,
 * gives the position alone). One look-up when nothing is new. Everything in op->arena.
 */
enum err_code changes_feed(struct op *op, int64_t after, struct feed *ret) MUST_CHECK;

#endif
