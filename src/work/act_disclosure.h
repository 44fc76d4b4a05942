/* Disclosure of complaint information (公示): a reviewed complaint counts in what is disclosed of
 * its business. The mark stands in the matter's detail and outlives the archiving; reopening takes
 * it off. */
#ifndef FANGXIN_WORK_ACT_DISCLOSURE_H
#define FANGXIN_WORK_ACT_DISCLOSURE_H

#include "work/act_effects.h"

/* What the guards on disclosure look at. */
void disclosure_facts(const struct op *op, const struct matter *m, struct workflow_facts *f);

enum err_code act_disclose(struct act_run *run) MUST_CHECK;
enum err_code act_exempt(struct act_run *run) MUST_CHECK;
enum err_code act_stop_disclosure(struct act_run *run) MUST_CHECK;

#endif
