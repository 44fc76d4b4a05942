/* Saved views: listed, kept, changed, removed. */
#include <string.h>

#include "base/text.h"
#include "insight/cross.h"
#include "web/api.h"
#include "work/saved_view.h"

/* What a view may hold: the parameters of lists (routes.c), without pages and formats. */
static const char *const kept[] = {
    "q",   "kind",    "status", "body", "officer", "category", "problem", "channel",  "waiting_for",
    "due", "outcome", "from",   "to",   "themes",  "scope",    "sort",    "business", "group"};

static bool is_kept(const char *name)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (strcmp(kept[i], name) == 0)
            return true;
    return false;
}

static enum err_code read_column(struct call *call, const char *name, const char **ret)
{
    const char *value = body_text(call->body, name);

    *ret = value == NULL || value[0] == '\0' ? NULL : value;
    if (*ret != NULL && cross_column_find(value) == CROSS_COUNT)
        return call_bad_choice(call, name, value, "GET /api/v1/matters/count");
    return ERR_OK;
}

static enum err_code read_form(struct call *call, struct saved_view_form *ret)
{
    json_t *filter = json_object_get(call->body, "filter");
    const char *name;
    json_t *value;

    *ret = (struct saved_view_form){
        .name = body_text(call->body, "name"),
        .filter = filter,
        .shared = body_bool(call->body, "shared"),
    };
    json_object_foreach(filter, name, value)
    {
        if (!is_kept(name))
            return call_refuse(call, ERR_INVALID, "filter", "unknown_parameter",
                               "这里有一个列表没有的条件",
                               "The filter holds what lists do not know");
    }
    TRY(read_column(call, "by", &ret->by));
    TRY(read_column(call, "and", &ret->and));
    if (ret->and != NULL && (ret->by == NULL || strcmp(ret->by, ret->and) == 0))
        return call_refuse(call, ERR_INVALID, "and", "twice", "先选第一列，两列要不一样",
                           "Choose the first column, and two different ones");
    return ERR_OK;
}

static void write_view(struct call *call, const struct saved_view *view)
{
    struct json_writer *w = &call->w;
    const json_t *filter = json_object_get(view->asked, "filter");

    json_object_begin(w);
    json_int(w, "id", view->id);
    json_int(w, "version", view->version);
    json_text(w, "name", view->name);
    json_bool(w, "shared", view->shared);
    json_text(w, "body", view->body);
    json_text(w, "owner", view->owner_display);
    json_bool(w, "mine", view->owner == call->op->actor.officer_id);
    json_bool(w, "may_change", view->may_change);
    json_key(w, "filter");
    json_put_tree(w, filter);
    json_text(w, "by", json_string_value(json_object_get(view->asked, "by")));
    json_text(w, "and", json_string_value(json_object_get(view->asked, "and")));
    json_object_end(w);
}

static void answer_view(struct call *call, int status, const struct saved_view *view)
{
    call_answer(call, status);
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)view->version);
    write_view(call, view);
}

static enum err_code read_place(struct call *call, int64_t *ret_id, int64_t *ret_version)
{
    TRY(call_version(call, ret_version));
    if (!text_int64(request_param(call->req, "id"), ret_id))
        return err_set(&call->op->err, ERR_NOT_FOUND, "view");
    return ERR_OK;
}

enum err_code views_get(struct call *call)
{
    struct saved_view *views;
    struct json_writer *w;
    size_t n;

    TRY(saved_view_list(call->op, &views, &n));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        write_view(call, &views[i]);
        saved_view_release(&views[i]);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code views_post(struct call *call)
{
    CLEANUP(saved_view_release) struct saved_view view = {0};
    struct saved_view_form form;

    TRY(read_form(call, &form));
    TRY(saved_view_add(call->op, &form, &view));
    answer_view(call, 201, &view);
    return ERR_OK;
}

enum err_code view_put(struct call *call)
{
    CLEANUP(saved_view_release) struct saved_view view = {0};
    struct saved_view_form form;
    int64_t id, version;

    TRY(read_place(call, &id, &version));
    TRY(read_form(call, &form));
    TRY(saved_view_change(call->op, id, &form, version, &view));
    answer_view(call, 200, &view);
    return ERR_OK;
}

enum err_code view_delete(struct call *call)
{
    int64_t id, version;

    TRY(read_place(call, &id, &version));
    TRY(saved_view_remove(call->op, id, version));
    call->resp->status = 204;
    return ERR_OK;
}
