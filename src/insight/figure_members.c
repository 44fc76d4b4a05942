/* The matters behind many figures at once: what a summary freezes. */
#include <string.h>

#include "insight/figures_internal.h"

/* One set of members being collected. */
struct wanted {
    struct figure_members *asked;
    struct figure_id id;
    const struct indicator_part *part;
    struct figure_as_of as_of;
    int64_t *ids, *sums;
    size_t n, cap;
    bool done;
};

/* Those of one body, cohort and period: one walk. */
struct together {
    struct figuring f;
    struct wanted **list;
    size_t n;
};

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for members");
}

static enum err_code grow(struct op *op, struct wanted *w)
{
    size_t cap = w->cap == 0 ? 64 : w->cap * 2;
    int64_t *ids = ARENA_ARRAY(op->arena, int64_t, cap);
    int64_t *sums = ARENA_ARRAY(op->arena, int64_t, cap);

    if (ids == NULL || sums == NULL)
        return no_memory(op);
    if (w->n > 0) {
        memcpy(ids, w->ids, w->n * sizeof *ids);
        memcpy(sums, w->sums, w->n * sizeof *sums);
    }
    w->ids = ids;
    w->sums = sums;
    w->cap = cap;
    return ERR_OK;
}

static enum err_code push(struct op *op, struct wanted *w, int64_t id, int64_t sum)
{
    if (w->n == w->cap)
        TRY(grow(op, w));
    w->ids[w->n] = id;
    w->sums[w->n++] = sum;
    return ERR_OK;
}

struct cell_match {
    const char *key;
    int64_t sum;
    bool hit;
};

static void match_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    struct cell_match *m = arg;

    (void)n;
    if (strcmp(key, m->key) == 0) {
        m->hit = true;
        m->sum = sum;
    }
}

static enum err_code take(const struct figuring *f, struct wanted *w,
                          const struct figure_facts *facts)
{
    struct cell_match m = {.key = w->id.key};

    dimension_keys(f, w->part, w->id.by, facts, match_key, &m);
    return m.hit ? push(f->op, w, facts->id, m.sum) : ERR_OK;
}

static enum err_code take_matter(void *arg, const struct figure_facts *facts, bool *ret_stop)
{
    const struct together *t = arg;

    (void)ret_stop;
    for (size_t i = 0; i < t->n; i++)
        if (conditions_hold(&t->list[i]->part->where, facts))
            TRY(take(&t->f, t->list[i], facts));
    return ERR_OK;
}

/* ---- with a cut-off ---- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

struct changed {
    struct together *t;
    struct wanted *w;
    struct wanted gone; /* ids alone */
};

static enum err_code change_member(void *arg, const struct figure_facts *now,
                                   const struct figure_facts *then)
{
    struct changed *c = arg;
    const struct figuring *f = &c->t->f;

    TRY(push(f->op, &c->gone, now->id, 0));
    if (then == NULL || !part_takes(f, c->w->part, &c->w->id.period, then, true))
        return ERR_OK;
    return take(f, c->w, then);
}

static enum err_code cut(struct together *t, struct wanted *w)
{
    struct changed c = {.t = t, .w = w};
    size_t before = w->n, kept = 0;
    int first, last;

    past_months(w->part->by_ended, &w->id.period, &first, &last);
    TRY(past_each(&t->f, w->as_of, first, last, change_member, &c));
    if (c.gone.n == 0)
        return ERR_OK;
    qsort(c.gone.ids, c.gone.n, sizeof *c.gone.ids, by_number);
    for (size_t i = 0; i < w->n; i++) {
        if (i < before &&
            bsearch(&w->ids[i], c.gone.ids, c.gone.n, sizeof *c.gone.ids, by_number) != NULL)
            continue;
        w->ids[kept] = w->ids[i];
        w->sums[kept++] = w->sums[i];
    }
    w->n = kept;
    return ERR_OK;
}

/* ---- all ---- */

static bool same_walk(const struct wanted *a, const struct wanted *b)
{
    return a->part->by_ended == b->part->by_ended && a->id.scope == b->id.scope &&
           strcmp(a->id.body, b->id.body) == 0 && a->id.period.first == b->id.period.first &&
           a->id.period.last == b->id.period.last;
}

struct pair {
    int64_t id, sum;
};

static int by_id(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    return x->id < y->id ? -1 : x->id > y->id;
}

static enum err_code hand_over(struct op *op, struct wanted *w)
{
    struct pair *pairs = ARENA_ARRAY(op->arena, struct pair, w->n + 1);

    if (pairs == NULL)
        return no_memory(op);
    for (size_t i = 0; i < w->n; i++)
        pairs[i] = (struct pair){w->ids[i], w->sums[i]};
    qsort(pairs, w->n, sizeof *pairs, by_id);
    for (size_t i = 0; i < w->n; i++) {
        w->ids[i] = pairs[i].id;
        w->sums[i] = pairs[i].sum;
    }
    w->asked->ids = w->ids;
    w->asked->sums = w->part->sum == FACT_NONE ? NULL : w->sums;
    w->asked->n = w->n;
    return ERR_OK;
}

static enum err_code walk_together(struct op *op, struct snapshot *snap,
                                   const struct indicators *indicators, struct wanted *all,
                                   size_t n)
{
    struct together t = {.list = ARENA_ARRAY(op->arena, struct wanted *, n)};
    struct walk_needs needs = {0};

    if (t.list == NULL)
        return no_memory(op);
    TRY(figuring_begin(op, snap, indicators, all[0].id.body, all[0].id.scope, &t.f));
    TRY(figuring_bodies(&t.f));
    for (size_t i = 0; i < n; i++) {
        struct walk_needs more = needs_of(all[i].part, all[i].id.by);

        if (all[i].done || !same_walk(&all[i], &all[0]))
            continue;
        if (all[i].id.indicator->only_reports && !t.f.reports)
            return err_field(&op->err, ERR_NOT_FOUND, "id", "unknown", "没有这个指标",
                             "There is no such indicator");
        needs.detail |= more.detail;
        needs.remedies |= more.remedies;
        all[i].done = true;
        all[i].as_of = as_of_or_now(&t.f, cutoff_for(&t.f, all[i].id.indicator, all[i].id.as_of,
                                                     &all[i].id.period, &all[i].id.period));
        t.list[t.n++] = &all[i];
    }
    TRY(walk_cohort(&t.f, all[0].part->by_ended, &all[0].id.period, needs, take_matter, &t));
    for (size_t i = 0; i < t.n; i++) {
        if (t.list[i]->as_of.kind != AS_OF_NOW)
            TRY(cut(&t, t.list[i]));
        TRY(hand_over(op, t.list[i]));
    }
    return ERR_OK;
}

enum err_code figure_members(struct op *op, const struct indicators *indicators,
                             struct figure_members *asked, size_t n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct wanted *all = ARENA_ARRAY(op->arena, struct wanted, n + 1);

    if (all == NULL)
        return no_memory(op);
    TRY(snapshot_open(op, &snap));
    for (size_t i = 0; i < n; i++) {
        const struct indicator *ind;

        all[i].asked = &asked[i];
        TRY(figure_id_read(op, indicators, asked[i].id, &all[i].id));
        ind = all[i].id.indicator;
        if (asked[i].part == PART_DEN && ind->form != FORM_RATE && ind->form != FORM_MEAN)
            return err_field(&op->err, ERR_INVALID, "part", "part", "这个数字没有分母",
                             "This figure has no denominator");
        all[i].part = asked[i].part == PART_DEN && ind->form == FORM_RATE ? &ind->den : &ind->num;
    }
    for (size_t i = 0; i < n; i++)
        if (!all[i].done)
            TRY(walk_together(op, snap, indicators, all + i, n - i));
    return ERR_OK;
}
