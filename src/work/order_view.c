/* Orders as JSON. */
#include "work/order_view.h"

#include <string.h>

#include "base/text.h"
#include "insight/mask.h"
#include "insight/orders.h"
#include "rules/identifiers.h"
#include "rules/workflow.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/acts.h"
#include "work/filing_check.h"
#include "work/view_internal.h"

#define TITLE_CODE_POINTS 60

/* ---- what the row says ---- */

static enum err_code title_of(struct op *op, const json_t *filing, const json_t *caller,
                              const char **ret)
{
    const char *facts = filing_text(filing, "facts");
    const struct secret secrets[] = {{SECRET_NAME, filing_text(caller, "name")},
                                     {SECRET_PHONE, filing_text(caller, "phone")},
                                     {SECRET_ADDRESS, filing_text(caller, "address")}};
    char *masked;
    size_t cut;

    *ret = NULL;
    if (facts == NULL)
        return ERR_OK;
    TRY(mask_text(op->setup->folder, op->arena, facts, secrets, 3, &masked));
    for (char *p = masked; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    cut = utf8_prefix(masked, strlen(masked), TITLE_CODE_POINTS);
    *ret = arena_printf(op->arena, "%.*s%s", (int)cut, masked, masked[cut] == '\0' ? "" : "…");
    return ERR_OK;
}

static void view_state(struct op *op, const struct record *order, const struct order_days *days,
                       struct json_writer *w)
{
    const struct flow_state *state = order_state_of(op, order);
    const json_t *due = json_object_get(order->state, "due");
    const char *level = "done";
    date_t day = json_is_integer(due) ? (date_t)json_integer_value(due) : DATE_NONE;

    if (state != NULL && state->part == ORDER_IN_PROGRESS)
        level = day == DATE_NONE          ? "later"
                : day < days->today       ? "late"
                : day == days->today      ? "today"
                : day <= days->soon_until ? "soon"
                                          : "later";
    json_text(w, "status", record_member(order, "status"));
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_text(w, "part", state == NULL ? NULL : order_part_name((enum order_part)state->part));
    json_text(w, "waiting_for", state == NULL ? NULL : waiting_for_name(state->waiting_for));
    view_date(w, "due", day);
    json_text(w, "level", level);
}

static void view_reason(struct op *op, const struct record *order, struct json_writer *w)
{
    const char *reason = record_member(order, "reason");
    struct label label = {0};

    if (reason != NULL)
        label = setup_label(op->setup, "return_reasons", reason);
    json_text(w, "reason", reason);
    view_label(w, "reason_label", &label);
}

static struct flow_answer answer_for(struct op *op, const struct record *order, const char *act)
{
    struct record_facts facts = order_facts(op, order);

    struct order_step_facts step = {order_matters(order) > 0};

    return flow_step(&op->setup->orders->flow, record_member(order, "status"), act,
                     may_order_roles(&op->actor, &facts), &step);
}

static void view_can(struct op *op, const struct record *order, struct json_writer *w)
{
    const struct pack *acts = &op->setup->orders->flow.acts;

    json_open_array(w, "can");
    for (size_t i = 0; i < acts->n_acts; i++)
        if (answer_for(op, order, acts->acts[i].id).step != NULL)
            json_put_text(w, acts->acts[i].id);
    json_array_end(w);
}

static enum err_code view_matter_counts(struct op *op, struct snapshot *snap,
                                        const struct record *order, struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_order_open_matters, &s));
    TRY(stmt_bind_int64(op, s, 1, order->id));
    TRY(stmt_one_row(op, s));
    json_int(w, "matters_n", stmt_int64(s, 0));
    json_int(w, "matters_open", stmt_int64(s, 1));
    return ERR_OK;
}

struct content {
    json_t *filing, *caller;
};

static void content_release(struct content *c)
{
    json_decref(c->filing);
    json_decref(c->caller);
}

static enum err_code row_members(struct op *op, struct snapshot *snap, const struct record *order,
                                 const struct content *c, const struct order_days *days,
                                 struct json_writer *w)
{
    const struct body *body = setup_body(op->setup, record_member(order, "body"));
    const char *name = filing_text(c->caller, "name"), *title;
    struct record_facts facts = order_facts(op, order);

    title = NULL; /* what holds a report says nothing of it in a list */
    if (!facts.secret)
        TRY(title_of(op, c->filing, c->caller, &title));
    json_int(w, "id", order->id);
    json_int(w, "version", order->version);
    json_text(w, "system", record_member(order, "system"));
    json_text(w, "number", record_member(order, "number"));
    view_state(op, order, days, w);
    view_instant(w, "received_at", record_number(order, "received_at"), op->zone_min);
    json_text(w, "kind", record_member(order, "kind"));
    json_bool(w, "secret", facts.secret);
    json_text(w, "body", record_member(order, "body"));
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    view_officer(op, w, "officer", facts.officer_id);
    json_text(w, "title", title);
    json_text(w, "respondent", facts.secret ? NULL : filing_text(c->filing, "respondent.name"));
    json_text(w, "consumer", name == NULL || facts.secret ? NULL : mask_name(op->arena, name));
    view_reason(op, order, w);
    TRY(view_matter_counts(op, snap, order, w));
    if (record_number(order, "row") > 0)
        json_int(w, "row", record_number(order, "row"));
    else
        json_none(w, "row");
    view_can(op, order, w);
    return ERR_OK;
}

static enum err_code content_open(struct op *op, struct snapshot *snap, const struct record *order,
                                  struct content *ret)
{
    TRY(order_filing(op, snap, order, &ret->filing));
    return order_caller(op, snap, order, &ret->caller);
}

enum err_code order_view_row(struct op *op, struct snapshot *snap, const struct record *order,
                             const struct order_days *days, struct json_writer *w)
{
    CLEANUP(content_release) struct content c = {0};

    TRY(content_open(op, snap, order, &c));
    json_object_begin(w);
    TRY(row_members(op, snap, order, &c, days, w));
    json_object_end(w);
    return ERR_OK;
}

/* ---- the page ---- */

static void view_acts(struct op *op, const struct record *order, struct json_writer *w)
{
    const struct pack *acts = &op->setup->orders->flow.acts;

    json_open_array(w, "allowed_acts");
    for (size_t i = 0; i < acts->n_acts; i++) {
        const struct pack_act *a = &acts->acts[i];
        char key[2] = {a->key, '\0'};

        if (answer_for(op, order, a->id).step == NULL)
            continue;
        json_object_begin(w);
        json_text(w, "act", a->id);
        view_label(w, "label", &a->label);
        json_text(w, "key", a->key == 0 ? NULL : key);
        json_text(w, "class", act_class_name(a->act_class));
        view_label(w, "effect", &a->effect);
        json_object_end(w);
    }
    json_array_end(w);
    json_open_array(w, "blocked_acts");
    for (size_t i = 0; i < acts->n_acts; i++) {
        struct flow_answer answer = answer_for(op, order, acts->acts[i].id);

        /* the wrong state explains itself; a missing role or a matter does not */
        if (answer.step != NULL || answer.why.zh == op->setup->orders->flow.why_state.zh)
            continue;
        json_object_begin(w);
        json_text(w, "act", acts->acts[i].id);
        view_label(w, "label", &acts->acts[i].label);
        view_label(w, "why", &answer.why);
        json_object_end(w);
    }
    json_array_end(w);
}

static enum err_code view_one_matter(struct op *op, struct snapshot *snap, int64_t id,
                                     struct json_writer *w)
{
    CLEANUP(matter_release) struct matter m = {0};
    const struct pack_state *state;

    TRY(matter_load(op, snap, id, &m));
    state = pack_state(matter_pack(op, &m), matter_kind_of(&m), m.status);
    json_object_begin(w);
    json_text(w, "number", m.number);
    json_text(w, "kind", m.kind);
    json_text(w, "status", m.status);
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_bool(w, "open", m.open != 0);
    json_text(w, "title", m.title);
    json_object_end(w);
    return ERR_OK;
}

/* Those the actor may see; of the others only how many there are. */
static enum err_code view_matters(struct op *op, struct snapshot *snap, const struct record *order,
                                  struct json_writer *w)
{
    const json_t *list = json_object_get(order->state, "matters");
    int64_t hidden = 0;

    json_open_array(w, "matters");
    for (size_t i = 0; i < json_array_size(list); i++) {
        int64_t id = json_integer_value(json_array_get(list, i));

        if (!view_sees(op, snap, id)) {
            hidden++;
            continue;
        }
        TRY(view_one_matter(op, snap, id, w));
    }
    json_array_end(w);
    json_int(w, "matters_hidden", hidden);
    return ERR_OK;
}

static enum err_code view_reply(struct op *op, struct snapshot *snap, const struct record *order,
                                struct json_writer *w)
{
    const char *text;

    TRY(order_reply(op, snap, order, &text));
    if (record_number(order, "replied_at") == 0) {
        json_none(w, "reply");
    } else {
        json_open_object(w, "reply");
        json_text(w, "text", text);
        view_instant(w, "at", record_number(order, "replied_at"), op->zone_min);
        json_object_end(w);
    }
    if (record_number(order, "asked_at") == 0) {
        json_none(w, "return");
        return ERR_OK;
    }
    json_open_object(w, "return");
    view_officer(op, w, "asked_by", record_number(order, "asked_by"));
    view_instant(w, "asked_at", record_number(order, "asked_at"), op->zone_min);
    if (record_number(order, "returned_at") > 0)
        view_instant(w, "returned_at", record_number(order, "returned_at"), op->zone_min);
    else
        json_none(w, "returned_at");
    json_object_end(w);
    return ERR_OK;
}

static void view_caller(struct op *op, const json_t *caller, bool secret, struct json_writer *w)
{
    const char *name = filing_text(caller, "name"), *phone = filing_text(caller, "phone");
    const char *address = filing_text(caller, "address");

    json_bool(w, "has_caller", caller != NULL);
    if (caller == NULL || secret) {
        json_none(w, "caller");
        return;
    }
    json_open_object(w, "caller");
    json_text(w, "name", name == NULL ? NULL : mask_name(op->arena, name));
    json_text(w, "phone", phone == NULL ? NULL : mask_phone(op->arena, phone));
    json_text(w, "address", address == NULL ? NULL : mask_address(op->arena, address));
    json_object_end(w);
}

/* ---- the timeline ---- */

static struct label value_label(struct op *op, const struct act_field *f, const json_t *value)
{
    const char *text = json_string_value(value);
    const struct body *body = f->kind == FIELD_BODY ? setup_body(op->setup, text) : NULL;

    if (body != NULL)
        return body->name;
    if (f->codes != NULL)
        return setup_label(op->setup, f->codes, text);
    for (size_t i = 0; i < f->n_choices; i++)
        if (text != NULL && strcmp(f->choices[i].code, text) == 0)
            return f->choices[i].label;
    return (struct label){text, text};
}

static void sentence(struct op *op, const struct pack_act *act, const json_t *in,
                     const json_t *texts, struct json_writer *w)
{
    CLEANUP(buf_release) struct buf zh = BUF_UP_TO(65536);
    CLEANUP(buf_release) struct buf en = BUF_UP_TO(65536);

    for (size_t i = 0; act != NULL && i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = json_object_get(f->sealed ? texts : in, f->name);
        struct label label;

        if (!json_is_string(value))
            continue;
        label = value_label(op, f, value);
        buf_adds(&zh, zh.len > 0 ? "，" : "");
        buf_adds(&zh, label.zh);
        buf_adds(&en, en.len > 0 ? ", " : "");
        buf_adds(&en, label.en);
    }
    view_label(w, "text", &(struct label){buf_text(&zh), buf_text(&en)});
}

/* Of what is no act of packs/orders. */
static const struct label *other_label(const char *act)
{
    static const struct label received = {"收到工单", "Received"};
    static const struct label purge = {"保存期满，清除来电人和文字",
                                       "Caller and texts taken away at the end of the term"};

    return strcmp(act, "purge") == 0 ? &purge : &received;
}

static enum err_code view_event(struct op *op, struct snapshot *snap, const struct record *order,
                                struct stmt *s, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *body = NULL, *texts = NULL;
    const struct pack_act *act = pack_act(&op->setup->orders->flow.acts, stmt_text(s, 2));
    int64_t version = stmt_int64(s, 1);

    TRY(stmt_event_body(op, s, 8, &body));
    if (version > 1) /* the first holds the row with the caller in clear */
        TRY(record_texts(op, snap, order, version, &texts));
    json_object_begin(w);
    json_int(w, "version", version);
    json_text(w, "act", stmt_text(s, 2));
    view_label(w, "label", act == NULL ? other_label(stmt_text(s, 2)) : &act->label);
    if (strcmp(stmt_text(s, 3), "officer") == 0)
        view_officer(op, w, "officer", stmt_int64(s, 4));
    else
        json_none(w, "officer");
    view_instant(w, "at", stmt_int64(s, 6), op->zone_min);
    sentence(op, act, json_object_get(body, "in"), texts, w);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_events_of(struct op *op, struct snapshot *snap,
                                    const struct record *order, struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_events_of, &s));
    TRY(stmt_bind_text(op, s, 1, "order"));
    TRY(stmt_bind_int64(op, s, 2, order->id));
    json_open_array(w, "events");
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(view_event(op, snap, order, s, w));
    }
    json_array_end(w);
    return ERR_OK;
}

enum err_code order_view(struct op *op, struct snapshot *snap, const struct record *order,
                         const struct order_days *days, struct json_writer *w)
{
    CLEANUP(content_release) struct content c = {0};
    bool secret = json_is_true(json_object_get(order->state, "secret"));

    TRY(content_open(op, snap, order, &c));
    json_object_begin(w);
    TRY(row_members(op, snap, order, &c, days, w));
    json_text(w, "facts", filing_text(c.filing, "facts"));
    json_text(w, "business", filing_text(c.filing, "respondent.name"));
    json_text(w, "demand_text", filing_text(c.filing, "demand_text"));
    json_text(w, "respondent_address", filing_text(c.filing, "respondent.address"));
    view_caller(op, c.caller, secret, w);
    TRY(view_reply(op, snap, order, w));
    TRY(view_matters(op, snap, order, w));
    if (record_number(order, "import") > 0)
        json_int(w, "import", record_number(order, "import"));
    else
        json_none(w, "import");
    view_acts(op, order, w);
    TRY(view_events_of(op, snap, order, w));
    json_object_end(w);
    return ERR_OK;
}

enum err_code order_view_brief(struct op *op, struct snapshot *snap, int64_t id,
                               struct json_writer *w)
{
    CLEANUP(record_release) struct record order = {0};
    const struct flow_state *state;
    const json_t *due;

    if (id == MATTER_NONE || order_for(op, snap, id, MAY_READ_ORDER, &order) != ERR_OK) {
        err_clear(&op->err);
        json_none(w, "order");
        return ERR_OK;
    }
    state = order_state_of(op, &order);
    due = json_object_get(order.state, "due");
    json_open_object(w, "order");
    json_int(w, "id", order.id);
    json_text(w, "system", record_member(&order, "system"));
    json_text(w, "number", record_member(&order, "number"));
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    view_date(w, "due", json_is_integer(due) ? (date_t)json_integer_value(due) : DATE_NONE);
    json_object_end(w);
    return ERR_OK;
}

/* ---- the life cycle ---- */

void order_view_flow(struct op *op, struct json_writer *w)
{
    json_object_begin(w);
    json_text(w, "system", op->setup->orders->system);
    view_flow(op, &op->setup->orders->flow, w);
    json_object_end(w);
}
