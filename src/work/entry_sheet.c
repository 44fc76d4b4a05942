/* Registers as sheets. What is written here is what entry_import.c reads back; docs/registers.md
 * says how each kind stands in a cell. */
#include "work/entry_sheet.h"

#include <string.h>

#include "sql_queries.h"
#include "work/access.h"
#include "work/entry_cells.h"
#include "work/entry_internal.h"

#define PAGE 200
#define PAGE_ARENA ((size_t)64 << 20)

struct layout {
    const struct register_def *def;
    struct sheet_column columns[SHEET_COLUMNS_MAX];
    const char *names[SHEET_COLUMNS_MAX];
    size_t n;
};

static void add(struct layout *l, const char *name, const char *label)
{
    if (l->n == SHEET_COLUMNS_MAX)
        return;
    l->columns[l->n] = (struct sheet_column){.label = label};
    l->names[l->n++] = name;
}

/* @p whole: with what the register adds by itself. */
static void lay_out(const struct register_def *def, bool whole, struct layout *l)
{
    *l = (struct layout){.def = def};
    if (whole)
        add(l, "number", "编号");
    add(l, "body", "单位");
    for (size_t i = 0; i < def->registering.n_fields; i++)
        if (def->registering.fields[i].kind != FIELD_FILE)
            add(l, def->registering.fields[i].name, def->registering.fields[i].label.zh);
    if (!whole)
        return;
    for (size_t i = 0; i < def->n_computed; i++)
        add(l, def->computed[i].name, def->computed[i].label.zh);
    add(l, "status", "状态");
    add(l, "day", "统计日期");
}

static void write_names(const struct layout *l, struct sheet *sheet)
{
    for (size_t i = 0; i < l->n; i++)
        sheet_text(sheet, l->names[i]);
    sheet_row_end(sheet);
}

/* ---- cells ---- */

static enum err_code write_field(struct entry_secrets *s, const struct act_field *f,
                                 struct sheet *sheet)
{
    CLEANUP(json_decrefp) json_t *value = NULL;
    const char *text;

    TRY(entry_shown(s, f, &value, &text));
    if (json_is_null(value))
        sheet_text(sheet, *text == '\0' ? NULL : text);
    else if (f->kind == FIELD_INT)
        sheet_int(sheet, json_integer_value(value));
    else if (f->kind == FIELD_MONEY)
        sheet_money(sheet, json_integer_value(value));
    else if (f->kind == FIELD_DECIMAL)
        sheet_decimal(sheet, json_string_value(value), f->decimals);
    else if (f->kind == FIELD_DATE)
        sheet_date(sheet, date_parse(json_string_value(value)));
    else
        sheet_text(sheet, entry_cell_text(s->op, f, value, text));
    return ERR_OK;
}

static enum err_code write_cell(struct entry_secrets *s, const struct entry_eval *e,
                                const char *name, struct sheet *sheet)
{
    const struct register_def *def = e->env.def;
    const struct act_field *f = register_field(def, name);
    const struct register_computed *c = register_computed(def, name);
    const struct flow_state *state = flow_state(&def->flow, e->env.status);
    const struct body *body = setup_body(s->op->setup, e->env.body);

    if (f != NULL)
        return write_field(s, f, sheet);
    if (c != NULL)
        sheet_text(sheet,
                   register_computed_text(s->op->arena, c, &e->env.computed[c - def->computed]).zh);
    else if (strcmp(name, "status") == 0)
        sheet_text(sheet, state == NULL ? e->env.status : state->label.zh);
    else if (strcmp(name, "body") == 0)
        sheet_text(sheet, body == NULL ? e->env.body : body->name.zh);
    else if (strcmp(name, "day") == 0)
        sheet_date(sheet, e->env.day);
    else
        sheet_text(sheet, record_member(s->r, name));
    return ERR_OK;
}

static enum err_code write_row(struct op *op, struct snapshot *snap, const struct layout *l,
                               int64_t id, struct sheet *sheet)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = &r};
    struct entry_eval e;

    TRY(record_load(op, snap, ENTRY, id, &r));
    TRY(entry_eval(op, l->def, r.state, &e));
    for (size_t i = 0; i < l->n; i++)
        TRY(write_cell(&s, &e, l->names[i], sheet));
    sheet_row_end(sheet);
    access_note(op, id, "export");
    return ERR_OK;
}

/* Page by page, each with a snapshot and memory of its own. */
static enum err_code write_rows(struct op *op, const struct entry_filter *filter,
                                const struct layout *l, struct sheet *sheet)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(PAGE_ARENA);
    struct entry_filter f = *filter;
    struct op page = op_apart(op, arena);
    char cursor[64] = "";
    enum err_code rc = ERR_OK;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sheet");
    f.max = PAGE;
    f.cursor = NULL;
    do {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        int64_t ids[PAGE];
        const char *next = NULL;
        size_t n = 0;

        rc = snapshot_open(&page, &snap);
        if (rc == ERR_OK)
            rc = entry_list_ids(&page, snap, &f, ids, &n, &next);
        for (size_t i = 0; i < n && rc == ERR_OK; i++)
            rc = write_row(&page, snap, l, ids[i], sheet);
        snprintf(cursor, sizeof cursor, "%s", next == NULL ? "" : next);
        f.cursor = cursor;
        arena_reset(arena);
    } while (rc == ERR_OK && cursor[0] != '\0');
    if (rc != ERR_OK)
        op->err = page.err;
    return rc;
}

/* ---- the files ---- */

static enum err_code open_sheet(struct op *op, const struct layout *l, enum sheet_kind kind,
                                struct sheet **ret)
{
    struct sheet_form form = {.kind = kind,
                              .title = l->def->flow.label.zh,
                              .columns = l->columns,
                              .n_columns = l->n,
                              .made_ms = op->now_ms,
                              .zone_min = op->zone_min,
                              .mark = true};

    TRY(sheet_open(&form, ret, &op->err));
    write_names(l, *ret);
    return ERR_OK;
}

enum err_code entry_export(struct op *op, const struct entry_filter *filter, enum sheet_kind kind,
                           int *ret_fd, int64_t *ret_bytes)
{
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    struct record_facts own = {.body_path = op->actor.body_path, .secret = filter->def->secret};
    struct layout *l = ARENA_NEW(op->arena, struct layout);

    if (l == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sheet");
    TRY(may_check(&op->actor, MAY_EXPORT, &own, &op->err));
    lay_out(filter->def, true, l);
    TRY(open_sheet(op, l, kind, &sheet));
    TRY(write_rows(op, filter, l, sheet));
    return sheet_finish(&sheet, ret_fd, ret_bytes, &op->err);
}

/* The number of the entry, and what the act asks for. */
static void lay_out_act(const struct register_def *def, const struct pack_act *act,
                        struct layout *l)
{
    *l = (struct layout){.def = def};
    add(l, "number", "编号");
    for (size_t i = 0; i < act->n_fields; i++)
        add(l, act->fields[i].name, act->fields[i].label.zh);
}

enum err_code entry_template(struct op *op, const struct register_def *def, const char *act,
                             int *ret_fd, int64_t *ret_bytes)
{
    CLEANUP(sheet_abandonp) struct sheet *sheet = NULL;
    struct layout *l = ARENA_NEW(op->arena, struct layout);
    const struct pack_act *of;

    if (l == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "sheet");
    TRY(entry_sheet_act(op, def, act, &of));
    if (of == NULL)
        lay_out(def, false, l);
    else
        lay_out_act(def, of, l);
    TRY(open_sheet(op, l, SHEET_CSV, &sheet));
    return sheet_finish(&sheet, ret_fd, ret_bytes, &op->err);
}
