/* Civil dates by the usual era arithmetic (400 years = 146,097 days). */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_MS INT64_C(86400000)

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int days_in_month(int y, int m)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return m == 2 && leap(y) ? 29 : days[m - 1];
}

date_t date_from_ymd(int year, int month, int day)
{
    int y, era, yoe, doy, doe;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return DATE_NONE;
    y = month <= 2 ? year - 1 : year; /* the era's year begins in March */
    era = y / 400;
    yoe = y % 400;
    doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void date_to_ymd(date_t date, int *ret_year, int *ret_month, int *ret_day)
{
    int z = date + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;

    *ret_day = doy - (153 * mp + 2) / 5 + 1;
    *ret_month = mp < 10 ? mp + 3 : mp - 9;
    *ret_year = yoe + era * 400 + (*ret_month <= 2 ? 1 : 0);
}

enum weekday date_weekday(date_t date)
{
    int d = (date + 3) % 7; /* 1970-01-01 was a Thursday */

    return (enum weekday)(d < 0 ? d + 7 : d);
}

date_t date_years_later(date_t date, int years)
{
    int year, month, day;
    date_t later;

    date_to_ymd(date, &year, &month, &day);
    later = date_from_ymd(year + years, month, day);
    return later != DATE_NONE ? later : date_from_ymd(year + years, month, day - 1);
}

int date_year(date_t date)
{
    int y, m, d;

    date_to_ymd(date, &y, &m, &d);
    return y;
}

int date_month_index(date_t date)
{
    int y, m, d;

    date_to_ymd(date, &y, &m, &d);
    return (y - 2000) * 12 + m - 1;
}

date_t date_month_start(int month_index)
{
    int shifted = month_index + 2000 * 12;

    return date_from_ymd(shifted / 12, shifted % 12 + 1, 1);
}

static bool digits(const char *s, size_t n, int *ret)
{
    int v = 0;

    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *ret = v;
    return true;
}

static date_t parse_prefix(const char *s)
{
    int y, m, d;

    if (strnlen(s, 10) < 10 || !digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &m) ||
        s[7] != '-' || !digits(s + 8, 2, &d))
        return DATE_NONE;
    return date_from_ymd(y, m, d);
}

date_t date_parse(const char *text)
{
    return text == NULL || strlen(text) != 10 ? DATE_NONE : parse_prefix(text);
}

/* Two digits. Lists are full of dates, and the printf family takes most of their time. */
static char *put_two(char *to, unsigned value)
{
    to[0] = (char)('0' + value / 10 % 10);
    to[1] = (char)('0' + value % 10);
    return to + 2;
}

static char *put_date(char *to, date_t date)
{
    int y, m, d;

    date_to_ymd(date, &y, &m, &d);
    to = put_two(to, (unsigned)y % 10000U / 100);
    to = put_two(to, (unsigned)y % 100U);
    *to++ = '-';
    to = put_two(to, (unsigned)m);
    *to++ = '-';
    return put_two(to, (unsigned)d);
}

void date_format(date_t date, char ret_text[DATE_TEXT])
{
    *put_date(ret_text, date) = '\0';
}

date_t date_of_instant(int64_t ms, int zone_min)
{
    int64_t local = ms + (int64_t)zone_min * 60000;

    return (date_t)(local >= 0 ? local / DAY_MS : -((-local + DAY_MS - 1) / DAY_MS));
}

int64_t instant_of_date(date_t date, int zone_min)
{
    return (int64_t)date * DAY_MS - (int64_t)zone_min * 60000;
}

/* Reads the zone at the end of an RFC 3339 text, in minutes. */
static bool parse_zone(const char *s, int *ret_min)
{
    int h, m;

    if (strcmp(s, "Z") == 0 || strcmp(s, "z") == 0) {
        *ret_min = 0;
        return true;
    }
    if ((s[0] != '+' && s[0] != '-') || strlen(s) != 6 || s[3] != ':' || !digits(s + 1, 2, &h) ||
        !digits(s + 4, 2, &m) || h > 23 || m > 59)
        return false;
    *ret_min = (h * 60 + m) * (s[0] == '-' ? -1 : 1);
    return true;
}

bool instant_parse(const char *text, int zone_min, int64_t *ret_ms)
{
    date_t day;
    int h, min, sec, ms = 0, zone, scale = 100;
    const char *s;

    if (text == NULL)
        return false;
    day = parse_prefix(text);
    if (day == DATE_NONE)
        return false;
    if (text[10] == '\0') {
        *ret_ms = instant_of_date(day, zone_min);
        return true;
    }
    s = text + 10;
    if ((s[0] != 'T' && s[0] != 't' && s[0] != ' ') || strnlen(s, 9) < 9 || !digits(s + 1, 2, &h) ||
        s[3] != ':' || !digits(s + 4, 2, &min) || s[6] != ':' || !digits(s + 7, 2, &sec) ||
        h > 23 || min > 59 || sec > 59)
        return false;
    s += 9;
    if (*s == '.') {
        s++;
        if (*s < '0' || *s > '9')
            return false;
        for (; *s >= '0' && *s <= '9'; s++) {
            ms += (*s - '0') * scale;
            scale /= 10;
        }
    }
    if (!parse_zone(s, &zone))
        return false;
    *ret_ms = instant_of_date(day, zone) + (((int64_t)h * 60 + min) * 60 + sec) * 1000 + ms;
    return true;
}

void instant_format(int64_t ms, int zone_min, char ret_text[INSTANT_TEXT])
{
    date_t day = date_of_instant(ms, zone_min);
    unsigned rest = (unsigned)(ms - instant_of_date(day, zone_min)); /* ms of the day */
    unsigned zone = (unsigned)(zone_min < 0 ? -zone_min : zone_min);
    char *to = put_date(ret_text, day);

    *to++ = 'T';
    to = put_two(to, rest / 3600000);
    *to++ = ':';
    to = put_two(to, rest / 60000 % 60);
    *to++ = ':';
    to = put_two(to, rest / 1000 % 60);
    if (rest % 1000 != 0) {
        *to++ = '.';
        *to++ = (char)('0' + rest % 1000 / 100);
        to = put_two(to, rest % 100);
    }
    *to++ = zone_min < 0 ? '-' : '+';
    to = put_two(to, zone / 60);
    *to++ = ':';
    *put_two(to, zone % 60) = '\0';
}

static int64_t read_clock(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t instant_now_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t monotonic_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}
