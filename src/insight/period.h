/* Periods of figures: 2026, 2026H1, 2026Q3, 2026-03, 2026-03-15, 2026-01-05..2026-02-10. */
#ifndef FANGXIN_INSIGHT_PERIOD_H
#define FANGXIN_INSIGHT_PERIOD_H

#include "base/date.h"

enum period_kind { PERIOD_YEAR, PERIOD_HALF, PERIOD_QUARTER, PERIOD_MONTH, PERIOD_DAYS };

struct period {
    enum period_kind kind;
    date_t first, last; /* both included */
};

/* ERR_INVALID with field "period": unknown form, a day that does not exist, A after B, years
 * outside 2000..2099, longer than 10 years. */
enum err_code period_parse(const char *text, struct period *ret, struct err *err) MUST_CHECK;
#define PERIOD_TEXT 24
/* As written above; a range that is exactly a month, quarter, half or year keeps its own form. */
void period_format(const struct period *period, char ret_text[PERIOD_TEXT]);

struct period period_of_month(int month_index);
/* The same kind of period before it: the month before, the quarter before; for days as many days
 * right before the first. */
struct period period_previous(const struct period *period);
/* The same days a year before; 29 February becomes 28 February. */
struct period period_last_year(const struct period *period);

/* Whether it is made of whole months, and which (month indexes of base/date.h, both included). */
bool period_months(const struct period *period, int *ret_first, int *ret_last);
int period_days(const struct period *period);
/* First instant, and first instant behind it. */
void period_instants(const struct period *period, int zone_min, int64_t *ret_from,
                     int64_t *ret_until);

#endif
