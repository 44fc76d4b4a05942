/* What may happen to a matter now. The only place that looks at states.
 *
 * The caller loads the facts, asks for one step or for all allowed acts, and applies what the step
 * says: state, clocks, outcome, whom it waits for. Pure. Permissions on the record come first
 * (may.h): the roles given here are those the actor holds towards this record, from may_roles. */
#ifndef FANGXIN_RULES_WORKFLOW_H
#define FANGXIN_RULES_WORKFLOW_H

#include "rules/pack.h"

enum told_party { TOLD_NOBODY = 0, TOLD_CONSUMER = 1, TOLD_BUSINESS = 2, TOLD_BOTH = 3 };
/* "consumer" "reporter" → TOLD_CONSUMER, "business", "both"; TOLD_NOBODY for anything else. */
enum told_party told_party_find(const char *name);

/* What guards may look at. Zero means no, none, or not known. The first part is the record, the
 * second what is being sent with the act (leave it zero when asking for the allowed acts). */
struct workflow_facts {
    /* the record */
    const char *outcome;         /* id, NULL or "" while undecided */
    bool earlier_rule;           /* received before the pack is valid: no clocks are started */
    bool anonymous;              /* no way to reach who filed it */
    bool has_officer;            /* an officer is named */
    bool acceptance_told;        /* the consumer was told of the acceptance */
    bool consumer_told;          /* of the present decision (acceptance does not count as one) */
    bool business_told;          /* of the present decision */
    bool offer_open;             /* an offer is neither accepted, declined nor replaced */
    bool offer_sent_by_business; /* … and the business itself sent it */
    bool performed;              /* the settlement was performed as far as known */
    bool rated;                  /* by the filer, since the last reopening */
    bool extended;               /* the clock was extended as often as the rule allows */
    bool paused;                 /* a pause is open */
    bool has_files;              /* evidence that was not removed; for the party what it sent */
    bool in_group;               /* it belongs to a group */
    bool term_over;              /* the mediation term's due day is past */
    bool proposed_by_actor;      /* the refusal that awaits a second officer is the actor's own */
    bool handled_by_actor;       /* the actor is its officer */
    bool extension_asked;        /* an extension is asked for and not yet answered */
    bool filing_proposed;        /* whether to file lies before a leader */
    bool identity_refused;       /* another's name, false papers, or nothing shown in time */
    bool both_consent;           /* consumer and business agreed to mediation */
    bool both_entrust;           /* both agreed to mediation by a body they name */
    bool contact_recorded;       /* somebody tried to reach a side, or a side said no */
    bool recusal_open;           /* the open pause is for a recusal */
    bool has_proxy;              /* somebody acts for the consumer */
    bool proxy_unshown;          /* … and nothing is recorded of his authority */
    bool proxy_lacking;          /* … and what he showed is not enough */
    bool proxy_bound;            /* … and may not settle or give up a demand by himself */
    bool about_food;        /* classified as food, by the marks of the code tables, or not at all */
    bool filer_term_over;   /* the filer's own term since he was told is past */
    bool conflict;          /* who acts is, or belongs to, whom the complaint is about */
    bool above;             /* who acts stands above the body that decides, or leads the whole */
    bool disclosable;       /* its kind, outcome and ground count for disclosure */
    bool disclosure_agreed; /* the consumer agreed to it, or need not */
    bool disclosed;         /* it counts in what is disclosed */
    bool disclosure_decided; /* it is disclosed, exempt, or no longer disclosed */
    bool case_done;          /* the case that a report led to has ended with a violation found */
    bool reward_over;        /* a reward was told and not claimed in time */
    const char *reward;      /* "proposed" "approved" "refused" "told" "paid" "lapsed"; NULL */
    const char
        *longer; /* how far a longer term has come: "complex" "asked" "approved" "told"; NULL */
    /* the act */
    enum told_party telling;
    const char *ground;         /* chosen ground, NULL when none was sent */
    bool spoken;                /* tell: by phone, so that nothing was written */
    const char *pause_reason;   /* "appraisal" "recusal" */
    const char *offer_by;       /* "consumer" "business" */
    const char *contact_result; /* of follow_up: "reached" "no_answer" "refused" */
    bool other_authority;       /* the body named belongs to another authority */
    bool asks_held;             /* ask_papers: for what the institution holds already */
    bool names_officer;         /* assign, reassign: an officer is named */
    bool names_conflict;        /* … and he or the body is whom the complaint is about */
    bool second_needed;         /* refuse: the ground counts only once a second officer confirms */
};

/* Predicates a pack may name; guards.c holds the table:
 *   about_food  acceptance_untold  both_consent  both_entrust  both_told  consumer_told
 * contact_recorded extended_not  extension_asked  filing_proposed  follow_up_done  has_files
 * has_proxy  proxy_free proxy_not_lacking  proxy_recorded  proxy_unshown  identity_refused in_group
 * in_writing case_done  reward_none  reward_proposed  reward_approved  reward_told  reward_over
 *   reward_settled
 *   disclosable  disclosure_agreed  disclosure_decided  is_disclosed  not_disclosed  not_handler
 *   no_leader_asked  nobody_to_tell  not_anonymous  not_in_group  not_mediator  not_paused
 * not_proposer  not_rated offer_by_business  offer_open  offer_sent_by_business  officer_named
 * other_authority outcome_closed  outcome_refused  outcome_withdrawn  paused  pausing_appraisal
 * recusal_asked recusal_not_asked  reopenable  second_needed  telling_consumer  term_over
 * by_superior conflict_free  decision_told  extension_approved  filer_in_time  longer_asked
 *   named_conflict_free  not_held  term_longer  term_original */
struct guard {
    const char *name;
    bool (*holds)(const struct workflow_facts *facts);
    struct label why_not; /* said when it stands in the way */
};
/* NULL when there is no such guard. */
const struct guard *guard_find(const char *name);
/* What is missing when it stands in the way, as a refusal names it; "act" where nothing is. */
const char *guard_field(const char *name);

struct workflow_step {
    const struct pack_act *act;
    const struct pack_transition *transition;
    const struct pack_state *from, *to; /* equal when the state stays */
    size_t n_clocks;
    struct pack_clock clocks[CLOCKS_MAX]; /* those that apply; their `when` has been decided */
    enum waiting_for waiting_for;         /* WAIT_KEEP = as before */
    const char *outcome;                  /* NULL = as before, "" = none any more */
    const char *ground;                   /* the one sent, or the one implied; NULL. Outcome and
                                             ground stand only once the body has decided: a step
                                             into a state that is not `ended` takes neither */
};

/* Why not: for the person, with the article when one says so. */
struct workflow_refusal {
    const char *code;  /* "unknown_act" "unknown_state" "unknown_ground" "state" "role"
                            "guard" "ground" */
    const char *guard; /* its name when code is "guard" or "ground" */
    struct label why;
    struct label basis; /* the article that says so; texts NULL where there is none */
};

/**
 * One act on a matter in @p state.
 * @param roles      the actor's towards this record (may_roles)
 * @param[out] ret   written on ERR_OK
 * @param[out] ret_why  written otherwise; may be NULL
 * @return ERR_NOT_FOUND unknown act or state; ERR_NOT_ALLOWED not in this state, or a guard stands
 *         in the way; ERR_FORBIDDEN only other roles may
 */
enum err_code workflow_step(const struct pack *pack, enum matter_kind kind, const char *state,
                            const char *act, unsigned roles, const struct workflow_facts *facts,
                            struct workflow_step *ret, struct workflow_refusal *ret_why) MUST_CHECK;

/* How a matter begins: state, clocks, whom it waits for. transition is NULL, act is NULL. */
void workflow_begin(const struct pack *pack, enum matter_kind kind,
                    const struct workflow_facts *facts, struct workflow_step *ret);

struct workflow_choice {
    const struct pack_act *act;
    const struct pack_transition *transition; /* NULL when blocked */
    struct label label;                       /* how this act is called here */
    const struct pack_state *to;              /* NULL when blocked */
    bool allowed;
    bool likely; /* the first of the act bar: exactly one of the allowed ones at most */
    struct workflow_refusal why; /* when blocked */
};

#define WORKFLOW_ACTS_MAX 96

/* Every act of the kind, allowed ones first in the order of the act bar (likely, other, ending,
 * rare), then those that only the state or a guard blocks, each with its reason. Acts that belong
 * to other roles are left out. Returns how many; ret has room for WORKFLOW_ACTS_MAX. */
size_t workflow_allowed(const struct pack *pack, enum matter_kind kind, const char *state,
                        unsigned roles, const struct workflow_facts *facts,
                        struct workflow_choice ret[WORKFLOW_ACTS_MAX]);

#endif
