/* The write-ahead log beside a reader that stays: it grows while the snapshot may stand, and no
 * further. The monotonic clock is the test's (--wrap), so that nobody waits for the 20 s. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <cmocka.h>

#include "../store/fixture.h"

#define LOG_PAGES 50
#define FRAME_BYTES (4096 + 24)
#define TOO_HIGH (12 * LOG_PAGES * FRAME_BYTES) /* sqlite_checkpoint.c */
#define EXPIRE_MS 20000

static atomic_int_fast64_t ahead_ms;

int64_t __real_monotonic_ms(void);
int64_t __wrap_monotonic_ms(void);

int64_t __wrap_monotonic_ms(void)
{
    return __real_monotonic_ms() + atomic_load(&ahead_ms);
}

static struct fixture fx;

/* The size of the log after so many filings, at its largest and at the end. */
static void file_many(int n, int64_t *most, int64_t *last)
{
    for (int i = 0; i < n; i++) {
        OP(op, &fx);
        struct filing f = {.facts = "事实", .name = "王", .phone = "13800002046"};
        struct store_stats stats;

        f.id = store_next_id(fx.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
        store_stats(fx.store, &stats);
        *most = stats.wal_bytes > *most ? stats.wal_bytes : *most;
        *last = stats.wal_bytes;
    }
}

static bool reads(struct op *op, struct snapshot *snap)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    return snapshot_prepare_text(op, snap, "SELECT count(*) FROM matter", &s) == ERR_OK &&
           stmt_step(op, s, &row) == ERR_OK && row;
}

static void a_reader_that_stays(void **state)
{
    OP(reader, &fx);
    struct snapshot *snap = NULL;
    int64_t most = 0, last = 0;

    (void)state;
    assert_int_equal(snapshot_open(reader, &snap), ERR_OK);
    assert_true(reads(reader, snap));
    for (int i = 0; i < 100 && last < TOO_HIGH; i++)
        file_many(10, &most, &last);
    assert_true(last >= TOO_HIGH); /* it holds the log */
    assert_true(reads(reader, snap));
    atomic_fetch_add(&ahead_ms, EXPIRE_MS + 1000);
    file_many(30, &most, &last);
    assert_false(reads(reader, snap)); /* it had its time */
    assert_int_equal(reader->err.code, ERR_BUSY);
    snapshot_closep(&snap);
    for (int i = 0; i < 100 && last >= TOO_HIGH / 2; i++)
        file_many(10, &most, &last); /* until it is copied back, which another thread does */
    most = 0;
    file_many(60, &most, &last);
    assert_true(most < TOO_HIGH / 2);
    {
        OP(op, &fx);

        assert_clean(op);
    }
}

static int begin(void **state)
{
    struct err err = {.code = ERR_OK};

    (void)state;
    fx = (struct fixture){.log_pages = LOG_PAGES};
    fixture_folder(&fx);
    return fixture_open(&fx, &err) == ERR_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reader_that_stays, begin, end),
    };

    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
