/* What the files of cases share. */
#ifndef FANGXIN_WORK_CASE_INTERNAL_H
#define FANGXIN_WORK_CASE_INTERNAL_H

#include "work/case.h"

/* ---- clocks: elements of the state's list "clocks" ---- */

/* The running one (neither stopped nor cancelled) of a rule; @p no 0: any. NULL. */
json_t *case_clock(const json_t *clocks, const char *rule, int64_t no);
bool case_clock_runs(const json_t *clock);
bool case_clock_paused(const json_t *clock);
/* The rule as it counts for this clock: longer by what was granted collectively. False when the
 * pack has no such rule any more. */
bool case_clock_rule(struct op *op, const json_t *clock, struct deadline_rule *ret);
enum err_code case_clock_due(struct op *op, const json_t *clock, const struct deadline_rule *rule,
                             struct deadline_due *ret) MUST_CHECK;
/**
 * Applies one effect to @p clocks (changed in place).
 * @param no   tells several clocks of one rule apart (requests for assistance); 0 for the others
 * @param day  civil day of the act
 * @return ERR_NOT_ALLOWED for an extension beyond the rule
 */
enum err_code case_clock_apply(struct op *op, json_t *clocks, const struct flow_clock *effect,
                               int64_t no, date_t day) MUST_CHECK;
/* @p days more for the running clock of D7, decided collectively. */
enum err_code case_clock_lengthen(struct op *op, json_t *clocks, const char *rule,
                                  int64_t days) MUST_CHECK;
/* Of all that run: the first due day; DATE_NONE where none has one. */
date_t case_next_due(const json_t *clocks, const char **ret_rule);

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
