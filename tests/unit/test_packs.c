/* Every pack of every profile, walked exhaustively: each state is entered and left, each act is
 * tried in each state by each role under thousands of combinations of facts, and what the engine
 * allows is exactly what some line of the pack allows. And the terms of financial rules. */
#include "unit/rules_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/profile.h"

#define PACKS_MAX 32

static struct profiles *profiles;
static struct pack *packs[PACKS_MAX];
static size_t n_packs;

static struct pack *pack_named(const char *id)
{
    for (size_t i = 0; i < n_packs; i++)
        if (strcmp(packs[i]->id, id) == 0)
            return packs[i];
    return NULL;
}

static void load_named(const char *id)
{
    char path[96];
    const struct embedded_file *file;
    struct err err = {0};

    if (pack_named(id) != NULL)
        return;
    snprintf(path, sizeof path, "rules/%s.json", id);
    file = shipped(path);
    assert_true(n_packs < PACKS_MAX);
    if (pack_load(embedded_packs, (const char *)file->data, file->size, &packs[n_packs], &err) !=
        ERR_OK)
        fail_msg("%s: %s %s", id, err.why, err.n_items > 0 ? err.items[0].field : "");
    n_packs++;
}

static int load_all(void **state)
{
    struct err err = {0};

    (void)state;
    if (profiles_load(embedded_packs, &profiles, &err) != ERR_OK)
        fail_msg("profiles: %s", err.why);
    for (size_t i = 0; i < profiles_count(profiles); i++) {
        const struct profile *p = profiles_at(profiles, i);

        for (size_t f = 0; f < p->n_families; f++)
            for (size_t k = 0; k < p->families[f].n_packs; k++)
                load_named(p->families[f].packs[k]);
    }
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_packs; i++)
        pack_free(packs[i]);
    profiles_free(profiles);
    return 0;
}

/* ---- which pack governs ---- */

static void profiles_govern(void **state)
{
    static const struct {
        const char *profile;
        enum matter_kind kind;
        const char *channel, *first; /* NULL: none is taken */
    } rows[] = {
        {"market", KIND_COMPLAINT, "phone", "market-2026"},
        {"market", KIND_REPORT, NULL, "market-2026"},
        {"bank", KIND_COMPLAINT, "phone", "finance-2020"},
        {"bank", KIND_COMPLAINT, NULL, "finance-2020"},
        {"bank", KIND_COMPLAINT, "pboc", "pboc-2020"},
        {"bank", KIND_ENQUIRY, "pboc", "finance-2020"},
        {"bank", KIND_REPORT, NULL, NULL},
        {"insurer", KIND_COMPLAINT, NULL, "finance-2020"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct profile *p = profile_find(profiles, rows[i].profile);
        const struct profile_family *f;

        assert_non_null(p);
        f = profile_family(p, rows[i].kind, rows[i].channel);
        if (rows[i].first == NULL)
            assert_null(f);
        else
            assert_string_equal(f->packs[0], rows[i].first);
    }
    assert_null(profile_find(profiles, "circus"));
}

static void packs_know_their_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < profiles_count(profiles); i++) {
        const struct profile *p = profiles_at(profiles, i);

        for (size_t f = 0; f < p->n_families; f++)
            for (size_t k = 0; k < p->families[f].n_packs; k++)
                for (int kind = 0; kind < KIND_COUNT; kind++)
                    if (p->families[f].kinds >> kind & 1)
                        assert_true(pack_named(p->families[f].packs[k])->kinds[kind].n_states > 0);
    }
}

static void broken_profiles(void **state)
{
    static const char *const bad[] = {
        "{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"x\"},\"families\":[]}",
        "{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"x\"},\"families\":[{\"kinds\":[\"song\"],"
        "\"packs\":[\"market-2026\"]}]}",
        "{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"x\"},\"families\":[{\"kinds\":"
        "[\"complaint\"],\"packs\":[]}]}",
        "{\"id\":\"x\",\"label\":{\"zh\":\"甲\",\"en\":\"x\"},\"colour\":1,\"families\":[{"
        "\"kinds\":[\"complaint\"],\"packs\":[\"market-2026\"]}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct embedded_file files[] = {{.path = "profiles/x.json",
                                               .data = (const unsigned char *)bad[i],
                                               .size = strlen(bad[i])},
                                              {0}};
        struct profiles *none = NULL;
        struct err err = {0};

        assert_int_equal(profiles_load(files, &none, &err), ERR_INVALID);
    }
}

/* A financial pack with one thing changed is refused, and the fault is named. */
static void broken_packs(void **state)
{
    static const struct {
        const char *was, *is, *code;
    } rows[] = {
        {"\"takes\": {", "\"takes\": {\"songs\": [], ", "unknown_key"},
        {"\"contact\",", "\"dance\",", "unknown_name"},
        {"\"kinds\": [\"enquiry\"]", "\"kinds\": [\"enquiry\", \"report\"]", "unknown_name"},
        {"[{\"start\": \"F5\"}]", "[{\"start\": \"F4\"}]", "of_filer"},
        {"\"path\": \"consumer.id_number\"", "\"path\": \"consumer.name\"", "required"},
    };
    const struct embedded_file *file = shipped("rules/finance-2020.json");

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t was = strlen(rows[i].was), is = strlen(rows[i].is), n = file->size + is - was;
        char *text = malloc(n + 1), *whole = malloc(file->size + 1), *at;
        struct pack *broken = NULL;
        struct err err = {0};
        bool found = false;

        memcpy(whole, file->data, file->size);
        whole[file->size] = '\0';
        at = strstr(whole, rows[i].was);
        assert_non_null(at);
        snprintf(text, n + 1, "%.*s%s%s", (int)(at - whole), whole, rows[i].is, at + was);
        assert_int_equal(pack_load(embedded_packs, text, n, &broken, &err), ERR_INVALID);
        for (size_t k = 0; k < err.n_items; k++)
            found |= strcmp(err.items[k].code, rows[i].code) == 0;
        if (!found)
            fail_msg("%s: %s %s", rows[i].is, err.items[0].code, err.items[0].field);
        free(text);
        free(whole);
    }
}

/* ---- the walk ---- */

static uint32_t seed;

static uint32_t roll(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static const char *one_of(const char *const *list, size_t n)
{
    return list[roll((uint32_t)n)];
}

static struct workflow_facts some_facts(const struct pack_kind *k)
{
    static const char *const pauses[] = {NULL, "appraisal", "recusal", "mediation"};
    static const char *const parties[] = {NULL, "consumer", "business"};
    static const char *const results[] = {NULL, "reached", "no_answer", "refused"};
    static const char *const longer[] = {NULL, "complex", "asked", "approved", "told"};
    static const char *const rewards[] = {NULL,   "proposed", "approved", "refused",
                                          "told", "paid",     "lapsed"};
    uint32_t outcome = roll((uint32_t)k->n_outcomes + 1);
    uint32_t ground = roll((uint32_t)k->n_grounds + 1);

    return (struct workflow_facts){
        .outcome = outcome == k->n_outcomes ? NULL : k->outcomes[outcome].id,
        .anonymous = roll(2),
        .has_officer = roll(2),
        .acceptance_told = roll(2),
        .consumer_told = roll(2),
        .business_told = roll(2),
        .offer_open = roll(2),
        .offer_sent_by_business = roll(2),
        .performed = roll(2),
        .rated = roll(2),
        .extended = roll(2),
        .paused = roll(2),
        .has_files = roll(2),
        .in_group = roll(2),
        .term_over = roll(2),
        .proposed_by_actor = roll(2),
        .handled_by_actor = roll(2),
        .extension_asked = roll(2),
        .filing_proposed = roll(2),
        .identity_refused = roll(2),
        .both_consent = roll(2),
        .both_entrust = roll(2),
        .contact_recorded = roll(2),
        .recusal_open = roll(2),
        .second_needed = roll(2),
        .about_food = roll(2),
        .has_proxy = roll(2),
        .proxy_unshown = roll(2),
        .proxy_lacking = roll(2),
        .proxy_bound = roll(2),
        .other_authority = roll(2),
        .filer_term_over = roll(2),
        .conflict = roll(2),
        .above = roll(2),
        .longer = one_of(longer, 5),
        .case_done = roll(2),
        .reward = one_of(rewards, 7),
        .reward_over = roll(2),
        .spoken = roll(2),
        .asks_held = roll(2),
        .telling = (enum told_party)roll(4),
        .ground = ground == k->n_grounds ? NULL : k->grounds[ground].code,
        .pause_reason = one_of(pauses, 4),
        .offer_by = one_of(parties, 3),
        .contact_result = one_of(results, 4),
        .names_officer = roll(2),
        .names_conflict = roll(2),
        .disclosable = roll(2),
        .disclosure_agreed = roll(2),
        .disclosed = roll(2),
        .disclosure_decided = roll(2),
    };
}

/* What a look at the lines of the pack alone says, without the engine. */
static bool some_line_allows(const struct pack_kind *k, size_t state, int act, unsigned role,
                             const struct workflow_facts *f)
{
    for (size_t i = 0; i < k->n_transitions; i++) {
        const struct pack_transition *t = &k->transitions[i];
        bool holds = true;

        if (t->act != act || (t->from >> state & 1) == 0 || (t->roles & role) == 0)
            continue;
        for (size_t g = 0; g < t->n_guards; g++)
            holds = holds && t->guards[g]->holds(f);
        if (holds)
            return true;
    }
    return false;
}

static bool ground_stands(const struct pack *pack, enum matter_kind kind,
                          const struct workflow_facts *f)
{
    const struct pack_ground *g = pack_ground(pack, kind, f->ground);

    return f->ground == NULL || g->needs == NULL || g->needs->holds(f);
}

struct seen {
    uint64_t entered, left;
    unsigned roles[256];   /* per transition: who took it */
    unsigned targets[256]; /* per transition: which of its targets */
};

static void note(const struct pack_kind *k, const struct workflow_step *step, size_t state,
                 unsigned role, struct seen *seen)
{
    size_t t = (size_t)(step->transition - k->transitions);
    size_t to = (size_t)(step->to - k->states);

    seen->roles[t] |= role;
    for (size_t i = 0; i < step->transition->n_to; i++) {
        int target = step->transition->to[i].state;

        if ((target == STATE_SAME ? state : (size_t)target) == to)
            seen->targets[t] |= 1u << i;
    }
    if (to != state) {
        seen->entered |= UINT64_C(1) << to;
        seen->left |= UINT64_C(1) << state;
    }
}

static void try_one(const struct pack *pack, const struct pack_kind *k, size_t state, size_t act,
                    unsigned role, struct seen *seen)
{
    struct workflow_facts f = some_facts(k);
    struct workflow_step step;
    struct workflow_refusal why = {0};
    bool should = some_line_allows(k, state, (int)act, role, &f);
    enum err_code rc = workflow_step(pack, k->kind, k->states[state].id, pack->acts[act].id, role,
                                     &f, &step, &why);

    if (rc == ERR_OK) {
        assert_true(should);
        assert_true((step.transition->roles & role) != 0);
        note(k, &step, state, role, seen);
        return;
    }
    assert_true(rc == ERR_NOT_ALLOWED || rc == ERR_FORBIDDEN);
    assert_true(!should || !ground_stands(pack, k->kind, &f));
    assert_non_null(why.why.zh);
    assert_non_null(why.why.en);
}

static void check_seen(const struct pack *pack, const struct pack_kind *k, const struct seen *seen)
{
    for (size_t s = 0; s < k->n_states; s++) {
        if ((int)s != k->initial && (seen->entered >> s & 1) == 0)
            fail_msg("%s: state %s is never entered", pack->id, k->states[s].id);
        if ((seen->left >> s & 1) == 0 && !k->states[s].final)
            fail_msg("%s: state %s is never left", pack->id, k->states[s].id);
    }
    for (size_t t = 0; t < k->n_transitions; t++) {
        const struct pack_transition *line = &k->transitions[t];

        if (seen->roles[t] != line->roles)
            fail_msg("%s: line %zu (%s) was taken by roles %x, not %x", pack->id, t,
                     pack->acts[line->act].id, seen->roles[t], line->roles);
        if (seen->targets[t] != (1u << line->n_to) - 1)
            fail_msg("%s: line %zu (%s) never led to one of its states", pack->id, t,
                     pack->acts[line->act].id);
    }
}

static void walk(const struct pack *pack, const struct pack_kind *k)
{
    struct seen seen = {0};

    assert_true(k->n_transitions <= 256);
    seed = 20261121;
    for (size_t act = 0; act < pack->n_acts; act++)
        for (size_t state = 0; state < k->n_states; state++)
            for (int role = 0; role < ROLES_COUNT; role++) {
                bool concerned = false;

                for (size_t i = 0; i < k->n_transitions; i++)
                    concerned |= k->transitions[i].act == (int)act &&
                                 (k->transitions[i].from >> state & 1) != 0;
                for (int n = 0; n < (concerned ? 160 : 1); n++)
                    try_one(pack, k, state, act, 1u << role, &seen);
            }
    check_seen(pack, k, &seen);
}

static void every_pack_is_walked(void **state)
{
    size_t kinds = 0;

    (void)state;
    for (size_t i = 0; i < n_packs; i++)
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            if (packs[i]->kinds[kind].n_states == 0)
                continue;
            walk(packs[i], &packs[i]->kinds[kind]);
            kinds++;
        }
    assert_true(kinds >= 9);
}

/* From every state some end can be reached. */
static void everything_can_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_packs; i++)
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            const struct pack_kind *k = &packs[i]->kinds[kind];
            uint64_t ends = 0, before;

            for (size_t s = 0; s < k->n_states; s++)
                if (k->states[s].final)
                    ends |= UINT64_C(1) << s;
            do {
                before = ends;
                for (size_t t = 0; t < k->n_transitions; t++)
                    for (size_t to = 0; to < k->transitions[t].n_to; to++)
                        if (k->transitions[t].to[to].state != STATE_SAME &&
                            (ends >> k->transitions[t].to[to].state & 1) != 0)
                            ends |= k->transitions[t].from;
            } while (ends != before);
            for (size_t s = 0; s < k->n_states; s++)
                if ((ends >> s & 1) == 0)
                    fail_msg("%s: no end can be reached from %s", packs[i]->id, k->states[s].id);
        }
}

/* ---- financial terms: natural days, never rolled, pauses out ---- */

static void terms_of_finance(void **state)
{
    static const struct {
        const char *pack, *rule, *start, *pause_from, *pause_to, *due;
    } rows[] = {
        {"finance-2020", "F1", "2026-09-20", NULL, NULL, "2026-10-05"}, /* in the holiday, stands */
        {"finance-2020", "F1", "2026-11-21", NULL, NULL, "2026-12-06"}, /* a Sunday, stands */
        {"finance-2020", "F2", "2026-11-21", NULL, NULL, "2026-12-21"},
        {"finance-2020", "F3", "2026-11-21", NULL, NULL, "2027-01-20"},
        {"finance-2020", "F1", "2026-06-01", "2026-06-05", "2026-06-14", "2026-06-26"},
        {"finance-2020", "F2", "2026-06-01", "2026-06-20", "2026-07-09", "2026-07-21"},
        {"finance-2020", "F4", "2026-02-01", NULL, NULL, "2026-03-03"},
        {"finance-2020", "F5", "2026-01-31", NULL, NULL, "2026-03-02"},
        {"finance-2020", "F6", "2026-09-29", NULL, NULL,
         "2026-10-14"}, /* the one in working days */
        {"pboc-2020", "F7", "2026-09-30", NULL, NULL, "2026-10-15"},
        {"pboc-2020", "F8", "2026-09-20", NULL, NULL, "2026-10-05"},
        {"pboc-2020", "F8E", "2026-11-21", NULL, NULL, "2027-01-20"},
    };
    struct calendar *cal = shipped_calendar();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct deadline_rule *rule = pack_deadline(pack_named(rows[i].pack), rows[i].rule);
        struct pause pause = {DATE_NONE, DATE_NONE};
        struct deadline_due due;
        struct err err = {0};

        assert_non_null(rule);
        if (rows[i].pause_from != NULL)
            pause = (struct pause){day(rows[i].pause_from), day(rows[i].pause_to)};
        assert_int_equal(deadline_compute(rule, day(rows[i].start), &pause,
                                          rows[i].pause_from == NULL ? 0 : 1, 0, cal, &due, &err),
                         ERR_OK);
        if (due.due != day(rows[i].due))
            fail_msg("%s %s from %s is wrong", rows[i].pack, rows[i].rule, rows[i].start);
        assert_int_equal(due.due, due.due_raw);
    }
    calendar_free(cal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(profiles_govern),      cmocka_unit_test(packs_know_their_kinds),
        cmocka_unit_test(broken_profiles),      cmocka_unit_test(broken_packs),
        cmocka_unit_test(every_pack_is_walked), cmocka_unit_test(everything_can_end),
        cmocka_unit_test(terms_of_finance),
    };

    return cmocka_run_group_tests(tests, load_all, free_all);
}
