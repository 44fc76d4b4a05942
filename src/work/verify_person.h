/* Whether the keyed indexes of persons are those of the sealed phones and identity numbers. */
#ifndef FANGXIN_WORK_VERIFY_PERSON_H
#define FANGXIN_WORK_VERIFY_PERSON_H

#include "work/matter.h"

/* @param[out] ret_table  the table that differs, NULL when all agree */
enum err_code verify_persons(struct op *op, struct snapshot *snap, const struct matter *m,
                             const char **ret_table) MUST_CHECK;

#endif
