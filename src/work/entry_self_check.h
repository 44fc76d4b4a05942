/* What anybody may work out by the formulas of a register; nothing is written. */
#ifndef FANGXIN_WORK_ENTRY_SELF_CHECK_H
#define FANGXIN_WORK_ENTRY_SELF_CHECK_H

#include "work/entry.h"

/* Schema SelfCheck of a register that has one, else ERR_NOT_FOUND. */
enum err_code entry_self_check_form(struct op *op, const char *id,
                                    struct json_writer *w) MUST_CHECK;
/* Schema SelfChecked. ERR_INVALID with an item per fault of "fields.NAME". */
enum err_code entry_self_check(struct op *op, const char *id, const json_t *input,
                               struct json_writer *w) MUST_CHECK;
/* Array "checks": id and title of each. */
void entry_self_checks(struct op *op, struct json_writer *w);

#endif
