/* Which complaints count for disclosure (公示), as the pack packs/rules/disclosure.json says. What
 * is published, and when, is another matter: the pack's `state` says how it stands. */
#ifndef FANGXIN_RULES_DISCLOSURE_H
#define FANGXIN_RULES_DISCLOSURE_H

#include "rules/field.h"
#include "base/err.h"

struct disclosure {
    const char *id, *revision;
    struct label instrument;
    struct label never, shows, state; /* sentences for the page of a business */
    bool consent;                     /* only with the consumer's consent */
};

/* ERR_INVALID with an item per fault. Give it back with disclosure_free. */
enum err_code disclosure_load(const char *json, size_t n, struct disclosure **ret,
                              struct err *err) MUST_CHECK;
void disclosure_free(struct disclosure *d); /* NULL is fine */

/* Whether a matter of this kind with this outcome and ground ("" none) counts; consent apart. */
bool disclosure_counts(const struct disclosure *d, const char *kind, const char *outcome,
                       const char *ground);

#endif
