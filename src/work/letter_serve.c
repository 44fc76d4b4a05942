/* Letters: noting that one reached somebody, and telling the matter so. */
#include "base/text.h"
#include "work/acts.h"
#include "work/idempotency.h"
#include "work/letter_internal.h"

static enum err_code check_service(struct op *op, const struct record *r, const struct matter *m,
                                   const json_t *input, int64_t *ret_at)
{
    const struct letter_form *form = letter_form_find(op->setup->letters, record_member(r, "form"));
    const struct pack_act *tell = pack_act(matter_pack(op, m), "tell");
    const char *party = json_string_value(json_object_get(input, "party"));
    const char *channel = json_string_value(json_object_get(input, "channel"));
    const char *at = json_string_value(json_object_get(input, "at"));
    const struct act_field *channels = tell == NULL ? NULL : act_field(tell, "channel");
    bool to = false;

    for (unsigned i = 0; form != NULL && letter_to_names[i] != NULL; i++)
        to |= (form->to & (1u << i)) != 0 && letter_same(letter_to_names[i], party);
    if (!letter_same(record_member(r, "status"), "issued"))
        return err_field(&op->err, ERR_NOT_ALLOWED, "letter", "letter_state",
                         "只有已经发出的文书能送达", "Only an issued letter is served.");
    if (!to)
        return err_field(&op->err, ERR_INVALID, "party", "unknown_choice", "这份文书不送给他",
                         "This letter is not addressed to that party.");
    if (channels == NULL || field_choice(channels, matter_kind_of(m), channel) == NULL)
        return err_field(&op->err, ERR_INVALID, "channel", "unknown_choice", "选送达方式",
                         "Choose how it was served.");
    *ret_at = op->now_ms;
    if (at != NULL && !instant_parse(at, op->zone_min, ret_at))
        return err_field(&op->err, ERR_INVALID, "at", "instant", "时间写得不对",
                         "This is no time.");
    if (*ret_at > op->now_ms || *ret_at < record_number(r, "at") - 24 * 3600 * INT64_C(1000))
        return err_field(&op->err, ERR_INVALID, "at", "range", "送达时间在发文以后、现在以前",
                         "It was served after it was issued and before now.");
    return ERR_OK;
}

/* The act `tell` of the matter, where the form counts this as telling and the pack allows it now.
 */
static enum err_code tell(struct op *op, struct changes *ch, const struct record *r,
                          struct matter *m, const json_t *input, int64_t at, bool *ret_told)
{
    const struct letter_form *form = letter_form_find(op->setup->letters, record_member(r, "form"));
    const char *party = json_string_value(json_object_get(input, "party"));
    CLEANUP(matter_release) struct matter before = {0};
    CLEANUP(json_decrefp) json_t *told = NULL;
    struct changes *mark = changes_mark(ch);
    char when[INSTANT_TEXT];
    enum err_code rc;

    *ret_told = false;
    if (form == NULL || !letter_form_tells(form, party, m->status))
        return ERR_OK;
    instant_format(at, op->zone_min, when);
    told = json_pack("{s:s, s:O, s:s, s:s}", "party", party, "channel",
                     json_object_get(input, "channel"), "at", when, "letter",
                     record_member(r, "number"));
    if (json_is_string(json_object_get(input, "proof")))
        json_object_set(told, "proof", json_object_get(input, "proof"));
    matter_copy(m, &before);
    rc = matter_act_into(op, ch, m, "tell", told);
    if (rc == ERR_NOT_ALLOWED || rc == ERR_FORBIDDEN) {
        changes_back(ch, mark); /* told before, or not by this officer: the service stands alone */
        err_clear(&op->err);
        return ERR_OK;
    }
    TRY(rc);
    matter_save(op, ch, &before, m);
    *ret_told = true;
    return ERR_OK;
}

static enum err_code serve_once(struct op *op, int64_t id, const json_t *input, int64_t version,
                                struct record *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct changes *ch = changes_new(op);
    json_t *services;
    int64_t at;
    bool told;

    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(letter_for(op, snap, id, MAY_ISSUE_LETTER, ret, &m));
    }
    TRY(record_expect(op, ret, version));
    TRY(check_service(op, ret, &m, input, &at));
    TRY(tell(op, ch, ret, &m, input, at, &told));
    services = json_object_get(ret->state, "services");
    services = services == NULL ? json_array() : json_deep_copy(services);
    json_array_append_new(
        services, json_pack("{s:I, s:O, s:O, s:I, s:I, s:b}", "version",
                            (json_int_t)ret->version + 1, "party", json_object_get(input, "party"),
                            "channel", json_object_get(input, "channel"), "at", (json_int_t)at,
                            "by", (json_int_t)op->actor.officer_id, "told", (int)told));
    record_draft_begin(op, &d, ret, "serve", at);
    d.report = m.secret != 0;
    record_set(&d, "services", services);
    record_text(&d, "recipient", json_string_value(json_object_get(input, "recipient")));
    record_text(&d, "proof", json_string_value(json_object_get(input, "proof")));
    TRY(record_write(&d, ch));
    result = json_pack("{s:I}", "id", (json_int_t)ret->id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code letter_serve(struct op *op, int64_t id, const json_t *input, int64_t version,
                           struct record *ret)
{
    enum err_code rc;
    bool found;

    *ret = (struct record){0};
    TRY(letter_earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    rc = serve_once(op, id, input, version, ret);
    if (rc != ERR_REPLAYED)
        return rc;
    record_release(ret);
    err_clear(&op->err);
    TRY(letter_earlier(op, ret, &found));
    return found ? ERR_OK : err_set(&op->err, ERR_REPLAYED, "letter");
}
