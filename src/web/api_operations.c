/* What operators, monitors and auditors ask. */
#include <stdio.h>
#include <string.h>

#include "web/api.h"
#include "web/web_internal.h"
#include "work/access.h"
#include "work/entry.h"

enum err_code openapi_get(struct call *call)
{
    const struct embedded_file *packed = embedded_find(embedded_openapi, "openapi.json.gz");
    const struct embedded_file *file = &embedded_openapi[0];

    if (packed != NULL && request_takes_gzip(call->req)) {
        response_header(call->resp, "Content-Encoding", "gzip");
        file = packed;
    }
    response_fixed(call->resp, 200, "application/json", file->data, file->size);
    response_header(call->resp, "Vary", "Accept-Encoding");
    response_header(call->resp, "Cache-Control", "no-cache");
    return ERR_OK;
}

/* The process lives and its event loop turns. */
enum err_code healthz_get(struct call *call)
{
    static const char ok[] = "{\"ok\":true}";

    response_fixed(call->resp, 200, "application/json", ok, sizeof ok - 1);
    response_header(call->resp, "Cache-Control", "no-store");
    return ERR_OK;
}

/* The store answers; `writable` is false while the disk is full. */
enum err_code readyz_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct store_stats stats;
    struct json_writer *w;

    TRY(snapshot_open(call->op, &snap));
    store_stats(call->op->store, &stats);
    w = call_answer(call, stats.read_only ? 503 : 200);
    json_object_begin(w);
    json_bool(w, "ok", !stats.read_only);
    json_bool(w, "writable", !stats.read_only);
    json_object_end(w);
    return ERR_OK;
}

static void write_store_metrics(struct store *store, struct buf *out)
{
    struct store_stats s;

    store_stats(store, &s);
    metrics_value(out, "fangxin_store_commits_total", "counter", "Transactions committed",
                  (int64_t)s.commits);
    metrics_value(out, "fangxin_store_changes_total", "counter", "Change sets applied",
                  (int64_t)s.changes);
    metrics_value(out, "fangxin_store_refused_total", "counter", "Change sets not applied",
                  (int64_t)s.refused);
    metrics_value(out, "fangxin_store_pages_read_total", "counter",
                  "Pages asked for by views of SQLite", (int64_t)s.pages_read);
    metrics_value(out, "fangxin_store_cache_bytes", "gauge", "Page caches of SQLite's idle readers",
                  (int64_t)s.cache_bytes);
    metrics_value(out, "fangxin_store_wal_bytes", "gauge", "Size of the write-ahead log",
                  s.wal_bytes);
    metrics_value(out, "fangxin_store_bytes", "gauge", "Size of the database", s.db_bytes);
    metrics_value(out, "fangxin_store_queued", "gauge", "Change sets waiting, interactive",
                  s.queued[QUEUE_INTERACTIVE]);
    metrics_value(out, "fangxin_store_queued_bulk", "gauge", "Change sets waiting, bulk",
                  s.queued[QUEUE_BULK]);
    metrics_value(out, "fangxin_store_read_only", "gauge", "1 while nothing can be written",
                  s.read_only);
}

enum err_code metrics_get(struct call *call)
{
    struct web *web = call->web;
    struct buf *out = &call->resp->body;
    struct http_state s = http_state(web->http);

    call->resp->status = 200;
    call->resp->content_type = "text/plain; version=0.0.4; charset=utf-8";
    response_header(call->resp, "Cache-Control", "no-store");
    metrics_write(web->metrics, out);
    metrics_value(out, "fangxin_http_connections", "gauge", "Open connections", s.connections);
    metrics_value(out, "fangxin_http_body_bytes", "gauge", "Request bodies held in memory",
                  (int64_t)s.bodies_bytes);
    metrics_value(out, "fangxin_executor_waiting", "gauge", "Requests waiting for a thread",
                  s.executor.waiting);
    metrics_value(out, "fangxin_executor_running", "gauge", "Requests being worked on",
                  s.executor.running);
    write_store_metrics(web->options.store, out);
    return ERR_OK;
}

#define ACCESS_PAGE 100

/* Who looked at what, newest first; looking at this list is not itself a look at a matter. */
enum err_code access_get(struct call *call)
{
    const char *number = request_query(call->req, "number"),
               *of_register = request_query(call->req, "register");
    struct access_row *rows = ARENA_ARRAY(call->op->arena, struct access_row, ACCESS_PAGE);
    struct json_writer *w;
    int64_t matter_id = 0, before;
    size_t n = 0;

    TRY(call_may(call, MAY_READ_ACCESS_LOG));
    TRY(call_query_int(call, "cursor", 1, INT64_MAX, 0, &before));
    if (of_register != NULL && number != NULL && number[0] != '\0')
        TRY(entry_id_of(call->op, of_register, number, &matter_id));
    else if (number != NULL && number[0] != '\0')
        TRY(matter_id_of(call->op, number, &matter_id));
    if (rows == NULL)
        return err_set(&call->op->err, ERR_NO_MEMORY, "access");
    TRY(access_list(call->op, matter_id, before, ACCESS_PAGE, rows, &n));
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        char when[INSTANT_TEXT];

        instant_format(rows[i].at, call->op->zone_min, when);
        json_object_begin(w);
        json_text(w, "at", when);
        json_text(w, "officer", rows[i].officer);
        json_text(w, "number", rows[i].number);
        json_text(w, "register", rows[i].of_register);
        json_text(w, "what", rows[i].what);
        json_text(w, "reason", rows[i].reason);
        json_object_end(w);
    }
    json_array_end(w);
    if (n == ACCESS_PAGE) {
        json_key(w, "next");
        json_put_text(w, arena_printf(call->op->arena, "%lld", (long long)rows[n - 1].id));
    } else {
        json_none(w, "next");
    }
    json_object_end(w);
    return ERR_OK;
}
