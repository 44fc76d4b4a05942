/* Orders as the JSON of the API; the caller has checked MAY_READ_ORDER. */
#ifndef FANGXIN_WORK_ORDER_VIEW_H
#define FANGXIN_WORK_ORDER_VIEW_H

#include "work/order.h"

struct order_days {
    date_t today, soon_until;
};

/* Schema OrderRow as an object: what lists and results show. Texts masked and cut. */
enum err_code order_view_row(struct op *op, struct snapshot *snap, const struct record *order,
                             const struct order_days *days, struct json_writer *w) MUST_CHECK;
/* Schema Order: the row, its facts, the caller masked, reply and return, matters, acts, timeline.
 */
enum err_code order_view(struct op *op, struct snapshot *snap, const struct record *order,
                         const struct order_days *days, struct json_writer *w) MUST_CHECK;
/* Member "order" of a matter: {"id","system","number","status_label","due"} for who may read it,
 * else null. */
enum err_code order_view_brief(struct op *op, struct snapshot *snap, int64_t id,
                               struct json_writer *w) MUST_CHECK;
/* Schema OrderFlow: states, acts with their fields, reasons. */
void order_view_flow(struct op *op, struct json_writer *w);

#endif
