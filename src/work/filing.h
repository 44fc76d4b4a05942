/* Receiving: an enquiry, complaint or report becomes a matter. */
#ifndef FANGXIN_WORK_FILING_H
#define FANGXIN_WORK_FILING_H

#include "work/matter.h"
#include "store/vault.h"

/* Where a filing comes from decides which fields it needs and who names channel and receipt. */
struct receipt {
    int64_t id;
    int64_t also; /* the report split from a complaint; 0 = none */
    bool replayed;
};

/**
 * Files one matter (two for a complaint that is also a report).
 * @param filing  JSON object whose shape the field table of web/forms.h has checked: kind, channel,
 *                received_at, late_reason, consumer, anonymous, proxy, respondent, category,
 * problem, violation, themes, amount_fen, facts, demands, demand_text, truthful, product, purchase,
 * external, consents, flags, heads, also_report, answer, body, business,
 * duplicate, source; order_id is for work/order.c
 * alone, no form holds it
 * @param[out] ret_m  the matter as it stands now, without asking the store again for what was just
 *                written; the caller releases it
 * @return ERR_INVALID with an item per field: required by the pack, identity numbers, phones,
 *         receipt in the future or more than one working day back without a reason, unknown codes;
 *         ERR_FORBIDDEN when the actor may not file for others
 */
enum err_code matter_receive(struct op *op, const json_t *filing, struct matter *ret_m,
                             struct receipt *ret) MUST_CHECK;
/* The same into a change set of the caller (import, demo). @p m is the new state. */
enum err_code matter_receive_into(struct op *op, struct changes *ch, const json_t *filing,
                                  struct matter *m, struct receipt *ret) MUST_CHECK;

/* A business's name as matters and groups keep it beside the one that was told (respondent_key),
 * in the arena: whatever case, width and gaps. */
enum err_code filing_respondent_key(struct op *op, const char *name, const char **ret) MUST_CHECK;

/* The sealed texts of the current filing:
 * {"facts","demand_text","respondent":{…},"product","purchase", "source"}; ERR_CORRUPT when they do
 * not open. New reference. */
enum err_code filing_open(struct op *op, struct snapshot *snap, const struct matter *m,
                          json_t **ret) MUST_CHECK;
/* Sealed texts of one event; {} when it has none. */
enum err_code texts_open(struct op *op, struct snapshot *snap, const struct matter *m,
                         int64_t version, json_t **ret) MUST_CHECK;
/* {"name","phone","address",…} of role consumer, proxy or reporter; *ret NULL when there is none.
 */
enum err_code person_open(struct op *op, struct snapshot *snap, const struct matter *m,
                          const char *role, json_t **ret) MUST_CHECK;

/* Whom a matter's masked texts must not name; {0} before the first, one for all texts of a view. */
struct masked_persons {
    bool opened;
    json_t *consumer, *proxy; /* owned; NULL where there is none */
};
void masked_persons_release(struct masked_persons *persons);
/* A text of the matter for the eyes of the other side: without the consumer's and the proxy's
 * names, phones and addresses, and without numbers that lead to a person (insight/mask.h). NULL
 * stays. Opens @p persons with the first text. */
enum err_code filing_mask(struct op *op, struct snapshot *snap, const struct matter *m,
                          struct masked_persons *persons, const char *text,
                          const char **ret) MUST_CHECK;

/* PIN of the matter's present generation. */
void matter_pin(struct op *op, const struct matter *m, char ret[PIN_TEXT]);

#endif
