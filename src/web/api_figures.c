/* Figures, the records behind them, and the dashboard. */
#include <stdio.h>
#include <string.h>

#include "web/api.h"
#include "web/web_internal.h"

static enum err_code read_period(struct call *call, struct period *ret)
{
    const char *text = request_query(call->req, "period");

    if (text != NULL && text[0] != '\0')
        return period_parse(text, ret, &call->op->err);
    *ret = period_of_month(date_month_index(call_today(call)));
    return ERR_OK;
}

static const char *read_body(struct call *call)
{
    const char *body = request_query(call->req, "body");

    return body == NULL || body[0] == '\0' ? call->op->actor.body : body;
}

void write_figures(struct call *call, const char *key, const struct figure_list *list)
{
    json_open_array(&call->w, key);
    for (size_t i = 0; i < list->n; i++)
        view_figure(call->op, &list->figures[i], &call->w);
    json_array_end(&call->w);
}

static void write_frame(struct call *call, const char *body, const struct period *period,
                        enum figure_scope scope, int64_t position)
{
    char text[PERIOD_TEXT];

    period_format(period, text);
    json_text(&call->w, "body", body);
    json_text(&call->w, "period", text);
    json_text(&call->w, "scope", scope == SCOPE_OWN ? "own" : "subtree");
    json_int(&call->w, "position", position);
}

/* "own" or "subtree", "prev" or "lastyear". */
static enum err_code read_frame(struct call *call, enum figure_scope *ret_scope,
                                enum figure_against *ret_against)
{
    const char *scope = request_query(call->req, "scope");
    const char *against = request_query(call->req, "against");

    if (!figure_scope_find(scope, ret_scope))
        return call_bad_choice(call, "scope", scope, "own, subtree");
    if (!figure_against_find(against, ret_against))
        return call_bad_choice(call, "against", against, "prev, lastyear");
    return ERR_OK;
}

static enum err_code read_by(struct call *call, enum figure_dimension *ret)
{
    const char *by = request_query(call->req, "by");
    char names[400] = "";

    *ret = figure_dimension_find(by);
    if (*ret != DIM_COUNT)
        return ERR_OK;
    for (int i = DIM_NONE + 1; i < DIM_COUNT; i++) {
        size_t n = strlen(names);

        snprintf(names + n, sizeof names - n, "%s%s", n == 0 ? "" : ", ",
                 figure_dimension_name((enum figure_dimension)i));
    }
    return call_bad_choice(call, "by", by, names);
}

enum err_code figures_get(struct call *call)
{
    const struct request *req = call->req;
    const char *indicator = request_query(req, "indicator");
    struct figures_query query = {.body = read_body(call)};
    struct figure_list list;

    TRY(read_period(call, &query.period));
    TRY(read_frame(call, &query.scope, &query.against));
    TRY(read_by(call, &query.by));
    TRY(figure_as_of_parse(call->op, request_query(req, "as_of"), &query.as_of));
    if (indicator != NULL && indicator[0] != '\0') {
        query.ids = &indicator;
        query.n_ids = 1;
    }
    TRY(figures_query(call->op, call->web->options.indicators, &query, &list));
    json_object_begin(call_answer(call, 200));
    write_frame(call, query.body, &query.period, query.scope, list.position);
    write_figures(call, "items", &list);
    json_object_end(&call->w);
    return ERR_OK;
}

/* One figure or one cell of a breakdown, by its id. */
enum err_code figure_get(struct call *call)
{
    struct figure figure;

    TRY(figure_by_id(call->op, call->web->options.indicators, request_param(call->req, "id"),
                     &figure));
    figure.by = DIM_NONE;
    view_figure(call->op, &figure, call_answer(call, 200));
    return ERR_OK;
}

enum err_code figure_records_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const char *part = request_query(call->req, "part");
    bool den = part != NULL && strcmp(part, "den") == 0;
    struct list_page page;
    int64_t limit;

    if (part != NULL && part[0] != '\0' && !den && strcmp(part, "num") != 0)
        return call_bad_choice(call, "part", part, "num, den");
    TRY(call_query_int(call, "limit", 1, LIST_LIMIT_MAX, LIST_LIMIT_DEFAULT, &limit));
    TRY(figure_records(call->op, call->web->options.indicators, request_param(call->req, "id"),
                       den ? PART_DEN : PART_NUM, (int)limit, request_query(call->req, "cursor"),
                       call_today(call), call_soon(call), &page));
    TRY(snapshot_open(call->op, &snap));
    return write_page(call, snap, &page);
}

/* ---- dashboard ---- */

static void write_months(struct json_writer *w, const struct dashboard *d)
{
    json_open_array(w, "by_month");
    for (size_t i = 0; i < d->n_months; i++) {
        char text[DATE_TEXT];

        date_format(date_month_start(d->months[i].month_index), text);
        text[7] = '\0'; /* "2026-03" */
        json_object_begin(w);
        json_text(w, "month", text);
        json_int(w, "received", d->months[i].received);
        json_int(w, "ended", d->months[i].ended);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_days(struct call *call, const struct dashboard *d)
{
    struct json_writer *w = &call->w;

    json_open_array(w, "by_day");
    for (size_t i = 0; i < d->n_days; i++) {
        char text[DATE_TEXT];

        date_format(d->days[i].date, text);
        json_object_begin(w);
        json_text(w, "date", text);
        json_int(w, "received", d->days[i].received);
        json_int(w, "ended", d->days[i].ended);
        json_bool(w, "off", !calendar_is_working(call->op->setup->calendar, d->days[i].date));
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_category(struct json_writer *w, const struct dashboard_category *c)
{
    json_int(w, "n", c->n);
    json_int(w, "before", c->before);
}

static void write_categories(struct call *call, const struct dashboard *d)
{
    struct json_writer *w = &call->w;

    json_open_array(w, "by_category");
    for (size_t i = 0; i < d->n_categories; i++) {
        struct label label = view_figure_key(call->op, DIM_CATEGORY, d->categories[i].key);

        json_object_begin(w);
        json_text(w, "key", d->categories[i].key);
        view_label(w, "label", &label);
        write_category(w, &d->categories[i]);
        json_object_end(w);
    }
    json_array_end(w);
    json_open_object(w, "other_categories");
    json_int(w, "categories", (int64_t)d->n_rest);
    write_category(w, &d->rest);
    json_object_end(w);
    json_open_object(w, "no_category");
    write_category(w, &d->not_given);
    json_object_end(w);
}

static void write_bodies(struct call *call, const struct dashboard *d)
{
    struct json_writer *w = &call->w;

    json_open_array(w, "by_body");
    for (size_t i = 0; i < d->n_bodies; i++) {
        const struct dashboard_body *b = &d->bodies[i];
        struct label name = view_figure_key(call->op, DIM_BODY, b->code);

        json_object_begin(w);
        json_text(w, "code", b->code);
        view_label(w, "name", &name);
        json_int(w, "received", b->received);
        json_int(w, "ended", b->ended);
        json_int(w, "late", b->late);
        json_int(w, "today", b->today);
        json_int(w, "soon", b->soon);
        json_int(w, "paused", b->paused);
        json_int(w, "open", b->open);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err_code dashboard_get(struct call *call)
{
    struct dashboard_query query = {
        .body = read_body(call),
        .today = call_today(call),
        .soon_until = call_soon(call),
        .open = call->op->setup->open,
    };
    struct json_writer *w;
    struct dashboard d;

    TRY(read_period(call, &query.period));
    TRY(read_frame(call, &query.scope, &query.against));
    TRY(dashboard_query(call->op, call->web->options.indicators, &query, &d));
    w = call_answer(call, 200);
    json_object_begin(w);
    write_frame(call, query.body, &query.period, query.scope, d.position);
    json_open_object(w, "now");
    json_int(w, "late", d.late);
    json_int(w, "today", d.today);
    json_int(w, "soon", d.soon);
    json_int(w, "waiting_leader", d.waiting_leader);
    json_int(w, "unassigned", d.unassigned);
    json_object_end(w);
    write_figures(call, "figures", &d.figures);
    write_months(w, &d);
    write_days(call, &d);
    write_categories(call, &d);
    write_bodies(call, &d);
    json_object_end(w);
    return ERR_OK;
}
