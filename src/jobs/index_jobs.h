/* The jobs that write the index: never two of them at a time. Each is one round, a few batches. */
#ifndef FANGXIN_JOBS_INDEX_JOBS_H
#define FANGXIN_JOBS_INDEX_JOBS_H

#include "store/op.h"

/* Texts of matters, those of a new index first. @param[out] ret  lag of the queue in ms */
enum err_code index_texts(struct op *op, int64_t *ret) MUST_CHECK;
/* Names of businesses, in the same way. */
enum err_code index_names(struct op *op, int64_t *ret) MUST_CHECK;
/* What events change of the facts of figures (insight/past.h). @param[out] ret  0 */
enum err_code index_pasts(struct op *op, int64_t *ret) MUST_CHECK;

#endif
