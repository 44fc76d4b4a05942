/* Which acts does the desk offer, and does every blocked one say why? */
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

#define NO_FACTS                                                                                   \
    {                                                                                              \
        0                                                                                          \
    }

static void join(const struct workflow_choice *c, size_t n, bool allowed, char *text, size_t room)
{
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (c[i].allowed == allowed)
            at += (size_t)snprintf(text + at, room - at, "%s%s%s", at > 0 ? " " : "", c[i].act->id,
                                   c[i].likely ? "*" : "");
    }
}

static void bars(void **state)
{
    static const struct {
        enum matter_kind kind;
        const char *state;
        unsigned roles;
        struct workflow_facts facts;
        const char *allowed;
    } rows[] = {
        {KIND_COMPLAINT, "registered", INTAKE, NO_FACTS,
         "assign* contact supplement note urge withdraw attach amend classify link "
         "identify duplicate join_group issue_pin"},
        {KIND_COMPLAINT, "assigned", HANDLER, NO_FACTS,
         "accept* ask_identity record_identity return contact supplement note refuse withdraw "
         "dispute_power police attach "
         "amend classify "
         "spawn_report link "
         "identify duplicate join_group"},
        {KIND_COMPLAINT, "accepted", HANDLER, NO_FACTS,
         "tell* consent settle contact offer pause supplement note terminate withdraw "
         "police attach amend "
         "classify spawn_report link "
         "identify duplicate join_group"},
        {KIND_COMPLAINT,
         "accepted",
         HANDLER,
         {.acceptance_told = true, .both_consent = true},
         "mediate* tell consent settle contact offer pause supplement note terminate withdraw "
         "police attach amend "
         "classify spawn_report link "
         "identify duplicate join_group"},
        {KIND_COMPLAINT,
         "mediating",
         PARTY,
         {.offer_open = true},
         "accept_offer decline_offer supplement withdraw attach"},
        {KIND_COMPLAINT, "archived", PARTY, NO_FACTS, ""},
        {KIND_REPORT,
         "verifying",
         LEADER,
         {.extension_asked = true},
         "file extend refuse_extension note urge not_file"},
        {KIND_REPORT,
         "verifying",
         LEADER,
         {.filing_proposed = true},
         "file* extend verify_more note urge not_file"},
        {KIND_REPORT, "verifying", PARTY, NO_FACTS, "supplement attach"},
        {KIND_ENQUIRY, "registered", INTAKE, NO_FACTS,
         "answer* assign contact pass_on supplement note urge withdraw attach amend classify "
         "spawn_report "
         "link "
         "identify duplicate issue_pin"},
        {KIND_COMPLAINT, "assigned", ROLE_ADMIN, NO_FACTS, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct workflow_choice choices[WORKFLOW_ACTS_MAX];
        size_t n = workflow_allowed(pack, rows[i].kind, rows[i].state, rows[i].roles,
                                    &rows[i].facts, choices);
        char text[800];
        join(choices, n, true, text, sizeof text);
        if (strcmp(text, rows[i].allowed) != 0)
            fail_msg("%zu %s:\n%s\nwant\n%s", i, rows[i].state, text, rows[i].allowed);
        for (size_t c = 0; c < n; c++) {
            if (!choices[c].allowed)
                assert_true(choices[c].why.why.zh[0] != '\0' && choices[c].why.why.en[0] != '\0');
            assert_true(choices[c].label.zh[0] != '\0');
        }
    }
}

/* What workflow_allowed offers, workflow_step takes, and the other way round, in every state. */
static void bar_and_step_agree(void **state)
{
    struct workflow_facts facts[] = {
        {0},
        {.offer_open = true, .paused = true, .outcome = "settled", .anonymous = true},
        {.outcome = "withdrawn", .rated = true, .extended = true},
    };
    unsigned roles[] = {INTAKE, HANDLER,          SUPERVISOR,      LEADER,
                        PARTY,  INTAKE | HANDLER, LEADER | HANDLER};

    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        for (size_t s = 0; s < pack->kinds[kind].n_states; s++)
            for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++)
                for (size_t f = 0; f < sizeof facts / sizeof facts[0]; f++) {
                    const char *id = pack->kinds[kind].states[s].id;
                    struct workflow_choice choices[WORKFLOW_ACTS_MAX];
                    size_t n = workflow_allowed(pack, (enum matter_kind)kind, id, roles[r],
                                                &facts[f], choices);
                    size_t likely = 0;
                    for (size_t a = 0; a < pack->n_acts; a++) {
                        struct workflow_step step;
                        bool ok = workflow_step(pack, (enum matter_kind)kind, id, pack->acts[a].id,
                                                roles[r], &facts[f], &step, NULL) == ERR_OK;
                        bool offered = false;
                        for (size_t c = 0; c < n; c++)
                            offered |= choices[c].act == &pack->acts[a] && choices[c].allowed;
                        assert_int_equal(ok, offered);
                    }
                    for (size_t c = 0; c < n; c++)
                        likely += choices[c].likely;
                    assert_true(likely <= 1);
                }
}

/* Every blocked act has words of this pack, not the general ones, for those who would do it. */
static void blocked_acts_have_their_reason(void **state)
{
    struct workflow_facts facts = {0};

    (void)state;
    for (int kind = 0; kind < KIND_COUNT; kind++)
        for (size_t s = 0; s < pack->kinds[kind].n_states; s++) {
            const char *id = pack->kinds[kind].states[s].id;
            struct workflow_choice choices[WORKFLOW_ACTS_MAX];
            size_t n = workflow_allowed(pack, (enum matter_kind)kind, id,
                                        HANDLER | SUPERVISOR | INTAKE, &facts, choices);
            for (size_t c = 0; c < n; c++) {
                if (!choices[c].allowed &&
                    strcmp(choices[c].why.why.en,
                           "This act is not possible in the present state.") == 0)
                    fail_msg("%s %s %s has no reason", matter_kind_name((enum matter_kind)kind), id,
                             choices[c].act->id);
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars),
        cmocka_unit_test(bar_and_step_agree),
        cmocka_unit_test(blocked_acts_have_their_reason),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
