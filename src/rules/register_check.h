/* One check of what is sent for the fields of an entry; only for register_input.c (the fields) and
 * register_kinds.c (values of the simple kinds). */
#ifndef FANGXIN_RULES_REGISTER_CHECK_H
#define FANGXIN_RULES_REGISTER_CHECK_H

#include "rules/register_values.h"

#define PATH_MAX_BYTES 64

struct check {
    const struct register_world *world;
    const json_t *input; /* the whole, for "when" */
    bool whole;
    int zone_min;
    struct err *err;
    size_t faults;
    char path[PATH_MAX_BYTES];
};

/* Faults at the path where the check stands, and the way there. */
void check_fault(struct check *c, const char *code, const char *zh, const char *en);
void check_fault_range(struct check *c, const char *low, const char *high);
void check_wrong_kind(struct check *c, const char *zh, const char *en);

/* Each says what is wrong with a value of its kind. */
void check_text(struct check *c, const json_t *v, size_t max_bytes);
void check_int(struct check *c, const json_t *v, int64_t min, int64_t max);
void check_money(struct check *c, const json_t *v, const struct act_field *f);
void check_decimal(struct check *c, const json_t *v, const struct act_field *f);
void check_day(struct check *c, const json_t *v);
void check_instant(struct check *c, const json_t *v, const struct act_field *f);
void check_period(struct check *c, const json_t *v);
void check_choice(struct check *c, const json_t *v, const struct act_field *f);
void check_choices(struct check *c, const json_t *v, const struct act_field *f);

#endif
