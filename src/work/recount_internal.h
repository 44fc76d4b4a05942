/* What the files of the recount share. */
#ifndef FANGXIN_WORK_RECOUNT_INTERNAL_H
#define FANGXIN_WORK_RECOUNT_INTERNAL_H

#include "work/recount.h"

/* ---- records that keep clocks: cases and entries of registers ---- */

/* The day by which a record is due first: as its row says, and by the setup's calendar. */
struct record_shift {
    int64_t version;
    const char *rule; /* NULL where none runs */
    date_t old, now;  /* INT32_MAX: none, as in the row */
    bool runs;        /* it has a date, before and now */
};
/* @param kind  "case" or "entry" */
enum err_code record_shift_of(struct op *op, struct snapshot *snap, const char *kind, int64_t id,
                              struct record_shift *ret) MUST_CHECK;
/* Moves the date of the row. */
void record_shift_put(struct changes *ch, const char *kind, int64_t id,
                      const struct record_shift *shift);

/* ---- what moved ---- */

struct moved {
    int64_t id; /* of a matter or a record */
    const char *rule;
    int64_t seq; /* 1 for the first of a matter's rule; 0: a record */
    date_t old_raw, old_due, new_raw, new_due;
};
void calendar_moved_put(struct op *op, struct changes *ch, int64_t run, const struct moved *m);

#endif
