/* Groups: matters of many persons against one business, with one leader, one meeting, one decision
 * (joint complaints, Order 121 art. 12). Each member keeps its own clocks, amount and file.
 *
 * A group is a record (work/record.h). Its state:
 *   body status(proposed open decided closed dismissed) day (made) business (as told)
 *   respondent_key category officer (its leader) title_at (version whose text is the title)
 *   representatives [matter ids] mandate {signed_on, version (whose text is the paper), at, by}
 *   meeting {at, mode, version} decision {act, version, at}
 *   proposal {members: [ids], from, to, likeness, revision} suggested [ids]
 *   major {members, at}  as many people as make its members major
 * Who belongs to it stands on the matters alone (column group_id), moved by their acts join_group
 * and leave_group; each such act adds an event to the group, so both timelines show it.
 * A report never belongs to a group, nor does anything here look at one. */
#ifndef FANGXIN_WORK_GROUP_H
#define FANGXIN_WORK_GROUP_H

#include "work/draft.h"
#include "work/record.h"

#define GROUP "group"

/* A group the actor may see: it lies in his reach, or he may see one of its members.
 * ERR_NOT_FOUND otherwise. @p need  MAY_SEE_GROUP, or what he wants to do (ERR_FORBIDDEN). */
enum err_code group_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                        struct record *ret) MUST_CHECK;
/* Open groups against the business of that name, folded (struct matter respondent_key), whatever
 * body they lie with, as far as the actor may see them: schema GroupBrief, into an array that is
 * open. */
enum err_code group_write_joinable(struct op *op, struct snapshot *snap, const char *respondent_key,
                                   struct json_writer *w) MUST_CHECK;
/* The business it is against; "?" where there is none. In the arena. */
const char *group_name(struct op *op, int64_t id);
/* How many belong to it, whoever may see them. */
enum err_code group_size(struct op *op, struct snapshot *snap, int64_t id, int64_t *ret) MUST_CHECK;

/* ---- acts of a group ---- */

/**
 * A group made by hand, for matters that join it afterwards (acts join_group).
 * @param numbers  [text]: their business, category and bodies are the group's
 * @return ERR_INVALID where one cannot be seen, is not a complaint, or belongs to another group
 */
enum err_code group_make(struct op *op, const json_t *numbers, const char *title, int64_t officer,
                         struct record *ret) MUST_CHECK;
/**
 * confirm {officer?, title?} dismiss {reason} lead {officer} rename {title}
 * represent {numbers: [text], paper?, signed_on?, agreed? (needed to change them)} meet {at,
 * place?, mode?} decide {act, form?, ground?, terms?} close {reason?} note {text}. What a meeting
 * or a decision does to the members are acts of theirs, for the caller (work/batch.h).
 * @param version  of the state the actor saw, or ANY_VERSION
 */
enum err_code group_act(struct op *op, int64_t id, const char *act, const json_t *input,
                        int64_t version, struct record *ret) MUST_CHECK;

/* The effects of a matter's acts (work/act_effects.c): the group's event goes into the same set. */
struct act_run;
enum err_code group_effect_join(struct act_run *run) MUST_CHECK;
enum err_code group_effect_leave(struct act_run *run) MUST_CHECK;
enum err_code group_after_join(struct act_run *run) MUST_CHECK;
enum err_code group_after_leave(struct act_run *run) MUST_CHECK;

/* ---- proposals ---- */

/* Looks at the businesses of matters that changed since the last run: proposes groups, lets
 * proposed ones grow, suggests members to open ones. @p ret_n  how many records it wrote. */
enum err_code group_watch(struct op *op, int64_t *ret_n) MUST_CHECK;

/* Marks the members of groups that are as large as a pack says (act_watch), once each, and tells
 * the group. @p ret_n  how many groups. */
enum err_code group_major_watch(struct op *op, int64_t *ret_n) MUST_CHECK;

/* ---- views ---- */

/* Schema Group, closed. */
enum err_code group_view(struct op *op, struct snapshot *snap, const struct record *r,
                         struct json_writer *w) MUST_CHECK;
struct group_filter {
    const char *status; /* NULL any */
    date_t from, to;    /* days they were made, DATE_NONE open */
    const char *cursor;
    size_t limit;
    int64_t joinable_by; /* matter: only open ones against its business; 0 all */
};
/* Schema Groups, closed. */
enum err_code group_list_view(struct op *op, const struct group_filter *filter,
                              struct json_writer *w) MUST_CHECK;

/* Table group_candidate from the state (record_kinds.c). */
void group_project(struct op *op, struct changes *ch, const struct record *before,
                   const struct record *after);
enum err_code group_check(struct op *op, struct snapshot *snap, const struct record *r,
                          const char **ret_table) MUST_CHECK;

#endif
