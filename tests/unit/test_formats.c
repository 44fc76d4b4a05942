/* base: CSV and JSON, in and out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/json.h"
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

/* ---- CSV ---- */

/* Cells joined by | and records by ¶, an error as E. */
static const char *read_csv(struct arena *a, const char *bytes, size_t n)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(100000);
    struct csv_reader r;
    struct csv_record rec;
    bool more = true;

    csv_open(&r, bytes, n);
    for (;;) {
        enum err_code rc = csv_next(&r, a, &rec, &more, NULL);

        if (rc != ERR_OK) {
            buf_adds(&out, "E¶");
            continue;
        }
        if (!more)
            break;
        for (size_t i = 0; i < rec.n; i++) {
            if (i > 0)
                buf_addc(&out, '|');
            buf_adds(&out, rec.cells[i]);
        }
        buf_adds(&out, "¶");
    }
    return buf_dup(&out, a);
}

static void csv_in(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"a,b\r\nc,d\r\n", "a|b¶c|d¶"},
        {"a,b\nc,d", "a|b¶c|d¶"},
        {"a,b\rc,d", "a|b¶c|d¶"},
        {"\xef\xbb\xbf编号,名称\n1,甲", "编号|名称¶1|甲¶"},
        {"\"a,b\",\"c\"\"d\",\"e\nf\"\n", "a,b|c\"d|e\nf¶"},
        {"a,,\n", "a||¶"},
        {",", "|¶"},
        {"a,", "a|¶"},
        {"\n\na\n", "¶¶a¶"},
        {"\"\",x\n", "|x¶"},
        {"\"ab\"c,d\n", "abc|d¶"},
        {"a\"b,c\n", "a\"b|c¶"},
        {"a,\"open\nb,c\nd,e", "E¶b|c¶d|e¶"},
        {"\"", "E¶"},
        {"'=1,x", "'=1|x¶"},
    };
    struct arena *a = *state;
    CLEANUP(buf_release) struct buf wide = BUF_UP_TO(10000);

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(read_csv(a, rows[i].in, strlen(rows[i].in)), rows[i].out);
    assert_string_equal(read_csv(a, NULL, 0), "");
    for (int i = 0; i < CSV_COLUMNS_MAX; i++)
        buf_addc(&wide, ',');
    buf_adds(&wide, "\nx,y\n");
    assert_string_equal(read_csv(a, buf_text(&wide), wide.len), "E¶x|y¶");
    assert_int_equal(strlen(read_csv(a, buf_text(&wide) + 1, wide.len - 1)),
                     CSV_COLUMNS_MAX - 1 + 2 + 3 + 2);
}

static void csv_out(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"甲", "甲"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {"=1+1", "\"'=1+1\""},
        {"+8613812342046", "\"'+8613812342046\""},
        {"-2+3", "\"'-2+3\""},
        {"-", "\"'-\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"=\"a\"", "\"'=\"\"a\"\"\""},
        {"-480", "-480"},
        {"-480.50", "-480.50"},
        {"480", "480"},
        {"a=1", "a=1"},
        {"＝1+1", "\"'＝1+1\""},
        {"＠x", "\"'＠x\""},
    };
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(1000);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        buf_reset(&out);
        csv_cell(&out, rows[i].in, true);
        assert_string_equal(buf_text(&out), rows[i].out);
    }
    buf_reset(&out);
    csv_cell(&out, "a", true);
    csv_cell(&out, "", false);
    csv_cell(&out, "b,c", false);
    csv_row_end(&out);
    assert_string_equal(buf_text(&out), "a,,\"b,c\"\r\n");
}

/* ---- JSON ---- */

static void json_out(void **state)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(4096);
    CLEANUP(json_decrefp) json_t *tree = json_pack("{s:[i,n]}", "k", 1);
    struct json_writer w;

    (void)state;
    json_begin(&w, &out);
    json_object_begin(&w);
    json_text(&w, "a", "引\"\\\n\t\r\b\x01\x1f/\x7f");
    json_int(&w, "b\"", INT64_MIN);
    json_bool(&w, "c", true);
    json_none(&w, "d");
    json_text(&w, "e", NULL);
    json_raw(&w, "f", "{\"x\":1}");
    json_open_array(&w, "g");
    json_put_int(&w, 1);
    json_put_bool(&w, false);
    json_put_null(&w);
    json_put_textn(&w, "a\0b", 3);
    json_object_begin(&w);
    json_object_end(&w);
    json_array_begin(&w);
    json_array_end(&w);
    json_put_tree(&w, tree);
    json_array_end(&w);
    json_open_object(&w, "h");
    json_text(&w, "", "");
    json_object_end(&w);
    json_object_end(&w);
    assert_string_equal(
        buf_text(&out),
        "{\"a\":\"引\\\"\\\\\\n\\t\\u000d\\u0008\\u0001\\u001f/"
        "\x7f\",\"b\\\"\":-9223372036854775808,"
        "\"c\":true,\"d\":null,\"e\":null,\"f\":{\"x\":1},\"g\":[1,false,null,\"a\\u0000b\",{},[],"
        "{\"k\":[1,null]}],\"h\":{\"\":\"\"}}");
}

static void json_in(void **state)
{
    static const struct {
        const char *bytes;
        size_t n; /* 0: strlen */
        bool right;
    } rows[] = {
        {"{}", 0, true},
        {"[1,-2,3.5e3,\"\\u4e2d\",true,false,null]", 0, true},
        {" 1 ", 0, true},
        {"\"放心\"", 0, true},
        {"", 0, false},
        {"{\"a\":1,\"a\":2}", 0, false},
        {"{} x", 0, false},
        {"{\"a\":1,}", 0, false},
        {"{'a':1}", 0, false},
        {"[1", 0, false},
        {"\"\\u0000\"", 0, false},
        {"\"a\0b\"", 5, false},
        {"\"\xff\"", 0, false},
        {"\"\xed\xa0\x80\"", 0, false},
        {"\"\\ud800\"", 0, false},
        {"9223372036854775807", 0, true},
        {"9223372036854775808", 0, false},
        {"1e400", 0, false},
        {"NaN", 0, false},
        {"\xef\xbb\xbf{}", 0, false},
        {"// x\n1", 0, false},
        {"\"\\u\xde\xa3\xcf\"", 0, false},
        {"{\"phone\":13812342046x}", 0, false},
    };
    CLEANUP(buf_release) struct buf deep = BUF_UP_TO(100000);
    json_t *value = NULL;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = rows[i].n > 0 ? rows[i].n : strlen(rows[i].bytes);
        struct err err = {0};
        enum err_code rc = json_parse(rows[i].bytes, n, &value, &err);

        if ((rc == ERR_OK) != rows[i].right)
            fail_msg("row %zu: %s", i, rows[i].bytes);
        if (rc == ERR_OK) {
            json_decrefp(&value);
            assert_null(value);
        } else {
            assert_int_equal(rc, ERR_MALFORMED);
            assert_int_equal(err.n_items, 1);
            assert_string_equal(err.items[0].code, "json_syntax");
            assert_null(strstr(err.why, "near")); /* nothing of the input goes to the log */
            assert_true(utf8_valid(err.items[0].en, strlen(err.items[0].en)));
        }
    }
    for (int i = 0; i < 50000; i++)
        buf_addc(&deep, '[');
    assert_int_equal(json_parse(buf_text(&deep), deep.len, &value, NULL), ERR_MALFORMED);
}

/* What the writer writes, the reader reads, for every code point. */
static void json_round_trip(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp < 0x11000; cp += cp < 0x3000 ? 1 : 97) {
        CLEANUP(buf_release) struct buf out = BUF_UP_TO(100);
        CLEANUP(json_decrefp) json_t *value = NULL;
        char text[8];
        struct json_writer w;
        size_t n = 0;

        if (cp >= 0xd800 && cp < 0xe000)
            continue;
        if (cp < 0x80)
            text[n++] = (char)cp;
        else if (cp < 0x800)
            text[n++] = (char)(0xc0 | cp >> 6);
        else if (cp < 0x10000)
            text[n++] = (char)(0xe0 | cp >> 12);
        else
            text[n++] = (char)(0xf0 | cp >> 18);
        if (cp >= 0x10000)
            text[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
        if (cp >= 0x800)
            text[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
        if (cp >= 0x80)
            text[n++] = (char)(0x80 | (cp & 0x3f));
        text[n] = '\0';
        json_begin(&w, &out);
        json_put_text(&w, text);
        assert_int_equal(json_parse(buf_text(&out), out.len, &value, NULL), ERR_OK);
        assert_string_equal(json_string_value(value), text);
    }
}

/* The stored form is jansson's own compact form with sorted keys, byte for byte. */
static void json_whole(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "{\"b\":1,\"a\":[true,false,null,-9223372036854775808,0.5,\"\\u0001\\n\"]}",
        "{\"z\":{\"y\":{\"x\":[[],{}]}},\"中\":\"文\",\"\":\"/\",\"a\\\"b\":1e30}",
        "\"text\"",
        "7",
    };
    struct arena *arena = *state;
    CLEANUP(json_decrefp) json_t *deep = json_array(), *wide = json_object();

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CLEANUP(json_decrefp) json_t *value = NULL;
        char *want;

        assert_int_equal(json_parse(texts[i], strlen(texts[i]), &value, NULL), ERR_OK);
        want = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
        assert_string_equal(json_compact(arena, value), want);
        free(want);
    }
    for (int i = 0; i < 300; i++) {
        char key[16];

        snprintf(key, sizeof key, "k%d", i * 7919 % 300);
        json_object_set_new(wide, key, json_integer(i));
    }
    {
        char *want = json_dumps(wide, JSON_COMPACT | JSON_SORT_KEYS);

        assert_string_equal(json_compact(arena, wide), want);
        free(want);
    }
    for (int i = 0; i < JSON_DEPTH_MAX + 2; i++) {
        json_t *outer = json_array();

        json_array_append_new(outer, deep);
        deep = outer;
    }
    assert_null(json_compact(arena, deep));
    assert_null(json_compact(arena, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(csv_in, new_arena, free_arena),
        cmocka_unit_test(csv_out),
        cmocka_unit_test(json_out),
        cmocka_unit_test(json_in),
        cmocka_unit_test(json_round_trip),
        cmocka_unit_test_setup_teardown(json_whole, new_arena, free_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
