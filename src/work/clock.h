/* Counting the clocks of a matter by the setup's calendar.
 *
 * An event says what an act did to a clock: when it started, its extensions, when it was met. The
 * dates of an open clock follow from that, the pauses and the calendar in force, so that a new
 * calendar moves them without touching any event; a clock that was met keeps the dates it had then,
 * which stand in the event that met it. */
#ifndef FANGXIN_WORK_CLOCK_H
#define FANGXIN_WORK_CLOCK_H

#include "work/matter.h"

/**
 * State (running, paused), dates, days left out and the provisional mark of one open clock.
 * @param pauses  as matter_pauses gives them; one that ended before the clock began is not its own
 */
enum err_code clock_count(struct op *op, const struct deadline_rule *rule,
                          const struct pause *pauses, size_t n, struct matter_clock *c) MUST_CHECK;

/* Counts all open clocks of a matter again. @p ret_changed: something is different now. A clock
 * whose rule its pack does not know stays as it is. */
enum err_code matter_recount(struct op *op, struct matter *m, bool *ret_changed) MUST_CHECK;

#endif
