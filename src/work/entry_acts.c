/* Registering an entry and its acts: load, permission, version, life cycle, fields, checks, clocks,
 * event, save. What several want at once – the next number, the last of a stock – is tried again
 * from what stands then. */
#include <sodium.h>
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/entry_internal.h"
#include "work/idempotency.h"

#define TRIES 200 /* as many as may want the next number of one register at a time, and more */
#define CODE_SIGNS 10

static const struct act_field reason_fields[] = {
    {.name = "reason",
     .kind = FIELD_TEXT,
     .required = true,
     .sealed = true,
     .max_bytes = 2000,
     .label = {"更正原因", "Reason"}},
};
static const struct act_field note_fields[] = {
    {.name = "text",
     .kind = FIELD_TEXT,
     .required = true,
     .sealed = true,
     .max_bytes = 12000,
     .label = {"内容", "Text"}},
};
const struct pack_act entry_amend = {.id = "amend",
                                     .label = {"更正", "Correct"},
                                     .act_class = ACT_RARE,
                                     .fields = reason_fields,
                                     .n_fields = 1};
const struct pack_act entry_note = {.id = "note",
                                    .label = {"备注", "Note"},
                                    .act_class = ACT_RARE,
                                    .fields = note_fields,
                                    .n_fields = 1};

struct run {
    struct op *op;
    struct snapshot *snap;
    struct changes *ch;
    const struct register_def *def;
    struct record *r;
    struct record_draft d;
    json_t *state;  /* what it becomes */
    json_t *values; /* its fields with those of the act */
    json_t *linked;
    json_t *clear; /* what is sealed by this act */
    date_t today;
    bool dry; /* only says what would be said */
};

static void run_release(struct run *run)
{
    snapshot_closep(&run->snap);
    record_draft_release(&run->d);
    json_decref(run->state);
    json_decref(run->values);
    json_decref(run->linked);
    json_decref(run->clear);
}

static enum err_code refuse(struct run *run, enum err_code code, const char *field,
                            const char *item, const char *zh, const char *en)
{
    return err_field(&run->op->err, code, field, item, zh, en);
}

static void put(struct run *run, const char *name, json_t *value)
{
    if (json_is_null(value)) {
        json_object_del(run->state, name);
        json_decref(value);
    } else {
        json_object_set_new(run->state, name, value);
    }
}

static json_t *fields_of(const json_t *state)
{
    return json_object_get(state, "fields");
}

/* ---- what is sent becomes what is kept ---- */

/* A person, or a text about one: beside the event. */
static enum err_code seal(struct run *run, const struct act_field *f, const json_t *value)
{
    if (f->kind == FIELD_PERSON)
        return record_person(&run->d, run->ch, entry_person_role(run->op, f), value);
    if (json_is_string(value))
        record_text(&run->d, f->name, json_string_value(value));
    return ERR_OK;
}

/* One value, into the event and the values that expressions see; kept where the entry has a field
 * of that name. */
static enum err_code take(struct run *run, const struct act_field *f, json_t *value)
{
    bool sealed = f->sealed || f->kind == FIELD_PERSON, blank = entry_blank(value);
    bool kept = register_field(run->def, f->name) != NULL;
    bool hidden = f->kind == FIELD_MATTER || f->kind == FIELD_NUMBER || f->kind == FIELD_CASE;
    json_t *fields = fields_of(run->state), *versions = json_object_get(run->state, "sealed");

    if (blank) {
        record_in(&run->d, f->name, json_null());
        json_object_del(run->values, f->name);
    } else if (sealed) {
        TRY(seal(run, f, value));
        json_object_set(run->clear, f->name, value);
        json_object_set_new(run->values, f->name, json_true());
    } else {
        if (!hidden) /* a matter's number is not for everybody who reads the events */
            record_in(&run->d, f->name, json_deep_copy(value));
        json_object_set_new(run->values, f->name, json_deep_copy(value));
    }
    if (!kept)
        return ERR_OK;
    if (blank)
        json_object_del(fields, f->name);
    else
        json_object_set(fields, f->name, json_object_get(run->values, f->name));
    if (sealed && f->kind != FIELD_PERSON) {
        if (versions == NULL)
            json_object_set_new(run->state, "sealed", versions = json_object());
        json_object_set_new(versions, f->name, json_integer(run->r->version + 1));
    }
    return ERR_OK;
}

static enum err_code take_all(struct run *run, const struct pack_act *act, const json_t *given)
{
    for (size_t i = 0; i < act->n_fields; i++) {
        json_t *value = json_object_get(given, act->fields[i].name);

        if (value != NULL)
            TRY(take(run, &act->fields[i], value));
    }
    put(run, "links",
        entry_links(run->op, run->snap, run->def, json_object_get(run->r->state, "links"), given));
    return ERR_OK;
}

/* ---- clocks ---- */

static date_t day_of(const struct run *run, const char *field)
{
    const char *text = json_string_value(json_object_get(fields_of(run->state), field));

    return text == NULL ? DATE_NONE : date_parse(text);
}

static enum err_code apply(struct run *run, const struct flow_clock *c, date_t day)
{
    json_t *clocks = json_object_get(run->state, "clocks");

    if (day == DATE_NONE)
        return ERR_OK;
    return record_clock_apply(run->op, &run->def->flow.acts, clocks, c, 0, day);
}

static enum err_code apply_all(struct run *run, const struct flow_clock *list, size_t n,
                               const struct register_env *env)
{
    const struct flow_kind *kind = run->def->flow.kind;

    for (size_t i = 0; i < n; i++)
        if (list[i].when == NULL || (kind->judge != NULL && kind->judge(list[i].when, env)))
            TRY(apply(run, &list[i],
                      list[i].from == NULL ? run->today : day_of(run, list[i].from)));
    return ERR_OK;
}

/* A day that a clock counts from has changed: it begins anew. @p running  only where it runs. */
static enum err_code follow(struct run *run, const struct flow_clock *list, size_t n, bool running)
{
    json_t *clocks = json_object_get(run->state, "clocks");

    for (size_t i = 0; i < n; i++) {
        const char *field = list[i].from;
        json_t *clock;

        if (field == NULL || list[i].effect != CLOCK_START ||
            json_equal(json_object_get(fields_of(run->state), field),
                       json_object_get(fields_of(run->r->state), field)))
            continue;
        clock = record_clock(clocks, list[i].rule->id, 0);
        if (clock == NULL && running)
            continue;
        if (clock != NULL)
            json_object_set_new(clock, "cancelled", json_true());
        TRY(apply(run, &list[i], day_of(run, field)));
    }
    return ERR_OK;
}

static enum err_code follow_days(struct run *run)
{
    const struct flow *flow = &run->def->flow;
    const struct flow_state *state =
        flow_state(flow, json_string_value(json_object_get(run->state, "status")));

    TRY(follow(run, flow->creation, flow->n_creation, state == NULL || state->final));
    for (size_t i = 0; i < flow->n_transitions; i++)
        TRY(follow(run, flow->transitions[i].clocks, flow->transitions[i].n_clocks, true));
    return ERR_OK;
}

/* ---- the whole entry ---- */

/* Everything that follows is evaluated once, so that what links give is at hand. */
static void evaluate_all(const struct entry_eval *e)
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

static enum err_code check_whole(struct run *run, struct entry_eval *e)
{
    struct op *op = run->op;
    const struct flow_state *state = flow_state(&run->def->flow, e->env.status);

    if (register_checks(&e->env, &op->err) != ERR_OK && op->err.n_items == 0)
        return err_set(&op->err, ERR_INTERNAL, "checks of an entry");
    if (state != NULL && register_required_check(&e->env, state, &op->err) != ERR_OK &&
        op->err.n_items == 0)
        return err_set(&op->err, ERR_INTERNAL, "required fields of an entry");
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

static int64_t first_officer(const struct run *run)
{
    const struct pack_act *act = &run->def->registering;

    for (size_t i = 0; i < act->n_fields; i++)
        if (act->fields[i].kind == FIELD_OFFICER)
            return json_integer_value(json_object_get(fields_of(run->state), act->fields[i].name));
    return 0;
}

/* What must be there once only among sealed values is kept as a keyed hash, made while they are in
 * clear. */
static enum err_code keep_unique(struct run *run, const struct entry_eval *e,
                                 const struct register_unique *u)
{
    CLEANUP(json_decrefp) json_t *values = json_copy(fields_of(run->state));
    struct register_env env = e->env;
    unsigned char blind[BLIND_BYTES];
    char hex[2 * BLIND_BYTES + 1];
    json_t *kept = json_object_get(run->state, "unique");
    struct register_unique plain = *u;
    bool given = false;
    const char *key;

    for (size_t i = 0; i < u->n_fields; i++)
        given |= json_object_get(run->clear, u->fields[i]->name) != NULL;
    if (!given)
        return ERR_OK;
    json_object_update(values, run->clear);
    env.values = values;
    plain.when = NULL; /* asked each time the key is used */
    if (!register_unique_key(run->op->arena, &env, &plain, &key))
        return err_set(&run->op->err, ERR_NO_MEMORY, "a unique rule");
    if (key == NULL)
        return ERR_OK;
    vault_blind(run->op, KEY_CONSUMER, u->id, key, blind);
    sodium_bin2hex(hex, sizeof hex, blind, sizeof blind);
    if (kept == NULL)
        json_object_set_new(run->state, "unique", kept = json_object());
    json_object_set_new(kept, u->id, json_string(hex));
    return ERR_OK;
}

/* Judges what the state has become, and completes it by what follows. */
static enum err_code settle(struct run *run)
{
    struct entry_eval before, after;
    int64_t officer = first_officer(run);

    put(run, "touched_day", json_integer(run->today));
    put(run, "day", json_null());
    put(run, "officer", officer == 0 ? json_null() : json_integer(officer));
    TRY(entry_eval_new(run->op, run->snap, run->def, run->state, run->linked, &after));
    after.env.day = register_day_of(&after.env);
    put(run, "day", json_integer(after.env.day));
    TRY(check_whole(run, &after));
    evaluate_all(&after);
    for (size_t i = 0; i < run->def->n_unique; i++)
        if (run->def->unique[i].sealed)
            TRY(keep_unique(run, &after, &run->def->unique[i]));
    if (run->r->version > 0)
        TRY(entry_eval(run->op, run->def, run->r->state, &before));
    TRY(entry_guard(run->op, run->snap, run->def, run->r->version == 0 ? NULL : &before, &after,
                    run->r->id));
    put(run, "linked", json_object_size(run->linked) == 0 ? json_null() : json_incref(run->linked));
    if (json_array_size(json_object_get(run->state, "links")) == 0)
        put(run, "links", json_null());
    return ERR_OK;
}

/* What is new of the state goes into the event. */
static void keep_changes(struct run *run)
{
    const char *name;
    json_t *value;

    json_object_foreach(run->state, name, value)
    {
        if (!json_equal(value, json_object_get(run->r->state, name)))
            record_set(&run->d, name, json_deep_copy(value));
    }
    json_object_foreach(run->r->state, name, value)
    {
        if (json_object_get(run->state, name) == NULL)
            record_set(&run->d, name, json_null());
    }
}

static enum err_code save(struct run *run)
{
    CLEANUP(json_decrefp) json_t *result = json_pack("{s:I}", "id", (json_int_t)run->r->id);
    struct op *op = run->op;

    keep_changes(run);
    TRY(record_write(&run->d, run->ch));
    idempotency_add(op, run->ch, op->key, result);
    snapshot_closep(&run->snap);
    return store_apply(op, run->ch, QUEUE_INTERACTIVE);
}

static enum err_code begin(struct run *run, const char *act)
{
    struct op *op = run->op;

    run->ch = changes_new(op);
    run->today = date_of_instant(op->now_ms, op->zone_min);
    run->state = json_deep_copy(run->r->state);
    if (json_object_get(run->state, "fields") == NULL)
        json_object_set_new(run->state, "fields", json_object());
    run->values = json_copy(fields_of(run->state));
    run->linked = json_object();
    run->clear = json_object();
    record_draft_begin(op, &run->d, run->r, act, op->now_ms);
    return run->values == NULL || run->linked == NULL
               ? err_set(&op->err, ERR_NO_MEMORY, "an act on an entry")
               : ERR_OK;
}

/* ---- registering ---- */

static enum err_code check_body(struct run *run, const json_t *input, const struct body **ret)
{
    struct op *op = run->op;
    const char *code = json_string_value(json_object_get(input, "body"));
    struct actor as = entry_reader(op, run->def);
    struct record_facts facts = {.secret = run->def->secret};
    enum err_code rc;

    *ret = setup_body(op->setup, code == NULL || *code == '\0' ? op->actor.body : code);
    if (op->actor.kind == ACTOR_SYSTEM && *ret == NULL)
        *ret = op->setup->intake;
    if (*ret == NULL || !(*ret)->current)
        return refuse(run, ERR_INVALID, "body", "unknown_body", "没有这个单位",
                      "There is no such body.");
    as.roles &= run->def->may_register;
    facts.body_path = (*ret)->path;
    rc = may_check(&as, MAY_MAKE_ENTRY, &facts, &op->err);
    return rc;
}

static enum err_code take_number(struct run *run)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = run->op;
    date_t day = (date_t)json_integer_value(json_object_get(run->state, "day"));
    const char *number;
    int64_t n;

    TRY(snapshot_prepare(op, run->snap, SQL_entry_last_number, &s));
    TRY(stmt_bind_text(op, s, 1, run->def->flow.id));
    TRY(stmt_bind_int64(op, s, 2, date_year(day)));
    TRY(stmt_one_row(op, s));
    n = stmt_int64(s, 0) + 1;
    number = register_number(op->arena, run->def, day, n);
    if (number == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "number of an entry");
    put(run, "year", json_integer(date_year(day)));
    put(run, "n", json_integer(n));
    put(run, "number", json_string(number));
    put(run, "key", json_string(arena_printf(op->arena, "%s %s", run->def->flow.id, number)));
    return ERR_OK;
}

/* For the page that anybody may open who has it: not to be guessed. */
static void give_code(struct run *run)
{
    static const char signs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    char code[CODE_SIGNS + 1] = "";

    if (run->def->open == NULL)
        return;
    for (int i = 0; i < CODE_SIGNS; i++)
        code[i] = signs[randombytes_uniform(sizeof signs - 1)];
    put(run, "code", json_string(code));
}

static enum err_code make(struct run *run, const json_t *input)
{
    struct op *op = run->op;
    const struct register_def *def = run->def;
    const struct pack_act *act = &def->registering;
    const json_t *given = json_object_get(input, "fields");
    const struct body *body;

    TRY(snapshot_open(op, &run->snap));
    TRY(check_body(run, input, &body));
    TRY(entry_input_check(op, run->snap, act, given, true));
    TRY(record_new(op, ENTRY, run->r));
    TRY(begin(run, "register"));
    put(run, "register", json_string(def->flow.id));
    put(run, "revision", json_string(def->flow.revision));
    put(run, "body", json_string(body->code));
    put(run, "status", json_string(def->flow.initial->id));
    put(run, "registered_day", json_integer(run->today));
    put(run, "registered_by", json_integer(op->actor.officer_id));
    put(run, "acted_by", json_integer(op->actor.officer_id));
    put(run, "clocks", json_array());
    TRY(take_all(run, act, given));
    TRY(apply_all(run, def->flow.creation, def->flow.n_creation, NULL));
    TRY(settle(run));
    TRY(take_number(run));
    give_code(run);
    return run->dry ? ERR_OK : save(run);
}

static void drop(struct record *r)
{
    record_release(r);
    *r = (struct record){0};
}

static enum err_code earlier(struct op *op, const struct register_def *def, struct record *ret,
                             bool *ret_found)
{
    CLEANUP(json_decrefp) json_t *result = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    *ret_found = false;
    TRY(idempotency_find(op, op->key, &result));
    if (result == NULL)
        return ERR_OK;
    *ret_found = true;
    TRY(snapshot_open(op, &snap));
    return entry_for(op, snap, def, json_integer_value(json_object_get(result, "id")),
                     MAY_READ_ENTRY, ret);
}

enum err_code entry_make(struct op *op, const struct register_def *def, const json_t *input,
                         struct record *ret)
{
    enum err_code rc = ERR_CONFLICT;
    bool found;

    *ret = (struct record){0};
    TRY(earlier(op, def, ret, &found));
    if (found)
        return ERR_OK;
    for (int i = 0; rc == ERR_CONFLICT && i < TRIES; i++) {
        CLEANUP(run_release) struct run run = {.op = op, .def = def, .r = ret};

        drop(ret);
        err_clear(&op->err);
        rc = make(&run, input);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    drop(ret);
    return rc == ERR_REPLAYED ? earlier(op, def, ret, &found) : rc;
}

enum err_code entry_try(struct op *op, const struct register_def *def, const json_t *input)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(run_release) struct run run = {.op = op, .def = def, .r = &r, .dry = true};

    return make(&run, input);
}

/* ---- acts ---- */

unsigned entry_roles(struct op *op, const struct register_def *def, const struct record *r)
{
    struct record_facts facts = entry_facts(op, r);

    if (op->actor.kind == ACTOR_SYSTEM)
        return ROLES_OFFICER | (unsigned)ROLE_SYSTEM;
    (void)def;
    return may_entry_roles(&op->actor, MAY_ACT_ENTRY, &facts);
}

bool entry_same_hands(struct op *op, const struct record *r)
{
    int64_t me = op->actor.officer_id;

    return op->actor.kind == ACTOR_OFFICER &&
           (me == record_number(r, "acted_by") || me == record_number(r, "amended_by"));
}

static enum err_code not_now(struct run *run, const struct flow_answer *a)
{
    return refuse(run, a->forbidden ? ERR_FORBIDDEN : ERR_NOT_ALLOWED, "act",
                  a->forbidden       ? "role"
                  : a->guard == NULL ? "state"
                                     : a->guard,
                  a->why.zh, a->why.en);
}

/* State and role first, then the fields, then what the definition asks of both together. */
static enum err_code decide(struct run *run, const struct pack_act *act, const json_t *given,
                            const struct flow_transition **ret)
{
    struct op *op = run->op;
    unsigned roles = entry_roles(op, run->def, run->r);
    struct flow_answer answer;
    struct entry_eval e;

    TRY(entry_eval_new(op, run->snap, run->def, run->r->state, run->linked, &e));
    e.env.asking = true;
    answer = register_step(&e.env, act->id, roles);
    if (answer.step == NULL && answer.guard == NULL)
        return not_now(run, &answer);
    e.env.asking = false;
    TRY(entry_input_check(op, run->snap, act, given, true));
    TRY(take_all(run, act, given));
    e.env.values = run->values;
    e.state = run->state;
    e.env.today = run->today;
    if (!register_compute(op->arena, &e.env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    answer = register_step(&e.env, act->id, roles);
    if (answer.step == NULL)
        return not_now(run, &answer);
    *ret = answer.step;
    return ERR_OK;
}

/* What the transition fills in by itself. */
static enum err_code fill_in(struct run *run, const struct flow_transition *t)
{
    CLEANUP(json_decrefp) json_t *sets = NULL;
    struct entry_eval e;
    const char *name;
    json_t *value;

    TRY(entry_eval_new(run->op, run->snap, run->def, run->state, run->linked, &e));
    e.env.values = run->values;
    e.env.today = run->today;
    if (!register_compute(run->op->arena, &e.env))
        return err_set(&run->op->err, ERR_NO_MEMORY, "computed fields");
    sets = register_sets(&e.env, t, &run->op->err);
    if (sets == NULL)
        return run->op->err.n_items > 0 ? ERR_INVALID
                                        : err_set(&run->op->err, ERR_NO_MEMORY, "sets");
    json_object_foreach(sets, name, value)
    {
        if (json_is_null(value))
            json_object_del(fields_of(run->state), name);
        else
            json_object_set(fields_of(run->state), name, value);
    }
    json_object_clear(run->linked);
    return apply_all(run, t->clocks, t->n_clocks, &e.env);
}

static enum err_code run_step(struct run *run, const struct pack_act *act, const json_t *given)
{
    const struct flow_transition *t;

    TRY(decide(run, act, given, &t));
    if (t->other && entry_same_hands(run->op, run->r))
        return refuse(run, ERR_NOT_ALLOWED, "act", "four_eyes", "要由另一个人办这一步",
                      "This is for another officer than the one before.");
    TRY(fill_in(run, t));
    if (t->back)
        put(run, "status", json_string(record_member(run->r, "before")));
    else if (t->to != NULL) {
        put(run, "before", json_string(record_member(run->r, "status")));
        put(run, "status", json_string(t->to->id));
    }
    put(run, "acted_by", json_integer(run->op->actor.officer_id));
    put(run, "amended_by", json_null());
    TRY(follow_days(run));
    return settle(run);
}

/* A field that must be there cannot be taken away. */
static void keep_required(struct run *run, const json_t *given)
{
    const struct pack_act *act = &run->def->registering;

    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = json_object_get(given, f->name);

        if (value != NULL && entry_blank(value) && f->required && f->when_field == NULL)
            (void)refuse(run, ERR_INVALID, arena_printf(run->op->arena, "fields.%s", f->name),
                         "required", arena_printf(run->op->arena, "%s要填", f->label.zh),
                         arena_printf(run->op->arena, "%s is needed.", f->label.en));
    }
}

static enum err_code amend(struct run *run, const json_t *input)
{
    struct op *op = run->op;
    const struct register_def *def = run->def;
    const struct flow_state *now = flow_state(&def->flow, record_member(run->r, "status"));
    const json_t *given = json_object_get(input, "fields"),
                 *reason = json_object_get(input, "reason");
    unsigned roles = entry_roles(op, def, run->r);

    if (op->actor.kind == ACTOR_OFFICER &&
        (roles & (def->may_register | (unsigned)ROLE_SUPERVISOR)) == 0)
        return refuse(run, ERR_FORBIDDEN, "act", "role", "由登记的岗位或者主管更正",
                      "For those who register, or a supervisor.");
    if (now == NULL || now->final)
        return refuse(run, ERR_NOT_ALLOWED, "act", "state", "已经办完的记录不再更正，写备注",
                      "What is finished is not corrected any more; write a note.");
    if (entry_blank(reason))
        (void)refuse(run, ERR_INVALID, "reason", "required", "写更正原因", "Say why.");
    if (!json_is_object(given) || json_object_size(given) == 0)
        (void)refuse(run, ERR_INVALID, "fields", "required", "写要更正的项目",
                     "Say what is to be corrected.");
    keep_required(run, given);
    if (entry_input_check(op, run->snap, &def->registering, given, false) != ERR_OK ||
        op->err.n_items > 0)
        return op->err.n_items > 0 ? ERR_INVALID : ERR_INTERNAL;
    record_text(&run->d, "reason", json_string_value(reason));
    TRY(take_all(run, &def->registering, given));
    put(run, "amended_by", json_integer(op->actor.officer_id));
    TRY(follow_days(run));
    return settle(run);
}

static enum err_code note(struct run *run, const json_t *input)
{
    const json_t *text = json_object_get(input, "text");

    if (entry_roles(run->op, run->def, run->r) == 0)
        return refuse(run, ERR_FORBIDDEN, "act", "role", "您的岗位不办这件事",
                      "Your role does not include this.");
    if (entry_blank(text))
        return refuse(run, ERR_INVALID, "text", "required", "写备注的内容", "Write the note.");
    record_text(&run->d, "text", json_string_value(text));
    return ERR_OK;
}

static enum err_code act_once(struct op *op, const struct register_def *def, const char *number,
                              const char *act, const json_t *input, int64_t version, bool dry,
                              struct record *ret)
{
    CLEANUP(run_release) struct run run = {.op = op, .def = def, .r = ret, .dry = dry};
    const json_t *fields = json_object_get(input, "fields");
    CLEANUP(json_decrefp) json_t *none = json_object();

    TRY(snapshot_open(op, &run.snap));
    TRY(entry_by_number(op, run.snap, def, number, MAY_ACT_ENTRY, ret));
    TRY(record_expect(op, ret, version));
    TRY(begin(&run, act));
    if (strcmp(act, entry_amend.id) == 0)
        TRY(amend(&run, input));
    else if (strcmp(act, entry_note.id) == 0)
        TRY(note(&run, input));
    else
        TRY(run_step(&run, pack_act(&def->flow.acts, act), fields == NULL ? none : fields));
    return dry ? ERR_OK : save(&run);
}

enum err_code entry_act_try(struct op *op, const struct register_def *def, const char *number,
                            const struct pack_act *act, const json_t *input, struct record *ret)
{
    *ret = (struct record){0};
    return act_once(op, def, number, act->id, input, ANY_VERSION, true, ret);
}

enum err_code entry_act(struct op *op, const struct register_def *def, const char *number,
                        const char *act, const json_t *input, int64_t version, struct record *ret)
{
    enum err_code rc = ERR_CONFLICT;
    bool found;

    *ret = (struct record){0};
    if (strcmp(act, entry_amend.id) != 0 && strcmp(act, entry_note.id) != 0 &&
        pack_act(&def->flow.acts, act) == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                         "There is no such act.");
    TRY(earlier(op, def, ret, &found));
    for (int i = 0; !found && rc == ERR_CONFLICT && i < TRIES; i++) {
        drop(ret);
        err_clear(&op->err);
        rc = act_once(op, def, number, act, input, version, false, ret);
        if (rc == ERR_CONFLICT && ret->version != version && version != ANY_VERSION)
            break; /* another version than the one that was seen */
    }
    if (found || rc == ERR_OK)
        return ERR_OK;
    drop(ret);
    return rc == ERR_REPLAYED ? earlier(op, def, ret, &found) : rc;
}
