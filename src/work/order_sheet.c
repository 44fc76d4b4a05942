/* Writing orders as rows of a sheet. */
#include "work/order_sheet.h"

#include <string.h>

#include "base/text.h"
#include "work/access.h"
#include "work/acts.h"
#include "work/view_internal.h"

#define PAGE 100
#define PAGE_ARENA ((size_t)32 << 20)

struct layout {
    size_t n, n_own; /* columns, those of the sheet as it came */
    struct sheet_column columns[SHEET_COLUMNS_MAX];
    int fill[SHEET_COLUMNS_MAX]; /* enum order_column; -1: the cell as it came */
};

/* ---- the layout ---- */

/* What a column of the sheet is filled with when it goes back; -1 when it stays. */
static int fill_of(const json_t *map, const char *column)
{
    const json_t *rule = json_object_get(json_object_get(map, "columns"), column);
    const char *field =
        json_string_value(json_is_object(rule) ? json_object_get(rule, "field") : rule);

    if (field == NULL || !text_starts(field, "reply."))
        return -1;
    for (int i = ORDER_COLUMN_STATE; i < ORDER_COLUMNS; i++)
        if (strcmp(order_column_name((enum order_column)i), field + 6) == 0)
            return i;
    return -1;
}

static void add_column(struct layout *l, const char *label, int fill)
{
    if (l->n == SHEET_COLUMNS_MAX)
        return;
    l->columns[l->n] =
        (struct sheet_column){.label = label, .width = fill == ORDER_COLUMN_TEXT ? 40 : 0};
    l->fill[l->n++] = fill;
}

static enum err_code layout_of_import(struct op *op, struct snapshot *snap, int64_t import,
                                      struct layout *ret)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *map = NULL;
    const json_t *names;
    const char *text;

    TRY(record_load(op, snap, "import", import, &r));
    text = record_member(&r, "map");
    names = json_object_get(r.state, "columns");
    if (text != NULL)
        TRY(json_parse(text, strlen(text), &map, &op->err));
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = arena_strdup(op->arena, json_string_value(json_array_get(names, i)));

        if (name == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "columns");
        add_column(ret, name, fill_of(map, name));
    }
    ret->n_own = ret->n;
    return ERR_OK;
}

static bool fills(const struct layout *l, int column)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->fill[i] == column)
            return true;
    return false;
}

static enum err_code make_layout(struct op *op, struct snapshot *snap, int64_t import,
                                 struct layout *ret)
{
    const struct order_flow *flow = op->setup->orders;

    *ret = (struct layout){0};
    if (import != 0)
        TRY(layout_of_import(op, snap, import, ret));
    for (int i = import != 0 ? ORDER_COLUMN_STATE : 0; i < ORDER_COLUMNS; i++)
        if (!fills(ret, i))
            add_column(ret, flow->columns[i].zh, i);
    return ERR_OK;
}

/* ---- one row ---- */

/* Printed numbers of the matters that the actor may see. */
static enum err_code numbers_of(struct op *op, struct snapshot *snap, const struct record *order,
                                const char **ret)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(65536);
    const json_t *list = json_object_get(order->state, "matters");

    for (size_t i = 0; i < json_array_size(list); i++) {
        CLEANUP(matter_release) struct matter m = {0};
        int64_t id = json_integer_value(json_array_get(list, i));

        if (!view_sees(op, snap, id))
            continue;
        TRY(matter_load(op, snap, id, &m));
        buf_addf(&out, "%s%s", out.len > 0 ? " " : "", m.number);
    }
    *ret = arena_strdup(op->arena, buf_text(&out));
    return ERR_OK;
}

static const char *when_text(struct op *op, int64_t ms)
{
    char text[INSTANT_TEXT];

    if (ms == 0)
        return NULL;
    instant_format(ms, op->zone_min, text); /* 2026-10-13T09:42:00+08:00 → 2026-10-13 09:42 */
    return arena_printf(op->arena, "%.10s %.5s", text, text + 11);
}

static enum err_code fill_text(struct op *op, struct snapshot *snap, const struct record *order,
                               enum order_column column, const char **ret)
{
    const struct flow_state *state = order_state_of(op, order);
    const struct body *body = setup_body(op->setup, record_member(order, "body"));
    const char *reason = record_member(order, "reason");
    int64_t replied = record_number(order, "replied_at");
    int64_t returned = record_number(order, "returned_at");
    char day[DATE_TEXT];

    *ret = NULL;
    switch (column) {
    case ORDER_COLUMN_SYSTEM:
        *ret = record_member(order, "system");
        break;
    case ORDER_COLUMN_NUMBER:
        *ret = record_member(order, "number");
        break;
    case ORDER_COLUMN_RECEIVED:
        *ret = when_text(op, record_number(order, "received_at"));
        break;
    case ORDER_COLUMN_DUE:
        if (json_object_get(order->state, "due") != NULL) {
            date_format((date_t)record_number(order, "due"), day);
            *ret = arena_strdup(op->arena, day);
        }
        break;
    case ORDER_COLUMN_STATE:
        *ret = state == NULL ? NULL : state->label.zh;
        break;
    case ORDER_COLUMN_REASON:
        *ret = reason == NULL ? NULL : setup_label(op->setup, "return_reasons", reason).zh;
        break;
    case ORDER_COLUMN_TEXT:
        return order_reply(op, snap, order, ret);
    case ORDER_COLUMN_AT:
        *ret = when_text(op, replied != 0 ? replied : returned);
        break;
    case ORDER_COLUMN_BODY:
        *ret = body == NULL ? NULL : body->name.zh;
        break;
    case ORDER_COLUMN_MATTERS:
        return numbers_of(op, snap, order, ret);
    case ORDER_COLUMNS:
        break;
    }
    return ERR_OK;
}

static enum err_code write_row(struct op *op, struct snapshot *snap, const struct record *order,
                               const struct layout *l, struct sheet *sheet)
{
    CLEANUP(json_decrefp) json_t *cells = NULL;

    TRY(order_cells(op, snap, order, &cells));
    for (size_t i = 0; i < l->n; i++) {
        const char *text = json_string_value(json_array_get(cells, i));

        if (l->fill[i] >= 0)
            TRY(fill_text(op, snap, order, (enum order_column)l->fill[i], &text));
        else if (i >= l->n_own)
            text = NULL;
        sheet_text(sheet, text);
    }
    sheet_row_end(sheet);
    access_note(op, order->id, "export");
    return ERR_OK;
}

/* ---- all of them ---- */

static enum err_code write_page(struct op *op, struct snapshot *snap,
                                const struct order_key_of *keys, size_t n, const struct layout *l,
                                struct sheet *sheet)
{
    for (size_t i = 0; i < n; i++) {
        CLEANUP(record_release) struct record order = {0};
        struct record_facts facts;

        TRY(record_load(op, snap, "order", keys[i].id, &order));
        facts = order_facts(op, &order);
        if (may(&op->actor, MAY_EXPORT_ORDERS, &facts).yes)
            TRY(write_row(op, snap, &order, l, sheet));
    }
    return ERR_OK;
}

static enum err_code write_rows(struct op *op, struct snapshot *snap,
                                const struct order_filter *filter, const struct layout *l,
                                struct sheet *sheet)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(PAGE_ARENA);
    enum order_sort sort = filter->import != 0 ? ORDER_BY_ROW : ORDER_BY_RECEIVED;
    struct order_key_of keys[PAGE], after;
    struct op page = op_apart(op, arena);
    size_t n = PAGE;
    bool first = true;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sheet");
    while (n == PAGE) {
        enum err_code rc =
            orders_list(&page, snap, filter, sort, first ? NULL : &after, PAGE, keys, &n);

        if (rc == ERR_OK)
            rc = write_page(&page, snap, keys, n, l, sheet);
        if (rc != ERR_OK) {
            op->err = page.err;
            return rc;
        }
        if (n > 0)
            after = keys[n - 1];
        first = false;
        arena_reset(arena);
    }
    return ERR_OK;
}

enum err_code order_sheet(struct op *op, const struct order_filter *filter, enum sheet_kind kind,
                          int *ret_fd, int64_t *ret_bytes)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    struct record_facts own = {.body_path = op->actor.body_path};
    struct layout *l = ARENA_NEW(op->arena, struct layout);
    struct sheet_form form = {.kind = kind,
                              .title = op->setup->orders->flow.label.zh,
                              .made_ms = op->now_ms,
                              .zone_min = op->zone_min,
                              .mark = true};

    if (l == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sheet");
    TRY(may_check(&op->actor, MAY_EXPORT_ORDERS, &own, &op->err));
    TRY(snapshot_open(op, &snap));
    TRY(make_layout(op, snap, filter->import, l));
    form.columns = l->columns;
    form.n_columns = l->n;
    TRY(sheet_open(&form, &sheet, &op->err));
    TRY(write_rows(op, snap, filter, l, sheet));
    return sheet_finish(&sheet, ret_fd, ret_bytes, &op->err);
}
