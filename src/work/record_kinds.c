/* The kinds of records other than matters. */
#include "work/business.h"
#include "work/case.h"
#include "work/group.h"
#include "work/letter.h"
#include "work/order.h"

const struct record_kind record_kinds[] = {
    {"business", business_project, business_check},
    {"calendar", NULL, NULL},
    {"case", case_project, case_check},
    {"diary", NULL, NULL},
    {"group", group_project, group_check},
    {"import", NULL, NULL},
    {"import_map", NULL, NULL},
    {"letter", letter_project, letter_check},
    {"order", order_project, order_check},
    {"roster", NULL, NULL},
    {"sample", NULL, NULL},
    {"summary", NULL, NULL},
    {"view", NULL, NULL},
    {"visit", NULL, NULL},
};
const size_t n_record_kinds = sizeof record_kinds / sizeof record_kinds[0];
