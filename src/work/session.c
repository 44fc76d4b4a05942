/* Passwords and sessions. */
#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/backoff.h"
#include "work/staff_internal.h"

#define PASSWORD_MIN 8
#define PASSWORD_OPS 2
#define PASSWORD_MEMORY ((size_t)19 * 1024 * 1024)
#define IDLE_MS (INT64_C(30) * 60 * 1000)
#define SESSION_MS (INT64_C(12) * 3600 * 1000)
#define SEEN_STEP_MS 60000 /* seen_at is written at most once a minute */

/* Hashed where no officer or no password is, so that the answer takes as long. */
static const char nobody_hash[crypto_pwhash_STRBYTES] =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

enum err_code password_check(struct op *op, const char *password)
{
    if (utf8_count(password, strlen(password)) < PASSWORD_MIN)
        return err_field(&op->err, ERR_INVALID, "password", "length", "密码至少 8 个字符",
                         "A password has at least 8 characters.");
    return ERR_OK;
}

enum err_code password_put(struct op *op, struct changes *ch, int64_t officer_id,
                           const char *password)
{
    char hash[crypto_pwhash_STRBYTES];

    TRY(password_check(op, password));
    if (crypto_pwhash_str_alg(hash, password, strlen(password), PASSWORD_OPS, PASSWORD_MEMORY,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "argon2id");
    changes_row(ch, SQL_password_put, 1, ERR_CONFLICT);
    changes_int(ch, officer_id);
    changes_text(ch, hash);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "password");
    return ERR_OK;
}

enum err_code officer_set_password(struct op *op, int64_t id, const char *password)
{
    struct changes *ch = changes_new(op);
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};

    TRY(may_check(&op->actor, MAY_ADMIN_USER, &facts, &op->err));
    TRY(password_put(op, ch, id, password));
    changes_row(ch, SQL_session_delete_officer, ANY_ROWS, ERR_OK);
    changes_int(ch, id);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code stored_hash(struct op *op, int64_t officer_id, const char **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_password_get, &s));
    TRY(stmt_bind_int64(op, s, 1, officer_id));
    TRY(stmt_one_row(op, s));
    *ret = stmt_text_dup(op, s, 0);
    return ERR_OK;
}

static bool password_fits(const char *hash, const char *password)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

enum err_code officer_change_password(struct op *op, const char *old, const char *password)
{
    struct changes *ch = changes_new(op);
    const char *hash;

    if (op->actor.kind != ACTOR_OFFICER)
        return err_set(&op->err, ERR_UNAUTHENTICATED, "nobody is signed in");
    TRY(stored_hash(op, op->actor.officer_id, &hash));
    if (!password_fits(hash, old))
        return err_field(&op->err, ERR_INVALID, "old", "wrong", "原密码不对",
                         "The old password is wrong.");
    TRY(password_put(op, ch, op->actor.officer_id, password));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- tokens ---- */

static void token_text(const unsigned char bytes[32], char ret[SESSION_TOKEN_TEXT])
{
    sodium_bin2base64(ret, SESSION_TOKEN_TEXT, bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool token_bytes(const char *text, unsigned char ret[32])
{
    size_t n;

    return sodium_base642bin(ret, 32, text, strlen(text), NULL, &n, NULL,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           n == 32;
}

/* The token sent back on writes follows from the cookie's, so it can be told again. */
static void csrf_text(const unsigned char token[32], char ret[SESSION_TOKEN_TEXT])
{
    static const unsigned char purpose[] = "fangxin csrf";
    unsigned char out[32];

    crypto_generichash(out, sizeof out, purpose, sizeof purpose - 1, token, 32);
    token_text(out, ret);
}

static void token_hash(const void *bytes, size_t n, unsigned char ret[32])
{
    crypto_generichash(ret, 32, bytes, n, NULL, 0);
}

static void session_row(struct op *op, struct changes *ch, int sql, const unsigned char token[32],
                        int64_t officer_id, const char *csrf, int64_t created, int64_t seen,
                        int64_t expires, const char *address)
{
    unsigned char stored[32], stored_csrf[32];

    token_hash(token, 32, stored);
    token_hash(csrf, strlen(csrf), stored_csrf);
    changes_row(ch, sql, sql == SQL_session_insert ? 1 : ANY_ROWS, ERR_CONFLICT);
    changes_blob(ch, stored, 32);
    changes_int(ch, officer_id);
    changes_blob(ch, stored_csrf, 32);
    changes_int(ch, created);
    changes_int(ch, seen);
    changes_int(ch, expires);
    changes_text(ch, address);
    changes_mac(op, ch, "session");
}

static enum err_code refuse_login(struct op *op, const char *subject)
{
    backoff_wrong(op, subject);
    return err_field(&op->err, ERR_UNAUTHENTICATED, "", "sign_in", "登录名或密码不对",
                     "The name or the password is wrong.");
}

enum err_code session_open(struct op *op, const char *name, const char *password,
                           struct session *ret)
{
    struct changes *ch = changes_new(op);
    const char *subject = arena_printf(op->arena, "login:%s", name), *hash = nobody_hash;
    unsigned char token[32];
    enum err_code rc;

    if (subject == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "login");
    TRY(backoff_check(op, subject));
    rc = officer_by_name(op, name, &ret->officer);
    if (rc == ERR_OK)
        rc = ret->officer.active ? stored_hash(op, ret->officer.id, &hash) : ERR_NOT_FOUND;
    if (rc != ERR_OK && rc != ERR_NOT_FOUND)
        return rc; /* nobody knows whether the name or the password is wrong */
    if (!password_fits(hash, password) || rc != ERR_OK)
        return refuse_login(op, subject);
    backoff_right(op, subject);
    err_clear(&op->err);
    TRY(actor_set_officer(op, &ret->officer));
    randombytes_buf(token, sizeof token);
    token_text(token, ret->token);
    csrf_text(token, ret->csrf);
    ret->expires_at = op->now_ms + SESSION_MS;
    session_row(op, ch, SQL_session_insert, token, ret->officer.id, ret->csrf, op->now_ms,
                op->now_ms, ret->expires_at, op->address);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static enum err_code no_session(struct op *op)
{
    return err_field(&op->err, ERR_UNAUTHENTICATED, "", "sign_in", "先登录，再办这件事",
                     "Sign in first.");
}

enum err_code session_find(struct op *op, const char *token, const char *csrf, struct session *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    unsigned char bytes[32], stored[32];
    int64_t created, seen;
    const char *address;
    bool row;

    if (token == NULL || !token_bytes(token, bytes))
        return no_session(op);
    token_hash(bytes, 32, stored);
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_session_get, &s));
    TRY(stmt_bind_blob(op, s, 1, stored, sizeof stored));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return no_session(op);
    created = stmt_int64(s, 0);
    seen = stmt_int64(s, 1);
    ret->expires_at = stmt_int64(s, 2);
    address = stmt_text_dup(op, s, 3);
    if (ret->expires_at <= op->now_ms || seen + IDLE_MS <= op->now_ms)
        return no_session(op);
    ret->officer = officer_of_row(op, s, 4);
    TRY(actor_set_officer(op, &ret->officer));
    snprintf(ret->token, sizeof ret->token, "%s", token);
    csrf_text(bytes, ret->csrf);
    if (csrf != NULL && (strlen(csrf) != strlen(ret->csrf) ||
                         sodium_memcmp(csrf, ret->csrf, strlen(ret->csrf)) != 0))
        return err_field(&op->err, ERR_FORBIDDEN, "Fangxin-Csrf", "csrf",
                         "页面过期了，重新打开再办", "This page is out of date; open it again.");
    if (seen + SEEN_STEP_MS <= op->now_ms) {
        struct changes *ch = changes_new(op);

        session_row(op, ch, SQL_session_seen, bytes, ret->officer.id, ret->csrf, created,
                    op->now_ms, ret->expires_at, address);
        if (store_apply(op, ch, QUEUE_INTERACTIVE) != ERR_OK)
            err_overlook(&op->err); /* reading goes on while nothing can be written */
    }
    return ERR_OK;
}

enum err_code session_end(struct op *op, const char *token)
{
    struct changes *ch = changes_new(op);
    unsigned char bytes[32], stored[32];

    if (token == NULL || !token_bytes(token, bytes))
        return ERR_OK;
    token_hash(bytes, 32, stored);
    changes_row(ch, SQL_session_delete, ANY_ROWS, ERR_OK);
    changes_blob(ch, stored, sizeof stored);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}
