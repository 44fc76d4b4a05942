/* Shared by summary.c and summary_figures.c. */
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

#endif
