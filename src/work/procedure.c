/* The procedure's own effects and what its guards look at. */
#include "work/procedure.h"

#include <string.h>

#include "work/letter_internal.h"
#include "work/staff.h"

static const char *text_of(const struct act_run *run, const char *field)
{
    return filing_text(run->input, field);
}

static bool is(const char *text, const char *want)
{
    return text != NULL && strcmp(text, want) == 0;
}

static const json_t *detail_of(const struct matter *m, const char *key)
{
    return json_object_get(m->detail, key);
}

/* A copy to change; an empty object when there is none. */
static json_t *own_copy(const struct act_run *run, const char *key)
{
    json_t *copy = json_deep_copy(detail_of(run->m, key));

    return copy == NULL ? json_object() : copy;
}

/* ---- facts ---- */

static bool agrees(const json_t *consent, const char *party)
{
    return is(filing_text(json_object_get(consent, party), "answer"), "agrees");
}

static bool both_agree(const struct matter *m, const char *about)
{
    const json_t *consent = json_object_get(detail_of(m, "willing"), about);

    return agrees(consent, "consumer") && agrees(consent, "business");
}

static bool somebody_refused(const struct matter *m)
{
    const json_t *consent = json_object_get(detail_of(m, "willing"), "mediation");

    return is(filing_text(json_object_get(consent, "consumer"), "answer"), "refuses") ||
           is(filing_text(json_object_get(consent, "business"), "answer"), "refuses");
}

/* Another's name, not shown, or nothing recorded by the day that was set. */
static bool identity_refused(const struct op *op, const struct matter *m)
{
    const json_t *identity = detail_of(m, "identity");
    const char *result = filing_text(identity, "result");
    const json_t *until = json_object_get(identity, "until");
    date_t today = date_of_instant(op->now_ms, op->zone_min);

    if (result != NULL)
        return is(result, "impersonated") || is(result, "unwilling") || is(result, "silent");
    return json_is_integer(until) && today > (date_t)json_integer_value(until);
}

static bool recusal_open(const struct matter *m)
{
    const json_t *list = detail_of(m, "pauses");
    const json_t *last = json_array_get(list, json_array_size(list) - 1);

    return last != NULL && !json_is_integer(json_object_get(last, "to")) &&
           is(filing_text(last, "reason"), "recusal");
}

/* By the marks of the code tables: nothing here knows a code. */
static bool marked_food(const struct op *op, const char *name, const char *text)
{
    const struct code_table *table = codes_table(op->setup->codes, name);

    while (table != NULL && text != NULL) {
        const struct code *code = code_find(table, text);

        if (code != NULL && is(code->group, "food"))
            return true;
        text = code == NULL ? NULL : code->parent;
    }
    return false;
}

/* What nobody has classified yet may be. */
static bool about_food(const struct op *op, const struct matter *m)
{
    if (filing_text(m->detail, "violation") == NULL && m->category == NULL)
        return true;
    return marked_food(op, "violations", filing_text(m->detail, "violation")) ||
           marked_food(op, "categories", m->category);
}

void procedure_facts(struct op *op, const struct matter *m, struct workflow_facts *f)
{
    bool officer = op->actor.kind == ACTOR_OFFICER;
    const json_t *by = json_object_get(detail_of(m, "proposal"), "by");
    /* an import writes down what was decided elsewhere, where these steps left no trace here */
    bool elsewhere = op->actor.kind == ACTOR_SYSTEM;
    const char *paper = filing_text(detail_of(m, "proxy_paper"), "result");

    f->proposed_by_actor = officer && json_integer_value(by) == op->actor.officer_id;
    f->handled_by_actor = officer && m->officer == op->actor.officer_id;
    f->filing_proposed = is(m->waiting_for, "leader") && detail_of(m, "filing_proposal") != NULL;
    f->extension_asked = is(m->waiting_for, "leader") && !f->filing_proposed;
    f->identity_refused = elsewhere || identity_refused(op, m);
    f->both_consent = both_agree(m, "mediation");
    f->both_entrust = both_agree(m, "entrusting");
    f->contact_recorded =
        elsewhere || json_array_size(detail_of(m, "contacts")) > 0 || somebody_refused(m);
    f->recusal_open = recusal_open(m);
    f->has_proxy = json_is_true(detail_of(m, "proxy"));
    f->proxy_unshown = !elsewhere && f->has_proxy && detail_of(m, "proxy_paper") == NULL;
    f->proxy_lacking = !elsewhere && f->has_proxy && paper != NULL && !is(paper, "shown");
    f->proxy_bound = !elsewhere && is(filing_text(detail_of(m, "proxy_paper"), "scope"), "general");
    f->about_food = elsewhere || about_food(op, m);
}

/* The body named lies in another authority than the one that has it: with the next body that acts
 * in its own name a term of its own begins. */
static bool other_authority(const struct act_run *run)
{
    const struct setup *setup = run->op->setup;
    const struct body *to = setup_body(setup, text_of(run, "body"));
    const struct body *now = setup_body(setup, run->m->body);

    return to != NULL && now != NULL && letter_issuer(run->op, to) != letter_issuer(run->op, now);
}

void procedure_act_facts(struct act_run *run)
{
    const struct pack *pack = matter_pack(run->op, run->m);
    const struct pack_ground *ground;

    run->facts.other_authority = other_authority(run);
    if (is(run->d.act, "confirm_refusal"))
        run->facts.ground = filing_text(detail_of(run->m, "proposal"), "ground");
    ground = run->facts.ground == NULL
                 ? NULL
                 : pack_ground(pack, matter_kind_of(run->m), run->facts.ground);
    run->facts.second_needed =
        run->op->actor.kind == ACTOR_OFFICER && ground != NULL && ground->second;
}

size_t procedure_recused(struct op *op, const struct matter *m, const int64_t **ret)
{
    const json_t *list = detail_of(m, "recused");
    size_t n = json_array_size(list);
    int64_t *ids = n == 0 ? NULL : ARENA_ARRAY(op->arena, int64_t, n);

    if (ids == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        ids[i] = json_integer_value(json_array_get(list, i));
    *ret = ids;
    return n;
}

/* ---- a ground that rests on a term ---- */

static enum err_code not_passed(struct act_run *run, const struct pack_ground *g,
                                const struct deadline_due *due)
{
    struct arena *arena = run->op->arena;
    char last[DATE_TEXT];

    date_format(due->due, last);
    return err_field(
        &run->op->err, ERR_INVALID, g->term_from, "within_term",
        arena_printf(arena, "从这一天算，%s到 %s 为止，收到时还没有过", g->term->label.zh, last),
        arena_printf(
            arena, "Counted from that day it ends on %s and had not passed at the receipt.", last));
}

enum err_code procedure_ground_term(struct act_run *run)
{
    struct op *op = run->op;
    const char *code = text_of(run, "ground"), *from;
    const struct pack_ground *g =
        code == NULL ? NULL : pack_ground(matter_pack(op, run->m), matter_kind_of(run->m), code);
    date_t received = date_of_instant(run->m->received_at, op->zone_min);
    struct deadline_due due;

    from = g == NULL || g->term == NULL ? NULL : text_of(run, g->term_from);
    if (from == NULL)
        return ERR_OK;
    TRY(deadline_compute(g->term, date_parse(from), NULL, 0, 0, op->setup->calendar, &due,
                         &op->err));
    return received > due.due ? ERR_OK : not_passed(run, g, &due);
}

/* ---- a refusal that two officers make ---- */

void procedure_propose(struct act_run *run)
{
    draft_detail(&run->d, "proposal",
                 json_pack("{s:s, s:I, s:I, s:I}", "ground", text_of(run, "ground"), "by",
                           (json_int_t)run->op->actor.officer_id, "at", (json_int_t)run->d.at,
                           "version", (json_int_t)run->m->version + 1));
}

/* Confirmed, sent back or withdrawn: in a new state it awaits nobody any more. */
void procedure_drop_proposal(struct act_run *run)
{
    if (detail_of(run->m, "proposal") != NULL)
        draft_detail(&run->d, "proposal", json_null());
}

/* The reasons stand with the decision, so that the consumer reads them there. */
enum err_code procedure_confirm_refusal(struct act_run *run)
{
    const json_t *proposal = detail_of(run->m, "proposal");
    CLEANUP(json_decrefp) json_t *texts = NULL;

    TRY(texts_open(run->op, run->snap, run->m,
                   json_integer_value(json_object_get(proposal, "version")), &texts));
    draft_text(&run->d, "reason", filing_text(texts, "reason"));
    draft_in(&run->d, "ground", json_string(run->facts.ground));
    draft_detail(&run->d, "confirmed",
                 json_pack("{s:I, s:O, s:I}", "by", (json_int_t)run->op->actor.officer_id,
                           "proposed_by", json_object_get(proposal, "by"), "at",
                           (json_int_t)run->d.at));
    return ERR_OK;
}

/* ---- identity ---- */

enum err_code procedure_ask_identity(struct act_run *run)
{
    struct matter_clock *clock = matter_clock(run->m, "D1");
    date_t until = date_parse(text_of(run, "until"));
    date_t day = date_of_instant(run->d.at, run->op->zone_min);
    char due[DATE_TEXT];

    if (until < day)
        return err_field(&run->op->err, ERR_INVALID, "until", "past", "日期不能早于今天",
                         "The day cannot lie in the past.");
    if (clock != NULL && clock->state == CLOCK_RUNNING && until > clock->due) {
        date_format(clock->due, due);
        return err_field(
            &run->op->err, ERR_INVALID, "until", "after_term",
            arena_printf(run->op->arena, "不能晚于受理期限 %s；要材料不停这个期限", due),
            arena_printf(run->op->arena,
                         "Not after %s, the time for the decision: asking does not stop it.", due));
    }
    draft_detail(&run->d, "identity",
                 json_pack("{s:s, s:i, s:I}", "papers", text_of(run, "papers"), "until", until,
                           "at", (json_int_t)run->d.at));
    return ERR_OK;
}

enum err_code procedure_record_identity(struct act_run *run)
{
    json_t *identity = own_copy(run, "identity");

    json_object_set_new(identity, "result", json_string(text_of(run, "result")));
    json_object_set_new(identity, "result_at", json_integer(run->d.at));
    draft_detail(&run->d, "identity", identity);
    return ERR_OK;
}

/* ---- whether to file, put to a leader ---- */

enum err_code procedure_propose_filing(struct act_run *run)
{
    draft_detail(&run->d, "filing_proposal",
                 json_pack("{s:s, s:I, s:I}", "proposal", text_of(run, "proposal"), "by",
                           (json_int_t)run->op->actor.officer_id, "at", (json_int_t)run->d.at));
    return ERR_OK;
}

enum err_code procedure_verify_more(struct act_run *run)
{
    draft_detail(&run->d, "filing_proposal", json_null());
    return ERR_OK;
}

/* ---- whoever acts for the consumer ---- */

enum err_code procedure_record_proxy(struct act_run *run)
{
    struct err *err = &run->op->err;
    const char *scope = text_of(run, "scope"), *until = text_of(run, "until");
    bool shown = is(text_of(run, "result"), "shown");
    date_t last = until == NULL ? DATE_NONE : date_parse(until);
    json_t *paper = json_pack("{s:s, s:I, s:I}", "result", text_of(run, "result"), "at",
                              (json_int_t)run->d.at, "by", (json_int_t)run->op->actor.officer_id);

    if (shown) {
        json_object_set_new(paper, "scope", json_string(scope));
        json_object_set_new(paper, "until", json_integer(last));
    }
    draft_detail(&run->d, "proxy_paper", paper);
    if (shown && last < date_of_instant(run->d.at, run->op->zone_min))
        return err_field(err, ERR_INVALID, "until", "past", "委托已经到期，请他补新的委托书",
                         "The authority has run out; ask for a new one.");
    return ERR_OK;
}

/* ---- consent and contact ---- */

enum err_code procedure_consent(struct act_run *run)
{
    static const char *const parties[] = {"consumer", "business"};
    const char *about = text_of(run, "about"), *mediator = text_of(run, "mediator");
    json_t *consents = own_copy(run, "willing");
    json_t *one = json_object_get(consents, about);

    /* consent to one body is none to another */
    if (one == NULL || (mediator != NULL && !is(filing_text(one, "mediator"), mediator))) {
        one = json_object();
        json_object_set_new(consents, about, one);
    }
    if (mediator != NULL)
        json_object_set_new(one, "mediator", json_string(mediator));
    for (size_t i = 0; i < 2; i++)
        if (is(text_of(run, "party"), parties[i]) || is(text_of(run, "party"), "both"))
            json_object_set_new(one, parties[i],
                                json_pack("{s:s, s:I, s:s}", "answer", text_of(run, "answer"), "at",
                                          (json_int_t)run->d.at, "channel",
                                          text_of(run, "channel")));
    draft_detail(&run->d, "willing", consents);
    return ERR_OK;
}

enum err_code procedure_contact(struct act_run *run)
{
    json_t *list = json_deep_copy(detail_of(run->m, "contacts"));

    if (list == NULL)
        list = json_array();
    if (json_array_size(list) == CONTACTS_KEPT)
        json_array_remove(list, 0);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "party", text_of(run, "party"),
                                          "channel", text_of(run, "channel"), "result",
                                          text_of(run, "result"), "at", (json_int_t)run->d.at));
    draft_detail(&run->d, "contacts", list);
    return ERR_OK;
}

/* ---- entrusted mediation, recusal ---- */

enum err_code procedure_entrust(struct act_run *run)
{
    const json_t *consent = json_object_get(detail_of(run->m, "willing"), "entrusting");
    const char *mediator = filing_text(consent, "mediator");

    draft_in(&run->d, "mediator", json_string(mediator));
    draft_detail(&run->d, "entrusted",
                 json_pack("{s:s, s:I}", "mediator", mediator, "at", (json_int_t)run->d.at));
    return ERR_OK;
}

enum err_code procedure_take_back(struct act_run *run)
{
    draft_detail(&run->d, "entrusted", json_null());
    return ERR_OK;
}

enum err_code procedure_handed(struct act_run *run)
{
    draft_detail(&run->d, run->d.act,
                 json_pack("{s:s, s:s?, s:I}", "to", text_of(run, "to"), "notice",
                           text_of(run, "notice"), "at", (json_int_t)run->d.at));
    return ERR_OK;
}

/* ---- which body is competent ---- */

enum err_code procedure_dispute(struct act_run *run)
{
    draft_detail(
        &run->d, "power",
        json_pack("{s:s, s:I}", "with", text_of(run, "with"), "at", (json_int_t)run->d.at));
    return ERR_OK;
}

enum err_code procedure_refer(struct act_run *run)
{
    json_t *power = own_copy(run, "power");

    json_object_set_new(power, "to", json_string(text_of(run, "to")));
    json_object_set_new(power, "referred_at", json_integer(run->d.at));
    draft_detail(&run->d, "power", power);
    return ERR_OK;
}

void procedure_designated(struct act_run *run)
{
    json_t *power = own_copy(run, "power");

    if (text_of(run, "notice") != NULL)
        json_object_set_new(power, "notice", json_string(text_of(run, "notice")));
    json_object_set_new(power, "designated_at", json_integer(run->d.at));
    if (run->op->actor.kind == ACTOR_OFFICER)
        json_object_set_new(power, "by", json_integer(run->op->actor.officer_id));
    draft_detail(&run->d, "power", power);
}

enum err_code procedure_decide_recusal(struct act_run *run)
{
    json_t *list;

    TRY(act_end_pause(run));
    if (!is(text_of(run, "decision"), "granted"))
        return ERR_OK;
    if (json_integer_value(json_object_get(run->input, "officer")) == run->m->officer)
        return err_field(&run->op->err, ERR_INVALID, "officer", "recused",
                         "选另一位同事，他自己要回避",
                         "Choose another officer: this one is recused.");
    TRY(act_hand_to(run, json_integer_value(json_object_get(run->input, "officer"))));
    if (run->m->officer == MATTER_NONE)
        return ERR_OK;
    list = json_deep_copy(detail_of(run->m, "recused"));
    if (list == NULL)
        list = json_array();
    json_array_append_new(list, json_integer(run->m->officer));
    draft_detail(&run->d, "recused", list);
    return ERR_OK;
}
