/* The numbers that stand in a summary: values, changes, growths, ranks, each once. */
#include <string.h>

#include "insight/figures_internal.h"
#include "insight/summary_internal.h"

#define GROWTH_DECIMALS 1

const char *made_name(struct maker *m, enum figure_dimension by, const char *key)
{
    if (by == DIM_BRANCH && strcmp(key, m->q->body) == 0)
        return m->words->own;
    return arena_strdup(m->op->arena, m->world->label(m->world->arg, by, key).zh);
}

static const struct figure_cell *cell_of(const struct figure *f, const char *key)
{
    for (size_t i = 0; i < f->n_cells; i++)
        if (strcmp(f->cells[i].key, key) == 0)
            return &f->cells[i];
    return NULL;
}

/* Nothing in the cell: 0, or no value for what would be divided. */
static enum err_code empty_value(struct op *op, const struct indicator *ind,
                                 struct figure_value *ret)
{
    *ret = (struct figure_value){.has_den = ind->form == FORM_RATE || ind->form == FORM_MEAN};
    if (!ret->has_den)
        ret->value = figure_quotient(op->arena, 0, 1, ind->decimals);
    return ret->has_den || ret->value != NULL ? ERR_OK : made_no_memory(op);
}

static const char *id_without_position(struct op *op, const char *id)
{
    const char *at = id == NULL ? NULL : strrchr(id, '@');

    return at == NULL ? NULL : arena_strndup(op->arena, id, (size_t)(at - id));
}

static bool made_find(const struct maker *m, const char *id, size_t *ret)
{
    for (size_t i = 0; i < m->n_made; i++)
        if (strcmp(m->made[i].id, id) == 0) {
            *ret = i;
            return true;
        }
    return false;
}

static enum err_code made_add(struct maker *m, struct made_figure figure, size_t *ret)
{
    if (figure.id == NULL)
        return made_no_memory(m->op);
    if (made_find(m, figure.id, ret))
        return ERR_OK;
    if (m->n_made == MADE_MAX)
        return err_set(&m->op->err, ERR_INVALID, "a summary has too many figures");
    *ret = m->n_made;
    m->made[m->n_made++] = figure;
    return ERR_OK;
}

static size_t ask(struct maker *m, const struct made_figure *f, enum figure_part part,
                  enum figure_dimension by, const char *key)
{
    m->asks[m->n_asks] = (struct frozen_ask){.indicator = f->indicator,
                                             .part = part,
                                             .period = m->periods[f->when],
                                             .by = by,
                                             .key = key};
    return m->n_asks++;
}

enum err_code made_value(struct maker *m, const struct indicator *ind, enum summary_when when,
                         enum figure_dimension by, const char *key, size_t *ret)
{
    const struct figure *figure = made_figure_of(m, ind, when, by);
    const struct figure_cell *cell;
    struct made_figure f = {.form = MADE_VALUE,
                            .indicator = ind,
                            .when = when,
                            .decimals = ind->decimals,
                            .asks = {NO_ASK, NO_ASK}};

    if (figure == NULL)
        return err_set(&m->op->err, ERR_INTERNAL, "figure %s was not asked for", ind->id);
    if (by == DIM_NONE) {
        f.id = id_without_position(m->op, figure->id);
        f.is = figure->is;
    } else {
        f.id = id_without_position(m->op, figure_cell_id(m->op, figure, key));
        f.part = made_name(m, by, key);
        cell = cell_of(figure, key);
        if (cell != NULL)
            f.is = cell->is;
        else
            TRY(empty_value(m->op, ind, &f.is));
    }
    if (f.id == NULL)
        return made_no_memory(m->op);
    if (made_find(m, f.id, ret))
        return ERR_OK;
    f.asks[0] = ask(m, &f, PART_NUM, by, key);
    if (ind->form == FORM_RATE)
        f.asks[1] = ask(m, &f, PART_DEN, by, key);
    return made_add(m, f, ret);
}

/* "-12.50" with that many decimals as a whole number. */
static int64_t scaled(const char *text, int decimals)
{
    int64_t n = 0;
    int after = -1;

    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '.')
            after = 0;
        if (*p < '0' || *p > '9' || after >= decimals)
            continue;
        n = n * 10 + (*p - '0');
        after += after >= 0;
    }
    for (after = after < 0 ? 0 : after; after < decimals; after++)
        n *= 10;
    return *text == '-' ? -n : n;
}

bool decimal_less(const char *a, const char *b)
{
    return scaled(a, 6) < scaled(b, 6);
}

static const char *derived_id(struct maker *m, const char *what, size_t a, size_t b)
{
    const char *when = m->made[b].when == WHEN_LAST_YEAR ? "lastyear" : "prev";

    return arena_printf(m->op->arena, "%s:%s=%s", m->made[a].id, what, when);
}

static int sign_of(int64_t n)
{
    return n < 0 ? -1 : n > 0;
}

enum err_code made_change(struct maker *m, size_t a, size_t b, size_t *ret)
{
    const struct made_figure *x = &m->made[a], *y = &m->made[b];
    struct made_figure f = {.form = MADE_CHANGE,
                            .id = derived_id(m, "change", a, b),
                            .indicator = x->indicator,
                            .part = x->part,
                            .when = y->when,
                            .decimals = x->decimals,
                            .of = {a, b},
                            .asks = {NO_ASK, NO_ASK}};
    int64_t unit = 1;

    if (x->is.value != NULL && y->is.value != NULL) {
        f.is.num = scaled(x->is.value, x->decimals) - scaled(y->is.value, y->decimals);
        for (int i = 0; i < x->decimals; i++)
            unit *= 10;
        f.is.value = figure_quotient(m->op->arena, f.is.num, unit, x->decimals);
        f.sign = sign_of(f.is.num);
        if (f.is.value == NULL)
            return made_no_memory(m->op);
    }
    return made_add(m, f, ret);
}

enum err_code made_growth(struct maker *m, size_t a, size_t b, size_t *ret)
{
    const struct made_figure *x = &m->made[a], *y = &m->made[b];
    struct made_figure f = {.form = MADE_GROWTH,
                            .id = derived_id(m, "growth", a, b),
                            .indicator = x->indicator,
                            .part = x->part,
                            .when = y->when,
                            .decimals = GROWTH_DECIMALS,
                            .of = {a, b},
                            .asks = {NO_ASK, NO_ASK}};

    f.is.has_den = true;
    f.is.num = x->is.num - y->is.num;
    f.is.den = y->is.num;
    f.sign = sign_of(f.is.num);
    if (f.is.den > 0) {
        f.is.value = figure_quotient(m->op->arena, f.is.num * 100, f.is.den, GROWTH_DECIMALS);
        if (f.is.value == NULL)
            return made_no_memory(m->op);
    }
    return made_add(m, f, ret);
}

enum err_code made_rank(struct maker *m, const char *key, size_t rank, size_t *ret)
{
    char period[PERIOD_TEXT];
    struct made_figure f = {.form = MADE_RANK, .asks = {NO_ASK, NO_ASK}};

    period_format(&m->q->period, period);
    f.id = arena_printf(m->op->arena, "rank:%s:%s:branch=%s", m->q->body, period, key);
    f.part = made_name(m, DIM_BRANCH, key);
    f.is.num = (int64_t)rank;
    f.is.value = arena_printf(m->op->arena, "%zu", rank);
    return f.is.value == NULL ? made_no_memory(m->op) : made_add(m, f, ret);
}
