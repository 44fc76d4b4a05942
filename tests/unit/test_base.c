/* base: memory, buffers, dates, text, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/date.h"
#include "base/embed.h"
#include "base/text.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])

static int new_arena(void **state)
{
    *state = arena_new((size_t)1 << 20);
    return *state == NULL ? -1 : 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* ---- arena and buf ---- */

static void arena_has_a_cap(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(1000);
    unsigned char *p;

    (void)state;
    assert_null(arena_alloc(a, 1001));
    assert_null(arena_alloc(a, SIZE_MAX));
    assert_null(arena_alloc(a, SIZE_MAX - 8));
    p = arena_alloc(a, 900);
    assert_non_null(p);
    for (int i = 0; i < 900; i++)
        assert_int_equal(p[i], 0);
    memset(p, 0xff, 900);
    assert_null(arena_alloc(a, 200));
    assert_null(arena_strndup(a, "x", 200));
    assert_null(arena_printf(a, "%0200d", 1));
    assert_non_null(arena_alloc(a, 0));
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    p = arena_alloc(a, 900);
    assert_non_null(p);
    for (int i = 0; i < 900; i++) /* zeroed again after a reset */
        assert_int_equal(p[i], 0);
    arena_free(NULL);
}

static void arena_serves_many_sizes(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new((size_t)4 << 20);

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t n = 1; n < 40000; n = n * 3 / 2 + 1) {
            unsigned char *p = arena_alloc(a, n);

            assert_non_null(p);
            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            memset(p, 0xaa, n);
        }
        assert_string_equal(arena_strdup(a, "放心"), "放心");
        assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
        assert_string_equal(arena_strndup(a, NULL, 0), "");
        assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
        arena_reset(a);
    }
}

static void buf_keeps_its_maximum(void **state)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(10);
    CLEANUP(arena_freep) struct arena *tiny = arena_new(4);

    (void)state;
    assert_string_equal(buf_text(&b), "");
    buf_adds(&b, "12345");
    buf_addc(&b, '6');
    buf_addf(&b, "%d", 789);
    assert_string_equal(buf_text(&b), "123456789");
    assert_false(b.failed);
    assert_null(buf_dup(&b, tiny)); /* the arena is full */
    buf_addc(&b, '0');
    assert_false(b.failed);
    buf_addc(&b, 'x');
    assert_true(b.failed);
    buf_reset(&b);
    buf_adds(&b, "ok");
    assert_string_equal(buf_text(&b), "ok");
    buf_addf(&b, "%s", "123456789");
    assert_true(b.failed);
    buf_addc(&b, 'y'); /* the error sticks */
    assert_string_equal(buf_text(&b), "ok");
    assert_null(buf_dup(&b, tiny));
    buf_release(&b);
    assert_string_equal(buf_text(&b), "");
    buf_add(&b, NULL, 0);
    assert_string_equal(buf_text(&b), "");
}

static void buf_writes_integers(void **state)
{
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {{0, "0"},
                {-1, "-1"},
                {10, "10"},
                {INT64_MAX, "9223372036854775807"},
                {INT64_MIN, "-9223372036854775808"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        CLEANUP(buf_release) struct buf b = BUF_UP_TO(100);

        buf_add_int(&b, rows[i].value);
        assert_string_equal(buf_text(&b), rows[i].text);
    }
}

/* ---- dates ---- */

static void dates(void **state)
{
    static const struct {
        int y, m, d;
        date_t date;
        enum weekday day;
    } rows[] = {
        {1970, 1, 1, 0, THURSDAY},        {1969, 12, 31, -1, WEDNESDAY},
        {2000, 2, 29, 11016, TUESDAY},    {2000, 3, 1, 11017, WEDNESDAY},
        {2024, 2, 29, 19782, THURSDAY},   {2026, 3, 15, 20527, SUNDAY},
        {2026, 4, 15, 20558, WEDNESDAY},  {1, 1, 1, -719162, MONDAY},
        {9999, 12, 31, 2932896, FRIDAY},  {2100, 2, 29, DATE_NONE, MONDAY},
        {2023, 2, 29, DATE_NONE, MONDAY}, {2026, 13, 1, DATE_NONE, MONDAY},
        {2026, 0, 1, DATE_NONE, MONDAY},  {2026, 4, 31, DATE_NONE, MONDAY},
        {2026, 1, 0, DATE_NONE, MONDAY},  {0, 1, 1, DATE_NONE, MONDAY},
        {10000, 1, 1, DATE_NONE, MONDAY},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int y, m, d;

        assert_int_equal(date_from_ymd(rows[i].y, rows[i].m, rows[i].d), rows[i].date);
        if (rows[i].date == DATE_NONE)
            continue;
        date_to_ymd(rows[i].date, &y, &m, &d);
        assert_int_equal(y, rows[i].y);
        assert_int_equal(m, rows[i].m);
        assert_int_equal(d, rows[i].d);
        assert_int_equal(date_weekday(rows[i].date), rows[i].day);
    }
}

/* Every day of eight centuries follows the one before. */
static void every_day(void **state)
{
    int py = 1599, pm = 12, pd = 31;

    (void)state;
    for (date_t date = date_from_ymd(1600, 1, 1); date <= date_from_ymd(2400, 12, 31); date++) {
        char text[DATE_TEXT];
        int y, m, d;

        date_to_ymd(date, &y, &m, &d);
        assert_true((y == py && m == pm && d == pd + 1) || (y == py && m == pm + 1 && d == 1) ||
                    (y == py + 1 && m == 1 && d == 1 && pm == 12 && pd == 31));
        assert_int_equal(date_from_ymd(y, m, d), date);
        date_format(date, text);
        assert_int_equal(date_parse(text), date);
        assert_int_equal(date_weekday(date + 7), date_weekday(date));
        py = y;
        pm = m;
        pd = d;
    }
}

static void date_texts(void **state)
{
    static const char *const wrong[] = {"",           "2026-3-15",  "2026-03-1",   "2026/03/15",
                                        "2026-03-32", "20260315",   "2026-03-15 ", " 2026-03-15",
                                        "2026-02-29", "0000-01-01", "二〇二六年",  "+026-03-15"};

    (void)state;
    assert_int_equal(date_parse("2026-03-15"), 20527);
    assert_int_equal(date_parse(NULL), DATE_NONE);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(date_parse(wrong[i]), DATE_NONE);
    assert_int_equal(date_year(20527), 2026);
    assert_int_equal(date_month_index(20527), 26 * 12 + 2);
    assert_int_equal(date_month_index(date_from_ymd(1999, 12, 31)), -1);
    assert_int_equal(date_month_start(26 * 12 + 2), date_from_ymd(2026, 3, 1));
    assert_int_equal(date_month_start(-1), date_from_ymd(1999, 12, 1));
}

static void instants(void **state)
{
    static const struct {
        const char *in;
        int64_t ms;
        const char *out; /* in China */
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T08:00:00+08:00"},
        {"2026-10-13T09:42:00+08:00", INT64_C(1791855720000), "2026-10-13T09:42:00+08:00"},
        {"2026-10-13T01:42:00Z", INT64_C(1791855720000), "2026-10-13T09:42:00+08:00"},
        {"2026-10-13t01:42:00z", INT64_C(1791855720000), "2026-10-13T09:42:00+08:00"},
        {"2026-10-13 01:42:00.5Z", INT64_C(1791855720500), "2026-10-13T09:42:00.500+08:00"},
        {"2026-10-13T01:42:00.123456Z", INT64_C(1791855720123), "2026-10-13T09:42:00.123+08:00"},
        {"2026-10-12T20:12:00-05:30", INT64_C(1791855720000), "2026-10-13T09:42:00+08:00"},
        {"2026-10-13", INT64_C(1791820800000), "2026-10-13T00:00:00+08:00"},
        {"1969-12-31T23:59:59.999Z", -1, "1970-01-01T07:59:59.999+08:00"},
        {"1960-01-01", INT64_C(-315648000000), "1960-01-01T00:00:00+08:00"},
    };
    static const char *const wrong[] = {
        "",
        "2026-10-13T",
        "2026-10-13T09:42",
        "2026-10-13T09:42:00",
        "2026-10-13T24:00:00Z",
        "2026-10-13T09:60:00Z",
        "2026-10-13T09:42:60Z",
        "2026-10-13T09:42:00.Z",
        "2026-10-13T09:42:00+8:00",
        "2026-10-13T09:42:00+08",
        "2026-10-13T09:42:00+24:00",
        "2026-10-13T09:42:00Zx",
        "2026-02-30T09:42:00Z",
        "2026-10-13x",
        "now",
    };
    char text[INSTANT_TEXT];
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(instant_parse(rows[i].in, ZONE_CHINA_MIN, &ms));
        assert_int_equal(ms, rows[i].ms);
        instant_format(ms, ZONE_CHINA_MIN, text);
        assert_string_equal(text, rows[i].out);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(instant_parse(wrong[i], ZONE_CHINA_MIN, &ms));
    assert_false(instant_parse(NULL, ZONE_CHINA_MIN, &ms));
    instant_format(0, -(3 * 60 + 30), text);
    assert_string_equal(text, "1969-12-31T20:30:00-03:30");
}

/* A civil day begins at its first instant and ends just before the next one. */
static void days_of_instants(void **state)
{
    static const int zones[] = {0, ZONE_CHINA_MIN, -210, 345};

    (void)state;
    for (size_t z = 0; z < COUNT(zones); z++) {
        for (date_t date = -400; date < 400; date++) {
            int64_t first = instant_of_date(date, zones[z]);

            assert_int_equal(date_of_instant(first, zones[z]), date);
            assert_int_equal(date_of_instant(first - 1, zones[z]), date - 1);
            assert_int_equal(date_of_instant(first + 86399999, zones[z]), date);
        }
    }
}

/* ---- text ---- */

static void utf8(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        bool valid;
        size_t count;
    } rows[] = {
        {"", 0, true, 0},
        {"abc", 3, true, 3},
        {"放心", 6, true, 2},
        {"\xf0\xa0\xae\xb7", 4, true, 1},
        {"\xef\xbf\xbd", 3, true, 1},
        {"\xf4\x8f\xbf\xbf", 4, true, 1},
        {"a\0b", 3, false, 3},
        {"\x80", 1, false, 1},
        {"\xc0\x80", 2, false, 2},
        {"\xc1\xbf", 2, false, 2},
        {"\xe0\x80\x80", 3, false, 3},
        {"\xed\xa0\x80", 3, false, 3},
        {"\xf0\x80\x80\x80", 4, false, 4},
        {"\xf4\x90\x80\x80", 4, false, 4},
        {"\xf5\x80\x80\x80", 4, false, 4},
        {"\xe6\x94", 2, false, 2},
        {"\xe6", 1, false, 1},
        {"\xff\xfe", 2, false, 2},
        {"\xe6\x94x", 3, false, 3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *exact = malloc(rows[i].n + 1); /* the sanitizer sees a read beyond n */

        assert_non_null(exact);
        memcpy(exact + 1, rows[i].bytes, rows[i].n);
        assert_int_equal(utf8_valid(exact + 1, rows[i].n), rows[i].valid);
        assert_int_equal(utf8_count(exact + 1, rows[i].n), rows[i].count);
        free(exact);
    }
    assert_int_equal(utf8_prefix("放a心", 7, 0), 0);
    assert_int_equal(utf8_prefix("放a心", 7, 2), 4);
    assert_int_equal(utf8_prefix("放a心", 7, 9), 7);
    assert_int_equal(utf8_narrow(0xff01), '!');
    assert_int_equal(utf8_narrow(0xff5e), '~');
    assert_int_equal(utf8_narrow(0xff00), 0xff00);
    assert_int_equal(utf8_narrow(0xff5f), 0xff5f);
    assert_int_equal(utf8_narrow('a'), 'a');
}

static void integers(void **state)
{
    static const struct {
        const char *text;
        bool right;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-1", true, -1},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"--1", false, 0},
        {"- 1", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"1.0", false, 0},
        {"0x10", false, 0},
        {"1e3", false, 0},
        {"１", false, 0},
    };
    int64_t v;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        v = 0;
        assert_int_equal(text_int64(rows[i].text, &v), rows[i].right);
        assert_int_equal(v, rows[i].value);
    }
    assert_false(text_int64(NULL, &v));
}

static void small_texts(void **state)
{
    struct arena *a = *state;

    assert_true(text_starts("matter", "mat") && text_starts("x", ""));
    assert_false(text_starts("ma", "mat"));
    assert_true(text_ends("a.csv", ".csv") && text_ends("x", ""));
    assert_false(text_ends("csv", ".csv"));
    assert_string_equal(text_trim(a, " \t\r\n　放 心　\n"), "放 心");
    assert_string_equal(text_trim(a, "　 "), "");
    assert_string_equal(text_trim(a, ""), "");
    assert_string_equal(text_trim(a, "x"), "x");
}

static void masks(void **state)
{
    struct arena *a = *state;

    assert_string_equal(mask_phone(a, "13812342046"), "138****2046");
    assert_string_equal(mask_phone(a, "6512345"), "6****");
    assert_string_equal(mask_phone(a, "1"), "****");
    assert_string_equal(mask_phone(a, ""), "****");
    assert_string_equal(mask_name(a, "刘芳"), "刘*");
    assert_string_equal(mask_name(a, "欧阳建国"), "欧*");
    assert_string_equal(mask_name(a, "刘"), "*");
    assert_string_equal(mask_name(a, ""), "*");
    assert_string_equal(mask_name(a, "𠮷田"), "𠮷*");
    assert_string_equal(mask_address(a, "湖北省黄石市湖滨大道12号"), "湖北省黄石市****");
    assert_string_equal(mask_address(a, "湖滨大道"), "湖****");
    assert_string_equal(mask_id_number(a, "420202199001011234"), "420202********1234");
    assert_string_equal(mask_id_number(a, "4202"), "4********");
}

static void hexadecimal(void **state)
{
    static const char *const wrong[] = {"", "0", "000", "0g", "000000", "x0"};
    const unsigned char bytes[] = {0, 0x9f, 0xff};
    unsigned char back[3];
    char text[7];

    (void)state;
    hex_encode(bytes, 3, text);
    assert_string_equal(text, "009fff");
    assert_true(hex_decode("009FfF", back, 3));
    assert_memory_equal(back, bytes, 3);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_false(hex_decode(wrong[i], back, 2) && strlen(wrong[i]) != 4);
    assert_true(hex_decode("", back, 0));
}

/* ---- errors ---- */

static void errors(void **state)
{
    struct err err = {0};

    (void)state;
    assert_int_equal(err_info(ERR_CONFLICT)->http, 409);
    assert_string_equal(err_info(ERR_INTERNAL)->name, "INTERNAL");
    assert_true(err_info(ERR_BUSY)->retry);
    assert_int_equal(err_set(&err, ERR_IO, "disk %d", 7), ERR_IO);
    assert_string_equal(err.why, "disk 7");
    assert_int_equal(err_set(NULL, ERR_IO, "nobody listens"), ERR_IO);
    for (int i = 0; i < ERR_ITEMS_MAX + 5; i++)
        assert_int_equal(
            err_field(&err, ERR_INVALID, "consumer.phone", "missing", "要填", "needed"),
            ERR_INVALID);
    assert_int_equal(err.n_items, ERR_ITEMS_MAX);
    assert_string_equal(err.items[3].field, "consumer.phone");
    err_clear(&err);
    assert_int_equal(err.code, ERR_OK);
    assert_int_equal(err.n_items, 0);
}

#define WITH_ARENA(name) cmocka_unit_test_setup_teardown(name, new_arena, free_arena)

/* Migrations are found by number: one that is there twice would leave the other out. */
static void migrations_are_numbered_without_gaps_or_twins(void **state)
{
    static const char folder[] = "migrations/sqlite/";
    int expected = 1;

    (void)state;
    for (const struct embedded_file *f = embedded_sql; f->path != NULL; f++) {
        const char *at = strstr(f->path, folder);
        int number;

        if (at == NULL)
            continue;
        number = (int)strtol(at + strlen(folder), NULL, 10);
        if (number != expected)
            fail_msg("%s where %04d belongs", f->path, expected);
        expected++;
    }
    assert_true(expected > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_has_a_cap),
        cmocka_unit_test(arena_serves_many_sizes),
        cmocka_unit_test(buf_keeps_its_maximum),
        cmocka_unit_test(buf_writes_integers),
        cmocka_unit_test(dates),
        cmocka_unit_test(every_day),
        cmocka_unit_test(date_texts),
        cmocka_unit_test(instants),
        cmocka_unit_test(days_of_instants),
        cmocka_unit_test(utf8),
        cmocka_unit_test(integers),
        WITH_ARENA(small_texts),
        WITH_ARENA(masks),
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(errors),
        cmocka_unit_test(migrations_are_numbered_without_gaps_or_twins),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
