/* Who may do what: one function, one table, no by default.
 *
 * Bodies form a tree; a path lists the codes from the root ("/420202/42020201/") and always begins
 * and ends with a slash. An officer's reach is his body and those below it. */
#ifndef FANGXIN_RULES_MAY_H
#define FANGXIN_RULES_MAY_H

#include <stdint.h>

#include "rules/pack.h"

enum actor_kind {
    ACTOR_PUBLIC,   /* nobody signed in */
    ACTOR_PARTY,    /* gave number and PIN of one matter */
    ACTOR_OFFICER,  /* signed in */
    ACTOR_SYSTEM,   /* jobs and commands of the operator */
    ACTOR_BUSINESS, /* gave the login code of a business */
};

#define BODY_CODE 32

struct actor {
    enum actor_kind kind;
    int64_t officer_id; /* 0 unless ACTOR_OFFICER */
    char body[BODY_CODE];
    const char *body_path; /* "" unless ACTOR_OFFICER */
    unsigned roles;        /* enum role bits held by the officer */
    int64_t party_matter;  /* ACTOR_PARTY: id of the matter the PIN belongs to */
    int64_t business;      /* ACTOR_BUSINESS: id of the business the code belongs to */
};

/* What is looked at. For things that are not a matter (figures, users, import) fill body_path with
 * the body concerned and leave the rest zero. */
struct record_facts {
    int64_t matter_id;
    enum matter_kind kind;
    bool secret;             /* a report */
    const char *body_path;   /* the body it lies with now */
    bool assigned;           /* handed to a body for handling (left the intake) */
    int64_t officer_id;      /* handling it, 0 = nobody */
    const int64_t *officers; /* further officers assigned to it */
    size_t n_officers;
    int64_t registered_by;  /* officer, 0 = the person herself */
    bool waits_for_leader;  /* an approval is asked for */
    const int64_t *recused; /* officers kept out of it */
    size_t n_recused;
    const char *target_path; /* MAY_ASSIGN: the body it is to go to */
    int64_t business;        /* confirmed by a clerk, 0 = none */
    bool sent_to_business;   /* its rule pack gives the business acts of its own */
};

enum may_act {
    MAY_SEE,             /* that it exists: lists, search, counts, changes, look-ups, links */
    MAY_READ,            /* its content, persons masked */
    MAY_REVEAL_PERSON,   /* a masked value of consumer or business in clear, with a reason */
    MAY_REVEAL_REPORTER, /* who made a report, with a reason */
    MAY_READ_FILE,       /* evidence as shown: pictures made anew */
    MAY_READ_ORIGINAL,   /* evidence as it came, with all that a camera writes into it */
    MAY_READ_REMOVED,    /* the original of evidence that was removed */
    MAY_ACT,             /* acts of the workflow; which ones is decided by may_roles + workflow */
    MAY_ASSIGN,          /* to target_path */
    MAY_COUNT,
    MAY_EXPORT,
    MAY_CREATE,
    MAY_CREATE_STAFF, /* file on behalf of somebody, name channel and receipt */
    MAY_IMPORT,
    MAY_READ_FIGURES,
    MAY_READ_SUMMARY, /* secret: it holds figures of reports */
    MAY_READ_ISSUED,  /* a summary of a body above, once it is issued */
    MAY_WRITE_SUMMARY,
    MAY_ISSUE_SUMMARY,
    MAY_READ_ACCESS_LOG,
    MAY_ADMIN_USER,
    MAY_ADMIN_RULES, /* calendars, packs, aliases, settings */
    MAY_ADMIN_KEYS,
    MAY_READ_ORDER, /* orders of 12345; facts as of a matter, secret when it holds a report */
    MAY_ACT_ORDER,
    MAY_IMPORT_ORDERS,
    MAY_EXPORT_ORDERS,
    MAY_READ_BUSINESS,  /* look a business up, its page; of matters only what MAY_SEE gives */
    MAY_WRITE_BUSINESS, /* register, amend, mark; its contact in clear, with a reason */
    MAY_MERGE_BUSINESS, /* cannot be undone */
    MAY_READ_DUTY,      /* roster and diary of a body */
    MAY_PLAN_DUTY,      /* who is on duty */
    MAY_WRITE_DIARY,    /* entries, handing over, closing a page */
    MAY_KEEP_VIEW,      /* save a view of one's own; facts hold the officer's body */
    MAY_SEE_VIEW,       /* registered_by: its owner; body_path: of a shared one, else "" */
    MAY_CHANGE_VIEW,    /* likewise */
    MAY_READ_RETENTION, /* what is about to be purged, what is on hold; each as its matter
                           (MAY_READ) */
    MAY_HOLD,           /* keep a matter all the same, and end that */
    MAY_READ_VISITS,    /* the list of return visits; each one as its matter (MAY_SEE) */
    MAY_SEE_GROUP,      /* a group lying with body_path */
    MAY_WORK_GROUP,     /* make it, meet, decide, name representatives */
    MAY_JUDGE_GROUP,    /* confirm or dismiss a proposed one, name its leader */
    MAY_READ_CASE,      /* an enforcement case lying with body_path; officers: those named for it */
    MAY_MAKE_CASE,      /* file one for body_path */
    MAY_ACT_CASE,       /* its acts; which ones is decided by may_case_roles and the flow */
    MAY_READ_LETTER,    /* letters of a matter as they went out, parties in clear */
    MAY_ISSUE_LETTER,   /* preview, number, void, note that it was served */
    MAY_READ_ENTRY,     /* an entry of a register lying with body_path; officers: whom it names;
                           secret: the register keeps its parties secret */
    MAY_MAKE_ENTRY,     /* register one for body_path */
    MAY_ACT_ENTRY,      /* its acts; which ones is decided by may_entry_roles and the definition */
    MAY_COUNT_OF_ACTS,
};

struct may_answer {
    bool yes;
    const char *code; /* "" when yes; "not_visible" "role" "body" "recused" "secret" "sign_in" */
    struct label why; /* NULL texts when yes; says nothing about a record one may not see */
};

struct may_answer may(const struct actor *actor, enum may_act act,
                      const struct record_facts *facts);

/* ERR_OK; ERR_UNAUTHENTICATED for the public; ERR_NOT_FOUND when the actor may not even see it;
 * ERR_FORBIDDEN otherwise. Fills err with the public words. */
enum err_code may_check(const struct actor *actor, enum may_act act,
                        const struct record_facts *facts, struct err *err) MUST_CHECK;

/* The roles the actor holds towards this record: what to give to workflow_step. 0 when MAY_ACT is
 * refused. */
unsigned may_roles(const struct actor *actor, const struct record_facts *facts);
/* The same for an order: what to give to flow_step. */
unsigned may_order_roles(const struct actor *actor, const struct record_facts *facts);
/* And for an enforcement case. */
unsigned may_case_roles(const struct actor *actor, const struct record_facts *facts);
/* The roles by which an act on an entry of a register is open: the register says which of them it
 * takes. @p act  MAY_READ_ENTRY, MAY_MAKE_ENTRY or MAY_ACT_ENTRY */
unsigned may_entry_roles(const struct actor *actor, enum may_act act,
                         const struct record_facts *facts);

/* What a list, count or search may return, for a WHERE clause; drawn from the same table for one of
 * MAY_SEE, MAY_READ, MAY_COUNT, MAY_EXPORT, MAY_READ_ORDER, MAY_READ_CASE, MAY_READ_ENTRY. A row is
 * visible if any of the conditions for its class holds. The tests check it against may() row by
 * row. */
struct may_scope {
    bool open_subtree;    /* not secret, body_path starts with the actor's */
    bool open_registered; /* not secret, registered_by = officer_id */
    bool open_assigned;   /* not secret, assigned to officer_id */
    bool open_all;        /* jobs */
    bool secret_subtree;
    bool secret_registered;
    bool secret_assigned;
    bool secret_unassigned; /* not yet assigned and body_path = the actor's body_path */
    bool secret_for_leader; /* waits for a leader and body_path starts with the actor's */
    bool secret_all;
};
struct may_scope may_scope(const struct actor *actor, enum may_act act);

/* Whether path lies at or below the body with root_path. Both end in a slash. */
bool body_path_within(const char *path, const char *root_path);
const char *may_act_name(enum may_act act);
const char *actor_kind_name(enum actor_kind kind); /* as events keep it: public, party … */

#endif
