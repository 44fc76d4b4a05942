/* What each act does beyond the rule pack's step: a table from act to effect. */
#ifndef FANGXIN_WORK_ACT_EFFECTS_H
#define FANGXIN_WORK_ACT_EFFECTS_H

#include "work/filing_internal.h"

/* One act being done. */
struct act_run {
    struct op *op;
    struct changes *ch;
    struct snapshot *snap; /* for what an effect has to read; NULL: none was opened */
    struct matter *m;
    struct draft d;
    const json_t *input;
    struct workflow_facts facts;
};

/* Fills in what guards want to know of the input. */
void act_facts(struct act_run *run);
/* The input is kept with another matter only (a report split off), not with this one's event. */
bool act_input_is_secret(const char *act);
/* For other files of effects: the matter is that officer's of its body now; the open pause ends. */
enum err_code act_hand_to(struct act_run *run, int64_t officer) MUST_CHECK;
enum err_code act_end_pause(struct act_run *run) MUST_CHECK;
/* Puts the act's own changes into the draft; d.step is decided, clocks are not yet applied. */
enum err_code act_effect(struct act_run *run) MUST_CHECK;
/* After the event: other matters that the act touches, and texts derived from the new state. */
enum err_code act_aftermath(struct act_run *run) MUST_CHECK;

#endif
