/* Matters kept all the same. */
#include "work/hold.h"

#include <string.h>

#include "base/text.h"
#include "rules/number.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/idempotency.h"
#include "work/view_internal.h"

static bool is_lifted(const struct record *r)
{
    const char *status = record_member(r, "status");

    return status == NULL || strcmp(status, "on") != 0;
}

enum err_code hold_is_on(struct op *op, struct snapshot *snap, const char *number, bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_record_by_key, &s));
    TRY(stmt_bind_text(op, s, 1, number));
    TRY(stmt_bind_text(op, s, 2, HOLD));
    return stmt_step(op, s, ret);
}

void hold_guard(struct changes *ch, int64_t matter, const char *number)
{
    changes_row(ch, SQL_retention_unheld, 1, ERR_CONFLICT);
    changes_int(ch, matter);
    changes_text(ch, number);
}

/* ---- putting on ---- */

/* A number that the actor may not see is answered like one that does not exist. */
static enum err_code find_matter(struct op *op, struct snapshot *snap, const char *number,
                                 struct matter *ret)
{
    enum err_code rc;
    int64_t id;

    rc = number_parse(number, op->setup->number_key, &id, &op->err);
    if (rc == ERR_OK)
        rc = matter_for(op, snap, id, MAY_SEE, ret);
    if (rc != ERR_INVALID && rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&op->err);
    return err_field(&op->err, ERR_INVALID, "number", "unknown_number", "没有找到这个编号",
                     "There is no matter with this number.");
}

static enum err_code put_once(struct op *op, const char *number, const char *reason,
                              int64_t *ret_id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(matter_release) struct matter m = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);
    struct record_facts facts;
    bool on;

    TRY(snapshot_open(op, &snap));
    TRY(find_matter(op, snap, number, &m));
    facts = matter_facts(op, &m);
    TRY(may_check(&op->actor, MAY_HOLD, &facts, &op->err));
    TRY(hold_is_on(op, snap, m.number, &on));
    if (on)
        return err_field(&op->err, ERR_NOT_ALLOWED, "number", "on_hold", "这件已经在保留",
                         "This matter is on hold already.");
    TRY(record_new(op, HOLD, &r));
    *ret_id = r.id;
    record_draft_begin(op, &d, &r, "put", op->now_ms);
    d.report = m.secret != 0;
    record_set(&d, "matter", json_integer(m.id));
    record_set(&d, "number", json_string(m.number));
    record_set(&d, "kind", json_string(m.kind));
    record_set(&d, "body", json_string(m.body));
    record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_set(&d, "secret", json_boolean(m.secret));
    record_set(&d, "status", json_string("on"));
    record_set(&d, "key", json_string(m.number));
    record_set(&d, "by", json_integer(op->actor.officer_id));
    record_set(&d, "at", json_integer(op->now_ms));
    record_text(&d, "reason", reason);
    TRY(record_write(&d, ch));
    result = json_pack("{s:I}", "id", (json_int_t)r.id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code hold_put(struct op *op, const char *number, const char *reason, int64_t *ret_id)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    enum err_code rc;

    TRY(idempotency_find(op, op->key, &earlier));
    if (earlier == NULL) {
        rc = put_once(op, number, reason, ret_id);
        if (rc != ERR_REPLAYED)
            return rc;
        err_clear(&op->err);
        TRY(idempotency_find(op, op->key, &earlier)); /* the same request won the race */
    }
    *ret_id = json_integer_value(json_object_get(earlier, "id"));
    return ERR_OK;
}

/* ---- seeing and lifting ---- */

/* The hold, if the actor sees what is kept and may read this matter. */
static enum err_code load(struct op *op, struct snapshot *snap, int64_t id, struct record *ret,
                          struct record_facts *ret_facts)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct record_facts own = {.body_path = op->actor.body_path};

    TRY(may_check(&op->actor, MAY_READ_RETENTION, &own, &op->err));
    TRY(record_load(op, snap, HOLD, id, ret));
    TRY(matter_for(op, snap, record_number(ret, "matter"), MAY_READ, &m));
    *ret_facts = matter_facts(op, &m);
    return ERR_OK;
}

enum err_code hold_lift(struct op *op, int64_t id, const char *reason, int64_t version)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    struct changes *ch = changes_new(op);
    struct record_facts facts;

    TRY(snapshot_open(op, &snap));
    TRY(load(op, snap, id, &r, &facts));
    TRY(may_check(&op->actor, MAY_HOLD, &facts, &op->err));
    TRY(record_expect(op, &r, version));
    if (is_lifted(&r))
        return err_field(&op->err, ERR_NOT_ALLOWED, "hold", "lifted", "这个保留已经解除",
                         "This hold was lifted before.");
    record_draft_begin(op, &d, &r, "lift", op->now_ms);
    d.report = facts.secret;
    record_set(&d, "status", json_string("lifted"));
    record_set(&d, "key", json_null());
    record_set(&d, "lifted",
               json_pack("{s:I, s:I, s:I}", "version", (json_int_t)r.version + 1, "by",
                         (json_int_t)op->actor.officer_id, "at", (json_int_t)op->now_ms));
    record_text(&d, "reason", reason);
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code write_reason(struct op *op, struct snapshot *snap, const struct record *r,
                                  int64_t version, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;

    TRY(record_texts(op, snap, r, version, &texts));
    json_text(w, "reason", json_string_value(json_object_get(texts, "reason")));
    return ERR_OK;
}

static enum err_code write_lifted(struct op *op, struct snapshot *snap, const struct record *r,
                                  struct json_writer *w)
{
    const json_t *lifted = json_object_get(r->state, "lifted");

    if (lifted == NULL) {
        json_none(w, "lifted");
        return ERR_OK;
    }
    json_open_object(w, "lifted");
    TRY(write_reason(op, snap, r, json_integer_value(json_object_get(lifted, "version")), w));
    view_officer(op, w, "by", json_integer_value(json_object_get(lifted, "by")));
    view_instant(w, "at", json_integer_value(json_object_get(lifted, "at")), op->zone_min);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_one(struct op *op, struct snapshot *snap, const struct record *r,
                               const struct record_facts *facts, struct json_writer *w)
{
    json_object_begin(w);
    json_int(w, "id", r->id);
    json_int(w, "version", r->version);
    json_text(w, "number", record_member(r, "number"));
    json_text(w, "kind", record_member(r, "kind"));
    TRY(write_reason(op, snap, r, 1, w));
    view_officer(op, w, "by", record_number(r, "by"));
    view_instant(w, "at", record_number(r, "at"), op->zone_min);
    TRY(write_lifted(op, snap, r, w));
    json_bool(w, "may_lift", !is_lifted(r) && may(&op->actor, MAY_HOLD, facts).yes);
    json_object_end(w);
    return ERR_OK;
}

enum err_code hold_write(struct op *op, int64_t id, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct record_facts facts;

    TRY(snapshot_open(op, &snap));
    TRY(load(op, snap, id, &r, &facts));
    return write_one(op, snap, &r, &facts, w);
}

enum err_code hold_view_of(struct op *op, struct snapshot *snap, const struct matter *m,
                           struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(record_release) struct record r = {0};
    bool on;

    TRY(snapshot_prepare(op, snap, SQL_record_by_key, &s));
    TRY(stmt_bind_text(op, s, 1, m->number));
    TRY(stmt_bind_text(op, s, 2, HOLD));
    TRY(stmt_step(op, s, &on));
    if (!on) {
        json_none(w, "hold");
        return ERR_OK;
    }
    TRY(record_load(op, snap, HOLD, stmt_int64(s, 0), &r));
    json_open_object(w, "hold");
    TRY(write_reason(op, snap, &r, 1, w));
    view_officer(op, w, "by", record_number(&r, "by"));
    view_instant(w, "at", record_number(&r, "at"), op->zone_min);
    json_object_end(w);
    return ERR_OK;
}

/* ---- the list ---- */

/* "day.id" of the last one shown. */
static bool read_after(struct op *op, const char *text, struct record_filter *f)
{
    const char *dot = strchr(text, '.');
    int64_t day;

    if (*text == '\0')
        return true;
    if (dot == NULL || !text_int64(arena_strndup(op->arena, text, (size_t)(dot - text)), &day) ||
        !text_int64(dot + 1, &f->after_id) || day < 0 || day > INT32_MAX || f->after_id <= 0)
        return false;
    f->after_day = (date_t)day;
    return true;
}

static enum err_code write_seen(struct op *op, struct snapshot *snap, const struct record *r,
                                struct json_writer *w, int64_t *hidden)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct record_facts facts;

    TRY(matter_load(op, snap, record_number(r, "matter"), &m));
    facts = matter_facts(op, &m);
    if (may(&op->actor, MAY_READ, &facts).yes)
        return write_one(op, snap, r, &facts, w);
    ++*hidden;
    return ERR_OK;
}

enum err_code holds_write(struct op *op, bool lifted, const char *after, size_t max,
                          struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_facts own = {.body_path = op->actor.body_path};
    struct record_filter filter = {.kind = HOLD,
                                   .status = lifted ? "lifted" : "on",
                                   .from = DATE_NONE,
                                   .to = DATE_NONE,
                                   .max = max};
    struct record *page = ARENA_ARRAY(op->arena, struct record, max + 1);
    enum err_code rc = ERR_OK;
    const char *next = NULL;
    int64_t hidden = 0;
    size_t n;

    TRY(may_check(&op->actor, MAY_READ_RETENTION, &own, &op->err));
    if (page == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "holds");
    if (!read_after(op, after, &filter))
        return err_field(&op->err, ERR_INVALID, "after", "cursor", "翻页的位置不对，请从第一页看起",
                         "This page mark does not fit the list; begin with the first page");
    TRY(snapshot_open(op, &snap));
    TRY(records_list(op, snap, &filter, page, &n));
    if (n == max)
        next = arena_printf(op->arena, "%lld.%lld", (long long)record_number(&page[n - 1], "day"),
                            (long long)page[n - 1].id);
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = write_seen(op, snap, &page[i], w, &hidden);
        record_release(&page[i]);
    }
    json_array_end(w);
    json_int(w, "hidden", hidden);
    json_text(w, "next", next);
    json_object_end(w);
    return rc;
}
