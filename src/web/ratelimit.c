/* Token buckets in one table of sets. */
#include "web/ratelimit.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SETS 4096
#define WAYS 8
#define LOCKS 64

struct place {
    uint64_t key;    /* 0 = free */
    int64_t seen_ms; /* last change */
    double amount;   /* tokens left */
};

struct limit {
    double per_ms, most; /* tokens */
};

struct ratelimit {
    bool off;
    struct limit limits[RATE_CLASSES];
    unsigned char secret[crypto_shorthash_KEYBYTES];
    pthread_mutex_t locks[LOCKS];
    struct place places[SETS][WAYS];
};

static const char *const class_names[RATE_CLASSES] = {
    [RATE_NONE] = "",       [RATE_READ] = "read", [RATE_FILE] = "file",
    [RATE_LOGIN] = "login", [RATE_PIN] = "pin",   [RATE_STAFF] = "staff",
};

static void set_limit(struct ratelimit *rl, enum rate_class rate, int64_t n, int64_t seconds)
{
    rl->limits[rate] = (struct limit){(double)n / ((double)seconds * 1000), (double)n};
}

/* "file=30/60" */
static enum err_code read_setting(struct ratelimit *rl, const char *text, size_t len,
                                  struct err *err)
{
    char part[64], *count, *seconds;
    int64_t n, s;

    if (len < sizeof part) {
        memcpy(part, text, len);
        part[len] = '\0';
        count = strchr(part, '=');
        seconds = count == NULL ? NULL : strchr(count, '/');
        if (seconds != NULL) {
            *count++ = '\0';
            *seconds++ = '\0';
            for (int c = RATE_READ; c < RATE_CLASSES; c++)
                if (strcmp(part, class_names[c]) == 0 && text_int64(count, &n) &&
                    text_int64(seconds, &s) && n > 0 && s > 0 && n <= 1000000 && s <= 86400) {
                    set_limit(rl, (enum rate_class)c, n, s);
                    return ERR_OK;
                }
        }
    }
    return err_set(err, ERR_INVALID, "rate limit: \"%.*s\" is not like file=30/60", (int)len, text);
}

static enum err_code read_settings(struct ratelimit *rl, const char *settings, struct err *err)
{
    set_limit(rl, RATE_READ, 600, 60);
    set_limit(rl, RATE_FILE, 30, 60);
    set_limit(rl, RATE_LOGIN, 30, 60);
    set_limit(rl, RATE_PIN, 120, 60);
    set_limit(rl, RATE_STAFF, 3000, 60);
    if (settings == NULL || strcmp(settings, "default") == 0)
        return ERR_OK;
    if (strcmp(settings, "off") == 0) {
        rl->off = true;
        return ERR_OK;
    }
    for (const char *p = settings; *p != '\0';) {
        size_t n = strcspn(p, ",");

        TRY(read_setting(rl, p, n, err));
        p += n + (p[n] == ',');
    }
    return ERR_OK;
}

enum err_code ratelimit_new(const char *settings, struct ratelimit **ret, struct err *err)
{
    struct ratelimit *rl = calloc(1, sizeof *rl);
    enum err_code rc;

    if (rl == NULL || sodium_init() < 0) {
        free(rl);
        return err_set(err, ERR_NO_MEMORY, "rate limit");
    }
    crypto_shorthash_keygen(rl->secret);
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_init(&rl->locks[i], NULL);
    rc = read_settings(rl, settings, err);
    if (rc != ERR_OK)
        ratelimit_free(rl);
    else
        *ret = rl;
    return rc;
}

void ratelimit_free(struct ratelimit *rl)
{
    if (rl == NULL)
        return;
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&rl->locks[i]);
    free(rl);
}

static uint64_t hash_key(const struct ratelimit *rl, int kind, const void *key, size_t n)
{
    unsigned char bytes[80] = {(unsigned char)kind}, out[crypto_shorthash_BYTES];
    uint64_t h;

    n = n < sizeof bytes - 1 ? n : sizeof bytes - 1;
    memcpy(bytes + 1, key, n);
    crypto_shorthash(out, bytes, n + 1, rl->secret);
    memcpy(&h, out, sizeof h);
    return h == 0 ? 1 : h;
}

/* The key's place in its set; a new one holds @p fresh tokens. */
static struct place *find_place(struct ratelimit *rl, uint64_t key, double fresh, int64_t now_ms)
{
    struct place *set = rl->places[key % SETS], *oldest = &set[0];

    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].key == 0 || (oldest->key != 0 && set[i].seen_ms < oldest->seen_ms))
            oldest = &set[i];
    }
    *oldest = (struct place){key, now_ms, fresh};
    return oldest;
}

static pthread_mutex_t *lock_of(struct ratelimit *rl, uint64_t key)
{
    return &rl->locks[key % SETS % LOCKS];
}

bool ratelimit_take(struct ratelimit *rl, enum rate_class rate, const void *key, size_t n,
                    int64_t now_ms, int *ret_wait_s)
{
    const struct limit *limit = &rl->limits[rate];
    uint64_t h;
    struct place *p;
    bool ok;

    if (rl->off || rate == RATE_NONE)
        return true;
    h = hash_key(rl, (int)rate, key, n);
    pthread_mutex_lock(lock_of(rl, h));
    p = find_place(rl, h, limit->most, now_ms);
    p->amount += (double)(now_ms - p->seen_ms) * limit->per_ms;
    if (p->amount > limit->most)
        p->amount = limit->most;
    p->seen_ms = now_ms;
    ok = p->amount >= 1;
    if (ok)
        p->amount -= 1;
    else
        *ret_wait_s = (int)((1 - p->amount) / limit->per_ms / 1000) + 1;
    pthread_mutex_unlock(lock_of(rl, h));
    return ok;
}
