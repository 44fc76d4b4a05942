/* What the files of records share. */
#ifndef FANGXIN_WORK_RECORD_INTERNAL_H
#define FANGXIN_WORK_RECORD_INTERNAL_H

#include "work/record.h"

/* Row: id, version, head, state. */
enum err_code record_read(struct op *op, struct stmt *s, const char *kind,
                          struct record *ret) MUST_CHECK;
/* One event more. ERR_CORRUPT when it does not follow on. */
enum err_code record_fold(struct op *op, struct record *r, const struct event *ev,
                          const json_t *body) MUST_CHECK;

#endif
