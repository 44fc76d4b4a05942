/* The facts of one matter that figures look at, and conditions on them.
 *
 * Facts come from the state before and after an act (work/matter.c, for the tallies), from the rows
 * (figure_walk.c) or from the events up to a cut-off (figure_past.c). Whatever the source, a
 * condition and a dimension are decided here alone. */
#ifndef FANGXIN_INSIGHT_MATTER_FACTS_H
#define FANGXIN_INSIGHT_MATTER_FACTS_H

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"

struct reader; /* rules/read.h */

/* What conditions, sums and dimensions may name. */
enum fact {
    FACT_KIND,
    FACT_STATUS,
    FACT_OUTCOME,
    FACT_GROUND,
    FACT_TOLD,
    FACT_CHANNEL,
    FACT_CATEGORY,
    FACT_PROBLEM,
    FACT_DIVISION,   /* of the place: six or nine digits, each in the one it begins with */
    FACT_SETTLED_AT, /* parties, station, branch, bureau: who brought a settlement about */
    FACT_THEME,      /* several */
    FACT_REMEDY,     /* several: kinds of the remedies of the settlement that stands */
    FACT_PAYER,      /* several: who pays them */
    FACT_CLOCK,      /* several: how clocks ended, "D2.met", "D4.missed" */
    FACT_DISCLOSURE, /* disclosed, exempt, open, declined: disclosure_word */
    FACT_RATING,     /* numbers from here on */
    FACT_AMOUNT_FEN,
    FACT_RECOVERED_FEN,
    FACT_HEADS,          /* persons, 1 when nothing is said */
    FACT_FROM_COMPLAINT, /* 1: a report that a complaint led to */
    FACT_DAYS_TO_TELL, /* civil days from receipt to the day the decision on acceptance was told */
    FACT_DAYS_TO_ACCEPT, /* … to the day of acceptance */
    FACT_DAYS_TO_ASSIGN, /* … to the day on which it was first handed out */
    FACT_DAYS_IN_HAND,   /* from acceptance to the end */
    FACT_DAYS_TO_END,    /* from receipt to the end */
    FACT_COUNT,
    FACT_NONE = FACT_COUNT
};
const char *fact_name(enum fact fact); /* "kind" … "days_to_end"; "" for FACT_NONE */
enum fact fact_find(const char *name); /* FACT_NONE when there is none, also for NULL */
bool fact_is_number(enum fact fact);
/* Whether tallies may keep it: it stands in a column of its own and has one value. */
bool fact_is_kept(enum fact fact);

struct fact_remedy {
    const char *kind, *payer; /* payer NULL: not said */
    int64_t amount_fen;
};

#define DAYS_NONE INT64_MIN /* the stage was not reached */

/* Texts and lists belong to whoever made the facts. */
struct figure_facts {
    int64_t id;                                                          /* 0 where nobody asks */
    const char *kind, *status, *body, *channel;                          /* never NULL */
    const char *outcome, *ground, *told, *category, *problem, *division; /* NULL: none */
    bool by_parties;           /* settled by an offer that the other side took */
    const char *clocks;        /* of each rule its last, once ended: "D1.met D2.missed"; or NULL */
    const char *disclosure;    /* disclosure_word */
    const char *told_business; /* folded name as told; NULL: none, as for reports */
    int64_t business;          /* confirmed by a clerk; 0: not */
    int64_t officer;           /* 0: nobody */
    const char *const *themes;
    size_t n_themes;
    const struct fact_remedy *remedies;
    size_t n_remedies;
    int64_t rating; /* 0: none */
    int64_t amount_fen, recovered_fen, heads, from_complaint;
    int64_t received_at, ended_at;      /* ms UTC, for order */
    date_t received, ended;             /* civil days; DATE_NONE: not ended */
    date_t assigned, accepted, told_on; /* DATE_NONE: not (yet) */
    const char *body_class;             /* bureau, branch, station; NULL: not looked up */
};

/* The one text of a fact; NULL when there is none, and for numbers and those of several values. */
const char *fact_text(const struct figure_facts *f, enum fact fact);
/* 0 when there is none; of FACT_DAYS_… DAYS_NONE. */
int64_t fact_number(const struct figure_facts *f, enum fact fact);

/* Whether a matter is disclosed: "disclosed"; else "declined" without the consumer's consent, else
 * "exempt" or, where nobody has decided, "open". NULL: it went to the police before that.
 * @param mark  "disclosed", "exempt"; NULL or "": nobody has decided */
const char *disclosure_word(const char *mark, bool agreed, bool police);

/* Whether a clock of this state counts in figures: met or missed. NULL does not. */
bool clock_ended(const char *state);
#define FACT_CLOCKS_BYTES 512
/* Adds "RULE.met" or "RULE.missed" to the words of figure_facts.clocks, parted by a space; nothing
 * for a clock that has not ended, nor where there is no more room. */
void clock_word(char words[FACT_CLOCKS_BYTES], const char *rule, const char *state);

/* A condition on one fact: one of values or none of them, or set at all, or min ≤ number ≤ max. */
struct condition {
    enum fact fact;
    const char **values; /* n_values > 0: one of these */
    size_t n_values;
    bool none;        /* none of the values; also where there is nothing */
    bool set;         /* not empty */
    int64_t min, max; /* numbers; INT64_MIN, INT64_MAX when open */
};
#define CONDITIONS_MAX 8
struct conditions {
    struct condition list[CONDITIONS_MAX];
    size_t n;
};

bool condition_holds(const struct condition *c, const struct figure_facts *f);
/* All of them. Conditions on remedy and payer must hold for one and the same remedy. */
bool conditions_hold(const struct conditions *c, const struct figure_facts *f);
/* Whether that remedy is what the conditions on remedy and payer ask for. */
bool conditions_take(const struct conditions *c, const struct fact_remedy *remedy);
/* Whether whatever @p a holds for, @p b holds for: a tally kept for b then contains a's. */
bool condition_implies(const struct condition *a, const struct condition *b);

/* What the conditions let in of a sum: recovered_fen counts the remedies they take, when they name
 * remedy or payer; else the fact's number. */
int64_t conditions_sum(const struct conditions *c, const struct figure_facts *f, enum fact sum);

/* Reads {"kind": ["complaint"], "outcome": {"set": true}, "ground": {"not": ["T6"]}, "rating":
 * {"min": 4}} at @p key of @p object; faults go to the reader. */
struct conditions read_conditions(struct reader *r, const json_t *object, const char *key);

#endif
