/* Requests that may be sent again: the key is written first in the same transaction as what it did,
 * and the answer is made again from the ids it keeps. Rows are kept seven days (jobs). */
#ifndef FANGXIN_WORK_IDEMPOTENCY_H
#define FANGXIN_WORK_IDEMPOTENCY_H

#include <jansson.h>

#include "store/changes.h"

struct request_key {
    const char *route; /* "POST /api/v1/matters" */
    const char *key;   /* 16 … 200 characters; NULL: the request has none */
    unsigned char body_hash[HASH_BYTES];
};

void request_key_make(struct request_key *ret, const char *route, const char *key, const void *body,
                      size_t n);
/**
 * @param[out] ret_result  what the earlier request with this key kept; NULL when there was none
 * @return ERR_REPLAYED when the key was used with another body
 */
enum err_code idempotency_find(struct op *op, const struct request_key *key,
                               json_t **ret_result) MUST_CHECK;
/**
 * What is kept under a route and key of the actor's; NULL where nothing is.
 * @param body_hash  HASH_BYTES that the row must hold (ERR_REPLAYED), or NULL: any
 */
enum err_code idempotency_result(struct op *op, const char *route, const char *key,
                                 const unsigned char *body_hash, json_t **ret_result) MUST_CHECK;
/* Adds the row; a race for the same key makes store_apply return ERR_REPLAYED, and the caller asks
 * idempotency_find again. */
void idempotency_add(struct op *op, struct changes *ch, const struct request_key *key,
                     const json_t *result);

#endif
