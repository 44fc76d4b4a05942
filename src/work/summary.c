/* Saving summaries: making, permissions, files, acts. */
#include "work/summary.h"

#include <string.h>

#include <sodium.h>

#include "base/text.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/idempotency.h"
#include "work/staff.h"
#include "work/summary_internal.h"

#define KIND "summary"
#define KEY_TRIES 200
#define PAGE 100
#define FILE_MAX ((size_t)256 << 20)

/* ---- who may ---- */

static struct record_facts facts_of(const struct body *body, bool reports)
{
    return (struct record_facts){
        .kind = reports ? KIND_REPORT : KIND_COMPLAINT, .secret = reports, .body_path = body->path};
}

static const struct body *body_of(struct op *op, const struct record *r)
{
    return setup_body(op->setup, record_member(r, "body"));
}

static bool has_reports(const struct record *r)
{
    return json_is_true(json_object_get(r->state, "reports"));
}

bool summary_may(struct op *op, const struct record *r, enum may_act act)
{
    const struct body *body = body_of(op, r);
    struct record_facts facts;

    if (body == NULL)
        return false;
    facts = facts_of(body, has_reports(r));
    return may(&op->actor, act, &facts).yes;
}

static bool may_read(struct op *op, const struct record *r)
{
    const char *status = record_member(r, "status");

    if (status == NULL || strcmp(status, "discarded") == 0)
        return false;
    if (strcmp(status, "draft") == 0)
        return summary_may(op, r, MAY_WRITE_SUMMARY) || summary_may(op, r, MAY_ISSUE_SUMMARY);
    return summary_may(op, r, MAY_READ_SUMMARY) || summary_may(op, r, MAY_READ_ISSUED);
}

struct actor summary_authority(struct op *op, const struct body *body, bool reports)
{
    struct actor actor = {.kind = ACTOR_SYSTEM, .body_path = ""};

    if (reports) /* the caller has asked may(); the bulletin may hold more than the reader counts */
        return actor;
    actor = (struct actor){.kind = ACTOR_OFFICER,
                           .officer_id = op->actor.officer_id > 0 ? op->actor.officer_id : -1,
                           .body_path = body->path,
                           .roles = ROLE_AUDITOR};
    snprintf(actor.body, sizeof actor.body, "%s", body->code);
    return actor;
}

/* ---- making ---- */

static struct label label_of(void *arg, enum figure_dimension by, const char *key)
{
    return summary_label(arg, by, key);
}

static enum err_code world_of(struct op *op, const struct body *body, struct summary_world *ret)
{
    const char **branches = ARENA_ARRAY(op->arena, const char *, op->setup->n_bodies + 1);

    if (branches == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a summary");
    *ret = (struct summary_world){.arg = op,
                                  .label = label_of,
                                  .branches = branches,
                                  .body_name = body->name.zh,
                                  .registers = summary_registers};
    for (size_t i = 0; i < op->setup->n_bodies; i++) {
        const struct body *b = &op->setup->bodies[i];

        if (b->current && b->parent != NULL && strcmp(b->parent, body->code) == 0)
            branches[ret->n_branches++] = b->code;
    }
    return ERR_OK;
}

static enum err_code make(struct op *op, const struct summary_forms *forms,
                          const struct indicators *indicators, const struct summary_query *query,
                          const struct body *body, struct summary *ret)
{
    struct actor asker = op->actor;
    struct summary_world world;
    enum err_code rc;

    (void)forms;
    TRY(world_of(op, body, &world));
    op->actor = summary_authority(op, body, query->reports);
    rc = summary_make(op, indicators, query, &world, ret);
    op->actor = asker;
    return rc;
}

static enum err_code unknown_form(struct op *op)
{
    return err_field(&op->err, ERR_INVALID, "form", "unknown", "没有这种通报",
                     "There is no such kind of summary");
}

static enum err_code unknown_body(struct op *op)
{
    return err_field(&op->err, ERR_NOT_FOUND, "body", "unknown", "没有这个单位",
                     "There is no such body");
}

enum err_code summary_compose(struct op *op, const struct summary_forms *forms,
                              const struct indicators *indicators,
                              const struct summary_request *request, bool members,
                              struct summary *ret)
{
    const struct body *body = setup_body(op->setup, request->body);
    struct summary_query query = {.forms = forms,
                                  .form = summary_forms_find(forms, request->form),
                                  .body = request->body,
                                  .period = request->period,
                                  .reports = request->reports,
                                  .members = members};
    struct record_facts facts;

    if (body == NULL)
        return unknown_body(op);
    facts = facts_of(body, request->reports);
    TRY(may_check(&op->actor, MAY_WRITE_SUMMARY, &facts, &op->err));
    if (query.form == NULL)
        return unknown_form(op);
    TRY(make(op, forms, indicators, &query, body, ret));
    if (request->title != NULL &&
        json_object_set_new(ret->content, "title", json_string(request->title)) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a title");
    return ERR_OK;
}

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

/* @p ret is initialised here and malloc'ed: members of a million matters are larger than an arena.
 */
static enum err_code get_file(struct op *op, const struct record *r, const char *member,
                              struct buf *ret)
{
    const json_t *file = json_object_get(r->state, member);
    const char *name = json_string_value(json_object_get(file, "file"));
    const char *hash = json_string_value(json_object_get(file, "sha256"));
    unsigned char digest[crypto_hash_sha256_BYTES];
    char hex[sizeof digest * 2 + 1];

    buf_init(ret, FILE_MAX);
    if (name == NULL || hash == NULL)
        return err_set(&op->err, ERR_CORRUPT, "summary %lld has no %s", (long long)r->id, member);
    TRY(blob_read(op, name, ret));
    crypto_hash_sha256(digest, (const unsigned char *)buf_text(ret), ret->len);
    hex_encode(digest, sizeof digest, hex);
    if (strcmp(hex, hash) != 0)
        return err_set(&op->err, ERR_CORRUPT, "summary %lld: its %s is not what was saved",
                       (long long)r->id, member);
    return ERR_OK;
}

enum err_code summary_members_file(struct op *op, const struct record *r, struct buf *ret)
{
    return get_file(op, r, "members", ret);
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
        rc = record_by_key(op, snap, KIND, *ret, &there);
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
    TRY(record_new(op, KIND, ret));
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

static enum err_code request_of(struct op *op, const struct record *r, struct summary_request *ret)
{
    *ret = (struct summary_request){.form = record_member(r, "form"),
                                    .body = record_member(r, "body"),
                                    .reports = has_reports(r),
                                    .title = record_member(r, "own_title")};
    return period_parse(record_member(r, "period"), &ret->period, &op->err);
}

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

    TRY(request_of(d->op, d->r, &request));
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

/* ---- reading ---- */

enum err_code summary_by_key(struct op *op, struct snapshot *snap, const char *key,
                             struct record *ret)
{
    TRY(record_by_key(op, snap, KIND, key, ret));
    if (may_read(op, ret))
        return ERR_OK;
    record_release(ret);
    return err_set(&op->err, ERR_NOT_FOUND, "summary %.80s is not for this actor", key);
}

enum err_code summary_content(struct op *op, const struct record *r, json_t **ret)
{
    CLEANUP(buf_release) struct buf bytes = {0};

    TRY(get_file(op, r, "content", &bytes));
    return json_parse(buf_text(&bytes), bytes.len, ret, &op->err);
}

static const char *subtitle_of(struct op *op, const char *body_name, int64_t at, bool draft)
{
    int y, m, d;

    date_to_ymd(date_of_instant(at, op->zone_min), &y, &m, &d);
    return arena_printf(op->arena, "%s　%d年%d月%d日%s", body_name, y, m, d,
                        draft ? "（草稿）" : "");
}

static enum err_code write_bytes(struct op *op, const json_t *content, const char *key, int64_t at,
                                 bool draft, enum document_format format,
                                 const struct embedded_file *packs, struct buf *out)
{
    const char *body = json_string_value(json_object_get(content, "body_name"));
    struct summary_edition edition = {.key = key,
                                      .subtitle =
                                          subtitle_of(op, body == NULL ? "" : body, at, draft),
                                      .made_ms = at};
    struct document *d;

    TRY(summary_document(op, content, &edition, &d));
    return document_write(d, format, packs, out, &op->err);
}

enum err_code summary_bytes(struct op *op, const struct record *r, enum document_format format,
                            const struct embedded_file *packs, struct buf *out)
{
    CLEANUP(json_decrefp) json_t *content = NULL;
    bool draft = strcmp(record_member(r, "status"), "draft") == 0;

    TRY(summary_content(op, r, &content));
    return write_bytes(op, content, record_member(r, "key"),
                       record_number(r, draft ? "made_at" : "issued_at"), draft, format, packs,
                       out);
}

enum err_code summary_bytes_of(struct op *op, const struct summary *summary,
                               enum document_format format, const struct embedded_file *packs,
                               struct buf *out)
{
    const char *key = arena_printf(op->arena, "%lld", (long long)summary->position);

    if (key == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a document");
    return write_bytes(op, summary->content, key, op->now_ms, true, format, packs, out);
}

enum err_code summary_now(struct op *op, const struct summary_forms *forms,
                          const struct indicators *indicators, const struct record *r, json_t **ret)
{
    CLEANUP(summary_release) struct summary made = {0};
    struct summary_request request;
    const struct body *body = body_of(op, r);
    struct summary_query query = {.forms = forms};

    TRY(request_of(op, r, &request));
    query.form = summary_forms_find(forms, request.form);
    query.body = request.body;
    query.period = request.period;
    query.reports = request.reports;
    if (query.form == NULL || body == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "the form of a summary is gone");
    TRY(make(op, forms, indicators, &query, body, &made));
    *ret = json_incref(made.content);
    return ERR_OK;
}

static bool wanted(struct op *op, const struct summaries_filter *f, const struct record *r)
{
    const char *body = record_member(r, "body"), *form = record_member(r, "form");

    return (f->body == NULL || (body != NULL && strcmp(body, f->body) == 0)) &&
           (f->form == NULL || (form != NULL && strcmp(form, f->form) == 0)) && may_read(op, r);
}

enum err_code summaries_list(struct op *op, const struct summaries_filter *filter,
                             struct record *ret, size_t *ret_n, bool *ret_more)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_filter f = {.kind = KIND,
                              .status = filter->status,
                              .from = DATE_NONE,
                              .to = DATE_NONE,
                              .after_day = filter->after_day,
                              .after_id = filter->after_id,
                              .max = PAGE};
    struct record *page = ARENA_ARRAY(op->arena, struct record, PAGE);
    size_t n = PAGE;

    *ret_n = 0;
    *ret_more = false;
    if (page == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a list");
    TRY(snapshot_open(op, &snap));
    while (n == PAGE && !*ret_more) {
        TRY(records_list(op, snap, &f, page, &n));
        for (size_t i = 0; i < n; i++) {
            f.after_day = (date_t)record_number(&page[i], "day");
            f.after_id = page[i].id;
            *ret_more |= *ret_n == filter->max && wanted(op, filter, &page[i]);
            if (*ret_n < filter->max && wanted(op, filter, &page[i]))
                ret[(*ret_n)++] = page[i];
            else
                record_release(&page[i]);
        }
    }
    return ERR_OK;
}
