/* Change sets of many rows on PostgreSQL, which go out together; in a store that is filled by COPY.
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct fixture fx;

static int begin(void **state)
{
    (void)state;
    fx = (struct fixture){.filling = false};
    fixture_start(&fx);
    return 0;
}

static int begin_filling(void **state)
{
    (void)state;
    fx = (struct fixture){.filling = true};
    fixture_folder(&fx);
    fixture_reopen(&fx);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

#define MANY 77

/* As many events, each of a record of its own, and as many candidates of group 1. */
static struct changes *many_changes(struct op *op)
{
    struct changes *ch = changes_new(op);

    for (int i = 0; i < MANY; i++) {
        struct event ev = {.kind = "test",
                           .record = 1000 + i,
                           .version = 1,
                           .act = "make",
                           .actor_kind = "system",
                           .at = op->now_ms,
                           .recorded_at = op->now_ms,
                           .body = "{}",
                           .body_size = 2};

        changes_event(op, ch, &ev, NULL);
        changes_row(ch, SQL_group_candidate_insert, 1, ERR_CONFLICT);
        changes_int(ch, 1000 + i);
        changes_int(ch, 1);
    }
    return ch;
}

static int64_t candidates(struct op *op)
{
    return number_of(op, "SELECT count(*) FROM group_candidate WHERE group_id = 1");
}

/* Rows of one INSERT go out several at a time; events keep their order, and the last one is told.
 */
static void many_rows_go_out_together(void **state)
{
    OP(op, &fx);
    struct changes *ch = many_changes(op);
    int64_t transactions = number_of(op, "SELECT count(DISTINCT xmin::text) FROM event");

    (void)state;
    assert_int_equal(store_apply(op, ch, QUEUE_BULK), ERR_OK);
    assert_int_equal(candidates(op), MANY);
    assert_int_equal(number_of(op, "SELECT count(*) FROM event WHERE kind = 'test'"), MANY);
    assert_int_equal(number_of(op, "SELECT count(DISTINCT xmin::text) FROM event"),
                     transactions + 1);
    assert_int_equal(number_of(op, "SELECT max(id) FROM event"), changes_last_event(ch));
    assert_int_equal(number_of(op, "SELECT count(*) FROM event e JOIN event f ON f.id = e.id + 1 "
                                   "AND f.record = e.record + 1 WHERE e.kind = 'test'"),
                     MANY - 1);
    assert_int_equal(number_of(op, "SELECT sum(events) FROM ledger_delta"), MANY);
}

/* What names a table does not pass the rows that wait for it, nor do they pass it. */
static void rows_keep_their_place(void **state)
{
    OP(op, &fx);
    struct changes *ch = many_changes(op);

    (void)state;
    changes_row_text(ch, "DELETE FROM group_candidate WHERE group_id = $1", MANY, ERR_CONFLICT);
    changes_int(ch, 1);
    changes_row(ch, SQL_group_candidate_insert, 1, ERR_CONFLICT);
    changes_int(ch, 1000);
    changes_int(ch, 1);
    assert_int_equal(store_apply(op, ch, QUEUE_BULK), ERR_OK);
    assert_int_equal(candidates(op), 1);
}

/* One row that is there already undoes the whole set, with what was said for that row. */
static void one_of_many_is_refused(void **state)
{
    OP(op, &fx);
    struct changes *ch = many_changes(op);

    (void)state;
    changes_row(ch, SQL_group_candidate_insert, 1, ERR_FORBIDDEN);
    changes_int(ch, 1000 + MANY / 2);
    changes_int(ch, 1);
    assert_int_equal(store_apply(op, ch, QUEUE_BULK), ERR_FORBIDDEN);
    assert_int_equal(candidates(op), 0);
    assert_int_equal(number_of(op, "SELECT count(*) FROM event WHERE kind = 'test'"), 0);
}

/* Of rows that replace others the last one of a key is what stands. */
static void the_last_row_of_a_key_stands(void **state)
{
    OP(op, &fx);
    struct changes *ch = many_changes(op);

    (void)state;
    for (int i = 0; i < MANY; i++) {
        changes_row(ch, SQL_scan_put, 1, ERR_CONFLICT);
        changes_text(ch, i % 5 == 4 ? "twice" : arena_printf(op->arena, "name%d", i));
        changes_int(ch, 1);
        changes_text(ch, "clean");
        changes_text(ch, "none");
        changes_text(ch, "");
        changes_int(ch, i);
        changes_mac(op, ch, "scan");
    }
    assert_int_equal(store_apply(op, ch, QUEUE_BULK), ERR_OK);
    assert_int_equal(number_of(op, "SELECT count(*) FROM scan"), MANY - MANY / 5 + 1);
    assert_int_equal(number_of(op, "SELECT at FROM scan WHERE name = 'twice'"), MANY / 5 * 5 - 1);
    assert_int_equal(number_of(op, "SELECT count(*) FROM scan WHERE at = 3 AND name = 'name3'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_rows_go_out_together, begin, end),
        cmocka_unit_test_setup_teardown(rows_keep_their_place, begin, end),
        cmocka_unit_test_setup_teardown(one_of_many_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(the_last_row_of_a_key_stands, begin, end),
        cmocka_unit_test_setup_teardown(many_rows_go_out_together, begin_filling, end),
        cmocka_unit_test_setup_teardown(rows_keep_their_place, begin_filling, end),
        cmocka_unit_test_setup_teardown(one_of_many_is_refused, begin_filling, end),
        cmocka_unit_test_setup_teardown(the_last_row_of_a_key_stands, begin_filling, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
