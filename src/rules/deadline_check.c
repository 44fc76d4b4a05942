/* What a person asks to be computed, checked before it is counted. */
#include <stdio.h>

#include "rules/deadline.h"

struct check {
    struct err *err;
    enum err_code rc;
};

static void fault(struct check *c, const char *field, const char *code, const char *zh,
                  const char *en)
{
    c->rc = err_field(c->err, ERR_INVALID, field, code, zh, en);
}

static void check_day(struct check *c, const char *field, date_t day, const struct calendar *cal)
{
    date_t first = calendar_first_day(cal), last = calendar_last_day(cal);
    char from[DATE_TEXT], to[DATE_TEXT], zh[200], en[200];

    if (day >= first && day <= last)
        return;
    date_format(first, from);
    date_format(last, to);
    snprintf(zh, sizeof zh, "日期不在日历里，日历从 %s 到 %s。", from, to);
    snprintf(en, sizeof en, "The calendar reaches from %s to %s.", from, to);
    fault(c, field, "outside_calendar", zh, en);
}

static bool overlap(const struct pause *a, const struct pause *b)
{
    return (b->to == DATE_NONE || a->from <= b->to) && (a->to == DATE_NONE || b->from <= a->to);
}

static void check_pause(struct check *c, size_t i, date_t start, const struct pause *pauses,
                        const struct calendar *cal)
{
    const struct pause *p = &pauses[i];
    char field[32];

    snprintf(field, sizeof field, "pauses.%zu", i);
    if (p->to != DATE_NONE && p->to < p->from) {
        fault(c, field, "range", "暂停的起止日期颠倒。", "The pause ends before it begins.");
        return;
    }
    check_day(c, field, p->from, cal);
    if (p->to != DATE_NONE)
        check_day(c, field, p->to, cal);
    if (p->from < start)
        fault(c, field, "before_start", "暂停早于起算日期。",
              "The pause begins before the day it starts.");
    for (size_t k = 0; k < i; k++)
        if (overlap(p, &pauses[k])) {
            fault(c, field, "overlap", "和前面的暂停重叠，合成一段再算。",
                  "It overlaps another pause: give them as one.");
            return;
        }
}

static void check_extensions(struct check *c, const struct deadline_rule *rule, int extensions)
{
    char zh[200], en[200];

    if (extensions <= rule->extensions_max)
        return;
    if (rule->extensions_max == 0) {
        fault(c, "extensions", "not_extendable", "这个期限不能延长。",
              "This deadline cannot be extended.");
        return;
    }
    snprintf(zh, sizeof zh, "最多延长 %d 次。", rule->extensions_max);
    snprintf(en, sizeof en, "It can be extended %d times at most.", rule->extensions_max);
    fault(c, "extensions", "too_many", zh, en);
}

enum err_code deadline_check(const struct deadline_rule *rule, date_t start,
                             const struct pause *pauses, size_t n_pauses, int extensions,
                             const struct calendar *cal, struct err *err)
{
    struct check c = {err, ERR_OK};

    check_day(&c, "from", start, cal);
    if (n_pauses > 0 && !rule->pauses_excluded)
        fault(&c, "pauses", "not_excluded", "这个期限不因暂停扣除天数。",
              "Pauses are not excluded from this deadline.");
    for (size_t i = 0; i < n_pauses; i++)
        check_pause(&c, i, start, pauses, cal);
    check_extensions(&c, rule, extensions);
    return c.rc;
}
