/* Fills what a register prints with the words of one entry, or of the entries of a list, and draws
 * it. */
#include "work/entry_print.h"

#include <stdio.h>
#include <string.h>

#include "insight/letter_pdf.h"
#include "rules/letter_forms.h"
#include "rules/register_prints.h"
#include "work/entry_internal.h"
#include "work/letter_internal.h"
#include "work/view.h"

#define BLANK "＿＿＿＿"
#define LIST_MOST 500 /* rows of a printed list */
#define LOOKED_AT_MOST 10000
#define PAGE 200

static void put(json_t *values, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        json_object_set_new(values, name, json_string(text));
}

/* 2026-11-09 as letters write it. */
static const char *paper_day(struct op *op, const char *text)
{
    date_t day = date_parse(text);

    return day == DATE_NONE ? text : letter_date(op->arena, day);
}

/* A field that is printed: its words, "" where it is not filled. */
static enum err_code field_words(struct entry_secrets *s, const struct act_field *f, bool in_cell,
                                 const char **ret)
{
    CLEANUP(json_decrefp) json_t *value = NULL;

    TRY(entry_shown(s, f, &value, ret));
    if (f->kind == FIELD_DATE && !in_cell)
        *ret = paper_day(s->op, *ret);
    return ERR_OK;
}

static enum err_code put_fields(struct entry_secrets *s, const struct register_def *def,
                                json_t *values)
{
    for (size_t i = 0; i < def->registering.n_fields; i++) {
        const struct act_field *f = &def->registering.fields[i];
        const char *text;

        if (f->sealed || f->kind == FIELD_PERSON)
            continue;
        TRY(field_words(s, f, false, &text));
        put(values, f->name, text);
    }
    return ERR_OK;
}

/* The entry as it is evaluated on the day of printing. */
static enum err_code evaluate(struct op *op, const struct record *r, const struct register_def *def,
                              struct entry_eval *ret)
{
    TRY(entry_eval(op, def, r->state, ret));
    ret->env.today = date_of_instant(op->now_ms, op->zone_min);
    if (!register_compute(op->arena, &ret->env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    return ERR_OK;
}

static const char *computed_words(const struct entry_eval *e, const struct register_computed *c)
{
    return register_computed_text(e->op->arena, c, &e->env.computed[c - e->env.def->computed]).zh;
}

static const char *body_name(struct op *op, const char *code)
{
    const struct body *body = setup_body(op->setup, code);

    return body == NULL ? NULL : body->name.zh;
}

/* Everything that a print of one entry may name. */
static enum err_code values_of(struct op *op, struct snapshot *snap, const struct record *r,
                               const struct register_def *def, json_t *values)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    const struct flow_state *state = flow_state(&def->flow, record_member(r, "status"));
    struct entry_eval e;

    TRY(put_fields(&s, def, values));
    TRY(evaluate(op, r, def, &e));
    for (size_t i = 0; i < def->n_computed; i++) {
        const struct register_computed *c = &def->computed[i];
        const char *text = computed_words(&e, c);

        put(values, c->name, c->kind == COMPUTED_DATE ? paper_day(op, text) : text);
    }
    put(values, "number", record_member(r, "number"));
    put(values, "day", letter_date(op->arena, (date_t)record_number(r, "day")));
    put(values, "today", letter_date(op->arena, e.env.today));
    put(values, "body", body_name(op, record_member(r, "body")));
    put(values, "status", state == NULL ? NULL : state->label.zh);
    return ERR_OK;
}

/* ---- tables ---- */

/* Headings and room for so many rows; the first column counts them. */
static struct letter_grid *grid_of(struct op *op, const struct register_line *line, size_t n_rows,
                                   const char ***ret_cells)
{
    struct letter_grid *grid = ARENA_NEW(op->arena, struct letter_grid);
    size_t columns = line->n_columns + 1;
    const char **cells = ARENA_ARRAY(op->arena, const char *, columns *(n_rows + 1));

    if (grid == NULL || cells == NULL)
        return NULL;
    cells[0] = "序号";
    for (size_t row = 1; row <= n_rows; row++)
        cells[row * columns] = arena_printf(op->arena, "%zu", row);
    *grid = (struct letter_grid){.n_columns = columns, .n_rows = n_rows, .cells = cells};
    *ret_cells = cells;
    return grid;
}

static const struct act_field *column_of(const struct act_field *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

/* The rows of a table of the entry. */
static const struct letter_grid *rows_of(struct entry_secrets *s, const struct register_line *line)
{
    const json_t *rows = json_object_get(json_object_get(s->r->state, "fields"), line->table->name);
    const char **cells;
    const struct letter_grid *grid = grid_of(s->op, line, json_array_size(rows), &cells);

    for (size_t c = 0; grid != NULL && c < line->n_columns; c++) {
        const struct act_field *f = column_of(line->table, line->columns[c]);

        cells[c + 1] = f->label.zh;
        for (size_t row = 0; row < grid->n_rows; row++)
            cells[(row + 1) * grid->n_columns + c + 1] =
                entry_words(s, f, json_object_get(json_array_get(rows, row), f->name));
    }
    return grid;
}

/* What one entry has in a column of a list. */
static enum err_code cell_of(struct entry_secrets *s, const struct entry_eval *e, const char *name,
                             const char **ret)
{
    const struct register_def *def = e->env.def;
    const struct act_field *f = register_field(def, name);
    const struct register_computed *c = register_computed(def, name);
    const struct flow_state *state;
    char day[DATE_TEXT];

    *ret = NULL;
    if (f != NULL)
        return f->sealed || f->kind == FIELD_PERSON ? ERR_OK : field_words(s, f, true, ret);
    if (c != NULL) {
        *ret = computed_words(e, c);
    } else if (strcmp(name, "body") == 0) {
        *ret = body_name(s->op, record_member(s->r, "body"));
    } else if (strcmp(name, "status") == 0) {
        state = flow_state(&def->flow, record_member(s->r, "status"));
        *ret = state == NULL ? NULL : state->label.zh;
    } else if (strcmp(name, "number") == 0) {
        *ret = arena_strdup(s->op->arena, record_member(s->r, "number"));
    } else {
        date_format(strcmp(name, "today") == 0 ? e->env.today : (date_t)record_number(s->r, "day"),
                    day);
        *ret = arena_strdup(s->op->arena, day);
    }
    return ERR_OK;
}

/* ---- the page ---- */

/* @p rows: of the one table of a list; NULL for an entry, whose tables @p s gives. */
static enum err_code blocks_of(struct op *op, const struct register_print *p, const json_t *values,
                               struct entry_secrets *s, const struct letter_grid *rows,
                               struct letter_page *page)
{
    struct letter_block *blocks = ARENA_ARRAY(op->arena, struct letter_block, p->n_lines + 1);

    if (blocks == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "printing an entry");
    if (p->address != NULL)
        blocks[page->n_blocks++] = (struct letter_block){
            .kind = LETTER_ADDRESS, .text = letter_put(op->arena, p->address, values, BLANK)};
    for (size_t i = 0; i < p->n_lines; i++) {
        const struct register_line *line = &p->lines[i];
        struct letter_block *b = &blocks[page->n_blocks++];

        if (line->text != NULL) {
            *b = (struct letter_block){.kind = LETTER_TEXT,
                                       .text = letter_put(op->arena, line->text, values, BLANK)};
            continue;
        }
        *b = (struct letter_block){.kind = LETTER_GRID,
                                   .grid = line->table == NULL ? rows : rows_of(s, line)};
        if (b->grid == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "printing a table");
    }
    page->blocks = blocks;
    return ERR_OK;
}

static void put_code(struct op *op, const struct record *r, struct letter_page *page)
{
    const char *code = record_member(r, "code");

    if (code == NULL || op->setup->site_url == NULL)
        return;
    page->verify = arena_printf(op->arena, "%s/entries/%s", op->setup->site_url, code);
    page->verify_hint = "扫码看公示";
}

static enum err_code draw(struct op *op, const struct register_print *p, const json_t *values,
                          struct letter_page *page, struct buf *out)
{
    struct press *own = op->press == NULL ? press_new() : NULL;
    enum err_code rc;
    int pages;

    page->issuer = json_string_value(json_object_get(values, "body"));
    page->title = letter_put(op->arena, p->title, values, BLANK);
    page->number = p->number == NULL ? "" : letter_put(op->arena, p->number, values, BLANK);
    page->date = json_string_value(json_object_get(values, "today"));
    page->signer = p->sign ? page->issuer : NULL;
    page->wide = p->wide;
    if (op->press == NULL && own == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "printing an entry");
    rc = letter_pdf(own == NULL ? op->press : own, page, out, &pages, &op->err);
    press_free(own);
    return rc;
}

/* @p of_list: whether entries of a list are to be printed. */
static enum err_code find_print(struct op *op, const struct register_def *def, const char *id,
                                bool of_list, const struct register_print **ret)
{
    *ret = def == NULL ? NULL : register_print(def, id);
    if (*ret != NULL && (*ret)->of_list == of_list)
        return ERR_OK;
    return err_field(&op->err, ERR_NOT_FOUND, "print", "unknown_choice", "没有这种打印件",
                     "There is no such print.");
}

enum err_code entry_print(struct op *op, const struct record *r, const char *print, struct buf *out)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *values = json_object();
    const struct register_def *def = entry_def(op, r);
    const struct register_print *p;
    struct letter_page page = {0};

    TRY(find_print(op, def, print, false, &p));
    if (!register_print_fits(def, p, record_member(r, "status")))
        return err_field(&op->err, ERR_NOT_ALLOWED, "print", "state", "现在的状态不印这一份",
                         "It is not printed in the present state.");
    TRY(snapshot_open(op, &snap));
    TRY(values_of(op, snap, r, def, values));
    {
        CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};

        TRY(blocks_of(op, p, values, &s, NULL, &page));
    }
    if (p->code)
        put_code(op, r, &page);
    return draw(op, p, values, &page, out);
}

/* ---- lists ---- */

struct listed {
    const struct register_def *def;
    const struct register_print *p;
    int64_t ids[LIST_MOST];
    size_t n, looked_at;
};

static enum err_code too_many(struct op *op)
{
    char zh[120], en[120];

    snprintf(zh, sizeof zh, "太多了，一份最多 %d 行，请按单位或日期缩小范围", LIST_MOST);
    snprintf(en, sizeof en, "Too many: at most %d rows. Narrow the list by body or days.",
             LIST_MOST);
    return err_field(&op->err, ERR_INVALID, "print", "too_many", zh, en);
}

/* Entries are listed by the definition of today; one of an older revision too. */
static enum err_code take(struct op *op, struct snapshot *snap, int64_t id, struct listed *l)
{
    CLEANUP(record_release) struct record r = {0};
    struct entry_eval e;

    TRY(record_load(op, snap, ENTRY, id, &r));
    TRY(evaluate(op, &r, l->def, &e));
    if (l->p->where != NULL && !register_holds(&e.env, l->p->where->holds, false))
        return ERR_OK;
    if (l->n == LIST_MOST)
        return too_many(op);
    l->ids[l->n++] = id;
    return ERR_OK;
}

static enum err_code take_state(struct op *op, struct snapshot *snap,
                                const struct entry_filter *filter, const char *state,
                                struct listed *l)
{
    struct entry_filter f = *filter;

    f.status = state;
    f.sort = ENTRY_OLDEST;
    f.max = PAGE;
    f.cursor = NULL;
    do {
        int64_t ids[PAGE];
        size_t n;

        TRY(entry_list_ids(op, snap, &f, ids, &n, &f.cursor));
        l->looked_at += n;
        if (l->looked_at > LOOKED_AT_MOST)
            return too_many(op);
        for (size_t i = 0; i < n; i++)
            TRY(take(op, snap, ids[i], l));
    } while (f.cursor != NULL);
    return ERR_OK;
}

/* Those of the list in the states that the print is for, the oldest of each first. */
static enum err_code find_entries(struct op *op, struct snapshot *snap,
                                  const struct entry_filter *filter, struct listed *l)
{
    const struct flow *flow = &l->def->flow;

    for (size_t i = 0; i < flow->n_states; i++)
        if (register_print_fits(l->def, l->p, flow->states[i].id) &&
            (filter->status == NULL || strcmp(filter->status, flow->states[i].id) == 0))
            TRY(take_state(op, snap, filter, flow->states[i].id, l));
    return ERR_OK;
}

static enum err_code fill_row(struct op *op, struct snapshot *snap, const struct listed *l,
                              const struct register_line *line, size_t row, const char **cells)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = &r};
    struct entry_eval e;

    TRY(record_load(op, snap, ENTRY, l->ids[row], &r));
    TRY(evaluate(op, &r, l->def, &e));
    for (size_t c = 0; c < line->n_columns; c++) {
        TRY(cell_of(&s, &e, line->columns[c], &cells[c]));
        cells[c] = cells[c] == NULL ? NULL : arena_strdup(op->arena, cells[c]);
    }
    return ERR_OK;
}

static enum err_code fill_rows(struct op *op, struct snapshot *snap, const struct listed *l,
                               const struct letter_grid **ret)
{
    const struct register_line *line = l->p->lines;
    const char **cells;

    while (line->text != NULL)
        line++;
    *ret = grid_of(op, line, l->n, &cells);
    if (*ret == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "printing a list");
    for (size_t c = 0; c < line->n_columns; c++)
        cells[c + 1] = register_label(l->def, line->columns[c])->zh;
    for (size_t row = 0; row < l->n; row++)
        TRY(fill_row(op, snap, l, line, row, &cells[(row + 1) * (*ret)->n_columns + 1]));
    return ERR_OK;
}

enum err_code entry_print_list(struct op *op, const struct entry_filter *filter, const char *body,
                               const char *print, struct buf *out)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *values = json_object();
    struct record_facts own = {.body_path = op->actor.body_path, .secret = filter->def->secret};
    struct listed *l = ARENA_NEW(op->arena, struct listed);
    const struct letter_grid *rows;
    struct letter_page page = {0};

    if (l == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "printing a list");
    TRY(may_check(&op->actor, MAY_EXPORT, &own, &op->err));
    l->def = filter->def;
    TRY(find_print(op, l->def, print, true, &l->p));
    TRY(snapshot_open(op, &snap));
    TRY(find_entries(op, snap, filter, l));
    TRY(fill_rows(op, snap, l, &rows));
    put(values, "count", arena_printf(op->arena, "%zu", l->n));
    put(values, "today", letter_date(op->arena, date_of_instant(op->now_ms, op->zone_min)));
    put(values, "body", body_name(op, body));
    TRY(blocks_of(op, l->p, values, NULL, rows, &page));
    return draw(op, l->p, values, &page, out);
}

void entry_prints_view(struct op *op, const struct record *r, struct json_writer *w)
{
    const struct register_def *def = entry_def(op, r);

    json_open_array(w, "prints");
    for (size_t i = 0; def != NULL && i < def->n_prints; i++) {
        if (def->prints[i].of_list ||
            !register_print_fits(def, &def->prints[i], record_member(r, "status")))
            continue;
        json_object_begin(w);
        json_text(w, "id", def->prints[i].id);
        view_label(w, "label", &def->prints[i].label);
        json_object_end(w);
    }
    json_array_end(w);
}
