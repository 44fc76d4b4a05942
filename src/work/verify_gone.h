/* What was taken away with all its traces but one: sealed rows to which an event holds the
 * commitment, and matters whose numbers are gaps in the sequence of a month. */
#ifndef FANGXIN_WORK_VERIFY_GONE_H
#define FANGXIN_WORK_VERIFY_GONE_H

#include "work/matter.h"

/* Notes what an event of the matter sealed: {"consumer": true, …, "text": [versions]}, and takes
 * out whom and what a purge took away. */
void gone_note(json_t *sealed, int64_t version, const json_t *event_body);
/* @param[out] ret_table  the table that has not all of it, NULL when it has */
enum err_code gone_sealed(struct op *op, struct snapshot *snap, int64_t id, const json_t *sealed,
                          const char **ret_table) MUST_CHECK;

#define GONE_NUMBERS 20
/* The ids between two that follow each other, last 0 before the first; at most GONE_NUMBERS. A
 * filing that failed at the disk leaves such a gap too, so ask only when events are missing. */
size_t gone_between(int64_t last, int64_t id, int64_t ret[GONE_NUMBERS]);

#endif
