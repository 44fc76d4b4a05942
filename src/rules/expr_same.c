/* What says that two things are the same though they are not written alike: texts in capitals, wide
 * signs or with blanks; quantities split among other rows. */
#include <string.h>

#include "base/text.h"
#include "rules/expr_run.h"

/* ---- texts ---- */

/* The next sign that is no blank, as a narrow capital; 0 at the end. */
static uint32_t next_sign(const char **at)
{
    uint32_t c = 0;
    size_t n;

    while (**at != '\0') {
        c = utf8_narrow(utf8_at(*at, strlen(*at), &n));
        *at += n == 0 ? 1 : n;
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x3000)
            return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
    }
    return 0;
}

bool expr_run_same_text(struct run *run, node_t node, struct value *ret)
{
    struct value a, b;
    uint32_t x, y;

    if (!expr_run(run, node->args[0], &a) || !expr_run(run, node->args[1], &b))
        return false;
    *ret = empty;
    if (a.kind != VALUE_TEXT || b.kind != VALUE_TEXT)
        return true;
    do {
        x = next_sign(&a.text);
        y = next_sign(&b.text);
    } while (x == y && x != 0);
    *ret = (struct value){.kind = VALUE_BOOL, .truth = x == y};
    return true;
}

/* ---- quantities ---- */

#define UNITS_MAX 100

struct amounts {
    size_t n;
    struct {
        const char *unit;
        __int128 sum;
    } list[UNITS_MAX];
};

static bool add(struct amounts *a, const char *unit, __int128 number)
{
    size_t i = 0;

    while (i < a->n && strcmp(a->list[i].unit, unit) != 0)
        i++;
    if (i == UNITS_MAX)
        return false;
    if (i == a->n) {
        a->list[a->n].unit = unit;
        a->list[a->n++].sum = 0;
    }
    a->list[i].sum += number;
    return true;
}

static bool add_column(struct run *run, node_t column, int sign, struct amounts *a)
{
    size_t n = run->env->rows == NULL ? 0 : run->env->rows(run->env->arg, column->at.name);
    struct expr_at at = column->at;
    struct value value, unit;

    for (at.row = 0; at.row < n; at.row++) {
        value = unit = empty;
        at.deeper = &at.member->members[0];
        run->env->lookup(run->env->arg, &at, &value);
        at.deeper = &at.member->members[1];
        run->env->lookup(run->env->arg, &at, &unit);
        if (value.kind == VALUE_NUMBER && unit.kind == VALUE_TEXT &&
            !add(a, unit.text, (__int128)value.number * sign))
            return false;
    }
    return true;
}

bool expr_run_same_quantities(struct run *run, node_t node, struct value *ret)
{
    struct amounts a = {0};
    bool same = true;

    *ret = empty;
    if (!add_column(run, node->args[0], 1, &a) || !add_column(run, node->args[1], -1, &a))
        return false;
    for (size_t i = 0; i < a.n; i++)
        same &= a.list[i].sum == 0;
    *ret = (struct value){.kind = VALUE_BOOL, .truth = same};
    return true;
}
