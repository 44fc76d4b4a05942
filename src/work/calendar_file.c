/* A notice as a file: JSON as in packs/calendars, or a table of days. */
#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "work/calendars.h"
#include "work/setup.h"

enum { C_YEAR, C_DATE, C_NAME, C_OFF, C_PAPER, C_COUNT };
static const char *const columns[C_COUNT] = {"year", "date", "name", "is_off_day", "paper"};

static enum err_code bad_row(struct op *op, size_t row, const char *column, const char *zh,
                             const char *en)
{
    return err_field(&op->err, ERR_INVALID, arena_printf(op->arena, "rows.%zu.%s", row, column),
                     column, zh, en);
}

static enum err_code read_head(struct op *op, const struct csv_record *head, int at[C_COUNT])
{
    for (int c = 0; c < C_COUNT; c++) {
        at[c] = -1;
        for (size_t i = 0; i < head->n; i++)
            if (strcmp(head->cells[i], columns[c]) == 0)
                at[c] = (int)i;
        if (at[c] < 0)
            return err_field(&op->err, ERR_INVALID, columns[c], "missing",
                             "表头要有 year、date、name、is_off_day、paper。",
                             "The columns are year, date, name, is_off_day, paper.");
    }
    return ERR_OK;
}

/* The name of a holiday in English, as the calendar that comes with the program has it. */
static const char *english(const json_t *base, const char *zh)
{
    const json_t *years = json_object_get(base, "years");

    for (size_t y = json_array_size(years); y-- > 0;) {
        const json_t *list = json_object_get(json_array_get(years, y), "holidays");

        for (size_t h = 0; h < json_array_size(list); h++) {
            const json_t *name = json_object_get(json_array_get(list, h), "name");
            const char *its = json_string_value(json_object_get(name, "zh"));

            if (its != NULL && strcmp(its, zh) == 0)
                return json_string_value(json_object_get(name, "en"));
        }
    }
    return zh;
}

/* The element of a list whose member is that number or, of a holiday's name, that text. */
static json_t *year_of(json_t *years, int64_t year, const char *paper)
{
    json_t *fresh;

    for (size_t i = 0; i < json_array_size(years); i++) {
        json_t *y = json_array_get(years, i);

        if (json_integer_value(json_object_get(y, "year")) == year)
            return y;
    }
    fresh = json_pack("{s:I, s:[s], s:[]}", "year", (json_int_t)year, "papers", paper, "holidays");
    return json_array_append_new(years, fresh) == 0 ? fresh : NULL;
}

static json_t *holiday_of(json_t *year, const char *zh, const char *en)
{
    json_t *list = json_object_get(year, "holidays"), *fresh;

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *h = json_array_get(list, i);

        if (strcmp(json_string_value(json_object_get(json_object_get(h, "name"), "zh")), zh) == 0)
            return h;
    }
    fresh = json_pack("{s:{s:s, s:s}, s:[], s:[]}", "name", "zh", zh, "en", en, "off", "work");
    return json_array_append_new(list, fresh) == 0 ? fresh : NULL;
}

static enum err_code read_row(struct op *op, const struct csv_record *r, size_t row,
                              const int at[C_COUNT], json_t *years)
{
    const char *cell[C_COUNT];
    json_t *year, *holiday;
    int64_t number;

    for (int c = 0; c < C_COUNT; c++)
        cell[c] = (size_t)at[c] < r->n ? r->cells[at[c]] : "";
    if (!text_int64(cell[C_YEAR], &number))
        return bad_row(op, row, "year", "年份要写成 2027。", "A year like 2027 is expected.");
    if (date_parse(cell[C_DATE]) == DATE_NONE)
        return bad_row(op, row, "date", "日期要写成 2027-10-01。", "YYYY-MM-DD is expected.");
    if (cell[C_NAME][0] == '\0')
        return bad_row(op, row, "name", "缺节日名称。", "The holiday's name is missing.");
    if (strcmp(cell[C_OFF], "0") != 0 && strcmp(cell[C_OFF], "1") != 0)
        return bad_row(op, row, "is_off_day", "1 是放假，0 是上班。", "1 is off, 0 is worked.");
    year = year_of(years, number, cell[C_PAPER]);
    holiday = year == NULL
                  ? NULL
                  : holiday_of(year, cell[C_NAME], english(op->setup->calendar_base, cell[C_NAME]));
    if (holiday == NULL ||
        json_array_append_new(json_object_get(holiday, cell[C_OFF][0] == '1' ? "off" : "work"),
                              json_string(cell[C_DATE])) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "calendar file");
    return ERR_OK;
}

static enum err_code read_table(struct op *op, const char *bytes, size_t n, json_t *years)
{
    struct csv_reader reader;
    struct csv_record r;
    int at[C_COUNT];
    bool more;

    csv_open(&reader, bytes, n);
    TRY(csv_next(&reader, op->arena, &r, &more, &op->err));
    if (!more)
        return err_field(&op->err, ERR_INVALID, "", "empty", "文件是空的。", "The file is empty.");
    TRY(read_head(op, &r, at));
    for (;;) {
        TRY(csv_next(&reader, op->arena, &r, &more, &op->err));
        if (!more)
            return ERR_OK;
        if (r.n > 1 || r.cells[0][0] != '\0')
            TRY(read_row(op, &r, reader.row, at, years));
    }
}

static enum err_code read_json(struct op *op, const char *bytes, size_t n, json_t **ret)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    json_t *years;

    TRY(json_parse(bytes, n, &root, &op->err));
    years = json_object_get(root, "years");
    if (json_is_array(years))
        *ret = json_incref(years);
    else if (json_object_get(root, "year") != NULL)
        *ret = json_pack("[O]", root);
    else
        return err_field(&op->err, ERR_INVALID, "year", "missing",
                         "文件里要有一年 {\"year\": …} 或几年 {\"years\": […]}。",
                         "The file holds one year {\"year\": …} or several {\"years\": […]}.");
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "calendar file") : ERR_OK;
}

enum err_code calendar_read_file(struct op *op, const char *bytes, size_t n, json_t **ret)
{
    size_t blank = 0;
    enum err_code rc;

    while (blank < n && strchr(" \t\r\n", bytes[blank]) != NULL)
        blank++;
    if (blank < n && (bytes[blank] == '{' || bytes[blank] == '['))
        return read_json(op, bytes, n, ret);
    *ret = json_array();
    rc = *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "calendar file")
                      : read_table(op, bytes, n, *ret);
    if (rc != ERR_OK) {
        json_decref(*ret);
        *ret = NULL;
    }
    return rc;
}
