/* Checks values of the simple kinds, and codes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "rules/register_check.h"

#define INSTANT_SLACK_MS 300000 /* clocks of browsers run a little ahead */

/* ---- simple kinds ---- */

void check_text(struct check *c, const json_t *v, size_t max_bytes)
{
    char zh[120], en[120];

    if (!json_is_string(v)) {
        check_wrong_kind(c, "这里要文字", "A text is expected.");
    } else if (json_string_length(v) > max_bytes) {
        snprintf(zh, sizeof zh, "太长，最多 %zu 个汉字", max_bytes / 3);
        snprintf(en, sizeof en, "Too long: at most %zu bytes.", max_bytes);
        check_fault(c, "too_long", zh, en);
    }
}

void check_int(struct check *c, const json_t *v, int64_t min, int64_t max)
{
    char low[32], high[32];

    if (!json_is_integer(v)) {
        check_wrong_kind(c, "这里要整数", "A whole number is expected.");
    } else if (json_integer_value(v) < min || json_integer_value(v) > max) {
        snprintf(low, sizeof low, "%lld", (long long)min);
        snprintf(high, sizeof high, "%lld", (long long)max);
        check_fault_range(c, low, high);
    }
}

/* Fen: the person sees yuan. */
void check_money(struct check *c, const json_t *v, const struct act_field *f)
{
    char low[40], high[40];

    if (!json_is_integer(v)) {
        check_wrong_kind(c, "金额按分写成整数", "An amount is a whole number of fen.");
    } else if (json_integer_value(v) < f->min || json_integer_value(v) > f->max) {
        snprintf(low, sizeof low, "%lld.%02lld 元", (long long)f->min / 100,
                 (long long)f->min % 100);
        snprintf(high, sizeof high, "%lld.%02lld 元", (long long)f->max / 100,
                 (long long)f->max % 100);
        check_fault_range(c, low, high);
    }
}

/* How many digits stand behind the point. */
static int behind_point(const char *text)
{
    const char *point = strchr(text, '.');

    return point == NULL ? 0 : (int)strlen(point + 1);
}

void check_decimal(struct check *c, const json_t *v, const struct act_field *f)
{
    const char *text = json_string_value(v);
    char zh[120], en[120], low[32], high[32];
    int64_t number;

    if (text == NULL || !decimal_parse(text, &number) || behind_point(text) > f->decimals) {
        snprintf(zh, sizeof zh, "这里要数，最多 %d 位小数，写成文字 \"12.5\"", f->decimals);
        snprintf(en, sizeof en, "A number with at most %d decimals, as a text \"12.5\".",
                 f->decimals);
        check_fault(c, "type", zh, en);
    } else if (number < f->min * NUMBER_ONE || number > f->max * NUMBER_ONE) {
        snprintf(low, sizeof low, "%lld", (long long)f->min);
        snprintf(high, sizeof high, "%lld", (long long)f->max);
        check_fault_range(c, low, high);
    }
}

void check_day(struct check *c, const json_t *v)
{
    const char *text = json_string_value(v);
    date_t day = text == NULL ? DATE_NONE : date_parse(text);

    if (day == DATE_NONE)
        check_fault(c, "date", "日期写成 2026-03-15", "A date is written 2026-03-15.");
    else if (date_year(day) < 1900 || date_year(day) > 2200)
        check_fault_range(c, "1900-01-01", "2200-12-31");
}

void check_instant(struct check *c, const json_t *v, const struct act_field *f)
{
    const char *text = json_string_value(v);
    int64_t ms;

    if (text == NULL || !instant_parse(text, c->zone_min, &ms))
        check_fault(c, "instant", "时间写成 2026-03-15T09:30:00+08:00",
                    "A time is written 2026-03-15T09:30:00+08:00.");
    else if (!f->future && c->world != NULL && c->world->now_ms > 0 &&
             ms > c->world->now_ms + INSTANT_SLACK_MS)
        check_fault(c, "future", "时间还没到", "This time lies ahead.");
}

static bool is_period(const char *t)
{
    size_t n = strlen(t);

    if (n < 4 || strspn(t, "0123456789") < 4)
        return false;
    if (n == 4)
        return true;
    if (n == 6 && t[4] == 'Q')
        return t[5] >= '1' && t[5] <= '4';
    return n == 7 && t[4] == '-' &&
           ((t[5] == '0' && t[6] >= '1' && t[6] <= '9') ||
            (t[5] == '1' && t[6] >= '0' && t[6] <= '2'));
}

void check_period(struct check *c, const json_t *v)
{
    if (!json_is_string(v) || !is_period(json_string_value(v)))
        check_fault(c, "period", "期间写成 2026、2026Q3 或 2026-03",
                    "A period is written 2026, 2026Q3 or 2026-03.");
}

/* ---- codes ---- */

static bool code_known(const struct check *c, const struct act_field *f, const char *code)
{
    const struct code_table *table;

    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, code) == 0)
            return true;
    if (f->n_choices > 0)
        return false;
    table =
        c->world == NULL || c->world->codes == NULL ? NULL : codes_table(c->world->codes, f->codes);
    return table == NULL || code_find(table, code) != NULL;
}

void check_choice(struct check *c, const json_t *v, const struct act_field *f)
{
    if (!json_is_string(v))
        check_wrong_kind(c, "这里要选一项", "A choice is expected.");
    else if (!code_known(c, f, json_string_value(v)))
        check_fault(c, "choice", "没有这个选项", "There is no such choice.");
}

void check_choices(struct check *c, const json_t *v, const struct act_field *f)
{
    if (!json_is_array(v)) {
        check_wrong_kind(c, "这里要选几项", "A list of choices is expected.");
        return;
    }
    if (json_array_size(v) < (size_t)f->min || json_array_size(v) > (size_t)f->max)
        check_fault(c, "range", "选的项数不对", "Too few or too many are chosen.");
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *code = json_string_value(json_array_get(v, i));

        if (code == NULL || !code_known(c, f, code)) {
            check_fault(c, "choice", "没有这个选项", "There is no such choice.");
            return;
        }
        for (size_t k = 0; k < i; k++)
            if (strcmp(json_string_value(json_array_get(v, k)), code) == 0) {
                check_fault(c, "twice", "同一项选了两次", "A choice is given twice.");
                return;
            }
    }
}
