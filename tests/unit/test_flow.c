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
        cmocka_unit_test(guards_and_roles_decide),
        cmocka_unit_test(deadlines_of_a_case),
        cmocka_unit_test(guards_of_a_case),
        cmocka_unit_test(slips_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
