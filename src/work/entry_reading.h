/* Figures of a register being read; only for entry_figures.c, entry_behind.c and
 * summary_registers.c. */
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
/* The cells of a measure, whole or by one of its dimensions, unless they are there already. */
enum err_code entry_reading_cells(struct reading *r, const struct register_measure *m,
                                  const struct register_dimension *by) MUST_CHECK;
/* Those of the numbers in a sentence, other registers' included. */
enum err_code entry_reading_sentence(struct reading *r,
                                     const struct register_sentence *sentence) MUST_CHECK;
/* A value of a dimension in words; the code itself where it has none. */
struct label entry_dimension_label(struct op *op, const struct register_dimension *by,
                                   const char *value);
/* Another register, of the same body and period, in the same memory. */
void entry_reading_next(struct reading *r, const struct register_def *def);
/* What sentences ask of it: the numbers of cells that were read. */
struct register_numbers entry_reading_numbers(struct reading *r);

#endif
