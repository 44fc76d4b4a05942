/* Freezing the matters behind figures, and reading them again. */
#include "insight/figure_frozen.h"

#include <stdlib.h>
#include <string.h>

#include "insight/figures_internal.h"

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
    struct frozen_table *now; /* the one being walked */
    size_t sorted;            /* of its rows, by id, before those of the past were added */
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

struct key_found {
    const struct frozen_table *t;
    size_t dim;
    uint32_t key;
};

static void take_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    struct key_found *k = arg;

    (void)n;
    (void)sum;
    for (size_t i = 0; i < k->t->n_keys[k->dim]; i++)
        if (strcmp(k->t->keys[k->dim][i], key) == 0) {
            k->key = (uint32_t)i + 1;
            return;
        }
}

static enum err_code take_sums(struct freezing *z, struct frozen_table *t, uint64_t mask,
                               const struct figure_facts *facts)
{
    for (size_t i = 0; i < t->n_parts; i++) {
        if ((mask >> i & 1) == 0 || t->parts[i]->sum == FACT_NONE)
            continue;
        TRY(room(z->f.op, (void **)&t->sums, &t->sums_cap, t->n_sums, sizeof *t->sums));
        t->sums[t->n_sums++] = conditions_sum(&t->parts[i]->where, facts, t->parts[i]->sum);
    }
    return ERR_OK;
}

static enum err_code take_matter(void *arg, const struct figure_facts *facts, bool *ret_stop)
{
    struct freezing *z = arg;
    struct frozen_table *t = z->now;
    struct frozen_row row = {.id = facts->id, .sums_at = (uint32_t)t->n_sums};

    (void)ret_stop;
    for (size_t i = 0; i < t->n_parts; i++)
        if (conditions_hold(&t->parts[i]->where, facts))
            row.mask |= UINT64_C(1) << i;
    if (row.mask == 0)
        return ERR_OK;
    for (size_t d = 0; d < t->n_dims; d++) {
        struct key_found k = {.t = t, .dim = d};

        dimension_keys(&z->f, t->parts[0], t->dims[d], facts, take_key, &k);
        row.keys[d] = k.key;
    }
    TRY(take_sums(z, t, row.mask, facts));
    TRY(room(z->f.op, (void **)&t->rows, &t->cap, t->n, sizeof *t->rows));
    t->rows[t->n++] = row;
    return ERR_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct frozen_row *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

/* A matter that changed after the cut-off: out with what it is now, in with what it was. */
static enum err_code take_past(void *arg, const struct figure_facts *now,
                               const struct figure_facts *then)
{
    struct freezing *z = arg;
    struct frozen_table *t = z->now;
    struct frozen_row wanted = {.id = now->id}, *found = NULL;
    struct indicator_part any = {.by_ended = t->by_ended, .sum = FACT_NONE};
    bool stop;

    if (z->sorted > 0)
        found = bsearch(&wanted, t->rows, z->sorted, sizeof *t->rows, by_id);
    if (found != NULL)
        found->mask = 0;
    if (then == NULL || !part_takes(&z->f, &any, &t->period, then, true))
        return ERR_OK;
    return take_matter(z, then, &stop);
}

static enum err_code walk_table(struct freezing *z, struct frozen_table *t)
{
    struct walk_needs needs = {0};
    int first, last;

    for (size_t i = 0; i < t->n_parts; i++)
        for (size_t d = 0; d <= t->n_dims; d++) {
            struct walk_needs more = needs_of(t->parts[i], d == t->n_dims ? DIM_NONE : t->dims[d]);

            needs.detail |= more.detail;
            needs.remedies |= more.remedies;
        }
    z->now = t;
    TRY(walk_cohort(&z->f, t->by_ended, &t->period, needs, take_matter, z));
    if (t->n > 0)
        qsort(t->rows, t->n, sizeof *t->rows, by_id);
    if (t->as_of.kind == AS_OF_NOW)
        return ERR_OK;
    z->sorted = t->n;
    past_months(t->by_ended, &t->period, &first, &last);
    TRY(past_each(&z->f, t->as_of, first, last, take_past, z));
    if (t->n > z->sorted)
        qsort(t->rows, t->n, sizeof *t->rows, by_id);
    return ERR_OK;
}

/* ---- writing ---- */

static void put(struct buf *out, uint64_t value)
{
    while (value >= 0x80) {
        buf_addc(out, (char)(value | 0x80));
        value >>= 7;
    }
    buf_addc(out, (char)value);
}

/* Signed numbers as 0, -1, 1, -2 … */
static void put_signed(struct buf *out, int64_t value)
{
    put(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

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
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        n += t->rows[i].mask != 0;
    put(out, n);
    put(out, t->n_dims);
    put(out, summed);
    for (size_t i = 0; i < t->n; i++) {
        const struct frozen_row *r = &t->rows[i];
        size_t sums = 0;

        if (r->mask == 0)
            continue;
        put(out, (uint64_t)(r->id - before));
        before = r->id;
        put(out, r->mask);
        for (size_t d = 0; d < t->n_dims; d++)
            put(out, r->keys[d]);
        for (uint64_t m = r->mask & summed; m != 0; m &= m - 1)
            put_signed(out, t->sums[r->sums_at + sums++]);
    }
}

/* ---- reading ---- */

struct cursor {
    const unsigned char *at, *end;
    bool bad;
};

static uint64_t get(struct cursor *c)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (c->at == c->end)
            break;
        value |= (uint64_t)(*c->at & 0x7f) << shift;
        if ((*c->at++ & 0x80) == 0)
            return value;
    }
    c->bad = true;
    return 0;
}

static int64_t get_signed(struct cursor *c)
{
    uint64_t value = get(c);

    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

struct read_row {
    int64_t id;
    uint64_t mask;
    uint32_t keys[FROZEN_DIMS_MAX];
    int64_t sums[FROZEN_PARTS_MAX]; /* by part */
};

struct table_head {
    uint64_t n, dims, summed;
};

static struct table_head get_head(struct cursor *c)
{
    struct table_head h = {.n = get(c)};

    h.dims = get(c);
    h.summed = get(c);
    if (h.dims > FROZEN_DIMS_MAX || h.summed >> FROZEN_PARTS_MAX != 0)
        c->bad = true;
    return h;
}

/* The next row; r keeps the last id. */
static void get_row(struct cursor *c, const struct table_head *h, struct read_row *r)
{
    r->id += (int64_t)get(c);
    r->mask = get(c);
    for (uint64_t d = 0; d < h->dims; d++)
        r->keys[d] = (uint32_t)get(c);
    for (uint64_t m = r->mask & h->summed; m != 0 && !c->bad; m &= m - 1)
        r->sums[__builtin_ctzll(m)] = get_signed(c);
}

static bool row_is_at(const struct read_row *r, struct frozen_place at)
{
    return (r->mask >> at.part & 1) != 0 && (at.dim == 0 || r->keys[at.dim - 1] == at.key);
}

static enum err_code corrupt(struct op *op)
{
    return err_set(&op->err, ERR_CORRUPT, "the members of a summary do not read");
}

/* Reads a table into @p ret, which has room for its rows; NULL: walks over it. */
static void read_table(struct cursor *c, struct frozen_place at, int64_t *ids, int64_t *sums,
                       size_t *ret_n, const struct table_head *h)
{
    struct read_row r = {0};

    for (uint64_t i = 0; i < h->n && !c->bad; i++) {
        get_row(c, h, &r);
        if (ids == NULL || !row_is_at(&r, at))
            continue;
        ids[*ret_n] = r.id;
        sums[(*ret_n)++] = r.sums[at.part];
    }
}

enum err_code frozen_read(struct op *op, const void *bytes, size_t n, struct frozen_place at,
                          struct frozen_members *ret)
{
    struct cursor c = {.at = bytes, .end = (const unsigned char *)bytes + n};
    struct table_head h;
    int64_t *ids, *sums;

    *ret = (struct frozen_members){0};
    if (n < 4 || memcmp(bytes, MAGIC, 4) != 0 || at.part >= FROZEN_PARTS_MAX ||
        at.dim > FROZEN_DIMS_MAX)
        return corrupt(op);
    c.at += 4;
    if (get(&c) <= at.table)
        return corrupt(op);
    for (uint32_t i = 0; i < at.table && !c.bad; i++) {
        h = get_head(&c);
        read_table(&c, at, NULL, NULL, NULL, &h);
    }
    h = get_head(&c);
    if (c.bad || h.n > n || at.dim > h.dims) /* a row takes two bytes or more */
        return corrupt(op);
    ids = ARENA_ARRAY(op->arena, int64_t, h.n + 1);
    sums = ARENA_ARRAY(op->arena, int64_t, h.n + 1);
    if (ids == NULL || sums == NULL)
        return no_memory(op);
    read_table(&c, at, ids, sums, &ret->n, &h);
    if (c.bad)
        return corrupt(op);
    ret->ids = ids;
    ret->sums = (h.summed >> at.part & 1) != 0 ? sums : NULL;
    return ERR_OK;
}

/* ---- both ---- */

/* How many matters each ask has, from the rows. */
static void count_asks(struct freezing *z)
{
    for (size_t i = 0; i < z->n_asks; i++) {
        struct frozen_ask *a = &z->asks[i];
        const struct frozen_table *t = &z->tables[a->at.table];
        uint64_t below = (UINT64_C(1) << a->at.part) - 1, summed = parts_with_sums(t);

        a->n = a->sum = 0;
        for (size_t k = 0; k < t->n; k++) {
            const struct frozen_row *r = &t->rows[k];

            if ((r->mask >> a->at.part & 1) == 0 ||
                (a->at.dim != 0 && r->keys[a->at.dim - 1] != a->at.key))
                continue;
            a->n++;
            if ((summed >> a->at.part & 1) != 0)
                a->sum +=
                    t->sums[r->sums_at + (size_t)__builtin_popcountll(r->mask & summed & below)];
        }
    }
}

enum err_code figures_freeze(struct op *op, const struct indicators *indicators, const char *body,
                             enum figure_scope scope, struct frozen_ask *asks, size_t n,
                             struct buf *out)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct freezing z CLEANUP(freezing_release) = {.asks = asks, .n_asks = n};

    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, indicators, body, scope, &z.f));
    TRY(figuring_bodies(&z.f));
    for (size_t i = 0; i < n; i++)
        TRY(place(&z, &asks[i]));
    buf_add(out, MAGIC, 4);
    put(out, z.n_tables);
    for (size_t i = 0; i < z.n_tables; i++) {
        TRY(walk_table(&z, &z.tables[i]));
        write_table(&z.tables[i], out);
    }
    count_asks(&z);
    return out->failed ? err_set(&op->err, ERR_TOO_LARGE, "members of a summary") : ERR_OK;
}
