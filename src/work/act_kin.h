/* Effects that tie a matter to others: links, the choice about a duplicate, a report split off, the
 * business. */
#ifndef FANGXIN_WORK_ACT_KIN_H
#define FANGXIN_WORK_ACT_KIN_H

#include "work/act_effects.h"

enum err_code act_link(struct act_run *run) MUST_CHECK;
/* The other matter gets an event of its own, so that either timeline shows the link. */
enum err_code act_link_back(struct act_run *run) MUST_CHECK;

/* What the clerk decided about a hint: "link" (with a number), "join" (a group)
 * or "new". Kept in detail.duplicate
 * {"choice","at","by","other"?}, so that the hint is not shown again. */
enum err_code act_duplicate(struct act_run *run) MUST_CHECK;
enum err_code act_duplicate_back(struct act_run *run) MUST_CHECK;

/* A report of the same fact is not handled again; one with new facts goes with the first, whose
 * time runs anew from the receipt of the last (Order 121 art. 35). The old clock stays on record.
 * The first is a report that the actor may see, and where both are named one of the same person, by
 * name or phone. ERR_INVALID otherwise, or when it has been decided. */
enum err_code act_not_again(struct act_run *run) MUST_CHECK;
enum err_code act_not_again_back(struct act_run *run) MUST_CHECK;
enum err_code act_merge(struct act_run *run) MUST_CHECK;
enum err_code act_merged(struct act_run *run) MUST_CHECK;

/* A clue found on the way becomes a report of its own, linked both ways; its time runs from the day
 * on which it was found. Nothing of it stays with this matter. */
enum err_code act_spawn_report(struct act_run *run) MUST_CHECK;
enum err_code act_spawned(struct act_run *run) MUST_CHECK;

/* Points the matter to a business, to the survivor where it was merged; without one it points to
 * none again. The respondent stays as told. */
enum err_code act_identify(struct act_run *run) MUST_CHECK;

#endif
