/* What the files of businesses share. */
#ifndef FANGXIN_WORK_BUSINESS_INTERNAL_H
#define FANGXIN_WORK_BUSINESS_INTERNAL_H

#include "work/business.h"

/* Names, codes, place and contact of an input; ERR_INVALID with an item per fault. */
enum err_code business_input_check(struct op *op, const json_t *input) MUST_CHECK;

/* ERR_INVALID "uscc" "taken" when another business has the code of the input. */
enum err_code business_code_free(struct op *op, const json_t *input) MUST_CHECK;
/* What a repeat of the request is answered from. */
void business_keep_answer(struct op *op, struct changes *ch, const struct record *r);

#endif
