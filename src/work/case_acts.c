/* Acts on a case: load, permission, version, life cycle, clocks, event, save. */
#include <string.h>

#include "work/acts.h"
#include "work/case_run.h"
#include "work/filing_check.h"
#include "work/idempotency.h"
#include "work/record_input.h"
#include "work/staff.h"

#define TRIES 4

/* ---- facts ---- */

static bool is_named(const struct record *r, int64_t officer)
{
    const json_t *list = json_object_get(r->state, "officers");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_integer_value(json_array_get(list, i)) == officer)
            return true;
    return false;
}

struct case_step_facts case_step_facts_of(struct op *op, const struct record *r)
{
    const json_t *clocks = json_object_get(r->state, "clocks");
    const json_t *window = record_clock(clocks, "D9", 0);
    const json_t *decision = record_clock(clocks, "D7", 0);
    const json_t *notice = record_clock(clocks, "D10P", 0);
    date_t today = date_of_instant(op->now_ms, op->zone_min);

    return (struct case_step_facts){
        .asking = true,
        .officers = json_array_size(json_object_get(r->state, "officers")),
        .assist_open = record_clock(clocks, "D11", 0) != NULL,
        .has_goods = case_goods_left(r),
        .paused = record_clock_paused(decision),
        .extended = case_number(decision, "extensions") > 0,
        .window_open = window != NULL,
        .window_over =
            window == NULL || record_clock_date(op, &case_flow_of(op, r)->acts, window).due < today,
        .unserved = record_clock(clocks, "D10", 0) != NULL || notice != NULL,
        .unposted = notice == NULL,
        .notice_over =
            notice != NULL && record_clock_date(op, &case_flow_of(op, r)->acts, notice).due < today,
        .paid_up = case_owed_fen(r) <= record_number(r, "paid_fen"),
    };
}

unsigned case_roles(struct op *op, const struct record *r)
{
    struct record_facts facts = case_facts(op, r);

    if (op->actor.kind == ACTOR_SYSTEM)
        return ROLES_OFFICER;
    return may_case_roles(&op->actor, &facts);
}

/* ---- one act ---- */

static enum err_code decide_step(struct case_run *run, const char *act,
                                 const struct flow_transition **ret)
{
    struct op *op = run->op;
    struct case_step_facts facts = case_step_facts_of(op, run->r);
    int64_t first = case_number(run->input, "first"), second = case_number(run->input, "second");
    struct flow_answer answer;

    facts.asking = false;
    facts.notice_over |= !case_by_public_notice(run);
    facts.two_present = first != second && is_named(run->r, first) && is_named(run->r, second);
    answer = flow_step(case_flow_of(op, run->r), record_member(run->r, "status"), act,
                       case_roles(op, run->r), &facts);
    if (answer.step == NULL)
        return err_field(&op->err, answer.forbidden ? ERR_FORBIDDEN : ERR_NOT_ALLOWED, "act",
                         answer.forbidden       ? "role"
                         : answer.guard == NULL ? "state"
                                                : answer.guard,
                         answer.why.zh, answer.why.en);
    *ret = answer.step;
    return ERR_OK;
}

static enum err_code run_act(struct case_run *run, const char *name)
{
    struct op *op = run->op;
    const struct pack_act *act = pack_act(&case_flow_of(op, run->r)->acts, name);
    const struct flow_transition *t;

    if (act == NULL)
        return err_field(&op->err, ERR_NOT_FOUND, "act", "unknown_act", "没有这种办理动作",
                         "There is no such act.");
    TRY(decide_step(run, act->id, &t));
    TRY(record_input_check(op, act, run->input));
    record_draft_begin(op, &run->d, run->r, act->id, op->now_ms);
    run->clocks = case_list_copy(run->r, "clocks");
    record_input_keep(&run->d, act, run->input, NULL);
    TRY(case_effect(run, t));
    for (size_t i = 0; i < t->n_clocks; i++)
        TRY(record_clock_apply(op, &case_flow_of(op, run->r)->acts, run->clocks, &t->clocks[i],
                               run->no, run->day));
    if (t->does == CASE_PAUSES || t->does == CASE_SUSPENDS)
        record_clocks_paused_for(run->clocks, act->id, filing_text(run->input, "reason"));
    if (t->back)
        record_set(&run->d, "status", json_string(record_member(run->r, "before")));
    else if (t->to != NULL)
        record_set(&run->d, "status", json_string(t->to->id));
    if (!json_equal(run->clocks, json_object_get(run->r->state, "clocks")))
        record_set(&run->d, "clocks", json_incref(run->clocks));
    return ERR_OK;
}

static enum err_code act_once(struct op *op, int64_t id, const char *act, const json_t *input,
                              int64_t version, struct record *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *result = json_pack("{s:I}", "id", (json_int_t)id);
    struct changes *ch = changes_new(op);
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    struct case_run run = {.op = op, .r = ret, .input = input, .today = today, .day = today};
    enum err_code rc;

    TRY(snapshot_open(op, &snap));
    TRY(case_for(op, snap, id, MAY_ACT_CASE, ret));
    TRY(record_expect(op, ret, version));
    snapshot_closep(&snap);
    rc = run_act(&run, act);
    if (rc == ERR_OK)
        rc = record_write(&run.d, ch);
    record_draft_release(&run.d);
    json_decref(run.clocks);
    TRY(rc);
    idempotency_add(op, ch, op->key, result);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code case_act(struct op *op, int64_t id, const char *act, const json_t *input,
                       int64_t version, struct record *ret)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    enum err_code rc = ERR_CONFLICT;

    *ret = (struct record){0};
    TRY(idempotency_find(op, op->key, &earlier));
    for (int i = 0; earlier == NULL && i < (version == ANY_VERSION ? TRIES : 1); i++) {
        record_release(ret);
        err_clear(&op->err);
        rc = act_once(op, id, act, input, version, ret);
        if (rc == ERR_OK)
            return ERR_OK;
        if (rc != ERR_CONFLICT)
            break;
    }
    record_release(ret);
    if (earlier == NULL && rc != ERR_REPLAYED)
        return rc;
    TRY(snapshot_open(op, &snap));
    return case_for(op, snap, id, MAY_READ_CASE, ret);
}
