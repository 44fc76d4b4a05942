/* What the term of keeping takes away next, to be looked at before, and what is kept all the same.
 */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "work/hold.h"
#include "work/retention.h"

#define PAGE_MAX 200
#define PAGE_USUAL 50

static const char *query_or_empty(const struct call *call, const char *name)
{
    const char *value = request_query(call->req, name);

    return value == NULL ? "" : value;
}

enum err_code retention_get(struct call *call)
{
    int64_t limit;
    date_t on = DATE_NONE;

    TRY(call_query_date(call, "on", &on));
    TRY(call_query_int(call, "limit", 1, PAGE_MAX, PAGE_USUAL, &limit));
    if (on == DATE_NONE)
        on = date_of_instant(call->op->now_ms, call->op->zone_min);
    return retention_write(call->op, on, query_or_empty(call, "after"), (size_t)limit,
                           call_answer(call, 200));
}

enum err_code holds_get(struct call *call)
{
    const char *status = query_or_empty(call, "status");
    bool lifted = strcmp(status, "lifted") == 0;
    int64_t limit;

    if (!lifted && *status != '\0' && strcmp(status, "on") != 0)
        return call_bad_choice(call, "status", status, "on, lifted");
    TRY(call_query_int(call, "limit", 1, PAGE_MAX, PAGE_USUAL, &limit));
    return holds_write(call->op, lifted, query_or_empty(call, "after"), (size_t)limit,
                       call_answer(call, 200));
}

enum err_code holds_post(struct call *call)
{
    int64_t id;

    TRY(hold_put(call->op, body_text(call->body, "number"), body_text(call->body, "reason"), &id));
    return hold_write(call->op, id, call_answer(call, 201));
}

enum err_code hold_lift_post(struct call *call)
{
    int64_t id, version;

    TRY(call_version(call, &version));
    if (!text_int64(request_param(call->req, "id"), &id))
        return err_set(&call->op->err, ERR_NOT_FOUND, "hold");
    TRY(hold_lift(call->op, id, body_text(call->body, "reason"), version));
    return hold_write(call->op, id, call_answer(call, 200));
}
