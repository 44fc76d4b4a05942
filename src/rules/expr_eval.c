/* Evaluates expressions. Every step may end in three ways: a value, empty, or beyond what fits. */
#include <string.h>

#include "rules/expr_run.h"

static struct value of_bool(bool truth)
{
    return (struct value){.kind = VALUE_BOOL, .truth = truth};
}

static bool fits(__int128 number, struct value *ret)
{
    if (number > INT64_MAX || number < -INT64_MAX)
        return false;
    *ret = value_number((int64_t)number);
    return true;
}

/* ---- names ---- */

/* A looked-up value of another kind than the name has is none: stored by an older definition. */
static bool kind_fits(enum value_kind kind, const struct value *v)
{
    return v->kind == kind || v->kind == VALUE_EMPTY ||
           (kind == VALUE_DATE && v->kind == VALUE_INSTANT);
}

static void look_up(struct run *run, node_t node, struct value *ret)
{
    struct expr_at at = node->at;

    *ret = empty;
    if (at.name->table && at.member == NULL) {
        if (run->env->rows != NULL && run->env->rows(run->env->arg, at.name) > 0)
            ret->kind = VALUE_FILLED;
        return;
    }
    at.row = run->row;
    run->env->lookup(run->env->arg, &at, ret);
    if (!kind_fits(node->kind, ret))
        *ret = empty;
}

/* ---- numbers ---- */

static bool arithmetic(enum expr_op op, int64_t a, int64_t b, struct value *ret)
{
    int64_t quotient;

    *ret = empty;
    switch ((int)op) {
    case OP_ADD:
        return fits((__int128)a + b, ret);
    case OP_SUBTRACT:
        return fits((__int128)a - b, ret);
    case OP_MULTIPLY:
        if (!decimal_divide((__int128)a * b, NUMBER_ONE, &quotient))
            return false;
        break;
    default: /* OP_DIVIDE */
        if (b == 0)
            return true;
        if (!decimal_divide((__int128)a * NUMBER_ONE, b, &quotient))
            return false;
        break;
    }
    *ret = value_number(quotient);
    return true;
}

static bool eval_arithmetic(struct run *run, node_t node, struct value *ret)
{
    struct value a, b;

    if (!expr_run(run, node->args[0], &a) || !expr_run(run, node->args[1], &b))
        return false;
    *ret = empty;
    return a.kind == VALUE_EMPTY || b.kind == VALUE_EMPTY ||
           arithmetic(node->op, a.number, b.number, ret);
}

static bool eval_round(struct run *run, node_t node, struct value *ret)
{
    static const int steps[] = {10000, 1000, 100, 10, 1};
    struct value of, decimals = value_number(0);
    int64_t rounded;

    if (!expr_run(run, node->args[0], &of) ||
        (node->n_args == 2 && !expr_run(run, node->args[1], &decimals)))
        return false;
    *ret = empty;
    if (of.kind == VALUE_EMPTY || decimals.kind == VALUE_EMPTY || decimals.number < 0 ||
        decimals.number > 4 * NUMBER_ONE)
        return true;
    if (!decimal_divide(of.number, steps[decimals.number / NUMBER_ONE], &rounded))
        return false;
    return fits((__int128)rounded * steps[decimals.number / NUMBER_ONE], ret);
}

/* ---- comparisons ---- */

static bool compared(enum expr_op op, int sign)
{
    switch ((int)op) {
    case OP_EQUAL:
        return sign == 0;
    case OP_UNEQUAL:
        return sign != 0;
    case OP_LESS:
        return sign < 0;
    case OP_LESS_EQUAL:
        return sign <= 0;
    case OP_MORE:
        return sign > 0;
    default:
        return sign >= 0;
    }
}

static int order(const struct run *run, const struct value *a, const struct value *b)
{
    int64_t x, y;

    if (a->kind == VALUE_TEXT)
        return strcmp(a->text, b->text);
    if (a->kind == VALUE_BOOL) {
        x = a->truth;
        y = b->truth;
    } else if (a->kind == b->kind && a->kind != VALUE_DATE) {
        x = a->number;
        y = b->number;
    } else {
        x = day_of(run, a);
        y = day_of(run, b);
    }
    return (x > y) - (x < y);
}

static bool eval_comparison(struct run *run, node_t node, struct value *ret)
{
    struct value a, b;

    if (!expr_run(run, node->args[0], &a) || !expr_run(run, node->args[1], &b))
        return false;
    *ret = a.kind == VALUE_EMPTY || b.kind == VALUE_EMPTY
               ? empty
               : of_bool(compared(node->op, order(run, &a, &b)));
    return true;
}

static bool eval_in(struct run *run, node_t node, struct value *ret)
{
    struct value left, item;

    if (!expr_run(run, node->args[0], &left))
        return false;
    *ret = left.kind == VALUE_EMPTY ? empty : of_bool(false);
    for (size_t i = 1; left.kind != VALUE_EMPTY && i < node->n_args; i++) {
        if (!expr_run(run, node->args[i], &item))
            return false;
        if (item.kind == left.kind && order(run, &left, &item) == 0)
            *ret = of_bool(true);
    }
    return true;
}

static bool eval_has(struct run *run, node_t node, struct value *ret)
{
    struct value list, item;

    if (!expr_run(run, node->args[0], &list) || !expr_run(run, node->args[1], &item))
        return false;
    *ret = empty;
    if (list.kind == VALUE_EMPTY || item.kind == VALUE_EMPTY)
        return true;
    *ret = of_bool(false);
    for (size_t i = 0; i < json_array_size(list.list); i++) {
        const char *text = json_string_value(json_array_get(list.list, i));

        if (text != NULL && strcmp(text, item.text) == 0)
            *ret = of_bool(true);
    }
    return true;
}

/* ---- conditions ---- */

/* `and` is decided by false, `or` by true; what is empty decides nothing. */
static bool eval_logic(struct run *run, node_t node, struct value *ret)
{
    bool decides = node->op == OP_OR, some_empty = false;
    struct value v;

    for (size_t i = 0; i < node->n_args; i++) {
        if (!expr_run(run, node->args[i], &v))
            return false;
        if (v.kind == VALUE_EMPTY) {
            some_empty = true;
        } else if (v.truth == decides) {
            *ret = v;
            return true;
        }
    }
    *ret = some_empty ? empty : of_bool(!decides);
    return true;
}

static bool eval_choice(struct run *run, node_t node, struct value *ret)
{
    struct value v;

    if (!expr_run(run, node->args[0], &v))
        return false;
    if (node->op == OP_IF) {
        *ret = empty;
        return v.kind == VALUE_EMPTY || expr_run(run, node->args[v.truth ? 1 : 2], ret);
    }
    *ret = v; /* OP_DEFAULT */
    return v.kind != VALUE_EMPTY || expr_run(run, node->args[1], ret);
}

/* ---- several values ---- */

/* Whether @p v goes before what was found so far. */
static bool better(const struct run *run, bool least, const struct value *found,
                   const struct value *v)
{
    int sign;

    if (found->kind == VALUE_EMPTY)
        return true;
    sign = order(run, v, found);
    return least ? sign < 0 : sign > 0;
}

/* min and max: empty when one of them is. */
static bool eval_least(struct run *run, node_t node, struct value *ret)
{
    struct value found = empty, v;
    bool some_empty = false;

    for (size_t i = 0; i < node->n_args; i++) {
        if (!expr_run(run, node->args[i], &v))
            return false;
        if (node->kind == VALUE_DATE)
            v = of_date(day_of(run, &v));
        if (v.kind == VALUE_EMPTY)
            some_empty = true;
        else if (better(run, node->op == OP_MIN, &found, &v))
            found = v;
    }
    *ret = some_empty ? empty : found;
    return true;
}

/* Whether the row takes part: all do where there is no condition. */
static bool row_counts(struct run *run, node_t node, size_t condition, bool *ret)
{
    struct value v;

    *ret = true;
    if (node->n_args <= condition)
        return true;
    if (!expr_run(run, node->args[condition], &v))
        return false;
    *ret = v.kind == VALUE_BOOL && v.truth;
    return true;
}

/* Cells that are empty are passed over; the sum of none is 0, the least of none is empty. */
static bool eval_rows(struct run *run, node_t node, struct value *ret)
{
    size_t n = run->env->rows == NULL ? 0 : run->env->rows(run->env->arg, node->table);
    bool count = node->op == OP_COUNT_ROWS, sum = node->op == OP_SUM_ROWS, counts;
    struct value found = count || sum ? value_number(0) : empty, v;
    size_t outer = run->row;
    bool fine = true;

    for (size_t i = 0; i < n && fine; i++) {
        run->row = i;
        fine = row_counts(run, node, count ? 0 : 1, &counts);
        if (!fine || !counts)
            continue;
        if (count) {
            fine = fits((__int128)found.number + NUMBER_ONE, &found);
            continue;
        }
        fine = expr_run(run, node->args[0], &v);
        if (fine && node->kind == VALUE_DATE)
            v = of_date(day_of(run, &v));
        if (!fine || v.kind == VALUE_EMPTY)
            continue;
        if (sum)
            fine = fits((__int128)found.number + v.number, &found);
        else if (better(run, node->op == OP_MIN_ROWS, &found, &v))
            found = v;
    }
    run->row = outer;
    *ret = fine ? found : empty;
    return fine;
}

static bool eval_count(struct run *run, node_t node, struct value *ret)
{
    struct value list;

    if (node->op == OP_ROWS) {
        *ret = value_whole(
            run->env->rows == NULL ? 0 : (int64_t)run->env->rows(run->env->arg, node->at.name));
        return true;
    }
    if (!expr_run(run, node->args[0], &list))
        return false;
    *ret = value_whole(list.kind == VALUE_LIST ? (int64_t)json_array_size(list.list) : 0);
    return true;
}

static bool eval_rank(struct run *run, node_t node, struct value *ret)
{
    const struct expr_at *at = &node->args[0]->at;
    const struct expr_name *of = at->deeper != NULL   ? at->deeper
                                 : at->member != NULL ? at->member
                                                      : at->name;
    struct value v;

    if (!expr_run(run, node->args[0], &v))
        return false;
    *ret = empty;
    for (size_t i = 0; v.kind == VALUE_TEXT && i < of->n_codes; i++)
        if (strcmp(of->codes[i], v.text) == 0)
            *ret = value_whole((int64_t)i + 1);
    return true;
}

/* ---- the whole ---- */

static bool eval_one(struct run *run, node_t node, struct value *ret)
{
    struct value v;

    if (!expr_run(run, node->args[0], &v))
        return false;
    if (node->op == OP_EMPTY)
        *ret = of_bool(v.kind == VALUE_EMPTY);
    else if (v.kind == VALUE_EMPTY)
        *ret = empty;
    else if (node->op == OP_NOT)
        *ret = of_bool(!v.truth);
    else /* OP_NEGATE, OP_ABS; the least number has no opposite but never comes up (fits) */
        *ret = value_number(node->op == OP_NEGATE || v.number < 0 ? -v.number : v.number);
    return true;
}

bool expr_run(struct run *run, node_t node, struct value *ret)
{
    switch (node->op) {
    case OP_CONST:
        *ret = node->constant;
        return true;
    case OP_NAME:
        look_up(run, node, ret);
        return true;
    case OP_LINK:
        *ret = empty;
        if (run->env->link != NULL)
            run->env->link(run->env->arg, node->at.name->name, node->link, ret);
        if (!kind_fits(node->kind, ret))
            *ret = empty;
        return true;
    case OP_ADD:
    case OP_SUBTRACT:
    case OP_MULTIPLY:
    case OP_DIVIDE:
        return eval_arithmetic(run, node, ret);
    case OP_EQUAL:
    case OP_UNEQUAL:
    case OP_LESS:
    case OP_LESS_EQUAL:
    case OP_MORE:
    case OP_MORE_EQUAL:
        return eval_comparison(run, node, ret);
    case OP_AND:
    case OP_OR:
        return eval_logic(run, node, ret);
    case OP_IN:
        return eval_in(run, node, ret);
    case OP_HAS:
        return eval_has(run, node, ret);
    case OP_ROWS:
    case OP_ITEMS:
        return eval_count(run, node, ret);
    case OP_COUNT_ROWS:
    case OP_SUM_ROWS:
    case OP_MIN_ROWS:
    case OP_MAX_ROWS:
        return eval_rows(run, node, ret);
    case OP_MIN:
    case OP_MAX:
        return eval_least(run, node, ret);
    case OP_ROUND:
        return eval_round(run, node, ret);
    case OP_IF:
    case OP_DEFAULT:
        return eval_choice(run, node, ret);
    case OP_RANK:
        return eval_rank(run, node, ret);
    case OP_SAME_TEXT:
        return expr_run_same_text(run, node, ret);
    case OP_SAME_QUANTITIES:
        return expr_run_same_quantities(run, node, ret);
    case OP_DAYS:
    case OP_WORKDAYS:
    case OP_HOURS:
    case OP_ADD_DAYS:
    case OP_ADD_WORKDAYS:
    case OP_ADD_MONTHS:
    case OP_YEAR:
    case OP_MONTH:
        return expr_run_days(run, node, ret);
    case OP_NEGATE:
    case OP_ABS:
    case OP_NOT:
    case OP_EMPTY:
        return eval_one(run, node, ret);
    }
    return false;
}

bool expr_eval(const struct expr *e, const struct expr_env *env, struct value *ret)
{
    struct run run = {.env = env};
    struct value v = empty;
    bool fine = expr_run(&run, e->root, &v);

    *ret = fine ? v : empty;
    return fine;
}

bool expr_holds(const struct expr *e, const struct expr_env *env, bool otherwise)
{
    struct value v;

    if (e == NULL)
        return true;
    if (!expr_eval(e, env, &v) || v.kind != VALUE_BOOL)
        return otherwise;
    return v.truth;
}
