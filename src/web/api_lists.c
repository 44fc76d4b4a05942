/* Lists, counts, hints and the feed of changes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "insight/changes_feed.h"
#include "web/api.h"
#include "work/hints.h"

/* ---- filter ---- */

static enum err_code read_officer(struct call *call, struct list_filter *f)
{
    const char *text = request_query(call->req, "officer");

    if (text == NULL || text[0] == '\0')
        return ERR_OK;
    if (strcmp(text, "none") == 0) {
        f->unassigned = true;
        return ERR_OK;
    }
    if (strcmp(text, "me") == 0) {
        f->officer = call->op->actor.officer_id;
        return ERR_OK;
    }
    return call_query_int(call, "officer", 1, INT64_MAX, 0, &f->officer);
}

static enum err_code read_filter(struct call *call, struct list_filter *f)
{
    const struct request *req = call->req;
    const char *due = request_query(req, "due"), *kind = request_query(req, "kind");
    const char *waiting = request_query(req, "waiting_for");

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
        .level = due_level_find(due == NULL ? "" : due),
        .today = call_today(call),
        .soon_until = call_soon(call),
        .folder = call->op->setup->folder,
    };
    if (f->level == DUE_COUNT)
        return call_bad_choice(call, "due", due, "late, today, soon, later, paused, open");
    if (kind != NULL && kind[0] != '\0' && matter_kind_find(kind) == KIND_COUNT)
        return call_bad_choice(call, "kind", kind, "complaint, report, enquiry");
    if (waiting != NULL && waiting[0] != '\0' && waiting_for_find(waiting) == WAIT_KEEP)
        return call_bad_choice(call, "waiting_for", waiting,
                               "unit, officer, consumer, business, tester, leader, nobody");
    TRY(read_officer(call, f));
    TRY(call_query_date(call, "from", &f->from));
    return call_query_date(call, "to", &f->to);
}

/* ---- lists ---- */

enum err_code write_page(struct call *call, struct snapshot *snap, const struct list_page *page)
{
    struct json_writer *w = call_answer(call, 200);
    char when[INSTANT_TEXT];

    instant_format(call->op->now_ms, call->op->zone_min, when);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < page->n; i++)
        TRY(view_row(call->op, snap, &page->rows[i], w));
    json_array_end(w);
    json_text(w, "next", page->next);
    json_int(w, "total", page->total);
    json_bool(w, "total_capped", page->total_capped);
    json_text(w, "as_of", when);
    json_int(w, "position", page->position);
    json_object_end(w);
    return ERR_OK;
}

enum err_code matters_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const char *sort_name = request_query(call->req, "sort");
    enum list_sort sort =
        sort_name == NULL || sort_name[0] == '\0' ? SORT_DUE : list_sort_find(sort_name);
    struct list_filter filter;
    struct list_page page;
    int64_t limit;

    TRY(read_filter(call, &filter));
    if (sort == SORT_COUNT)
        return call_bad_choice(call, "sort", sort_name, "due, -due, received, -received");
    TRY(call_query_int(call, "limit", 1, LIST_LIMIT_MAX, LIST_LIMIT_DEFAULT, &limit));
    TRY(list_matters(call->op, &filter, sort, (int)limit, request_query(call->req, "cursor"),
                     &page));
    TRY(snapshot_open(call->op, &snap));
    return write_page(call, snap, &page);
}

static const struct label level_labels[] = {
    [DUE_ANY] = {"已办结", "Ended"},         [DUE_LATE] = {"已超期", "Late"},
    [DUE_TODAY] = {"今天到期", "Due today"}, [DUE_SOON] = {"2 日内到期", "Due within 2 days"},
    [DUE_LATER] = {"以后到期", "Due later"}, [DUE_PAUSED] = {"期限暂停", "Clock paused"},
    [DUE_OPEN] = {"在办", "Open"},
};

static struct label status_label(struct call *call, const char *status)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack_state *s = pack_state(call->op->setup->pack, (enum matter_kind)k, status);

        if (s != NULL)
            return s->label;
    }
    return (struct label){status, status};
}

static struct label outcome_label(struct call *call, const char *outcome)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack_outcome *o =
            pack_outcome(call->op->setup->pack, (enum matter_kind)k, outcome);

        if (o != NULL)
            return o->label;
    }
    return (struct label){outcome, outcome};
}

static struct label kind_label(struct call *call, const char *key)
{
    enum matter_kind kind = matter_kind_find(key);

    return kind == KIND_COUNT ? (struct label){key, key} : call->op->setup->pack->kinds[kind].label;
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

enum err_code matters_count_get(struct call *call)
{
    const char *by_name = request_query(call->req, "by");
    enum list_by by = list_by_find(by_name);
    struct list_filter filter;
    struct list_count count;
    struct json_writer *w;

    TRY(read_filter(call, &filter));
    if (by == BY_COUNT)
        return call_bad_choice(
            call, "by", by_name,
            "level, status, kind, waiting_for, body, category, month, channel, outcome");
    TRY(count_matters(call->op, &filter, by, &count));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_int(w, "total", count.total);
    json_bool(w, "total_capped", count.total_capped);
    json_open_array(w, "cells");
    for (size_t i = 0; i < count.n; i++) {
        struct label label = label_of_key(call, by, count.cells[i].key);

        json_object_begin(w);
        json_text(w, "key", count.cells[i].key);
        view_label(w, "label", &label);
        json_int(w, "n", count.cells[i].n);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

/* ---- beside the intake form ---- */

enum err_code hints_post(struct call *call)
{
    struct hints_query query = {
        .phone = body_text(call->body, "phone"),
        .name = body_text(call->body, "name"),
        .respondent = body_text(call->body, "respondent"),
        .address = body_text(call->body, "address"),
        .facts = body_text(call->body, "facts"),
        .division = body_text(call->body, "division"),
    };

    return hints_write(call->op, &query, call_answer(call, 200));
}

/* ---- what changed ---- */

static enum err_code write_counts(struct call *call, struct json_writer *w)
{
    struct list_filter filter = {.today = call_today(call), .soon_until = call_soon(call)};
    struct list_count count;

    TRY(count_matters(call->op, &filter, BY_LEVEL, &count));
    json_open_object(w, "counts");
    for (size_t i = 0; i < count.n; i++)
        if (strcmp(count.cells[i].key, "late") == 0 || strcmp(count.cells[i].key, "today") == 0)
            json_int(w, count.cells[i].key, count.cells[i].n);
    json_object_end(w);
    return ERR_OK;
}

enum err_code changes_get(struct call *call)
{
    struct json_writer *w;
    struct feed feed;
    int64_t after;
    char etag[40];

    TRY(call_query_int(call, "after", 0, INT64_MAX, -1, &after));
    TRY(changes_feed(call->op, after, &feed));
    /* Counts also change with the day, so it is part of the tag. */
    snprintf(etag, sizeof etag, "\"%lld.%d\"", (long long)feed.position, call_today(call));
    response_header(call->resp, "ETag", etag);
    if (feed.n == 0 && request_has_etag(call->req, etag)) {
        call->resp->status = 304;
        return ERR_OK;
    }
    w = call_answer(call, 200);
    json_object_begin(w);
    json_int(w, "position", feed.position);
    json_open_array(w, "items");
    for (size_t i = 0; i < feed.n; i++) {
        char when[INSTANT_TEXT];

        instant_format(feed.items[i].at, call->op->zone_min, when);
        json_object_begin(w);
        json_text(w, "number", feed.items[i].number);
        json_int(w, "version", feed.items[i].version);
        json_text(w, "at", when);
        json_object_end(w);
    }
    json_array_end(w);
    TRY(write_counts(call, w));
    json_bool(w, "more", feed.more);
    json_object_end(w);
    return ERR_OK;
}
