/* Expressions of a definition over one entry. What its links give is read while it is written and
 * kept in the state ("linked"), so that the same state always says the same. */
#include <string.h>

#include "work/entry_internal.h"

static const char *text_member(const json_t *state, const char *name)
{
    return json_string_value(json_object_get(state, name));
}

static date_t day_member(const json_t *state, const char *name)
{
    const json_t *day = json_object_get(state, name);

    return json_is_integer(day) ? (date_t)json_integer_value(day) : DATE_NONE;
}

/* ---- values kept as JSON ---- */

static json_t *value_keep(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NUMBER:
        return json_pack("{s:I}", "number", (json_int_t)v->number);
    case VALUE_INSTANT:
        return json_pack("{s:I}", "instant", (json_int_t)v->number);
    case VALUE_DATE:
        return json_pack("{s:I}", "date", (json_int_t)v->date);
    case VALUE_TEXT:
        return json_string(v->text);
    case VALUE_BOOL:
        return json_boolean(v->truth);
    case VALUE_LIST:
        return json_deep_copy(v->list);
    case VALUE_EMPTY:
    case VALUE_FILLED:
        break;
    }
    return json_null();
}

static struct value value_kept(const json_t *kept)
{
    const json_t *number = json_object_get(kept, "number"), *date = json_object_get(kept, "date"),
                 *instant = json_object_get(kept, "instant");

    if (json_is_integer(number))
        return value_number(json_integer_value(number));
    if (json_is_integer(instant))
        return (struct value){.kind = VALUE_INSTANT, .number = json_integer_value(instant)};
    if (json_is_integer(date))
        return (struct value){.kind = VALUE_DATE, .date = (date_t)json_integer_value(date)};
    if (json_is_string(kept))
        return (struct value){.kind = VALUE_TEXT, .text = json_string_value(kept)};
    if (json_is_boolean(kept))
        return (struct value){.kind = VALUE_BOOL, .truth = json_is_true(kept)};
    if (json_is_array(kept))
        return (struct value){.kind = VALUE_LIST, .list = kept};
    return (struct value){.kind = VALUE_EMPTY};
}

/* ---- links ---- */

static int64_t linked_id(const json_t *state, const char *field)
{
    const json_t *links = json_object_get(state, "links");

    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);

        if (strcmp(text_member(l, "field"), field) == 0 &&
            strcmp(text_member(l, "kind"), ENTRY) == 0)
            return json_integer_value(json_object_get(l, "id"));
    }
    return 0;
}

/* Reads the entry at the other end and keeps what it gives. */
static void look(struct entry_eval *e, const char *field, const char *name, const char *key)
{
    CLEANUP(record_release) struct record r = {0};
    struct err before;
    const struct register_def *def;
    struct entry_eval other;
    struct value v = {.kind = VALUE_EMPTY};
    int64_t id = linked_id(e->state, field);

    err_keep(&e->op->err, &before);
    if (id != 0 && record_load(e->op, e->snap, ENTRY, id, &r) == ERR_OK &&
        (def = entry_def(e->op, &r)) != NULL && entry_eval(e->op, def, r.state, &other) == ERR_OK)
        v = register_value(&other.env, name);
    err_back(&e->op->err, &before);
    json_object_set_new(e->linked, key, value_keep(&v));
}

static void linked(void *arg, const char *field, const char *name, struct value *ret)
{
    struct entry_eval *e = arg;
    char key[160];

    snprintf(key, sizeof key, "%s.%s", field, name);
    if (e->snap != NULL && json_object_get(e->linked, key) == NULL)
        look(e, field, name, key);
    *ret = value_kept(json_object_get(e->linked, key));
}

/* ---- the entry ---- */

static enum err_code fill(struct op *op, const struct register_def *def, const json_t *state,
                          struct entry_eval *ret)
{
    ret->env = (struct register_env){
        .def = def,
        .values = json_object_get(state, "fields"),
        .number = text_member(state, "number"),
        .status = text_member(state, "status"),
        .body = text_member(state, "body"),
        .day = day_member(state, "day"),
        .register_day = day_member(state, "registered_day"),
        .today = day_member(state, "touched_day"),
        .calendar = op->setup->calendar,
        .zone_min = op->zone_min,
        .link = linked,
        .link_arg = ret,
    };
    if (!register_compute(op->arena, &ret->env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    return ERR_OK;
}

enum err_code entry_eval(struct op *op, const struct register_def *def, const json_t *state,
                         struct entry_eval *ret)
{
    *ret =
        (struct entry_eval){.op = op, .state = state, .linked = json_object_get(state, "linked")};
    return fill(op, def, state, ret);
}

enum err_code entry_eval_new(struct op *op, struct snapshot *snap, const struct register_def *def,
                             const json_t *state, json_t *links, struct entry_eval *ret)
{
    *ret = (struct entry_eval){.op = op, .snap = snap, .state = state, .linked = links};
    return fill(op, def, state, ret);
}

void entry_evaluate(const struct entry_eval *e)
{
    const struct register_def *def = e->env.def;
    const char *values[ENTRY_DIMENSION_VALUES];

    for (size_t i = 0; i < def->n_measures; i++) {
        (void)register_measured(&e->env, &def->measures[i]);
        for (size_t k = 0; k < def->measures[i].n_by; k++)
            (void)register_dimension_values(&e->env, &def->measures[i].by[k], values,
                                            ENTRY_DIMENSION_VALUES);
    }
    for (size_t i = 0; i < def->n_frequencies; i++)
        (void)register_holds(&e->env, def->frequencies[i].count, false);
}
