/* What acts.c needs of filing.c: a report split off, an amendment. */
#ifndef FANGXIN_WORK_FILING_INTERNAL_H
#define FANGXIN_WORK_FILING_INTERNAL_H

#include "work/draft.h"
#include "work/filing.h"
#include "work/filing_check.h"

/* First event of a matter with this id; @p linked 0 or the matter it is linked with by @p relation.
 * The caller saves it. */
enum err_code filing_register(struct op *op, struct changes *ch, const json_t *filing,
                              const struct filing_facts *f, int64_t id, int64_t linked,
                              const char *relation, struct matter *m) MUST_CHECK;
/* Puts an amendment into the draft: the fields given replace those filed, the whole filing is
 * sealed again with this event. */
enum err_code filing_amend(struct draft *d, struct changes *ch, struct snapshot *snap,
                           const json_t *fields) MUST_CHECK;
/* The title of the state after it. */
enum err_code filing_retitle(struct op *op, struct snapshot *snap, struct matter *m,
                             const json_t *texts, const json_t *fields) MUST_CHECK;

#endif
