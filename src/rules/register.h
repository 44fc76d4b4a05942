/* Registers (台账): what a body keeps beside its matters, as data.
 *
 * A register is a file packs/registers/ID.json (docs/registers.md): fields, a life cycle
 * (rules/flow.h), computed fields, checks, measures and sentences. Its entries are records of kind
 * "entry" (work/entry.h). Loading reads and checks all of it; register_values.h judges and computes
 * over the values of one entry. Everything here is pure and never changes once loaded. */
#ifndef FANGXIN_RULES_REGISTER_H
#define FANGXIN_RULES_REGISTER_H

#include "rules/codes.h"
#include "rules/expr.h"
#include "rules/flow.h"

struct register_section {
    const char *id;
    struct label label;
};

enum computed_kind {
    COMPUTED_INT,     /* whole number */
    COMPUTED_DECIMAL, /* decimals */
    COMPUTED_MONEY,   /* fen */
    COMPUTED_PERCENT, /* of over over, half away from zero to decimals */
    COMPUTED_DATE,
    COMPUTED_TEXT,
    COMPUTED_BOOL,
};
const char *computed_kind_name(enum computed_kind kind); /* "int" "decimal" … */

struct register_computed {
    const char *name;
    struct label label;
    enum computed_kind kind;
    int decimals;               /* COMPUTED_DECIMAL, COMPUTED_PERCENT */
    const struct expr *formula; /* NULL for COMPUTED_PERCENT */
    const struct expr *of, *over;
    const struct choice *choices; /* of a text: words for its values; NULL: shown as it is */
    size_t n_choices;
};

/* Must hold when an entry is written. */
struct register_check {
    const char *id;
    const struct expr *holds;
    const struct expr *when; /* NULL: always. Empty: not checked */
    const char *field;       /* where the fault is shown; NULL: the entry */
    struct label message;
};

/* What a transition may name as guard. */
struct register_predicate {
    const char *id;
    const struct expr *holds; /* empty stands in the way */
    struct label message;
    bool of_input; /* names what only an act brings: holds as long as no act is being sent */
};

#define UNIQUE_FIELDS_MAX 6
struct register_unique {
    const char *id;
    const struct act_field *fields[UNIQUE_FIELDS_MAX]; /* an entry with one of them empty is free */
    size_t n_fields;
    bool per_body;           /* "body" stands among the fields */
    bool sealed;             /* a sealed field is among them: keep a keyed hash, not the text */
    const struct expr *when; /* NULL: always */
    struct label message;
};

#define BALANCE_BY_MAX 4
struct register_balance {
    const char *id;
    const char *in_register, *in_balance; /* whose number it changes: its own, or that of "of" */
    struct label label;
    struct label unit;              /* texts NULL when there is none */
    const char *by[BALANCE_BY_MAX]; /* names of fields, computed ones or NAME.unit */
    const struct expr *by_value[BALANCE_BY_MAX];
    size_t n_by;
    bool per_body;
    bool money;                /* fen */
    const struct expr *change; /* a number; empty: 0 */
    uint64_t states;           /* bit per state in which an entry counts; all but "withdrawn" */
    bool never_negative;
    struct label message; /* texts NULL unless never_negative */
};

enum frequency_every { EVERY_MONTH, EVERY_QUARTER, EVERY_HALF, EVERY_YEAR, EVERY_WEEK };
const char *frequency_every_name(enum frequency_every every); /* "month" … */

/* At least so many entries per place and period. */
struct register_frequency {
    const char *id;
    struct label label;
    const char *places; /* id of the register whose entries are the places; NULL: the bodies */
    const char *const *states; /* of that register; an entry in one of them counts as a place */
    size_t n_states;
    const struct act_field *place; /* FIELD_ENTRY or FIELD_BODY that names the place; NULL: the
                                      entry's own body */
    enum frequency_every every;
    int at_least;
    const struct expr *count; /* NULL: every entry that is not withdrawn */
};

#define MEASURE_BY_MAX 6
/* A dimension of a measure. "body" and the month are dimensions of every measure and not named. */
struct register_dimension {
    const char *name;              /* of the field or computed text */
    const struct act_field *field; /* FIELD_CHOICE, FIELD_CHOICES, FIELD_BOOL; NULL: another */
    const struct register_computed *computed; /* NULL: another */
    const struct flow *states;                /* where it is the status; NULL */
    const struct expr *value; /* the text; NULL for FIELD_CHOICES, where each item counts */
};

struct register_def;
struct register_measure {
    const struct register_def *of; /* the register it counts */
    const char *id;
    struct label label, unit; /* unit texts NULL when there is none */
    const struct expr *where; /* NULL: every entry. Empty: does not count */
    const struct expr *sum;   /* NULL: counts entries. Empty: does not count */
    bool money;               /* sums fen */
    bool standing; /* counts from the beginning to the end of a period, not from its first day */
    int decimals;  /* of what is shown: 0 … 4 */
    struct register_dimension by[MEASURE_BY_MAX];
    size_t n_by;
};

struct register_rate {
    const char *id;
    struct label label;
    const struct register_measure *num, *den; /* of this or, as REGISTER.MEASURE, of another one */
    int decimals;
    int factor; /* 100: percent; 1: plain quotient */
};

/* A piece of a sentence: words, or a slot. */
enum piece_kind { PIECE_WORDS, PIECE_WHEN, PIECE_BODY, PIECE_MEASURE, PIECE_RATE };
struct register_piece {
    enum piece_kind kind;
    const char *words;                      /* PIECE_WORDS */
    const struct register_measure *measure; /* PIECE_MEASURE */
    const struct register_rate *rate;       /* PIECE_RATE */
    const struct register_dimension *by;    /* one value of it; NULL: the whole */
    const char *value;                      /* code */
    bool wan;                               /* in 万 (money: 万元), as summaries say it */
};

struct register_sentence {
    const char *id;
    const struct register_piece *zh, *en;
    size_t n_zh, n_en;
    const char *zh_text, *en_text; /* as written */
};

/* What anyone may see of entries in some states. */
struct register_public {
    struct label title;        /* of the list */
    uint64_t states;           /* bit per state */
    const char *const *fields; /* names of fields, computed ones, number, status, day, body */
    size_t n_fields;
    const struct act_field *order; /* a number by which they stand under what they link to; NULL:
                                      the newest first */
};

/* The entry's fields that a transition fills by itself. */
struct register_set {
    const struct act_field *field;
    const struct expr *value;
};
#define SETS_MAX 8
struct register_step { /* beside flow.transitions[i]: steps[i] */
    struct register_set sets[SETS_MAX];
    size_t n_sets;
    const struct register_gather *gathers; /* register_gather.h */
    size_t n_gathers;
};

enum register_group {
    GROUP_ENFORCEMENT,
    GROUP_NETWORK,
    GROUP_HONOURS,
    GROUP_PUBLICITY,
    GROUP_INSTITUTIONS,
    GROUP_OFFICE,
};
const char *register_group_name(enum register_group group); /* "enforcement" … */

struct register_def {
    /* First. id, revision, label, states, acts, transitions, creation. A state lies in part
     * REGISTER_OPEN (work to do) or REGISTER_DONE. "amend" and "note" are not among the acts. */
    struct flow flow;
    const char *const *systems; /* S-numbers of the inventory */
    size_t n_systems;
    enum register_group group;
    const char *const *profiles; /* none = every profile */
    size_t n_profiles;
    struct label entry; /* what one entry is called */
    struct label about;
    const struct label *bases;
    size_t n_bases;
    const char *number;   /* pattern: "CJ{yyyy}-{nnnn}" */
    const char *title[4]; /* names of fields or computed ones */
    size_t n_title;
    const char *day;             /* name of a date field or computed date; NULL: day of
                                    registration */
    bool secret;                 /* parties "secret": seen by registering and assigned
                                    officers, supervisors and leaders of the body only */
    unsigned read, may_register; /* ROLE_ bits */
    const struct register_section *sections;
    size_t n_sections;
    struct pack_act registering;              /* id "register"; fields = the entry's fields */
    const struct register_computed *computed; /* as written */
    size_t n_computed;
    const size_t *order; /* indexes of computed such that each needs only those before it */
    const struct register_check *checks;
    size_t n_checks;
    const struct register_predicate *predicates;
    size_t n_predicates;
    const struct register_unique *unique;
    size_t n_unique;
    const struct register_balance *balances;
    size_t n_balances;
    const struct register_step *steps; /* flow.n_transitions of them */
    const char *const *columns;
    size_t n_columns;
    const struct act_field **filters;
    size_t n_filters;
    const struct register_frequency *frequencies;
    size_t n_frequencies;
    const struct register_public *open;           /* "public"; NULL: nothing is */
    const struct register_slips *slips;           /* register_slips.h; NULL: none */
    const struct register_self_check *self_check; /* likewise */
    const struct register_recognise *recognise;   /* register_recognise.h; NULL: none */
    const struct register_sends *sends;           /* register_sends.h; NULL: none */
    const struct register_print *prints;          /* register_prints.h */
    size_t n_prints;
    const struct register_measure *measures;
    size_t n_measures;
    const struct register_rate *rates;
    size_t n_rates;
    const struct register_sentence *sentences;
    size_t n_sentences;
    const json_t *demo;           /* array of {fields, acts, days_ago, …}; NULL: none */
    struct register_names *names; /* what expressions may name (register_internal.h) */
};

enum register_part { REGISTER_OPEN, REGISTER_DONE };

/* ---- loading ---- */

struct registers;

/**
 * Loads every "registers/…" of @p files and, of @p dir (NULL: none), every *.json: a file there
 * replaces the one of the same id or adds a register. Checks each, and what they say of each other:
 * entry fields, link(), places of frequencies, numbers that could be mistaken.
 * @param codes     the tables that `codes` and units may name; NULL: not looked at
 * @param[out] ret  give it back with registers_free
 * @return ERR_INVALID: the first item (code "file") names the first file that is wrong, the others
 *         are its faults; err->why begins with its path;
 *         ERR_MALFORMED, ERR_IO, ERR_NO_MEMORY
 */
enum err_code registers_load(const struct embedded_file *files, const char *dir,
                             const struct codes *codes, struct registers **ret,
                             struct err *err) MUST_CHECK;
/* How err->why calls the file under check. */
#define REGISTER_CHECKED "this file"
/* What `pack check` looks at: one file at hand, beside the embedded ones and the files @p paths,
 * each of which replaces or adds.
 * @param[out] ret_def  the register of the file; lives as long as *ret
 * @return ERR_INVALID: the items are of this file, or err->why names another that is wrong */
enum err_code registers_check(const struct embedded_file *files, const char *const *paths,
                              size_t n_paths, const char *bytes, size_t n,
                              const struct codes *codes, struct registers **ret,
                              const struct register_def **ret_def, struct err *err) MUST_CHECK;
void registers_free(struct registers *registers); /* NULL is fine */
void registers_freep(struct registers **registers);
/* Whether a JSON text is a register's definition (for pack check): it has "entry" and "fields". */
bool register_file(const json_t *root);

size_t registers_count(const struct registers *registers);
/* In the order of groups, then of ids. */
const struct register_def *registers_at(const struct registers *registers, size_t i);
/* NULL when there is none. */
const struct register_def *registers_find(const struct registers *registers, const char *id);

/* ---- older revisions ---- */

/* The revision as a number: it grows with each change of the file. */
int64_t register_revision(const struct register_def *def);
/* What a revision keeps: the file as compact JSON without its demo rows. NULL without memory. */
const char *register_content(struct arena *arena, const struct register_def *def);
/**
 * Takes in an older revision, for the entries that were written under it. Other registers that it
 * names are taken as they are now.
 * @return ERR_INVALID, ERR_MALFORMED when this program can no longer read it
 */
enum err_code registers_keep(struct registers *registers, const char *content,
                             const struct codes *codes, struct err *err) MUST_CHECK;
/* The register at that revision; as it is now where that one was never kept. NULL: no such one. */
const struct register_def *registers_at_revision(const struct registers *registers, const char *id,
                                                 const char *revision);
/* Whether an older revision of it is kept that counts entries, or lets them be found, otherwise
 * than the one of today. */
bool registers_count_otherwise(const struct registers *registers, const struct register_def *now);
/* The file as it was read, without demo rows: a copy of the caller's. NULL without memory. */
json_t *register_json(const struct register_def *def);

/* ---- asking a definition ---- */

bool register_in_profile(const struct register_def *def, const char *profile);
const struct act_field *register_field(const struct register_def *def, const char *name);
const struct register_computed *register_computed(const struct register_def *def, const char *name);
const struct register_measure *register_measure(const struct register_def *def, const char *id);
const struct register_rate *register_rate(const struct register_def *def, const char *id);
/* What a field, a computed one, number, status, body or day is called; NULL for another name. */
const struct label *register_label(const struct register_def *def, const char *name);
/* Bit of a state in required_in, states of balances and of the public part; 0: no such state. */
uint64_t register_state_bit(const struct register_def *def, const char *state);
static inline bool register_open(const struct flow_state *state)
{
    return state->part == REGISTER_OPEN;
}
/* The printed number: {yyyy} {mm} of the day, {nnnn} the running one with at least so many digits.
 * In the arena; NULL without memory. */
const char *register_number(struct arena *arena, const struct register_def *def, date_t day,
                            int64_t running);

#endif
