/* The life of an enforcement case as data: packs/rules/case-2018.json, a flow (rules/flow.h).
 * Source: SAMR Order 2 (2018) on penalty procedure; the file names the article of each step. */
#ifndef FANGXIN_RULES_CASE_FLOW_H
#define FANGXIN_RULES_CASE_FLOW_H

#include "rules/flow.h"

enum case_part { CASE_IN_HAND, CASE_DECIDED, CASE_CLOSED, CASE_PARTS };
const char *case_part_name(enum case_part part); /* "in_hand" "decided" "closed" */
/* CASE_PARTS when there is no such part. */
enum case_part case_part_find(const char *name);

/* What an act does beyond moving to a state (flow_transition.does). */
enum case_does {
    CASE_MOVES,
    CASE_ASSIGNS,     /* names the officers */
    CASE_ASKS_ASSIST, /* an entry with a clock of its own */
    CASE_ANSWERED,    /* ends that of one entry */
    CASE_ADDS_GOODS,  /* one line */
    CASE_DROPS_GOODS,
    CASE_PAUSES, /* keeps why */
    CASE_RESUMES,
    CASE_SUSPENDS, /* keeps the state it goes back to */
    CASE_CONTINUES,
    CASE_EXTENDS_AGAIN, /* by as many days as the act says */
    CASE_NOTICES,
    CASE_STATES,  /* the party has spoken, or waived it */
    CASE_DECIDES, /* the penalty's items */
    CASE_NOT_PENALISES,
    CASE_ENDS,  /* dismissed or transferred */
    CASE_POSTS, /* the public notice */
    CASE_SERVES,
    CASE_PAYS,
    CASE_DEFERS,
    CASE_FINES_LATE,
    CASE_DISPOSES,
    CASE_CLOSES,
};

/* What its guards look at. */
struct case_step_facts {
    bool asking;      /* no act is being sent: what only an input can show holds */
    size_t officers;  /* named for the case */
    bool two_present; /* the act names two different ones of them */
    bool assist_open, has_goods, paused, extended, window_open, window_over, unserved, unposted,
        notice_over, /* not served by public notice, or the notice has run */
        paid_up;
};

/* @param[out] ret  give it back with case_flow_free. Errors as flow_load. */
enum err_code case_flow_load(const char *bytes, size_t n, struct flow **ret,
                             struct err *err) MUST_CHECK;
void case_flow_free(struct flow *flow); /* NULL is fine */

#endif
