/* Effects that tie a matter to others: links, the choice about a duplicate, the business. */
#ifndef FANGXIN_WORK_ACT_KIN_H
#define FANGXIN_WORK_ACT_KIN_H

#include "work/act_effects.h"

enum err_code act_link(struct act_run *run) MUST_CHECK;
/* The other matter gets an event of its own, so that either timeline shows the link. */
enum err_code act_link_back(struct act_run *run) MUST_CHECK;

/* What the clerk decided about a hint: "link" (with a number) or "new". Kept in detail.duplicate
 * {"choice","at","by","other"?}, so that the hint is not shown again. */
enum err_code act_duplicate(struct act_run *run) MUST_CHECK;
enum err_code act_duplicate_back(struct act_run *run) MUST_CHECK;

/* Points the matter to a business, to the survivor where it was merged; without one it points to
 * none again. The respondent stays as told. */
enum err_code act_identify(struct act_run *run) MUST_CHECK;

#endif
