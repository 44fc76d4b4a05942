/* What one entry adds to measures and balances, and the keys of what may be there once only. */
#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"
#include "rules/register_values.h"

struct measured register_measured(const struct register_env *env,
                                  const struct register_measure *measure)
{
    struct measured m = {.counts = true, .n = 1, .sum = NUMBER_ONE};
    struct value v;

    if (!register_holds(env, measure->where, false))
        return (struct measured){0};
    if (measure->sum == NULL)
        return m;
    if (!register_eval(env, measure->sum, &v) || v.kind != VALUE_NUMBER)
        return (struct measured){0};
    m.sum = v.number;
    return m;
}

size_t register_dimension_values(const struct register_env *env,
                                 const struct register_dimension *by, const char **ret, size_t room)
{
    const json_t *list;
    struct value v;
    size_t n = 0;

    if (by->value != NULL) {
        if (!register_eval(env, by->value, &v) || v.kind == VALUE_EMPTY || room == 0)
            return 0;
        ret[0] = v.kind == VALUE_BOOL ? v.truth ? "true" : "false" : v.text;
        return 1;
    }
    list = json_object_get(env->values, by->field->name);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));

        if (code != NULL && n < room)
            ret[n++] = code;
    }
    return n;
}

/* "v1|v2"; a value's own | becomes a blank. */
static void add_key(struct buf *b, const char *text, bool first)
{
    if (!first)
        buf_addc(b, '|');
    for (; *text != '\0'; text++)
        buf_addc(b, *text == '|' ? ' ' : *text);
}

bool register_change(struct arena *arena, const struct register_env *env,
                     const struct register_balance *balance, int64_t *ret_change,
                     const char **ret_key)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(2000);
    bool counts = (register_state_bit(env->def, env->status) & balance->states) != 0;
    struct value v = {.kind = VALUE_EMPTY};

    for (size_t i = 0; i < balance->n_by; i++) {
        if (!register_eval(env, balance->by_value[i], &v))
            return false;
        add_key(&b, v.kind == VALUE_TEXT ? v.text : "", i == 0);
    }
    if (counts && !register_eval(env, balance->change, &v))
        return false;
    *ret_change = counts && v.kind == VALUE_NUMBER ? v.number : 0;
    *ret_key = buf_dup(&b, arena);
    return *ret_key != NULL;
}

/* A value as part of a key: NULL when it is not filled. */
static const char *key_part(const struct act_field *f, const json_t *v, struct arena *arena)
{
    static const char *const person[] = {"id_number", "phone", "name"};

    if (!register_filled(v))
        return NULL;
    if (f->kind == FIELD_PERSON)
        for (size_t i = 0; i < 3; i++) {
            const char *text = json_string_value(json_object_get(v, person[i]));

            if (text != NULL && *text != '\0')
                return text_trim(arena, text);
        }
    return json_is_string(v) ? text_trim(arena, json_string_value(v)) : json_compact(arena, v);
}

bool register_unique_key(struct arena *arena, const struct register_env *env,
                         const struct register_unique *unique, const char **ret)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(8000);

    *ret = NULL;
    if (!register_holds(env, unique->when, false))
        return true;
    if (unique->per_body)
        add_key(&b, env->body == NULL ? "" : env->body, true);
    for (size_t i = 0; i < unique->n_fields; i++) {
        const struct act_field *f = unique->fields[i];
        const json_t *v = json_object_get(env->values, f->name);
        const char *part = key_part(f, v, arena);

        if (part == NULL)
            return !register_filled(v);
        add_key(&b, part, i == 0 && !unique->per_body);
    }
    *ret = buf_dup(&b, arena);
    return *ret != NULL;
}
