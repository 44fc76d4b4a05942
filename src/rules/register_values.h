/* Judging and computing over the values of one entry. Pure.
 *
 * An entry's values are one JSON object {field: value} as stored (see field.h for the shape of
 * each). For a sealed field the object may hold true in place of the value: it is filled, and no
 * expression looks into it. While an act is judged the caller puts the act's own fields into the
 * object, where one replaces an entry's field of the same name. */
#ifndef FANGXIN_RULES_REGISTER_VALUES_H
#define FANGXIN_RULES_REGISTER_VALUES_H

#include "rules/register.h"

struct register_env {
    const struct register_def *def;
    const json_t *values;
    const char *number;  /* NULL before it is given */
    const char *status;  /* id of a state; NULL before registering */
    const char *body;    /* code */
    date_t day;          /* DATE_NONE: as register_day_of computes it */
    date_t register_day; /* when it was registered */
    date_t today;
    const struct calendar *calendar;
    int zone_min;
    /* NAME of the entry that FIELD links to; the entry was loaded before. Answer it with
     * register_value over that entry. NULL: links are empty. */
    void (*link)(void *arg, const char *field, const char *name, struct value *ret);
    void *link_arg;
    bool asking;                  /* no act is being sent: what its input can show holds */
    const struct pack_act *asked; /* by register_step while asking */
    struct value *computed;       /* def->n_computed of them, by register_compute; NULL: none yet */
    struct arena *arena;          /* of register_compute: ids as texts */
};

/* Fills env->computed from the values (in @p arena). A computed field that goes beyond what fits is
 * empty. False without memory. Call it before anything below, and again when values change. */
bool register_compute(struct arena *arena, struct register_env *env);

/* What a name gives: a field, a computed one, NAME.member, number status body day today
 * register_day. Empty for another name. */
struct value register_value(const struct register_env *env, const char *name);
/* An expression of the definition over the entry. False on overflow. */
bool register_eval(const struct register_env *env, const struct expr *e, struct value *ret);
bool register_holds(const struct register_env *env, const struct expr *e, bool otherwise);
/* The day by which the entry counts: its day field, else the day of registration. */
date_t register_day_of(const struct register_env *env);

/* ---- what is sent ---- */

/* What register_fields_check cannot know by itself; a callback may be NULL, then it is not asked.
 */
struct register_world {
    const struct codes *codes;
    int64_t now_ms; /* for instants that may not lie ahead */
    /* Whether it exists and the writer may see it. @p value as sent. */
    bool (*exists)(void *arg, const struct act_field *field, const json_t *value);
    void *arg;
};

/**
 * Every fault of what is sent, in one go, as items of @p err with paths "fields.NAME",
 * "fields.TABLE.0.COLUMN": unknown names, kinds, lengths, ranges, codes, units, required fields
 * (with their "when"), texts that are blank.
 * @param fields  of registering or of an act
 * @param input   the object "fields"; a member that is null is not filled
 * @param prefix  "fields", or "" for paths without
 * @param whole   false: what is absent is not missed (amend)
 * @return ERR_OK or ERR_INVALID
 */
enum err_code register_fields_check(const struct act_field *fields, size_t n, const json_t *input,
                                    const char *prefix, bool whole, int zone_min,
                                    const struct register_world *world, struct err *err) MUST_CHECK;
/* Whether a field with "when" is asked for beside these values. */
bool register_asked(const struct act_field *field, const json_t *input);
/* The fields that must be filled before the entry may be in that state: items "required". */
enum err_code register_required_check(const struct register_env *env,
                                      const struct flow_state *state, struct err *err) MUST_CHECK;
/* The definition's own checks: items with code "check", the path of the check's field, and its
 * message. An empty check passes; one that overflows does not. */
enum err_code register_checks(const struct register_env *env, struct err *err) MUST_CHECK;
/* Whether an act is possible, its predicates judged over @p env. */
struct flow_answer register_step(const struct register_env *env, const char *act, unsigned roles);
/* The values that a transition sets, {field: value or null}: new reference, NULL without memory.
 * Each is evaluated over env as it is before any of them. */
json_t *register_sets(const struct register_env *env, const struct flow_transition *step,
                      struct err *err);

/* ---- what is shown and counted ---- */

/* A value as JSON of the field's own kind, and in words; texts NULL when empty. Codes are shown by
 * the labels of choices; of code tables only with @p codes. Names of bodies, officers and
 * businesses are the caller's: their text is the code or id. */
struct label register_text(struct arena *arena, const struct act_field *field, const json_t *value,
                           const struct codes *codes);
/* A computed text by the labels of its choices, as it is where it has none. */
struct label register_computed_words(const struct register_computed *computed, const char *value);
struct label register_computed_text(struct arena *arena, const struct register_computed *computed,
                                    const struct value *value);
json_t *register_computed_json(const struct register_computed *computed, const struct value *value);
/* The entry's title from its title fields, joined by a space. */
const char *register_title(struct arena *arena, const struct register_env *env,
                           const struct codes *codes);

/* What an entry adds to a measure. */
struct measured {
    bool counts;
    int64_t n;   /* 1 */
    int64_t sum; /* in 1/10,000; fen as whole numbers. n · NUMBER_ONE for a measure that counts */
};
struct measured register_measured(const struct register_env *env,
                                  const struct register_measure *measure);
/* The values of a dimension: one, none (empty), or the items of choices. @p room of them are
 * written; returns how many there are. */
size_t register_dimension_values(const struct register_env *env,
                                 const struct register_dimension *by, const char **ret,
                                 size_t room);
/* What an entry adds to a balance in the state env->status: 0 outside the balance's states. The
 * key is "v1|v2" of `by` in the arena. False on overflow or without memory. */
bool register_change(struct arena *arena, const struct register_env *env,
                     const struct register_balance *balance, int64_t *ret_change,
                     const char **ret_key);
/* The values of a unique set, "v1|v2"; *ret NULL when it does not apply. False without memory. */
bool register_unique_key(struct arena *arena, const struct register_env *env,
                         const struct register_unique *unique, const char **ret);

/* ---- sentences ---- */

/* The numbers a sentence asks for. Values are as in struct measured: 1/10,000. */
struct register_numbers {
    /* False: there is no such number, and the sentence is left out. @p by NULL: the whole. */
    bool (*measure)(void *arg, const struct register_measure *measure,
                    const struct register_dimension *by, const char *value, int64_t *ret);
    void *arg;
    const char *when_zh, *when_en; /* the period in words */
    const char *body_zh, *body_en;
};
/* The sentence with its numbers; texts NULL when a number is missing (or a rate has nothing below
 * the line). */
struct label register_sentence_text(struct arena *arena, const struct register_sentence *sentence,
                                    const struct register_numbers *numbers);
/* One piece of it; NULL when its number is missing. */
const char *register_piece_text(struct arena *arena, const struct register_piece *piece,
                                const struct register_numbers *numbers, bool zh);
/* A number of a measure as figures show it: "1234", "37.8", yuan for money ("1200.50"). */
const char *register_measure_text(struct arena *arena, const struct register_measure *measure,
                                  int64_t value, bool wan);
/* A quotient as figures show it; NULL when there is nothing below the line. */
const char *register_rate_text(struct arena *arena, const struct register_rate *rate, int64_t num,
                               int64_t den);
/**
 * Reads a text back against the sentence it was made from (Chinese): the numbers in its slots.
 * @param[out] ret  a number per piece of sentence->zh, in the text's own unit, as text; NULL for
 *                  words. n_zh of them
 * @return false when the text is not of that sentence
 */
bool register_sentence_parse(struct arena *arena, const struct register_sentence *sentence,
                             const char *text, const char **ret);

#endif
