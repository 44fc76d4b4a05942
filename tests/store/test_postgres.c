/* What only PostgreSQL has: servers that are refused, connections that break, a COMMIT of which
 * nobody knows, several daemons on one database, a database that moved. */
#include "fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>
#include <cmocka.h>

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

static struct filing a_filing(struct fixture *f)
{
    return (struct filing){.id = store_next_id(f->store, TEST_MONTH),
                           .facts = "买的车有问题",
                           .name = "王小明",
                           .phone = "13800002046"};
}

static enum err_code file_one(struct fixture *f, const char *key)
{
    OP(op, f);
    struct filing filing = a_filing(f);

    filing.key = key;
    return store_apply(op, filing_changes(op, &filing), QUEUE_INTERACTIVE);
}

/* ---- servers ---- */

/* Settings of the server take a moment; opens until it goes as wanted. */
static void assert_opens(enum err_code wanted, const char *why)
{
    struct err err = {.code = ERR_OK};
    enum err_code rc = ERR_OK;

    for (int i = 0; i < 100; i++) {
        err_clear(&err);
        rc = fixture_open(&fx, &err);
        fixture_close(&fx);
        if (rc == wanted && strstr(err.why, why) != NULL)
            return;
        usleep(100000);
    }
    fail_msg("%s: %s instead of %s (%s)", why, err_info(rc)->name, err_info(wanted)->name, err.why);
}

static void refuses_what_may_lose(void **state)
{
    static const char *const settings[] = {"fsync", "full_page_writes", "synchronous_commit"};
    char sql[120];

    (void)state;
    fixture_close(&fx);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        snprintf(sql, sizeof sql, "ALTER SYSTEM SET %s = off", settings[i]);
        database_run(fx.database, sql);
        database_run(fx.database, "SELECT pg_reload_conf()");
        snprintf(sql, sizeof sql, "%s = off", settings[i]);
        assert_opens(ERR_CONFLICT, sql);
        database_run(fx.database, "ALTER SYSTEM RESET ALL");
        database_run(fx.database, "SELECT pg_reload_conf()");
        assert_opens(ERR_OK, "");
    }
}

static void refuses_another_encoding(void **state)
{
    (void)state;
    fixture_close(&fx);
    database_drop(fx.database);
    database_make("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", fx.database,
                  sizeof fx.database);
    assert_opens(ERR_CONFLICT, "LATIN1");
}

static void nobody_is_there(void **state)
{
    struct store_options o = {
        .dir = fx.dir, .database = "postgresql:///x?host=/nonexistent", .sql = embedded_sql};
    struct err err = {.code = ERR_OK};
    struct store *s = NULL;

    (void)state;
    fixture_close(&fx);
    assert_int_equal(store_open(&o, &s, &err), ERR_BUSY);
    assert_non_null(strstr(err.why, "/nonexistent"));
}

/* ---- connections ---- */

#define END_ALL                                                                                    \
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "   \
    "AND pid <> pg_backend_pid() AND application_name = 'fangxin'"

static void broken_connections_are_made_anew(void **state)
{
    OP(op, &fx);

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(file_one(&fx, NULL), ERR_OK);
        database_run(fx.database, END_ALL);
        assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 2 * i + 1);
        database_run(fx.database, END_ALL);
        assert_int_equal(file_one(&fx, NULL), ERR_OK);
    }
    assert_clean(op);
}

static atomic_int outcome;

static void *file_in_doubt(void *arg)
{
    atomic_store(&outcome, (int)file_one(&fx, arg));
    return NULL;
}

/* COMMIT waits for a standby that there is not; the connection ends while it waits. */
static void the_key_settles_an_unknown_commit(void **state)
{
    static char key[] = "0123456789abcdef";
    OP(op, &fx);
    pthread_t thread;

    (void)state;
    assert_int_equal(file_one(&fx, NULL), ERR_OK); /* keeps a connection, and ids aside */
    assert_int_equal(store_settle(op), ERR_OK);
    database_run(fx.database, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    database_run(fx.database, "SELECT pg_reload_conf()");
    usleep(500000);
    atomic_store(&outcome, -1);
    assert_int_equal(pthread_create(&thread, NULL, file_in_doubt, key), 0);
    for (int i = 0; i < 200 && atomic_load(&outcome) == -1; i++) {
        database_run(fx.database,
                     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = "
                     "'SyncRep' AND datname = current_database()");
        usleep(50000);
    }
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&outcome), ERR_UNCERTAIN);
    database_run(fx.database, "ALTER SYSTEM RESET ALL");
    database_run(fx.database, "SELECT pg_reload_conf()");
    usleep(500000);
    assert_int_equal(file_one(&fx, key), ERR_REPLAYED); /* it was written after all */
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 2);
    assert_clean(op);
}

/* ---- daemons ---- */

/* A second folder on the same database, with the same key. */
static void join_in(struct fixture *second)
{
    char from[600], to[600], command[1300];
    struct err err = {.code = ERR_OK};

    databases_off(true);
    *second = (struct fixture){.store = NULL};
    fixture_folder(second);
    databases_off(false);
    snprintf(second->database, sizeof second->database, "%s", fx.database);
    snprintf(from, sizeof from, "%s/keys", fx.dir);
    snprintf(to, sizeof to, "%s/keys", second->dir);
    snprintf(command, sizeof command, "cp -rp %s %s", from, to);
    assert_int_equal(system(command), 0);
    if (fixture_open(second, &err) != ERR_OK)
        fail_msg("%s", err.why);
}

static void leave(struct fixture *second)
{
    fixture_close(second);
    second->database[0] = '\0';
    fixture_end(second);
}

#define EACH 100

static void *file_many(void *arg)
{
    for (int i = 0; i < EACH; i++)
        if (file_one(arg, NULL) != ERR_OK)
            atomic_fetch_add(&outcome, 1);
    return NULL;
}

static void two_daemons_share_a_database(void **state)
{
    OP(op, &fx);
    struct fixture second;
    struct job_row mine[EACH], theirs[EACH];
    pthread_t threads[4];
    size_t n = 0, m = 0;

    (void)state;
    join_in(&second);
    atomic_store(&outcome, 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, file_many, i % 2 == 0 ? &fx : &second),
                         0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&outcome), 0);
    assert_int_equal(number_of(op, "SELECT count(DISTINCT id) FROM matter"), 4 * EACH);
    {
        OP(other, &second);

        /* What one has taken the other leaves, until the lease is over. */
        assert_int_equal(job_take(op, "index", mine, EACH, &n), ERR_OK);
        assert_int_equal(job_take(other, "index", theirs, EACH, &m), ERR_OK);
        assert_int_equal(n, EACH);
        assert_int_equal(m, EACH);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < m; k++)
                assert_true(mine[i].id != theirs[k].id);
        other->now_ms += 61000;
        assert_int_equal(job_take(other, "index", theirs, 1, &m), ERR_OK);
        assert_int_equal(m, 1);
        assert_int_equal(theirs[0].id, mine[0].id);
        assert_int_equal(store_settle(other), ERR_OK);
        assert_int_equal(number_of(other, "SELECT n FROM tally WHERE dimension = 'channel'"),
                         4 * EACH);
        assert_clean(other);
    }
    leave(&second);
}

/* Whoever comes second to the same events leaves them to the first. */
static void pasts_are_added_once(void **state)
{
    OP(op, &fx);
    struct index_past piece = {.id = 5, .facts = "abc", .n = 3};
    const struct index_past_mark none = {0, 0}, first = {10, 1}, second = {20, 2};

    (void)state;
    assert_int_equal(index_apply_past(op, &piece, 1, none, first), ERR_OK);
    assert_int_equal(index_apply_past(op, &piece, 1, first, second), ERR_OK);
    assert_int_equal(index_apply_past(op, &piece, 1, first, second), ERR_OK);
    assert_int_equal(number_of(op, "SELECT length(facts) FROM idx.past"), 6);
    assert_int_equal(index_apply_past(op, &piece, 1, none, first), ERR_OK);
    assert_int_equal(number_of(op, "SELECT length(facts) FROM idx.past"), 3);
}

/* ---- events ---- */

/* As after a restore into a cluster whose transactions count from lower. */
static void ids_go_on_after_a_move(void **state)
{
    int64_t before;

    (void)state;
    assert_int_equal(file_one(&fx, NULL), ERR_OK);
    fixture_close(&fx);
    database_run(fx.database, "UPDATE event SET id = id + 1000000000000");
    fixture_reopen(&fx);
    {
        OP(op, &fx);
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        before = number_of(op, "SELECT max(id) FROM event");
        assert_int_equal(file_one(&fx, NULL), ERR_OK);
        assert_true(number_of(op, "SELECT max(id) FROM event") > before);
        assert_int_equal(store_settle(op), ERR_OK);
        assert_clean(op);
        assert_int_equal(snapshot_open(op, &snap), ERR_OK);
        assert_true(snapshot_position(snap) > before);
    }
}

#define IN_PARTITION                                                                               \
    "SELECT count(*) FROM event WHERE kind = 'matter' AND tableoid = '%s'::regclass"

static int64_t events_in(struct op *op, const char *partition)
{
    char sql[200];

    snprintf(sql, sizeof sql, IN_PARTITION, partition);
    return number_of(op, sql);
}

/* Matters of this year lie in its partition; those of years before all partitions move into one
 * when it is made. */
static void events_lie_in_partitions(void **state)
{
    OP(op, &fx);
    struct filing old = a_filing(&fx);

    (void)state;
    assert_int_equal(file_one(&fx, NULL), ERR_OK);
    old.id = store_next_id(fx.store, 10 * 12 + 3); /* April 2010 */
    assert_int_equal(store_apply(op, filing_changes(op, &old), QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(events_in(op, "event_matter_2025"), 1);
    assert_int_equal(events_in(op, "event_rest"), 1);
    database_run(fx.database, "SELECT event_partitions(2009, 2010)");
    database_run(fx.database, "SELECT event_partitions(2009, 2010)"); /* nothing is left to do */
    assert_int_equal(events_in(op, "event_matter_2010"), 1);
    assert_int_equal(events_in(op, "event_rest"), 0);
    assert_int_equal(
        number_of(op, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass "
                      "AND inhrelid::regclass::text ~ '_(2009|2010)$'"),
        4);
    assert_true(number_of(op, "SELECT count(*) FROM pg_class WHERE relname = 'event_matter_' || "
                              "extract(year FROM now()) + 1") == 1); /* made ahead */
    assert_int_equal(store_settle(op), ERR_OK);
    assert_clean(op);
}

/* What a dashboard reads stands in the index: its plan does not look at the cells themselves. */
static void cells_are_read_from_their_index(void **state)
{
    OP(op, &fx);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *no_scans = NULL;
    CLEANUP(stmt_closep) struct stmt *plan = NULL;
    bool row = true, found = false;

    (void)state;
    assert_int_equal(file_one(&fx, NULL), ERR_OK);
    assert_int_equal(store_settle(op), ERR_OK);
    assert_true(number_of(op, "SELECT count(*) FROM tally_kept") > 0);
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare_text(op, snap, "SET LOCAL enable_seqscan = off", &no_scans),
                     ERR_OK);
    assert_int_equal(stmt_step(op, no_scans, &row), ERR_OK);
    assert_int_equal(
        snapshot_prepare_text(op, snap,
                              "EXPLAIN SELECT value, body, period, n, sum FROM tally "
                              "WHERE measure = 'received' AND dimension = '' AND grain = 'month' "
                              "AND period BETWEEN 1 AND 900 AND body BETWEEN '4' AND '5'",
                              &plan),
        ERR_OK);
    for (;;) {
        assert_int_equal(stmt_step(op, plan, &row), ERR_OK);
        if (!row)
            break;
        found |= strstr(stmt_text(plan, 0), "Index Only Scan using tally_pkey") != NULL;
    }
    assert_true(found);
}

/* ---- the ledger ---- */

static void an_altered_delta_is_named(void **state)
{
    OP(op, &fx);
    char named[512];

    (void)state;
    assert_int_equal(file_one(&fx, NULL), ERR_OK);
    database_run(fx.database, ""
                              "INSERT INTO ledger_delta (nonce, events, digest, mac) VALUES "
                              "('\\x00112233445566778899aabbccddeeff', 1, decode(repeat('00', 32), "
                              "'hex'), decode(repeat('00', 32), 'hex'))");
    assert_true(findings_of(op, named, sizeof named) > 0);
    assert_non_null(strstr(named, "ledger"));
    assert_int_equal(store_settle(op), ERR_OK); /* folded, it stays visible */
    assert_true(findings_of(op, named, sizeof named) > 0);
    assert_non_null(strstr(named, "ledger"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_what_may_lose, begin, end),
        cmocka_unit_test_setup_teardown(refuses_another_encoding, begin, end),
        cmocka_unit_test_setup_teardown(nobody_is_there, begin, end),
        cmocka_unit_test_setup_teardown(broken_connections_are_made_anew, begin, end),
        cmocka_unit_test_setup_teardown(the_key_settles_an_unknown_commit, begin, end),
        cmocka_unit_test_setup_teardown(two_daemons_share_a_database, begin, end),
        cmocka_unit_test_setup_teardown(pasts_are_added_once, begin, end),
        cmocka_unit_test_setup_teardown(ids_go_on_after_a_move, begin, end),
        cmocka_unit_test_setup_teardown(events_lie_in_partitions, begin, end),
        cmocka_unit_test_setup_teardown(cells_are_read_from_their_index, begin, end),
        cmocka_unit_test_setup_teardown(an_altered_delta_is_named, begin, end),
    };

    return cmocka_run_group_tests_name("PostgreSQL", tests, NULL, NULL);
}
