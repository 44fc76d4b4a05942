/* What an officer may consider when judging whether a purchase was for living consumption (Order
 * 121 art. 17): the counts and thresholds of packs/watches/factors.json. A factor is a sentence and
 * a number for a person to weigh; nothing is decided by it, and there is no sum of them. */
#ifndef FANGXIN_RULES_FACTOR_RULES_H
#define FANGXIN_RULES_FACTOR_RULES_H

#include <stdint.h>

#include "base/err.h"
#include "rules/label.h"

enum factor_counts {
    FACTOR_QUANTITY,  /* pieces, as the filing says */
    FACTOR_OF_PERSON, /* complaints from the same phone */
    FACTOR_OF_PERSON_BUSINESS_CATEGORY,
    FACTOR_OF_BUSINESS_CATEGORY_PROBLEM,
    FACTOR_WITHOUT_PROOF,    /* neither evidence nor order number */
    FACTOR_NAMES_OF_PHONE,   /* different names that complained from the same phone */
    FACTOR_NAMES_OF_ADDRESS, /* different names at the same address, against the same business */
};

struct factor_rule {
    const char *id;
    enum factor_counts counts;
    int64_t days;      /* received within so many days before this one, or since; 0: any time */
    int64_t least;     /* shown from this number on */
    struct label says; /* with {n} and {days} */
    struct label basis;
};

struct factor_rules {
    const char *revision;
    int64_t looked_at; /* matters of the person, and of the business, the newest */
    const struct factor_rule *factors;
    size_t n_factors;
};

/* @return ERR_MALFORMED, ERR_INVALID with an item per fault */
enum err_code factor_rules_load(const char *bytes, size_t n, struct factor_rules **ret,
                                struct err *err) MUST_CHECK;
void factor_rules_free(struct factor_rules *rules); /* NULL is fine */

#endif
