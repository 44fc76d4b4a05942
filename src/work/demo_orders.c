/* Orders of the sample county: what the hotline passed on in the last four weeks, in every state.
 */
#include <string.h>

#include "work/demo_around.h"
#include "work/order.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define ORDERS 165
#define WAITING 3 /* the last ones are still to be signed for, at whatever hour it is */
#define DAYS 28
#define DUE_WORKING_DAYS 5
#define PER_SET 33

struct told {
    int64_t id, received_at;
    struct chance chance;
    bool enquiry;
};

/* ---- receiving ---- */

/* Older ones first; orders come each day, also on days off. */
static int64_t received_at(const struct op *op, size_t i, date_t until, int64_t end_ms,
                           struct chance *chance)
{
    date_t day = until - DAYS + 1 + (date_t)(i * DAYS / ORDERS);
    int64_t at =
        instant_of_date(day, op->zone_min) + 8 * HOUR_MS + chance_below(chance, 600) * MINUTE_MS;

    return at < end_ms ? at : end_ms - (int64_t)(ORDERS - i) * MINUTE_MS;
}

static enum err_code receive_one(struct op *op, const struct county *c, struct changes *ch,
                                 size_t i, date_t until, int64_t end_ms, struct told *ret)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    struct plan plan = {.which = 0x0de00000u + i};
    struct story st = {.op = op, .county = c, .plan = &plan, .end_ms = end_ms};
    char when[INSTANT_TEXT], due[DATE_TEXT];

    st.chance = chance_of(c->seed, 0x0de, i);
    plan.kind = chance_hits(&st.chance, 820) ? KIND_COMPLAINT : KIND_ENQUIRY;
    plan.received_at = st.now = received_at(op, i, until, end_ms, &st.chance);
    filing = story_filing(&st);
    instant_format(st.now, op->zone_min, when);
    date_format(calendar_add_working_days(op->setup->calendar,
                                          date_of_instant(st.now, op->zone_min), DUE_WORKING_DAYS),
                due);
    json_object_set_new(filing, "received_at", json_string(when));
    json_object_set_new(filing, "external",
                        json_pack("{s:s, s:o, s:s}", "system", "12345", "number",
                                  json_sprintf("GD%.4s%.2s%.2s%04zu", when, when + 5, when + 8, i),
                                  "due", due));
    op->actor = c->intake[i % 2]->actor;
    op->now_ms = st.now;
    TRY(order_receive_into(op, ch, filing, NULL, &ret->id));
    ret->received_at = st.now;
    ret->chance = st.chance;
    ret->enquiry = plan.kind == KIND_ENQUIRY;
    return ERR_OK;
}

/* ---- what became of them ---- */

static enum err_code act(struct op *op, struct changes *ch, struct record *r,
                         const struct demo_officer *by, const char *name, json_t *input, int64_t at)
{
    CLEANUP(json_decrefp) json_t *owned = input;
    int64_t matter;

    op->actor = by->actor;
    op->now_ms = at;
    return order_act_into(op, ch, r, name, owned, at, &matter);
}

/* Returned: four in ten, each with its reason; two wait for the approval. */
static enum err_code goes_back(struct op *op, const struct county *c, struct changes *ch,
                               struct record *r, struct told *t, int64_t at, bool waits)
{
    static const char *const reasons[] = {"missing", "not_our_duty", "repeat",  "address_unknown",
                                          "unclear", "not_our_duty", "answered"};

    TRY(act(op, ch, r, c->intake[0], "request_return",
            json_pack("{s:s}", "reason", reasons[chance_below(&t->chance, 7)]), at));
    if (waits)
        return ERR_OK;
    return act(op, ch, r, c->supervisor, "approve_return", json_object(), at + 40 * MINUTE_MS);
}

static enum err_code is_answered(struct op *op, const struct county *c, struct changes *ch,
                                 struct record *r, struct told *t, int64_t at)
{
    const char *text = county_text(c, &t->chance, t->enquiry ? "answers" : "replies");

    TRY(act(op, ch, r, c->intake[chance_hits(&t->chance, 400)], "reply",
            json_pack("{s:s}", "text", text), at));
    return chance_hits(&t->chance, 600)
               ? act(op, ch, r, c->intake[0], "close", json_object(), at + 3 * HOUR_MS)
               : ERR_OK;
}

static enum err_code goes_on(struct op *op, const struct county *c, struct told *t, size_t i,
                             int64_t end_ms)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct changes *ch = changes_new(op);
    int64_t signed_at = t->received_at + chance_between(&t->chance, 12, 90) * MINUTE_MS;
    int64_t done_at = signed_at + chance_between(&t->chance, 2, 30) * HOUR_MS;
    bool lies = i % 41 == 40; /* over its day */
    enum err_code rc;

    if (i + WAITING >= ORDERS || signed_at + HOUR_MS > end_ms)
        return ERR_OK;
    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, "order", t->id, &r));
    snapshot_closep(&snap);
    rc = act(op, ch, &r, c->intake[0], "sign", json_object(), signed_at);
    if (rc == ERR_OK && !lies && done_at + 4 * HOUR_MS < end_ms)
        rc = i % 5 < 2 ? goes_back(op, c, ch, &r, t, done_at, i + 25 > ORDERS)
                       : is_answered(op, c, ch, &r, t, done_at);
    else if (rc == ERR_OK && !lies && !t->enquiry && i % 2 == 0)
        rc = act(op, ch, &r, c->intake[0], "accept", json_object(), signed_at + 20 * MINUTE_MS);
    return rc == ERR_OK ? county_apply(op, ch) : rc;
}

enum err_code county_orders(struct op *op, const struct county *c, date_t until, int64_t end_ms)
{
    struct told *list = ARENA_ARRAY(op->arena, struct told, ORDERS);

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "orders");
    for (size_t from = 0; from < ORDERS; from += PER_SET) {
        struct changes *ch = changes_new(op);

        for (size_t i = from; i < ORDERS && i < from + PER_SET; i++)
            TRY(receive_one(op, c, ch, i, until, end_ms, &list[i]));
        TRY(county_apply(op, ch));
    }
    for (size_t i = 0; i < ORDERS; i++)
        TRY(goes_on(op, c, &list[i], i, end_ms));
    return ERR_OK;
}
