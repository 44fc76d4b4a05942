/* The whole state space of every shipped pack, walked by workflow_step itself: each state is
 * entered and left, each transition is taken by each role it names under some facts, and by no
 * other. */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <string.h>

/* Facts to try: none, all, and each alone beside the words that acts bring along. */
#define FACTS_MAX 1024

static struct workflow_facts tried[FACTS_MAX];
static size_t n_tried;

static void try_facts(struct workflow_facts f)
{
    assert_true(n_tried < FACTS_MAX);
    tried[n_tried++] = f;
}

/* One fact after the other turned over, on a ground of all false or all true. */
static void turn_each(struct workflow_facts base)
{
    bool *const facts[] = {
        &base.anonymous,        &base.has_officer,
        &base.acceptance_told,  &base.consumer_told,
        &base.business_told,    &base.offer_open,
        &base.performed,        &base.rated,
        &base.extended,         &base.paused,
        &base.has_files,        &base.in_group,
        &base.term_over,        &base.proposed_by_actor,
        &base.handled_by_actor, &base.extension_asked,
        &base.identity_refused, &base.both_consent,
        &base.both_entrust,     &base.contact_recorded,
        &base.recusal_open,     &base.names_officer,
        &base.second_needed,    &base.about_food,
        &base.has_proxy,        &base.proxy_unshown,
        &base.proxy_lacking,    &base.proxy_bound,
        &base.other_authority,  &base.case_done,
        &base.reward_over,      &base.spoken,
        &base.asks_held,        &base.offer_sent_by_business,
        &base.disclosable,      &base.disclosure_agreed,
        &base.disclosed,        &base.disclosure_decided,
        &base.filing_proposed,
    };

    for (size_t turned = 0; turned < sizeof facts / sizeof facts[0]; turned++) {
        *facts[turned] = !*facts[turned];
        try_facts(base);
        *facts[turned] = !*facts[turned];
    }
    try_facts(base);
}

static void collect_facts(void)
{
    static const char *const outcomes[] = {NULL, "settled", "terminated", "withdrawn", "refused"};
    static const enum told_party told[] = {TOLD_NOBODY, TOLD_BOTH};
    static const char *const rewards[] = {"proposed", "approved", "refused", "told", "paid"};

    n_tried = 0;
    for (size_t o = 0; o < sizeof outcomes / sizeof outcomes[0]; o++)
        for (size_t t = 0; t < 2; t++) {
            struct workflow_facts f = {.outcome = outcomes[o], .telling = told[t]};

            if (t == 1)
                f.contact_result = "no_answer";
            turn_each(f);
            f.pause_reason = "appraisal";
            f.offer_by = "business";
            try_facts(f);
        }
    for (size_t r = 0; r < sizeof rewards / sizeof rewards[0]; r++)
        turn_each((struct workflow_facts){.reward = rewards[r]});
    turn_each((struct workflow_facts){.disclosable = true, .disclosure_agreed = true});
}

static struct pack *load_pack(const char *path)
{
    const struct embedded_file *file = shipped(path);
    struct pack *pack = NULL;
    struct err err = {0};

    if (pack_load(embedded_packs, (const char *)file->data, file->size, &pack, &err) != ERR_OK)
        fail_msg("%s: %s", path, err.n_items > 0 ? err.items[0].field : err.why);
    return pack;
}

static const unsigned all_roles[] = {ROLE_INTAKE,   ROLE_HANDLER, ROLE_SUPERVISOR,
                                     ROLE_LEADER,   ROLE_AUDITOR, ROLE_ADMIN,
                                     ROLE_SECURITY, ROLE_PARTY,   ROLE_BUSINESS};
#define N_ROLES (sizeof all_roles / sizeof all_roles[0])

struct walk {
    const struct pack *pack;
    enum matter_kind kind;
    bool entered[STATES_MAX], left[STATES_MAX];
    size_t steps, refused;
};

static bool named_for(const struct pack_kind *k, size_t state, size_t act, unsigned role)
{
    for (size_t i = 0; i < k->n_transitions; i++)
        if (k->transitions[i].act == (int)act && (k->transitions[i].from >> state & 1) != 0 &&
            (k->transitions[i].roles & role) != 0)
            return true;
    return false;
}

/* One act by one role in one state, under all facts. True when it was possible under some. */
static bool attempt(struct walk *w, size_t state, size_t act, unsigned role)
{
    const struct pack_kind *k = &w->pack->kinds[w->kind];
    const char *id = k->states[state].id, *name = w->pack->acts[act].id;
    bool done = false;

    for (size_t f = 0; f < n_tried; f++) {
        struct workflow_step step;
        struct workflow_refusal why = {0};
        enum err_code rc = workflow_step(w->pack, w->kind, id, name, role, &tried[f], &step, &why);

        if (rc == ERR_OK) {
            w->steps++;
            done = true;
            w->entered[step.to - k->states] = true;
            w->left[state] |= step.to != step.from;
            assert_true(step.outcome == NULL || step.outcome[0] == '\0' || step.to->ended);
            continue;
        }
        w->refused++;
        if (why.why.zh == NULL || why.why.en == NULL || why.why.zh[0] == '\0')
            fail_msg("%s in %s is refused without a word", name, id);
    }
    return done;
}

static void walk_kind(const struct pack *pack, enum matter_kind kind)
{
    const struct pack_kind *k = &pack->kinds[kind];
    struct walk w = {.pack = pack, .kind = kind};

    w.entered[k->initial] = true;
    for (size_t s = 0; s < k->n_states; s++)
        for (size_t a = 0; a < pack->n_acts; a++)
            for (size_t r = 0; r < N_ROLES; r++) {
                bool may = named_for(k, s, a, all_roles[r]);
                bool did = attempt(&w, s, a, all_roles[r]);

                if (may != did)
                    fail_msg("%s %s: %s in %s by %s %s", pack->id, matter_kind_name(kind),
                             pack->acts[a].id, k->states[s].id, role_name(all_roles[r]),
                             did ? "was done and is in no transition" : "is never possible");
            }
    for (size_t s = 0; s < k->n_states; s++) {
        if (!w.entered[s])
            fail_msg("%s %s: %s is never entered", pack->id, matter_kind_name(kind),
                     k->states[s].id);
        if (!w.left[s] && !k->states[s].final)
            fail_msg("%s %s: %s is never left", pack->id, matter_kind_name(kind), k->states[s].id);
    }
    print_message("%s %s: %zu states, %zu steps taken, %zu refused\n", pack->id,
                  matter_kind_name(kind), k->n_states, w.steps, w.refused);
}

static void every_pack(void **state)
{
    static const char *const packs[] = {"rules/market-2026.json", "rules/market-2020.json"};

    (void)state;
    collect_facts();
    for (size_t p = 0; p < sizeof packs / sizeof packs[0]; p++) {
        struct pack *pack = load_pack(packs[p]);

        for (int kind = 0; kind < KIND_COUNT; kind++)
            walk_kind(pack, (enum matter_kind)kind);
        pack_free(pack);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_pack)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
