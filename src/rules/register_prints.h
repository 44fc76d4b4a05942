/* What an entry of a register is printed as: a letter, a certificate, a plaque (docs/registers.md).
 */
#ifndef FANGXIN_RULES_REGISTER_PRINTS_H
#define FANGXIN_RULES_REGISTER_PRINTS_H

#include "rules/register.h"

/* Texts hold {{slots}}: fields and computed fields that are not sealed, and the names below. */
struct register_print {
    const char *id;
    struct label label;
    uint64_t states;                      /* bits of those in which it is printed */
    const char *title, *address, *number; /* address and number: NULL for none */
    const char *const *lines;
    size_t n_lines;
    bool sign; /* ends in the body, the place of its seal and the day */
    bool code; /* holds the code that leads to the entry's public page */
};

/* "number" "day" "today" "body" "status": slots that every register has. */
extern const char *const register_print_names[]; /* ends in NULL */

/* NULL when the register has none of that name. */
const struct register_print *register_print(const struct register_def *def, const char *id);
bool register_print_fits(const struct register_def *def, const struct register_print *print,
                         const char *state);

#endif
