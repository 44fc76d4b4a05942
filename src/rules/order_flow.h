/* The life of an order from outside (12345) as data: packs/orders/<system>.json, a flow
 * (rules/flow.h) and what sheets need besides. Every state lies in exactly one part, so that
 * received = returned + done + in progress, whatever happens (inventory S05). */
#ifndef FANGXIN_RULES_ORDER_FLOW_H
#define FANGXIN_RULES_ORDER_FLOW_H

#include "rules/flow.h"

enum order_part { ORDER_IN_PROGRESS, ORDER_DONE, ORDER_RETURNED, ORDER_PARTS };
const char *order_part_name(enum order_part part); /* "in_progress" "done" "returned" */
/* ORDER_PARTS when there is no such part. */
enum order_part order_part_find(const char *name);

/* What an act does beyond moving to a state (flow_transition.does). */
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

/* What its guards look at: without_matters. */
struct order_step_facts {
    bool has_matters; /* a matter stands for the order */
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
    struct flow flow;           /* first */
    const char *system;         /* where a sheet names none: "12345" */
    const char *channel;        /* of matters filed from orders; code of channels */
    const char *default_demand; /* of complaints filed from orders that say none; code of demands */
    struct label late_reason;   /* of matters filed more than a working day after the call */
    struct label columns[ORDER_COLUMNS];
};

/* Errors as flow_load (rules/flow_internal.h). @param[out] ret  give it back with order_flow_free
 */
enum err_code order_flow_load(const char *bytes, size_t n, struct order_flow **ret,
                              struct err *err) MUST_CHECK;
void order_flow_free(struct order_flow *flow); /* NULL is fine */

#endif
