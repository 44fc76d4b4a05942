/* Many threads at once: writers, readers, bulk work, a backup, all on one store. Also built and run
 * with the thread sanitizer. */
#include "fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>
#include <cmocka.h>

#define WRITERS 16
#define EACH 60

static struct fixture fx;
static atomic_int conflicts, applied, wrong;
static atomic_bool stop;

static int begin(void **state)
{
    (void)state;
    fixture_start(&fx);
    atomic_store(&conflicts, 0);
    atomic_store(&applied, 0);
    atomic_store(&wrong, 0);
    atomic_store(&stop, false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

static void run_threads(void *(*work)(void *), unsigned n)
{
    pthread_t threads[32];

    for (unsigned i = 0; i < n; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)i), 0);
    for (unsigned i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
}

/* Files; every fifth set is spoilt at its end and must leave nothing. */
static void *file_many(void *arg)
{
    uintptr_t me = (uintptr_t)arg;

    for (unsigned i = 0; i < EACH; i++) {
        OP(op, &fx);
        struct filing f = {.facts = "事实", .name = "王", .phone = "13800002046"};
        struct changes *ch;
        enum err_code rc;

        f.id = store_next_id(fx.store, TEST_MONTH);
        ch = filing_changes(op, &f);
        if (i % 5 == 4)
            changes_row_text(ch, "UPDATE matter SET open = 0 WHERE id = 0", 1, ERR_NOT_ALLOWED);
        rc = store_apply(op, ch, me % 4 == 0 ? QUEUE_BULK : QUEUE_INTERACTIVE);
        if (rc == ERR_OK && i % 5 != 4)
            atomic_fetch_add(&applied, 1);
        else if (rc == ERR_NOT_ALLOWED && i % 5 == 4)
            atomic_fetch_add(&conflicts, 1);
        else
            atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static void a_spoilt_set_spoils_no_other(void **state)
{
    OP(op, &fx);

    (void)state;
    run_threads(file_many, WRITERS);
    assert_int_equal(atomic_load(&wrong), 0);
    assert_int_equal(atomic_load(&applied), WRITERS * EACH / 5 * 4);
    assert_int_equal(atomic_load(&conflicts), WRITERS * EACH / 5);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), WRITERS * EACH / 5 * 4);
    if (!on_postgres()) /* ids are dense */
        assert_int_equal(number_of(op, "SELECT max(id) FROM event"), WRITERS * EACH / 5 * 4);
    assert_clean(op);
    assert_int_equal(store_settle(op), ERR_OK);
    assert_int_equal(number_of(op, "SELECT n FROM tally WHERE dimension = 'channel'"),
                     WRITERS * EACH / 5 * 4);
    assert_clean(op);
}

static int64_t contested;
static unsigned char contested_head[HASH_BYTES];

/* All want to be the act that follows version 1. */
static void *race(void *arg)
{
    OP(op, &fx);
    unsigned char head[HASH_BYTES] = {0};
    enum err_code rc;

    (void)arg;
    memcpy(head, contested_head, HASH_BYTES);
    rc = store_apply(op, act_changes(op, contested, 1, head), QUEUE_INTERACTIVE);
    atomic_fetch_add(rc == ERR_OK ? &applied : rc == ERR_CONFLICT ? &conflicts : &wrong, 1);
    return NULL;
}

static void one_of_many_wins(void **state)
{
    OP(op, &fx);

    (void)state;
    for (int round = 1; round <= 10; round++) {
        struct filing f = {.facts = "事实", .name = "王", .phone = "1"};

        f.id = store_next_id(fx.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
        contested = f.id;
        memcpy(contested_head, f.head, HASH_BYTES);
        run_threads(race, WRITERS);
        assert_int_equal(atomic_load(&applied), round);
        assert_int_equal(atomic_load(&conflicts), round * (WRITERS - 1));
    }
    assert_int_equal(atomic_load(&wrong), 0);
    assert_clean(op);
}

/* In every view the parts of a filing agree; on PostgreSQL with what is still to be added up. */
#define VIEW                                                                                       \
    "SELECT (SELECT count(*) FROM matter), (SELECT count(*) FROM event), (SELECT count(*) FROM "   \
    "text), (SELECT coalesce(sum(n), 0) FROM tally WHERE dimension = 'channel'), (SELECT events "  \
    "FROM ledger)"
#define VIEW_PENDING VIEW " + (SELECT coalesce(sum(events), 0) FROM ledger_delta)"

static void *read_many(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop)) {
        OP(op, &fx);
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        CLEANUP(stmt_closep) struct stmt *s = NULL;

        if (snapshot_open(op, &snap) != ERR_OK ||
            snapshot_prepare_text(op, snap, on_postgres() ? VIEW_PENDING : VIEW, &s) != ERR_OK ||
            stmt_one_row(op, s) != ERR_OK) {
            atomic_fetch_add(&wrong, 1);
            continue;
        }
        for (int c = 1; c < 5; c++)
            if (stmt_int64(s, c) != stmt_int64(s, 0))
                atomic_fetch_add(&wrong, 1);
        if (!on_postgres() && snapshot_position(snap) != stmt_int64(s, 4))
            atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static void views_agree_while_others_write(void **state)
{
    OP(op, &fx);
    pthread_t readers[6];
    char path[512];

    (void)state;
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_many, NULL), 0);
    run_threads(file_many, 8);
    snprintf(path, sizeof path, "%s/backup.tar", fx.dir);
    assert_int_equal(store_backup(op, path, NULL, NULL), ERR_OK);
    atomic_store(&stop, true);
    for (unsigned i = 0; i < 6; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
    assert_clean(op);
}

/* Follows the events as they come, always behind the last one seen; ends behind the last of all. */
static int64_t followed;

static enum err_code follow_once(struct op *op, int64_t *last, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_past_events_next, &s));
    TRY(stmt_bind_int64(op, s, 1, *last));
    TRY(stmt_bind_int64(op, s, 2, 7));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (stmt_int64(s, 0) <= *last || stmt_int64(s, 0) > snapshot_position(snap))
            return ERR_CONFLICT;
        *last = stmt_int64(s, 0);
        ++*ret_n;
    }
}

static void *follow(void *arg)
{
    int64_t last = 0;
    int idle = 0;
    size_t n;

    (void)arg;
    /* The newest events come in sight when the transactions before them have ended. */
    while (!(atomic_load(&stop) && (followed >= WRITERS * EACH / 5 * 4 || idle > 500))) {
        OP(op, &fx);

        if (follow_once(op, &last, &n) != ERR_OK)
            atomic_fetch_add(&wrong, 1);
        followed += (int64_t)n;
        idle = n == 0 && atomic_load(&stop) ? idle + 1 : 0;
        if (n == 0)
            usleep(10000);
    }
    return NULL;
}

static void a_follower_misses_no_event(void **state)
{
    OP(op, &fx);
    pthread_t follower;

    (void)state;
    followed = 0;
    assert_int_equal(pthread_create(&follower, NULL, follow, NULL), 0);
    run_threads(file_many, WRITERS);
    atomic_store(&stop, true);
    pthread_join(follower, NULL);
    assert_int_equal(atomic_load(&wrong), 0);
    assert_int_equal(followed, WRITERS * EACH / 5 * 4);
    assert_int_equal(number_of(op, "SELECT count(*) FROM event"), followed);
}

static int64_t ids[8][1000];

static void *take_ids(void *arg)
{
    uintptr_t me = (uintptr_t)arg;

    for (int i = 0; i < 1000; i++)
        ids[me][i] = store_next_id(fx.store, TEST_MONTH + i % 2);
    return NULL;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void ids_are_handed_out_once(void **state)
{
    (void)state;
    run_threads(take_ids, 8);
    qsort(ids, 8000, sizeof(int64_t), compare_ids);
    for (int i = 1; i < 8000; i++)
        assert_true(((int64_t *)ids)[i] > ((int64_t *)ids)[i - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_spoilt_set_spoils_no_other, begin, end),
        cmocka_unit_test_setup_teardown(one_of_many_wins, begin, end),
        cmocka_unit_test_setup_teardown(views_agree_while_others_write, begin, end),
        cmocka_unit_test_setup_teardown(a_follower_misses_no_event, begin, end),
        cmocka_unit_test_setup_teardown(ids_are_handed_out_once, begin, end),
    };

    return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
