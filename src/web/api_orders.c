/* Orders of 12345: lists, counts, acts on one and on many, sheets that go back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_forms.h"
#include "web/orders_forms.h"
#include "work/order_sheet.h"
#include "work/order_view.h"
#include "work/access.h"

#define PAGE_MOST 200
#define ITEM_ARENA ((size_t)64 << 20)

static struct order_days days_of(const struct call *call)
{
    return (struct order_days){call_today(call), call_soon(call)};
}

static enum err_code order_id(struct call *call, int64_t *ret)
{
    const char *text = request_param(call->req, "id");

    if (text == NULL || !text_int64(text, ret))
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such order");
    return ERR_OK;
}

/* ---- lists ---- */

static enum err_code read_choices(struct call *call, struct order_filter *f)
{
    const char *level = call_query_text(call, "due"), *part = call_query_text(call, "part");
    const char *status = call_query_text(call, "status");

    f->level = level == NULL ? ORDER_ANY : order_level_find(level);
    if (f->level == ORDER_LEVELS)
        return call_bad_choice(call, "due", level, "late, today, soon, later");
    if (part != NULL && order_part_find(part) == ORDER_PARTS)
        return call_bad_choice(call, "part", part, "in_progress, done, returned");
    if (status != NULL && flow_state(&call->op->setup->orders->flow, status) == NULL)
        return call_bad_choice(call, "status", status, "GET /orders/flow");
    f->part = part;
    f->status = status;
    return ERR_OK;
}

static enum err_code read_filter(struct call *call, struct order_filter *ret)
{
    const char *body = call_query_text(call, "body");
    const struct body *b = body == NULL ? NULL : setup_body(call->op->setup, body);

    *ret = (struct order_filter){.number = call_query_text(call, "q"),
                                 .system = call_query_text(call, "system"),
                                 .today = call_today(call),
                                 .soon_until = call_soon(call)};
    TRY(read_choices(call, ret));
    TRY(call_query_date(call, "from", &ret->from));
    TRY(call_query_date(call, "to", &ret->to));
    TRY(call_query_int(call, "import", 1, INT64_C(1) << 53, 0, &ret->import));
    if (body != NULL)
        ret->body_path = b == NULL ? "/-/" : b->path;
    return ERR_OK;
}

static enum err_code read_cursor(struct call *call, struct order_key_of *ret, bool *ret_given)
{
    const char *text = call_query_text(call, "cursor");
    char *end;

    *ret_given = text != NULL;
    if (text == NULL)
        return ERR_OK;
    ret->first = strtoll(text, &end, 10);
    if (*end == '.' && text_int64(end + 1, &ret->id))
        return ERR_OK;
    return call_refuse(call, ERR_INVALID, "cursor", "cursor", "这一页接不上，从第一页看起",
                       "This page cannot be continued; begin with the first");
}

static enum err_code write_rows(struct call *call, struct snapshot *snap,
                                const struct order_key_of *keys, size_t n, struct json_writer *w)
{
    struct order_days days = days_of(call);

    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        CLEANUP(record_release) struct record order = {0};

        TRY(record_load(call->op, snap, "order", keys[i].id, &order));
        TRY(order_view_row(call->op, snap, &order, &days, w));
    }
    json_array_end(w);
    return ERR_OK;
}

enum err_code orders_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const char *name = call_query_text(call, "sort");
    enum order_sort sort = name == NULL ? ORDER_BY_DUE : order_sort_find(name);
    struct order_key_of keys[PAGE_MOST + 1], after;
    struct order_filter filter;
    struct json_writer *w;
    int64_t limit;
    bool given;
    size_t n;

    if (sort == ORDER_SORTS)
        return call_bad_choice(call, "sort", name, "due, -received, row");
    TRY(read_filter(call, &filter));
    TRY(call_query_int(call, "limit", 1, PAGE_MOST, 50, &limit));
    TRY(read_cursor(call, &after, &given));
    TRY(snapshot_open(call->op, &snap));
    TRY(orders_list(call->op, snap, &filter, sort, given ? &after : NULL, (size_t)limit + 1, keys,
                    &n));
    w = call_answer(call, 200);
    json_object_begin(w);
    TRY(write_rows(call, snap, keys, n > (size_t)limit ? (size_t)limit : n, w));
    if (n > (size_t)limit)
        json_text(w, "next",
                  arena_printf(call->op->arena, "%" PRId64 ".%" PRId64, keys[limit - 1].first,
                               keys[limit - 1].id));
    else
        json_none(w, "next");
    json_object_end(w);
    return ERR_OK;
}

enum err_code orders_count_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct order_filter filter;
    struct order_counts c;
    struct json_writer *w;

    TRY(read_filter(call, &filter));
    TRY(snapshot_open(call->op, &snap));
    TRY(orders_count(call->op, snap, &filter, &c));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_int(w, "received", c.received);
    for (int i = 0; i < ORDER_PARTS; i++)
        json_int(w, order_part_name((enum order_part)i), c.part[i]);
    json_int(w, "late", c.late);
    json_int(w, "today", c.today);
    json_int(w, "soon", c.soon);
    json_open_object(w, "states");
    for (size_t i = 0; i < c.n_states; i++)
        json_int(w, c.states[i].status, c.states[i].n);
    json_object_end(w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code orders_flow_get(struct call *call)
{
    order_view_flow(call->op, call_answer(call, 200));
    return ERR_OK;
}

enum err_code orders_export_get(struct call *call)
{
    const char *format = call_query_text(call, "format");
    struct order_filter filter;
    enum sheet_kind kind;
    char day[DATE_TEXT];
    int64_t bytes;
    int fd;

    if (!sheet_kind_find(format == NULL ? "xlsx" : format, &kind))
        return call_bad_choice(call, "format", format, "csv, xlsx");
    TRY(read_filter(call, &filter));
    TRY(order_sheet(call->op, &filter, kind, &fd, &bytes));
    date_format(call_today(call), day);
    response_file(call->resp, sheet_content_type(kind),
                  arena_printf(call->op->arena, "%s-%s%s", call->op->setup->orders->flow.id, day,
                               sheet_suffix(kind)),
                  fd, bytes);
    return ERR_OK;
}

/* ---- one ---- */

static enum err_code answer_order(struct call *call, const struct record *order)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct order_days days = days_of(call);

    TRY(snapshot_open(call->op, &snap));
    response_headerf(call->resp, "ETag", "\"%" PRId64 "\"", order->version);
    return order_view(call->op, snap, order, &days, call_answer(call, 200));
}

static enum err_code look(struct call *call, const struct record *order)
{
    bool secret = json_is_true(json_object_get(order->state, "secret"));

    return access_look(call->op, order->id, secret, "read");
}

enum err_code order_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record order = {0};
    int64_t id;

    TRY(order_id(call, &id));
    TRY(snapshot_open(call->op, &snap));
    TRY(order_for(call->op, snap, id, MAY_READ_ORDER, &order));
    TRY(look(call, &order));
    return answer_order(call, &order);
}

static enum err_code write_current(struct call *call, struct snapshot *snap, const void *of,
                                   struct json_writer *w)
{
    CLEANUP(record_release) struct record order = {0};
    struct order_days days = days_of(call);

    TRY(order_for(call->op, snap, *(const int64_t *)of, MAY_READ_ORDER, &order));
    TRY(look(call, &order));
    return order_view(call->op, snap, &order, &days, w);
}

static enum err_code check_input(struct call *call, const char *act, const json_t *input)
{
    struct op *op = call->op;
    const struct pack_act *known = pack_act(&op->setup->orders->flow.acts, act);
    struct form form;

    if (known == NULL)
        return call_refuse(call, ERR_NOT_FOUND, "act", "unknown_act", "没有这个操作",
                           "There is no such act");
    if (form_of_act(op->arena, op->setup, known, input, &form) != ERR_OK)
        return err_set(&op->err, ERR_NO_MEMORY, "form of act");
    form.n = known->n_fields; /* orders are acted on now, not earlier */
    return form_check(&form, input, op->now_ms, op->zone_min, &op->err);
}

enum err_code order_act_post(struct call *call)
{
    CLEANUP(record_release) struct record order = {0};
    const char *act = request_param(call->req, "act");
    int64_t id, version, matter;
    enum err_code rc;

    TRY(order_id(call, &id));
    TRY(call_version(call, &version));
    TRY(check_input(call, act, call->body));
    rc = order_act(call->op, id, act, call->body, version, &order, &matter);
    if (rc == ERR_CONFLICT || rc == ERR_NOT_ALLOWED)
        call_keep_current(call, write_current, &id);
    if (rc != ERR_OK)
        return rc;
    return answer_order(call, &order);
}

enum err_code order_reveal_post(struct call *call)
{
    CLEANUP(json_decrefp) json_t *person = NULL;
    struct json_writer *w;
    json_t *value;
    const char *key;
    int64_t id;

    TRY(order_id(call, &id));
    TRY(order_reveal(call->op, id, body_text(call->body, "reason"), &person));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_object_foreach(person, key, value)
    {
        json_key(w, key);
        json_put_tree(w, value);
    }
    json_object_end(w);
    return ERR_OK;
}

/* ---- many ---- */

/* An op of its own for one order: what it needs is given back before the next. */
static struct op item_op(const struct call *call, struct arena *arena, int64_t id,
                         struct request_key *key)
{
    struct op op = op_apart(call->op, arena);

    op.key = NULL;
    if (call->op->key != NULL && call->op->key->key != NULL) {
        *key = *call->op->key;
        key->key = arena_printf(arena, "%.150s:%" PRId64, call->op->key->key, id);
        op.key = key;
    }
    return op;
}

static void write_errors(const struct err *err, enum err_code rc, struct json_writer *w)
{
    json_text(w, "code", problem_code(rc));
    json_open_array(w, "errors");
    for (size_t i = 0; i < err->n_items; i++) {
        json_object_begin(w);
        json_text(w, "field", err->items[i].field);
        json_text(w, "code", err->items[i].code);
        json_text(w, "zh", err->items[i].zh);
        json_text(w, "en", err->items[i].en);
        json_object_end(w);
    }
    if (err->n_items == 0) {
        json_object_begin(w);
        json_text(w, "field", "");
        json_text(w, "code", problem_code(rc));
        json_text(w, "zh", err_info(rc)->zh);
        json_text(w, "en", err_info(rc)->en);
        json_object_end(w);
    }
    json_array_end(w);
}

/* What concerns one order alone; anything else ends the request. */
static bool of_one(enum err_code rc)
{
    return rc == ERR_OK || rc == ERR_INVALID || rc == ERR_CONFLICT || rc == ERR_NOT_ALLOWED ||
           rc == ERR_FORBIDDEN || rc == ERR_NOT_FOUND || rc == ERR_REPLAYED;
}

static enum err_code act_on_one(struct call *call, struct arena *arena, const json_t *seen,
                                const json_t *input, struct json_writer *w, int64_t *done)
{
    CLEANUP(record_release) struct record order = {0};
    struct request_key key;
    int64_t id = body_int(seen, "id", 0), matter;
    struct op op = item_op(call, arena, id, &key);
    enum err_code rc = order_act(&op, id, request_param(call->req, "act"), input,
                                 body_int(seen, "version", 0), &order, &matter);

    if (!of_one(rc)) {
        call->op->err = op.err;
        return rc;
    }
    *done += rc == ERR_OK;
    json_object_begin(w);
    json_int(w, "id", id);
    json_bool(w, "ok", rc == ERR_OK);
    if (rc == ERR_OK) {
        json_int(w, "version", order.version);
        json_text(w, "status", record_member(&order, "status"));
    } else {
        write_errors(&op.err, rc, w);
    }
    json_object_end(w);
    return ERR_OK;
}

enum err_code orders_act_post(struct call *call)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ITEM_ARENA);
    const json_t *list = json_object_get(call->body, "orders");
    json_t *input = json_object_get(call->body, "input"), *none = json_object();
    struct json_writer *w;
    int64_t done = 0;
    enum err_code rc;

    if (!json_is_object(input))
        input = none;
    rc = arena == NULL ? err_set(&call->op->err, ERR_NO_MEMORY, "orders")
                       : check_input(call, request_param(call->req, "act"), input);
    w = rc == ERR_OK ? call_answer(call, 200) : NULL;
    if (w != NULL) {
        json_object_begin(w);
        json_open_array(w, "items");
    }
    for (size_t i = 0; i < json_array_size(list) && rc == ERR_OK; i++) {
        rc = act_on_one(call, arena, json_array_get(list, i), input, w, &done);
        arena_reset(arena);
    }
    json_decref(none);
    if (rc != ERR_OK)
        return rc;
    json_array_end(w);
    json_int(w, "done", done);
    json_int(w, "failed", (int64_t)json_array_size(list) - done);
    json_object_end(w);
    return ERR_OK;
}
