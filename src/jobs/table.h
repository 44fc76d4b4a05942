/* The table of jobs. For src/jobs alone. */
#ifndef FANGXIN_JOBS_TABLE_H
#define FANGXIN_JOBS_TABLE_H

#include "store/op.h"

/* What may take long runs in the second thread, so that the index does not wait for it. */
enum job_lane { LANE_PROMPT, LANE_LONG, LANES };

struct job {
    const char *name;
    int64_t period_ms;
    /* One round. @param[out] ret  what is reported of it: a lag in ms, or what it did */
    enum err_code (*run)(struct op *op, int64_t *ret);
    enum job_lane lane;
};

#define JOBS 25
extern const struct job job_table[JOBS];

/* NULL where there is no such job. */
const struct job *job_find(const char *name);

#endif
