/* For visit*.c alone. */
#ifndef FANGXIN_WORK_VISIT_INTERNAL_H
#define FANGXIN_WORK_VISIT_INTERNAL_H

#include "work/visit.h"

/* The visit of a record; ret->row is left to the caller. ERR_NOT_FOUND where the actor may not see
 * its matter. */
enum err_code visit_of(struct op *op, struct snapshot *snap, const struct record *r,
                       struct visit *ret) MUST_CHECK;

#endif
