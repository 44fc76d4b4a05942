/* Freezing the matters behind figures, and reading them again. */
#include "insight/figure_frozen.h"

#include <stdlib.h>
#include <string.h>

#include "base/varint.h"
#include "insight/figure_columns.h"

#define MAGIC "FXM1"
#define TABLES_MAX 64
#define ROWS_FIRST 1024

/* A matter of a table. */
struct frozen_row {
    int64_t id;
    uint64_t mask;
    uint32_t keys[FROZEN_DIMS_MAX]; /* 0: none of those asked for */
    uint32_t sums_at;               /* where its sums begin, one for each bit that has one */
};

struct frozen_table {
    bool by_ended;
    struct period period;
    struct figure_as_of as_of;
    const struct indicator_part *parts[FROZEN_PARTS_MAX];
    size_t n_parts;
    enum figure_dimension dims[FROZEN_DIMS_MAX];
    const char **keys[FROZEN_DIMS_MAX]; /* asked for, by dimension */
    size_t n_keys[FROZEN_DIMS_MAX], n_dims;
    struct frozen_row *rows; /* malloc'ed, like sums */
    size_t n, cap;
    int64_t *sums;
    size_t n_sums, sums_cap;
};

struct freezing {
    struct figuring f;
    struct frozen_ask *asks;
    size_t n_asks;
    struct frozen_table tables[TABLES_MAX];
    size_t n_tables;
};

static void freezing_release(struct freezing *z)
{
    for (size_t i = 0; i < z->n_tables; i++) {
        free(z->tables[i].rows);
        free(z->tables[i].sums);
    }
}

static enum err_code too_many(struct op *op, const char *what)
{
    return err_set(&op->err, ERR_INVALID, "a summary has too many %s", what);
}

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for members");
}

/* ---- which tables, parts and keys ---- */

static bool same_as_of(struct figure_as_of a, struct figure_as_of b)
{
    return a.kind == b.kind && (a.kind == AS_OF_NOW || a.at == b.at);
}

static enum err_code find_table(struct freezing *z, bool by_ended, const struct period *period,
                                struct figure_as_of as_of, uint32_t *ret)
{
    uint32_t i = 0;

    for (; i < z->n_tables; i++)
        if (z->tables[i].by_ended == by_ended && z->tables[i].period.first == period->first &&
            z->tables[i].period.last == period->last && same_as_of(z->tables[i].as_of, as_of))
            break;
    if (i == TABLES_MAX)
        return too_many(z->f.op, "tables");
    if (i == z->n_tables) {
        z->tables[i] =
            (struct frozen_table){.by_ended = by_ended, .period = *period, .as_of = as_of};
        z->n_tables++;
    }
    *ret = i;
    return ERR_OK;
}

static enum err_code find_key(struct freezing *z, struct frozen_table *t, uint32_t dim,
                              const char *key, uint32_t *ret)
{
    uint32_t k = 0;

    if (t->keys[dim] == NULL)
        t->keys[dim] = ARENA_ARRAY(z->f.op->arena, const char *, z->n_asks + 1);
    if (t->keys[dim] == NULL)
        return no_memory(z->f.op);
    while (k < t->n_keys[dim] && strcmp(t->keys[dim][k], key) != 0)
        k++;
    if (k == t->n_keys[dim])
        t->keys[dim][t->n_keys[dim]++] = key;
    *ret = k + 1;
    return ERR_OK;
}

static enum err_code place(struct freezing *z, struct frozen_ask *a)
{
    const struct indicator *ind = a->indicator;
    const struct indicator_part *part =
        a->part == PART_DEN && ind->form == FORM_RATE ? &ind->den : &ind->num;
    struct figure_as_of as_of = as_of_or_now(
        &z->f, cutoff_for(&z->f, ind, (struct figure_as_of){AS_OF_NOW, 0}, &a->period, &a->period));
    struct frozen_table *t;
    uint32_t i = 0, dim = 0;

    TRY(find_table(z, part->by_ended, &a->period, as_of, &a->at.table));
    t = &z->tables[a->at.table];
    while (i < t->n_parts && t->parts[i] != part)
        i++;
    if (i == FROZEN_PARTS_MAX)
        return too_many(z->f.op, "figures");
    if (i == t->n_parts)
        t->parts[t->n_parts++] = part;
    a->at.part = i;
    a->at.dim = a->at.key = 0;
    if (a->by == DIM_NONE)
        return ERR_OK;
    while (dim < t->n_dims && t->dims[dim] != a->by)
        dim++;
    if (dim == FROZEN_DIMS_MAX)
        return too_many(z->f.op, "dimensions");
    if (dim == t->n_dims)
        t->dims[t->n_dims++] = a->by;
    a->at.dim = dim + 1;
    return find_key(z, t, dim, a->key, &a->at.key);
}

/* ---- rows ---- */

static enum err_code room(struct op *op, void **list, size_t *cap, size_t n, size_t bytes)
{
    size_t more = *cap == 0 ? ROWS_FIRST : *cap * 2;
    void *grown;

    if (n < *cap)
        return ERR_OK;
    grown = realloc(*list, more * bytes);
    if (grown == NULL)
        return no_memory(op);
    *list = grown;
    *cap = more;
    return ERR_OK;
}

/* Which keys of a dimension were asked for: their places, by text, or by code of the column that
 * decides. */
struct frozen_keys {
    struct column_keys column;
    uint32_t *by_code;
    struct groups by_text; /* n: the place */
};

static enum err_code find_keys(struct freezing *z, const struct frozen_table *t, size_t dim,
                               struct frozen_keys *ret)
{
    const struct figure_columns *c = z->f.columns;
    struct op *op = z->f.op;
    size_t n;

    groups_init(&ret->by_text, op->arena);
    for (size_t k = 0; k < t->n_keys[dim]; k++)
        groups_add(&ret->by_text, t->keys[dim][k], (int64_t)k + 1, 0);
    TRY(column_keys(&z->f, c, t->parts[0], t->dims[dim], &ret->column));
    if (ret->by_text.no_memory)
        return no_memory(op);
    if (ret->column.column < 0)
        return ERR_OK;
    n = c->texts[ret->column.column].n;
    ret->by_code = ARENA_ARRAY(op->arena, uint32_t, n);
    if (ret->by_code == NULL)
        return no_memory(op);
    for (size_t code = 0; code < n; code++) {
        const struct group *g = groups_find(&ret->by_text, ret->column.keys[code]);

        ret->by_code[code] = g == NULL ? 0 : (uint32_t)g->n;
    }
    return ERR_OK;
}

struct key_found {
    const struct frozen_keys *keys;
    uint32_t key;
};

static void take_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    struct key_found *found = arg;
    const struct group *g = groups_find(&found->keys->by_text, key);

    (void)n;
    (void)sum;
    if (g != NULL)
        found->key = (uint32_t)g->n;
}

static uint32_t key_of(const struct freezing *z, const struct frozen_table *t,
                       const struct frozen_keys *keys, struct column_seen *seen)
{
    struct key_found found = {.keys = keys};

    if (keys->by_code != NULL)
        return keys->by_code[seen->row->texts[keys->column.column]];
    dimension_keys(&z->f, t->parts[0], keys->column.by, column_seen_facts(seen), take_key, &found);
    return found.key;
}

static enum err_code take_sums(struct freezing *z, struct frozen_table *t, uint64_t mask,
                               struct column_seen *seen)
{
    for (size_t i = 0; i < t->n_parts; i++) {
        if ((mask >> i & 1) == 0 || t->parts[i]->sum == FACT_NONE)
            continue;
        TRY(room(z->f.op, (void **)&t->sums, &t->sums_cap, t->n_sums, sizeof *t->sums));
        t->sums[t->n_sums++] =
            conditions_sum(&t->parts[i]->where, column_seen_facts(seen), t->parts[i]->sum);
    }
    return ERR_OK;
}

static enum err_code take_row(struct freezing *z, struct frozen_table *t,
                              const struct column_part *parts, const struct frozen_keys *keys,
                              struct column_seen *seen)
{
    struct frozen_row row = {.id = seen->row->id, .sums_at = (uint32_t)t->n_sums};

    for (size_t i = 0; i < t->n_parts; i++)
        if (column_part_holds(&parts[i], seen))
            row.mask |= UINT64_C(1) << i;
    if (row.mask == 0)
        return ERR_OK;
    for (size_t d = 0; d < t->n_dims; d++)
        row.keys[d] = key_of(z, t, &keys[d], seen);
    TRY(take_sums(z, t, row.mask, seen));
    TRY(room(z->f.op, (void **)&t->rows, &t->cap, t->n, sizeof *t->rows));
    t->rows[t->n++] = row;
    return ERR_OK;
}

/* Rows come in order of id. */
static enum err_code fill_table(struct freezing *z, struct frozen_table *t)
{
    const struct figure_columns *c = z->f.columns;
    const struct column_list *list = columns_list(c, &t->period, t->as_of);
    struct column_part parts[FROZEN_PARTS_MAX];
    struct frozen_keys keys[FROZEN_DIMS_MAX] = {0};

    if (list == NULL)
        return err_set(&z->f.op->err, ERR_INTERNAL, "columns of another period or cut-off");
    for (size_t i = 0; i < t->n_parts; i++)
        TRY(column_part(&z->f, c, t->parts[i], &parts[i]));
    for (size_t d = 0; d < t->n_dims; d++)
        TRY(find_keys(z, t, d, &keys[d]));
    for (size_t i = 0; i < list->n; i++) {
        struct column_seen seen = {.columns = c, .row = &c->rows[list->rows[i]]};

        if (columns_in_period(seen.row, t->by_ended, &t->period))
            TRY(take_row(z, t, parts, keys, &seen));
    }
    return ERR_OK;
}

/* ---- writing ---- */

static uint64_t parts_with_sums(const struct frozen_table *t)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < t->n_parts; i++)
        if (t->parts[i]->sum != FACT_NONE)
            mask |= UINT64_C(1) << i;
    return mask;
}

static void write_table(const struct frozen_table *t, struct buf *out)
{
    uint64_t summed = parts_with_sums(t);
    int64_t before = 0;

    varint_put(out, t->n);
    varint_put(out, t->n_dims);
    varint_put(out, summed);
    for (size_t i = 0; i < t->n; i++) {
        const struct frozen_row *r = &t->rows[i];
        size_t sums = 0;

        varint_put(out, (uint64_t)(r->id - before));
        before = r->id;
        varint_put(out, r->mask);
        for (size_t d = 0; d < t->n_dims; d++)
            varint_put(out, r->keys[d]);
        for (uint64_t m = r->mask & summed; m != 0; m &= m - 1)
            varint_put_signed(out, t->sums[r->sums_at + sums++]);
    }
}

/* ---- reading ---- */

struct read_row {
    int64_t id;
    uint64_t mask;
    uint32_t keys[FROZEN_DIMS_MAX];
    int64_t sums[FROZEN_PARTS_MAX]; /* by part */
};

struct table_head {
    uint64_t n, dims, summed;
};

static struct table_head get_head(struct varint_cursor *c)
{
    struct table_head h = {.n = varint_get(c)};

    h.dims = varint_get(c);
    h.summed = varint_get(c);
    if (h.dims > FROZEN_DIMS_MAX || h.summed >> FROZEN_PARTS_MAX != 0)
        c->bad = true;
    return h;
}

/* The next row; r keeps the last id. */
static void get_row(struct varint_cursor *c, const struct table_head *h, struct read_row *r)
{
    r->id += (int64_t)varint_get(c);
    r->mask = varint_get(c);
    for (uint64_t d = 0; d < h->dims; d++)
        r->keys[d] = (uint32_t)varint_get(c);
    for (uint64_t m = r->mask & h->summed; m != 0 && !c->bad; m &= m - 1)
        r->sums[__builtin_ctzll(m)] = varint_get_signed(c);
}

static bool row_is_at(const struct read_row *r, struct frozen_place at)
{
    return (r->mask >> at.part & 1) != 0 && (at.dim == 0 || r->keys[at.dim - 1] == at.key);
}

static enum err_code corrupt(struct op *op)
{
    return err_set(&op->err, ERR_CORRUPT, "the members of a summary do not read");
}

/* Reads a table; its rows at the place go into @p ret, NULL: walks over it. */
static enum err_code read_table(struct op *op, struct varint_cursor *c, const struct table_head *h,
                                struct frozen_place at, struct member_list *ret)
{
    struct read_row r = {0};

    for (uint64_t i = 0; i < h->n && !c->bad; i++) {
        get_row(c, h, &r);
        if (ret != NULL && !c->bad && row_is_at(&r, at))
            TRY(member_list_push(op, ret, r.id, r.sums[at.part]));
    }
    return c->bad ? corrupt(op) : ERR_OK;
}

enum err_code frozen_read(struct op *op, const void *bytes, size_t n, struct frozen_place at,
                          struct member_list *ret)
{
    struct varint_cursor c = {.at = bytes, .end = (const unsigned char *)bytes + n};
    struct table_head h;

    if (n < 4 || memcmp(bytes, MAGIC, 4) != 0 || at.part >= FROZEN_PARTS_MAX ||
        at.dim > FROZEN_DIMS_MAX)
        return corrupt(op);
    c.at += 4;
    if (varint_get(&c) <= at.table)
        return corrupt(op);
    for (uint32_t i = 0; i < at.table; i++) {
        h = get_head(&c);
        TRY(read_table(op, &c, &h, at, NULL));
    }
    h = get_head(&c);
    if (c.bad || at.dim > h.dims)
        return corrupt(op);
    ret->summed = (h.summed >> at.part & 1) != 0;
    return read_table(op, &c, &h, at, ret);
}

/* ---- both ---- */

/* How many matters a place has, and what they add up to. */
struct place_count {
    int64_t n, sum;
};

/* For all parts, dimensions and keys of a table in one walk: by part, then place_of. */
struct table_counts {
    size_t from[FROZEN_DIMS_MAX]; /* of a dimension's keys */
    size_t places;                /* of a part */
    struct place_count *counts;   /* malloc'ed */
};

static struct place_count *count_at(const struct table_counts *c, size_t part, size_t dim,
                                    uint32_t key)
{
    return &c->counts[part * c->places + (dim == 0 ? 0 : c->from[dim - 1] + key)];
}

static void count_row(const struct frozen_table *t, const struct frozen_row *r, uint64_t summed,
                      struct table_counts *c)
{
    size_t sums = 0;

    for (uint64_t m = r->mask; m != 0; m &= m - 1) {
        size_t part = (size_t)__builtin_ctzll(m);
        int64_t sum = (summed >> part & 1) == 0 ? 0 : t->sums[r->sums_at + sums++];

        for (size_t d = 0; d <= t->n_dims; d++) {
            struct place_count *at = count_at(c, part, d, d == 0 ? 0 : r->keys[d - 1]);

            at->n++;
            at->sum += sum;
        }
    }
}

static enum err_code count_table(struct freezing *z, uint32_t table)
{
    const struct frozen_table *t = &z->tables[table];
    struct table_counts c = {.places = 1};
    uint64_t summed = parts_with_sums(t);

    for (size_t d = 0; d < t->n_dims; d++) {
        c.from[d] = c.places;
        c.places += t->n_keys[d] + 1;
    }
    c.counts = calloc(t->n_parts * c.places, sizeof *c.counts);
    if (c.counts == NULL)
        return no_memory(z->f.op);
    for (size_t i = 0; i < t->n; i++)
        count_row(t, &t->rows[i], summed, &c);
    for (size_t i = 0; i < z->n_asks; i++) {
        struct frozen_ask *a = &z->asks[i];

        if (a->at.table != table)
            continue;
        a->n = count_at(&c, a->at.part, a->at.dim, a->at.key)->n;
        a->sum = count_at(&c, a->at.part, a->at.dim, a->at.key)->sum;
    }
    free(c.counts);
    return ERR_OK;
}

enum err_code figures_freeze(struct op *op, const struct indicators *indicators, const char *body,
                             enum figure_scope scope, const struct figure_columns *columns,
                             struct frozen_ask *asks, size_t n, struct buf *out)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct freezing z CLEANUP(freezing_release) = {.asks = asks, .n_asks = n};

    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, indicators, body, scope, &z.f));
    TRY(figuring_bodies(&z.f));
    z.f.columns = columns;
    for (size_t i = 0; i < n; i++)
        TRY(place(&z, &asks[i]));
    buf_add(out, MAGIC, 4);
    varint_put(out, z.n_tables);
    for (size_t i = 0; i < z.n_tables; i++) {
        TRY(fill_table(&z, &z.tables[i]));
        write_table(&z.tables[i], out);
        TRY(count_table(&z, (uint32_t)i));
    }
    return out->failed ? err_set(&op->err, ERR_TOO_LARGE, "members of a summary") : ERR_OK;
}
