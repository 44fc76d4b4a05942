/* What is sent with an act on a record whose life is a flow: checked and kept by the act's fields.
 */
#ifndef FANGXIN_WORK_RECORD_INPUT_H
#define FANGXIN_WORK_RECORD_INPUT_H

#include "rules/pack.h"
#include "work/record.h"

/**
 * Required fields and codes; the shape was checked by the form before.
 * @return ERR_INVALID with one item per fault in op->err
 */
enum err_code record_input_check(struct op *op, const struct pack_act *act,
                                 const json_t *input) MUST_CHECK;
/* Into the event: sealed fields as texts, the rest as they came; the field @p except (may be NULL)
 * is left to the caller. */
void record_input_keep(struct record_draft *d, const struct pack_act *act, const json_t *input,
                       const char *except);

#endif
