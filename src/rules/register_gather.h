/* What transitions of a register gather by themselves (docs/registers.md, The life). */
#ifndef FANGXIN_RULES_REGISTER_GATHER_H
#define FANGXIN_RULES_REGISTER_GATHER_H

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
    GATHER_DRAW,  /* a sample of the matters closed in some days, of the businesses that they
                     are about, or of the entries of a register: rows of a table here */
    GATHER_LIST,  /* the entries that link to this one and count in a measure: rows of a table
                     here, whose columns are named as their fields */
};
#define GATHER_LIKE_MAX 6
#define GATHER_NUMBER "entry_number" /* column of GATHER_LIST: the number of the entry */
struct register_gather {
    enum gather_kind kind;
    const struct act_field *field;          /* filled */
    const struct register_measure *measure; /* GATHER_CASES, GATHER_DRAW: NULL, like by and rows */
    const struct act_field *by;   /* GATHER_SUM, GATHER_MEAN, GATHER_LIST: the link of the other
                                     register to this one; else the link of this one that they
                                     share, or a period or choice that filters */
    const struct act_field *rows; /* GATHER_MEAN: the table over there … */
    const char *key, *value;      /* … and its columns, as the table here has them; GATHER_CASES:
                                     column of the case, and the one that is filled */
    int factor;                   /* of the mean */
    /* GATHER_DRAW, key being the column of the matter, business or entry: how many there are to be
     * in all; the text that keeps the seed; how many there are to draw from; between which days
     * they were closed (not of entries); of matters: whether each consumer is drawn once, however
     * many he filed; of entries: in which states, and which choices here they must share */
    const struct act_field *n, *seed, *pool, *from, *to;
    bool people;
    const struct register_def *of;
    uint64_t states;
    const struct act_field *like[GATHER_LIKE_MAX];
    size_t n_like;
};

#endif
