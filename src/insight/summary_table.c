/* Tables and charts of a summary. */
#include <string.h>

#include "insight/summary_internal.h"

/* One row: a branch, a category. */
struct line {
    const char *key;
    size_t rank; /* 0: none */
};

/* ---- rows ---- */

static bool has_something(struct maker *m, const struct summary_table *t, const char *key)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct figure *f = t->columns[i].indicator == NULL
                                     ? NULL
                                     : made_figure_of(m, t->columns[i].indicator, WHEN_NOW, t->by);

        for (size_t k = 0; f != NULL && k < f->n_cells; k++)
            if (strcmp(f->cells[k].key, key) == 0)
                return true;
    }
    return false;
}

/* Every branch, also those with nothing; the body itself only when it has something. */
static enum err_code branch_lines(struct maker *m, const struct summary_table *t, struct line **ret,
                                  size_t *ret_n)
{
    const struct summary_world *w = m->world;
    struct line *lines = ARENA_ARRAY(m->op->arena, struct line, w->n_branches + 1);

    if (lines == NULL)
        return made_no_memory(m->op);
    *ret_n = 0;
    for (size_t i = 0; i < w->n_branches; i++)
        lines[(*ret_n)++].key = w->branches[i];
    if (w->n_branches == 0 || has_something(m, t, m->q->body))
        lines[(*ret_n)++].key = m->q->body;
    *ret = lines;
    return ERR_OK;
}

static enum err_code top_lines(struct maker *m, const struct summary_table *t, struct line **ret,
                               size_t *ret_n)
{
    const struct figure *f = made_figure_of(m, t->of, WHEN_NOW, t->by);
    struct line *lines = ARENA_ARRAY(m->op->arena, struct line, (size_t)t->top + 1);

    if (lines == NULL)
        return made_no_memory(m->op);
    *ret_n = 0;
    for (size_t i = 0; f != NULL && i < f->n_cells && *ret_n < (size_t)t->top; i++)
        if (f->cells[i].key[0] != '\0' && f->cells[i].n > 0)
            lines[(*ret_n)++].key = f->cells[i].key;
    *ret = lines;
    return ERR_OK;
}

/* ---- ranks ---- */

/* Above zero when a is the better. Rates and means compare as fractions, not as printed. */
static int better(struct maker *m, const struct summary_table *t, const char *a, const char *b)
{
    for (size_t i = 0; i < t->n_ranks; i++) {
        size_t x, y;
        const struct figure_value *v, *w;
        __int128 l, r;

        if (made_value(m, t->ranks[i], WHEN_NOW, t->by, a, &x) != ERR_OK ||
            made_value(m, t->ranks[i], WHEN_NOW, t->by, b, &y) != ERR_OK)
            return 0;
        v = &m->made[x].is;
        w = &m->made[y].is;
        if (v->value == NULL || w->value == NULL) {
            if ((v->value == NULL) != (w->value == NULL))
                return v->value == NULL ? -1 : 1;
            continue;
        }
        l = (__int128)v->num * (w->has_den ? w->den : 1);
        r = (__int128)w->num * (v->has_den ? v->den : 1);
        if (l != r)
            return l > r ? 1 : -1;
    }
    return 0;
}

/* 1 for the best, equal ones share; none for who has nothing to be compared by. */
static enum err_code rank_lines(struct maker *m, const struct summary_table *t, struct line *lines,
                                size_t n)
{
    for (size_t i = 0; t->n_ranks > 0 && i < n; i++) {
        size_t first;

        TRY(made_value(m, t->ranks[0], WHEN_NOW, t->by, lines[i].key, &first));
        if (m->made[first].is.value == NULL)
            continue;
        lines[i].rank = 1;
        for (size_t k = 0; k < n; k++)
            lines[i].rank += k != i && better(m, t, lines[k].key, lines[i].key) > 0;
    }
    return ERR_OK;
}

/* ---- cells ---- */

static json_t *nothing_cell(struct maker *m, size_t figure)
{
    return json_pack("{s:s, s:i}", "text", m->words->nothing, "figure", (int)figure);
}

static json_t *number_cell(struct maker *m, size_t figure, const char *suffix, bool sign)
{
    const struct made_figure *f = &m->made[figure];
    const char *plus = sign && f->sign > 0 ? "+" : "", *text;

    if (f->is.value == NULL)
        return nothing_cell(m, figure);
    text = arena_printf(m->op->arena, "%s%s%s", plus, f->is.value, suffix);
    return text == NULL ? NULL
                        : json_pack("{s:s, s:i, s:s, s:i, s:s, s:b}", "text", text, "figure",
                                    (int)figure, "number", f->is.value, "decimals", f->decimals,
                                    "suffix", suffix, "sign", (int)sign);
}

static const char *suffix_of(const struct indicator *ind)
{
    return ind->form == FORM_RATE ? "%" : "";
}

static json_t *fraction_cell(struct maker *m, size_t figure)
{
    const struct figure_value *v = &m->made[figure].is;
    const char *text =
        arena_printf(m->op->arena, "%lld/%lld", (long long)v->num, (long long)v->den);

    return text == NULL ? NULL : json_pack("{s:s, s:i}", "text", text, "figure", (int)figure);
}

static enum err_code warn(struct maker *m, const struct summary_column *c, size_t figure,
                          json_t *cell)
{
    const char *value = m->made[figure].is.value, *slot = strstr(m->words->below, "{below}"), *text;

    if (c->below == NULL || value == NULL || slot == NULL || !decimal_less(value, c->below))
        return ERR_OK;
    text = arena_printf(m->op->arena, "%.*s%s%s%s", (int)(slot - m->words->below), m->words->below,
                        c->below, suffix_of(c->indicator), slot + 7);
    return text == NULL || json_object_set_new(cell, "warning", json_string(text)) != 0
               ? made_no_memory(m->op)
               : ERR_OK;
}

/* @p key "" and @p by DIM_NONE for the total. */
static enum err_code column_cell(struct maker *m, const struct summary_column *c,
                                 enum figure_dimension by, const struct line *line, json_t **ret)
{
    size_t figure, then;

    *ret = NULL;
    if (c->kind == COLUMN_RANK) {
        if (line->rank == 0) {
            *ret = json_pack("{s:s}", "text", m->words->nothing);
        } else {
            TRY(made_rank(m, line->key, line->rank, &figure));
            *ret = number_cell(m, figure, "", false);
        }
        return *ret == NULL ? made_no_memory(m->op) : ERR_OK;
    }
    TRY(made_value(m, c->indicator, c->kind == COLUMN_VALUE ? c->against : WHEN_NOW, by, line->key,
                   &figure));
    if (c->kind == COLUMN_VALUE) {
        *ret = number_cell(m, figure, suffix_of(c->indicator), false);
        if (*ret != NULL)
            TRY(warn(m, c, figure, *ret));
    } else if (c->kind == COLUMN_FRACTION) {
        *ret = fraction_cell(m, figure);
    } else {
        TRY(made_value(m, c->indicator, c->against, by, line->key, &then));
        if (c->kind == COLUMN_CHANGE)
            TRY(made_change(m, figure, then, &figure));
        else
            TRY(made_growth(m, figure, then, &figure));
        *ret = number_cell(m, figure, c->kind == COLUMN_GROWTH ? "%" : "", true);
    }
    return *ret == NULL ? made_no_memory(m->op) : ERR_OK;
}

/* ---- the table ---- */

static bool shown(const struct maker *m, const struct summary_column *c)
{
    return m->q->reports || !(c->reports || (c->indicator != NULL && c->indicator->only_reports));
}

static enum err_code table_row(struct maker *m, const struct summary_table *t,
                               enum figure_dimension by, const struct line *line, const char *name,
                               json_t *rows)
{
    json_t *row = json_pack("{s:b, s:s, s:[{s:s?}]}", "total", by == DIM_NONE, "key", line->key,
                            "cells", "text", name);
    json_t *cells = json_object_get(row, "cells");

    if (row == NULL || json_array_append_new(rows, row) != 0)
        return made_no_memory(m->op);
    for (size_t i = 0; i < t->n_columns; i++) {
        json_t *cell;

        if (!shown(m, &t->columns[i]))
            continue;
        TRY(column_cell(m, &t->columns[i], by, line, &cell));
        if (json_array_append_new(cells, cell) != 0)
            return made_no_memory(m->op);
    }
    return ERR_OK;
}

static enum err_code table_columns(struct maker *m, const struct summary_table *t, json_t *columns)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *label;

        if (!shown(m, &t->columns[i]))
            continue;
        TRY(make_words(m, t->columns[i].label, &label));
        if (json_array_append_new(columns, json_pack("{s:s, s:b, s:i}", "label", label, "number", 1,
                                                     "width", (int)t->columns[i].width)) != 0)
            return made_no_memory(m->op);
    }
    return ERR_OK;
}

enum err_code make_table(struct maker *m, const struct summary_table *t)
{
    json_t *table =
        json_pack("{s:s, s:s, s:[{s:s, s:b, s:i}], s:[]}", "caption", t->caption, "name", t->name,
                  "columns", "label", t->rows_label, "number", 0, "width", 16, "rows");
    json_t *rows = json_object_get(table, "rows");
    struct line *lines = NULL, total = {.key = ""};
    size_t n = 0;

    if (table == NULL)
        return made_no_memory(m->op);
    TRY(make_block(m, json_pack("{s:o}", "table", table)));
    TRY(table_columns(m, t, json_object_get(table, "columns")));
    if (t->of == NULL)
        TRY(branch_lines(m, t, &lines, &n));
    else
        TRY(top_lines(m, t, &lines, &n));
    TRY(rank_lines(m, t, lines, n));
    for (size_t i = 0; i < n; i++)
        TRY(table_row(m, t, t->by, &lines[i], made_name(m, t->by, lines[i].key), rows));
    return t->total == NULL ? ERR_OK : table_row(m, t, DIM_NONE, &total, t->total, rows);
}

/* ---- charts ---- */

enum err_code make_chart(struct maker *m, const struct summary_block *b)
{
    const struct summary_list *c = b->chart;
    const struct figure *f = made_figure_of(m, c->indicator, WHEN_NOW, c->by);
    json_t *chart =
        json_pack("{s:s, s:s, s:s, s:[], s:[]}", "title", c->id, "unit", c->indicator->unit.zh,
                  "form", b->columns ? "columns" : "bars", "labels", "figures");
    size_t taken = 0, made;

    if (f == NULL || f->n_cells == 0) {
        json_decref(chart);
        return ERR_OK;
    }
    TRY(make_block(m, json_pack("{s:o}", "chart", chart)));
    for (size_t i = 0; i < f->n_cells && taken < (size_t)c->top; i++) {
        if (f->cells[i].key[0] == '\0' || f->cells[i].is.value == NULL)
            continue;
        TRY(made_value(m, c->indicator, WHEN_NOW, c->by, f->cells[i].key, &made));
        json_array_append_new(json_object_get(chart, "labels"),
                              json_string(made_name(m, c->by, f->cells[i].key)));
        json_array_append_new(json_object_get(chart, "figures"), json_integer((json_int_t)made));
        taken++;
    }
    return ERR_OK;
}
