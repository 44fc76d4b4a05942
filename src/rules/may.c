/* The permission table and the few lines that read it. Whoever wants to know who may do what reads
 * the table; tests/unit/test_may.c holds the same as a matrix written by hand. */
#include "rules/may.h"

#include <string.h>

/* Where the actor must stand towards the record. */
enum relation {
    REL_ANY,           /* no record, or any */
    REL_SUBTREE,       /* it lies with his body or one below */
    REL_ASSIGNED,      /* he handles it */
    REL_REGISTERED,    /* he wrote it down */
    REL_TAKEN_IN,      /* he wrote it down, and nobody has it yet */
    REL_UNASSIGNED,    /* it waits in his body's intake, and nobody has it yet */
    REL_FOR_LEADER,    /* in his subtree, waiting for a leader's approval */
    REL_TARGET,        /* in his subtree, and so is the body it is to go to */
    REL_TARGET_INTAKE, /* REL_TAKEN_IN or REL_UNASSIGNED, and the target is in his subtree */
    REL_BELOW,         /* his body lies at or below the record's */
    REL_PARTY,         /* the matter of his PIN */
    REL_ABOVE,         /* it belongs to his body or one above */
    REL_RESPONDENT,    /* it is about the business of his code, and was sent to it */
};

#define OPEN 1u   /* enquiries, complaints and everything that is not a matter */
#define SECRET 2u /* reports */
#define BOTH (OPEN | SECRET)

#define ROLE_ANYBODY (1u << 16) /* not signed in; only in this file */

#define INTAKE ((unsigned)ROLE_INTAKE)
#define HANDLER ((unsigned)ROLE_HANDLER)
#define SUPERVISOR ((unsigned)ROLE_SUPERVISOR)
#define LEADER ((unsigned)ROLE_LEADER)
#define AUDITOR ((unsigned)ROLE_AUDITOR)
#define ADMIN ((unsigned)ROLE_ADMIN)
#define SECURITY ((unsigned)ROLE_SECURITY)
#define PARTY ((unsigned)ROLE_PARTY)
#define SYSTEM ((unsigned)ROLE_SYSTEM)
#define BUSINESS ((unsigned)ROLE_BUSINESS)
#define STAFF (INTAKE | HANDLER | SUPERVISOR)

struct row {
    enum may_act act;
    unsigned classes;
    unsigned roles;
    enum relation relation;
};

static const struct row table[] = {
    /* that it exists */
    {MAY_SEE, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_SEE, OPEN, STAFF, REL_REGISTERED},
    {MAY_SEE, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_SEE, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_SEE, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_SEE, SECRET, STAFF, REL_REGISTERED},
    {MAY_SEE, SECRET, INTAKE, REL_UNASSIGNED},
    {MAY_SEE, SECRET, LEADER, REL_FOR_LEADER},
    {MAY_SEE, BOTH, PARTY, REL_PARTY},
    {MAY_SEE, OPEN, BUSINESS, REL_RESPONDENT},
    {MAY_SEE, BOTH, SYSTEM, REL_ANY},
    /* counting shows that it exists */
    {MAY_COUNT, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_COUNT, OPEN, STAFF, REL_REGISTERED},
    {MAY_COUNT, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_COUNT, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_COUNT, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_COUNT, SECRET, STAFF, REL_REGISTERED},
    {MAY_COUNT, SECRET, INTAKE, REL_UNASSIGNED},
    {MAY_COUNT, SECRET, LEADER, REL_FOR_LEADER},
    {MAY_COUNT, BOTH, SYSTEM, REL_ANY},
    /* what it says; a report's PIN shows its receipt only */
    {MAY_READ, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ, OPEN, STAFF, REL_REGISTERED},
    {MAY_READ, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_READ, SECRET, STAFF, REL_REGISTERED},
    {MAY_READ, SECRET, INTAKE, REL_UNASSIGNED},
    {MAY_READ, SECRET, LEADER, REL_FOR_LEADER},
    {MAY_READ, OPEN, PARTY, REL_PARTY},
    {MAY_READ, OPEN, BUSINESS, REL_RESPONDENT},
    {MAY_READ, BOTH, SYSTEM, REL_ANY},
    /* persons in clear */
    {MAY_REVEAL_PERSON, OPEN, STAFF, REL_SUBTREE},
    {MAY_REVEAL_PERSON, OPEN, STAFF, REL_REGISTERED},
    {MAY_REVEAL_PERSON, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_REVEAL_PERSON, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_REVEAL_PERSON, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_REVEAL_REPORTER, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_REVEAL_REPORTER, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_REVEAL_REPORTER, SECRET, STAFF, REL_REGISTERED},
    /* evidence of a report: who works on it, his supervisor, who took it in, who sent it */
    {MAY_READ_FILE, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ_FILE, OPEN, STAFF, REL_REGISTERED},
    {MAY_READ_FILE, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_FILE, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_FILE, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_READ_FILE, SECRET, STAFF, REL_REGISTERED},
    {MAY_READ_FILE, BOTH, PARTY, REL_PARTY},
    {MAY_READ_FILE, BOTH, SYSTEM, REL_ANY},
    {MAY_READ_ORIGINAL, OPEN, STAFF, REL_SUBTREE},
    {MAY_READ_ORIGINAL, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_ORIGINAL, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_ORIGINAL, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_READ_ORIGINAL, OPEN, PARTY, REL_PARTY},
    {MAY_READ_ORIGINAL, BOTH, SYSTEM, REL_ANY},
    {MAY_READ_REMOVED, BOTH, SUPERVISOR, REL_SUBTREE},
    /* acts; the pack says which of them each role has */
    {MAY_ACT, OPEN, STAFF | LEADER, REL_SUBTREE},
    {MAY_ACT, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_ACT, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_ACT, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_ACT, SECRET, INTAKE, REL_TAKEN_IN},
    {MAY_ACT, SECRET, INTAKE, REL_UNASSIGNED},
    {MAY_ACT, SECRET, LEADER, REL_FOR_LEADER},
    {MAY_ACT, BOTH, PARTY, REL_PARTY},
    {MAY_ACT, OPEN, BUSINESS, REL_RESPONDENT},
    {MAY_ACT, BOTH, SYSTEM, REL_ANY},
    /* never to a body outside one's own subtree: it goes back to the intake (Order 121 art. 41) */
    {MAY_ASSIGN, OPEN, INTAKE | SUPERVISOR, REL_TARGET},
    {MAY_ASSIGN, SECRET, SUPERVISOR, REL_TARGET},
    {MAY_ASSIGN, SECRET, INTAKE, REL_TARGET_INTAKE},
    {MAY_ASSIGN, BOTH, SYSTEM, REL_ANY},
    /* taking out and in */
    {MAY_EXPORT, OPEN, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_EXPORT, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_EXPORT, OPEN, SYSTEM, REL_ANY},
    {MAY_CREATE, BOTH, ROLE_ANYBODY | STAFF | SYSTEM, REL_ANY},
    {MAY_CREATE_STAFF, BOTH, STAFF | SYSTEM, REL_ANY},
    {MAY_IMPORT, BOTH, SUPERVISOR | ADMIN | SYSTEM, REL_ANY},
    /* figures, log, administration: facts hold the body concerned */
    {MAY_READ_FIGURES, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ_FIGURES, BOTH, SYSTEM, REL_ANY},
    /* summaries: with figures of reports for those above the handlers; bulletins go down the tree
     */
    {MAY_READ_SUMMARY, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ_SUMMARY, SECRET, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_READ_SUMMARY, BOTH, SYSTEM, REL_ANY},
    {MAY_READ_ISSUED, OPEN, STAFF | LEADER | AUDITOR, REL_BELOW},
    {MAY_WRITE_SUMMARY, OPEN, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_WRITE_SUMMARY, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_WRITE_SUMMARY, BOTH, SYSTEM, REL_ANY},
    {MAY_ISSUE_SUMMARY, BOTH, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_ISSUE_SUMMARY, BOTH, SYSTEM, REL_ANY},
    {MAY_READ_ACCESS_LOG, BOTH, AUDITOR | SECURITY, REL_SUBTREE},
    {MAY_READ_ACCESS_LOG, BOTH, SYSTEM, REL_ANY},
    {MAY_ADMIN_USER, OPEN, ADMIN, REL_SUBTREE},
    {MAY_ADMIN_USER, OPEN, SYSTEM, REL_ANY},
    {MAY_ADMIN_RULES, OPEN, ADMIN | SYSTEM, REL_ANY},
    {MAY_ADMIN_KEYS, OPEN, SECURITY | SYSTEM, REL_ANY},
    /* orders; one that holds a report is as secret as the report */
    {MAY_READ_ORDER, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ_ORDER, OPEN, STAFF, REL_REGISTERED},
    {MAY_READ_ORDER, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_ORDER, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_READ_ORDER, SECRET, STAFF, REL_REGISTERED},
    {MAY_READ_ORDER, SECRET, INTAKE, REL_UNASSIGNED},
    {MAY_READ_ORDER, BOTH, SYSTEM, REL_ANY},
    {MAY_ACT_ORDER, OPEN, STAFF, REL_SUBTREE},
    {MAY_ACT_ORDER, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_ACT_ORDER, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_ACT_ORDER, SECRET, INTAKE, REL_TAKEN_IN},
    {MAY_ACT_ORDER, SECRET, INTAKE, REL_UNASSIGNED},
    {MAY_ACT_ORDER, BOTH, SYSTEM, REL_ANY},
    {MAY_IMPORT_ORDERS, BOTH, INTAKE | SUPERVISOR | SYSTEM, REL_ANY},
    {MAY_EXPORT_ORDERS, OPEN, INTAKE | SUPERVISOR, REL_SUBTREE},
    {MAY_EXPORT_ORDERS, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_EXPORT_ORDERS, BOTH, SYSTEM, REL_ANY},
    /* businesses are known to the whole installation: one shop has matters in several bodies */
    {MAY_READ_BUSINESS, OPEN, STAFF | LEADER | AUDITOR | ADMIN | SYSTEM, REL_ANY},
    {MAY_WRITE_BUSINESS, OPEN, STAFF | SYSTEM, REL_ANY},
    {MAY_MERGE_BUSINESS, OPEN, INTAKE | SUPERVISOR | SYSTEM, REL_ANY},
    /* duty and diary: facts hold the body concerned */
    {MAY_READ_DUTY, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_PLAN_DUTY, OPEN, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_WRITE_DIARY, OPEN, STAFF | LEADER, REL_SUBTREE},
    /* saved views: what is asked, not what is found */
    {MAY_KEEP_VIEW, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_SEE_VIEW, OPEN, STAFF | LEADER | AUDITOR, REL_REGISTERED},
    {MAY_SEE_VIEW, OPEN, STAFF | LEADER | AUDITOR, REL_ABOVE},
    {MAY_SEE_VIEW, OPEN, SUPERVISOR, REL_SUBTREE},
    {MAY_CHANGE_VIEW, OPEN, STAFF | LEADER | AUDITOR, REL_REGISTERED},
    {MAY_CHANGE_VIEW, OPEN, SUPERVISOR, REL_SUBTREE},
    /* when and how many for those who run the house, which ones only for who may read them */
    {MAY_READ_RETENTION, OPEN, SUPERVISOR | LEADER | AUDITOR | ADMIN | SECURITY, REL_SUBTREE},
    {MAY_HOLD, OPEN, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_HOLD, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_READ_VISITS, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    /* groups: facts hold the body they lie with */
    {MAY_SEE_GROUP, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_SEE_GROUP, OPEN, SYSTEM, REL_ANY},
    {MAY_WORK_GROUP, OPEN, STAFF, REL_SUBTREE},
    {MAY_WORK_GROUP, OPEN, SYSTEM, REL_ANY},
    {MAY_JUDGE_GROUP, OPEN, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_JUDGE_GROUP, OPEN, SYSTEM, REL_ANY},
    /* enforcement cases: no business of the counter; the officers named work on one, supervisors
     * and leaders of the subtree decide */
    {MAY_READ_CASE, OPEN, HANDLER | SUPERVISOR | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ_CASE, OPEN, SYSTEM, REL_ANY},
    {MAY_MAKE_CASE, OPEN, HANDLER | SUPERVISOR, REL_SUBTREE},
    {MAY_MAKE_CASE, OPEN, SYSTEM, REL_ANY},
    {MAY_ACT_CASE, OPEN, HANDLER, REL_ASSIGNED},
    {MAY_ACT_CASE, OPEN, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_ACT_CASE, OPEN, SYSTEM, REL_ANY},
    /* letters name the parties: as revealing them; issuing is for who acts on the matter */
    {MAY_READ_LETTER, OPEN, STAFF, REL_SUBTREE},
    {MAY_READ_LETTER, OPEN, STAFF, REL_REGISTERED},
    {MAY_READ_LETTER, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_LETTER, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_LETTER, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_READ_LETTER, SECRET, INTAKE, REL_TAKEN_IN},
    {MAY_READ_LETTER, BOTH, SYSTEM, REL_ANY},
    {MAY_ISSUE_LETTER, OPEN, STAFF, REL_SUBTREE},
    {MAY_ISSUE_LETTER, OPEN, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_ISSUE_LETTER, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_ISSUE_LETTER, SECRET, SUPERVISOR, REL_SUBTREE},
    {MAY_ISSUE_LETTER, SECRET, INTAKE, REL_TAKEN_IN},
    {MAY_ISSUE_LETTER, BOTH, SYSTEM, REL_ANY},
    /* registers: the work of the subtree; one whose parties are secret shows an entry to who wrote
     * it down, whom it names, and those who answer for the body */
    {MAY_READ_ENTRY, OPEN, STAFF | LEADER | AUDITOR, REL_SUBTREE},
    {MAY_READ_ENTRY, SECRET, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_READ_ENTRY, SECRET, STAFF, REL_REGISTERED},
    {MAY_READ_ENTRY, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_READ_ENTRY, BOTH, SYSTEM, REL_ANY},
    {MAY_MAKE_ENTRY, BOTH, STAFF | LEADER, REL_SUBTREE},
    {MAY_MAKE_ENTRY, BOTH, SYSTEM, REL_ANY},
    {MAY_ACT_ENTRY, OPEN, STAFF | LEADER, REL_SUBTREE},
    {MAY_ACT_ENTRY, SECRET, SUPERVISOR | LEADER, REL_SUBTREE},
    {MAY_ACT_ENTRY, SECRET, STAFF, REL_REGISTERED},
    {MAY_ACT_ENTRY, SECRET, HANDLER | SUPERVISOR, REL_ASSIGNED},
    {MAY_ACT_ENTRY, BOTH, SYSTEM, REL_ANY},
};

#define ROWS (sizeof table / sizeof table[0])

bool body_path_within(const char *path, const char *root_path)
{
    size_t n;

    if (path == NULL || root_path == NULL)
        return false;
    n = strlen(root_path);
    return n > 0 && root_path[n - 1] == '/' && strncmp(path, root_path, n) == 0;
}

static bool holds_id(const int64_t *ids, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == id)
            return true;
    }
    return false;
}

static bool is_recused(const struct actor *actor, const struct record_facts *f)
{
    return actor->kind == ACTOR_OFFICER && holds_id(f->recused, f->n_recused, actor->officer_id);
}

static unsigned held_roles(const struct actor *actor)
{
    switch (actor->kind) {
    case ACTOR_PUBLIC:
        return ROLE_ANYBODY;
    case ACTOR_PARTY:
        return PARTY;
    case ACTOR_OFFICER:
        return actor->officer_id != 0 ? actor->roles & ROLES_OFFICER : 0;
    case ACTOR_SYSTEM:
        return SYSTEM;
    case ACTOR_BUSINESS:
        return BUSINESS;
    }
    return 0;
}

static bool in_reach(const struct actor *a, const struct record_facts *f)
{
    return body_path_within(f->body_path, a->body_path);
}

static bool is_assigned(const struct actor *a, const struct record_facts *f)
{
    return a->officer_id == f->officer_id || holds_id(f->officers, f->n_officers, a->officer_id);
}

static bool waits_in_intake(const struct actor *a, const struct record_facts *f)
{
    return !f->assigned && f->body_path != NULL && a->body_path != NULL &&
           a->body_path[0] != '\0' && strcmp(f->body_path, a->body_path) == 0;
}

static bool stands(enum relation relation, const struct actor *a, const struct record_facts *f)
{
    bool officer = a->kind == ACTOR_OFFICER && a->officer_id != 0;
    bool taken_in = officer && a->officer_id == f->registered_by && !f->assigned;

    switch (relation) {
    case REL_ANY:
        return true;
    case REL_SUBTREE:
        return officer && in_reach(a, f);
    case REL_ASSIGNED:
        return officer && is_assigned(a, f);
    case REL_REGISTERED:
        return officer && a->officer_id == f->registered_by;
    case REL_TAKEN_IN:
        return taken_in;
    case REL_UNASSIGNED:
        return officer && waits_in_intake(a, f);
    case REL_FOR_LEADER:
        return officer && f->waits_for_leader && in_reach(a, f);
    case REL_TARGET:
        return officer && in_reach(a, f) && body_path_within(f->target_path, a->body_path);
    case REL_TARGET_INTAKE:
        return (taken_in || (officer && waits_in_intake(a, f))) &&
               body_path_within(f->target_path, a->body_path);
    case REL_BELOW:
        return officer && body_path_within(a->body_path, f->body_path);
    case REL_PARTY:
        return a->kind == ACTOR_PARTY && a->party_matter != 0 && a->party_matter == f->matter_id;
    case REL_ABOVE:
        return officer && body_path_within(a->body_path, f->body_path);
    case REL_RESPONDENT:
        return a->kind == ACTOR_BUSINESS && a->business != 0 && a->business == f->business &&
               f->sent_to_business;
    }
    return false;
}

/* The roles that open this act on this record, of those the actor holds. */
static unsigned opening_roles(const struct actor *actor, enum may_act act,
                              const struct record_facts *facts)
{
    unsigned held = held_roles(actor), class = facts->secret ? SECRET : OPEN, roles = 0;

    /* A recused officer may know that an open matter exists, nothing else. */
    if (is_recused(actor, facts) && (facts->secret || act != MAY_SEE))
        return 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].act == act && (table[i].classes & class) != 0 &&
            (table[i].roles & held & ~roles) != 0 && stands(table[i].relation, actor, facts))
            roles |= table[i].roles & held;
    }
    return roles;
}

static bool role_fits(const struct actor *actor, enum may_act act, unsigned class)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].act == act && (table[i].classes & class) != 0 &&
            (table[i].roles & held_roles(actor)) != 0)
            return true;
    }
    return false;
}

static struct may_answer no(const char *code, const char *zh, const char *en)
{
    return (struct may_answer){false, code, {zh, en}};
}

static bool about_a_matter(enum may_act act)
{
    return act <= MAY_EXPORT;
}

struct may_answer may(const struct actor *actor, enum may_act act, const struct record_facts *facts)
{
    static const struct record_facts none = {.body_path = ""};

    if (facts == NULL)
        facts = &none;
    if (opening_roles(actor, act, facts) != 0)
        return (struct may_answer){true, "", {NULL, NULL}};
    if (actor->kind == ACTOR_PUBLIC)
        return no("sign_in", "先登录，再办这件事。", "Sign in first.");
    if (about_a_matter(act) && act != MAY_SEE && opening_roles(actor, MAY_SEE, facts) == 0)
        return no("not_visible", "没有找到。", "Nothing is here under this number.");
    if (act == MAY_ACT_ORDER && opening_roles(actor, MAY_READ_ORDER, facts) == 0)
        return no("not_visible", "没有找到。", "Nothing is here under this number.");
    if (act == MAY_SEE || act == MAY_READ_ORDER)
        return no("not_visible", "没有找到。", "Nothing is here under this number.");
    if (is_recused(actor, facts))
        return no("recused", "您已回避这件，不能办理。", "You are recused from this matter.");
    if (!role_fits(actor, act, facts->secret ? SECRET : OPEN))
        return no("role", "您的岗位不办这件事。", "Your role does not include this.");
    if (act == MAY_ASSIGN)
        return no("body", "只能分给本单位和下级；不归本单位的，退回登记处。",
                  "It can go to your body and those below; return it otherwise.");
    if (facts->secret)
        return no("secret", "举报只有承办的人能办。", "Only those assigned to a report handle it.");
    return no("body", "这件不在您的单位。", "This lies outside your body.");
}

enum err_code may_check(const struct actor *actor, enum may_act act,
                        const struct record_facts *facts, struct err *err)
{
    struct may_answer answer = may(actor, act, facts);

    if (answer.yes)
        return ERR_OK;
    if (strcmp(answer.code, "sign_in") == 0)
        return err_field(err, ERR_UNAUTHENTICATED, "", answer.code, answer.why.zh, answer.why.en);
    if (strcmp(answer.code, "not_visible") == 0)
        return err_field(err, ERR_NOT_FOUND, "", answer.code, answer.why.zh, answer.why.en);
    return err_field(err, ERR_FORBIDDEN, "", answer.code, answer.why.zh, answer.why.en);
}

unsigned may_roles(const struct actor *actor, const struct record_facts *facts)
{
    return opening_roles(actor, MAY_ACT, facts);
}

unsigned may_order_roles(const struct actor *actor, const struct record_facts *facts)
{
    return opening_roles(actor, MAY_ACT_ORDER, facts);
}

unsigned may_case_roles(const struct actor *actor, const struct record_facts *facts)
{
    return opening_roles(actor, MAY_ACT_CASE, facts);
}

unsigned may_entry_roles(const struct actor *actor, enum may_act act,
                         const struct record_facts *facts)
{
    return opening_roles(actor, act, facts);
}

static void widen(struct may_scope *scope, const struct row *row)
{
    bool open = (row->classes & OPEN) != 0, secret = (row->classes & SECRET) != 0;

    switch (row->relation) {
    case REL_ANY:
        scope->open_all |= open;
        scope->secret_all |= secret;
        break;
    case REL_SUBTREE:
        scope->open_subtree |= open;
        scope->secret_subtree |= secret;
        break;
    case REL_ASSIGNED:
        scope->open_assigned |= open;
        scope->secret_assigned |= secret;
        break;
    case REL_REGISTERED:
        scope->open_registered |= open;
        scope->secret_registered |= secret;
        break;
    case REL_UNASSIGNED:
        scope->secret_unassigned |= secret;
        break;
    case REL_FOR_LEADER:
        scope->secret_for_leader |= secret;
        break;
    case REL_TAKEN_IN:
    case REL_TARGET:
    case REL_TARGET_INTAKE:
    case REL_BELOW:
    case REL_PARTY:
    case REL_ABOVE:
    case REL_RESPONDENT:
        break; /* not a way to list anything */
    }
}

struct may_scope may_scope(const struct actor *actor, enum may_act act)
{
    struct may_scope scope = {0};
    unsigned held = held_roles(actor);

    for (size_t i = 0; i < ROWS; i++) {
        if (table[i].act == act && (table[i].roles & held) != 0)
            widen(&scope, &table[i]);
    }
    return scope;
}

const char *may_act_name(enum may_act act)
{
    static const char *const names[] = {
        "see",           "read",          "reveal_person", "reveal_reporter", "read_file",
        "read_original", "read_removed",  "act",           "assign",          "count",
        "export",        "create",        "create_staff",  "import",          "read_figures",
        "read_summary",  "read_issued",   "write_summary", "issue_summary",   "read_access_log",
        "admin_user",    "admin_rules",   "admin_keys",    "read_order",      "act_order",
        "import_orders", "export_orders", "read_business", "write_business",  "merge_business",
        "read_duty",     "plan_duty",     "write_diary",   "keep_view",       "see_view",
        "change_view",   "read_visits",   "see_group",     "work_group",      "judge_group",
        "read_case",     "make_case",     "act_case",      "read_letter",     "issue_letter"};

    return act < MAY_COUNT_OF_ACTS ? names[act] : NULL;
}

const char *actor_kind_name(enum actor_kind kind)
{
    static const char *const names[] = {[ACTOR_PUBLIC] = "public",
                                        [ACTOR_PARTY] = "party",
                                        [ACTOR_OFFICER] = "officer",
                                        [ACTOR_SYSTEM] = "system",
                                        [ACTOR_BUSINESS] = "business"};

    return names[kind];
}
