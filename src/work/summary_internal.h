/* What the files of summaries share. */
#ifndef FANGXIN_WORK_SUMMARY_INTERNAL_H
#define FANGXIN_WORK_SUMMARY_INTERNAL_H

#include "work/summary.h"

/* On whose authority the figures of a summary are counted: with or without reports, as it was
 * saved, whoever looks at it. */
struct actor summary_authority(struct op *op, const struct body *body, bool reports);
/* How a key of a dimension is called. */
struct label summary_label(struct op *op, enum figure_dimension by, const char *key);
/* The bytes of the members, checked against what was saved, into a buffer that the caller
 * releases. */
enum err_code summary_members_file(struct op *op, const struct record *r,
                                   struct buf *ret) MUST_CHECK;

/* summary_world.registers; @p arg is the struct op. */
enum err_code summary_registers(void *arg, struct snapshot *snap, const struct summary_query *query,
                                unsigned groups, json_t *figures, json_t *texts) MUST_CHECK;

#define SUMMARY "summary" /* kind of the record */

/* A draft is for who writes or issues it; one thrown away is for nobody. */
bool summary_may_read(struct op *op, const struct record *r);
/* What a saved one was made for; its texts are the record's. */
enum err_code summary_request_of(struct op *op, const struct record *r,
                                 struct summary_request *ret) MUST_CHECK;

#endif
