/* Figures: indicator × body × period, each with the records behind it.
 *
 * A figure is read from the tallies where they keep what is asked, else counted from the matters;
 * with a cut-off, matters that changed since are taken as their events had them then. Values are
 * rounded half-up in whole numbers. docs/figures.md says what each word means.
 *
 *     struct figures_query q = {.body = "420202"};
 *     struct figure_want wants[] = {{"received", DIM_NONE}, {"received", DIM_BRANCH}};
 *     TRY(period_parse("2026-03", &q.period, &op->err));
 *     TRY(figure_compute(op, indicators, &q, wants, 2, &list));
 *
 * A summary freezes: the value, list.position, indicator->hash and figure_members of each id. */
#ifndef FANGXIN_INSIGHT_FIGURES_H
#define FANGXIN_INSIGHT_FIGURES_H

#include "insight/indicators.h"
#include "insight/list.h"
#include "insight/member_list.h"

enum figure_scope { SCOPE_SUBTREE, SCOPE_OWN }; /* the body and those below, or it alone */
enum figure_against { AGAINST_NOTHING, AGAINST_PREVIOUS, AGAINST_LAST_YEAR };
/* "own" "subtree" or NULL; false when there is no such name. */
bool figure_scope_find(const char *name, enum figure_scope *ret);
/* "prev" "lastyear" or NULL. */
bool figure_against_find(const char *name, enum figure_against *ret);

/* By what a figure is broken down. */
enum figure_dimension {
    DIM_NONE,
    DIM_MONTH,
    DIM_DAY,
    DIM_BODY,       /* the responsible body itself */
    DIM_BRANCH,     /* bodies right below the one asked for, each with those below; and it alone */
    DIM_BODY_CLASS, /* bureau, branch, station */
    DIM_KIND,
    DIM_CHANNEL,
    DIM_SECTOR,   /* goods or services */
    DIM_CATEGORY, /* the code as given, two levels */
    DIM_PROBLEM,
    DIM_DISTRICT, /* of the place: the divisions right below that of the body */
    DIM_OUTCOME,
    DIM_GROUND,
    DIM_STATUS,
    DIM_TOLD,
    DIM_THEME,      /* several: a matter may stand in more than one */
    DIM_SETTLED_AT, /* parties, station, branch, bureau */
    DIM_REMEDY,     /* several; of recovered_fen each remedy gives its own amount */
    DIM_PAYER,      /* likewise */
    DIM_BUSINESS,   /* a record's id, or "told:" and the folded name where no clerk confirmed one */
    DIM_OFFICER,
    DIM_RATING,
    DIM_COUNT
};
#define FIGURE_TOLD "told:"
const char *figure_dimension_name(enum figure_dimension dimension); /* "month"; "" for none */
/* DIM_NONE for NULL and "", DIM_COUNT when there is no such name. */
enum figure_dimension figure_dimension_find(const char *name);
const struct label *figure_dimension_label(enum figure_dimension dimension);

/* As of when. */
enum figure_as_of_kind {
    AS_OF_NOW,
    AS_OF_INSTANT, /* what happened up to then, whenever it was recorded */
    AS_OF_EVENT,   /* what was recorded up to that event */
};
struct figure_as_of {
    enum figure_as_of_kind kind;
    int64_t at; /* ms UTC, the last that counts; or an event's id */
};
/* "2026-12-31" (the whole day), an instant, "@4711"; NULL or "": now. ERR_INVALID field "as_of". */
enum err_code figure_as_of_parse(struct op *op, const char *text,
                                 struct figure_as_of *ret) MUST_CHECK;

struct figure_columns;

struct figures_query {
    const char *body;
    enum figure_scope scope;
    struct period period;
    const char *const *ids; /* figures_query: indicators wanted; n_ids 0: all */
    size_t n_ids;
    enum figure_against against;
    enum figure_dimension by; /* figures_query: the breakdown */
    /* NOW: each indicator's own cut-off. An instant lies as many ms after the end of the period;
     * the period compared with has its own as many after its end. */
    struct figure_as_of as_of;
    /* figure_compute: the matters, read once for several queries of the same body, scope and view
     * (figure_columns.h). NULL: none. */
    const struct figure_columns *columns;
};

struct figure_value {
    const char *value; /* "87.5", "12034.50"; NULL when there is nothing to divide by */
    int64_t num, den;  /* den is 0 and has_den false for counts and sums */
    bool has_den;
};
struct figure_cell {
    const char *key;        /* code, month "2026-03", day, kind …; "" where nothing is given */
    int64_t n, sum;         /* of the numerator */
    struct figure_value is; /* the indicator of this part alone */
    struct figure_value against;
};
struct figure {
    const char *id; /* "received:420202:2026-10@123"; ":own" before the @ for SCOPE_OWN */
    const struct indicator *indicator;
    enum figure_dimension by;
    struct figure_value is;
    struct figure_value against; /* when against_period is not "" */
    char against_period[PERIOD_TEXT];
    bool without_reports;            /* reports are left out: the actor has no right to them */
    const struct figure_cell *cells; /* largest first; months, days and bodies in order of key */
    size_t n_cells;
    int64_t overlap; /* what the cells' numerators add up to beyond the figure's; 0 where each
                      * matter stands in one cell */
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

struct figure_want {
    const char *indicator;
    enum figure_dimension by;
};
/* Many figures of one body and period from one view, each with its own breakdown, in the order
 * wanted. What the tallies do not keep is counted in one walk for all of them. Errors as above. */
enum err_code figure_compute(struct op *op, const struct indicators *indicators,
                             const struct figures_query *query, const struct figure_want *wants,
                             size_t n, struct figure_list *ret) MUST_CHECK;

enum figure_part { PART_NUM, PART_DEN };

/* The id of one cell: "received:420202:2026-10:channel=phone@123". It opens, traces and freezes
 * like any other. NULL: no memory. */
const char *figure_cell_id(struct op *op, const struct figure *figure, const char *key);

/* The matters behind a figure or cell, by its id, ascending; summed for sums and means. @p ret is
 * the caller's, to be released whatever is returned. */
enum err_code figure_members(struct op *op, const struct indicators *indicators, const char *id,
                             enum figure_part part, struct member_list *ret) MUST_CHECK;

/* The records behind a figure, by its id, the latest first by the day they count on. ERR_INVALID
 * field "id" when it is not one, field "part" when the figure has no denominator; otherwise as
 * figures_query. The total is the figure's own number of matters, not capped. */
enum err_code figure_records(struct op *op, const struct indicators *indicators, const char *id,
                             enum figure_part part, int limit, const char *cursor, date_t today,
                             date_t soon_until, struct list_page *ret) MUST_CHECK;
/* Their printed numbers alone, in slices of @p max: call again with *ret_next, NULL at the end. */
struct figure_trace_row {
    const char *number;
    int64_t sum; /* what it adds to a sum or mean; 0 for counts and rates */
};
enum err_code figure_trace(struct op *op, const struct indicators *indicators, const char *id,
                           enum figure_part part, size_t max, const char *cursor,
                           struct figure_trace_row **ret_rows, size_t *ret_n,
                           const char **ret_next) MUST_CHECK;
/* The figure of an id, as figures_query gives it, without breakdown. */
enum err_code figure_by_id(struct op *op, const struct indicators *indicators, const char *id,
                           struct figure *ret) MUST_CHECK;

/* Whether the actor may see figures of reports of that body path (contract: report_counts). */
bool figures_report_counts(const struct actor *actor, const char *body_path);

/* ---- the dashboard ---- */

struct dashboard_body {
    const char *code;
    int64_t received, ended;
    int64_t late, today, soon, paused, open; /* now */
};
struct dashboard_month {
    int month_index;
    int64_t received, ended;
};
struct dashboard_day {
    date_t date;
    int64_t received, ended;
};
#define DASHBOARD_CATEGORIES 6
struct dashboard_category {
    const char *key; /* "" for what is not given, and for the rest */
    int64_t n, before;
};
struct dashboard {
    int64_t late, today, soon, waiting_leader, unassigned;
    struct figure_list figures;     /* those marked for it, against the period before */
    struct dashboard_month *months; /* the twelve that end with the period's last */
    size_t n_months;
    struct dashboard_day *days; /* of the period, at most its last 62 */
    size_t n_days;
    /* received; before: in the period that the figures are against */
    struct dashboard_category categories[DASHBOARD_CATEGORIES]; /* largest first */
    size_t n_categories;
    struct dashboard_category rest; /* of n_rest further ones */
    size_t n_rest;
    struct dashboard_category not_given;
    struct dashboard_body *bodies; /* itself alone, then those right below with their subtrees */
    size_t n_bodies;
    int64_t position;
};
struct dashboard_query {
    const char *body;
    struct period period;
    enum figure_scope scope;
    enum figure_against against; /* of the figures; AGAINST_NOTHING: the period before */
    date_t today, soon_until;
    struct kept_open *open; /* where open matters are kept (kept_open.h) */
};
enum err_code dashboard_query(struct op *op, const struct indicators *indicators,
                              const struct dashboard_query *query,
                              struct dashboard *ret) MUST_CHECK;

#endif
