/* How often one address or officer may ask. (Wrong PINs and passwords: work/backoff.h.)
 *
 * Token buckets in a table of fixed size; keys are hashed with a secret of the process, so nobody
 * can aim at another's place. In a full set the one idle longest gives way. */
#ifndef FANGXIN_WEB_RATELIMIT_H
#define FANGXIN_WEB_RATELIMIT_H

#include <stdint.h>

#include "base/err.h"

enum rate_class {
    RATE_NONE,  /* not counted: pages, health */
    RATE_READ,  /* public reading */
    RATE_FILE,  /* public filing */
    RATE_LOGIN, /* signing in */
    RATE_PIN,   /* following a matter by its PIN */
    RATE_STAFF, /* an officer, whatever he does */
    RATE_CLASSES,
};

struct ratelimit;

/**
 * @param settings  NULL or "default"; "off"; or "file=30/60,login=20/60,pin=60/60,read=600/60,
 *                  staff=3000/60": so many per so many seconds, the rest as by default
 * @return ERR_INVALID names the part that cannot be read
 */
enum err_code ratelimit_new(const char *settings, struct ratelimit **ret,
                            struct err *err) MUST_CHECK;
void ratelimit_free(struct ratelimit *rl);

/**
 * Takes one token.
 * @param key  of the one who asks: bytes of address or officer id
 * @param[out] ret_wait_s  when refused: whole seconds until there is one again
 */
bool ratelimit_take(struct ratelimit *rl, enum rate_class rate, const void *key, size_t n,
                    int64_t now_ms, int *ret_wait_s);

#endif
