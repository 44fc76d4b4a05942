/* Reads what a register computes and judges: computed fields, checks, predicates, what must be
 * unique, balances, and what transitions set. */
#include <string.h>

#include "rules/register_internal.h"

/* ---- computed ---- */

static void read_formula(struct register_reader *rr, const json_t *v, size_t i)
{
    struct reader *r = &rr->p.r;
    struct register_computed *c = (struct register_computed *)rr->def->computed + i;
    const struct expr_name *name = register_name(rr->def, c->name);

    if (c->kind == COMPUTED_PERCENT) {
        c->of = read_expr(r, v, "of", true, VALUE_NUMBER, &rr->scope);
        c->over = read_expr(r, v, "over", true, VALUE_NUMBER, &rr->scope);
        if (json_object_get(v, "formula") != NULL)
            reader_fault(r, "formula", "unknown_key", "百分比写 of 和 over。",
                         "A percentage has of and over.");
        return;
    }
    c->formula =
        read_expr(r, v, "formula", true, name == NULL ? VALUE_EMPTY : name->kind, &rr->scope);
    if (json_object_get(v, "of") != NULL || json_object_get(v, "over") != NULL)
        reader_fault(r, "of", "unknown_key", "只有百分比写 of 和 over。",
                     "of and over go with percent.");
}

struct needs {
    const struct register_def *def;
    bool *of; /* indexed as computed */
};

static void need(void *arg, const struct expr_name *name, bool link)
{
    struct needs *needs = arg;

    if (!link && name->id == NAME_COMPUTED)
        needs->of[(const struct register_computed *)name->of - needs->def->computed] = true;
}

#define COMPUTED_MAX 60

static void needs_of(const struct register_def *def, const struct register_computed *c, bool *of)
{
    struct needs needs = {def, of};

    memset(of, 0, COMPUTED_MAX * sizeof *of);
    if (c->formula != NULL)
        expr_names(c->formula, need, &needs);
    if (c->of != NULL)
        expr_names(c->of, need, &needs);
    if (c->over != NULL)
        expr_names(c->over, need, &needs);
}

/* From one that waits, along what it waits for, until it is sure to be inside the cycle. */
static size_t in_cycle(const struct register_def *def, const bool *done, size_t at)
{
    bool of[COMPUTED_MAX];

    for (size_t i = 0; i < def->n_computed; i++) {
        size_t k = 0;

        needs_of(def, &def->computed[at], of);
        while (k < def->n_computed && (!of[k] || done[k]))
            k++;
        at = k < def->n_computed ? k : at;
    }
    return at;
}

/* Computed fields need only earlier ones once they stand in this order. @p place[i] becomes the
 * i-th. False when they form a cycle; *ret_stuck is one of it. */
static bool sort_computed(const struct register_def *def, size_t *place, size_t *ret_stuck)
{
    bool done[COMPUTED_MAX] = {false}, of[COMPUTED_MAX];
    size_t n = 0;

    while (n < def->n_computed) {
        bool found = false;

        for (size_t i = 0; i < def->n_computed; i++) {
            bool ready = !done[i];

            needs_of(def, &def->computed[i], of);
            for (size_t k = 0; k < def->n_computed; k++)
                ready = ready && (!of[k] || done[k]);
            if (!ready) {
                *ret_stuck = done[i] ? *ret_stuck : i;
                continue;
            }
            done[i] = found = true;
            place[n++] = i;
        }
        if (!found) {
            *ret_stuck = in_cycle(def, done, *ret_stuck);
            return false;
        }
    }
    return true;
}

/* Expressions name computed fields by address, so the array stays and the order stands beside. */
static void order_computed(struct register_reader *rr)
{
    size_t *place = read_room(&rr->p.r, rr->def->n_computed, sizeof *place), stuck = 0;

    if (place == NULL)
        return;
    if (!sort_computed(rr->def, place, &stuck)) {
        struct reader *r = &rr->p.r;
        size_t at = reader_key(r, "computed"), mark = reader_index(r, stuck);

        reader_fault(r, "formula", "cycle", "算式绕成了圈。", "%s is computed from itself.",
                     rr->def->computed[stuck].name);
        reader_up(r, mark);
        reader_up(r, at);
    }
    rr->def->order = place;
}

/* ---- checks and predicates ---- */

static bool names_something(const struct register_def *def, const char *name)
{
    return register_field(def, name) != NULL || register_computed(def, name) != NULL;
}

static void read_check(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id", "holds", "when", "field", "message", NULL};
    struct reader *r = &rr->p.r;
    struct register_check *c = (struct register_check *)rr->def->checks + i;

    if (!read_object(r, v, keys))
        return;
    c->id = read_text(r, v, "id", true);
    c->holds = read_expr(r, v, "holds", true, VALUE_BOOL, &rr->scope);
    c->when = read_expr(r, v, "when", false, VALUE_BOOL, &rr->scope);
    c->field = read_text(r, v, "field", false);
    c->message = read_label(r, v, "message", true);
    if (c->field != NULL && !names_something(rr->def, c->field))
        reader_fault(r, "field", "unknown_name", "没有这个字段。", "There is no field %s.",
                     c->field);
}

static void only_input(void *arg, const struct expr_name *name, bool link)
{
    struct register_reader *rr = ((void **)arg)[0];
    bool *found = ((void **)arg)[1];

    (void)link;
    for (size_t i = 0; i < rr->def->names->n_of_acts; i++)
        *found |= &rr->def->names->of_acts[i] == name;
}

static void read_predicate(struct register_reader *rr, const json_t *v, size_t i)
{
    struct register_predicate *c = (struct register_predicate *)rr->def->predicates + i;
    struct expr_scope scope = rr->scope;
    void *arg[] = {rr, &c->of_input};

    scope.more = rr->def->names->of_acts;
    scope.n_more = rr->def->names->n_of_acts;
    c->holds = read_expr(&rr->p.r, v, "holds", true, VALUE_BOOL, &scope);
    if (c->holds != NULL)
        expr_names(c->holds, only_input, arg);
}

/* ---- unique ---- */

static void read_unique(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id", "fields", "when", "message", NULL};
    struct reader *r = &rr->p.r;
    struct register_unique *u = (struct register_unique *)rr->def->unique + i;
    const char *const *names;
    size_t n;

    if (!read_object(r, v, keys))
        return;
    u->id = read_text(r, v, "id", true);
    names = register_read_texts(r, v, "fields", true, UNIQUE_FIELDS_MAX, &n);
    for (size_t k = 0; names != NULL && k < n; k++) {
        const struct act_field *f = register_field(rr->def, names[k]);

        if (strcmp(names[k], "body") == 0)
            u->per_body = true;
        else if (f == NULL)
            reader_fault(r, "fields", "unknown_name", "没有这个字段。", "There is no field %s.",
                         names[k]);
        else if (f->kind == FIELD_TABLE || f->kind == FIELD_CHECKLIST || f->kind == FIELD_PLACE ||
                 f->kind == FIELD_FILE)
            reader_fault(r, "fields", "type", "这种字段不能查重。", "%s cannot be unique.",
                         names[k]);
        else
            u->fields[u->n_fields++] = f;
        u->sealed |= f != NULL && f->sealed;
    }
    u->when = read_expr(r, v, "when", false, VALUE_BOOL, &rr->scope);
    u->message = read_label(r, v, "message", true);
    if (u->n_fields == 0)
        reader_fault(r, "fields", "missing", "要写字段。", "Fields are missing.");
}

/* ---- balances ---- */

void register_no_today(struct register_reader *rr, const char *key, const struct expr *e)
{
    if (e != NULL && !rr->p.r.failed && register_needs_today(rr->def, e))
        reader_fault(&rr->p.r, key, "today", "统计不能跟着今天变。",
                     "What is counted cannot depend on today.");
}

/* "REGISTER.BALANCE" of "of"; register_check_balances looks whether it is there. */
static void read_number_changed(struct register_reader *rr, const json_t *v,
                                struct register_balance *b)
{
    const char *of = read_text(&rr->p.r, v, "of", false);
    const char *dot = of == NULL ? NULL : strchr(of, '.');

    b->in_register = rr->def->flow.id;
    b->in_balance = b->id;
    if (of == NULL)
        return;
    b->in_register = dot == NULL ? of : arena_strndup(rr->p.r.arena, of, (size_t)(dot - of));
    b->in_balance = dot == NULL ? "" : dot + 1;
}

static const struct register_balance *balance_named(const struct register_def *def, const char *id)
{
    for (size_t i = 0; def != NULL && i < def->n_balances; i++)
        if (def->balances[i].id != NULL && strcmp(def->balances[i].id, id) == 0)
            return &def->balances[i];
    return NULL;
}

void register_check_balances(struct register_reader *rr)
{
    for (size_t i = 0; i < rr->def->n_balances; i++) {
        const struct register_balance *b = &rr->def->balances[i], *of;
        size_t at = reader_key(&rr->p.r, "balances"), mark = reader_index(&rr->p.r, i);

        of = b->in_register == rr->def->flow.id
                 ? b
                 : balance_named(registers_find(rr->all, b->in_register), b->in_balance);
        if (of == NULL || of->in_register == NULL || of->n_by != b->n_by ||
            of->per_body != b->per_body || (of != b && strcmp(of->in_balance, of->id) != 0))
            reader_fault(&rr->p.r, "of", "unknown_name", "没有这个结存，或者它按别的项分。",
                         "There is no such balance, or its numbers are told apart otherwise.");
        reader_up(&rr->p.r, mark);
        reader_up(&rr->p.r, at);
    }
}

static void read_balance(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {
        "id",    "label",  "unit",           "by",      "per", "change",
        "money", "states", "never_negative", "message", "of",  NULL};
    static const char *const pers[] = {"all", "body", NULL};
    struct reader *r = &rr->p.r;
    struct register_balance *b = (struct register_balance *)rr->def->balances + i;
    const char *const *by;

    if (!read_object(r, v, keys))
        return;
    b->id = read_text(r, v, "id", true);
    read_number_changed(rr, v, b);
    b->label = read_label(r, v, "label", true);
    b->unit = read_label(r, v, "unit", false);
    by = register_read_texts(r, v, "by", false, BALANCE_BY_MAX, &b->n_by);
    for (size_t k = 0; by != NULL && k < b->n_by; k++) {
        size_t at = reader_key(r, "by"), mark = reader_index(r, k);

        b->by[k] = by[k];
        b->by_value[k] = expr_parse(r, by[k], VALUE_TEXT, &rr->scope);
        reader_up(r, mark);
        reader_up(r, at);
    }
    b->per_body = read_name(r, v, "per", pers, 0, false) == 1;
    b->change = read_expr(r, v, "change", true, VALUE_NUMBER, &rr->scope);
    register_no_today(rr, "change", b->change);
    b->money = read_bool(r, v, "money", b->change != NULL && register_is_money(b->change));
    b->states = register_read_states(rr, v, "states", ~register_state_bit(rr->def, "withdrawn"));
    b->never_negative = read_bool(r, v, "never_negative", false);
    b->message = read_label(r, v, "message", b->never_negative);
}

/* ---- what transitions set ---- */

static enum value_kind kind_to_set(const struct act_field *f)
{
    const enum field_kind k = f->kind;

    if (f->sealed)
        return VALUE_EMPTY;
    return k == FIELD_INT || k == FIELD_MONEY || k == FIELD_DECIMAL ? VALUE_NUMBER
           : k == FIELD_DATE                                        ? VALUE_DATE
           : k == FIELD_BOOL                                        ? VALUE_BOOL
           : k == FIELD_TEXT || k == FIELD_CHOICE || k == FIELD_ENTRY || k == FIELD_PERIOD
               ? VALUE_TEXT
               : VALUE_EMPTY;
}

static void read_sets(struct register_reader *rr, const json_t *v, size_t i)
{
    struct reader *r = &rr->p.r;
    struct register_step *step = (struct register_step *)rr->def->steps + i;
    const json_t *sets = json_object_get(v, "set");
    struct expr_scope scope = rr->scope;
    const char *key;
    json_t *value;
    size_t at = reader_key(r, "set");

    scope.more = rr->def->names->of_acts;
    scope.n_more = rr->def->names->n_of_acts;
    if (sets != NULL && !json_is_object(sets))
        reader_fault(r, NULL, "type", "这里要一个对象。", "An object is expected here.");
    json_object_foreach((json_t *)sets, key, value)
    {
        const struct act_field *f = register_field(rr->def, key);
        enum value_kind kind = f == NULL ? VALUE_EMPTY : kind_to_set(f);

        if (kind == VALUE_EMPTY || step->n_sets == SETS_MAX) {
            reader_fault(r, key, "unknown_name", "没有这个字段，或者不能这样填。",
                         "There is no such field, or it cannot be set.");
            continue;
        }
        step->sets[step->n_sets].field = f;
        step->sets[step->n_sets].value = read_expr(r, sets, key, true, kind, &scope);
        step->n_sets++;
    }
    reader_up(r, at);
}

static void check_clock(struct register_reader *rr, const char *key, const struct flow_clock *c)
{
    const struct act_field *f = c->from == NULL ? NULL : register_field(rr->def, c->from);

    if (c->from != NULL && (f == NULL || f->kind != FIELD_DATE))
        reader_fault(&rr->p.r, key, "unknown_name", "期限要从一个日期字段算起。",
                     "%s is no date field to count from.", c->from);
    if (c->rule != NULL && c->rule->length == 0 && c->effect == CLOCK_START && c->from == NULL)
        reader_fault(&rr->p.r, key, "range", "长度是 0 的期限要写从哪个日期算。",
                     "A deadline of length 0 counts from a date field.");
}

/* ---- the whole ---- */

void register_read_rules(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    struct register_def *def = rr->def;
    const struct flow *flow = &def->flow;

    register_each(rr, "computed", COMPUTED_MAX, read_formula);
    if (!r->failed)
        order_computed(rr);
    def->checks =
        read_room(r, json_array_size(json_object_get(rr->root, "checks")), sizeof *def->checks);
    if (def->checks != NULL)
        def->n_checks = register_each(rr, "checks", 60, read_check);
    register_each(rr, "predicates", 60, read_predicate);
    def->unique =
        read_room(r, json_array_size(json_object_get(rr->root, "unique")), sizeof *def->unique);
    if (def->unique != NULL)
        def->n_unique = register_each(rr, "unique", 10, read_unique);
    def->balances =
        read_room(r, json_array_size(json_object_get(rr->root, "balances")), sizeof *def->balances);
    if (def->balances != NULL)
        def->n_balances = register_each(rr, "balances", 10, read_balance);
    def->steps = read_room(r, flow->n_transitions, sizeof *def->steps);
    if (def->steps != NULL)
        register_each(rr, "transitions", 200, read_sets);
    for (size_t i = 0; i < flow->n_creation; i++)
        check_clock(rr, "creation", &flow->creation[i]);
    for (size_t i = 0; i < flow->n_transitions; i++)
        for (size_t k = 0; k < flow->transitions[i].n_clocks; k++)
            check_clock(rr, "transitions", &flow->transitions[i].clocks[k]);
}

/* ---- what expressions rest on ---- */

static void money_named(void *arg, const struct expr_name *name, bool link)
{
    bool *money = arg;

    if (link)
        return;
    if (name->id == NAME_FIELD)
        *money |= ((const struct act_field *)name->of)->kind == FIELD_MONEY;
    if (name->id == NAME_COMPUTED)
        *money |= ((const struct register_computed *)name->of)->kind == COMPUTED_MONEY;
}

bool register_is_money(const struct expr *e)
{
    bool money = false;

    if (expr_kind(e) == VALUE_NUMBER)
        expr_names(e, money_named, &money);
    return money;
}

struct today_search {
    const struct register_def *def;
    bool found;
};

static void today_named(void *arg, const struct expr_name *name, bool link)
{
    struct today_search *s = arg;
    const struct register_computed *c;

    if (link || s->found)
        return;
    if (name->id == NAME_PLAIN)
        s->found = name->of == &plain_names[PLAIN_TODAY];
    if (name->id != NAME_COMPUTED)
        return;
    c = name->of;
    s->found = (c->formula != NULL && register_needs_today(s->def, c->formula)) ||
               (c->of != NULL && register_needs_today(s->def, c->of)) ||
               (c->over != NULL && register_needs_today(s->def, c->over));
}

bool register_needs_today(const struct register_def *def, const struct expr *e)
{
    struct today_search s = {def, false};

    expr_names(e, today_named, &s);
    return s.found;
}
