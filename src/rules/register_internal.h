/* How a register is read: register_read.c the head and the fields, register_names.c the names,
 * register_rules.c what is computed and judged, register_figures.c what is counted and said,
 * register_shown.c what is shown, register_slips.c one-time codes, register_gather.c what is
 * gathered, register_given.c rows that another entry gives, register_recognise.c in what else
 * entries are recognised, registers.c the whole set.
 * Only for register*.c. */
#ifndef FANGXIN_RULES_REGISTER_INTERNAL_H
#define FANGXIN_RULES_REGISTER_INTERNAL_H

#include "rules/flow_internal.h"
#include "rules/register.h"

/* What a name of an expression is (struct expr_name.id). */
enum name_of { NAME_FIELD, NAME_MEMBER, NAME_COMPUTED, NAME_PLAIN };
enum plain_name {
    PLAIN_NUMBER,
    PLAIN_STATUS,
    PLAIN_BODY,
    PLAIN_DAY,
    PLAIN_TODAY,
    PLAIN_REGISTER_DAY,
    PLAIN_NAMES
};
extern const char *const plain_names[]; /* ends in NULL */

/* Everything an expression over an entry may name. */
struct register_names {
    struct expr_name *names;
    size_t n;
    struct expr_name *of_acts; /* fields that only acts have */
    size_t n_of_acts;
};

struct loaded_register {
    struct register_def def; /* first: flow.arena owns everything but root */
    json_t *root;
    struct flow_kind kind;
};

#define REGISTERS_MAX 400
struct registers {
    struct loaded_register *items[REGISTERS_MAX];
    char *paths[REGISTERS_MAX]; /* where each comes from, for faults */
    size_t n;
    struct loaded_register **old; /* older revisions that entries were written under */
    size_t n_old;
    char wrong[256]; /* path of the file under check: the one at fault when it fails */
};

struct register_reader {
    struct pack_reader p;
    struct register_def *def;
    const json_t *root;
    const struct codes *codes;
    const struct registers *all; /* for what other registers say; NULL in the first pass */
    struct expr_scope scope;     /* of an entry */
};

/* The first pass: all that needs no other register. */
void register_read(struct register_reader *rr);
/* The second: expressions, measures, and links to other registers. */
void register_read_rules(struct register_reader *rr);
/* In the third pass: balances of other registers that this one changes. */
void register_check_balances(struct register_reader *rr);
void register_read_measures(struct register_reader *rr);
/* The third: what needs the measures of all registers. */
void register_read_figures(struct register_reader *rr);
/* Its parts: columns, filters and the public part; the demo rows. */
void register_read_shown(struct register_reader *rr);
void register_check_demo(struct register_reader *rr);

/* The fourth: one-time codes, and what transitions gather; needs what others show and count. */
void register_read_slips(struct register_reader *rr);
void register_read_gathers(struct register_reader *rr, const json_t *v, size_t i);
void register_check_given(struct register_reader *rr);
void register_read_recognise(struct register_reader *rr);
void register_read_sends(struct register_reader *rr);  /* register_sends.c */
void register_read_prints(struct register_reader *rr); /* register_prints.c; after what is public */
/* "failed", or "sampling.batches" of another register; NULL: there is none. */
const struct register_measure *register_measure_named(struct register_reader *rr, const char *name);

/* Neither absent nor null, "", [] or {}. */
bool register_filled(const json_t *v);

/* A predicate over a struct register_env (flow_kind.judge). */
bool register_judge(const struct flow_guard *guard, const void *facts);

/* Names of the entry for expressions. */
void register_read_names(struct register_reader *rr);
const struct act_field *register_column(const struct act_field *table, const char *name);
/* A fault: @p what (NULL: the key itself) is not there, or not of the kind that is wanted. */
void register_unknown(struct register_reader *rr, const char *key, const char *what);
/* The field of @p from under a key that links to @p to (NULL: to any register). */
const struct act_field *register_read_link(struct register_reader *rr, const json_t *v,
                                           const char *key, const struct register_def *from,
                                           const struct register_def *to);
const struct expr_name *register_name(const struct register_def *def, const char *name);
bool register_is_money(const struct expr *e);
/* A fault at @p key when the expression depends on today (NULL is fine). */
void register_no_today(struct register_reader *rr, const char *key, const struct expr *e);
/* Whether an expression depends on today, directly or through a computed field. */
bool register_needs_today(const struct register_def *def, const struct expr *e);
/* Bits of the states named in a list; absent: @p all. */
uint64_t register_read_states(struct register_reader *rr, const json_t *v, const char *key,
                              uint64_t absent);
/* Bits of the states of another register; absent: 0. */
uint64_t register_read_states_of(struct register_reader *rr, const json_t *v, const char *key,
                                 const struct register_def *of);
/* Bits of the roles of officers named in a list; absent: @p absent. */
unsigned register_read_roles(struct reader *r, const json_t *v, const char *key, unsigned absent);
/* An object of a list: begins and ends its path. Calls @p one for each. */
typedef void register_one_fn(struct register_reader *rr, const json_t *v, size_t i);
size_t register_each(struct register_reader *rr, const char *key, size_t most,
                     register_one_fn *one);
/* Names in a list of texts, each copied. */
const char *const *register_read_texts(struct reader *r, const json_t *v, const char *key,
                                       bool required, size_t most, size_t *ret_n);

#endif
