/* Lists of records, and the timeline of one. */
#include <string.h>

#include "insight/compose.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/record_internal.h"
#include "work/seal.h"
#include "work/staff.h"
#include "work/view_internal.h"

#define PAGE_MAX 200

enum err_code records_list(struct op *op, struct snapshot *snap, const struct record_filter *filter,
                           struct record *ret, size_t *ret_n)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool first = filter->after_id == 0, row;

    *ret_n = 0;
    compose_init(&c);
    compose(&c, SQL_record_list);
    compose_text(&c, filter->kind);
    compose_int(&c, !first ? filter->after_day : filter->to == DATE_NONE ? INT32_MAX : filter->to);
    compose_int(&c, first ? INT64_MAX : filter->after_id);
    compose_int(&c, filter->from == DATE_NONE ? INT32_MIN : filter->from);
    if (filter->body != NULL) {
        compose(&c, SQL_record_if_body);
        compose_text(&c, filter->body);
    }
    if (filter->body_path != NULL)
        TRY(compose_reach(op, &c, SQL_record_if_below, filter->body_path));
    if (filter->status != NULL) {
        compose(&c, SQL_record_if_status);
        compose_text(&c, filter->status);
    }
    compose(&c, SQL_record_list_order);
    compose_int(&c, (int64_t)(filter->max > PAGE_MAX ? PAGE_MAX : filter->max));
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(record_read(op, s, filter->kind, &ret[*ret_n]));
        (*ret_n)++;
    }
}

enum err_code record_texts(struct op *op, struct snapshot *snap, const struct record *r,
                           int64_t version, json_t **ret)
{
    return seal_open_texts(op, snap, r->id, version, ret);
}

static void write_actor(struct op *op, struct json_writer *w, const char *kind, int64_t id)
{
    struct officer officer;
    bool known = strcmp(kind, "officer") == 0 && officer_by_id(op, id, &officer) == ERR_OK;

    json_open_object(w, "actor");
    json_text(w, "display", known ? officer.display : "");
    json_text(w, "kind", kind);
    json_object_end(w);
}

static enum err_code write_event(struct op *op, struct snapshot *snap, const struct record *r,
                                 struct stmt *s, bool texts, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *body = NULL, *opened = NULL;
    const json_t *in;

    TRY(stmt_event_body(op, s, 8, &body));
    if (texts)
        TRY(record_texts(op, snap, r, stmt_int64(s, 1), &opened));
    in = json_object_get(body, "in");
    json_object_begin(w);
    json_int(w, "version", stmt_int64(s, 1));
    json_text(w, "act", stmt_text(s, 2));
    write_actor(op, w, stmt_text(s, 3), stmt_int64(s, 4));
    view_instant(w, "at", stmt_int64(s, 6), op->zone_min);
    view_instant(w, "recorded_at", stmt_int64(s, 7), op->zone_min);
    json_key(w, "in");
    if (in == NULL)
        json_put_raw(w, "{}");
    else
        json_put_tree(w, in);
    json_key(w, "texts");
    if (opened == NULL)
        json_put_raw(w, "{}");
    else
        json_put_tree(w, opened);
    json_object_end(w);
    return ERR_OK;
}

enum err_code record_write_events(struct op *op, struct snapshot *snap, const struct record *r,
                                  bool texts, struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_events_of, &s));
    TRY(stmt_bind_text(op, s, 1, r->kind));
    TRY(stmt_bind_int64(op, s, 2, r->id));
    json_open_array(w, "events");
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(write_event(op, snap, r, s, texts, w));
    }
    json_array_end(w);
    return ERR_OK;
}
