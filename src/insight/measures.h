/* Measures: what is counted and summed about matters, as data (packs/indicators/measures.json).
 *
 * A measure picks matters (kinds, conditions on columns), says by which day they count (received or
 * ended), what is summed besides, and by which dimensions cells are kept. A cell is (measure,
 * dimension, grain, period, body, value) → n, sum. `value` always begins with the kind, so that
 * reports can be left out: "complaint" (dimension total), "complaint|phone" (channel).
 *
 * The work layer asks for the cells of a matter before and after an act and writes the difference
 * (measure_difference), so a tally always equals the count of its matters. The same definition
 * gives the condition that finds these matters (figures.c). */
#ifndef FANGXIN_INSIGHT_MEASURES_H
#define FANGXIN_INSIGHT_MEASURES_H

#include <jansson.h>

#include "rules/label.h"
#include "store/changes.h"

/* Columns of matter that conditions and dimensions may name. */
enum measure_column {
    COL_KIND,
    COL_STATUS,
    COL_OUTCOME,
    COL_GROUND,
    COL_TOLD,
    COL_CHANNEL,
    COL_CATEGORY,
    COL_PROBLEM,
    COL_RATING,
    COL_AMOUNT_FEN,
    COL_RECOVERED_FEN,
    COL_COUNT,
    COL_NONE = COL_COUNT
};
const char *measure_column_name(enum measure_column column);
bool measure_column_is_number(enum measure_column column);

/* The state of one matter, as in its row. */
struct measure_facts {
    const char *kind, *status, *body, *channel;               /* never NULL */
    const char *outcome, *ground, *told, *category, *problem; /* NULL: none */
    int64_t rating;                                           /* 0: none */
    int64_t amount_fen, recovered_fen;
    date_t received; /* civil days in the installation's zone */
    date_t ended;    /* DATE_NONE: not ended */
};

/* A condition on one column: one of values, or set at all, or min ≤ number ≤ max. */
struct measure_condition {
    enum measure_column column;
    const char **values; /* n_values > 0: one of these */
    size_t n_values;
    bool set;         /* not empty */
    int64_t min, max; /* numbers; INT64_MIN, INT64_MAX when open */
};

struct measure_dimension {
    const char *id;             /* "total", or the column's name */
    enum measure_column column; /* COL_NONE for total */
    bool month, day;            /* grains kept */
};

#define MEASURE_CONDITIONS_MAX 8
#define MEASURE_DIMENSIONS_MAX 6

struct measure {
    const char *id;
    struct label label;
    bool by_ended; /* counts in the period it ended, else in which it was received */
    struct measure_condition where[MEASURE_CONDITIONS_MAX];
    size_t n_where;
    enum measure_column sum; /* COL_NONE, COL_AMOUNT_FEN, COL_RECOVERED_FEN, COL_RATING */
    struct measure_dimension dimensions[MEASURE_DIMENSIONS_MAX];
    size_t n_dimensions;
};

struct measures;

/**
 * @return ERR_MALFORMED broken JSON; ERR_INVALID with the path of each fault: unknown key, column,
 *         dimension or grain, id twice, label missing in a language, no dimension.
 */
enum err_code measures_load(const char *bytes, size_t n, struct measures **ret,
                            struct err *err) MUST_CHECK;
void measures_free(struct measures *measures); /* NULL is fine */
void measures_freep(struct measures **measures);
size_t measures_count(const struct measures *measures);
const struct measure *measures_at(const struct measures *measures, size_t i);
const struct measure *measures_find(const struct measures *measures, const char *id);

/* Whether the matter counts in it (whatever the period). */
bool measure_holds(const struct measure *measure, const struct measure_facts *facts);
bool measure_condition_holds(const struct measure_condition *condition,
                             const struct measure_facts *facts);

typedef void measure_emit_fn(void *arg, const struct tally_key *key, int64_t n, int64_t sum);
/* Calls @p emit for each cell this matter counts in, n = 1. The key lives during the call only. */
void measure_cells(const struct measures *measures, const struct measure_facts *facts,
                   measure_emit_fn *emit, void *arg);

/* Adds to @p ch what turns the tallies of @p before into those of @p after (either may be NULL);
 * cells that stay the same are not touched. */
void measure_difference(struct op *op, struct changes *ch, const struct measures *measures,
                        const struct measure_facts *before, const struct measure_facts *after);

/* ---- for other definition files (figures.c) ---- */

/* Reads {"kind":["complaint"],"outcome":{"set":true},"rating":{"min":4}} into @p ret (room for
 * MEASURE_CONDITIONS_MAX); texts stay owned by @p where. Faults go to err below @p path. */
enum err_code measure_conditions(const json_t *where, struct arena *arena, const char *path,
                                 struct measure_condition *ret, size_t *ret_n,
                                 struct err *err) MUST_CHECK;

enum err_code measure_label(const json_t *value, const char *path, struct label *ret,
                            struct err *err) MUST_CHECK;

#endif
