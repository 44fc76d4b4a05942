/* Rows of a sheet: each registers an entry, or does one act on an entry that is there. Those that
 * register are written several at a time, in one change set; where one of them cannot be, each of
 * them is tried by itself. */
#include <string.h>

#include "base/text.h"
#include "work/acts.h"
#include "work/entry_cells.h"
#include "work/entry_numbers.h"
#include "work/entry_run.h"
#include "work/entry_sheet.h"

#define ROWS_ARENA ((size_t)64 << 20)
#define ROWS_PER_SET 24 /* as the import of matters */

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

/* One row on its way: what it says, what became of it. */
struct row {
    json_t *input;
    struct record r;
    struct entry_run run; /* of one that goes into a set with others */
    bool in_set;
    bool done;
    struct err *err; /* of one that is refused */
};

static void row_release(struct op *op, struct row *row, bool written)
{
    if (row->in_set)
        entry_numbers_done(op->setup->numbers, row->run.place, written);
    entry_run_release(&row->run);
    record_release(&row->r);
    json_decref(row->input);
    *row = (struct row){0};
}

/* Keeps why a row is refused. @return a failure that is not the row's own */
static enum err_code refused(struct op *op, struct row *row, enum err_code rc)
{
    row->done = rc == ERR_OK;
    if (rc == ERR_OK)
        return ERR_OK;
    if (op->err.n_items == 0)
        return rc;
    row->err = ARENA_NEW(op->arena, struct err);
    if (row->err == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    err_keep(&op->err, row->err);
    return ERR_OK;
}

static enum err_code by_itself(struct op *op, const struct rows *rows, struct row *row)
{
    enum err_code rc;

    err_clear(&op->err);
    if (rows->act != NULL)
        rc = act_row(op, rows, row->input, &row->r);
    else
        rc = rows->dry ? entry_try(op, rows->def, row->input)
                       : entry_make(op, rows->def, row->input, &row->r);
    return refused(op, row, rc);
}

/* Adds the row to the set; what it could not add is taken out again. */
static enum err_code into_set(struct op *op, const struct rows *rows, struct changes *ch,
                              const struct row *before, struct row *row)
{
    struct changes *mark = changes_mark(ch);
    enum err_code rc;

    err_clear(&op->err);
    row->run = (struct entry_run){.op = op,
                                  .def = rows->def,
                                  .r = &row->r,
                                  .into = ch,
                                  .before = before == NULL ? NULL : &before->run,
                                  .ahead = true};
    rc = entry_run_make(&row->run, row->input);
    snapshot_closep(&row->run.snap);
    row->in_set = rc == ERR_OK;
    if (rc != ERR_OK) {
        entry_numbers_done(op->setup->numbers, row->run.place, false);
        changes_back(ch, mark);
    }
    return refused(op, row, rc);
}

static enum err_code each_again(struct op *op, const struct rows *rows, struct row *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_t *input = list[i].input;

        if (!list[i].in_set)
            continue;
        json_incref(input);
        row_release(op, &list[i], false);
        list[i].input = input;
        TRY(by_itself(op, rows, &list[i]));
    }
    return ERR_OK;
}

/* Registers several rows at once. What two of them, or others meanwhile, want both – a number, the
 * last of a stock – is settled row by row. */
static enum err_code together(struct op *op, const struct rows *rows, struct row *list, size_t n)
{
    struct changes *ch = changes_new(op);
    const struct row *before = NULL;
    enum err_code rc;

    for (size_t i = 0; i < n; i++) {
        TRY(into_set(op, rows, ch, before, &list[i]));
        if (list[i].in_set)
            before = &list[i];
    }
    rc = before != NULL ? store_apply(op, ch, QUEUE_INTERACTIVE) : ERR_OK;
    if (rc != ERR_CONFLICT)
        return rc;
    return each_again(op, rows, list, n);
}

static void write_row(const struct rows *rows, const struct row *row, size_t at,
                      struct json_writer *w)
{
    static const struct err none = {.code = ERR_OK};

    json_object_begin(w);
    json_int(w, "row", (int64_t)at);
    json_text(w, "number", row->done && !rows->dry ? record_member(&row->r, "number") : NULL);
    write_errors(row->err == NULL ? &none : row->err, w);
    json_object_end(w);
}

/* Rows @p at … of the sheet, as many as there are in @p list. */
static enum err_code take_rows(struct op *op, struct rows *rows, struct row *list, size_t n,
                               size_t at, struct json_writer *w)
{
    if (rows->act == NULL && !rows->dry && n > 1)
        TRY(together(op, rows, list, n));
    else
        for (size_t i = 0; i < n; i++)
            TRY(by_itself(op, rows, &list[i]));
    for (size_t i = 0; i < n; i++) {
        rows->done += list[i].done;
        write_row(rows, &list[i], at + i, w);
    }
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
    CLEANUP(arena_freep) struct arena *arena = arena_new(ROWS_ARENA);
    struct rows rows = {.def = def, .dry = dry};
    struct row set[ROWS_PER_SET] = {0};
    struct op row = op_apart(op, arena);
    size_t all = json_array_size(list);

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "import");
    TRY(entry_sheet_act(op, def, act, &rows.act));
    row.key = NULL; /* of the request, not of each row */
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t at = 0; at < all;) {
        size_t n = all - at < ROWS_PER_SET ? all - at : ROWS_PER_SET;
        enum err_code rc;

        for (size_t i = 0; i < n; i++)
            set[i].input = input_of(&row, &rows, json_array_get(list, at + i));
        rc = take_rows(&row, &rows, set, n, at, w);
        for (size_t i = 0; i < n; i++)
            row_release(&row, &set[i], rc == ERR_OK);
        if (rc != ERR_OK) {
            op->err = row.err;
            return rc;
        }
        arena_reset(arena);
        at += n;
    }
    json_array_end(w);
    json_int(w, "done", rows.done);
    json_int(w, "failed", (int64_t)all - rows.done);
    json_object_end(w);
    return ERR_OK;
}
