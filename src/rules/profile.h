/* What sort of office an installation is: which rule packs govern which matters, and which code
 * tables it uses. packs/profiles/NAME.json; `init --profile` stores the name. No code asks for a
 * profile by name: what differs between offices is in these files. */
#ifndef FANGXIN_RULES_PROFILE_H
#define FANGXIN_RULES_PROFILE_H

#include "base/embed.h"
#include "rules/pack.h"

#define PROFILE_PACKS_MAX 6
#define PROFILE_FAMILIES_MAX 8
#define PROFILE_CHANNELS_MAX 8

/* Packs that replace one another in time; the newest first. */
struct profile_family {
    unsigned kinds; /* bit per enum matter_kind */
    const char *channels[PROFILE_CHANNELS_MAX];
    size_t n_channels;                    /* 0: whatever channel */
    const char *packs[PROFILE_PACKS_MAX]; /* ids */
    size_t n_packs;
};

struct profile {
    const char *id; /* "bank" */
    struct label label;
    const char *codes; /* folder below packs/codes whose tables stand in for those of the same id;
                          NULL: none */
    const char
        *groups; /* file of the rules of groups, "watches/groups-finance.json"; NULL: the usual */
    const char *phone; /* said on the portal until the operator sets one; NULL: none */
    struct profile_family families[PROFILE_FAMILIES_MAX]; /* the first that fits governs */
    size_t n_families;
};

struct profiles;

/* Reads every file below "profiles/". ERR_INVALID names file and field; whether the packs exist is
 * checked by who loads them. */
enum err_code profiles_load(const struct embedded_file *files, struct profiles **ret,
                            struct err *err) MUST_CHECK;
void profiles_free(struct profiles *profiles); /* NULL is fine */

size_t profiles_count(const struct profiles *profiles);
const struct profile *profiles_at(const struct profiles *profiles, size_t i);
/* By id; NULL when there is none. */
const struct profile *profile_find(const struct profiles *profiles, const char *id);

/* The family for a matter; NULL where the office takes none of that kind.
 * @param channel  NULL: any but one that has a family of its own */
const struct profile_family *profile_family(const struct profile *profile, enum matter_kind kind,
                                            const char *channel);

#endif
