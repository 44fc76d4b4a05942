/* What a register is printed as (docs/registers.md): one entry as a letter, a certificate, a
 * plaque; or the entries of a list as one paper. */
#ifndef FANGXIN_RULES_REGISTER_PRINTS_H
#define FANGXIN_RULES_REGISTER_PRINTS_H

#include "rules/register.h"

/* Texts hold {{slots}}: fields and computed fields that are not sealed, and the names below. */
/* A paragraph, or a table. */
struct register_line {
    const char *text;              /* NULL: a table */
    const struct act_field *table; /* whose rows; NULL: a row for each entry of the list */
    const char *const *columns;    /* columns of the table; of entries: fields and other names */
    size_t n_columns;
};

struct register_print {
    const char *id;
    struct label label;
    uint64_t states;                      /* bits of those in which it is printed */
    const char *title, *address, *number; /* address and number: NULL for none */
    const struct register_line *lines;
    size_t n_lines;
    bool of_list;                           /* the entries of a list, not one entry */
    const struct register_predicate *where; /* of a list: which entries; NULL: all */
    bool wide;                              /* the page lies on its side */
    bool sign; /* ends in the body, the place of its seal and the day */
    bool code; /* holds the code that leads to the entry's public page */
};

/* "number" "day" "today" "body" "status": slots that every entry has. A list has "today", "body"
 * and "count". */
extern const char *const register_print_names[]; /* ends in NULL */
extern const char *const register_list_names[];  /* ends in NULL */

/* NULL when the register has none of that name. */
const struct register_print *register_print(const struct register_def *def, const char *id);
bool register_print_fits(const struct register_def *def, const struct register_print *print,
                         const char *state);

#endif
