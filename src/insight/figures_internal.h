/* How figures are added up. For figure*.c and dashboard.c alone.
 *
 * What an answer needs is asked for first (figure_ask) and found together (figuring_run): from the
 * tallies where they keep it, else in one walk over the matters of a cohort and period for all
 * asks. An ask with a cut-off then takes the matters that changed since at what they were. */
#ifndef FANGXIN_INSIGHT_FIGURES_INTERNAL_H
#define FANGXIN_INSIGHT_FIGURES_INTERNAL_H

#include "insight/figures.h"
#include "insight/groups.h"
#include "insight/list_internal.h"

#define CELL_SETS_MAX 48

struct figure_columns;

/* One cell of a tally. */
struct cell {
    const char *kind;  /* "complaint" */
    const char *value; /* of the dimension; "" for total */
    const char *body;  /* "" when added up over bodies */
    int32_t period;    /* month index or civil date as the set says; 0 when added up */
    int64_t n, sum;
};

/* Cells once read: several asks share them. */
struct cell_set {
    const struct measure *measure;
    const struct measure_dimension *dimension;
    struct period period;
    bool each; /* per body and period, else added up */
    bool days; /* cell.period is a civil date, else a month index */
    struct cell *cells;
    size_t n;
};

/* A body of the tree, as breakdowns need it. */
struct figure_body {
    const char *code, *path, *kind;
    const char *branch;   /* of DIM_BRANCH; NULL outside the subtree */
    const char *division; /* NULL: not said */
};

/* Something to be counted. */
struct figure_ask {
    const struct indicator_part *part; /* lives as long as the indicators */
    struct period period;
    struct figure_as_of as_of;
    enum figure_dimension by;
    bool done;
    bool cut; /* counted as of its cut-off already */
    /* Asks for the days before the whole months inside, for these, and for the days behind. */
    size_t parts[3], n_parts;
    struct groups groups; /* by key; "" for DIM_NONE */
};

/* Figures of one body and one actor. */
struct figuring {
    struct op *op;
    struct snapshot *snap;
    const struct measures *measures;
    const char *body, *path;
    enum figure_scope scope;
    bool reports; /* the actor may see figures of reports */
    bool beyond;  /* the view has events beyond its position, where other acts are under way */
    struct figure_ask *asks;
    size_t n_asks, asks_cap;
    struct cell_set sets[CELL_SETS_MAX];
    size_t n_sets;
    struct figure_body *bodies; /* by code; loaded when first needed */
    size_t n_bodies;
    const char *division; /* of the body or the one above it that has one; with the bodies */
    const struct figure_columns *columns; /* read once for a document; NULL: none */
};

/* Looks the body up and asks may(). ERR_NOT_FOUND field "body", ERR_FORBIDDEN. */
enum err_code figuring_begin(struct op *op, struct snapshot *snap,
                             const struct indicators *indicators, const char *body,
                             enum figure_scope scope, struct figuring *ret) MUST_CHECK;

/* Asks once for each different thing; the position goes to figuring_groups. */
enum err_code figuring_ask(struct figuring *f, const struct indicator_part *part,
                           const struct period *period, struct figure_as_of as_of,
                           enum figure_dimension by, size_t *ret) MUST_CHECK;
/* Finds whatever was asked since the last run. */
enum err_code figuring_run(struct figuring *f) MUST_CHECK;
static inline const struct groups *figuring_groups(const struct figuring *f, size_t ask)
{
    return &f->asks[ask].groups;
}

/* Loads f->bodies. */
enum err_code figuring_bodies(struct figuring *f) MUST_CHECK;
/* NULL when there is no such body or they are not loaded. */
const struct figure_body *figuring_body(const struct figuring *f, const char *code);
/* A list filter that keeps to the body and its scope. */
struct list_filter figuring_filter(const struct figuring *f);

/* ---- figure_dimension.c ---- */

/* The fact whose tallies answer a dimension; FACT_NONE for those that need none or have none. */
enum fact dimension_fact(enum figure_dimension by);
bool dimension_from_tallies(enum figure_dimension by);
/* Whether cells must come per body and period. */
bool dimension_needs_each(enum figure_dimension by);
bool dimension_needs_bodies(enum figure_dimension by);

typedef void dimension_fn(void *arg, const char *key, int64_t n, int64_t sum);
/* What a matter of the part gives: one key, or several. */
void dimension_keys(const struct figuring *f, const struct indicator_part *part,
                    enum figure_dimension by, const struct figure_facts *facts, dimension_fn *fn,
                    void *arg);
/* "goods.food" → "goods"; "2026-03" of a month. In @p room. */
#define DIMENSION_KEY 160
const char *dimension_key_of_code(enum figure_dimension by, const char *code,
                                  char room[DIMENSION_KEY]);
const char *dimension_key_of_date(enum figure_dimension by, date_t date, char room[DIMENSION_KEY]);

/* ---- figure_cells.c: the tallies ---- */

/* Whether tallies keep it by the month. */
bool cells_keep_months(const struct figuring *f, const struct figure_ask *ask);
/* Answers the ask if tallies keep it. */
enum err_code cells_answer(struct figuring *f, struct figure_ask *ask, bool *ret_kept) MUST_CHECK;

/* ---- figure_walk.c: the matters ---- */

/* What has to be read beside the columns. */
struct walk_needs {
    bool detail, remedies, clocks;
};
struct walk_needs needs_of(const struct indicator_part *part, enum figure_dimension by);
void walk_needs_also(struct walk_needs *needs, struct walk_needs more);

typedef enum err_code walk_fn(void *arg, const struct figure_facts *facts, bool *ret_stop);
struct walk {
    struct reading *reading;
    const struct stream *stream;
    bool by_ended;
    const struct period *period;
    const struct key *after; /* latest first, behind this key; NULL: in any order */
    struct walk_needs needs;
};
enum err_code walk_matters(struct figuring *f, const struct walk *walk, walk_fn *fn,
                           void *arg) MUST_CHECK;
/* The matters of a cohort in scope, whoever may see them: for counting. */
enum err_code walk_cohort(struct figuring *f, bool by_ended, const struct period *period,
                          struct walk_needs needs, walk_fn *fn, void *arg) MUST_CHECK;
/* Whether the facts count in the part and period, in this body's scope, for this actor. */
bool part_takes(const struct figuring *f, const struct indicator_part *part,
                const struct period *period, const struct figure_facts *facts, bool check_body);

/* ---- figure_past.c: matters as they were ---- */

/* NOW when the cut-off lies ahead of all that is known: all that the view has, or what it has up to
 * its position where events lie beyond, so that a figure is that of the position it states. */
struct figure_as_of as_of_or_now(const struct figuring *f, struct figure_as_of as_of);
/* Called for every matter that changed after the cut-off; @p then NULL: it was not there yet. */
typedef enum err_code past_fn(void *arg, const struct figure_facts *now,
                              const struct figure_facts *then);
/* @param first, last  records received in these months alone */
enum err_code past_each(struct figuring *f, struct figure_as_of as_of, int first_month,
                        int last_month, past_fn *fn, void *arg) MUST_CHECK;
/* The months in which members of a cohort may have been received. */
void past_months(bool by_ended, const struct period *period, int *ret_first, int *ret_last);

/* ---- figure_id.c ---- */

/* "indicator:body:period[:own][:dimension=key][:until=ms | :seen=event]@position" taken apart; the
 * position is only looked at for form. */
struct figure_id {
    const struct indicator *indicator;
    const char *body;
    enum figure_scope scope;
    struct period period;
    enum figure_dimension by; /* DIM_NONE: the whole figure */
    const char *key;
    struct figure_as_of as_of; /* given by name; NOW: the indicator's own */
};
/* ERR_INVALID field "id". */
enum err_code figure_id_read(struct op *op, const struct indicators *indicators, const char *id,
                             struct figure_id *ret) MUST_CHECK;
/* NULL: no memory. */
const char *figure_id_make(const struct figuring *f, const struct indicator *ind,
                           const struct period *period, struct figure_as_of as_of);
/* The cut-off that holds for a period: the one given, moved along with @p asked, or the
 * indicator's. */
struct figure_as_of cutoff_for(const struct figuring *f, const struct indicator *ind,
                               struct figure_as_of given, const struct period *asked,
                               const struct period *period);

/* ---- figures.c ---- */

/* num / den with that many decimals, half away from zero; den > 0. NULL: no memory. */
char *figure_quotient(struct arena *arena, int64_t num, int64_t den, int decimals);
/* @p dashboard: those shown there alone. */
enum err_code figures_in(struct figuring *f, const struct indicators *indicators,
                         const struct figures_query *q, bool dashboard,
                         struct figure_list *ret) MUST_CHECK;
/* Cells of groups, largest first (periods and bodies by key); empty ones left out. */
/* The period that those of the query are against, which is against something. */
struct period figures_period_against(const struct figures_query *q);
enum err_code cells_of_groups(struct op *op, const struct groups *groups, enum figure_dimension by,
                              struct figure_cell **ret, size_t *ret_n) MUST_CHECK;

#endif
