/* What drawing and answering share. */
#ifndef FANGXIN_WORK_ENTRY_SLIPS_INTERNAL_H
#define FANGXIN_WORK_ENTRY_SLIPS_INTERNAL_H

#include "work/entry_slips.h"

#define SLIP_SIGNS "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#define SLIPS_MOST ((1 << 20) - 1) /* numbers of four signs */

/* How many were drawn. */
int64_t slips_drawn(const json_t *state);
/* Whether codes of the entry are drawn and taken in its present state. */
bool slips_in_state(const struct register_slips *s, const struct record *r);
/* The code of a running number. */
void slip_text(struct op *op, int64_t entry, int64_t n, char ret[SLIP_TEXT]);

#endif
