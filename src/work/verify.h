/* Folding everything again: do the projections and the tallies say what the events say? */
#ifndef FANGXIN_WORK_VERIFY_H
#define FANGXIN_WORK_VERIFY_H

#include "store/verify.h"

/**
 * Makes matters, clocks, remedies, links, bodies, officers and all tallies again from the events
 * alone and names every row that differs. Titles are made again from the sealed filing.
 */
enum err_code verify_rebuild(struct op *op, verify_found_fn *found, void *arg,
                             struct verify_counts *ret) MUST_CHECK;

#endif
