/* Letters: the file, made by a job outside the writer and sealed with its SHA-256. */
#include <sodium.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "sql_queries.h"
#include "store/jobs.h"
#include "store/vault.h"
#include "work/letter_internal.h"

#define PDF_MAX ((size_t)16 << 20)
#define JOB_ROWS 32
#define RETRY_MS 60000

static enum err_code content_of(struct op *op, struct snapshot *snap, const struct record *r,
                                json_t **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const char *content;

    TRY(record_texts(op, snap, r, 1, &texts));
    content = json_string_value(json_object_get(texts, "content"));
    if (content == NULL)
        return err_set(&op->err, ERR_CORRUPT, "letter %lld has no content", (long long)r->id);
    return json_parse(content, strlen(content), ret, &op->err);
}

static enum err_code add_file(struct op *op, struct record *r, const struct buf *pdf, int pages)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    char sha256[2 * HASH_BYTES + 1];
    struct blob blob;

    TRY(blob_put(op, pdf->data, pdf->len, &blob));
    hex_encode(blob.sha256, HASH_BYTES, sha256);
    changes_row(ch, SQL_blob_insert, 1, ERR_CONFLICT);
    changes_text(ch, blob.name);
    changes_int(ch, record_number(r, "matter"));
    changes_int(ch, blob.size);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "blob");
    record_draft_begin(op, &d, r, "seal", op->now_ms);
    record_set(&d, "status", json_string("issued"));
    record_set(&d, "blob", json_string(blob.name));
    record_set(&d, "size", json_integer(blob.size));
    record_set(&d, "pages", json_integer(pages));
    record_set(&d, "sha256", json_string(sha256));
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code make_one(struct op *op, int64_t id)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *content = NULL;
    CLEANUP(buf_release) struct buf pdf = BUF_UP_TO(PDF_MAX);
    enum err_code rc;
    int pages;

    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(record_load(op, snap, LETTER, id, &r));
        if (!letter_same(record_member(&r, "status"), "issuing"))
            return ERR_OK; /* made before a crash, or voided */
        TRY(content_of(op, snap, &r, &content));
    }
    TRY(letter_draw(op, content, record_member(&r, "number"), record_member(&r, "code"), &pdf,
                    &pages));
    rc = add_file(op, &r, &pdf, pages);
    return rc == ERR_CONFLICT ? ERR_OK : rc; /* voided meanwhile: the file is swept */
}

enum err_code letters_make(struct op *op, size_t max, int64_t *ret_made)
{
    struct job_row rows[JOB_ROWS];
    enum err_code rc = ERR_OK;
    size_t n;

    *ret_made = 0;
    TRY(job_take(op, LETTER_JOB, rows, max < JOB_ROWS ? max : JOB_ROWS, &n));
    for (size_t i = 0; i < n; i++) {
        enum err_code one = make_one(op, rows[i].record);

        if (one == ERR_OK) {
            TRY(job_done(op, &rows[i], 1));
            ++*ret_made;
            continue;
        }
        rc = one; /* the others go on; this one again in a minute, until it is voided */
        TRY(job_retry(op, &rows[i], 1, op->now_ms + RETRY_MS));
    }
    return rc;
}

enum err_code letter_bytes(struct op *op, const struct record *r, struct buf *out)
{
    const char *blob = record_member(r, "blob"), *expected = record_member(r, "sha256");
    unsigned char hash[crypto_hash_sha256_BYTES];
    char sha256[2 * sizeof hash + 1];
    size_t before = out->len;

    if (json_object_get(r->state, "purged") != NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "letter", "letter_purged",
                         "保存期满，文书已经清除。",
                         "The letter was deleted at the end of its term of keeping.");
    if (blob == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "letter", "letter_making",
                         "文书还在制作，过几秒再看",
                         "The letter is being made; look again in a few seconds.");
    TRY(blob_read(op, blob, out));
    crypto_hash_sha256(hash, (const unsigned char *)out->data + before, out->len - before);
    hex_encode(hash, sizeof hash, sha256);
    return letter_same(sha256, expected)
               ? ERR_OK
               : err_set(&op->err, ERR_CORRUPT, "letter %lld: another file", (long long)r->id);
}
