/* The kinds of records other than matters. */
#include "work/record.h"

const struct record_kind record_kinds[] = {
    {"business", NULL, NULL},   {"diary", NULL, NULL}, {"group", NULL, NULL},
    {"import_map", NULL, NULL}, {"order", NULL, NULL}, {"roster", NULL, NULL},
    {"summary", NULL, NULL},    {"view", NULL, NULL},  {"visit", NULL, NULL},
};
const size_t n_record_kinds = sizeof record_kinds / sizeof record_kinds[0];
