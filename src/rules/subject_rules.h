/* What other laws ask for by the subject of a report: whom to tell and until when, that rewards are
 * due, that another procedure applies (Order 121 arts 36, 43): packs/watches/subjects.json. Shown
 * to who handles the report; nothing follows by itself. */
#ifndef FANGXIN_RULES_SUBJECT_RULES_H
#define FANGXIN_RULES_SUBJECT_RULES_H

#include "base/err.h"
#include "rules/label.h"

enum subject_use {
    SUBJECT_TELL,        /* the reporter is told */
    SUBJECT_REWARD,      /* … is rewarded */
    SUBJECT_HAND_OVER,   /* what is not one's own is handed over */
    SUBJECT_OTHER_RULES, /* another procedure applies */
};

struct subject_rule {
    const char *id;
    const char *const *violations; /* codes of the table */
    size_t n_violations;
    enum subject_use use;
    int working_days; /* from receipt; 0: the law sets no term */
    bool named;       /* only where the reporter gave a name */
    struct label says, basis;
};

struct subject_rules {
    const char *revision;
    const struct subject_rule *rules;
    size_t n_rules;
};

/* @return ERR_MALFORMED, ERR_INVALID with an item per fault */
enum err_code subject_rules_load(const char *bytes, size_t n, struct subject_rules **ret,
                                 struct err *err) MUST_CHECK;
void subject_rules_free(struct subject_rules *rules); /* NULL is fine */
/* @p violation NULL: none */
bool subject_fits(const struct subject_rule *rule, const char *violation, bool anonymous);
const char *subject_use_name(enum subject_use use); /* "tell" "reward" "hand_over" "other_rules" */

#endif
