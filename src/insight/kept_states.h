/* The state of every matter, kept in memory: one byte each, by month of receipt and place in it. A
 * search among the matters of a state passes over hits of other states without looking at their
 * rows. One for all requests of a process.
 *
 * As with other matters kept (kept_matters.h) a job reads them once somebody has asked, and from
 * then on they follow the events. What they say is a hint for passing over: what is taken is asked
 * of the row. */
#ifndef FANGXIN_INSIGHT_KEPT_STATES_H
#define FANGXIN_INSIGHT_KEPT_STATES_H

#include "store/store.h"

struct kept_states;
struct kept_states *kept_states_new(void);       /* NULL: no memory */
void kept_states_free(struct kept_states *kept); /* NULL is fine */

/* The states as of the snapshot, or later; they stay until kept_states_letgo.
 * @param[out] ret_held  false: they are not there, or far behind; there is nothing to let go */
enum err_code kept_states_hold(struct op *op, struct snapshot *snap, struct kept_states *kept,
                               bool *ret_held) MUST_CHECK;
void kept_states_letgo(struct kept_states *kept);
/* While held: what stands for a state; 0: no matter has it. */
unsigned kept_state_code(const struct kept_states *kept, const char *status);
/* While held: whether the matter is in another state than that of the code. */
bool kept_state_differs(const struct kept_states *kept, int64_t id, unsigned code);
/* For the job: reads them when somebody has asked, and catches up. */
enum err_code kept_states_fill(struct op *op, struct kept_states *kept) MUST_CHECK;

#endif
