/* A fixed table of counters; an old entry makes room for a new one. */
#include "work/backoff.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 8192
#define PROBES 8
#define FREE_TRIES 4
#define WAIT_MAX_MS (INT64_C(900) * 1000)

struct slot {
    uint64_t key; /* 0 = free */
    int64_t last_ms;
    unsigned wrong;
};

struct backoff {
    pthread_mutex_t lock;
    unsigned char secret[crypto_shorthash_KEYBYTES];
    struct slot slots[SLOTS];
};

struct backoff *backoff_new(void)
{
    struct backoff *b = calloc(1, sizeof *b);

    if (b != NULL) {
        pthread_mutex_init(&b->lock, NULL);
        crypto_shorthash_keygen(b->secret);
    }
    return b;
}

void backoff_free(struct backoff *b)
{
    if (b == NULL)
        return;
    pthread_mutex_destroy(&b->lock);
    free(b);
}

static uint64_t key_of(const struct backoff *b, const struct op *op, const char *subject)
{
    char text[256];
    uint64_t key;
    int n = snprintf(text, sizeof text, "%s|%s", op->address, subject);

    crypto_shorthash((unsigned char *)&key, (const unsigned char *)text,
                     (unsigned long long)(n < (int)sizeof text ? n : (int)sizeof text - 1),
                     b->secret);
    return key == 0 ? 1 : key;
}

/* The slot of a key; without one and with @p make, the oldest of those it may use. */
static struct slot *find(struct backoff *b, uint64_t key, bool make)
{
    struct slot *oldest = NULL;

    for (size_t i = 0; i < PROBES; i++) {
        struct slot *s = &b->slots[(key + i) % SLOTS];

        if (s->key == key)
            return s;
        if (oldest == NULL || s->last_ms < oldest->last_ms)
            oldest = s;
    }
    if (!make)
        return NULL;
    *oldest = (struct slot){.key = key};
    return oldest;
}

static int64_t wait_ms(const struct slot *s, int64_t now_ms)
{
    int64_t wait;

    if (s == NULL || s->wrong <= FREE_TRIES)
        return 0;
    wait = s->wrong - FREE_TRIES > 10 ? WAIT_MAX_MS : INT64_C(1000) << (s->wrong - FREE_TRIES - 1);
    if (wait > WAIT_MAX_MS)
        wait = WAIT_MAX_MS;
    return s->last_ms + wait > now_ms ? s->last_ms + wait - now_ms : 0;
}

int backoff_wait_s(struct op *op, const char *subject)
{
    struct backoff *b = op->backoff;
    int64_t wait;

    if (b == NULL)
        return 0;
    pthread_mutex_lock(&b->lock);
    wait = wait_ms(find(b, key_of(b, op, subject), false), op->now_ms);
    pthread_mutex_unlock(&b->lock);
    return (int)((wait + 999) / 1000);
}

enum err_code backoff_check(struct op *op, const char *subject)
{
    int wait = backoff_wait_s(op, subject);
    char zh[96], en[96];

    if (wait == 0)
        return ERR_OK;
    snprintf(zh, sizeof zh, "试错太多次，%d 秒后再试", wait);
    snprintf(en, sizeof en, "Too many wrong tries; try again in %d seconds.", wait);
    return err_field(&op->err, ERR_RATE, "", "backoff", zh, en);
}

void backoff_wrong(struct op *op, const char *subject)
{
    struct backoff *b = op->backoff;
    struct slot *s;

    if (b == NULL)
        return;
    pthread_mutex_lock(&b->lock);
    s = find(b, key_of(b, op, subject), true);
    s->wrong++;
    s->last_ms = op->now_ms;
    pthread_mutex_unlock(&b->lock);
}

void backoff_right(struct op *op, const char *subject)
{
    struct backoff *b = op->backoff;
    struct slot *s;

    if (b == NULL)
        return;
    pthread_mutex_lock(&b->lock);
    s = find(b, key_of(b, op, subject), false);
    if (s != NULL)
        *s = (struct slot){0};
    pthread_mutex_unlock(&b->lock);
}
