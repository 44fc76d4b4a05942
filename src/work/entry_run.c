/* One writing of an entry: what is sent becomes what is kept, clocks follow, the whole is judged,
 * and event, rows and idempotency go into one change set. */
#include "work/entry_run.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "rules/identifiers.h"
#include "work/acts.h"
#include "work/idempotency.h"

void entry_run_release(struct entry_run *run)
{
    snapshot_closep(&run->snap);
    record_draft_release(&run->d);
    json_decref(run->state);
    json_decref(run->values);
    json_decref(run->linked);
    json_decref(run->clear);
}

enum err_code entry_run_refuse(struct entry_run *run, enum err_code code, const char *field,
                               const char *item, const char *zh, const char *en)
{
    return err_field(&run->op->err, code, field, item, zh, en);
}

void entry_run_put(struct entry_run *run, const char *name, json_t *value)
{
    if (json_is_null(value)) {
        json_object_del(run->state, name);
        json_decref(value);
    } else {
        json_object_set_new(run->state, name, value);
    }
}

json_t *entry_run_fields_of(const json_t *state)
{
    return json_object_get(state, "fields");
}

/* ---- what is sent becomes what is kept ---- */

/* What only its mark is kept of reads the same however it is written: a phone number by its digits,
 * else capitals without blanks and dashes. New reference. */
static json_t *mark_text(struct op *op, const char *text)
{
    struct phone phone = phone_check(text);
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(2000);

    if (phone.fault == ID_OK && phone.kind == PHONE_MOBILE)
        return json_string(phone.normal);
    for (; *text != '\0'; text++)
        if (*text != ' ' && *text != '-' && *text != '\t')
            buf_addc(&b, *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text);
    return json_string(buf_dup(&b, op->arena));
}

/* A person, or a text about one: beside the event. */
static enum err_code seal(struct entry_run *run, const struct act_field *f, const json_t *value)
{
    if (f->kind == FIELD_PERSON)
        return record_person(&run->d, run->ch, entry_person_role(run->op, f), value);
    if (json_is_string(value) && !f->mark)
        record_text(&run->d, f->name, json_string_value(value));
    return ERR_OK;
}

/* One value, into the event and the values that expressions see; kept where the entry has a field
 * of that name. */
static enum err_code take(struct entry_run *run, const struct act_field *f, json_t *value)
{
    bool sealed = f->sealed || f->kind == FIELD_PERSON, blank = entry_blank(value);
    bool kept = register_field(run->def, f->name) != NULL;
    json_t *fields = entry_run_fields_of(run->state),
           *versions = json_object_get(run->state, "sealed");

    if (blank) {
        record_in(&run->d, f->name, json_null());
        json_object_del(run->values, f->name);
    } else if (sealed) {
        TRY(seal(run, f, value));
        if (f->mark && json_is_string(value))
            json_object_set_new(run->clear, f->name, mark_text(run->op, json_string_value(value)));
        else
            json_object_set(run->clear, f->name, value);
        json_object_set_new(run->values, f->name, json_true());
    } else {
        if (!entry_names_matter(
                f)) /* a matter's number is not for everybody who reads the events */
            record_in(&run->d, f->name, json_deep_copy(value));
        json_object_set_new(run->values, f->name, json_deep_copy(value));
    }
    if (!kept)
        return ERR_OK;
    if (blank)
        json_object_del(fields, f->name);
    else
        json_object_set(fields, f->name, json_object_get(run->values, f->name));
    if (sealed && !f->mark && f->kind != FIELD_PERSON) {
        if (versions == NULL)
            json_object_set_new(run->state, "sealed", versions = json_object());
        json_object_set_new(versions, f->name, json_integer(run->r->version + 1));
    }
    return ERR_OK;
}

enum err_code entry_run_take(struct entry_run *run, const struct pack_act *act, const json_t *given)
{
    for (size_t i = 0; i < act->n_fields; i++) {
        json_t *value = json_object_get(given, act->fields[i].name);

        if (value != NULL)
            TRY(take(run, &act->fields[i], value));
    }
    entry_run_put(
        run, "links",
        entry_links(run->op, run->snap, run->def, json_object_get(run->r->state, "links"), given));
    return ERR_OK;
}

/* ---- clocks ---- */

static date_t day_of(const struct entry_run *run, const char *field)
{
    const char *text = json_string_value(json_object_get(entry_run_fields_of(run->state), field));

    return text == NULL ? DATE_NONE : date_parse(text);
}

static enum err_code apply(struct entry_run *run, const struct flow_clock *c, date_t day)
{
    json_t *clocks = json_object_get(run->state, "clocks");

    if (day == DATE_NONE)
        return ERR_OK;
    return record_clock_apply(run->op, &run->def->flow.acts, clocks, c, 0, day);
}

/* Whether a clock's condition holds over @p env. */
static bool runs(const struct entry_run *run, const struct flow_clock *c,
                 const struct register_env *env)
{
    const struct flow_kind *kind = run->def->flow.kind;

    return c->when == NULL || (kind->judge != NULL && kind->judge(c->when, env));
}

static enum err_code env_of(struct entry_run *run, struct entry_eval *ret)
{
    return entry_eval_new(run->op, run->snap, run->def, run->state, run->linked, ret);
}

enum err_code entry_run_clocks(struct entry_run *run, const struct flow_clock *list, size_t n,
                               const struct register_env *env)
{
    struct entry_eval own;

    if (env == NULL) {
        TRY(env_of(run, &own));
        env = &own.env;
    }
    for (size_t i = 0; i < n; i++)
        if (runs(run, &list[i], env))
            TRY(apply(run, &list[i],
                      list[i].from == NULL ? run->today : day_of(run, list[i].from)));
    return ERR_OK;
}

static bool day_changed(const struct entry_run *run, const char *field)
{
    return !json_equal(json_object_get(entry_run_fields_of(run->state), field),
                       json_object_get(entry_run_fields_of(run->r->state), field));
}

/* Whether the rule ever had a clock here. */
static bool had_clock(const json_t *clocks, const char *rule)
{
    for (size_t i = 0; i < json_array_size(clocks); i++) {
        const char *of = json_string_value(json_object_get(json_array_get(clocks, i), "rule"));

        if (of != NULL && strcmp(of, rule) == 0)
            return true;
    }
    return false;
}

static bool starts_on(const json_t *clock, date_t day)
{
    return json_integer_value(json_object_get(clock, "start")) == day;
}

/* A day that a clock counts from has changed, or whether there is such a clock: it begins anew, or
 * ends. @p running  only where it runs. */
static enum err_code follow(struct entry_run *run, const struct flow_clock *list, size_t n,
                            const struct register_env *env, bool running)
{
    json_t *clocks = json_object_get(run->state, "clocks");

    for (size_t i = 0; i < n; i++) {
        const char *field = list[i].from;
        bool holds = runs(run, &list[i], env), late;
        json_t *clock;

        if (field == NULL || list[i].effect != CLOCK_START)
            continue;
        late = holds && list[i].when != NULL && !running && !had_clock(clocks, list[i].rule->id);
        if (holds && !day_changed(run, field) && !late)
            continue;
        clock = record_clock(clocks, list[i].rule->id, 0);
        if (clock == NULL && (running || !holds))
            continue;
        if (clock != NULL && holds && starts_on(clock, day_of(run, field)))
            continue; /* started by this act itself */
        if (clock != NULL)
            json_object_set_new(clock, "cancelled", json_true());
        if (holds)
            TRY(apply(run, &list[i], day_of(run, field)));
    }
    return ERR_OK;
}

/* Of an act that was done earlier only the day can change: whether it started a clock was settled
 * then. */
static enum err_code follow_step(struct entry_run *run, const struct flow_transition *t,
                                 const struct register_env *env)
{
    struct flow_clock list[CLOCKS_MAX];

    memcpy(list, t->clocks, sizeof list);
    for (size_t i = 0; i < t->n_clocks; i++)
        list[i].when = NULL;
    return follow(run, list, t->n_clocks, env, true);
}

enum err_code entry_run_follow(struct entry_run *run)
{
    const struct flow *flow = &run->def->flow;
    const struct flow_state *state =
        flow_state(flow, json_string_value(json_object_get(run->state, "status")));
    struct entry_eval e;

    TRY(env_of(run, &e));
    TRY(follow(run, flow->creation, flow->n_creation, &e.env, state == NULL || state->final));
    for (size_t i = 0; i < flow->n_transitions; i++)
        if (flow->transitions[i].n_clocks > 0)
            TRY(follow_step(run, &flow->transitions[i], &e.env));
    return ERR_OK;
}

/* ---- the whole entry ---- */

static enum err_code check_whole(struct entry_run *run, struct entry_eval *e)
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

static int64_t first_officer(const struct entry_run *run)
{
    const struct pack_act *act = &run->def->registering;

    for (size_t i = 0; i < act->n_fields; i++)
        if (act->fields[i].kind == FIELD_OFFICER)
            return json_integer_value(
                json_object_get(entry_run_fields_of(run->state), act->fields[i].name));
    return 0;
}

/* What is sealed cannot be read for another hash: where something else of the rule changes, it is
 * to be said again. */
static enum err_code say_again(struct entry_run *run, const struct register_unique *u)
{
    const json_t *now = entry_run_fields_of(run->state),
                 *before = entry_run_fields_of(run->r->state);
    const struct act_field *missing = NULL;
    bool changed = false;

    if (json_object_get(json_object_get(run->state, "unique"), u->id) == NULL)
        return ERR_OK;
    for (size_t i = 0; i < u->n_fields; i++) {
        const char *name = u->fields[i]->name;

        changed |= !json_equal(json_object_get(now, name), json_object_get(before, name));
        if (u->fields[i]->sealed && json_object_get(run->clear, name) == NULL)
            missing = u->fields[i];
    }
    if (!changed || missing == NULL)
        return ERR_OK;
    return entry_run_refuse(
        run, ERR_INVALID, arena_printf(run->op->arena, "fields.%s", missing->name), "required",
        arena_printf(run->op->arena, "改了这一项，%s要重新填一次", missing->label.zh),
        arena_printf(run->op->arena, "%s is to be given again with this change.",
                     missing->label.en));
}

/* What must be there once only among sealed values is kept as a keyed hash, made while they are in
 * clear. */
static enum err_code keep_unique(struct entry_run *run, const struct entry_eval *e,
                                 const struct register_unique *u)
{
    CLEANUP(json_decrefp) json_t *values = json_copy(entry_run_fields_of(run->state));
    struct register_env env = e->env;
    unsigned char blind[BLIND_BYTES];
    char hex[2 * BLIND_BYTES + 1];
    json_t *kept = json_object_get(run->state, "unique");
    struct register_unique plain = *u;
    bool given = false, whole = true;
    const char *key;

    for (size_t i = 0; i < u->n_fields; i++) {
        given |= json_object_get(run->clear, u->fields[i]->name) != NULL;
        whole &= json_object_get(values, u->fields[i]->name) != NULL;
    }
    if (!whole) { /* one that is empty makes it free */
        json_object_del(kept, u->id);
        return ERR_OK;
    }
    TRY(say_again(run, u));
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

/* Where it is counted by another revision than its own. */
static enum err_code evaluate_counting(struct entry_run *run)
{
    const struct register_def *by = entry_counting(run->op, run->state);
    struct entry_eval e;

    if (by == NULL || by == run->def)
        return ERR_OK;
    TRY(entry_eval_new(run->op, run->snap, by, run->state, run->linked, &e));
    entry_evaluate(&e);
    return ERR_OK;
}

/* Judges what the state has become, and completes it by what follows. */
enum err_code entry_run_settle(struct entry_run *run)
{
    struct entry_eval before, after;
    int64_t officer = first_officer(run);

    entry_run_put(run, "touched_day", json_integer(run->today));
    entry_run_put(run, "day", json_null());
    entry_run_put(run, "officer", officer == 0 ? json_null() : json_integer(officer));
    TRY(entry_eval_new(run->op, run->snap, run->def, run->state, run->linked, &after));
    after.env.day = register_day_of(&after.env);
    entry_run_put(run, "day", json_integer(after.env.day));
    TRY(check_whole(run, &after));
    entry_evaluate(&after);
    TRY(evaluate_counting(run));
    for (size_t i = 0; i < run->def->n_unique; i++)
        if (run->def->unique[i].sealed)
            TRY(keep_unique(run, &after, &run->def->unique[i]));
    if (run->r->version > 0)
        TRY(entry_eval(run->op, entry_def(run->op, run->r), run->r->state, &before));
    TRY(entry_guard(run->op, run->snap, run->def, run->r->version == 0 ? NULL : &before, &after,
                    run->r->id));
    entry_run_put(run, "linked",
                  json_object_size(run->linked) == 0 ? json_null() : json_incref(run->linked));
    if (json_array_size(json_object_get(run->state, "links")) == 0)
        entry_run_put(run, "links", json_null());
    return ERR_OK;
}

/* What is new of the state goes into the event. */
static void keep_changes(struct entry_run *run)
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

enum err_code entry_run_save(struct entry_run *run)
{
    CLEANUP(json_decrefp) json_t *result = json_pack("{s:I}", "id", (json_int_t)run->r->id);
    struct op *op = run->op;

    if (run->file != 0)
        json_object_set_new(result, "file", json_integer(run->file));
    keep_changes(run);
    TRY(record_write(&run->d, run->ch));
    idempotency_add(op, run->ch, op->key, result);
    snapshot_closep(&run->snap);
    return run->into != NULL ? ERR_OK : store_apply(op, run->ch, QUEUE_INTERACTIVE);
}

enum err_code entry_run_begin(struct entry_run *run, const char *act)
{
    struct op *op = run->op;

    run->ch = run->into != NULL ? run->into : changes_new(op);
    run->today = date_of_instant(op->now_ms, op->zone_min);
    run->state = json_deep_copy(run->r->state);
    if (json_object_get(run->state, "fields") == NULL)
        json_object_set_new(run->state, "fields", json_object());
    run->values = json_copy(entry_run_fields_of(run->state));
    run->linked = json_object();
    run->clear = json_object();
    record_draft_begin(op, &run->d, run->r, act, op->now_ms);
    return run->values == NULL || run->linked == NULL
               ? err_set(&op->err, ERR_NO_MEMORY, "an act on an entry")
               : ERR_OK;
}

enum err_code entry_run_earlier(struct op *op, const struct register_def *def, struct record *ret,
                                int64_t *ret_file, bool *ret_found)
{
    CLEANUP(json_decrefp) json_t *result = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    *ret_found = false;
    TRY(idempotency_find(op, op->key, &result));
    if (result == NULL)
        return ERR_OK;
    *ret_found = true;
    if (ret_file != NULL)
        *ret_file = json_integer_value(json_object_get(result, "file"));
    TRY(snapshot_open(op, &snap));
    return entry_for(op, snap, def, json_integer_value(json_object_get(result, "id")),
                     MAY_READ_ENTRY, ret);
}
