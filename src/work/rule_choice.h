/* Which rule governs a matter: the pack of the day on which the competent body received it, or the
 * one that a supervisor chose, with his reasons on record.
 *
 * detail.rules_chosen: [{"from": pack, "to": pack, "by", "at", "clocks": {rule: seq}}], the oldest
 * first; clocks: the last of each rule that ran under `from`. */
#ifndef FANGXIN_WORK_RULE_CHOICE_H
#define FANGXIN_WORK_RULE_CHOICE_H

#include "work/act_effects.h"

/* Effect of choose_rule: the clocks that run are counted again from the same day under the pack
 * chosen, the old ones end and stay on record. ERR_INVALID for the pack that governs already, and
 * for a matter received before any pack. */
enum err_code rule_choose(struct act_run *run) MUST_CHECK;
/* Effect of to_authority: what was negotiated outside becomes the authority's own from today. The
 * pack of today governs, from its first state on; its terms count from today (detail
 * "competent_from"), the clock of the negotiation ends. ERR_INVALID where the office has no such
 * pack. */
enum err_code rule_fall_through(struct act_run *run) MUST_CHECK;
/* The pack under which that clock ran. */
const struct pack *rule_of_clock(const struct op *op, const struct matter *m,
                                 const struct matter_clock *clock);

#endif
