/* Masking: what goes, what stays, and that nothing given of a party is left. */
#include "search_test.h"

#include "base/buf.h"
#include "base/text.h"
#include "insight/mask.h"

static const struct secret parties[] = {
    {SECRET_NAME, "刘芳"},
    {SECRET_NAME, "欧阳 建国"},
    {SECRET_NAME, "John Smith"},
    {SECRET_NAME, "Li"},
    {SECRET_NAME, "王"}, /* one character names nobody */
    {SECRET_NAME, NULL},
    {SECRET_PHONE, "0714-6512345"},
    {SECRET_PHONE, "+86 199 8765 4321"},
    {SECRET_PHONE, ""},
    {SECRET_ADDRESS, "湖北省黄石市黄石港区花湖街道湖滨大道12号阳光小区3栋502室"},
};
#define PARTIES (sizeof parties / sizeof parties[0])

static const char *masked(struct search_test *t, const char *text)
{
    char *out, *again;

    assert_int_equal(mask_text(t->folder, t->arena, text, parties, PARTIES, &out), ERR_OK);
    assert_int_equal(mask_text(t->folder, t->arena, out, parties, PARTIES, &again), ERR_OK);
    assert_string_equal(again, out);
    return out;
}

static void numbers(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"电话13812342046。", "电话138****2046。"},
        {"138-1234-2046", "138****2046"},
        {"138 1234 2046,", "138****2046,"},
        {"138.1234.2046", "138****2046"},
        {"１３８１２３４２０４６", "138****2046"},
        {"１３８－１２３４－２０４６", "138****2046"},
        {"138\u200b12342046", "138****2046"},
        {"1 3 8 1 2 3 4 2 0 4 6", "138****2046"},
        {"①③⑧12342046", "138****2046"},
        {"微信wx13812342046abc", "微信wx138****2046abc"},
        {"+86 13812342046", "+86 138****2046"},
        {"+8613812342046", "+138****2046"},
        {"008613812342046", "138****2046"},
        {"13812342046/13912342047", "138****2046/139****2047"},
        {"13812342046 13912342047", "138****2046 139****2047"},
        {"138 1234 2046 139 1234 2047", "138****2046 139****2047"},
        {"07146512399", "0714****"},
        {"0714-6512399", "0714****"},
        {"（0714）6512399", "（0714****"},
        {"010-12345678", "010****"},
        {"027 8765 4399", "027****"},
        {"075512345678", "0755****"},
        {"联系电话：6512399", "联系电话：****"},
        {"座机 6512 3999", "座机 ****"},
        {"Tel. 6512399", "Tel. ****"},
        {"telephone: 651 2399", "telephone: ****"},
        {"**13812342046**", "**138****2046**"},
        {"*138 1234 2046*", "*138****2046*"},
        {"拨打12315或6512399", "拨打12315或****"},
        {"42020219900101123X", "****"},
        {"身份证420202199001011234号", "身份证****号"},
        {"420202 19900101 123x", "****"},
        {"420202900101123", "****"},
        {"卡号6222021234567890123", "卡号****"},
        {"6222 0212 3456 7890 123", "****"},
        {"6222-0212-3456-7890", "****"},
        {"订单123456789012", "订单****"},
        {"12345678901234567890123", "****"},
        {"邮箱zhang.san@example.com联系", "邮箱****联系"},
        {"A_b+c@Mail-host.example.cn.", "****."},
        {"１２３４５６＠ｑｑ．ｃｏｍ", "****"},
        {"13812342046@qq.com", "****"},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(masked(t, rows[i].in), rows[i].out);
}

static void what_stays(void **state)
{
    static const char *const rows[] = {
        "",
        "2026-03-15 12:30购买，付款480.00元",
        "1998-12-15 208元",
        "订单号20260315001",
        "客服400-600-1234",
        "4006001234",
        "电话4006001234",
        "电话400-6001234",
        "12315 12345 95588",
        "订单6512399",
        "手机订单20260315",
        "电话-9708 2018年1月22日",
        "approximately 1234567",
        "call it 16000.00",
        "iPhone 1234567",
        "共1380元，押金2046元",
        "商品编号12812342046",
        "a@b 3@5 @某某",
        "黄石港区湖滨大道的一家店",
        "王老板说不退",
        "alignment listen", /* Li only as a word */
        "138****2046 0714**** 刘* 138****1390 1234567",
        "\xff\xfe",
        "3·15晚会 G1234次 420202",
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(masked(t, rows[i]), rows[i]);
}

static void known_parties(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"刘芳来电", "刘*来电"},
        {"我叫劉芳，", "我叫劉*，"},
        {"刘 芳", "刘*"},
        {"刘·芳", "刘*"},
        {"刘\u200b芳", "刘*"},
        {"欧阳建国和欧阳 建国", "欧*和欧*"},
        {"JOHN SMITH, johnsmith", "J*, j*"},
        {"Li says", "L* says"},
        {"**Li**", "**L***"},
        {"6512345", "****"},
        {"打０７１４６５１２３４５", "打****"},
        {"99 6512345 1", "99 **** 1"},
        {"19987654321", "199****4321"},
        {"住湖北省黄石市黄石港区花湖街道湖滨大道12号阳光小区3栋502室。", "住****。"},
        {"湖滨大道12号阳光小区", "****"},
        {"在阳光小区，3栋", "在****"},
        {"3栋502", "****"},
        {"刘芳刘芳", "刘*刘*"},
    };
    struct search_test *t = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(masked(t, rows[i].in), rows[i].out);
}

/* Overlapping finds show nothing of either. */
static void overlaps(void **state)
{
    static const struct secret two[] = {{SECRET_NAME, "小张"}, {SECRET_NAME, "张伟"}};
    struct search_test *t = *state;
    char *out;

    assert_int_equal(mask_text(t->folder, t->arena, "找小张伟", two, 2, &out), ERR_OK);
    assert_string_equal(out, "找****");
}

static const char *without(struct search_test *t, const char *text)
{
    struct folded f;
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(100000);

    assert_int_equal(fold_text(t->folder, t->arena, text, strlen(text), &f), ERR_OK);
    for (size_t i = 0; i < f.n; i++) {
        char bytes[4];

        if (f.units[i].kind != FOLD_GAP)
            buf_add(&out, bytes, utf8_put(f.units[i].cp, bytes));
    }
    return buf_dup(&out, t->arena);
}

/* Whatever stands around them, no name, phone or address is left, as written or as search sees
 * it. */
static void nothing_is_left(void **state)
{
    static const char *const fill[] = {
        "，",  "。",     " ",    "",  "的", "电话",     "138",      "0714", "12号",
        "abc", "\u200b", "（",   "1", "99", "湖滨大道", "阳光小区", "刘",   "芳",
        "@",   ".com",   "6512", "*", "㈱", "张",       "-",        "\n"};
    static const struct {
        enum secret_kind kind;
        const char *text;
    } given[] = {
        {SECRET_NAME, "陈小明"},
        {SECRET_NAME, "Maria Lopez"},
        {SECRET_NAME, "張國強"},
        {SECRET_PHONE, "13812342046"},
        {SECRET_PHONE, "07146512345"},
        {SECRET_PHONE, "65123456"},
        {SECRET_ADDRESS, "湖北省黄石市西塞山区陈家湾路8号2单元301"},
        {SECRET_ADDRESS, "磁湖路77号"},
    };
    enum { GIVEN = sizeof given / sizeof given[0] };
    struct search_test *t = *state;
    struct secret secrets[GIVEN];
    uint64_t seed = 5;

    for (size_t i = 0; i < GIVEN; i++)
        secrets[i] = (struct secret){given[i].kind, given[i].text};
    for (int round = 0; round < 4000; round++) {
        CLEANUP(buf_release) struct buf text = BUF_UP_TO(4096);
        const char *seen;
        char *out, *again;

        for (int i = 0; i < 12; i++)
            buf_adds(&text, i % 4 == 2 ? given[next_number(&seed, GIVEN)].text
                                       : fill[next_number(&seed, sizeof fill / sizeof fill[0])]);
        assert_int_equal(mask_text(t->folder, t->arena, buf_text(&text), secrets, GIVEN, &out),
                         ERR_OK);
        assert_int_equal(mask_text(t->folder, t->arena, out, secrets, GIVEN, &again), ERR_OK);
        assert_string_equal(out, again);
        seen = without(t, out);
        for (size_t i = 0; i < GIVEN; i++)
            if (strstr(out, given[i].text) != NULL || strstr(seen, given[i].text) != NULL)
                fail_msg("%s left in %s (of %s)", given[i].text, out, buf_text(&text));
        arena_reset(t->arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEARCH_TEST(numbers),  SEARCH_TEST(what_stays),      SEARCH_TEST(known_parties),
        SEARCH_TEST(overlaps), SEARCH_TEST(nothing_is_left),
    };

    return cmocka_run_group_tests(tests, search_test_group_setup, search_test_group_teardown);
}
