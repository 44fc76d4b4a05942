/* Names of roles, in one table. */
#include "rules/roles.h"

#include <stddef.h>
#include <string.h>

static const struct {
    unsigned role;
    const char *name;
    struct label label;
} roles[] = {
    {ROLE_INTAKE, "intake", {"登记", "Intake"}},
    {ROLE_HANDLER, "handler", {"承办", "Handler"}},
    {ROLE_SUPERVISOR, "supervisor", {"督办", "Supervisor"}},
    {ROLE_LEADER, "leader", {"负责人", "Leader"}},
    {ROLE_AUDITOR, "auditor", {"审计", "Auditor"}},
    {ROLE_ADMIN, "admin", {"管理", "Administrator"}},
    {ROLE_SECURITY, "security", {"安全", "Security"}},
    {ROLE_PARTY, "party", {"当事人", "Party"}},
    {ROLE_SYSTEM, "system", {"自动", "System"}},
    {ROLE_BUSINESS, "business", {"经营者", "Business"}},
};

unsigned role_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < ROLES_COUNT; i++) {
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    }
    return 0;
}

const char *role_name(unsigned role)
{
    for (size_t i = 0; i < ROLES_COUNT; i++) {
        if (roles[i].role == role)
            return roles[i].name;
    }
    return NULL;
}

const struct label *role_label(unsigned role)
{
    for (size_t i = 0; i < ROLES_COUNT; i++) {
        if (roles[i].role == role)
            return &roles[i].label;
    }
    return NULL;
}
