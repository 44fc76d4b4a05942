/* Beside the intake form: the same person's and the same business's matters, like texts, and a
 * suggestion of body and category. Nothing of reports one may not see. */
#ifndef FANGXIN_WORK_HINTS_H
#define FANGXIN_WORK_HINTS_H

#include "base/json.h"
#include "store/store.h"

#define HINTS_LIKE_LEAST 450 /* thousandths of likeness (insight/likeness.h) worth a hint */

struct hints_query {
    const char *phone, *name, *respondent, *address, *facts, *division; /* NULL where unknown */
    const char *product, *brand;                                        /* likewise */
    int64_t business; /* confirmed while it is being written down; 0 not yet */
};
/* Writes schema Hints. Staff only: ERR_FORBIDDEN otherwise. */
enum err_code hints_write(struct op *op, const struct hints_query *query,
                          struct json_writer *w) MUST_CHECK;

#endif
