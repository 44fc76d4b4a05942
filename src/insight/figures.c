/* Figures: values, breakdowns, queries. */
#include <string.h>

#include "insight/figures_internal.h"

bool figure_scope_find(const char *name, enum figure_scope *ret)
{
    if (!given(name) || strcmp(name, "subtree") == 0)
        *ret = SCOPE_SUBTREE;
    else if (strcmp(name, "own") == 0)
        *ret = SCOPE_OWN;
    else
        return false;
    return true;
}

bool figure_against_find(const char *name, enum figure_against *ret)
{
    if (!given(name))
        *ret = AGAINST_NOTHING;
    else if (strcmp(name, "prev") == 0)
        *ret = AGAINST_PREVIOUS;
    else if (strcmp(name, "lastyear") == 0)
        *ret = AGAINST_LAST_YEAR;
    else
        return false;
    return true;
}

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for figures");
}

/* ---- values ---- */

static int64_t power_of_ten(int n)
{
    int64_t p = 1;

    while (n-- > 0)
        p *= 10;
    return p;
}

/* num / den with that many decimals, half-up; both ≥ 0, den > 0. */
static char *quotient(struct arena *arena, __int128 num, __int128 den, int decimals)
{
    int64_t scale = power_of_ten(decimals);
    __int128 scaled = (num * scale * 2 + den) / (den * 2);
    int64_t whole = (int64_t)(scaled / scale), part = (int64_t)(scaled % scale);

    if (decimals == 0)
        return arena_printf(arena, "%lld", (long long)whole);
    return arena_printf(arena, "%lld.%0*lld", (long long)whole, decimals, (long long)part);
}

static char *signed_quotient(struct arena *arena, int64_t num, __int128 den, int decimals)
{
    char *text = quotient(arena, num < 0 ? -(__int128)num : num, den, decimals);

    return num < 0 && text != NULL ? arena_printf(arena, "-%s", text) : text;
}

char *figure_quotient(struct arena *arena, int64_t num, int64_t den, int decimals)
{
    return signed_quotient(arena, num, den, decimals);
}

/* From the groups of numerator and denominator. */
static enum err_code value_of(struct op *op, const struct indicator *ind, const struct group *num,
                              const struct group *den, struct figure_value *ret)
{
    *ret = (struct figure_value){.num = num->n};
    switch (ind->form) {
    case FORM_COUNT:
        ret->value = signed_quotient(op->arena, num->n, 1, ind->decimals);
        break;
    case FORM_SUM:
        ret->num = num->sum;
        ret->value = signed_quotient(op->arena, num->sum, ind->per, ind->decimals);
        break;
    case FORM_RATE:
        ret->den = den->n;
        ret->has_den = true;
        if (den->n > 0)
            ret->value = signed_quotient(op->arena, num->n * 100, den->n, ind->decimals);
        break;
    case FORM_MEAN:
        ret->num = num->sum;
        ret->den = num->n;
        ret->has_den = true;
        if (num->n > 0)
            ret->value =
                signed_quotient(op->arena, num->sum, (__int128)num->n * ind->per, ind->decimals);
        break;
    }
    return ret->value == NULL && !(ret->has_den && ret->den <= 0) ? no_memory(op) : ERR_OK;
}

/* ---- what one figure asks ---- */

/* Positions of asks. */
struct asked {
    size_t num, den;             /* the whole */
    size_t num_cells, den_cells; /* the breakdown */
};

static enum err_code ask_part(struct figuring *f, const struct indicator *ind,
                              const struct period *period, struct figure_as_of as_of,
                              enum figure_dimension by, size_t *ret_num, size_t *ret_den)
{
    TRY(figuring_ask(f, &ind->num, period, as_of, by, ret_num));
    *ret_den = *ret_num;
    if (ind->form == FORM_RATE)
        TRY(figuring_ask(f, &ind->den, period, as_of, by, ret_den));
    return ERR_OK;
}

static enum err_code ask_figure(struct figuring *f, const struct indicator *ind,
                                const struct period *period, struct figure_as_of as_of,
                                enum figure_dimension by, struct asked *ret)
{
    TRY(ask_part(f, ind, period, as_of, DIM_NONE, &ret->num, &ret->den));
    return ask_part(f, ind, period, as_of, by, &ret->num_cells, &ret->den_cells);
}

/* ---- breakdowns ---- */

static bool ordered_by_key(enum figure_dimension by)
{
    return by == DIM_MONTH || by == DIM_DAY || by == DIM_BODY || by == DIM_BRANCH ||
           by == DIM_RATING;
}

static int by_key(const void *a, const void *b)
{
    const struct figure_cell *x = a, *y = b;

    return strcmp(x->key, y->key);
}

static int by_number(const void *a, const void *b)
{
    const struct figure_cell *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return strcmp(x->key, y->key);
}

/* Keys of the numerator and, for rates, of the denominator. */
static size_t merge_keys(const struct groups *num, const struct groups *den,
                         struct figure_cell *cells)
{
    size_t n = 0;

    for (size_t i = 0; i < num->cap; i++) {
        const struct group *g = &num->slots[i];
        const struct group *d = g->key == NULL || den == num ? NULL : groups_find(den, g->key);

        if (g->key != NULL && (g->n != 0 || g->sum != 0 || (d != NULL && d->n != 0)))
            cells[n++] = (struct figure_cell){.key = g->key, .n = g->n, .sum = g->sum};
    }
    for (size_t i = 0; den != num && i < den->cap; i++)
        if (den->slots[i].key != NULL && den->slots[i].n != 0 &&
            groups_find(num, den->slots[i].key) == NULL)
            cells[n++] = (struct figure_cell){.key = den->slots[i].key};
    return n;
}

static const struct group *group_or_none(const struct groups *g, const char *key)
{
    static const struct group none = {.key = ""};
    const struct group *found = groups_find(g, key);

    return found == NULL ? &none : found;
}

static enum err_code cells_of(struct figuring *f, const struct indicator *ind,
                              const struct asked *is, const struct asked *against,
                              enum figure_dimension by, struct figure *ret)
{
    const struct groups *num = figuring_groups(f, is->num_cells);
    const struct groups *den = figuring_groups(f, is->den_cells);
    struct figure_cell *cells =
        ARENA_ARRAY(f->op->arena, struct figure_cell, num->used + den->used + 1);
    int64_t parts = 0;
    size_t n;

    if (cells == NULL)
        return no_memory(f->op);
    n = merge_keys(num, den, cells);
    qsort(cells, n, sizeof *cells, ordered_by_key(by) ? by_key : by_number);
    for (size_t i = 0; i < n; i++) {
        TRY(value_of(f->op, ind, group_or_none(num, cells[i].key), group_or_none(den, cells[i].key),
                     &cells[i].is));
        parts += cells[i].is.num;
        if (against != NULL)
            TRY(value_of(f->op, ind,
                         group_or_none(figuring_groups(f, against->num_cells), cells[i].key),
                         group_or_none(figuring_groups(f, against->den_cells), cells[i].key),
                         &cells[i].against));
    }
    ret->cells = cells;
    ret->n_cells = n;
    ret->overlap = parts - ret->is.num;
    return ERR_OK;
}

enum err_code cells_of_groups(struct op *op, const struct groups *groups, enum figure_dimension by,
                              struct figure_cell **ret, size_t *ret_n)
{
    *ret = ARENA_ARRAY(op->arena, struct figure_cell, groups->used + 1);
    if (*ret == NULL)
        return no_memory(op);
    *ret_n = merge_keys(groups, groups, *ret);
    qsort(*ret, *ret_n, sizeof **ret, ordered_by_key(by) ? by_key : by_number);
    return ERR_OK;
}

/* ---- several figures ---- */

/* A figure under way. */
struct planned {
    const struct indicator *ind;
    enum figure_dimension by;
    struct asked is, against;
};

struct period figures_period_against(const struct figures_query *q)
{
    return q->against == AGAINST_PREVIOUS ? period_previous(&q->period)
                                          : period_last_year(&q->period);
}

static enum err_code plan(struct figuring *f, const struct figures_query *q, struct planned *p)
{
    struct figure_as_of as_of = cutoff_for(f, p->ind, q->as_of, &q->period, &q->period);
    struct period against;

    TRY(ask_figure(f, p->ind, &q->period, as_of, p->by, &p->is));
    if (q->against == AGAINST_NOTHING)
        return ERR_OK;
    against = figures_period_against(q);
    as_of = cutoff_for(f, p->ind, q->as_of, &q->period, &against);
    return ask_figure(f, p->ind, &against, as_of, p->by, &p->against);
}

static enum err_code value_asked(struct figuring *f, const struct indicator *ind,
                                 const struct asked *a, struct figure_value *ret)
{
    return value_of(f->op, ind, group_or_none(figuring_groups(f, a->num), ""),
                    group_or_none(figuring_groups(f, a->den), ""), ret);
}

static enum err_code finish(struct figuring *f, const struct figures_query *q,
                            const struct planned *p, struct figure *ret)
{
    bool against = q->against != AGAINST_NOTHING;

    *ret = (struct figure){.indicator = p->ind,
                           .by = p->by,
                           .without_reports = !f->reports && !p->ind->only_reports,
                           .id = figure_id_make(f, p->ind, &q->period, q->as_of)};
    if (ret->id == NULL)
        return no_memory(f->op);
    TRY(value_asked(f, p->ind, &p->is, &ret->is));
    if (against) {
        struct period period = figures_period_against(q);

        period_format(&period, ret->against_period);
        TRY(value_asked(f, p->ind, &p->against, &ret->against));
    }
    return p->by == DIM_NONE
               ? ERR_OK
               : cells_of(f, p->ind, &p->is, against ? &p->against : NULL, p->by, ret);
}

static enum err_code run_plans(struct figuring *f, const struct figures_query *q,
                               struct planned *plans, size_t n, struct figure_list *ret)
{
    ret->figures = ARENA_ARRAY(f->op->arena, struct figure, n + 1);
    ret->n = n;
    ret->position = snapshot_position(f->snap);
    if (ret->figures == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < n; i++)
        TRY(plan(f, q, &plans[i]));
    TRY(figuring_run(f));
    for (size_t i = 0; i < n; i++)
        TRY(finish(f, q, &plans[i], &ret->figures[i]));
    return ERR_OK;
}

static enum err_code unknown_indicator(struct op *op)
{
    return err_field(&op->err, ERR_NOT_FOUND, "indicator", "unknown", "没有这个指标",
                     "There is no such indicator");
}

static bool hidden(const struct figuring *f, const struct indicator *ind)
{
    return ind->only_reports && !f->reports;
}

enum err_code figures_in(struct figuring *f, const struct indicators *indicators,
                         const struct figures_query *q, bool dashboard, struct figure_list *ret)
{
    size_t max = q->n_ids > 0 ? q->n_ids : indicators_count(indicators), n = 0;
    struct planned *plans = ARENA_ARRAY(f->op->arena, struct planned, max + 1);

    if (plans == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < max; i++) {
        const struct indicator *ind =
            q->n_ids > 0 ? indicators_find(indicators, q->ids[i]) : indicators_at(indicators, i);

        if (q->n_ids > 0 && (ind == NULL || hidden(f, ind)))
            return unknown_indicator(f->op);
        if (!hidden(f, ind) && (!dashboard || ind->dashboard))
            plans[n++] = (struct planned){.ind = ind, .by = q->by};
    }
    return run_plans(f, q, plans, n, ret);
}

enum err_code figures_query(struct op *op, const struct indicators *indicators,
                            const struct figures_query *query, struct figure_list *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct figuring f;

    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, indicators, query->body, query->scope, &f));
    return figures_in(&f, indicators, query, false, ret);
}

enum err_code figure_compute(struct op *op, const struct indicators *indicators,
                             const struct figures_query *query, const struct figure_want *wants,
                             size_t n, struct figure_list *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct planned *plans = ARENA_ARRAY(op->arena, struct planned, n + 1);
    struct figuring f;

    if (plans == NULL)
        return no_memory(op);
    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, indicators, query->body, query->scope, &f));
    f.columns = query->columns;
    for (size_t i = 0; i < n; i++) {
        plans[i] = (struct planned){.ind = indicators_find(indicators, wants[i].indicator),
                                    .by = wants[i].by};
        if (plans[i].ind == NULL || hidden(&f, plans[i].ind))
            return unknown_indicator(op);
    }
    return run_plans(&f, query, plans, n, ret);
}

enum err_code figure_by_id(struct op *op, const struct indicators *indicators, const char *id,
                           struct figure *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct figures_query q = {0};
    struct planned p = {0};
    struct figure_id fid;
    struct figuring f;
    struct asked cells;

    TRY(figure_id_read(op, indicators, id, &fid));
    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, indicators, fid.body, fid.scope, &f));
    if (hidden(&f, fid.indicator))
        return unknown_indicator(op);
    q = (struct figures_query){
        .body = fid.body, .scope = fid.scope, .period = fid.period, .as_of = fid.as_of};
    p = (struct planned){.ind = fid.indicator, .by = fid.by};
    TRY(plan(&f, &q, &p));
    TRY(figuring_run(&f));
    cells = p.is;
    p.by = DIM_NONE;
    TRY(finish(&f, &q, &p, ret));
    if (fid.by == DIM_NONE)
        return ERR_OK;
    ret->by = fid.by;
    ret->id = figure_cell_id(op, ret, fid.key);
    if (ret->id == NULL)
        return no_memory(op);
    return value_of(op, fid.indicator, group_or_none(figuring_groups(&f, cells.num_cells), fid.key),
                    group_or_none(figuring_groups(&f, cells.den_cells), fid.key), &ret->is);
}
