/* verify: the files that a matter's events name are known to the store. */
#ifndef FANGXIN_WORK_VERIFY_EVIDENCE_H
#define FANGXIN_WORK_VERIFY_EVIDENCE_H

#include "work/evidence.h"

/* @param[out] ret_table  "blob" or "scan" when a row is missing or another one; NULL when all fit.
 * That the bytes open, and are those sealed under that name, is the store's own check. */
enum err_code verify_evidence(struct op *op, struct snapshot *snap, const struct matter *m,
                              const char **ret_table) MUST_CHECK;

/* The same for one file of the record @p owner; leaves *ret_table when all fit. */
enum err_code verify_file(struct op *op, struct snapshot *snap, int64_t owner,
                          const struct evidence_file *file, const char **ret_table) MUST_CHECK;

#endif
