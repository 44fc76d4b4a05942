/* Memory that runs out: the nth allocation of our own code fails, n = 1, 2, 3 … until all goes
 * well. Each answer must be true and the fault named for what it is. What libraries allocate by
 * themselves fails in the long run (faults.py memory). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>
#include <cmocka.h>

#include "../store/fixture.h"
#include "base/json.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define EXPECT_LEAKS() __lsan_disable() /* what a reading had built when it ended */
#define EXPECT_NONE() __lsan_enable()
#else
#define EXPECT_LEAKS() (void)0
#define EXPECT_NONE() (void)0
#endif

#define PLENTY 1000000000

static atomic_int left = PLENTY, row = 1; /* how many are left, and how many fail behind them */
static atomic_bool failed;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *text);

static bool none_left(void)
{
    int n = atomic_fetch_sub(&left, 1);

    if (n > 1 || n <= 1 - atomic_load(&row))
        return false;
    atomic_store(&failed, true);
    return true;
}

void *__wrap_malloc(size_t n)
{
    return none_left() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return none_left() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return none_left() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *text)
{
    return none_left() ? NULL : __real_strdup(text);
}

static void fail_nth(int n, int in_a_row)
{
    atomic_store(&failed, false);
    atomic_store(&row, in_a_row);
    atomic_store(&left, n);
}

/* Ends it; whether one failed. */
static bool plenty(void)
{
    atomic_store(&left, PLENTY);
    return atomic_load(&failed);
}

/* Whoever sent it must not hear that his JSON is wrong, and no text may lack a part. */
static void json_is_whole_or_refused(void **state)
{
    static const char text[] = "{\"facts\":\"买的车有问题\",\"list\":[1,2.5,{\"a\":null}],\"long\":"
                               "\"0123456789012345678901234567890123456789\"}";
    json_t *whole = NULL;
    bool met = true;
    int n = 0;

    (void)state;
    assert_int_equal(json_parse(text, strlen(text), &whole, NULL), ERR_OK);
    while (met) {
        json_t *value = NULL;
        enum err_code rc;

        EXPECT_LEAKS();
        fail_nth(++n, 1);
        rc = json_parse(text, strlen(text), &value, NULL);
        met = plenty();
        EXPECT_NONE();
        assert_true(rc == ERR_OK || (met && rc == ERR_NO_MEMORY));
        if (rc == ERR_OK) {
            assert_true(json_equal(value, whole));
            json_decref(value);
        }
    }
    json_decref(whole);
    assert_true(n > 10);
}

/* A text that could not be made is said to lack memory, so that nobody takes it for none. */
static void what_is_not_written_is_told(void **state)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)1 << 20);
    json_t *value = json_pack("{s:s, s:[i, i], s:{s:s}}", "facts", "买的车有问题", "list", 1, 2,
                              "sub", "name", "王小明");
    bool met = true;
    int n = 0;

    (void)state;
    assert_non_null(value);
    (void)json_lacked();
    while (met) {
        const char *text;

        fail_nth(++n, 1);
        text = json_compact(arena, value);
        met = plenty();
        assert_true((text == NULL) == met);
        assert_true(json_lacked() == met || arena_lacked(arena));
        arena_reset(arena);
    }
    json_decref(value);
    assert_true(n > 1);
}

static struct fixture fx;

static enum err_code file_one(void)
{
    OP(op, &fx);
    struct filing f = {.facts = "事实", .name = "王", .phone = "13800002046"};

    f.id = store_next_id(fx.store, TEST_MONTH);
    return store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE);
}

/* Files with the nth failing, and those behind it; whether one failed. */
static bool file_with_fault(int n, int in_a_row, int64_t *acknowledged)
{
    OP(op, &fx);
    struct filing f = {.facts = "事实", .name = "王", .phone = "13800002046"};
    struct changes *ch;
    enum err_code rc;
    bool met;

    f.id = store_next_id(fx.store, TEST_MONTH);
    ch = filing_changes(op, &f);
    fail_nth(n, in_a_row);
    rc = store_apply(op, ch, QUEUE_INTERACTIVE);
    met = plenty();
    if (rc != ERR_OK && (!met || rc != ERR_NO_MEMORY))
        fail_msg("allocation %d: %s: %s", n, err_info(rc)->name, op->err.why);
    *acknowledged += rc == ERR_OK;
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), *acknowledged);
    return met;
}

/* The next filing may find that nothing is written for a moment, never that something is wrong. */
static void file_after_fault(int64_t *acknowledged)
{
    enum err_code rc = ERR_BUSY;

    for (int i = 0; i < 100 && rc != ERR_OK; i++) {
        rc = file_one();
        if (rc != ERR_OK && rc != ERR_STORE_FULL)
            fail_msg("after a fault: %s", err_info(rc)->name);
        if (rc != ERR_OK)
            usleep(10000); /* a writer that was closed opens again by itself */
    }
    assert_int_equal(rc, ERR_OK);
    (*acknowledged)++;
}

static void fail_each(int in_a_row)
{
    int64_t acknowledged = 0;
    int n = 0;

    fixture_start(&fx);
    do {
        fixture_reopen(&fx); /* nothing is prepared yet */
        if (!file_with_fault(++n, in_a_row, &acknowledged))
            break;
        file_after_fault(&acknowledged);
    } while (n < 2000);
    assert_true(n > 3 && n < 2000);
    {
        OP(op, &fx);

        assert_clean(op);
    }
    print_message("%d allocations failed in turn, %d in a row: acknowledged %d, found %d, lost 0, "
                  "duplicated 0\n",
                  n - 1, in_a_row, (int)acknowledged, (int)acknowledged);
    fixture_end(&fx);
}

static void each_allocation_of_an_act(void **state)
{
    (void)state;
    fail_each(1);
}

/* What cannot be rolled back for want of memory is not left open either. */
static void allocations_in_a_row(void **state)
{
    (void)state;
    fail_each(2);
    fail_each(5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_whole_or_refused),
        cmocka_unit_test(what_is_not_written_is_told),
        cmocka_unit_test(each_allocation_of_an_act),
        cmocka_unit_test(allocations_in_a_row),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
