/* Summaries: finding one, its files as they were saved, its document. */
#include <sodium.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "store/vault.h"
#include "work/summary_internal.h"

#define PAGE 100
#define FILE_MAX ((size_t)256 << 20)

/* ---- files ---- */

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

/* ---- one ---- */

enum err_code summary_by_key(struct op *op, struct snapshot *snap, const char *key,
                             struct record *ret)
{
    TRY(record_by_key(op, snap, SUMMARY, key, ret));
    if (summary_may_read(op, ret))
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

/* ---- all ---- */

static bool wanted(struct op *op, const struct summaries_filter *f, const struct record *r)
{
    const char *body = record_member(r, "body"), *form = record_member(r, "form");

    return (f->body == NULL || (body != NULL && strcmp(body, f->body) == 0)) &&
           (f->form == NULL || (form != NULL && strcmp(form, f->form) == 0)) &&
           summary_may_read(op, r);
}

enum err_code summaries_list(struct op *op, const struct summaries_filter *filter,
                             struct record *ret, size_t *ret_n, bool *ret_more)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record_filter f = {.kind = SUMMARY,
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
