/* A life cycle as data: states, acts and their fields, who may, which clocks run.
 *
 * Orders of 12345 (order_flow.h), enforcement cases (case_flow.h) and the entries of registers
 * (register.h) are read and stepped by this.
 * Acts, fields, deadlines and articles are written as in a rule pack (docs/rule-packs.md), so that
 * forms, pages and clocks are the same. What a flow may name besides – parts, effects, guards – the
 * code that runs it gives as a struct flow_kind. */
#ifndef FANGXIN_RULES_FLOW_H
#define FANGXIN_RULES_FLOW_H

#include "rules/pack.h"

struct flow_state {
    const char *id; /* "return_requested" */
    struct label label;
    int part; /* index in the kind's parts: every state lies in exactly one */
    enum waiting_for waiting_for;
    bool final;
};

/* A named predicate over facts of the flow's own kind; the words said when it stands in the way are
 * the file's (why_not). */
struct flow_guard {
    const char *name;
    bool (*holds)(const void *facts); /* NULL where the kind judges by flow_kind.judge */
};

struct flow_clock {
    enum clock_effect effect;
    const struct deadline_rule *rule;
    const struct flow_guard *when; /* NULL: always */
    const char *from; /* a date field of the record: counted from its day, started anew when the
                         field changes; NULL: from the receipt or the act, as the rule says */
};

#define FLOW_FROM_MAX 20
#define FLOW_GUARDS_MAX 6
struct flow_transition {
    const struct pack_act *act;
    const struct flow_state *from[FLOW_FROM_MAX];
    size_t n_from;
    const struct flow_state *to; /* NULL: stays, or goes back */
    bool back;                   /* to the state it was in before this one */
    bool other;                  /* by an officer other than the one who acted before: four eyes */
    unsigned roles;
    int does; /* index in the kind's effects; 0: it moves, nothing else */
    const struct flow_guard *guards[FLOW_GUARDS_MAX]; /* all must hold */
    size_t n_guards;
    struct flow_clock clocks[CLOCKS_MAX];
    size_t n_clocks;
    struct basis basis; /* texts NULL where it has none */
};

/* What a flow of one kind may name. Lists end in NULL, guards in one without a name. */
struct flow_kind {
    const char *const *parts;
    const char *const *does; /* the first is what an act does that says nothing */
    const struct flow_guard *guards;
    const char *const *keys; /* of the file, besides those of every flow */

    /* NULL: guard->holds */
    bool (*judge)(const struct flow_guard *guard, const void *facts);
    bool of_register; /* read as registers are written: docs/registers.md */
};

struct flow {
    struct arena *arena; /* of flow_load */
    const struct flow_kind *kind;
    const char *id, *revision;
    struct label label, instrument;
    const struct flow_state *states;
    size_t n_states;
    const struct flow_state *initial;
    struct pack acts; /* only acts and deadlines are filled */
    const struct flow_transition *transitions;
    size_t n_transitions;
    struct flow_clock creation[CLOCKS_MAX]; /* clocks started with the record */
    size_t n_creation;
    struct label why_state, why_role;
    const struct label *why_guard; /* in the order of the kind's guards; texts NULL if not named */
    const char
        *text; /* the whole file as JSON, as it is kept in the database; NULL: of a register */
};

/* NULL when there is none. */
const struct flow_state *flow_state(const struct flow *flow, const char *id);

struct flow_answer {
    const struct flow_transition *step; /* NULL: not allowed, and why */
    bool forbidden;                     /* it is the role that is missing */
    const char *guard;                  /* the one that stands in the way; NULL */
    struct label why;
};
/**
 * Whether an act is possible in this state for these roles.
 * @param facts  what the kind's guards look at
 * ERR_NOT_FOUND is for the caller to say when pack_act(&flow->acts, act) is NULL.
 */
struct flow_answer flow_step(const struct flow *flow, const char *state, const char *act,
                             unsigned roles, const void *facts);

#endif
