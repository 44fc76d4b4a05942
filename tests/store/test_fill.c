/* A new store that is filled: indexes put off for it are there in the end, as the migrations make
 * them, also where the filling ended early. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MATTERS 40

static const char INDEXES_OF_SQLITE[] =
    "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
static const char INDEXES_OF_POSTGRES[] =
    "SELECT indexdef FROM pg_indexes WHERE schemaname = ANY(current_schemas(false)) OR schemaname "
    "= 'idx' ORDER BY schemaname, indexname";

/* The definitions of all indexes, a line each. */
static char *indexes(struct op *op, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t size = 1 << 18, used = 0;
    char *all = arena_alloc(op->arena, size);
    bool row;

    *ret_n = 0;
    assert_non_null(all);
    all[0] = '\0';
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare_text(
                         op, snap, on_postgres() ? INDEXES_OF_POSTGRES : INDEXES_OF_SQLITE, &s),
                     ERR_OK);
    while (stmt_step(op, s, &row) == ERR_OK && row) {
        used += (size_t)snprintf(all + used, size - used, "%s\n", stmt_text(s, 0));
        assert_true(used < size);
        ++*ret_n;
    }
    return all;
}

static void file_some(struct fixture *f)
{
    for (int i = 0; i < MATTERS; i++) {
        OP(op, f);
        struct filing one = {.id = store_next_id(f->store, TEST_MONTH),
                             .facts = "买的车有问题",
                             .name = "王小明",
                             .phone = "13800002046"};

        assert_int_equal(store_apply(op, filing_changes(op, &one), QUEUE_BULK), ERR_OK);
    }
}

/* What a store has that nobody filled. */
static char *usual_indexes(size_t *ret_n)
{
    struct fixture f = {0};
    struct op *op;
    char *all;

    fixture_start(&f);
    op = op_start(&f);
    all = strdup(indexes(op, ret_n));
    assert_non_null(all);
    op_end(op);
    fixture_end(&f);
    return all;
}

static void assert_whole(struct fixture *f, int64_t matters)
{
    OP(op, f);
    size_t n, usual_n;
    char *usual = usual_indexes(&usual_n);

    assert_true(usual_n > 40);
    assert_string_equal(indexes(op, &n), usual);
    assert_int_equal(number_of(op, "SELECT count(*) FROM index_put_off"), 0);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), matters);
    assert_clean(op);
    free(usual);
}

static void begin(struct fixture *f)
{
    *f = (struct fixture){.filling = true};
    fixture_folder(f);
    fixture_reopen(f);
}

static void filled(void **state)
{
    struct fixture f;
    size_t before, behind;

    (void)state;
    begin(&f);
    {
        OP(op, &f);

        indexes(op, &before);
    }
    file_some(&f);
    {
        OP(op, &f);

        assert_int_equal(store_filled(op), ERR_OK);
        indexes(op, &behind);
        assert_true(before < behind);
    }
    file_some(&f); /* the store goes on */
    assert_whole(&f, 2 * MATTERS);
    fixture_end(&f);
}

static void ended_early(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    file_some(&f);
    f.filling = false;
    fixture_reopen(&f);
    file_some(&f);
    assert_whole(&f, 2 * MATTERS);
    fixture_end(&f);
}

/* What is in use already keeps its indexes, also if it is opened to be filled. */
static void in_use(void **state)
{
    struct fixture f;

    (void)state;
    fixture_start(&f);
    file_some(&f);
    f.filling = true;
    fixture_reopen(&f);
    assert_whole(&f, MATTERS);
    fixture_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filled),
        cmocka_unit_test(ended_early),
        cmocka_unit_test(in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
