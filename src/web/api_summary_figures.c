/* One figure of a summary: what it was when printed and is now, and the matters behind it. */
#include <string.h>

#include "sql_queries.h"
#include "web/api.h"
#include "web/summary_call.h"
#include "web/web_internal.h"
#include "work/setup.h"
#include "work/summary.h"
#include "work/view.h"

#define DIFFERENCES_MAX 200
#define MEMBERS_PAGE 50

/* Those of one list that are not in another: how many, and the first. */
struct difference {
    int64_t first[DIFFERENCES_MAX];
    size_t n;
};

/* Both ascending. */
static void subtract(const struct member_list *from, const struct member_list *what,
                     struct difference *ret)
{
    size_t k = 0;

    ret->n = 0;
    for (size_t i = 0; i < from->n; i++) {
        while (k < what->n && what->ids[k] < from->ids[i])
            k++;
        if (k < what->n && what->ids[k] == from->ids[i])
            continue;
        if (ret->n < DIFFERENCES_MAX)
            ret->first[ret->n] = from->ids[i];
        ret->n++;
    }
}

/* What was done to the matter since. */
static enum err_code write_since(struct call *call, struct snapshot *snap, int64_t id,
                                 int64_t position)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = call->op;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_summary_events_since, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_bind_int64(op, s, 2, position));
    json_open_array(&call->w, "since");
    for (;;) {
        const struct pack_act *act;
        struct label label = {"登记", "Registered"};

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        act = setup_act(op->setup, stmt_text(s, 0));
        if (act != NULL)
            label = act->label;
        json_object_begin(&call->w);
        json_text(&call->w, "act", stmt_text(s, 0));
        view_label(&call->w, "label", &label);
        summary_write_person(call, "by", stmt_int64(s, 2));
        summary_write_instant(call, "at", stmt_int64(s, 3));
        summary_write_instant(call, "recorded_at", stmt_int64(s, 4));
        json_object_end(&call->w);
    }
    json_array_end(&call->w);
    return ERR_OK;
}

/* Rows of the first of n that the actor may see, and how many he may not. @p since 0: without what
 * was done. */
static enum err_code write_rows(struct call *call, struct snapshot *snap, const char *key,
                                const int64_t *ids, size_t n, int64_t since)
{
    size_t shown, most = n > DIFFERENCES_MAX ? DIFFERENCES_MAX : n;
    struct json_writer *w = &call->w;
    struct list_row *rows;

    TRY(list_rows(call->op, ids, most, call_today(call), call_soon(call), &rows, &shown));
    json_open_object(w, key);
    json_int(w, "total", (int64_t)n);
    json_int(w, "withheld", (int64_t)(most - shown));
    json_open_array(w, "items");
    for (size_t i = 0; i < shown; i++) {
        json_object_begin(w);
        json_key(w, "row");
        TRY(view_row(call->op, snap, &rows[i], w));
        if (since > 0)
            TRY(write_since(call, snap, rows[i].id, since));
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_now(struct call *call, const struct record *r, const json_t *figure)
{
    CLEANUP(json_decrefp) json_t *now = NULL;
    const json_t *other = NULL;
    struct json_writer *w = &call->w;
    enum err_code rc =
        summary_now(call->op, call->web->options.summaries, call->web->options.indicators, r, &now);

    if (rc == ERR_OK)
        other = summary_same_figure(now, figure);
    else if (rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&call->op->err);
    if (other == NULL) {
        json_none(w, "now");
        return ERR_OK;
    }
    json_open_object(w, "now");
    summary_write_value(w, other);
    json_object_end(w);
    return ERR_OK;
}

/* The figure of the path and the part of it that is asked for. */
struct asked_figure {
    struct snapshot *snap;
    struct record r;
    json_t *content;
    const json_t *figure; /* in content */
    enum summary_part part;
};

static void asked_release(struct asked_figure *f)
{
    snapshot_closep(&f->snap);
    record_release(&f->r);
    json_decref(f->content);
}

static enum err_code read_asked(struct call *call, struct asked_figure *ret)
{
    const char *part = call_query_text(call, "part");

    if (part != NULL && strcmp(part, "den") != 0 && strcmp(part, "num") != 0)
        return call_bad_choice(call, "part", part, "num, den");
    ret->part = part != NULL && strcmp(part, "den") == 0 ? SUMMARY_DEN : SUMMARY_NUM;
    TRY(summary_of_path(call, &ret->snap, &ret->r));
    TRY(summary_content(call->op, &ret->r, &ret->content));
    ret->figure = summary_figure(ret->content, request_param(call->req, "figure"));
    return ret->figure == NULL
               ? err_set(&call->op->err, ERR_NOT_FOUND, "no such figure in the summary")
               : ERR_OK;
}

enum err_code summary_figure_get(struct call *call)
{
    CLEANUP(asked_release) struct asked_figure f = {0};
    CLEANUP(member_list_release) struct member_list then = {0}, now = {0};
    struct difference added, gone;
    struct json_writer *w;
    int64_t position;

    TRY(read_asked(call, &f));
    TRY(summary_members(call->op, &f.r, f.figure, f.part, &then));
    TRY(summary_members_now(call->op, call->web->options.indicators, &f.r, f.figure, f.part, &now));
    subtract(&now, &then, &added);
    subtract(&then, &now, &gone);
    position = record_number(&f.r, "position");
    w = call_answer(call, 200);
    json_object_begin(w);
    json_open_object(w, "printed");
    summary_write_figure(w, f.figure, record_member(&f.r, "key"));
    json_object_end(w);
    TRY(write_now(call, &f.r, f.figure));
    json_text(w, "part", f.part == SUMMARY_DEN ? "den" : "num");
    json_int(w, "members", (int64_t)then.n);
    json_int(w, "members_now", (int64_t)now.n);
    TRY(write_rows(call, f.snap, "added", added.first, added.n, position));
    TRY(write_rows(call, f.snap, "gone", gone.first, gone.n, position));
    json_object_end(w);
    return ERR_OK;
}

/* The matters that stood behind it, a page at a time: ?cursor= is how many came before. */
enum err_code summary_figure_records_get(struct call *call)
{
    CLEANUP(asked_release) struct asked_figure f = {0};
    CLEANUP(member_list_release) struct member_list then = {0};
    int64_t limit, from;
    size_t n;

    TRY(call_query_int(call, "limit", 1, DIFFERENCES_MAX, MEMBERS_PAGE, &limit));
    TRY(call_query_int(call, "cursor", 0, INT32_MAX, 0, &from));
    TRY(read_asked(call, &f));
    TRY(summary_members(call->op, &f.r, f.figure, f.part, &then));
    from = from > (int64_t)then.n ? (int64_t)then.n : from;
    n = then.n - (size_t)from < (size_t)limit ? then.n - (size_t)from : (size_t)limit;
    json_object_begin(call_answer(call, 200));
    TRY(write_rows(call, f.snap, "records", n == 0 ? NULL : then.ids + from, n, 0));
    json_int(&call->w, "total", (int64_t)then.n);
    if ((size_t)from + n < then.n)
        json_text(&call->w, "next",
                  arena_printf(call->op->arena, "%lld", (long long)from + (long long)n));
    else
        json_none(&call->w, "next");
    json_object_end(&call->w);
    return ERR_OK;
}
