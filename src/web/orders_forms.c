/* Forms of the order routes. */
#include "web/orders_forms.h"

#define ID_MAX (INT64_C(1) << 53)
#define FORM_OF(table)                                                                             \
    {                                                                                              \
        (table), sizeof(table) / sizeof((table)[0])                                                \
    }

static const struct form_field seen_fields[] = {
    {"id", INPUT_INT, .required = true, .min = 1, .max = ID_MAX, .zh = "工单", .en = "The order"},
    {"version", INPUT_INT, .required = true, .min = 1, .max = ID_MAX, .zh = "版本",
     .en = "The version"},
};
static const struct form form_seen = FORM_OF(seen_fields);

static const struct form_field many_fields[] = {
    {"orders", INPUT_OBJECTS, .required = true, .min = 1, .max = ORDERS_AT_ONCE, .sub = &form_seen,
     .zh = "工单", .en = "The orders"},
    {"input", INPUT_OBJECT, .zh = "内容", .en = "The input"},
};
const struct form form_orders_many = FORM_OF(many_fields);

static const struct form_field reveal_fields[] = {
    {"reason", INPUT_TEXT, .required = true, .max_bytes = 60, .zh = "查看原因", .en = "The reason"},
};
const struct form form_order_reveal = FORM_OF(reveal_fields);
