/* The tree of a compiled expression; only for expr*.c. */
#ifndef FANGXIN_RULES_EXPR_INTERNAL_H
#define FANGXIN_RULES_EXPR_INTERNAL_H

#include "rules/expr.h"

enum expr_op {
    OP_CONST,
    OP_NAME, /* at */
    OP_LINK, /* at: FIELD; link: NAME */
    OP_NEGATE,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_MORE,
    OP_MORE_EQUAL,
    OP_AND,
    OP_OR,
    OP_NOT,
    OP_IN, /* the first argument among the others */
    OP_HAS,
    OP_ROWS,       /* count(t): at */
    OP_ITEMS,      /* count(choices) */
    OP_COUNT_ROWS, /* of table, where args[0] holds */
    OP_SUM_ROWS,   /* args[0] over table, where args[1] (may be missing) holds */
    OP_MIN_ROWS,
    OP_MAX_ROWS,
    OP_MIN,
    OP_MAX,
    OP_ABS,
    OP_ROUND,
    OP_IF,
    OP_EMPTY,
    OP_DEFAULT,
    OP_RANK, /* position among at.name->codes */
    OP_SAME_TEXT,
    OP_SAME_QUANTITIES, /* of two columns: args are their OP_NAME without a row */
    OP_DAYS,
    OP_WORKDAYS,
    OP_HOURS,
    OP_ADD_DAYS,
    OP_ADD_WORKDAYS,
    OP_ADD_MONTHS,
    OP_YEAR,
    OP_MONTH,
};

struct expr_node {
    enum expr_op op;
    enum value_kind kind; /* what it gives when not empty */
    struct value constant;
    struct expr_at at;
    const char *link;
    const struct expr_name *table;
    const struct expr_node *const *args;
    size_t n_args;
};

struct expr {
    const char *text;
    const struct expr_node *root;
};

/* num / den, half away from zero; den ≠ 0. False when it does not fit. */
bool decimal_divide(__int128 num, __int128 den, int64_t *ret);

#endif
