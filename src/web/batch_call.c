/* A request with many acts: the shape of what is sent, then the work, here or in the thread. */
#include "web/batch_call.h"

#include <stdio.h>
#include <string.h>

#include "web/api_forms.h"
#include "web/batches.h"
#include "web/web_internal.h"

#define REPORT_MAX ((size_t)8 * 1024 * 1024)

static char *as_json(struct call *call, const struct batch *batch, const char *state)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(REPORT_MAX);
    struct json_writer w;

    json_begin(&w, &out);
    batch_write(call->op, batch, state, -1, &w);
    return buf_dup(&out, call->op->arena);
}

static const char *state_of(const struct batch *batch)
{
    for (size_t i = 0; i < batch->n; i++)
        if (batch->items[i].state == ITEM_WAITING)
            return "stopped";
    return "done";
}

enum err_code batch_call_earlier(struct call *call, struct batch_answer *ret)
{
    CLEANUP(batch_release) struct batch kept = {0};
    struct op *op = call->op;
    char id[BATCH_ID_TEXT];
    const char *act;
    enum err_code rc;

    *ret = (struct batch_answer){0};
    if (op->key == NULL)
        return call_refuse(call, ERR_INVALID, "Idempotency-Key", "key_missing",
                           "一次办多件要带请求编号（Idempotency-Key）",
                           "Many acts at once need an Idempotency-Key");
    batch_id_make(op->key, id);
    TRY(batches_report(call->web->batches, op, id, op->key->body_hash, &ret->json));
    if (ret->json != NULL) {
        ret->replayed = ret->running = true;
        return ERR_OK;
    }
    rc = batch_kept(op, id, op->key, &act, &kept);
    if (rc == ERR_NOT_FOUND) {
        err_clear(&op->err);
        return ERR_OK;
    }
    TRY(rc);
    ret->replayed = true;
    ret->json = as_json(call, &kept, state_of(&kept));
    return ret->json == NULL ? err_set(&op->err, ERR_NO_MEMORY, "batch") : ERR_OK;
}

/* ---- what was sent ---- */

static bool has_own(const json_t *items)
{
    size_t i;
    json_t *item;

    json_array_foreach((json_t *)(uintptr_t)items, i,
                       item) if (json_is_object(json_object_get(item, "input"))) return true;
    return false;
}

static enum err_code check_shape(struct call *call, const struct pack_act *act, const json_t *input)
{
    struct op *op = call->op;
    struct form form;

    err_clear(&op->err);
    if (form_of_act(op->arena, op->setup, act, input, &form) != ERR_OK)
        return err_set(&op->err, ERR_NO_MEMORY, "form of act");
    return form_check(&form, input, op->now_ms, op->zone_min, &op->err);
}

/* One input for all: its faults are the request's. Inputs of their own: each matter's faults. */
static enum err_code check_inputs(struct call *call, const struct pack_act *act, bool own,
                                  struct batch *batch)
{
    struct err *err = &call->op->err;
    enum err_code rc;

    if (!own) {
        rc = check_shape(call, act, batch->items[0].input);
        for (size_t i = 0; i < err->n_items; i++) {
            char field[sizeof err->items[i].field];

            memcpy(field, err->items[i].field, sizeof field);
            snprintf(err->items[i].field, sizeof err->items[i].field, "input.%.57s", field);
        }
        return rc;
    }
    for (size_t i = 0; i < batch->n; i++) {
        rc = check_shape(call, act, batch->items[i].input);
        if (rc == ERR_INVALID)
            batch_refuse(call->op, &batch->items[i], rc);
        else if (rc != ERR_OK)
            return rc;
    }
    err_clear(err);
    return ERR_OK;
}

static enum err_code check_act(struct call *call, const char *name, const struct pack_act **ret)
{
    *ret = setup_act(call->op->setup, name);
    if (*ret == NULL)
        return call_refuse(call, ERR_NOT_FOUND, "act", "unknown_act", "没有这个操作",
                           "There is no such act");
    if (strcmp(name, "issue_pin") == 0) /* its answer is for one person's eyes */
        return call_refuse(call, ERR_NOT_ALLOWED, "act", "one_at_a_time",
                           "换查询码要一件一件办，当面交给本人",
                           "PINs are issued one at a time, to the person herself");
    return ERR_OK;
}

/* ---- the work ---- */

static enum err_code run_here(struct call *call, struct batch *batch)
{
    enum err_code rc = ERR_OK;

    while (rc == ERR_OK && batch->done < batch->n)
        rc = batch_slice(call->op, batch, QUEUE_INTERACTIVE);
    if (rc != ERR_OK && batch->done == 0)
        return rc;
    TRY(batch_keep(call->op, batch));
    err_clear(&call->op->err);
    return ERR_OK;
}

enum err_code batch_call(struct call *call, const char *act, const json_t *items,
                         const json_t *input, struct batch_answer *ret)
{
    CLEANUP(batch_release) struct batch batch = {0};
    struct op *op = call->op;
    const struct pack_act *known;
    char id[BATCH_ID_TEXT];

    *ret = (struct batch_answer){0};
    TRY(check_act(call, act, &known));
    TRY(batch_begin(op, act, op->key, items, input, &batch));
    TRY(check_inputs(call, known, has_own(items), &batch));
    if (batch.n <= BATCH_INLINE_MAX) {
        TRY(run_here(call, &batch));
        ret->json = as_json(call, &batch, state_of(&batch));
    } else {
        memcpy(id, batch.id, sizeof id);
        TRY(batches_start(call->web->batches, op, &batch));
        ret->running = true;
        TRY(batches_report(call->web->batches, op, id, NULL, &ret->json));
    }
    return ret->json == NULL ? err_set(&op->err, ERR_NO_MEMORY, "batch") : ERR_OK;
}
