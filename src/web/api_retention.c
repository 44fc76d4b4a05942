/* What the term of keeping takes away next, to be looked at before. */
#include "web/api.h"
#include "work/retention.h"

enum err_code retention_get(struct call *call)
{
    const char *after = request_query(call->req, "after");
    int64_t limit;
    date_t on = DATE_NONE;

    TRY(call_query_date(call, "on", &on));
    TRY(call_query_int(call, "limit", 1, 200, 50, &limit));
    if (on == DATE_NONE)
        on = date_of_instant(call->op->now_ms, call->op->zone_min);
    return retention_write(call->op, on, after == NULL ? "" : after, (size_t)limit,
                           call_answer(call, 200));
}
