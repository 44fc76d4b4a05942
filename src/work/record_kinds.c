/* The kinds of records other than matters. */
#include "work/business.h"
#include "work/case.h"
#include "work/entry.h"
#include "work/group.h"
#include "work/hold.h"
#include "work/letter.h"
#include "work/order.h"

const struct record_kind record_kinds[] = {
    {"business", business_project, business_check, NULL},
    {"calendar", NULL, NULL, NULL},
    {"case", case_project, case_check, NULL},
    {"diary", NULL, NULL, NULL},
    {ENTRY, entry_project, entry_check, entry_cells},
    {"group", group_project, group_check, NULL},
    {HOLD, NULL, NULL, NULL},
    {"import", NULL, NULL, NULL},
    {"import_map", NULL, NULL, NULL},
    {"letter", letter_project, letter_check, NULL},
    {"order", order_project, order_check, NULL},
    {"roster", NULL, NULL, NULL},
    {"sample", NULL, NULL, NULL},
    {"summary", NULL, NULL, NULL},
    {"view", NULL, NULL, NULL},
    {"visit", NULL, NULL, NULL},
};
const size_t n_record_kinds = sizeof record_kinds / sizeof record_kinds[0];
