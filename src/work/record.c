/* Records other than matters: folding, writing, and what reads a single one. */
#include "work/record.h"

#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/record_internal.h"
#include "work/seal.h"

const struct record_kind *record_kind_find(const char *name)
{
    for (size_t i = 0; i < n_record_kinds; i++)
        if (strcmp(record_kinds[i].name, name) == 0)
            return &record_kinds[i];
    return NULL;
}

void record_release(struct record *r)
{
    json_decref(r->state);
    *r = (struct record){0};
}

const char *record_member(const struct record *r, const char *name)
{
    return json_string_value(json_object_get(r->state, name));
}

int64_t record_number(const struct record *r, const char *name)
{
    return json_integer_value(json_object_get(r->state, name));
}

enum err_code record_new(struct op *op, const char *kind, struct record *ret)
{
    *ret = (struct record){.kind = kind, .id = store_next_record_id(op->store, op->now_ms)};
    ret->state = json_object();
    return ret->state == NULL ? err_set(&op->err, ERR_NO_MEMORY, "a new %s", kind) : ERR_OK;
}

enum err_code record_read(struct op *op, struct stmt *s, const char *kind, struct record *ret)
{
    const char *state = stmt_text(s, 3);
    const void *head;
    size_t n;

    *ret = (struct record){.kind = kind, .id = stmt_int64(s, 0), .version = stmt_int64(s, 1)};
    head = stmt_blob(s, 2, &n);
    if (head == NULL || n != HASH_BYTES || state == NULL)
        return err_set(&op->err, ERR_CORRUPT, "%s %lld: its row", kind, (long long)ret->id);
    memcpy(ret->head, head, HASH_BYTES);
    return json_parse(state, strlen(state), &ret->state, &op->err);
}

enum err_code record_load(struct op *op, struct snapshot *snap, const char *kind, int64_t id,
                          struct record *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    *ret = (struct record){.kind = kind};
    TRY(snapshot_prepare(op, snap, SQL_record_by_id, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_bind_text(op, s, 2, kind));
    TRY(stmt_one_row(op, s));
    return record_read(op, s, kind, ret);
}

enum err_code record_by_key(struct op *op, struct snapshot *snap, const char *kind, const char *key,
                            struct record *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    *ret = (struct record){.kind = kind};
    TRY(snapshot_prepare(op, snap, SQL_record_by_key, &s));
    TRY(stmt_bind_text(op, s, 1, key));
    TRY(stmt_bind_text(op, s, 2, kind));
    TRY(stmt_one_row(op, s));
    return record_read(op, s, kind, ret);
}

enum err_code record_expect(struct op *op, const struct record *r, int64_t version)
{
    if (version == ANY_VERSION || version == r->version)
        return ERR_OK;
    return err_set(&op->err, ERR_CONFLICT, "%s %lld is at version %lld", r->kind, (long long)r->id,
                   (long long)r->version);
}

/* ---- folding ---- */

enum err_code record_fold(struct op *op, struct record *r, const struct event *ev,
                          const json_t *body)
{
    json_t *set = json_object_get(body, "set"), *value;
    const char *name;

    if (ev->version != r->version + 1)
        return err_set(&op->err, ERR_CORRUPT, "%s %lld: event %lld does not follow on", r->kind,
                       (long long)r->id, (long long)ev->version);
    json_object_foreach(set, name, value)
    {
        int failed = json_is_null(value) ? (json_object_del(r->state, name), 0)
                                         : json_object_set(r->state, name, value);

        if (failed)
            return err_set(&op->err, ERR_NO_MEMORY, "folding %s", r->kind);
    }
    r->version = ev->version;
    memcpy(r->head, ev->hash, HASH_BYTES);
    return ERR_OK;
}

/* ---- writing ---- */

void record_draft_begin(struct op *op, struct record_draft *d, struct record *r, const char *act,
                        int64_t at)
{
    *d = (struct record_draft){.op = op, .r = r, .act = act, .at = at};
    d->in = json_object();
    d->set = json_object();
    d->texts = json_object();
    d->commit = json_object();
    d->failed = d->in == NULL || d->set == NULL || d->texts == NULL || d->commit == NULL;
}

void record_draft_release(struct record_draft *d)
{
    json_decref(d->in);
    json_decref(d->set);
    json_decref(d->texts);
    json_decref(d->commit);
}

static void put(struct record_draft *d, json_t *object, const char *name, json_t *value)
{
    if (value == NULL || json_object_set_new(object, name, value) != 0)
        d->failed = true;
}

void record_in(struct record_draft *d, const char *name, json_t *value)
{
    put(d, d->in, name, value);
}

void record_set(struct record_draft *d, const char *name, json_t *value)
{
    put(d, d->set, name, value);
}

void record_text(struct record_draft *d, const char *name, const char *text)
{
    if (text != NULL)
        put(d, d->texts, name, json_string(text));
}

enum err_code record_person(struct record_draft *d, struct changes *ch, const char *role,
                            const json_t *person)
{
    return seal_person(d->op, ch, d->r->id, d->r->version + 1, role, person, d->commit);
}

static enum err_code record_event(struct record_draft *d, struct changes *ch)
{
    CLEANUP(json_decrefp) json_t *body = json_object();
    struct op *op = d->op;
    struct event ev;
    char *text;

    if (json_object_size(d->in) > 0)
        json_object_set(body, "in", d->in);
    if (json_object_size(d->set) > 0)
        json_object_set(body, "set", d->set);
    if (json_object_size(d->commit) > 0)
        json_object_set(body, "commit", d->commit);
    text = json_compact(op->arena, body);
    if (d->failed || text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "making an event of %s", d->r->kind);
    ev = (struct event){
        .kind = d->r->kind,
        .record = d->r->id,
        .version = d->r->version + 1,
        .act = d->act,
        .actor = op->actor.officer_id,
        .actor_kind = actor_kind_name(op->actor.kind),
        .at = d->at,
        .recorded_at = op->now_ms,
        .body = text,
        .body_size = strlen(text),
    };
    changes_event(op, ch, &ev, d->r->version == 0 ? NULL : d->r->head);
    return record_fold(op, d->r, &ev, body);
}

static enum err_code record_row(struct op *op, struct changes *ch, const struct record *r)
{
    char *state = json_compact(op->arena, r->state);

    if (state == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "the state of %s", r->kind);
    changes_row(ch, r->version == 1 ? SQL_record_insert : SQL_record_update, 1, ERR_CONFLICT);
    changes_int(ch, r->id);
    changes_text(ch, r->kind);
    changes_int(ch, r->version);
    changes_blob(ch, r->head, HASH_BYTES);
    changes_text(ch, record_member(r, "body"));
    changes_text(ch, record_member(r, "status"));
    changes_int(ch, record_number(r, "day"));
    changes_text(ch, record_member(r, "key"));
    changes_text(ch, state);
    return ERR_OK;
}

enum err_code record_write(struct record_draft *d, struct changes *ch)
{
    const struct record_kind *kind = record_kind_find(d->r->kind);
    CLEANUP(record_release) struct record before = *d->r;

    before.state = json_copy(d->r->state);
    if (before.state == NULL || kind == NULL)
        return err_set(&d->op->err, kind == NULL ? ERR_INTERNAL : ERR_NO_MEMORY, "writing %s",
                       d->r->kind);
    TRY(seal_texts(d->op, ch, d->r->id, d->r->version + 1, d->report ? KEY_REPORT : KEY_TEXT,
                   d->texts, d->commit));
    TRY(record_event(d, ch));
    TRY(record_row(d->op, ch, d->r));
    if (kind->project != NULL)
        kind->project(d->op, ch, before.version == 0 ? NULL : &before, d->r);
    return ERR_OK;
}
