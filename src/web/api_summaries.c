/* Bulletins and summaries: made, issued, printed, and what their figures were and are. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "web/api.h"
#include "web/summary_forms.h"
#include "web/web_internal.h"
#include "work/setup.h"
#include "work/staff.h"
#include "work/summary.h"
#include "work/view.h"

#define DOCUMENT_MAX ((size_t)64 << 20)
#define LIST_MAX 200
#define DIFFERENCES_MAX 200
#define MEMBERS_PAGE 50

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

static const struct indicators *indicators_of(const struct call *call)
{
    return call->web->options.indicators;
}

static const struct summary_forms *forms_of(const struct call *call)
{
    return call->web->options.summaries;
}

/* ---- a summary as JSON ---- */

static void write_instant(struct call *call, const char *key, int64_t ms)
{
    char text[INSTANT_TEXT];

    if (ms == 0) {
        json_none(&call->w, key);
        return;
    }
    instant_format(ms, call->op->zone_min, text);
    json_text(&call->w, key, text);
}

static void write_person(struct call *call, const char *key, int64_t id)
{
    struct officer officer;

    if (id <= 0 || officer_by_id(call->op, id, &officer) != ERR_OK)
        json_none(&call->w, key);
    else
        json_text(&call->w, key, officer.display);
}

/* Members of schema Summary, into an object that is open. */
static void write_head(struct call *call, const struct record *r)
{
    struct json_writer *w = &call->w;
    const char *body = record_member(r, "body"), *form = record_member(r, "form");
    const struct body *b = setup_body(call->op->setup, body);
    const struct summary_form *f = summary_forms_find(forms_of(call), form);
    struct label name = b == NULL ? (struct label){body, body} : b->name;
    struct label kind = f == NULL ? (struct label){form, form} : f->label;
    bool draft = strcmp(record_member(r, "status"), "draft") == 0;

    json_text(w, "key", record_member(r, "key"));
    json_int(w, "version", r->version);
    json_text(w, "status", record_member(r, "status"));
    json_text(w, "form", form);
    view_label(w, "form_label", &kind);
    json_text(w, "title", record_member(r, "title"));
    json_text(w, "body", body);
    view_label(w, "body_name", &name);
    json_text(w, "period", record_member(r, "period"));
    json_bool(w, "reports", json_is_true(json_object_get(r->state, "reports")));
    json_int(w, "position", record_number(r, "position"));
    json_int(w, "n_figures", record_number(r, "n_figures"));
    write_person(call, "made_by", record_number(r, "made_by"));
    write_instant(call, "made_at", record_number(r, "made_at"));
    write_person(call, "issued_by", record_number(r, "issued_by"));
    write_instant(call, "issued_at", record_number(r, "issued_at"));
    json_text(w, "corrects", record_member(r, "corrects"));
    json_bool(w, "may_issue", draft && summary_may(call->op, r, MAY_ISSUE_SUMMARY));
    json_bool(w, "may_write", draft && summary_may(call->op, r, MAY_WRITE_SUMMARY));
    json_bool(w, "may_correct", !draft && summary_may(call->op, r, MAY_WRITE_SUMMARY));
}

static const json_t *figure_with_id(const json_t *content, const json_t *figure)
{
    return content == NULL
               ? NULL
               : summary_figure(content, json_string_value(json_object_get(figure, "id")));
}

static bool same_value(const json_t *a, const json_t *b)
{
    static const char *const members[] = {"value", "num", "den"};

    for (size_t i = 0; i < 3; i++) {
        const json_t *x = json_object_get(a, members[i]), *y = json_object_get(b, members[i]);

        if (!json_equal((json_t *)(uintptr_t)x, (json_t *)(uintptr_t)y))
            return false;
    }
    return true;
}

static void write_member(struct json_writer *w, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    json_key(w, key);
    if (value == NULL)
        json_put_null(w);
    else
        json_put_tree(w, value);
}

/* Figures that are other now: their position, value, num, den. */
static void write_changes(struct call *call, const json_t *content, const json_t *now)
{
    const json_t *figures = json_object_get(content, "figures");
    struct json_writer *w = &call->w;

    json_open_array(w, "changed");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *f = json_array_get(figures, i), *other = figure_with_id(now, f);

        if (other == NULL || same_value(f, other))
            continue;
        json_object_begin(w);
        json_int(w, "figure", (int64_t)i);
        write_member(w, other, "value");
        write_member(w, other, "num");
        write_member(w, other, "den");
        json_object_end(w);
    }
    json_array_end(w);
}

/* Schema SummaryFigure without the places of its matters. */
static void write_figure(struct json_writer *w, const json_t *f, const char *key)
{
    static const char *const members[] = {"form", "label",    "unit",      "value",      "num",
                                          "den",  "decimals", "indicator", "definition", "meaning",
                                          "of",   "register", "measure"};
    CLEANUP(buf_release) struct buf id = BUF_UP_TO(4096);

    buf_addf(&id, "%s@%s", json_string_value(json_object_get(f, "id")), key);
    json_text(w, "id", buf_text(&id));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        write_member(w, f, members[i]);
    json_bool(w, "traced", json_object_get(f, "at") != NULL);
}

static void write_content(struct call *call, const json_t *content, const char *key)
{
    struct json_writer *w = &call->w;
    const json_t *figures = json_object_get(content, "figures");

    json_open_array(w, "figures");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        json_object_begin(w);
        write_figure(w, json_array_get(figures, i), key);
        json_object_end(w);
    }
    json_array_end(w);
    write_member(w, content, "blocks");
}

static enum err_code answer_summary(struct call *call, const struct record *r, int status)
{
    call_answer(call, status);
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r->version);
    json_object_begin(&call->w);
    write_head(call, r);
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
    TRY(summary_save(call->op, forms_of(call), indicators_of(call), &request, &r));
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
    TRY(summary_act(call->op, forms_of(call), indicators_of(call), &r,
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

static const char *given_query(struct call *call, const char *name)
{
    const char *value = request_query(call->req, name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

enum err_code summaries_get(struct call *call)
{
    struct summaries_filter f = {.body = given_query(call, "body"),
                                 .form = given_query(call, "form"),
                                 .status = given_query(call, "status")};
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
        write_head(call, &list[i]);
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

enum err_code summary_forms_get(struct call *call)
{
    static const char *const periods[] = {"year", "half", "quarter", "month", "days"};
    struct json_writer *w = call_answer(call, 200);

    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < summary_forms_count(forms_of(call)); i++) {
        const struct summary_form *f = summary_forms_at(forms_of(call), i);

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

static enum err_code load(struct call *call, struct snapshot **snap, struct record *r)
{
    TRY(snapshot_open(call->op, snap));
    return summary_by_key(call->op, *snap, request_param(call->req, "key"), r);
}

enum err_code summary_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL, *now = NULL;
    enum err_code rc;

    TRY(load(call, &snap, &r));
    TRY(summary_content(call->op, &r, &content));
    rc = summary_now(call->op, forms_of(call), indicators_of(call), &r, &now);
    if (rc != ERR_OK && rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&call->op->err);
    call_answer(call, 200);
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r.version);
    json_object_begin(&call->w);
    write_head(call, &r);
    write_content(call, content, record_member(&r, "key"));
    write_changes(call, content, now);
    write_instant(call, "as_of", call->op->now_ms);
    json_object_end(&call->w);
    return ERR_OK;
}

enum err_code summary_document_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const char *name = given_query(call, "format"), *file;
    enum document_format format;

    if (name == NULL || !document_format_find(name, &format))
        return call_bad_choice(call, "format", name, "md, docx, xlsx");
    TRY(load(call, &snap, &r));
    TRY(summary_bytes(call->op, &r, format, embedded_packs, &call->resp->body));
    call->resp->status = 200;
    call->resp->content_type = document_content_type(format);
    file =
        arena_printf(call->op->arena, "%s%s", record_member(&r, "title"), document_suffix(format));
    response_download(call->resp, file == NULL ? "summary" : file);
    return ERR_OK;
}

/* ---- one figure: printed and now ---- */

/* Those of one list that are not in another: how many, and the first. */
struct difference {
    int64_t first[DIFFERENCES_MAX];
    size_t n;
};

/* Both ascending. */
static void subtract(const struct member_list *from, const struct member_list *what,
                     struct difference *ret)
{
    size_t k = 0;

    ret->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        while (k < what->n && what->ids[k] < from->ids[i])
            k++;
        if (k < what->n && what->ids[k] == from->ids[i])
            continue;
        if (ret->n < DIFFERENCES_MAX)
            ret->first[ret->n] = from->ids[i];
        ret->n++;
    }
}

/* What was done to the matter since. */
static enum err_code write_since(struct call *call, struct snapshot *snap, int64_t id,
                                 int64_t position)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = call->op;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_summary_events_since, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_bind_int64(op, s, 2, position));
    json_open_array(&call->w, "since");
    for (;;) {
        const struct pack_act *act;
        struct label label = {"登记", "Registered"};

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        act = setup_act(op->setup, stmt_text(s, 0));
        if (act != NULL)
            label = act->label;
        json_object_begin(&call->w);
        json_text(&call->w, "act", stmt_text(s, 0));
        view_label(&call->w, "label", &label);
        write_person(call, "by", stmt_int64(s, 2));
        write_instant(call, "at", stmt_int64(s, 3));
        write_instant(call, "recorded_at", stmt_int64(s, 4));
        json_object_end(&call->w);
    }
    json_array_end(&call->w);
    return ERR_OK;
}

/* Rows of the first of n that the actor may see, and how many he may not. @p since 0: without what
 * was done. */
static enum err_code write_rows(struct call *call, struct snapshot *snap, const char *key,
                                const int64_t *ids, size_t n, int64_t since)
{
    size_t shown, most = n > DIFFERENCES_MAX ? DIFFERENCES_MAX : n;
    struct json_writer *w = &call->w;
    struct list_row *rows;

    TRY(list_rows(call->op, ids, most, call_today(call), call_soon(call), &rows, &shown));
    json_open_object(w, key);
    json_int(w, "total", (int64_t)n);
    json_int(w, "withheld", (int64_t)(most - shown));
    json_open_array(w, "items");
    for (size_t i = 0; i < shown; i++) {
        json_object_begin(w);
        json_key(w, "row");
        TRY(view_row(call->op, snap, &rows[i], w));
        if (since > 0)
            TRY(write_since(call, snap, rows[i].id, since));
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_now(struct call *call, const struct record *r, const json_t *figure)
{
    CLEANUP(json_decrefp) json_t *now = NULL;
    const json_t *other = NULL;
    struct json_writer *w = &call->w;
    enum err_code rc = summary_now(call->op, forms_of(call), indicators_of(call), r, &now);

    if (rc == ERR_OK)
        other = figure_with_id(now, figure);
    else if (rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&call->op->err);
    if (other == NULL) {
        json_none(w, "now");
        return ERR_OK;
    }
    json_open_object(w, "now");
    write_member(w, other, "value");
    write_member(w, other, "num");
    write_member(w, other, "den");
    json_object_end(w);
    return ERR_OK;
}

enum err_code summary_figure_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL;
    const char *part_name = given_query(call, "part");
    enum summary_part part = SUMMARY_NUM;
    CLEANUP(member_list_release) struct member_list then = {0}, now = {0};
    struct difference added, gone;
    const json_t *figure;
    struct json_writer *w;

    if (part_name != NULL && strcmp(part_name, "den") == 0)
        part = SUMMARY_DEN;
    else if (part_name != NULL && strcmp(part_name, "num") != 0)
        return call_bad_choice(call, "part", part_name, "num, den");
    TRY(load(call, &snap, &r));
    TRY(summary_content(call->op, &r, &content));
    figure = summary_figure(content, request_param(call->req, "figure"));
    if (figure == NULL)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such figure in the summary");
    TRY(summary_members(call->op, &r, figure, part, &then));
    TRY(summary_members_now(call->op, indicators_of(call), &r, figure, part, &now));
    subtract(&now, &then, &added);
    subtract(&then, &now, &gone);
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_object(w, "printed");
    write_figure(w, figure, record_member(&r, "key"));
    json_object_end(w);
    TRY(write_now(call, &r, figure));
    json_text(w, "part", part == SUMMARY_DEN ? "den" : "num");
    json_int(w, "members", (int64_t)then.n);
    json_int(w, "members_now", (int64_t)now.n);
    TRY(write_rows(call, snap, "added", added.first, added.n, record_number(&r, "position")));
    TRY(write_rows(call, snap, "gone", gone.first, gone.n, record_number(&r, "position")));
    json_object_end(w);
    return ERR_OK;
}

/* The matters that stood behind it, a page at a time: ?cursor= is how many came before. */
enum err_code summary_figure_records_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL;
    CLEANUP(member_list_release) struct member_list then = {0};
    const char *part = given_query(call, "part");
    const json_t *figure;
    int64_t limit, from;
    size_t n;

    if (part != NULL && strcmp(part, "den") != 0 && strcmp(part, "num") != 0)
        return call_bad_choice(call, "part", part, "num, den");
    TRY(call_query_int(call, "limit", 1, DIFFERENCES_MAX, MEMBERS_PAGE, &limit));
    TRY(call_query_int(call, "cursor", 0, INT32_MAX, 0, &from));
    TRY(load(call, &snap, &r));
    TRY(summary_content(call->op, &r, &content));
    figure = summary_figure(content, request_param(call->req, "figure"));
    if (figure == NULL)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such figure in the summary");
    TRY(summary_members(call->op, &r, figure,
                        part != NULL && strcmp(part, "den") == 0 ? SUMMARY_DEN : SUMMARY_NUM,
                        &then));
    from = from > (int64_t)then.n ? (int64_t)then.n : from;
    n = then.n - (size_t)from < (size_t)limit ? then.n - (size_t)from : (size_t)limit;
    json_object_begin(call_answer(call, 200));
    TRY(write_rows(call, snap, "records", n == 0 ? NULL : then.ids + from, n, 0));
    json_int(&call->w, "total", (int64_t)then.n);
    if ((size_t)from + n < then.n)
        json_text(&call->w, "next",
                  arena_printf(call->op->arena, "%lld", (long long)from + (long long)n));
    else
        json_none(&call->w, "next");
    json_object_end(&call->w);
    return ERR_OK;
}
