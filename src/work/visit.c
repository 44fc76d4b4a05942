/* What comes of a return visit: its result, the opinion and the answer to it. */
#include "work/visit.h"

#include <string.h>

#include "work/acts.h"
#include "work/visit_internal.h"

static enum err_code refuse(struct op *op, enum err_code code, const char *field, const char *item,
                            const char *zh, const char *en)
{
    return err_field(&op->err, code, field, item, zh, en);
}

/* A visit with its matter, for who may see both. */
struct loaded {
    struct record r;
    struct matter m;
    struct record_facts facts;
};

static void loaded_release(struct loaded *l)
{
    record_release(&l->r);
    matter_release(&l->m);
}

static enum err_code load(struct op *op, int64_t id, int64_t version, struct loaded *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, "visit", id, &ret->r));
    TRY(matter_for(op, snap, record_number(&ret->r, "matter_id"), MAY_SEE, &ret->m));
    ret->facts = matter_facts(op, &ret->m);
    return record_expect(op, &ret->r, version);
}

static bool is(const struct record *r, const char *status)
{
    const char *now = record_member(r, "status");

    return now != NULL && strcmp(now, status) == 0;
}

/* Who makes calls: a leader's MAY_ACT is for approvals and notes. The matter's act follow_up asks
 * the rule pack again. */
static enum err_code may_call(struct op *op, const struct loaded *l)
{
    unsigned roles = may_roles(&op->actor, &l->facts);

    TRY(may_check(&op->actor, MAY_ACT, &l->facts, &op->err));
    if ((roles & (ROLE_INTAKE | ROLE_HANDLER | ROLE_SUPERVISOR)) != 0)
        return ERR_OK;
    return refuse(op, ERR_FORBIDDEN, "", "role", "您的岗位不做回访",
                  "Your role makes no return visits");
}

/* ---- the result ---- */

static enum err_code check_result(struct op *op, const struct visit_result *v)
{
    bool reached = strcmp(v->result, "reached") == 0;

    if (!reached && v->satisfaction != 0)
        (void)refuse(op, ERR_INVALID, "satisfaction", "not_reached", "没联系上，不能记满意度",
                     "Nobody was reached; leave satisfaction empty");
    if (!reached && v->opinion != NULL)
        (void)refuse(op, ERR_INVALID, "opinion", "not_reached", "没联系上，不能记意见",
                     "Nobody was reached; leave the opinion empty");
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

/* The matter's own act: one truth for its page and for the sample. */
static enum err_code follow_up(struct op *op, struct changes *ch, struct matter *m,
                               const struct visit_result *v)
{
    CLEANUP(matter_release) struct matter before = {0};
    CLEANUP(json_decrefp) json_t *input = json_pack("{s:s}", "result", v->result);

    if (v->satisfaction != 0)
        json_object_set_new(input, "satisfaction", json_integer(v->satisfaction));
    if (v->remark != NULL)
        json_object_set_new(input, "remark", json_string(v->remark));
    matter_copy(m, &before);
    TRY(matter_act_into(op, ch, m, "follow_up", input));
    matter_save(op, ch, &before, m);
    return ERR_OK;
}

/* Filed away under a revision of its rule pack that lets it take no call any more: its visit alone
 * keeps the result. */
static bool stays_as_it_is(struct op *op, const struct loaded *l)
{
    struct workflow_facts facts = matter_workflow_facts(op, &l->m);
    struct workflow_step step;

    return visits_is_filed(op->setup->visits, l->m.status) &&
           workflow_step(matter_pack(op, &l->m), matter_kind_of(&l->m), l->m.status, "follow_up",
                         may_roles(&op->actor, &l->facts), &facts, &step, NULL) == ERR_NOT_ALLOWED;
}

static bool can_be_visited(const struct op *op, const struct matter *m)
{
    return visits_takes(op->setup->visits, matter_kind_of(m), m->status, m->outcome) ||
           strcmp(m->status, "followed_up") == 0; /* by somebody else meanwhile */
}

static const char *status_after(struct op *op, const struct visit_result *v, int64_t attempts)
{
    if (v->opinion != NULL)
        return "opinion";
    if (strcmp(v->result, "no_answer") == 0 && attempts < op->setup->visits->attempts)
        return "waiting";
    return v->result;
}

enum err_code visit_record(struct op *op, int64_t id, const struct visit_result *v, int64_t version)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(loaded_release) struct loaded l = {0};
    struct changes *ch = changes_new(op);
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int64_t attempts;
    bool alone;

    TRY(load(op, id, version, &l));
    TRY(may_call(op, &l));
    TRY(check_result(op, v));
    if (!is(&l.r, "waiting"))
        return refuse(op, ERR_NOT_ALLOWED, "result", "done", "这一件已经回访过了",
                      "This visit is done");
    if (!can_be_visited(op, &l.m))
        return refuse(op, ERR_NOT_ALLOWED, "result", "reopened", "这一件又在办理，不用回访了",
                      "The matter is being handled again; there is nothing to visit");
    alone = stays_as_it_is(op, &l);
    if (!alone)
        TRY(follow_up(op, ch, &l.m, v));
    attempts = record_number(&l.r, "attempts") + 1;
    record_draft_begin(op, &d, &l.r, "result", op->now_ms);
    record_in(&d, "result", json_string(v->result));
    record_set(&d, "result", json_string(v->result));
    record_set(&d, "attempts", json_integer(attempts));
    record_set(&d, "status", json_string(status_after(op, v, attempts)));
    record_set(&d, "done_day", json_integer(today));
    if (v->satisfaction != 0)
        record_set(&d, "satisfaction", json_integer(v->satisfaction));
    if (v->opinion != NULL) {
        date_t due = calendar_add_working_days(op->setup->calendar, today,
                                               op->setup->visits->opinion_working_days);

        record_set(&d, "opinion", json_integer(l.r.version + 1));
        record_set(&d, "opinion_due", json_integer(due));
        record_text(&d, "opinion", v->opinion);
    }
    if (v->remark != NULL && alone) /* else it is kept with the matter */
        record_text(&d, "remark", v->remark);
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- the answer ---- */

static bool answers_for(const struct op *op, const struct loaded *l)
{
    unsigned roles = may_roles(&op->actor, &l->facts);

    return (roles & ROLE_SUPERVISOR) != 0 ||
           ((roles & ROLE_HANDLER) != 0 && l->m.officer == op->actor.officer_id);
}

enum err_code visit_answer(struct op *op, int64_t id, const char *text, int64_t version)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(loaded_release) struct loaded l = {0};
    struct changes *ch = changes_new(op);

    TRY(load(op, id, version, &l));
    if (!answers_for(op, &l))
        return refuse(op, ERR_FORBIDDEN, "text", "role", "意见由这件的承办人或者主管答复",
                      "The matter's handler or a supervisor answers an opinion");
    if (!is(&l.r, "opinion"))
        return refuse(op, ERR_NOT_ALLOWED, "text", "done", "没有等答复的意见",
                      "No opinion waits for an answer here");
    record_draft_begin(op, &d, &l.r, "answer", op->now_ms);
    record_set(&d, "status", json_string("answered"));
    record_set(&d, "answer", json_integer(l.r.version + 1));
    record_set(&d, "answered_day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_text(&d, "answer", text);
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- leaving it ---- */

enum err_code visit_drop(struct op *op, int64_t id, int64_t version)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(loaded_release) struct loaded l = {0};
    struct changes *ch = changes_new(op);

    TRY(load(op, id, version, &l));
    TRY(may_call(op, &l));
    if (!is(&l.r, "waiting") || can_be_visited(op, &l.m))
        return refuse(op, ERR_NOT_ALLOWED, "", "open", "这一件还能回访", "It can still be visited");
    record_draft_begin(op, &d, &l.r, "drop", op->now_ms);
    record_set(&d, "status", json_string("dropped"));
    TRY(record_write(&d, ch));
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- reading ---- */

static enum err_code text_at(struct op *op, struct snapshot *snap, const struct record *r,
                             const char *name, const char **ret)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;
    int64_t version = record_number(r, name);
    const char *text;

    *ret = NULL;
    if (version == 0)
        return ERR_OK;
    TRY(record_texts(op, snap, r, version, &texts));
    text = json_string_value(json_object_get(texts, name));
    *ret = text == NULL ? NULL : arena_strdup(op->arena, text);
    return ERR_OK;
}

enum err_code visit_of(struct op *op, struct snapshot *snap, const struct record *r,
                       struct visit *ret)
{
    CLEANUP(loaded_release) struct loaded l = {0};
    bool acts, waiting = is(r, "waiting");

    TRY(matter_for(op, snap, record_number(r, "matter_id"), MAY_SEE, &l.m));
    l.facts = matter_facts(op, &l.m);
    acts = may_call(op, &l) == ERR_OK;
    err_clear(&op->err);
    *ret = (struct visit){
        .id = r->id,
        .version = r->version,
        .status = arena_strdup(op->arena, record_member(r, "status")),
        .body = arena_strdup(op->arena, record_member(r, "body")),
        .day = (date_t)record_number(r, "day"),
        .attempts = record_number(r, "attempts"),
        .satisfaction = record_number(r, "satisfaction"),
        .opinion_due = record_number(r, "opinion_due") == 0
                           ? DATE_NONE
                           : (date_t)record_number(r, "opinion_due"),
        .may_record = acts && waiting && can_be_visited(op, &l.m),
        .may_drop = acts && waiting && !can_be_visited(op, &l.m),
        .may_answer = is(r, "opinion") && answers_for(op, &l),
    };
    if (record_member(r, "result") != NULL)
        ret->result = arena_strdup(op->arena, record_member(r, "result"));
    if (!may(&op->actor, MAY_READ, &l.facts).yes)
        return ERR_OK;
    TRY(text_at(op, snap, r, "opinion", &ret->opinion));
    return text_at(op, snap, r, "answer", &ret->answer);
}
