/* The contract of the store, written against its interface only: each engine must pass it. */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
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

static struct filing a_filing(int64_t id)
{
    return (struct filing){
        .id = id, .facts = "买的车有问题", .name = "王小明", .phone = "13800002046"};
}

static int64_t file_one(void)
{
    OP(op, &fx);
    struct filing f = a_filing(store_next_id(fx.store, TEST_MONTH));

    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    return f.id;
}

/* Ids of events are dense on SQLite; on PostgreSQL they only go up. */
static void assert_nth_event(int64_t id, int64_t n)
{
    if (on_postgres())
        assert_true(id > n);
    else
        assert_int_equal(id, n);
}

static void writes_and_reads(void **state)
{
    OP(op, &fx);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t id = file_one();
    size_t n;
    bool row;

    (void)state;
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_nth_event(snapshot_position(snap), 1);
    assert_int_equal(snapshot_prepare_text(op, snap,
                                           "SELECT $2, number, officer, head, open FROM matter "
                                           "WHERE id = $1",
                                           &s),
                     ERR_OK);
    assert_int_equal(stmt_bind_int64(op, s, 1, id), ERR_OK);
    assert_int_equal(stmt_bind_text(op, s, 2, "二"), ERR_OK);
    assert_int_equal(stmt_one_row(op, s), ERR_OK);
    assert_string_equal(stmt_text(s, 0), "二"); /* $n are bound by their names */
    assert_string_equal(stmt_text_dup(op, s, 0), "二");
    assert_true(stmt_is_null(s, 2));
    assert_null(stmt_text(s, 2));
    assert_int_equal(stmt_int64(s, 2), 0);
    assert_non_null(stmt_blob(s, 3, &n));
    assert_int_equal(n, HASH_BYTES);
    assert_int_equal(stmt_int64(s, 4), 1);
    assert_int_equal(stmt_step(op, s, &row), ERR_OK);
    assert_false(row);
    stmt_reset(s); /* binds are kept */
    assert_int_equal(stmt_one_row(op, s), ERR_OK);
    stmt_closep(&s);
    assert_int_equal(snapshot_prepare_text(op, snap, "SELECT 1 FROM matter WHERE id = $1", &s),
                     ERR_OK);
    assert_int_equal(stmt_one_row(op, s), ERR_NOT_FOUND); /* a missing bind is NULL */
}

static void refuses_bad_statements(void **state)
{
    OP(op, &fx);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct changes *ch = changes_new(op);
    bool row;

    (void)state;
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare_text(op, snap, "SELEC 1", &s), ERR_INTERNAL);
    assert_null(s);
    snapshot_closep(&snap); /* on PostgreSQL a statement that fails ends the view */
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare_text(op, snap, "DELETE FROM matter", &s), ERR_OK);
    assert_int_not_equal(stmt_step(op, s, &row), ERR_OK); /* a snapshot cannot write */
    changes_row_text(ch, "INSERT INTO setting (name, value, mac) VALUES ($1, $2, $3)", 1,
                     ERR_CONFLICT);
    changes_text(ch, "x");
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_INTERNAL); /* values missing */
    assert_int_equal(store_apply(op, NULL, QUEUE_INTERACTIVE), ERR_NO_MEMORY);
}

static void stale_version_is_a_conflict(void **state)
{
    OP(op, &fx);
    unsigned char head[HASH_BYTES] = {0};
    struct filing f = a_filing(store_next_id(fx.store, TEST_MONTH));
    struct changes *again;

    (void)state;
    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    memcpy(head, f.head, HASH_BYTES);
    assert_int_equal(store_apply(op, act_changes(op, f.id, 1, head), QUEUE_INTERACTIVE), ERR_OK);
    memcpy(head, f.head, HASH_BYTES);
    again = act_changes(op, f.id, 1, head);
    assert_int_equal(store_apply(op, again, QUEUE_INTERACTIVE), ERR_CONFLICT);
    assert_int_equal(store_apply(op, again, QUEUE_INTERACTIVE), ERR_CONFLICT);
    assert_int_equal(number_of(op, "SELECT count(*) FROM event"), 2);
    assert_int_equal(number_of(op, "SELECT version FROM matter"), 2);
    assert_clean(op);
}

static void a_set_is_all_or_nothing(void **state)
{
    OP(op, &fx);
    struct filing f = a_filing(store_next_id(fx.store, TEST_MONTH));
    struct changes *ch = filing_changes(op, &f);

    (void)state;
    changes_row_text(ch, "UPDATE matter SET open = 0 WHERE id = 0", 1, ERR_NOT_ALLOWED);
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_NOT_ALLOWED);
    assert_int_equal(number_of(op, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM "
                                   "matter) + (SELECT count(*) FROM text) + (SELECT count(*) FROM "
                                   "queue) + (SELECT count(*) FROM tally)"),
                     0);
    assert_int_equal(file_one() > 0, 1);
    assert_nth_event(number_of(op, "SELECT max(id) FROM event"), 1); /* ids stay dense */
    assert_clean(op);
}

static void keys_are_taken_once(void **state)
{
    OP(op, &fx);
    struct filing f = a_filing(store_next_id(fx.store, TEST_MONTH));

    (void)state;
    f.key = "0123456789abcdef";
    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    f.id = store_next_id(fx.store, TEST_MONTH);
    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_REPLAYED);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 1);
    assert_int_equal(number_of(op, "SELECT count(*) FROM idempotency"), 1);
}

static void snapshots_stay_as_they_were(void **state)
{
    OP(op, &fx);
    OP(later, &fx);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    (void)state;
    file_one();
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    file_one();
    file_one();
    assert_int_equal(snapshot_prepare_text(op, snap, "SELECT count(*) FROM matter", &s), ERR_OK);
    assert_int_equal(stmt_one_row(op, s), ERR_OK);
    assert_int_equal(stmt_int64(s, 0), 1);
    assert_nth_event(snapshot_position(snap), 1);
    stmt_reset(s);
    /* opened again within the op it is the same view; another op sees what came since */
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 1);
    assert_int_equal(number_of(later, "SELECT count(*) FROM matter"), 3);
    assert_int_equal(stmt_one_row(op, s), ERR_OK);
    assert_int_equal(stmt_int64(s, 0), 1);
}

static void a_kept_snapshot_stays_until_its_op_writes(void **state)
{
    OP(op, &fx);
    OP(later, &fx);
    CLEANUP(snapshot_closep) struct snapshot *open = NULL;
    struct filing f;
    struct op apart;

    (void)state;
    file_one();
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 1);
    file_one();
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 2); /* none is kept unasked */
    snapshot_keep(op);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 2);
    file_one();
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 2);
    assert_int_equal(number_of(later, "SELECT count(*) FROM matter"), 3);
    /* one apart has views of its own, which end with their last close, and the kept one goes */
    apart = op_apart(op, op->arena);
    assert_null(op->snapshot);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 3);
    file_one();
    assert_int_equal(number_of(&apart, "SELECT count(*) FROM matter"), 4);
    assert_null(apart.snapshot);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 3);
    snapshot_let_go(op);
    /* what the op writes is in what it reads next */
    f = a_filing(store_next_id(fx.store, TEST_MONTH));
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 4);
    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    assert_null(op->snapshot);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 5);
    assert_non_null(op->snapshot);
    /* also where it wrote while a view was open: that one ends with its last close */
    assert_int_equal(snapshot_open(op, &open), ERR_OK);
    f = a_filing(store_next_id(fx.store, TEST_MONTH));
    assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 5);
    snapshot_closep(&open);
    assert_null(op->snapshot);
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 6);
    snapshot_let_go(op);
    assert_null(op->snapshot);
}

static uint64_t cache_bytes(void)
{
    struct store_stats stats;

    store_stats(fx.store, &stats);
    return stats.cache_bytes;
}

/* Page caches go when nobody reads, and what is read and written behind that is the same. */
static void page_caches_are_given_back(void **state)
{
    OP(op, &fx);
    int64_t matters = number_of(op, "SELECT count(*) FROM matter");
    uint64_t full;

    (void)state;
    for (int i = 0; i < 40; i++)
        file_one();
    for (int i = 0; i < 2000; i++)
        assert_int_equal(number_of(op, "SELECT count(*) FROM event WHERE body <> ''"),
                         number_of(op, "SELECT count(*) FROM event"));
    if (on_postgres()) {
        assert_false(store_rest(fx.store));
        return;
    }
    full = cache_bytes();
    assert_false(store_rest(fx.store)); /* much was asked */
    assert_true(cache_bytes() >= full);
    assert_true(store_rest(fx.store));
    assert_true(cache_bytes() < full / 2);
    file_one();
    assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), matters + 41);
    assert_clean(op);
}

static void nested_use_of_one_statement(void **state)
{
    OP(op, &fx);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *a = NULL, *b = NULL;
    int rows = 0;
    bool row_a, row_b;

    (void)state;
    for (int i = 0; i < 3; i++)
        file_one();
    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare(op, snap, SQL_verify_event_ids, &a), ERR_OK);
    while (stmt_step(op, a, &row_a) == ERR_OK && row_a) {
        assert_int_equal(snapshot_prepare(op, snap, SQL_verify_event_ids, &b), ERR_OK);
        while (stmt_step(op, b, &row_b) == ERR_OK && row_b)
            rows++;
        stmt_closep(&b);
    }
    assert_int_equal(rows, 9);
}

static void tallies_add_up(void **state)
{
    OP(op, &fx);
    const struct tally_key key = {"received", "channel", "web", "420202", 'm', TEST_MONTH};
    struct changes *ch = changes_new(op);

    (void)state;
    for (int i = 0; i < 3; i++)
        file_one();
    assert_int_equal(store_settle(op), ERR_OK); /* PostgreSQL adds them up behind the acts */
    assert_int_equal(number_of(op, "SELECT n FROM tally WHERE dimension = 'channel'"), 3);
    assert_int_equal(number_of(op, "SELECT sum FROM tally WHERE dimension = 'channel'"), 144000);
    assert_int_equal(number_of(op, "SELECT count(*) FROM tally"), 6);
    changes_tally(ch, &key, -2, -8000);
    changes_tally(ch, &key, 1, 0);
    changes_tally(ch, &key, 0, 0);
    assert_int_equal(store_apply(op, ch, QUEUE_BULK), ERR_OK);
    assert_int_equal(store_settle(op), ERR_OK);
    assert_int_equal(number_of(op, "SELECT n FROM tally WHERE dimension = 'channel'"), 2);
    assert_int_equal(number_of(op, "SELECT sum FROM tally WHERE dimension = 'channel'"), 136000);
}

/* Of what a failed row had begun nothing is left in what comes behind it: neither its values nor
 * that it was an event. */
static void what_is_taken_back_leaves_nothing(void **state)
{
    OP(op, &fx);
    const struct tally_key key = {"received", "channel", "web", "420202", 'm', TEST_MONTH};
    struct event ev = {.kind = "matter",
                       .record = store_next_id(fx.store, TEST_MONTH),
                       .version = 1,
                       .act = "note",
                       .actor_kind = "officer",
                       .at = op->now_ms,
                       .recorded_at = op->now_ms,
                       .body = "{}",
                       .body_size = 2};
    struct changes *ch = changes_new(op), *mark;

    (void)state;
    changes_row(ch, SQL_setting_put, 1, ERR_CONFLICT);
    changes_text(ch, "before");
    changes_text(ch, "1");
    changes_mac(op, ch, "setting");
    mark = changes_mark(ch);
    for (int i = 0; i < 40; i++) /* the lists grow meanwhile */
        changes_event(op, ch, &ev, NULL);
    changes_tally(ch, &key, 1, 1);
    changes_back(ch, mark);
    changes_row(ch, SQL_setting_put, 1, ERR_CONFLICT);
    changes_text(ch, "behind");
    changes_text(ch, "2");
    changes_mac(op, ch, "setting");
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(number_of(op, "SELECT count(*) FROM setting WHERE name IN ('before', "
                                   "'behind')"),
                     2);
    assert_int_equal(number_of(op, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM "
                                   "tally)"),
                     0);
    assert_clean(op);
}

static void ids_go_up_and_survive(void **state)
{
    int64_t first = file_one(), second = file_one();

    (void)state;
    assert_int_equal(first, ((int64_t)TEST_MONTH << 28) + 1);
    assert_int_equal(second, first + 1);
    assert_int_equal(store_next_id(fx.store, TEST_MONTH + 1),
                     ((int64_t)(TEST_MONTH + 1) << 28) + 1);
    assert_true(store_next_id(fx.store, -5) > 0);
    fixture_reopen(&fx);
    if (on_postgres()) /* what was set aside for the first process is not used */
        assert_true(store_next_id(fx.store, TEST_MONTH) > second);
    else
        assert_int_equal(store_next_id(fx.store, TEST_MONTH), second + 1);
}

static void queue_rows_wait_their_turn(void **state)
{
    OP(op, &fx);
    struct job_row rows[10];
    int64_t lag;
    size_t n;

    (void)state;
    for (int i = 0; i < 4; i++)
        file_one();
    op->now_ms += 5000;
    assert_int_equal(job_take(op, "index", rows, 3, &n), ERR_OK);
    assert_int_equal(n, 3);
    assert_true(rows[0].id < rows[1].id && rows[0].record < rows[1].record);
    assert_int_equal(job_lag(op, "index", &lag), ERR_OK);
    assert_int_equal(lag, 5000);
    assert_int_equal(job_done(op, rows, 2), ERR_OK);
    assert_int_equal(job_retry(op, rows + 2, 1, op->now_ms + 1000), ERR_OK);
    assert_int_equal(job_take(op, "index", rows, 10, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(job_done(op, rows, 1), ERR_OK);
    op->now_ms += 1000;
    assert_int_equal(job_take(op, "index", rows, 10, &n), ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(job_take(op, "no such job", rows, 10, &n), ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(job_lag(op, "no such job", &lag), ERR_OK);
    assert_int_equal(lag, 0);
    assert_clean(op);
}

static void events_form_a_chain(void **state)
{
    OP(op, &fx);
    unsigned char head[HASH_BYTES] = {0};
    struct filing f = a_filing(store_next_id(fx.store, TEST_MONTH));
    struct changes *ch = filing_changes(op, &f);
    int64_t before;

    (void)state;
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
    assert_nth_event(changes_last_event(ch), 1);
    before = changes_last_event(ch);
    memcpy(head, f.head, HASH_BYTES);
    for (int version = 1; version < 6; version++) {
        ch = act_changes(op, f.id, version, head);
        assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
        assert_nth_event(changes_last_event(ch), version + 1);
        assert_true(changes_last_event(ch) > before);
        before = changes_last_event(ch);
    }
    assert_clean(op);
    assert_int_equal(store_settle(op), ERR_OK);
    assert_int_equal(number_of(op, "SELECT events FROM ledger"), 6);
    assert_clean(op);
}

static void counts_what_it_does(void **state)
{
    OP(op, &fx);
    struct store_stats before, after;

    (void)state;
    store_stats(fx.store, &before);
    file_one();
    store_stats(fx.store, &after);
    assert_int_equal(after.changes, before.changes + 1);
    assert_int_equal(after.commits, before.commits + 1);
    assert_nth_event(after.last_event_id, 1);
    assert_true(after.db_bytes > 0 && !after.read_only);
    assert_true(on_postgres() || after.wal_bytes > 0);
    assert_int_equal(store_settle(op), ERR_OK);
    store_stats(fx.store, &after);
    assert_int_equal(after.wal_bytes, 0);
}

static void the_log_stays_bounded(void **state)
{
    OP(op, &fx);
    struct store_stats stats;
    int64_t most = 0;

    (void)state;
    fixture_close(&fx);
    fx.log_pages = 50;
    fixture_reopen(&fx);
    op->store = fx.store;
    for (int i = 0; i < 300; i++) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        if (i % 20 == 0)
            assert_int_equal(snapshot_open(op, &snap), ERR_OK);
        file_one();
        store_stats(fx.store, &stats);
        most = stats.wal_bytes > most ? stats.wal_bytes : most;
    }
    assert_true(most > 50 * 4096 && most < 50 * 4096 * 5);
    fx.log_pages = 0;
}

static void one_process_at_a_time(void **state)
{
    struct fixture second = fx;
    struct err err = {.code = ERR_OK};

    (void)state;
    assert_int_equal(fixture_open(&second, &err), ERR_BUSY);
}

static void opens_only_what_is_there(void **state)
{
    struct store_options o = {.dir = "/nonexistent/folder", .sql = embedded_sql};
    struct err err = {.code = ERR_OK};
    struct store *s = NULL;
    struct fixture empty;

    (void)state;
    assert_int_equal(store_open(&o, &s, &err), ERR_NOT_FOUND);
    fixture_folder(&empty);
    o.dir = empty.dir;
    o.database = on_postgres() ? empty.database : NULL;
    assert_int_equal(store_open(&o, &s, &err), ERR_NOT_FOUND);
    remove_folder(empty.dir);
    database_drop(empty.database);
    assert_null(s);
}

static void reads_only_when_asked(void **state)
{
    struct store_options o = {.dir = fx.dir,
                              .database = on_postgres() ? fx.database : NULL,
                              .sql = embedded_sql,
                              .read_only = true};
    struct err err = {.code = ERR_OK};

    (void)state;
    file_one();
    fixture_close(&fx);
    assert_int_equal(store_open(&o, &fx.store, &err), ERR_OK);
    {
        OP(op, &fx);
        struct filing f = a_filing(5);

        assert_int_equal(number_of(op, "SELECT count(*) FROM matter"), 1);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE),
                         ERR_STORE_FULL);
        assert_clean(op);
    }
    fixture_reopen(&fx);
}

static void zone_is_a_setting(void **state)
{
    OP(op, &fx);
    struct changes *ch = changes_new(op);

    (void)state;
    assert_int_equal(store_zone_min(fx.store), ZONE_CHINA_MIN);
    changes_row_text(ch, "INSERT INTO setting (name, value, mac) VALUES ($1, $2, $3)", 1,
                     ERR_CONFLICT);
    changes_text(ch, "zone_min");
    changes_text(ch, "360");
    changes_mac(op, ch, "setting");
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
    assert_int_equal(store_zone_min(fx.store), 360);
    assert_clean(op);
}

/* How many documents a query finds, and the newest of them. */
static int64_t hits(struct op *op, const char *fts5, int64_t *ret_newest)
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
        if (n++ == 0 && ret_newest != NULL)
            *ret_newest = stmt_int64(s, 0);
    return n;
}

static void index_finds_and_forgets(void **state)
{
    OP(op, &fx);
    const struct index_doc docs[] = {
        {5, "变质 质牛 牛奶 奶", "b420202 open", "变质牛奶"},
        {7, "变质 质面 面包 包", "b420202 open", NULL},
    };
    const struct index_doc gone = {.id = 5};
    int64_t value, newest;

    (void)state;
    assert_int_equal(index_apply(op, docs, 2, NULL), ERR_OK);
    assert_int_equal(hits(op, "{words} : (\"变质\")", &newest), 2);
    assert_int_equal(newest, 7);
    assert_int_equal(hits(op, "\"质 牛\"", NULL), 0);
    assert_int_equal(hits(op, "\"质牛 牛奶\"", NULL), 1);
    assert_int_equal(hits(op, "\"奶 变质\"", NULL), 0); /* in this order they do not stand */
    assert_int_equal(hits(op, "{words} : (\"变质\" AND \"面\" *)", &newest), 1);
    assert_int_equal(newest, 7);
    assert_int_equal(hits(op, "{words} : (\"变质\") AND {scope} : \"b420202\"", NULL), 2);
    assert_int_equal(hits(op, "{words} : (\"变质\") AND {scope} : \"b42\"", NULL), 0);
    assert_int_equal(hits(op, "{words} : (\"b420202\")", NULL), 0); /* scope is no word */
    assert_int_equal(number_of(op, "SELECT count(*) FROM idx.shown WHERE text = '变质牛奶'"), 1);
    assert_int_equal(number_of(op, "SELECT count(*) FROM idx.shown"), 1);
    assert_int_equal(index_apply(op, &gone, 1, NULL), ERR_OK);
    assert_int_equal(number_of(op, "SELECT count(*) FROM idx.shown"), 0);
    assert_int_equal(hits(op, "\"变质\"", NULL), 1);
    assert_int_equal(index_meta_get(op, "position", &value), ERR_OK);
    assert_int_equal(value, 0);
    assert_int_equal(index_meta_set(op, "position", 41), ERR_OK);
    assert_int_equal(index_meta_set(op, "position", 42), ERR_OK);
    assert_int_equal(index_meta_get(op, "position", &value), ERR_OK);
    assert_int_equal(value, 42);
    assert_int_equal(index_clear(op), ERR_OK);
    assert_int_equal(hits(op, "\"变质\"", NULL), 0);
    assert_int_equal(index_meta_get(op, "position", &value), ERR_OK);
    assert_int_equal(value, 0);
}

static void a_broken_index_is_made_anew(void **state)
{
    char path[512];
    FILE *file;

    (void)state;
    fixture_close(&fx);
    snprintf(path, sizeof path, "%s/index.db", fx.dir);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("this is not an index, and it is long enough to be looked at as a file of pages", file);
    fclose(file);
    fixture_reopen(&fx);
    {
        OP(op, &fx);

        assert_int_equal(number_of(op, "SELECT count(*) FROM idx.word"), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(writes_and_reads, begin, end),
        cmocka_unit_test_setup_teardown(refuses_bad_statements, begin, end),
        cmocka_unit_test_setup_teardown(stale_version_is_a_conflict, begin, end),
        cmocka_unit_test_setup_teardown(a_set_is_all_or_nothing, begin, end),
        cmocka_unit_test_setup_teardown(keys_are_taken_once, begin, end),
        cmocka_unit_test_setup_teardown(snapshots_stay_as_they_were, begin, end),
        cmocka_unit_test_setup_teardown(a_kept_snapshot_stays_until_its_op_writes, begin, end),
        cmocka_unit_test_setup_teardown(page_caches_are_given_back, begin, end),
        cmocka_unit_test_setup_teardown(nested_use_of_one_statement, begin, end),
        cmocka_unit_test_setup_teardown(tallies_add_up, begin, end),
        cmocka_unit_test_setup_teardown(what_is_taken_back_leaves_nothing, begin, end),
        cmocka_unit_test_setup_teardown(ids_go_up_and_survive, begin, end),
        cmocka_unit_test_setup_teardown(queue_rows_wait_their_turn, begin, end),
        cmocka_unit_test_setup_teardown(events_form_a_chain, begin, end),
        cmocka_unit_test_setup_teardown(counts_what_it_does, begin, end),
        cmocka_unit_test_setup_teardown(one_process_at_a_time, begin, end),
        cmocka_unit_test_setup_teardown(opens_only_what_is_there, begin, end),
        cmocka_unit_test_setup_teardown(reads_only_when_asked, begin, end),
        cmocka_unit_test_setup_teardown(zone_is_a_setting, begin, end),
        cmocka_unit_test_setup_teardown(index_finds_and_forgets, begin, end),
    };
    const struct CMUnitTest of_sqlite[] = {
        /* what only its files have */
        cmocka_unit_test_setup_teardown(the_log_stays_bounded, begin, end),
        cmocka_unit_test_setup_teardown(a_broken_index_is_made_anew, begin, end),
    };
    int failed = cmocka_run_group_tests_name("store contract", tests, NULL, NULL);

    if (!on_postgres())
        failed += cmocka_run_group_tests_name("store contract, SQLite", of_sqlite, NULL, NULL);
    return failed;
}
