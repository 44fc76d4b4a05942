/* Duty roster and diary. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "work/diary.h"
#include "work/duty.h"

/* "2026-10" or, absent, this month: its first day. */
static enum err_code query_month(struct call *call, date_t *ret)
{
    const char *text = request_query(call->req, "month");
    char day[16];

    *ret = date_month_start(date_month_index(call_today(call)));
    if (text == NULL || text[0] == '\0')
        return ERR_OK;
    snprintf(day, sizeof day, "%.8s-01", text);
    *ret = strlen(text) == 7 ? date_parse(day) : DATE_NONE;
    if (*ret != DATE_NONE && date_year(*ret) >= 2000 && date_year(*ret) < 2200)
        return ERR_OK;
    return call_refuse(call, ERR_INVALID, "month", "month", "写成 2026-10 这样的月份",
                       "Write a month like 2026-10");
}

static const char *query_body(struct call *call)
{
    const char *body = request_query(call->req, "body");

    return body == NULL || body[0] == '\0' ? call->op->actor.body : body;
}

static enum err_code path_date(struct call *call, date_t *ret)
{
    *ret = date_parse(request_param(call->req, "date"));
    return *ret == DATE_NONE ? err_set(&call->op->err, ERR_NOT_FOUND, "no such day") : ERR_OK;
}

static enum err_code version_of(struct call *call, int64_t *ret)
{
    TRY(request_if_match(call->req, ret, &call->op->err));
    if (*ret < 0)
        *ret = ANY_VERSION;
    return ERR_OK;
}

static enum err_code answer_shift(struct call *call, const struct record *r)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(call->op, &snap));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r->version);
    return duty_view(call->op, snap, r, call_answer(call, 200));
}

enum err_code duty_get(struct call *call)
{
    date_t first;

    TRY(query_month(call, &first));
    return duty_month(call->op, query_body(call), first, call_answer(call, 200));
}

enum err_code duty_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    int64_t version;

    TRY(version_of(call, &version));
    TRY(duty_plan(call->op, call->body, version, &r));
    return answer_shift(call, &r);
}

enum err_code duty_act_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    int64_t id, version;

    if (!text_int64(request_param(call->req, "id"), &id) || id < 1)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such shift");
    TRY(version_of(call, &version));
    TRY(duty_act(call->op, id, request_param(call->req, "act"), call->body, version, &r));
    return answer_shift(call, &r);
}

enum err_code diary_get(struct call *call)
{
    date_t first;

    TRY(query_month(call, &first));
    return diary_month(call->op, query_body(call), first, call_answer(call, 200));
}

static enum err_code answer_page(struct call *call, date_t day)
{
    return diary_view(call->op, query_body(call), day, call_answer(call, 200));
}

enum err_code diary_page_get(struct call *call)
{
    date_t day;

    TRY(path_date(call, &day));
    return answer_page(call, day);
}

enum err_code diary_entry_post(struct call *call)
{
    date_t day;

    TRY(path_date(call, &day));
    TRY(diary_add(call->op, query_body(call), day, body_text(call->body, "text")));
    return answer_page(call, day);
}

enum err_code diary_close_post(struct call *call)
{
    date_t day;

    TRY(path_date(call, &day));
    TRY(diary_close(call->op, query_body(call), day));
    return answer_page(call, day);
}
