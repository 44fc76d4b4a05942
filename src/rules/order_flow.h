/* The life of an order from outside (12345): states, acts and who may do them, as data.
 *
 * packs/orders/<system>.json, checked at start. Acts are written and read like those of a rule
 * pack, so that forms and pages are the same. Every state lies in exactly one part, so that
 * received = returned + done + in progress, whatever happens (inventory S05). */
#ifndef FANGXIN_RULES_ORDER_FLOW_H
#define FANGXIN_RULES_ORDER_FLOW_H

#include "rules/pack.h"

enum order_part { ORDER_IN_PROGRESS, ORDER_DONE, ORDER_RETURNED, ORDER_PARTS };
const char *order_part_name(enum order_part part); /* "in_progress" "done" "returned" */
/* ORDER_PARTS when there is no such part. */
enum order_part order_part_find(const char *name);

struct order_state {
    const char *id; /* "return_requested" */
    struct label label;
    enum order_part part;
    enum waiting_for waiting_for;
    bool final;
};

/* What an act does beyond moving to a state. */
enum order_does {
    ORDER_MOVES,
    ORDER_FILES,       /* registers a matter */
    ORDER_ATTACHES,    /* points an existing matter to the order */
    ORDER_REPLIES,     /* keeps the reply for the sheet that goes back */
    ORDER_ASKS_RETURN, /* keeps the reason */
    ORDER_RETURNS,     /* approved */
    ORDER_KEEPS,       /* a return refused: the reason is taken away */
    ORDER_ASSIGNS,     /* another body */
    ORDER_REOPENS,     /* reply and return are of an earlier round */
};

#define ORDER_FROM_MAX 12
struct order_transition {
    const struct pack_act *act;
    const struct order_state *from[ORDER_FROM_MAX];
    size_t n_from;
    const struct order_state *to; /* NULL: stays */
    unsigned roles;
    enum order_does does;
    bool without_matters; /* only while no matter stands for the order */
};

/* Columns of sheets that go out. Those from STATE on are added to a sheet that goes back in the
 * layout it came in, where it has none of its own for them. */
enum order_column {
    ORDER_COLUMN_SYSTEM,
    ORDER_COLUMN_NUMBER,
    ORDER_COLUMN_RECEIVED,
    ORDER_COLUMN_DUE,
    ORDER_COLUMN_STATE,
    ORDER_COLUMN_REASON,
    ORDER_COLUMN_TEXT,
    ORDER_COLUMN_AT,
    ORDER_COLUMN_BODY,
    ORDER_COLUMN_MATTERS,
    ORDER_COLUMNS
};
const char *order_column_name(enum order_column column); /* "system" … "matters" */

struct order_flow {
    const char *id, *revision;
    struct label label, instrument;
    const char *system;         /* where a sheet names none: "12345" */
    const char *channel;        /* of matters filed from orders; code of channels */
    const char *default_demand; /* of complaints filed from orders that say none; code of demands */
    struct label late_reason;   /* of matters filed more than a working day after the call */
    const struct order_state *states;
    size_t n_states;
    const struct order_state *initial;
    struct pack acts; /* only acts and n_acts are filled */
    const struct order_transition *transitions;
    size_t n_transitions;
    struct label why_state, why_role, why_matters;
    struct label columns[ORDER_COLUMNS];
};

/**
 * Reads and checks one file: every state is entered and, unless final, left; (state, act) is
 * unique; everything named exists; every act is used.
 * @param[out] ret  give it back with order_flow_free
 * @return ERR_MALFORMED; ERR_INVALID with an item per fault; ERR_NO_MEMORY
 */
enum err_code order_flow_load(const char *bytes, size_t n, struct order_flow **ret,
                              struct err *err) MUST_CHECK;
void order_flow_free(struct order_flow *flow); /* NULL is fine */

/* NULL when there is none. */
const struct order_state *order_state(const struct order_flow *flow, const char *id);

struct order_answer {
    const struct order_transition *step; /* NULL: not allowed, and why */
    bool forbidden;                      /* it is the role that is missing */
    struct label why;
};
/* Whether an act is possible in this state for these roles. ERR_NOT_FOUND is for the caller to say
 * when pack_act(&flow->acts, act) is NULL. */
struct order_answer order_step(const struct order_flow *flow, const char *state, const char *act,
                               unsigned roles, bool has_matters);

#endif
