/* The clocks of a record whose life is a flow: elements of its state's list "clocks",
 *   {rule, no, start, pauses: [{from, to, act, reason}], extensions, extra, stopped, cancelled,
 * due_raw, due, provisional} Cases and entries of registers keep theirs so. The dates of a running
 * one follow from the rest and the calendar in force; those in the list are of the last act, and of
 * the last day when it ended. @p rules everywhere: the acts of the flow, where the deadlines stand.
 */
#ifndef FANGXIN_WORK_RECORD_CLOCK_H
#define FANGXIN_WORK_RECORD_CLOCK_H

#include "base/json.h"
#include "rules/flow.h"
#include "work/record.h"

/* The running one (neither stopped nor cancelled) of a rule; @p no 0: any. NULL. */
json_t *record_clock(const json_t *clocks, const char *rule, int64_t no);
bool record_clock_runs(const json_t *clock);
bool record_clock_paused(const json_t *clock);
/* The rule as it counts for this clock: longer by what was granted collectively. False when there
 * is no such rule any more. */
bool record_clock_rule(const struct pack *rules, const json_t *clock, struct deadline_rule *ret);
enum err_code record_clock_due(struct op *op, const json_t *clock, const struct deadline_rule *rule,
                               struct deadline_due *ret) MUST_CHECK;
/**
 * Applies one effect to @p clocks (changed in place).
 * @param no   tells several clocks of one rule apart (requests for assistance); 0 for the others
 * @param day  civil day of the act
 * @return ERR_NOT_ALLOWED for an extension beyond the rule
 */
enum err_code record_clock_apply(struct op *op, const struct pack *rules, json_t *clocks,
                                 const struct flow_clock *effect, int64_t no,
                                 date_t day) MUST_CHECK;
/* @p days more for the running clock of a rule, decided collectively. */
enum err_code record_clock_lengthen(struct op *op, const struct pack *rules, json_t *clocks,
                                    const char *rule, int64_t days) MUST_CHECK;
/* What the pauses that have just begun are for: the act, and the code chosen with it or NULL. */
void record_clocks_paused_for(json_t *clocks, const char *act, const char *reason);
/* The dates of one: of a running one by the calendar in force, of another those it had when it
 * ended. DATE_NONE while paused. */
struct deadline_due record_clock_date(struct op *op, const struct pack *rules, const json_t *clock);
struct record_next {
    date_t due;       /* DATE_NONE: none runs, or all are paused */
    const char *rule; /* NULL then */
    const struct deadline_rule *of;
    struct deadline_state state;
    bool provisional;
};
/* Of all that run: the one that ends first. */
struct record_next record_clocks_next(struct op *op, const struct pack *rules,
                                      const json_t *clocks);
/* Schema DeadlineExplained of the clock of a rule: the one that runs, or else the last.
 * @param no  which of several (requests for assistance); 0: any. ERR_NOT_FOUND */
enum err_code record_clock_explained(struct op *op, const struct flow *flow, const json_t *clocks,
                                     const char *rule, int64_t no,
                                     struct json_writer *w) MUST_CHECK;
/* Array "clocks" of schema Case and Entry. */
enum err_code record_clocks_view(struct op *op, const struct pack *rules, const json_t *clocks,
                                 struct json_writer *w) MUST_CHECK;

#endif
