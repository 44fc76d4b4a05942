/* JSON bodies against forms: every fault is named, with its path, in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "web/forms.h"

static const char *const colours[] = {"red", "green"};

static const struct form_field remedy_fields[] = {
    {"kind", INPUT_TEXT, .required = true, .max_bytes = 20, .zh = "方式", .en = "The kind"},
    {"amount_fen", INPUT_MONEY, .max = 1000, .zh = "金额", .en = "The amount"},
};
static const struct form remedy_form = {remedy_fields, 2};

static const struct form_field person_fields[] = {
    {"phone", INPUT_TEXT, .max_bytes = 20, .zh = "电话", .en = "The phone"},
};
static const struct form person_form = {person_fields, 1};

static const struct form_field fields[] = {
    {"facts", INPUT_TEXT, .required = true, .max_bytes = 60, .max_chars = 10, .zh = "事情经过",
     .en = "What happened"},
    {"heads", INPUT_INT, .min = 1, .max = 9, .zh = "人数", .en = "How many"},
    {"amount_fen", INPUT_MONEY, .zh = "金额", .en = "The amount"},
    {"true", INPUT_BOOL, .zh = "属实", .en = "True"},
    {"day", INPUT_DATE, .past = true, .zh = "日期", .en = "The day"},
    {"at", INPUT_INSTANT, .past = true, .zh = "时间", .en = "The time"},
    {"colour", INPUT_CHOICE, .choices = colours, .n_choices = 2, .zh = "颜色", .en = "The colour"},
    {"colours", INPUT_CHOICES, .max = 2, .choices = colours, .n_choices = 2, .zh = "颜色",
     .en = "The colours"},
    {"names", INPUT_TEXTS, .max = 2, .max_bytes = 6, .zh = "名字", .en = "The names"},
    {"person", INPUT_OBJECT, .sub = &person_form, .zh = "人", .en = "The person"},
    {"remedies", INPUT_OBJECTS, .max = 3, .sub = &remedy_form, .zh = "补救", .en = "The remedies"},
    {"source", INPUT_MAP, .max = 2, .zh = "来源", .en = "The source"},
};
static const struct form form = {fields, sizeof fields / sizeof fields[0]};

/* 2026-10-13 09:42 in China */
#define NOW_MS INT64_C(1791855720000)

static enum err_code check(const char *json, struct err *err)
{
    json_t *body = NULL;
    enum err_code rc;

    err_clear(err);
    rc = body_parse(json, strlen(json), &body, err);
    if (rc == ERR_OK) {
        rc = form_check(&form, body, NOW_MS, ZONE_CHINA_MIN, err);
        json_decref(body);
    }
    return rc;
}

static void each_fault_has_path_and_code(void **state)
{
    static const struct {
        const char *json, *field, *code;
    } cases[] = {
        {"{}", "facts", "missing"},
        {"{\"facts\":null}", "facts", "missing"},
        {"{\"facts\":\" \\n\"}", "facts", "missing"},
        {"{\"facts\":7}", "facts", "type"},
        {"{\"facts\":[]}", "facts", "type"},
        {"{\"facts\":\"一二三四五六七八九十甲\"}", "facts", "too_long"},
        {"{\"facts\":\"a\\u0007b\"}", "facts", "control"},
        {"{\"facts\":\"a\",\"heads\":0}", "heads", "too_small"},
        {"{\"facts\":\"a\",\"heads\":10}", "heads", "too_great"},
        {"{\"facts\":\"a\",\"heads\":1.5}", "heads", "type"},
        {"{\"facts\":\"a\",\"heads\":\"1\"}", "heads", "type"},
        {"{\"facts\":\"a\",\"amount_fen\":-1}", "amount_fen", "too_small"},
        {"{\"facts\":\"a\",\"amount_fen\":4.80}", "amount_fen", "type"},
        {"{\"facts\":\"a\",\"true\":1}", "true", "type"},
        {"{\"facts\":\"a\",\"day\":\"2026-02-30\"}", "day", "type"},
        {"{\"facts\":\"a\",\"day\":\"1999-12-31\"}", "day", "date_range"},
        {"{\"facts\":\"a\",\"day\":\"2026-10-14\"}", "day", "future"},
        {"{\"facts\":\"a\",\"at\":\"2026-10-13\"}", "at", "type"},
        {"{\"facts\":\"a\",\"at\":\"2026-10-13T09:43:00+08:00\"}", "at", "future"},
        {"{\"facts\":\"a\",\"at\":\"1970-01-01T00:00:00Z\"}", "at", "date_range"},
        {"{\"facts\":\"a\",\"colour\":\"blue\"}", "colour", "choice"},
        {"{\"facts\":\"a\",\"colours\":\"red\"}", "colours", "type"},
        {"{\"facts\":\"a\",\"colours\":[\"red\",\"blue\"]}", "colours.1", "choice"},
        {"{\"facts\":\"a\",\"colours\":[\"red\",\"red\"]}", "colours.1", "twice"},
        {"{\"facts\":\"a\",\"names\":[\"a\",\"b\",\"c\"]}", "names", "count"},
        {"{\"facts\":\"a\",\"names\":[\"a\",\"1234567\"]}", "names.1", "too_long"},
        {"{\"facts\":\"a\",\"person\":\"x\"}", "person", "type"},
        {"{\"facts\":\"a\",\"person\":{\"phone\":1}}", "person.phone", "type"},
        {"{\"facts\":\"a\",\"person\":{\"fax\":\"1\"}}", "person.fax", "unknown_field"},
        {"{\"facts\":\"a\",\"remedies\":[{\"kind\":\"x\"},{}]}", "remedies.1.kind", "missing"},
        {"{\"facts\":\"a\",\"remedies\":[7]}", "remedies.0", "type"},
        {"{\"facts\":\"a\",\"remedies\":[{\"kind\":\"x\",\"amount_fen\":-5}]}",
         "remedies.0.amount_fen", "too_small"},
        {"{\"facts\":\"a\",\"source\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}}", "source", "count"},
        {"{\"facts\":\"a\",\"source\":{\"a\":1}}", "source.a", "type"},
        {"{\"facts\":\"a\",\"colours\":[],\"extra\":1}", "extra", "unknown_field"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err;

        if (check(cases[i].json, &err) != ERR_INVALID || err.n_items != 1 ||
            strcmp(err.items[0].field, cases[i].field) != 0 ||
            strcmp(err.items[0].code, cases[i].code) != 0)
            fail_msg("%s: %zu items, first %s %s", cases[i].json, err.n_items,
                     err.n_items > 0 ? err.items[0].field : "-",
                     err.n_items > 0 ? err.items[0].code : "-");
        assert_true(utf8_valid(err.items[0].zh, strlen(err.items[0].zh)));
        assert_true(err.items[0].en[0] != '\0');
    }
}

static void good_bodies_pass(void **state)
{
    static const char *const good[] = {
        "{\"facts\":\"一二三四五六七八九十\"}",
        "{\"facts\":\"line\\nline\",\"heads\":null,\"person\":null,\"remedies\":[]}",
        "{\"facts\":\"a\",\"heads\":9,\"amount_fen\":0,\"true\":false,\"day\":\"2026-10-13\","
        "\"at\":\"2026-10-13T09:42:00+08:00\",\"colour\":\"red\",\"colours\":[\"green\",\"red\"],"
        "\"names\":[\"二字\"],\"person\":{\"phone\":\"1\"},\"source\":{\"列\":\"值\"},"
        "\"remedies\":[{\"kind\":\"refund\",\"amount_fen\":1000}]}",
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (check(good[i], &err) != ERR_OK)
            fail_msg("%s: %s", good[i], err.why);
}

static void all_faults_come_together(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(
        check("{\"heads\":99,\"colour\":\"x\",\"person\":{\"phone\":true},\"zzz\":1}", &err),
        ERR_INVALID);
    assert_int_equal(err.n_items, 5);
}

static void words_name_what_is_allowed(void **state)
{
    struct err err;

    (void)state;
    check("{\"facts\":\"a\",\"colour\":\"blue\"}", &err);
    assert_string_equal(err.items[0].en,
                        "The colour has no choice \"blue\"; there are: red, green");
    check("{\"facts\":\"一二三四五六七八九十甲乙\"}", &err);
    assert_string_equal(err.items[0].zh, "事情经过最多 10 字，现在是 12 字");
    check("{\"facts\":\"a\",\"person\":{\"fax\":\"1\"}}", &err);
    assert_string_equal(err.items[0].zh, "这里没有“fax”这一项，可以写：phone");
}

static void malformed_bodies_say_how(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *code;
    } cases[] = {
        {"{", 1, "json_syntax"},
        {"{\"a\":1}x", 8, "json_syntax"},
        {"{\"a\":1,\"a\":2}", 13, "json_syntax"},
        {"{\"a\":1e999}", 11, "json_syntax"},
        {"{\"a\":99999999999999999999}", 26, "json_syntax"},
        {"{\"a\":\"\\ud800\"}", 14, "json_syntax"},
        {"[1]", 3, "not_object"},
        {"\"text\"", 6, "not_object"},
        {"{\"a\":\"\xff\"}", 9, "utf8"},
        {"{\"a\":\"\xed\xa0\x80\"}", 11, "utf8"},
        {"{\"a\":\"\xc0\xaf\"}", 10, "utf8"},
        {"{\"a\":\"b\0c\"}", 11, "nul"},
        {"{\"a\":\"b\\u0000c\"}", 16, "nul"},
        {"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", 32, "depth"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct err err;
        json_t *body = NULL;

        err_clear(&err);
        if (body_parse(cases[i].bytes, cases[i].n, &body, &err) != ERR_MALFORMED ||
            err.n_items != 1 || strcmp(err.items[0].code, cases[i].code) != 0)
            fail_msg("%s: %zu %s", cases[i].bytes, err.n_items,
                     err.n_items > 0 ? err.items[0].code : "-");
    }
}

static void deep_nesting_costs_nothing(void **state)
{
    static const char text[] = "{\"facts\":\"[[[[[[[[[[[[[[[[[[[[{{{{{{{{{\\\"[[[[[\"}";
    size_t n = 200000;
    char *bytes = malloc(2 * n);
    struct err err;
    json_t *body = NULL;

    (void)state;
    err_clear(&err);
    memset(bytes, '[', n);
    memset(bytes + n, ']', n);
    assert_int_equal(body_parse(bytes, 2 * n, &body, &err), ERR_MALFORMED);
    assert_string_equal(err.items[0].code, "depth");
    err_clear(&err); /* brackets inside a text do not count */
    assert_int_equal(body_parse(text, sizeof text - 1, &body, &err), ERR_OK);
    json_decref(body);
    free(bytes);
}

static void an_empty_body_is_an_empty_object(void **state)
{
    struct err err;
    json_t *body = NULL;

    (void)state;
    err_clear(&err);
    assert_int_equal(body_parse("", 0, &body, &err), ERR_OK);
    assert_int_equal(json_object_size(body), 0);
    json_decref(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_path_and_code),
        cmocka_unit_test(good_bodies_pass),
        cmocka_unit_test(all_faults_come_together),
        cmocka_unit_test(words_name_what_is_allowed),
        cmocka_unit_test(malformed_bodies_say_how),
        cmocka_unit_test(deep_nesting_costs_nothing),
        cmocka_unit_test(an_empty_body_is_an_empty_object),
    };

    return cmocka_run_group_tests_name("web/forms", tests, NULL, NULL);
}
