/* Offers, settlements, and what follows an ending. */
#include "work/act_outcome.h"

#include <string.h>

#include "work/seal.h"

static const char *text_of(const struct act_run *run, const char *field)
{
    return filing_text(run->input, field);
}

static int64_t int_of(const struct act_run *run, const char *field)
{
    return json_integer_value(json_object_get(run->input, field));
}

enum err_code act_offer(struct act_run *run)
{
    bool own = run->op->actor.kind == ACTOR_BUSINESS;
    json_t *offer;

    if (own && (text_of(run, "party") == NULL || strcmp(text_of(run, "party"), "business") != 0))
        return err_field(&run->op->err, ERR_INVALID, "party", "unknown_choice",
                         "您只能代表本单位提出方案", "You can make offers of your business only.");
    offer = json_pack("{s:I, s:s, s:I, s:s, s:I, s:s*}", "id", (json_int_t)run->m->version + 1,
                      "party", text_of(run, "party") == NULL ? "" : text_of(run, "party"),
                      "amount_fen", (json_int_t)int_of(run, "amount_fen"), "state", "open", "at",
                      (json_int_t)run->d.at, "remedy", text_of(run, "remedy"));
    if (own)
        json_object_set_new(offer, "own", json_true());
    draft_detail(&run->d, "offer", offer);
    return ERR_OK;
}

static enum err_code answer_offer(struct act_run *run, const char *state)
{
    json_t *offer = json_deep_copy(json_object_get(run->m->detail, "offer"));

    json_object_set_new(offer, "state", json_string(state));
    draft_detail(&run->d, "offer", offer);
    return ERR_OK;
}

/* What both sides wrote themselves needs no officer to write it down once more: the terms of the
 * offer are those of the settlement. */
static enum err_code settle_on_offer(struct act_run *run, const json_t *offer)
{
    int64_t amount = json_integer_value(json_object_get(offer, "amount_fen"));
    const char *remedy = filing_text(offer, "remedy");
    CLEANUP(json_decrefp) json_t *texts = NULL;

    TRY(seal_open_texts(run->op, run->snap, run->m->id,
                        json_integer_value(json_object_get(offer, "id")), &texts));
    draft_text(&run->d, "terms", filing_text(texts, "terms"));
    if (remedy != NULL || amount > 0)
        draft_remedy(&run->d, remedy == NULL ? "other" : remedy, amount, NULL, NULL);
    draft_set(&run->d, "recovered_fen", json_integer(amount));
    draft_detail(
        &run->d, "settlement",
        json_pack("{s:I, s:s}", "version", (json_int_t)run->m->version + 1, "form", "offer"));
    return ERR_OK;
}

enum err_code act_accept_offer(struct act_run *run)
{
    TRY(answer_offer(run, "accepted"));
    return run->d.step.to->ended ? settle_on_offer(run, json_object_get(run->m->detail, "offer"))
                                 : ERR_OK;
}

enum err_code act_decline_offer(struct act_run *run)
{
    return answer_offer(run, "declined");
}

enum err_code act_settle(struct act_run *run)
{
    const json_t *remedies = json_object_get(run->input, "remedies");
    const char *form = text_of(run, "form");
    int64_t recovered = 0;

    for (size_t i = 0; i < json_array_size(remedies); i++) {
        const json_t *r = json_array_get(remedies, i);
        const char *kind = json_string_value(json_object_get(r, "kind"));
        int64_t amount = json_integer_value(json_object_get(r, "amount_fen"));

        if (kind == NULL)
            return err_field(&run->op->err, ERR_INVALID, "remedies", "kind", "写明给付的种类",
                             "Name the kind of remedy.");
        draft_remedy(&run->d, kind, amount, json_string_value(json_object_get(r, "paid_by")),
                     json_string_value(json_object_get(r, "payer")));
        recovered += amount;
    }
    draft_set(&run->d, "recovered_fen", json_integer(recovered));
    draft_detail(
        &run->d, "settlement",
        json_pack("{s:I, s:s?}", "version", (json_int_t)run->m->version + 1, "form", form));
    if (form != NULL && strcmp(form, "performed") == 0)
        draft_detail(&run->d, "performed", json_true());
    return ERR_OK;
}

enum err_code act_reopen(struct act_run *run)
{
    draft_set(&run->d, "recovered_fen", json_integer(0));
    draft_set(&run->d, "rating", json_null());
    draft_detail(&run->d, "settlement", json_null());
    draft_detail(&run->d, "offer", json_null()); /* taken or not: it ended with the settlement */
    draft_detail(&run->d, "performed", json_null());
    draft_detail(&run->d, "disclosure", json_null());
    return ERR_OK;
}

enum err_code act_rate(struct act_run *run)
{
    draft_set(&run->d, "rating", json_integer(int_of(run, "score")));
    return ERR_OK;
}

enum err_code act_follow_up(struct act_run *run)
{
    if (json_is_integer(json_object_get(run->input, "satisfaction")) &&
        run->m->rating == MATTER_NONE)
        draft_set(&run->d, "rating", json_integer(int_of(run, "satisfaction")));
    if (json_is_true(json_object_get(run->input, "performed")))
        draft_detail(&run->d, "performed", json_true());
    return ERR_OK;
}
