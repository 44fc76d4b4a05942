/* What stood behind figures when they were printed: the matters of each, kept small.
 *
 * A bulletin has hundreds of figures over the same matters, so lists per figure would repeat each
 * matter dozens of times. Instead, per cohort, period and cut-off there is one table of the matters
 * that count in any of its figures: their ids ascending, as differences; a mask of the parts
 * (numerators and denominators) each counts in; for each dimension which of the keys asked for it
 * has; and what it adds to each sum. A figure is then a place: table, part, dimension and key.
 * About five bytes a matter.
 *
 * Format: "FXM1", number of tables, then per table its rows and columns, all numbers as varints of
 * seven bits, low ones first. */
#ifndef FANGXIN_INSIGHT_FIGURE_FROZEN_H
#define FANGXIN_INSIGHT_FIGURE_FROZEN_H

#include "base/buf.h"
#include "insight/figures.h"

#define FROZEN_PARTS_MAX 60 /* of one table */
#define FROZEN_DIMS_MAX 8

struct frozen_place {
    uint32_t table, part;
    uint32_t dim, key; /* dim 0: the whole figure; key counts from 1 */
};

struct frozen_ask {
    const struct indicator *indicator;
    enum figure_part part;
    struct period period;
    enum figure_dimension by; /* one that gives each matter one key, or DIM_NONE */
    const char *key;
    /* found */
    struct frozen_place at;
    int64_t n, sum; /* how many matters, and what they add up to */
};

/**
 * Freezes what stands behind the asks, from one view, with the rights of op->actor.
 * @param columns  the matters, read from the same view for the same body and scope, with every
 *        period and cut-off that is asked for
 * @param out  initialised; receives the bytes
 * @return ERR_INVALID more parts or dimensions than a table holds; ERR_TOO_LARGE; as figures_query
 */
enum err_code figures_freeze(struct op *op, const struct indicators *indicators, const char *body,
                             enum figure_scope scope, const struct figure_columns *columns,
                             struct frozen_ask *asks, size_t n, struct buf *out) MUST_CHECK;

/* The members of one place, ascending, behind those of @p ret, which the caller releases; summed
 * where the part has sums. ERR_CORRUPT where the bytes do not read. */
enum err_code frozen_read(struct op *op, const void *bytes, size_t n, struct frozen_place at,
                          struct member_list *ret) MUST_CHECK;

#endif
