/* Evaluates what expressions say of days. */
#include "rules/expr_run.h"

#define ADD_DAYS_MAX 40000

static bool on_calendar(const struct calendar *cal, date_t day)
{
    return day >= calendar_first_day(cal) && day <= calendar_last_day(cal);
}

static struct value between(const struct run *run, enum expr_op op, const struct value *a,
                            const struct value *b)
{
    const struct calendar *cal = run->env->calendar;
    date_t from, to;
    int64_t hours;

    if (op == OP_HOURS)
        return decimal_divide(((__int128)b->number - a->number) * NUMBER_ONE, 3600000, &hours)
                   ? value_number(hours)
                   : empty;
    from = day_of(run, a);
    to = day_of(run, b);
    if (op == OP_DAYS)
        return value_whole((int64_t)to - from);
    if (cal == NULL || !on_calendar(cal, from) || !on_calendar(cal, to))
        return empty;
    return value_whole(calendar_working_days_between(cal, from, to));
}

/* The same day n months on; the last of the month where there is no such day. */
static date_t add_months(date_t from, int n)
{
    int y, m, d;
    date_t to = DATE_NONE;

    date_to_ymd(from, &y, &m, &d);
    m += n - 1;
    y += m >= 0 ? m / 12 : -((11 - m) / 12);
    m = (m % 12 + 12) % 12 + 1;
    for (; d > 0 && to == DATE_NONE && y >= 1 && y <= 9999; d--)
        to = date_from_ymd(y, m, d);
    return to;
}

static struct value moved(const struct run *run, enum expr_op op, date_t from, int64_t units)
{
    static const date_t first = -719162, last = 2932896; /* 0001-01-01, 9999-12-31 */
    const struct calendar *cal = run->env->calendar;
    int n = (int)(units / NUMBER_ONE);

    if (units % NUMBER_ONE != 0 || units > (int64_t)ADD_DAYS_MAX * NUMBER_ONE ||
        units < -(int64_t)ADD_DAYS_MAX * NUMBER_ONE)
        return empty;
    if (op == OP_ADD_MONTHS)
        return of_date(add_months(from, n));
    if (op == OP_ADD_DAYS)
        return from + n > last || from + n < first ? empty : of_date(from + n);
    if (n == 0)
        return of_date(from);
    if (cal == NULL || n < 0 || !on_calendar(cal, from) ||
        (int64_t)from + 2 * (int64_t)n > calendar_last_day(cal))
        return empty;
    return of_date(calendar_add_working_days(cal, from, n));
}

bool expr_run_days(struct run *run, node_t node, struct value *ret)
{
    struct value a, b = empty;
    int y, m, d;

    if (!expr_run(run, node->args[0], &a) ||
        (node->n_args > 1 && !expr_run(run, node->args[1], &b)))
        return false;
    *ret = empty;
    if (a.kind == VALUE_EMPTY || (node->n_args > 1 && b.kind == VALUE_EMPTY))
        return true;
    switch ((int)node->op) {
    case OP_YEAR:
    case OP_MONTH:
        date_to_ymd(day_of(run, &a), &y, &m, &d);
        *ret = value_whole(node->op == OP_YEAR ? y : m);
        return true;
    case OP_ADD_DAYS:
    case OP_ADD_WORKDAYS:
    case OP_ADD_MONTHS:
        *ret = moved(run, node->op, day_of(run, &a), b.number);
        return true;
    default:
        *ret = between(run, node->op, &a, &b);
        return true;
    }
}
