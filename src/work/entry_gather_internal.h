/* What gathering and drawing share. */
#ifndef FANGXIN_WORK_ENTRY_GATHER_INTERNAL_H
#define FANGXIN_WORK_ENTRY_GATHER_INTERNAL_H

#include "work/entry_gather.h"

/* Puts @p value, which it takes over, where the run keeps the field; null or nothing: the field
 * is emptied. */
void entry_gather_put(struct entry_run *run, const struct act_field *f, json_t *value);
/* GATHER_DRAW: adds rows, fills the seed and the size of the pool. ERR_INVALID item "fields.TO"
 * "range": it is before the first day; ERR_NOT_ALLOWED item "act"
 * "too_many", "twice" (as many as wanted are drawn), "empty" (fewer than wanted are left). */
enum err_code entry_draw_sample(struct entry_run *run, const struct register_gather *g) MUST_CHECK;

#endif
