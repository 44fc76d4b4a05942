/* Settings of an installation that people may change, each known by name. */
#ifndef FANGXIN_WORK_SETTING_H
#define FANGXIN_WORK_SETTING_H

#include "store/changes.h"

struct setting_known {
    const char *name;
    const char *what; /* one line for the manual */
};
/* Ends with a NULL name. */
extern const struct setting_known settings_known[];

/* ERR_INVALID for a name that is not known, a value over 400 bytes (8,000 for targets), targets
 * that house_targets_check refuses, or a login for a mail relay without TLS; ERR_FORBIDDEN. */
enum err_code setting_put(struct op *op, const char *name, const char *value) MUST_CHECK;
/* What sort of office this is, said once by init; no page changes it. */
enum err_code setting_profile(struct op *op, const char *profile) MUST_CHECK;
/* Marks the folder as a sample: said on the pages, served on this machine alone. */
enum err_code setting_mark_demo(struct op *op) MUST_CHECK;

#endif
