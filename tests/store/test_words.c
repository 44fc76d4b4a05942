/* The index of words on PostgreSQL: while it is filled its indexes are not there, are the same as
 * before behind it, and come by themselves when it ended early. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* A number for the definitions of all indexes. */
#define INDEXES                                                                                    \
    "SELECT hashtextextended(string_agg(indexdef, ';' ORDER BY indexdef), 0) FROM pg_indexes "     \
    "WHERE schemaname IN ('public', 'idx')"
#define INDEXES_OF_WORDS "SELECT count(*) FROM pg_indexes WHERE indexname = 'word_doc'"

static struct fixture fx;

static int begin(void **state)
{
    (void)state;
    fixture_start(&fx);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

/* ---- words ---- */

static int64_t hits(struct op *op, const char *fts5)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t n = 0;
    bool row;

    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare(op, snap, SQL_search_range, &s), ERR_OK);
    assert_int_equal(stmt_bind_text(op, s, 1, index_match(op, fts5)), ERR_OK);
    assert_int_equal(stmt_bind_int64(op, s, 2, 0), ERR_OK);
    assert_int_equal(stmt_bind_int64(op, s, 3, INT64_MAX), ERR_OK);
    while (stmt_step(op, s, &row) == ERR_OK && row)
        n++;
    return n;
}

static const struct index_doc first[] = {
    {5, "变质 质牛 牛奶 奶", "b420202 open", "变质牛奶"},
    {7, "变质 质面 面包 包", "b420202 open", NULL},
    {8, NULL, NULL, NULL},
};
static const struct index_doc second[] = {{9, "it's a\\b 变质 变质", "b420203 open", "变质"}};
static const struct index_reach to_eight = {"filled_to", 0, 8}, to_end = {"filled_to", 8, -1},
                                names_to_end = {"names_to", 0, -1};

static void a_new_index_is_built_at_its_end(void **state)
{
    OP(op, &fx);
    int64_t before = number_of(op, INDEXES), to;

    (void)state;
    assert_int_equal(index_clear(op), ERR_OK);
    assert_int_equal(number_of(op, INDEXES_OF_WORDS), 0);
    assert_int_equal(index_apply(op, first, 3, &to_eight), ERR_OK);
    assert_int_equal(hits(op, "{words} : (\"变质\")"), 2); /* found before it is complete */
    assert_int_equal(hits(op, "\"质牛 牛奶\" AND {scope} : \"b420202\""), 1);
    assert_int_equal(number_of(op, "SELECT count(*) FROM idx.shown WHERE text = '变质牛奶'"), 1);
    assert_int_equal(index_apply(op, second, 1, &to_end), ERR_OK);
    assert_int_equal(index_apply_businesses(op, first, 3, &names_to_end), ERR_OK);
    assert_int_equal(number_of(op, "SELECT count(*) FROM idx.business"), 2);
    assert_int_equal(number_of(op, INDEXES), before);
    assert_int_equal(hits(op, "{words} : (\"变质\")"), 3);
    assert_int_equal(hits(op, "\"变质 变质\""), 1);
    assert_int_equal(hits(op, "\"it's a\\b\""), 1);
    assert_int_equal(index_meta_get(op, "filled_to", &to), ERR_OK);
    assert_int_equal(to, -1);
}

/* Two daemons meet at a new index: who comes second to the same documents leaves them. */
static void documents_go_in_once(void **state)
{
    OP(op, &fx);
    const struct index_doc other = {5, "面包", "open", NULL};

    (void)state;
    assert_int_equal(index_clear(op), ERR_OK);
    assert_int_equal(index_apply(op, first, 3, &to_eight), ERR_OK);
    assert_int_equal(index_apply(op, &other, 1, &to_eight), ERR_OK);
    assert_int_equal(hits(op, "{words} : (\"牛奶\")"), 1);
    assert_int_equal(number_of(op, "SELECT count(*) FROM idx.word"), 2);
}

static void a_new_index_goes_on_where_it_was(void **state)
{
    int64_t before;

    (void)state;
    {
        OP(op, &fx);

        before = number_of(op, INDEXES);
        assert_int_equal(index_clear(op), ERR_OK);
        assert_int_equal(index_apply(op, first, 3, &to_eight), ERR_OK);
    }
    fixture_reopen(&fx);
    {
        OP(op, &fx);
        bool more;

        assert_int_equal(index_apply(op, second, 1, NULL), ERR_OK); /* changed meanwhile */
        assert_int_equal(index_tidy(op, &more), ERR_OK);
        assert_int_equal(index_apply(op, NULL, 0, &to_end), ERR_OK);
        assert_int_equal(index_apply_businesses(op, NULL, 0, &names_to_end), ERR_OK);
        assert_int_equal(number_of(op, INDEXES), before);
        assert_int_equal(hits(op, "{words} : (\"变质\")"), 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_index_is_built_at_its_end, begin, end),
        cmocka_unit_test_setup_teardown(documents_go_in_once, begin, end),
        cmocka_unit_test_setup_teardown(a_new_index_goes_on_where_it_was, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
