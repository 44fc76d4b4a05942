/* How long at least the law wants matters kept: packs/rules/retention.json. How long an office
 * keeps them is its own decision (work/retention.h). */
#ifndef FANGXIN_RULES_RETENTION_H
#define FANGXIN_RULES_RETENTION_H

#include "base/date.h"
#include "base/err.h"
#include "rules/label.h"

#define RETENTION_YEARS_MAX 100

struct retention_least {
    const char *pack; /* matters under this rule pack */
    int years;        /* after they ended */
    struct label source;
};

struct retention_pack;
enum err_code retention_load(const char *bytes, size_t n, struct retention_pack **ret,
                             struct err *err) MUST_CHECK;
void retention_free(struct retention_pack *pack);
void retention_freep(struct retention_pack **pack);
/* NULL where no text sets a least term. */
const struct retention_least *retention_least_of(const struct retention_pack *rules,
                                                 const char *pack);

/* The last day of the term: the same day @p years later, 28 February for 29 February. */
date_t retention_last_day(date_t ended_on, int years);
/* What ended on this day or before it has no day left of its term on @p today. */
date_t retention_cut(date_t today, int years);

#endif
