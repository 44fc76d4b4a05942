/* Sealing and opening; the places are those of store/vault.h. */
#include "work/seal.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/identifiers.h"
#include "sql_queries.h"

static enum err_code commit_to(struct op *op, json_t *commit, const char *name,
                               const unsigned char salt[SALT_BYTES], const char *text)
{
    unsigned char hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];

    vault_commitment(salt, text, strlen(text), hash);
    hex_encode(hash, HASH_BYTES, hex);
    if (json_object_set_new(commit, name, json_string(hex)) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "a commitment");
    return ERR_OK;
}

static char *text_place(struct op *op, int64_t record, int64_t version)
{
    return arena_printf(op->arena, "text|%lld|%lld", (long long)record, (long long)version);
}

static char *person_place(struct op *op, int64_t record, const char *role)
{
    if (strcmp(role, "reporter") == 0)
        return arena_printf(op->arena, "reporter|%lld|reporter", (long long)record);
    return arena_printf(op->arena, "person|%lld|%s", (long long)record, role);
}

enum err_code seal_texts(struct op *op, struct changes *ch, int64_t record, int64_t version,
                         enum key_class cls, const json_t *texts, json_t *commit)
{
    unsigned char salt[SALT_BYTES], *sealed;
    size_t size;
    char *text, *place;

    if (json_object_size(texts) == 0)
        return ERR_OK;
    text = json_compact(op->arena, texts);
    place = text_place(op, record, version);
    if (text == NULL || place == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sealing texts");
    vault_salt(salt);
    TRY(vault_seal(op, cls, place, text, strlen(text), &sealed, &size));
    TRY(commit_to(op, commit, "text", salt, text));
    changes_row(ch, SQL_text_insert, 1, ERR_CONFLICT);
    changes_int(ch, record);
    changes_int(ch, version);
    changes_text(ch, cls == KEY_REPORT ? "report" : "text");
    changes_blob(ch, salt, sizeof salt);
    changes_blob(ch, sealed, size);
    return ERR_OK;
}

/* The keyed index of a phone or identity number; NULL where there is none. */
static void put_index(struct op *op, struct changes *ch, enum key_class cls, const char *what,
                      const char *value)
{
    unsigned char blind[BLIND_BYTES];

    if (value == NULL || *value == '\0') {
        changes_null(ch);
        return;
    }
    vault_blind(op, cls, what, value, blind);
    changes_blob(ch, blind, sizeof blind);
}

enum err_code seal_person(struct op *op, struct changes *ch, int64_t record, int64_t version,
                          const char *role, const json_t *person, json_t *commit)
{
    bool reporter = strcmp(role, "reporter") == 0;
    enum key_class cls = reporter ? KEY_REPORTER : KEY_CONSUMER;
    const char *phone = json_string_value(json_object_get(person, "phone"));
    struct phone number = phone_check(phone == NULL ? "" : phone);
    unsigned char salt[SALT_BYTES], *sealed;
    size_t size;
    char *text = json_compact(op->arena, person);
    char *place = person_place(op, record, role);

    if (text == NULL || place == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sealing a person");
    vault_salt(salt);
    TRY(vault_seal(op, cls, place, text, strlen(text), &sealed, &size));
    TRY(commit_to(op, commit, role, salt, text));
    changes_row(ch, reporter ? SQL_reporter_put : SQL_person_put, 1, ERR_CONFLICT);
    changes_int(ch, record);
    if (!reporter)
        changes_text(ch, role);
    changes_int(ch, version);
    changes_blob(ch, salt, sizeof salt);
    changes_blob(ch, sealed, size);
    put_index(op, ch, cls, "phone", number.normal);
    if (!reporter)
        put_index(op, ch, cls, "id", json_string_value(json_object_get(person, "id_number")));
    return ERR_OK;
}

/* ---- opening ---- */

static enum err_code open_json(struct op *op, enum key_class cls, const char *place, struct stmt *s,
                               int column, json_t **ret)
{
    size_t sealed_size, n;
    const void *sealed = stmt_blob(s, column, &sealed_size);
    char *plain;

    TRY(vault_open(op, cls, place, sealed, sealed_size, &plain, &n));
    return json_parse(plain, n, ret, &op->err);
}

enum err_code seal_open_texts(struct op *op, struct snapshot *snap, int64_t record, int64_t version,
                              json_t **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_text_get, &s));
    TRY(stmt_bind_int64(op, s, 1, record));
    TRY(stmt_bind_int64(op, s, 2, version));
    TRY(stmt_step(op, s, &row));
    if (!row) {
        *ret = json_object();
        return ERR_OK;
    }
    return open_json(op, strcmp(stmt_text(s, 0), "report") == 0 ? KEY_REPORT : KEY_TEXT,
                     text_place(op, record, version), s, 1, ret);
}

enum err_code seal_open_person(struct op *op, struct snapshot *snap, int64_t record,
                               const char *role, json_t **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool reporter = strcmp(role, "reporter") == 0, row;

    *ret = NULL;
    TRY(snapshot_prepare(op, snap, reporter ? SQL_reporter_get : SQL_person_get, &s));
    TRY(stmt_bind_int64(op, s, 1, record));
    if (!reporter)
        TRY(stmt_bind_text(op, s, 2, role));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return ERR_OK;
    return open_json(op, reporter ? KEY_REPORTER : KEY_CONSUMER, person_place(op, record, role), s,
                     0, ret);
}
