/* What runs beside requests: a table of jobs, each with a period, run in turn by one thread. What
 * may take long ("groups", "copies", "send", counts for /metrics) has a second one and rests nine
 * times as long as it took.
 *
 *   letters      numbered letters into PDF, sealed             0.2 s
 *   index        masked texts into the full-text index        as soon as there is work (0.2 s)
 *   names        names of businesses into the index           0.5 s
 *   merge        matters of merged businesses to the survivor 1 s
 *   access       noted looks into the access log              0.5 s
 *   due          matters, cases that went late, announced once 60 s, and at the start
 *   late         open matters past their date, for /metrics 5 s
 *   waiting      matters not yet indexed, for /metrics    2 s
 *   groups       like complaints against one business          3 s
 *   calendar     open clocks counted again after a notice     0.5 s
 *   registers    entries counted again after a new revision   1 s
 *   send         messages of registers to the mail relay      1 s
 *   past         what events change of the facts of figures   0.5 s
 *   setup        settings and packs that another daemon wrote 2 s
 *   expire       idempotency rows after seven days, sessions  600 s
 *   reseal       sealed values of older key epochs            60 s
 *   sweep        files that no row names                      3600 s
 *   scan         evidence that waits for the virus scanner    1 s
 *   diary        yesterday's page of every body                60 s
 *   rescan       evidence that older signatures judged        600 s
 *   copies       the next copy for restoring (store/copies.h)   5 s, when one is due
 *   retention    what the office keeps no longer is taken away 600 s, and at the start
 *   visits       the sample of closed matters to call back    600 s, and at the start
 */
#ifndef FANGXIN_JOBS_JOBS_H
#define FANGXIN_JOBS_JOBS_H

#include "store/copies.h"
#include "work/access.h"
#include "work/setup.h"

struct jobs;

struct jobs_options {
    struct store *store;
    struct setups *setups;
    struct access_log *access;
    struct press *press;     /* makes letters; NULL: one for each */
    struct copy_plan copies; /* folder NULL: none are made */
    /* Called after each round of a job with its lag in ms (index) or what it did; may be NULL. */
    void (*report)(void *arg, const char *job, int64_t value);
    void *arg;
};

enum err_code jobs_start(const struct jobs_options *options, struct jobs **ret,
                         struct err *err) MUST_CHECK;
/* Ends the threads after the jobs under way; writes noted looks. NULL is fine. */
void jobs_stop(struct jobs *jobs);

/* Runs one job by name to its end, in the caller's thread: commands and tests. ERR_NOT_FOUND. */
enum err_code jobs_run(struct op *op, const char *name) MUST_CHECK;

#endif
