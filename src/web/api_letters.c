/* Letters of a matter: which can be issued, preview, issue, file, service, void; and the public
 * check of a letter's code. */
#include <string.h>

#include "base/text.h"
#include "web/api.h"
#include "web/api_forms.h"
#include "work/access.h"
#include "work/letter.h"

/* Whatever the file is, a browser shows it as what the header says and runs nothing of it. */
#define FILE_POLICY "default-src 'none'; sandbox"

static enum err_code letter_id(struct call *call, int64_t *ret)
{
    if (!text_int64(request_param(call->req, "id"), ret) || *ret < 1)
        return err_set(&call->op->err, ERR_NOT_FOUND, "no such letter");
    return ERR_OK;
}

/* What the form asks for, checked by the form's own table; ret borrowed from the body. */
static enum err_code read_asks(struct call *call, const char **ret_form, const json_t **ret_asks)
{
    struct op *op = call->op;
    const char *name = body_text(call->body, "form");
    const struct letter_form *known = letter_form_find(op->setup->letters, name);
    json_t *asks = json_object_get(call->body, "asks");
    struct form form;

    *ret_form = name;
    *ret_asks = asks;
    if (known == NULL)
        return call_refuse(call, ERR_INVALID, "form", "unknown_form", "没有这种文书",
                           "There is no such form.");
    if (asks == NULL || json_is_null(asks)) {
        asks = json_object();
        json_object_set_new(call->body, "asks", asks);
        *ret_asks = asks;
    }
    if (form_of_act(op->arena, op->setup, &known->asks, asks, &form) != ERR_OK)
        return err_set(&op->err, ERR_NO_MEMORY, "form of letter");
    form.n = known->asks.n_fields;
    return form_check(&form, asks, op->now_ms, op->zone_min, &op->err);
}

/* What an officer has just done to it, or came to look at. */
static enum err_code answer_letter(struct call *call, int status, int64_t id, bool looked)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(matter_release) struct matter m = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(letter_for(call->op, snap, id, MAY_READ, &r, &m));
    if (looked)
        TRY(access_look(call->op, m.id, m.secret, "letters"));
    response_headerf(call->resp, "ETag", "\"%lld\"", (long long)r.version);
    return letter_view(call->op, snap, &r, &m, call_answer(call, status));
}

enum err_code letters_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};

    TRY(snapshot_open(call->op, &snap));
    TRY(call_matter(call, snap, "letters", &m));
    return letters_view(call->op, snap, &m, call_answer(call, 200));
}

void api_send_pdf(struct call *call, const char *name)
{
    struct response *resp = call->resp;

    resp->status = 200;
    resp->content_type = "application/pdf";
    if (name != NULL)
        response_download(resp, name);
    response_header(resp, "Content-Security-Policy", FILE_POLICY);
    response_header(resp, "Cross-Origin-Resource-Policy", "same-origin");
}

enum err_code letters_preview_post(struct call *call)
{
    const json_t *asks;
    const char *form;
    enum err_code rc;
    int64_t id;

    TRY(call_matter_id(call, &id));
    TRY(read_asks(call, &form, &asks));
    rc = letter_preview(call->op, id, form, asks, &call->resp->body);
    if (rc != ERR_OK) {
        buf_reset(&call->resp->body);
        return rc;
    }
    api_send_pdf(call, NULL);
    return ERR_OK;
}

enum err_code letters_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    const json_t *asks;
    const char *form;
    int64_t id, version;

    TRY(call_matter_id(call, &id));
    TRY(call_version(call, &version));
    TRY(read_asks(call, &form, &asks));
    TRY(letter_issue(call->op, id, form, asks, version, &r));
    response_headerf(call->resp, "Location", "/api/v1/letters/%lld", (long long)r.id);
    return answer_letter(call, 201, r.id, false);
}

enum err_code letter_get(struct call *call)
{
    int64_t id;

    TRY(letter_id(call, &id));
    return answer_letter(call, 200, id, true);
}

enum err_code letter_document_get(struct call *call)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(matter_release) struct matter m = {0};
    struct op *op = call->op;
    struct changes *ch = changes_new(op);
    enum err_code rc;
    int64_t id;

    TRY(letter_id(call, &id));
    TRY(snapshot_open(op, &snap));
    TRY(letter_for(op, snap, id, MAY_READ_LETTER, &r, &m));
    access_add(op, ch, m.id, arena_printf(op->arena, "letter:%s", record_member(&r, "form")),
               "letter");
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE)); /* recorded before it is shown */
    rc = letter_bytes(op, &r, &call->resp->body);
    if (rc != ERR_OK) {
        buf_reset(&call->resp->body);
        return rc;
    }
    api_send_pdf(call, arena_printf(op->arena, "%s.pdf", record_member(&r, "number")));
    return ERR_OK;
}

enum err_code letter_void_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    int64_t id, version;

    TRY(letter_id(call, &id));
    TRY(call_version(call, &version));
    TRY(letter_void(call->op, id, body_text(call->body, "reason"), version, &r));
    return answer_letter(call, 200, id, false);
}

enum err_code letter_serve_post(struct call *call)
{
    CLEANUP(record_release) struct record r = {0};
    int64_t id, version;

    TRY(letter_id(call, &id));
    TRY(call_version(call, &version));
    TRY(letter_serve(call->op, id, call->body, version, &r));
    return answer_letter(call, 200, id, false);
}

enum err_code verify_get(struct call *call)
{
    return letter_verify(call->op, request_param(call->req, "code"), call_answer(call, 200));
}
