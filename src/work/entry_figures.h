/* Figures of a register: measures from the tallies, rates, balances, sentences; who is behind. */
#ifndef FANGXIN_WORK_ENTRY_FIGURES_H
#define FANGXIN_WORK_ENTRY_FIGURES_H

#include "work/entry.h"

/* Schema RegisterFigures, of a body and those below. ERR_FORBIDDEN, ERR_NOT_FOUND (body). */
enum err_code entry_figures_view(struct op *op, const struct register_def *def, const char *body,
                                 const struct period *period, struct json_writer *w) MUST_CHECK;
/* The row of entry_value that stands for a measure, or for one value of its dimension;
 * ERR_NOT_FOUND field "measure", ERR_INVALID field "dimension". */
enum err_code entry_measure_value(struct op *op, const struct register_def *def,
                                  const char *measure, const char *dimension,
                                  const char **ret_field) MUST_CHECK;
/* Schema RegisterBehind: places of a frequency where too little was done. ERR_INVALID field
 * "frequency". */
enum err_code entry_behind_view(struct op *op, const struct register_def *def,
                                const char *frequency, const struct period *period,
                                const char *body, struct json_writer *w) MUST_CHECK;

#endif
