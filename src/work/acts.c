/* Doing an act: load, permission, version, rule pack, effect, event, save. */
#include "work/acts.h"

#include <string.h>

#include "rules/roles.h"
#include "work/access.h"
#include "work/act_effects.h"
#include "work/idempotency.h"

#define CONFLICT_TRIES 4
#define WRITTEN_TO_MS 60000 /* people write times to the minute */

enum err_code matter_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                         struct matter *ret)
{
    struct record_facts facts;
    enum err_code rc;

    TRY(matter_load(op, snap, id, ret));
    facts = matter_facts(op, ret);
    rc = may_check(&op->actor, need, &facts, &op->err);
    if (rc != ERR_OK) {
        matter_release(ret);
        *ret = (struct matter){0};
        return rc;
    }
    return ERR_OK;
}

/* ---- the input, field by field, as the pack describes the form ---- */

static enum err_code refuse(struct op *op, const char *field, const char *code, const char *zh,
                            const char *en)
{
    return err_field(&op->err, ERR_INVALID, field, code, zh, en);
}

static bool asked_now(const struct act_field *f, const json_t *input)
{
    const char *value;

    if (f->when_field == NULL)
        return true;
    value = filing_text(input, f->when_field);
    return value != NULL && strcmp(value, f->when_value) == 0;
}

static void check_choice(struct op *op, const struct act_field *f, enum matter_kind kind,
                         const json_t *value)
{
    if (f->n_choices > 0) {
        if (!json_is_string(value) || field_choice(f, kind, json_string_value(value)) == NULL)
            (void)refuse(op, f->name, "unknown_choice", "列表里没有这一项，从列表里选一个",
                         "This is not in the list; choose one from it.");
    } else if (f->codes != NULL) {
        check_code(op, f->name, value, f->codes);
    }
}

static void check_remedy(struct op *op, const struct act_field *f, enum matter_kind kind,
                         const json_t *item)
{
    const json_t *payer = json_object_get(item, "payer");

    check_choice(op, f, kind, json_object_get(item, "kind"));
    if (payer != NULL && !json_is_null(payer))
        check_code(op, f->name, payer, "payers");
}

static void check_value(struct op *op, const struct act_field *f, enum matter_kind kind,
                        const json_t *value)
{
    size_t i;
    json_t *item;

    if (f->kind == FIELD_CHOICE)
        check_choice(op, f, kind, value);
    if (f->kind == FIELD_CHOICES)
        json_array_foreach((json_t *)value, i, item) check_choice(op, f, kind, item);
    if (f->kind == FIELD_REMEDIES)
        json_array_foreach((json_t *)value, i, item) check_remedy(op, f, kind, item);
    if ((f->kind == FIELD_INT || f->kind == FIELD_MONEY) && json_is_integer(value) &&
        (json_integer_value(value) < f->min || (f->max > 0 && json_integer_value(value) > f->max)))
        (void)refuse(op, f->name, "range", "数值超出范围", "The number is out of range.");
}

static enum err_code check_input(struct op *op, const struct pack_act *act, enum matter_kind kind,
                                 const json_t *input)
{
    err_clear(&op->err);
    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = filing_at(input, f->name);

        if (!asked_now(f, input))
            continue;
        if (value == NULL && f->required)
            (void)refuse(op, f->name, "required", "这一项要填", "This is needed.");
        else if (value != NULL)
            check_value(op, f, kind, value);
    }
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

/* When it happened: a field that says so, or "at", or now; never before the receipt. */
static enum err_code act_time(struct op *op, const struct matter *m, const struct pack_act *act,
                              const json_t *input, int64_t *ret)
{
    const char *text = filing_text(input, "at"), *field = "at";

    for (size_t i = 0; i < act->n_fields; i++)
        if (act->fields[i].act_time && filing_text(input, act->fields[i].name) != NULL) {
            field = act->fields[i].name;
            text = filing_text(input, field);
        } else if (act->fields[i].future && strcmp(act->fields[i].name, "at") == 0) {
            text = NULL; /* an appointment, not the time of the act */
        }
    *ret = op->now_ms;
    if (text == NULL)
        return ERR_OK;
    if (!instant_parse(text, op->zone_min, ret))
        return refuse(op, field, "instant", "写成 2026-10-13T09:42:00+08:00 这样的时间",
                      "Write a time like 2026-10-13T09:42:00+08:00.");
    if (*ret > op->now_ms + 60000)
        return refuse(op, field, "future", "时间不能晚于现在", "The time cannot lie ahead.");
    if (*ret < m->received_at - WRITTEN_TO_MS)
        return refuse(op, field, "before_receipt", "时间不能早于收到的时间",
                      "The time cannot lie before the receipt.");
    if (*ret > op->now_ms)
        *ret = op->now_ms;
    if (*ret < m->received_at)
        *ret = m->received_at;
    return ERR_OK;
}

static void put_input(struct draft *d, const struct pack_act *act, const json_t *input)
{
    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        const json_t *value = filing_at(input, f->name);

        if (value == NULL || f->kind == FIELD_AMENDMENT || f->unkept)
            continue;
        if (f->sealed)
            draft_text_json(d, f->name, json_deep_copy(value));
        else
            draft_in(d, f->name, json_deep_copy(value));
    }
}

/* ---- one act ---- */

/* Whoever acts, by the table of may.h. An import writes down what officers and parties did
 * elsewhere and long ago; the roles of today do not stand in its way. */
static unsigned roles_for(struct op *op, const struct record_facts *facts)
{
    unsigned roles = may_roles(&op->actor, facts);

    return op->actor.kind == ACTOR_SYSTEM ? roles | ROLES_OFFICER | ROLE_PARTY : roles;
}

static enum err_code run_act(struct act_run *run, const struct pack_act *act)
{
    struct op *op = run->op;
    struct matter *m = run->m;
    struct record_facts facts = matter_facts(op, m);
    int64_t at;

    TRY(check_input(op, act, matter_kind_of(m), run->input));
    TRY(act_time(op, m, act, run->input, &at));
    draft_begin(op, &run->d, m, act->id, at);
    run->facts = matter_workflow_facts(op, m);
    act_facts(run);
    if (!act_input_is_secret(act->id))
        put_input(&run->d, act, run->input);
    TRY(draft_decide(&run->d, roles_for(op, &facts), &run->facts));
    if (op->actor.kind == ACTOR_BUSINESS) /* the event has no officer: it says which business */
        draft_in(&run->d, "by_business", json_integer(op->actor.business));
    TRY(act_effect(run));
    TRY(draft_take(&run->d));
    TRY(draft_record(&run->d, run->ch));
    return act_aftermath(run);
}

enum err_code matter_act_into(struct op *op, struct changes *ch, struct matter *m, const char *act,
                              const json_t *input)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct pack_act *known = pack_act(matter_pack(op, m), act);
    struct act_run run = {.op = op, .ch = ch, .m = m, .input = input};
    enum err_code rc;

    if (known == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                         "There is no such act.");
    TRY(snapshot_open(op, &snap));
    run.snap = snap;
    rc = run_act(&run, known);
    draft_release(&run.d);
    return rc;
}

/* @p m  as it was looked at before, or empty: to be loaded */
static enum err_code act_once(struct op *op, int64_t id, const char *act, const json_t *input,
                              int64_t version, struct matter *m)
{
    CLEANUP(matter_release) struct matter before = {0};
    CLEANUP(json_decrefp) json_t *result = NULL;
    struct changes *ch = changes_new(op);

    if (m->id == 0) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(matter_for(op, snap, id, MAY_SEE, m));
    }
    if (version != ANY_VERSION && version != m->version)
        return err_set(&op->err, ERR_CONFLICT, "version %lld, now %lld", (long long)version,
                       (long long)m->version);
    matter_copy(m, &before);
    TRY(matter_act_into(op, ch, m, act, input));
    matter_save(op, ch, &before, m);
    result = json_pack("{s:I}", "id", (json_int_t)id);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

static void matter_forget(struct matter *m)
{
    matter_release(m);
    *m = (struct matter){0};
}

/* An act that its key says was done: whose answer shows the matter as it is by now. */
static enum err_code reload(struct op *op, int64_t id, struct matter *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    matter_forget(ret);
    TRY(snapshot_open(op, &snap));
    TRY(matter_for(op, snap, id, MAY_SEE, ret));
    return access_look(op, ret->id, ret->secret, "read");
}

enum err_code matter_act(struct op *op, int64_t id, const char *act, const json_t *input,
                         int64_t version, struct matter *m)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    enum err_code rc = ERR_CONFLICT;

    TRY(idempotency_find(op, op->key, &earlier));
    if (earlier != NULL)
        return reload(op, id, m);
    /* Without a version the act means the matter as it is: a lost race is tried again. */
    for (int i = 0; i < (version == ANY_VERSION ? CONFLICT_TRIES : 1) && rc == ERR_CONFLICT; i++) {
        err_clear(&op->err);
        rc = act_once(op, id, act, input, version, m);
        if (rc != ERR_OK)
            matter_forget(m);
    }
    if (rc == ERR_OK)
        return ERR_OK;
    return rc == ERR_REPLAYED ? reload(op, id, m) : rc;
}
