/* What verify notices. The store is closed, its database altered behind its back through SQLite,
 * and opened again. Each column of each table that the store itself answers for is altered in turn;
 * the columns of projections other than version and head are compared by work/verify (rebuild). */
#include "fixture.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <cmocka.h>

#include "store/files.h"

static struct fixture fx;
static int64_t matters[3];
static struct blob blob;

static void put_row(struct op *op, const char *sql, const char *table, int n, const char *const *v)
{
    struct changes *ch = changes_new(op);

    changes_row_text(ch, sql, 1, ERR_CONFLICT);
    for (int i = 0; i < n; i++) {
        if (v[i][0] >= '0' && v[i][0] <= '9')
            changes_int(ch, strtoll(v[i], NULL, 10));
        else if (v[i][0] == '#')
            changes_blob(ch, v[i], strlen(v[i]));
        else
            changes_text(ch, v[i]);
    }
    changes_mac(op, ch, table);
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
}

/* One row at least in every table with a checksum. */
static void fill_tables(struct op *op)
{
    put_row(op, "INSERT INTO password (officer_id, hash, changed_at, mac) VALUES ($1, $2, $3, $4)",
            "password", 3, (const char *const[]){"7", "argon", "17"});
    put_row(
        op,
        "INSERT INTO session (token, officer_id, csrf, created_at, seen_at, expires_at, address, "
        "mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        "session", 7, (const char *const[]){"#tok", "7", "#csrf", "1", "2", "3", "local"});
    put_row(op,
            "INSERT INTO access (at, officer_id, matter_id, what, reason, mac) VALUES ($1, $2, $3, "
            "$4, $5, $6)",
            "access", 5, (const char *const[]){"1", "7", "5", "read", "why"});
    put_row(op,
            "INSERT INTO alias (alias, body, confidence, support, mac) VALUES ($1, $2, $3, $4, $5)",
            "alias", 4, (const char *const[]){"street", "body", "900", "3"});
    put_row(op, "INSERT INTO imported (source, key, matter_id, mac) VALUES ($1, $2, $3, $4)",
            "imported", 3, (const char *const[]){"file", "row", "5"});
    put_row(op,
            "INSERT INTO revision (kind, name, revision, content, hash, used_at, mac) VALUES ($1, "
            "$2, $3, $4, $5, $6, $7)",
            "revision", 6, (const char *const[]){"pack", "market", "1", "{}", "#hash", "9"});
    put_row(op,
            "INSERT INTO scan (name, matter_id, state, engine, found, at, mac) VALUES ($1, $2, $3, "
            "$4, $5, $6, $7)",
            "scan", 6, (const char *const[]){"file", "5", "clean", "engine", "none", "9"});
    put_row(op, "INSERT INTO setting (name, value, mac) VALUES ($1, $2, $3)", "setting", 2,
            (const char *const[]){"profile", "market"});
    put_row(op,
            "INSERT INTO calendar_run (id, calendar, revision, position, total, done, moved, "
            "after, started_at, finished_at, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
            "$10, $11)",
            "calendar_run", 10,
            (const char *const[]){"1", "cn", "edition", "3", "4", "5", "6", "7", "8", "9"});
    put_row(op,
            "INSERT INTO calendar_moved (run, matter_id, rule, seq, old_raw, old_due, new_raw, "
            "new_due, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            "calendar_moved", 8,
            (const char *const[]){"1", "5", "D1", "1", "20000", "20001", "20002", "20003"});
}

/* A record other than a matter: its event and its row. */
static void add_record(struct op *op)
{
    struct changes *ch = changes_new(op);
    struct event ev = {.kind = "view",
                       .record = store_next_record_id(fx.store, TEST_NOW),
                       .version = 1,
                       .act = "make",
                       .actor_kind = "system",
                       .at = TEST_NOW,
                       .recorded_at = TEST_NOW,
                       .body = "{}",
                       .body_size = 2};

    changes_event(op, ch, &ev, NULL);
    changes_row(ch, SQL_record_insert, 1, ERR_CONFLICT);
    changes_int(ch, ev.record);
    changes_text(ch, "view");
    changes_int(ch, 1);
    changes_blob(ch, ev.hash, HASH_BYTES);
    changes_null(ch);
    changes_null(ch);
    changes_int(ch, 0);
    changes_null(ch);
    changes_text(ch, "{}");
    assert_int_equal(store_apply(op, ch, QUEUE_INTERACTIVE), ERR_OK);
}

static int begin(void **state)
{
    (void)state;
    fixture_start(&fx);
    for (int i = 0; i < 3; i++) {
        OP(op, &fx);
        unsigned char head[HASH_BYTES] = {0};
        struct filing f = {.facts = "事实", .name = "王", .phone = "13800002046", .report = i == 1};
        char key[32];

        snprintf(key, sizeof key, "key-number-%d-long", i);
        f.key = key;
        f.id = matters[i] = store_next_id(fx.store, TEST_MONTH);
        if (i == 0) {
            assert_int_equal(blob_put(op, "photo", 5, &blob), ERR_OK);
            f.blob = &blob;
        }
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
        memcpy(head, f.head, HASH_BYTES);
        assert_int_equal(store_apply(op, act_changes(op, f.id, 1, head), QUEUE_INTERACTIVE),
                         ERR_OK);
        if (i == 0)
            fill_tables(op);
    }
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fx);
    return 0;
}

/* ---- altering ---- */

static sqlite3 *open_raw(void)
{
    char path[512];
    sqlite3 *db;

    snprintf(path, sizeof path, "%s/fangxin.db", fx.dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void exec_raw(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

/* Runs @p sql on the closed store and returns what verify then says. */
static void verify_after(const char *sql, char *named, size_t size)
{
    sqlite3 *db;
    struct err err = {.code = ERR_OK};

    fixture_close(&fx);
    db = open_raw();
    exec_raw(db, "PRAGMA ignore_check_constraints = ON");
    exec_raw(db, sql);
    sqlite3_close(db);
    if (fixture_open(&fx, &err) != ERR_OK) { /* refused at once is noticed too */
        snprintf(named, size, "open(0): %s", err.why);
        return;
    }
    {
        OP(op, &fx);

        if (findings_of(op, named, size) == 0)
            named[0] = '\0';
    }
}

struct column {
    char table[32], name[32], type[16];
};

static size_t columns_of(struct column *ret, size_t max)
{
    sqlite3 *db = open_raw();
    sqlite3_stmt *s;
    size_t n = 0;

    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT m.name, c.name, c.type FROM sqlite_schema m, "
                           "pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE "
                           "'sqlite_%' ORDER BY 1, c.cid",
                           -1, &s, NULL),
        SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW && n < max) {
        snprintf(ret[n].table, sizeof ret[n].table, "%s", sqlite3_column_text(s, 0));
        snprintf(ret[n].name, sizeof ret[n].name, "%s", sqlite3_column_text(s, 1));
        snprintf(ret[n].type, sizeof ret[n].type, "%s", sqlite3_column_text(s, 2));
        n++;
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

/* Who answers for the column: the store, or work/verify, which folds the events. */
static bool is_the_stores(const struct column *c)
{
    static const char *const folded[] = {
        "business_name", "deadline",   "link",         "remedy",           "group_candidate",
        "tally",         "work_order", "letter",       "enforcement_case", "entry",
        "entry_value",   "entry_link", "entry_unique", "entry_balance"};
    static const char *const headed[] = {"matter", "body", "officer", "record"};
    static const char *const indexes[] = {"phone_index", "id_index"};

    if (strcmp(c->table, "index_put_off") == 0)
        return false; /* empty in a store that is open */
    for (size_t i = 0; i < sizeof folded / sizeof folded[0]; i++)
        if (strcmp(c->table, folded[i]) == 0)
            return false;
    for (size_t i = 0; i < sizeof headed / sizeof headed[0]; i++)
        if (strcmp(c->table, headed[i]) == 0)
            return strcmp(c->name, "version") == 0 || strcmp(c->name, "head") == 0 ||
                   strcmp(c->name, "id") == 0;
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++)
        if (strcmp(c->name, indexes[i]) == 0)
            return false; /* opened and compared by work/verify */
    if ((strcmp(c->table, "access") == 0 || strcmp(c->table, "queue") == 0) &&
        strcmp(c->name, "id") == 0)
        return false; /* given by the engine, means nothing */
    return true;
}

/* Alters the column in the last row: another number, or its last byte changed. */
static void alteration(const struct column *c, char *ret, size_t size)
{
    const char *t = c->table, *n = c->name; /* short: names of our own schema */
    const char *text = strcmp(c->type, "TEXT") == 0 ? "Z" : "z";

    if (strcmp(c->type, "INTEGER") == 0)
        sqlite3_snprintf(
            (int)size, ret,
            "UPDATE %s SET %s = coalesce(%s, 0) + 1 WHERE %s IS (SELECT max(%s) FROM %s)", t, n, n,
            n, n, t);
    else
        sqlite3_snprintf(
            (int)size, ret,
            "UPDATE %s SET %s = CAST(substr(%s, 1, length(%s) - 1) || CASE WHEN substr(%s, -1) "
            "= CAST('%s' AS %s) THEN 'y' ELSE '%s' END AS %s) WHERE %s IS (SELECT max(%s) FROM "
            "%s)",
            t, n, n, n, n, text, c->type, text, c->type, n, n, t);
}

/* Puts the database back as it was before an alteration. */
static void copy_database(const char *from, const char *to)
{
    char a[600], b[600];
    struct err err = {.code = ERR_OK};
    unsigned char *bytes = NULL;
    size_t n;

    snprintf(a, sizeof a, "%s/%s", fx.dir, from);
    snprintf(b, sizeof b, "%s/%s", fx.dir, to);
    assert_int_equal(file_read(a, (size_t)1 << 30, &bytes, &n, &err), ERR_OK);
    remove(b);
    assert_int_equal(file_write_new(b, 0600, false, bytes, n, &err), ERR_OK);
    free(bytes);
    snprintf(b, sizeof b, "%s/%s-wal", fx.dir, to);
    remove(b);
}

static void every_altered_column_is_named(void **state)
{
    static struct column columns[400];
    size_t n, altered = 0;

    (void)state;
    fixture_close(&fx);
    copy_database("fangxin.db", "matters.db");
    fixture_reopen(&fx);
    {
        OP(op, &fx);

        add_record(op);
        assert_clean(op);
    }
    fixture_close(&fx);
    n = columns_of(columns, 400);
    copy_database("fangxin.db", "good.db");
    for (size_t i = 0; i < n; i++) {
        char sql[600], named[2000];
        const struct column *c = &columns[i];

        if (!is_the_stores(c) || strcmp(c->table, "body") == 0 || strcmp(c->table, "officer") == 0)
            continue;
        alteration(c, sql, sizeof sql);
        verify_after(sql, named, sizeof named);
        if (named[0] == '\0')
            fail_msg("altered %s.%s: verify says nothing", c->table, c->name);
        if (strncmp(named, "open(", 5) != 0 && strstr(named, c->table) == NULL)
            fail_msg("altered %s.%s: verify says %s", c->table, c->name, named);
        altered++;
        fixture_close(&fx);
        copy_database("good.db", "fangxin.db");
    }
    print_message("%zu columns altered, each named\n", altered);
    assert_true(altered > 70);
    copy_database("matters.db", "fangxin.db");
    fixture_reopen(&fx);
    {
        OP(op, &fx);

        assert_clean(op);
    }
}

static void a_lost_last_event_is_named(void **state)
{
    char named[2000];

    (void)state;
    verify_after("DELETE FROM event WHERE id = (SELECT max(id) FROM event)", named, sizeof named);
    assert_non_null(strstr(named, "event(6): event 6 is missing"));
    assert_non_null(strstr(named, "matter("));
    { /* and stays missing when work goes on */
        OP(op, &fx);
        struct filing f = {.facts = "后来的", .name = "李", .phone = "1"};

        f.id = store_next_id(fx.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
        assert_true(findings_of(op, named, sizeof named) > 0);
        assert_non_null(strstr(named, "event(6): event 6 is missing"));
    }
}

/* Everything that any table holds of a matter. */
static void delete_matter(int64_t id, char *ret, size_t size)
{
    static const char *const by_matter[] = {"reporter", "deadline", "remedy",  "link",
                                            "blob",     "access",   "imported"};
    size_t n = (size_t)snprintf(
        ret, size,
        "DELETE FROM event WHERE record = %lld; DELETE FROM matter WHERE id "
        "= %lld; DELETE FROM text WHERE record = %lld; DELETE FROM person "
        "WHERE record = %lld; DELETE FROM queue WHERE record = %lld; DELETE FROM "
        "idempotency WHERE result LIKE '%%%lld%%';",
        (long long)id, (long long)id, (long long)id, (long long)id, (long long)id, (long long)id);

    for (size_t i = 0; i < sizeof by_matter / sizeof by_matter[0]; i++)
        n += (size_t)snprintf(ret + n, size - n, "DELETE FROM %s WHERE matter_id = %lld;",
                              by_matter[i], (long long)id);
}

static void a_deleted_matter_is_named(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) { /* the first, one between, the last */
        char sql[2000], named[2000], expected[64];

        fixture_close(&fx);
        copy_database("fangxin.db", "good.db");
        delete_matter(matters[i], sql, sizeof sql);
        verify_after(sql, named, sizeof named);
        snprintf(expected, sizeof expected, "event %d is missing", i * 2 + 1);
        assert_non_null(strstr(named, expected));
        snprintf(expected, sizeof expected, "event %d is missing", i * 2 + 2);
        assert_non_null(strstr(named, expected));
        fixture_close(&fx);
        copy_database("good.db", "fangxin.db");
        fixture_reopen(&fx);
    }
}

/* Deletes a matter and counts again, as somebody with the source code but without keys could. */
static void a_forged_ledger_is_named(void **state)
{
    char sql[2000], named[2000];

    (void)state;
    delete_matter(matters[2], sql, sizeof sql);
    snprintf(sql + strlen(sql), sizeof sql - strlen(sql),
             "UPDATE ledger SET events = 4, last_event = 4;");
    verify_after(sql, named, sizeof named);
    assert_non_null(strstr(named, "ledger(1): the row's checksum does not fit"));
    { /* and work that goes on does not make it good again */
        OP(op, &fx);
        struct filing f = {.facts = "后来的", .name = "李", .phone = "1"};

        f.id = store_next_id(fx.store, TEST_MONTH);
        assert_int_equal(store_apply(op, filing_changes(op, &f), QUEUE_INTERACTIVE), ERR_OK);
        assert_true(findings_of(op, named, sizeof named) > 0);
        assert_non_null(strstr(named, "ledger(1): the row's checksum does not fit"));
    }
}

static void a_lost_or_altered_file_is_named(void **state)
{
    char path[600], named[2000];
    FILE *file;
    int c;

    (void)state;
    snprintf(path, sizeof path, "%s/files/%.2s/%s", fx.dir, blob.name, blob.name);
    file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, -1, SEEK_END);
    c = fgetc(file);
    fseek(file, -1, SEEK_END);
    fputc(c ^ 1, file);
    fclose(file);
    {
        OP(op, &fx);

        assert_true(findings_of(op, named, sizeof named) > 0);
        assert_non_null(strstr(named, "blob("));
        remove(path);
        assert_true(findings_of(op, named, sizeof named) > 0);
        assert_non_null(strstr(named, "is missing"));
    }
}

static void a_broken_page_is_a_finding(void **state)
{
    char path[600], named[4000];
    struct err err = {.code = ERR_OK};
    FILE *file;

    (void)state;
    fixture_close(&fx);
    snprintf(path, sizeof path, "%s/fangxin.db", fx.dir);
    file = fopen(path, "r+");
    fseek(file, 4096 * 3 + 2000, SEEK_SET);
    for (int i = 0; i < 2096; i++)
        fputc(0x55, file);
    fclose(file);
    if (fixture_open(&fx, &err) == ERR_OK) {
        OP(op, &fx);

        assert_true(findings_of(op, named, sizeof named) > 0);
    }
}

/* The index by which an event is found is damaged, and the events are whole: only the looks at
 * single events meet the page. */
static void a_broken_index_is_a_finding(void **state)
{
    char path[600], named[4000];
    struct err err = {.code = ERR_OK};
    sqlite3 *db;
    sqlite3_stmt *s;
    int64_t page;
    FILE *file;

    (void)state;
    fixture_close(&fx);
    db = open_raw();
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT rootpage FROM sqlite_schema WHERE type = 'index' "
                                        "AND tbl_name = 'event' ORDER BY rootpage",
                                        -1, &s, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    page = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    assert_int_equal(fixture_open(&fx, &err), ERR_OK); /* which looks at the index too */
    snprintf(path, sizeof path, "%s/fangxin.db", fx.dir);
    file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, 4096 * (long)(page - 1), SEEK_SET);
    for (int i = 0; i < 4096; i++)
        fputc(0x55, file);
    fclose(file);
    {
        OP(op, &fx);

        assert_true(findings_of(op, named, sizeof named) > 0);
        assert_non_null(strstr(named, "database(0): "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_altered_column_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_last_event_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_deleted_matter_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_forged_ledger_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_or_altered_file_is_named, begin, end),
        cmocka_unit_test_setup_teardown(a_broken_page_is_a_finding, begin, end),
        cmocka_unit_test_setup_teardown(a_broken_index_is_a_finding, begin, end),
    };

    return cmocka_run_group_tests_name("tampering", tests, NULL, NULL);
}
