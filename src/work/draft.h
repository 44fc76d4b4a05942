/* One act under construction.
 *
 *     CLEANUP(draft_release) struct draft d = {0};
 *     draft_begin(op, &d, &matter, "accept", at);
 *     draft_text(&d, "reason", reason);          sealed with the event
 *     draft_set(&d, "officer", json_integer(12));
 *     TRY(draft_decide(&d, roles, &facts));        what the rule pack says
 *     TRY(draft_take(&d));                         state, clocks, outcome
 *     TRY(draft_record(&d, ch));                   event and fold; the matter is now the new state
 *
 * Setters keep a failed allocation and draft_record reports it. Values given are owned by the
 * draft. */
#ifndef FANGXIN_WORK_DRAFT_H
#define FANGXIN_WORK_DRAFT_H

#include "rules/workflow.h"
#include "store/vault.h"
#include "work/matter.h"

struct draft {
    struct op *op;
    struct matter *m;
    const char *act;
    int64_t at;
    json_t *in, *set, *detail, *clocks, *remedies, *links, *commit, *texts;
    struct workflow_step step;
    bool failed;
};

void draft_begin(struct op *op, struct draft *d, struct matter *m, const char *act, int64_t at);
void draft_release(struct draft *d);

void draft_in(struct draft *d, const char *name, json_t *value); /* stands in the event */
void draft_text(struct draft *d, const char *name,
                const char *text); /* sealed beside it; NULL is skipped */
void draft_text_json(struct draft *d, const char *name, json_t *value);
void draft_set(struct draft *d, const char *column, json_t *value);
void draft_detail(struct draft *d, const char *key, json_t *value);
void draft_link(struct draft *d, int64_t other, const char *relation);
/* @param paid_by  the day, payer a code of table payers; NULL: not said */
void draft_remedy(struct draft *d, const char *kind, int64_t amount_fen, const char *paid_by,
                  const char *payer);

/* Asks the rule pack; d->step says what it answered. ERR_NOT_ALLOWED and ERR_FORBIDDEN carry the
 * reason in both languages as an error item with the field "act". */
enum err_code draft_decide(struct draft *d, unsigned roles,
                           const struct workflow_facts *facts) MUST_CHECK;
/* The same for a new matter, whose kind has been set. */
enum err_code draft_decide_begin(struct draft *d, const struct workflow_facts *facts) MUST_CHECK;
/* Takes over what the step says: state, outcome, clocks, whom the matter waits for. Pauses that the
 * act changes must have been put into the detail before. */
enum err_code draft_take(struct draft *d) MUST_CHECK;

/* Another pack governs from now on: clocks that have not ended start again on their own day under
 * its rule of that name, the old ones are cancelled. */
enum err_code draft_clocks_under(struct draft *d, const struct pack *pack) MUST_CHECK;

/* Seals a person's JSON into table person (roles consumer, proxy) or reporter and commits to it. */
enum err_code draft_person(struct draft *d, struct changes *ch, const char *role,
                           const json_t *person) MUST_CHECK;
/* Seals the texts, makes the event, folds it into d->m. */
enum err_code draft_record(struct draft *d, struct changes *ch) MUST_CHECK;

#endif
