/* Counting all open clocks again: the runs behind a change of calendar. For calendars.c. */
#ifndef FANGXIN_WORK_RECOUNT_H
#define FANGXIN_WORK_RECOUNT_H

#include "work/calendars.h"

/* Adds a new run to an import's change set; one that still goes on ends with it. */
enum err_code recount_begin(struct op *op, struct changes *ch, const char *calendar,
                            int64_t edition) MUST_CHECK;
/* Counts by another calendar than the setup's and writes nothing. */
enum err_code recount_preview(struct op *op, const struct calendar *cal,
                              struct calendar_shifts *ret) MUST_CHECK;

#endif
