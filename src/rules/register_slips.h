/* Registers that ask people who sign in nowhere, by one-time codes, and transitions that gather
 * what came of it (docs/registers.md). */
#ifndef FANGXIN_RULES_REGISTER_SLIPS_H
#define FANGXIN_RULES_REGISTER_SLIPS_H

#include "rules/register.h"

/* What a transition gathers from the entries that link to this one, before it sets anything. */
enum gather_kind {
    GATHER_SUM,   /* of a measure, over the entries that link here */
    GATHER_MOST,  /* the largest of a measure of this register among those that link where this
                     does, or share its period or choice */
    GATHER_RANK,  /* 1 and how many of them have more */
    GATHER_MEAN,  /* of a column of their tables, row by row of one key: rows of a table here */
    GATHER_CASES, /* fine and illegal income of the decisions on the cases that rows of a table
                     here name */
    GATHER_DRAW,  /* a sample of the matters closed in some days, or of the businesses that
                     they are about: rows of a table here */
};
struct register_gather {
    enum gather_kind kind;
    const struct act_field *field;          /* filled */
    const struct register_measure *measure; /* GATHER_CASES, GATHER_DRAW: NULL, like by and rows */
    const struct act_field *by;   /* GATHER_SUM, GATHER_MEAN: the link of the other register to this
                                     one; else the link of this one that they share, or a period
                                     or choice that filters */
    const struct act_field *rows; /* GATHER_MEAN: the table over there … */
    const char *key, *value;      /* … and its columns, as the table here has them; GATHER_CASES:
                                     column of the case, and the one that is filled */
    int factor;                   /* of the mean */
    /* GATHER_DRAW, key being the column of the matter or business: how many there are to be in all;
     * the text that keeps the seed; how many there are to draw from; between which days they were
     * closed; of matters: whether each consumer is drawn once, however many he filed */
    const struct act_field *n, *seed, *pool, *from, *to;
    bool people;
};

/* One-time codes 一次性码: who holds one, drawn for an entry of another register, may make one
 * entry of this register without signing in. */
struct register_slip_field {
    const struct act_field *field;
    bool required;
    bool mobile;     /* of a mark: it must be a mobile number */
    uint64_t states; /* FIELD_ENTRY: of the entries of that register under the same one that may be
                        chosen; 0: any */
};
#define SLIP_FIELDS_MAX 20
struct register_slips {
    const struct act_field *of;        /* the link to what they are drawn for */
    const struct register_def *other;  /* its register */
    uint64_t states;                   /* of it: in which codes are drawn and taken */
    const struct act_field *from, *to; /* dates of it: on which days they are taken */
    unsigned draw;                     /* ROLE_ bits that draw */
    const struct act_field *mark;      /* keeps what is left of the code */
    const struct flow_state *enters;   /* the first state of what is made by one */
    struct register_slip_field fields[SLIP_FIELDS_MAX];
    size_t n_fields;
    const json_t *set;               /* {field: value or "@today"} */
    const struct act_field *rows;    /* a table to be filled row by row of … */
    const struct act_field *rows_of; /* … a table of the other; both NULL: none */
    struct label title, hint, thanks;
};

/* What anybody may work out for himself by the register's formulas; nothing of it is kept. */
struct register_self_check {
    struct label title, hint;
    struct pack_act asked; /* id "check"; fields of the register */
    const struct register_computed *shows[SLIP_FIELDS_MAX];
    size_t n_shows;
};

#endif
