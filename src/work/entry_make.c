/* Registering an entry: permission, fields, checks, clocks, its number, event, save. Those who want
 * the next number at the same time are tried again from what stands then. */
#include <sodium.h>
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/entry_given.h"
#include "work/entry_numbers.h"
#include "work/entry_run.h"
#include "work/setup_registers.h"

#define TRIES 200 /* as many as may want the next number of one register at a time, and more */
#define CODE_SIGNS 10

static enum err_code check_body(struct entry_run *run, const json_t *input, const struct body **ret)
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
        return entry_run_refuse(run, ERR_INVALID, "body", "unknown_body", "没有这个单位",
                                "There is no such body.");
    as.roles &= run->def->may_register;
    facts.body_path = (*ret)->path;
    rc = may_check(&as, MAY_MAKE_ENTRY, &facts, &op->err);
    return rc;
}

/* The greatest number of that year in the same set. */
static int64_t given_before(const struct entry_run *run, int year)
{
    for (run = run->before; run != NULL; run = run->before)
        if (json_integer_value(json_object_get(run->state, "year")) == year)
            return json_integer_value(json_object_get(run->state, "n"));
    return 0;
}

static enum err_code take_number(struct entry_run *run)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = run->op;
    date_t day = (date_t)json_integer_value(json_object_get(run->state, "day"));
    const char *number;
    int64_t n, last, before = given_before(run, date_year(day));

    TRY(snapshot_prepare(op, run->snap, SQL_entry_last_number, &s));
    TRY(stmt_bind_text(op, s, 1, run->def->flow.id));
    TRY(stmt_bind_int64(op, s, 2, date_year(day)));
    TRY(stmt_one_row(op, s));
    last = stmt_int64(s, 0) > before ? stmt_int64(s, 0) : before;
    n = run->ahead && !store_shared(op->store)
            ? entry_numbers_take(op->setup->numbers, run->def->flow.id, date_year(day), last,
                                 &run->place)
            : last + 1;
    if (n > last + 1) { /* written only behind the one before it */
        changes_row(run->ch, SQL_entry_number_there, 1, ERR_CONFLICT);
        changes_text(run->ch, run->def->flow.id);
        changes_int(run->ch, date_year(day));
        changes_int(run->ch, n - 1);
    }
    if (n == 1) /* the first: from now on the revision is kept */
        register_keep(op, run->ch, run->def);
    number = register_number(op->arena, run->def, day, n);
    if (number == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "number of an entry");
    entry_run_put(run, "year", json_integer(date_year(day)));
    entry_run_put(run, "n", json_integer(n));
    entry_run_put(run, "number", json_string(number));
    entry_run_put(run, "key",
                  json_string(arena_printf(op->arena, "%s %s", run->def->flow.id, number)));
    return ERR_OK;
}

void entry_run_code(struct entry_run *run)
{
    static const char signs[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    char code[CODE_SIGNS + 1] = "";

    if (run->def->open == NULL || json_object_get(run->state, "code") != NULL)
        return;
    for (int i = 0; i < CODE_SIGNS; i++)
        code[i] = signs[randombytes_uniform(sizeof signs - 1)];
    entry_run_put(run, "code", json_string(code));
}

static json_t *preset_of(struct entry_run *run, const struct act_field *f, const struct body *body)
{
    const char *text = json_string_value(f->preset);
    char day[DATE_TEXT];

    if (text == NULL || text[0] != '@')
        return json_deep_copy(f->preset);
    if (strcmp(text, "@me") == 0)
        return run->op->actor.kind == ACTOR_OFFICER ? json_integer(run->op->actor.officer_id)
                                                    : json_null();
    if (strcmp(text, "@body") == 0)
        return json_string(body->code);
    date_format(date_of_instant(run->op->now_ms, run->op->zone_min), day);
    return json_string(day);
}

/* What was sent, and the defaults of what was not; a null is no value, and sent. New reference. */
static json_t *with_presets(struct entry_run *run, const json_t *given, const struct body *body)
{
    const struct pack_act *act = &run->def->registering;
    json_t *whole = json_is_object(given) ? json_copy((json_t *)(uintptr_t)given) : NULL;

    for (size_t i = 0; whole != NULL && i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];

        if (f->preset != NULL && json_object_get(whole, f->name) == NULL &&
            register_asked(f, given))
            json_object_set_new(whole, f->name, preset_of(run, f, body));
    }
    return whole == NULL ? json_incref((json_t *)(uintptr_t)given) : whole;
}

enum err_code entry_run_make(struct entry_run *run, const json_t *input)
{
    struct op *op = run->op;
    const struct register_def *def = run->def;
    const struct pack_act *act = &def->registering;
    CLEANUP(json_decrefp) json_t *given = NULL;
    const struct body *body;

    TRY(snapshot_open(op, &run->snap));
    TRY(check_body(run, input, &body));
    given = with_presets(run, json_object_get(input, "fields"), body);
    TRY(entry_given(op, run->snap, def, NULL, &given));
    TRY(entry_input_check(op, run->snap, act, given, true));
    TRY(record_new(op, ENTRY, run->r));
    TRY(entry_run_begin(run, "register"));
    entry_run_put(run, "register", json_string(def->flow.id));
    entry_run_put(run, "revision", json_string(def->flow.revision));
    entry_run_put(run, "body", json_string(body->code));
    entry_run_put(run, "status",
                  json_string((run->enters == NULL ? def->flow.initial : run->enters)->id));
    entry_run_put(run, "registered_day", json_integer(run->today));
    entry_run_put(run, "registered_by", json_integer(op->actor.officer_id));
    entry_run_put(run, "acted_by", json_integer(op->actor.officer_id));
    entry_run_put(run, "clocks", json_array());
    TRY(entry_run_take(run, act, given));
    TRY(entry_run_clocks(run, def->flow.creation, def->flow.n_creation, NULL));
    TRY(entry_run_settle(run));
    TRY(take_number(run));
    entry_run_code(run);
    return run->dry ? ERR_OK : entry_run_save(run);
}

enum err_code entry_make(struct op *op, const struct register_def *def, const json_t *input,
                         struct record *ret)
{
    enum err_code rc = ERR_CONFLICT;
    bool found;

    *ret = (struct record){0};
    TRY(entry_run_earlier(op, def, ret, NULL, &found));
    if (found)
        return ERR_OK;
    for (int i = 0; rc == ERR_CONFLICT && i < TRIES; i++) {
        CLEANUP(entry_run_release)
        struct entry_run run = {.op = op, .def = def, .r = ret, .ahead = true};

        record_release(ret);
        err_clear(&op->err);
        rc = entry_run_make(&run, input);
        entry_numbers_done(op->setup->numbers, run.place, rc == ERR_OK);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    return rc == ERR_REPLAYED ? entry_run_earlier(op, def, ret, NULL, &found) : rc;
}

/* Decided as the system decides, since the public sees nothing of registers; written down as the
 * public's own. */
static enum err_code answer_once(struct entry_run *run, const json_t *input)
{
    struct op *op = run->op;
    struct actor public = op->actor;
    enum err_code rc;

    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = ""};
    rc = entry_run_make(run, input);
    op->actor = public;
    return rc == ERR_OK ? entry_run_save(run) : rc;
}

enum err_code entry_answer(struct op *op, const struct register_def *def,
                           const struct flow_state *enters, const json_t *input, struct record *ret)
{
    enum err_code rc = ERR_CONFLICT;

    *ret = (struct record){0};
    for (int i = 0; rc == ERR_CONFLICT && i < TRIES; i++) {
        CLEANUP(entry_run_release)
        struct entry_run run = {
            .op = op, .def = def, .r = ret, .enters = enters, .dry = true, .ahead = true};

        record_release(ret);
        err_clear(&op->err);
        rc = answer_once(&run, input);
        entry_numbers_done(op->setup->numbers, run.place, rc == ERR_OK);
    }
    if (rc != ERR_OK)
        record_release(ret);
    return rc;
}

enum err_code entry_try(struct op *op, const struct register_def *def, const json_t *input)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(entry_run_release) struct entry_run run = {.op = op, .def = def, .r = &r, .dry = true};

    return entry_run_make(&run, input);
}
