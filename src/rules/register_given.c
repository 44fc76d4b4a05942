/* Checks whence the rows of tables are filled, once every register is read: the entry that is
 * named, and columns of the same name and kind on both sides. */
#include <string.h>

#include "rules/register_internal.h"

/* Nothing that is not for everybody who may read the entry it goes into. */
static bool can_be_given(const struct act_field *f)
{
    const enum field_kind k = f->kind;

    return !f->sealed && k != FIELD_PERSON && k != FIELD_FILE && k != FIELD_MATTER &&
           k != FIELD_CASE && k != FIELD_TABLE && k != FIELD_CHECKLIST && k != FIELD_PLACE;
}

static const struct act_field *there(const struct register_def *of, const struct act_field *rows,
                                     const char *name)
{
    return rows == NULL ? register_field(of, name) : register_column(rows, name);
}

/* Columns that both have, each of one kind. @p rows  NULL: fields of the entry itself */
static void check_columns(struct register_reader *rr, const struct act_field *table,
                          const struct register_def *of, const struct act_field *rows)
{
    size_t shared = 0;

    for (size_t i = 0; i < table->n_columns; i++) {
        const struct act_field *its = there(of, rows, table->columns[i].name);

        if (its == NULL)
            continue;
        shared++;
        if (its->kind != table->columns[i].kind || !can_be_given(its))
            register_unknown(rr, "columns", table->columns[i].name);
    }
    if (shared == 0)
        reader_fault(&rr->p.r, "given_by", "missing", "两边没有同名的列。",
                     "No column has the same name on both sides.");
}

static void check_states(struct register_reader *rr, const struct field_given *g,
                         const struct register_def *of)
{
    for (size_t i = 0; i < g->n_in; i++)
        if (register_state_bit(of, g->in[i]) == 0)
            register_unknown(rr, "given_by", g->in[i]);
}

static void check_table(struct register_reader *rr, const struct act_field *table)
{
    const struct field_given *g = table->given;
    const struct act_field *link = g->column != NULL ? register_column(table, g->column)
                                   : g->link == NULL ? NULL
                                                     : register_field(rr->def, g->link),
                           *rows = NULL;
    const struct register_def *of = link == NULL || link->kind != FIELD_ENTRY
                                        ? NULL
                                        : registers_find(rr->all, link->of_register);

    if (of != NULL && g->table != NULL)
        rows = register_field(of, g->table);
    if (of == NULL || (g->table != NULL && (rows == NULL || rows->kind != FIELD_TABLE))) {
        register_unknown(rr, "given_by",
                         of == NULL ? link == NULL ? g->link : link->name : g->table);
        return;
    }
    check_columns(rr, table, of, rows);
    check_states(rr, g, of);
}

void register_check_given(struct register_reader *rr)
{
    const struct pack_act *act = &rr->def->registering;
    size_t at = reader_key(&rr->p.r, "fields");

    for (size_t i = 0; i < act->n_fields; i++) {
        size_t mark = reader_index(&rr->p.r, i);

        if (act->fields[i].given != NULL)
            check_table(rr, &act->fields[i]);
        reader_up(&rr->p.r, mark);
    }
    reader_up(&rr->p.r, at);
}
