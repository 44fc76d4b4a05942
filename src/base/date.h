/* Civil dates and instants.
 *
 * A civil date is the number of days since 1970-01-01 in the installation's zone. An instant is
 * int64 milliseconds UTC. One installation has one zone, given as a fixed offset in minutes (China
 * has kept UTC+8 without summer time since 1991); only this file turns one into the other. */
#ifndef FANGXIN_BASE_DATE_H
#define FANGXIN_BASE_DATE_H

#include <stdint.h>

#include "base/err.h"

typedef int32_t date_t; /* days since 1970-01-01 */

#define DATE_NONE INT32_MIN
#define ZONE_CHINA_MIN (8 * 60)

enum weekday { MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY };

/* DATE_NONE when there is no such day in the proleptic Gregorian calendar, years 1..9999. */
date_t date_from_ymd(int year, int month, int day);
void date_to_ymd(date_t date, int *ret_year, int *ret_month, int *ret_day);
enum weekday date_weekday(date_t date);
int date_year(date_t date);
/* The same day so many years later (before, where negative); 28 February for 29 February where
 * there is none (Civil Code art. 202). */
date_t date_years_later(date_t date, int years);
/* Months since January 2000 (0 = 2000-01), negative before. */
int date_month_index(date_t date);
date_t date_month_start(int month_index);

/* "YYYY-MM-DD", exactly ten characters; DATE_NONE otherwise. */
date_t date_parse(const char *text);
#define DATE_TEXT 11
void date_format(date_t date, char ret_text[DATE_TEXT]);

date_t date_of_instant(int64_t ms, int zone_min);
/* The first instant of a civil date. */
int64_t instant_of_date(date_t date, int zone_min);

/* RFC 3339 with zone ("2026-10-13T09:42:00+08:00", "…Z", optional fraction), or a bare date, which
 * is its first instant. False when it is neither. */
bool instant_parse(const char *text, int zone_min, int64_t *ret_ms);
#define INSTANT_TEXT 32
/* "2026-10-13T09:42:00.123+08:00"; the fraction is left out when it is zero. */
void instant_format(int64_t ms, int zone_min, char ret_text[INSTANT_TEXT]);

int64_t instant_now_ms(void); /* read once where an op begins, never below */
int64_t monotonic_ms(void);   /* for waiting and measuring */

#endif
