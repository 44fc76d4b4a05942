/* Keys of requests that may be sent again. */
#include "work/idempotency.h"

#include <sodium.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "sql_queries.h"

void request_key_make(struct request_key *ret, const char *route, const char *key, const void *body,
                      size_t n)
{
    ret->route = route;
    ret->key = key;
    crypto_generichash(ret->body_hash, HASH_BYTES, body == NULL ? (const void *)"" : body,
                       body == NULL ? 0 : n, NULL, 0);
}

static const char *principal(struct op *op)
{
    if (op->actor.kind == ACTOR_OFFICER)
        return arena_printf(op->arena, "officer:%lld", (long long)op->actor.officer_id);
    if (op->actor.kind == ACTOR_PARTY)
        return arena_printf(op->arena, "party:%lld", (long long)op->actor.party_matter);
    if (op->actor.kind == ACTOR_BUSINESS)
        return arena_printf(op->arena, "business:%lld", (long long)op->actor.business);
    return op->actor.kind == ACTOR_SYSTEM ? "system" : "public";
}

/* The key is the client's and may hold anything: only its hash is kept. */
static const char *hash_of_key(struct op *op, const char *key)
{
    unsigned char hash[HASH_BYTES];
    char *text = arena_alloc(op->arena, 2 * HASH_BYTES + 1);

    crypto_generichash(hash, HASH_BYTES, (const unsigned char *)key, strlen(key), NULL, 0);
    if (text != NULL)
        hex_encode(hash, HASH_BYTES, text);
    return text;
}

enum err_code idempotency_result(struct op *op, const char *route, const char *key,
                                 const unsigned char *body_hash, json_t **ret_result)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const void *hash;
    size_t n;
    bool row;

    *ret_result = NULL;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_idempotency_get, &s));
    TRY(stmt_bind_text(op, s, 1, principal(op)));
    TRY(stmt_bind_text(op, s, 2, route));
    TRY(stmt_bind_text(op, s, 3, hash_of_key(op, key)));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return ERR_OK;
    hash = stmt_blob(s, 0, &n);
    if (body_hash != NULL && (n != HASH_BYTES || memcmp(hash, body_hash, HASH_BYTES) != 0))
        return err_field(&op->err, ERR_REPLAYED, "Idempotency-Key", "other_body",
                         "这个请求编号已用于别的内容，换一个编号",
                         "This key was used with another body; use a new one.");
    return json_parse(stmt_text(s, 1), strlen(stmt_text(s, 1)), ret_result, &op->err);
}

enum err_code idempotency_find(struct op *op, const struct request_key *key, json_t **ret_result)
{
    *ret_result = NULL;
    if (key == NULL || key->key == NULL)
        return ERR_OK;
    return idempotency_result(op, key->route, key->key, key->body_hash, ret_result);
}

void idempotency_add(struct op *op, struct changes *ch, const struct request_key *key,
                     const json_t *result)
{
    char *text;

    if (key == NULL || key->key == NULL)
        return;
    text = json_dumps(result, JSON_COMPACT);
    changes_row(ch, SQL_idempotency_insert, 1, ERR_REPLAYED);
    changes_text(ch, principal(op));
    changes_text(ch, key->route);
    changes_text(ch, hash_of_key(op, key->key));
    changes_blob(ch, key->body_hash, HASH_BYTES);
    changes_int(ch, op->now_ms);
    changes_text(ch, text == NULL ? NULL : arena_strdup(op->arena, text));
    changes_mac(op, ch, "idempotency");
    free(text);
}
