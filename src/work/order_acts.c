/* Acts on orders: load, permission, version, life cycle, effect, event, save; in one change set
 * with the matter that the act files or attaches. */
#include <string.h>

#include "sql_queries.h"
#include "work/access.h"
#include "work/acts.h"
#include "work/draft.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/order.h"
#include "work/record_input.h"

struct run {
    struct op *op;
    struct changes *ch;
    struct snapshot *snap;
    struct record *order;
    struct record_draft d;
    const json_t *input;
    int64_t at, matter;
};

static enum err_code refuse(struct op *op, enum err_code code, const char *field, const char *item,
                            const char *zh, const char *en)
{
    return err_field(&op->err, code, field, item, zh, en);
}

/* ---- a matter for the order ---- */

/* It points to the order by a column, the order names it in its state. */
static void name_matter(struct run *run, const struct matter *m)
{
    json_t *list = json_deep_copy(json_object_get(run->order->state, "matters"));

    json_array_append_new(list, json_integer(m->id));
    record_set(&run->d, "matters", list);
    record_in(&run->d, "number", json_string(m->number));
    if (m->secret != 0) { /* what holds a report is as secret as the report */
        record_set(&run->d, "secret", json_true());
        run->d.report = true;
    }
    run->matter = m->id;
}

static void put_external(struct run *run, json_t *filing)
{
    json_t *external = json_pack("{s:s, s:s}", "system", record_member(run->order, "system"),
                                 "number", record_member(run->order, "number"));
    const json_t *due = json_object_get(run->order->state, "due");
    char text[DATE_TEXT];

    if (json_is_integer(due)) {
        date_format((date_t)json_integer_value(due), text);
        json_object_set_new(external, "due", json_string(text));
    }
    json_object_set_new(filing, "external", external);
}

static void put_default(json_t *filing, const char *path, const char *key, json_t *value)
{
    if (filing_at(filing, path) == NULL)
        json_object_set_new(filing, key, value);
    else
        json_decref(value);
}

/* The business as the clerk names it, where the order names none. */
static void put_respondent(json_t *filing, const char *name)
{
    json_t *respondent = json_object_get(filing, "respondent");

    if (name == NULL || filing_text(filing, "respondent.name") != NULL)
        return;
    if (respondent == NULL)
        json_object_set_new(filing, "respondent", json_pack("{s:s}", "name", name));
    else
        json_object_set_new(respondent, "name", json_string(name));
}

static void put_body(struct run *run, json_t *filing)
{
    const char *chosen = filing_text(run->input, "body");
    const char *held = record_member(run->order, "body");

    if (chosen == NULL && held != NULL && strcmp(held, run->op->actor.body) != 0)
        chosen = held;
    if (chosen != NULL)
        json_object_set_new(filing, "body", json_string(chosen));
}

static enum err_code make_filing(struct run *run, json_t **ret)
{
    struct op *op = run->op;
    const struct order_flow *flow = op->setup->orders;
    const char *kind = filing_text(run->input, "kind");
    int64_t received_at = record_number(run->order, "received_at");
    char when[INSTANT_TEXT];
    json_t *filing = NULL, *caller = NULL;

    TRY(order_filing(op, run->snap, run->order, &filing));
    *ret = filing;
    TRY(order_caller(op, run->snap, run->order, &caller));
    if (kind == NULL)
        kind = record_member(run->order, "kind");
    if (kind == NULL)
        kind = "complaint";
    json_object_set_new(filing, "kind", json_string(kind));
    json_object_set_new(filing, "channel", json_string(flow->channel));
    instant_format(received_at, op->zone_min, when);
    json_object_set_new(filing, "received_at", json_string(when));
    if (date_of_instant(received_at, op->zone_min) != date_of_instant(op->now_ms, op->zone_min))
        put_default(filing, "late_reason", "late_reason", json_string(flow->late_reason.zh));
    if (caller != NULL)
        json_object_set_new(filing, "consumer", caller);
    else if (strcmp(kind, "report") == 0)
        json_object_set_new(filing, "anonymous", json_true());
    if (strcmp(kind, "complaint") == 0)
        put_default(filing, "demands", "demands", json_pack("[s]", flow->default_demand));
    put_respondent(filing, filing_text(run->input, "respondent"));
    if (filing_text(run->input, "category") != NULL)
        json_object_set(filing, "category", json_object_get(run->input, "category"));
    put_external(run, filing);
    put_body(run, filing);
    json_object_set_new(filing, "order_id", json_integer(run->order->id));
    return ERR_OK;
}

static enum err_code file_matter(struct run *run)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct receipt receipt;

    TRY(make_filing(run, &filing));
    TRY(matter_receive_into(run->op, run->ch, filing, &m, &receipt));
    matter_save(run->op, run->ch, NULL, &m);
    name_matter(run, &m);
    if (filing_text(run->input, "body") != NULL)
        record_set(&run->d, "assigned", json_true());
    return ERR_OK;
}

static enum err_code attach_matter(struct run *run)
{
    CLEANUP(matter_release) struct matter m = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};
    struct op *op = run->op;
    int64_t id;

    if (matter_id_of(op, filing_text(run->input, "number"), &id) != ERR_OK ||
        matter_for(op, run->snap, id, MAY_ACT, &m) != ERR_OK) {
        err_clear(&op->err);
        return refuse(op, ERR_INVALID, "number", "unknown_number", "没有这个编号",
                      "There is no such number.");
    }
    if (m.order_id != MATTER_NONE)
        return refuse(op, ERR_INVALID, "number", "has_order", "这件诉求已经在另一张工单下",
                      "This matter stands for another order already.");
    matter_copy(&m, &before);
    draft_begin(op, &d, &m, "join_order", run->at);
    draft_set(&d, "order_id", json_integer(run->order->id));
    TRY(draft_record(&d, run->ch));
    matter_save(op, run->ch, &before, &m);
    name_matter(run, &m);
    return ERR_OK;
}

/* ---- effects ---- */

static enum err_code assign_order(struct run *run)
{
    struct op *op = run->op;
    const char *code = filing_text(run->input, "body");
    const struct body *body = code == NULL ? NULL : setup_body(op->setup, code);

    if (body == NULL || !body->current)
        return refuse(op, ERR_INVALID, "body", "unknown_body", "没有这个单位",
                      "There is no such body.");
    if (op->actor.kind == ACTOR_OFFICER && !body_path_within(body->path, op->actor.body_path))
        return refuse(op, ERR_INVALID, "body", "body", "只能分给本单位和下级",
                      "It can go to your body and those below.");
    record_set(&run->d, "body", json_string(code));
    record_set(&run->d, "assigned", json_true());
    return ERR_OK;
}

static void take_away(struct run *run, const char *const *names)
{
    for (; *names != NULL; names++)
        if (json_object_get(run->order->state, *names) != NULL)
            record_set(&run->d, *names, json_null());
}

static void reopen_order(struct run *run)
{
    static const char *const names[] = {"reason",     "asked_by", "asked_at", "returned_at",
                                        "replied_at", "reply",    NULL};
    const char *due = filing_text(run->input, "due");

    take_away(run, names);
    if (due != NULL)
        record_set(&run->d, "due", json_integer(date_parse(due)));
}

static enum err_code effect(struct run *run, const struct flow_transition *t)
{
    static const char *const asked[] = {"reason", "asked_by", "asked_at", NULL};
    struct record_draft *d = &run->d;

    switch ((enum order_does)t->does) {
    case ORDER_MOVES:
        return ERR_OK;
    case ORDER_FILES:
        return file_matter(run);
    case ORDER_ATTACHES:
        return attach_matter(run);
    case ORDER_REPLIES:
        record_set(d, "replied_at", json_integer(run->at));
        record_set(d, "reply", json_integer(run->order->version + 1));
        return ERR_OK;
    case ORDER_ASKS_RETURN:
        record_set(d, "reason", json_deep_copy(json_object_get(run->input, "reason")));
        record_set(d, "asked_by", json_integer(run->op->actor.officer_id));
        record_set(d, "asked_at", json_integer(run->at));
        return ERR_OK;
    case ORDER_RETURNS:
        record_set(d, "returned_at", json_integer(run->at));
        return ERR_OK;
    case ORDER_KEEPS:
        take_away(run, asked);
        return ERR_OK;
    case ORDER_ASSIGNS:
        return assign_order(run);
    case ORDER_REOPENS:
        reopen_order(run);
        return ERR_OK;
    }
    return ERR_OK;
}

/* ---- one act ---- */

static enum err_code decide(struct run *run, const char *act, const struct flow_transition **ret)
{
    struct op *op = run->op;
    struct record_facts facts = order_facts(op, run->order);
    unsigned roles = may_order_roles(&op->actor, &facts);
    struct order_step_facts step = {order_matters(run->order) > 0};
    struct flow_answer answer;

    if (op->actor.kind == ACTOR_SYSTEM)
        roles |= ROLES_OFFICER;
    answer =
        flow_step(&op->setup->orders->flow, record_member(run->order, "status"), act, roles, &step);
    if (answer.step == NULL)
        return refuse(op, answer.forbidden ? ERR_FORBIDDEN : ERR_NOT_ALLOWED, "act",
                      answer.forbidden ? "role" : "state", answer.why.zh, answer.why.en);
    *ret = answer.step;
    return ERR_OK;
}

static enum err_code run_act(struct run *run, const struct pack_act *act)
{
    struct op *op = run->op;
    const struct flow_transition *t;

    TRY(record_input_check(op, act, run->input));
    TRY(decide(run, act->id, &t));
    record_draft_begin(op, &run->d, run->order, act->id, run->at);
    run->d.report = json_is_true(json_object_get(run->order->state, "secret"));
    record_input_keep(&run->d, act, run->input, "number");
    if (t->to != NULL)
        record_set(&run->d, "status", json_string(t->to->id));
    if (t->to != NULL && record_number(run->order, "officer") == 0 && op->actor.officer_id != 0)
        record_set(&run->d, "officer", json_integer(op->actor.officer_id));
    TRY(effect(run, t));
    return record_write(&run->d, run->ch);
}

enum err_code order_act_into(struct op *op, struct changes *ch, struct record *order,
                             const char *act, const json_t *input, int64_t at, int64_t *ret_matter)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct pack_act *known = pack_act(&op->setup->orders->flow.acts, act);
    struct run run = {.op = op, .ch = ch, .order = order, .input = input, .at = at};
    enum err_code rc;

    if (known == NULL)
        return refuse(op, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                      "There is no such act.");
    TRY(snapshot_open(op, &snap));
    run.snap = snap;
    rc = run_act(&run, known);
    record_draft_release(&run.d);
    *ret_matter = run.matter;
    return rc;
}

static enum err_code reload(struct op *op, int64_t id, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return order_for(op, snap, id, MAY_READ_ORDER, ret);
}

/* An act that makes a report of it may take the order out of its actor's sight; the state is still
 * his to get back. */
static enum err_code act_once(struct op *op, int64_t id, const char *act, const json_t *input,
                              int64_t version, struct record *ret, int64_t *ret_matter)
{
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);

    TRY(reload(op, id, ret));
    {
        struct record_facts facts = order_facts(op, ret);

        TRY(may_check(&op->actor, MAY_ACT_ORDER, &facts, &op->err));
    }
    TRY(record_expect(op, ret, version));
    TRY(order_act_into(op, ch, ret, act, input, op->now_ms, ret_matter));
    result = json_pack("{s:I, s:I}", "id", (json_int_t)id, "matter", (json_int_t)*ret_matter);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code order_act(struct op *op, int64_t id, const char *act, const json_t *input,
                        int64_t version, struct record *ret, int64_t *ret_matter)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    enum err_code rc;

    *ret = (struct record){0};
    *ret_matter = 0;
    TRY(idempotency_find(op, op->key, &earlier));
    if (earlier == NULL) {
        rc = act_once(op, id, act, input, version, ret, ret_matter);
        if (rc == ERR_OK)
            return ERR_OK;
        record_release(ret);
        if (rc != ERR_REPLAYED)
            return rc;
        TRY(idempotency_find(op, op->key, &earlier));
    }
    *ret_matter = json_integer_value(json_object_get(earlier, "matter"));
    return reload(op, id, ret);
}

/* ---- the caller in clear ---- */

enum err_code order_reveal(struct op *op, int64_t id, const char *reason, json_t **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record order = {0};
    struct changes *ch = changes_new(op);
    struct record_facts facts;
    bool secret;

    *ret = NULL;
    TRY(snapshot_open(op, &snap));
    TRY(order_for(op, snap, id, MAY_READ_ORDER, &order));
    facts = order_facts(op, &order);
    secret = facts.secret;
    TRY(may_check(&op->actor, secret ? MAY_REVEAL_REPORTER : MAY_REVEAL_PERSON, &facts, &op->err));
    err_clear(&op->err);
    if (code_find(codes_table(op->setup->codes, "reveal_reasons"), reason) == NULL)
        return refuse(op, ERR_INVALID, "reason", "unknown_code", "从列表里选一个原因",
                      "Choose a reason from the list.");
    TRY(order_caller(op, snap, &order, ret));
    if (*ret == NULL)
        return refuse(op, ERR_NOT_FOUND, "party", "nobody", "工单没有留下来电人",
                      "The order names no caller.");
    access_add(op, ch, id, secret ? "reveal:reporter" : "reveal:caller", reason);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}
