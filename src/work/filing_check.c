/* Checking a filing. */
#include "work/filing_check.h"

#include <string.h>

#include "base/text.h"
#include "rules/identifiers.h"
#include "rules/pack.h"
#include "rules/regions.h"

#define CLOCK_SKEW_MS 60000

const json_t *filing_at(const json_t *filing, const char *path)
{
    const json_t *at = filing;
    char key[64];

    while (at != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");

        if (n >= sizeof key)
            return NULL;
        memcpy(key, path, n);
        key[n] = '\0';
        at = json_object_get(at, key);
        path += path[n] == '.' ? n + 1 : n;
    }
    if (json_is_null(at) || (json_is_string(at) && json_string_length(at) == 0) ||
        (json_is_array(at) && json_array_size(at) == 0))
        return NULL;
    return at;
}

const char *filing_text(const json_t *filing, const char *path)
{
    return json_string_value(filing_at(filing, path));
}

static void fault(struct op *op, const char *field, const char *code, const char *zh,
                  const char *en)
{
    (void)err_field(&op->err, ERR_INVALID, field, code, zh, en);
}

void check_code(struct op *op, const char *path, const json_t *value, const char *table)
{
    const struct code_table *codes = codes_table(op->setup->codes, table);

    if (value == NULL || codes == NULL)
        return;
    if (!json_is_string(value) || code_find(codes, json_string_value(value)) == NULL)
        fault(op, path, "unknown_code", "列表里没有这一项，从列表里选一个",
              "This is not in the list; choose one from it.");
}

static void check_codes(struct op *op, const json_t *filing, const char *path, const char *table)
{
    const json_t *list = filing_at(filing, path);

    for (size_t i = 0; i < json_array_size(list); i++)
        check_code(op, path, json_array_get(list, i), table);
}

const struct pack *filing_pack(const struct op *op, const struct filing_facts *f)
{
    return setup_pack_on(op->setup, f->kind, f->channel,
                         date_of_instant(f->received_at, op->zone_min));
}

static void check_required(struct op *op, const json_t *filing, const struct filing_facts *f)
{
    const struct pack *pack = filing_pack(op, f);
    const struct pack_kind *kind =
        &(pack == NULL ? setup_pack_of(op->setup, f->kind) : pack)->kinds[f->kind];
    unsigned channel = f->staff ? CHANNEL_STAFF : CHANNEL_PUBLIC;

    for (size_t i = 0; i < kind->n_required; i++) {
        const struct required_field *r = &kind->required[i];
        const json_t *value = filing_at(filing, r->path);

        /* An imported record holds what it held; only without facts it is none. */
        if (op->actor.kind == ACTOR_SYSTEM && strcmp(r->path, "facts") != 0)
            continue;
        if (!(r->channels & channel) || (f->anonymous && text_starts(r->path, "consumer.")) ||
            (r->unless != NULL && filing_at(filing, r->unless) != NULL))
            continue;
        if (value == NULL || json_is_false(value))
            fault(op, r->path, "required", r->message.zh, r->message.en);
    }
}

static void check_phone(struct op *op, const json_t *filing, const char *path)
{
    const char *text = filing_text(filing, path);
    struct phone phone;

    if (text == NULL)
        return;
    phone = phone_check(text);
    if (phone.fault != ID_OK)
        fault(op, path, "phone", phone.why.zh, phone.why.en);
}

static void check_identifiers(struct op *op, const json_t *filing)
{
    const char *uscc = filing_text(filing, "respondent.uscc");
    const char *id = filing_text(filing, "consumer.id_number");
    const char *id_type = filing_text(filing, "consumer.id_type");
    const char *division = filing_text(filing, "respondent.division");

    check_phone(op, filing, "consumer.phone");
    check_phone(op, filing, "proxy.phone");
    if (uscc != NULL) {
        struct uscc u = uscc_check(uscc);

        if (u.fault != ID_OK)
            fault(op, "respondent.uscc", "uscc", u.why.zh, u.why.en);
    }
    if (id != NULL && (id_type == NULL || strcmp(id_type, "citizen") == 0)) {
        struct citizen_id c = citizen_id_check_on(id, date_of_instant(op->now_ms, op->zone_min));

        if (c.fault != ID_OK)
            fault(op, "consumer.id_number", "citizen_id", c.why.zh, c.why.en);
    }
    if (division != NULL && !division_valid(division))
        fault(op, "respondent.division", "division", "区划代码是 6 位或 9 位数字",
              "A division code has 6 or 9 digits.");
}

static void check_receipt(struct op *op, const json_t *filing, struct filing_facts *f)
{
    const char *text = filing_text(filing, "received_at");
    date_t day, today = date_of_instant(op->now_ms, op->zone_min);

    f->received_at = op->now_ms;
    if (text == NULL)
        return;
    if (!f->staff) {
        fault(op, "received_at", "staff_only", "收到时间由工作人员填写",
              "Only staff name the time of receipt.");
        return;
    }
    if (!instant_parse(text, op->zone_min, &f->received_at)) {
        fault(op, "received_at", "instant", "写成 2026-10-13T09:42:00+08:00 这样的时间",
              "Write a time like 2026-10-13T09:42:00+08:00.");
        return;
    }
    if (f->received_at > op->now_ms + CLOCK_SKEW_MS)
        fault(op, "received_at", "future", "收到时间不能晚于现在", "The receipt cannot lie ahead.");
    if (f->received_at > op->now_ms)
        f->received_at = op->now_ms;
    day = date_of_instant(f->received_at, op->zone_min);
    if (day < date_from_ymd(2000, 1, 1)) {
        fault(op, "received_at", "too_early", "收到时间不能早于 2000 年",
              "The receipt cannot lie before 2000.");
        f->received_at = op->now_ms;
    } else if (calendar_working_days_between(op->setup->calendar, day, today) > 1 &&
               filing_text(filing, "late_reason") == NULL && op->actor.kind == ACTOR_OFFICER) {
        fault(op, "late_reason", "required", "收到已超过 1 个工作日，写明补登原因",
              "It was received more than one working day ago; say why it is recorded late.");
    }
}

static void check_values(struct op *op, const json_t *filing, const struct filing_facts *f)
{
    const char *body = filing_text(filing, "body");
    const json_t *also = filing_at(filing, "also_report");

    check_code(op, "category", filing_at(filing, "category"), "categories");
    check_code(op, "problem", filing_at(filing, "problem"), "problems");
    check_code(op, "violation", filing_at(filing, "violation"), "violations");
    check_codes(op, filing, "demands", "demands");
    check_codes(op, filing, "themes", "themes");
    check_code(op, "channel", filing_at(filing, "channel"), "channels");
    if (also != NULL) {
        if (f->kind != KIND_COMPLAINT)
            fault(op, "also_report", "kind", "只有投诉可以同时举报",
                  "Only a complaint can also report.");
        if (setup_pack_of(op->setup, KIND_REPORT) == NULL)
            fault(op, "also_report", "not_taken", "这里不收举报",
                  "This office does not take reports.");
        if (filing_text(also, "facts") == NULL)
            fault(op, "also_report.facts", "required", "写明商家哪里违法",
                  "Say what the business did against the law.");
        check_code(op, "also_report.violation", filing_at(also, "violation"), "violations");
    }
    if (filing_at(filing, "answer") != NULL && (f->kind != KIND_ENQUIRY || !f->staff))
        fault(op, "answer", "kind", "只有工作人员登记咨询时可以同时答复",
              "Only an enquiry written down by staff is answered at once.");
    if (body != NULL && !f->staff)
        fault(op, "body", "staff_only", "承办单位由工作人员选择", "Only staff choose the body.");
    else if (body != NULL && setup_body(op->setup, body) == NULL)
        fault(op, "body", "unknown_body", "没有这个单位", "There is no such body.");
    if (filing_at(filing, "business") != NULL && !f->staff)
        fault(op, "business", "staff_only", "经营者由工作人员认定",
              "Only staff confirm the business.");
    if (filing_at(filing, "duplicate") != NULL && !f->staff)
        fault(op, "duplicate", "staff_only", "是否重复由工作人员判断",
              "Only staff say whether it repeats another.");
}

enum err_code filing_check(struct op *op, const json_t *filing, struct filing_facts *ret)
{
    const char *kind = filing_text(filing, "kind");
    const char *channel = filing_text(filing, "channel");

    err_clear(&op->err);
    *ret = (struct filing_facts){.kind = kind == NULL ? KIND_COUNT : matter_kind_find(kind),
                                 .staff = op->actor.kind != ACTOR_PUBLIC,
                                 .channel = "web"};
    if (ret->kind == KIND_COUNT)
        return err_field(&op->err, ERR_INVALID, "kind", "unknown_kind",
                         "选投诉、举报或咨询（complaint、report、enquiry）",
                         "Choose complaint, report or enquiry.");
    if (setup_pack_of(op->setup, ret->kind) == NULL)
        return err_field(&op->err, ERR_INVALID, "kind", "not_taken", "这里不收这一类",
                         "This office does not take matters of this kind.");
    ret->anonymous = ret->kind == KIND_REPORT && json_is_true(filing_at(filing, "anonymous"));
    if (ret->staff && channel != NULL)
        ret->channel = channel;
    else if (ret->staff && op->actor.kind == ACTOR_OFFICER)
        fault(op, "channel", "required", "选来源", "Choose the channel.");
    check_receipt(op, filing, ret);
    check_required(op, filing, ret);
    check_identifiers(op, filing);
    check_values(op, filing, ret);
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

enum err_code filing_check_amendment(struct op *op, enum matter_kind kind, const json_t *fields)
{
    struct filing_facts f = {.kind = kind, .staff = true};

    err_clear(&op->err);
    if (json_object_size(fields) == 0)
        fault(op, "fields", "required", "写上要更正的内容", "Give what is to be corrected.");
    check_identifiers(op, fields);
    check_values(op, fields, &f);
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}
