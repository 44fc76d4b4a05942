/* Rows of a table that another entry gives: the questions of a quiz beside its answers, what a bank
 * of questions says of one. Whatever is sent for such a cell, the other entry's own stands there.
 */
#include "work/entry_given.h"

#include <string.h>

static enum err_code named_entry(struct op *op, struct snapshot *snap, const char *of_register,
                                 const json_t *number, struct record *ret)
{
    struct err before;
    const struct register_def *def;
    enum err_code rc = ERR_NOT_FOUND;

    err_keep(&op->err, &before);
    if (json_is_string(number)) {
        rc = register_for(op, of_register, &def);
        if (rc == ERR_OK)
            rc = entry_by_number(op, snap, def, json_string_value(number), MAY_READ_ENTRY, ret);
    }
    err_back(&op->err, &before); /* what is not there is told by the check of the link */
    return rc;
}

static enum err_code refuse_state(struct op *op, const struct register_def *def,
                                  const struct record *r, const char *path)
{
    const struct flow_state *state =
        def == NULL ? NULL : flow_state(&def->flow, record_member(r, "status"));

    return err_field(&op->err, ERR_INVALID, path, "state",
                     arena_printf(op->arena, "%s现在的状态是“%s”，不能用",
                                  record_member(r, "number"), state == NULL ? "" : state->label.zh),
                     arena_printf(op->arena, "%s is in the state \"%s\" and cannot be used.",
                                  record_member(r, "number"),
                                  state == NULL ? "" : state->label.en));
}

static bool in_states(const struct field_given *g, const struct record *r)
{
    const char *status = record_member(r, "status");
    bool in = g->n_in == 0;

    for (size_t i = 0; i < g->n_in; i++)
        in |= strcmp(g->in[i], status) == 0;
    return in;
}

/* @p of has a member of that name, in whatever row: then the cell is the other's to say. */
static void copy_cells(const struct act_field *table, json_t *row, const json_t *cells,
                       bool (*gives)(const void *arg, const char *name), const void *arg)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        const char *name = table->columns[c].name;
        json_t *cell = json_object_get(cells, name);

        if (!gives(arg, name))
            continue;
        if (entry_blank(cell))
            json_object_del(row, name);
        else
            json_object_set(row, name, cell);
    }
}

static bool gives_field(const void *arg, const char *name)
{
    return register_field(arg, name) != NULL;
}

static bool gives_column(const void *arg, const char *name)
{
    const struct act_field *table = arg;

    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return true;
    return false;
}

/* Each row by the entry that one of its columns names. */
static enum err_code by_column(struct op *op, struct snapshot *snap, const struct act_field *f,
                               json_t *rows)
{
    const char *of_register = NULL;

    for (size_t c = 0; c < f->n_columns; c++)
        if (strcmp(f->columns[c].name, f->given->column) == 0)
            of_register = f->columns[c].of_register;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        CLEANUP(record_release) struct record r = {0};
        json_t *row = json_array_get(rows, i);
        const struct register_def *def;

        if (named_entry(op, snap, of_register, json_object_get(row, f->given->column), &r) !=
            ERR_OK)
            continue;
        def = entry_def(op, &r);
        if (!in_states(f->given, &r))
            (void)refuse_state(
                op, def, &r,
                arena_printf(op->arena, "fields.%s.%zu.%s", f->name, i, f->given->column));
        copy_cells(f, row, json_object_get(r.state, "fields"), gives_field, def);
    }
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

/* Row by row of a table of the entry that a link names; nothing where that table is empty. */
static enum err_code by_link(struct op *op, struct snapshot *snap, const struct act_field *f,
                             const struct act_field *link, const json_t *number, json_t *rows)
{
    CLEANUP(record_release) struct record r = {0};
    const struct act_field *table;
    const json_t *given;
    const char *path = arena_printf(op->arena, "fields.%s", f->name);

    if (named_entry(op, snap, link->of_register, number, &r) != ERR_OK)
        return ERR_OK;
    table = register_field(entry_def(op, &r), f->given->table);
    given = json_object_get(json_object_get(r.state, "fields"), f->given->table);
    if (table == NULL || json_array_size(given) == 0)
        return ERR_OK;
    if (!in_states(f->given, &r))
        return refuse_state(op, entry_def(op, &r), &r,
                            arena_printf(op->arena, "fields.%s", link->name));
    if (json_array_size(rows) != json_array_size(given))
        return err_field(
            &op->err, ERR_INVALID, path, "rows",
            arena_printf(op->arena, "%s要逐行填完，共 %zu 行", f->label.zh, json_array_size(given)),
            arena_printf(op->arena, "%s: fill in every line, %zu in all.", f->label.en,
                         json_array_size(given)));
    for (size_t i = 0; i < json_array_size(rows); i++)
        copy_cells(f, json_array_get(rows, i), json_array_get(given, i), gives_column, table);
    return ERR_OK;
}

static bool all_rows(const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!json_is_object(json_array_get(rows, i)))
            return false;
    return json_is_array(rows);
}

enum err_code entry_given_fill(struct op *op, struct snapshot *snap, const struct act_field *f,
                               const struct act_field *link, const json_t *number, json_t *rows)
{
    if (!all_rows(rows))
        return ERR_OK;
    return f->given->column != NULL ? by_column(op, snap, f, rows)
                                    : by_link(op, snap, f, link, number, rows);
}

enum err_code entry_given(struct op *op, struct snapshot *snap, const struct register_def *def,
                          const json_t *now, json_t **given)
{
    for (size_t i = 0; json_is_object(*given) && i < def->registering.n_fields; i++) {
        const struct act_field *f = &def->registering.fields[i], *link;
        const json_t *rows, *number;
        json_t *whole;

        if (f->given == NULL)
            continue;
        link = f->given->link == NULL ? NULL : register_field(def, f->given->link);
        number = link == NULL ? NULL : json_object_get(*given, link->name);
        rows = json_object_get(*given, f->name);
        if (rows == NULL && number != NULL) /* another link: its rows are others */
            rows = json_object_get(now, f->name);
        if (rows == NULL)
            continue;
        if (number == NULL && link != NULL)
            number = json_object_get(now, link->name);
        whole = json_copy(*given);
        json_object_set_new(whole, f->name, json_deep_copy(rows));
        json_decref(*given);
        *given = whole;
        TRY(entry_given_fill(op, snap, f, link, number, json_object_get(whole, f->name)));
    }
    return ERR_OK;
}
