/* Reading the life cycle of orders. */
#include "rules/order_flow.h"

#include <string.h>

#include "rules/flow_internal.h"

static const char *const part_names[] = {"in_progress", "done", "returned", NULL};
static const char *const does_names[] = {"move",       "file",   "attach",        "reply",
                                         "ask_return", "return", "refuse_return", "assign",
                                         "reopen",     NULL};
static const char *const column_names[] = {"system", "number",  "received", "due",
                                           "state",  "reason",  "text",     "at",
                                           "body",   "matters", NULL};

const char *order_part_name(enum order_part part)
{
    return part_names[part];
}

enum order_part order_part_find(const char *name)
{
    int i = 0;

    while (part_names[i] != NULL && (name == NULL || strcmp(part_names[i], name) != 0))
        i++;
    return (enum order_part)i;
}

const char *order_column_name(enum order_column column)
{
    return column_names[column];
}

static bool without_matters(const void *facts)
{
    return !((const struct order_step_facts *)facts)->has_matters;
}

static const struct flow_guard guards[] = {{"without_matters", without_matters}, {NULL, NULL}};
static const char *const file_keys[] = {"system",         "channel",       "late_reason",
                                        "default_demand", "sheet_columns", NULL};
static const struct flow_kind order_kind = {
    .parts = part_names, .does = does_names, .guards = guards, .keys = file_keys};

static void read_rest(struct pack_reader *p, const json_t *root, struct flow *flow)
{
    struct order_flow *orders = (struct order_flow *)flow;
    struct reader *r = &p->r;
    const json_t *columns = read_member(r, root, "sheet_columns", true);
    size_t at;

    orders->system = read_text(r, root, "system", true);
    orders->channel = read_text(r, root, "channel", true);
    orders->default_demand = read_text(r, root, "default_demand", true);
    orders->late_reason = read_label(r, root, "late_reason", true);
    at = reader_key(r, "sheet_columns");
    if (columns != NULL && read_object(r, columns, column_names))
        for (int i = 0; i < ORDER_COLUMNS; i++)
            orders->columns[i] = read_label(r, columns, column_names[i], true);
    reader_up(r, at);
}

enum err_code order_flow_load(const char *bytes, size_t n, struct order_flow **ret, struct err *err)
{
    struct flow *flow;

    TRY(flow_load(&order_kind, bytes, n, sizeof(struct order_flow), read_rest, &flow, err));
    *ret = (struct order_flow *)flow;
    return ERR_OK;
}

void order_flow_free(struct order_flow *flow)
{
    flow_free((struct flow *)flow);
}
