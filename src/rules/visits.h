/* Return visits: which closed matters are asked how it went.
 *
 * Each working day a body draws, from what it closed lately, a share of it, at least `least` and at
 * most `most` (fewer only where fewer are closed), never a matter that was drawn before. Reports
 * are not visited: the one who gave a lead is not called. Numbers: packs/visits/market.json; rule
 * and worked example: docs/visits.md. */
#ifndef FANGXIN_RULES_VISITS_H
#define FANGXIN_RULES_VISITS_H

#include "rules/calendar.h"
#include "rules/pack.h"

#define VISIT_STATES_MAX 8

/* Codes of states or outcomes. */
struct visit_codes {
    const char *list[VISIT_STATES_MAX];
    size_t n;
};

struct visit_rules {
    const char *id, *revision;
    struct label label, source;
    bool kinds[KIND_COUNT];
    struct visit_codes states; /* in which the matter takes the act follow_up */
    /* In which it is closed for good, and visited like others. Not when it ended in one of these
     * ways, nor when it was followed up before. */
    struct visit_codes filed, filed_not;
    int least, most, share_percent;
    int closed_within_days;    /* ended in so many days before the day of the draw */
    int catch_up_working_days; /* after a gap, the last so many working days are drawn, each once */
    int attempts;              /* unanswered calls after which it is left */
    int satisfied_from;        /* of 1 … 5 */
    int opinion_working_days;  /* in which an opinion is to be answered */
};

struct visits;
/* ERR_MALFORMED, ERR_INVALID naming the field, ERR_NO_MEMORY. */
enum err_code visits_load(const char *bytes, size_t n, struct visits **ret,
                          struct err *err) MUST_CHECK;
void visits_free(struct visits *visits); /* NULL is fine */
const struct visit_rules *visits_rules(const struct visits *visits);

/* Whether a closed matter may be drawn and visited. @p outcome NULL: none. */
bool visits_takes(const struct visit_rules *rules, enum matter_kind kind, const char *status,
                  const char *outcome);
bool visits_is_filed(const struct visit_rules *rules, const char *status);
/* How many of @p pool closed matters are drawn. */
size_t visits_sample_size(const struct visit_rules *rules, size_t pool);
/* The working days to draw on @p today: those after @p last, the last day drawn, but not more than
 * the rule catches up; only today where nothing was drawn before (@p last DATE_NONE). Ascending.
 * @p ret has room for VISIT_DAYS_MAX. */
#define VISIT_DAYS_MAX 32
size_t visits_days(const struct visit_rules *rules, const struct calendar *cal, date_t last,
                   date_t today, date_t ret[VISIT_DAYS_MAX]);

#endif
