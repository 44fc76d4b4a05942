/* The matters behind a figure, by id, with what each adds to a sum.
 *
 * There may be a million of them, and an arena of a request holds 8 MB; so the lists are malloc'ed:
 * 8 bytes a matter, 16 where there are sums, and half as much again at most while they grow. */
#ifndef FANGXIN_INSIGHT_MEMBER_LIST_H
#define FANGXIN_INSIGHT_MEMBER_LIST_H

#include <stdbool.h>

#include "store/store.h"

struct member_list {
    int64_t *ids;
    int64_t *sums; /* NULL for counts */
    size_t n, cap;
    bool summed; /* said before the first is pushed */
};

/* @p sum is kept only by lists that are summed. */
enum err_code member_list_push(struct op *op, struct member_list *list, int64_t id,
                               int64_t sum) MUST_CHECK;
/* By id, ascending. */
enum err_code member_list_sort(struct op *op, struct member_list *list) MUST_CHECK;
/* Of one that is sorted. */
bool member_list_has(const struct member_list *list, int64_t id);
/* Gives the memory back; an empty list is fine and may be used again. */
void member_list_release(struct member_list *list);

#endif
