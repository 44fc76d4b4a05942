/* Folding, tokens, queries, likeness. The index itself: test_tokens_index.c. */
#include "search_test.h"

#include "base/text.h"
#include "insight/likeness.h"
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

static void folding(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"变质投诉", "变质投诉"},
        {"變質投訴", "变质投诉"},
        {"乾燥機退貨，還錢！", "干燥机退货 还钱"},
        {"ＡＢＣ１２３ iPhone", "abc123 iphone"},
        {"iPhone14手机", "iphone14 手机"},
        {"iPhone14 手机", "iphone14 手机"},
        {"  ，变质。。投诉！", "变质 投诉"},
        {"STRASSE Straße", "strasse strasse"},
        {"caf\u00e9 cafe\u0301 CAFÉ", "café café café"},
        {"変質した食品", "変质した食品"},
        {"ｶﾞﾗｽ", "ガラス"},
        {"㈱丸一", "株 丸一"},
        {"½ ㎡ ① ㍿", "1 2 m2 1 株式会社"},
        {"变\u200b质\u00ad投\ufe0f诉", "变质投诉"},
        {"١٢٣ ４５６", "123 456"},
        {"don't 3.15 AB-123 a_b", "don t 3 15 ab 123 a b"},
        {"😀变质😀", "变质"},
        {"\xff变\xc3质\xe5\x8f", "变 质"},
        {"更豈", "更岂"}, /* compatibility forms, the second traditional as well */
        {"𠮷野家", "𠮷野家"},
        {"한국어 텍스트", "한국어 텍스트"},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(folded_text(t, rows[i].in), rows[i].out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(folded_text(t, rows[i].out), rows[i].out);
}

/* Folded units tile the original from left to right. */
static void offsets(void **state)
{
    struct search_test *t = *state;
    const char *text = "㈱變質 (ABC½) e\u0301x";
    struct folded f = fold(t, text);

    for (size_t i = 0; i < f.n; i++) {
        assert_true(f.units[i].from <= f.units[i].to && f.units[i].to <= strlen(text));
        if (i > 0)
            assert_true(f.units[i].from >= f.units[i - 1].from);
    }
    assert_int_equal(f.units[f.n - 1].to, strlen(text));
    assert_int_equal(f.units[f.n - 2].cp, 0xe9);
    assert_int_equal(f.units[f.n - 2].to - f.units[f.n - 2].from, 3);
}

/* Folding what is folded changes nothing, for every code point and for pairs with marks. */
static void folding_twice(void **state)
{
    struct search_test *t = *state;

    for (uint32_t cp = 1; cp < 0x32000; cp++) {
        char text[16];
        size_t n;
        const char *once, *twice;

        if (cp >= 0xd800 && cp < 0xe000)
            continue;
        if (cp >= 0x20100 && cp < 0x2f800)
            continue;
        n = utf8_put(cp, text);
        text[n] = '\0';
        once = folded_text(t, text);
        twice = folded_text(t, once);
        if (strcmp(once, twice) != 0)
            fail_msg("U+%04X folds to %s, then to %s", (unsigned)cp, once, twice);
        if (cp % 1024 == 0)
            arena_reset(t->arena);
    }
}

static void token_rows(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"变质投诉", "变质 质投 投诉 诉"},
        {"变质，投诉", "变质 质 投诉 诉"},
        {"退", "退"},
        {"iPhone手机坏了", "iphone 手机 机坏 坏了 了"},
        {"A4纸", "a4 纸"},
        {"Hello, World", "hello world"},
        {"", ""},
        {"。！", ""},
    };
    struct search_test *t = *state;
    char longer[200];
    struct folded f;
    struct tokens tokens;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(token_text(t, rows[i].in), rows[i].out);
    memset(longer, 'x', 130);
    longer[130] = '\0';
    f = fold(t, longer);
    assert_int_equal(tokens_list(t->arena, &f, &tokens), ERR_OK);
    assert_int_equal(tokens.n, 3);
    assert_int_equal(strlen(tokens.items[0]), 64);
    assert_int_equal(strlen(tokens.items[2]), 2);
}

static void query_rows(void **state)
{
    static const struct {
        const char *typed, *fts5;
    } rows[] = {
        {"变质", "\"变质\""},
        {"變質投訴", "\"变质 质投 投诉\""},
        {"变质 投诉", "\"变质\" AND \"投诉\""},
        {"变质，投诉", "\"变质\" AND \"投诉\""},
        {"质", "\"质\" *"},
        {"refund", "\"refund\" *"},
        {"2026", "\"2026\""},
        {"20260", "\"20260\" *"},
        {"pro", "\"pro\" *"},
        {"4s", "\"4s\""},
        {"iPhone手机", "\"iphone 手机\""},
        {"手机iPhone", "\"手机 机 iphone\" *"},
        {"用A4", "\"用 a4\""},
        {"A4纸", "\"a4 纸\" *"},
        {"3.15", "\"3 15\""},
        {"AB-123 x", "\"ab 123\" AND \"x\""},
        {"\"退款\"", "\"退款\""},
        {"a\"b", "\"a b\""},
        {"words: x", "\"words\" * AND \"x\""},
        {"", ""},
        {" 　，。*\"", ""},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct query q = parse(t, rows[i].typed);

        assert_string_equal(query_fts5(t->arena, &q), rows[i].fts5);
    }
}

static void match_rows(void **state)
{
    static const struct {
        const char *text, *typed;
        bool found;
    } rows[] = {
        {"食品变质，投诉商家", "变质", true},
        {"食品变质，投诉商家", "变质投诉", false}, /* not over punctuation */
        {"食品变质，投诉商家", "投诉 变质", true},
        {"食品变质，投诉商家", "投诉 退款", false},
        {"食品變質投訴", "质投", true},
        {"refunds", "refund", true},
        {"unrefunded", "refund", false},
        {"ABC变质", "c变质", false},
        {"ABC变质", "abc变", true},
        {"ABC 变质", "abc变质", true},
        {"20260315", "2026", false},
        {"20260315", "20260", true},
        {"2026年", "2026", true},
        {"10000", "1", false},
        {"probe", "pro", true},
        {"probe", "pr", false},
        {"13.15", "3.15", false},
        {"3.15晚会", "3.15晚", true},
        {"3·15", "3.15", true},
        {"变质", "", false},
        {"变质", "。", false},
        {"海底捞（光谷店）", "底捞", true},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct query q = parse(t, rows[i].typed);
        struct folded f = fold(t, rows[i].text);

        if (query_matches(&q, &f) != rows[i].found)
            fail_msg("%s in %s", rows[i].typed, rows[i].text);
    }
}

static void limits(void **state)
{
    struct search_test *t = *state;
    CLEANUP(buf_release) struct buf typed = BUF_UP_TO(10000);
    CLEANUP(arena_freep) struct arena *small = arena_new(512);
    struct query q;
    struct folded f;

    for (int i = 0; i < 2000; i++)
        buf_adds(&typed, "变 ");
    q = parse(t, buf_text(&typed));
    assert_int_equal(q.n, QUERY_TERMS_MAX);
    buf_reset(&typed);
    for (int i = 0; i < 2000; i++)
        buf_adds(&typed, "变");
    q = parse(t, buf_text(&typed));
    assert_int_equal(q.terms[0].text.n, QUERY_CHARS_MAX);
    assert_int_equal(fold_text(t->folder, small, buf_text(&typed), typed.len, &f), ERR_NO_MEMORY);
    assert_int_equal(fold_text(t->folder, t->arena, "", FOLD_TEXT_MAX + 1, &f), ERR_TOO_LARGE);
}

static void likeness_rows(void **state)
{
    static const struct {
        const char *a, *b;
        int least, most;
    } rows[] = {
        {"健身房关门不退预付卡余额", "健身房关门，不退預付卡餘額！", 1000, 1000},
        {"健身房关门不退预付卡余额", "健身房关门了不退预付卡的余额", 700, 900},
        {"健身房关门不退预付卡余额", "手机屏幕发热要求退款", 0, 50},
        {"", "手机", 0, 0},
        {"退", "退", 1000, 1000},
    };
    struct search_test *t = *state;
    struct pairs a, b;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct folded fa = fold(t, rows[i].a), fb = fold(t, rows[i].b);

        assert_int_equal(likeness_pairs(t->arena, &fa, &a), ERR_OK);
        assert_int_equal(likeness_pairs(t->arena, &fb, &b), ERR_OK);
        assert_in_range(likeness(&a, &b), rows[i].least, rows[i].most);
        assert_int_equal(likeness(&a, &b), likeness(&b, &a));
        if (rows[i].least == 1000)
            assert_int_equal(likeness_distance(likeness_simhash(&a), likeness_simhash(&b)), 0);
    }
    assert_int_equal(likeness_distance(0, UINT64_MAX), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEARCH_TEST(folding),    SEARCH_TEST(offsets),       SEARCH_TEST(folding_twice),
        SEARCH_TEST(token_rows), SEARCH_TEST(query_rows),    SEARCH_TEST(match_rows),
        SEARCH_TEST(limits),     SEARCH_TEST(likeness_rows),
    };

    return cmocka_run_group_tests(tests, search_test_group_setup, search_test_group_teardown);
}
