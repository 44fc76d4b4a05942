/* Rewards 举报奖励 for reports of major violations whose case has ended: proposed by the handler,
 * decided by a leader, told, claimed and paid. What is paid follows from the level and from what
 * the case imposed (rules/compensation.h); officers may set another amount.
 *
 * It stands on the report alone, never on the case, which shows nobody that there was a reporter.
 * matter.detail:
 *   reward  {"state" (proposed approved refused told paid lapsed), "level","base_fen","amount_fen",
 *            "imposed_fen","major","at","by", "answered_at"?,"answered_by"?, "told"?,"until"?
 *            (civil dates), "paid_on"?}
 * Source: docs/rules.md#compensation-and-rewards. */
#ifndef FANGXIN_WORK_REWARD_H
#define FANGXIN_WORK_REWARD_H

#include "base/json.h"
#include "work/act_effects.h"

/* What guards look at: how far a reward has come, and whether the case has ended. */
void reward_facts(struct op *op, const struct matter *m, struct workflow_facts *f);

/* ERR_INVALID: something excludes it, above the cap, or without the finance department's answer. */
enum err_code reward_propose(struct act_run *run) MUST_CHECK;
enum err_code reward_answer(struct act_run *run) MUST_CHECK; /* approve_reward, refuse_reward */
enum err_code reward_tell(struct act_run *run) MUST_CHECK;
enum err_code reward_pay(struct act_run *run) MUST_CHECK;
enum err_code reward_lapse(struct act_run *run) MUST_CHECK;

/* Member "reward" of the procedure: the reward, or what each level would give once it is possible;
 * else null. */
void reward_view(struct op *op, const struct matter *m, struct json_writer *w);

#endif
