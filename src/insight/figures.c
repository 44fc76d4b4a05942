/* Figures: values, ids, breakdowns. */
#include "insight/figures_internal.h"

#include <string.h>

#include "base/text.h"

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
static char *quotient(struct arena *arena, int64_t num, int64_t den, int decimals)
{
    int64_t scale = power_of_ten(decimals);
    __int128 scaled = ((__int128)num * scale * 2 + den) / ((__int128)den * 2);
    int64_t whole = (int64_t)(scaled / scale), part = (int64_t)(scaled % scale);

    if (decimals == 0)
        return arena_printf(arena, "%lld", (long long)whole);
    return arena_printf(arena, "%lld.%0*lld", (long long)whole, decimals, (long long)part);
}

char *figure_quotient(struct arena *arena, int64_t num, int64_t den, int decimals)
{
    char *text = quotient(arena, num < 0 ? -num : num, den, decimals);

    return num < 0 && text != NULL ? arena_printf(arena, "-%s", text) : text;
}

static bool sums_fen(const struct measure *measure)
{
    return measure->sum == COL_AMOUNT_FEN || measure->sum == COL_RECOVERED_FEN;
}

/* @p n, @p sum of the numerator, @p den of the denominator. */
static enum err_code value_of(struct op *op, const struct indicator *ind, int64_t n, int64_t sum,
                              int64_t den, struct figure_value *ret)
{
    *ret = (struct figure_value){.num = n};
    switch (ind->form) {
    case FORM_COUNT:
        ret->value = figure_quotient(op->arena, n, 1, ind->decimals);
        break;
    case FORM_SUM:
        ret->num = sum;
        ret->value =
            figure_quotient(op->arena, sum, sums_fen(ind->num.measure) ? 100 : 1, ind->decimals);
        break;
    case FORM_RATE:
        ret->den = den;
        ret->has_den = true;
        if (den > 0)
            ret->value = figure_quotient(op->arena, n * 100, den, ind->decimals);
        break;
    case FORM_MEAN:
        ret->num = sum;
        ret->den = n;
        ret->has_den = true;
        if (n > 0)
            ret->value = figure_quotient(op->arena, sum, n, ind->decimals);
        break;
    }
    return ret->value == NULL && !(ret->has_den && ret->den == 0) ? no_memory(op) : ERR_OK;
}

static enum err_code figure_value(struct figuring *f, const struct indicator *ind,
                                  const struct period *period, struct figure_value *ret)
{
    const struct cell *cells;
    int64_t n, sum, den = 0, unused;
    size_t n_cells;
    bool days;

    TRY(part_cells(f, &ind->num, period, COL_NONE, false, &cells, &n_cells, &days));
    cells_total(cells, n_cells, &n, &sum);
    if (ind->form == FORM_RATE) {
        TRY(part_cells(f, &ind->den, period, COL_NONE, false, &cells, &n_cells, &days));
        cells_total(cells, n_cells, &den, &unused);
    }
    return value_of(f->op, ind, n, sum, den, ret);
}

/* ---- breakdowns ---- */

static enum err_code cell_key(struct op *op, const struct cell *cell, enum list_by by, bool days,
                              const char **ret)
{
    char text[DATE_TEXT];

    if (by == BY_KIND)
        *ret = cell->kind;
    else if (by == BY_BODY)
        *ret = cell->body;
    else if (by != BY_MONTH)
        *ret = cell->value;
    else {
        date_format(days ? cell->period : date_month_start(cell->period), text);
        text[7] = '\0'; /* "2026-03" */
        *ret = arena_strdup(op->arena, text);
    }
    return *ret == NULL ? no_memory(op) : ERR_OK;
}

static void add_to(struct figure_cell *cells, size_t *n, const char *key, const struct cell *from)
{
    size_t i = 0;

    while (i < *n && strcmp(cells[i].key, key) != 0)
        i++;
    if (i == *n)
        cells[(*n)++].key = key;
    cells[i].n += from->n;
    cells[i].sum += from->sum;
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

enum err_code figure_breakdown(struct figuring *f, const struct indicator_part *part,
                               const struct period *period, enum list_by by,
                               struct figure_cell **ret, size_t *ret_n)
{
    bool each = by == BY_BODY || by == BY_MONTH, days;
    struct figure_cell *cells;
    const struct cell *from;
    size_t n_from, n = 0;

    TRY(part_cells(f, part, period, column_of_breakdown(by), each, &from, &n_from, &days));
    cells = ARENA_ARRAY(f->op->arena, struct figure_cell, n_from + 1);
    if (cells == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < n_from; i++) {
        const char *key;

        if (from[i].n == 0 && from[i].sum == 0)
            continue;
        TRY(cell_key(f->op, &from[i], by, days, &key));
        add_to(cells, &n, key, &from[i]);
    }
    qsort(cells, n, sizeof *cells, by == BY_MONTH ? by_key : by_number);
    *ret = cells;
    *ret_n = n;
    return ERR_OK;
}

/* ---- ids ---- */

static char *make_id(struct figuring *f, const struct indicator *ind, const struct period *period)
{
    char text[PERIOD_TEXT];

    period_format(period, text);
    return arena_printf(f->op->arena, "%s:%s:%s%s@%lld", ind->id, f->body, text,
                        f->scope == SCOPE_OWN ? ":own" : "", (long long)snapshot_position(f->snap));
}

static enum err_code not_an_id(struct op *op)
{
    return err_field(&op->err, ERR_INVALID, "id", "figure_id", "这不是一个数字的编号",
                     "This is not the id of a figure");
}

enum err_code figure_id_read(struct op *op, const struct indicators *indicators, const char *id,
                             struct figure_id *ret)
{
    char *text = arena_strdup(op->arena, id), *at, *parts[4] = {NULL};
    int64_t position;
    size_t n = 0;

    if (text == NULL)
        return no_memory(op);
    at = strrchr(text, '@');
    if (at != NULL) { /* live figures: the position only says when it was read */
        *at = '\0';
        if (!text_int64(at + 1, &position))
            return not_an_id(op);
    }
    for (char *p = text, *next; p != NULL && n < 4; p = next) {
        next = strchr(p, ':');
        if (next != NULL)
            *next++ = '\0';
        parts[n++] = p;
        if (next != NULL && n == 4)
            return not_an_id(op);
    }
    if (n < 3 || (n == 4 && strcmp(parts[3], "own") != 0))
        return not_an_id(op);
    ret->indicator = indicators_find(indicators, parts[0]);
    ret->body = parts[1];
    ret->scope = n == 4 ? SCOPE_OWN : SCOPE_SUBTREE;
    if (ret->indicator == NULL ||
        period_parse(parts[2], &ret->period, &(struct err){.code = ERR_OK}) != ERR_OK)
        return not_an_id(op);
    return ERR_OK;
}

/* ---- queries ---- */

static enum err_code unknown_indicator(struct op *op)
{
    return err_field(&op->err, ERR_NOT_FOUND, "indicator", "unknown", "没有这个指标",
                     "There is no such indicator");
}

static enum err_code figure_of(struct figuring *f, const struct indicator *ind,
                               const struct figures_query *q, struct figure *ret)
{
    struct period against;

    *ret = (struct figure){.indicator = ind, .id = make_id(f, ind, &q->period)};
    ret->without_reports = !f->reports && !ind->only_reports;
    if (ret->id == NULL)
        return no_memory(f->op);
    TRY(figure_value(f, ind, &q->period, &ret->is));
    if (q->against != AGAINST_NOTHING) {
        against = q->against == AGAINST_PREVIOUS ? period_previous(&q->period)
                                                 : period_last_year(&q->period);
        period_format(&against, ret->against_period);
        TRY(figure_value(f, ind, &against, &ret->against));
    }
    if (q->by != BY_NOTHING && q->by != BY_LEVEL && q->by != BY_WAITING_FOR) {
        struct figure_cell *cells;

        TRY(figure_breakdown(f, &ind->num, &q->period, q->by, &cells, &ret->n_cells));
        ret->cells = cells;
    }
    return ERR_OK;
}

static bool hidden(const struct figuring *f, const struct indicator *ind)
{
    return ind->only_reports && !f->reports;
}

enum err_code figures_in(struct figuring *f, const struct indicators *indicators,
                         const struct figures_query *q, bool dashboard, struct figure_list *ret)
{
    size_t max = q->n_ids > 0 ? q->n_ids : indicators_count(indicators);

    ret->figures = ARENA_ARRAY(f->op->arena, struct figure, max + 1);
    ret->n = 0;
    ret->position = snapshot_position(f->snap);
    if (ret->figures == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < max; i++) {
        const struct indicator *ind =
            q->n_ids > 0 ? indicators_find(indicators, q->ids[i]) : indicators_at(indicators, i);

        if (q->n_ids > 0 && (ind == NULL || hidden(f, ind)))
            return unknown_indicator(f->op);
        if (hidden(f, ind) || (dashboard && !ind->dashboard))
            continue;
        TRY(figure_of(f, ind, q, &ret->figures[ret->n]));
        ret->n++;
    }
    return ERR_OK;
}

enum err_code figures_query(struct op *op, const struct indicators *indicators,
                            const struct figures_query *query, struct figure_list *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct figuring f;

    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, query->body, query->scope, &f));
    return figures_in(&f, indicators, query, false, ret);
}
