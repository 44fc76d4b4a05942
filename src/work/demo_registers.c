/* Registers of the sample county: the rows that each definition brings along, told in one branch.
 *
 * A row is {"fields": {…}, "acts": [{"act", "fields"}], "days_ago": n}. In fields "@n" is the day
 * of the row and n days, "@officer" and "@officer2" two officers of the branch, "@body" the branch,
 * "#n" the n-th row of the register that the field links to (for a business: the n-th of the
 * county). docs/registers.md says the same. */
#include <string.h>

#include "base/text.h"
#include "work/acts.h"
#include "work/demo_around.h"
#include "work/entry_internal.h"

#define HOUR_MS INT64_C(3600000)
#define BY_MAX 16

struct telling {
    struct op *op;
    const struct county *county;
    const struct demo_branch *branch;
    const struct demo_officer *by[BY_MAX]; /* who may act, handlers first */
    size_t n_by;
    json_t *numbers; /* {register: [number of each row]}; a register under way has its list */
    date_t until;
    int64_t end_ms;
};

struct row {
    const struct register_def *def;
    date_t day, latest; /* the latest day named in what is sent, up to the end */
};

/* ---- what stands for something ---- */

static json_t *day_of(struct telling *t, struct row *row, const struct act_field *f,
                      const char *text)
{
    date_t day = row->day;
    char out[DATE_TEXT];
    int64_t n;

    if (!text_int64(text + 1, &n))
        return json_string(text);
    day += (date_t)n;
    if (day > row->latest && day <= t->until)
        row->latest = day;
    date_format(day, out);
    if (f->kind == FIELD_INSTANT)
        return json_sprintf("%sT09:00:00+08:00", out);
    return json_string(out);
}

static json_t *entry_of(struct telling *t, const struct act_field *f, const char *text)
{
    const json_t *list = json_object_get(t->numbers, f->of_register);
    json_t *number;
    int64_t n;

    if (!text_int64(text + 1, &n) || n < 1)
        return json_string(text);
    number = json_array_get(list, (size_t)n - 1);
    return number == NULL ? json_string(text) : json_incref(number);
}

static json_t *filled(struct telling *t, struct row *row, const struct act_field *f,
                      const json_t *value)
{
    const char *text = json_string_value(value);
    int64_t n;

    if (text == NULL || (text[0] != '@' && text[0] != '#'))
        return json_deep_copy(value);
    if (strcmp(text, "@officer") == 0 || strcmp(text, "@officer2") == 0)
        return json_integer(t->by[text[8] == '2' && t->n_by > 1]->actor.officer_id);
    if (strcmp(text, "@body") == 0)
        return json_string(t->branch->code);
    if (f->kind == FIELD_ENTRY)
        return entry_of(t, f, text);
    if (f->kind == FIELD_BUSINESS && text_int64(text + 1, &n) && n > 0)
        return json_integer(t->county->businesses[(size_t)(n - 1) % t->county->n_businesses].id);
    return day_of(t, row, f, text);
}

static json_t *filled_table(struct telling *t, struct row *row, const struct act_field *f,
                            const json_t *value)
{
    json_t *rows = json_deep_copy(value), *one;
    size_t i;

    json_array_foreach(rows, i, one)
    {
        for (size_t c = 0; c < f->n_columns; c++) {
            const json_t *cell = json_object_get(one, f->columns[c].name);

            if (cell != NULL)
                json_object_set_new(one, f->columns[c].name, filled(t, row, &f->columns[c], cell));
        }
    }
    return rows;
}

/* What is sent of one row or act; a name that is no field is left to be refused. */
static json_t *fields_of(struct telling *t, struct row *row, const struct pack_act *act,
                         const json_t *given)
{
    json_t *fields = json_object(), *value;
    const char *name;

    json_object_foreach((json_t *)(uintptr_t)given, name, value)
    {
        const struct act_field *f = act_field(act, name);

        json_object_set_new(fields, name,
                            f == NULL                ? json_deep_copy(value)
                            : f->kind == FIELD_TABLE ? filled_table(t, row, f, value)
                                                     : filled(t, row, f, value));
    }
    return fields;
}

/* ---- who does it ---- */

static bool next_one(enum err_code rc, const struct err *err)
{
    return rc == ERR_FORBIDDEN || rc == ERR_NOT_FOUND ||
           (rc == ERR_NOT_ALLOWED && err->n_items > 0 &&
            strcmp(err->items[0].code, "four_eyes") == 0);
}

/* The first who may. */
static enum err_code register_one(struct telling *t, struct row *row, const json_t *fields,
                                  struct record *ret)
{
    CLEANUP(json_decrefp)
    json_t *input = json_pack("{s:s, s:O}", "body", t->branch->code, "fields", fields);
    enum err_code rc = ERR_FORBIDDEN;

    for (size_t i = 0; i < t->n_by && next_one(rc, &t->op->err); i++) {
        err_clear(&t->op->err);
        t->op->actor = t->by[i]->actor;
        rc = entry_make(t->op, row->def, input, ret);
    }
    return rc;
}

static enum err_code act_once(struct telling *t, struct row *row, const char *number,
                              const char *act, const json_t *input)
{
    enum err_code rc = ERR_FORBIDDEN;

    for (size_t i = 0; i < t->n_by && next_one(rc, &t->op->err); i++) {
        CLEANUP(record_release) struct record r = {0};

        err_clear(&t->op->err);
        t->op->actor = t->by[i]->actor;
        rc = entry_act(t->op, row->def, number, act, input, ANY_VERSION, &r);
    }
    return rc;
}

static int64_t at(const struct telling *t, date_t day, int64_t not_before)
{
    int64_t ms = instant_of_date(day, t->op->zone_min) + 9 * HOUR_MS;

    ms = ms < not_before ? not_before : ms;
    return ms > t->end_ms ? t->end_ms : ms;
}

/* When it is told again, on the latest day it names: what lies ahead cannot be recorded yet. */
static enum err_code act_on(struct telling *t, struct row *row, const char *number,
                            const json_t *told)
{
    const char *act = json_string_value(json_object_get(told, "act"));
    const struct pack_act *known = act == NULL ? NULL : pack_act(&row->def->flow.acts, act);
    CLEANUP(json_decrefp) json_t *input = NULL;
    enum err_code rc;

    if (known == NULL)
        return err_set(&t->op->err, ERR_INVALID, "there is no act %s", act == NULL ? "" : act);
    input = json_pack("{s:o}", "fields", fields_of(t, row, known, json_object_get(told, "fields")));
    t->op->now_ms = at(t, row->day, t->op->now_ms + HOUR_MS / 4);
    rc = act_once(t, row, number, act, input);
    if (rc != ERR_INVALID && rc != ERR_NOT_ALLOWED)
        return rc;
    t->op->now_ms = at(t, row->latest, t->op->now_ms + HOUR_MS / 4);
    rc = act_once(t, row, number, act, input);
    if (rc != ERR_INVALID && rc != ERR_NOT_ALLOWED)
        return rc;
    t->op->now_ms = t->end_ms;
    return act_once(t, row, number, act, input);
}

/* ---- rows ---- */

static enum err_code tell_row(struct telling *t, const struct register_def *def, const json_t *told,
                              json_t *numbers)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *fields = NULL;
    const json_t *acts = json_object_get(told, "acts");
    struct row row = {.def = def};
    const char *number;

    row.day = t->until - (date_t)json_integer_value(json_object_get(told, "days_ago"));
    row.latest = row.day;
    fields = fields_of(t, &row, &def->registering, json_object_get(told, "fields"));
    t->op->now_ms = at(t, row.day, 0);
    TRY(register_one(t, &row, fields, &r));
    json_array_append_new(numbers, json_string(record_member(&r, "number")));
    number = arena_strdup(t->op->arena, record_member(&r, "number"));
    for (size_t i = 0; i < json_array_size(acts); i++)
        TRY(act_on(t, &row, number, json_array_get(acts, i)));
    return ERR_OK;
}

static enum err_code tell_register(struct telling *t, const struct register_def *def);

/* What the fields link to comes first. */
static enum err_code tell_linked(struct telling *t, const struct act_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct register_def *other =
            fields[i].kind == FIELD_ENTRY
                ? registers_find(t->op->setup->registers, fields[i].of_register)
                : NULL;

        if (other != NULL)
            TRY(tell_register(t, other));
        TRY(tell_linked(t, fields[i].columns, fields[i].n_columns));
    }
    return ERR_OK;
}

static enum err_code tell_register(struct telling *t, const struct register_def *def)
{
    json_t *numbers;

    if (json_object_get(t->numbers, def->flow.id) != NULL ||
        !register_in_profile(def, t->op->setup->profile->id))
        return ERR_OK;
    numbers = json_array();
    json_object_set_new(t->numbers, def->flow.id, numbers);
    TRY(tell_linked(t, def->registering.fields, def->registering.n_fields));
    for (size_t i = 0; i < def->flow.acts.n_acts; i++)
        TRY(tell_linked(t, def->flow.acts.acts[i].fields, def->flow.acts.acts[i].n_fields));
    for (size_t i = 0; i < json_array_size(def->demo); i++) {
        enum err_code rc = tell_row(t, def, json_array_get(def->demo, i), numbers);

        /* What does not fit the day on which the county is made is left as far as it came: terms
         * that are not over, periods that end later. test_register_definitions.py holds every row
         * to its definition. */
        if (rc != ERR_OK && t->op->err.n_items == 0)
            return err_set(&t->op->err, rc, "register %s, demo row %zu", def->flow.id, i + 1);
        err_clear(&t->op->err);
        if (json_array_size(numbers) == i)
            json_array_append_new(numbers, json_string("")); /* rows keep their places */
    }
    return ERR_OK;
}

enum err_code county_registers(struct op *op, const struct county *c, date_t until, int64_t end_ms)
{
    struct telling t = {.op = op,
                        .county = c,
                        .branch = &c->branches[0],
                        .numbers = json_object(),
                        .until = until,
                        .end_ms = end_ms};
    enum err_code rc = ERR_OK;

    for (size_t i = 0; i < t.branch->n_handlers && t.n_by < BY_MAX - 5; i++)
        t.by[t.n_by++] = t.branch->handlers[i];
    t.by[t.n_by++] = t.branch->supervisor;
    t.by[t.n_by++] = c->intake[0];
    t.by[t.n_by++] = c->supervisor;
    t.by[t.n_by++] = c->leader;
    for (size_t i = 0; i < registers_count(op->setup->registers) && rc == ERR_OK; i++)
        rc = tell_register(&t, registers_at(op->setup->registers, i));
    json_decref(t.numbers);
    return rc;
}
