/* What saved views, return visits and holds take. */
#include "web/asking_forms.h"

#define LIST(array) .choices = (array), .n_choices = sizeof(array) / sizeof((array)[0])

static const struct form_field view_fields[] = {
    {"name", INPUT_TEXT, .required = true, .max_bytes = 160, .max_chars = 40, .zh = "名称",
     .en = "The name"},
    {"filter", INPUT_MAP, .required = true, .max = 24, .max_bytes = 400, .zh = "条件",
     .en = "The filter"},
    {"by", INPUT_TEXT, .max_bytes = 40, .zh = "第一列", .en = "The first column"},
    {"and", INPUT_TEXT, .max_bytes = 40, .zh = "第二列", .en = "The second column"},
    {"shared", INPUT_BOOL, .zh = "本单位共用", .en = "Shared within the body"},
};
const struct form form_view = {view_fields, sizeof view_fields / sizeof view_fields[0]};

static const char *const results[] = {"reached", "no_answer", "refused"};
static const struct form_field visit_result_fields[] = {
    {"result", INPUT_CHOICE, .required = true, LIST(results), .zh = "结果", .en = "The result"},
    {"satisfaction", INPUT_INT, .min = 1, .max = 5, .zh = "满意度", .en = "Satisfaction"},
    {"remark", INPUT_TEXT, .max_bytes = 4000, .max_chars = 1000, .zh = "备注", .en = "The remark"},
    {"opinion", INPUT_TEXT, .max_bytes = 6000, .max_chars = 2000, .zh = "意见",
     .en = "The opinion"},
};
const struct form form_visit_result = {visit_result_fields,
                                       sizeof visit_result_fields / sizeof visit_result_fields[0]};

static const struct form_field visit_answer_fields[] = {
    {"text", INPUT_TEXT, .required = true, .max_bytes = 6000, .max_chars = 2000, .zh = "答复",
     .en = "The answer"},
};
const struct form form_visit_answer = {visit_answer_fields,
                                       sizeof visit_answer_fields / sizeof visit_answer_fields[0]};

static const struct form_field hold_fields[] = {
    {"number", INPUT_TEXT, .required = true, .max_bytes = 40, .zh = "编号", .en = "The number"},
    {"reason", INPUT_TEXT, .required = true, .max_bytes = 2000, .max_chars = 500,
     .zh = "保留的理由", .en = "Why it is kept"},
};
const struct form form_hold = {hold_fields, sizeof hold_fields / sizeof hold_fields[0]};

static const struct form_field hold_lift_fields[] = {
    {"reason", INPUT_TEXT, .required = true, .max_bytes = 2000, .max_chars = 500,
     .zh = "解除的理由", .en = "Why it is no longer kept"},
};
const struct form form_hold_lift = {hold_lift_fields,
                                    sizeof hold_lift_fields / sizeof hold_lift_fields[0]};
