/* What the files of entries share. */
#ifndef FANGXIN_WORK_ENTRY_INTERNAL_H
#define FANGXIN_WORK_ENTRY_INTERNAL_H

#include "rules/register_values.h"
#include "work/case.h"
#include "work/entry.h"
#include "work/record_clock.h"
#include "work/seal.h"

/* Fields of entry_value beside the names of filters. */
#define ENTRY_WORD "?"

#define ENTRY_WORDS_MAX 60
struct entry_words {
    size_t n;
    const char *items[ENTRY_WORDS_MAX];
};
/* Adds the words of a text to what an entry is found by. */
enum err_code entry_words_of(struct op *op, const char *text, struct entry_words *ret) MUST_CHECK;
/* Those that must be there for what is typed. */
enum err_code entry_words_asked(struct op *op, const char *text,
                                struct entry_words *ret) MUST_CHECK;

/* The actor with no other roles than the register lets read. */
struct actor entry_reader(struct op *op, const struct register_def *def);

/* ---- evaluation ---- */

/* Over one entry: env.values are its fields. Lives in op->arena as long as the state. */
struct entry_eval {
    struct op *op;
    struct snapshot *snap; /* not NULL: what it links to is read and kept in linked */
    const json_t *state;
    json_t *linked; /* {"field.name": value} */
    struct register_env env;
};
/* By what the state itself says. ERR_NO_MEMORY. */
enum err_code entry_eval(struct op *op, const struct register_def *def, const json_t *state,
                         struct entry_eval *ret) MUST_CHECK;
/* The same while it is being written: @p linked takes what its links give now. */
enum err_code entry_eval_new(struct op *op, struct snapshot *snap, const struct register_def *def,
                             const json_t *state, json_t *linked,
                             struct entry_eval *ret) MUST_CHECK;

/* The revision that says what an entry is counted and found by (entry_recount.h). */
const struct register_def *entry_counting(struct op *op, const json_t *state);
/* Evaluates all that follows from an entry, so that what its links give is at hand. */
void entry_evaluate(const struct entry_eval *e);

/* ---- what is sent ---- */

bool entry_blank(const json_t *value);
bool entry_is_link(enum field_kind kind);
/* Whether its values, or those of a column of its table, name matters or cases. */
bool entry_names_matter(const struct act_field *field);
/* Every fault of the fields, in one go. @p whole false: what is absent is not missed. */
enum err_code entry_input_check(struct op *op, struct snapshot *snap, const struct pack_act *act,
                                const json_t *given, bool whole) MUST_CHECK;
/* The state's list "links": [{field, kind, id}] after @p given was sent. */
json_t *entry_links(struct op *op, struct snapshot *snap, const struct register_def *def,
                    const json_t *old, const json_t *given);

/* ---- rows that follow from a state ---- */

/* Refuses what is there already and what would fall below zero, with the definition's words:
 * ERR_INVALID. @p before NULL: a new entry. */
enum err_code entry_guard(struct op *op, struct snapshot *snap, const struct register_def *def,
                          const struct entry_eval *before, const struct entry_eval *after,
                          int64_t id) MUST_CHECK;

/* Unique rules and balances of a change set, each side by its own revision; @p before NULL: a new
 * entry. */
void entry_put_rules(struct changes *ch, const struct entry_eval *before,
                     const struct entry_eval *after, int64_t id);
void entry_balance_cells(const struct entry_eval *e, measure_emit_fn *emit, void *arg);
enum err_code entry_unique_differs(struct op *op, struct snapshot *snap, const struct entry_eval *e,
                                   int64_t id, bool *ret) MUST_CHECK;
/* Field of entry_value for a measure ("#batches") or one of its dimensions ("#batches.origin"). */
const char *entry_measure_row(struct op *op, const char *measure, const char *dimension);
#define ENTRY_DIMENSION_VALUES 64

/* ---- acts ---- */

/* What entry_make would say; nothing is written. */
enum err_code entry_try(struct op *op, const struct register_def *def,
                        const json_t *input) MUST_CHECK;

/* What entry_act would say of an act of the definition on the entry as it stands. @p ret as there;
 * nothing is written. */
enum err_code entry_act_try(struct op *op, const struct register_def *def, const char *number,
                            const struct pack_act *act, const json_t *input,
                            struct record *ret) MUST_CHECK;

/* The act whose rows a sheet holds; NULL when they are new entries (@p act NULL or ""). ERR_INVALID
 * field "act". */
enum err_code entry_sheet_act(struct op *op, const struct register_def *def, const char *act,
                              const struct pack_act **ret) MUST_CHECK;

/* Registers what came with a one-time code, whose caller has looked at it: the actor is the public.
 * ERR_REPLAYED: the same request was done already. */
enum err_code entry_answer(struct op *op, const struct register_def *def,
                           const struct flow_state *enters, const json_t *input,
                           struct record *ret) MUST_CHECK;

extern const struct pack_act entry_amend, entry_note, entry_detach, entry_draw;
/* By which the actor may act on it. */
unsigned entry_roles(struct op *op, const struct register_def *def, const struct record *r);
/* He did the act before, or corrected it since. */
bool entry_same_hands(struct op *op, const struct record *r);
/* Role under which a person of the entry is sealed. */
const char *entry_person_role(struct op *op, const struct act_field *field);

/* ---- as JSON ---- */

/* Texts and persons of an entry, opened when first asked for. */
struct entry_secrets {
    struct op *op;
    struct snapshot *snap;
    const struct record *r;
    bool clear;    /* else persons are masked and texts left out */
    json_t *texts; /* {version: {name: text}} */
    json_t *persons;
};
void entry_secrets_release(struct entry_secrets *s);
/* One field as it is shown to the reader: its value (new reference, null where it is not filled or
 * not his to see) and its words ("" likewise). */
enum err_code entry_shown(struct entry_secrets *s, const struct act_field *field,
                          json_t **ret_value, const char **ret_text) MUST_CHECK;
/* The words of a value of the entry, or of a cell of one of its tables; "" where there is none. */
const char *entry_words(struct entry_secrets *s, const struct act_field *field,
                        const json_t *value);
/* The title, with masked persons. */
enum err_code entry_title(struct op *op, struct snapshot *snap, const struct register_def *def,
                          const struct record *r, const char **ret) MUST_CHECK;
/* The first of its clocks; DATE_NONE: none runs. */
date_t entry_due(struct op *op, const struct register_def *def, const struct record *r);

/* all, open, late of the filter; @p states (may be NULL) gets {state: n}. */
enum err_code entry_count(struct op *op, const struct entry_filter *filter, json_t *states,
                          int64_t ret_sums[3]) MUST_CHECK;
/* "" "late" "today" "soon" "later" */
const char *entry_level_name(struct op *op, date_t due);

#endif
