/* The matters behind many figures at once: what a summary freezes. */
#include <string.h>

#include "insight/figures_internal.h"

/* One set of members being collected. */
struct wanted {
    struct figure_members *asked;
    struct figure_id id;
    const struct indicator_part *part;
    struct figure_as_of as_of;
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
    return m.hit ? member_list_push(f->op, &w->asked->found, facts->id, m.sum) : ERR_OK;
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

struct changed {
    struct together *t;
    struct wanted *w;
    struct member_list gone;
};

static void changed_release(struct changed *c)
{
    member_list_release(&c->gone);
}

static enum err_code change_member(void *arg, const struct figure_facts *now,
                                   const struct figure_facts *then)
{
    struct changed *c = arg;
    const struct figuring *f = &c->t->f;

    TRY(member_list_push(f->op, &c->gone, now->id, 0));
    if (then == NULL || !part_takes(f, c->w->part, &c->w->id.period, then, true))
        return ERR_OK;
    return take(f, c->w, then);
}

/* What a figure had at its cut-off: of those who belong now, all that changed since go, and come
 * again as they were then. */
static enum err_code cut(struct together *t, struct wanted *w)
{
    struct changed c CLEANUP(changed_release) = {.t = t, .w = w};
    struct member_list *list = &w->asked->found;
    size_t before = list->n, kept = 0;
    int first, last;

    past_months(w->part->by_ended, &w->id.period, &first, &last);
    TRY(past_each(&t->f, w->as_of, first, last, change_member, &c));
    TRY(member_list_sort(t->f.op, &c.gone));
    for (size_t i = 0; i < list->n; i++) {
        if (i < before && member_list_has(&c.gone, list->ids[i]))
            continue;
        list->ids[kept] = list->ids[i];
        if (list->summed)
            list->sums[kept] = list->sums[i];
        kept++;
    }
    list->n = kept;
    return ERR_OK;
}

/* ---- all ---- */

static bool same_walk(const struct wanted *a, const struct wanted *b)
{
    return a->part->by_ended == b->part->by_ended && a->id.scope == b->id.scope &&
           strcmp(a->id.body, b->id.body) == 0 && a->id.period.first == b->id.period.first &&
           a->id.period.last == b->id.period.last;
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
        TRY(member_list_sort(op, &t.list[i]->asked->found));
    }
    return ERR_OK;
}

enum err_code figure_members(struct op *op, const struct indicators *indicators,
                             struct figure_members *asked, size_t n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct wanted *all = ARENA_ARRAY(op->arena, struct wanted, n + 1);

    for (size_t i = 0; i < n; i++)
        asked[i].found = (struct member_list){0};
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
        asked[i].found.summed = all[i].part->sum != FACT_NONE;
    }
    for (size_t i = 0; i < n; i++)
        if (!all[i].done)
            TRY(walk_together(op, snap, indicators, all + i, n - i));
    return ERR_OK;
}
