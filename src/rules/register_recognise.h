/* Registers whose entries are recognised in what else is written down (docs/registers.md,
 * Recognising): a list of problem goods is told beside a filing about such goods, the patterns of
 * scams beside a filing in whose facts their phrases stand. */
#ifndef FANGXIN_RULES_REGISTER_RECOGNISE_H
#define FANGXIN_RULES_REGISTER_RECOGNISE_H

#include "rules/register.h"

#define RECOGNISE_SHOWS_MAX 6
#define RECOGNISE_IN_MAX 8

struct register_recognise_in {
    const struct register_def *of;        /* another register … */
    const struct act_field *name, *brand; /* … and its texts of goods; NULL: none is asked */
    const struct act_field *text;         /* in which phrases are looked for; NULL: none */
};
struct register_recognise {
    uint64_t states;                      /* in which an entry is recognised */
    const struct act_field *name, *brand; /* texts of this register; name stands in its title.
                                             NULL: it is not about goods */
    const struct act_field *phrases;      /* a text of several phrases; NULL: none is looked for */
    const struct act_field *shows[RECOGNISE_SHOWS_MAX]; /* told beside the title; none sealed */
    size_t n_shows;
    struct register_recognise_in in[RECOGNISE_IN_MAX]; /* beside filings, which always are */
    size_t n_in;
};

#endif
