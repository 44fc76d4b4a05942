/* Expressions of register definitions: "passed + failed = sampled", "days(lent_on, today) > 30".
 *
 * Read once at load, where every name and every type is checked and a fault is named with its path
 * and its position; evaluated any number of times afterwards. Pure: what a name stands for, the
 * calendar and the day come from the caller. docs/registers.md describes the language.
 *
 * Numbers are exact: int64 in units of 1/10,000, 128-bit in between, products and quotients rounded
 * half away from zero to the fourth decimal. Money counts in whole fen. What is not filled in makes
 * arithmetic and comparison empty; and, or, not follow the three-valued rule (false and empty is
 * false, true or empty is true); a division by zero is empty. */
#ifndef FANGXIN_RULES_EXPR_H
#define FANGXIN_RULES_EXPR_H

#include "rules/calendar.h"
#include "rules/read.h"

/* ---- values ---- */

enum value_kind {
    VALUE_EMPTY,   /* not filled in, divided by zero */
    VALUE_NUMBER,  /* number */
    VALUE_TEXT,    /* text; codes of choices, numbers of links, periods too */
    VALUE_BOOL,    /* truth */
    VALUE_DATE,    /* date */
    VALUE_INSTANT, /* number holds ms UTC; where a date is asked for it is its civil date */
    VALUE_LIST,    /* list: a JSON array of texts (choices) */
    VALUE_FILLED,  /* there is something that expressions cannot look into (a person, a place) */
};

#define NUMBER_ONE 10000 /* how 1 is written in struct value.number */

struct value {
    enum value_kind kind;
    union {
        int64_t number;
        const char *text; /* lives as long as what lookup took it from */
        bool truth;
        date_t date;
        const json_t *list;
    };
};

static inline struct value value_number(int64_t number)
{
    return (struct value){.kind = VALUE_NUMBER, .number = number};
}

/* A whole number; empty when it does not fit into units of 1/10,000. */
struct value value_whole(int64_t whole);
/* "12.50", "-3", at most four decimals, no exponent. False when it is not that or does not fit. */
bool decimal_parse(const char *text, int64_t *ret);
/* With exactly that many decimals (0 … 4), rounded half away from zero: 124.8. */
#define DECIMAL_TEXT 32
void decimal_format(int64_t number, int decimals, char ret_text[DECIMAL_TEXT]);
/* num · 10^decimals · factor / den rounded half away from zero, as a value; empty when den is 0 or
 * the result does not fit. percent: factor 100. Both operands in the same unit. */
struct value number_quotient(int64_t num, int64_t den, int factor, int decimals);

/* ---- names ---- */

/* What an expression may name. Members stand behind a dot: of a table its columns, of a quantity
 * value and unit, of a checklist score and max. */
struct expr_name {
    const char *name;
    enum value_kind kind; /* VALUE_FILLED: only empty() takes it */
    bool table;           /* a table of rows: its members only inside sum, count, min, max */
    const struct expr_name *members;
    size_t n_members;
    const char *const *codes; /* of a choice: the texts it may be compared with; NULL: any */
    size_t n_codes;
    int id;         /* the caller's own: what it is … */
    const void *of; /* … and which */
};

/* The type of link(FIELD, NAME), or of a name: false when there is none. @p ret lives as long as
 * the expression. */
struct expr_scope {
    const struct expr_name *names;
    size_t n_names;
    const struct expr_name *more; /* looked at first: an act's own fields; NULL: none */
    size_t n_more;
    /* What NAME is in the register that FIELD links to; NULL: link() is not allowed here. */
    const struct expr_name *(*linked)(void *arg, const char *field, const char *name);
    void *arg;
};

struct expr; /* compiled, in the arena of the reader that parsed it */

/**
 * Reads the expression under @p key of @p object and checks that it gives @p kind.
 * Faults go to the reader with the path of the key and the position: codes "syntax",
 * "unknown_name", "type", "too_deep" (32 levels), "too_long" (2,000 bytes).
 * @param kind  VALUE_EMPTY: any; VALUE_DATE takes an instant too
 * @return NULL when the key is absent or after a fault
 */
const struct expr *read_expr(struct reader *r, const json_t *object, const char *key, bool required,
                             enum value_kind kind, const struct expr_scope *scope);
/* The same for a text that is at hand; the fault's path is the reader's own. */
const struct expr *expr_parse(struct reader *r, const char *text, enum value_kind kind,
                              const struct expr_scope *scope);

enum value_kind expr_kind(const struct expr *e); /* what it gives when it is not empty */
const char *expr_text(const struct expr *e);     /* as written */
/* Calls @p named for each name in it, once a mention; of NAME.member first with the name, then with
 * the member. The FIELD of link() comes with link true. */
typedef void expr_named_fn(void *arg, const struct expr_name *name, bool link);
void expr_names(const struct expr *e, expr_named_fn *named, void *arg);

/* ---- evaluation ---- */

/* Where a name is looked up. */
struct expr_at {
    const struct expr_name *name;   /* the outermost: a field, a computed one, status … */
    const struct expr_name *member; /* behind the first dot; NULL */
    const struct expr_name *deeper; /* behind the second: t.weight.value; NULL */
    size_t row;                     /* of a table */
};

struct expr_env {
    void (*lookup)(void *arg, const struct expr_at *at, struct value *ret);
    size_t (*rows)(void *arg, const struct expr_name *table); /* NULL: no tables */
    /* A field of the entry that FIELD links to, at hand by now; NULL: no links (empty). */
    void (*link)(void *arg, const char *field, const char *name, struct value *ret);
    void *arg;
    const struct calendar *calendar; /* for workdays, add_workdays; NULL: they are empty */
    int zone_min;                    /* turns instants into dates */
};

/**
 * @param[out] ret  VALUE_EMPTY when an operand that decides is empty, or after false
 * @return false when a number went beyond what fits (about ±922 million million)
 */
bool expr_eval(const struct expr *e, const struct expr_env *env, struct value *ret);
/* A condition: true only when it holds; empty and overflow are @p otherwise. NULL: true. */
bool expr_holds(const struct expr *e, const struct expr_env *env, bool otherwise);

#endif
