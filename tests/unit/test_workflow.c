/* Does the shipped pack take every matter where the law says, and nowhere else? */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

#define INTAKE ROLE_INTAKE
#define HANDLER ROLE_HANDLER
#define SUPERVISOR ROLE_SUPERVISOR
#define LEADER ROLE_LEADER
#define PARTY ROLE_PARTY

static struct pack *pack;

static int load(void **state)
{
    (void)state;
    pack = shipped_pack();
    return 0;
}

static int unload(void **state)
{
    (void)state;
    pack_free(pack);
    return 0;
}

/* ---- the acts and states of the issue ---- */

static void every_act_is_there(void **state)
{
    static const char *const acts[] = {"assign",
                                       "reassign",
                                       "return",
                                       "amend",
                                       "classify",
                                       "accept",
                                       "refuse",
                                       "tell",
                                       "contact",
                                       "mediate",
                                       "pause",
                                       "resume",
                                       "offer",
                                       "settle",
                                       "terminate",
                                       "withdraw",
                                       "verify",
                                       "extend",
                                       "file",
                                       "not_file",
                                       "no_power",
                                       "answer",
                                       "pass_on",
                                       "supplement",
                                       "rate",
                                       "accept_offer",
                                       "follow_up",
                                       "decline_offer",
                                       "urge",
                                       "note",
                                       "spawn_report",
                                       "link",
                                       "reopen",
                                       "archive",
                                       "close",
                                       "issue_pin",
                                       "identify",
                                       "duplicate",
                                       "attach",
                                       "detach",
                                       "join_group",
                                       "leave_group",
                                       "confirm_refusal",
                                       "send_back",
                                       "ask_identity",
                                       "record_identity",
                                       "consent",
                                       "entrust",
                                       "take_back",
                                       "decide_recusal",
                                       "refuse_extension",
                                       "not_again",
                                       "merge_report",
                                       "hand_over",
                                       "choose_rule",
                                       "police",
                                       "record_proxy",
                                       "dispute_power",
                                       "agree_power",
                                       "refer_power",
                                       "designate",
                                       "propose_reward",
                                       "approve_reward",
                                       "refuse_reward",
                                       "tell_reward",
                                       "pay_reward",
                                       "lapse_reward",
                                       "disclose",
                                       "exempt",
                                       "stop_disclosure",
                                       "revoke_refusal",
                                       "propose_filing",
                                       "verify_more"};

    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (pack_act(pack, acts[i]) == NULL)
            fail_msg("no act %s", acts[i]);
    }
    assert_int_equal(pack->n_acts, sizeof acts / sizeof acts[0]);
}

static void states_have_their_words(void **state)
{
    static const struct {
        enum matter_kind kind;
        const char *id, *zh;
    } rows[] = {
        {KIND_COMPLAINT, "registered", "已登记"},  {KIND_COMPLAINT, "assigned", "待初查"},
        {KIND_COMPLAINT, "accepted", "已受理"},    {KIND_COMPLAINT, "mediating", "调解中"},
        {KIND_COMPLAINT, "paused", "检测暂停"},    {KIND_COMPLAINT, "settled", "已达成协议"},
        {KIND_COMPLAINT, "terminated", "已终止"},  {KIND_COMPLAINT, "refused", "不予受理"},
        {KIND_COMPLAINT, "withdrawn", "已撤回"},   {KIND_COMPLAINT, "told", "已告知"},
        {KIND_COMPLAINT, "followed_up", "已回访"}, {KIND_COMPLAINT, "archived", "已归档"},
        {KIND_COMPLAINT, "disclosed", "已公示"},   {KIND_COMPLAINT, "exempt", "不予公示"},
        {KIND_COMPLAINT, "returned", "已退回"},    {KIND_REPORT, "verifying", "核查中"},
        {KIND_REPORT, "filed", "已立案"},          {KIND_REPORT, "not_filed", "不予立案"},
        {KIND_REPORT, "no_power", "无处理权限"},   {KIND_REPORT, "closed", "已办结"},
        {KIND_ENQUIRY, "answered", "已答复"},      {KIND_ENQUIRY, "closed", "已办结"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct pack_state *s = pack_state(pack, rows[i].kind, rows[i].id);
        assert_non_null(s);
        assert_string_equal(s->label.zh, rows[i].zh);
    }
    assert_null(pack_state(pack, KIND_REPORT, "mediating"));
}

/* Breadth first over acts alone: each state is entered from the initial one by an act with a name.
 */
static void every_state_is_entered(void **state)
{
    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct pack_kind *k = &pack->kinds[kind];
        const char *by[STATES_MAX] = {0};
        bool more = true;

        by[k->initial] = "register";
        while (more) {
            more = false;
            for (size_t i = 0; i < k->n_transitions; i++) {
                const struct pack_transition *t = &k->transitions[i];
                bool from = false;
                for (size_t s = 0; s < k->n_states; s++)
                    from |= (t->from >> s & 1) != 0 && by[s] != NULL;
                for (size_t j = 0; from && j < t->n_to; j++) {
                    int to = t->to[j].state;
                    if (to != STATE_SAME && by[to] == NULL) {
                        by[to] = pack->acts[t->act].id;
                        more = true;
                    }
                }
            }
        }
        for (size_t s = 0; s < k->n_states; s++) {
            if (by[s] == NULL)
                fail_msg("%s: no act enters %s", matter_kind_name((enum matter_kind)kind),
                         k->states[s].id);
        }
    }
}

/* ---- walks ---- */

struct leg {
    const char *act;
    unsigned role;
    const char *state;  /* after it */
    const char *clocks; /* "start D2, stop D1" in the order of the pack, "" for none */
    enum waiting_for waits;
    struct workflow_facts facts;
};

static const char *clocks_text(const struct workflow_step *step, char *text, size_t room)
{
    static const char *const names[] = {"start", "stop", "cancel", "pause", "resume", "extend"};
    size_t n = 0;

    text[0] = '\0';
    for (size_t i = 0; i < step->n_clocks; i++)
        n += (size_t)snprintf(text + n, room - n, "%s%s %s", n > 0 ? ", " : "",
                              names[step->clocks[i].effect], step->clocks[i].rule->id);
    return text;
}

static void walk(enum matter_kind kind, const char *state, const struct leg *legs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct leg *leg = &legs[i];
        struct workflow_step step;
        struct workflow_refusal why;
        char clocks[120];

        if (workflow_step(pack, kind, state, leg->act, leg->role, &leg->facts, &step, &why) !=
            ERR_OK)
            fail_msg("%zu: %s in %s: %s", i, leg->act, state, why.why.en);
        clocks_text(&step, clocks, sizeof clocks);
        if (strcmp(step.to->id, leg->state) != 0 || strcmp(clocks, leg->clocks) != 0 ||
            step.waiting_for != leg->waits)
            fail_msg("%zu: %s in %s: %s [%s] waits %d", i, leg->act, state, step.to->id, clocks,
                     step.waiting_for);
        state = step.to->id;
    }
}
#define WALK(kind, from, legs) walk(kind, from, legs, sizeof legs / sizeof legs[0])

#define NO_FACTS                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }
#define TELL(who, ...)                                                                             \
    {                                                                                              \
        .telling = who, __VA_ARGS__                                                                \
    }

static void complaint_is_settled(void **state)
{
    static const struct leg legs[] = {
        {"assign", INTAKE, "assigned", "", WAIT_UNIT, NO_FACTS},
        {"reassign", SUPERVISOR, "assigned", "", WAIT_OFFICER, {.names_officer = true}},
        {"return", HANDLER, "returned", "", WAIT_UNIT, NO_FACTS},
        {"assign", INTAKE, "assigned", "", WAIT_OFFICER, {.names_officer = true}},
        {"accept", HANDLER, "accepted", "start D2", WAIT_OFFICER, NO_FACTS},
        {"tell", HANDLER, "accepted", "", WAIT_KEEP, TELL(TOLD_BUSINESS)},
        {"tell", HANDLER, "accepted", "stop D1", WAIT_KEEP, TELL(TOLD_CONSUMER)},
        {"consent", HANDLER, "accepted", "", WAIT_KEEP, NO_FACTS},
        {"mediate", HANDLER, "mediating", "", WAIT_OFFICER, {.both_consent = true}},
        {"entrust", HANDLER, "entrusted", "", WAIT_MEDIATOR, {.both_entrust = true}},
        {"take_back", HANDLER, "mediating", "", WAIT_OFFICER, NO_FACTS},
        {"offer",
         HANDLER,
         "mediating",
         "",
         WAIT_CONSUMER,
         {.offer_by = "business", .both_consent = true}},
        {"decline_offer", PARTY, "mediating", "", WAIT_OFFICER, {.offer_open = true}},
        {"offer",
         HANDLER,
         "mediating",
         "",
         WAIT_BUSINESS,
         {.offer_by = "consumer", .both_consent = true}},
        {"pause", HANDLER, "paused", "pause D2", WAIT_TESTER, {.pause_reason = "appraisal"}},
        {"resume", HANDLER, "mediating", "resume D2", WAIT_OFFICER, {.paused = true}},
        {"pause", HANDLER, "paused", "", WAIT_LEADER, {.pause_reason = "recusal"}},
        {"decide_recusal", LEADER, "mediating", "", WAIT_OFFICER, {.recusal_open = true}},
        {"settle", HANDLER, "settled", "stop D2", WAIT_OFFICER, NO_FACTS},
        {"tell", HANDLER, "settled", "", WAIT_KEEP, TELL(TOLD_BUSINESS)},
        {"tell", HANDLER, "told", "stop D1", WAIT_OFFICER, TELL(TOLD_CONSUMER)},
        {"rate", PARTY, "told", "", WAIT_KEEP, NO_FACTS},
        {"follow_up", INTAKE, "told", "", WAIT_KEEP, {.contact_result = "no_answer"}},
        {"follow_up", INTAKE, "followed_up", "", WAIT_OFFICER, {.contact_result = "reached"}},
        {"archive", HANDLER, "archived", "", WAIT_NOBODY, NO_FACTS},
        {"reopen",
         SUPERVISOR,
         "mediating",
         "start D2, cancel D3",
         WAIT_OFFICER,
         {.outcome = "settled"}},
    };

    (void)state;
    WALK(KIND_COMPLAINT, "registered", legs);
}

static void complaint_is_terminated(void **state)
{
    static const struct leg legs[] = {
        {"accept", HANDLER, "accepted", "start D2", WAIT_OFFICER, NO_FACTS},
        {"mediate", HANDLER, "mediating", "", WAIT_OFFICER, {.both_consent = true}},
        {"terminate", HANDLER, "terminated", "stop D2, start D3", WAIT_OFFICER, {.ground = "T3"}},
        {"tell", HANDLER, "terminated", "stop D1", WAIT_KEEP, TELL(TOLD_CONSUMER)},
        {"tell", HANDLER, "told", "stop D3", WAIT_OFFICER, TELL(TOLD_BUSINESS, .consumer_told = 1)},
        {"archive", HANDLER, "archived", "", WAIT_NOBODY, NO_FACTS},
        {"reopen",
         SUPERVISOR,
         "mediating",
         "start D2, cancel D3",
         WAIT_OFFICER,
         {.outcome = "terminated"}},
        {"terminate",
         HANDLER,
         "terminated",
         "stop D2, start D3",
         WAIT_OFFICER,
         {.ground = "T5", .term_over = true}},
        {"tell", HANDLER, "told", "stop D1, stop D3", WAIT_OFFICER, TELL(TOLD_BOTH)},
    };

    (void)state;
    WALK(KIND_COMPLAINT, "assigned", legs);
}

static void complaint_is_refused_or_withdrawn(void **state)
{
    static const struct leg refused[] = {
        {"refuse", HANDLER, "refused", "", WAIT_OFFICER, {.ground = "NA1"}},
        {"tell", HANDLER, "told", "stop D1", WAIT_OFFICER, TELL(TOLD_CONSUMER)},
        {"archive", HANDLER, "archived", "", WAIT_NOBODY, NO_FACTS},
    };
    static const struct leg proposed[] = {
        {"refuse", HANDLER, "refusal_proposed", "", WAIT_SECOND, {.second_needed = true}},
        {"send_back", HANDLER, "assigned", "", WAIT_OFFICER, NO_FACTS},
        {"refuse", HANDLER, "refusal_proposed", "", WAIT_SECOND, {.second_needed = true}},
        {"confirm_refusal", LEADER, "refused", "", WAIT_OFFICER, {.ground = "NA3"}},
        {"tell", HANDLER, "told", "stop D1", WAIT_OFFICER, TELL(TOLD_CONSUMER)},
    };
    static const struct leg withdrawn[] = {
        {"withdraw", PARTY, "withdrawn", "cancel D1, cancel D5", WAIT_OFFICER, NO_FACTS},
        {"reopen",
         SUPERVISOR,
         "assigned",
         "start D1, cancel D3",
         WAIT_OFFICER,
         {.outcome = "withdrawn"}},
        {"accept", HANDLER, "accepted", "start D2", WAIT_OFFICER, NO_FACTS},
        {"withdraw", PARTY, "terminated", "stop D2, start D3", WAIT_OFFICER, NO_FACTS},
    };
    struct workflow_facts facts = {0};
    struct workflow_step step;

    (void)state;
    WALK(KIND_COMPLAINT, "assigned", refused);
    WALK(KIND_COMPLAINT, "assigned", proposed);
    WALK(KIND_COMPLAINT, "registered", withdrawn);
    assert_int_equal(
        workflow_step(pack, KIND_COMPLAINT, "mediating", "withdraw", PARTY, &facts, &step, NULL),
        ERR_OK);
    assert_string_equal(step.ground, "T1");
    assert_string_equal(step.outcome, "terminated");
    assert_int_equal(
        workflow_step(pack, KIND_COMPLAINT, "assigned", "withdraw", PARTY, &facts, &step, NULL),
        ERR_OK);
    assert_null(step.ground);
    assert_string_equal(step.outcome, "withdrawn");
}

static void report_is_verified(void **state)
{
    static const struct leg legs[] = {
        {"assign", INTAKE, "assigned", "", WAIT_OFFICER, {.names_officer = true}},
        {"verify", HANDLER, "verifying", "", WAIT_OFFICER, NO_FACTS},
        {"pause", HANDLER, "verifying", "pause D4", WAIT_TESTER, {.pause_reason = "appraisal"}},
        {"resume", HANDLER, "verifying", "resume D4", WAIT_OFFICER, {.paused = true}},
        {"extend", HANDLER, "verifying", "", WAIT_LEADER, NO_FACTS},
        {"refuse_extension", LEADER, "verifying", "", WAIT_OFFICER, {.extension_asked = true}},
        {"extend", HANDLER, "verifying", "", WAIT_LEADER, NO_FACTS},
        {"extend", LEADER, "verifying", "extend D4", WAIT_OFFICER, NO_FACTS},
        {"propose_filing", HANDLER, "verifying", "", WAIT_LEADER, NO_FACTS},
        {"verify_more", LEADER, "verifying", "", WAIT_OFFICER, {.filing_proposed = true}},
        {"propose_filing", HANDLER, "verifying", "", WAIT_LEADER, NO_FACTS},
        {"file", LEADER, "filed", "stop D4", WAIT_OFFICER, {.filing_proposed = true}},
        {"tell", HANDLER, "told", "", WAIT_OFFICER, TELL(TOLD_CONSUMER)},
        {"close", HANDLER, "closed", "", WAIT_NOBODY, NO_FACTS},
    };
    static const struct leg others[] = {
        {"no_power", HANDLER, "no_power", "stop D4, stop D5", WAIT_OFFICER, NO_FACTS},
        {"close", HANDLER, "closed", "", WAIT_NOBODY, {.anonymous = true}},
    };
    static const struct leg returned[] = {
        {"return", HANDLER, "registered", "", WAIT_UNIT, NO_FACTS},
        {"assign", INTAKE, "assigned", "", WAIT_UNIT, NO_FACTS},
        {"verify", HANDLER, "verifying", "", WAIT_OFFICER, NO_FACTS},
        {"not_file", HANDLER, "not_filed", "stop D4", WAIT_OFFICER, NO_FACTS},
    };

    (void)state;
    WALK(KIND_REPORT, "registered", legs);
    WALK(KIND_REPORT, "assigned", others);
    WALK(KIND_REPORT, "assigned", returned);
}

static void enquiry_is_answered(void **state)
{
    static const struct leg legs[] = {
        {"assign", INTAKE, "registered", "", WAIT_OFFICER, {.names_officer = true}},
        {"answer", INTAKE, "answered", "", WAIT_OFFICER, NO_FACTS},
        {"rate", PARTY, "answered", "", WAIT_KEEP, NO_FACTS},
        {"close", INTAKE, "closed", "", WAIT_NOBODY, NO_FACTS},
    };

    (void)state;
    WALK(KIND_ENQUIRY, "registered", legs);
}

static void beginnings(void **state)
{
    struct workflow_facts facts = {0}, earlier = {.earlier_rule = true};
    struct workflow_step step;

    (void)state;
    workflow_begin(pack, KIND_COMPLAINT, &facts, &step);
    assert_string_equal(step.to->id, "registered");
    assert_int_equal(step.n_clocks, 1);
    assert_string_equal(step.clocks[0].rule->id, "D1");
    assert_int_equal(step.waiting_for, WAIT_UNIT);
    workflow_begin(pack, KIND_REPORT, &facts, &step);
    assert_string_equal(step.clocks[0].rule->id, "D4");
    workflow_begin(pack, KIND_ENQUIRY, &facts, &step);
    assert_int_equal(step.n_clocks, 0);
    /* received before the pack is valid: the same acts, no clocks */
    workflow_begin(pack, KIND_COMPLAINT, &earlier, &step);
    assert_int_equal(step.n_clocks, 0);
    assert_int_equal(
        workflow_step(pack, KIND_COMPLAINT, "assigned", "accept", HANDLER, &earlier, &step, NULL),
        ERR_OK);
    assert_int_equal(step.n_clocks, 0);
    assert_false(pack_covers(pack, day("2026-04-14")));
    assert_true(pack_covers(pack, day("2026-04-15")));
    assert_non_null(strstr(pack->earlier_rule.zh, "旧规定"));
}

/* ---- refusals ---- */

static void refusals_say_why(void **state)
{
    static const struct {
        enum matter_kind kind;
        const char *state, *act;
        unsigned role;
        struct workflow_facts facts;
        enum err_code rc;
        const char *code, *zh;
    } rows[] = {
        {KIND_COMPLAINT, "assigned", "marry", HANDLER, NO_FACTS, ERR_NOT_FOUND, "unknown_act",
         "没有这个办理步骤"},
        {KIND_COMPLAINT, "nowhere", "accept", HANDLER, NO_FACTS, ERR_NOT_FOUND, "unknown_state",
         "没有这个状态"},
        {KIND_COMPLAINT, "assigned", "accept", INTAKE, NO_FACTS, ERR_FORBIDDEN, "role", "别的岗位"},
        {KIND_COMPLAINT, "assigned", "accept", PARTY, NO_FACTS, ERR_FORBIDDEN, "role", "别的岗位"},
        {KIND_COMPLAINT, "assigned", "accept", 0, NO_FACTS, ERR_FORBIDDEN, "role", "别的岗位"},
        {KIND_COMPLAINT, "registered", "accept", HANDLER, NO_FACTS, ERR_NOT_ALLOWED, "state",
         "先分给有权处理的单位"},
        {KIND_COMPLAINT, "assigned", "tell", HANDLER, TELL(TOLD_CONSUMER), ERR_NOT_ALLOWED, "state",
         "还没决定"},
        {KIND_COMPLAINT, "mediating", "extend", LEADER, NO_FACTS, ERR_NOT_ALLOWED, "state",
         "调解期限没有延长的规定"},
        {KIND_COMPLAINT, "mediating", "refuse", HANDLER, NO_FACTS, ERR_NOT_ALLOWED, "state",
         "按第六项终止调解"},
        {KIND_COMPLAINT,
         "mediating",
         "terminate",
         HANDLER,
         {.ground = "T5"},
         ERR_NOT_ALLOWED,
         "ground",
         "调解期限还没到"},
        {KIND_COMPLAINT,
         "mediating",
         "terminate",
         HANDLER,
         {.ground = "T99"},
         ERR_NOT_ALLOWED,
         "unknown_ground",
         "没有这一条理由"},
        {KIND_COMPLAINT, "mediating", "accept_offer", PARTY, NO_FACTS, ERR_NOT_ALLOWED, "guard",
         "没有等答复的方案"},
        {KIND_COMPLAINT,
         "archived",
         "reopen",
         SUPERVISOR,
         {.outcome = "refused"},
         ERR_NOT_ALLOWED,
         "guard",
         "只有撤回"},
        {KIND_COMPLAINT,
         "told",
         "reopen",
         SUPERVISOR,
         {.outcome = "settled", .performed = 1},
         ERR_NOT_ALLOWED,
         "guard",
         "只有撤回"},
        {KIND_COMPLAINT, "settled", "archive", HANDLER, NO_FACTS, ERR_NOT_ALLOWED, "state",
         "先把结果告知"},
        {KIND_COMPLAINT,
         "told",
         "rate",
         PARTY,
         {.rated = true},
         ERR_NOT_ALLOWED,
         "guard",
         "已经评价过"},
        {KIND_REPORT, "verifying", "withdraw", PARTY, NO_FACTS, ERR_NOT_ALLOWED, "state",
         "不能撤回"},
        {KIND_REPORT,
         "verifying",
         "extend",
         LEADER,
         {.extended = true},
         ERR_NOT_ALLOWED,
         "guard",
         "不能再延"},
        {KIND_REPORT, "filed", "close", HANDLER, NO_FACTS, ERR_NOT_ALLOWED, "guard", "告知举报人"},
        {KIND_REPORT,
         "filed",
         "tell",
         HANDLER,
         {.anonymous = true},
         ERR_NOT_ALLOWED,
         "guard",
         "匿名举报"},
        {KIND_REPORT, "assigned", "spawn_report", HANDLER, NO_FACTS, ERR_NOT_ALLOWED, "state", ""},
        {KIND_ENQUIRY, "registered", "close", INTAKE, NO_FACTS, ERR_NOT_ALLOWED, "state", "先答复"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct workflow_step step;
        struct workflow_refusal why = {0};
        enum err_code rc = workflow_step(pack, rows[i].kind, rows[i].state, rows[i].act,
                                         rows[i].role, &rows[i].facts, &step, &why);
        if (rc != rows[i].rc || strcmp(why.code, rows[i].code) != 0 ||
            strstr(why.why.zh, rows[i].zh) == NULL)
            fail_msg("%zu: %s in %s: %s %s %s", i, rows[i].act, rows[i].state, err_info(rc)->name,
                     why.code, why.why.zh);
        assert_true(why.why.en[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_act_is_there),
        cmocka_unit_test(states_have_their_words),
        cmocka_unit_test(every_state_is_entered),
        cmocka_unit_test(complaint_is_settled),
        cmocka_unit_test(complaint_is_terminated),
        cmocka_unit_test(complaint_is_refused_or_withdrawn),
        cmocka_unit_test(report_is_verified),
        cmocka_unit_test(enquiry_is_answered),
        cmocka_unit_test(beginnings),
        cmocka_unit_test(refusals_say_why),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
