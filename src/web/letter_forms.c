/* What the routes of letters take. */
#include "web/letter_forms.h"

static const struct form_field letter_fields[] = {
    {"form", INPUT_TEXT, .required = true, .max_bytes = 60, .zh = "文书", .en = "The form"},
    {"asks", INPUT_OBJECT, .zh = "要填的内容", .en = "What the form asks for"},
};
const struct form form_letter = {letter_fields, sizeof letter_fields / sizeof letter_fields[0]};

static const struct form_field serve_fields[] = {
    {"party", INPUT_TEXT, .required = true, .max_bytes = 20, .zh = "送给谁", .en = "To whom"},
    {"channel", INPUT_TEXT, .required = true, .max_bytes = 40, .zh = "送达方式", .en = "How"},
    {"at", INPUT_INSTANT, .past = true, .zh = "送达时间", .en = "When"},
    {"recipient", INPUT_TEXT, .max_bytes = 400, .max_chars = 100, .zh = "签收人",
     .en = "Who received it"},
    {"proof", INPUT_TEXT, .max_bytes = 1000, .zh = "凭据", .en = "The proof"},
};
const struct form form_letter_serve = {serve_fields, sizeof serve_fields / sizeof serve_fields[0]};

static const struct form_field void_fields[] = {
    {"reason", INPUT_TEXT, .required = true, .max_bytes = 2000, .zh = "作废的理由",
     .en = "Why it is void"},
};
const struct form form_letter_void = {void_fields, sizeof void_fields / sizeof void_fields[0]};
