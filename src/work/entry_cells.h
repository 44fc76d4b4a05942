/* One value in one cell of a sheet, and back. */
#ifndef FANGXIN_WORK_ENTRY_CELLS_H
#define FANGXIN_WORK_ENTRY_CELLS_H

#include "work/entry.h"

/* @p text  what the value reads as (entry_shown): what most kinds are written by. In the arena. */
const char *entry_cell_text(struct op *op, const struct act_field *field, const json_t *value,
                            const char *text);
/* The value that a cell means: new reference. What cannot be read is given as text, so that the
 * check of the field refuses it in its own words. */
json_t *entry_cell_value(struct op *op, const struct act_field *field, const char *text);

#endif
