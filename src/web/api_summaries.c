/* Bulletins and summaries: made, issued, printed, and read. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "web/api.h"
#include "web/summary_call.h"
#include "web/summary_forms.h"
#include "web/web_internal.h"
#include "work/setup.h"
#include "work/staff.h"
#include "work/summary.h"
#include "work/view.h"

#define DOCUMENT_MAX ((size_t)64 << 20)
#define LIST_MAX 200

static const struct form_field summary_fields[] = {
    {"form", INPUT_TEXT, .required = true, .max_bytes = 24, .zh = "通报种类", .en = "The kind"},
    {"body", INPUT_TEXT, .max_bytes = 32, .zh = "单位", .en = "The body"},
    {"period", INPUT_TEXT, .required = true, .max_bytes = 24, .zh = "期间", .en = "The period"},
    {"reports", INPUT_BOOL, .zh = "含举报数", .en = "With figures of reports"},
    {"title", INPUT_TEXT, .max_bytes = 300, .zh = "标题", .en = "The title"},
    {"corrects", INPUT_TEXT, .max_bytes = 100, .zh = "更正哪一份", .en = "What it corrects"},
};
const struct form form_summary = {summary_fields, sizeof summary_fields / sizeof summary_fields[0]};
const struct form form_nothing = {NULL, 0};

static enum err_code answer_summary(struct call *call, const struct record *r, int status)
{
    call_answer(call, status);
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r->version);
    json_object_begin(&call->w);
    summary_write_head(call, r);
    json_object_end(&call->w);
    return ERR_OK;
}

/* ---- making ---- */

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

enum err_code summaries_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const char *body = body_text(call->body, "body"), *title = body_text(call->body, "title");
    const char *period = body_text(call->body, "period"),
               *corrects = body_text(call->body, "corrects");
    const json_t *reports = json_object_get(call->body, "reports");
    struct summary_request request = {.form = body_text(call->body, "form"),
                                      .body = given(body) ? body : call->op->actor.body,
                                      .title = given(title) ? title : NULL,
                                      .corrects = given(corrects) ? corrects : NULL};
    const struct body *b = setup_body(call->op->setup, request.body);

    if (b != NULL)
        request.body = b->code; /* the actor's own copy changes while figures are counted */
    TRY(period_parse(period, &request.period, &call->op->err));
    request.reports = reports == NULL
                          ? b != NULL && figures_report_counts(&call->op->actor, b->path)
                          : json_is_true(reports);
    TRY(summary_save(call->op, call->web->options.summaries, call->web->options.indicators,
                     &request, &r));
    response_headerf(call->resp, "Location", "/api/v1/summaries/%s", record_member(&r, "key"));
    return answer_summary(call, &r, 201);
}

enum err_code summary_act_post(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    int64_t version;

    TRY(request_if_match(call->req, &version, &call->op->err));
    TRY(snapshot_open(call->op, &snap));
    TRY(summary_by_key(call->op, snap, request_param(call->req, "key"), &r));
    TRY(summary_act(call->op, call->web->options.summaries, call->web->options.indicators, &r,
                    request_param(call->req, "act"), version));
    return answer_summary(call, &r, 200);
}

/* ---- reading ---- */

static enum err_code read_cursor(struct call *call, struct summaries_filter *f)
{
    const char *cursor = request_query(call->req, "cursor"), *dot;
    int64_t day;

    f->after_day = INT32_MAX;
    f->after_id = INT64_MAX;
    if (cursor == NULL || cursor[0] == '\0')
        return ERR_OK;
    dot = strchr(cursor, '.');
    if (dot != NULL && text_int64(dot + 1, &f->after_id)) {
        const char *first = arena_strndup(call->op->arena, cursor, (size_t)(dot - cursor));

        if (first != NULL && text_int64(first, &day) && day > INT32_MIN && day <= INT32_MAX) {
            f->after_day = (date_t)day;
            return ERR_OK;
        }
    }
    return call_refuse(call, ERR_INVALID, "cursor", "cursor", "翻页的位置读不懂，从第一页看起",
                       "The cursor cannot be read; begin with the first page");
}

enum err_code summaries_get(struct call *call)
{
    struct summaries_filter f = {.body = call_query_text(call, "body"),
                                 .form = call_query_text(call, "form"),
                                 .status = call_query_text(call, "status")};
    struct record *list = ARENA_ARRAY(call->op->arena, struct record, LIST_MAX);
    struct json_writer *w;
    int64_t limit;
    bool more;
    size_t n;

    if (list == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "no memory for a list");
    if (f.status != NULL && strcmp(f.status, "draft") != 0 && strcmp(f.status, "issued") != 0)
        return call_bad_choice(call, "status", f.status, "draft, issued");
    TRY(call_query_int(call, "limit", 1, LIST_MAX, 50, &limit));
    TRY(read_cursor(call, &f));
    f.max = (size_t)limit;
    TRY(summaries_list(call->op, &f, list, &n, &more));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        json_object_begin(w);
        summary_write_head(call, &list[i]);
        json_object_end(w);
    }
    json_array_end(w);
    if (more)
        json_text(w, "next",
                  arena_printf(call->op->arena, "%lld.%lld",
                               (long long)record_number(&list[n - 1], "day"),
                               (long long)list[n - 1].id));
    else
        json_none(w, "next");
    json_object_end(w);
    for (size_t i = 0; i < n; i++)
        record_release(&list[i]);
    return ERR_OK;
}

enum err_code summaries_missing_get(struct call *call)
{
    const char *body = call_query_text(call, "body");

    return summaries_missing_view(call->op, call->web->options.summaries,
                                  body == NULL ? call->op->actor.body : body,
                                  call_answer(call, 200));
}

enum err_code summary_forms_get(struct call *call)
{
    static const char *const periods[] = {"year", "half", "quarter", "month", "days"};
    struct json_writer *w = call_answer(call, 200);

    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < summary_forms_count(call->web->options.summaries); i++) {
        const struct summary_form *f = summary_forms_at(call->web->options.summaries, i);

        json_object_begin(w);
        json_text(w, "id", f->id);
        view_label(w, "label", &f->label);
        json_open_array(w, "periods");
        for (unsigned k = 0; k < 5; k++)
            if ((f->periods >> k & 1) != 0)
                json_put_text(w, periods[k]);
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code summary_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL, *now = NULL;
    enum err_code rc;

    TRY(summary_of_path(call, &snap, &r));
    TRY(summary_content(call->op, &r, &content));
    rc = summary_now(call->op, call->web->options.summaries, call->web->options.indicators, &r,
                     &now);
    if (rc != ERR_OK && rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&call->op->err);
    call_answer(call, 200);
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r.version);
    json_object_begin(&call->w);
    summary_write_head(call, &r);
    summary_write_content(call, content, record_member(&r, "key"));
    summary_write_changes(call, content, now);
    summary_write_instant(call, "as_of", call->op->now_ms);
    json_object_end(&call->w);
    return ERR_OK;
}

enum err_code summary_document_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const char *name = call_query_text(call, "format"), *file;
    enum document_format format;

    if (name == NULL || !document_format_find(name, &format))
        return call_bad_choice(call, "format", name, "md, docx, xlsx");
    TRY(summary_of_path(call, &snap, &r));
    TRY(summary_bytes(call->op, &r, format, embedded_packs, &call->resp->body));
    call->resp->status = 200;
    call->resp->content_type = document_content_type(format);
    file =
        arena_printf(call->op->arena, "%s%s", record_member(&r, "title"), document_suffix(format));
    response_download(call->resp, file == NULL ? "summary" : file);
    return ERR_OK;
}
