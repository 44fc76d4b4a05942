/* Return visits: the sample, results, opinions and rates. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "work/visit.h"

static void write_day(struct json_writer *w, const char *key, date_t day)
{
    char text[DATE_TEXT];

    if (day == DATE_NONE) {
        json_none(w, key);
        return;
    }
    date_format(day, text);
    json_text(w, key, text);
}

static enum err_code write_visit(struct call *call, struct snapshot *snap, const struct visit *v)
{
    struct json_writer *w = &call->w;
    struct label body = label_of_key(call, BY_BODY, v->body);

    json_object_begin(w);
    json_int(w, "id", v->id);
    json_int(w, "version", v->version);
    json_text(w, "status", v->status);
    json_text(w, "body", v->body);
    view_label(w, "body_name", &body);
    write_day(w, "day", v->day);
    json_int(w, "attempts", v->attempts);
    json_text(w, "result", v->result);
    if (v->satisfaction > 0)
        json_int(w, "satisfaction", v->satisfaction);
    else
        json_none(w, "satisfaction");
    json_text(w, "opinion", v->opinion);
    write_day(w, "opinion_due", v->opinion_due);
    json_text(w, "answer", v->answer);
    json_bool(w, "may_record", v->may_record);
    json_bool(w, "may_answer", v->may_answer);
    json_bool(w, "may_drop", v->may_drop);
    json_key(w, "matter");
    TRY(view_row(call->op, snap, &v->row, w));
    json_object_end(w);
    return ERR_OK;
}

/* ---- the list ---- */

static enum err_code read_filter(struct call *call, struct visit_filter *ret)
{
    const char *mine = request_query(call->req, "mine");
    const char *cursor = request_query(call->req, "cursor");
    const char *status = request_query(call->req, "status");
    const char *dot = cursor == NULL ? NULL : strchr(cursor, '.');
    int64_t day = 0;

    *ret = (struct visit_filter){
        .body = request_query(call->req, "body"),
        .status = status == NULL || status[0] == '\0' ? NULL : status,
        .mine = mine != NULL && strcmp(mine, "true") == 0,
        .today = call_today(call),
        .soon_until = call_soon(call),
    };
    TRY(call_query_date(call, "from", &ret->from));
    TRY(call_query_date(call, "to", &ret->to));
    if (cursor == NULL || cursor[0] == '\0')
        return ERR_OK;
    if (dot == NULL || !text_int64(dot + 1, &ret->after_id) ||
        !text_int64(arena_strndup(call->op->arena, cursor, (size_t)(dot - cursor)), &day))
        return call_refuse(call, ERR_INVALID, "cursor", "cursor", "翻页的位置不对，请从第一页看起",
                           "This page mark does not fit the list; begin with the first page");
    ret->after_day = (date_t)day;
    return ERR_OK;
}

enum err_code visits_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct visit_filter filter;
    struct visit_page page;
    struct json_writer *w;

    TRY(read_filter(call, &filter));
    TRY(visit_list(call->op, &filter, &page));
    TRY(snapshot_open(call->op, &snap));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < page.n; i++)
        TRY(write_visit(call, snap, &page.visits[i]));
    json_array_end(w);
    json_text(w, "next",
              page.more
                  ? arena_printf(call->op->arena, "%d.%lld", page.last_day, (long long)page.last_id)
                  : NULL);
    json_int(w, "waiting", page.waiting);
    json_int(w, "opinions", page.opinions);
    json_object_end(w);
    return ERR_OK;
}

/* ---- acts ---- */

static enum err_code read_place(struct call *call, int64_t *ret_id, int64_t *ret_version)
{
    TRY(call_version(call, ret_version));
    if (!text_int64(request_param(call->req, "id"), ret_id))
        return err_set(&call->op->err, ERR_NOT_FOUND, "visit");
    return ERR_OK;
}

static enum err_code answer_visit(struct call *call, int64_t id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct visit visit;

    TRY(visit_read(call->op, id, call_today(call), call_soon(call), &visit));
    TRY(snapshot_open(call->op, &snap));
    call_answer(call, 200);
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)visit.version);
    return write_visit(call, snap, &visit);
}

static const char *text_or_none(const json_t *body, const char *name)
{
    const char *text = body_text(body, name);

    return text == NULL || text[strspn(text, " \t\r\n")] == '\0' ? NULL : text;
}

enum err_code visit_result_post(struct call *call)
{
    struct visit_result result = {
        .result = body_text(call->body, "result"),
        .satisfaction = body_int(call->body, "satisfaction", 0),
        .remark = text_or_none(call->body, "remark"),
        .opinion = text_or_none(call->body, "opinion"),
    };
    int64_t id, version;

    TRY(read_place(call, &id, &version));
    TRY(visit_record(call->op, id, &result, version));
    return answer_visit(call, id);
}

enum err_code visit_answer_post(struct call *call)
{
    int64_t id, version;

    TRY(read_place(call, &id, &version));
    TRY(visit_answer(call->op, id, body_text(call->body, "text"), version));
    return answer_visit(call, id);
}

enum err_code visit_drop_post(struct call *call)
{
    int64_t id, version;

    TRY(read_place(call, &id, &version));
    TRY(visit_drop(call->op, id, version));
    return answer_visit(call, id);
}

/* ---- rates ---- */

static void write_rate(struct json_writer *w, const char *key, int64_t num, int64_t den)
{
    json_open_object(w, key);
    json_int(w, "num", num);
    json_int(w, "den", den);
    json_object_end(w);
}

static void write_counts(struct json_writer *w, const struct visit_rates *r)
{
    write_rate(w, "visited", r->done, r->drawn);
    write_rate(w, "reached", r->reached, r->done);
    write_rate(w, "satisfied", r->satisfied, r->rated);
    write_rate(w, "answered", r->answered, r->opinions);
    json_int(w, "no_answer", r->no_answer);
    json_int(w, "refused", r->refused);
    json_int(w, "dropped", r->dropped);
}

static void sum(struct visit_rates *all, const struct visit_rates *r)
{
    all->drawn += r->drawn;
    all->done += r->done;
    all->reached += r->reached;
    all->no_answer += r->no_answer;
    all->refused += r->refused;
    all->rated += r->rated;
    all->satisfied += r->satisfied;
    all->opinions += r->opinions;
    all->answered += r->answered;
    all->dropped += r->dropped;
}

static enum err_code read_span(struct call *call, struct period *ret)
{
    const char *text = request_query(call->req, "period");

    if (text != NULL && text[0] != '\0')
        return period_parse(text, ret, &call->op->err);
    *ret = period_of_month(date_month_index(call_today(call)));
    return ERR_OK;
}

static void write_rates(struct call *call, const struct visit_rates *rates, size_t n)
{
    struct json_writer *w = &call->w;
    struct visit_rates all = {0};

    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        struct label name = label_of_key(call, BY_BODY, rates[i].body);

        json_object_begin(w);
        json_text(w, "body", rates[i].body);
        view_label(w, "name", &name);
        write_counts(w, &rates[i]);
        json_object_end(w);
        sum(&all, &rates[i]);
    }
    json_array_end(w);
    json_open_object(w, "total");
    write_counts(w, &all);
    json_object_end(w);
}

enum err_code visit_rates_get(struct call *call)
{
    const char *code = request_query(call->req, "body");
    const struct body *body =
        setup_body(call->op->setup, code == NULL || code[0] == '\0' ? call->op->actor.body : code);
    struct visit_rates *rates;
    struct period period;
    char text[PERIOD_TEXT];
    size_t n;

    TRY(read_span(call, &period));
    if (body == NULL)
        return err_set(&call->op->err, ERR_NOT_FOUND, "body");
    TRY(visit_rates(call->op, body->path, period.first, period.last, &rates, &n));
    period_format(&period, text);
    call_answer(call, 200);
    json_object_begin(&call->w);
    json_text(&call->w, "body", body->code);
    json_text(&call->w, "period", text);
    json_int(&call->w, "satisfied_from", call->op->setup->visits->satisfied_from);
    write_rates(call, rates, n);
    json_object_end(&call->w);
    return ERR_OK;
}
