/* Rows of a sheet as entries, each registered by itself. */
#include <string.h>

#include "base/text.h"
#include "work/entry_cells.h"
#include "work/entry_internal.h"
#include "work/entry_sheet.h"

#define ROW_ARENA ((size_t)16 << 20)

/* {"body", "fields"} of a row of texts. What is no column of the sheet is left to the check. */
static json_t *input_of(struct op *op, const struct register_def *def, const json_t *row)
{
    json_t *fields = json_object(), *input = json_object();
    const char *name;
    json_t *cell;

    json_object_foreach((json_t *)(uintptr_t)row, name, cell)
    {
        const struct act_field *f = register_field(def, name);
        const char *text = json_string_value(cell);
        char *plain = text == NULL ? NULL : text_trim(op->arena, text);

        if (text != NULL && (plain == NULL || *plain == '\0'))
            continue;
        if (f == NULL && strcmp(name, "body") == 0) {
            const struct act_field body = {.name = "body", .kind = FIELD_BODY};

            json_object_set_new(input, "body",
                                entry_cell_value(op, &body, plain == NULL ? "" : plain));
        } else if (f != NULL && plain != NULL) {
            json_object_set_new(fields, name, entry_cell_value(op, f, plain));
        } else {
            json_object_set(fields, name, cell);
        }
    }
    json_object_set_new(input, "fields", fields);
    return input;
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
static enum err_code one_row(struct op *op, const struct register_def *def, const json_t *row,
                             size_t at, bool dry, int64_t *done, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *input = input_of(op, def, row);
    CLEANUP(record_release) struct record r = {0};
    enum err_code rc;

    err_clear(&op->err);
    rc = dry ? entry_try(op, def, input) : entry_make(op, def, input, &r);
    if (rc != ERR_OK && op->err.n_items == 0)
        return rc;
    *done += rc == ERR_OK;
    json_object_begin(w);
    json_int(w, "row", (int64_t)at);
    json_text(w, "number", rc == ERR_OK && !dry ? record_member(&r, "number") : NULL);
    write_errors(&op->err, w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code entry_import(struct op *op, const struct register_def *def, const json_t *rows,
                           bool dry, struct json_writer *w)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ROW_ARENA);
    struct op row = *op;
    int64_t done = 0;
    size_t n = json_array_size(rows);

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    row.arena = arena;
    row.key = NULL; /* of the request, not of each row */
    row.snapshot = NULL;
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        enum err_code rc = one_row(&row, def, json_array_get(rows, i), i, dry, &done, w);

        if (rc != ERR_OK) {
            op->err = row.err;
            return rc;
        }
        arena_reset(arena);
    }
    json_array_end(w);
    json_int(w, "done", done);
    json_int(w, "failed", (int64_t)n - done);
    json_object_end(w);
    return ERR_OK;
}
