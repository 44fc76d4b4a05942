/* Reading which documents have some words into memory, and following what is written. */
#include "insight/kept_hits.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "insight/id_bits.h"
#include "sql_queries.h"
#include "store/index.h"

#define PARTS_MAX 256
#define BYTES_MAX ((size_t)48 << 20) /* of all bits */
#define ASKED_TWICE 2
#define BEHIND_MAX 500   /* documents that a search follows itself; more are for the job */
#define FILL_MS 250      /* the job reads for so long, and then rests */
#define FORGET_MS 600000 /* not asked for so long */

struct kept_part {
    char *match; /* NULL: the place is free */
    atomic_uint asked;
    atomic_int_least64_t asked_ms; /* monotonic, the last time */
    bool there;
    int64_t since; /* the first transaction whose documents may not be in it */
    int64_t gone;  /* the last that took documents away */
    struct id_bits ids;
};

struct kept_hits {
    pthread_rwlock_t lock;
    struct kept_part parts[PARTS_MAX];
};

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for hits");
}

/* ---- life ---- */

struct kept_hits *kept_hits_new(void)
{
    struct kept_hits *kept = calloc(1, sizeof *kept);

    if (kept != NULL)
        pthread_rwlock_init(&kept->lock, NULL);
    return kept;
}

static void forget_ids(struct kept_part *p)
{
    id_bits_release(&p->ids);
    p->there = false;
}

static void forget(struct kept_part *p)
{
    forget_ids(p);
    free(p->match);
    p->match = NULL;
    p->asked = 0;
}

void kept_hits_free(struct kept_hits *kept)
{
    if (kept == NULL)
        return;
    for (size_t i = 0; i < PARTS_MAX; i++)
        forget(&kept->parts[i]);
    pthread_rwlock_destroy(&kept->lock);
    free(kept);
}

int64_t kept_hits_below(const struct hits_held *held, int64_t below)
{
    const struct id_bits *sets[HITS_PARTS];

    for (size_t i = 0; i < held->n; i++)
        sets[i] = &held->parts[i]->ids;
    return id_bits_below(sets, held->n, below);
}

/* ---- parts; the lock is held ---- */

static struct kept_part *part_of(struct kept_hits *k, const char *match)
{
    for (size_t i = 0; i < PARTS_MAX; i++)
        if (k->parts[i].match != NULL && strcmp(k->parts[i].match, match) == 0)
            return &k->parts[i];
    return NULL;
}

/* A free place, or that of the part that has not been asked for since the longest. */
static struct kept_part *place_for(struct kept_hits *k)
{
    struct kept_part *oldest = &k->parts[0];

    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (k->parts[i].match == NULL)
            return &k->parts[i];
        if (k->parts[i].asked_ms < oldest->asked_ms)
            oldest = &k->parts[i];
    }
    forget(oldest);
    return oldest;
}

static enum err_code note_new(struct op *op, struct kept_hits *k, const char *match)
{
    struct kept_part *p = part_of(k, match);

    if (p != NULL)
        return ERR_OK;
    p = place_for(k);
    p->match = strdup(match);
    p->asked = 1;
    p->asked_ms = monotonic_ms();
    return p->match == NULL ? no_memory(op) : ERR_OK;
}

/* Which of them stand there; that each was asked for is noted. */
static bool all_there(struct kept_hits *k, const struct hits_asked *asked, struct hits_held *ret,
                      bool *ret_known)
{
    bool there = true;

    *ret_known = true;
    *ret = (struct hits_held){.n = asked->n};
    for (size_t i = 0; i < asked->n; i++) {
        struct kept_part *p = part_of(k, asked->parts[i]);

        *ret_known = *ret_known && p != NULL;
        there = there && p != NULL && p->there;
        ret->parts[i] = p;
        if (p != NULL) {
            p->asked++;
            p->asked_ms = monotonic_ms();
        }
    }
    return there;
}

static int64_t since_of(const struct hits_held *held)
{
    int64_t since = INT64_MAX;

    for (size_t i = 0; i < held->n; i++)
        since = held->parts[i]->since < since ? held->parts[i]->since : since;
    return since;
}

/* ---- following ---- */

struct written {
    int64_t since; /* what was asked for begins there … */
    int64_t cut;   /* … and is complete up to there */
    int64_t gone;
    size_t n;
    int64_t ids[BEHIND_MAX + 1];
    bool hits[BEHIND_MAX + 1][HITS_PARTS];
};

enum { W_CUT, W_GONE, W_ID, W_HITS };

static enum err_code read_written(struct op *op, struct snapshot *snap,
                                  const struct hits_asked *asked, int64_t since,
                                  struct written *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = false;

    ret->since = since;
    ret->n = 0;
    TRY(snapshot_prepare(op, snap, SQL_search_written, &s));
    TRY(stmt_bind_int64(op, s, 1, since));
    TRY(stmt_bind_int64(op, s, 2, BEHIND_MAX + 1));
    for (size_t i = 0; i < HITS_PARTS; i++)
        TRY(stmt_bind_text(op, s, 3 + (int)i, i < asked->n ? asked->parts[i] : ""));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret->cut = stmt_int64(s, W_CUT);
        ret->gone = stmt_int64(s, W_GONE);
        if (stmt_is_null(s, W_ID) || ret->n > BEHIND_MAX)
            continue;
        ret->ids[ret->n] = stmt_int64(s, W_ID);
        for (int i = 0; i < HITS_PARTS; i++)
            ret->hits[ret->n][i] = stmt_int64(s, W_HITS + i) != 0;
        ret->n++;
    }
}

/* What an older view saw, or one that began elsewhere, is left out: another one has gone on. */
static enum err_code put_written(struct op *op, struct kept_hits *k, const struct hits_asked *asked,
                                 const struct written *w)
{
    bool far = w->n > BEHIND_MAX;

    for (size_t i = 0; i < asked->n; i++) {
        struct kept_part *p = part_of(k, asked->parts[i]);

        if (p == NULL || !p->there || p->since < w->since || p->since > w->cut)
            continue;
        if (p->gone != w->gone || (far && p->since == w->since)) {
            forget_ids(p);
            continue;
        }
        if (far)
            continue;
        for (size_t j = 0; j < w->n; j++)
            if (!id_bits_put(&p->ids, w->ids[j], w->hits[j][i])) {
                forget_ids(p);
                return no_memory(op);
            }
        p->since = w->cut;
    }
    return ERR_OK;
}

static enum err_code follow(struct op *op, struct kept_hits *k, const struct hits_asked *asked,
                            const struct written *w)
{
    enum err_code rc;

    pthread_rwlock_wrlock(&k->lock);
    rc = put_written(op, k, asked, w);
    pthread_rwlock_unlock(&k->lock);
    return rc;
}

static enum err_code note_all(struct op *op, struct kept_hits *k, const struct hits_asked *asked)
{
    enum err_code rc = ERR_OK;

    pthread_rwlock_wrlock(&k->lock);
    for (size_t i = 0; i < asked->n && rc == ERR_OK; i++)
        rc = note_new(op, k, asked->parts[i]);
    pthread_rwlock_unlock(&k->lock);
    return rc;
}

enum err_code kept_hits_hold(struct op *op, struct snapshot *snap, struct kept_hits *kept,
                             const struct hits_asked *asked, struct hits_held *ret, bool *ret_held)
{
    struct written *w = NULL;

    *ret_held = false;
    for (;;) {
        int64_t since;
        bool known;

        pthread_rwlock_rdlock(&kept->lock);
        *ret_held = all_there(kept, asked, ret, &known);
        since = *ret_held ? since_of(ret) : 0;
        *ret_held = *ret_held && w != NULL && since >= w->cut;
        if (*ret_held)
            return ERR_OK;
        pthread_rwlock_unlock(&kept->lock);
        if (since == 0)
            return known ? ERR_OK : note_all(op, kept, asked);
        if (w == NULL)
            w = ARENA_NEW(op->arena, struct written);
        if (w == NULL)
            return no_memory(op);
        TRY(read_written(op, snap, asked, since, w));
        TRY(follow(op, kept, asked, w));
    }
}

void kept_hits_letgo(struct kept_hits *kept)
{
    pthread_rwlock_unlock(&kept->lock);
}

/* ---- the job ---- */

enum { P_CUT, P_GONE, P_COMPLETE, P_BLOCK, P_PLACES };

/* It is not there as long as the index of words is being made. */
static enum err_code read_part(struct op *op, const char *match, struct kept_part *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = false;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_search_places, &s));
    TRY(stmt_bind_text(op, s, 1, match));
    for (;;) {
        const unsigned char *places;
        size_t size;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret->since = stmt_int64(s, P_CUT);
        ret->gone = stmt_int64(s, P_GONE);
        ret->there = stmt_int64(s, P_COMPLETE) != 0;
        if (stmt_is_null(s, P_BLOCK))
            continue;
        places = stmt_blob(s, P_PLACES, &size);
        if (!id_bits_add(&ret->ids, stmt_int64(s, P_BLOCK), places, size))
            return no_memory(op);
    }
}

/* What is asked for most and not there; in the arena. NULL: nothing. */
static const char *next_wanted(struct op *op, struct kept_hits *k)
{
    const struct kept_part *most = NULL;
    const char *match;

    pthread_rwlock_rdlock(&k->lock);
    for (size_t i = 0; i < PARTS_MAX; i++) {
        const struct kept_part *p = &k->parts[i];

        if (p->match != NULL && !p->there && p->asked >= ASKED_TWICE &&
            (most == NULL || p->asked > most->asked))
            most = p;
    }
    match = most == NULL ? NULL : arena_strdup(op->arena, most->match);
    pthread_rwlock_unlock(&k->lock);
    return match;
}

/* Lets go what nobody asks for, and the oldest as long as there is too much. The lock is held. */
static void make_room(struct kept_hits *k, const struct kept_part *but)
{
    int64_t before = monotonic_ms() - FORGET_MS;

    for (;;) {
        struct kept_part *oldest = NULL;
        size_t bytes = 0;

        for (size_t i = 0; i < PARTS_MAX; i++) {
            struct kept_part *p = &k->parts[i];

            bytes += id_bits_bytes(&p->ids);
            if (p->match != NULL && p->asked_ms < before)
                forget(p);
            else if (p->there && p != but && (oldest == NULL || p->asked_ms < oldest->asked_ms))
                oldest = p;
        }
        if (bytes <= BYTES_MAX || oldest == NULL)
            return;
        forget(oldest);
    }
}

/* It is put in its place when it is whole. */
static enum err_code fill_part(struct op *op, struct kept_hits *k, const char *match,
                               bool *ret_there)
{
    struct kept_part fresh = {.match = NULL};
    enum err_code rc = read_part(op, match, &fresh);
    struct kept_part *p;

    pthread_rwlock_wrlock(&k->lock);
    p = part_of(k, match);
    *ret_there = rc == ERR_OK && fresh.there;
    if (*ret_there && p != NULL) {
        id_bits_release(&p->ids);
        p->ids = fresh.ids;
        p->since = fresh.since;
        p->gone = fresh.gone;
        p->there = true;
        fresh.ids = (struct id_bits){0};
        make_room(k, p);
    }
    pthread_rwlock_unlock(&k->lock);
    id_bits_release(&fresh.ids);
    return rc;
}

enum err_code kept_hits_fill(struct op *op, struct kept_hits *kept)
{
    int64_t until = monotonic_ms() + FILL_MS;
    bool there = true;

    if (!index_in_windows(op))
        return ERR_OK;
    pthread_rwlock_wrlock(&kept->lock);
    make_room(kept, NULL);
    pthread_rwlock_unlock(&kept->lock);
    while (there && monotonic_ms() < until) {
        const char *match = next_wanted(op, kept);

        if (match == NULL)
            return ERR_OK;
        TRY(fill_part(op, kept, match, &there));
    }
    return ERR_OK;
}
