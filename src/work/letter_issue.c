/* Letters: looking at one beforehand, taking a number, giving it up. */
#include <sodium.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/access.h"
#include "work/acts.h"
#include "work/idempotency.h"
#include "work/letter_internal.h"

/* As many as may want the next number of one series at a time, and more. */
#define NUMBER_TRIES 200

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
        return err_field(&op->err, ERR_NOT_ALLOWED, "body", "no_issuer",
                         "这个单位没有可以出文书的上级", "Nobody above this body issues letters.");
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
        return err_field(&op->err, ERR_INVALID, "body", "no_word",
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
    changes_queue(ch, LETTER_JOB, ret->id, 0);
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
        return err_field(&op->err, ERR_CONFLICT, "If-Match", "matter_changed",
                         "这件在您预览以后有变动，重新预览一次",
                         "The matter changed; preview it again.");
    TRY(prepare(&src, form, &values));
    return take_number(&src, values, ret);
}

enum err_code letter_issue(struct op *op, int64_t matter_id, const char *form, const json_t *asks,
                           int64_t version, struct record *ret)
{
    enum err_code rc = ERR_CONFLICT;
    bool found;

    *ret = (struct record){0};
    TRY(letter_earlier(op, ret, &found));
    if (found)
        return ERR_OK;
    /* Another took the same number: the next one is tried. A changed matter is not tried again. */
    for (int i = 0; i < NUMBER_TRIES && rc == ERR_CONFLICT; i++) {
        record_release(ret);
        err_clear(&op->err);
        rc = issue_once(op, matter_id, form, asks, version, ret);
        if (rc == ERR_CONFLICT && op->err.n_items > 0)
            break;
    }
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    if (rc != ERR_REPLAYED)
        return rc;
    err_clear(&op->err);
    TRY(letter_earlier(op, ret, &found));
    return found ? ERR_OK : err_set(&op->err, ERR_REPLAYED, "letter");
}

/* ---- voiding ---- */

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
    if (letter_same(record_member(ret, "status"), "voided") ||
        json_array_size(json_object_get(ret->state, "services")) > 0)
        return err_field(&op->err, ERR_NOT_ALLOWED, "letter", "letter_state",
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
