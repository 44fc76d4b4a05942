/* Groups: list, page, making one, its acts. What a group does to its members are acts of theirs,
 * run as a batch with a result for each. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/batch_call.h"
#include "web/batch_forms.h"
#include "web/group_forms.h"
#include "work/acts.h"
#include "work/batch.h"
#include "work/group.h"

#define FEN_MAX INT64_C(100000000000000) /* a million million yuan */
#define ID_MAX (INT64_C(1) << 53)
#define PAGE_DEFAULT 50

static const struct form_field make_fields[] = {
    {"members", INPUT_OBJECTS, .required = true, .max = BATCH_ITEMS_MAX, .sub = &form_batch_item,
     .zh = "选中的各件", .en = "The list of matters"},
    {"title", INPUT_TEXT, .max_bytes = 400, .max_chars = 100, .zh = "名称", .en = "The title"},
    {"officer", INPUT_INT, .min = 1, .zh = "负责人", .en = "The leader"},
};
const struct form form_group = {make_fields, sizeof make_fields / sizeof make_fields[0]};

/* With each member's own part of a decision. */
static const struct form_field member_fields[] = {
    {"number", INPUT_TEXT, .required = true, .max_bytes = 40, .zh = "编号", .en = "The number"},
    {"version", INPUT_INT, .required = true, .min = 1, .zh = "版本", .en = "The version"},
    {"amount_fen", INPUT_MONEY, .max = FEN_MAX, .zh = "金额", .en = "The amount"},
    {"agreed", INPUT_BOOL, .zh = "本人同意", .en = "The person's consent"},
};
static const struct form form_member = {member_fields,
                                        sizeof member_fields / sizeof member_fields[0]};

/* Members of all acts of groups; work/group.c asks each for its own. */
static const struct form_field act_fields[] = {
    {"officer", INPUT_INT, .min = 1, .zh = "负责人", .en = "The leader"},
    {"title", INPUT_TEXT, .max_bytes = 400, .max_chars = 100, .zh = "名称", .en = "The title"},
    {"reason", INPUT_TEXT, .max_bytes = 2000, .max_chars = 500, .zh = "理由", .en = "The reason"},
    {"text", INPUT_TEXT, .max_bytes = 20000, .zh = "内容", .en = "The text"},
    {"numbers", INPUT_TEXTS, .max_bytes = 40, .max = 100, .zh = "代表人",
     .en = "The representatives"},
    {"paper", INPUT_TEXT, .max_bytes = 600, .max_chars = 200, .zh = "推选书", .en = "The mandate"},
    {"signed_on", INPUT_DATE, .zh = "哪天签的", .en = "The day of signing"},
    {"agreed", INPUT_BOOL, .zh = "被代表的人同意", .en = "The consent"},
    {"at", INPUT_INSTANT, .zh = "时间", .en = "The time"},
    {"place", INPUT_TEXT, .max_bytes = 400, .zh = "地点", .en = "The place"},
    {"mode", INPUT_TEXT, .max_bytes = 40, .zh = "方式", .en = "The mode"},
    {"act", INPUT_TEXT, .max_bytes = 40, .zh = "决定", .en = "The decision"},
    {"form", INPUT_TEXT, .max_bytes = 40, .zh = "形式", .en = "The form"},
    {"ground", INPUT_TEXT, .max_bytes = 40, .zh = "理由", .en = "The ground"},
    {"terms", INPUT_TEXT, .max_bytes = 8000, .zh = "协议内容", .en = "The terms"},
    {"remedy", INPUT_TEXT, .max_bytes = 60, .zh = "怎么补救", .en = "The remedy"},
    {"paid_by", INPUT_DATE, .zh = "付款日期", .en = "The day of payment"},
    {"members", INPUT_OBJECTS, .max = BATCH_ITEMS_MAX, .sub = &form_member, .zh = "各件",
     .en = "The list of matters"},
};
const struct form form_group_act = {act_fields, sizeof act_fields / sizeof act_fields[0]};

/* ---- reading ---- */

static enum err_code path_id(struct call *call, int64_t *ret)
{
    const char *text = request_param(call->req, "id");

    if (text_int64(text, ret) && *ret > 0 && *ret < ID_MAX)
        return ERR_OK;
    return err_set(&call->op->err, ERR_NOT_FOUND, "no group of this id");
}

enum err_code group_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    int64_t id;

    TRY(path_id(call, &id));
    TRY(snapshot_open(call->op, &snap));
    TRY(group_for(call->op, snap, id, MAY_SEE_GROUP, &r));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r.version);
    return group_view(call->op, snap, &r, call_answer(call, 200));
}

enum err_code groups_get(struct call *call)
{
    static const char *const states[] = {"proposed", "open", "decided", "closed", "dismissed"};
    const char *status = request_query(call->req, "status");
    const char *number = request_query(call->req, "for");
    struct group_filter filter = {.cursor = request_query(call->req, "cursor")};
    int64_t limit;
    bool known = status == NULL || status[0] == '\0';

    for (size_t i = 0; i < sizeof states / sizeof states[0] && !known; i++)
        known = strcmp(states[i], status) == 0;
    if (!known)
        return call_bad_choice(call, "status", status,
                               "proposed, open, decided, closed, dismissed");
    filter.status = status == NULL || status[0] == '\0' ? NULL : status;
    TRY(call_query_date(call, "from", &filter.from));
    TRY(call_query_date(call, "to", &filter.to));
    TRY(call_query_int(call, "limit", 1, 100, PAGE_DEFAULT, &limit));
    filter.limit = (size_t)limit;
    if (number != NULL && number[0] != '\0')
        TRY(matter_id_of(call->op, number, &filter.joinable_by));
    return group_list_view(call->op, &filter, call_answer(call, 200));
}

/* ---- writing ---- */

static enum err_code answer(struct call *call, int status, int64_t id,
                            const struct batch_answer *batch)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct json_writer *w;

    TRY(snapshot_open(call->op, &snap));
    TRY(group_for(call->op, snap, id, MAY_SEE_GROUP, &r));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r.version);
    w = call_answer(call, status);
    json_object_begin(w);
    json_key(w, "group");
    TRY(group_view(call->op, snap, &r, w));
    if (batch == NULL || batch->json == NULL)
        json_none(w, "batch");
    else
        json_raw(w, "batch", batch->json);
    json_object_end(w);
    return ERR_OK;
}

/* {"number","version"} of each, with what @p of makes of it. */
static json_t *items_of(const json_t *members,
                        json_t *(*of)(const json_t *member, const json_t *body), const json_t *body)
{
    json_t *items = json_array(), *member;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)members, i, member)
    {
        json_t *item = json_object();

        json_object_set(item, "number", json_object_get(member, "number"));
        json_object_set(item, "version", json_object_get(member, "version"));
        if (of != NULL)
            json_object_set_new(item, "input", of(member, body));
        json_array_append_new(items, item);
    }
    return items;
}

static enum err_code run_members(struct call *call, const char *act, json_t *items, json_t *input,
                                 struct batch_answer *ret)
{
    CLEANUP(json_decrefp) json_t *own_items = items, *own_input = input;

    return batch_call(call, act, own_items, own_input, ret);
}

static json_t *numbers_of(const json_t *members)
{
    json_t *numbers = json_array(), *member;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)members, i, member)
        json_array_append(numbers, json_object_get(member, "number"));
    return numbers;
}

enum err_code groups_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *numbers = NULL;
    const json_t *members = json_object_get(call->body, "members");
    struct batch_answer batch;

    TRY(batch_call_earlier(call, &batch));
    numbers = numbers_of(members);
    TRY(group_make(call->op, numbers, body_text(call->body, "title"),
                   body_int(call->body, "officer", 0), &r));
    response_headerf(call->resp, "Location", "/api/v1/groups/%lld", (long long)r.id);
    if (batch.json == NULL)
        TRY(run_members(call, "join_group", items_of(members, NULL, NULL),
                        json_pack("{s:I}", "group", (json_int_t)r.id), &batch));
    if (batch.replayed)
        response_header(call->resp, "Idempotent-Replayed", "true");
    return answer(call, 201, r.id, &batch);
}

/* What a settlement gives one member: his own amount. */
static json_t *own_amount(const json_t *member, const json_t *body)
{
    const char *remedy = body_text(body, "remedy");
    json_t *amount = json_object_get(member, "amount_fen"), *one;

    if (!json_is_integer(amount))
        return json_object();
    one = json_pack("{s:s, s:O}", "kind", remedy == NULL ? "refund" : remedy, "amount_fen", amount);
    if (body_text(body, "paid_by") != NULL)
        json_object_set_new(one, "paid_by", json_string(body_text(body, "paid_by")));
    return json_pack("{s:[o]}", "remedies", one);
}

static json_t *picked(const json_t *body, const char *const *names)
{
    json_t *input = json_object();

    for (; *names != NULL; names++)
        if (body_text(body, *names) != NULL)
            json_object_set_new(input, *names, json_string(body_text(body, *names)));
    return input;
}

/* Settling needs the consent of each who is represented. */
static enum err_code check_consent(struct call *call, const char *act, const json_t *members)
{
    const struct group_rules *rules = call->op->setup->groups;
    json_t *member;
    size_t i;

    if (!group_rules_needs_consent(rules, act))
        return ERR_OK;
    json_array_foreach((json_t *)(uintptr_t)members, i, member)
    {
        char field[40];

        if (json_is_true(json_object_get(member, "agreed")))
            continue;
        snprintf(field, sizeof field, "members.%zu.agreed", i);
        return call_refuse(call, ERR_INVALID, field, "not_agreed", rules->decision_basis.zh,
                           rules->decision_basis.en);
    }
    return ERR_OK;
}

/* What the act does to the members named, if anything. */
static enum err_code do_members(struct call *call, const char *act, int64_t id,
                                struct batch_answer *ret)
{
    static const char *const meeting[] = {"at", "place", "mode", NULL};
    static const char *const settling[] = {"form", "terms", NULL};
    static const char *const ending[] = {"ground", "reason", NULL};
    const json_t *members = json_object_get(call->body, "members");
    const char *decision = body_text(call->body, "act");

    if (json_array_size(members) == 0)
        return ERR_OK;
    if (strcmp(act, "confirm") == 0)
        return run_members(call, "join_group", items_of(members, NULL, NULL),
                           json_pack("{s:I}", "group", (json_int_t)id), ret);
    if (strcmp(act, "meet") == 0 && call->op->setup->groups->meeting_act == NULL)
        return ERR_OK;
    if (strcmp(act, "meet") == 0)
        return run_members(call, call->op->setup->groups->meeting_act,
                           items_of(members, NULL, NULL), picked(call->body, meeting), ret);
    if (strcmp(act, "decide") != 0 || decision == NULL)
        return ERR_OK;
    if (group_rules_needs_consent(call->op->setup->groups, decision))
        return run_members(call, decision, items_of(members, own_amount, call->body),
                           picked(call->body, settling), ret);
    return run_members(call, decision, items_of(members, NULL, NULL), picked(call->body, ending),
                       ret);
}

enum err_code group_act_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const char *act = request_param(call->req, "act");
    const json_t *members = json_object_get(call->body, "members");
    struct batch_answer batch = {0};
    int64_t id, version;

    TRY(path_id(call, &id));
    TRY(call_version(call, &version));
    if (json_array_size(members) > 0)
        TRY(batch_call_earlier(call, &batch));
    if (body_text(call->body, "act") != NULL)
        TRY(check_consent(call, body_text(call->body, "act"), members));
    TRY(group_act(call->op, id, act, call->body, version, &r));
    if (batch.json == NULL)
        TRY(do_members(call, act, id, &batch));
    if (batch.replayed)
        response_header(call->resp, "Idempotent-Replayed", "true");
    return answer(call, 200, id, &batch);
}
