/* Batches under way: acts on many matters that go on after their request was answered. One thread
 * takes them in turn, a slice each, so that none waits for another's end. What a finished one did
 * is kept by the store (work/batch.h), here only while it runs and a while after. */
#ifndef FANGXIN_WEB_BATCHES_H
#define FANGXIN_WEB_BATCHES_H

#include "work/batch.h"

#define BATCH_INLINE_MAX 32 /* that many are done before the answer */

struct batches;
struct setups;

enum err_code batches_new(struct store *store, struct setups *setups, struct batches **ret,
                          struct err *err) MUST_CHECK;
/* Stops after the slice under way and keeps what was done. NULL is fine. */
void batches_free(struct batches *batches);

/**
 * Takes a batch over (it is released by the thread) and goes on with it behind the request.
 * @return ERR_BUSY when too many are under way; then @p batch stays the caller's
 */
enum err_code batches_start(struct batches *batches, struct op *op, struct batch *batch) MUST_CHECK;
/* Schema Batch of one under way or just ended, of this officer, in the arena; NULL when there is
 * none. @p body_hash  of a request sent again, or NULL; ERR_REPLAYED when it is another. */
enum err_code batches_report(struct batches *batches, struct op *op, const char *id,
                             const unsigned char *body_hash, char **ret_json) MUST_CHECK;
/* Stops one after its slice; false when none of that id runs. */
bool batches_stop(struct batches *batches, const struct op *op, const char *id);

/* Schema Batch of one that is not under way any more. */
void batch_write(struct op *op, const struct batch *batch, const char *state, int64_t seconds_left,
                 struct json_writer *w);

#endif
