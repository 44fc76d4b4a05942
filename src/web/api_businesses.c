/* Businesses: look-up, page, acts. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "work/business_login.h"
#include "work/business_view.h"
#include "work/related.h"

#define LOOK_UP_DEFAULT 10

enum err_code businesses_get(struct call *call)
{
    int64_t limit;

    TRY(call_query_int(call, "limit", 1, BUSINESS_HITS_MAX, LOOK_UP_DEFAULT, &limit));
    return view_businesses(call->op, request_query(call->req, "q"), (size_t)limit,
                           call_answer(call, 200));
}

static enum err_code call_business_id(struct call *call, int64_t *ret)
{
    if (!text_int64(request_param(call->req, "id"), ret) || *ret < 1)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such business");
    return ERR_OK;
}

static enum err_code load(struct call *call, struct snapshot *snap, struct record *ret)
{
    int64_t id;

    TRY(call_may(call, MAY_READ_BUSINESS));
    TRY(call_business_id(call, &id));
    return record_load(call->op, snap, "business", id, ret);
}

static enum err_code answer(struct call *call, const struct record *r, int status)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(call->op, &snap));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r->version);
    return view_business(call->op, snap, r, call_answer(call, status));
}

enum err_code business_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(load(call, snap, &r));
    return answer(call, &r, 200);
}

enum err_code business_events_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(load(call, snap, &r));
    return view_business_events(call->op, snap, &r, call_answer(call, 200));
}

/* The record of an earlier request with the same key; *ret_there false when there was none. */
static enum err_code replayed(struct call *call, struct record *ret, bool *ret_there)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(idempotency_find(call->op, call->op->key, &earlier));
    *ret_there = earlier != NULL;
    if (earlier == NULL)
        return ERR_OK;
    response_header(call->resp, "Idempotent-Replayed", "true");
    TRY(snapshot_open(call->op, &snap));
    return record_load(call->op, snap, "business",
                       json_integer_value(json_object_get(earlier, "id")), ret);
}

enum err_code businesses_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    bool there;

    TRY(call_may(call, MAY_WRITE_BUSINESS));
    TRY(replayed(call, &r, &there));
    if (!there)
        TRY(business_register(call->op, call->body, &r));
    response_headerf(call->resp, "Location", "/api/v1/businesses/%lld", (long long)r.id);
    return answer(call, &r, 201);
}

enum err_code business_sent_get(struct call *call)
{
    TRY(call_business(call));
    return view_business_sent(call->op, call_answer(call, 200));
}

/* The page, and beside it the login code when it was given just now. */
static enum err_code answer_act(struct call *call, const struct record *r, const char *act)
{
    char login[BUSINESS_LOGIN_TEXT];

    TRY(answer(call, r, 200));
    if (strcmp(act, "issue_login") == 0) {
        business_login_text(call->op, r, login);
        call_add_shown_once(call, "login_code", login);
    }
    return ERR_OK;
}

enum err_code business_act_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const char *act = request_param(call->req, "act");
    int64_t id, version;
    bool there;

    TRY(call_may(call, MAY_READ_BUSINESS));
    TRY(call_business_id(call, &id));
    TRY(call_version(call, &version));
    TRY(replayed(call, &r, &there));
    if (there)
        return answer_act(call, &r, act);
    if (strcmp(act, "merge") == 0)
        TRY(business_merge(call->op, id, call->body, version, &r));
    else
        TRY(business_act(call->op, id, act, call->body, version, &r));
    return answer_act(call, &r, act);
}

enum err_code business_reveal_post(struct call *call)
{
    CLEANUP(json_decrefp) json_t *person = NULL;
    struct json_writer *w;
    int64_t id;

    TRY(call_business_id(call, &id));
    TRY(business_reveal(call->op, id, body_text(call->body, "reason"), &person));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_text(w, "name", body_text(person, "name"));
    json_text(w, "phone", body_text(person, "phone"));
    json_object_end(w);
    return ERR_OK;
}

enum err_code matter_related_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(call_matter(call, snap, "related", &m));
    return view_related(call->op, snap, &m, call_answer(call, 200));
}
