/* Figures: indicator × body × period, each with the records behind it.
 *
 * Indicators are data (packs/indicators/market.json): numerator and denominator are a measure with
 * narrower conditions; cohort (received in the period | ended in it) comes from the measure; unit,
 * decimals (half-up, integer arithmetic) and labels stand beside it. A figure over whole months is
 * read from the tallies; other periods from day cells or, where none are kept, from the matters.
 * docs/figures.md lists every definition. */
#ifndef FANGXIN_INSIGHT_FIGURES_H
#define FANGXIN_INSIGHT_FIGURES_H

#include "base/embed.h"
#include "insight/list.h"
#include "insight/measures.h"
#include "insight/period.h"

enum indicator_form {
    FORM_COUNT, /* num */
    FORM_SUM,   /* sum of the measure's column; fen are shown as yuan */
    FORM_RATE,  /* num / den in percent */
    FORM_MEAN,  /* sum / num of records */
};

struct indicator_part {
    const struct measure *measure;
    struct measure_condition where[MEASURE_CONDITIONS_MAX]; /* besides the measure's own */
    size_t n_where;
};

struct indicator {
    const char *id;
    struct label label, unit, definition;
    enum indicator_form form;
    int decimals;
    struct indicator_part num, den; /* den.measure NULL unless FORM_RATE */
    bool only_reports;              /* counts nothing but reports */
    bool dashboard, site;           /* where it is shown */
};

struct indicators;

/* Loads indicators/measures.json and indicators/market.json of @p files (embedded_packs).
 * ERR_MALFORMED, ERR_INVALID as measures_load. Shared between threads once loaded. */
enum err_code indicators_load(const struct embedded_file *files, struct indicators **ret,
                              struct err *err) MUST_CHECK;
void indicators_free(struct indicators *indicators); /* NULL is fine */
void indicators_freep(struct indicators **indicators);
const struct measures *indicators_measures(const struct indicators *indicators);
size_t indicators_count(const struct indicators *indicators);
const struct indicator *indicators_at(const struct indicators *indicators, size_t i);
const struct indicator *indicators_find(const struct indicators *indicators, const char *id);

enum figure_scope { SCOPE_SUBTREE, SCOPE_OWN }; /* the body and those below, or it alone */
enum figure_against { AGAINST_NOTHING, AGAINST_PREVIOUS, AGAINST_LAST_YEAR };
/* "own" "subtree" or NULL; false when there is no such name. */
bool figure_scope_find(const char *name, enum figure_scope *ret);
/* "prev" "lastyear" or NULL. */
bool figure_against_find(const char *name, enum figure_against *ret);

struct figures_query {
    const char *body;
    enum figure_scope scope;
    struct period period;
    const char *const *ids; /* indicators wanted; n_ids 0: all */
    size_t n_ids;
    enum figure_against against;
    enum list_by
        by; /* BY_NOTHING, or the breakdown: kind, channel, body, category, month, outcome */
};

struct figure_value {
    const char *value; /* "87.5", "12034.50"; NULL when there is nothing to divide by */
    int64_t num, den;  /* den is 0 and has_den false for counts and sums */
    bool has_den;
};
struct figure_cell {
    const char *key; /* code, month "2026-03", kind … */
    int64_t n, sum;
};
struct figure {
    const char *id; /* "received:420202:2026-10@123"; ":own" before the @ for SCOPE_OWN */
    const struct indicator *indicator;
    struct figure_value is;
    struct figure_value against; /* when against_period is not "" */
    char against_period[PERIOD_TEXT];
    bool without_reports;            /* reports are left out: the actor has no right to them */
    const struct figure_cell *cells; /* breakdown of the numerator */
    size_t n_cells;
};
struct figure_list {
    struct figure *figures;
    size_t n;
    int64_t position; /* the last event these figures know */
};

/* ERR_NOT_FOUND for an unknown body or indicator (field "body", "indicator"), ERR_FORBIDDEN where
 * the actor may not read figures of that body. Indicators of reports are left out of "all" and
 * ERR_NOT_FOUND by name for those without the right. */
enum err_code figures_query(struct op *op, const struct indicators *indicators,
                            const struct figures_query *query, struct figure_list *ret) MUST_CHECK;

enum figure_part { PART_NUM, PART_DEN };

/* The records behind a figure, by its id, the latest first by the day they count on. ERR_INVALID
 * field "id" when it is not one, field "part" when the figure has no denominator; otherwise as
 * figures_query. The total is the figure's own number, not capped. */
enum err_code figure_records(struct op *op, const struct indicators *indicators, const char *id,
                             enum figure_part part, int limit, const char *cursor, date_t today,
                             date_t soon_until, struct list_page *ret) MUST_CHECK;
/* Their printed numbers alone, in slices of @p max: call again with *ret_next, NULL at the end. */
enum err_code figure_trace(struct op *op, const struct indicators *indicators, const char *id,
                           enum figure_part part, size_t max, const char *cursor,
                           const char ***ret_numbers, size_t *ret_n,
                           const char **ret_next) MUST_CHECK;

/* Whether the actor may see figures of reports of that body path (contract: report_counts). */
bool figures_report_counts(const struct actor *actor, const char *body_path);

/* ---- the dashboard ---- */

struct dashboard_body {
    const char *code;
    int64_t received, ended, late, open;
};
struct dashboard_month {
    int month_index;
    int64_t received, ended;
};
struct dashboard_day {
    date_t date;
    int64_t n; /* received */
};
struct dashboard {
    int64_t late, today, soon, waiting_leader, unassigned;
    struct figure_list figures;     /* those marked for it, against the period before */
    struct dashboard_month *months; /* the twelve that end with the period's last */
    size_t n_months;
    struct dashboard_day *days; /* of the period, at most its last 62 */
    size_t n_days;
    struct figure_cell *categories; /* received, top level of the codes, largest first */
    size_t n_categories;
    struct dashboard_body *bodies; /* itself alone, then those right below with their subtrees */
    size_t n_bodies;
    int64_t position;
};
enum err_code dashboard_query(struct op *op, const struct indicators *indicators, const char *body,
                              const struct period *period, date_t today, date_t soon_until,
                              struct dashboard *ret) MUST_CHECK;

#endif
