/* Letters: numbering, making, voiding, serving. */
#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "store/jobs.h"
#include "store/vault.h"
#include "work/access.h"
#include "work/acts.h"
#include "work/idempotency.h"
#include "work/letter_internal.h"

#define NUMBER_TRIES                                                                               \
    200 /* as many as may want the next number of one series at a time, and more                   \
         */
#define PDF_MAX ((size_t)16 << 20)
#define JOB "letters"
#define JOB_ROWS 32
#define RETRY_MS 60000

static enum err_code refuse(struct op *op, enum err_code rc, const char *field, const char *code,
                            const char *zh, const char *en)
{
    return err_field(&op->err, rc, field, code, zh, en);
}

/* ---- rows ---- */

void letter_project(struct op *op, struct changes *ch, const struct record *before,
                    const struct record *after)
{
    (void)op;
    if (before != NULL) {
        changes_row(ch, SQL_letter_update, 1, ERR_CONFLICT);
        changes_int(ch, after->id);
        changes_text(ch, record_member(after, "status"));
        return;
    }
    changes_row(ch, SQL_letter_insert, 1, ERR_CONFLICT);
    changes_int(ch, after->id);
    changes_int(ch, record_number(after, "matter"));
    changes_text(ch, record_member(after, "body"));
    changes_text(ch, record_member(after, "series"));
    changes_int(ch, record_number(after, "year"));
    changes_int(ch, record_number(after, "n"));
    changes_text(ch, record_member(after, "code"));
    changes_text(ch, record_member(after, "status"));
}

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static enum err_code check_blob(struct op *op, struct snapshot *snap, const struct record *r,
                                const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    if (record_member(r, "blob") == NULL)
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_blob_known, &s));
    TRY(stmt_bind_text(op, s, 1, record_member(r, "blob")));
    TRY(stmt_step(op, s, &row));
    if (!row || stmt_int64(s, 0) != record_number(r, "matter") ||
        stmt_int64(s, 1) != record_number(r, "size"))
        *ret_table = "blob";
    return ERR_OK;
}

enum err_code letter_check(struct op *op, struct snapshot *snap, const struct record *r,
                           const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_table = NULL;
    TRY(snapshot_prepare(op, snap, SQL_letter_row, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    TRY(stmt_step(op, s, &row));
    if (!row || stmt_int64(s, 0) != record_number(r, "matter") ||
        !same(stmt_text(s, 1), record_member(r, "body")) ||
        !same(stmt_text(s, 2), record_member(r, "series")) ||
        stmt_int64(s, 3) != record_number(r, "year") || stmt_int64(s, 4) != record_number(r, "n") ||
        !same(stmt_text(s, 5), record_member(r, "code")) ||
        !same(stmt_text(s, 6), record_member(r, "status"))) {
        *ret_table = LETTER;
        return ERR_OK;
    }
    return check_blob(op, snap, r, ret_table);
}

/* ---- who issues ---- */

const struct body *letter_issuer(const struct op *op, const struct body *body)
{
    for (; body != NULL; body = setup_body(op->setup, body->parent))
        for (const char *const *k = op->setup->letters->issuer_kinds; *k != NULL; k++)
            if (strcmp(*k, body->kind) == 0)
                return body;
    return NULL;
}

const char *letter_word(struct op *op, const struct body *issuer)
{
    const char *at = op->setup->letter_words;
    size_t n = strlen(issuer->code);

    while (at != NULL && *at != '\0') {
        size_t len = strcspn(at, " ,");

        if (len > n + 1 && strncmp(at, issuer->code, n) == 0 && at[n] == '=')
            return arena_strndup(op->arena, at + n + 1, len - n - 1);
        at += len;
        at += strspn(at, " ,");
    }
    return letter_abbreviation(op->setup->letters, op->arena, issuer->name.zh);
}

/* ---- making the text ---- */

enum err_code letter_form_for(struct op *op, const struct matter *m, const char *form,
                              const struct letter_form **ret)
{
    const struct letter_form *f = letter_form_find(op->setup->letters, form);

    if (f == NULL)
        return refuse(op, ERR_NOT_FOUND, "form", "unknown_form", "没有这种文书",
                      "There is no such form.");
    if (!letter_form_fits(f, matter_pack(op, m)->id, matter_kind_of(m), m->status, m->outcome))
        return refuse(op, ERR_NOT_ALLOWED, "form", "form_state",
                      "这件现在不能出这种文书，先看能出哪些",
                      "This form cannot be issued in this state; see which can.");
    *ret = f;
    return ERR_OK;
}

/* Everything that is known before a number is taken. */
static enum err_code prepare(struct letter_source *src, const char *form, json_t **ret_values)
{
    struct op *op = src->op;
    struct record_facts facts = matter_facts(op, src->m);

    TRY(may_check(&op->actor, MAY_ISSUE_LETTER, &facts, &op->err));
    TRY(letter_form_for(op, src->m, form, &src->form));
    src->unit = setup_body(op->setup, src->m->body);
    src->issuer = letter_issuer(op, src->unit);
    src->today = date_of_instant(op->now_ms, op->zone_min);
    if (src->issuer == NULL)
        return refuse(op, ERR_NOT_ALLOWED, "body", "no_issuer", "这个单位没有可以出文书的上级",
                      "Nobody above this body issues letters.");
    return letter_values(src, ret_values);
}

enum err_code letter_preview(struct op *op, int64_t matter_id, const char *form, const json_t *asks,
                             struct buf *out)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    CLEANUP(json_decrefp) json_t *values = NULL, *content = NULL;
    struct letter_source src = {.op = op, .m = &m, .asks = asks};
    struct changes *ch = changes_new(op);
    int pages;

    TRY(snapshot_open(op, &snap));
    src.snap = snap;
    TRY(matter_for(op, snap, matter_id, MAY_SEE, &m));
    TRY(prepare(&src, form, &values));
    access_add(op, ch, matter_id, arena_printf(op->arena, "preview:%s", form), "letter");
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE)); /* recorded before it is shown */
    content = letter_fill(src.form, values);
    if (content == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "letter");
    return letter_draw(op, content, NULL, NULL, out, &pages);
}

/* ---- issuing ---- */

static enum err_code last_number(struct op *op, struct snapshot *snap, const char *body,
                                 const char *series, int year, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_letter_last, &s));
    TRY(stmt_bind_text(op, s, 1, body));
    TRY(stmt_bind_text(op, s, 2, series));
    TRY(stmt_bind_int64(op, s, 3, year));
    return stmt_one_number(op, s, ret);
}

static void make_code(char ret[LETTER_CODE])
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; /* without I and O, 0 and 1 */
    unsigned char bytes[LETTER_CODE - 1];

    randombytes_buf(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        ret[i] = letters[bytes[i] & 31];
    ret[LETTER_CODE - 1] = '\0';
}

static enum err_code number_text(struct op *op, const struct letter_source *src, int year,
                                 int64_t n, const char **ret)
{
    const char *word = letter_word(op, src->issuer);
    CLEANUP(json_decrefp) json_t *values = NULL;

    if (word == NULL)
        return refuse(op, ERR_INVALID, "body", "no_word",
                      "还没有定这个单位的文号字，请管理员用设置 letters.words 写上",
                      "The word of this body in numbers is not set; the administrator sets "
                      "letters.words.");
    values = json_pack("{s:s, s:s, s:s, s:s}", "abbreviation", word, "series", src->form->series,
                       "year", arena_printf(op->arena, "%d", year), "n",
                       arena_printf(op->arena, "%lld", (long long)n));
    *ret = letter_put(op->arena, op->setup->letters->number, values, "");
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "letter") : ERR_OK;
}

static void draft_issue(struct record_draft *d, const struct letter_source *src, int year,
                        int64_t n, const char *number)
{
    char code[LETTER_CODE];

    make_code(code);
    d->report = src->m->secret != 0;
    record_set(d, "matter", json_integer(src->m->id));
    record_set(d, "body", json_string(src->issuer->code));
    record_set(d, "unit", json_string(src->unit->code));
    record_set(d, "status", json_string("issuing"));
    record_set(d, "day", json_integer(src->today));
    record_set(d, "form", json_string(src->form->id));
    record_set(d, "form_revision", json_string(src->form->revision));
    record_set(d, "series", json_string(src->form->series));
    record_set(d, "year", json_integer(year));
    record_set(d, "n", json_integer(n));
    record_set(d, "number", json_string(number));
    record_set(d, "code", json_string(code));
    record_set(d, "secret", json_boolean(src->m->secret));
    record_set(d, "by", json_integer(src->op->actor.officer_id));
    record_set(d, "at", json_integer(src->op->now_ms));
    record_in(d, "matter_version", json_integer(src->m->version));
}

static enum err_code take_number(struct letter_source *src, json_t *values, struct record *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *content = NULL, *result = NULL;
    struct op *op = src->op;
    struct changes *ch = changes_new(op);
    int year = date_year(src->today);
    const char *number;
    int64_t n;

    TRY(last_number(op, src->snap, src->issuer->code, src->form->series, year, &n));
    TRY(number_text(op, src, year, n + 1, &number));
    json_object_set_new(values, "letter.number", json_string(number));
    content = letter_fill(src->form, values);
    if (content == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "letter");
    TRY(record_new(op, LETTER, ret));
    record_draft_begin(op, &d, ret, "issue", op->now_ms);
    draft_issue(&d, src, year, n + 1, number);
    record_text(&d, "content", json_compact(op->arena, content));
    TRY(record_write(&d, ch));
    changes_queue(ch, JOB, ret->id, 0);
    access_add(op, ch, src->m->id, arena_printf(op->arena, "issue:%s", src->form->id), "letter");
    result = json_pack("{s:I}", "id", (json_int_t)ret->id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code issue_once(struct op *op, int64_t matter_id, const char *form,
                                const json_t *asks, int64_t version, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    CLEANUP(json_decrefp) json_t *values = NULL;
    struct letter_source src = {.op = op, .m = &m, .asks = asks};

    TRY(snapshot_open(op, &snap));
    src.snap = snap;
    TRY(matter_for(op, snap, matter_id, MAY_SEE, &m));
    if (version != ANY_VERSION && version != m.version)
        return refuse(op, ERR_CONFLICT, "If-Match", "matter_changed",
                      "这件在您预览以后有变动，重新预览一次",
                      "The matter changed; preview it again.");
    TRY(prepare(&src, form, &values));
    return take_number(&src, values, ret);
}

static enum err_code load_letter(struct op *op, int64_t id, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return record_load(op, snap, LETTER, id, ret);
}

static enum err_code earlier(struct op *op, struct record *ret, bool *ret_found)
{
    CLEANUP(json_decrefp) json_t *result = NULL;

    TRY(idempotency_find(op, op->key, &result));
    *ret_found = result != NULL;
    return result == NULL ? ERR_OK
                          : load_letter(op, json_integer_value(json_object_get(result, "id")), ret);
}

static void drop(struct record *r)
{
    record_release(r);
    *r = (struct record){0};
}

enum err_code letter_issue(struct op *op, int64_t matter_id, const char *form, const json_t *asks,
                           int64_t version, struct record *ret)
{
    enum err_code rc = ERR_CONFLICT;
    bool found;

    *ret = (struct record){0};
    TRY(earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    /* Another took the same number: the next one is tried. A changed matter is not tried again. */
    for (int i = 0; i < NUMBER_TRIES && rc == ERR_CONFLICT; i++) {
        drop(ret);
        err_clear(&op->err);
        rc = issue_once(op, matter_id, form, asks, version, ret);
        if (rc == ERR_CONFLICT && op->err.n_items > 0)
            break;
    }
    if (rc == ERR_OK)
        return ERR_OK;
    drop(ret);
    if (rc != ERR_REPLAYED)
        return rc;
    err_clear(&op->err);
    TRY(earlier(op, ret, &found));
    return found ? ERR_OK : err_set(&op->err, ERR_REPLAYED, "letter");
}

/* ---- making the file ---- */

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
        if (!same(record_member(&r, "status"), "issuing"))
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
    TRY(job_take(op, JOB, rows, max < JOB_ROWS ? max : JOB_ROWS, &n));
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
        return refuse(op, ERR_NOT_FOUND, "letter", "letter_purged", "保存期满，文书已经清除。",
                      "The letter was deleted at the end of its term of keeping.");
    if (blob == NULL)
        return refuse(op, ERR_NOT_FOUND, "letter", "letter_making", "文书还在制作，过几秒再看",
                      "The letter is being made; look again in a few seconds.");
    TRY(blob_read(op, blob, out));
    crypto_hash_sha256(hash, (const unsigned char *)out->data + before, out->len - before);
    hex_encode(hash, sizeof hash, sha256);
    return same(sha256, expected)
               ? ERR_OK
               : err_set(&op->err, ERR_CORRUPT, "letter %lld: another file", (long long)r->id);
}

/* ---- voiding and serving ---- */

enum err_code letter_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                         struct record *ret, struct matter *ret_matter)
{
    struct record_facts facts;

    TRY(record_load(op, snap, LETTER, id, ret));
    TRY(matter_for(op, snap, record_number(ret, "matter"), MAY_SEE, ret_matter));
    facts = matter_facts(op, ret_matter);
    return may_check(&op->actor, need, &facts, &op->err);
}

enum err_code letter_void(struct op *op, int64_t id, const char *reason, int64_t version,
                          struct record *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(matter_release) struct matter m = {0};
    struct changes *ch = changes_new(op);

    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(letter_for(op, snap, id, MAY_ISSUE_LETTER, ret, &m));
    }
    TRY(record_expect(op, ret, version));
    if (same(record_member(ret, "status"), "voided") ||
        json_array_size(json_object_get(ret->state, "services")) > 0)
        return refuse(op, ERR_NOT_ALLOWED, "letter", "letter_state",
                      "已经作废或者已经送达的文书不能作废，出一份新的",
                      "A letter that was voided or served cannot be voided; issue another.");
    record_draft_begin(op, &d, ret, "void", op->now_ms);
    d.report = m.secret != 0;
    record_set(&d, "status", json_string("voided"));
    record_set(&d, "voided",
               json_pack("{s:I, s:I, s:I}", "version", (json_int_t)ret->version + 1, "by",
                         (json_int_t)op->actor.officer_id, "at", (json_int_t)op->now_ms));
    record_text(&d, "reason", reason);
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code check_service(struct op *op, const struct record *r, const struct matter *m,
                                   const json_t *input, int64_t *ret_at)
{
    const struct letter_form *form = letter_form_find(op->setup->letters, record_member(r, "form"));
    const struct pack_act *tell = pack_act(matter_pack(op, m), "tell");
    const char *party = json_string_value(json_object_get(input, "party"));
    const char *channel = json_string_value(json_object_get(input, "channel"));
    const char *at = json_string_value(json_object_get(input, "at"));
    const struct act_field *channels = tell == NULL ? NULL : act_field(tell, "channel");
    bool to = false;

    for (unsigned i = 0; form != NULL && letter_to_names[i] != NULL; i++)
        to |= (form->to & (1u << i)) != 0 && same(letter_to_names[i], party);
    if (!same(record_member(r, "status"), "issued"))
        return refuse(op, ERR_NOT_ALLOWED, "letter", "letter_state", "只有已经发出的文书能送达",
                      "Only an issued letter is served.");
    if (!to)
        return refuse(op, ERR_INVALID, "party", "unknown_choice", "这份文书不送给他",
                      "This letter is not addressed to that party.");
    if (channels == NULL || field_choice(channels, matter_kind_of(m), channel) == NULL)
        return refuse(op, ERR_INVALID, "channel", "unknown_choice", "选送达方式",
                      "Choose how it was served.");
    *ret_at = op->now_ms;
    if (at != NULL && !instant_parse(at, op->zone_min, ret_at))
        return refuse(op, ERR_INVALID, "at", "instant", "时间写得不对", "This is no time.");
    if (*ret_at > op->now_ms || *ret_at < record_number(r, "at") - 24 * 3600 * INT64_C(1000))
        return refuse(op, ERR_INVALID, "at", "range", "送达时间在发文以后、现在以前",
                      "It was served after it was issued and before now.");
    return ERR_OK;
}

/* The act `tell` of the matter, where the form counts this as telling and the pack allows it now.
 */
static enum err_code tell(struct op *op, struct changes *ch, const struct record *r,
                          struct matter *m, const json_t *input, int64_t at, bool *ret_told)
{
    const struct letter_form *form = letter_form_find(op->setup->letters, record_member(r, "form"));
    const char *party = json_string_value(json_object_get(input, "party"));
    CLEANUP(matter_release) struct matter before = {0};
    CLEANUP(json_decrefp) json_t *told = NULL;
    struct changes *mark = changes_mark(ch);
    char when[INSTANT_TEXT];
    enum err_code rc;

    *ret_told = false;
    if (form == NULL || !letter_form_tells(form, party, m->status))
        return ERR_OK;
    instant_format(at, op->zone_min, when);
    told = json_pack("{s:s, s:O, s:s, s:s}", "party", party, "channel",
                     json_object_get(input, "channel"), "at", when, "letter",
                     record_member(r, "number"));
    if (json_is_string(json_object_get(input, "proof")))
        json_object_set(told, "proof", json_object_get(input, "proof"));
    matter_copy(m, &before);
    rc = matter_act_into(op, ch, m, "tell", told);
    if (rc == ERR_NOT_ALLOWED || rc == ERR_FORBIDDEN) {
        changes_back(ch, mark); /* told before, or not by this officer: the service stands alone */
        err_clear(&op->err);
        return ERR_OK;
    }
    TRY(rc);
    matter_save(op, ch, &before, m);
    *ret_told = true;
    return ERR_OK;
}

static enum err_code serve_once(struct op *op, int64_t id, const json_t *input, int64_t version,
                                struct record *ret)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct changes *ch = changes_new(op);
    json_t *services;
    int64_t at;
    bool told;

    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(letter_for(op, snap, id, MAY_ISSUE_LETTER, ret, &m));
    }
    TRY(record_expect(op, ret, version));
    TRY(check_service(op, ret, &m, input, &at));
    TRY(tell(op, ch, ret, &m, input, at, &told));
    services = json_object_get(ret->state, "services");
    services = services == NULL ? json_array() : json_deep_copy(services);
    json_array_append_new(
        services, json_pack("{s:I, s:O, s:O, s:I, s:I, s:b}", "version",
                            (json_int_t)ret->version + 1, "party", json_object_get(input, "party"),
                            "channel", json_object_get(input, "channel"), "at", (json_int_t)at,
                            "by", (json_int_t)op->actor.officer_id, "told", (int)told));
    record_draft_begin(op, &d, ret, "serve", at);
    d.report = m.secret != 0;
    record_set(&d, "services", services);
    record_text(&d, "recipient", json_string_value(json_object_get(input, "recipient")));
    record_text(&d, "proof", json_string_value(json_object_get(input, "proof")));
    TRY(record_write(&d, ch));
    result = json_pack("{s:I}", "id", (json_int_t)ret->id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code letter_serve(struct op *op, int64_t id, const json_t *input, int64_t version,
                           struct record *ret)
{
    enum err_code rc;
    bool found;

    *ret = (struct record){0};
    TRY(earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    rc = serve_once(op, id, input, version, ret);
    if (rc != ERR_REPLAYED)
        return rc;
    drop(ret);
    err_clear(&op->err);
    TRY(earlier(op, ret, &found));
    return found ? ERR_OK : err_set(&op->err, ERR_REPLAYED, "letter");
}
