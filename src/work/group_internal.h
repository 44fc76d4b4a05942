/* What the files of groups share. */
#ifndef FANGXIN_WORK_GROUP_INTERNAL_H
#define FANGXIN_WORK_GROUP_INTERNAL_H

#include "base/json.h"
#include "work/group.h"

/* Array "allowed" of the acts the actor may do now. */
void group_allowed(struct op *op, const struct record *r, struct json_writer *w);
/* Schema Group; @p full with candidates and timeline. Closed. */
enum err_code group_write(struct op *op, struct snapshot *snap, const struct record *r, bool full,
                          struct json_writer *w) MUST_CHECK;

#endif
