/* Lists and counts as files to keep: CSV and XLSX. A list leaves only for whom MAY_EXPORT lets, and
 * what left stands in the access log before the file is sent. */
#include <stdio.h>
#include <string.h>

#include "insight/cross.h"
#include "insight/list_export.h"
#include "insight/sheet.h"
#include "web/api.h"
#include "work/access.h"

#define SLICE_BYTES ((size_t)16 * 1024 * 1024)

static enum err_code read_kind(struct call *call, enum sheet_kind *ret)
{
    struct record_facts own = {.body_path = call->op->actor.body_path};
    const char *format = request_query(call->req, "format");

    if (!sheet_kind_find(format, ret))
        return call_bad_choice(call, "format", format, "json, csv, xlsx");
    if (!may(&call->op->actor, MAY_EXPORT, &own).yes)
        return call_refuse(call, ERR_FORBIDDEN, "format", "role", "您的岗位不能导出，可以打印。",
                           "Your role does not take lists out; you can print them.");
    return ERR_OK;
}

/* Ends the sheet, records that it left, and gives it to the answer. */
static enum err_code send_sheet(struct call *call, struct sheet **sheet, enum sheet_kind kind,
                                const char *name, int64_t rows)
{
    struct op *op = call->op;
    struct changes *ch = changes_new(op);
    char day[DATE_TEXT];
    int64_t bytes;
    int fd;

    TRY(sheet_finish(sheet, &fd, &bytes, &op->err));
    date_format(call_today(call), day);
    response_file(call->resp, sheet_content_type(kind),
                  arena_printf(op->arena, "%s-%s%s", name, day, sheet_suffix(kind)), fd, bytes);
    access_add(op, ch, 0, "export",
               arena_printf(op->arena, "%s%s %lld", name, sheet_suffix(kind), (long long)rows));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- lists ---- */

static const struct sheet_column row_columns[] = {
    {"编号", 16},     {"种类", 8},  {"状态", 12},     {"单位", 22},     {"承办人", 10},
    {"等谁", 10},     {"来源", 14}, {"收到时间", 17}, {"到期", 12},     {"期限", 10},
    {"类别", 16},     {"问题", 12}, {"商家", 26},     {"消费者", 10},   {"标题", 40},
    {"涉及金额", 12}, {"结果", 14}, {"挽回", 12},     {"办结时间", 17}, {"评分", 6},
};
#define ROW_COLUMNS (sizeof row_columns / sizeof row_columns[0])

static void put_label(struct call *call, struct sheet *sheet, enum list_by by, const char *key)
{
    sheet_text(sheet, key == NULL || key[0] == '\0' ? NULL : label_of_key(call, by, key).zh);
}

/* A date counted into a year without a notice says so. */
static void put_level(struct call *call, struct sheet *sheet, const struct list_row *row)
{
    const char *level = row->open ? due_level_name(row->level) : "ended";
    char text[96];

    snprintf(text, sizeof text, "%s%s", label_of_key(call, BY_LEVEL, level).zh,
             row->open && row->next.provisional ? "（暂定）" : "");
    sheet_text(sheet, text);
}

static void put_row(struct call *call, struct sheet *sheet, const struct list_row *row)
{
    sheet_text(sheet, row->number);
    put_label(call, sheet, BY_KIND, row->kind);
    put_label(call, sheet, BY_STATUS, row->status);
    put_label(call, sheet, BY_BODY, row->body);
    sheet_text(sheet, row->officer_display);
    put_label(call, sheet, BY_WAITING_FOR, row->waiting_for);
    put_label(call, sheet, BY_CHANNEL, row->channel);
    sheet_instant(sheet, row->received_at);
    sheet_date(sheet, row->next.due);
    put_level(call, sheet, row);
    put_label(call, sheet, BY_CATEGORY, row->category);
    sheet_text(sheet, row->problem == NULL
                          ? NULL
                          : setup_label(call->op->setup, "problems", row->problem).zh);
    sheet_text(sheet, row->respondent);
    sheet_text(sheet, row->consumer);
    sheet_text(sheet, row->title);
    sheet_money(sheet, row->amount_fen);
    put_label(call, sheet, BY_OUTCOME, row->outcome);
    sheet_money(sheet, row->recovered_fen);
    sheet_instant(sheet, row->ended_at);
    if (row->rating > 0)
        sheet_int(sheet, row->rating);
    sheet_row_end(sheet);
}

/* Each slice has a snapshot and memory of its own. */
static enum err_code put_slices(struct call *call, struct sheet *sheet, struct export *export,
                                int64_t *ret_rows)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(SLICE_BYTES);
    struct op slice = op_apart(call->op, arena);
    struct list_row *rows;
    size_t n;

    if (arena == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "an export");
    *ret_rows = 0;
    while (export->at < export->n) {
        enum err_code rc = export_next(&slice, export, &rows, &n);

        if (rc != ERR_OK) {
            call->op->err = slice.err;
            return rc;
        }
        for (size_t i = 0; i < n; i++)
            put_row(call, sheet, &rows[i]);
        *ret_rows += (int64_t)n;
        arena_reset(arena);
    }
    return ERR_OK;
}

enum err_code matters_save(struct call *call, const struct list_filter *filter)
{
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    CLEANUP(export_release) struct export export = {0};
    struct sheet_form form = {.title = "诉求",
                              .columns = row_columns,
                              .n_columns = ROW_COLUMNS,
                              .made_ms = call->op->now_ms,
                              .zone_min = call->op->zone_min,
                              .mark = true};
    int64_t rows;

    TRY(read_kind(call, &form.kind));
    TRY(export_find(call->op, filter, &export));
    TRY(sheet_open(&form, &sheet, &call->op->err));
    TRY(put_slices(call, sheet, &export, &rows));
    return send_sheet(call, &sheet, form.kind, "matters", rows);
}

/* ---- counts ---- */

static enum err_code table_columns(struct call *call, const struct cross_table *table,
                                   const struct sheet_column **ret, size_t *ret_n)
{
    bool one = table->and == CROSS_NOTHING;
    size_t n = one ? 0 : table->n_columns;
    struct sheet_column *columns = ARENA_ARRAY(call->op->arena, struct sheet_column, n + 2);

    if (columns == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "columns of a sheet");
    if (n + 2 > SHEET_COLUMNS_MAX)
        return call_refuse(call, ERR_INVALID, "and", "too_many",
                           "表头超过 118 列，请把两列对调，或者缩小范围",
                           "More than 118 columns: swap the two, or narrow the filter");
    columns[0] = (struct sheet_column){cross_column_label(table->by).zh, 26};
    for (size_t i = 0; i < n; i++)
        columns[i + 1] = (struct sheet_column){
            cross_key_label(call, table, table->and, table->columns[i].key).zh, 12};
    columns[n + 1] = (struct sheet_column){one ? "件数" : "合计", 10};
    *ret = columns;
    *ret_n = n + 2;
    return ERR_OK;
}

static void put_table(struct call *call, struct sheet *sheet, const struct cross_table *table)
{
    size_t n = table->and == CROSS_NOTHING ? 0 : table->n_columns, cell = 0;

    for (size_t i = 0; i < table->n_rows; i++) {
        sheet_text(sheet, cross_key_label(call, table, table->by, table->rows[i].key).zh);
        for (size_t j = 0; j < n; j++) {
            bool there = cell < table->n_cells && table->cells[cell].row == i &&
                         table->cells[cell].column == j;

            sheet_int(sheet, there ? table->cells[cell].n : 0);
            cell += there ? 1 : 0;
        }
        sheet_int(sheet, table->rows[i].n);
        sheet_row_end(sheet);
    }
    sheet_text(sheet, table->overlap ? "合计（一件只算一次）" : "合计");
    for (size_t j = 0; j < n; j++)
        sheet_int(sheet, table->columns[j].n);
    sheet_int(sheet, table->total);
    sheet_row_end(sheet);
}

enum err_code table_save(struct call *call, const struct cross_table *table)
{
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    struct sheet_form form = {
        .title = "计数", .made_ms = call->op->now_ms, .zone_min = call->op->zone_min, .mark = true};

    TRY(read_kind(call, &form.kind));
    TRY(table_columns(call, table, &form.columns, &form.n_columns));
    TRY(sheet_open(&form, &sheet, &call->op->err));
    put_table(call, sheet, table);
    return send_sheet(call, &sheet, form.kind, "count", (int64_t)table->n_rows);
}
