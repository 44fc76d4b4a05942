/* Registers that ask people who sign in nowhere, by one-time codes (docs/registers.md). */
#ifndef FANGXIN_RULES_REGISTER_SLIPS_H
#define FANGXIN_RULES_REGISTER_SLIPS_H

#include "rules/register.h"

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
    const struct act_field *rows;    /* of the fields: a table whose rows are given by … */
    const struct act_field *rows_of; /* … a table of the other; both NULL: none */
    const char *const *shows;        /* of the cells that are given: the columns shown */
    size_t n_shows;
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
