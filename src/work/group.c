/* Groups: who may see one, and making one. Their acts: group_acts.c. */
#include "work/group_internal.h"

#include <string.h>

#include "insight/fold.h"
#include "insight/list.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/staff.h"

static enum err_code refuse(struct op *op, enum err_code rc, const char *field, const char *code,
                            const char *zh, const char *en)
{
    return err_field(&op->err, rc, field, code, zh, en);
}

struct record_facts group_facts(struct op *op, const struct record *r)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));

    return (struct record_facts){.body_path = body == NULL ? "" : body->path};
}

static enum err_code sees_a_member(struct op *op, int64_t id, bool *ret)
{
    struct list_filter filter = {.group = id};
    struct list_page page;

    TRY(list_matters(op, &filter, SORT_RECEIVED_DESC, 1, NULL, &page));
    *ret = page.n > 0;
    return ERR_OK;
}

enum err_code group_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                        struct record *ret)
{
    struct record_facts facts;
    enum err_code rc;
    bool member = false;

    TRY(record_load(op, snap, GROUP, id, ret));
    facts = group_facts(op, ret);
    rc = may_check(&op->actor, MAY_SEE_GROUP, &facts, &op->err);
    if (rc != ERR_OK) {
        err_clear(&op->err);
        rc = sees_a_member(op, id, &member);
        if (rc == ERR_OK && !member)
            rc = err_set(&op->err, ERR_NOT_FOUND, "group out of sight");
    }
    if (rc == ERR_OK && need != MAY_SEE_GROUP)
        rc = may_check(&op->actor, need, &facts, &op->err);
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    return rc;
}

const char *group_name(struct op *op, int64_t id)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct err kept = op->err;
    const char *name = NULL;

    if (snapshot_open(op, &snap) == ERR_OK && record_load(op, snap, GROUP, id, &r) == ERR_OK)
        name = arena_strdup(op->arena, record_member(&r, "business"));
    err_back(&op->err, &kept);
    return name == NULL ? "?" : name;
}

enum err_code group_size(struct op *op, struct snapshot *snap, int64_t id, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_group_size, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    return stmt_one_number(op, s, ret);
}

/* ---- parts ---- */

void group_set_title(struct record_draft *d, const char *title)
{
    if (title == NULL)
        return;
    record_text(d, "title", title);
    record_set(d, "title_at", json_integer(d->r->version + 1));
}

/* The leader belongs to the group's body or one below. */
enum err_code group_set_officer(struct op *op, struct record_draft *d, int64_t id)
{
    const struct body *body =
        setup_body(op->setup, json_object_get(d->set, "body") != NULL
                                  ? json_string_value(json_object_get(d->set, "body"))
                                  : record_member(d->r, "body"));
    struct officer officer;
    const struct body *his;

    if (id == 0)
        return ERR_OK;
    if (officer_by_id(op, id, &officer) != ERR_OK || !officer.active) {
        err_clear(&op->err);
        return refuse(op, ERR_INVALID, "officer", "unknown_officer", "没有这位承办人",
                      "There is no such officer.");
    }
    his = setup_body(op->setup, officer.body);
    if (body == NULL || his == NULL || !body_path_within(his->path, body->path))
        return refuse(op, ERR_INVALID, "officer", "other_body", "承办人不在这个单位",
                      "The officer does not belong to this body.");
    record_set(d, "officer", json_integer(id));
    record_in(d, "officer", json_integer(id));
    return ERR_OK;
}

/* A complaint the actor may see, named in the input. */
enum err_code group_named_matter(struct op *op, struct snapshot *snap, const char *field,
                                 const char *number, struct matter *ret)
{
    int64_t id;

    if (number == NULL || matter_id_of(op, number, &id) != ERR_OK ||
        matter_for(op, snap, id, MAY_SEE, ret) != ERR_OK || matter_kind_of(ret) != KIND_COMPLAINT) {
        err_clear(&op->err);
        return refuse(op, ERR_INVALID, field, "unknown_number", "没有这个编号的投诉",
                      "There is no complaint with this number.");
    }
    return ERR_OK;
}

/* ---- made by hand ---- */

/* What two paths have in common, up to a whole body. */
static void common_path(char *path, const char *other)
{
    size_t n = 0, whole = 0;

    for (; path[n] != '\0' && path[n] == other[n]; n++)
        if (path[n] == '/')
            whole = n + 1;
    path[whole] = '\0';
}

static const struct body *body_at(const struct setup *setup, const char *path)
{
    for (size_t i = 0; i < setup->n_bodies; i++)
        if (strcmp(setup->bodies[i].path, path) == 0)
            return &setup->bodies[i];
    return NULL;
}

static enum err_code take_matters(struct op *op, struct snapshot *snap, const json_t *numbers,
                                  struct record_draft *d, const struct body **ret_body)
{
    char *path = NULL;
    size_t i;
    json_t *value;

    json_array_foreach((json_t *)(uintptr_t)numbers, i, value)
    {
        CLEANUP(matter_release) struct matter m = {0};
        char field[32];
        const struct body *body;

        snprintf(field, sizeof field, "numbers.%zu", i);
        TRY(group_named_matter(op, snap, field, json_string_value(value), &m));
        if (m.group_id != MATTER_NONE)
            return refuse(op, ERR_INVALID, field, "in_group", "这件已经在一个群体里",
                          "This one belongs to a group already.");
        body = setup_body(op->setup, m.body);
        if (body != NULL && path == NULL)
            path = arena_strdup(op->arena, body->path);
        else if (body != NULL)
            common_path(path, body->path);
        if (i > 0)
            continue;
        record_set(d, "business", json_string(m.respondent == NULL ? "" : m.respondent));
        if (m.respondent_key != NULL)
            record_set(d, "respondent_key", json_string(m.respondent_key));
        if (m.category != NULL)
            record_set(d, "category", json_string(m.category));
    }
    *ret_body = path == NULL ? NULL : body_at(op->setup, path);
    return *ret_body == NULL ? err_set(&op->err, ERR_INTERNAL, "a group of no body") : ERR_OK;
}

static enum err_code make_once(struct op *op, const json_t *numbers, const char *title,
                               int64_t officer, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);
    struct record_facts facts = {0};
    const struct body *body;

    TRY(record_new(op, GROUP, ret));
    record_draft_begin(op, &d, ret, "make", op->now_ms);
    TRY(snapshot_open(op, &snap));
    TRY(take_matters(op, snap, numbers, &d, &body));
    facts.body_path = body->path;
    TRY(may_check(&op->actor, MAY_WORK_GROUP, &facts, &op->err));
    record_set(&d, "body", json_string(body->code));
    record_set(&d, "status", json_string("open"));
    record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_in(&d, "n", json_integer((json_int_t)json_array_size(numbers)));
    group_set_title(&d, title);
    TRY(group_set_officer(
        op, &d, officer == 0 && op->actor.kind == ACTOR_OFFICER ? op->actor.officer_id : officer));
    snapshot_closep(&snap);
    TRY(record_write(&d, ch));
    result = json_pack("{s:I}", "id", (json_int_t)ret->id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code group_earlier(struct op *op, struct record *ret, bool *ret_found)
{
    CLEANUP(json_decrefp) json_t *result = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    *ret_found = false;
    TRY(idempotency_find(op, op->key, &result));
    if (result == NULL)
        return ERR_OK;
    *ret_found = true;
    TRY(snapshot_open(op, &snap));
    return group_for(op, snap, json_integer_value(json_object_get(result, "id")), MAY_SEE_GROUP,
                     ret);
}

enum err_code group_make(struct op *op, const json_t *numbers, const char *title, int64_t officer,
                         struct record *ret)
{
    enum err_code rc;
    bool found;

    *ret = (struct record){0};
    TRY(group_earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    rc = make_once(op, numbers, title, officer, ret);
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    if (rc == ERR_REPLAYED)
        return group_earlier(op, ret, &found);
    return rc;
}
