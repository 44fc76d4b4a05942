/* Who somebody is for a matter: a set of bits. */
#ifndef FANGXIN_RULES_ROLES_H
#define FANGXIN_RULES_ROLES_H

#include "rules/label.h"

enum role {
    ROLE_INTAKE = 1 << 0,     /* registers and distributes */
    ROLE_HANDLER = 1 << 1,    /* decides, mediates, verifies */
    ROLE_SUPERVISOR = 1 << 2, /* answers for a body and those below */
    ROLE_LEADER = 1 << 3,     /* approves what the law leaves to the authority's leader */
    ROLE_AUDITOR = 1 << 4,    /* sees who looked at what */
    ROLE_ADMIN = 1 << 5,      /* bodies, officers, settings; no matters */
    ROLE_SECURITY = 1 << 6,   /* keys and access log; no matters */
    ROLE_PARTY = 1 << 7,      /* holder of number and PIN; never stored with an officer */
    ROLE_SYSTEM = 1 << 8,     /* jobs */
    ROLE_BUSINESS = 1 << 9,   /* holder of a business's login code; never stored with an officer */
};

#define ROLES_OFFICER 0x7fu /* the roles an officer can hold */
#define ROLES_COUNT 10

/* The bit of a name ("intake" … "security", "party", "system",
 * "business"); 0 when there is no such role. */
unsigned role_find(const char *name);
/* The name of one bit; NULL when it is not exactly one known bit. */
const char *role_name(unsigned role);
const struct label *role_label(unsigned role);

#endif
