/* Summaries: saving a draft, and the acts on one. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/idempotency.h"
#include "work/summary_internal.h"

#define KEY_TRIES 200

/* ---- files ---- */

static enum err_code put_file(struct op *op, struct changes *ch, const struct record *r,
                              const void *bytes, size_t n, json_t **ret)
{
    struct blob blob;
    char hex[HASH_BYTES * 2 + 1];

    TRY(blob_put(op, bytes, n, &blob));
    changes_row(ch, SQL_blob_insert, 1, ERR_CONFLICT);
    changes_text(ch, blob.name);
    changes_int(ch, r->id);
    changes_int(ch, blob.size);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "blob");
    hex_encode(blob.sha256, sizeof blob.sha256, hex);
    *ret = json_pack("{s:s, s:I, s:s}", "file", blob.name, "size", (json_int_t)blob.size, "sha256",
                     hex);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for a file") : ERR_OK;
}

static void forget_file(struct changes *ch, const struct record *r, const char *member)
{
    const char *name =
        json_string_value(json_object_get(json_object_get(r->state, member), "file"));

    if (name == NULL)
        return;
    changes_row(ch, SQL_blob_forget, 1, ERR_CONFLICT);
    changes_text(ch, name);
}

/* ---- writing ---- */

/* What a draft has of what was made. */
static enum err_code set_made(struct record_draft *d, struct changes *ch,
                              const struct summary *made)
{
    struct op *op = d->op;
    CLEANUP(json_decrefp) json_t *content = NULL, *members = NULL;
    char *text = json_compact(op->arena, made->content);

    if (text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a summary");
    TRY(put_file(op, ch, d->r, text, strlen(text), &content));
    TRY(put_file(op, ch, d->r, made->members.data, made->members.len, &members));
    record_set(d, "content", json_incref(content));
    record_set(d, "members", json_incref(members));
    record_set(d, "title", json_incref(json_object_get(made->content, "title")));
    record_set(d, "position", json_integer((json_int_t)made->position));
    record_set(
        d, "n_figures",
        json_integer((json_int_t)json_array_size(json_object_get(made->content, "figures"))));
    record_set(d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_set(d, "made_by", json_integer((json_int_t)op->actor.officer_id));
    record_set(d, "made_at", json_integer((json_int_t)op->now_ms));
    return ERR_OK;
}

/* The first free "month-420202-2026-09-1". */
static enum err_code free_key(struct op *op, const struct summary_request *q, const char **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    char period[PERIOD_TEXT];

    period_format(&q->period, period);
    TRY(snapshot_open(op, &snap));
    for (int n = 1; n <= KEY_TRIES; n++) {
        CLEANUP(record_release) struct record there = {0};
        enum err_code rc;

        *ret = arena_printf(op->arena, "%s-%s-%s-%d", q->form, q->body, period, n);
        if (*ret == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for a key");
        rc = record_by_key(op, snap, SUMMARY, *ret, &there);
        if (rc == ERR_NOT_FOUND) {
            err_clear(&op->err);
            return ERR_OK;
        }
        TRY(rc);
    }
    return err_set(&op->err, ERR_INVALID, "too many summaries of one period");
}

static enum err_code check_corrected(struct op *op, const char *key)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};

    TRY(snapshot_open(op, &snap));
    if (summary_by_key(op, snap, key, &r) != ERR_OK ||
        strcmp(record_member(&r, "status"), "issued") != 0) {
        err_clear(&op->err);
        return err_field(&op->err, ERR_INVALID, "corrects", "unknown", "要更正的通报没有印发",
                         "The summary to be corrected is not issued");
    }
    return ERR_OK;
}

static enum err_code save_new(struct op *op, const struct summary_forms *forms,
                              const struct indicators *indicators,
                              const struct summary_request *request, struct record *ret)
{
    CLEANUP(summary_release) struct summary made = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);
    char period[PERIOD_TEXT];
    const char *key;

    if (request->corrects != NULL)
        TRY(check_corrected(op, request->corrects));
    TRY(summary_compose(op, forms, indicators, request, true, &made));
    TRY(free_key(op, request, &key));
    TRY(record_new(op, SUMMARY, ret));
    period_format(&request->period, period);
    record_draft_begin(op, &d, ret, "save", op->now_ms);
    record_set(&d, "body", json_string(request->body));
    record_set(&d, "status", json_string("draft"));
    record_set(&d, "key", json_string(key));
    record_set(&d, "form", json_string(request->form));
    record_set(&d, "period", json_string(period));
    record_set(&d, "reports", json_boolean(request->reports));
    if (request->title != NULL)
        record_set(&d, "own_title", json_string(request->title));
    if (request->corrects != NULL)
        record_set(&d, "corrects", json_string(request->corrects));
    TRY(set_made(&d, ch, &made));
    TRY(record_write(&d, ch));
    result = json_pack("{s:s}", "key", key);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code summary_save(struct op *op, const struct summary_forms *forms,
                           const struct indicators *indicators,
                           const struct summary_request *request, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *earlier = NULL;

    TRY(idempotency_find(op, op->key, &earlier));
    if (earlier == NULL)
        return save_new(op, forms, indicators, request, ret);
    TRY(snapshot_open(op, &snap));
    return summary_by_key(op, snap, json_string_value(json_object_get(earlier, "key")), ret);
}

/* ---- acts ---- */

static enum err_code not_a_draft(struct op *op)
{
    return err_field(&op->err, ERR_NOT_ALLOWED, "", "not_draft",
                     "已经印发，不能再改；要更正就发更正通报",
                     "It is issued and does not change; a correction is a summary of its own");
}

static enum err_code forbidden(struct op *op)
{
    return err_set(&op->err, ERR_FORBIDDEN, "not with these roles");
}

static enum err_code refresh(struct record_draft *d, struct changes *ch,
                             const struct summary_forms *forms, const struct indicators *indicators)
{
    CLEANUP(summary_release) struct summary made = {0};
    struct summary_request request;

    TRY(summary_request_of(d->op, d->r, &request));
    TRY(summary_compose(d->op, forms, indicators, &request, true, &made));
    forget_file(ch, d->r, "content");
    forget_file(ch, d->r, "members");
    return set_made(d, ch, &made);
}

enum err_code summary_act(struct op *op, const struct summary_forms *forms,
                          const struct indicators *indicators, struct record *r, const char *act,
                          int64_t version)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    bool issue = strcmp(act, "issue") == 0;

    if (!issue && strcmp(act, "refresh") != 0 && strcmp(act, "discard") != 0)
        return err_set(&op->err, ERR_NOT_FOUND, "no act %.40s", act);
    if (!summary_may(op, r, issue ? MAY_ISSUE_SUMMARY : MAY_WRITE_SUMMARY))
        return forbidden(op);
    TRY(record_expect(op, r, version));
    if (strcmp(record_member(r, "status"), "draft") != 0)
        return not_a_draft(op);
    record_draft_begin(op, &d, r, act, op->now_ms);
    if (issue) {
        record_set(&d, "status", json_string("issued"));
        record_set(&d, "issued_by", json_integer((json_int_t)op->actor.officer_id));
        record_set(&d, "issued_at", json_integer((json_int_t)op->now_ms));
        record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    } else if (strcmp(act, "discard") == 0) {
        record_set(&d, "status", json_string("discarded"));
    } else {
        TRY(refresh(&d, ch, forms, indicators));
    }
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}
