/* Dates and times of cells, in the ways that files write them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "work/import_value.h"

bool dates_find(const char *text, enum dates *ret)
{
    static const char *const names[] = {"Y-M-D", "M/D/Y", "D/M/Y"};

    for (size_t i = 0; i < 3; i++)
        if (strcmp(text, names[i]) == 0) {
            *ret = (enum dates)i;
            return true;
        }
    return false;
}

struct parts {
    int n, value[7], digits[7];
    bool afternoon, morning;
    const char *rest; /* behind the last digit */
};

/* The runs of digits; between them anything that dates are written with. */
static bool take_parts(const char *text, struct parts *ret)
{
    const char *p = text;

    *ret = (struct parts){0};
    while (*p != '\0' && ret->n < 7) {
        int value = 0, digits = 0;

        while (*p >= '0' && *p <= '9' && digits < 9) {
            value = value * 10 + (*p++ - '0');
            digits++;
        }
        if (digits == 0)
            break;
        ret->value[ret->n] = value;
        ret->digits[ret->n++] = digits;
        ret->rest = p;
        if (ret->n >= 5 && (*p == '+' || *p == 'Z' || *p == '-'))
            return true;
        while (strchr("-/.:T ", *p) != NULL && *p != '\0')
            p++;
        for (const char *const *w = (const char *const[]){"年", "月", "日", "时", "分", "秒", NULL};
             *w != NULL; w++)
            if (text_starts(p, *w))
                p += strlen(*w);
        while (*p == ' ')
            p++;
        ret->rest = p;
    }
    ret->afternoon = strncasecmp(ret->rest == NULL ? "" : ret->rest, "PM", 2) == 0;
    ret->morning = strncasecmp(ret->rest == NULL ? "" : ret->rest, "AM", 2) == 0;
    return ret->n > 0 && (*ret->rest == '\0' || ret->afternoon || ret->morning);
}

/* 20190819 and 20190819114823, as exports without separators write. */
static bool take_compact(const char *text, struct parts *ret)
{
    static const int widths[] = {4, 2, 2, 2, 2, 2};
    size_t n = strspn(text, "0123456789");

    if ((n != 8 && n != 14) || text[n] != '\0')
        return false;
    *ret = (struct parts){.rest = text + n};
    for (int i = 0; i < (n == 8 ? 3 : 6); i++) {
        int value = 0;

        for (int k = 0; k < widths[i]; k++)
            value = value * 10 + (*text++ - '0');
        ret->value[ret->n] = value;
        ret->digits[ret->n++] = widths[i];
    }
    return true;
}

/* 46315 and 46315.375: days since 1899-12-30, as spreadsheets keep dates; 2000 to 2099. A cell that
 * was not shown as a date arrives so. */
static bool take_serial(const char *text, int zone_min, date_t *ret_day, int64_t *ret_ms)
{
    const date_t epoch = date_from_ymd(1899, 12, 30);
    char *end;
    double days;

    if (strspn(text, "0123456789") != 5 || (text[5] != '\0' && text[5] != '.'))
        return false;
    days = strtod(text, &end);
    if (*end != '\0' || days < 36526 || days >= 73051)
        return false;
    *ret_day = epoch + (date_t)days;
    *ret_ms = instant_of_date(*ret_day, zone_min) +
              (int64_t)((days - (double)(int64_t)days) * 86400 + 0.5) * 1000;
    return true;
}

static bool zone_of(const char *rest, int *zone_min)
{
    int hours, minutes;

    if (*rest == 'Z' && rest[1] == '\0') {
        *zone_min = 0;
        return true;
    }
    if ((*rest == '+' || *rest == '-') && sscanf(rest + 1, "%2d:%2d", &hours, &minutes) == 2 &&
        hours <= 14 && minutes < 60) {
        *zone_min = (*rest == '-' ? -1 : 1) * (hours * 60 + minutes);
        return true;
    }
    return *rest == '\0' || strncasecmp(rest, "PM", 2) == 0 || strncasecmp(rest, "AM", 2) == 0;
}

bool dates_read(const char *text, enum dates order, int zone_min, date_t *ret_day, int64_t *ret_ms)
{
    struct parts p;
    int hour, y = 0, m = 1, d = 2;

    if (take_serial(text, zone_min, ret_day, ret_ms))
        return true;
    if (!take_compact(text, &p) && !take_parts(text, &p))
        return false;
    if (order != DATES_YMD && p.digits[0] != 4) {
        y = 2;
        m = order == DATES_MDY ? 0 : 1;
        d = order == DATES_MDY ? 1 : 0;
    }
    if (p.n < 3 || p.digits[y] != 4)
        return false;
    *ret_day = date_from_ymd(p.value[y], p.value[m], p.value[d]);
    hour = p.n > 3 ? p.value[3] : 0;
    if (p.afternoon && hour < 12)
        hour += 12;
    if (p.morning && hour == 12)
        hour = 0;
    if (*ret_day == DATE_NONE || hour > 23 || (p.n > 4 && p.value[4] > 59) ||
        (p.n > 5 && p.value[5] > 59) || !zone_of(p.rest, &zone_min))
        return false;
    *ret_ms =
        instant_of_date(*ret_day, zone_min) +
        ((int64_t)hour * 3600 + (p.n > 4 ? p.value[4] : 0) * 60 + (p.n > 5 ? p.value[5] : 0)) *
            1000;
    return true;
}
