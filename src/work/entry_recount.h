/* Entries of an older revision whose register counts otherwise today: counted again.
 *
 * What an entry is counted and found by – measures, filters, frequencies – is said by the revision
 * in its state's "counted", or by its own where there is none. A job writes the act "recount",
 * which sets it to today's; everything else of the entry stays under its own revision. */
#ifndef FANGXIN_WORK_ENTRY_RECOUNT_H
#define FANGXIN_WORK_ENTRY_RECOUNT_H

#include "work/entry_internal.h"

/**
 * Goes on counting, in slices, for about so long. How far it came stands in the index
 * ("recount_to"), so a restart goes on; without it everything is looked at once more and nothing is
 * counted twice.
 * @param[out] ret_left  entries still to be looked at
 */
enum err_code entries_recount(struct op *op, int64_t budget_ms, int64_t *ret_left) MUST_CHECK;
/* How many entries of a register are still to be looked at; 0: all is counted as today's says. */
enum err_code entries_recount_left(struct op *op, const struct register_def *def,
                                   int64_t *ret) MUST_CHECK;

#endif
