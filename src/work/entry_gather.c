/* What a transition gathers: votes of a nominee, answers of a survey, a rank among those of the
 * same round, what cases came to. Of entries it is read from the rows by which they are counted, so
 * it says what the figures say; of cases from their decisions. */
#include "work/entry_gather.h"

#include <string.h>

#include "sql_queries.h"
#include "work/case.h"
#include "work/entry_gather_internal.h"

/* ---- numbers ---- */

static int64_t linked_to(const json_t *state, const char *field)
{
    const json_t *links = json_object_get(state, "links");

    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);

        if (strcmp(json_string_value(json_object_get(l, "field")), field) == 0)
            return json_integer_value(json_object_get(l, "id"));
    }
    return 0;
}

static bool among(const struct register_gather *g)
{
    return g->kind == GATHER_MOST || g->kind == GATHER_RANK;
}

/* The entry that those to be gathered link to. */
static int64_t centre(const struct entry_run *run, const struct register_gather *g)
{
    return among(g) ? linked_to(run->state, g->by->name) : run->r->id;
}

/* Whether those to be gathered share a value, not a link. */
static bool alike(const struct register_gather *g)
{
    return among(g) && g->by->kind != FIELD_ENTRY;
}

static enum err_code bind(struct entry_run *run, const struct register_gather *g, int64_t after,
                          struct stmt *s)
{
    struct op *op = run->op;
    const char *value;

    TRY(stmt_bind_text(op, s, 1, g->measure->of->flow.id));
    TRY(stmt_bind_text(op, s, 2, entry_measure_row(op, g->measure->id, NULL)));
    if (alike(g)) {
        value = json_string_value(json_object_get(run->values, g->by->name));
        TRY(stmt_bind_text(op, s, 3, value == NULL ? "" : value));
    } else
        TRY(stmt_bind_int64(op, s, 3, centre(run, g)));
    TRY(stmt_bind_text(op, s, 4, g->by->name));
    return stmt_bind_int64(op, s, 5, after);
}

/* What this entry itself adds to the measure, as it is becoming. */
static enum err_code own(struct entry_run *run, const struct register_gather *g, int64_t *ret)
{
    struct entry_eval e;

    TRY(entry_eval_new(run->op, run->snap, run->def, run->state, run->linked, &e));
    e.env.values = run->values;
    if (!register_compute(run->op->arena, &e.env))
        return err_set(&run->op->err, ERR_NO_MEMORY, "computed fields");
    *ret = register_measured(&e.env, g->measure).sum;
    return ERR_OK;
}

static enum err_code number_of(struct entry_run *run, const struct register_gather *g, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t mine = 0;

    if (among(g))
        TRY(own(run, g, &mine));
    TRY(snapshot_prepare(run->op, run->snap, alike(g) ? SQL_entry_gather_alike : SQL_entry_gather,
                         &s));
    TRY(bind(run, g, mine, s));
    TRY(stmt_one_row(run->op, s));
    if (g->kind == GATHER_RANK)
        *ret = NUMBER_ONE * (1 + stmt_int64(s, 3));
    else if (g->kind == GATHER_MOST)
        *ret = stmt_int64(s, 2) > mine ? stmt_int64(s, 2) : mine;
    else
        *ret = g->measure->sum == NULL ? NUMBER_ONE * stmt_int64(s, 0) : stmt_int64(s, 1);
    return ERR_OK;
}

static json_t *number_json(const struct act_field *f, int64_t number)
{
    char text[DECIMAL_TEXT];

    if (f->kind != FIELD_DECIMAL)
        return json_integer(number / NUMBER_ONE);
    decimal_format(number, f->decimals, text);
    return json_string(text);
}

/* ---- entry by entry ---- */

typedef enum err_code gathered_fn(struct entry_run *run, const struct register_gather *g,
                                  int64_t id, void *arg);

/* Each entry that links here and counts, the oldest first. */
static enum err_code each_gathered(struct entry_run *run, const struct register_gather *g,
                                   gathered_fn *one, void *arg)
{
    int64_t ids[500], after = 0;
    size_t n = 500;

    while (n == 500) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        bool row;

        TRY(snapshot_prepare(run->op, run->snap, SQL_entry_gather_ids, &s));
        TRY(bind(run, g, after, s));
        for (n = 0; n < 500; n++) {
            TRY(stmt_step(run->op, s, &row));
            if (!row)
                break;
            ids[n] = stmt_int64(s, 0);
        }
        stmt_closep(&s);
        for (size_t i = 0; i < n; i++)
            TRY(one(run, g, ids[i], arg));
        after = n == 0 ? after : ids[n - 1];
    }
    return ERR_OK;
}

/* ---- means of tables ---- */

#define KEYS_MAX 200
struct mean {
    const char *key;
    int64_t n, sum;
};
struct means {
    size_t n;
    struct mean list[KEYS_MAX];
};

static struct mean *mean_of(struct means *m, const char *key)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->list[i].key, key) == 0)
            return &m->list[i];
    if (m->n == KEYS_MAX)
        return NULL;
    m->list[m->n] = (struct mean){.key = key};
    return &m->list[m->n++];
}

static enum err_code add_rows(struct entry_run *run, const struct register_gather *g, int64_t id,
                              void *arg)
{
    CLEANUP(record_release) struct record r = {0};
    struct means *means = arg;
    const json_t *rows;

    TRY(record_load(run->op, run->snap, ENTRY, id, &r));
    rows = json_object_get(json_object_get(r.state, "fields"), g->rows->name);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i), *value = json_object_get(row, g->value);
        const char *key = json_string_value(json_object_get(row, g->key));
        struct mean *m;

        if (key == NULL || !json_is_integer(value))
            continue;
        m = mean_of(means, arena_strdup(run->op->arena, key));
        if (m == NULL)
            continue;
        m->n++;
        m->sum += json_integer_value(value);
    }
    return ERR_OK;
}

static const struct act_field *column_of(const struct act_field *table, const char *name)
{
    size_t i = 0;

    while (i + 1 < table->n_columns && strcmp(table->columns[i].name, name) != 0)
        i++;
    return &table->columns[i];
}

/* The row that stood there by that key keeps its other cells. */
static json_t *row_by_key(const json_t *rows, const char *column, const char *key)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const char *its = json_string_value(json_object_get(json_array_get(rows, i), column));

        if (its != NULL && strcmp(its, key) == 0)
            return json_deep_copy(json_array_get(rows, i));
    }
    return json_pack("{s:s}", column, key);
}

/* Half away from zero at its last digit, once. */
static int64_t mean(const struct mean *m, int factor, int decimals)
{
    int64_t unit = NUMBER_ONE, size = m->sum < 0 ? -m->sum : m->sum, shown;

    for (int i = 0; i < decimals; i++)
        unit /= 10;
    shown = (2 * size * factor * (NUMBER_ONE / unit) + m->n) / (2 * m->n) * unit;
    return m->sum < 0 ? -shown : shown;
}

static enum err_code means_json(struct entry_run *run, const struct register_gather *g,
                                json_t **ret)
{
    struct means *means = ARENA_NEW(run->op->arena, struct means);
    const struct act_field *value = column_of(g->field, g->value);
    const json_t *old = json_object_get(run->values, g->field->name);
    json_t *rows;

    if (means == NULL)
        return err_set(&run->op->err, ERR_NO_MEMORY, "means");
    means->n = 0;
    TRY(each_gathered(run, g, add_rows, means));
    rows = json_array();
    for (size_t i = 0; i < means->n && (int64_t)i < g->field->max; i++) {
        json_t *row = row_by_key(old, g->key, means->list[i].key);

        json_object_set_new(row, g->value,
                            number_json(value, mean(&means->list[i], g->factor, value->decimals)));
        json_array_append_new(rows, row);
    }
    *ret = rows;
    return ERR_OK;
}

/* ---- the entries themselves ---- */

static json_t *cell_of(const struct entry_eval *e, const struct act_field *column)
{
    const struct register_def *def = e->env.def;
    const struct register_computed *c = register_computed(def, column->name);

    if (strcmp(column->name, GATHER_NUMBER) == 0)
        return json_string(e->env.number);
    if (c != NULL)
        return register_computed_json(c, &e->env.computed[c - def->computed]);
    return json_incref(json_object_get(e->env.values, column->name));
}

static enum err_code add_row(struct entry_run *run, const struct register_gather *g, int64_t id,
                             void *arg)
{
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;
    struct entry_eval e;
    json_t *rows = arg, *row;

    if (json_array_size(rows) >= (size_t)g->field->max)
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "too_many",
                                arena_printf(run->op->arena, "%s最多 %lld 行", g->field->label.zh,
                                             (long long)g->field->max),
                                arena_printf(run->op->arena, "%s: at most %lld rows.",
                                             g->field->label.en, (long long)g->field->max));
    TRY(record_load(run->op, run->snap, ENTRY, id, &r));
    def = entry_def(run->op, &r);
    if (def == NULL)
        return err_set(&run->op->err, ERR_CORRUPT, "an entry of no register");
    TRY(entry_eval(run->op, def, r.state, &e));
    row = json_object();
    for (size_t i = 0; i < g->field->n_columns; i++) {
        json_t *cell = cell_of(&e, &g->field->columns[i]);

        if (entry_blank(cell))
            json_decref(cell);
        else
            json_object_set_new(row, g->field->columns[i].name, cell);
    }
    json_array_append_new(rows, row);
    return ERR_OK;
}

/* ---- decisions on cases ---- */

static enum err_code decided(struct entry_run *run, int64_t id, json_t **ret)
{
    CLEANUP(record_release) struct record r = {0};
    const json_t *penalty;

    TRY(record_load(run->op, run->snap, CASE, id, &r));
    penalty = json_object_get(r.state, "penalty");
    *ret = penalty == NULL
               ? NULL
               : json_integer(json_integer_value(json_object_get(penalty, "fine_fen")) +
                              json_integer_value(json_object_get(penalty, "income_fen")));
    return ERR_OK;
}

/* Whoever gathers, the sum is the same: a case out of his sight counts, its number stays hidden. */
static enum err_code cases_json(struct entry_run *run, const struct register_gather *g,
                                json_t **ret)
{
    CLEANUP(json_decrefp)
    json_t *rows = json_deep_copy(json_object_get(run->values, g->field->name));

    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i), *sum = NULL;
        int64_t id = json_integer_value(json_object_get(row, g->key));

        if (id != 0)
            TRY(decided(run, id, &sum));
        if (sum == NULL)
            json_object_del(row, g->value);
        else
            json_object_set_new(row, g->value, sum);
    }
    *ret = rows;
    rows = NULL;
    return ERR_OK;
}

/* ---- the whole ---- */

void entry_gather_put(struct entry_run *run, const struct act_field *f, json_t *value)
{
    json_t *fields = entry_run_fields_of(run->state);

    if (entry_blank(value)) {
        json_object_del(fields, f->name);
        json_object_del(run->values, f->name);
        json_decref(value);
        return;
    }
    json_object_set(fields, f->name, value);
    json_object_set_new(run->values, f->name, value);
}

static enum err_code gather_one(struct entry_run *run, const struct register_gather *g)
{
    json_t *value = NULL;
    int64_t number;

    if (g->kind == GATHER_DRAW)
        return entry_draw_sample(run, g);
    if (g->kind == GATHER_MEAN) {
        TRY(means_json(run, g, &value));
    } else if (g->kind == GATHER_CASES) {
        TRY(cases_json(run, g, &value));
    } else if (g->kind == GATHER_LIST) {
        CLEANUP(json_decrefp) json_t *rows = json_array();

        TRY(each_gathered(run, g, add_row, rows));
        value = json_incref(rows);
    } else {
        TRY(number_of(run, g, &number));
        value = number_json(g->field, number);
    }
    entry_gather_put(run, g->field, value);
    return ERR_OK;
}

enum err_code entry_gather(struct entry_run *run, const struct flow_transition *t)
{
    const struct register_step *step = &run->def->steps[t - run->def->flow.transitions];

    for (size_t i = 0; i < step->n_gathers; i++)
        TRY(gather_one(run, &step->gathers[i]));
    return ERR_OK;
}
