/* Disks that fail and disks that are full: each write and sync in turn, for a moment or for long.
 * Every answer must be true: what was acknowledged is there, what was refused is not, and what was
 * uncertain is there or not but does not change its mind; reads go on; work goes on afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "disk.h"
#include "workload.h"

static struct fixture fx;

static int begin(void **state)
{
    struct err err = {.code = ERR_OK};

    (void)state;
    memset(&fx, 0, sizeof fx);
    fx.vfs = "cut";
    fx.log_pages = 40;
    fixture_folder(&fx);
    disk_watch(fx.dir, 7);
    return fixture_open(&fx, &err) == ERR_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    disk_fail_at(0, DISK_WELL, false);
    fixture_end(&fx);
    disk_watch(NULL, 0);
    return 0;
}

static enum err_code file_one(int64_t *ret_id)
{
    OP(op, &fx);
    struct filing f = {.facts = "事实", .name = "王", .phone = "13800002046"};

    f.id = store_next_id(fx.store, TEST_MONTH);
    *ret_id = f.id;
    return store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE);
}

static bool there(int64_t id)
{
    OP(op, &fx);
    char sql[100];

    snprintf(sql, sizeof sql, "SELECT count(*) FROM matter WHERE id = %lld", (long long)id);
    return number_of(op, sql) == 1;
}

/* Files until it works again; a full disk is looked at anew every 50 ms. */
static void works_again(void)
{
    int64_t id;

    for (int i = 0; i < 1000; i++) {
        if (file_one(&id) == ERR_OK) {
            assert_true(there(id));
            return;
        }
        usleep(5000);
    }
    fail_msg("the store does not write again");
}

static void clean(void)
{
    OP(op, &fx);

    assert_clean(op);
}

/* What one answer promises. An uncertain one is remembered in @p ret_there. */
static void answer_is_true(enum err_code rc, int64_t id, bool *ret_there)
{
    *ret_there = there(id);
    switch ((int)rc) {
    case ERR_OK:
        assert_true(*ret_there);
        break;
    case ERR_STORE_FULL:
    case ERR_IO:
    case ERR_BUSY:
        assert_false(*ret_there);
        break;
    case ERR_UNCERTAIN:
        break;
    default:
        fail_msg("answer %s", err_info(rc)->name);
    }
}

#define STEPS 4

/* The nth operation fails once, n = 1, 2, 3 … until the steps pass without meeting it. */
static void each_operation_fails_once(enum disk_fault how)
{
    uint64_t n = 1;
    bool met = true;

    for (; met; n++) {
        enum err_code rc[STEPS];
        int64_t id[STEPS];
        bool was[STEPS];
        uint64_t before;

        disk_fail_at(n, how, false);
        before = disk_operations();
        for (int i = 0; i < STEPS; i++) {
            OP(op, &fx);

            rc[i] = file_one(&id[i]);
            if (i == 1)
                (void)!store_settle(op);
        }
        met = disk_operations() - before >= n;
        disk_fail_at(0, DISK_WELL, false);
        works_again();
        for (int i = 0; i < STEPS; i++)
            answer_is_true(rc[i], id[i], &was[i]);
        works_again();
        if (n % 16 == 1) {
            struct err err = {.code = ERR_OK};

            fixture_close(&fx);
            assert_int_equal(fixture_open(&fx, &err), ERR_OK);
            clean();
        }
        for (int i = 0; i < STEPS; i++)
            assert_int_equal(there(id[i]), was[i]);
        assert_true(n < 2000);
    }
    print_message("%d operations failed in turn\n", (int)n - 2);
    clean();
}

static void each_operation_fails_with_an_error(void **state)
{
    (void)state;
    each_operation_fails_once(DISK_FAILS);
}

static void each_write_finds_the_disk_full(void **state)
{
    (void)state;
    each_operation_fails_once(DISK_FULL);
}

static void a_full_disk_stops_writes_only(void **state)
{
    struct workload *w = workload_new(&fx, 100000);
    struct store_stats stats;
    int64_t id = 0, first;
    struct blob blob;

    (void)state;
    assert_int_equal(file_one(&first), ERR_OK);
    workload_start(w);
    usleep(50000);
    disk_fail_at(1, DISK_FULL, true);
    workload_join(w); /* all were refused in the end */
    for (int i = 0; i < 5; i++) {
        OP(op, &fx);

        assert_int_equal(file_one(&id), ERR_STORE_FULL);
        assert_false(there(id));
        assert_true(there(first)); /* reads go on */
        assert_int_equal(blob_put(op, "abc", 3, &blob), ERR_STORE_FULL);
    }
    store_stats(fx.store, &stats);
    assert_true(stats.read_only);
    disk_fail_at(0, DISK_WELL, false);
    works_again();
    store_stats(fx.store, &stats);
    assert_false(stats.read_only);
    assert_int_equal(workload_lost(w), 0);
    clean();
    workload_free(w);
}

static void a_dead_disk_stops_writes_only(void **state)
{
    int64_t id, first;

    (void)state;
    assert_int_equal(file_one(&first), ERR_OK);
    disk_fail_at(1, DISK_FAILS, true);
    for (int i = 0; i < 5; i++) {
        enum err_code rc = file_one(&id);

        assert_true(rc == ERR_IO || rc == ERR_UNCERTAIN || rc == ERR_STORE_FULL);
        assert_true(there(first));
    }
    disk_fail_at(0, DISK_WELL, false);
    works_again();
    clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_operation_fails_with_an_error, begin, end),
        cmocka_unit_test_setup_teardown(each_write_finds_the_disk_full, begin, end),
        cmocka_unit_test_setup_teardown(a_full_disk_stops_writes_only, begin, end),
        cmocka_unit_test_setup_teardown(a_dead_disk_stops_writes_only, begin, end),
    };

    disk_vfs_register();
    return cmocka_run_group_tests_name("disks that fail", tests, NULL, NULL);
}
