/* XLSX: the text on the first sheet, each table on one of its own with numbers that are numbers,
 * each chart beside its data, and a sheet that lists the figures. Lines of text have their heights
 * in the file: programs that do not count them on opening print the first line alone. */
#include "insight/document_internal.h"
#include "insight/sheet_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define FORMATS_MAX 64
#define SHAPE_BYTES 96
#define TEXT_WIDTH                                                                                 \
    70 /* characters, of the text: a column wider than A4 is cut off, not made to fit */
#define TEXT_MARGIN 0.5     /* inches, beside the text */
#define WARNED_WIDTH 20     /* of what is below a threshold */
#define UPRIGHT_WIDTH 90    /* characters; wider tables lie */
#define HEAD_COLOR 0xF0F2F5 /* as in Word files */
#define LINE_HEIGHT 15.0    /* points, of letters of 11 */
#define SMALL_HEIGHT 12.5   /* of letters of 9 */
#define TITLE_HEIGHT 30.0

struct book {
    lxw_workbook *book;
    lxw_format *title, *section, *text, *small;        /* paragraphs and what is listed */
    lxw_format *head, *head_number;                    /* of tables */
    lxw_format *cell, *cell_number, *sum, *sum_number; /* texts in rows; sum: of the total */
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

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* How wide a text is, in the half width of a Han character. */
static int width_of(const char *text)
{
    int n = 0;

    for (const unsigned char *c = (const unsigned char *)(text == NULL ? "" : text); *c != '\0';
         c++)
        n += *c < 0x80 ? 1 : *c >= 0xc0 ? 2 : 0;
    return n;
}

/* Lines that a text takes in a column of that width: a Han character is a little wider than two
 * digits, and does not break in halves. */
static int lines_of(const char *text, int width)
{
    int n = width_of(text) * 11 / 10;

    return n == 0 ? 1 : (n + width - 2) / (width - 1);
}

/* The same in letters of 9. */
static int small_lines_of(const char *text, int width)
{
    return lines_of(text, width * 11 / 9);
}

static void put(struct book *k, lxw_worksheet *s, lxw_row_t row, size_t column, const char *text,
                lxw_format *format)
{
    if (text != NULL && text[0] != '\0')
        check(k, worksheet_write_string(s, row, (lxw_col_t)column, text, format));
}

/* Lines between rows, a stronger one above the total. */
static void row_look(lxw_format *f, bool total)
{
    format_set_align(f, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bottom(f, total ? LXW_BORDER_MEDIUM : LXW_BORDER_HAIR);
    if (!total)
        return;
    format_set_bold(f);
    format_set_top(f, LXW_BORDER_THIN);
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
    row_look(k->numbers[i].format, strong);
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
        worksheet_set_footer(s, "&C— &P —");
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
    worksheet_set_column(s, 0, 0, TEXT_WIDTH, NULL);
    worksheet_set_margins(s, TEXT_MARGIN, TEXT_MARGIN, -1, -1);
    worksheet_center_horizontally(s);
    check(k, worksheet_set_row(s, row, TITLE_HEIGHT, NULL));
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
        if (line.len == 0)
            continue;
        check(k, worksheet_set_row(s, row, LINE_HEIGHT * lines_of(buf_text(&line), TEXT_WIDTH) + 4,
                                   NULL));
        put(k, s, row++, 0, buf_text(&line), b->kind == BLOCK_HEADING ? k->section : k->text);
    }
}

/* ---- tables ---- */

static void table_cell(struct book *k, lxw_worksheet *s, lxw_row_t row, size_t column,
                       const struct document_cell *c, bool number, bool total)
{
    lxw_format *text = total ? number ? k->sum_number : k->sum : number ? k->cell_number : k->cell;

    if (c->number != NULL)
        check(k, worksheet_write_number(s, row, (lxw_col_t)column, strtod(c->number, NULL),
                                        number_format(k, c, total)));
    else if (c->text != NULL && c->text[0] != '\0')
        put(k, s, row, column, c->text, text);
    else
        check(k, worksheet_write_blank(s, row, (lxw_col_t)column, text));
}

/* As wide as its widest text, a long head in two lines. */
static int column_width(const struct block *b, size_t column)
{
    int n = most(8, (width_of(b->table.columns[column].label) + 1) / 2 + 2);
    int widest = column == 0 ? 40 : 24;

    for (const struct row *r = b->rows; r != NULL; r = r->next)
        n = most(n, width_of(r->cells[column].text) + 2);
    return n > widest ? widest : n;
}

/* What of the row is below a threshold, named by its column. */
static void row_warnings(struct book *k, const struct block *b, const struct row *r,
                         struct buf *ret)
{
    for (size_t i = 0; i < b->table.n_columns; i++)
        if (r->cells[i].warning != NULL)
            buf_addf(ret, "%s%s%s", ret->len > 0 ? "；" : "", b->table.columns[i].label,
                     r->cells[i].warning);
    if (ret->failed)
        k->failed = true;
}

static void table_row(struct book *k, lxw_worksheet *s, const struct block *b, const struct row *r,
                      lxw_row_t row, const int *widths, bool *warned)
{
    int lines = 1;
    size_t last = b->table.n_columns;
    bool total = r->kind == ROW_TOTAL;
    struct buf said CLEANUP(buf_release);

    buf_init(&said, 4000);
    row_warnings(k, b, r, &said);
    for (size_t i = 0; i < last; i++) {
        table_cell(k, s, row, i, &r->cells[i], b->table.columns[i].number, total);
        lines = most(lines, lines_of(r->cells[i].text, widths[i]));
    }
    lines = most(lines, lines_of(buf_text(&said), WARNED_WIDTH));
    check(k, worksheet_set_row(s, row, LINE_HEIGHT * lines + 4, NULL));
    if (said.len == 0)
        return;
    *warned = true;
    put(k, s, row, last, buf_text(&said), total ? k->sum : k->cell);
}

static void table_sheet(struct book *k, const struct block *b)
{
    const struct document_table *t = &b->table;
    lxw_worksheet *s = add_sheet(k, t->name != NULL ? t->name : "表");
    lxw_col_t last = (lxw_col_t)t->n_columns;
    lxw_row_t row = 1;
    int widths[DOCUMENT_COLUMNS_MAX], all = 0;
    bool warned = false;

    if (s == NULL)
        return;
    worksheet_freeze_panes(s, 1, 1);
    worksheet_repeat_rows(s, 0, 0);
    check(k, worksheet_set_row(s, 0, 2 * LINE_HEIGHT + 4, NULL));
    for (size_t i = 0; i < t->n_columns; i++) {
        widths[i] = column_width(b, i);
        all += widths[i];
        worksheet_set_column(s, (lxw_col_t)i, (lxw_col_t)i, widths[i], NULL);
        put(k, s, 0, i, t->columns[i].label, t->columns[i].number ? k->head_number : k->head);
    }
    for (const struct row *r = b->rows; r != NULL; r = r->next, row++)
        table_row(k, s, b, r, row, widths, &warned);
    if (warned) {
        put(k, s, 0, last, "提示", k->head);
        worksheet_set_column(s, last, last, WARNED_WIDTH, NULL);
        all += WARNED_WIDTH;
    }
    if (all > UPRIGHT_WIDTH)
        worksheet_set_landscape(s);
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
    int width = 8;

    if (s == NULL || c->n == 0)
        return;
    for (size_t i = 0; i < c->n; i++)
        width = most(width, width_of(c->labels[i]) + 2);
    worksheet_set_column(s, 0, 0, width, NULL);
    put(k, s, 0, 1, c->unit, k->head_number);
    for (size_t i = 0; i < c->n; i++) {
        put(k, s, (lxw_row_t)i + 1, 0, c->labels[i], NULL);
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

#define ID_WIDTH 52
#define LABEL_WIDTH 34
#define HASH_WIDTH 64

static void figure_sheet(struct book *k, const struct document *d)
{
    static const char *const labels[] = {"编号", "名称", "数值", "单位", "分子", "分母", "定义"};
    lxw_worksheet *s = add_sheet(k, "数字");
    lxw_row_t row = 1;

    if (s == NULL)
        return;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        put(k, s, 0, i, labels[i], i == 2 || i == 4 || i == 5 ? k->head_number : k->head);
    worksheet_set_column(s, 0, 0, ID_WIDTH, NULL);
    worksheet_set_column(s, 1, 1, LABEL_WIDTH, NULL);
    worksheet_set_column(s, 6, 6, HASH_WIDTH, NULL);
    worksheet_set_landscape(s);
    worksheet_repeat_rows(s, 0, 0);
    worksheet_freeze_panes(s, 1, 0);
    for (const struct figure_entry *e = d->figures; e != NULL; e = e->next, row++) {
        const char *numbers[] = {e->is.value, NULL, e->is.numerator, e->is.denominator};
        int lines = most(small_lines_of(e->is.id, ID_WIDTH),
                         most(small_lines_of(e->is.label, LABEL_WIDTH),
                              small_lines_of(e->is.definition, HASH_WIDTH)));

        check(k, worksheet_set_row(s, row, SMALL_HEIGHT * lines + 3, NULL));
        put(k, s, row, 0, e->is.id, k->small);
        put(k, s, row, 1, e->is.label, k->small);
        put(k, s, row, 3, e->is.unit, k->small);
        put(k, s, row, 6, e->is.definition, k->small);
        for (size_t i = 0; i < 4; i++)
            if (numbers[i] != NULL)
                check(k, worksheet_write_number(s, row, (lxw_col_t)(i + 2),
                                                strtod(numbers[i], NULL), k->small));
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

/* Of cells in tables: heads shaded, numbers to the right. */
static lxw_format *new_cell(struct book *k, bool head, bool number, bool total)
{
    lxw_format *f = new_format(k, head, 11);

    if (f == NULL)
        return NULL;
    row_look(f, total);
    if (number)
        format_set_align(f, LXW_ALIGN_RIGHT);
    if (head) {
        format_set_bg_color(f, HEAD_COLOR);
        format_set_bottom(f, LXW_BORDER_THIN);
        format_set_top(f, LXW_BORDER_MEDIUM);
    }
    return f;
}

static void fill(struct book *k, const struct document *d)
{
    k->title = new_format(k, true, 16);
    k->section = new_format(k, true, 11);
    k->text = new_format(k, false, 11);
    k->small = new_format(k, false, 9);
    k->head = new_cell(k, true, false, false);
    k->head_number = new_cell(k, true, true, false);
    k->cell = new_cell(k, false, false, false);
    k->cell_number = new_cell(k, false, true, false);
    k->sum = new_cell(k, false, false, true);
    k->sum_number = new_cell(k, false, true, true);
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
