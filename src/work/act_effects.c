/* Effects of acts. Each function puts into the draft what its act changes; which state follows and
 * which clocks run is the rule pack's affair. */
#include "work/act_effects.h"

#include <string.h>

#include "rules/workflow.h"
#include "work/act_disclosure.h"
#include "work/act_finance.h"
#include "work/act_kin.h"
#include "work/act_outcome.h"
#include "work/acts.h"
#include "work/evidence.h"
#include "work/extension.h"
#include "work/group.h"
#include "work/procedure.h"
#include "work/reward.h"
#include "work/rule_choice.h"
#include "work/staff.h"

static const char *text_of(const struct act_run *run, const char *field)
{
    return filing_text(run->input, field);
}

static int64_t int_of(const struct act_run *run, const char *field)
{
    return json_integer_value(json_object_get(run->input, field));
}

void act_facts(struct act_run *run)
{
    struct workflow_facts *f = &run->facts;
    const char *party = text_of(run, "party");

    f->ground = text_of(run, "ground");
    f->pause_reason = text_of(run, "reason");
    f->contact_result = text_of(run, "result");
    f->offer_by = party;
    f->spoken = text_of(run, "channel") != NULL && strcmp(text_of(run, "channel"), "phone") == 0;
    f->telling = party == NULL ? TOLD_NOBODY : told_party_find(party);
    f->names_officer = json_is_integer(json_object_get(run->input, "officer"));
    procedure_act_facts(run);
    finance_facts(run);
}

static enum err_code refuse_field(struct act_run *run, const char *field, const char *code,
                                  const char *zh, const char *en)
{
    return err_field(&run->op->err, ERR_INVALID, field, code, zh, en);
}

/* ---- who has it ---- */

/* Whether it would be more than a name: may() lets him act on it once it is his. */
static bool could_handle(struct act_run *run, const struct officer *officer, const struct body *his)
{
    struct record_facts facts = matter_facts(run->op, run->m);
    struct actor actor = {.kind = ACTOR_OFFICER,
                          .officer_id = officer->id,
                          .body_path = his->path,
                          .roles = officer->roles};

    facts.body_path = his->path;
    facts.assigned = true;
    facts.officer_id = officer->id;
    return may(&actor, MAY_ACT, &facts).yes;
}

static enum err_code check_officer(struct act_run *run, const struct body *body, int64_t id)
{
    struct officer officer;
    const struct body *his;

    if (officer_by_id(run->op, id, &officer) != ERR_OK || !officer.active)
        return refuse_field(run, "officer", "unknown_officer", "没有这位承办人",
                            "There is no such officer.");
    his = setup_body(run->op->setup, officer.body);
    if (body == NULL || his == NULL || !body_path_within(his->path, body->path))
        return refuse_field(run, "officer", "other_body", "承办人不在这个单位",
                            "The officer does not belong to this body.");
    if (!could_handle(run, &officer, his))
        return refuse_field(run, "officer", "role", "这位同事的岗位不办理诉求，请选别人",
                            "This officer's role does not handle matters; choose another.");
    return ERR_OK;
}

/* When it was first handed out, for stage times; a return does not undo it. */
static void note_assigned(struct act_run *run)
{
    if (json_object_get(run->m->detail, "assigned_at") == NULL)
        draft_detail(&run->d, "assigned_at", json_integer(run->d.at));
}

/* The matter is his now; the first who ever had it stays on record (首问). */
static void give_to(struct act_run *run, int64_t officer)
{
    note_assigned(run);
    draft_set(&run->d, "officer", json_integer(officer));
    if (run->m->first_officer == MATTER_NONE)
        draft_set(&run->d, "first_officer", json_integer(officer));
}

enum err_code act_hand_to(struct act_run *run, int64_t officer)
{
    TRY(check_officer(run, setup_body(run->op->setup, run->m->body), officer));
    give_to(run, officer);
    return ERR_OK;
}

static enum err_code effect_assign(struct act_run *run)
{
    struct op *op = run->op;
    const char *code = text_of(run, "body");
    const struct body *body = setup_body(op->setup, code == NULL ? run->m->body : code);
    const json_t *officer = json_object_get(run->input, "officer");
    struct record_facts facts = matter_facts(op, run->m);

    if (body == NULL || !body->current)
        return refuse_field(run, "body", "unknown_body", "没有这个单位", "There is no such body.");
    facts.target_path = body->path;
    if (op->actor.kind == ACTOR_OFFICER)
        TRY(may_check(&op->actor, MAY_ASSIGN, &facts, &op->err));
    draft_set(&run->d, "body", json_string(body->code));
    draft_detail(&run->d, "assigned", json_true());
    note_assigned(run);
    if (json_is_integer(officer)) {
        TRY(check_officer(run, body, json_integer_value(officer)));
        give_to(run, json_integer_value(officer));
    } else if (strcmp(body->code, run->m->body) != 0) {
        draft_set(&run->d, "officer", json_null());
    }
    return ERR_OK;
}

static enum err_code effect_designate(struct act_run *run)
{
    procedure_designated(run);
    return effect_assign(run);
}

static enum err_code effect_return(struct act_run *run)
{
    struct op *op = run->op;
    const struct body *body = setup_body(op->setup, run->m->body);

    if (body != NULL && body->parent != NULL)
        draft_set(&run->d, "body", json_string(body->parent));
    draft_set(&run->d, "officer", json_null());
    draft_detail(&run->d, "assigned", json_null());
    return ERR_OK;
}

/* Whoever takes the first step on an unassigned matter of his body becomes its handler. */
static enum err_code effect_take_up(struct act_run *run)
{
    if (run->m->officer == MATTER_NONE && run->op->actor.kind == ACTOR_OFFICER)
        give_to(run, run->op->actor.officer_id);
    return ERR_OK;
}

static enum err_code effect_accept(struct act_run *run)
{
    draft_detail(&run->d, "accepted_at", json_integer(run->d.at)); /* for stage times */
    return effect_take_up(run);
}

static enum err_code effect_refuse(struct act_run *run)
{
    TRY(procedure_ground_term(run));
    if (!run->d.step.to->ended)
        procedure_propose(run);
    return effect_take_up(run);
}

/* ---- content ---- */

static enum err_code effect_amend(struct act_run *run)
{
    const json_t *fields = json_object_get(run->input, "fields");

    TRY(filing_check_amendment(run->op, matter_kind_of(run->m), fields));
    return filing_amend(&run->d, run->ch, run->snap, fields);
}

static enum err_code effect_classify(struct act_run *run)
{
    static const char *const columns[] = {"category", "problem"};
    const json_t *themes = json_object_get(run->input, "themes");

    for (size_t i = 0; i < 2; i++)
        if (text_of(run, columns[i]) != NULL)
            draft_set(&run->d, columns[i], json_string(text_of(run, columns[i])));
    if (text_of(run, "violation") != NULL)
        draft_detail(&run->d, "violation", json_string(text_of(run, "violation")));
    if (themes != NULL)
        draft_detail(&run->d, "themes", json_deep_copy(themes));
    return ERR_OK;
}

/* ---- clocks ---- */

static bool step_has(const struct act_run *run, enum clock_effect effect)
{
    for (size_t i = 0; i < run->d.step.n_clocks; i++)
        if (run->d.step.clocks[i].effect == effect)
            return true;
    return false;
}

static json_t *pauses_copy(const struct act_run *run)
{
    json_t *list = json_object_get(run->m->detail, "pauses");

    return list == NULL ? json_array() : json_deep_copy(list);
}

static enum err_code effect_pause(struct act_run *run)
{
    json_t *list = pauses_copy(run);
    date_t day = date_of_instant(run->d.at, run->op->zone_min);

    json_array_append_new(list,
                          json_pack("{s:i, s:n, s:s, s:b}", "from", day, "to", "reason",
                                    text_of(run, "reason") == NULL ? "" : text_of(run, "reason"),
                                    "excluded", step_has(run, CLOCK_PAUSE)));
    draft_detail(&run->d, "pauses", list);
    return ERR_OK;
}

enum err_code act_end_pause(struct act_run *run)
{
    json_t *list = pauses_copy(run);
    json_t *last = json_array_get(list, json_array_size(list) - 1);

    json_object_set_new(last, "to", json_integer(date_of_instant(run->d.at, run->op->zone_min)));
    draft_detail(&run->d, "pauses", list);
    return ERR_OK;
}

static enum err_code effect_extend(struct act_run *run)
{
    if (step_has(run, CLOCK_EXTEND))
        extension_answered(run, true);
    else {
        extension_asked(run);
        draft_detail(&run->d, "filing_proposal", json_null()); /* another question lies there now */
    }
    return ERR_OK;
}

static enum err_code effect_refuse_extension(struct act_run *run)
{
    extension_answered(run, false);
    return ERR_OK;
}

/* ---- telling ---- */

static bool clock_in_time(const struct act_run *run)
{
    date_t day = date_of_instant(run->d.at, run->op->zone_min);

    for (size_t i = 0; i < run->d.step.n_clocks; i++) {
        struct matter_clock *c;

        if (run->d.step.clocks[i].effect != CLOCK_STOP)
            continue;
        c = matter_clock(run->m, run->d.step.clocks[i].rule->id);
        if (c != NULL && c->state == CLOCK_RUNNING && day > c->due)
            return false;
    }
    return true;
}

static enum err_code effect_tell(struct act_run *run)
{
    json_t *told = json_object_get(run->m->detail, "told");

    told = told == NULL ? json_object() : json_deep_copy(told);
    if (run->facts.telling & TOLD_CONSUMER)
        json_object_set_new(told, "consumer", json_integer(run->d.at));
    if (run->facts.telling & TOLD_BUSINESS)
        json_object_set_new(told, "business", json_integer(run->d.at));
    draft_detail(&run->d, "told", told);
    if (run->m->told != NULL || !step_has(run, CLOCK_STOP))
        return ERR_OK;
    draft_detail(&run->d, "told_at", json_integer(run->d.at)); /* for stage times */
    draft_set(&run->d, "told", json_string(clock_in_time(run) ? "on_time" : "late"));
    return ERR_OK;
}

/* ---- evidence ---- */

static enum err_code effect_attach(struct act_run *run)
{
    return refuse_field(run, "act", "send_file", "把文件本身发到这件的 /files",
                        "Send the file itself to /files of this matter.");
}

/* The original stays sealed where it is; the page no longer shows the file. What others sent is to
 * the party as if it were not there. */
static enum err_code effect_detach(struct act_run *run)
{
    json_t *list = json_deep_copy(json_object_get(run->m->detail, "files"));
    size_t i;
    json_t *file;

    json_array_foreach(list, i, file)
    {
        if (json_integer_value(json_object_get(file, "id")) != int_of(run, "file") ||
            !evidence_removable(run->op, file))
            continue;
        json_object_set_new(file, "removed", json_integer(run->m->version + 1));
        if (run->op->actor.kind == ACTOR_PARTY)
            json_object_set_new(file, "removed_by_party", json_true());
        draft_detail(&run->d, "files", list);
        return ERR_OK;
    }
    json_decref(list);
    return refuse_field(run, "file", "unknown_file", "没有这份证据，或者已经删除",
                        "There is no such file, or it was removed.");
}

static enum err_code effect_issue_pin(struct act_run *run)
{
    draft_set(&run->d, "pin_generation", json_integer(run->m->pin_generation + 1));
    return ERR_OK;
}

/* ---- other matters ---- */

static enum err_code retitle(struct act_run *run)
{
    return filing_retitle(run->op, run->snap, run->m, run->d.texts,
                          filing_at(run->input, "fields"));
}

/* ---- the table ---- */

typedef enum err_code effect_fn(struct act_run *run);

static const struct effect {
    const char *act;
    effect_fn *effect, *aftermath;
    bool secret; /* what was sent belongs to another, secret matter */
} effects[] = {
    {"assign", effect_assign, NULL, false},
    {"reassign", effect_assign, NULL, false},
    {"return", effect_return, NULL, false},
    {"amend", effect_amend, retitle, false},
    {"classify", effect_classify, NULL, false},
    {"accept", effect_accept, NULL, false},
    {"refuse", effect_refuse, NULL, false},
    {"verify", effect_take_up, NULL, false},
    {"answer", effect_take_up, NULL, false},
    {"tell", effect_tell, NULL, false},
    {"pause", effect_pause, NULL, false},
    {"resume", act_end_pause, NULL, false},
    {"propose_filing", procedure_propose_filing, NULL, false},
    {"verify_more", procedure_verify_more, NULL, false},
    {"extend", effect_extend, NULL, false},
    {"refuse_extension", effect_refuse_extension, NULL, false},
    {"dispute_power", procedure_dispute, NULL, false},
    {"refer_power", procedure_refer, NULL, false},
    {"designate", effect_designate, NULL, false},
    {"offer", act_offer, NULL, false},
    {"accept_offer", act_accept_offer, NULL, false},
    {"decline_offer", act_decline_offer, NULL, false},
    {"settle", act_settle, NULL, false},
    {"reopen", act_reopen, NULL, false},
    {"disclose", act_disclose, NULL, false},
    {"revoke_refusal", act_reopen, NULL, false},
    {"exempt", act_exempt, NULL, false},
    {"stop_disclosure", act_stop_disclosure, NULL, false},
    {"rate", act_rate, NULL, false},
    {"follow_up", act_follow_up, NULL, false},
    {"issue_pin", effect_issue_pin, NULL, false},
    {"attach", effect_attach, NULL, false},
    {"detach", effect_detach, NULL, false},
    {"link", act_link, act_link_back, false},
    {"identify", act_identify, NULL, false},
    {"duplicate", act_duplicate, act_duplicate_back, false},
    {"join_group", group_effect_join, group_after_join, false},
    {"leave_group", group_effect_leave, group_after_leave, false},
    {"spawn_report", act_spawn_report, act_spawned, true},
    {"not_again", act_not_again, act_not_again_back, false},
    {"merge_report", act_merge, act_merged, false},
    {"police", procedure_handed, NULL, false},
    {"hand_over", procedure_handed, NULL, false},
    {"choose_rule", rule_choose, NULL, false},
    {"to_authority", rule_fall_through, NULL, false},
    {"record_proxy", procedure_record_proxy, NULL, false},
    {"confirm_refusal", procedure_confirm_refusal, NULL, false},
    {"ask_identity", procedure_ask_identity, NULL, false},
    {"record_identity", procedure_record_identity, NULL, false},
    {"consent", procedure_consent, NULL, false},
    {"contact", procedure_contact, NULL, false},
    {"entrust", procedure_entrust, NULL, false},
    {"take_back", procedure_take_back, NULL, false},
    {"decide_recusal", procedure_decide_recusal, NULL, false},
    {"against", finance_against, NULL, false},
    {"mark_major", finance_major, NULL, false},
    {"restart", finance_restart, NULL, false},
    {"merge", finance_merge, finance_after_merge, false},
    {"extend_complex", finance_longer, NULL, false},
    {"ask_extension", finance_longer, NULL, false},
    {"approve_extension", finance_longer, NULL, false},
    {"decline_extension", finance_longer, NULL, false},
    {"tell_extension", finance_longer, NULL, false},
    {"propose_reward", reward_propose, NULL, false},
    {"approve_reward", reward_answer, NULL, false},
    {"refuse_reward", reward_answer, NULL, false},
    {"tell_reward", reward_tell, NULL, false},
    {"pay_reward", reward_pay, NULL, false},
    {"lapse_reward", reward_lapse, NULL, false},
    {"decide", finance_decide, NULL, false},
    {"decide_recheck", finance_decide, NULL, false},
    {"resolve", finance_decide, NULL, false},
};

static const struct effect *effect_of(const char *act)
{
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
        if (strcmp(effects[i].act, act) == 0)
            return &effects[i];
    return NULL;
}

bool act_input_is_secret(const char *act)
{
    const struct effect *e = effect_of(act);

    return e != NULL && e->secret;
}

enum err_code act_effect(struct act_run *run)
{
    const struct effect *e = effect_of(run->d.act);

    /* A new decision has been told to nobody yet. */
    if (run->d.step.outcome != NULL)
        draft_detail(&run->d, "told", json_object());
    if (run->d.step.from != run->d.step.to)
        procedure_drop_proposal(run);
    return e == NULL ? ERR_OK : e->effect(run);
}

enum err_code act_aftermath(struct act_run *run)
{
    const struct effect *e = effect_of(run->d.act);

    return e == NULL || e->aftermath == NULL ? ERR_OK : e->aftermath(run);
}
