/* Which days are worked.
 *
 * Built from packs/calendars/cn.json: the yearly notices of the State Council Office, 2007 to 2026.
 * A year without a notice is provisional: weekends and the statutory days that have a fixed date.
 * A calendar never changes after loading and may be shared between threads. */
#ifndef FANGXIN_RULES_CALENDAR_H
#define FANGXIN_RULES_CALENDAR_H

#include "base/date.h"
#include "rules/label.h"

enum day_kind {
    DAY_WORK,          /* an ordinary Monday to Friday */
    DAY_WEEKEND,       /* an ordinary Saturday or Sunday */
    DAY_STATUTORY,     /* a statutory holiday itself */
    DAY_ADJUSTED_OFF,  /* off by the notice: the other days of a holiday, its weekend included */
    DAY_ADJUSTED_WORK, /* a Saturday or Sunday worked to make up for it */
};

struct calendar_day {
    enum day_kind kind;
    struct label name; /* the holiday, or the weekday for an ordinary day; never NULL */
    bool provisional;  /* the year has no notice yet */
};

struct calendar;

/**
 * Reads a calendar pack.
 * @param[out] ret  give it back with calendar_free
 * @return ERR_MALFORMED for broken JSON; ERR_INVALID with the field in err: unknown key, date
 * outside the notice's year (a notice may reach one week into its neighbours), a day given twice
 * with different kinds, a make-up day that is not a Saturday or Sunday; ERR_NO_MEMORY
 */
enum err_code calendar_load(const char *bytes, size_t n, struct calendar **ret,
                            struct err *err) MUST_CHECK;
void calendar_free(struct calendar *cal); /* NULL is fine */
void calendar_freep(struct calendar **cal);

const char *calendar_id(const struct calendar *cal);       /* "cn" */
const char *calendar_revision(const struct calendar *cal); /* "2025-11-04" */
const char *calendar_source(const struct calendar *cal);
/* Years with a notice, and the address of its paper (NULL for a provisional year). */
int calendar_first_year(const struct calendar *cal);
int calendar_last_year(const struct calendar *cal);
/* 1 January of the first year with a notice, and the last day that can be counted to: what lies
 * outside is answered as a plain provisional day and should not be asked for. */
date_t calendar_first_day(const struct calendar *cal);
date_t calendar_last_day(const struct calendar *cal);
const char *calendar_paper(const struct calendar *cal, int year);

struct calendar_day calendar_day(const struct calendar *cal, date_t date);
bool calendar_is_working(const struct calendar *cal, date_t date);
/* In no year's notice. */
bool calendar_is_provisional(const struct calendar *cal, date_t date);
int calendar_working_days_in_year(const struct calendar *cal, int year);
/* Working days after @p from up to and including @p to; negative when to < from. Constant time
 * between 1990 and 2069. */
int calendar_working_days_between(const struct calendar *cal, date_t from, date_t to);
/* The nth working day after @p from; n ≥ 1. Use it for "due within n working days" in a query. */
date_t calendar_add_working_days(const struct calendar *cal, date_t from, int n);

/* "work", "weekend", "statutory", "adjusted_off", "adjusted_work". */
const char *day_kind_name(enum day_kind kind);
/* 一 … 日, Mon … Sun. */
const struct label *weekday_label(date_t date);

#endif
