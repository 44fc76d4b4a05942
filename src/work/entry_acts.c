/* Acts on an entry: load, permission, version, life cycle, fields, checks, clocks, event, save.
 * What several want at once – the last of a stock – is tried again from what stands then. */
#include <string.h>

#include "rules/register_sends.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/entry_files.h"
#include "work/entry_gather.h"
#include "work/entry_given.h"
#include "work/entry_send.h"
#include "work/entry_slips.h"

#define TRIES 200 /* as many as may want the same thing at a time, and more */

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
static enum err_code decide(struct entry_run *run, const struct pack_act *act, const json_t *sent,
                            const struct flow_transition **ret)
{
    CLEANUP(json_decrefp) json_t *given = json_incref((json_t *)(uintptr_t)sent);
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
    TRY(entry_given(op, run->snap, run->def, run->values, &given));
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
    CLEANUP(json_decrefp) json_t *given = json_incref(json_object_get(input, "fields"));
    const json_t *reason = json_object_get(input, "reason");
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
    TRY(entry_given(op, run->snap, def, run->values, &given));
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
        entry_run_code(&run); /* where the register was not public when it was written */
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
