/* What the files of cases share. */
#ifndef FANGXIN_WORK_CASE_INTERNAL_H
#define FANGXIN_WORK_CASE_INTERNAL_H

#include "work/case.h"
#include "work/record_clock.h"

/* ---- facts and amounts ---- */

struct case_step_facts case_step_facts_of(struct op *op, const struct record *r);
/* What the roles of the actor are for this case. */
unsigned case_roles(struct op *op, const struct record *r);
/* Value of the goods that still stand in the list, in fen. */
int64_t case_goods_fen(const struct record *r);
/* What the decision asks for: fine, income, late fine. */
int64_t case_owed_fen(const struct record *r);
/* "12.5" → 12500; false for anything but a positive number with at most three decimals. */
bool case_quantity(const char *text, int64_t *ret_milli);
/* 12500 → "12.5", in the arena. */
const char *case_quantity_text(struct op *op, int64_t milli);

/* Schema CaseRow, closed. */
enum err_code case_write_row(struct op *op, const struct record *r,
                             struct json_writer *w) MUST_CHECK;

#endif
