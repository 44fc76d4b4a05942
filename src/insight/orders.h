/* Lists and counts of orders (work/order.h), only what the actor may see. */
#ifndef FANGXIN_INSIGHT_ORDERS_H
#define FANGXIN_INSIGHT_ORDERS_H

#include "rules/order_flow.h"
#include "store/op.h"

enum order_level { ORDER_ANY, ORDER_LATE, ORDER_TODAY, ORDER_SOON, ORDER_LATER, ORDER_LEVELS };
/* "" "late" "today" "soon" "later" */
const char *order_level_name(enum order_level level);
/* ORDER_LEVELS when there is no such name. */
enum order_level order_level_find(const char *name);

/* A zeroed filter wants everything; dates 0 or DATE_NONE are open. */
struct order_filter {
    const char *number; /* begins so */
    const char *system, *status, *part;
    const char *body_path; /* this body and below */
    int64_t import;
    enum order_level level;   /* by the other system's due day, of what is in progress */
    date_t from, to;          /* days of receipt, both included */
    date_t today, soon_until; /* for levels */
};

enum order_sort { ORDER_BY_RECEIVED, ORDER_BY_DUE, ORDER_BY_ROW, ORDER_SORTS };
/* "-received" "due" "row"; ORDER_SORTS when there is no such name. */
enum order_sort order_sort_find(const char *name);

struct order_key_of {
    int64_t first, id; /* what the sort goes by, then the id; a page goes on behind it */
};

/* Ids of up to @p max orders behind @p after (NULL: the first page). */
enum err_code orders_list(struct op *op, struct snapshot *snap, const struct order_filter *filter,
                          enum order_sort sort, const struct order_key_of *after, size_t max,
                          struct order_key_of *ret, size_t *ret_n) MUST_CHECK;

/* received = returned + done + in_progress, by adding the rows of each state. */
struct order_counts {
    int64_t received;
    int64_t part[ORDER_PARTS];
    int64_t late, today, soon; /* of those in progress */
    struct {
        const char *status; /* in the arena */
        int64_t n;
    } states[32];
    size_t n_states;
};
enum err_code orders_count(struct op *op, struct snapshot *snap, const struct order_filter *filter,
                           struct order_counts *ret) MUST_CHECK;

#endif
