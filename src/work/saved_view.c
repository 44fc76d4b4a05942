/* Saved views. */
#include "work/saved_view.h"

#include <string.h>

#include "work/acts.h"
#include "work/idempotency.h"
#include "work/staff.h"

#define SLICE 100

void saved_view_release(struct saved_view *view)
{
    json_decref(view->asked);
    view->asked = NULL;
}

static const char *own_status(struct op *op, int64_t owner)
{
    return arena_printf(op->arena, "own.%lld", (long long)owner);
}

/* A view that is not shared lies in no body: only its owner stands in a relation to it. */
static struct record_facts facts_of(struct op *op, const struct record *r)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    const char *status = record_member(r, "status");
    bool shared = status != NULL && strcmp(status, "shared") == 0;

    return (struct record_facts){
        .body_path = shared && body != NULL ? body->path : "",
        .registered_by = record_number(r, "owner"),
    };
}

static bool is_gone(const struct record *r)
{
    const char *status = record_member(r, "status");

    return status == NULL || strcmp(status, "gone") == 0;
}

static enum err_code view_of(struct op *op, struct snapshot *snap, const struct record *r,
                             struct saved_view *ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    struct record_facts facts = facts_of(op, r);
    struct officer owner;
    const char *asked;

    TRY(record_texts(op, snap, r, r->version, &texts));
    asked = json_string_value(json_object_get(texts, "asked"));
    *ret = (struct saved_view){
        .id = r->id,
        .version = r->version,
        .owner = facts.registered_by,
        .body = arena_strdup(op->arena, record_member(r, "body")),
        .name = arena_strdup(op->arena, json_string_value(json_object_get(texts, "name"))),
        .shared = facts.body_path[0] != '\0',
        .may_change = may(&op->actor, MAY_CHANGE_VIEW, &facts).yes,
    };
    if (officer_by_id(op, ret->owner, &owner) == ERR_OK)
        ret->owner_display = owner.display;
    else
        err_clear(&op->err);
    if (asked == NULL)
        return err_set(&op->err, ERR_CORRUPT, "view %lld: its texts", (long long)r->id);
    return json_parse(asked, strlen(asked), &ret->asked, &op->err);
}

/* ---- writing ---- */

static enum err_code fill(struct op *op, struct record_draft *d, const struct saved_view_form *form,
                          int64_t owner)
{
    CLEANUP(json_decrefp) json_t *asked = json_object();
    char *text;

    json_object_set(asked, "filter", (json_t *)(uintptr_t)form->filter);
    if (form->by != NULL)
        json_object_set_new(asked, "by", json_string(form->by));
    if (form->and != NULL)
        json_object_set_new(asked, "and", json_string(form->and));
    text = json_compact(op->arena, asked);
    if (text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a view");
    record_set(d, "status", json_string(form->shared ? "shared" : own_status(op, owner)));
    record_text(d, "name", form->name);
    record_text(d, "asked", text);
    return ERR_OK;
}

static enum err_code add_once(struct op *op, const struct saved_view_form *form, int64_t *ret_id)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);

    TRY(record_new(op, "view", &r));
    *ret_id = r.id;
    record_draft_begin(op, &d, &r, "save", op->now_ms);
    record_set(&d, "body", json_string(op->actor.body));
    record_set(&d, "owner", json_integer(op->actor.officer_id));
    TRY(fill(op, &d, form, op->actor.officer_id));
    if (op->key != NULL) {
        result = json_pack("{s:I}", "id", (json_int_t)r.id);
        idempotency_add(op, ch, op->key, result);
    }
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code load(struct op *op, struct snapshot *snap, int64_t id, struct record *ret)
{
    struct record_facts facts;

    TRY(record_load(op, snap, "view", id, ret));
    facts = facts_of(op, ret);
    if (is_gone(ret) || !may(&op->actor, MAY_SEE_VIEW, &facts).yes)
        return err_set(&op->err, ERR_NOT_FOUND, "view %lld", (long long)id);
    return ERR_OK;
}

static enum err_code show(struct op *op, int64_t id, struct saved_view *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};

    TRY(snapshot_open(op, &snap));
    TRY(load(op, snap, id, &r));
    return view_of(op, snap, &r, ret);
}

enum err_code saved_view_add(struct op *op, const struct saved_view_form *form,
                             struct saved_view *ret)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    struct record_facts own = {.body_path = op->actor.body_path};
    enum err_code rc;
    int64_t id;

    TRY(may_check(&op->actor, MAY_KEEP_VIEW, &own, &op->err));
    TRY(idempotency_find(op, op->key, &earlier));
    if (earlier == NULL) {
        rc = add_once(op, form, &id);
        if (rc != ERR_REPLAYED)
            return rc != ERR_OK ? rc : show(op, id, ret);
        err_clear(&op->err);
        TRY(idempotency_find(op, op->key, &earlier)); /* the same request won the race */
    }
    return show(op, json_integer_value(json_object_get(earlier, "id")), ret);
}

static enum err_code load_to_change(struct op *op, int64_t id, int64_t version, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_facts facts;

    TRY(snapshot_open(op, &snap));
    TRY(load(op, snap, id, ret));
    facts = facts_of(op, ret);
    TRY(may_check(&op->actor, MAY_CHANGE_VIEW, &facts, &op->err));
    return record_expect(op, ret, version);
}

enum err_code saved_view_change(struct op *op, int64_t id, const struct saved_view_form *form,
                                int64_t version, struct saved_view *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    struct changes *ch = changes_new(op);

    TRY(load_to_change(op, id, version, &r));
    record_draft_begin(op, &d, &r, "change", op->now_ms);
    TRY(fill(op, &d, form, record_number(&r, "owner")));
    TRY(record_write(&d, ch));
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE));
    return show(op, id, ret);
}

enum err_code saved_view_remove(struct op *op, int64_t id, int64_t version)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    struct changes *ch = changes_new(op);

    TRY(load_to_change(op, id, version, &r));
    record_draft_begin(op, &d, &r, "remove", op->now_ms);
    record_set(&d, "status", json_string("gone"));
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- listing ---- */

struct listing {
    struct op *op;
    struct snapshot *snap;
    struct saved_view *views;
    size_t n;
};

/* All views of one status, in one body or in any. */
static enum err_code list_some(struct listing *l, const char *body, const char *status)
{
    struct record_filter filter = {.kind = "view",
                                   .body = body,
                                   .status = status,
                                   .from = DATE_NONE,
                                   .to = DATE_NONE,
                                   .max = SLICE};
    struct record *records = ARENA_ARRAY(l->op->arena, struct record, SLICE);
    enum err_code rc = ERR_OK;
    size_t n = SLICE;

    if (records == NULL || status == NULL)
        return err_set(&l->op->err, ERR_NO_MEMORY, "views");
    while (n == SLICE && rc == ERR_OK && l->n < VIEWS_MAX) {
        TRY(records_list(l->op, l->snap, &filter, records, &n));
        for (size_t i = 0; i < n; i++) {
            struct record_facts facts = facts_of(l->op, &records[i]);

            if (rc == ERR_OK && l->n < VIEWS_MAX && may(&l->op->actor, MAY_SEE_VIEW, &facts).yes) {
                rc = view_of(l->op, l->snap, &records[i], &l->views[l->n]);
                l->n += rc == ERR_OK;
            }
            filter.after_day = 0;
            filter.after_id = records[i].id;
            record_release(&records[i]);
        }
    }
    return rc;
}

enum err_code saved_view_list(struct op *op, struct saved_view **ret, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct listing l = {.op = op, .views = ARENA_ARRAY(op->arena, struct saved_view, VIEWS_MAX)};
    const struct body *body = setup_body(op->setup, op->actor.body);

    *ret = l.views;
    *ret_n = 0;
    if (l.views == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "views");
    TRY(snapshot_open(op, &snap));
    l.snap = snap;
    TRY(list_some(&l, NULL, own_status(op, op->actor.officer_id)));
    for (; body != NULL; body = body->parent == NULL ? NULL : setup_body(op->setup, body->parent))
        TRY(list_some(&l, body->code, "shared"));
    *ret_n = l.n;
    return ERR_OK;
}
