/* Acts on businesses. */
#include "work/business.h"

#include <string.h>

#include "base/text.h"
#include "rules/identifiers.h"
#include "rules/regions.h"
#include "sql_queries.h"
#include "work/access.h"
#include "work/business_internal.h"
#include "work/business_login.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/seal.h"

#define MERGES_FOLLOWED 32

static enum err_code check_may(struct op *op, enum may_act act)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};

    return may_check(&op->actor, act, &facts, &op->err);
}

static void fault(struct op *op, const char *field, const char *code, const char *zh,
                  const char *en)
{
    (void)err_field(&op->err, ERR_INVALID, field, code, zh, en);
}

/* ---- what may be written ---- */

static void check_aliases(struct op *op, const json_t *aliases)
{
    if (json_array_size(aliases) > BUSINESS_ALIASES_MAX)
        fault(op, "aliases", "too_many", "别名最多 200 个", "There can be 200 aliases at most.");
    for (size_t i = 0; i < json_array_size(aliases); i++) {
        const char *alias = json_string_value(json_array_get(aliases, i));

        if (alias == NULL || *text_trim(op->arena, alias) == '\0')
            fault(op, "aliases", "required", "别名不能空着", "An alias cannot be empty.");
    }
}

static void check_place(struct op *op, const json_t *input)
{
    const char *division = filing_text(input, "division");
    const char *phone = filing_text(input, "contact.phone");

    if (division != NULL && !division_valid(division))
        fault(op, "division", "division", "区划代码是 6 位或 9 位数字",
              "A division code has 6 or 9 digits.");
    if (phone != NULL) {
        struct phone p = phone_check(phone);

        if (p.fault != ID_OK)
            fault(op, "contact.phone", "phone", p.why.zh, p.why.en);
    }
}

/* A standing that a clerk may choose; "merged" comes by a merge alone. */
static bool known_status(struct op *op, const char *status)
{
    const struct code_table *table = codes_table(op->setup->codes, "business_statuses");
    const struct code *code = code_find(table, status);

    return code != NULL && code->group != NULL && strcmp(code->group, "choice") == 0;
}

enum err_code business_input_check(struct op *op, const json_t *input)
{
    const char *uscc = filing_text(input, "uscc"), *status = filing_text(input, "status");
    const char *name = filing_text(input, "name");

    err_clear(&op->err);
    if (json_object_get(input, "name") != NULL &&
        (name == NULL || *text_trim(op->arena, name) == '\0'))
        fault(op, "name", "required", "写上经营者的名称", "Give the business's name.");
    check_aliases(op, json_object_get(input, "aliases"));
    if (uscc != NULL) {
        struct uscc u = uscc_check(uscc);

        if (u.fault != ID_OK)
            fault(op, "uscc", "uscc", u.why.zh, u.why.en);
    }
    check_place(op, input);
    check_code(op, "industry", filing_at(input, "industry"), "industries");
    if (status != NULL && !known_status(op, status))
        fault(op, "status", "unknown_choice", "状态是营业、停业或联系不上",
              "The status is open, closed or unreachable.");
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

/* A code belongs to one business. */
static enum err_code check_code_free(struct op *op, struct snapshot *snap, int64_t self,
                                     const char *normal)
{
    CLEANUP(record_release) struct record other = {0};
    char zh[200];
    enum err_code rc;

    if (normal == NULL)
        return ERR_OK;
    rc = record_by_key(op, snap, "business", normal, &other);
    if (rc == ERR_NOT_FOUND) {
        err_clear(&op->err);
        return ERR_OK;
    }
    TRY(rc);
    if (other.id == self)
        return ERR_OK;
    snprintf(zh, sizeof zh, "“%.120s”已经用了这个代码", record_member(&other, "name"));
    return err_field(&op->err, ERR_INVALID, "uscc", "taken", zh, "Another business has this code.");
}

static const char *normal_code(struct op *op, const json_t *input)
{
    const char *uscc = filing_text(input, "uscc");
    struct uscc u;

    if (uscc == NULL)
        return NULL;
    u = uscc_check(uscc);
    return u.fault == ID_OK ? arena_strdup(op->arena, u.normal) : NULL;
}

/* ---- writing ---- */

void business_keep_answer(struct op *op, struct changes *ch, const struct record *r)
{
    CLEANUP(json_decrefp) json_t *result = json_pack("{s:I}", "id", (json_int_t)r->id);

    idempotency_add(op, ch, op->key, result);
}

static void put_member(struct record_draft *d, const char *name, json_t *value)
{
    record_in(d, name, json_incref(value));
    record_set(d, name, value);
}

/* Aliases without repeats and without the name itself. */
static json_t *aliases_of(struct op *op, const char *name, const json_t *list)
{
    json_t *kept = json_array();

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *alias = json_string_value(json_array_get(list, i));
        bool twice = alias == NULL;

        if (alias != NULL)
            alias = text_trim(op->arena, alias);
        twice = alias == NULL || *alias == '\0' || (name != NULL && strcmp(alias, name) == 0);
        for (size_t k = 0; k < json_array_size(kept) && !twice; k++)
            twice = strcmp(alias, json_string_value(json_array_get(kept, k))) == 0;
        if (!twice)
            json_array_append_new(kept, json_string(alias));
    }
    return kept;
}

static void put_texts(struct op *op, struct record_draft *d, const json_t *input)
{
    static const char *const plain[] = {"address", "division", "industry", "status"};
    const char *name = filing_text(input, "name"), *code = normal_code(op, input);

    if (name != NULL)
        put_member(d, "name", json_string(text_trim(op->arena, name)));
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const char *text = filing_text(input, plain[i]);

        if (text != NULL)
            put_member(d, plain[i], json_string(text_trim(op->arena, text)));
        else if (json_object_get(input, plain[i]) != NULL && strcmp(plain[i], "status") != 0)
            put_member(d, plain[i], json_null());
    }
    if (code != NULL) {
        put_member(d, "uscc", json_string(code));
        record_set(d, "key", json_string(code));
    } else if (json_object_get(input, "uscc") != NULL) {
        put_member(d, "uscc", json_null());
        record_set(d, "key", json_null());
    }
}

static enum err_code put_contact(struct record_draft *d, struct changes *ch, const json_t *input)
{
    const json_t *contact = json_object_get(input, "contact");
    bool some = filing_text(contact, "name") != NULL || filing_text(contact, "phone") != NULL;
    CLEANUP(json_decrefp) json_t *nobody = json_object();

    if (contact == NULL)
        return ERR_OK;
    record_in(d, "contact", json_boolean(some));
    record_set(d, "contact", some ? json_true() : json_null());
    /* An empty person takes the place of the one before, who is then gone. */
    return some || json_is_true(json_object_get(d->r->state, "contact"))
               ? record_person(d, ch, "contact", some ? contact : nobody)
               : ERR_OK;
}

static enum err_code put_content(struct op *op, struct changes *ch, struct record_draft *d,
                                 const json_t *input)
{
    const char *name = filing_text(input, "name");

    if (name == NULL)
        name = record_member(d->r, "name");
    put_texts(op, d, input);
    if (json_object_get(input, "aliases") != NULL)
        put_member(d, "aliases", aliases_of(op, name, json_object_get(input, "aliases")));
    record_text(d, "reason", filing_text(input, "reason"));
    return put_contact(d, ch, input);
}

enum err_code business_register_into(struct op *op, struct changes *ch, const json_t *input,
                                     int64_t at, struct record *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};

    if (filing_text(input, "name") == NULL)
        return err_field(&op->err, ERR_INVALID, "name", "required", "写上经营者的名称",
                         "Give the business's name.");
    TRY(business_input_check(op, input));
    TRY(record_new(op, "business", ret));
    record_draft_begin(op, &d, ret, "register", at);
    record_set(&d, "aliases", json_array());
    record_set(&d, "status", json_string("open"));
    record_set(&d, "day", json_integer(date_of_instant(at, op->zone_min)));
    TRY(put_content(op, ch, &d, input));
    return record_write(&d, ch);
}

enum err_code business_code_free(struct op *op, const json_t *input)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(business_input_check(op, input));
    TRY(snapshot_open(op, &snap));
    return check_code_free(op, snap, 0, normal_code(op, input));
}

enum err_code business_register(struct op *op, const json_t *input, struct record *ret)
{
    struct changes *ch = changes_new(op);

    *ret = (struct record){0};
    TRY(check_may(op, MAY_WRITE_BUSINESS));
    TRY(business_code_free(op, input));
    TRY(business_register_into(op, ch, input, op->now_ms, ret));
    business_keep_answer(op, ch, ret);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code refuse_merged(struct op *op, const struct record *r)
{
    if (strcmp(record_member(r, "status"), "merged") != 0)
        return ERR_OK;
    return err_field(&op->err, ERR_NOT_ALLOWED, "act", "merged", "已经并入另一个经营者，到那边去办",
                     "It was merged into another; act there.");
}

static enum err_code mark(struct op *op, struct record_draft *d, const json_t *input)
{
    const char *status = filing_text(input, "status");

    if (status == NULL || !known_status(op, status))
        return err_field(&op->err, ERR_INVALID, "status", "unknown_choice",
                         "状态是营业、停业或联系不上",
                         "The status is open, closed or unreachable.");
    put_member(d, "status", json_string(status));
    record_text(d, "reason", filing_text(input, "reason"));
    return ERR_OK;
}

static enum err_code act_into(struct op *op, struct changes *ch, struct record *r, const char *act,
                              const json_t *input)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};

    TRY(refuse_merged(op, r));
    record_draft_begin(op, &d, r, act, op->now_ms);
    if (strcmp(act, "mark") == 0)
        TRY(mark(op, &d, input));
    else if (business_login_act(act))
        TRY(business_login_put(&d, act));
    else
        TRY(put_content(op, ch, &d, input));
    if (json_object_size(d.in) == 0)
        return err_field(&op->err, ERR_INVALID, "", "required", "写上要改的内容",
                         "Give what is to be changed.");
    return record_write(&d, ch);
}

enum err_code business_act(struct op *op, int64_t id, const char *act, const json_t *input,
                           int64_t version, struct record *ret)
{
    struct changes *ch = changes_new(op);

    *ret = (struct record){0};
    TRY(check_may(op, MAY_WRITE_BUSINESS));
    if (strcmp(act, "amend") != 0 && strcmp(act, "mark") != 0 && !business_login_act(act))
        return err_field(&op->err, ERR_NOT_FOUND, "act", "unknown_act", "没有这个操作",
                         "There is no such act.");
    TRY(business_input_check(op, input));
    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(record_load(op, snap, "business", id, ret));
        TRY(record_expect(op, ret, version));
        TRY(check_code_free(op, snap, id, normal_code(op, input)));
    }
    TRY(act_into(op, ch, ret, act, input));
    business_keep_answer(op, ch, ret);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- reading ---- */

enum err_code business_find(struct op *op, struct snapshot *snap, int64_t id, struct record *ret)
{
    for (int i = 0; i < MERGES_FOLLOWED; i++) {
        int64_t into;

        TRY(record_load(op, snap, "business", id, ret));
        into = record_number(ret, "into");
        if (strcmp(record_member(ret, "status"), "merged") != 0 || into == 0)
            return ERR_OK;
        record_release(ret);
        id = into;
    }
    return err_set(&op->err, ERR_CORRUPT, "business %lld: merges go in a ring", (long long)id);
}

void business_hold(struct changes *ch, int64_t id)
{
    changes_row(ch, SQL_business_still, 1, ERR_CONFLICT);
    changes_int(ch, id);
}

enum err_code business_reveal(struct op *op, int64_t id, const char *reason, json_t **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const struct code_table *reasons = codes_table(op->setup->codes, "reveal_reasons");
    struct changes *ch = changes_new(op);

    *ret = NULL;
    TRY(check_may(op, MAY_WRITE_BUSINESS));
    if (reasons == NULL || code_find(reasons, reason) == NULL)
        return err_field(&op->err, ERR_INVALID, "reason", "unknown_code", "选查看的理由",
                         "Choose a reason from the list.");
    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, "business", id, &r));
    if (!json_is_true(json_object_get(r.state, "contact")))
        return err_set(&op->err, ERR_NOT_FOUND, "no contact");
    access_add(op, ch, id, "reveal:contact", reason);
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE)); /* recorded before it is shown */
    return seal_open_person(op, snap, id, "contact", ret);
}
