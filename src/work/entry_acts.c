/* Registering an entry and its acts: load, permission, version, life cycle, fields, checks, clocks,
 * event, save. What several want at once – the next number, the last of a stock – is tried again
 * from what stands then. */
#include <sodium.h>
#include <string.h>

#include "rules/register_sends.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/entry_files.h"
#include "work/entry_gather.h"
#include "work/entry_numbers.h"
#include "work/entry_send.h"
#include "work/entry_slips.h"
#include "work/idempotency.h"
#include "work/setup_registers.h"

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

const struct pack_act entry_detach = {.id = "detach",
                                      .label = {"去掉文件", "Take a file away"},
                                      .act_class = ACT_RARE,
                                      .fields = reason_fields,
                                      .n_fields = 1};

/* ---- registering ---- */

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

static enum err_code take_number(struct entry_run *run)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = run->op;
    date_t day = (date_t)json_integer_value(json_object_get(run->state, "day"));
    const char *number;
    int64_t n, last;

    TRY(snapshot_prepare(op, run->snap, SQL_entry_last_number, &s));
    TRY(stmt_bind_text(op, s, 1, run->def->flow.id));
    TRY(stmt_bind_int64(op, s, 2, date_year(day)));
    TRY(stmt_one_row(op, s));
    last = stmt_int64(s, 0);
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

/* For the page that anybody may open who has it: not to be guessed. */
static void give_code(struct entry_run *run)
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

static enum err_code make(struct entry_run *run, const json_t *input)
{
    struct op *op = run->op;
    const struct register_def *def = run->def;
    const struct pack_act *act = &def->registering;
    CLEANUP(json_decrefp) json_t *given = NULL;
    const struct body *body;

    TRY(snapshot_open(op, &run->snap));
    TRY(check_body(run, input, &body));
    given = with_presets(run, json_object_get(input, "fields"), body);
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
    give_code(run);
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
        rc = make(&run, input);
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
    rc = make(run, input);
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

static enum err_code not_now(struct entry_run *run, const struct flow_answer *a)
{
    return entry_run_refuse(run, a->forbidden ? ERR_FORBIDDEN : ERR_NOT_ALLOWED, "act",
                            a->forbidden       ? "role"
                            : a->guard == NULL ? "state"
                                               : a->guard,
                            a->why.zh, a->why.en);
}

/* State and role first, then the fields, then what the definition asks of both together. */
static enum err_code decide(struct entry_run *run, const struct pack_act *act, const json_t *given,
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
    TRY(entry_run_take(run, act, given));
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
static enum err_code fill_in(struct entry_run *run, const struct flow_transition *t)
{
    CLEANUP(json_decrefp) json_t *sets = NULL;
    struct entry_eval e;
    const char *name;
    json_t *value;

    TRY(entry_gather(run, t));
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
            json_object_del(entry_run_fields_of(run->state), name);
        else
            json_object_set(entry_run_fields_of(run->state), name, value);
    }
    json_object_clear(run->linked);
    return entry_run_clocks(run, t->clocks, t->n_clocks, &e.env);
}

static enum err_code run_step(struct entry_run *run, const struct pack_act *act,
                              const json_t *given)
{
    const struct flow_transition *t = NULL;

    TRY(decide(run, act, given, &t));
    if (t->other && entry_same_hands(run->op, run->r))
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "four_eyes", "要由另一个人办这一步",
                                "This is for another officer than the one before.");
    TRY(fill_in(run, t));
    if (t->back)
        entry_run_put(run, "status", json_string(record_member(run->r, "before")));
    else if (t->to != NULL) {
        entry_run_put(run, "before", json_string(record_member(run->r, "status")));
        entry_run_put(run, "status", json_string(t->to->id));
    }
    if (run->def->sends != NULL && t->to == run->def->sends->state)
        TRY(entry_send_begin(run));
    entry_run_put(run, "acted_by", json_integer(run->op->actor.officer_id));
    entry_run_put(run, "amended_by", json_null());
    TRY(entry_run_follow(run));
    return entry_run_settle(run);
}

/* A field that must be there cannot be taken away. */
static void keep_required(struct entry_run *run, const json_t *given)
{
    const struct pack_act *act = &run->def->registering;

    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = json_object_get(given, f->name);

        if (value != NULL && entry_blank(value) && f->required && f->when_field == NULL)
            (void)entry_run_refuse(run, ERR_INVALID,
                                   arena_printf(run->op->arena, "fields.%s", f->name), "required",
                                   arena_printf(run->op->arena, "%s要填", f->label.zh),
                                   arena_printf(run->op->arena, "%s is needed.", f->label.en));
    }
}

static enum err_code amend(struct entry_run *run, const json_t *input)
{
    struct op *op = run->op;
    const struct register_def *def = run->def;
    const struct flow_state *now = flow_state(&def->flow, record_member(run->r, "status"));
    const json_t *given = json_object_get(input, "fields"),
                 *reason = json_object_get(input, "reason");
    unsigned roles = entry_roles(op, def, run->r);

    if (op->actor.kind == ACTOR_OFFICER &&
        (roles & (def->may_register | (unsigned)ROLE_SUPERVISOR)) == 0)
        return entry_run_refuse(run, ERR_FORBIDDEN, "act", "role", "由登记的岗位或者主管更正",
                                "For those who register, or a supervisor.");
    if (now == NULL || now->final)
        return entry_run_refuse(run, ERR_NOT_ALLOWED, "act", "state",
                                "已经办完的记录不再更正，写备注",
                                "What is finished is not corrected any more; write a note.");
    if (entry_blank(reason))
        (void)entry_run_refuse(run, ERR_INVALID, "reason", "required", "写更正原因", "Say why.");
    if (!json_is_object(given) || json_object_size(given) == 0)
        (void)entry_run_refuse(run, ERR_INVALID, "fields", "required", "写要更正的项目",
                               "Say what is to be corrected.");
    keep_required(run, given);
    if (entry_input_check(op, run->snap, &def->registering, given, false) != ERR_OK ||
        op->err.n_items > 0)
        return op->err.n_items > 0 ? ERR_INVALID : ERR_INTERNAL;
    record_text(&run->d, "reason", json_string_value(reason));
    TRY(entry_run_take(run, &def->registering, given));
    entry_run_put(run, "amended_by", json_integer(op->actor.officer_id));
    TRY(entry_run_follow(run));
    return entry_run_settle(run);
}

static enum err_code note(struct entry_run *run, const json_t *input)
{
    const json_t *text = json_object_get(input, "text");

    if (entry_roles(run->op, run->def, run->r) == 0)
        return entry_run_refuse(run, ERR_FORBIDDEN, "act", "role", "您的岗位不办这件事",
                                "Your role does not include this.");
    if (entry_blank(text))
        return entry_run_refuse(run, ERR_INVALID, "text", "required", "写备注的内容",
                                "Write the note.");
    record_text(&run->d, "text", json_string_value(text));
    return ERR_OK;
}

static bool built_in(const char *act)
{
    return strcmp(act, entry_amend.id) == 0 || strcmp(act, entry_note.id) == 0 ||
           strcmp(act, entry_detach.id) == 0 || strcmp(act, entry_draw.id) == 0;
}

/* An entry lives by the revision it was written under. A correction takes it over to the one of
 * today, where its state still is one. */
static enum err_code take_revision(struct entry_run *run, const char *act)
{
    if (strcmp(act, entry_amend.id) != 0 ||
        flow_state(&run->def->flow, record_member(run->r, "status")) == NULL)
        run->def = entry_def(run->op, run->r);
    if (!built_in(act) && pack_act(&run->def->flow.acts, act) == NULL)
        return err_field(&run->op->err, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                         "There is no such act.");
    return ERR_OK;
}

static enum err_code act_once(struct op *op, const struct register_def *def, const char *number,
                              const char *act, const json_t *input, int64_t version, bool dry,
                              struct record *ret)
{
    CLEANUP(entry_run_release) struct entry_run run = {.op = op, .def = def, .r = ret, .dry = dry};
    const json_t *fields = json_object_get(input, "fields");
    CLEANUP(json_decrefp) json_t *none = json_object();

    TRY(snapshot_open(op, &run.snap));
    TRY(entry_by_number(op, run.snap, def, number, MAY_ACT_ENTRY, ret));
    TRY(record_expect(op, ret, version));
    TRY(take_revision(&run, act));
    TRY(entry_run_begin(&run, act));
    entry_run_put(&run, "revision", json_string(run.def->flow.revision));
    if (entry_counting(op, run.state) == run.def)
        entry_run_put(&run, "counted", json_null());
    if (strcmp(act, entry_amend.id) == 0) {
        TRY(amend(&run, input));
        give_code(&run); /* where the register was not public when it was written */
    } else if (strcmp(act, entry_note.id) == 0)
        TRY(note(&run, input));
    else if (strcmp(act, entry_detach.id) == 0)
        TRY(entry_file_detach(&run, input));
    else if (strcmp(act, entry_draw.id) == 0)
        TRY(entry_slips_draw(&run, input));
    else
        TRY(run_step(&run, pack_act(&run.def->flow.acts, act), fields == NULL ? none : fields));
    return dry ? ERR_OK : entry_run_save(&run);
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
    TRY(entry_run_earlier(op, def, ret, NULL, &found));
    for (int i = 0; !found && rc == ERR_CONFLICT && i < TRIES; i++) {
        record_release(ret);
        err_clear(&op->err);
        rc = act_once(op, def, number, act, input, version, false, ret);
        if (rc == ERR_CONFLICT && ret->version != version && version != ANY_VERSION)
            break; /* another version than the one that was seen */
    }
    if (found || rc == ERR_OK)
        return ERR_OK;
    record_release(ret);
    return rc == ERR_REPLAYED ? entry_run_earlier(op, def, ret, NULL, &found) : rc;
}
