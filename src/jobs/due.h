/* The watch over due dates: a matter or case that went late is announced once, also when it
 * happened while nothing was running. Late itself is computed from dates and never stored. */
#ifndef FANGXIN_JOBS_DUE_H
#define FANGXIN_JOBS_DUE_H

#include "store/store.h"

/* Writes an event of kind "late" (act: the rule, at: its date) for each; *ret_n counts them. */
enum err_code due_announce(struct op *op, int64_t *ret_n) MUST_CHECK;
/* Open matters past their date now. */
enum err_code due_late(struct op *op, int64_t *ret_n) MUST_CHECK;

#endif
