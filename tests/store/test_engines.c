/* Both engines side by side: the same schema, and for the same county the same hits. */
#include "tests/store/corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/text.h"

#define MATTERS 600
#define QUERIES 200

static struct corpus lite, post;

static int start(void **state)
{
    (void)state;
    corpus_start(&post, MATTERS, true);
    databases_off(true);
    corpus_start(&lite, MATTERS, true);
    databases_off(false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    corpus_end(&lite);
    corpus_end(&post);
    return 0;
}

/* ---- the schema ---- */

#define LITE_COLUMNS                                                                               \
    "SELECT m.name || '.' || c.name || ' ' || c.type || CASE WHEN c.\"notnull\" OR c.pk THEN "     \
    "' NOT NULL' ELSE '' END || CASE WHEN c.pk THEN ' key ' || c.pk ELSE '' END FROM "             \
    "sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE " \
    "'sqlite_%' ORDER BY 1"
/* The key of events has the record too, by which they are partitioned; what a key's index holds
 * beside the key is none of it. */
#define POST_COLUMNS                                                                               \
    "SELECT replace(t.relname, 'tally_kept', 'tally') || '.' || a.attname || CASE a.atttypid "     \
    "WHEN 20 THEN ' INTEGER' WHEN 25 "                                                             \
    "THEN "                                                                                        \
    "' TEXT' WHEN 17 THEN ' BLOB' ELSE ' ?' END || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE "  \
    "'' END || CASE WHEN t.relname || a.attname = 'eventrecord' THEN '' "                          \
    "ELSE coalesce(' key ' || array_position((i.indkey::int[])[0:i.indnkeyatts - 1], "             \
    "a.attnum::int), '') END "                                                                     \
    "COLLATE \"C\" FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 "    \
    "AND "                                                                                         \
    "NOT a.attisdropped LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary WHERE "      \
    "t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relnamespace = "                       \
    "'public'::regnamespace AND t.relname NOT IN "                                                 \
    "('tally_delta', 'ledger_delta', 'id_block', 'event_clock', 'blob_part') AND a.attname <> "    \
    "'leased_until' "                                                                              \
    "ORDER BY 1"
#define LITE_INDEXES                                                                               \
    "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
#define POST_INDEXES                                                                               \
    "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE "              \
    "c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('tally_delta_key', "            \
    "'matter_status_id') AND NOT "                                                                 \
    "c.relispartition AND NOT EXISTS "                                                             \
    "(SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid) ORDER BY c.relname COLLATE \"C\""

/* What a query says, line by line. */
static void lines_of(struct corpus *c, const char *sql, struct buf *out)
{
    CLEANUP(op_endp) struct op *op = corpus_op(c, 0, 0, 0);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    assert_int_equal(snapshot_open(op, &snap), ERR_OK);
    assert_int_equal(snapshot_prepare_text(op, snap, sql, &s), ERR_OK);
    for (;;) {
        assert_int_equal(stmt_step(op, s, &row), ERR_OK);
        if (!row)
            return;
        buf_addf(out, "%s\n", stmt_text(s, 0));
    }
}

static void assert_same_lines(const char *of_lite, const char *of_post)
{
    CLEANUP(buf_release) struct buf a = BUF_UP_TO((size_t)1 << 20);
    CLEANUP(buf_release) struct buf b = BUF_UP_TO((size_t)1 << 20);

    lines_of(&lite, of_lite, &a);
    lines_of(&post, of_post, &b);
    assert_true(a.len > 500);
    assert_string_equal(buf_text(&a), buf_text(&b));
}

static void the_schema_is_the_same(void **state)
{
    (void)state;
    assert_same_lines(LITE_COLUMNS, POST_COLUMNS);
    assert_same_lines(LITE_INDEXES, POST_INDEXES);
}

/* ---- search ---- */

/* Two to four Han characters out of somebody's facts, or out of two people's: then often nobody's.
 */
static void draw(struct corpus *c, char *ret, size_t size)
{
    for (;;) {
        const char *text = c->samples[corpus_random(c, c->n)].facts;
        size_t chars = utf8_count(text, strlen(text)), want = 2 + corpus_random(c, 3);
        size_t from = utf8_prefix(text, strlen(text), corpus_random(c, chars));
        size_t len = utf8_prefix(text + from, strlen(text + from), want);
        bool han = utf8_count(text + from, len) >= 2 && len < size;

        for (size_t i = 0, step; han && i < len; i += step) {
            uint32_t cp = utf8_at(text + from + i, len - i, &step);

            han = cp >= 0x4e00 && cp <= 0x9fff;
        }
        if (!han)
            continue;
        snprintf(ret, size, "%.*s", (int)len, text + from);
        return;
    }
}

static int64_t hits(struct corpus *c, unsigned roles, int body, const char *q, struct buf *out)
{
    CLEANUP(op_endp) struct op *op = corpus_op(c, roles == 0 ? 0 : 3, roles, body);
    struct list_filter f = {
        .q = q, .folder = c->folder, .today = CORPUS_TODAY, .soon_until = CORPUS_SOON};
    const char *cursor = NULL;
    int64_t n = 0;

    do {
        struct list_page page;

        if (list_matters(op, &f, SORT_DUE, 50, cursor, &page) != ERR_OK)
            fail_msg("%s: %s", q, op->err.why);
        for (size_t i = 0; i < page.n; i++)
            buf_addf(out, "%lld %d %s\n", (long long)page.rows[i].id, (int)page.total,
                     page.rows[i].snippet == NULL ? "" : page.rows[i].snippet);
        n += (int64_t)page.n;
        cursor = page.next;
    } while (cursor != NULL);
    return n;
}

static void hits_are_the_same(void **state)
{
    int64_t found = 0, empty = 0;

    (void)state;
    assert_int_equal(lite.n, post.n);
    for (int i = 0; i < QUERIES; i++) {
        CLEANUP(buf_release) struct buf a = BUF_UP_TO((size_t)4 << 20);
        CLEANUP(buf_release) struct buf b = BUF_UP_TO((size_t)4 << 20);
        unsigned roles = i % 4 == 3 ? ROLE_HANDLER | ROLE_INTAKE : 0;
        char q[64], more[20];
        int64_t n;

        draw(&lite, q, sizeof q / 2);
        if (i % 5 == 4) { /* two terms */
            draw(&lite, more, sizeof more);
            snprintf(q + strlen(q), sizeof q - strlen(q), " %s", more);
        }
        if (i % 10 == 7) /* one character alone, the beginning of a pair */
            q[3] = '\0';
        n = hits(&lite, roles, roles == 0 ? 0 : 2, q, &a);
        assert_int_equal(hits(&post, roles, roles == 0 ? 0 : 2, q, &b), n);
        if (strcmp(buf_text(&a), buf_text(&b)) != 0)
            fail_msg("%s differs", q);
        found += n;
        empty += n == 0;
    }
    print_message("%d queries, %d hits, %d of them with none\n", QUERIES, (int)found, (int)empty);
    assert_true(found > 1000 && empty < QUERIES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_is_the_same),
        cmocka_unit_test(hits_are_the_same),
    };

    return cmocka_run_group_tests_name("engines", tests, start, end);
}
