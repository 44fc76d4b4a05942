/* What a transition gathers from the entries that link to its own (rules/register.h). */
#ifndef FANGXIN_WORK_ENTRY_GATHER_H
#define FANGXIN_WORK_ENTRY_GATHER_H

#include "rules/register_gather.h"
#include "work/entry_run.h"

/* Puts what @p t gathers into the state and the values of the run. */
enum err_code entry_gather(struct entry_run *run, const struct flow_transition *t) MUST_CHECK;

#endif
