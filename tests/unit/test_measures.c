/* Periods, measures and indicators: what is counted, and how values are rounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "insight/figures_internal.h"
#include "rules/read.h"

/* ---- periods ---- */

static void periods_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *first, *last, *written, *previous, *last_year;
    } table[] = {
        {"2026", "2026-01-01", "2026-12-31", "2026", "2025", "2025"},
        {"2026H1", "2026-01-01", "2026-06-30", "2026H1", "2025H2", "2025H1"},
        {"2026H2", "2026-07-01", "2026-12-31", "2026H2", "2026H1", "2025H2"},
        {"2026Q1", "2026-01-01", "2026-03-31", "2026Q1", "2025Q4", "2025Q1"},
        {"2026Q3", "2026-07-01", "2026-09-30", "2026Q3", "2026Q2", "2025Q3"},
        {"2024-02", "2024-02-01", "2024-02-29", "2024-02", "2024-01", "2023-02"},
        {"2026-01", "2026-01-01", "2026-01-31", "2026-01", "2025-12", "2025-01"},
        {"2026-03-15", "2026-03-15", "2026-03-15", "2026-03-15", "2026-03-14", "2025-03-15"},
        {"2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29", "2024-02-28", "2023-02-28"},
        {"2026-01-05..2026-02-10", "2026-01-05", "2026-02-10", "2026-01-05..2026-02-10",
         "2025-11-29..2026-01-04", "2025-01-05..2025-02-10"},
        {"2026-04-01..2026-06-30", "2026-04-01", "2026-06-30", "2026Q2", "2026Q1", "2025Q2"},
        {"2026-04-01..2026-05-31", "2026-04-01", "2026-05-31", "2026-04-01..2026-05-31",
         "2026-01-30..2026-03-31", "2025-04-01..2025-05-31"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct period p, other;
        char text[PERIOD_TEXT];

        assert_int_equal(period_parse(table[i].text, &p, NULL), ERR_OK);
        assert_int_equal(p.first, date_parse(table[i].first));
        assert_int_equal(p.last, date_parse(table[i].last));
        period_format(&p, text);
        assert_string_equal(text, table[i].written);
        other = period_previous(&p);
        assert_int_equal(other.last, p.first - 1);
        period_format(&other, text);
        assert_string_equal(text, table[i].previous);
        other = period_last_year(&p);
        period_format(&other, text);
        assert_string_equal(text, table[i].last_year);
    }
}

static void no_periods(void **state)
{
    static const char *const table[] = {"",
                                        "26",
                                        "1999",
                                        "2100",
                                        "2026Q0",
                                        "2026Q5",
                                        "2026H3",
                                        "2026-00",
                                        "2026-13",
                                        "2026-3",
                                        "2026q1",
                                        "2026Q1 ",
                                        "2026-02-29",
                                        "2026-1-1",
                                        "2026-03-02..2026-03-01",
                                        "2026..",
                                        "..2026",
                                        "2026-01..2",
                                        "2026-01-01..2036-02-01"};

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct period p;
        struct err err = {.code = ERR_OK};

        assert_int_equal(period_parse(table[i], &p, &err), ERR_INVALID);
        assert_string_equal(err.items[0].field, "period");
    }
    assert_int_equal(period_parse(NULL, &(struct period){0}, NULL), ERR_INVALID);
}

static void months_and_instants(void **state)
{
    struct period p;
    int a, b;
    int64_t from, until;

    (void)state;
    assert_int_equal(period_parse("2026Q1", &p, NULL), ERR_OK);
    assert_true(period_months(&p, &a, &b));
    assert_int_equal(a, 26 * 12);
    assert_int_equal(b, 26 * 12 + 2);
    assert_int_equal(period_days(&p), 90);
    period_instants(&p, ZONE_CHINA_MIN, &from, &until);
    assert_int_equal(until - from, INT64_C(90) * 86400000);
    assert_int_equal(date_of_instant(from, ZONE_CHINA_MIN), p.first);
    assert_int_equal(date_of_instant(until - 1, ZONE_CHINA_MIN), p.last);
    assert_int_equal(period_parse("2026-01-01..2026-01-30", &p, NULL), ERR_OK);
    assert_false(period_months(&p, &a, &b));
}

/* ---- measures ---- */

static struct indicators *loaded(void)
{
    struct indicators *all = NULL;
    struct err err = {.code = ERR_OK};

    if (indicators_load(embedded_packs, NULL, &all, &err) != ERR_OK)
        fail_msg("%s: %s", err.items[0].field, err.items[0].en);
    return all;
}

struct cells {
    size_t n;
    char lines[24][160];
};

static void note(void *arg, const struct tally_key *key, int64_t n, int64_t sum)
{
    struct cells *c = arg;

    assert_true(c->n < 24);
    snprintf(c->lines[c->n++], 160, "%s %s %c %d %s %s %d %d", key->measure, key->dimension,
             key->grain, key->period, key->body, key->value, (int)n, (int)sum);
}

static bool has(const struct cells *c, const char *line)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->lines[i], line) == 0)
            return true;
    return false;
}

static struct figure_facts filed(void)
{
    return (struct figure_facts){.kind = "complaint",
                                 .status = "registered",
                                 .body = "420202",
                                 .channel = "phone",
                                 .category = "goods.food",
                                 .division = "420202005",
                                 .amount_fen = 48000,
                                 .received = date_parse("2026-03-15"),
                                 .ended = DATE_NONE,
                                 .assigned = DATE_NONE,
                                 .accepted = DATE_NONE,
                                 .told_on = DATE_NONE};
}

/* A filing touches at most six rows of the tallies. */
static void a_filing_has_few_cells(void **state)
{
    CLEANUP(indicators_freep) struct indicators *all = loaded();
    struct figure_facts f = filed();
    struct cells c = {0};

    (void)state;
    measure_cells(indicators_measures(all), &f, note, &c);
    assert_int_equal(c.n, 6);
    assert_true(has(&c, "received total m 314 420202 complaint 1 48000"));
    assert_true(has(&c, "received total d 20527 420202 complaint 1 48000"));
    assert_true(has(&c, "received channel m 314 420202 complaint|phone 1 48000"));
    assert_true(has(&c, "received category m 314 420202 complaint|goods.food 1 48000"));
    assert_true(has(&c, "received problem m 314 420202 complaint| 1 48000"));
    assert_true(has(&c, "received division m 314 420202 complaint|420202005 1 48000"));
}

static void an_ended_matter_counts_when_it_ended(void **state)
{
    CLEANUP(indicators_freep) struct indicators *all = loaded();
    struct figure_facts f = filed();
    struct cells c = {0};

    (void)state;
    f.outcome = "settled";
    f.told = "on_time";
    f.ended = date_parse("2026-04-02");
    f.recovered_fen = 20000;
    f.rating = 5;
    measure_cells(indicators_measures(all), &f, note, &c);
    assert_int_equal(c.n, 17);
    assert_true(has(&c, "ended outcome m 315 420202 complaint|settled 1 20000"));
    assert_true(has(&c, "ended total d 20545 420202 complaint 1 20000"));
    assert_true(has(&c, "told told m 314 420202 complaint|on_time 1 0"));
    assert_true(has(&c, "rated rating m 315 420202 complaint|5 1 5"));
    assert_true(has(&c, "ended_received outcome m 314 420202 complaint|settled 1 20000"));
    f.ended = DATE_NONE; /* reopened */
    f.outcome = NULL;
    c.n = 0;
    measure_cells(indicators_measures(all), &f, note, &c);
    assert_int_equal(c.n, 8);
}

static void conditions_are_met(void **state)
{
    static const struct {
        const char *where;
        bool holds;
    } table[] = {
        {"{\"kind\":[\"complaint\"]}", true},
        {"{\"kind\":[\"report\",\"enquiry\"]}", false},
        {"{\"category\":[\"goods\"]}", true},
        {"{\"category\":[\"goods.food\"]}", true},
        {"{\"category\":[\"goods.foo\"]}", false},
        {"{\"channel\":[\"phon\"]}", false},
        {"{\"problem\":{\"set\":true}}", false},
        {"{\"division\":[\"420202\"]}", true},
        {"{\"division\":[\"420203\"]}", false},
        {"{\"division\":{\"not\":[\"420202005\"]}}", false},
        {"{\"category\":{\"set\":true}}", true},
        {"{\"amount_fen\":{\"min\":48000}}", true},
        {"{\"amount_fen\":{\"min\":48001}}", false},
        {"{\"amount_fen\":{\"max\":47999}}", false},
        {"{\"rating\":{\"set\":true}}", false},
        {"{\"rating\":{\"max\":0},\"status\":[\"registered\"]}", true},
        {"{\"kind\":{\"not\":[\"report\",\"enquiry\"]}}", true},
        {"{\"kind\":{\"not\":[\"complaint\"]}}", false},
        {"{\"category\":{\"not\":[\"goods\"]}}", false},
        {"{\"ground\":{\"not\":[\"T6\"]}}", true},
        {"{\"clock\":[\"D2\"]}", true},
        {"{\"clock\":[\"D2.missed\"]}", true},
        {"{\"clock\":[\"D2.met\"]}", false},
        {"{\"clock\":[\"D\"]}", false},
        {"{\"clock\":[\"D4\",\"D10.met\"]}", true},
        {"{\"clock\":[\"D3\"]}", false},
        {"{\"clock\":{\"set\":true}}", true},
        {"{\"disclosure\":[\"open\"]}", false},
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new(65536);
    struct figure_facts f = filed();

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CLEANUP(json_decrefp) json_t *where = NULL;
        struct conditions conditions;
        struct reader r;

        assert_int_equal(json_parse(table[i].where, strlen(table[i].where), &where, NULL), ERR_OK);
        reader_init(&r, arena, NULL);
        where = json_pack("{s:o}", "where", where);
        conditions = read_conditions(&r, where, "where");
        assert_int_equal(reader_result(&r), ERR_OK);
        f.clocks = "D1.met D2.missed D10.met";
        if (conditions_hold(&conditions, &f) != table[i].holds)
            fail_msg("%s", table[i].where);
    }
}

static void broken_measures(void **state)
{
#define M(rest) "{\"measures\":[{\"id\":\"a\",\"label\":{\"zh\":\"x\",\"en\":\"x\"}," rest "}]}"
#define D "\"dimensions\":{\"total\":[\"month\"]}"
    static const char *const table[] = {
        "{}",
        "{\"measures\":[]}",
        M("\"period\":\"received\""),
        M("\"period\":\"someday\"," D),
        M("\"period\":\"ended\",\"dimensions\":{}"),
        M("\"period\":\"ended\",\"dimensions\":{\"total\":[\"day\"]}"),
        M("\"period\":\"ended\",\"dimensions\":{\"total\":[\"week\"]}"),
        M("\"period\":\"ended\",\"dimensions\":{\"colour\":[\"month\"]}"),
        M("\"period\":\"ended\",\"sum\":\"kind\"," D),
        M("\"period\":\"ended\",\"more\":1," D),
        M("\"period\":\"ended\",\"where\":{\"colour\":[\"red\"]}," D),
        M("\"period\":\"ended\",\"where\":{\"kind\":[]}," D),
        M("\"period\":\"ended\",\"where\":{\"kind\":[1]}," D),
        M("\"period\":\"ended\",\"where\":{\"kind\":{}}," D),
        M("\"period\":\"ended\",\"where\":{\"kind\":{\"min\":1}}," D),
        M("\"period\":\"ended\",\"where\":{\"rating\":[\"5\"]}," D),
        M("\"period\":\"ended\",\"where\":{\"rating\":{\"least\":5}}," D),
        M("\"period\":\"ended\",\"where\":{\"kind\":{\"not\":\"report\"}}," D),
        M("\"period\":\"ended\",\"where\":{\"kind\":{\"not\":[\"report\"],\"set\":true}}," D),
        M("\"period\":\"ended\",\"where\":{\"clock\":{\"not\":[\"D2\"]}}," D),
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct measures *m = NULL;
        struct err err = {.code = ERR_OK};

        if (measures_load(table[i], strlen(table[i]), &m, &err) != ERR_INVALID)
            fail_msg("%s", table[i]);
        assert_true(err.n_items > 0);
        assert_null(m);
    }
}

/* ---- what one condition says of another ---- */

static struct conditions read_one(struct arena *arena, const char *text)
{
    CLEANUP(json_decrefp) json_t *where = NULL;
    struct conditions ret;
    struct reader r;

    assert_int_equal(json_parse(text, strlen(text), &where, NULL), ERR_OK);
    where = json_pack("{s:o}", "where", where);
    reader_init(&r, arena, NULL);
    ret = read_conditions(&r, where, "where");
    assert_int_equal(reader_result(&r), ERR_OK);
    assert_int_equal(ret.n, 1);
    return ret;
}

static void one_condition_implies_another(void **state)
{
    static const struct {
        const char *a, *b;
        bool implies;
    } table[] = {
        {"{\"outcome\":[\"settled\"]}", "{\"outcome\":{\"set\":true}}", true},
        {"{\"outcome\":{\"set\":true}}", "{\"outcome\":[\"settled\"]}", false},
        {"{\"outcome\":[\"settled\"]}", "{\"outcome\":[\"terminated\",\"settled\"]}", true},
        {"{\"outcome\":[\"settled\",\"refused\"]}", "{\"outcome\":[\"settled\"]}", false},
        {"{\"category\":[\"goods.food\"]}", "{\"category\":[\"goods\"]}", true},
        {"{\"category\":[\"goods\"]}", "{\"category\":[\"goods.food\"]}", false},
        {"{\"outcome\":[\"settled\"]}", "{\"told\":{\"set\":true}}", false},
        {"{\"rating\":{\"min\":4}}", "{\"rating\":{\"min\":1}}", true},
        {"{\"rating\":{\"max\":4}}", "{\"rating\":{\"min\":1}}", false},
        {"{\"rating\":{\"min\":4}}", "{\"rating\":{\"set\":true}}", true},
        {"{\"outcome\":{\"not\":[\"settled\"]}}", "{\"outcome\":{\"set\":true}}", false},
        {"{\"outcome\":[\"settled\"]}", "{\"outcome\":{\"not\":[\"settled\"]}}", false},
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new(65536);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct conditions a = read_one(arena, table[i].a), b = read_one(arena, table[i].b);

        if (condition_implies(&a.list[0], &b.list[0]) != table[i].implies)
            fail_msg("%s of %s", table[i].a, table[i].b);
    }
}

static void how_clocks_and_disclosure_are_said(void **state)
{
    char words[FACT_CLOCKS_BYTES] = "";

    (void)state;
    clock_word(words, "D1", "met");
    clock_word(words, "D4", "running");
    clock_word(words, "D3", "cancelled");
    clock_word(words, "D2", "missed");
    assert_string_equal(words, "D1.met D2.missed");
    for (int i = 0; i < 200; i++)
        clock_word(words, "D2", "met");
    assert_true(strlen(words) < FACT_CLOCKS_BYTES && strlen(words) % 7 == 16 % 7);
    assert_string_equal(disclosure_word("disclosed", false, true), "disclosed");
    assert_string_equal(disclosure_word("exempt", true, true), "exempt");
    assert_string_equal(disclosure_word("exempt", false, false), "declined");
    assert_string_equal(disclosure_word("", true, false), "open");
    assert_string_equal(disclosure_word(NULL, false, false), "declined");
    assert_null(disclosure_word(NULL, true, true));
}

/* A remedy must meet the conditions on kind and payer together, and alone gives its amount. */
static void remedies_are_met_one_by_one(void **state)
{
    static const struct fact_remedy remedies[] = {
        {"refund", "platform", 100}, {"refund", NULL, 20}, {"compensation", "fund", 3}};
    static const struct {
        const char *where;
        bool holds;
        int64_t sum;
    } table[] = {
        {"{\"remedy\":[\"refund\"]}", true, 120},
        {"{\"payer\":[\"platform\",\"fund\"]}", true, 103},
        {"{\"remedy\":[\"refund\"],\"payer\":[\"fund\"]}", false, 0},
        {"{\"remedy\":[\"compensation\"],\"payer\":[\"fund\"]}", true, 3},
        {"{\"kind\":[\"complaint\"]}", true, 123},
        {"{\"payer\":{\"set\":true}}", true, 103},
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new(65536);
    struct figure_facts f = filed();

    (void)state;
    f.remedies = remedies;
    f.n_remedies = 3;
    f.recovered_fen = 123;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CLEANUP(json_decrefp) json_t *where = NULL;
        struct conditions c;
        struct reader r;

        assert_int_equal(json_parse(table[i].where, strlen(table[i].where), &where, NULL), ERR_OK);
        where = json_pack("{s:o}", "where", where);
        reader_init(&r, arena, NULL);
        c = read_conditions(&r, where, "where");
        if (conditions_hold(&c, &f) != table[i].holds ||
            conditions_sum(&c, &f, FACT_RECOVERED_FEN) != table[i].sum)
            fail_msg("%s", table[i].where);
    }
}

/* ---- values ---- */

static void values_are_rounded_half_up(void **state)
{
    static const struct {
        int64_t num, den;
        int decimals;
        const char *value;
    } table[] = {
        {7 * 100, 8, 1, "87.5"},
        {1 * 100, 3, 1, "33.3"},
        {2 * 100, 3, 1, "66.7"},
        {1, 8, 2, "0.13"},
        {1, 2, 0, "1"},
        {3, 2, 0, "2"},
        {5, 2, 0, "3"},
        {0, 5, 1, "0.0"},
        {1203450, 100, 2, "12034.50"},
        {9995, 1000, 2, "10.00"},
        {17 * 100, 17, 1, "100.0"},
        {-1, 8, 2, "-0.13"},
        {INT64_C(900000000000000), 7, 4, "128571428571428.5714"},
    };
    CLEANUP(arena_freep) struct arena *arena = arena_new(65536);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(figure_quotient(arena, table[i].num, table[i].den, table[i].decimals),
                            table[i].value);
}

static void shipped_indicators_make_sense(void **state)
{
    CLEANUP(indicators_freep) struct indicators *all = loaded();
    const struct indicator *ind;

    (void)state;
    assert_true(indicators_count(all) >= 10);
    ind = indicators_find(all, "mediation_success");
    assert_non_null(ind);
    assert_int_equal(ind->form, FORM_RATE);
    assert_true(ind->num.by_ended);
    assert_int_equal(strlen(ind->hash), 64);
    assert_true(indicators_find(all, "filed")->only_reports);
    assert_false(indicators_find(all, "received")->only_reports);
    assert_null(indicators_find(all, "nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_are_read_and_written),
        cmocka_unit_test(no_periods),
        cmocka_unit_test(months_and_instants),
        cmocka_unit_test(a_filing_has_few_cells),
        cmocka_unit_test(an_ended_matter_counts_when_it_ended),
        cmocka_unit_test(conditions_are_met),
        cmocka_unit_test(broken_measures),
        cmocka_unit_test(one_condition_implies_another),
        cmocka_unit_test(how_clocks_and_disclosure_are_said),
        cmocka_unit_test(remedies_are_met_one_by_one),
        cmocka_unit_test(values_are_rounded_half_up),
        cmocka_unit_test(shipped_indicators_make_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
