/* Facts, counted from the rows in one walk along the index of the business or the person. */
#include "insight/facts.h"

#include <stdlib.h>
#include <string.h>

#include "insight/list_internal.h"
#include "rules/identifiers.h"
#include "sql_queries.h"
#include "store/vault.h"

#define CELLS_FIRST 64
#define RECENT_MATTERS 400

/* Adds FROM and WHERE; false when nothing can be found. */
static bool compose_about(struct op *op, struct composed *c, const struct facts_query *q,
                          unsigned char blind[BLIND_BYTES])
{
    struct phone phone;

    switch (q->about) {
    case FACTS_BUSINESS:
        compose(c, SQL_list_from_confirmed);
        compose_int(c, q->id);
        return true;
    case FACTS_SAME_NAME:
        compose(c, SQL_facts_from_same_name);
        compose_int(c, q->id);
        return true;
    case FACTS_NAME:
        compose(c, SQL_list_from_business);
        compose_text(c, q->key);
        return q->key != NULL && *q->key != '\0';
    case FACTS_PERSON:
        break;
    }
    phone = phone_check(q->phone == NULL ? "" : q->phone);
    if (phone.fault != ID_OK)
        return false;
    vault_blind(op, KEY_CONSUMER, "phone", phone.normal, blind);
    compose(c, SQL_search_phone);
    compose_blob(c, blind, BLIND_BYTES);
    compose_int(c, INT64_MAX);
    return true;
}

/* Select, driver and scope; *ret NULL when there is nothing to ask. */
static enum err_code begin(struct op *op, struct composed *c, int select,
                           const struct facts_query *q, unsigned char blind[BLIND_BYTES],
                           bool *ret_some)
{
    struct visible visible = visible_to(&op->actor, MAY_COUNT);

    *ret_some = false;
    compose_init(c);
    compose(c, select);
    if (visible.nothing || !compose_about(op, c, q, blind))
        return ERR_OK;
    *ret_some = true;
    return compose_scope(op, c, &visible);
}

static enum err_code add_cell(struct op *op, struct stmt *s, struct facts *f, size_t *cap)
{
    if (f->n_cells == *cap) {
        size_t more = *cap == 0 ? CELLS_FIRST : *cap * 2;
        struct fact_cell *cells = ARENA_ARRAY(op->arena, struct fact_cell, more);

        if (cells == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "facts");
        if (f->n_cells > 0)
            memcpy(cells, f->cells, f->n_cells * sizeof *cells);
        f->cells = cells;
        *cap = more;
    }
    f->cells[f->n_cells] = (struct fact_cell){
        .kind = stmt_text_dup(op, s, 0),
        .outcome = stmt_text_dup(op, s, 1),
        .ground = stmt_text_dup(op, s, 2),
        .told = stmt_text_dup(op, s, 3),
        .open = stmt_int64(s, 4) != 0,
        .month = (int)stmt_int64(s, 5),
        .n = stmt_int64(s, 6),
        .amount_fen = stmt_int64(s, 7),
        .recovered_fen = stmt_int64(s, 8),
        .performed = stmt_int64(s, 9),
        .consented = stmt_int64(s, 10),
        .disclosed = stmt_int64(s, 11),
        .exempt = stmt_int64(s, 12),
    };
    f->total += f->cells[f->n_cells].n;
    f->open += f->cells[f->n_cells].open ? f->cells[f->n_cells].n : 0;
    f->n_cells++;
    return ERR_OK;
}

static enum err_code read_cells(struct op *op, struct snapshot *snap, const struct facts_query *q,
                                struct facts *f)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    unsigned char blind[BLIND_BYTES];
    size_t cap = 0;
    bool row;

    TRY(begin(op, &c, SQL_facts_begin, q, blind, &row));
    if (!row)
        return ERR_OK;
    compose(&c, SQL_facts_end);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(add_cell(op, s, f, &cap));
    }
}

enum err_code facts_newest(struct op *op, struct snapshot *snap, const struct facts_query *q,
                           size_t max, struct facts *f)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    unsigned char blind[BLIND_BYTES];
    bool row;

    f->ids = ARENA_ARRAY(op->arena, int64_t, max + 1);
    if (f->ids == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "facts");
    TRY(begin(op, &c, SQL_facts_id, q, blind, &row));
    if (!row || max == 0)
        return ERR_OK;
    compose(&c, SQL_facts_newest);
    compose_int(&c, (int64_t)max);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        f->ids[f->n_ids++] = stmt_int64(s, 0);
    }
}

enum err_code facts_of(struct op *op, struct snapshot *snap, const struct facts_query *query,
                       size_t newest, struct facts *ret)
{
    *ret = (struct facts){0};
    TRY(read_cells(op, snap, query, ret));
    return facts_newest(op, snap, query, newest, ret);
}

enum err_code facts_businesses(struct op *op, struct snapshot *snap,
                               const struct facts_query *query, size_t max,
                               struct fact_business *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    unsigned char blind[BLIND_BYTES];
    bool row;

    *ret_n = 0;
    TRY(begin(op, &c, SQL_facts_business_begin, query, blind, &row));
    if (!row)
        return ERR_OK;
    compose(&c, SQL_facts_business_end);
    compose_int(&c, (int64_t)max);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] =
            (struct fact_business){stmt_int64(s, 0), stmt_text_dup(op, s, 1), stmt_int64(s, 2)};
    }
}

enum err_code facts_count(struct op *op, struct snapshot *snap, const struct facts_query *query,
                          int64_t cap, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    struct visible visible = visible_to(&op->actor, MAY_COUNT);
    unsigned char blind[BLIND_BYTES];

    *ret = 0;
    compose_init(&c);
    compose(&c, SQL_list_count_begin);
    compose(&c, SQL_list_select_one);
    if (visible.nothing || !compose_about(op, &c, query, blind))
        return ERR_OK;
    TRY(compose_scope(op, &c, &visible));
    compose(&c, SQL_list_limit);
    compose_int(&c, cap);
    compose(&c, SQL_list_count_end);
    TRY(compose_prepare(op, snap, &c, &s));
    return stmt_one_number(op, s, ret);
}

static int most_first(const void *a, const void *b)
{
    const struct fact_business *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return (x->id > y->id) - (x->id < y->id);
}

/* The business of one matter is added to those found; most of the newest have one. */
static enum err_code add_recent(struct op *op, struct stmt *s, int64_t matter,
                                struct fact_business *found, size_t *n)
{
    bool row;
    size_t i;

    stmt_reset(s);
    TRY(stmt_bind_int64(op, s, 1, matter));
    TRY(stmt_step(op, s, &row));
    if (!row || stmt_is_null(s, 0))
        return ERR_OK;
    for (i = 0; i < *n && found[i].id != stmt_int64(s, 0); i++)
        ;
    if (i == RECENT_MATTERS)
        return ERR_OK;
    if (i == *n)
        found[(*n)++] = (struct fact_business){stmt_int64(s, 0), "", 0};
    found[i].n++;
    return ERR_OK;
}

enum err_code facts_recent(struct op *op, struct snapshot *snap, size_t max,
                           struct fact_business *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct list_filter all = {0};
    const struct key first = {.key = INT64_MAX, .id = INT64_MAX, .phase = PHASE_RECEIVED};
    struct fact_business found[RECENT_MATTERS];
    struct key keys[RECENT_MATTERS];
    struct reading r;
    size_t n = 0, n_keys;

    *ret_n = 0;
    TRY(reading_begin(op, snap, &all, MAY_COUNT, &r));
    TRY(phase_keys(&r, PHASE_RECEIVED, true, &first, RECENT_MATTERS, keys, &n_keys));
    TRY(snapshot_prepare(op, snap, SQL_facts_recent, &s));
    for (size_t i = 0; i < n_keys; i++)
        TRY(add_recent(op, s, keys[i].id, found, &n));
    qsort(found, n, sizeof found[0], most_first);
    *ret_n = n < max ? n : max;
    memcpy(ret, found, *ret_n * sizeof found[0]);
    return ERR_OK;
}
