/* Return visits (回访): a random sample of closed matters is asked how it went.
 *
 * Records of kind "visit", one per matter ever (key: its number):
 *   status  waiting | reached | refused | no_answer | opinion | answered | dropped
 *   body, day of the draw, matter, matter_id, attempts, result, satisfaction 1 … 5,
 *   opinion (version whose text it is), opinion_due (civil date), answer (version of its text),
 *   purged (its texts went with the matter's, work/retention.h)
 * A result goes through the matter's act follow_up in the same change set, also when the matter is
 * filed away, so the matter's page, its rating and the visit say the same. Only where the revision
 * of its rule pack lets a matter filed away take no call does the visit alone keep the result. What
 * was said as opinion is sealed with the visit, goes to the matter's handler and stays open until
 * it is answered.
 *
 * A day's draw is a record of kind "sample" (key: the day) with what each body had and drew; it and
 * its visits are one change set, so a restart draws nothing twice. Rule: rules/visits.h. */
#ifndef FANGXIN_WORK_VISIT_H
#define FANGXIN_WORK_VISIT_H

#include "insight/list.h"
#include "work/record.h"

/**
 * Draws the days that are due (rules/visits.h visits_days). For the job; ACTOR_SYSTEM.
 * The order of a body's pool on a day is that of visit_score, so the same installation, day and
 * pool give the same sample.
 * @param[out] ret_n  matters drawn
 */
enum err_code visits_draw(struct op *op, int64_t *ret_n) MUST_CHECK;
/* One day by hand, also one that lies too far back to be caught up.
 * @return ERR_INVALID for a day that is not worked or lies ahead, ERR_CONFLICT when it was drawn */
enum err_code visits_draw_day(struct op *op, date_t day, int64_t *ret_n) MUST_CHECK;
/* Keyed by the installation: vault_mac of "body|2026-03-15|number" for "visit"; the lowest are
 * drawn. */
void visit_score(struct op *op, const char *body, date_t day, const char *number,
                 unsigned char ret[16]);

struct visit_result {
    const char *result;           /* reached | no_answer | refused */
    int64_t satisfaction;         /* 0: none */
    const char *remark, *opinion; /* NULL: none; an opinion needs "reached" */
};
/* @return ERR_NOT_FOUND for whom may not see the matter, ERR_FORBIDDEN, ERR_NOT_ALLOWED when the
 * visit is done or the matter is being handled again, ERR_CONFLICT, ERR_INVALID */
enum err_code visit_record(struct op *op, int64_t id, const struct visit_result *result,
                           int64_t version) MUST_CHECK;
/* By the matter's handler or a supervisor above him. */
enum err_code visit_answer(struct op *op, int64_t id, const char *text, int64_t version) MUST_CHECK;
/* A visit that can no longer be made: the matter was reopened meanwhile. */
enum err_code visit_drop(struct op *op, int64_t id, int64_t version) MUST_CHECK;

/* ---- reading ---- */

struct visit {
    int64_t id, version;
    const char *status, *body;
    date_t day;
    int64_t attempts;
    const char *result;           /* NULL: none yet */
    int64_t satisfaction;         /* 0: none */
    const char *opinion, *answer; /* in clear, for who may read the matter; NULL: none */
    date_t opinion_due;           /* DATE_NONE */
    bool may_record, may_answer, may_drop;
    struct list_row row; /* the matter as lists show it */
};
struct visit_filter {
    const char *body;   /* code: it and those below; NULL: all the actor sees */
    const char *status; /* NULL: any */
    date_t from, to;    /* of the draw; DATE_NONE: open */
    bool mine;          /* opinions on matters the actor handles, oldest first, no pages */
    date_t after_day;
    int64_t after_id;
    date_t today, soon_until;
};
#define VISIT_PAGE 100
/* Newest draw first; *ret_more tells that another page follows ret_last_day, ret_last_id. Only
 * visits of matters that the actor may see. */
struct visit_page {
    struct visit *visits;
    size_t n;
    bool more;
    date_t last_day;
    int64_t last_id;
    int64_t waiting;  /* in the actor's reach */
    int64_t opinions; /* for the actor to answer */
};
enum err_code visit_list(struct op *op, const struct visit_filter *filter,
                         struct visit_page *ret) MUST_CHECK;
/* One of them; ERR_NOT_FOUND. */
enum err_code visit_read(struct op *op, int64_t id, date_t today, date_t soon_until,
                         struct visit *ret) MUST_CHECK;

/* Counts of one body's visits drawn in a period. A rate is numerator over denominator:
 * visited done/drawn, reached reached/done, satisfied satisfied/rated. */
struct visit_rates {
    const char *body;
    int64_t drawn, done, reached, no_answer, refused, rated, satisfied, opinions, answered, dropped;
};
/* Of each body at or below @p path; needs MAY_READ_FIGURES there. */
enum err_code visit_rates(struct op *op, const char *path, date_t from, date_t to,
                          struct visit_rates **ret, size_t *ret_n) MUST_CHECK;

#endif
