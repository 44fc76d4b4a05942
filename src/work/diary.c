/* Pages of the diary: made by the job, written on by officers, closed. */
#include "work/diary.h"

#include <string.h>

#include "rules/duty.h"
#include "rules/roles.h"
#include "sql_queries.h"
#include "work/duty.h"
#include "work/staff.h"
#include "work/view_internal.h"

#define TEXT_MAX 8000
#define BATCH_MAX 400

static enum err_code check_may(struct op *op, enum may_act act, const char *code)
{
    const struct body *body = setup_body(op->setup, code);
    struct record_facts facts = {.body_path = body == NULL ? "" : body->path};

    if (body == NULL)
        return err_field(&op->err, ERR_INVALID, "body", "unknown_body", "没有这个单位",
                         "There is no such body.");
    return may_check(&op->actor, act, &facts, &op->err);
}

static char *key_of(struct op *op, const char *body, date_t day)
{
    char text[DATE_TEXT];

    date_format(day, text);
    return arena_printf(op->arena, "%s|%s", body, text);
}

static enum err_code find(struct op *op, struct snapshot *snap, const char *body, date_t day,
                          struct record *ret)
{
    enum err_code rc = record_by_key(op, snap, "diary", key_of(op, body, day), ret);

    if (rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&op->err);
    return record_new(op, "diary", ret);
}

static enum err_code open_page(struct op *op, const char *body, date_t day, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return find(op, snap, body, day, ret);
}

static void begin(struct op *op, struct record_draft *d, struct record *r, const char *act,
                  const char *body, date_t day)
{
    record_draft_begin(op, d, r, act, op->now_ms);
    if (r->version > 0)
        return;
    record_set(d, "body", json_string(body));
    record_set(d, "status", json_string("begun"));
    record_set(d, "day", json_integer(day));
    record_set(d, "key", json_string(key_of(op, body, day)));
}

static bool closed(const struct record *r)
{
    const char *status = record_member(r, "status");

    return status != NULL && strcmp(status, "closed") == 0;
}

/* ---- what officers write ---- */

enum err_code diary_add(struct op *op, const char *body, date_t day, const char *text)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    json_t *entries;

    TRY(check_may(op, MAY_WRITE_DIARY, body));
    if (text == NULL || strlen(text) > TEXT_MAX)
        return err_field(&op->err, ERR_INVALID, "text", "length", "写上内容，最多 8000 字节",
                         "Write something, 8000 bytes at most.");
    if (day > date_of_instant(op->now_ms, op->zone_min))
        return err_field(&op->err, ERR_INVALID, "date", "future", "还没到这一天",
                         "This day is still to come.");
    TRY(open_page(op, body, day, &r));
    begin(op, &d, &r, closed(&r) ? "note_later" : "add", body, day);
    entries = json_object_get(r.state, "entries");
    entries = entries == NULL ? json_array() : json_deep_copy(entries);
    json_array_append_new(entries,
                          json_pack("{s:I, s:I, s:I, s:b}", "version", (json_int_t)r.version + 1,
                                    "by", (json_int_t)op->actor.officer_id, "at",
                                    (json_int_t)op->now_ms, "later", closed(&r)));
    record_set(&d, "entries", entries);
    record_text(&d, "text", text);
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code diary_close(struct op *op, const char *body, date_t day)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);

    TRY(check_may(op, MAY_WRITE_DIARY, body));
    TRY(open_page(op, body, day, &r));
    if (r.version == 0 || closed(&r) || json_object_get(r.state, "counts") == NULL)
        return err_field(&op->err, ERR_NOT_ALLOWED, "date", "diary_state",
                         "这一页已经结了，或者还没到第二天。",
                         "This page is closed, or its day is not over.");
    begin(op, &d, &r, "close", body, day);
    record_set(&d, "status", json_string("closed"));
    record_set(&d, "closed_by", json_integer(op->actor.officer_id));
    record_set(&d, "closed_at", json_integer(op->now_ms));
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- what the job counts ---- */

static enum err_code count_into(struct op *op, struct snapshot *snap, int sql, const char *body,
                                date_t day, json_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t from = ((int64_t)(day - date_from_ymd(1970, 1, 1)) * 1440 - op->zone_min) * 60000;
    bool row;

    TRY(snapshot_prepare(op, snap, sql, &s));
    TRY(stmt_bind_text(op, s, 1, body));
    TRY(stmt_bind_int64(op, s, 2, from));
    TRY(stmt_bind_int64(op, s, 3, from + INT64_C(86400000)));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        json_array_append_new(ret, json_pack("{s:s, s:s, s:I}", "kind", stmt_text(s, 0), "key",
                                             stmt_text(s, 1), "n", (json_int_t)stmt_int64(s, 2)));
    }
}

static enum err_code count_page(struct op *op, struct changes *ch, const char *body, date_t day,
                                bool *ret_made)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    json_t *received, *ended;

    TRY(snapshot_open(op, &snap));
    TRY(find(op, snap, body, day, &r));
    *ret_made = json_object_get(r.state, "counts") == NULL;
    if (!*ret_made)
        return ERR_OK;
    received = json_array();
    ended = json_array();
    begin(op, &d, &r, "count", body, day);
    if (!closed(&r))
        record_set(&d, "status", json_string("open"));
    record_set(&d, "counts", json_pack("{s:o, s:o}", "received", received, "ended", ended));
    TRY(count_into(op, snap, SQL_diary_received, body, day, received));
    TRY(count_into(op, snap, SQL_diary_ended, body, day, ended));
    return record_write(&d, ch);
}

/* The first day whose page is missing; yesterday where there is no page at all. */
static enum err_code first_missing(struct op *op, const char *body, date_t yesterday, date_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    date_t back = yesterday - (date_t)op->setup->duty->catch_up_days + 1;
    bool row;

    *ret = yesterday;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_diary_counted_to, &s));
    TRY(stmt_bind_text(op, s, 1, body));
    TRY(stmt_bind_int64(op, s, 2, yesterday));
    TRY(stmt_step(op, s, &row));
    if (row && !stmt_is_null(s, 0))
        *ret = (date_t)stmt_int64(s, 0) + 1;
    if (*ret < back)
        *ret = back;
    return ERR_OK;
}

enum err_code diary_make(struct op *op, int64_t *ret_made)
{
    date_t yesterday = date_of_instant(op->now_ms, op->zone_min) - 1;
    struct changes *ch = changes_new(op);

    *ret_made = 0;
    for (size_t i = 0; i < op->setup->n_bodies && *ret_made < BATCH_MAX; i++) {
        const struct body *b = &op->setup->bodies[i];
        date_t day;

        if (!b->current)
            continue;
        TRY(first_missing(op, b->code, yesterday, &day));
        for (; day <= yesterday && *ret_made < BATCH_MAX; day++) {
            bool made;

            TRY(count_page(op, ch, b->code, day, &made));
            *ret_made += made;
        }
    }
    return *ret_made == 0 ? ERR_OK : store_apply(op, ch, QUEUE_BULK);
}

/* ---- reading ---- */

static int64_t sum(const struct op *op, const json_t *list, bool reports)
{
    int64_t n = 0;
    size_t i;
    json_t *v;

    (void)op;
    json_array_foreach((json_t *)(uintptr_t)list, i,
                       v) if (reports ||
                              strcmp(json_string_value(json_object_get(v, "kind")), "report") != 0)
        n += json_integer_value(json_object_get(v, "n"));
    return n;
}

/* How many reports came in is for those who may count reports of the body. */
static bool counts_reports(struct op *op, const char *code)
{
    const struct body *body = setup_body(op->setup, code);
    struct record_facts facts = {.kind = KIND_REPORT,
                                 .secret = true,
                                 .assigned = true,
                                 .body_path = body == NULL ? "" : body->path};

    return may(&op->actor, MAY_COUNT, &facts).yes;
}

static void view_counts(struct op *op, struct json_writer *w, const char *key, const json_t *list,
                        const char *table, bool reports)
{
    size_t i;
    json_t *v;

    json_open_array(w, key);
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        const char *kind = json_string_value(json_object_get(v, "kind"));
        const char *code = json_string_value(json_object_get(v, "key"));
        struct label label = {code, code};
        const struct pack_outcome *outcome = NULL;

        if (!reports && strcmp(kind, "report") == 0)
            continue;
        if (table != NULL)
            label = setup_label(op->setup, table, code);
        else
            for (int k = 0; k < 3 && outcome == NULL; k++)
                outcome = setup_outcome(op->setup, (enum matter_kind)k, code);
        if (outcome != NULL)
            label = outcome->label;
        json_object_begin(w);
        json_text(w, "kind", kind);
        json_text(w, "key", code);
        view_label(w, "label", &label);
        json_int(w, "n", json_integer_value(json_object_get(v, "n")));
        json_object_end(w);
    }
    json_array_end(w);
}

static enum err_code view_entries(struct op *op, struct snapshot *snap, const struct record *r,
                                  struct json_writer *w)
{
    size_t i;
    json_t *v;

    json_open_array(w, "entries");
    json_array_foreach(json_object_get(r->state, "entries"), i, v)
    {
        CLEANUP(json_decrefp) json_t *texts = NULL;

        TRY(record_texts(op, snap, r, json_integer_value(json_object_get(v, "version")), &texts));
        json_object_begin(w);
        view_instant(w, "at", json_integer_value(json_object_get(v, "at")), op->zone_min);
        view_officer(op, w, "officer", json_integer_value(json_object_get(v, "by")));
        json_bool(w, "later", json_is_true(json_object_get(v, "later")));
        json_text(w, "text", json_string_value(json_object_get(texts, "text")));
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

enum err_code diary_view(struct op *op, const char *body, date_t day, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct calendar_day c = calendar_day(op->setup->calendar, day);
    const struct body *b = setup_body(op->setup, body);
    const json_t *counts;
    bool reports;

    TRY(check_may(op, MAY_READ_DUTY, body));
    TRY(snapshot_open(op, &snap));
    TRY(find(op, snap, body, day, &r));
    counts = json_object_get(r.state, "counts");
    reports = counts_reports(op, body);
    json_object_begin(w);
    json_text(w, "body", body);
    view_label(w, "body_name", &b->name);
    view_date(w, "date", day);
    json_text(w, "kind", day_kind_name(c.kind));
    view_label(w, "label", &c.name);
    view_label(w, "weekday", weekday_label(day));
    json_text(w, "status", r.version == 0 ? "none" : record_member(&r, "status"));
    json_bool(w, "counted", counts != NULL);
    json_int(w, "received_total", sum(op, json_object_get(counts, "received"), reports));
    json_int(w, "ended_total", sum(op, json_object_get(counts, "ended"), reports));
    view_counts(op, w, "received", json_object_get(counts, "received"), "channels", reports);
    view_counts(op, w, "ended", json_object_get(counts, "ended"), NULL, reports);
    TRY(view_entries(op, snap, &r, w));
    TRY(duty_day(op, snap, body, day, w));
    json_bool(w, "may_write",
              may(&op->actor, MAY_WRITE_DIARY, &(struct record_facts){.body_path = b->path}).yes);
    json_object_end(w);
    return ERR_OK;
}

enum err_code diary_month(struct op *op, const char *body, date_t first, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    date_t end = date_month_start(date_month_index(first) + 1);
    bool reports;

    TRY(check_may(op, MAY_READ_DUTY, body));
    TRY(snapshot_open(op, &snap));
    reports = counts_reports(op, body);
    json_object_begin(w);
    json_text(w, "body", body);
    json_open_array(w, "days");
    for (date_t day = first; day < end; day++) {
        CLEANUP(record_release) struct record r = {0};
        const json_t *counts;

        TRY(find(op, snap, body, day, &r));
        counts = json_object_get(r.state, "counts");
        json_object_begin(w);
        view_date(w, "date", day);
        json_text(w, "status", r.version == 0 ? "none" : record_member(&r, "status"));
        json_bool(w, "counted", counts != NULL);
        json_int(w, "received", sum(op, json_object_get(counts, "received"), reports));
        json_int(w, "ended", sum(op, json_object_get(counts, "ended"), reports));
        json_int(w, "entries", (int64_t)json_array_size(json_object_get(r.state, "entries")));
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}
