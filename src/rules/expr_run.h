/* One evaluation under way; only for expr_eval.c, expr_days.c and expr_same.c. */
#ifndef FANGXIN_RULES_EXPR_RUN_H
#define FANGXIN_RULES_EXPR_RUN_H

#include "rules/expr_internal.h"

struct run {
    const struct expr_env *env;
    size_t row; /* of the table an aggregate goes through */
};

typedef const struct expr_node *node_t;

static const struct value empty = {.kind = VALUE_EMPTY};

static inline struct value of_date(date_t date)
{
    return date == DATE_NONE ? empty : (struct value){.kind = VALUE_DATE, .date = date};
}

/* DATE_NONE when empty. */
static inline date_t day_of(const struct run *run, const struct value *v)
{
    if (v->kind == VALUE_INSTANT)
        return date_of_instant(v->number, run->env->zone_min);
    return v->kind == VALUE_DATE ? v->date : DATE_NONE;
}

/* Each may end in three ways: a value, empty, or false where it is beyond what fits. */
bool expr_run(struct run *run, node_t node, struct value *ret);
bool expr_run_days(struct run *run, node_t node, struct value *ret);
bool expr_run_same_text(struct run *run, node_t node, struct value *ret);
bool expr_run_same_quantities(struct run *run, node_t node, struct value *ret);

#endif
