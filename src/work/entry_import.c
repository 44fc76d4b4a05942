/* Rows of a sheet: each registers an entry, or does one act on an entry that is there. */
#include <string.h>

#include "base/text.h"
#include "work/acts.h"
#include "work/entry_cells.h"
#include "work/entry_internal.h"
#include "work/entry_sheet.h"

#define ROW_ARENA ((size_t)16 << 20)

/* What the rows are: entries to register, or one act each on entries that are there. */
struct rows {
    const struct register_def *def;
    const struct pack_act *act; /* NULL: each registers an entry */
    bool dry;
    int64_t done;
};

static const struct act_field body_field = {.name = "body", .kind = FIELD_BODY};

/* {"body", "fields"} of a row of texts. What is no column of the sheet is left to the check. */
static json_t *input_of(struct op *op, const struct rows *rows, const json_t *row)
{
    const struct pack_act *act = rows->act == NULL ? &rows->def->registering : rows->act;
    json_t *fields = json_object(), *input = json_object();
    const char *name;
    json_t *cell;

    json_object_foreach((json_t *)(uintptr_t)row, name, cell)
    {
        const struct act_field *f = act_field(act, name);
        const char *text = json_string_value(cell);
        char *plain = text == NULL ? NULL : text_trim(op->arena, text);

        if (text != NULL && (plain == NULL || *plain == '\0'))
            continue;
        if (f == NULL && rows->act == NULL && strcmp(name, "body") == 0)
            json_object_set_new(input, "body",
                                entry_cell_value(op, &body_field, plain == NULL ? "" : plain));
        else if (f == NULL && rows->act != NULL && strcmp(name, "number") == 0)
            json_object_set(input, "number", cell);
        else if (f != NULL && plain != NULL)
            json_object_set_new(fields, name, entry_cell_value(op, f, plain));
        else
            json_object_set(fields, name, cell);
    }
    json_object_set_new(input, "fields", fields);
    return input;
}

/* An entry that is not there or out of reach is a fault of its row, not of the sheet. */
static enum err_code act_row(struct op *op, const struct rows *rows, const json_t *input,
                             struct record *ret)
{
    const char *number = json_string_value(json_object_get(input, "number"));
    enum err_code rc;

    if (number == NULL)
        return err_field(&op->err, ERR_INVALID, "number", "required", "写编号",
                         "The number of the entry is needed.");
    rc = rows->dry ? entry_act_try(op, rows->def, number, rows->act, input, ret)
                   : entry_act(op, rows->def, number, rows->act->id, input, ANY_VERSION, ret);
    if (rc == ERR_NOT_FOUND && op->err.n_items == 0)
        return err_field(&op->err, rc, "number", "not_found", "没有这个编号的记录",
                         "There is no entry with this number.");
    if (rc == ERR_FORBIDDEN && op->err.n_items == 0)
        return err_field(&op->err, rc, "act", "role", "您不能办这一条",
                         "This entry is not yours to act on.");
    return rc;
}

static void write_errors(const struct err *err, struct json_writer *w)
{
    json_open_array(w, "errors");
    for (size_t i = 0; i < err->n_items; i++) {
        json_object_begin(w);
        json_text(w, "field", err->items[i].field);
        json_text(w, "code", err->items[i].code);
        json_text(w, "zh", err->items[i].zh);
        json_text(w, "en", err->items[i].en);
        json_object_end(w);
    }
    json_array_end(w);
}

/* @return a failure that is not the row's own */
static enum err_code one_row(struct op *op, struct rows *rows, const json_t *row, size_t at,
                             struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *input = input_of(op, rows, row);
    CLEANUP(record_release) struct record r = {0};
    enum err_code rc;

    err_clear(&op->err);
    if (rows->act != NULL)
        rc = act_row(op, rows, input, &r);
    else
        rc = rows->dry ? entry_try(op, rows->def, input) : entry_make(op, rows->def, input, &r);
    if (rc != ERR_OK && op->err.n_items == 0)
        return rc;
    rows->done += rc == ERR_OK;
    json_object_begin(w);
    json_int(w, "row", (int64_t)at);
    json_text(w, "number", rc == ERR_OK && !rows->dry ? record_member(&r, "number") : NULL);
    write_errors(&op->err, w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code entry_sheet_act(struct op *op, const struct register_def *def, const char *act,
                              const struct pack_act **ret)
{
    *ret = act == NULL || *act == '\0' ? NULL : pack_act(&def->flow.acts, act);
    if (act != NULL && *act != '\0' && *ret == NULL)
        return err_field(&op->err, ERR_INVALID, "act", "unknown_act", "没有这种办理动作",
                         "There is no such act.");
    return ERR_OK;
}

enum err_code entry_import(struct op *op, const struct register_def *def, const char *act,
                           const json_t *list, bool dry, struct json_writer *w)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ROW_ARENA);
    struct rows rows = {.def = def, .dry = dry};
    struct op row = *op;
    size_t n = json_array_size(list);

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    TRY(entry_sheet_act(op, def, act, &rows.act));
    row.arena = arena;
    row.key = NULL; /* of the request, not of each row */
    row.snapshot = NULL;
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        enum err_code rc = one_row(&row, &rows, json_array_get(list, i), i, w);

        if (rc != ERR_OK) {
            op->err = row.err;
            return rc;
        }
        arena_reset(arena);
    }
    json_array_end(w);
    json_int(w, "done", rows.done);
    json_int(w, "failed", (int64_t)n - rows.done);
    json_object_end(w);
    return ERR_OK;
}
