/* Effects of the acts about offers, settlements and what follows an ending. */
#ifndef FANGXIN_WORK_ACT_OUTCOME_H
#define FANGXIN_WORK_ACT_OUTCOME_H

#include "work/act_effects.h"

enum err_code act_offer(struct act_run *run) MUST_CHECK;
enum err_code act_accept_offer(struct act_run *run) MUST_CHECK;
enum err_code act_decline_offer(struct act_run *run) MUST_CHECK;
/* ERR_INVALID for a remedy of no kind. */
enum err_code act_settle(struct act_run *run) MUST_CHECK;
enum err_code act_reopen(struct act_run *run) MUST_CHECK;
enum err_code act_rate(struct act_run *run) MUST_CHECK;
enum err_code act_follow_up(struct act_run *run) MUST_CHECK;

#endif
