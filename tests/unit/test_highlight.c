/* The highlighter: places in the original, excerpts that are safe HTML. */
#include "search_test.h"

#include "base/text.h"
#include "insight/highlight.h"

static const char *mark(struct search_test *t, const char *text, const char *typed, size_t signs)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(100000);
    struct query q;
    struct hits hits;

    assert_int_equal(query_parse(t->folder, t->arena, typed, &q), ERR_OK);
    assert_int_equal(highlight_find(t->folder, t->arena, text, strlen(text), &q, &hits), ERR_OK);
    highlight_excerpt(text, strlen(text), &hits, signs, &out);
    return buf_dup(&out, t->arena);
}

static void marks(void **state)
{
    static const struct {
        const char *text, *typed, *html;
    } rows[] = {
        {"食食食食品品品", "食食", "<mark>食食食食</mark>品品品"},
        {"食品变质，投诉", "变质", "食品<mark>变质</mark>，投诉"},
        {"食品變質，投訴", "变质 投诉", "食品<mark>變質</mark>，<mark>投訴</mark>"},
        {"变质投诉", "变质 投诉", "<mark>变质投诉</mark>"},
        {"变质投诉", "质投 变质", "<mark>变质投</mark>诉"},
        {"Ｒｅｆｕｎｄs late", "refund", "<mark>Ｒｅｆｕｎｄ</mark>s late"},
        {"unrefunded", "refund", "unrefunded"},
        {"变\u200b质", "变质", "<mark>变\u200b质</mark>"},
        {"㈱丸一", "株", "<mark>㈱</mark>丸一"},
        {"cafe\u0301s", "café", "<mark>cafe\u0301</mark>s"},
        {"iPhone 手机", "iphone手机", "<mark>iPhone 手机</mark>"},
        {"<b>变质</b> & \"'", "变质", "&lt;b&gt;<mark>变质</mark>&lt;/b&gt; &amp; &quot;&#39;"},
        {"变质\x01\n末", "变质", "<mark>变质</mark>  末"},
        {"变质\xff末", "变质", "<mark>变质</mark>\xef\xbf\xbd末"},
        {"没有", "变质", "没有"},
        {"变质", "", "变质"},
        {"", "变质", ""},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(mark(t, rows[i].text, rows[i].typed, 200), rows[i].html);
}

static void excerpts(void **state)
{
    static const char text[] = "一二三四五六七八九十变质甲乙丙丁戊己庚辛";
    static const struct {
        const char *typed;
        size_t signs;
        const char *html;
    } rows[] = {
        {"变质", 8, "…九十<mark>变质</mark>甲乙丙丁…"},
        {"变质", 20, "一二三四五六七八九十<mark>变质</mark>甲乙丙丁戊己庚辛"},
        {"辛", 6, "…丙丁戊己庚<mark>辛</mark>"},
        {"一", 4, "<mark>一</mark>二三四…"},
        {"五六七八九十变质", 4, "…四<mark>五六七</mark>…"},
        {"没有", 5, "一二三四五…"},
        {"变质", 0, "……"},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(mark(t, text, rows[i].typed, rows[i].signs), rows[i].html);
}

/* Hits are ascending, apart, whole code points, and every one holds a term. */
static void places(void **state)
{
    static const char *const pieces[] = {"食",     "食品", "變質",    " ", "，",   "abc", "ＡＢ",
                                         "\u200b", "㈱",   "e\u0301", "x", "3.15", "<",   "\xff"};
    struct search_test *t = *state;
    uint64_t seed = 99;

    for (int round = 0; round < 3000; round++) {
        char text[256] = "", typed[64] = "";
        size_t len = 0, n = 0;
        struct query q;
        struct hits hits;
        struct folded f;

        for (int i = 0; i < 20; i++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s",
                                    pieces[next_number(&seed, 14)]);
        for (int i = 0; i < 3; i++)
            n +=
                (size_t)snprintf(typed + n, sizeof typed - n, "%s", pieces[next_number(&seed, 14)]);
        assert_int_equal(query_parse(t->folder, t->arena, typed, &q), ERR_OK);
        assert_int_equal(highlight_find(t->folder, t->arena, text, len, &q, &hits), ERR_OK);
        assert_int_equal(fold_text(t->folder, t->arena, text, len, &f), ERR_OK);
        if (query_matches(&q, &f))
            assert_true(hits.n > 0);
        for (size_t i = 0; i < hits.n; i++) {
            assert_true(hits.items[i].from < hits.items[i].to && hits.items[i].to <= len);
            assert_true(i == 0 || hits.items[i].from > hits.items[i - 1].to);
            assert_true(((unsigned char)text[hits.items[i].from] & 0xc0) != 0x80);
            assert_true(((unsigned char)text[hits.items[i].to] & 0xc0) != 0x80);
        }
        arena_reset(t->arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {SEARCH_TEST(marks), SEARCH_TEST(excerpts),
                                       SEARCH_TEST(places)};

    return cmocka_run_group_tests(tests, search_test_group_setup, search_test_group_teardown);
}
