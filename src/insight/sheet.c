/* Sheets as CSV and XLSX. XLSX is written by libxlsxwriter in its constant-memory mode into a
 * nameless file, which it opens by its path under /proc. */
#include "insight/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "base/csv.h"
#include "insight/sheet_internal.h"

#define FLUSH_BYTES ((size_t)1 << 16)
#define CSV_ROW_MAX ((size_t)16 << 20)
#define XLSX_ROWS_MAX 1048576 /* of one sheet, its labels included */
#define XLSX_TEXT_MAX 32767   /* characters of one cell: a limit of the format */
#define WIDTH_USUAL 14.0
#define SHEET_NAME_MAX 31 /* characters, of the format */

enum cell_format { CELL_INT, CELL_MONEY, CELL_DATE, CELL_INSTANT, CELL_DECIMAL, N_CELL_FORMATS };
#define DECIMALS_MAX 6

struct sheet {
    struct sheet_form form;
    int fd;
    size_t column; /* of the next cell */
    enum err_code failed;
    int failed_errno;
    /* CSV */
    struct buf out;
    int64_t written;
    /* XLSX */
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_row_t row;
    unsigned pages;
    lxw_format *head, *formats[N_CELL_FORMATS], *decimals[DECIMALS_MAX + 1];
};

bool sheet_kind_find(const char *name, enum sheet_kind *ret)
{
    if (name == NULL)
        return false;
    if (strcmp(name, "csv") == 0)
        *ret = SHEET_CSV;
    else if (strcmp(name, "xlsx") == 0)
        *ret = SHEET_XLSX;
    else
        return false;
    return true;
}

const char *sheet_content_type(enum sheet_kind kind)
{
    return kind == SHEET_CSV ? "text/csv; charset=utf-8"
                             : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

const char *sheet_suffix(enum sheet_kind kind)
{
    return kind == SHEET_CSV ? ".csv" : ".xlsx";
}

/* ---- the file ---- */

static enum err_code disk_error(struct err *err, int number)
{
    enum err_code code = number == ENOSPC || number == EDQUOT ? ERR_STORE_FULL : ERR_IO;

    return err_set(err, code, "a sheet cannot be written: %s", strerror(number));
}

enum err_code temporary_file(const char *folder, int *ret_fd, char ret_path[TEMPORARY_PATH],
                             struct err *err)
{
    int fd = open(folder == NULL ? "/tmp" : folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) { /* a file system without them */
        char name[] = "/tmp/fangxin-XXXXXX";

        fd = mkostemp(name, O_CLOEXEC);
        if (fd >= 0)
            unlink(name);
    }
    if (fd < 0)
        return disk_error(err, errno);
    snprintf(ret_path, TEMPORARY_PATH, "/proc/self/fd/%d", fd);
    *ret_fd = fd;
    return ERR_OK;
}

static void fail(struct sheet *s, enum err_code code, int number)
{
    if (s->failed == ERR_OK) {
        s->failed = code;
        s->failed_errno = number;
    }
}

/* ---- CSV ---- */

static void csv_flush(struct sheet *s)
{
    size_t done = 0;

    if (s->out.failed)
        fail(s, ERR_TOO_LARGE, 0);
    while (s->failed == ERR_OK && done < s->out.len) {
        ssize_t n = write(s->fd, s->out.data + done, s->out.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            fail(s, ERR_IO, errno);
        else
            done += (size_t)n;
    }
    s->written += (int64_t)s->out.len;
    buf_reset(&s->out);
}

static void csv_begin(struct sheet *s)
{
    if (s->form.mark)
        buf_adds(&s->out, "\xef\xbb\xbf");
    for (size_t i = 0; i < s->form.n_columns; i++)
        csv_cell(&s->out, s->form.columns[i].label, i == 0);
    csv_row_end(&s->out);
}

/* ---- XLSX ---- */

enum err_code xlsx_error(struct err *err, int lxw)
{
    enum err_code code = lxw == LXW_ERROR_MEMORY_MALLOC_FAILED ? ERR_NO_MEMORY : ERR_IO;

    return err_set(err, code, "xlsx: %s", lxw_strerror((lxw_error)lxw));
}

/* Names of sheets: at most 31 characters, none of []:*?/\ and no apostrophe at the ends. */
void xlsx_sheet_name(const char *title, unsigned page, char *ret, size_t size)
{
    char tail[16] = "";
    size_t n, room = SHEET_NAME_MAX;

    if (page > 1) {
        snprintf(tail, sizeof tail, " %u", page % 1000000u);
        room -= strlen(tail);
    }
    n = utf8_prefix(title, strlen(title), room);
    snprintf(ret, size, "%.*s%s", (int)n, title, tail);
    for (char *p = ret; *p != '\0'; p++)
        if (strchr("[]:*?/\\'", *p) != NULL)
            *p = '-';
}

void xlsx_properties(lxw_workbook *book, const char *title, int64_t made_ms)
{
    /* The library writes the instant given, else the clock; never 0, which means "now". */
    lxw_doc_properties properties = {.title = (char *)(uintptr_t)title,
                                     .created = (time_t)(made_ms / 1000 > 0 ? made_ms / 1000 : 1)};

    workbook_set_properties(book, &properties);
}

static void xlsx_page(struct sheet *s)
{
    char name[SHEET_NAME_MAX * 4 + 16];
    const struct sheet_form *f = &s->form;

    s->pages++;
    xlsx_sheet_name(f->title == NULL ? "1" : f->title, s->pages, name, sizeof name);
    s->page = workbook_add_worksheet(s->book, name);
    if (s->page == NULL) {
        fail(s, ERR_NO_MEMORY, 0);
        return;
    }
    for (size_t i = 0; i < f->n_columns; i++)
        worksheet_set_column(s->page, (lxw_col_t)i, (lxw_col_t)i,
                             f->columns[i].width > 0 ? f->columns[i].width : WIDTH_USUAL, NULL);
    worksheet_freeze_panes(s->page, 1, 0);
    worksheet_repeat_rows(s->page, 0, 0);
    worksheet_set_paper(s->page, 9); /* A4 */
    worksheet_set_landscape(s->page);
    worksheet_fit_to_pages(s->page, 1, 0);
    for (size_t i = 0; i < f->n_columns; i++)
        worksheet_write_string(s->page, 0, (lxw_col_t)i, f->columns[i].label, s->head);
    s->row = 1;
}

static enum err_code xlsx_begin(struct sheet *s, const char *path, struct err *err)
{
    static const char *const shapes[N_CELL_FORMATS] = {"0", "#,##0.00", "yyyy-mm-dd",
                                                       "yyyy-mm-dd hh:mm", "0.0"};
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .use_zip64 = LXW_TRUE};

    s->book = workbook_new_opt(path, &options);
    if (s->book == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a sheet");
    xlsx_properties(s->book, s->form.title, s->form.made_ms);
    s->head = workbook_add_format(s->book);
    format_set_bold(s->head);
    for (size_t i = 0; i < N_CELL_FORMATS; i++) {
        s->formats[i] = workbook_add_format(s->book);
        format_set_num_format(s->formats[i], shapes[i]);
    }
    xlsx_page(s);
    return ERR_OK;
}

static void xlsx_number(struct sheet *s, double value, lxw_format *format)
{
    lxw_error rc = worksheet_write_number(s->page, s->row, (lxw_col_t)s->column, value, format);

    if (rc != LXW_NO_ERROR)
        fail(s, ERR_IO, EIO);
}

static void xlsx_text(struct sheet *s, const char *text)
{
    char *cut = NULL;
    size_t n = utf8_prefix(text, strlen(text), XLSX_TEXT_MAX);
    lxw_error rc;

    if (text[n] != '\0') {
        cut = strndup(text, n);
        if (cut == NULL) {
            fail(s, ERR_NO_MEMORY, 0);
            return;
        }
    }
    rc = worksheet_write_string(s->page, s->row, (lxw_col_t)s->column, cut != NULL ? cut : text,
                                NULL);
    free(cut);
    if (rc != LXW_NO_ERROR)
        fail(s, ERR_IO, EIO);
}

/* ---- cells ---- */

static bool cell_begins(struct sheet *s)
{
    INVARIANT(s->column < s->form.n_columns);
    return s->failed == ERR_OK;
}

static void csv_put(struct sheet *s, const char *text)
{
    csv_cell(&s->out, text, s->column == 0);
}

void sheet_text(struct sheet *s, const char *text)
{
    if (cell_begins(s)) {
        if (s->book == NULL)
            csv_put(s, text == NULL ? "" : text);
        else if (text != NULL && text[0] != '\0')
            xlsx_text(s, text);
    }
    s->column++;
}

void sheet_int(struct sheet *s, int64_t value)
{
    char text[24];

    if (cell_begins(s)) {
        snprintf(text, sizeof text, "%lld", (long long)value);
        if (s->book == NULL)
            csv_put(s, text);
        else
            xlsx_number(s, (double)value, s->formats[CELL_INT]);
    }
    s->column++;
}

void sheet_money(struct sheet *s, int64_t fen)
{
    char text[32];
    uint64_t size = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;

    if (cell_begins(s)) {
        snprintf(text, sizeof text, "%s%llu.%02llu", fen < 0 ? "-" : "",
                 (unsigned long long)(size / 100), (unsigned long long)(size % 100));
        if (s->book == NULL)
            csv_put(s, text);
        else
            xlsx_number(s, (double)fen / 100.0, s->formats[CELL_MONEY]);
    }
    s->column++;
}

static lxw_format *decimal_format(struct sheet *s, int decimals)
{
    char shape[DECIMALS_MAX + 4] = "0";

    if (decimals < 0 || decimals > DECIMALS_MAX)
        return NULL;
    if (s->decimals[decimals] == NULL) {
        if (decimals > 0)
            snprintf(shape, sizeof shape, "0.%.*s", decimals, "000000");
        s->decimals[decimals] = workbook_add_format(s->book);
        format_set_num_format(s->decimals[decimals], shape);
    }
    return s->decimals[decimals];
}

void sheet_decimal(struct sheet *s, const char *value, int decimals)
{
    if (value == NULL) {
        sheet_text(s, NULL);
        return;
    }
    if (cell_begins(s)) {
        if (s->book == NULL)
            csv_put(s, value);
        else
            xlsx_number(s, strtod(value, NULL), decimal_format(s, decimals));
    }
    s->column++;
}

/* Days since 1899-12-30, as spreadsheets count. */
static double sheet_day(date_t date)
{
    return (double)(date - date_from_ymd(1899, 12, 30));
}

void sheet_date(struct sheet *s, date_t date)
{
    char text[DATE_TEXT];

    if (date == DATE_NONE) {
        sheet_text(s, NULL);
        return;
    }
    if (cell_begins(s)) {
        date_format(date, text);
        if (s->book == NULL)
            csv_put(s, text);
        else
            xlsx_number(s, sheet_day(date), s->formats[CELL_DATE]);
    }
    s->column++;
}

void sheet_instant(struct sheet *s, int64_t ms)
{
    date_t date = date_of_instant(ms, s->form.zone_min);
    int64_t minute = (ms - instant_of_date(date, s->form.zone_min)) / 60000;
    char day[DATE_TEXT], text[DATE_TEXT + 8];

    if (ms == 0) {
        sheet_text(s, NULL);
        return;
    }
    if (cell_begins(s)) {
        date_format(date, day);
        snprintf(text, sizeof text, "%s %02d:%02d", day, (int)(minute / 60) % 24,
                 (int)(minute % 60));
        if (s->book == NULL)
            csv_put(s, text);
        else
            xlsx_number(s, sheet_day(date) + (double)minute / 1440.0, s->formats[CELL_INSTANT]);
    }
    s->column++;
}

void sheet_row_end(struct sheet *s)
{
    if (s->book == NULL) {
        for (; s->column < s->form.n_columns; s->column++)
            csv_put(s, "");
        csv_row_end(&s->out);
        if (s->out.failed || s->out.len >= FLUSH_BYTES)
            csv_flush(s);
    } else if (++s->row == XLSX_ROWS_MAX)
        xlsx_page(s);
    s->column = 0;
}

/* ---- life cycle ---- */

enum err_code sheet_open(const struct sheet_form *form, struct sheet **ret, struct err *err)
{
    CLEANUP(sheet_abandonp) struct sheet *s = calloc(1, sizeof *s);
    char path[TEMPORARY_PATH];

    if (s == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a sheet");
    INVARIANT(form->n_columns > 0 && form->n_columns <= SHEET_COLUMNS_MAX);
    s->form = *form;
    s->fd = -1;
    buf_init(&s->out, CSV_ROW_MAX);
    TRY(temporary_file(form->folder, &s->fd, path, err));
    if (form->kind == SHEET_CSV)
        csv_begin(s);
    else
        TRY(xlsx_begin(s, path, err));
    *ret = s;
    s = NULL;
    return ERR_OK;
}

void sheet_abandonp(struct sheet **sheet)
{
    struct sheet *s = *sheet;

    if (s == NULL)
        return;
    if (s->book != NULL)
        lxw_workbook_free(s->book);
    if (s->fd >= 0)
        close(s->fd);
    buf_release(&s->out);
    free(s);
    *sheet = NULL;
}

static enum err_code xlsx_finish(struct sheet *s, struct err *err)
{
    lxw_error rc = workbook_close(s->book); /* frees it */

    s->book = NULL;
    return rc == LXW_NO_ERROR ? ERR_OK : xlsx_error(err, rc);
}

enum err_code sheet_finish(struct sheet **sheet, int *ret_fd, int64_t *ret_bytes, struct err *err)
{
    struct sheet *s = *sheet;
    struct stat st;

    if (s->book == NULL)
        csv_flush(s);
    if (s->failed != ERR_OK)
        return s->failed_errno != 0 ? disk_error(err, s->failed_errno)
                                    : err_set(err, s->failed, "a row of the sheet is too large");
    if (s->book != NULL)
        TRY(xlsx_finish(s, err));
    if (fstat(s->fd, &st) != 0 || lseek(s->fd, 0, SEEK_SET) != 0)
        return disk_error(err, errno);
    *ret_fd = s->fd;
    *ret_bytes = st.st_size;
    s->fd = -1;
    sheet_abandonp(sheet);
    return ERR_OK;
}
