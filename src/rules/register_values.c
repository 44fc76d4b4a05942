/* Computes and judges over the values of one entry. */
#include "rules/register_values.h"

#include <string.h>

#include "base/text.h"
#include "rules/register_internal.h"

static const struct value empty = {.kind = VALUE_EMPTY};

/* ---- values of fields ---- */

static struct value of_text(const char *text)
{
    return text == NULL || *text == '\0' ? empty : (struct value){.kind = VALUE_TEXT, .text = text};
}

static struct value of_date(date_t date)
{
    return date == DATE_NONE ? empty : (struct value){.kind = VALUE_DATE, .date = date};
}

static struct value of_decimal(const json_t *v)
{
    const char *text = json_string_value(v);
    int64_t number;

    return text != NULL && decimal_parse(text, &number) ? value_number(number) : empty;
}

bool register_filled(const json_t *v)
{
    return v != NULL && !json_is_null(v) && !(json_is_string(v) && json_string_length(v) == 0) &&
           !(json_is_array(v) && json_array_size(v) == 0) &&
           !(json_is_object(v) && json_object_size(v) == 0);
}

static struct value of_field(const struct register_env *env, const struct act_field *f,
                             const json_t *v)
{
    int64_t ms;

    if (!register_filled(v))
        return empty;
    if (f->sealed)
        return (struct value){.kind = VALUE_FILLED};
    switch (f->kind) {
    case FIELD_INT:
    case FIELD_MONEY:
        return json_is_integer(v) ? value_whole(json_integer_value(v)) : empty;
    case FIELD_DECIMAL:
        return of_decimal(v);
    case FIELD_BOOL:
        return json_is_boolean(v) ? (struct value){.kind = VALUE_BOOL, .truth = json_is_true(v)}
                                  : empty;
    case FIELD_DATE:
        return json_is_string(v) ? of_date(date_parse(json_string_value(v))) : empty;
    case FIELD_INSTANT:
        if (!json_is_string(v) || !instant_parse(json_string_value(v), env->zone_min, &ms))
            return empty;
        return (struct value){.kind = VALUE_INSTANT, .number = ms};
    case FIELD_CHOICES:
        return json_is_array(v) ? (struct value){.kind = VALUE_LIST, .list = v} : empty;
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
    case FIELD_CASE:
        return json_is_integer(v) && env->arena != NULL
                   ? of_text(arena_printf(env->arena, "%lld", (long long)json_integer_value(v)))
                   : empty;
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_BODY:
    case FIELD_NUMBER:
    case FIELD_PERIOD:
    case FIELD_MATTER:
    case FIELD_ENTRY:
        return of_text(json_string_value(v));
    case FIELD_GROUP:
    case FIELD_REMEDIES:
    case FIELD_AMENDMENT:
    case FIELD_REPORT:
    case FIELD_QUANTITY:
    case FIELD_PERSON:
    case FIELD_PLACE:
    case FIELD_CHECKLIST:
    case FIELD_TABLE:
    case FIELD_FILE:
        break;
    }
    return (struct value){.kind = VALUE_FILLED};
}

/* Score and greatest score over the items that were scored. */
static struct value of_checklist(const struct act_field *f, const json_t *v, const char *member)
{
    const json_t *items = json_object_get(v, "items");
    int64_t score = 0, max = 0;
    bool some = false;

    for (size_t i = 0; i < f->n_items; i++) {
        const json_t *item = json_object_get(json_object_get(items, f->items[i].id), "score");

        if (!json_is_integer(item))
            continue;
        if (strcmp(member, f->items[i].id) == 0)
            return value_whole(json_integer_value(item));
        some = true;
        score += json_integer_value(item);
        max += f->items[i].max;
    }
    if (!some)
        return empty;
    return strcmp(member, "score") == 0 ? value_whole(score)
           : strcmp(member, "max") == 0 ? value_whole(max)
                                        : empty;
}

static struct value of_member(const struct act_field *f, const json_t *v, const char *member)
{
    if (!register_filled(v))
        return empty;
    if (f->kind == FIELD_CHECKLIST)
        return of_checklist(f, v, member);
    if (f->kind != FIELD_QUANTITY)
        return empty;
    return strcmp(member, "value") == 0 ? of_decimal(json_object_get(v, "value"))
                                        : of_text(json_string_value(json_object_get(v, "unit")));
}

/* ---- names ---- */

static struct value of_plain(const struct register_env *env, const struct expr_name *name)
{
    switch ((enum plain_name)((const char *const *)name->of - plain_names)) {
    case PLAIN_NUMBER:
        return of_text(env->number);
    case PLAIN_STATUS:
        return of_text(env->status);
    case PLAIN_BODY:
        return of_text(env->body);
    case PLAIN_DAY:
        return of_date(register_day_of(env));
    case PLAIN_TODAY:
        return of_date(env->today);
    case PLAIN_REGISTER_DAY:
        return of_date(env->register_day);
    case PLAIN_NAMES:
        break;
    }
    return empty;
}

static void look_up(void *arg, const struct expr_at *at, struct value *ret)
{
    const struct register_env *env = arg;
    const struct expr_name *name = at->name;
    const struct act_field *f = name->of;
    const json_t *v;

    if (name->id == NAME_PLAIN) {
        *ret = of_plain(env, name);
        return;
    }
    if (name->id == NAME_COMPUTED) {
        *ret = env->computed == NULL
                   ? empty
                   : env->computed[(const struct register_computed *)name->of - env->def->computed];
        return;
    }
    v = json_object_get(env->values, name->name);
    if (name->table && at->member != NULL) {
        f = at->member->of;
        v = json_object_get(json_array_get(v, at->row), at->member->name);
        *ret = at->deeper != NULL ? of_member(f, v, at->deeper->name) : of_field(env, f, v);
        return;
    }
    *ret = at->member != NULL ? of_member(f, v, at->member->name) : of_field(env, f, v);
}

static size_t rows_of(void *arg, const struct expr_name *table)
{
    const struct register_env *env = arg;

    return json_array_size(json_object_get(env->values, table->name));
}

static void linked(void *arg, const char *field, const char *name, struct value *ret)
{
    const struct register_env *env = arg;

    *ret = empty;
    if (env->link != NULL)
        env->link(env->link_arg, field, name, ret);
}

static struct expr_env expr_env_of(const struct register_env *env)
{
    return (struct expr_env){.lookup = look_up,
                             .rows = rows_of,
                             .link = linked,
                             .arg = (void *)(uintptr_t)env,
                             .calendar = env->calendar,
                             .zone_min = env->zone_min};
}

bool register_eval(const struct register_env *env, const struct expr *e, struct value *ret)
{
    struct expr_env own = expr_env_of(env);

    return expr_eval(e, &own, ret);
}

bool register_holds(const struct register_env *env, const struct expr *e, bool otherwise)
{
    struct expr_env own = expr_env_of(env);

    return expr_holds(e, &own, otherwise);
}

static const struct expr_name *member_of(const struct expr_name *of, const char *name)
{
    for (size_t i = 0; of != NULL && i < of->n_members; i++)
        if (strcmp(of->members[i].name, name) == 0)
            return &of->members[i];
    return NULL;
}

struct value register_value(const struct register_env *env, const char *name)
{
    const char *dot = strchr(name, '.');
    struct expr_at at = {0};
    struct value v = empty;
    char first[64];

    if (dot == NULL) {
        at.name = register_name(env->def, name);
    } else if ((size_t)(dot - name) < sizeof first) {
        memcpy(first, name, (size_t)(dot - name));
        first[dot - name] = '\0';
        at.name = register_name(env->def, first);
        at.member = member_of(at.name, dot + 1);
        if (at.member == NULL || at.name->table)
            return empty;
    }
    if (at.name != NULL)
        look_up((void *)(uintptr_t)env, &at, &v);
    return v;
}

/* ---- computed ---- */

static struct value compute(const struct register_env *env, const struct register_computed *c)
{
    struct value v = empty, over = empty;
    int decimals = c->kind == COMPUTED_DECIMAL ? c->decimals : 0;

    if (c->kind == COMPUTED_PERCENT) {
        if (!register_eval(env, c->of, &v) || !register_eval(env, c->over, &over) ||
            v.kind != VALUE_NUMBER || over.kind != VALUE_NUMBER)
            return empty;
        return number_quotient(v.number, over.number, 100, c->decimals);
    }
    if (!register_eval(env, c->formula, &v))
        return empty;
    if (v.kind == VALUE_INSTANT)
        return of_date(date_of_instant(v.number, env->zone_min));
    return v.kind == VALUE_NUMBER ? number_quotient(v.number, NUMBER_ONE, 1, decimals) : v;
}

bool register_compute(struct arena *arena, struct register_env *env)
{
    const struct register_def *def = env->def;

    env->arena = arena;
    env->computed = ARENA_ARRAY(arena, struct value, def->n_computed + 1);
    if (env->computed == NULL)
        return false;
    for (size_t i = 0; i < def->n_computed; i++)
        env->computed[def->order[i]] = compute(env, &def->computed[def->order[i]]);
    return true;
}

date_t register_day_of(const struct register_env *env)
{
    struct value v;

    if (env->day != DATE_NONE && env->day != 0)
        return env->day;
    if (env->def->day == NULL)
        return env->register_day;
    v = register_value(env, env->def->day);
    if (v.kind == VALUE_INSTANT)
        return date_of_instant(v.number, env->zone_min);
    return v.kind == VALUE_DATE ? v.date : env->register_day;
}

/* ---- judging ---- */

struct search {
    const struct register_env *env;
    bool found;
};

static void brought(void *arg, const struct expr_name *name, bool link)
{
    struct search *s = arg;
    const struct pack_act *act = s->env->asked;

    if (link || s->found)
        return;
    if (name->id == NAME_COMPUTED) {
        const struct register_computed *c = name->of;
        const struct expr *parts[] = {c->formula, c->of, c->over};

        for (size_t i = 0; i < 3; i++)
            if (parts[i] != NULL)
                expr_names(parts[i], brought, s);
        return;
    }
    for (size_t i = 0; i < act->n_fields; i++)
        s->found |= name->id == NAME_FIELD && strcmp(act->fields[i].name, name->name) == 0;
}

/* Whether the act that is asked for has a field that the expression looks at. */
static bool may_bring(const struct register_env *env, const struct expr *e)
{
    struct search s = {.env = env};

    if (env->asked != NULL)
        expr_names(e, brought, &s);
    return s.found;
}

bool register_judge(const struct flow_guard *guard, const void *facts)
{
    const struct register_env *env = facts;
    const struct register_predicate *p = &env->def->predicates[guard - env->def->flow.kind->guards];

    return register_holds(env, p->holds, false) ||
           (env->asking && (p->of_input || may_bring(env, p->holds)));
}

struct flow_answer register_step(const struct register_env *env, const char *act, unsigned roles)
{
    struct register_env asked = *env;

    if (env->asking)
        asked.asked = pack_act(&env->def->flow.acts, act);
    return flow_step(&env->def->flow, env->status, act, roles, &asked);
}

enum err_code register_required_check(const struct register_env *env,
                                      const struct flow_state *state, struct err *err)
{
    const struct register_def *def = env->def;
    uint64_t bit = (uint64_t)1 << (state - def->flow.states);
    enum err_code rc = ERR_OK;
    char path[64], zh[200], en[200];

    for (size_t i = 0; i < def->registering.n_fields; i++) {
        const struct act_field *f = &def->registering.fields[i];

        if ((f->required_in & bit) == 0 || register_filled(json_object_get(env->values, f->name)))
            continue;
        snprintf(path, sizeof path, "fields.%s", f->name);
        snprintf(zh, sizeof zh, "%.60s：到“%.40s”之前要填", f->label.zh, state->label.zh);
        snprintf(en, sizeof en, "%.80s is needed before it can be: %.60s.", f->label.en,
                 state->label.en);
        rc = err_field(err, ERR_INVALID, path, "required", zh, en);
    }
    return rc;
}

enum err_code register_checks(const struct register_env *env, struct err *err)
{
    const struct register_def *def = env->def;
    enum err_code rc = ERR_OK;
    char path[64];

    for (size_t i = 0; i < def->n_checks; i++) {
        const struct register_check *c = &def->checks[i];
        struct value v;

        if (!register_holds(env, c->when, false))
            continue;
        if (register_eval(env, c->holds, &v) && (v.kind != VALUE_BOOL || v.truth))
            continue;
        snprintf(path, sizeof path, "fields%s%s", c->field == NULL ? "" : ".",
                 c->field == NULL ? "" : c->field);
        rc = err_field(err, ERR_INVALID, path, "check", c->message.zh, c->message.en);
    }
    return rc;
}

/* ---- what transitions set ---- */

static json_t *number_json(const struct act_field *f, int64_t number)
{
    char text[DECIMAL_TEXT];
    int64_t whole = 0;

    if (f->kind == FIELD_DECIMAL) {
        decimal_format(number, f->decimals, text);
        return json_string(text);
    }
    decimal_format(number, 0, text);
    return text_int64(text, &whole) ? json_integer(whole) : json_null();
}

static json_t *value_json(const struct register_env *env, const struct act_field *f,
                          const struct value *v)
{
    char date[DATE_TEXT];

    switch (v->kind) {
    case VALUE_NUMBER:
        return number_json(f, v->number);
    case VALUE_TEXT:
        return json_string(v->text);
    case VALUE_BOOL:
        return json_boolean(v->truth);
    case VALUE_DATE:
    case VALUE_INSTANT:
        date_format(v->kind == VALUE_DATE ? v->date : date_of_instant(v->number, env->zone_min),
                    date);
        return json_string(date);
    case VALUE_EMPTY:
    case VALUE_LIST:
    case VALUE_FILLED:
        break;
    }
    return json_null();
}

json_t *register_sets(const struct register_env *env, const struct flow_transition *step,
                      struct err *err)
{
    const struct register_step *sets =
        env->def->steps == NULL ? NULL : &env->def->steps[step - env->def->flow.transitions];
    json_t *ret = json_object();

    for (size_t i = 0; ret != NULL && sets != NULL && i < sets->n_sets; i++) {
        struct value v;
        bool fine = register_eval(env, sets->sets[i].value, &v);

        if (!fine || json_object_set_new(ret, sets->sets[i].field->name,
                                         value_json(env, sets->sets[i].field, &v)) != 0) {
            err_note(err, fine ? ERR_NO_MEMORY : ERR_INVALID, "set %s", sets->sets[i].field->name);
            json_decref(ret);
            ret = NULL;
        }
    }
    return ret;
}
