/* What stands beside a complaint that has not been decided: the factors of Order 121 art. 17 whose
 * number is reached, each a sentence with its number and the matters behind it. Facts for the
 * officer, who writes his own reasons; no label on anybody, no score, nothing follows from them. Of
 * reports nothing is counted: they are never refused for their motive. */
#ifndef FANGXIN_WORK_FACTORS_H
#define FANGXIN_WORK_FACTORS_H

#include "work/matter.h"
#include "work/view.h"

/* Member "factors": [{"id","text","n","least","days","basis","numbers":[…]}]; null for other kinds
 * and for what has been decided. Only matters that the actor may see are counted. */
enum err_code view_factors(struct op *op, struct snapshot *snap, const struct matter *m,
                           const json_t *filing, struct json_writer *w) MUST_CHECK;

#endif
