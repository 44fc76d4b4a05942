/* Letters: their rows, in whose name they are, who may see them. */
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/idempotency.h"
#include "work/letter_internal.h"

bool letter_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
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
        !letter_same(stmt_text(s, 1), record_member(r, "body")) ||
        !letter_same(stmt_text(s, 2), record_member(r, "series")) ||
        stmt_int64(s, 3) != record_number(r, "year") || stmt_int64(s, 4) != record_number(r, "n") ||
        !letter_same(stmt_text(s, 5), record_member(r, "code")) ||
        !letter_same(stmt_text(s, 6), record_member(r, "status"))) {
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

/* ---- which form, which letter ---- */

enum err_code letter_form_for(struct op *op, const struct matter *m, const char *form,
                              const struct letter_form **ret)
{
    const struct letter_form *f = letter_form_find(op->setup->letters, form);

    if (f == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "form", "unknown_form", "没有这种文书",
                         "There is no such form.");
    if (!letter_form_fits(f, matter_pack(op, m)->id, matter_kind_of(m), m->status, m->outcome))
        return err_field(&op->err, ERR_NOT_ALLOWED, "form", "form_state",
                         "这件现在不能出这种文书，先看能出哪些",
                         "This form cannot be issued in this state; see which can.");
    *ret = f;
    return ERR_OK;
}

enum err_code letter_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                         struct record *ret, struct matter *ret_matter)
{
    struct record_facts facts;

    TRY(record_load(op, snap, LETTER, id, ret));
    TRY(matter_for(op, snap, record_number(ret, "matter"), MAY_SEE, ret_matter));
    facts = matter_facts(op, ret_matter);
    return may_check(&op->actor, need, &facts, &op->err);
}

/* ---- a request that is sent again ---- */

static enum err_code load_letter(struct op *op, int64_t id, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return record_load(op, snap, LETTER, id, ret);
}

enum err_code letter_earlier(struct op *op, struct record *ret, bool *ret_found)
{
    CLEANUP(json_decrefp) json_t *result = NULL;

    TRY(idempotency_find(op, op->key, &result));
    *ret_found = result != NULL;
    return result == NULL ? ERR_OK
                          : load_letter(op, json_integer_value(json_object_get(result, "id")), ret);
}
