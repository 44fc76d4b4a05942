/* Reading the life cycle of enforcement cases. */
#include "rules/case_flow.h"

#include <string.h>

#include "rules/flow_internal.h"

static const char *const part_names[] = {"in_hand", "decided", "closed", NULL};
static const char *const does_names[] = {
    "move",      "assign",      "assist",       "answer",   "goods",        "drop_goods",
    "pause",     "resume",      "suspend",      "continue", "extend_again", "notice",
    "statement", "decide",      "not_penalise", "end",      "post_notice",  "serve",
    "pay",       "instalments", "late_fine",    "dispose",  "close",        NULL};

const char *case_part_name(enum case_part part)
{
    return part_names[part];
}

enum case_part case_part_find(const char *name)
{
    int i = 0;

    while (part_names[i] != NULL && (name == NULL || strcmp(part_names[i], name) != 0))
        i++;
    return (enum case_part)i;
}

#define FACT(name, expression)                                                                     \
    static bool name(const void *facts)                                                            \
    {                                                                                              \
        const struct case_step_facts *f = facts;                                                   \
                                                                                                   \
        return expression;                                                                         \
    }

FACT(two_officers, f->officers >= 2)
FACT(two_present, f->asking || f->two_present)
FACT(assist_open, f->assist_open)
FACT(has_goods, f->has_goods)
FACT(paused, f->paused)
FACT(not_paused, !f->paused)
FACT(extended, f->extended)
FACT(extended_not, !f->extended)
FACT(window_open, f->window_open)
FACT(window_over, f->window_over)
FACT(unserved, f->unserved)
FACT(unposted, f->unposted)
FACT(notice_over, f->asking || f->notice_over)
FACT(paid_up, f->paid_up)

static const struct flow_guard guards[] = {
    {"two_officers", two_officers},
    {"two_present", two_present},
    {"assist_open", assist_open},
    {"has_goods", has_goods},
    {"paused", paused},
    {"not_paused", not_paused},
    {"extended", extended},
    {"extended_not", extended_not},
    {"window_open", window_open},
    {"window_over", window_over},
    {"unserved", unserved},
    {"unposted", unposted},
    {"notice_over", notice_over},
    {"paid_up", paid_up},
    {NULL, NULL},
};
static const struct flow_kind case_kind = {
    .parts = part_names, .does = does_names, .guards = guards};

enum err_code case_flow_load(const char *bytes, size_t n, struct flow **ret, struct err *err)
{
    return flow_load(&case_kind, bytes, n, sizeof(struct flow), NULL, ret, err);
}

void case_flow_free(struct flow *flow)
{
    flow_free(flow);
}
