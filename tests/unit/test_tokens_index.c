/* The FTS5 index is held to a LIKE scan of the same folded texts. */
#include "search_test.h"

#include <sqlite3.h>

#include "base/text.h"
#include "insight/tokens.h"

static struct folded fold(struct search_test *t, const char *text)
{
    struct folded f;

    assert_int_equal(fold_text(t->folder, t->arena, text, strlen(text), &f), ERR_OK);
    return f;
}

static const char *folded_text(struct search_test *t, const char *text)
{
    struct folded f = fold(t, text);

    return fold_utf8(t->arena, f.units, f.n);
}

static const char *token_text(struct search_test *t, const char *text)
{
    struct folded f = fold(t, text);
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)16 << 20);

    tokens_join(&f, &out);
    return buf_dup(&out, t->arena);
}

static struct query parse(struct search_test *t, const char *typed)
{
    struct query q;

    assert_int_equal(query_parse(t->folder, t->arena, typed, &q), ERR_OK);
    return q;
}

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

static sqlite3 *open_index(void)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    run(db, "CREATE VIRTUAL TABLE word USING fts5(words, " TOKENS_FTS5_OPTIONS ")");
    run(db, "CREATE TABLE plain(id INTEGER PRIMARY KEY, text TEXT)");
    run(db, "PRAGMA case_sensitive_like = 1");
    run(db, "BEGIN");
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return s;
}

/* Inserts one text under an id. */
static void insert(sqlite3_stmt *s, int64_t id, const char *text)
{
    sqlite3_bind_int64(s, 1, id);
    sqlite3_bind_text(s, 2, text, -1, SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(s), SQLITE_DONE);
    sqlite3_reset(s);
}

/* Every sign that folding can leave is one term in the index, as it is. */
static void no_token_is_split(void **state)
{
    struct search_test *t = *state;
    sqlite3 *db = open_index();
    sqlite3_stmt *s = prepare(db, "INSERT INTO word(rowid, words) VALUES (?1, ?2)");
    sqlite3_stmt *p = prepare(db, "INSERT INTO plain(id, text) VALUES (?1, ?2)");
    int64_t id = 0;

    for (uint32_t cp = 1; cp < 0x20100; cp++) {
        char text[16];
        size_t n = utf8_put(cp, text);
        struct folded f;
        struct tokens tokens;

        if (cp >= 0xd800 && cp < 0xe000)
            continue;
        memcpy(text + n, "xA", 3);
        f = fold(t, text);
        assert_int_equal(tokens_list(t->arena, &f, &tokens), ERR_OK);
        for (size_t i = 0; i < tokens.n; i++)
            insert(p, ++id, tokens.items[i]);
        insert(s, cp, token_text(t, text));
        if (cp % 4096 == 0)
            arena_reset(t->arena);
    }
    sqlite3_finalize(s);
    sqlite3_finalize(p);
    run(db, "COMMIT");
    run(db, "CREATE VIRTUAL TABLE vocab USING fts5vocab(word, 'row')");
    s = prepare(db,
                "SELECT (SELECT count(*) FROM vocab WHERE term NOT IN (SELECT text FROM plain)),"
                " (SELECT count(DISTINCT text) FROM plain), (SELECT count(*) FROM vocab),"
                " (SELECT sum(cnt) FROM vocab), (SELECT count(*) FROM plain)");
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    assert_int_equal(sqlite3_column_int64(s, 0), 0);
    assert_int_equal(sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2));
    assert_int_equal(sqlite3_column_int64(s, 3), sqlite3_column_int64(s, 4));
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* No phrase reaches over the barrier between two fields, and nobody finds the barrier itself. */
static void fields_are_apart(void **state)
{
    static const struct {
        const char *typed;
        int found;
    } rows[] = {{"手机", 1}, {"iphone", 1},   {"手机iphone", 0},
                {"坏了", 1}, {"iphone坏", 0}, {"·", 0}};
    struct search_test *t = *state;
    sqlite3 *db = open_index();
    sqlite3_stmt *s = prepare(db, "INSERT INTO word(rowid, words) VALUES (?1, ?2)");

    insert(s, 1,
           arena_printf(t->arena, "%s " TOKENS_BARRIER " %s " TOKENS_BARRIER " %s",
                        token_text(t, "手机"), token_text(t, "iPhone"), token_text(t, "坏了")));
    sqlite3_finalize(s);
    run(db, "COMMIT");
    s = prepare(db, "SELECT rowid FROM word WHERE word MATCH ?1");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct query q = parse(t, rows[i].typed);

        if (q.n == 0) {
            assert_int_equal(rows[i].found, 0);
            continue;
        }
        sqlite3_bind_text(s, 1, query_fts5(t->arena, &q), -1, SQLITE_TRANSIENT);
        assert_int_equal(sqlite3_step(s) == SQLITE_ROW, rows[i].found);
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

/* Nothing typed is a syntax error or an operator. */
static void hostile_queries(void **state)
{
    static const char *const typed[] = {"\"",
                                        "a\"b",
                                        "ABC-2026",
                                        "words: x",
                                        "NEAR(a b, 2)",
                                        "a OR b",
                                        "a AND",
                                        "NOT x",
                                        "^a",
                                        "-x",
                                        "+",
                                        "(",
                                        "{a b}: c",
                                        "*",
                                        "a*b*",
                                        "'; DROP --",
                                        "%_",
                                        "\\",
                                        "\x01\x02",
                                        "\xff\xfe",
                                        "\"\"\"\"",
                                        "a + b",
                                        ": : :",
                                        "变质*",
                                        "\"变质\" OR",
                                        "words : 投诉)",
                                        "𠮷",
                                        "\u0301",
                                        "\u200b"};
    struct search_test *t = *state;
    sqlite3 *db = open_index();
    sqlite3_stmt *s = prepare(db, "INSERT INTO word(rowid, words) VALUES (?1, ?2)");
    uint64_t seed = 42;

    insert(s, 1, token_text(t, "食品变质 refund a b"));
    sqlite3_finalize(s);
    run(db, "COMMIT");
    s = prepare(db, "SELECT rowid FROM word WHERE word MATCH ?1");
    for (size_t i = 0; i < sizeof typed / sizeof typed[0] + 3000; i++) {
        char bytes[40];
        struct query q;
        const char *fts5;
        int rc;

        for (size_t b = 0; b + 1 < sizeof bytes; b++)
            bytes[b] = (char)(1 + next_number(&seed, i % 2 == 0 ? 127 : 255));
        bytes[next_number(&seed, sizeof bytes)] = '\0';
        bytes[sizeof bytes - 1] = '\0';
        q = parse(t, i < sizeof typed / sizeof typed[0] ? typed[i] : bytes);
        fts5 = query_fts5(t->arena, &q);
        assert_true((q.n == 0) == (fts5[0] == '\0'));
        if (q.n == 0)
            continue;
        sqlite3_bind_text(s, 1, fts5, -1, SQLITE_TRANSIENT);
        rc = sqlite3_step(s);
        if (rc != SQLITE_ROW && rc != SQLITE_DONE)
            fail_msg("%s: %s", fts5, sqlite3_errmsg(db));
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static const char *const pieces[] = {
    "食品",   "变质",    "投诉",   "投訴",       "商家",   "退款",    "不退",     "退货退款",
    "手机",   "屏幕",    "发热",   "iPhone14",   "iPhone", "iPhone ", "Pro",      "4S店",
    "预付卡", "健身房",  "关门",   "3.15",       "12315",  "3·15",    "2026年",   "3月",
    "refund", "refunds", "late",   "unrefunded", "e-mail", "A4",      "食食食食", "品品品",
    "，",     "。",      "！",     " ",          "、",     "\n",      "（",       "）",
    "質量",   "质量",    "问题",   "很严重",     "海底捞", "火锅店",  "羊肉",     "的",
    "了",     "不",      "ＡＢＣ", "abc",        "x",      "变",      "质",       "\u200b",
    "café",   "カメラ",  "ｶﾒﾗ",    "😀",          "½",      "㎡",      "-",        "/"};
#define PIECES (sizeof pieces / sizeof pieces[0])
#define TEXTS 1500

static char *make_text(struct search_test *t, uint64_t *seed, uint32_t most)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(4096);

    for (uint32_t n = 1 + next_number(seed, most); n > 0; n--)
        buf_adds(&out, pieces[next_number(seed, PIECES)]);
    return buf_dup(&out, t->arena);
}

/* The pattern that stands for one term: LIKE over ' ' || folded text || ' '. */
static const char *like_pattern(struct search_test *t, const struct query_term *term)
{
    return arena_printf(t->arena, "%%%s%s%s%%", term->text.units[0].kind == FOLD_WORD ? " " : "",
                        fold_utf8(t->arena, term->text.units, term->text.n),
                        term->whole_end ? " " : "");
}

/* The first of three ways to find: all ids by the index, as one text. */
static const char *ids_of(struct search_test *t, sqlite3_stmt *s)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)1 << 20);

    while (sqlite3_step(s) == SQLITE_ROW)
        buf_addf(&out, "%d ", sqlite3_column_int(s, 0));
    sqlite3_reset(s);
    return buf_dup(&out, t->arena);
}

/* The index finds what LIKE finds, and what query_matches says, for 1,000 words and phrases: cut
 * out of the texts themselves, and put together at random. */
static void hits_equal_like(void **state)
{
    struct search_test *t = *state;
    sqlite3 *db = open_index();
    sqlite3_stmt *s = prepare(db, "INSERT INTO word(rowid, words) VALUES (?1, ?2)");
    sqlite3_stmt *p = prepare(db, "INSERT INTO plain(id, text) VALUES (?1, ?2)");
    static const char *texts[TEXTS];
    static struct folded folded[TEXTS];
    uint64_t seed = 2026;
    size_t found = 0;

    for (int i = 0; i < TEXTS; i++) {
        texts[i] = make_text(t, &seed, 30);
        folded[i] = fold(t, texts[i]);
        insert(s, i, token_text(t, texts[i]));
        insert(p, i, arena_printf(t->arena, " %s ", folded_text(t, texts[i])));
    }
    sqlite3_finalize(s);
    sqlite3_finalize(p);
    run(db, "COMMIT");
    s = prepare(db, "SELECT rowid FROM word WHERE word MATCH ?1 ORDER BY rowid DESC");
    p = prepare(db, "SELECT id FROM plain WHERE text LIKE ?1 AND (?2 IS NULL OR text LIKE ?2) AND"
                    " (?3 IS NULL OR text LIKE ?3) ORDER BY id DESC");
    for (int w = 0; w < 1000; w++) {
        const char *typed = texts[next_number(&seed, TEXTS)], *by_index, *by_like;
        CLEANUP(buf_release) struct buf by_eye = BUF_UP_TO((size_t)1 << 20);
        struct query q;

        if (w % 3 == 0) {
            typed = make_text(t, &seed, 3);
        } else {
            size_t count = utf8_count(typed, strlen(typed));
            size_t from = next_number(&seed, (uint32_t)count);

            typed += utf8_prefix(typed, strlen(typed), from);
            typed = arena_strndup(t->arena, typed,
                                  utf8_prefix(typed, strlen(typed), 1 + next_number(&seed, 6)));
        }
        q = parse(t, typed);
        if (q.n == 0 || q.n > 3)
            continue;
        sqlite3_bind_text(s, 1, query_fts5(t->arena, &q), -1, SQLITE_TRANSIENT);
        by_index = ids_of(t, s);
        sqlite3_clear_bindings(p);
        for (size_t i = 0; i < q.n; i++)
            sqlite3_bind_text(p, (int)i + 1, like_pattern(t, &q.terms[i]), -1, SQLITE_TRANSIENT);
        by_like = ids_of(t, p);
        for (int i = TEXTS - 1; i >= 0; i--)
            if (query_matches(&q, &folded[i]))
                buf_addf(&by_eye, "%d ", i);
        if (strcmp(by_index, by_like) != 0 || strcmp(by_index, buf_text(&by_eye)) != 0)
            fail_msg("[%s] index %s, LIKE %s, predicate %s", typed, by_index, by_like,
                     buf_text(&by_eye));
        found += by_index[0] != '\0';
    }
    assert_true(found > 400);
    sqlite3_finalize(s);
    sqlite3_finalize(p);
    sqlite3_close(db);
}

/* A word in simplified Han without gaps is found exactly where LIKE finds it in the raw text. */
static void han_equals_raw_like(void **state)
{
    static const char *const words[] = {"变质", "变质投诉", "退", "退款不", "食食食", "质量问题"};
    struct search_test *t = *state;
    uint64_t seed = 7;

    for (int i = 0; i < 2000; i++) {
        CLEANUP(buf_release) struct buf text = BUF_UP_TO(4096);
        struct folded f;

        for (int k = 0; k < 8; k++) {
            const char *piece = pieces[next_number(&seed, PIECES)];

            if (strcmp(piece, "\u200b") != 0 && strcmp(piece, "質量") != 0 &&
                strcmp(piece, "投訴") != 0)
                buf_adds(&text, piece);
        }
        f = fold(t, buf_text(&text));
        for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
            struct query q = parse(t, words[w]);

            assert_int_equal(query_matches(&q, &f), strstr(buf_text(&text), words[w]) != NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEARCH_TEST(no_token_is_split),   SEARCH_TEST(hostile_queries),
        SEARCH_TEST(fields_are_apart),    SEARCH_TEST(hits_equal_like),
        SEARCH_TEST(han_equals_raw_like),
    };

    return cmocka_run_group_tests(tests, search_test_group_setup, search_test_group_teardown);
}
