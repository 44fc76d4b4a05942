/* Forms of businesses. */
#include "web/business_forms.h"

#define FORM_OF(table)                                                                             \
    {                                                                                              \
        (table), sizeof(table) / sizeof((table)[0])                                                \
    }

static const struct form_field contact_fields[] = {
    {"name", INPUT_TEXT, .max_bytes = 200, .max_chars = 60, .zh = "联系人",
     .en = "The contact's name"},
    {"phone", INPUT_TEXT, .max_bytes = 40, .zh = "联系电话", .en = "The contact's phone"},
};
static const struct form form_contact = FORM_OF(contact_fields);

#define BUSINESS_CONTENT                                                                           \
    {"aliases", INPUT_TEXTS, .max = 200, .max_bytes = 300, .zh = "别名", .en = "Aliases"},         \
        {"uscc", INPUT_TEXT, .max_bytes = 40, .zh = "统一社会信用代码",                            \
         .en = "The unified social credit code"},                                                  \
        {"address",        INPUT_TEXT,   .max_bytes = 600,                                         \
         .max_chars = 200, .zh = "地址", .en = "The address"},                                     \
        {"division", INPUT_TEXT, .max_bytes = 12, .zh = "区划代码", .en = "The division code"},    \
        {"industry", INPUT_TEXT, .max_bytes = 8, .zh = "行业", .en = "The industry"},              \
        {"status", INPUT_TEXT, .max_bytes = 20, .zh = "经营状态", .en = "The standing"},           \
    {                                                                                              \
        "contact", INPUT_OBJECT, .sub = &form_contact, .zh = "联系人", .en = "The contact"         \
    }

static const struct form_field business_fields[] = {
    {"name", INPUT_TEXT, .required = true, .max_bytes = 300, .max_chars = 100, .zh = "名称",
     .en = "The name"},
    BUSINESS_CONTENT,
};
const struct form form_business = FORM_OF(business_fields);

static const struct form_field act_fields[] = {
    {"name", INPUT_TEXT, .max_bytes = 300, .max_chars = 100, .zh = "名称", .en = "The name"},
    BUSINESS_CONTENT,
    {"into", INPUT_INT, .min = 1, .zh = "并入的经营者", .en = "The business it goes into"},
    {"reason", INPUT_TEXT, .max_bytes = 2000, .zh = "理由", .en = "The reason"},
};
const struct form form_business_act = FORM_OF(act_fields);

static const struct form_field reveal_fields[] = {
    {"reason", INPUT_TEXT, .required = true, .max_bytes = 60, .zh = "查看原因", .en = "The reason"},
};
const struct form form_business_reveal = FORM_OF(reveal_fields);
