/* insight: documents and sheets; tests/http/test_summaries.py reads them with other libraries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/embed.h"
#include "base/date.h"
#include "insight/document.h"
#include "insight/sheet.h"

#define MADE_MS INT64_C(1791510123000) /* 2026-10-09 */

static int new_arena(void **state)
{
    *state = arena_new((size_t)4 << 20);
    return *state == NULL ? -1 : 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static struct document *sample(struct arena *arena)
{
    static const struct document_column columns[] = {
        {.label = "单位", .width = 2}, {.label = "收到", .number = true}, {"按时告知", true, 2}};
    static const char *const labels[] = {"食品 <&>", "服务"}, *const values[] = {"46", "12"};
    struct document *d = document_new(arena, "2026年9月投诉举报办理情况通报", MADE_MS);

    document_subtitle(d, "阳新县市场监督管理局　2026年10月9日");
    document_heading(d, 1, "总体情况");
    document_paragraph(d);
    document_run(d, "9月,12315平台共受理消费者诉求", NULL);
    document_run(d, "359", "received:420202:2026-09@7");
    document_run(d, "件。又是", NULL);
    document_run(d, "359", "received:420202:2026-09@7");
    document_run(d, "件，*不是* <重点> | 也不是公式。", NULL);
    document_heading(d, 1, "各所情况");
    document_heading(d, 2, "按时");
    document_table(d, &(struct document_table){"各所投诉办理情况", "各所", columns, 3});
    document_cell(d, &(struct document_cell){.text = "=1+1"});
    document_cell(d, &(struct document_cell){
                         .text = "+8", .number = "8", .sign = true, .figure = "a:1:2026-09@7"});
    document_cell(d, &(struct document_cell){.text = "93.1%",
                                             .number = "93.1",
                                             .decimals = 1,
                                             .suffix = "%",
                                             .figure = "told:1:2026-09@7",
                                             .warning = "低于95%"});
    document_row(d, ROW_BODY);
    document_cell(d, &(struct document_cell){.text = "合计"});
    document_row(d, ROW_TOTAL);
    document_note(d, "没有投诉的不排。");
    document_chart(
        d, &(struct document_chart){CHART_BARS, "诉求较多的类别", "件", labels, values, NULL, 2});
    document_figure(d, &(struct document_figure){.id = "received:420202:2026-09@7",
                                                 .label = "登记诉求",
                                                 .value = "359",
                                                 .unit = "件",
                                                 .numerator = "359",
                                                 .definition = "00ff"});
    return d;
}

static void written(struct arena *arena, enum document_format format, struct buf *out)
{
    struct err err = {0};

    buf_init(out, (size_t)8 << 20);
    assert_int_equal(document_write(sample(arena), format, embedded_packs, out, &err), ERR_OK);
}

static void markdown_says_it(void **state)
{
    struct buf out CLEANUP(buf_release);
    const char *text;

    written(*state, DOCUMENT_MARKDOWN, &out);
    text = buf_text(&out);
    assert_non_null(strstr(text, "# 2026年9月投诉举报办理情况通报\n"));
    assert_non_null(strstr(text, "## 一、总体情况\n"));
    assert_non_null(strstr(text, "## 二、各所情况\n\n### （一）按时\n"));
    assert_non_null(strstr(text, "诉求359<!-- received:420202:2026-09@7 -->件。"));
    assert_non_null(strstr(text, "\\*不是\\* \\<重点\\> \\| 也"));
    assert_non_null(strstr(text, "| =1+1 | +8<!-- a:1:2026-09@7 --> | 93.1%"));
    assert_non_null(strstr(text, "| **合计** |  |  |\n"));
}

/* Made twice, seconds apart in the clock's sense: nothing of the clock is inside. */
static void same_bytes(void **state)
{
    for (int f = DOCUMENT_MARKDOWN; f <= DOCUMENT_XLSX; f++) {
        struct buf a CLEANUP(buf_release), b CLEANUP(buf_release);

        written(*state, (enum document_format)f, &a);
        if (f == DOCUMENT_XLSX)
            usleep(1100000);
        written(*state, (enum document_format)f, &b);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.data, b.data, a.len);
        assert_true(a.len > 1000);
    }
}

/* ---- pages of DOCX ---- */

static void add_table(struct document *d, size_t n_columns, const char *number)
{
    static const struct document_column columns[DOCUMENT_COLUMNS_MAX] = {
        {.label = "单位"},
        {.label = "甲", .number = true},
        {.label = "乙", .number = true},
        {.label = "丙", .number = true},
        {.label = "丁", .number = true},
        {.label = "戊", .number = true},
        {.label = "己", .number = true},
        {.label = "庚", .number = true},
        {.label = "辛", .number = true},
        {.label = "壬", .number = true},
        {.label = "癸", .number = true},
        {.label = "子", .number = true}};

    document_table(d, &(struct document_table){"表", "表", columns, n_columns});
    document_cell(d, &(struct document_cell){.text = "城关所"});
    for (size_t i = 1; i < n_columns; i++)
        document_cell(d, &(struct document_cell){.text = number, .number = number});
    document_row(d, ROW_BODY);
}

/* Writes a document as the letters say: h heading, p paragraph, n note, t table, w wide table, l
 * table of few columns with long numbers. Its word/document.xml lies in the arena. */
static char *body_of(struct arena *arena, const char *blocks)
{
    struct document *d = document_new(arena, "题", MADE_MS);
    struct buf out CLEANUP(buf_release);
    struct err err = {0};
    zip_error_t ze;
    zip_source_t *source;
    zip_t *z;
    zip_stat_t st;
    zip_file_t *f;
    char *text;

    for (const char *c = blocks; *c != '\0'; c++)
        if (*c == 'h')
            document_heading(d, 1, "节");
        else if (*c == 'n')
            document_note(d, "注");
        else if (*c == 'p') {
            document_paragraph(d);
            document_run(d, "话", NULL);
        } else if (*c == 'l')
            add_table(d, 9, "123456/1234567");
        else
            add_table(d, *c == 'w' ? 12 : 9, "95/97");
    buf_init(&out, (size_t)8 << 20);
    assert_int_equal(document_write(d, DOCUMENT_DOCX, embedded_packs, &out, &err), ERR_OK);
    zip_error_init(&ze);
    source = zip_source_buffer_create(out.data, out.len, 0, &ze);
    assert_non_null(source);
    z = zip_open_from_source(source, ZIP_RDONLY, &ze);
    assert_non_null(z);
    assert_int_equal(zip_stat(z, "word/document.xml", 0, &st), 0);
    text = arena_alloc(arena, (size_t)st.size + 1);
    assert_non_null(text);
    f = zip_fopen(z, "word/document.xml", 0);
    assert_non_null(f);
    assert_int_equal(zip_fread(f, text, st.size), (zip_int64_t)st.size);
    text[st.size] = '\0';
    zip_fclose(f);
    zip_discard(z);
    zip_error_fini(&ze);
    return text;
}

/* What stands on which pages: the blocks of a body with | where pages turn, and the way of each run
 * of pages behind it, U or L. "-" is a line too low to be seen. */
static const char *pages_of(struct arena *arena, const char *blocks)
{
    static const struct {
        const char *mark, *as;
    } marks[] = {{"w:val=\"Heading1\"", "h"}, {"w:val=\"BodyText\"", "p"},
                 {"w:val=\"Note\"", "n"},     {"<w:tbl>", "t"},
                 {"w:val=\"Title\"", "T"},    {"w:val=\"EndMark\"", "-"},
                 {"<w:sectPr>", "|"}};
    const char *body = body_of(arena, blocks);
    char *ret = arena_alloc(arena, 256), *to = ret;

    assert_non_null(ret);
    for (; *body != '\0'; body++)
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
            if (strncmp(body, marks[i].mark, strlen(marks[i].mark)) == 0) {
                const char *end = strstr(body, "</w:sectPr>"), *lies = strstr(body, "landscape");

                *to++ = marks[i].as[0];
                if (marks[i].as[0] == '|') {
                    assert_non_null(end);
                    *to++ = lies != NULL && lies < end ? 'L' : 'U';
                    assert_true(strstr(body, "r:id=\"rId4\"") < end); /* the page's number */
                }
            }
    *to = '\0';
    return ret;
}

static void wide_tables_lie(void **state)
{
    static const struct {
        const char *blocks, *pages;
    } cases[] = {
        {"", "T|U"},
        {"hpt", "Thpt-|U"}, /* Word sets a line behind a last table, which must not take a page */
        {"hphwnp", "Thp-|Uhtn-|Lp|U"},
        {"pwwp", "Tp-|Utt-|Lp|U"},       /* one after the other: together */
        {"phwnhwp", "Tp-|Uhtnht-|Lp|U"}, /* with their headings and notes */
        {"phw", "Tp-|Uht-|L"},           /* at the end: no page behind it */
        {"hwnp", "Thtn-|Lp|U"},          /* at the start: the title is with it */
        {"pnwpn", "Tpn-|Ut-|Lpn|U"},     /* a note belongs to what is before it */
        {"plp", "Tp-|Ut-|Lp|U"},         /* numbers that would break upright */
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(pages_of(*state, cases[i].blocks), cases[i].pages);
}

/* The widths in a body: of its grid's column @p n, from 1. */
static int column_width(const char *body, int n)
{
    while (n-- > 0) {
        body = strstr(body + 1, "<w:gridCol w:w=\"");
        assert_non_null(body);
    }
    return (int)strtol(body + strlen("<w:gridCol w:w=\""), NULL, 10);
}

static void columns_hold_their_numbers(void **state)
{
    const char *few = body_of(*state, "t"), *wide = body_of(*state, "l");
    int sum = 0;

    assert_non_null(strstr(few, "\"TableNumber\""));
    assert_null(strstr(few, "Small\""));
    /* 14 letters of 7.5 points at 0.7 of their height, and the sides of the cell */
    assert_non_null(strstr(wide, "\"TableNumberSmall\""));
    for (int i = 2; i <= 9; i++)
        assert_true(column_width(wide, i) >= 14 * 150 * 7 / 10 + 80);
    for (int i = 1; i <= 9; i++)
        sum += column_width(wide, i);
    assert_in_range(sum, 13800, 13890); /* the text's width on a page that lies, but for rounding */
}

static void too_large(void **state)
{
    struct buf out CLEANUP(buf_release);
    struct err err = {0};

    buf_init(&out, 100);
    assert_int_equal(document_write(sample(*state), DOCUMENT_MARKDOWN, embedded_packs, &out, &err),
                     ERR_TOO_LARGE);
}

static void long_arena(void **state)
{
    struct arena *arena = arena_new(20000);
    struct err err = {0};
    struct buf out CLEANUP(buf_release);
    struct document *d;

    (void)state;
    assert_non_null(arena);
    buf_init(&out, (size_t)1 << 20);
    d = document_new(arena, "长", MADE_MS);
    for (int i = 0; i < 1000; i++)
        document_heading(d, 1, "节");
    assert_int_equal(document_write(d, DOCUMENT_MARKDOWN, embedded_packs, &out, &err),
                     ERR_NO_MEMORY);
    arena_free(arena);
}

/* ---- sheets ---- */

static char *sheet_bytes(struct arena *arena, enum sheet_kind kind, int rows, size_t *ret_n)
{
    static const struct sheet_column columns[] = {{"编号", 0}, {"金额", 12}, {"收到", 0},
                                                  {"天", 0},   {"率", 0},    {"办结", 0}};
    struct sheet_form form = {.kind = kind,
                              .title = "诉求[2026]",
                              .columns = columns,
                              .n_columns = 6,
                              .made_ms = MADE_MS,
                              .zone_min = ZONE_CHINA_MIN,
                              .mark = true};
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    struct err err = {0};
    int64_t bytes;
    char *text;
    int fd;

    assert_int_equal(sheet_open(&form, &sheet, &err), ERR_OK);
    for (int i = 0; i < rows; i++) {
        sheet_text(sheet, i % 2 == 0 ? "=HYPERLINK(\"x\")" : "说“好”,\n再来");
        sheet_money(sheet, i == 0 ? -5 : 276050);
        sheet_instant(sheet, MADE_MS);
        sheet_int(sheet, -3);
        sheet_decimal(sheet, i == 0 ? NULL : "87.5", 1);
        sheet_row_end(sheet);
    }
    assert_int_equal(sheet_finish(&sheet, &fd, &bytes, &err), ERR_OK);
    assert_null(sheet);
    text = arena_alloc(arena, (size_t)bytes + 1);
    assert_non_null(text);
    assert_int_equal(read(fd, text, (size_t)bytes), bytes);
    close(fd);
    *ret_n = (size_t)bytes;
    return text;
}

static void csv_sheet(void **state)
{
    size_t n;
    const char *text = sheet_bytes(*state, SHEET_CSV, 2, &n);

    assert_string_equal(text, "\xef\xbb\xbf编号,金额,收到,天,率,办结\r\n"
                              "\"'=HYPERLINK(\"\"x\"\")\",-0.05,2026-10-09 09:42,-3,,\r\n"
                              "\"说“好”,\n再来\",2760.50,2026-10-09 09:42,-3,87.5,\r\n");
}

static void xlsx_sheet(void **state)
{
    size_t n, m;
    const char *a = sheet_bytes(*state, SHEET_XLSX, 3, &n), *b;

    usleep(1100000);
    b = sheet_bytes(*state, SHEET_XLSX, 3, &m);
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    assert_memory_equal(a, "PK", 2);
}

static void abandoned(void **state)
{
    static const struct sheet_column column = {"编号", 0};
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    struct err err = {0};

    (void)state;
    assert_int_equal(sheet_open(&(struct sheet_form){.kind = SHEET_XLSX,
                                                     .columns = &column,
                                                     .n_columns = 1,
                                                     .made_ms = MADE_MS},
                                &sheet, &err),
                     ERR_OK);
    sheet_text(sheet, "一");
    sheet_row_end(sheet);
}

/* `unit-documents FOLDER` writes the samples to be looked at. */
static int write_samples(const char *folder)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)4 << 20);

    for (int f = DOCUMENT_MARKDOWN; f <= DOCUMENT_XLSX; f++) {
        struct buf out CLEANUP(buf_release);
        char path[4096];
        FILE *file;

        written(arena, (enum document_format)f, &out);
        snprintf(path, sizeof path, "%s/sample%s", folder,
                 document_suffix((enum document_format)f));
        file = fopen(path, "w");
        if (file == NULL || fwrite(out.data, 1, out.len, file) != out.len || fclose(file) != 0)
            return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(markdown_says_it, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(same_bytes, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(wide_tables_lie, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(columns_hold_their_numbers, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(too_large, new_arena, free_arena),
        cmocka_unit_test(long_arena),
        cmocka_unit_test_setup_teardown(csv_sheet, new_arena, free_arena),
        cmocka_unit_test_setup_teardown(xlsx_sheet, new_arena, free_arena),
        cmocka_unit_test(abandoned),
    };

    if (argc > 1)
        return write_samples(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
