/* XLSX: the text on the first sheet, each table on one of its own with numbers that are numbers,
 * each chart beside its data, and a sheet that lists the figures. */
#include "insight/document_internal.h"
#include "insight/sheet_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define FORMATS_MAX 64
#define SHAPE_BYTES 96

struct book {
    lxw_workbook *book;
    lxw_format *title, *head, *text, *strong, *small;
    struct {
        char shape[SHAPE_BYTES];
        bool strong;
        lxw_format *format;
    } numbers[FORMATS_MAX];
    size_t n_numbers;
    bool failed;
};

static void check(struct book *k, lxw_error rc)
{
    if (rc != LXW_NO_ERROR)
        k->failed = true;
}

static void put(struct book *k, lxw_worksheet *s, lxw_row_t row, size_t column, const char *text,
                lxw_format *format)
{
    if (text != NULL && text[0] != '\0')
        check(k, worksheet_write_string(s, row, (lxw_col_t)column, text, format));
}

/* Shape of a number: 0.0"%", +0;-0;0 with the sign shown. */
static lxw_format *number_format(struct book *k, const struct document_cell *c, bool strong)
{
    char plain[40] = "0", shape[SHAPE_BYTES];
    const char *suffix = c->suffix == NULL ? "" : c->suffix;
    size_t i = 0;

    if (c->decimals > 0 && c->decimals <= 6)
        snprintf(plain, sizeof plain, "0.%.*s", c->decimals, "000000");
    if (suffix[0] != '\0') {
        size_t n = strlen(plain);

        snprintf(plain + n, sizeof plain - n, "\"%.20s\"", suffix);
    }
    snprintf(shape, sizeof shape, c->sign ? "+%s;-%s;%s" : "%s", plain, plain, plain);
    while (i < k->n_numbers &&
           (strcmp(k->numbers[i].shape, shape) != 0 || k->numbers[i].strong != strong))
        i++;
    if (i < k->n_numbers)
        return k->numbers[i].format;
    if (i == FORMATS_MAX)
        return NULL;
    k->numbers[i].format = workbook_add_format(k->book);
    if (k->numbers[i].format == NULL) {
        k->failed = true;
        return NULL;
    }
    snprintf(k->numbers[i].shape, SHAPE_BYTES, "%s", shape);
    k->numbers[i].strong = strong;
    format_set_num_format(k->numbers[i].format, shape);
    if (strong)
        format_set_bold(k->numbers[i].format);
    k->n_numbers++;
    return k->numbers[i].format;
}

static lxw_worksheet *add_sheet(struct book *k, const char *name)
{
    char text[160];
    lxw_worksheet *s;

    for (unsigned page = 1; page < 100; page++) { /* names are unique in a book */
        xlsx_sheet_name(name, page, text, sizeof text);
        if (workbook_get_worksheet_by_name(k->book, text) != NULL)
            continue;
        s = workbook_add_worksheet(k->book, text);
        if (s == NULL)
            break;
        worksheet_set_paper(s, 9); /* A4 */
        worksheet_fit_to_pages(s, 1, 0);
        return s;
    }
    k->failed = true;
    return NULL;
}

/* ---- the text ---- */

static void text_sheet(struct book *k, const struct document *d)
{
    lxw_worksheet *s = add_sheet(k, "正文");
    lxw_row_t row = 0;

    if (s == NULL)
        return;
    worksheet_set_column(s, 0, 0, 100, k->text);
    put(k, s, row++, 0, d->title, k->title);
    for (const struct block *b = d->blocks; b != NULL; b = b->next) {
        char ordinal[ORDINAL_TEXT];
        struct buf line CLEANUP(buf_release);

        buf_init(&line, 30000);
        if (b->kind == BLOCK_HEADING) {
            document_ordinal(b->level, b->ordinal, ordinal);
            buf_adds(&line, ordinal);
        }
        if (b->kind == BLOCK_TABLE && b->table.caption != NULL)
            buf_addf(&line, "表%u %s", b->ordinal, b->table.caption);
        else if (b->text != NULL)
            buf_adds(&line, b->text);
        for (const struct run *r = b->runs; r != NULL; r = r->next)
            buf_adds(&line, r->text);
        if (line.failed)
            k->failed = true;
        if (line.len > 0)
            put(k, s, row++, 0, buf_text(&line), b->kind == BLOCK_HEADING ? k->strong : k->text);
    }
}

/* ---- tables ---- */

static void table_cell(struct book *k, lxw_worksheet *s, lxw_row_t row, size_t column,
                       const struct document_cell *c, bool strong)
{
    if (c->number == NULL)
        put(k, s, row, column, c->text, strong ? k->strong : k->text);
    else
        check(k, worksheet_write_number(s, row, (lxw_col_t)column, strtod(c->number, NULL),
                                        number_format(k, c, strong)));
}

static void table_sheet(struct book *k, const struct block *b)
{
    const struct document_table *t = &b->table;
    lxw_worksheet *s = add_sheet(k, t->name != NULL ? t->name : "表");
    lxw_row_t row = 1;
    bool warnings = false;

    if (s == NULL)
        return;
    worksheet_set_landscape(s);
    worksheet_freeze_panes(s, 1, 1);
    worksheet_repeat_rows(s, 0, 0);
    for (size_t i = 0; i < t->n_columns; i++) {
        worksheet_set_column(s, (lxw_col_t)i, (lxw_col_t)i, i == 0 ? 20 : 12, NULL);
        put(k, s, 0, i, t->columns[i].label, k->head);
    }
    for (const struct row *r = b->rows; r != NULL; r = r->next, row++)
        for (size_t i = 0; i < t->n_columns; i++) {
            table_cell(k, s, row, i, &r->cells[i], r->kind == ROW_TOTAL);
            if (r->cells[i].warning == NULL)
                continue;
            put(k, s, row, t->n_columns, r->cells[i].warning, k->text);
            warnings = true;
        }
    if (warnings)
        put(k, s, 0, t->n_columns, "提示", k->head);
}

/* ---- charts ---- */

/* As in the other forms of a document: bars of one colour with their values, no lines behind. */
static void chart_look(lxw_chart *chart, lxw_chart_series *series, bool bars)
{
    lxw_chart_fill fill = {.color = 0x17508F};
    lxw_chart_line none = {.none = LXW_TRUE};
    lxw_chart_font title = {.bold = LXW_EXPLICIT_FALSE, .size = 12};

    chart_series_set_fill(series, &fill);
    chart_series_set_labels(series);
    chart_set_series_gap(chart, 60);
    chart_title_set_name_font(chart, &title);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    chart_chartarea_set_line(chart, &none);
    chart_axis_major_gridlines_set_visible(bars ? chart->x_axis : chart->y_axis, LXW_FALSE);
    chart_axis_set_min(bars ? chart->x_axis : chart->y_axis, 0);
    chart_axis_off(bars ? chart->x_axis : chart->y_axis);
    if (bars)
        chart_axis_set_reverse(chart->y_axis);
}

static void chart_sheet(struct book *k, const struct document_chart *c)
{
    lxw_worksheet *s = add_sheet(k, c->title);
    lxw_chart *chart;
    lxw_chart_series *series;
    lxw_row_t last = (lxw_row_t)c->n;

    if (s == NULL || c->n == 0)
        return;
    worksheet_set_column(s, 0, 0, 24, NULL);
    put(k, s, 0, 1, c->unit, k->head);
    for (size_t i = 0; i < c->n; i++) {
        put(k, s, (lxw_row_t)i + 1, 0, c->labels[i], k->text);
        check(k, worksheet_write_number(s, (lxw_row_t)i + 1, 1, strtod(c->values[i], NULL), NULL));
    }
    chart = workbook_add_chart(k->book, c->form == CHART_BARS ? LXW_CHART_BAR : LXW_CHART_COLUMN);
    series = chart == NULL ? NULL : chart_add_series(chart, NULL, NULL);
    if (series == NULL) {
        k->failed = true;
        return;
    }
    chart_series_set_categories(series, s->name, 1, 0, last, 0);
    chart_series_set_values(series, s->name, 1, 1, last, 1);
    chart_title_set_name(chart, c->title);
    chart_look(chart, series, c->form == CHART_BARS);
    check(k, worksheet_insert_chart(s, 0, 3, chart));
}

/* ---- figures ---- */

static void figure_sheet(struct book *k, const struct document *d)
{
    static const char *const labels[] = {"编号", "名称", "数值", "单位", "分子", "分母", "定义"};
    lxw_worksheet *s = add_sheet(k, "数字");
    lxw_row_t row = 1;

    if (s == NULL)
        return;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        put(k, s, 0, i, labels[i], k->head);
    worksheet_set_column(s, 0, 0, 56, NULL);
    worksheet_set_column(s, 1, 1, 36, NULL);
    worksheet_freeze_panes(s, 1, 0);
    for (const struct figure_entry *e = d->figures; e != NULL; e = e->next, row++) {
        const char *numbers[] = {e->is.value, NULL, e->is.numerator, e->is.denominator};

        put(k, s, row, 0, e->is.id, k->small);
        put(k, s, row, 1, e->is.label, k->text);
        put(k, s, row, 3, e->is.unit, k->text);
        put(k, s, row, 6, e->is.definition, k->small);
        for (size_t i = 0; i < 4; i++)
            if (numbers[i] != NULL)
                check(k, worksheet_write_number(s, row, (lxw_col_t)(i + 2),
                                                strtod(numbers[i], NULL), NULL));
    }
}

/* ---- the whole ---- */

static lxw_format *new_format(struct book *k, bool strong, double size)
{
    lxw_format *f = workbook_add_format(k->book);

    if (f == NULL) {
        k->failed = true;
        return NULL;
    }
    if (strong)
        format_set_bold(f);
    format_set_font_size(f, size);
    format_set_text_wrap(f);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    return f;
}

static void fill(struct book *k, const struct document *d)
{
    k->title = new_format(k, true, 16);
    k->head = new_format(k, true, 11);
    k->text = new_format(k, false, 11);
    k->strong = new_format(k, true, 11);
    k->small = new_format(k, false, 9);
    xlsx_properties(k->book, d->title, d->made_ms);
    text_sheet(k, d);
    for (const struct block *b = d->blocks; b != NULL; b = b->next)
        if (b->kind == BLOCK_TABLE)
            table_sheet(k, b);
        else if (b->kind == BLOCK_CHART)
            chart_sheet(k, &b->chart);
    figure_sheet(k, d);
}

static enum err_code read_back(int fd, struct buf *out, struct err *err)
{
    char bytes[16384];
    ssize_t n;

    if (lseek(fd, 0, SEEK_SET) != 0)
        return err_set(err, ERR_IO, "xlsx: seek");
    while ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            buf_add(out, bytes, (size_t)n);
    return n < 0 ? err_set(err, ERR_IO, "xlsx: read") : ERR_OK;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

enum err_code document_xlsx(const struct document *d, struct buf *out, struct err *err)
{
    int fd CLEANUP(close_fd) = -1;
    char path[TEMPORARY_PATH];
    struct book k = {0};
    lxw_error rc;

    TRY(temporary_file(NULL, &fd, path, err));
    k.book = workbook_new(path);
    if (k.book == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a document");
    fill(&k, d);
    rc = workbook_close(k.book);
    if (rc != LXW_NO_ERROR)
        return xlsx_error(err, rc);
    if (k.failed)
        return err_set(err, ERR_NO_MEMORY, "xlsx: a cell cannot be written");
    return read_back(fd, out, err);
}
