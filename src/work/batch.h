/* Many matters at once: one act on each of a list, every one decided, checked and written by
 * itself.
 *
 * Matters are taken in slices. A slice is one change set; when it is refused, each of its matters
 * is done again in a set of its own, so one bad matter never stops another and nothing is half done
 * within one. Each success leaves an idempotency row under (batch, number) in the same set, and the
 * finished batch leaves one with its results: the same request sent again goes on where it stopped,
 * or gives the same results. */
#ifndef FANGXIN_WORK_BATCH_H
#define FANGXIN_WORK_BATCH_H

#include <jansson.h>

#include "base/json.h"
#include "work/idempotency.h"

#define BATCH_ITEMS_MAX 1000
#define BATCH_SLICE 16
#define BATCH_ID_TEXT 25

enum batch_item_state { ITEM_WAITING, ITEM_DONE, ITEM_FAILED };

struct batch_item {
    const char *number; /* as sent */
    int64_t version;    /* that the actor saw */
    json_t *input;      /* the common input with the matter's own members in it; owned */
    enum batch_item_state state;
    enum err_code code; /* why it failed */
    json_t *errors;     /* [{"field","code","zh","en"}] of a failure; owned; NULL: none */
    int64_t after;      /* its version now; 0 where nothing is known of it */
};

struct batch {
    char id[BATCH_ID_TEXT];
    const char *act;
    const struct request_key *key; /* of the request; required */
    struct batch_item *items;      /* owned */
    size_t n, done;                /* how many were decided; the rest is ITEM_WAITING */
};

/* The id of a batch: of the route and the key of its request. */
void batch_id_make(const struct request_key *key, char ret[BATCH_ID_TEXT]);

/**
 * @param items  [{"number","version","input"?}], 1 … BATCH_ITEMS_MAX, no number twice; checked for
 *               shape before. The batch takes copies.
 * @param act, key  must live as long as the batch
 * @return ERR_INVALID for a number that stands twice
 */
enum err_code batch_begin(struct op *op, const char *act, const struct request_key *key,
                          const json_t *items, const json_t *input, struct batch *ret) MUST_CHECK;
void batch_release(struct batch *batch);

/* Marks an item as refused before any work, with what op->err says. */
void batch_refuse(struct op *op, struct batch_item *item, enum err_code code);
/* Decides the next BATCH_SLICE items. ERR_OK also where items failed; anything else (a full disk, a
 * store that ends) leaves the rest waiting. */
enum err_code batch_slice(struct op *op, struct batch *batch, enum store_queue queue) MUST_CHECK;
/* Keeps the results under the batch's id. */
enum err_code batch_keep(struct op *op, struct batch *batch) MUST_CHECK;
/**
 * What batch_keep kept, of this actor.
 * @param id   of the batch
 * @param key  of a request that is sent again, or NULL to look only
 * @param[out] ret_act  in the arena; @param[out] ret  released by the caller
 * @return ERR_NOT_FOUND; ERR_REPLAYED when the key came with another body
 */
enum err_code batch_kept(struct op *op, const char *id, const struct request_key *key,
                         const char **ret_act, struct batch *ret) MUST_CHECK;

/**
 * Which acts the actor can do on how many of these, and why not on the rest:
 * array "acts" of schema ManyAct, with "seen": of how many he may see at all.
 * @param numbers  array of texts
 */
enum err_code batch_choices(struct op *op, const json_t *numbers, struct json_writer *w) MUST_CHECK;

#endif
