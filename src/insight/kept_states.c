/* Reading the states of matters into memory, and following them. */
#include "insight/kept_states.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "rules/number.h"
#include "sql_queries.h"

#define MONTHS_MAX 4096
#define PLACES_MAX ((size_t)1 << 24) /* of one month; what lies beyond is asked of its row */
#define CODES 256
#define UNKNOWN 0
#define BEHIND_MAX 256 /* events that a search follows itself; more are for the job */

/* Codes by place; those not reached are UNKNOWN. */
struct month {
    unsigned char *codes;
    size_t n;
};

struct kept_states {
    pthread_rwlock_t lock;
    atomic_bool asked;
    bool there;
    struct month months[MONTHS_MAX];
    char *texts[CODES]; /* 1 and up */
    unsigned n_texts;
    int64_t position; /* the last event that is in it */
};

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for states of matters");
}

/* ---- life ---- */

struct kept_states *kept_states_new(void)
{
    struct kept_states *kept = calloc(1, sizeof *kept);

    if (kept != NULL)
        pthread_rwlock_init(&kept->lock, NULL);
    return kept;
}

static void forget(struct kept_states *k)
{
    for (size_t i = 0; i < MONTHS_MAX; i++) {
        free(k->months[i].codes);
        k->months[i] = (struct month){0};
    }
    for (unsigned i = 0; i < CODES; i++) {
        free(k->texts[i]);
        k->texts[i] = NULL;
    }
    k->n_texts = 0;
    k->there = false;
}

void kept_states_free(struct kept_states *kept)
{
    if (kept == NULL)
        return;
    forget(kept);
    pthread_rwlock_destroy(&kept->lock);
    free(kept);
}

/* ---- states ---- */

unsigned kept_state_code(const struct kept_states *k, const char *status)
{
    for (unsigned i = 1; i <= k->n_texts; i++)
        if (strcmp(k->texts[i], status) == 0)
            return i;
    return UNKNOWN;
}

/* A new one where there is none; UNKNOWN where there are too many. */
static enum err_code code_of(struct op *op, struct kept_states *k, const char *status,
                             unsigned *ret)
{
    *ret = status == NULL ? UNKNOWN : kept_state_code(k, status);
    if (status == NULL || *ret != UNKNOWN || k->n_texts == CODES - 1)
        return ERR_OK;
    k->texts[k->n_texts + 1] = strdup(status);
    if (k->texts[k->n_texts + 1] == NULL)
        return no_memory(op);
    *ret = ++k->n_texts;
    return ERR_OK;
}

/* Where the state of a matter stands; NULL: nowhere. */
static unsigned char *place_of(const struct kept_states *k, int64_t id)
{
    uint64_t month = (uint64_t)id >> NUMBER_SEQUENCE_BITS;
    size_t place = (size_t)id & (((size_t)1 << NUMBER_SEQUENCE_BITS) - 1);

    return month < MONTHS_MAX && place < k->months[month].n ? &k->months[month].codes[place] : NULL;
}

static enum err_code put(struct op *op, struct kept_states *k, int64_t id, unsigned code)
{
    uint64_t month = (uint64_t)id >> NUMBER_SEQUENCE_BITS;
    size_t place = (size_t)id & (((size_t)1 << NUMBER_SEQUENCE_BITS) - 1);
    struct month *m;

    if (month >= MONTHS_MAX || place >= PLACES_MAX)
        return ERR_OK;
    m = &k->months[month];
    if (place >= m->n) {
        size_t n = place + place / 4 + 1024;
        unsigned char *more = realloc(m->codes, n);

        if (more == NULL)
            return no_memory(op);
        memset(more + m->n, UNKNOWN, n - m->n);
        m->codes = more;
        m->n = n;
    }
    m->codes[place] = (unsigned char)code;
    return ERR_OK;
}

bool kept_state_differs(const struct kept_states *k, int64_t id, unsigned code)
{
    const unsigned char *at = place_of(k, id);

    return at != NULL && *at != UNKNOWN && *at != code;
}

/* ---- reading ---- */

static enum err_code read_all(struct op *op, struct snapshot *snap, struct kept_states *k)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    unsigned code = UNKNOWN;
    bool row = true;

    forget(k);
    TRY(snapshot_prepare(op, snap, SQL_states_all, &s));
    for (;;) {
        const char *status;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        status = stmt_text(s, 1); /* by the index they come in runs */
        if (code == UNKNOWN || status == NULL || strcmp(status, k->texts[code]) != 0)
            TRY(code_of(op, k, status, &code));
        TRY(put(op, k, stmt_int64(s, 0), code));
    }
}

static enum err_code read_changed(struct op *op, struct snapshot *snap, struct kept_states *k)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    TRY(snapshot_prepare(op, snap, SQL_states_changed, &s));
    TRY(stmt_bind_int64(op, s, 1, k->position));
    for (;;) {
        unsigned code;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(code_of(op, k, stmt_is_null(s, 1) ? NULL : stmt_text(s, 1), &code));
        TRY(put(op, k, stmt_int64(s, 0), code));
    }
}

/* Half of it is worth nothing. */
static enum err_code read_to(struct op *op, struct snapshot *snap, struct kept_states *k)
{
    enum err_code rc = k->there ? read_changed(op, snap, k) : read_all(op, snap, k);

    if (rc == ERR_OK)
        k->position = snapshot_position(snap);
    else
        forget(k);
    k->there = rc == ERR_OK;
    return rc;
}

static enum err_code follow(struct op *op, struct snapshot *snap, struct kept_states *k)
{
    enum err_code rc = ERR_OK;

    pthread_rwlock_wrlock(&k->lock);
    if (k->there && k->position < snapshot_position(snap))
        rc = read_to(op, snap, k);
    pthread_rwlock_unlock(&k->lock);
    return rc;
}

enum err_code kept_states_hold(struct op *op, struct snapshot *snap, struct kept_states *kept,
                               bool *ret_held)
{
    kept->asked = true;
    *ret_held = false;
    for (;;) {
        int64_t position, behind;
        bool there;

        pthread_rwlock_rdlock(&kept->lock);
        there = kept->there;
        position = kept->position;
        *ret_held = there && position >= snapshot_position(snap);
        if (*ret_held)
            return ERR_OK;
        pthread_rwlock_unlock(&kept->lock);
        if (!there)
            return ERR_OK;
        TRY(snapshot_beyond(op, snap, position, BEHIND_MAX + 1, &behind));
        if (behind > BEHIND_MAX)
            return ERR_OK;
        TRY(follow(op, snap, kept));
    }
}

void kept_states_letgo(struct kept_states *kept)
{
    pthread_rwlock_unlock(&kept->lock);
}

/* ---- the job ---- */

/* Nobody waits meanwhile: they are put in their place when they are whole. */
static enum err_code fill(struct op *op, struct snapshot *snap, struct kept_states *kept)
{
    struct kept_states *fresh = kept_states_new();
    enum err_code rc = fresh == NULL ? no_memory(op) : read_to(op, snap, fresh);

    if (rc == ERR_OK) {
        pthread_rwlock_wrlock(&kept->lock);
        forget(kept);
        memcpy(kept->months, fresh->months, sizeof kept->months);
        memcpy(kept->texts, fresh->texts, sizeof kept->texts);
        kept->n_texts = fresh->n_texts;
        kept->position = fresh->position;
        kept->there = true;
        memset(fresh->months, 0, sizeof fresh->months);
        memset(fresh->texts, 0, sizeof fresh->texts);
        pthread_rwlock_unlock(&kept->lock);
    }
    kept_states_free(fresh);
    return rc;
}

enum err_code kept_states_fill(struct op *op, struct kept_states *kept)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    bool there;

    if (!kept->asked)
        return ERR_OK;
    pthread_rwlock_rdlock(&kept->lock);
    there = kept->there;
    pthread_rwlock_unlock(&kept->lock);
    TRY(snapshot_open(op, &snap));
    return there ? follow(op, snap, kept) : fill(op, snap, kept);
}
