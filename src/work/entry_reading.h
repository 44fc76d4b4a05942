/* Figures of a register being read; only for entry_figures.c and entry_behind.c. */
#ifndef FANGXIN_WORK_ENTRY_READING_H
#define FANGXIN_WORK_ENTRY_READING_H

#include "work/entry_internal.h"

struct figure_cell_of {
    const struct register_measure *measure;
    const struct register_dimension *by; /* NULL: the whole */
    const char *value;
    int64_t n, sum;
};

struct reading {
    struct op *op;
    struct snapshot *snap;
    const struct register_def *def;
    const struct body *body;
    struct period period;
    struct figure_cell_of *cells;
    size_t n;
};

/* Whether the actor may read figures of that body; ERR_NOT_FOUND field "body". */
enum err_code entry_reading_begin(struct op *op, const struct register_def *def, const char *body,
                                  const struct period *period, struct reading *ret) MUST_CHECK;

#endif
