/* Cells: what figures are added up from. For figures*.c and dashboard.c alone. */
#ifndef FANGXIN_INSIGHT_FIGURES_INTERNAL_H
#define FANGXIN_INSIGHT_FIGURES_INTERNAL_H

#include "insight/figures.h"
#include "insight/list_internal.h"

#define CELL_SETS_MAX 24

/* One cell of a tally, or one group counted from the matters. */
struct cell {
    const char *kind;  /* "complaint" */
    const char *value; /* of the dimension; "" for total */
    const char *body;  /* "" when added up over bodies */
    int32_t period;    /* month index or civil date as the set says; 0 when added up */
    int64_t n, sum;
};

/* Cells once read: several figures of one answer share them. */
struct cell_set {
    const struct measure *measure;
    enum measure_column column; /* COL_NONE: total */
    struct period period;
    bool each; /* per body and period, else added up */
    bool days; /* cell.period is a civil date, else a month index */
    struct cell *cells;
    size_t n;
};

/* Figures of one body and one actor. */
struct figuring {
    struct op *op;
    struct snapshot *snap;
    const char *body, *path;
    enum figure_scope scope;
    bool reports; /* the actor may see figures of reports */
    struct cell_set sets[CELL_SETS_MAX];
    size_t n_sets;
};

/* Looks the body up and asks may(). ERR_NOT_FOUND field "body", ERR_FORBIDDEN. */
enum err_code figuring_begin(struct op *op, struct snapshot *snap, const char *body,
                             enum figure_scope scope, struct figuring *ret) MUST_CHECK;

/* Which column the cells are grouped by, for a breakdown; COL_NONE for none, kind, body, month. */
enum measure_column column_of_breakdown(enum list_by by);

/**
 * Cells of one part in one period, those of reports left out where the actor has no right.
 * From the tallies where they keep such cells, else counted from the matters.
 * @param column  the dimension wanted; COL_NONE any
 * @param each    per body and period
 */
enum err_code part_cells(struct figuring *f, const struct indicator_part *part,
                         const struct period *period, enum measure_column column, bool each,
                         const struct cell **ret, size_t *ret_n, bool *ret_days) MUST_CHECK;
/* n and sum over the cells. */
void cells_total(const struct cell *cells, size_t n, int64_t *ret_n, int64_t *ret_sum);

/* Adds the measure's and the part's conditions on matter m. */
enum err_code compose_conditions(struct op *op, struct composed *c,
                                 const struct indicator_part *part) MUST_CHECK;
/* Adds the days of receipt or of ending. */
void compose_period(struct op *op, struct composed *c, const struct measure *measure,
                    const struct period *period);
/* A list filter that keeps to the body and its scope. */
struct list_filter figuring_filter(const struct figuring *f);

/* Cells per body and day. */
enum err_code day_cells(struct figuring *f, const struct indicator_part *part, date_t first,
                        date_t last, const struct cell **ret, size_t *ret_n) MUST_CHECK;

/* ---- figures.c ---- */

/* "indicator:body:period[:own]@position" taken apart; the position is only looked at for form. */
struct figure_id {
    const struct indicator *indicator;
    const char *body;
    enum figure_scope scope;
    struct period period;
};
/* ERR_INVALID field "id". */
enum err_code figure_id_read(struct op *op, const struct indicators *indicators, const char *id,
                             struct figure_id *ret) MUST_CHECK;
/* num / den with that many decimals, half away from zero; den > 0. NULL: no memory. */
char *figure_quotient(struct arena *arena, int64_t num, int64_t den, int decimals);
enum err_code figure_breakdown(struct figuring *f, const struct indicator_part *part,
                               const struct period *period, enum list_by by,
                               struct figure_cell **ret, size_t *ret_n) MUST_CHECK;
/* @p dashboard: those shown there alone. */
enum err_code figures_in(struct figuring *f, const struct indicators *indicators,
                         const struct figures_query *q, bool dashboard,
                         struct figure_list *ret) MUST_CHECK;

#endif
