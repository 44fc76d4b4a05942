/* Rows that another entry gives (given_by in docs/registers.md, Fields). */
#ifndef FANGXIN_WORK_ENTRY_GIVEN_H
#define FANGXIN_WORK_ENTRY_GIVEN_H

#include "work/entry_internal.h"

/**
 * Fills the tables among what is sent whose rows another entry gives.
 * @param now    the entry's fields as they are; NULL: a new one
 * @param given  what is sent; replaced by a copy where rows are filled
 * @return ERR_INVALID: too few or too many rows, or an entry in a state that gives none
 */
enum err_code entry_given(struct op *op, struct snapshot *snap, const struct register_def *def,
                          const json_t *now, json_t **given) MUST_CHECK;
/* The rows of one table. @p link, @p number: the field and the entry that it names; NULL where a
 * column names it */
enum err_code entry_given_fill(struct op *op, struct snapshot *snap, const struct act_field *table,
                               const struct act_field *link, const json_t *number,
                               json_t *rows) MUST_CHECK;

#endif
