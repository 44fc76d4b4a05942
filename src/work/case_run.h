/* One act on a case under way. For case_acts.c and case_effects.c alone. */
#ifndef FANGXIN_WORK_CASE_RUN_H
#define FANGXIN_WORK_CASE_RUN_H

#include "work/case_internal.h"

struct case_run {
    struct op *op;
    struct record *r;
    struct record_draft d;
    const json_t *input;
    json_t *clocks;    /* copy that becomes the new state's */
    date_t today, day; /* day: when the clocks of this act begin and end */
    int64_t no;        /* which request for assistance */
};

/* Sets in the draft what the act does (flow_transition.does), and the day of its clocks.
 * @return ERR_INVALID with an item for what was sent */
enum err_code case_effect(struct case_run *run, const struct flow_transition *t) MUST_CHECK;

/* A member as a number; 0 where there is none. */
static inline int64_t case_number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}
/* A copy of a list of the state, for the next one: a new reference, empty where there is none. */
json_t *case_list_copy(const struct record *r, const char *name);
/* Whether any line of the goods still stands. */
bool case_goods_left(const struct record *r);
/* Whether the act says that it was served by public notice. */
bool case_by_public_notice(const struct case_run *run);

#endif
