/* Targets of single offices: shorter terms that an office sets itself beside those of the law, in
 * the setting "deadlines.targets":  420202:D1=4 420202:D2=45 42020201:D1=3
 * (body:rule=length, in the rule's unit; 0: no target). An office without one has that of the
 * nearest body above it, and the pack's where nobody above has one. */
#ifndef FANGXIN_WORK_HOUSE_TARGET_H
#define FANGXIN_WORK_HOUSE_TARGET_H

#include "rules/deadline.h"
#include "work/setup.h"

/* In the rule's unit; 0: none, also where the term of this rule is not longer. */
int house_target(const struct setup *setup, const char *body, const struct deadline_rule *rule);
/* ERR_INVALID, naming the part that is not understood, of an unknown body or rule, or as long as a
 * term. */
enum err_code house_targets_check(struct op *op, const char *value) MUST_CHECK;

#endif
