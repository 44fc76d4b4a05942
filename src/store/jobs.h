/* Queue rows: work that acts leave for jobs in the same transaction. A job takes the oldest rows of
 * its name, does the work, and removes them; after a crash they are taken again, so a job's work
 * may happen twice and must not mind. On PostgreSQL taking is a lease of a minute: until then no
 * other process takes the row. */
#ifndef FANGXIN_STORE_JOBS_H
#define FANGXIN_STORE_JOBS_H

#include "store/store.h"

struct job_row {
    int64_t id, record, queued_at;
};
/* Up to @p max rows that are due, oldest first; they stay until job_done. */
enum err_code job_take(struct op *op, const char *job, struct job_row *ret, size_t max,
                       size_t *ret_n) MUST_CHECK;
enum err_code job_done(struct op *op, const struct job_row *rows, size_t n) MUST_CHECK;
/* Puts rows off: tried again at @p not_before. */
enum err_code job_retry(struct op *op, const struct job_row *rows, size_t n,
                        int64_t not_before) MUST_CHECK;
/* Rows of records with higher ids than @p after are done: the job will come to those by itself. */
enum err_code job_pass(struct op *op, const char *job, int64_t after) MUST_CHECK;
/* Age in ms of the oldest waiting row, 0 when none: the job's lag. */
enum err_code job_lag(struct op *op, const char *job, int64_t *ret_ms) MUST_CHECK;

#endif
