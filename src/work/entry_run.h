/* One writing of an entry – registering, an act, a file – from its begin to the change set.
 *
 *     CLEANUP(entry_run_release) struct entry_run run = {.op = op, .def = def, .r = ret};
 *     TRY(snapshot_open(op, &run.snap));
 *     TRY(entry_by_number(op, run.snap, def, number, MAY_ACT_ENTRY, ret));
 *     TRY(entry_run_begin(&run, "amend"));
 *     TRY(entry_run_take(&run, &def->registering, given));
 *     TRY(entry_run_settle(&run));
 *     TRY(entry_run_save(&run));                       ret is now the new state */
#ifndef FANGXIN_WORK_ENTRY_RUN_H
#define FANGXIN_WORK_ENTRY_RUN_H

#include "work/entry_internal.h"

struct entry_run {
    struct op *op;
    struct snapshot *snap;
    struct changes *ch;
    struct changes *into; /* a set that the caller applies, with others; NULL: one of its own */
    const struct entry_run *before; /* the one before it in that set; NULL: the first */
    const struct register_def *def;
    struct record *r;
    struct record_draft d;
    json_t *state;  /* what it becomes */
    json_t *values; /* its fields with those of the act */
    json_t *linked;
    json_t *clear; /* what is sealed by this act */
    date_t today;
    int64_t file;                    /* that this writing adds; 0: none */
    bool dry;                        /* only says what would be said */
    bool ahead;                      /* may take a number before the one before it is written */
    unsigned place;                  /* of its number among those on their way; 0: none */
    const struct flow_state *enters; /* in which it begins; NULL: the initial one */
};

void entry_run_release(struct entry_run *run);
/* A copy of the record's state and fields to be changed; the draft of its event. */
enum err_code entry_run_begin(struct entry_run *run, const char *act) MUST_CHECK;

/* A member of the state; json_null takes it away. Takes @p value. */
void entry_run_put(struct entry_run *run, const char *name, json_t *value);
json_t *entry_run_fields_of(const json_t *state);
/* An item of op->err with that code. */
enum err_code entry_run_refuse(struct entry_run *run, enum err_code code, const char *field,
                               const char *item, const char *zh, const char *en);
/* The values of an act's fields, checked before, into the event and what is kept; then the links.
 */
enum err_code entry_run_take(struct entry_run *run, const struct pack_act *act,
                             const json_t *given) MUST_CHECK;
/* Clocks of a transition or of registering. @param env  what their conditions look at; NULL: the
 * entry as it stands */
enum err_code entry_run_clocks(struct entry_run *run, const struct flow_clock *list, size_t n,
                               const struct register_env *env) MUST_CHECK;
/* Those that count from a day of the entry which has changed. */
enum err_code entry_run_follow(struct entry_run *run) MUST_CHECK;
/* Judges what the state has become – checks, required fields, unique rules, balances – and
 * completes it. */
enum err_code entry_run_settle(struct entry_run *run) MUST_CHECK;
/* Event, record, its rows, idempotency: all or nothing; what goes into a set of the caller's is
 * left to him. Closes the snapshot. */
enum err_code entry_run_save(struct entry_run *run) MUST_CHECK;

/* The code by which anybody may open its page: not to be guessed. None where nothing is public. */
void entry_run_code(struct entry_run *run);
/* Registers it, from permission to save. A run with a place gives it back by entry_numbers_done,
 * once it is known whether it was written. */
enum err_code entry_run_make(struct entry_run *run, const json_t *input) MUST_CHECK;

/* Whether the request of this key was done before; then @p ret is the entry as it is now and
 * *ret_file (NULL is fine) the file that it brought. */
enum err_code entry_run_earlier(struct op *op, const struct register_def *def, struct record *ret,
                                int64_t *ret_file, bool *ret_found) MUST_CHECK;

#endif
