/* Registers: sheets out and in, figures and what stands behind them, public pages. */
#include <string.h>

#include "insight/qr.h"
#include "web/api.h"
#include "web/api_registers.h"
#include "web/register_forms.h"
#include "work/entry_figures.h"
#include "work/entry_public.h"
#include "work/entry_self_check.h"
#include "work/entry_sheet.h"
#include "work/entry_slips.h"

/* ---- sheets ---- */

static enum err_code answer_sheet(struct call *call, const struct register_def *def,
                                  enum sheet_kind kind, int fd, int64_t bytes)
{
    char day[DATE_TEXT];

    date_format(call_today(call), day);
    response_file(
        call->resp, sheet_content_type(kind),
        arena_printf(call->op->arena, "%s-%s%s", def->flow.label.zh, day, sheet_suffix(kind)), fd,
        bytes);
    return ERR_OK;
}

static enum err_code export(struct call *call, enum sheet_kind kind) {
    const struct register_def *def; struct entry_filter filter; int64_t bytes; int fd;

    TRY(call_register(call, &def));
    TRY(call_entry_filter(call, def, &filter));
    TRY(entry_export(call->op, &filter, kind, &fd, &bytes));
    return answer_sheet(call, def, kind, fd, bytes);
}

enum err_code entries_csv_get(struct call *call)
{
    return export(call, SHEET_CSV);
}

enum err_code entries_xlsx_get(struct call *call)
{
    return export(call, SHEET_XLSX);
}

enum err_code register_template_get(struct call *call)
{
    const struct register_def *def;
    int64_t bytes;
    int fd;

    TRY(call_register(call, &def));
    TRY(entry_template(call->op, def, request_query(call->req, "act"), &fd, &bytes));
    return answer_sheet(call, def, SHEET_CSV, fd, bytes);
}

enum err_code register_import_post(struct call *call)
{
    const struct register_def *def;

    TRY(call_register(call, &def));
    return entry_import(call->op, def, body_text(call->body, "act"),
                        json_object_get(call->body, "rows"), body_bool(call->body, "dry_run"),
                        call_answer(call, 200));
}

/* ---- figures ---- */

static enum err_code read_period(struct call *call, struct period *ret)
{
    const char *text = request_query(call->req, "period");

    if (text != NULL && *text != '\0')
        return period_parse(text, ret, &call->op->err);
    *ret = period_of_month(date_month_index(call_today(call)));
    return ERR_OK;
}

static const char *body_of(struct call *call)
{
    const char *code = request_query(call->req, "body");

    return code == NULL || *code == '\0' ? call->op->actor.body : code;
}

enum err_code register_figures_get(struct call *call)
{
    const struct register_def *def;
    struct period period;

    TRY(call_register(call, &def));
    TRY(read_period(call, &period));
    return entry_figures_view(call->op, def, body_of(call), &period, call_answer(call, 200));
}

enum err_code register_figure_entries_get(struct call *call)
{
    const struct body *body = setup_body(call->op->setup, body_of(call));
    const char *value = request_query(call->req, "value"),
               *cursor = request_query(call->req, "cursor");
    struct entry_filter f = {.open = -1, .n_values = 1};
    const struct register_def *def;
    struct period period;
    int64_t limit;

    TRY(call_register(call, &def));
    TRY(read_period(call, &period));
    TRY(entry_measure_value(call->op, def, request_param(call->req, "measure"),
                            request_query(call->req, "dimension"), &f.values[0].field));
    TRY(call_query_int(call, "limit", 1, 200, 50, &limit));
    f.def = def;
    f.values[0].value = value == NULL ? "" : value;
    f.body_path = body == NULL ? "/-/" : body->path;
    f.from = period.first;
    f.to = period.last;
    f.cursor = cursor == NULL || *cursor == '\0' ? NULL : cursor;
    f.max = (size_t)limit;
    return entry_list_view(call->op, &f, call_answer(call, 200));
}

enum err_code register_behind_get(struct call *call)
{
    const char *frequency = request_query(call->req, "frequency");
    const struct register_def *def;
    struct period period;

    TRY(call_register(call, &def));
    TRY(read_period(call, &period));
    return entry_behind_view(call->op, def, frequency == NULL ? "" : frequency, &period,
                             body_of(call), call_answer(call, 200));
}

/* ---- one-time codes ---- */

enum err_code entry_slips_get(struct call *call)
{
    const struct register_def *def;
    int64_t bytes;
    int fd;

    TRY(call_register(call, &def));
    TRY(entry_slips_sheet(call->op, def, request_param(call->req, "number"), &fd, &bytes));
    return answer_sheet(call, def, SHEET_CSV, fd, bytes);
}

static const struct form_field answer_fields[] = {
    {"slip", INPUT_TEXT, .required = true, .max_bytes = 60, .max_chars = 30, .zh = "一次性码",
     .en = "The one-time code"},
    {"fields", INPUT_OBJECT, .required = true, .zh = "各项内容", .en = "The fields"},
};
const struct form form_answer = {answer_fields, sizeof answer_fields / sizeof answer_fields[0]};

/* ---- the public ---- */

enum err_code public_registers_get(struct call *call)
{
    return entry_public_registers(call->op, call_answer(call, 200));
}

enum err_code public_register_get(struct call *call)
{
    const char *cursor = request_query(call->req, "cursor");
    int64_t limit;

    TRY(call_query_int(call, "limit", 1, 100, 20, &limit));
    return entry_public_list(call->op, request_param(call->req, "id"),
                             cursor == NULL || *cursor == '\0' ? NULL : cursor, (size_t)limit,
                             call_answer(call, 200));
}

enum err_code public_entry_get(struct call *call)
{
    return entry_public_view(call->op, request_param(call->req, "code"), call_answer(call, 200));
}

/* For a plaque or a notice: leads to the page of the entry. */
enum err_code public_qr_get(struct call *call)
{
    const char *address;

    TRY(entry_public_address(call->op, request_param(call->req, "code"), &address));
    call->resp->status = 200;
    call->resp->content_type = "image/svg+xml";
    return qr_svg(address, &call->resp->body)
               ? ERR_OK
               : err_set(&call->op->err, ERR_NO_MEMORY, "a code to be scanned");
}

enum err_code public_answer_get(struct call *call)
{
    return entry_slips_form(call->op, request_param(call->req, "code"), call_answer(call, 200));
}

enum err_code public_answer_post(struct call *call)
{
    return entry_slips_answer(call->op, request_param(call->req, "code"), call->body,
                              call_answer(call, 201));
}

static const struct form_field check_fields[] = {
    {"fields", INPUT_OBJECT, .required = true, .zh = "各项内容", .en = "The fields"},
};
const struct form form_self_check = {check_fields, sizeof check_fields / sizeof check_fields[0]};

enum err_code public_check_get(struct call *call)
{
    return entry_self_check_form(call->op, request_param(call->req, "id"), call_answer(call, 200));
}

enum err_code public_check_post(struct call *call)
{
    return entry_self_check(call->op, request_param(call->req, "id"), call->body,
                            call_answer(call, 200));
}
