/* What the tallies answer. */
#include <string.h>

#include "insight/figures_internal.h"
#include "sql_queries.h"

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for figures");
}

/* ---- which cells ---- */

static bool implied(const struct conditions *by, const struct condition *c)
{
    for (size_t i = 0; i < by->n; i++)
        if (condition_implies(&by->list[i], c))
            return true;
    return false;
}

/* Whether every matter of the part is in the measure. */
static bool measure_contains(const struct measure *m, const struct indicator_part *part)
{
    if (m->by_ended != part->by_ended || (part->sum != FACT_NONE && part->sum != m->sum))
        return false;
    for (size_t i = 0; i < m->where.n; i++)
        if (!implied(&part->where, &m->where.list[i]))
            return false;
    return true;
}

/* Whether cells of this dimension tell what is in the part from what is not. */
static bool cells_tell(const struct measure *m, const struct measure_dimension *d,
                       const struct indicator_part *part)
{
    for (size_t i = 0; i < part->where.n; i++) {
        const struct condition *c = &part->where.list[i];

        if (c->fact != FACT_KIND && c->fact != d->fact && !implied(&m->where, c))
            return false;
    }
    return true;
}

static bool choose(const struct figuring *f, const struct figure_ask *ask, bool days,
                   const struct measure **ret_measure, const struct measure_dimension **ret)
{
    enum fact fact = dimension_fact(ask->by);

    for (size_t i = 0; i < measures_count(f->measures); i++) {
        const struct measure *m = measures_at(f->measures, i);

        if (!measure_contains(m, ask->part))
            continue;
        for (size_t k = 0; k < m->n_dimensions; k++) {
            const struct measure_dimension *d = &m->dimensions[k];

            if ((fact == FACT_NONE || d->fact == fact) && (days ? d->day : d->month) &&
                cells_tell(m, d, ask->part)) {
                *ret_measure = m;
                *ret = d;
                return true;
            }
        }
    }
    return false;
}

bool cells_keep_months(const struct figuring *f, const struct figure_ask *ask)
{
    const struct measure_dimension *dimension;
    const struct measure *measure;

    return dimension_from_tallies(ask->by) && choose(f, ask, false, &measure, &dimension);
}

/* ---- reading ---- */

static enum err_code push(struct op *op, struct cell_set *set, size_t *cap, struct cell cell)
{
    if (set->n == *cap) {
        size_t more = *cap == 0 ? 64 : *cap * 2;
        struct cell *cells = ARENA_ARRAY(op->arena, struct cell, more);

        if (cells == NULL)
            return no_memory(op);
        if (set->n > 0)
            memcpy(cells, set->cells, set->n * sizeof *cells);
        set->cells = cells;
        *cap = more;
    }
    set->cells[set->n++] = cell;
    return ERR_OK;
}

/* "complaint|phone" → kind and value; "complaint" alone is a total. */
static void split(char *text, struct cell *cell)
{
    char *bar = strchr(text, '|');

    if (bar != NULL)
        *bar = '\0';
    cell->kind = text;
    cell->value = bar == NULL ? "" : bar + 1;
}

static enum err_code each_row(struct figuring *f, struct stmt *s, struct cell_set *set)
{
    struct op *op = f->op;
    const char *last = "";
    size_t cap = 0;
    bool row = false;

    for (;;) {
        struct cell cell;
        const char *body;
        char *value;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        body = stmt_text(s, 1);
        if (strcmp(body, last) != 0)
            last = arena_strdup(op->arena, body);
        value = stmt_text_dup(op, s, 0);
        if (value == NULL || last == NULL)
            return no_memory(op);
        cell = (struct cell){.body = last,
                             .period = (int32_t)stmt_int64(s, 2),
                             .n = stmt_int64(s, 3),
                             .sum = stmt_int64(s, 4)};
        split(value, &cell);
        TRY(push(op, set, &cap, cell));
    }
}

/* Added up by value here: SQLite would sort the rows to do it. */
static enum err_code rows_by_value(struct figuring *f, struct stmt *s, struct cell_set *set)
{
    struct op *op = f->op;
    struct groups values;
    size_t cap = 0;
    bool row = false;

    groups_init(&values, op->arena);
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        groups_add(&values, stmt_text(s, 0), stmt_int64(s, 3), stmt_int64(s, 4));
    }
    if (values.no_memory)
        return no_memory(op);
    for (size_t i = 0; i < values.cap; i++) {
        const struct group *g = &values.slots[i];
        struct cell cell = {.body = "", .n = g->n, .sum = g->sum};
        char *value;

        if (g->key == NULL)
            continue;
        value = arena_strdup(op->arena, g->key);
        if (value == NULL)
            return no_memory(op);
        split(value, &cell);
        TRY(push(op, set, &cap, cell));
    }
    return ERR_OK;
}

/* Whether each body counts, so that none is looked up. */
static bool all_bodies(const struct figuring *f)
{
    return f->scope != SCOPE_OWN && path_is_root(f->path);
}

static enum err_code compose_cells(struct figuring *f, const struct cell_set *set,
                                   struct composed *c)
{
    bool grouped = !set->each && store_shared(f->op->store); /* PostgreSQL has one plan for all */
    int first = set->period.first, last = set->period.last;

    if (!set->days && !period_months(&set->period, &first, &last))
        return err_set(&f->op->err, ERR_INTERNAL, "months asked of a period that has none");
    if (all_bodies(f) && !store_shared(f->op->store))
        compose(c, SQL_figure_cells_all);
    else {
        compose(c, SQL_figure_reach);
        if (f->scope == SCOPE_OWN) {
            compose(c, SQL_figure_if_own);
            compose_text(c, f->body);
        } else
            TRY(compose_reach(f->op, c, SQL_figure_if_below, f->path));
        compose(c, grouped ? SQL_figure_cells_by_value : SQL_figure_cells);
    }
    compose_int(c, first);
    compose_int(c, last);
    compose_text(c, set->measure->id);
    compose_text(c, set->dimension->id);
    compose_text(c, set->days ? "d" : "m");
    if (grouped)
        compose(c, SQL_figure_group_value);
    return ERR_OK;
}

static enum err_code read_tally(struct figuring *f, struct cell_set *set)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;

    compose_init(&c);
    TRY(compose_cells(f, set, &c));
    TRY(compose_prepare(f->op, f->snap, &c, &s));
    return set->each ? each_row(f, s, set) : rows_by_value(f, s, set);
}

static enum err_code shared_set(struct figuring *f, const struct cell_set *wanted,
                                const struct cell_set **ret)
{
    struct cell_set *set;

    for (size_t i = 0; i < f->n_sets; i++) {
        set = &f->sets[i];
        if (set->measure == wanted->measure && set->dimension == wanted->dimension &&
            set->each == wanted->each && set->days == wanted->days &&
            set->period.first == wanted->period.first && set->period.last == wanted->period.last) {
            *ret = set;
            return ERR_OK;
        }
    }
    if (f->n_sets == CELL_SETS_MAX)
        f->n_sets = 0; /* begins anew: a set is only shared to be quick */
    set = &f->sets[f->n_sets];
    *set = *wanted;
    TRY(read_tally(f, set));
    f->n_sets++;
    *ret = set;
    return ERR_OK;
}

/* ---- adding up ---- */

/* The facts that a cell stands for, as far as its dimension says. */
static struct figure_facts facts_of_cell(const struct cell *cell, enum fact fact)
{
    struct figure_facts f = {.kind = cell->kind, .body = cell->body};

    if (fact == FACT_STATUS)
        f.status = cell->value;
    else if (fact == FACT_OUTCOME)
        f.outcome = cell->value;
    else if (fact == FACT_GROUND)
        f.ground = cell->value;
    else if (fact == FACT_TOLD)
        f.told = cell->value;
    else if (fact == FACT_CHANNEL)
        f.channel = cell->value;
    else if (fact == FACT_CATEGORY)
        f.category = cell->value;
    else if (fact == FACT_PROBLEM)
        f.problem = cell->value;
    else if (fact == FACT_DIVISION)
        f.division = cell->value;
    else if (fact == FACT_RATING)
        f.rating = cell->value[0] == '\0' ? 0 : cell->value[0] - '0';
    return f;
}

static bool cell_counts(const struct cell *cell, const struct measure_dimension *d,
                        const struct indicator_part *part)
{
    struct figure_facts facts = facts_of_cell(cell, d->fact);

    for (size_t i = 0; i < part->where.n; i++) {
        const struct condition *c = &part->where.list[i];

        if ((c->fact == FACT_KIND || c->fact == d->fact) && !condition_holds(c, &facts))
            return false;
    }
    return true;
}

struct adding {
    struct groups *groups;
    int64_t n, sum;
};

static void add_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    const struct adding *a = arg;

    (void)n;
    (void)sum;
    groups_add(a->groups, key, a->n, a->sum);
}

static void add_cell(struct figuring *f, struct figure_ask *ask, const struct cell_set *set,
                     const struct cell *cell)
{
    struct figure_facts facts = facts_of_cell(cell, set->dimension->fact);
    struct adding a = {&ask->groups, cell->n, ask->part->sum == FACT_NONE ? 0 : cell->sum};
    date_t day = set->days ? cell->period : date_month_start(cell->period);

    if (ask->part->by_ended)
        facts.ended = day;
    else
        facts.received = day;
    dimension_keys(f, ask->part, ask->by, &facts, add_key, &a);
}

enum err_code cells_answer(struct figuring *f, struct figure_ask *ask, bool *ret_kept)
{
    const struct cell_set *set;
    struct cell_set wanted = {.period = ask->period, .each = dimension_needs_each(ask->by)};
    int a, b;

    wanted.days = ask->by == DIM_DAY || !period_months(&ask->period, &a, &b);
    *ret_kept = dimension_from_tallies(ask->by) &&
                choose(f, ask, wanted.days, &wanted.measure, &wanted.dimension);
    if (!*ret_kept)
        return ERR_OK;
    TRY(shared_set(f, &wanted, &set));
    for (size_t i = 0; i < set->n; i++) {
        const struct cell *cell = &set->cells[i];

        if ((cell->n != 0 || cell->sum != 0) && (f->reports || strcmp(cell->kind, "report") != 0) &&
            cell_counts(cell, set->dimension, ask->part))
            add_cell(f, ask, set, cell);
    }
    return ask->groups.no_memory ? no_memory(f->op) : ERR_OK;
}
