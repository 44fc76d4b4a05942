/* Does a life cycle say what may happen, and is every slip in its file found and named? */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "rules/case_flow.h"
#include "rules/order_flow.h"

typedef enum err_code load_fn(const char *bytes, size_t n, struct err *err);

static enum err_code load_orders(const char *bytes, size_t n, struct err *err)
{
    struct order_flow *flow = NULL;
    enum err_code rc = order_flow_load(bytes, n, &flow, err);

    order_flow_free(flow);
    return rc;
}

static enum err_code load_case(const char *bytes, size_t n, struct err *err)
{
    struct flow *flow = NULL;
    enum err_code rc = case_flow_load(bytes, n, &flow, err);

    case_flow_free(flow);
    return rc;
}

/* RULES section 4, D7 to D11. */
static void deadlines_of_a_case(void **state)
{
    static const struct {
        const char *id;
        int length;
        enum deadline_unit unit;
        int extension;
        const char *basis;
    } rows[] = {
        {"D7", 90, UNIT_ND, 30, "《市场监督管理行政处罚程序规定》第六十四条"},
        {"D8", 15, UNIT_WD, 0, "《市场监督管理行政处罚程序规定》第七十七条"},
        {"D9", 5, UNIT_WD, 0, "《市场监督管理行政处罚程序规定》第五十七条"},
        {"D10", 7, UNIT_WD, 0, "《市场监督管理行政处罚程序规定》第八十一条"},
        {"D11", 15, UNIT_WD, 0, "《市场监督管理行政处罚程序规定》第四十五条"},
    };
    const struct embedded_file *file = shipped("rules/case-2018.json");
    struct flow *flow = NULL;
    struct err err = {0};

    (void)state;
    if (case_flow_load((const char *)file->data, file->size, &flow, &err) != ERR_OK)
        fail_msg("%s: %s", err.n_items > 0 ? err.items[0].field : err.why,
                 err.n_items > 0 ? err.items[0].en : "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct deadline_rule *d = pack_deadline(&flow->acts, rows[i].id);

        assert_non_null(d);
        assert_int_equal(d->length, rows[i].length);
        assert_int_equal(d->unit, rows[i].unit);
        assert_int_equal(d->extension, rows[i].extension);
        assert_int_equal(d->roll, ROLL_ANY_OFFDAY);
        assert_string_equal(d->basis.text.zh, rows[i].basis);
    }
    case_flow_free(flow);
}

/* Two officers on every act of investigation; the leader alone decides, after the window. */
static void guards_of_a_case(void **state)
{
    const struct embedded_file *file = shipped("rules/case-2018.json");
    struct case_step_facts one = {.officers = 1}, two = {.officers = 2};
    struct flow *flow = NULL;
    struct flow_answer a;
    struct err err = {0};

    (void)state;
    assert_int_equal(case_flow_load((const char *)file->data, file->size, &flow, &err), ERR_OK);
    assert_string_equal(flow_step(flow, "filed", "start", ROLE_HANDLER, &one).guard,
                        "two_officers");
    assert_non_null(flow_step(flow, "filed", "start", ROLE_HANDLER, &two).step);
    assert_string_equal(flow_step(flow, "investigating", "investigate", ROLE_HANDLER, &two).guard,
                        "two_present");
    two.asking = true;
    assert_non_null(flow_step(flow, "investigating", "investigate", ROLE_HANDLER, &two).step);
    a = flow_step(flow, "noticed", "decide", ROLE_HANDLER | ROLE_SUPERVISOR, &two);
    assert_true(a.forbidden);
    a = flow_step(flow, "noticed", "decide", ROLE_LEADER, &two);
    assert_string_equal(a.guard, "window_over");
    two.window_over = true;
    a = flow_step(flow, "noticed", "decide", ROLE_LEADER, &two);
    assert_string_equal(a.step->to->id, "decided");
    assert_true(flow_step(flow, "suspended", "continue", ROLE_HANDLER, &two).step->back);
    case_flow_free(flow);
}

static void guards_and_roles_decide(void **state)
{
    const struct embedded_file *file = shipped("orders/12345.json");
    struct order_step_facts none = {false}, one = {true};
    struct order_flow *orders = NULL;
    struct flow_answer a;
    struct err err = {0};

    (void)state;
    assert_int_equal(order_flow_load((const char *)file->data, file->size, &orders, &err), ERR_OK);
    a = flow_step(&orders->flow, "signed", "request_return", ROLE_HANDLER, &none);
    assert_non_null(a.step);
    assert_string_equal(a.step->to->id, "return_requested");
    a = flow_step(&orders->flow, "signed", "request_return", ROLE_HANDLER, &one);
    assert_null(a.step);
    assert_string_equal(a.guard, "without_matters");
    assert_non_null(strstr(a.why.zh, "不能退回"));
    a = flow_step(&orders->flow, "return_requested", "approve_return", ROLE_HANDLER, &none);
    assert_true(a.forbidden);
    a = flow_step(&orders->flow, "closed", "sign", ROLE_HANDLER, &none);
    assert_null(a.step);
    assert_string_equal(a.why.zh, orders->flow.why_state.zh);
    order_flow_free(orders);
}

/* ---- every state, act and role ---- */

#define LINES_MAX 128
#define STATES_WALKED 64
#define TURNS 400

static uint32_t seed;

static bool toss(void)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16 & 1) != 0;
}

/* Draws facts of the flow's kind into a place that the caller keeps. */
typedef const void *draw_fn(void);

static const void *drawn_case(void)
{
    static struct case_step_facts f;

    f = (struct case_step_facts){
        .asking = toss(),
        .officers = toss() ? 2 : toss(),
        .two_present = toss(),
        .assist_open = toss(),
        .has_goods = toss(),
        .paused = toss(),
        .extended = toss(),
        .window_open = toss(),
        .window_over = toss(),
        .unserved = toss(),
        .unposted = toss(),
        .notice_over = toss(),
        .paid_up = toss(),
    };
    return &f;
}

static const void *drawn_order(void)
{
    static struct order_step_facts f;

    f.has_matters = toss();
    return &f;
}

struct walked {
    unsigned roles[LINES_MAX]; /* who took a line */
    bool entered[STATES_WALKED], left[STATES_WALKED];
};

static bool leaves_from(const struct flow_transition *t, const struct flow_state *from)
{
    for (size_t i = 0; i < t->n_from; i++)
        if (t->from[i] == from)
            return true;
    return false;
}

/* What the lines of the file alone say. */
static unsigned named_roles(const struct flow *flow, const struct flow_state *from, const char *act)
{
    unsigned roles = 0;

    for (size_t i = 0; i < flow->n_transitions; i++)
        if (strcmp(flow->transitions[i].act->id, act) == 0 &&
            leaves_from(&flow->transitions[i], from))
            roles |= flow->transitions[i].roles;
    return roles;
}

static void walk_one(const struct flow *flow, const struct flow_state *from, const char *act,
                     unsigned role, const void *facts, struct walked *w)
{
    struct flow_answer a = flow_step(flow, from->id, act, role, facts);
    bool named = (named_roles(flow, from, act) & role) != 0;

    if (a.step == NULL) {
        if (a.why.zh == NULL || a.why.en == NULL)
            fail_msg("%s: %s in %s is refused without a word", flow->id, act, from->id);
        assert_false(named && a.guard == NULL);
        return;
    }
    if (!named)
        fail_msg("%s: %s in %s by %s is in no line", flow->id, act, from->id, role_name(role));
    w->roles[a.step - flow->transitions] |= role;
    if (a.step->to != NULL)
        w->entered[a.step->to - flow->states] = true;
    w->left[from - flow->states] |= a.step->back || (a.step->to != NULL && a.step->to != from);
}

/* What no line names is refused under any facts. */
static int turns_of(const struct flow *flow, const struct flow_state *from, const char *act,
                    unsigned role)
{
    return (named_roles(flow, from, act) & role) != 0 ? TURNS : 2;
}

static void walk_flow(const struct flow *flow, draw_fn *draw)
{
    struct walked w = {.entered = {false}};

    assert_true(flow->n_transitions <= LINES_MAX && flow->n_states <= STATES_WALKED);
    seed = 20261129;
    w.entered[flow->initial - flow->states] = true;
    for (size_t s = 0; s < flow->n_states; s++)
        for (size_t k = 0; k < flow->acts.n_acts; k++)
            for (int role = 0; role < ROLES_COUNT; role++) {
                const char *act = flow->acts.acts[k].id;
                int turns = turns_of(flow, &flow->states[s], act, 1u << role);

                for (int n = 0; n < turns; n++)
                    walk_one(flow, &flow->states[s], act, 1u << role, draw(), &w);
            }
    for (size_t t = 0; t < flow->n_transitions; t++)
        if (w.roles[t] != flow->transitions[t].roles)
            fail_msg("%s: line %zu (%s) was taken by %x, not %x", flow->id, t,
                     flow->transitions[t].act->id, w.roles[t], flow->transitions[t].roles);
    for (size_t s = 0; s < flow->n_states; s++)
        if (!w.entered[s] || (!w.left[s] && !flow->states[s].final))
            fail_msg("%s: %s is never %s", flow->id, flow->states[s].id,
                     w.entered[s] ? "left" : "entered");
}

static void every_line_by_every_role(void **state)
{
    const struct embedded_file *cases = shipped("rules/case-2018.json");
    const struct embedded_file *sheet = shipped("orders/12345.json");
    struct order_flow *orders = NULL;
    struct flow *flow = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(case_flow_load((const char *)cases->data, cases->size, &flow, &err), ERR_OK);
    walk_flow(flow, drawn_case);
    case_flow_free(flow);
    assert_int_equal(order_flow_load((const char *)sheet->data, sheet->size, &orders, &err),
                     ERR_OK);
    walk_flow(&orders->flow, drawn_order);
    order_flow_free(orders);
}

/* One slip each: what stands in the file, what is written instead, where it is found. */
struct slip {
    const char *path, *from, *to, *field;
    load_fn *load;
};

static const struct slip slips[] = {
    {"orders/12345.json", "\"to\": \"signed\"", "\"to\": \"elsewhere\"", "transitions.0.to",
     load_orders},
    {"orders/12345.json", "\"guards\": [\"without_matters\"]", "\"guards\": [\"unknown\"]",
     "transitions.4.guards", load_orders},
    {"orders/12345.json", "\"without_matters\": {\"zh\"", "\"state2\": {\"zh\"", "why_not",
     load_orders},
    {"orders/12345.json", "\"does\": \"file\"", "\"does\": \"nothing\"", "transitions.1.does",
     load_orders},
    {"orders/12345.json", "\"part\": \"done\"", "\"part\": \"gone\"", "states.4.part", load_orders},
    {"orders/12345.json", "\"act\": \"close\", \"from\": [\"replied\"]",
     "\"act\": \"close\", \"from\": [\"closed\"]", "states", load_orders},
    {"orders/12345.json", "\"act\": \"assign\", \"from\": [\"received\"",
     "\"act\": \"sign\", \"from\": [\"received\"", "acts", load_orders},
    {"rules/case-2018.json", "\"start\": \"D10\"", "\"start\": \"D99\"", "transitions", load_case},
    {"rules/case-2018.json", "{\"start\": \"D11\"}", "{\"stop\": \"D11\"}", "deadlines", load_case},
    {"rules/case-2018.json", "\"article\": \"64\"", "\"article\": \"sixty\"", "deadlines.0.basis",
     load_case},
    {"rules/case-2018.json", "{\"start\": \"D11\"}",
     "{\"start\": \"D11\"}, {\"pause\": \"D11\"}, {\"resume\": \"D11\"}, {\"pause\": \"D11\"}, "
     "{\"resume\": \"D11\"}, {\"pause\": \"D11\"}, {\"resume\": \"D11\"}, {\"pause\": \"D11\"}, "
     "{\"resume\": \"D11\"}",
     "transitions.3.clocks", load_case},
    {"rules/case-2018.json", "\"to\": \"back\"", "\"to\": \"same\"", "states", load_case},
};

static bool named(const struct err *err, const char *field)
{
    for (size_t i = 0; i < err->n_items; i++)
        if (strncmp(err->items[i].field, field, strlen(field)) == 0)
            return true;
    return false;
}

static void slips_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        const struct embedded_file *file = shipped(slips[i].path);
        const char *at = strstr((const char *)file->data, slips[i].from);
        char *text;
        struct err err = {0};
        size_t head;
        int n;

        if (at == NULL)
            fail_msg("slip %zu: %s does not stand in the file", i, slips[i].from);
        head = (size_t)(at - (const char *)file->data);
        n = asprintf(&text, "%.*s%s%.*s", (int)head, (const char *)file->data, slips[i].to,
                     (int)(file->size - head - strlen(slips[i].from)), at + strlen(slips[i].from));
        assert_true(n > 0);
        if (slips[i].load(text, (size_t)n, &err) != ERR_INVALID || !named(&err, slips[i].field))
            fail_msg("slip %zu is not named at %s: %s", i, slips[i].field,
                     err.n_items > 0 ? err.items[0].field : err.why);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guards_and_roles_decide), cmocka_unit_test(deadlines_of_a_case),
        cmocka_unit_test(guards_of_a_case),        cmocka_unit_test(every_line_by_every_role),
        cmocka_unit_test(slips_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
