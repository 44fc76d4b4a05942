/* When the hotline must be staffed: packs/rules/duty.json. Shifts cover the whole day; some days
 * want more officers, always a leader on call. */
#ifndef FANGXIN_RULES_DUTY_H
#define FANGXIN_RULES_DUTY_H

#include "rules/calendar.h"

struct duty_shift {
    const char *id; /* "day" "night" */
    struct label label;
    const char *from, *to; /* "08:30"; to before from: into the next day */
};

struct duty_double {
    const int *days; /* month * 100 + day */
    size_t n_days;
    unsigned kinds; /* bits of enum day_kind */
    int64_t least;
    struct label label;
};

struct duty_rules {
    int64_t least;         /* officers of a shift on any day */
    int64_t horizon_days;  /* how far ahead gaps are looked for */
    int64_t catch_up_days; /* how far back missing pages of the diary are made */
    const struct duty_shift *shifts;
    size_t n_shifts;
    const struct duty_double *doubles;
    size_t n_doubles;
};

struct duty_pack;
enum err_code duty_load(const char *bytes, size_t n, struct duty_pack **ret,
                        struct err *err) MUST_CHECK;
void duty_free(struct duty_pack *pack);
void duty_freep(struct duty_pack **pack);
const struct duty_rules *duty_rules(const struct duty_pack *pack);

const struct duty_shift *duty_shift(const struct duty_rules *rules, const char *id); /* NULL */
/* How many officers each shift of the day wants; *ret_why the rule that doubles it, NULL none. */
int64_t duty_least(const struct duty_rules *rules, const struct calendar *calendar, date_t day,
                   const struct label **ret_why);

#endif
