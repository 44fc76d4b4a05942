/* Lists, counts, hints and the feed of changes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "insight/changes_feed.h"
#include "web/api.h"
#include "work/hints.h"

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
    const char *format = request_query(call->req, "format");
    const char *sort_name = request_query(call->req, "sort");
    enum list_sort sort =
        sort_name == NULL || sort_name[0] == '\0' ? SORT_DUE : list_sort_find(sort_name);
    struct list_filter filter;
    struct list_page page;
    int64_t limit;

    TRY(call_filter(call, &filter));
    if (sort == SORT_COUNT)
        return call_bad_choice(call, "sort", sort_name, "due, -due, received, -received");
    if (format != NULL && format[0] != '\0' && strcmp(format, "json") != 0)
        return matters_save(call, &filter);
    TRY(call_query_int(call, "limit", 1, LIST_LIMIT_MAX, LIST_LIMIT_DEFAULT, &limit));
    TRY(list_matters(call->op, &filter, sort, (int)limit, request_query(call->req, "cursor"),
                     &page));
    TRY(snapshot_open(call->op, &snap));
    return write_page(call, snap, &page);
}

enum err_code matters_count_get(struct call *call)
{
    const char *by_name = request_query(call->req, "by");
    enum list_by by = list_by_find(by_name);
    struct list_filter filter;
    struct list_count count;
    struct json_writer *w;

    TRY(call_filter(call, &filter));
    if (asks_table(call))
        return matters_table(call, &filter);
    if (by == BY_COUNT)
        return call_bad_choice(
            call, "by", by_name,
            "level, status, kind, waiting_for, body, category, month, channel, outcome");
    TRY(count_matters(call->op, &filter, call->op->setup->open, by, &count));
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
        .product = body_text(call->body, "product"),
        .brand = body_text(call->body, "brand"),
        .business = body_int(call->body, "business", 0),
    };

    return hints_write(call->op, &query, call_answer(call, 200));
}

/* ---- what changed ---- */

static enum err_code write_counts(struct call *call, struct json_writer *w)
{
    struct list_filter filter = {.today = call_today(call), .soon_until = call_soon(call)};
    struct list_count count;

    TRY(count_matters(call->op, &filter, call->op->setup->open, BY_LEVEL, &count));
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
