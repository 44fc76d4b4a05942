/* Passes of verify over single rows: checksums, sealed values against their commitments, files,
 * wrapped keys. */
#include <sodium.h>

#include "base/buf.h"
#include "base/text.h"
#include "sql/sql_queries.h"
#include "store/event_body.h"
#include "store/verify_internal.h"

#define ROW_MAX ((size_t)16 << 20)

/* ---- rows with a checksum ---- */

static const struct {
    const char *table;
    int sql;
    int columns; /* covered ones */
} mac_tables[] = {
    {"blob", SQL_verify_mac_blob, 4},
    {"scan", SQL_verify_mac_scan, 6},
    {"queue", SQL_verify_mac_queue, 4},
    {"idempotency", SQL_verify_mac_idempotency, 6},
    {"password", SQL_verify_mac_password, 3},
    {"session", SQL_verify_mac_session, 7},
    {"access", SQL_verify_mac_access, 5},
    {"alias", SQL_verify_mac_alias, 4},
    {"imported", SQL_verify_mac_imported, 3},
    {"revision", SQL_verify_mac_revision, 6},
    {"setting", SQL_verify_mac_setting, 2},
    {"calendar_run", SQL_verify_mac_calendar_run, 10},
    {"calendar_moved", SQL_verify_mac_calendar_moved, 8},
};

static void column_value(struct stmt *s, int column, struct value *ret)
{
    int64_t number = 0;
    const void *bytes = NULL;

    ret->size = 0;
    ret->kind = stmt_value(s, column, &number, &bytes, &ret->size);
    if (ret->kind == VALUE_INT)
        ret->is.number = number;
    else
        ret->is.bytes = bytes;
}

static enum err_code check_macs(struct check *c, const char *table, int sql, int columns)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(buf_release) struct buf input = BUF_UP_TO(ROW_MAX);
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, sql, &s));
    for (;;) {
        unsigned char mac[BLIND_BYTES];

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        buf_reset(&input);
        for (int i = 1; i <= columns; i++) {
            struct value v;

            column_value(s, i, &v);
            value_to_mac(&input, &v);
        }
        if (input.failed)
            return err_set(&c->op->err, ERR_NO_MEMORY, "no memory for a row of %s", table);
        vault_mac(c->op, table, buf_text(&input), input.len, mac);
        c->counts.rows++;
        if (!verify_same_bytes(s, columns + 1, mac, BLIND_BYTES))
            verify_report(c, table, stmt_int64(s, 0), "the row's checksum does not fit");
    }
}

/* ---- sealed values ---- */

/* The event's body must hold the commitment, in hexadecimal. */
static enum err_code find_commitment(struct check *c, struct stmt *body, int64_t record,
                                     int64_t version, const unsigned char hash[HASH_BYTES],
                                     bool *ret)
{
    CLEANUP(buf_release) struct buf json = BUF_UP_TO(EVENT_BODY_MAX);
    char hex[HASH_BYTES * 2 + 1];
    const void *bytes;
    size_t n;
    bool row;

    hex_encode(hash, HASH_BYTES, hex);
    stmt_reset(body);
    TRY(stmt_bind_int64(c->op, body, 1, record));
    TRY(stmt_bind_int64(c->op, body, 2, version));
    TRY(stmt_step(c->op, body, &row));
    *ret = false;
    if (!row)
        return ERR_OK;
    bytes = stmt_blob(body, 0, &n);
    if (event_body_unpack(bytes, n, &json, &c->op->err) == ERR_NO_MEMORY)
        return ERR_NO_MEMORY;
    *ret = memmem(buf_text(&json), json.len, hex, HASH_BYTES * 2) != NULL;
    return ERR_OK;
}

/* Row: matter, version, class or role, salt, sealed. */
static enum err_code check_sealed_row(struct check *c, const char *table, struct stmt *s,
                                      struct stmt *body)
{
    struct op own = op_apart(c->op, c->arena);
    int64_t record = stmt_int64(s, 0), version = stmt_int64(s, 1);
    const char *column = verify_text(s, 2);
    bool text = strcmp(table, "text") == 0, there = false;
    enum key_class cls = text                             ? text_class(column)
                         : strcmp(table, "reporter") == 0 ? KEY_REPORTER
                                                          : KEY_CONSUMER;
    unsigned char hash[HASH_BYTES];
    const void *salt, *sealed;
    size_t salt_n, sealed_n, plain_n;
    char number[24], *plain;

    c->counts.sealed++;
    snprintf(number, sizeof number, "%lld", (long long)version);
    salt = stmt_blob(s, 3, &salt_n);
    sealed = stmt_blob(s, 4, &sealed_n);
    if (salt_n != SALT_BYTES) {
        verify_report(c, table, record, "version %lld: the salt is not one", (long long)version);
        return ERR_OK;
    }
    if (text && strcmp(column, key_class_names[cls]) != 0) {
        verify_report(c, table, record, "version %lld: class %.20s", (long long)version, column);
        return ERR_OK;
    }
    if (vault_open(&own, cls, vault_place(&own, table, record, text ? number : column), sealed,
                   sealed_n, &plain, &plain_n) != ERR_OK) {
        verify_report(c, table, record, "version %lld: the sealed value does not open",
                      (long long)version);
        return ERR_OK;
    }
    vault_commitment(salt, plain, plain_n, hash);
    sodium_memzero(plain, plain_n);
    TRY(find_commitment(c, body, record, version, hash, &there));
    if (!there)
        verify_report(c, table, record, "version %lld: its event does not hold this commitment",
                      (long long)version);
    return ERR_OK;
}

static enum err_code check_sealed(struct check *c, const char *table, int sql)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL, *body = NULL;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, sql, &s));
    TRY(snapshot_prepare(c->op, c->snap, SQL_verify_event_body, &body));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        arena_reset(c->arena);
        TRY(check_sealed_row(c, table, s, body));
    }
}

enum err_code verify_files(struct check *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, SQL_blob_from, &s));
    TRY(stmt_bind_text(c->op, s, 1, ""));
    TRY(stmt_bind_int64(c->op, s, 2, INT64_MAX));
    for (;;) {
        struct op own = op_apart(c->op, c->arena);
        unsigned char *bytes;
        size_t n = 0;
        enum err_code rc;

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        arena_reset(c->arena);
        c->counts.sealed++;
        rc = blob_get(&own, verify_text(s, 0), &bytes, &n);
        if (rc == ERR_NOT_FOUND)
            verify_report(c, "blob", stmt_int64(s, 1), "file %.32s is missing", verify_text(s, 0));
        else if (rc != ERR_OK || (int64_t)n != stmt_int64(s, 2))
            verify_report(c, "blob", stmt_int64(s, 1),
                          "file %.32s does not open, or has another size", verify_text(s, 0));
    }
}

enum err_code verify_keys(struct check *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct vault *v = c->op->store->vault;
    bool row;

    TRY(snapshot_prepare(c->op, c->snap, SQL_key_epoch_all, &s));
    for (;;) {
        const unsigned char *wrapped;
        struct data_key key = {.epoch = 0};
        size_t n;

        TRY(stmt_step(c->op, s, &row));
        if (!row || c->stopped)
            return ERR_OK;
        key.epoch = (uint32_t)stmt_int64(s, 1);
        key.created_at = stmt_int64(s, 2);
        wrapped = stmt_blob(s, 3, &n);
        if (!key_epoch_opens(v, verify_text(s, 0), &key, wrapped, n))
            verify_report(c, "key_epoch", key.epoch, "the key of class %.20s does not open",
                          verify_text(s, 0));
        sodium_memzero(&key, sizeof key);
        c->counts.rows++;
    }
}

enum err_code verify_macs(struct check *c)
{
    for (size_t i = 0; i < sizeof mac_tables / sizeof mac_tables[0]; i++)
        TRY(check_macs(c, mac_tables[i].table, mac_tables[i].sql, mac_tables[i].columns));
    return ERR_OK;
}

enum err_code verify_sealed(struct check *c)
{
    TRY(check_sealed(c, "text", SQL_verify_text));
    TRY(check_sealed(c, "person", SQL_verify_person));
    return check_sealed(c, "reporter", SQL_verify_reporter);
}
