/* Receiving orders, their rows, and what is sealed with them. */
#include "work/order.h"

#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/filing_check.h"
#include "work/seal.h"

/* ---- receiving ---- */

static const char *system_of(struct op *op, const json_t *filing)
{
    const char *system = filing_text(filing, "external.system");

    return system == NULL ? op->setup->orders->system : system;
}

const char *order_key(struct op *op, const json_t *filing)
{
    const char *number = filing_text(filing, "external.number");

    return number == NULL ? NULL : arena_printf(op->arena, "%s %s", system_of(op, filing), number);
}

static void need(struct op *op, const json_t *filing, const char *path, const char *zh,
                 const char *en)
{
    if (filing_text(filing, path) == NULL)
        (void)err_field(&op->err, ERR_INVALID, path, "required", zh, en);
}

struct arrival {
    int64_t received_at;
    date_t day, due; /* due DATE_NONE */
    const struct body *body;
    const char *kind; /* NULL */
    bool secret;
};

static enum err_code check_arrival(struct op *op, const json_t *filing, struct arrival *ret)
{
    const char *at = filing_text(filing, "received_at"), *due = filing_text(filing, "external.due");
    const char *body = filing_text(filing, "body"), *kind = filing_text(filing, "kind");

    err_clear(&op->err);
    *ret = (struct arrival){.received_at = op->now_ms, .due = DATE_NONE};
    need(op, filing, "external.number", "工单没有编号", "The order has no number.");
    need(op, filing, "facts", "工单没有内容", "The order says nothing.");
    if (at != NULL && !instant_parse(at, op->zone_min, &ret->received_at))
        (void)err_field(&op->err, ERR_INVALID, "received_at", "instant",
                        "写成 2026-10-13T09:42:00+08:00 这样的时间",
                        "Write a time like 2026-10-13T09:42:00+08:00.");
    if (ret->received_at > op->now_ms + 60000)
        (void)err_field(&op->err, ERR_INVALID, "received_at", "future", "来单时间不能晚于现在",
                        "The receipt cannot lie ahead.");
    ret->day = date_of_instant(ret->received_at, op->zone_min);
    if (due != NULL && (ret->due = date_parse(due)) == DATE_NONE)
        (void)err_field(&op->err, ERR_INVALID, "external.due", "date", "期限要写成 2026-10-20",
                        "Write the due day as 2026-10-20.");
    ret->body = body != NULL                ? setup_body(op->setup, body)
                : op->actor.body[0] != '\0' ? setup_body(op->setup, op->actor.body)
                                            : op->setup->intake;
    if (ret->body == NULL)
        (void)err_field(&op->err, ERR_INVALID, "body", "unknown_body", "没有这个单位",
                        "There is no such body.");
    if (kind != NULL && matter_kind_find(kind) != KIND_COUNT)
        ret->kind = kind;
    ret->secret = ret->kind != NULL && strcmp(ret->kind, "report") == 0;
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

static void put_state(struct record_draft *d, const json_t *filing, const struct arrival *a,
                      const struct order_origin *origin)
{
    struct op *op = d->op;

    record_set(d, "key", json_string(order_key(op, filing)));
    record_set(d, "system", json_string(system_of(op, filing)));
    record_set(d, "number", json_string(filing_text(filing, "external.number")));
    record_set(d, "body", json_string(a->body->code));
    record_set(d, "status", json_string(op->setup->orders->flow.initial->id));
    record_set(d, "day", json_integer(a->day));
    record_set(d, "received_at", json_integer(a->received_at));
    record_set(d, "registered_by", json_integer(op->actor.officer_id));
    record_set(d, "secret", json_boolean(a->secret));
    record_set(d, "assigned", json_boolean(filing_text(filing, "body") != NULL));
    record_set(d, "matters", json_array());
    if (a->due != DATE_NONE)
        record_set(d, "due", json_integer(a->due));
    if (a->kind != NULL)
        record_set(d, "kind", json_string(a->kind));
    if (origin != NULL && origin->import != 0) {
        record_set(d, "import", json_integer(origin->import));
        record_set(d, "row", json_integer(origin->row));
    }
}

/* What a matter is filed with later: all but the caller, who is sealed apart, and the body. */
static char *content_of(struct op *op, const json_t *filing)
{
    CLEANUP(json_decrefp) json_t *content = json_copy((json_t *)(uintptr_t)filing);

    json_object_del(content, "consumer");
    json_object_del(content, "body");
    return json_compact(op->arena, content);
}

enum err_code order_receive_into(struct op *op, struct changes *ch, const json_t *filing,
                                 const struct order_origin *origin, int64_t *ret_id)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    const json_t *caller = filing_at(filing, "consumer");
    struct arrival a;

    TRY(check_arrival(op, filing, &a));
    TRY(record_new(op, "order", &r));
    record_draft_begin(op, &d, &r, "receive", a.received_at);
    d.report = a.secret;
    put_state(&d, filing, &a, origin);
    record_text(&d, "filing", content_of(op, filing));
    if (origin != NULL && origin->cells != NULL)
        record_text(&d, "cells", json_compact(op->arena, origin->cells));
    if (json_object_size(caller) > 0)
        TRY(record_person(&d, ch, a.secret ? "reporter" : "caller", caller));
    TRY(record_write(&d, ch));
    *ret_id = r.id;
    return ERR_OK;
}

/* ---- reading ---- */

struct record_facts order_facts(struct op *op, const struct record *order)
{
    const struct body *body = setup_body(op->setup, record_member(order, "body"));

    return (struct record_facts){
        .secret = json_is_true(json_object_get(order->state, "secret")),
        .body_path = body == NULL ? "" : body->path,
        .assigned = json_is_true(json_object_get(order->state, "assigned")),
        .officer_id = record_number(order, "officer"),
        .registered_by = record_number(order, "registered_by"),
    };
}

size_t order_matters(const struct record *order)
{
    return json_array_size(json_object_get(order->state, "matters"));
}

const struct flow_state *order_state_of(struct op *op, const struct record *order)
{
    return flow_state(&op->setup->orders->flow, record_member(order, "status"));
}

enum err_code order_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                        struct record *ret)
{
    struct record_facts facts;
    enum err_code rc;

    TRY(record_load(op, snap, "order", id, ret));
    facts = order_facts(op, ret);
    rc = may_check(&op->actor, need, &facts, &op->err);
    if (rc != ERR_OK)
        record_release(ret);
    return rc;
}

/* A member of the first event's texts that is JSON itself. */
static enum err_code inner_json(struct op *op, struct snapshot *snap, const struct record *order,
                                const char *name, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *text;

    *ret = NULL;
    TRY(record_texts(op, snap, order, 1, &texts));
    text = json_string_value(json_object_get(texts, name));
    return text == NULL ? ERR_OK : json_parse(text, strlen(text), ret, &op->err);
}

enum err_code order_filing(struct op *op, struct snapshot *snap, const struct record *order,
                           json_t **ret)
{
    TRY(inner_json(op, snap, order, "filing", ret));
    if (*ret == NULL)
        *ret = json_object();
    return ERR_OK;
}

enum err_code order_cells(struct op *op, struct snapshot *snap, const struct record *order,
                          json_t **ret)
{
    TRY(inner_json(op, snap, order, "cells", ret));
    if (*ret == NULL)
        *ret = json_array();
    return ERR_OK;
}

enum err_code order_caller(struct op *op, struct snapshot *snap, const struct record *order,
                           json_t **ret)
{
    TRY(seal_open_person(op, snap, order->id, "caller", ret));
    return *ret != NULL ? ERR_OK : seal_open_person(op, snap, order->id, "reporter", ret);
}

enum err_code order_reply(struct op *op, struct snapshot *snap, const struct record *order,
                          const char **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    int64_t version = record_number(order, "reply");
    const char *text;

    *ret = NULL;
    if (version == 0)
        return ERR_OK;
    TRY(record_texts(op, snap, order, version, &texts));
    text = json_string_value(json_object_get(texts, "text"));
    *ret = text == NULL ? NULL : arena_strdup(op->arena, text);
    return ERR_OK;
}

/* ---- the row for lists ---- */

struct row {
    const char *system, *number, *status, *part, *waiting_for, *body;
    int64_t secret, registered_by, assigned, received_day, due, matters;
    int64_t officer, import, row; /* MATTER_NONE: NULL */
};

static int64_t number_or_none(const struct record *r, const char *name)
{
    const json_t *value = json_object_get(r->state, name);

    return json_is_integer(value) ? json_integer_value(value) : MATTER_NONE;
}

static struct row row_of(struct op *op, const struct record *r)
{
    const struct flow_state *state = order_state_of(op, r);

    return (struct row){
        .system = record_member(r, "system"),
        .number = record_member(r, "number"),
        .status = record_member(r, "status"),
        .part = order_part_name(state == NULL ? ORDER_IN_PROGRESS : (enum order_part)state->part),
        .waiting_for = waiting_for_name(state == NULL ? WAIT_UNIT : state->waiting_for),
        .body = record_member(r, "body"),
        .secret = json_is_true(json_object_get(r->state, "secret")),
        .registered_by = record_number(r, "registered_by"),
        .assigned = json_is_true(json_object_get(r->state, "assigned")),
        .received_day = record_number(r, "day"),
        .matters = (int64_t)order_matters(r),
        .officer = number_or_none(r, "officer"),
        .due = json_object_get(r->state, "due") == NULL ? INT32_MAX : record_number(r, "due"),
        .import = number_or_none(r, "import"),
        .row = number_or_none(r, "row"),
    };
}

static void put_number(struct changes *ch, int64_t value)
{
    if (value == MATTER_NONE)
        changes_null(ch);
    else
        changes_int(ch, value);
}

void order_project(struct op *op, struct changes *ch, const struct record *before,
                   const struct record *after)
{
    struct row r = row_of(op, after);

    (void)before;
    changes_row(ch, SQL_work_order_put, 1, ERR_CONFLICT);
    changes_int(ch, after->id);
    changes_text(ch, r.system);
    changes_text(ch, r.number);
    changes_text(ch, r.status);
    changes_text(ch, r.part);
    changes_text(ch, r.waiting_for);
    changes_int(ch, r.secret);
    changes_text(ch, r.body);
    put_number(ch, r.officer);
    changes_int(ch, r.registered_by);
    changes_int(ch, r.assigned);
    changes_int(ch, r.received_day);
    changes_int(ch, r.due);
    put_number(ch, r.import);
    put_number(ch, r.row);
    changes_int(ch, r.matters);
}

static bool same_text(struct stmt *s, int column, const char *expected)
{
    return expected != NULL && !stmt_is_null(s, column) &&
           strcmp(stmt_text(s, column), expected) == 0;
}

static bool same_number(struct stmt *s, int column, int64_t expected)
{
    return stmt_is_null(s, column) ? expected == MATTER_NONE : stmt_int64(s, column) == expected;
}

/* The matters that point to the order are those its state names. */
static enum err_code same_matters(struct op *op, struct snapshot *snap, const struct record *order,
                                  bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const json_t *list = json_object_get(order->state, "matters");
    size_t n = 0;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_order_matters, &s));
    TRY(stmt_bind_int64(op, s, 1, order->id));
    for (;; n++) {
        bool named = false;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        for (size_t i = 0; i < json_array_size(list); i++)
            named |= json_integer_value(json_array_get(list, i)) == stmt_int64(s, 0);
        *ret = *ret && named;
    }
    *ret = *ret && n == json_array_size(list);
    return ERR_OK;
}

enum err_code order_check(struct op *op, struct snapshot *snap, const struct record *order,
                          const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct row r = row_of(op, order);
    bool row, same;

    *ret_table = NULL;
    TRY(snapshot_prepare(op, snap, SQL_work_order_by_id, &s));
    TRY(stmt_bind_int64(op, s, 1, order->id));
    TRY(stmt_step(op, s, &row));
    same = row && same_text(s, 1, r.system) && same_text(s, 2, r.number) &&
           same_text(s, 3, r.status) && same_text(s, 4, r.part) && same_text(s, 5, r.waiting_for) &&
           same_number(s, 6, r.secret) && same_text(s, 7, r.body) && same_number(s, 8, r.officer) &&
           same_number(s, 9, r.registered_by) && same_number(s, 10, r.assigned) &&
           same_number(s, 11, r.received_day) && same_number(s, 12, r.due) &&
           same_number(s, 13, r.import) && same_number(s, 14, r.row) &&
           same_number(s, 15, r.matters);
    if (!same) {
        *ret_table = "work_order";
        return ERR_OK;
    }
    TRY(same_matters(op, snap, order, &same));
    if (!same)
        *ret_table = "matter";
    return ERR_OK;
}
