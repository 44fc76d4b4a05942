/* The state of one matter: the fold of its events.
 *
 * Columns of the table `matter`, the clocks, and `detail`, a JSON object for the rest of the state
 * (no text that a person wrote: those are sealed, see filing.h). Text members live in op->arena. */
#ifndef FANGXIN_WORK_MATTER_H
#define FANGXIN_WORK_MATTER_H

#include <jansson.h>

#include "rules/number.h"
#include "rules/workflow.h"
#include "store/changes.h"
#include "work/setup.h"

#define MATTER_NONE INT64_MIN /* an integer column that is NULL */
#define MATTER_CLOCKS_MAX 24

enum clock_state { CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_MET, CLOCK_MISSED, CLOCK_CANCELLED };
const char *clock_state_name(enum clock_state state);

struct matter_clock {
    char rule[8];
    int64_t seq; /* 1 for the first of its rule */
    enum clock_state state;
    date_t start, due_raw, due; /* due DATE_NONE while paused */
    int64_t extensions, paused_days;
    bool provisional;
    int64_t met_at; /* MATTER_NONE while open */
};

struct matter {
    int64_t id;
    const char *number, *kind;
    int64_t version;
    unsigned char head[HASH_BYTES];
    const char *status;
    int64_t open, secret;
    const char *body;
    int64_t officer, first_officer, registered_by; /* officer, first_officer: MATTER_NONE */
    const char *channel;
    int64_t received_at, registered_at, ended_at;
    const char *category, *problem;
    const char *division; /* of its place, six or nine digits (work/place.h); NULL: not recorded */
    int64_t amount_fen, recovered_fen;
    const char *respondent, *respondent_key;
    int64_t business; /* confirmed by a clerk; MATTER_NONE */
    const char *title;
    const char *consumer; /* masked name; "" when none was given, NULL: report, or not yet known */
    const char *waiting_for;
    int64_t waiting_since;
    const char *next_rule;
    int64_t next_due; /* MATTER_NONE */
    int64_t paused;
    int64_t group_id; /* the group it belongs to (work/group.h); MATTER_NONE */
    const char *outcome, *ground, *told;
    int64_t rating; /* MATTER_NONE */
    int64_t pin_generation;
    const char *pack;
    int64_t pack_revision; /* MATTER_NONE */
    int64_t order_id;      /* record of the order it stands for (work/order.h); MATTER_NONE */
    json_t *detail;        /* owned */
    size_t n_clocks;
    struct matter_clock clocks[MATTER_CLOCKS_MAX];
};

void matter_release(struct matter *m);
/* A copy with its own detail, to keep the state before an act. */
void matter_copy(const struct matter *from, struct matter *to);

/* ERR_NOT_FOUND. Does not ask who may: see matter_for (access.h). */
enum err_code matter_load(struct op *op, struct snapshot *snap, int64_t id,
                          struct matter *ret) MUST_CHECK;
/* ERR_NOT_FOUND also for a text that is no number. */
enum err_code matter_id_of(struct op *op, const char *number, int64_t *ret) MUST_CHECK;

enum matter_kind matter_kind_of(const struct matter *m);
/* The rules it is handled by; the newest ones where it was received before any pack here. */
const struct pack *matter_pack(const struct op *op, const struct matter *m);
/* What may() looks at; lists of officers live in op->arena. */
struct record_facts matter_facts(struct op *op, const struct matter *m);
/* Whether this person, or his body, is whom the complaint is about (act "against"). */
bool conflict_of_interest(const struct matter *m, int64_t officer, const char *body);
/* What guards look at. */
struct workflow_facts matter_workflow_facts(struct op *op, const struct matter *m);
/* The newest clock of a rule; NULL when it never ran. */
struct matter_clock *matter_clock(struct matter *m, const char *rule);
#define MATTER_PAUSES_MAX 32
/* Days taken out of the clocks by pauses, for deadline_explain. */
size_t matter_pauses(const struct matter *m, struct pause *ret, size_t max);

/* ---- fold: the one way state changes ----
 *
 * An event's body says what it changes:
 *   {"in": what was sent (codes, numbers, instants), "set": {column: value}, "detail": {key:
 * value}, "clocks": [{…}], "remedies": [{…}], "links": [{…}], "commit": {"text": hex, "consumer":
 * hex}} matter_fold applies one; the writing path and `verify --rebuild` use the same function. */

/* @return ERR_CORRUPT for a body that names an unknown column or does not follow on. */
enum err_code matter_fold(struct op *op, struct matter *m, const struct event *ev,
                          const json_t *body) MUST_CHECK;

/* What follows from the clocks: next_rule and next_due of the one that ends first, and paused. */
void matter_derive(struct matter *m);

/* Writes the difference of two states into the change set: row, clocks, tallies, queue row for the
 * index. @p before NULL: a new matter. */
void matter_save(struct op *op, struct changes *ch, const struct matter *before,
                 const struct matter *after);
/* The cells of all tallies that this state contributes; see insight/measures.h. */
struct figure_facts matter_measure_facts(struct op *op, const struct matter *m);

#endif
