/* Asking and finding: tallies first, one walk for the rest, then the cut-off.
 */
#include <string.h>

#include "insight/figure_columns.h"
#include "sql_queries.h"

#define ASKS_FIRST 64

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for figures");
}

bool figures_report_counts(const struct actor *actor, const char *body_path)
{
    struct may_scope scope = may_scope(actor, MAY_COUNT);

    return scope.secret_all ||
           (scope.secret_subtree && body_path_within(body_path, actor->body_path));
}

enum err_code figuring_begin(struct op *op, struct snapshot *snap,
                             const struct indicators *indicators, const char *body,
                             enum figure_scope scope, struct figuring *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct record_facts facts = {0};
    int64_t beyond = 0;
    bool row = false;

    TRY(snapshot_prepare(op, snap, SQL_list_body_path, &s));
    TRY(stmt_bind_text(op, s, 1, body));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return err_field(&op->err, ERR_NOT_FOUND, "body", "unknown", "没有这个单位",
                         "There is no such body");
    memset(ret, 0, sizeof *ret);
    ret->op = op;
    ret->snap = snap;
    ret->measures = indicators_measures(indicators);
    ret->scope = scope;
    ret->body = body;
    ret->path = stmt_text_dup(op, s, 0);
    if (ret->path == NULL)
        return no_memory(op);
    facts.body_path = ret->path;
    TRY(may_check(&op->actor, MAY_READ_FIGURES, &facts, &op->err));
    ret->reports = figures_report_counts(&op->actor, ret->path);
    if (store_shared(op->store))
        TRY(snapshot_beyond(op, snap, snapshot_position(snap), 1, &beyond));
    ret->beyond = beyond > 0;
    return ERR_OK;
}

struct list_filter figuring_filter(const struct figuring *f)
{
    return (struct list_filter){.body = f->body, .body_only = f->scope == SCOPE_OWN};
}

/* ---- bodies ---- */

static int by_code(const void *a, const void *b)
{
    const struct figure_body *x = a, *y = b;

    return strcmp(x->code, y->code);
}

/* The code of the body right below this one on the way to @p path; its own for
 * itself. */
static const char *branch_of(struct figuring *f, const char *path)
{
    size_t n = strlen(f->path), len;

    if (strncmp(path, f->path, n) != 0)
        return NULL;
    if (path[n] == '\0')
        return f->body;
    if (f->scope == SCOPE_OWN)
        return NULL;
    len = strcspn(path + n, "/");
    return arena_strndup(f->op->arena, path + n, len);
}

/* Its own, else that of the nearest body above that has one. */
static const char *division_of(const struct figuring *f)
{
    const struct figure_body *nearest = NULL;

    for (size_t i = 0; i < f->n_bodies; i++) {
        const struct figure_body *b = &f->bodies[i];

        if (given(b->division) && strncmp(f->path, b->path, strlen(b->path)) == 0 &&
            (nearest == NULL || strlen(b->path) > strlen(nearest->path)))
            nearest = b;
    }
    return nearest == NULL ? NULL : nearest->division;
}

enum err_code figuring_bodies(struct figuring *f)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = f->op;
    size_t cap = 64;
    bool row = true;

    if (f->bodies != NULL)
        return ERR_OK;
    f->bodies = ARENA_ARRAY(op->arena, struct figure_body, cap);
    TRY(snapshot_prepare(op, f->snap, SQL_figure_all_bodies, &s));
    for (;;) {
        struct figure_body *b;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        if (f->n_bodies == cap && f->bodies != NULL) {
            struct figure_body *more = ARENA_ARRAY(op->arena, struct figure_body, cap * 2);

            if (more != NULL)
                memcpy(more, f->bodies, cap * sizeof *more);
            f->bodies = more;
            cap *= 2;
        }
        if (f->bodies == NULL)
            return no_memory(op);
        b = &f->bodies[f->n_bodies++];
        *b = (struct figure_body){.code = stmt_text_dup(op, s, 0),
                                  .path = stmt_text_dup(op, s, 1),
                                  .kind = stmt_text_dup(op, s, 2),
                                  .division = stmt_is_null(s, 3) ? NULL : stmt_text_dup(op, s, 3)};
        if (b->code == NULL || b->path == NULL || b->kind == NULL)
            return no_memory(op);
        b->branch = branch_of(f, b->path);
    }
    qsort(f->bodies, f->n_bodies, sizeof *f->bodies, by_code);
    f->division = division_of(f);
    return ERR_OK;
}

const struct figure_body *figuring_body(const struct figuring *f, const char *code)
{
    struct figure_body wanted = {.code = code};

    if (f->n_bodies == 0)
        return NULL;
    return bsearch(&wanted, f->bodies, f->n_bodies, sizeof *f->bodies, by_code);
}

/* ---- asking ---- */

static bool same_period(const struct period *a, const struct period *b)
{
    return a->first == b->first && a->last == b->last;
}

enum err_code figuring_ask(struct figuring *f, const struct indicator_part *part,
                           const struct period *period, struct figure_as_of as_of,
                           enum figure_dimension by, size_t *ret)
{
    struct figure_ask *ask;

    as_of = as_of_or_now(f, as_of);
    for (size_t i = 0; i < f->n_asks; i++) {
        ask = &f->asks[i];
        if (ask->part == part && ask->by == by && same_period(&ask->period, period) &&
            ask->as_of.kind == as_of.kind && ask->as_of.at == as_of.at) {
            *ret = i;
            return ERR_OK;
        }
    }
    if (f->n_asks == f->asks_cap) {
        size_t cap = f->asks_cap == 0 ? ASKS_FIRST : f->asks_cap * 2;
        struct figure_ask *more = ARENA_ARRAY(f->op->arena, struct figure_ask, cap);

        if (more == NULL)
            return no_memory(f->op);
        if (f->n_asks > 0)
            memcpy(more, f->asks, f->n_asks * sizeof *more);
        f->asks = more;
        f->asks_cap = cap;
    }
    ask = &f->asks[f->n_asks];
    *ask = (struct figure_ask){.part = part, .period = *period, .as_of = as_of, .by = by};
    groups_init(&ask->groups, f->op->arena);
    *ret = f->n_asks++;
    return ERR_OK;
}

/* ---- walking ---- */

/* The asks of one walk, or of one cut-off. */
struct batch {
    struct figuring *f;
    struct figure_ask **asks;
    size_t n;
};

static void add_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    groups_add(arg, key, n, sum);
}

static void take_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    groups_add(arg, key, -n, -sum);
}

static enum err_code count_matter(void *arg, const struct figure_facts *facts, bool *ret_stop)
{
    const struct batch *b = arg;

    (void)ret_stop;
    for (size_t i = 0; i < b->n; i++) {
        struct figure_ask *ask = b->asks[i];

        if (conditions_hold(&ask->part->where, facts))
            dimension_keys(b->f, ask->part, ask->by, facts, add_key, &ask->groups);
        if (ask->groups.no_memory)
            return no_memory(b->f->op);
    }
    return ERR_OK;
}

/* One walk for all open asks of the cohort and period of the first. */
static enum err_code walk_for(struct figuring *f, struct figure_ask **open, size_t n_open)
{
    struct batch b = {.f = f, .asks = ARENA_ARRAY(f->op->arena, struct figure_ask *, n_open)};
    struct walk_needs needs = {0};

    if (b.asks == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < n_open; i++) {
        struct walk_needs more = needs_of(open[i]->part, open[i]->by);

        if (open[i]->done || open[i]->part->by_ended != open[0]->part->by_ended ||
            !same_period(&open[i]->period, &open[0]->period))
            continue;
        walk_needs_also(&needs, more);
        open[i]->done = true;
        b.asks[b.n++] = open[i];
    }
    return walk_cohort(f, b.asks[0]->part->by_ended, &b.asks[0]->period, needs, count_matter, &b);
}

/* ---- the cut-off ---- */

static enum err_code change_matter(void *arg, const struct figure_facts *now,
                                   const struct figure_facts *then)
{
    const struct batch *b = arg;

    for (size_t i = 0; i < b->n; i++) {
        struct figure_ask *ask = b->asks[i];

        if (part_takes(b->f, ask->part, &ask->period, now, true))
            dimension_keys(b->f, ask->part, ask->by, now, take_key, &ask->groups);
        if (then != NULL && part_takes(b->f, ask->part, &ask->period, then, true))
            dimension_keys(b->f, ask->part, ask->by, then, add_key, &ask->groups);
        if (ask->groups.no_memory)
            return no_memory(b->f->op);
    }
    return ERR_OK;
}

/* All asks from @p from on with the cut-off of the first. */
static enum err_code cut_for(struct figuring *f, struct figure_ask **cut, size_t n_cut)
{
    struct batch b = {.f = f, .asks = ARENA_ARRAY(f->op->arena, struct figure_ask *, n_cut)};
    struct figure_as_of as_of = cut[0]->as_of;
    int first = INT32_MAX, last = INT32_MIN, a, z;

    if (b.asks == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < n_cut; i++) {
        if (cut[i]->as_of.kind != as_of.kind || cut[i]->as_of.at != as_of.at)
            continue;
        past_months(cut[i]->part->by_ended, &cut[i]->period, &a, &z);
        first = a < first ? a : first;
        last = z > last ? z : last;
        b.asks[b.n++] = cut[i];
    }
    TRY(past_each(f, as_of, first, last, change_matter, &b));
    for (size_t i = 0; i < b.n; i++)
        b.asks[i]->as_of.kind = AS_OF_NOW; /* done; restored by the caller */
    return ERR_OK;
}

static enum err_code run_cuts(struct figuring *f, size_t from)
{
    struct figure_ask **cut = ARENA_ARRAY(f->op->arena, struct figure_ask *, f->n_asks + 1);
    struct figure_as_of *kept = ARENA_ARRAY(f->op->arena, struct figure_as_of, f->n_asks + 1);
    size_t n = 0;

    if (cut == NULL || kept == NULL)
        return no_memory(f->op);
    for (size_t i = from; i < f->n_asks; i++) {
        kept[i] = f->asks[i].as_of;
        if (kept[i].kind != AS_OF_NOW && !f->asks[i].cut)
            cut[n++] = &f->asks[i];
    }
    for (size_t i = 0; i < n; i++)
        if (cut[i]->as_of.kind != AS_OF_NOW)
            TRY(cut_for(f, cut + i, n - i));
    for (size_t i = from; i < f->n_asks; i++)
        f->asks[i].as_of = kept[i];
    return ERR_OK;
}

/* ---- odd periods ---- */

/* The whole months inside a period that is none; false when there are none. */
static bool months_inside(const struct period *period, struct period *ret)
{
    int first = date_month_index(period->first), last = date_month_index(period->last);
    struct period months = {.kind = PERIOD_DAYS};

    first += period->first != date_month_start(first);
    last -= period->last != date_month_start(last + 1) - 1;
    if (last < first)
        return false;
    months.first = date_month_start(first);
    months.last = date_month_start(last + 1) - 1;
    *ret = months;
    return true;
}

/* Months are read by a few cells, days by thirty times as many or from the
 * matters. */
static enum err_code part_ask(struct figuring *f, size_t i)
{
    struct figure_ask ask = f->asks[i];
    struct period inside, parts[3];
    size_t n = 0;
    int a, b;

    if (f->columns != NULL && columns_list(f->columns, &ask.period, ask.as_of) != NULL)
        return ERR_OK;
    if (ask.as_of.kind == AS_OF_INSTANT || ask.by == DIM_DAY ||
        period_months(&ask.period, &a, &b) || !months_inside(&ask.period, &inside) ||
        !cells_keep_months(f, &ask))
        return ERR_OK;
    if (ask.period.first < inside.first)
        parts[n++] = (struct period){PERIOD_DAYS, ask.period.first, inside.first - 1};
    parts[n++] = inside;
    if (ask.period.last > inside.last)
        parts[n++] = (struct period){PERIOD_DAYS, inside.last + 1, ask.period.last};
    for (size_t k = 0; k < n; k++)
        TRY(figuring_ask(f, ask.part, &parts[k], ask.as_of, ask.by, &ask.parts[k]));
    ask.n_parts = n;
    ask.done = true;
    ask.cut = true; /* its parts are */
    f->asks[i] = ask;
    return ERR_OK;
}

static enum err_code add_parts(struct figuring *f, struct figure_ask *ask)
{
    for (size_t k = 0; k < ask->n_parts; k++) {
        const struct groups *g = figuring_groups(f, ask->parts[k]);

        for (size_t i = 0; i < g->cap; i++)
            if (g->slots[i].key != NULL)
                groups_add(&ask->groups, g->slots[i].key, g->slots[i].n, g->slots[i].sum);
    }
    ask->n_parts = 0;
    return ask->groups.no_memory ? no_memory(f->op) : ERR_OK;
}

enum err_code figuring_run(struct figuring *f)
{
    struct figure_ask **open;
    size_t n = 0, from = 0, asked = f->n_asks;

    while (from < f->n_asks && f->asks[from].done)
        from++;
    for (size_t i = from; i < asked; i++)
        if (!f->asks[i].done)
            TRY(part_ask(f, i));
    open = ARENA_ARRAY(f->op->arena, struct figure_ask *, f->n_asks + 1);
    if (open == NULL)
        return no_memory(f->op);
    for (size_t i = from; i < f->n_asks; i++) {
        struct figure_ask *ask = &f->asks[i];

        if (ask->done)
            continue;
        if (dimension_needs_bodies(ask->by) || ask->as_of.kind != AS_OF_NOW)
            TRY(figuring_bodies(f));
        if (f->columns == NULL || ask->as_of.kind == AS_OF_NOW ||
            columns_list(f->columns, &ask->period, ask->as_of) == NULL)
            TRY(cells_answer(f, ask, &ask->done));
        if (!ask->done)
            open[n++] = ask;
    }
    if (f->columns != NULL)
        TRY(columns_answer(f, open, n));
    for (size_t i = 0; i < n; i++)
        if (!open[i]->done)
            TRY(walk_for(f, open + i, n - i));
    TRY(run_cuts(f, from));
    for (size_t i = from; i < f->n_asks; i++)
        TRY(add_parts(f, &f->asks[i]));
    return ERR_OK;
}
