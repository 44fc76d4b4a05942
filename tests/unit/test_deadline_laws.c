/* What holds for every due date, whatever the pack, the start and the pauses. */
#include "unit/rules_fixture.h"

#include "rules/deadline.h"

#define ROUNDS 400
#define PAUSES 3

struct place {
    struct calendar *cal;
    struct arena *arena;
    uint64_t seed;
};

/* Numbers that look random and are the same in every run (a 64-bit linear congruence). */
static int dice(struct place *p, int sides)
{
    p->seed = p->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((p->seed >> 33) % (uint64_t)sides);
}

static size_t draw_pauses(struct place *p, date_t start, struct pause ret[PAUSES])
{
    size_t n = (size_t)dice(p, PAUSES + 1);
    date_t at = start;

    for (size_t i = 0; i < n; i++) {
        ret[i].from = at + dice(p, 12);
        ret[i].to = ret[i].from + dice(p, 30);
        at = ret[i].to + 1 + dice(p, 4);
    }
    return n;
}

static struct deadline_due due_of(struct place *p, const struct deadline_rule *rule, date_t start,
                                  const struct pause *pauses, size_t n, int extensions)
{
    struct deadline_due due;
    struct err err = {0};

    if (deadline_compute(rule, start, pauses, n, extensions, p->cal, &due, &err) != ERR_OK)
        fail_msg("%s: %s", rule->id, err.n_items > 0 ? err.items[0].en : err.why);
    return due;
}

/* Every day from the start to the due day once, each for its reason, adding up to the due day. */
static void explanation_adds_up(struct place *p, const struct deadline_rule *rule, date_t start,
                                const struct pause *pauses, size_t n, int extensions)
{
    struct deadline_due due = due_of(p, rule, start, pauses, n, extensions);
    struct deadline_explanation e;
    date_t at = start;
    int number = 0, passed = 0;

    assert_int_equal(
        deadline_explain(p->arena, rule, start, pauses, n, extensions, p->cal, &e, NULL), ERR_OK);
    for (size_t i = 0; i < e.n_days; i++, at++) {
        const struct deadline_day *d = &e.days[i];
        bool works = calendar_is_working(p->cal, at), held = false;

        for (size_t k = 0; rule->pauses_excluded && k < n; k++)
            held |= at >= pauses[k].from && at <= pauses[k].to;
        assert_int_equal(d->date, at);
        number += d->number > 0;
        assert_true(d->number == 0 || d->number == number);
        switch (d->kind) {
        case DD_START:
            assert_int_equal(at, start);
            break;
        case DD_COUNTED:
        case DD_LAST:
            assert_true(!held && (works || rule->unit != UNIT_WD));
            break;
        case DD_SKIPPED:
            assert_true(!works && rule->unit == UNIT_WD);
            break;
        case DD_PAUSED:
            assert_true(held);
            break;
        case DD_PASSED:
        case DD_ROLLED:
            passed++;
            assert_true(at > due.due_raw && works == (at == due.due));
            break;
        }
    }
    assert_int_equal(at - 1, due.due);
    if (rule->unit == UNIT_YEARS)
        assert_int_equal(due.due_raw, date_years_later(start, rule->length));
    else
        assert_int_equal(number, rule->length + extensions * rule->extension);
    assert_int_equal(start + e.counted + e.skipped + e.paused, due.due_raw);
    assert_int_equal(due.due_raw + passed, due.due);
    arena_reset(p->arena);
}

static void one_round(struct place *p, const struct deadline_rule *rule)
{
    date_t start = day("2007-01-01") + dice(p, day("2027-12-31") - day("2007-01-01"));
    date_t later = start + dice(p, 20);
    int extensions = rule->extensions_max > 0 ? dice(p, rule->extensions_max + 1) : 0;
    struct pause pauses[PAUSES];
    size_t n = draw_pauses(p, later, pauses);
    struct deadline_due with = due_of(p, rule, start, pauses, n, extensions);
    struct deadline_due without = due_of(p, rule, start, NULL, 0, extensions);
    struct deadline_due then = due_of(p, rule, later, pauses, n, extensions);
    struct deadline_due plain = due_of(p, rule, start, pauses, n, 0);

    explanation_adds_up(p, rule, start, pauses, n, extensions);
    assert_true(then.due_raw >= with.due_raw && then.due >= with.due);       /* monotone in start */
    assert_true(with.due_raw >= without.due_raw && with.due >= without.due); /* no shorter paused */
    assert_true(with.due_raw >= plain.due_raw && with.due >= plain.due); /* nor shorter extended */
    assert_true(rule->roll != ROLL_NONE || with.due == with.due_raw);
    assert_true(rule->roll != ROLL_ANY_OFFDAY || calendar_is_working(p->cal, with.due));
}

static void every_pack(void **state)
{
    struct place p = {shipped_calendar(), arena_new((size_t)4 << 20), 20260415};
    size_t packs = 0;

    (void)state;
    for (const struct embedded_file *f = embedded_packs; f->path != NULL; f++) {
        CLEANUP(pack_freep) struct pack *pack = NULL;
        struct err err = {0};

        if (!pack_file(f))
            continue;
        if (pack_load(embedded_packs, (const char *)f->data, f->size, &pack, &err) != ERR_OK)
            fail_msg("%s: %s", f->path, err.n_items > 0 ? err.items[0].en : err.why);
        packs++;
        for (size_t i = 0; i < pack->n_deadlines; i++)
            for (int round = 0; round < ROUNDS; round++)
                one_round(&p, &pack->deadlines[i]);
    }
    assert_true(packs >= 2);
    arena_free(p.arena);
    calendar_free(p.cal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_pack)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
