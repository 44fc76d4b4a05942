/* Reading matters into memory, and following them. */
#include "insight/kept_matters.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "insight/compose.h"
#include "sql_queries.h"

#define TEXTS_BYTES ((size_t)64 << 20)
#define ROWS_FIRST 4096
#define SLOTS_FIRST 8192

struct kept_matters {
    pthread_rwlock_t lock;
    atomic_bool asked;
    atomic_bool too_much; /* a column has too many different texts: they are never kept */
    struct arena *arena;  /* texts; NULL: nothing is read yet */
    struct kept_rows rows;
    uint32_t *slots; /* rows by id, 1 and up; a power of two of them */
    size_t n_slots;
};

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for matters");
}

/* ---- life ---- */

struct kept_matters *kept_matters_new(void)
{
    struct kept_matters *kept = calloc(1, sizeof *kept);

    if (kept != NULL)
        pthread_rwlock_init(&kept->lock, NULL);
    return kept;
}

static void forget(struct kept_matters *k)
{
    for (size_t i = 0; i < KEPT_TEXTS; i++)
        free(k->rows.texts[i].texts);
    free(k->rows.rows);
    free(k->slots);
    arena_free(k->arena);
    k->rows = (struct kept_rows){0};
    k->arena = NULL;
    k->slots = NULL;
    k->n_slots = 0;
}

void kept_matters_free(struct kept_matters *kept)
{
    if (kept == NULL)
        return;
    forget(kept);
    pthread_rwlock_destroy(&kept->lock);
    free(kept);
}

/* ---- rows ---- */

static size_t slot_of(const struct kept_matters *k, int64_t id)
{
    size_t at = (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (k->n_slots - 1);

    while (k->slots[at] != 0 && k->rows.rows[k->slots[at] - 1].id != id)
        at = (at + 1) & (k->n_slots - 1);
    return at;
}

static bool more_slots(struct kept_matters *k)
{
    size_t n = k->n_slots == 0 ? SLOTS_FIRST : k->n_slots * 2;
    uint32_t *slots;

    if (k->rows.n * 2 < k->n_slots)
        return true;
    slots = calloc(n, sizeof *slots);
    if (slots == NULL)
        return false;
    free(k->slots);
    k->slots = slots;
    k->n_slots = n;
    for (size_t i = 0; i < k->rows.n; i++)
        k->slots[slot_of(k, k->rows.rows[i].id)] = (uint32_t)i + 1;
    return true;
}

/* The row of a matter, a new one where there is none; NULL: no memory. */
static struct kept_row *row_of(struct kept_matters *k, int64_t id)
{
    struct kept_rows *r = &k->rows;
    size_t at;

    if (!more_slots(k))
        return NULL;
    at = slot_of(k, id);
    if (k->slots[at] != 0)
        return &r->rows[k->slots[at] - 1];
    if (r->n == r->cap) {
        size_t cap = r->cap == 0 ? ROWS_FIRST : r->cap + r->cap / 2;
        struct kept_row *more = reallocarray(r->rows, cap, sizeof *more);

        if (more == NULL)
            return NULL;
        r->rows = more;
        r->cap = cap;
    }
    r->rows[r->n] = (struct kept_row){.id = id};
    k->slots[at] = (uint32_t)++r->n;
    return &r->rows[r->n - 1];
}

/* Few texts: most rows have that of the row before, so that one is looked at first. */
static enum err_code code_of(struct op *op, struct kept_matters *k, enum kept_text column,
                             const char *text, uint16_t before, uint16_t *ret)
{
    struct kept_texts *t = &k->rows.texts[column];
    size_t i = 0;

    *ret = before;
    if (text == NULL)
        return no_memory(op);
    if (before < t->n && strcmp(t->texts[before], text) == 0)
        return ERR_OK;
    while (i < t->n && strcmp(t->texts[i], text) != 0)
        i++;
    *ret = (uint16_t)i;
    if (i < t->n)
        return ERR_OK;
    if (i == UINT16_MAX)
        return err_set(&op->err, ERR_TOO_LARGE, "too many texts of one column");
    if (i == t->cap) {
        size_t cap = t->cap == 0 ? 64 : t->cap * 2;
        const char **more = reallocarray(t->texts, cap, sizeof *more);

        if (more == NULL)
            return no_memory(op);
        t->texts = more;
        t->cap = cap;
    }
    t->texts[i] = arena_strdup(k->arena, text);
    if (t->texts[i] == NULL)
        return no_memory(op);
    t->n++;
    return ERR_OK;
}

/* ---- reading ---- */

#define FIRST_TEXT 7 /* of the columns selected */

static enum err_code read_row(struct op *op, struct kept_matters *k, struct stmt *s,
                              uint16_t before[KEPT_TEXTS])
{
    struct kept_row *row = row_of(k, stmt_int64(s, 0));

    if (row == NULL)
        return no_memory(op);
    row->received = date_of_instant(stmt_int64(s, 1), op->zone_min);
    row->open = stmt_int64(s, 2) != 0;
    row->secret = stmt_int64(s, 3) != 0;
    row->officer = stmt_int64(s, 4);
    row->registered_by = stmt_int64(s, 5);
    row->business = stmt_int64(s, 6);
    for (int i = 0; i < KEPT_TEXTS; i++)
        TRY(code_of(op, k, (enum kept_text)i, stmt_text(s, FIRST_TEXT + i), before[i],
                    &row->texts[i]));
    memcpy(before, row->texts, sizeof row->texts);
    row->assigned = stmt_int64(s, FIRST_TEXT + KEPT_TEXTS) != 0;
    return ERR_OK;
}

/* Of all matters, or of the one whose id is bound. */
static enum err_code prepare(struct op *op, struct snapshot *snap, int64_t id, struct stmt **ret)
{
    struct composed c;

    compose_init(&c);
    compose(&c, SQL_kept_begin);
    compose(&c, SQL_cross_theme);
    compose(&c, SQL_kept_assigned);
    compose(&c, id == 0 ? SQL_kept_from : SQL_kept_from_id);
    if (id != 0)
        compose_int(&c, id);
    return compose_prepare(op, snap, &c, ret);
}

static enum err_code read_all(struct op *op, struct snapshot *snap, struct kept_matters *k)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    uint16_t before[KEPT_TEXTS] = {0};
    bool row = true;

    forget(k);
    k->arena = arena_new(TEXTS_BYTES);
    if (k->arena == NULL)
        return no_memory(op);
    for (int i = 0; i < KEPT_TEXTS; i++) /* code 0 */
        TRY(code_of(op, k, (enum kept_text)i, "", UINT16_MAX, &before[i]));
    TRY(prepare(op, snap, 0, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(read_row(op, k, s, before));
    }
}

static enum err_code read_again(struct op *op, struct snapshot *snap, struct kept_matters *k,
                                int64_t id)
{
    CLEANUP(stmt_closep) struct stmt *one = NULL;
    uint16_t before[KEPT_TEXTS] = {0};
    struct kept_row *gone;
    bool row;

    TRY(prepare(op, snap, id, &one));
    TRY(stmt_step(op, one, &row));
    if (row)
        return read_row(op, k, one, before);
    gone = row_of(k, id);
    if (gone == NULL)
        return no_memory(op);
    gone->received = DATE_NONE;
    return ERR_OK;
}

static enum err_code read_changed(struct op *op, struct snapshot *snap, struct kept_matters *k)
{
    CLEANUP(stmt_closep) struct stmt *changed = NULL;
    bool row = true;

    TRY(snapshot_prepare(op, snap, SQL_kept_changed, &changed));
    TRY(stmt_bind_int64(op, changed, 1, k->rows.position));
    for (;;) {
        TRY(stmt_step(op, changed, &row));
        if (!row)
            return ERR_OK;
        TRY(read_again(op, snap, k, stmt_int64(changed, 0)));
    }
}

/* Reads whatever there is, or what changed. Half of it is worth nothing. */
static enum err_code read_to(struct op *op, struct snapshot *snap, struct kept_matters *k)
{
    enum err_code rc = k->arena == NULL ? read_all(op, snap, k) : read_changed(op, snap, k);

    if (rc == ERR_OK)
        k->rows.position = snapshot_position(snap);
    else
        forget(k);
    return rc;
}

/* Without them everything goes on as before: they are counted where they stand. */
static enum err_code unless_too_much(struct op *op, struct kept_matters *k, enum err_code rc)
{
    if (rc != ERR_TOO_LARGE)
        return rc;
    err_clear(&op->err);
    k->too_much = true;
    return ERR_OK;
}

static enum err_code follow(struct op *op, struct snapshot *snap, struct kept_matters *k)
{
    enum err_code rc = ERR_OK;

    pthread_rwlock_wrlock(&k->lock);
    if (k->arena != NULL && k->rows.position < snapshot_position(snap))
        rc = read_to(op, snap, k);
    pthread_rwlock_unlock(&k->lock);
    return unless_too_much(op, k, rc);
}

enum err_code kept_matters_hold(struct op *op, struct snapshot *snap, struct kept_matters *kept,
                                const struct kept_rows **ret)
{
    *ret = NULL;
    kept->asked = true;
    for (;;) {
        pthread_rwlock_rdlock(&kept->lock);
        if (kept->arena != NULL && kept->rows.position >= snapshot_position(snap)) {
            *ret = &kept->rows;
            return ERR_OK;
        }
        if (kept->arena == NULL) {
            pthread_rwlock_unlock(&kept->lock);
            return ERR_OK;
        }
        pthread_rwlock_unlock(&kept->lock);
        TRY(follow(op, snap, kept));
    }
}

/* Nobody waits meanwhile: they are put in their place when they are whole. */
static enum err_code fill(struct op *op, struct kept_matters *kept)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct kept_matters fresh = {.arena = NULL};

    TRY(snapshot_open(op, &snap));
    TRY(read_to(op, snap, &fresh));
    pthread_rwlock_wrlock(&kept->lock);
    forget(kept);
    kept->arena = fresh.arena;
    kept->rows = fresh.rows;
    kept->slots = fresh.slots;
    kept->n_slots = fresh.n_slots;
    pthread_rwlock_unlock(&kept->lock);
    return ERR_OK;
}

enum err_code kept_matters_fill(struct op *op, struct kept_matters *kept)
{
    bool there;

    pthread_rwlock_rdlock(&kept->lock);
    there = kept->arena != NULL;
    pthread_rwlock_unlock(&kept->lock);
    if (there || !kept->asked || kept->too_much)
        return ERR_OK;
    return unless_too_much(op, kept, fill(op, kept));
}

void kept_matters_letgo(struct kept_matters *kept)
{
    pthread_rwlock_unlock(&kept->lock);
}
