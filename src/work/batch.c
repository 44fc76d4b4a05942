/* Slices of many acts, and the keeping of their results. */
#include "work/batch.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "work/acts.h"

#define ROUTE "batch"
#define TRIES 4
#define BUSY_TRIES 100
#define BUSY_WAIT_NS 20000000

void batch_id_make(const struct request_key *key, char ret[BATCH_ID_TEXT])
{
    unsigned char whole[crypto_generichash_BYTES_MIN];
    crypto_generichash_state state;

    crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES_MIN);
    crypto_generichash_update(&state, (const unsigned char *)key->route, strlen(key->route) + 1);
    crypto_generichash_update(&state, (const unsigned char *)key->key, strlen(key->key));
    crypto_generichash_final(&state, whole, sizeof whole);
    sodium_bin2hex(ret, BATCH_ID_TEXT, whole, (BATCH_ID_TEXT - 1) / 2);
}

/* ---- life ---- */

static json_t *merged(const json_t *input, const json_t *own)
{
    json_t *all = json_is_object(input) ? json_copy((json_t *)(uintptr_t)input) : json_object();

    if (all != NULL && json_is_object(own))
        json_object_update(all, (json_t *)(uintptr_t)own);
    return all;
}

static enum err_code refuse_twice(struct op *op, const json_t *items)
{
    json_t *seen = json_object(), *item;
    enum err_code rc = ERR_OK;
    size_t i;

    json_array_foreach((json_t *)(uintptr_t)items, i, item)
    {
        const char *number = json_string_value(json_object_get(item, "number"));
        char field[40];

        if (json_object_get(seen, number) != NULL) {
            snprintf(field, sizeof field, "items.%zu.number", i);
            rc = err_field(&op->err, ERR_INVALID, field, "twice", "这个编号写了两次",
                           "This number stands twice.");
            break;
        }
        json_object_set_new(seen, number, json_true());
    }
    json_decref(seen);
    return rc;
}

enum err_code batch_begin(struct op *op, const char *act, const struct request_key *key,
                          const json_t *items, const json_t *input, struct batch *ret)
{
    size_t n = json_array_size(items), i;
    json_t *item;

    TRY(refuse_twice(op, items));
    *ret = (struct batch){.act = act, .key = key, .n = n};
    batch_id_make(key, ret->id);
    ret->items = calloc(n == 0 ? 1 : n, sizeof ret->items[0]);
    if (ret->items == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "batch");
    json_array_foreach((json_t *)(uintptr_t)items, i, item)
    {
        struct batch_item *it = &ret->items[i];

        it->number = strdup(json_string_value(json_object_get(item, "number")));
        it->version = json_integer_value(json_object_get(item, "version"));
        it->input = merged(input, json_object_get(item, "input"));
        if (it->number == NULL || it->input == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "batch");
    }
    return ERR_OK;
}

void batch_release(struct batch *batch)
{
    for (size_t i = 0; batch->items != NULL && i < batch->n; i++) {
        free((char *)(uintptr_t)batch->items[i].number);
        json_decref(batch->items[i].input);
        json_decref(batch->items[i].errors);
    }
    free(batch->items);
    *batch = (struct batch){0};
}

/* ---- one matter ---- */

/* Its row under the batch: the hash is that of the whole request. */
static struct request_key item_key(struct op *op, const struct batch *batch,
                                   const struct batch_item *it)
{
    struct request_key key = *batch->key;

    key.route = arena_printf(op->arena, ROUTE " %s", batch->id);
    key.key = it->number;
    return key;
}

/* A fixed array may have cut a text inside a character; the half one is left out. */
static json_t *whole_text(const char *text)
{
    size_t n = strlen(text);

    while (n > 0 && !utf8_valid(text, n))
        n--;
    return json_stringn(text, n);
}

static json_t *errors_of(const struct err *err)
{
    json_t *list = json_array();

    for (size_t i = 0; i < err->n_items; i++) {
        const struct err_item *e = &err->items[i];

        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}", "field", whole_text(e->field),
                                              "code", whole_text(e->code), "zh", whole_text(e->zh),
                                              "en", whole_text(e->en)));
    }
    return list;
}

/* What one may not see is refused in the same words as what is not there. */
void batch_refuse(struct op *op, struct batch_item *it, enum err_code rc)
{
    it->state = ITEM_FAILED;
    it->code = rc;
    json_decref(it->errors);
    it->errors = rc == ERR_NOT_FOUND ? json_array() : errors_of(&op->err);
    if (rc == ERR_NOT_FOUND)
        it->after = 0;
}

/* Adds everything of one act to @p ch. */
static enum err_code put_item(struct op *op, struct changes *ch, const struct batch *batch,
                              struct batch_item *it)
{
    CLEANUP(matter_release) struct matter m = {0}, before = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct request_key key = item_key(op, batch, it);
    int64_t id;

    err_overlook(&op->err);
    it->after = 0;
    TRY(matter_id_of(op, it->number, &id));
    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(matter_for(op, snap, id, MAY_SEE, &m));
    }
    it->after = m.version;
    if (it->version != m.version)
        return err_set(&op->err, ERR_CONFLICT, "version %lld, now %lld", (long long)it->version,
                       (long long)m.version);
    matter_copy(&m, &before);
    TRY(matter_act_into(op, ch, &m, batch->act, it->input));
    matter_save(op, ch, &before, &m);
    result = json_pack("{s:I}", "version", (json_int_t)m.version);
    idempotency_add(op, ch, &key, result);
    it->after = m.version;
    return ERR_OK;
}

/* Whether an earlier run of this batch did it. */
static enum err_code done_before(struct op *op, const struct batch *batch, struct batch_item *it,
                                 bool *ret)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    struct request_key key = item_key(op, batch, it);

    TRY(idempotency_find(op, &key, &earlier));
    *ret = earlier != NULL;
    if (*ret) {
        it->state = ITEM_DONE;
        it->after = json_integer_value(json_object_get(earlier, "version"));
    }
    return ERR_OK;
}

static enum err_code apply(struct op *op, struct changes *ch, enum store_queue queue)
{
    struct timespec wait = {.tv_nsec = BUSY_WAIT_NS};
    enum err_code rc = ERR_BUSY;

    for (int i = 0; i < BUSY_TRIES && rc == ERR_BUSY; i++) {
        if (i > 0)
            nanosleep(&wait, NULL);
        rc = store_apply(op, ch, queue);
    }
    return rc;
}

/* Failures that say nothing of this matter: the next would meet them too. */
static bool stops_all(enum err_code rc)
{
    return rc == ERR_STORE_FULL || rc == ERR_IO || rc == ERR_BUSY || rc == ERR_NO_MEMORY ||
           rc == ERR_CORRUPT;
}

static enum err_code do_singly(struct op *op, const struct batch *batch, struct batch_item *it,
                               enum store_queue queue)
{
    enum err_code rc = ERR_CONFLICT;
    bool before;

    /* A race for another record that the act touches (a group, a linked matter) is tried again;
     * another version of the matter itself is not: put_item finds it at once. */
    for (int i = 0; i < TRIES && rc == ERR_CONFLICT; i++) {
        struct changes *ch = changes_new(op);

        rc = err_truly(&op->err, put_item(op, ch, batch, it));
        if (rc == ERR_CONFLICT)
            break;
        if (rc == ERR_OK)
            rc = apply(op, ch, queue);
    }
    if (rc == ERR_REPLAYED || rc == ERR_UNCERTAIN) {
        TRY(done_before(op, batch, it, &before));
        if (before)
            return ERR_OK;
    }
    if (rc != ERR_OK && stops_all(rc))
        return rc;
    if (rc == ERR_OK)
        it->state = ITEM_DONE;
    else
        batch_refuse(op, it, rc);
    return ERR_OK;
}

enum err_code batch_slice(struct op *op, struct batch *batch, enum store_queue queue)
{
    size_t end = batch->n - batch->done < BATCH_SLICE ? batch->n : batch->done + BATCH_SLICE;
    struct changes *ch = changes_new(op);
    bool taken[BATCH_SLICE] = {false}, before, any = false;
    enum err_code rc;

    for (size_t i = batch->done; i < end; i++) {
        struct batch_item *it = &batch->items[i];
        struct changes *mark;

        if (it->state != ITEM_WAITING)
            continue;
        TRY(done_before(op, batch, it, &before));
        if (before)
            continue;
        mark = changes_mark(ch);
        rc = err_truly(&op->err, put_item(op, ch, batch, it));
        if (rc != ERR_OK && stops_all(rc))
            return rc;
        taken[i - batch->done] = rc == ERR_OK;
        any |= rc == ERR_OK;
        if (rc != ERR_OK) {
            changes_back(ch, mark);
            batch_refuse(op, it, rc);
        }
    }
    rc = any ? apply(op, ch, queue) : ERR_OK;
    for (size_t i = batch->done; i < end; i++) {
        if (!taken[i - batch->done])
            continue;
        if (rc == ERR_OK)
            batch->items[i].state = ITEM_DONE;
        else
            TRY(do_singly(op, batch, &batch->items[i], queue));
    }
    batch->done = end;
    return ERR_OK;
}

/* ---- the results ---- */

static enum err_code code_named(const char *name)
{
    for (int code = ERR_OK; code <= ERR_INTERNAL; code++)
        if (name != NULL && strcmp(err_info((enum err_code)code)->name, name) == 0)
            return (enum err_code)code;
    return ERR_INTERNAL;
}

static json_t *item_result(const struct batch_item *it)
{
    json_t *o = json_pack("{s:s, s:I}", "number", it->number, "after", (json_int_t)it->after);

    if (it->state == ITEM_FAILED) {
        json_object_set_new(o, "code", json_string(err_info(it->code)->name));
        json_object_set(o, "errors", it->errors);
    }
    if (it->state == ITEM_WAITING)
        json_object_set_new(o, "waiting", json_true());
    return o;
}

enum err_code batch_keep(struct op *op, struct batch *batch)
{
    CLEANUP(json_decrefp) json_t *result = json_pack("{s:s, s:[]}", "act", batch->act, "items");
    struct request_key key = *batch->key;
    struct changes *ch = changes_new(op);
    enum err_code rc;

    key.route = ROUTE;
    key.key = batch->id;
    for (size_t i = 0; i < batch->n; i++)
        json_array_append_new(json_object_get(result, "items"), item_result(&batch->items[i]));
    idempotency_add(op, ch, &key, result);
    rc = apply(op, ch, QUEUE_INTERACTIVE);
    return rc == ERR_REPLAYED ? ERR_OK : rc;
}

static void take_result(struct batch_item *it, const json_t *o)
{
    const char *code = json_string_value(json_object_get(o, "code"));
    const char *number = json_string_value(json_object_get(o, "number"));

    it->number = strdup(number == NULL ? "" : number);
    it->after = json_integer_value(json_object_get(o, "after"));
    it->state = json_is_true(json_object_get(o, "waiting")) ? ITEM_WAITING
                : code != NULL                              ? ITEM_FAILED
                                                            : ITEM_DONE;
    it->code = code == NULL ? ERR_OK : code_named(code);
    it->errors = json_incref(json_object_get(o, "errors"));
}

enum err_code batch_kept(struct op *op, const char *id, const struct request_key *key,
                         const char **ret_act, struct batch *ret)
{
    CLEANUP(json_decrefp) json_t *result = NULL;
    const char *act;
    const json_t *items;

    TRY(idempotency_result(op, ROUTE, id, key == NULL ? NULL : key->body_hash, &result));
    if (result == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no batch %s", id);
    act = json_string_value(json_object_get(result, "act"));
    items = json_object_get(result, "items");
    *ret_act = arena_strdup(op->arena, act == NULL ? "" : act);
    *ret = (struct batch){
        .act = *ret_act, .n = json_array_size(items), .done = json_array_size(items)};
    snprintf(ret->id, sizeof ret->id, "%s", id);
    ret->items = calloc(ret->n + 1, sizeof ret->items[0]);
    if (ret->items == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "batch");
    for (size_t i = 0; i < ret->n; i++)
        take_result(&ret->items[i], json_array_get(items, i));
    return ERR_OK;
}
