/* Reading cells: from the tallies, or counted from the matters where no tally is kept. */
#include "insight/figures_internal.h"

#include <string.h>

#include "sql_queries.h"

#define MINUTE_MS INT64_C(60000)

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

enum err_code figuring_begin(struct op *op, struct snapshot *snap, const char *body,
                             enum figure_scope scope, struct figuring *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct record_facts facts = {0};
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
    ret->scope = scope;
    ret->body = body;
    ret->path = stmt_text_dup(op, s, 0);
    if (ret->path == NULL)
        return no_memory(op);
    facts.body_path = ret->path;
    TRY(may_check(&op->actor, MAY_READ_FIGURES, &facts, &op->err));
    ret->reports = figures_report_counts(&op->actor, ret->path);
    return ERR_OK;
}

struct list_filter figuring_filter(const struct figuring *f)
{
    return (struct list_filter){.body = f->body, .body_only = f->scope == SCOPE_OWN};
}

enum measure_column column_of_breakdown(enum list_by by)
{
    switch (by) {
    case BY_STATUS:
        return COL_STATUS;
    case BY_CATEGORY:
        return COL_CATEGORY;
    case BY_CHANNEL:
        return COL_CHANNEL;
    case BY_OUTCOME:
        return COL_OUTCOME;
    case BY_NOTHING:
    case BY_LEVEL:
    case BY_KIND:
    case BY_WAITING_FOR:
    case BY_BODY:
    case BY_MONTH:
    case BY_COUNT:
        break;
    }
    return COL_NONE;
}

/* ---- which cells ---- */

/* Whether cells by this dimension are fine enough for the part's conditions. */
static bool dimension_fits(const struct measure_dimension *d, const struct indicator_part *part,
                           enum measure_column column)
{
    if (column != COL_NONE && d->column != column)
        return false;
    for (size_t i = 0; i < part->n_where; i++)
        if (part->where[i].column != COL_KIND && part->where[i].column != d->column)
            return false;
    return true;
}

enum grain { GRAIN_MONTH, GRAIN_DAY, GRAIN_ANY };

/* The first dimension whose cells answer, with the grain wanted; NULL: none. */
static const struct measure_dimension *dimension_for(const struct indicator_part *part,
                                                     enum measure_column column, enum grain grain)
{
    for (size_t i = 0; i < part->measure->n_dimensions; i++) {
        const struct measure_dimension *d = &part->measure->dimensions[i];

        if (dimension_fits(d, part, column) &&
            (grain == GRAIN_ANY || (grain == GRAIN_DAY ? d->day : d->month)))
            return d;
    }
    return NULL;
}

/* ---- from the tallies ---- */

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

static enum err_code tally_rows(struct figuring *f, struct stmt *s, struct cell_set *set)
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

static enum err_code read_tally(struct figuring *f, const struct measure_dimension *d,
                                struct cell_set *set)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c CLEANUP(compose_release);
    int first = set->period.first, last = set->period.last;

    if (!set->days && !period_months(&set->period, &first, &last))
        return err_set(&f->op->err, ERR_INTERNAL, "months asked of a period that has none");
    compose_init(&c);
    compose(&c, set->each ? SQL_figure_cells : SQL_figure_cells_by_value);
    compose_int(&c, first);
    compose_int(&c, last);
    compose_text(&c, set->measure->id);
    compose_text(&c, d->id);
    compose_text(&c, set->days ? "d" : "m");
    if (f->scope == SCOPE_OWN) {
        compose(&c, SQL_figure_if_own);
        compose_text(&c, f->body);
    } else
        TRY(compose_reach(f->op, &c, SQL_figure_if_below, f->path));
    if (!set->each)
        compose(&c, SQL_figure_group_value);
    TRY(compose_prepare(f->op, f->snap, &c, &s));
    return tally_rows(f, s, set);
}

/* ---- from the matters ---- */

static const int column_sql[COL_COUNT] = {
    [COL_KIND] = SQL_figure_col_kind,
    [COL_STATUS] = SQL_figure_col_status,
    [COL_OUTCOME] = SQL_figure_col_outcome,
    [COL_GROUND] = SQL_figure_col_ground,
    [COL_TOLD] = SQL_figure_col_told,
    [COL_CHANNEL] = SQL_figure_col_channel,
    [COL_CATEGORY] = SQL_figure_col_category,
    [COL_PROBLEM] = SQL_figure_col_problem,
    [COL_RATING] = SQL_figure_col_rating,
    [COL_AMOUNT_FEN] = SQL_figure_col_amount_fen,
    [COL_RECOVERED_FEN] = SQL_figure_col_recovered_fen,
};

static void compare_to(struct composed *c, enum measure_column column, int sql, int64_t value)
{
    compose(c, SQL_figure_and);
    compose(c, column_sql[column]);
    compose(c, sql);
    compose_int(c, value);
}

static void text_is(struct composed *c, enum measure_column column, int sql, const char *text)
{
    compose(c, column_sql[column]);
    compose(c, sql);
    compose_text(c, text);
}

static enum err_code compose_values(struct op *op, struct composed *c,
                                    const struct measure_condition *cond)
{
    bool tree = cond->column == COL_CATEGORY || cond->column == COL_PROBLEM;

    compose(c, SQL_figure_and);
    compose(c, SQL_figure_open);
    for (size_t i = 0; i < cond->n_values; i++) {
        const char *code = cond->values[i];

        if (i > 0)
            compose(c, SQL_figure_or);
        text_is(c, cond->column, SQL_figure_is, code);
        if (tree) {
            const char *from = arena_printf(op->arena, "%s.", code);
            const char *before = arena_printf(op->arena, "%s/", code);

            if (from == NULL || before == NULL)
                return no_memory(op);
            compose(c, SQL_figure_or);
            text_is(c, cond->column, SQL_figure_from, from);
            compose(c, SQL_figure_and);
            text_is(c, cond->column, SQL_figure_before, before);
        }
    }
    compose(c, SQL_figure_close);
    return ERR_OK;
}

static enum err_code compose_condition(struct op *op, struct composed *c,
                                       const struct measure_condition *cond)
{
    if (cond->n_values > 0)
        return compose_values(op, c, cond);
    if (!measure_column_is_number(cond->column)) {
        compose(c, SQL_figure_and);
        compose(c, column_sql[cond->column]);
        compose(c, SQL_figure_set);
        return ERR_OK;
    }
    if (cond->set)
        compare_to(c, cond->column, SQL_figure_from, 1);
    if (cond->min != INT64_MIN)
        compare_to(c, cond->column, SQL_figure_from, cond->min);
    if (cond->max != INT64_MAX)
        compare_to(c, cond->column, SQL_figure_up_to, cond->max);
    return ERR_OK;
}

enum err_code compose_conditions(struct op *op, struct composed *c,
                                 const struct indicator_part *part)
{
    for (size_t i = 0; i < part->measure->n_where; i++)
        TRY(compose_condition(op, c, &part->measure->where[i]));
    for (size_t i = 0; i < part->n_where; i++)
        TRY(compose_condition(op, c, &part->where[i]));
    return ERR_OK;
}

void compose_period(struct op *op, struct composed *c, const struct measure *measure,
                    const struct period *period)
{
    int64_t from, until;

    period_instants(period, op->zone_min, &from, &until);
    compose(c, measure->by_ended ? SQL_list_if_ended_from : SQL_list_if_received_from);
    compose_int(c, from);
    compose(c, measure->by_ended ? SQL_list_if_ended_until : SQL_list_if_received_until);
    compose_int(c, until);
}

static enum err_code compose_count(struct figuring *f, struct composed *c,
                                   const struct indicator_part *part, const struct period *period,
                                   enum measure_column column, bool each)
{
    struct list_filter filter = figuring_filter(f);
    struct reading r = {.op = f->op, .snap = f->snap, .f = &filter, .body_path = f->path};
    bool ended = part->measure->by_ended;

    compose(c, SQL_figure_count_begin);
    compose(c, !each ? SQL_figure_no_day : ended ? SQL_figure_day_ended : SQL_figure_day_received);
    if (each)
        compose_int(c, f->op->zone_min * MINUTE_MS);
    compose(c, column == COL_NONE ? SQL_figure_no_value : column_sql[column]);
    compose(c, SQL_figure_count_numbers);
    compose(c, part->measure->sum == COL_NONE ? SQL_figure_no_sum : column_sql[part->measure->sum]);
    compose(c, SQL_figure_count_end);
    if (ended) {
        compose(c, SQL_list_from_ended);
        compose_period(f->op, c, part->measure, period);
    } else {
        int64_t from, until;

        period_instants(period, f->op->zone_min, &from, &until);
        compose(c, SQL_list_from_received);
        compose_int(c, from);
        compose_int(c, until);
    }
    TRY(compose_filters(&r, c, false));
    TRY(compose_conditions(f->op, c, part));
    compose(c, SQL_figure_count_group);
    return ERR_OK;
}

static enum err_code count_rows(struct figuring *f, struct stmt *s, struct cell_set *set)
{
    struct op *op = f->op;
    size_t cap = 0;
    bool row = false;

    for (;;) {
        struct cell cell;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        cell = (struct cell){.kind = stmt_text_dup(op, s, 0),
                             .value = stmt_is_null(s, 3) ? "" : stmt_text_dup(op, s, 3),
                             .body = stmt_text_dup(op, s, 1),
                             .period = (int32_t)stmt_int64(s, 2),
                             .n = stmt_int64(s, 4),
                             .sum = stmt_int64(s, 5)};
        if (cell.kind == NULL || cell.value == NULL || cell.body == NULL)
            return no_memory(op);
        TRY(push(op, set, &cap, cell));
    }
}

static enum err_code count_set(struct figuring *f, const struct indicator_part *part,
                               struct cell_set *set)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c CLEANUP(compose_release);

    compose_init(&c);
    TRY(compose_count(f, &c, part, &set->period, set->column, set->each));
    TRY(compose_prepare(f->op, f->snap, &c, &s));
    return count_rows(f, s, set);
}

/* ---- both ---- */

/* Whether a cell by @p column belongs to the part. */
static bool cell_holds(const struct cell *cell, enum measure_column column,
                       const struct indicator_part *part)
{
    struct measure_facts facts = {.kind = cell->kind};

    if (column == COL_STATUS)
        facts.status = cell->value;
    else if (column == COL_OUTCOME)
        facts.outcome = cell->value;
    else if (column == COL_GROUND)
        facts.ground = cell->value;
    else if (column == COL_TOLD)
        facts.told = cell->value;
    else if (column == COL_CHANNEL)
        facts.channel = cell->value;
    else if (column == COL_CATEGORY)
        facts.category = cell->value;
    else if (column == COL_PROBLEM)
        facts.problem = cell->value;
    else if (column == COL_RATING)
        facts.rating = cell->value[0] - '0'; /* 1 to 5, or "0" */
    for (size_t i = 0; i < part->n_where; i++)
        if (!measure_condition_holds(&part->where[i], &facts))
            return false;
    return true;
}

/* The set of this measure, dimension and period: from the tallies, or counted where they do not
 * keep that grain; read once. */
static enum err_code shared_set(struct figuring *f, const struct measure *measure,
                                const struct measure_dimension *d, const struct period *period,
                                bool days, bool each, bool counted, const struct cell_set **ret)
{
    struct cell_set *set;

    for (size_t i = 0; i < f->n_sets; i++) {
        set = &f->sets[i];
        if (set->measure == measure && set->column == d->column && set->each == each &&
            set->days == days && set->period.first == period->first &&
            set->period.last == period->last) {
            *ret = set;
            return ERR_OK;
        }
    }
    if (f->n_sets == CELL_SETS_MAX)
        f->n_sets = 0; /* begins anew: a set is only shared to be quick */
    set = &f->sets[f->n_sets];
    *set = (struct cell_set){
        .measure = measure, .column = d->column, .period = *period, .days = days, .each = each};
    if (counted)
        TRY(count_set(f, &(struct indicator_part){.measure = measure}, set));
    else
        TRY(read_tally(f, d, set));
    f->n_sets++;
    *ret = set;
    return ERR_OK;
}

/* @p days: cells by the day even where whole months would do. */
static enum err_code cells_of(struct figuring *f, const struct indicator_part *part,
                              const struct period *period, enum measure_column column, bool each,
                              bool days, const struct cell **ret, size_t *ret_n, bool *ret_days)
{
    const struct measure_dimension *d = dimension_for(part, column, days ? GRAIN_DAY : GRAIN_MONTH);
    const struct measure_dimension *any = d != NULL ? d : dimension_for(part, column, GRAIN_ANY);
    struct cell_set own = {.period = *period, .column = column, .days = true, .each = each};
    const struct cell_set *set = &own;
    struct cell *cells;
    size_t n = 0;

    if (any != NULL)
        TRY(shared_set(f, part->measure, any, period, d == NULL || days, each, d == NULL, &set));
    else
        TRY(count_set(f, part, &own));
    cells = ARENA_ARRAY(f->op->arena, struct cell, set->n + 1);
    if (cells == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < set->n; i++) {
        const struct cell *cell = &set->cells[i];

        if (!f->reports && strcmp(cell->kind, "report") == 0)
            continue;
        if (any == NULL || cell_holds(cell, any->column, part))
            cells[n++] = *cell;
    }
    *ret = cells;
    *ret_n = n;
    *ret_days = set->days;
    return ERR_OK;
}

enum err_code part_cells(struct figuring *f, const struct indicator_part *part,
                         const struct period *period, enum measure_column column, bool each,
                         const struct cell **ret, size_t *ret_n, bool *ret_days)
{
    int a, b;

    return cells_of(f, part, period, column, each, !period_months(period, &a, &b), ret, ret_n,
                    ret_days);
}

enum err_code day_cells(struct figuring *f, const struct indicator_part *part, date_t first,
                        date_t last, const struct cell **ret, size_t *ret_n)
{
    struct period period = {.kind = PERIOD_DAYS, .first = first, .last = last};
    bool days;

    return cells_of(f, part, &period, COL_NONE, true, true, ret, ret_n, &days);
}

void cells_total(const struct cell *cells, size_t n, int64_t *ret_n, int64_t *ret_sum)
{
    *ret_n = *ret_sum = 0;
    for (size_t i = 0; i < n; i++) {
        *ret_n += cells[i].n;
        *ret_sum += cells[i].sum;
    }
}
