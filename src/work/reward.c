/* Rewards for reports: facts, acts, and what the page of the report shows. */
#include "work/reward.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "work/case.h"
#include "work/filing.h"
#include "work/view_internal.h"

static const char *text_of(const struct act_run *run, const char *field)
{
    return filing_text(run->input, field);
}

static bool is(const char *text, const char *want)
{
    return text != NULL && strcmp(text, want) == 0;
}

static const json_t *reward_of(const struct matter *m)
{
    return json_object_get(m->detail, "reward");
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static date_t day_of(const json_t *object, const char *name)
{
    const json_t *day = json_object_get(object, name);

    return json_is_integer(day) ? (date_t)json_integer_value(day) : DATE_NONE;
}

/* ---- the case ---- */

struct ended_case {
    bool found;          /* it has ended, with a violation found */
    int64_t imposed_fen; /* fine and confiscated income */
};

static enum err_code read_case(struct op *op, int64_t id, struct ended_case *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const struct flow_state *state;
    const json_t *penalty;
    const char *outcome;

    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, CASE, id, &r));
    state = flow_state(case_flow_of(op, &r), record_member(&r, "status"));
    outcome = record_member(&r, "outcome");
    penalty = json_object_get(r.state, "penalty");
    ret->found = state != NULL && state->part == CASE_CLOSED &&
                 (is(outcome, "penalised") || is(outcome, "transferred"));
    ret->imposed_fen = number_of(penalty, "fine_fen") + number_of(penalty, "income_fen");
    return ERR_OK;
}

static struct ended_case case_of(struct op *op, const struct matter *m)
{
    struct ended_case found = {0};
    struct err earlier = op->err;
    int64_t id = number_of(m->detail, "case");

    if (id != 0 && read_case(op, id, &found) != ERR_OK) {
        err_back(&op->err, &earlier); /* then there is none to be rewarded for */
        found = (struct ended_case){0};
    }
    return found;
}

/* ---- facts ---- */

void reward_facts(struct op *op, const struct matter *m, struct workflow_facts *f)
{
    const json_t *reward = reward_of(m);
    date_t until = day_of(reward, "until");

    if (matter_kind_of(m) != KIND_REPORT || op->setup->reward == NULL)
        return;
    f->reward = filing_text(reward, "state");
    f->case_done = case_of(op, m).found;
    f->reward_over = until != DATE_NONE && date_of_instant(op->now_ms, op->zone_min) > until;
    f->proposed_by_actor |= is(f->reward, "proposed") && op->actor.kind == ACTOR_OFFICER &&
                            number_of(reward, "by") == op->actor.officer_id;
}

/* ---- acts ---- */

static enum err_code refuse(struct act_run *run, const char *field, const char *code,
                            const char *zh, const char *en)
{
    return err_field(&run->op->err, ERR_INVALID, field, code, zh, en);
}

static enum err_code check_amount(struct act_run *run, int64_t amount)
{
    const struct reward_rule *rule = run->op->setup->reward;
    struct arena *arena = run->op->arena;
    long long cap = (long long)(rule->cap_fen / 100),
              finance = (long long)(rule->finance_approval_fen / 100);

    if (amount > rule->cap_fen)
        return refuse(
            run, "amount_fen", "more_than_cap",
            arena_printf(arena, "一件最多奖励 %lld 元（%s）", cap, rule->basis.text.zh),
            arena_printf(arena, "At most %lld yuan for one case (%s).", cap, rule->basis.text.en));
    if (amount >= rule->finance_approval_fen && text_of(run, "finance") == NULL)
        return refuse(run, "finance", "required",
                      arena_printf(arena, "%lld 元以上先商财政部门，写上文号（%s）", finance,
                                   rule->basis.text.zh),
                      arena_printf(arena,
                                   "From %lld yuan on the finance department is asked first: give "
                                   "the number of its answer (%s).",
                                   finance, rule->basis.text.en));
    return ERR_OK;
}

enum err_code reward_propose(struct act_run *run)
{
    struct op *op = run->op;
    const struct reward_rule *rule = op->setup->reward;
    const json_t *given = json_object_get(run->input, "amount_fen");
    struct ended_case found = case_of(op, run->m);
    struct reward base;
    int64_t level, amount;

    if (!is(text_of(run, "excluded"), "none"))
        return refuse(run, "excluded", "excluded",
                      arena_printf(op->arena, "有这种情形的不予奖励（%s）", rule->basis.text.zh),
                      arena_printf(op->arena, "This excludes a reward (%s).", rule->basis.text.en));
    if (!text_int64(text_of(run, "level"), &level))
        return refuse(run, "level", "unknown_choice", "从列表里选一个等级",
                      "Choose a level from the list.");
    TRY(reward_compute(rule, (int)level, found.imposed_fen, &base, &op->err));
    amount = json_is_integer(given) ? json_integer_value(given) : base.amount_fen;
    TRY(check_amount(run, amount));
    draft_detail(&run->d, "reward",
                 json_pack("{s:s, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:b}", "state", "proposed",
                           "level", (json_int_t)level, "base_fen", (json_int_t)base.amount_fen,
                           "amount_fen", (json_int_t)amount, "imposed_fen",
                           (json_int_t)found.imposed_fen, "major", text_of(run, "major"), "at",
                           (json_int_t)run->d.at, "by", (json_int_t)op->actor.officer_id, "insider",
                           json_is_true(json_object_get(run->input, "insider"))));
    return ERR_OK;
}

/* A copy in its next state. */
static json_t *moved_on(struct act_run *run, const char *state)
{
    json_t *reward = json_deep_copy(reward_of(run->m));

    json_object_set_new(reward, "state", json_string(state));
    draft_detail(&run->d, "reward", reward);
    return reward;
}

enum err_code reward_answer(struct act_run *run)
{
    json_t *reward = moved_on(run, is(run->d.act, "approve_reward") ? "approved" : "refused");

    json_object_set_new(reward, "answered_at", json_integer(run->d.at));
    json_object_set_new(reward, "answered_by", json_integer(run->op->actor.officer_id));
    return ERR_OK;
}

/* An anonymous reporter has the PIN of his report for a name: whoever knows it is he. */
static enum err_code check_pin(struct act_run *run)
{
    const char *code = text_of(run, "code");
    char right[PIN_TEXT], given[PIN_TEXT] = "";
    size_t n = 0;

    if (!json_is_true(json_object_get(run->m->detail, "anonymous")))
        return ERR_OK;
    if (code == NULL)
        return refuse(run, "code", "required", "匿名举报的要核对查询码",
                      "The reporter is anonymous: his PIN is needed.");
    for (; *code != '\0' && n < PIN_TEXT; code++) {
        char c = *code >= 'a' && *code <= 'z' ? (char)(*code - 'a' + 'A') : *code;

        if (c == ' ' || c == '-')
            continue;
        if (n < PIN_TEXT - 1)
            given[n] = c;
        n++;
    }
    matter_pin(run->op, run->m, right);
    if (n == PIN_TEXT - 1 && sodium_memcmp(right, given, PIN_TEXT) == 0)
        return ERR_OK;
    return refuse(run, "code", "no_match", "查询码对不上", "The PIN does not match.");
}

enum err_code reward_tell(struct act_run *run)
{
    const struct deadline_rule *claim = &run->op->setup->reward->claim;
    date_t day = date_of_instant(run->d.at, run->op->zone_min);
    json_t *reward = moved_on(run, "told");
    struct deadline_due due;

    TRY(check_pin(run));
    json_object_set_new(reward, "told", json_integer(day));
    if (claim->length == 0)
        return ERR_OK;
    TRY(deadline_compute(claim, day, NULL, 0, 0, run->op->setup->calendar, &due, &run->op->err));
    json_object_set_new(reward, "until", json_integer(due.due));
    return ERR_OK;
}

enum err_code reward_pay(struct act_run *run)
{
    date_t paid = date_parse(text_of(run, "paid_on"));
    json_t *reward = moved_on(run, "paid");

    TRY(check_pin(run));
    json_object_set_new(reward, "paid_on", json_integer(paid));
    if (paid == DATE_NONE || paid < day_of(reward, "told") ||
        paid > date_of_instant(run->op->now_ms, run->op->zone_min))
        return refuse(run, "paid_on", "range", "日期在通知以后、今天以前",
                      "The day lies between the notice and today.");
    return ERR_OK;
}

enum err_code reward_lapse(struct act_run *run)
{
    (void)moved_on(run, "lapsed");
    return ERR_OK;
}

/* ---- what the page shows ---- */

static void write_options(struct op *op, int64_t imposed_fen, struct json_writer *w)
{
    const struct reward_rule *rule = op->setup->reward;

    json_open_array(w, "options");
    for (size_t i = 0; i < rule->n_levels; i++) {
        struct reward base;

        if (reward_compute(rule, rule->levels[i].level, imposed_fen, &base, &op->err) != ERR_OK) {
            err_clear(&op->err);
            continue;
        }
        json_object_begin(w);
        json_int(w, "level", rule->levels[i].level);
        json_int(w, "amount_fen", base.amount_fen);
        json_bool(w, "floor", base.floor);
        json_bool(w, "cap", base.cap);
        json_bool(w, "finance", base.finance_approval);
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_time(struct op *op, const json_t *reward, const char *name, struct json_writer *w)
{
    const json_t *at = json_object_get(reward, name);

    view_instant(w, name, json_is_integer(at) ? json_integer_value(at) : MATTER_NONE, op->zone_min);
}

void reward_view(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *reward = reward_of(m);
    struct ended_case found = {0};

    if (op->setup->reward != NULL && matter_kind_of(m) == KIND_REPORT)
        found = case_of(op, m);
    if (reward == NULL && !found.found) {
        json_none(w, "reward");
        return;
    }
    json_open_object(w, "reward");
    json_text(w, "state", filing_text(reward, "state"));
    json_int(w, "imposed_fen",
             reward == NULL ? found.imposed_fen : number_of(reward, "imposed_fen"));
    json_int(w, "level", number_of(reward, "level"));
    json_int(w, "base_fen", number_of(reward, "base_fen"));
    json_int(w, "amount_fen", number_of(reward, "amount_fen"));
    json_bool(w, "insider", json_is_true(json_object_get(reward, "insider")));
    view_officer(op, w, "by", number_of(reward, "by"));
    write_time(op, reward, "at", w);
    view_officer(op, w, "answered_by", number_of(reward, "answered_by"));
    write_time(op, reward, "answered_at", w);
    view_date(w, "told", day_of(reward, "told"));
    view_date(w, "until", day_of(reward, "until"));
    view_date(w, "paid_on", day_of(reward, "paid_on"));
    view_label(w, "basis", &op->setup->reward->basis.text);
    write_options(op, found.imposed_fen, w);
    json_object_end(w);
}
