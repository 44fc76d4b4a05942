/* What handlers share: who asks, which matter, what day it is, and refusals in plain words. */
#include "web/call.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "work/access.h"
#include "work/business_login.h"
#include "work/pin.h"

#define ANSWER_FIRST ((size_t)16 * 1024 - 1) /* a matter, or a page of ten rows */

struct json_writer *call_answer(struct call *call, int status)
{
    response_json(call->resp, status);
    (void)buf_reserve(&call->resp->body, ANSWER_FIRST); /* else it grows, and moves, by doubling */
    json_begin(&call->w, &call->resp->body);
    return &call->w;
}

enum err_code call_refuse(struct call *call, enum err_code code, const char *field,
                          const char *item, const char *zh, const char *en)
{
    return err_field(&call->op->err, code, field, item, zh, en);
}

enum err_code call_check(struct call *call, const struct form *form)
{
    return form_check(form, call->body, call->op->now_ms, call->op->zone_min, &call->op->err);
}

enum err_code call_may(struct call *call, enum may_act need)
{
    struct record_facts own = {.body_path = call->op->actor.body_path};

    return may_check(&call->op->actor, need, &own, &call->op->err);
}

void call_add_shown_once(struct call *call, const char *name, const char *value)
{
    struct buf *out = &call->resp->body;

    if (out->len == 0 || out->data[out->len - 1] != '}')
        return;
    out->len--;
    buf_addf(out, ",\"%s\":\"%s\"}", name, value);
}

enum err_code call_business(struct call *call)
{
    const char *login = request_header(call->req, "Fangxin-Business");

    if (login == NULL)
        return call_refuse(call, ERR_UNAUTHENTICATED, "Fangxin-Business", "login_missing",
                           "写上登录码", "Send the login code");
    return business_enter(call->op, login);
}

enum err_code call_matter_id(struct call *call, int64_t *ret)
{
    const char *number = request_param(call->req, "number");
    char pin[REQUEST_PIN_TEXT];

    if (request_header(call->req, "Fangxin-Business") != NULL) {
        TRY(call_business(call));
        return matter_id_of(call->op, number, ret);
    }
    TRY(request_pin(call->req, pin, &call->op->err));
    if (pin[0] != '\0')
        return pin_enter(call->op, number, pin, ret);
    if (!call->signed_in)
        return call_refuse(call, ERR_UNAUTHENTICATED, "Fangxin-Pin", "pin_missing",
                           "写上查询码，或者先登录", "Send the PIN, or sign in first");
    return matter_id_of(call->op, number, ret);
}

enum err_code call_matter(struct call *call, struct snapshot *snap, const char *what,
                          struct matter *ret)
{
    /* The PIN was right; what its holder may see of a report is for the views to keep short. */
    enum may_act need;
    int64_t id;

    TRY(call_matter_id(call, &id));
    need = call->op->actor.kind == ACTOR_PARTY ? MAY_SEE : MAY_READ;
    TRY(matter_for(call->op, snap, id, need, ret));
    return access_look(call->op, ret->id, ret->secret, what);
}

enum err_code call_version(struct call *call, int64_t *ret)
{
    TRY(request_if_match(call->req, ret, &call->op->err));
    if (*ret >= 0)
        return ERR_OK;
    return call_refuse(call, ERR_INVALID, "If-Match", "if_match_missing",
                       "写上您看到的版本号（If-Match）", "Say which version you saw (If-Match)");
}

date_t call_today(const struct call *call)
{
    return date_of_instant(call->op->now_ms, call->op->zone_min);
}

date_t call_soon(const struct call *call)
{
    return calendar_add_working_days(call->op->setup->calendar, call_today(call), 2);
}

const char *call_query_text(const struct call *call, const char *name)
{
    const char *text = request_query(call->req, name);

    return text == NULL || text[0] == '\0' ? NULL : text;
}

enum err_code call_query_int(struct call *call, const char *name, int64_t least, int64_t most,
                             int64_t fallback, int64_t *ret)
{
    const char *text = request_query(call->req, name);
    char zh[120], en[120];

    *ret = fallback;
    if (text == NULL || text[0] == '\0')
        return ERR_OK;
    if (text_int64(text, ret) && *ret >= least && *ret <= most)
        return ERR_OK;
    snprintf(zh, sizeof zh, "%s 要是 %lld 到 %lld 的整数", name, (long long)least, (long long)most);
    snprintf(en, sizeof en, "%s takes a whole number from %lld to %lld", name, (long long)least,
             (long long)most);
    return call_refuse(call, ERR_INVALID, name, "number", zh, en);
}

enum err_code call_query_date(struct call *call, const char *name, date_t *ret)
{
    const char *text = request_query(call->req, name);
    char zh[120], en[120];

    *ret = DATE_NONE;
    if (text == NULL || text[0] == '\0')
        return ERR_OK;
    *ret = date_parse(text);
    if (*ret != DATE_NONE && date_year(*ret) >= 2000 && date_year(*ret) < 2200)
        return ERR_OK;
    snprintf(zh, sizeof zh, "%s 要写成 2026-10-13 这样的日期，2000 年以后", name);
    snprintf(en, sizeof en, "%s takes a date like 2026-10-13, from the year 2000 on", name);
    return call_refuse(call, ERR_INVALID, name, "date", zh, en);
}

enum err_code call_bad_choice(struct call *call, const char *name, const char *value,
                              const char *choices)
{
    char zh[200], en[200];
    int cut;

    if (value == NULL) {
        snprintf(zh, sizeof zh, "%s 要写，可以是：%s", name, choices);
        snprintf(en, sizeof en, "%s is missing; there are: %s", name, choices);
        return call_refuse(call, ERR_INVALID, name, "choice", zh, en);
    }
    cut = (int)utf8_prefix(value, strlen(value), 20);
    snprintf(zh, sizeof zh, "%s 没有“%.*s”，可以是：%s", name, cut, value, choices);
    snprintf(en, sizeof en, "%s has no choice \"%.*s\"; there are: %s", name, cut, value, choices);
    return call_refuse(call, ERR_INVALID, name, "choice", zh, en);
}

#define CURRENT_BYTES ((size_t)4 * 1024 * 1024)

void call_keep_current(struct call *call, call_current_fn *write, const void *of)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(CURRENT_BYTES);
    struct json_writer w;
    struct err refusal = call->op->err;

    json_begin(&w, &text);
    if (snapshot_open(call->op, &snap) == ERR_OK && write(call, snap, of, &w) == ERR_OK)
        call->current = buf_dup(&text, call->op->arena);
    call->op->err = refusal;
}
