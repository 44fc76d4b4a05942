/* The filter of lists and counts as parameters of the query, and how its values are called. */
#include <string.h>

#include "web/api.h"

static enum err_code read_officer(struct call *call, struct list_filter *f)
{
    const char *text = request_query(call->req, "officer");

    if (text == NULL || text[0] == '\0')
        return ERR_OK;
    if (strcmp(text, "none") == 0) {
        f->unassigned = true;
        return ERR_OK;
    }
    if (strcmp(text, "nobody") == 0) {
        f->officer_none = true;
        return ERR_OK;
    }
    if (strcmp(text, "me") == 0) {
        f->officer = call->op->actor.officer_id;
        return ERR_OK;
    }
    return call_query_int(call, "officer", 1, INT64_MAX, 0, &f->officer);
}

enum err_code call_filter(struct call *call, struct list_filter *f)
{
    const struct request *req = call->req;
    const char *due = request_query(req, "due"), *kind = request_query(req, "kind");
    const char *waiting = request_query(req, "waiting_for");
    const char *scope = request_query(req, "scope"), *business = request_query(req, "business");

    *f = (struct list_filter){
        .q = request_query(req, "q"),
        .kind = kind,
        .status = request_query(req, "status"),
        .body = request_query(req, "body"),
        .category = request_query(req, "category"),
        .problem = request_query(req, "problem"),
        .channel = request_query(req, "channel"),
        .waiting_for = waiting,
        .outcome = request_query(req, "outcome"),
        .themes = request_query(req, "themes"),
        .body_only = scope != NULL && strcmp(scope, "own") == 0,
        .level = due_level_find(due == NULL ? "" : due),
        .today = call_today(call),
        .soon_until = call_soon(call),
        .folder = call->op->setup->folder,
        .states = call->op->setup->states,
        .hits = call->op->setup->hits,
        .rows = call->op->setup->rows,
    };
    if (f->level == DUE_COUNT)
        return call_bad_choice(call, "due", due, "late, today, soon, later, paused, open, ended");
    if (kind != NULL && kind[0] != '\0' && matter_kind_find(kind) == KIND_COUNT)
        return call_bad_choice(call, "kind", kind, "complaint, report, enquiry");
    if (waiting != NULL && waiting[0] != '\0' && waiting_for_find(waiting) == WAIT_KEEP)
        return call_bad_choice(
            call, "waiting_for", waiting,
            "unit, officer, consumer, business, tester, leader, second, mediator, nobody");
    if (scope != NULL && scope[0] != '\0' && !f->body_only && strcmp(scope, "subtree") != 0)
        return call_bad_choice(call, "scope", scope, "own, subtree");
    TRY(read_officer(call, f));
    f->business_none = business != NULL && strcmp(business, LIST_NONE) == 0;
    if (!f->business_none)
        TRY(call_query_int(call, "business", 1, INT64_MAX, 0, &f->business));
    TRY(call_query_int(call, "group", 1, INT64_MAX, 0, &f->group));
    TRY(call_query_date(call, "from", &f->from));
    return call_query_date(call, "to", &f->to);
}

/* ---- labels ---- */

static const struct label level_labels[] = {
    [DUE_ANY] = {"已办结", "Ended"},         [DUE_LATE] = {"已超期", "Late"},
    [DUE_TODAY] = {"今天到期", "Due today"}, [DUE_SOON] = {"2 日内到期", "Due within 2 days"},
    [DUE_LATER] = {"以后到期", "Due later"}, [DUE_PAUSED] = {"期限暂停", "Clock paused"},
    [DUE_OPEN] = {"在办", "Open"},           [DUE_ENDED] = {"已办结", "Ended"},
};

static struct label status_label(struct call *call, const char *status)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack_state *s = setup_state(call->op->setup, (enum matter_kind)k, status);

        if (s != NULL)
            return s->label;
    }
    return (struct label){status, status};
}

static struct label outcome_label(struct call *call, const char *outcome)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack_outcome *o = setup_outcome(call->op->setup, (enum matter_kind)k, outcome);

        if (o != NULL)
            return o->label;
    }
    return (struct label){outcome, outcome};
}

static struct label kind_label(struct call *call, const char *key)
{
    enum matter_kind kind = matter_kind_find(key);

    return kind == KIND_COUNT ? (struct label){key, key} : setup_kind_label(call->op->setup, kind);
}

struct label label_of_key(struct call *call, enum list_by by, const char *key)
{
    const struct body *body;

    if (key[0] == '\0')
        return (struct label){"未填", "Not given"};
    switch (by) {
    case BY_LEVEL:
        return level_labels[due_level_find(key) == DUE_COUNT ? DUE_ANY : due_level_find(key)];
    case BY_STATUS:
        return status_label(call, key);
    case BY_KIND:
        return kind_label(call, key);
    case BY_WAITING_FOR:
        return waiting_for_find(key) == WAIT_KEEP ? (struct label){key, key}
                                                  : *waiting_for_label(waiting_for_find(key));
    case BY_BODY:
        body = setup_body(call->op->setup, key);
        return body == NULL ? (struct label){key, key} : body->name;
    case BY_CATEGORY:
        return setup_label(call->op->setup, "categories", key);
    case BY_CHANNEL:
        return setup_label(call->op->setup, "channels", key);
    case BY_OUTCOME:
        return outcome_label(call, key);
    case BY_NOTHING:
    case BY_MONTH:
    case BY_COUNT:
        break;
    }
    return (struct label){key, key};
}
