/* insight: documents and sheets; tests/http/test_documents.py reads them with other libraries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

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
