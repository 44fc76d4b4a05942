/* Many acts in one request, what came of them, and which acts a selection allows. */
#include <string.h>

#include "web/api.h"
#include "web/batch_call.h"
#include "web/batch_forms.h"
#include "web/batches.h"
#include "web/web_internal.h"

#define NUMBER_BYTES 40

/* Members of `input` are those of the act (rule pack); batch_call checks them. */
static const struct form_field item_fields[] = {
    {"number", INPUT_TEXT, .required = true, .max_bytes = NUMBER_BYTES, .zh = "编号",
     .en = "The number"},
    {"version", INPUT_INT, .required = true, .min = 1, .zh = "版本", .en = "The version"},
    {"input", INPUT_OBJECT, .zh = "这件自己的内容", .en = "What is the matter's own"},
};
const struct form form_batch_item = {item_fields, sizeof item_fields / sizeof item_fields[0]};

static const struct form_field batch_fields[] = {
    {"items", INPUT_OBJECTS, .required = true, .max = BATCH_ITEMS_MAX, .sub = &form_batch_item,
     .zh = "选中的各件", .en = "The list of matters"},
    {"input", INPUT_OBJECT, .zh = "填写的内容", .en = "What the act takes"},
};
const struct form form_batch = {batch_fields, sizeof batch_fields / sizeof batch_fields[0]};

static const struct form_field choices_fields[] = {
    {"numbers", INPUT_TEXTS, .required = true, .max_bytes = NUMBER_BYTES, .max = BATCH_ITEMS_MAX,
     .zh = "选中的各件", .en = "The list of matters"},
};
const struct form form_batch_choices = {choices_fields,
                                        sizeof choices_fields / sizeof choices_fields[0]};

enum err_code acts_post(struct call *call)
{
    struct batch_answer answer;

    TRY(batch_call_earlier(call, &answer));
    if (answer.json == NULL)
        TRY(batch_call(call, request_param(call->req, "act"), json_object_get(call->body, "items"),
                       json_object_get(call->body, "input"), &answer));
    if (answer.replayed)
        response_header(call->resp, "Idempotent-Replayed", "true");
    call_answer(call, answer.running ? 202 : 200);
    buf_adds(&call->resp->body, answer.json);
    return ERR_OK;
}

enum err_code acts_choices_post(struct call *call)
{
    struct json_writer *w = call_answer(call, 200);

    json_object_begin(w);
    TRY(batch_choices(call->op, json_object_get(call->body, "numbers"), w));
    json_object_end(w);
    return ERR_OK;
}

enum err_code batch_get(struct call *call)
{
    CLEANUP(batch_release) struct batch kept = {0};
    const char *id = request_param(call->req, "id"), *act;
    bool stopped = false;
    char *json;

    TRY(batches_report(call->web->batches, call->op, id, NULL, &json));
    if (json == NULL) {
        TRY(batch_kept(call->op, id, NULL, &act, &kept));
        for (size_t i = 0; i < kept.n; i++)
            stopped |= kept.items[i].state == ITEM_WAITING;
        batch_write(call->op, &kept, stopped ? "stopped" : "done", -1, call_answer(call, 200));
        return ERR_OK;
    }
    call_answer(call, 200);
    buf_adds(&call->resp->body, json);
    return ERR_OK;
}

enum err_code batch_delete(struct call *call)
{
    if (!batches_stop(call->web->batches, call->op, request_param(call->req, "id")))
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such batch is under way");
    call->resp->status = 204;
    return ERR_OK;
}
