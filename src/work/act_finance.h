/* Effects of the acts that only financial packs have. Which of them are allowed, and what they do
 * to the clocks, is the pack's affair. */
#ifndef FANGXIN_WORK_ACT_FINANCE_H
#define FANGXIN_WORK_ACT_FINANCE_H

#include "work/act_effects.h"

/* Whether who is named, or says so himself, is whom the complaint is about. */
void finance_facts(struct act_run *run);

enum err_code finance_against(struct act_run *run) MUST_CHECK;
/* mark_major: why, and how many people. */
enum err_code finance_major(struct act_run *run) MUST_CHECK;
enum err_code finance_restart(struct act_run *run) MUST_CHECK;
enum err_code finance_longer(struct act_run *run) MUST_CHECK;
enum err_code finance_decide(struct act_run *run) MUST_CHECK;
/* Ends this matter; the other one, open and of the same filer by the officer's word, goes on. */
enum err_code finance_merge(struct act_run *run) MUST_CHECK;
enum err_code finance_after_merge(struct act_run *run) MUST_CHECK;

#endif
