/* Forms of letters: the shipped ones load, each slip is named, and filling shows what the form
 * lists and nothing else. */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "rules/letter_forms.h"

static struct pack *pack;
static struct letter_pack *letters;

static int load(void **state)
{
    struct err err = {0};
    const struct pack *packs[1];

    (void)state;
    packs[0] = pack = shipped_pack();
    if (letters_load(embedded_packs, packs, 1, &letters, &err) != ERR_OK)
        fail_msg("letters: %s %s", err.items[0].field, err.items[0].en);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    letters_free(letters);
    pack_free(pack);
    return 0;
}

static void the_official_forms_are_there(void **state)
{
    static const char *const ids[] = {"complaint_register", "report_register",  "distribution",
                                      "identity_request",   "acceptance",       "refusal",
                                      "mediation_notice",   "termination",      "deed",
                                      "report_result",      "hand_over_notice", "finance_decision"};
    const struct letter_forms *f = letter_forms(letters);

    (void)state;
    assert_int_equal(f->n, sizeof ids / sizeof ids[0]);
    for (size_t i = 0; i < f->n; i++)
        assert_string_equal(f->forms[i].id, ids[i]);
}

static void states_decide_which_fit(void **state)
{
    const struct letter_form *refusal = letter_form_find(letter_forms(letters), "refusal");
    const struct letter_form *deed = letter_form_find(letter_forms(letters), "deed");

    (void)state;
    assert_true(letter_form_fits(refusal, "market-2026", KIND_COMPLAINT, "refused", "refused"));
    assert_true(letter_form_fits(refusal, "market-2026", KIND_COMPLAINT, "told", "refused"));
    assert_false(letter_form_fits(refusal, "market-2026", KIND_COMPLAINT, "told", "settled"));
    assert_false(letter_form_fits(refusal, "market-2026", KIND_COMPLAINT, "told", NULL));
    assert_false(letter_form_fits(refusal, "market-2026", KIND_REPORT, "told", "refused"));
    assert_false(letter_form_fits(refusal, "finance-2020", KIND_COMPLAINT, "refused", "refused"));
    assert_true(letter_form_tells(refusal, "consumer", "refused"));
    assert_false(letter_form_tells(refusal, "business", "refused"));
    assert_false(letter_form_tells(deed, "consumer", "told"));
}

static void a_body_has_a_word(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(4096);
    const struct letter_forms *f = letter_forms(letters);

    (void)state;
    assert_string_equal(letter_abbreviation(f, arena, "安澜县市场监督管理局"), "安澜市监");
    assert_string_equal(letter_abbreviation(f, arena, "黄港市市场监督管理局"), "黄港市监");
    assert_null(letter_abbreviation(f, arena, "市场监督管理局"));
    assert_null(letter_abbreviation(f, arena, "消费者委员会"));
}

/* The text of a filled form, as one string. */
static char *said(const char *form, const json_t *values)
{
    CLEANUP(json_decrefp)
    json_t *content = letter_fill(letter_form_find(letter_forms(letters), form), values);

    assert_non_null(content);
    return json_dumps(content, 0);
}

static void only_listed_fields_reach_a_letter(void **state)
{
    CLEANUP(json_decrefp)
    json_t *values = json_pack("{s:s, s:s, s:s, s:s, s:s}", "reporter.name", "何举",
                               "reporter.phone", "13900001111", "consumer.name", "刘婷",
                               "matter.facts", "后院加工", "respondent.name", "秘密作坊");
    char *distribution = said("distribution", values), *result = said("report_result", values);

    (void)state;
    assert_null(strstr(distribution, "何举"));
    assert_null(strstr(distribution, "13900001111"));
    assert_null(strstr(distribution, "刘婷"));
    assert_null(strstr(distribution, "后院加工"));
    assert_non_null(strstr(distribution, "秘密作坊"));
    assert_non_null(strstr(result, "何举"));
    assert_null(strstr(result, "13900001111"));
    free(distribution);
    free(result);
}

static void what_is_missing_is_room_to_write(void **state)
{
    CLEANUP(json_decrefp) json_t *none = json_object();
    char *text = said("acceptance", none);

    (void)state;
    assert_non_null(strstr(text, "＿＿＿＿"));
    assert_null(strstr(text, "{{"));
    assert_null(strstr(text, "代理人")); /* only where there is one */
    assert_null(strstr(text, "推选代表"));
    free(text);
}

/* A shipped form with one text replaced by another. */
static void broken(const char *form, const char *from, const char *to, const char *code)
{
    char path[80], *copy, *at;
    const struct embedded_file *file;
    const struct pack *packs[1] = {pack};
    struct err err = {0};
    size_t n;

    snprintf(path, sizeof path, "letters/%s.json", form);
    file = shipped(path);
    n = file->size + strlen(to);
    copy = calloc(1, n + 1);
    at = strstr((const char *)file->data, from);
    if (at == NULL)
        fail_msg("%s has no %s", form, from);
    memcpy(copy, file->data, (size_t)(at - (const char *)file->data));
    memcpy(copy + (at - (const char *)file->data), to, strlen(to));
    memcpy(copy + (at - (const char *)file->data) + strlen(to), at + strlen(from),
           strlen(at + strlen(from)));
    assert_int_equal(letter_form_check(copy, strlen(copy), packs, 1, &err), ERR_INVALID);
    for (size_t i = 0; i < err.n_items; i++)
        if (strcmp(err.items[i].code, code) == 0)
            code = NULL, i = err.n_items;
    if (code != NULL)
        fail_msg("%s: %s is not named but %s", form, code, err.items[0].code);
    free(copy);
}

static void slips_are_named(void **state)
{
    (void)state;
    broken("refusal", "{{ground.text}}", "{{reporter.name}}", "not_listed");
    broken("refusal", "{{ground.text}}", "{{ground.text", "slot");
    broken("refusal", "\"ground.text\"", "\"ground.words\"", "unknown_name");
    broken("refusal", "\"states\": [\"refused\"", "\"states\": [\"refuse\"", "unknown_name");
    broken("refusal", "\"outcomes\": [\"refused\"", "\"outcomes\": [\"no\"", "unknown_name");
    broken("refusal", "\"tells\": [\"consumer\"", "\"tells\": [\"business\"", "not_listed");
    broken("refusal", "\"series\": \"不受\",", "", "missing");
    broken("report_result", "\"to\": [\"reporter\"]", "\"to\": [\"reporter\", \"business\"]",
           "secret");
    broken("deed", "[\"送达方式\", ", "[\"送达方式\", \"x\", ", "cells");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_official_forms_are_there),
        cmocka_unit_test(states_decide_which_fit),
        cmocka_unit_test(a_body_has_a_word),
        cmocka_unit_test(only_listed_fields_reach_a_letter),
        cmocka_unit_test(what_is_missing_is_room_to_write),
        cmocka_unit_test(slips_are_named),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
