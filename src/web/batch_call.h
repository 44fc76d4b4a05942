/* Running many acts for a request: at once when they are few, behind it otherwise. */
#ifndef FANGXIN_WEB_BATCH_CALL_H
#define FANGXIN_WEB_BATCH_CALL_H

#include "web/call.h"

struct batch_answer {
    char *json;    /* schema Batch, in the arena */
    bool running;  /* goes on behind the request: 202 */
    bool replayed; /* an earlier request with this key did it */
};

/* Whether an earlier request with this key began it: then ret->json is set. ERR_INVALID without a
 * key, ERR_REPLAYED when it came with another body. */
enum err_code batch_call_earlier(struct call *call, struct batch_answer *ret) MUST_CHECK;
/**
 * @param items  [{"number","version","input"?}], @param input  common to all; NULL: nothing
 * @return ERR_NOT_FOUND unknown act; ERR_INVALID for faults of the common input (fields
 *         "input.…"), when no matter has one of its own
 */
enum err_code batch_call(struct call *call, const char *act, const json_t *items,
                         const json_t *input, struct batch_answer *ret) MUST_CHECK;

#endif
