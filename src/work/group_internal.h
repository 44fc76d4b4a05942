/* What the files of groups share. */
#ifndef FANGXIN_WORK_GROUP_INTERNAL_H
#define FANGXIN_WORK_GROUP_INTERNAL_H

#include "base/json.h"
#include "work/group.h"

/* What may() looks at. */
struct record_facts group_facts(struct op *op, const struct record *r);
/* NULL: the title stays. */
void group_set_title(struct record_draft *d, const char *title);
/* The leader belongs to the group's body or one below; 0: nobody is named. ERR_INVALID. */
enum err_code group_set_officer(struct op *op, struct record_draft *d, int64_t id) MUST_CHECK;
/* A complaint the actor may see, named in the input; ERR_INVALID on @p field. */
enum err_code group_named_matter(struct op *op, struct snapshot *snap, const char *field,
                                 const char *number, struct matter *ret) MUST_CHECK;
/* What an earlier request of the same key has made or changed. */
enum err_code group_earlier(struct op *op, struct record *ret, bool *ret_found) MUST_CHECK;

/* Array "allowed" of the acts the actor may do now. */
void group_allowed(struct op *op, const struct record *r, struct json_writer *w);
/* Schema Group; @p full with candidates and timeline. Closed. */
enum err_code group_write(struct op *op, struct snapshot *snap, const struct record *r, bool full,
                          struct json_writer *w) MUST_CHECK;

#endif
