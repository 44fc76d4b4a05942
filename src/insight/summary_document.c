/* From the content of a summary to a document. */
#include <string.h>

#include "insight/summary_internal.h"

struct laying {
    struct op *op;
    const json_t *content, *figures;
    const char *edition;
    struct document *d;
    bool bad;
};

static const char *text_of(struct laying *l, const json_t *object, const char *key, bool required)
{
    const char *text = json_string_value(json_object_get(object, key));

    if (text == NULL && required)
        l->bad = true;
    return text == NULL && required ? "" : text;
}

/* The whole id of the figure that the object names; NULL where it names none. */
static const char *figure_id(struct laying *l, const json_t *position)
{
    const json_t *figure = json_is_integer(position)
                               ? json_array_get(l->figures, (size_t)json_integer_value(position))
                               : NULL;
    const char *id;

    if (figure == NULL) {
        l->bad |= json_is_integer(position);
        return NULL;
    }
    id = arena_printf(l->op->arena, "%s@%s", text_of(l, figure, "id", true), l->edition);
    l->bad |= id == NULL;
    return id;
}

static void lay_runs(struct laying *l, const json_t *runs)
{
    document_paragraph(l->d);
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);

        document_run(l->d, text_of(l, run, "text", true),
                     figure_id(l, json_object_get(run, "figure")));
    }
}

static struct document_cell cell_of(struct laying *l, const json_t *cell)
{
    return (struct document_cell){
        .text = text_of(l, cell, "text", false),
        .figure = figure_id(l, json_object_get(cell, "figure")),
        .number = text_of(l, cell, "number", false),
        .decimals = (int)json_integer_value(json_object_get(cell, "decimals")),
        .suffix = text_of(l, cell, "suffix", false),
        .sign = json_is_true(json_object_get(cell, "sign")),
        .warning = text_of(l, cell, "warning", false),
    };
}

static void lay_table(struct laying *l, const json_t *table)
{
    const json_t *columns = json_object_get(table, "columns"),
                 *rows = json_object_get(table, "rows");
    size_t n = json_array_size(columns);
    struct document_column *list = ARENA_ARRAY(l->op->arena, struct document_column, n + 1);

    if (list == NULL || n == 0 || n > SUMMARY_COLUMNS_MAX + 1) {
        l->bad = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *c = json_array_get(columns, i);

        list[i] = (struct document_column){
            .label = text_of(l, c, "label", true),
            .number = json_is_true(json_object_get(c, "number")),
            .width = (double)json_integer_value(json_object_get(c, "width")),
        };
    }
    document_table(l->d, &(struct document_table){.caption = text_of(l, table, "caption", true),
                                                  .name = text_of(l, table, "name", true),
                                                  .columns = list,
                                                  .n_columns = n});
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *cells = json_object_get(row, "cells");

        for (size_t k = 0; k < json_array_size(cells) && k < n; k++) {
            struct document_cell cell = cell_of(l, json_array_get(cells, k));

            document_cell(l->d, &cell);
        }
        document_row(l->d, json_is_true(json_object_get(row, "total")) ? ROW_TOTAL : ROW_BODY);
    }
}

static void lay_chart(struct laying *l, const json_t *chart)
{
    const json_t *labels = json_object_get(chart, "labels");
    const json_t *figures = json_object_get(chart, "figures");
    size_t n = json_array_size(labels);
    const char **names = ARENA_ARRAY(l->op->arena, const char *, n + 1);
    const char **values = ARENA_ARRAY(l->op->arena, const char *, n + 1);
    const char **ids = ARENA_ARRAY(l->op->arena, const char *, n + 1);
    const char *form = text_of(l, chart, "form", true);

    if (names == NULL || values == NULL || ids == NULL || json_array_size(figures) != n) {
        l->bad = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *position = json_array_get(figures, i);

        names[i] = json_string_value(json_array_get(labels, i));
        ids[i] = figure_id(l, position);
        values[i] = json_string_value(json_object_get(
            json_array_get(l->figures, (size_t)json_integer_value(position)), "value"));
        l->bad |= names[i] == NULL || values[i] == NULL;
    }
    if (!l->bad)
        document_chart(l->d, &(struct document_chart){
                                 .form = strcmp(form, "columns") == 0 ? CHART_LINE : CHART_BARS,
                                 .title = text_of(l, chart, "title", true),
                                 .unit = text_of(l, chart, "unit", true),
                                 .labels = names,
                                 .values = values,
                                 .figures = ids,
                                 .n = n});
}

static void lay_block(struct laying *l, const json_t *block)
{
    const json_t *value;

    if (json_object_get(block, "heading") != NULL) {
        int level = (int)json_integer_value(json_object_get(block, "level"));

        document_heading(l->d, level < 1 || level > 3 ? 1 : level,
                         text_of(l, block, "heading", true));
    } else if ((value = json_object_get(block, "runs")) != NULL) {
        lay_runs(l, value);
    } else if ((value = json_object_get(block, "table")) != NULL) {
        lay_table(l, value);
    } else if ((value = json_object_get(block, "chart")) != NULL) {
        lay_chart(l, value);
    } else {
        document_note(l->d, text_of(l, block, "note", true));
    }
}

static const char *whole_number(struct laying *l, const json_t *figure, const char *key)
{
    const json_t *value = json_object_get(figure, key);

    return json_is_integer(value)
               ? arena_printf(l->op->arena, "%lld", (long long)json_integer_value(value))
               : NULL;
}

static void lay_figures(struct laying *l)
{
    for (size_t i = 0; i < json_array_size(l->figures); i++) {
        CLEANUP(json_decrefp) json_t *position = json_integer((json_int_t)i);
        const json_t *f = json_array_get(l->figures, i);

        document_figure(
            l->d, &(struct document_figure){.id = figure_id(l, position),
                                            .label = text_of(l, f, "label", true),
                                            .value = text_of(l, f, "value", false),
                                            .unit = text_of(l, f, "unit", true),
                                            .numerator = whole_number(l, f, "num"),
                                            .denominator = whole_number(l, f, "den"),
                                            .definition = text_of(l, f, "definition", false)});
    }
}

enum err_code summary_document(struct op *op, const json_t *content,
                               const struct summary_edition *edition, struct document **ret)
{
    struct laying l = {.op = op,
                       .content = content,
                       .figures = json_object_get(content, "figures"),
                       .edition = edition->key};
    const json_t *blocks = json_object_get(content, "blocks");

    l.d = document_new(op->arena, text_of(&l, content, "title", true), edition->made_ms);
    if (l.d == NULL)
        return made_no_memory(op);
    if (edition->subtitle != NULL)
        document_subtitle(l.d, edition->subtitle);
    for (size_t i = 0; i < json_array_size(blocks) && !l.bad; i++)
        lay_block(&l, json_array_get(blocks, i));
    lay_figures(&l);
    if (l.bad)
        return err_set(&op->err, ERR_CORRUPT, "the content of a summary does not read");
    *ret = l.d;
    return ERR_OK;
}
