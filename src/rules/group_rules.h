/* When matters against one business are proposed as a group, and what the law asks of one: the
 * numbers of packs/watches/groups.json. */
#ifndef FANGXIN_RULES_GROUP_RULES_H
#define FANGXIN_RULES_GROUP_RULES_H

#include <stdint.h>

#include "base/err.h"
#include "rules/label.h"

#define GROUP_ACTS_MAX 4

struct group_rules {
    const char *revision;
    int64_t members;   /* as many make a proposal … */
    int64_t days;      /* … when received within so many days of the newest … */
    int64_t likeness;  /* … and each as like another as this, of 1000 (insight/likeness.h) */
    int64_t again;     /* new ones that bring a dismissed set back */
    int64_t looked_at; /* matters of one business that are compared, the newest */
    int64_t representatives; /* at most */
    struct label representatives_basis;
    struct label change_basis; /* why others need the consent of those represented */
    size_t n_decisions, n_agreed;
    const char *decisions[GROUP_ACTS_MAX]; /* acts by which a decision reaches the members */
    const char *agreed[GROUP_ACTS_MAX];    /* those that need each member's consent */
    struct label decision_basis;
    const char *meeting_act; /* by which a meeting reaches the members; NULL: it does not */
};

/* @return ERR_MALFORMED, ERR_INVALID with an item per fault */
enum err_code group_rules_load(const char *bytes, size_t n, struct group_rules **ret,
                               struct err *err) MUST_CHECK;
void group_rules_free(struct group_rules *rules); /* NULL is fine */

bool group_rules_decides(const struct group_rules *rules, const char *act);
bool group_rules_needs_consent(const struct group_rules *rules, const char *act);

#endif
