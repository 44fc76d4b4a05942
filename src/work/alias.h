/* Address aliases that lead to a body: taken in from a table, used by routing. */
#ifndef FANGXIN_WORK_ALIAS_H
#define FANGXIN_WORK_ALIAS_H

#include "work/setup.h"

struct alias_report {
    size_t rows, taken, refused;
    size_t first_refused_row; /* 1 = the header; 0 none */
};

/**
 * Takes in CSV with columns alias, office_code, office_name, confidence (0 … 1), support. A code
 * that is no body is refused, row by row. The caller reloads the setups.
 * @return ERR_INVALID when a column is missing; ERR_FORBIDDEN
 */
enum err_code alias_import(struct op *op, const char *csv, size_t n,
                           struct alias_report *ret) MUST_CHECK;

#endif
