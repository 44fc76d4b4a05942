/* Periods of figures. */
#include "insight/period.h"

#include <string.h>

#define YEAR_MIN 2000
#define YEAR_MAX 2099
#define DAYS_MAX 3660

static date_t month_end(int month_index)
{
    return date_month_start(month_index + 1) - 1;
}

static int month_of(int year, int month)
{
    return (year - 2000) * 12 + month - 1;
}

static struct period months(enum period_kind kind, int first, int last)
{
    return (struct period){.kind = kind, .first = date_month_start(first), .last = month_end(last)};
}

struct period period_of_month(int month_index)
{
    return months(PERIOD_MONTH, month_index, month_index);
}

static bool digits(const char *text, size_t n, int *ret)
{
    *ret = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *ret = *ret * 10 + (text[i] - '0');
    }
    return true;
}

/* A range that is exactly a month, quarter, half or year is that. */
static enum period_kind kind_of(date_t first, date_t last)
{
    int a = date_month_index(first), n;

    if (first != date_month_start(a) || last != month_end(date_month_index(last)))
        return PERIOD_DAYS;
    n = date_month_index(last) - a + 1;
    if (n == 1)
        return PERIOD_MONTH;
    if (n == 3 && a % 3 == 0)
        return PERIOD_QUARTER;
    if (n == 6 && a % 6 == 0)
        return PERIOD_HALF;
    return n == 12 && a % 12 == 0 ? PERIOD_YEAR : PERIOD_DAYS;
}

static bool parse_days(const char *text, size_t n, struct period *ret)
{
    char day[DATE_TEXT];
    date_t first, last;

    if (n != 10 && n != 22)
        return false;
    memcpy(day, text, 10);
    day[10] = '\0';
    first = last = date_parse(day);
    if (n == 22) {
        if (text[10] != '.' || text[11] != '.')
            return false;
        memcpy(day, text + 12, 10);
        last = date_parse(day);
    }
    if (first == DATE_NONE || last == DATE_NONE || last < first || last - first >= DAYS_MAX)
        return false;
    if (date_year(first) < YEAR_MIN || date_year(last) > YEAR_MAX)
        return false;
    *ret = (struct period){.kind = kind_of(first, last), .first = first, .last = last};
    return true;
}

static bool parse(const char *text, size_t n, struct period *ret)
{
    int year, part;

    if (n < 4 || !digits(text, 4, &year) || year < YEAR_MIN || year > YEAR_MAX)
        return false;
    if (n == 4) {
        *ret = months(PERIOD_YEAR, month_of(year, 1), month_of(year, 12));
        return true;
    }
    if (n == 6 && digits(text + 5, 1, &part) && part >= 1) {
        if (text[4] == 'Q' && part <= 4) {
            *ret = months(PERIOD_QUARTER, month_of(year, part * 3 - 2), month_of(year, part * 3));
            return true;
        }
        if (text[4] == 'H' && part <= 2) {
            *ret = months(PERIOD_HALF, month_of(year, part * 6 - 5), month_of(year, part * 6));
            return true;
        }
        return false;
    }
    if (n == 7 && text[4] == '-' && digits(text + 5, 2, &part) && part >= 1 && part <= 12) {
        *ret = period_of_month(month_of(year, part));
        return true;
    }
    return parse_days(text, n, ret);
}

enum err_code period_parse(const char *text, struct period *ret, struct err *err)
{
    struct period period;

    if (text == NULL || !parse(text, strnlen(text, 32), &period))
        return err_field(err, ERR_INVALID, "period", "period",
                         "期间写成 2026、2026H1、2026Q3、2026-03 或 2026-01-05..2026-02-10",
                         "Write the period as 2026, 2026H1, 2026Q3, 2026-03 or "
                         "2026-01-05..2026-02-10");
    *ret = period;
    return ERR_OK;
}

void period_format(const struct period *period, char ret_text[PERIOD_TEXT])
{
    int year, month, day;
    char a[DATE_TEXT], b[DATE_TEXT];

    date_to_ymd(period->first, &year, &month, &day);
    switch (kind_of(period->first, period->last)) {
    case PERIOD_YEAR:
        snprintf(ret_text, PERIOD_TEXT, "%04d", year);
        return;
    case PERIOD_HALF:
        snprintf(ret_text, PERIOD_TEXT, "%04dH%d", year, (month + 5) / 6);
        return;
    case PERIOD_QUARTER:
        snprintf(ret_text, PERIOD_TEXT, "%04dQ%d", year, (month + 2) / 3);
        return;
    case PERIOD_MONTH:
        snprintf(ret_text, PERIOD_TEXT, "%04d-%02d", year, month);
        return;
    case PERIOD_DAYS:
        break;
    }
    date_format(period->first, a);
    date_format(period->last, b);
    if (period->first == period->last)
        snprintf(ret_text, PERIOD_TEXT, "%s", a);
    else
        snprintf(ret_text, PERIOD_TEXT, "%s..%s", a, b);
}

struct period period_previous(const struct period *period)
{
    int first, last, n;

    if (period->kind == PERIOD_DAYS) {
        n = period_days(period);
        return (struct period){
            .kind = PERIOD_DAYS, .first = period->first - n, .last = period->first - 1};
    }
    first = date_month_index(period->first);
    last = date_month_index(period->last);
    n = last - first + 1;
    return months(period->kind, first - n, last - n);
}

static date_t year_before(date_t date)
{
    int year, month, day;

    date_to_ymd(date, &year, &month, &day);
    if (month == 2 && day == 29)
        day = 28;
    return date_from_ymd(year - 1, month, day);
}

struct period period_last_year(const struct period *period)
{
    int first = date_month_index(period->first), last = date_month_index(period->last), a, b;

    if (period_months(period, &a, &b))
        return months(period->kind, first - 12, last - 12);
    return (struct period){.kind = PERIOD_DAYS,
                           .first = year_before(period->first),
                           .last = year_before(period->last)};
}

bool period_months(const struct period *period, int *ret_first, int *ret_last)
{
    int first = date_month_index(period->first), last = date_month_index(period->last);

    if (period->first != date_month_start(first) || period->last != month_end(last))
        return false;
    *ret_first = first;
    *ret_last = last;
    return true;
}

int period_days(const struct period *period)
{
    return period->last - period->first + 1;
}

void period_instants(const struct period *period, int zone_min, int64_t *ret_from,
                     int64_t *ret_until)
{
    *ret_from = instant_of_date(period->first, zone_min);
    *ret_until = instant_of_date(period->last + 1, zone_min);
}
