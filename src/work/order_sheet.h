/* Sheets of orders that go back: in the layout a sheet came in, with state, reason and reply filled
 * in, or in a layout of our own. Texts never run as formulas (insight/sheet.h). */
#ifndef FANGXIN_WORK_ORDER_SHEET_H
#define FANGXIN_WORK_ORDER_SHEET_H

#include "insight/orders.h"
#include "insight/sheet.h"
#include "work/order.h"

/**
 * Needs MAY_EXPORT_ORDERS; orders that the actor may not take out are left out. Each one taken out
 * is noted in the access log.
 * @param filter  with import set, the sheet has the columns of that import, and in the order of its
 *                rows; those mapped to "reply.…" are filled in, those it lacks are added
 * @param[out] ret_fd  as sheet_finish gives it
 */
enum err_code order_sheet(struct op *op, const struct order_filter *filter, enum sheet_kind kind,
                          int *ret_fd, int64_t *ret_bytes) MUST_CHECK;

#endif
