/* Calendars: the years, importing a notice, what it moved. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/web_internal.h"
#include "work/acts.h"
#include "work/calendars.h"

enum err_code calendars_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct json_writer *w;

    TRY(snapshot_open(call->op, &snap));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_array(w, "items");
    TRY(calendar_write(call->op, snap, w));
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

/* The one year of the path, as a list of one. */
static enum err_code read_year(struct call *call, json_t **ret)
{
    int64_t year;

    if (!text_int64(request_param(call->req, "year"), &year) ||
        json_integer_value(json_object_get(call->body, "year")) != year)
        return call_refuse(call, ERR_INVALID, "year", "differs", "内容里的年份和网址里的不一样",
                           "The year of the body is not the year of the address");
    *ret = json_pack("[O]", call->body);
    return *ret == NULL ? err_set(&call->op->err, ERR_NO_MEMORY, "calendar") : ERR_OK;
}

enum err_code calendar_year_put(struct call *call)
{
    CLEANUP(json_decrefp) json_t *years = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct calendar_run run;
    int64_t version;

    TRY(call_may(call, MAY_ADMIN_RULES));
    TRY(request_if_match(call->req, &version, &call->op->err));
    TRY(read_year(call, &years));
    TRY(calendar_import(call->op, request_param(call->req, "id"), years,
                        version < 0 ? ANY_VERSION : version));
    TRY(setups_reload(call->web->options.setups, &call->op->err));
    TRY(snapshot_open(call->op, &snap));
    TRY(calendar_last_run(call->op, snap, &run));
    calendar_write_run(call->op, &run, call_answer(call, 202));
    return ERR_OK;
}

enum err_code calendar_preview_post(struct call *call)
{
    CLEANUP(json_decrefp) json_t *years = NULL;
    struct calendar_shifts shifts;
    struct json_writer *w;

    TRY(call_may(call, MAY_ADMIN_RULES));
    TRY(read_year(call, &years));
    TRY(calendar_preview(call->op, request_param(call->req, "id"), years, &shifts));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_int(w, "clocks", shifts.clocks);
    json_int(w, "moved", shifts.moved);
    json_open_array(w, "shifts");
    for (size_t i = 0; i < shifts.n; i++) {
        json_object_begin(w);
        json_text(w, "rule", shifts.list[i].rule);
        json_int(w, "days", shifts.list[i].days);
        json_int(w, "n", shifts.list[i].n);
        json_object_end(w);
    }
    json_array_end(w);
    json_bool(w, "more", shifts.more);
    json_object_end(w);
    return ERR_OK;
}

enum err_code calendar_moved_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const char *after = request_query(call->req, "after");
    struct calendar_run run;
    int64_t limit;

    TRY(call_query_int(call, "limit", 1, 200, 50, &limit));
    TRY(snapshot_open(call->op, &snap));
    TRY(calendar_last_run(call->op, snap, &run));
    return calendar_write_moved(call->op, snap, &run, after == NULL ? "" : after, (size_t)limit,
                                call_answer(call, 200));
}
