/* Rows that follow from the state of an entry: the one for lists, what it is found and counted by,
 * links; and whether they say the same as the state. */
#include <string.h>

#include "sql_queries.h"
#include "work/entry_files.h"
#include "work/entry_internal.h"

#define FOUND_MAX 400 /* rows of entry_value of one entry */

/* ---- what it is found and counted by ---- */

struct found {
    const char *field, *value;
    int64_t sum;
};
struct rows {
    date_t day;
    size_t n;
    struct found list[FOUND_MAX];
    bool no_memory;
};

static void add(struct rows *rows, const char *field, const char *value, int64_t sum)
{
    if (field == NULL || value == NULL) {
        rows->no_memory = true;
        return;
    }
    for (size_t i = 0; i < rows->n; i++)
        if (strcmp(rows->list[i].field, field) == 0 && strcmp(rows->list[i].value, value) == 0)
            return;
    if (rows->n < FOUND_MAX)
        rows->list[rows->n++] = (struct found){field, value, sum};
}

/* One value as filters name it; NULL for what cannot be one. */
static const char *filter_text(struct op *op, const json_t *v)
{
    if (json_is_string(v))
        return json_string_value(v);
    if (json_is_integer(v))
        return arena_printf(op->arena, "%lld", (long long)json_integer_value(v));
    if (json_is_boolean(v))
        return json_is_true(v) ? "true" : "false";
    return json_string_value(json_object_get(v, "unit"));
}

static void add_filters(struct op *op, const struct register_def *def, const json_t *fields,
                        struct rows *rows)
{
    for (size_t i = 0; i < def->n_filters; i++) {
        const struct act_field *f = def->filters[i];
        const json_t *v = json_object_get(fields, f->name);
        const char *text;

        if (v == NULL || f->sealed || f->kind == FIELD_PERSON || f->kind == FIELD_MATTER ||
            f->kind == FIELD_CASE)
            continue;
        for (size_t k = 0; k < json_array_size(v); k++)
            if ((text = filter_text(op, json_array_get(v, k))) != NULL)
                add(rows, f->name, text, 0);
        if (!json_is_array(v) && (text = filter_text(op, v)) != NULL)
            add(rows, f->name, text, 0);
    }
}

static void add_measure(struct op *op, const struct register_env *env,
                        const struct register_measure *m, struct rows *rows)
{
    struct measured got = register_measured(env, m);

    if (!got.counts)
        return;
    add(rows, entry_measure_row(op, m->id, NULL), "", got.sum);
    for (size_t i = 0; i < m->n_by; i++) {
        const char *values[ENTRY_DIMENSION_VALUES];
        size_t n = register_dimension_values(env, &m->by[i], values, ENTRY_DIMENSION_VALUES);

        for (size_t k = 0; k < n && k < ENTRY_DIMENSION_VALUES; k++)
            add(rows, entry_measure_row(op, m->id, m->by[i].name), values[k], got.sum);
    }
}

static bool withdrawn(const struct register_env *env)
{
    return env->status != NULL && strcmp(env->status, "withdrawn") == 0;
}

static void add_frequency(struct entry_eval *e, const struct register_frequency *f,
                          struct rows *rows)
{
    const json_t *links = json_object_get(e->state, "links");
    const char *field = arena_printf(e->op->arena, "~%s", f->id);

    if (f->count == NULL ? withdrawn(&e->env) : !register_holds(&e->env, f->count, false))
        return;
    if (f->place == NULL) {
        add(rows, field, e->env.body, 0);
        return;
    }
    if (f->place->kind == FIELD_BODY) {
        const char *body =
            json_string_value(json_object_get(json_object_get(e->state, "fields"), f->place->name));

        if (body != NULL)
            add(rows, field, body, 0);
        return;
    }
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);

        if (strcmp(json_string_value(json_object_get(l, "field")), f->place->name) == 0)
            add(rows, field, filter_text(e->op, json_object_get(l, "id")), 0);
    }
}

static enum err_code add_words(struct entry_eval *e, struct rows *rows)
{
    struct op *op = e->op;
    const char *title = register_title(op->arena, &e->env, op->setup->codes);
    struct entry_words words = {0};

    if (title == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "title of an entry");
    TRY(entry_words_of(op, title, &words));
    for (size_t i = 0; i < words.n; i++)
        add(rows, ENTRY_WORD, words.items[i], 0);
    return ERR_OK;
}

/* @p by  the entry as the revision sees it by which it is counted */
static enum err_code rows_of(struct entry_eval *e, struct entry_eval *by, struct rows *rows)
{
    const struct register_def *def = by->env.def;

    rows->n = 0;
    rows->no_memory = false;
    rows->day = e->env.day;
    add_filters(e->op, def, by->env.values, rows);
    for (size_t i = 0; i < def->n_measures; i++)
        add_measure(e->op, &by->env, &def->measures[i], rows);
    for (size_t i = 0; i < def->n_frequencies; i++)
        add_frequency(by, &def->frequencies[i], rows);
    TRY(add_words(e, rows));
    return rows->no_memory ? err_set(&e->op->err, ERR_NO_MEMORY, "rows of an entry") : ERR_OK;
}

static bool holds(const struct rows *rows, date_t day, const struct found *f)
{
    for (size_t i = 0; rows != NULL && rows->day == day && i < rows->n; i++)
        if (strcmp(rows->list[i].field, f->field) == 0 &&
            strcmp(rows->list[i].value, f->value) == 0 && rows->list[i].sum == f->sum)
            return true;
    return false;
}

static void put_found(struct changes *ch, int sql, const struct record *r, const char *def,
                      date_t day, const struct found *f)
{
    changes_row(ch, sql, 1, ERR_CONFLICT);
    changes_text(ch, def);
    changes_text(ch, f->field);
    changes_text(ch, f->value);
    changes_int(ch, day);
    changes_int(ch, r->id);
    if (sql == SQL_entry_value_put)
        changes_int(ch, f->sum);
}

static void put_rows(struct changes *ch, const struct record *r, const char *def,
                     const struct rows *before, const struct rows *after)
{
    for (size_t i = 0; before != NULL && i < before->n; i++)
        if (!holds(after, before->day, &before->list[i]))
            put_found(ch, SQL_entry_value_drop, r, def, before->day, &before->list[i]);
    for (size_t i = 0; i < after->n; i++)
        if (!holds(before, after->day, &after->list[i]))
            put_found(ch, SQL_entry_value_put, r, def, after->day, &after->list[i]);
}

/* ---- tallies ---- */

/* A row "#measure" or "#measure.dimension" is what a cell adds up. */
static void emit_row(struct op *op, const struct entry_eval *e, const struct found *f,
                     measure_emit_fn *emit, void *arg)
{
    const char *dot = strchr(f->field, '.');
    struct tally_key key = {
        .measure = arena_printf(op->arena, "%s.%.*s", e->env.def->flow.id,
                                dot == NULL ? (int)strlen(f->field + 1) : (int)(dot - f->field - 1),
                                f->field + 1),
        .dimension = dot == NULL ? "total" : dot + 1,
        .value = f->value,
        .body = e->env.body,
        .grain = 'm',
        .period = date_month_index(e->env.day),
    };

    if (key.measure == NULL)
        return;
    emit(arg, &key, 1, f->sum);
    if (dot != NULL)
        return;
    key.grain = 'd';
    key.period = e->env.day;
    emit(arg, &key, 1, f->sum);
}

static void emit_rows(struct op *op, const struct entry_eval *e, const struct rows *rows,
                      measure_emit_fn *emit, void *arg)
{
    const struct tally_key state = {.measure = e->env.def->flow.id,
                                    .dimension = "status",
                                    .value = e->env.status,
                                    .body = e->env.body,
                                    .grain = 'a'};

    emit(arg, &state, 1, 0);
    for (size_t i = 0; i < rows->n; i++)
        if (rows->list[i].field[0] == '#')
            emit_row(op, e, &rows->list[i], emit, arg);
}

struct tally {
    struct changes *ch;
    int64_t sign;
};

static void add_tally(void *arg, const struct tally_key *key, int64_t n, int64_t sum)
{
    const struct tally *t = arg;

    changes_tally(t->ch, key, t->sign * n, t->sign * sum);
}

/* ---- the row for lists, links ---- */

#define ROW_TEXTS 5
#define ROW_NUMBERS 9
struct row {
    const char *texts[ROW_TEXTS]; /* register number status body code */
    int64_t numbers[ROW_NUMBERS]; /* year n open secret officer registered_by day due shown */
};

static struct row row_of(struct op *op, const struct register_def *def, const struct record *r)
{
    const char *status = record_member(r, "status");
    const struct flow_state *state = flow_state(&def->flow, status);
    date_t due = entry_due(op, def, r);
    bool shown = def->open != NULL && (def->open->states & register_state_bit(def, status)) != 0;

    return (struct row){
        .texts = {def->flow.id, record_member(r, "number"), status, record_member(r, "body"),
                  record_member(r, "code")},
        .numbers = {record_number(r, "year"), record_number(r, "n"),
                    state != NULL && register_open(state), def->secret, record_number(r, "officer"),
                    record_number(r, "registered_by"), record_number(r, "day"),
                    due == DATE_NONE ? INT32_MAX : due, shown},
    };
}

static void put_row(struct op *op, struct changes *ch, const struct register_def *def,
                    const struct record *r)
{
    struct row row = row_of(op, def, r);

    changes_row(ch, SQL_entry_put, 1, ERR_CONFLICT);
    changes_int(ch, r->id);
    changes_text(ch, row.texts[0]);
    changes_int(ch, row.numbers[0]);
    changes_int(ch, row.numbers[1]);
    changes_text(ch, row.texts[1]);
    changes_text(ch, row.texts[2]);
    changes_int(ch, row.numbers[2]);
    changes_text(ch, row.texts[3]);
    changes_int(ch, row.numbers[3]);
    if (row.numbers[4] == 0)
        changes_null(ch);
    else
        changes_int(ch, row.numbers[4]);
    changes_int(ch, row.numbers[5]);
    changes_int(ch, row.numbers[6]);
    changes_int(ch, row.numbers[7]);
    changes_text(ch, row.texts[4]);
    changes_int(ch, row.numbers[8]);
}

static bool has_link(const json_t *links, const json_t *link)
{
    for (size_t i = 0; i < json_array_size(links); i++)
        if (json_equal(json_array_get(links, i), link))
            return true;
    return false;
}

static void put_links(struct changes *ch, int sql, int64_t id, const json_t *these,
                      const json_t *those)
{
    for (size_t i = 0; i < json_array_size(these); i++) {
        const json_t *l = json_array_get(these, i);

        if (has_link(those, l))
            continue;
        changes_row(ch, sql, 1, ERR_CONFLICT);
        changes_int(ch, id);
        changes_text(ch, json_string_value(json_object_get(l, "field")));
        changes_text(ch, json_string_value(json_object_get(l, "kind")));
        changes_int(ch, json_integer_value(json_object_get(l, "id")));
    }
}

/* ---- the record core ---- */

static bool eval_rows(struct op *op, const struct register_def *def, const struct record *r,
                      struct entry_eval *e, struct rows **ret)
{
    const struct register_def *counting = entry_counting(op, r->state);
    struct entry_eval by;

    *ret = ARENA_NEW(op->arena, struct rows);
    if (*ret == NULL || entry_eval(op, def, r->state, e) != ERR_OK)
        return false;
    if (counting == NULL || counting == def)
        return rows_of(e, e, *ret) == ERR_OK;
    return entry_eval(op, counting, r->state, &by) == ERR_OK && rows_of(e, &by, *ret) == ERR_OK;
}

void entry_project(struct op *op, struct changes *ch, const struct record *before,
                   const struct record *after)
{
    const struct register_def *def = entry_def(op, after);
    const json_t *old = before == NULL ? NULL : json_object_get(before->state, "links"),
                 *new = json_object_get(after->state, "links");
    struct rows *was = NULL, *is = NULL;
    struct entry_eval e_was, e_is;

    if (def == NULL)
        return; /* a register that is gone: nothing of it changes any more */
    if ((before != NULL && !eval_rows(op, entry_def(op, before), before, &e_was, &was)) ||
        !eval_rows(op, def, after, &e_is, &is)) {
        changes_fail(ch);
        return;
    }
    put_row(op, ch, def, after);
    put_rows(ch, after, def->flow.id, was, is);
    put_links(ch, SQL_entry_link_drop, after->id, old, new);
    put_links(ch, SQL_entry_link_put, after->id, new, old);
    entry_put_rules(ch, before == NULL ? NULL : &e_was, &e_is, after->id);
    if (was != NULL)
        emit_rows(op, &e_was, was, add_tally, &(struct tally){ch, -1});
    emit_rows(op, &e_is, is, add_tally, &(struct tally){ch, 1});
}

void entry_cells(struct op *op, const struct record *r, measure_emit_fn *emit, void *arg)
{
    const struct register_def *def = entry_def(op, r);
    struct entry_eval e;
    struct rows *rows;

    if (def == NULL || !eval_rows(op, def, r, &e, &rows))
        return;
    emit_rows(op, &e, rows, emit, arg);
    entry_balance_cells(&e, emit, arg);
    emit(arg, &(struct tally_key){.measure = ENTRY_ROWS, .dimension = "", .value = "", .body = ""},
         (int64_t)rows->n, 0);
}

/* ---- verify ---- */

static bool same_text(struct stmt *s, int column, const char *expected)
{
    if (expected == NULL || stmt_is_null(s, column))
        return expected == NULL && stmt_is_null(s, column);
    return strcmp(stmt_text(s, column), expected) == 0;
}

static enum err_code row_differs(struct op *op, struct snapshot *snap,
                                 const struct register_def *def, const struct record *r, bool *ret)
{
    static const int texts[ROW_TEXTS] = {1, 4, 5, 7, 13},
                     numbers[ROW_NUMBERS] = {2, 3, 6, 8, 9, 10, 11, 12, 14};
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct row row = row_of(op, def, r);
    bool found;

    TRY(snapshot_prepare(op, snap, SQL_entry_by_id, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    TRY(stmt_step(op, s, &found));
    *ret = !found;
    for (int i = 0; i < ROW_TEXTS && !*ret; i++)
        *ret = !same_text(s, texts[i], row.texts[i]);
    for (int i = 0; i < ROW_NUMBERS && !*ret; i++)
        *ret = stmt_int64(s, numbers[i]) != row.numbers[i];
    return ERR_OK;
}

static enum err_code value_missing(struct op *op, struct snapshot *snap,
                                   const struct register_def *def, const struct record *r,
                                   const struct rows *rows, bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    *ret = false;
    TRY(snapshot_prepare(op, snap, SQL_entry_value_has, &s));
    for (size_t i = 0; i < rows->n && !*ret; i++) {
        bool found;

        stmt_reset(s);
        TRY(stmt_bind_text(op, s, 1, def->flow.id));
        TRY(stmt_bind_text(op, s, 2, rows->list[i].field));
        TRY(stmt_bind_text(op, s, 3, rows->list[i].value));
        TRY(stmt_bind_int64(op, s, 4, rows->day));
        TRY(stmt_bind_int64(op, s, 5, r->id));
        TRY(stmt_step(op, s, &found));
        *ret = !found || stmt_int64(s, 0) != rows->list[i].sum;
    }
    return ERR_OK;
}

static enum err_code links_differ(struct op *op, struct snapshot *snap, const struct record *r,
                                  bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const json_t *links = json_object_get(r->state, "links");
    size_t n = 0;
    bool row;

    *ret = false;
    TRY(snapshot_prepare(op, snap, SQL_entry_links_from, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    for (;; n++) {
        CLEANUP(json_decrefp) json_t *l = NULL;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        l = json_pack("{s:s, s:s, s:I}", "field", stmt_text(s, 0), "kind", stmt_text(s, 1), "id",
                      (json_int_t)stmt_int64(s, 2));
        *ret = *ret || !has_link(links, l);
    }
    *ret = *ret || n != json_array_size(links);
    return ERR_OK;
}

enum err_code entry_check(struct op *op, struct snapshot *snap, const struct record *r,
                          const char **ret_table)
{
    const struct register_def *def = entry_def(op, r);
    struct entry_eval e;
    struct rows *rows;
    bool differs;

    *ret_table = NULL;
    if (def == NULL)
        return ERR_OK;
    if (!eval_rows(op, def, r, &e, &rows))
        return op->err.code == ERR_OK ? ERR_NO_MEMORY : op->err.code;
    TRY(row_differs(op, snap, def, r, &differs));
    if (differs)
        *ret_table = "entry";
    TRY(value_missing(op, snap, def, r, rows, &differs));
    if (differs)
        *ret_table = "entry_value";
    TRY(links_differ(op, snap, r, &differs));
    if (differs)
        *ret_table = "entry_link";
    TRY(entry_unique_differs(op, snap, &e, r->id, &differs));
    if (differs)
        *ret_table = "entry_unique";
    return entry_files_check(op, snap, r, ret_table);
}
