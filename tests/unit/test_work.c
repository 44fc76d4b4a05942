/* The column list of struct matter against the statements that load and save it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <ctype.h>
#include <string.h>

#include "sql_queries.h"
#include "work/matter_columns.h"

/* The next identifier from *at; "" at the end of the list. */
static void next_word(const char **at, char *ret, size_t size)
{
    size_t n = 0;

    while (**at != '\0' && !isalpha((unsigned char)**at))
        (*at)++;
    while (isalnum((unsigned char)**at) || **at == '_') {
        if (n + 1 < size)
            ret[n++] = **at;
        (*at)++;
    }
    ret[n] = '\0';
}

static void expect_all_columns(const char *sql, const char *behind)
{
    const char *at = strstr(sql, behind);
    char word[64];

    assert_non_null(at);
    at += strlen(behind);
    for (size_t i = 0; i < MATTER_COLUMNS; i++) {
        next_word(&at, word, sizeof word);
        assert_string_equal(word, matter_columns[i].name);
    }
}

static void test_select_and_insert_name_the_columns_in_order(void **state)
{
    (void)state;
    expect_all_columns(sql_texts[SQL_matter_by_id], "SELECT");
    expect_all_columns(sql_texts[SQL_matter_insert], "INSERT INTO matter (");
}

/* Each column is updated by exactly one of the two statements, in the order of the list. */
static void expect_updates(const char *sql, bool indexed)
{
    const char *at = strstr(sql, "SET ");
    char word[64];

    assert_non_null(at);
    at += 4;
    for (size_t i = 0; i < MATTER_COLUMNS; i++) {
        const struct matter_column *c = &matter_columns[i];

        if (c->indexed != indexed || strcmp(c->name, "id") == 0 || strcmp(c->name, "number") == 0 ||
            strcmp(c->name, "kind") == 0)
            continue;
        next_word(&at, word, sizeof word);
        assert_string_equal(word, c->name);
    }
    next_word(&at, word, sizeof word);
    assert_string_equal(word, "WHERE");
}

static void test_updates_share_the_columns(void **state)
{
    (void)state;
    expect_updates(sql_texts[SQL_matter_update_plain], false);
    expect_updates(sql_texts[SQL_matter_update_indexed], true);
}

static void test_columns_compare_by_value(void **state)
{
    struct matter a = {.status = "told", .detail = json_object()}, b = a;
    char told[] = "told";
    const struct matter_column *status = matter_column_find("status");

    (void)state;
    b.status = told;
    assert_true(matter_column_equal(status, &a, &b));
    b.status = NULL;
    assert_false(matter_column_equal(status, &a, &b));
    a.status = NULL;
    assert_true(matter_column_equal(status, &a, &b));
    assert_null(matter_column_find("nothing"));
    json_decref(a.detail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select_and_insert_name_the_columns_in_order),
        cmocka_unit_test(test_updates_share_the_columns),
        cmocka_unit_test(test_columns_compare_by_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
