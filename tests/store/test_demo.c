/* The sample county: every state is there, texts differ, shares are as asked, the same year twice.
 */
#include "tests/store/fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/json.h"
#include "insight/figures.h"
#include "rules/pack.h"
#include "work/demo.h"
#include "work/diary.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/verify.h"

#define MATTERS 3200
#define FEW 600
#define MANY 3000
#define NOW INT64_C(1791881100000) /* 2026-10-13T16:45+08:00, a Tuesday */
#define TODAY 20739

struct world {
    struct fixture store;
    struct setups *setups;
    struct op *op;
};

static void make_with(struct world *w, size_t matters, enum demo_detail detail)
{
    const struct demo_options options = {
        .until = TODAY, .password = "sample-county", .matters = matters, .detail = detail};
    struct demo_report report;
    struct err err = {0};

    fixture_start(&w->store);
    assert_int_equal(setups_new(w->store.store, embedded_packs, &w->setups, &err), ERR_OK);
    w->op = op_start(&w->store);
    w->op->now_ms = NOW;
    w->op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    w->op->setup = setup_hold(w->setups);
    if (demo_make(w->op, w->setups, embedded_packs, &options, &report) != ERR_OK) {
        print_message("%s %s\n", w->op->err.why,
                      w->op->err.n_items > 0 ? w->op->err.items[0].en : "");
        fail();
    }
    setup_letgo(w->setups, w->op->setup);
    w->op->setup = setup_hold(w->setups);
    assert_int_equal(report.matters, matters);
    assert_int_equal(report.n_accounts, 40);
    assert_int_equal(report.bodies, 20);
}

static void make(struct world *w, size_t matters)
{
    make_with(w, matters, DEMO_USUAL);
}

static void unmake(struct world *w)
{
    setup_letgo(w->setups, w->op->setup);
    op_end(w->op);
    setups_free(w->setups);
    fixture_end(&w->store);
}

static int start(void **state)
{
    struct world *w = calloc(1, sizeof *w);

    make(w, MATTERS);
    *state = w;
    return 0;
}

static int stop(void **state)
{
    unmake(*state);
    free(*state);
    return 0;
}

static int64_t count(struct world *w, const char *sql)
{
    return number_of(w->op, sql);
}

static void every_state(void **state)
{
    struct world *w = *state;
    const struct pack *pack = w->op->setup->pack;
    size_t missing = 0;

    for (int k = 0; k < KIND_COUNT; k++)
        for (size_t i = 0; i < pack->kinds[k].n_states; i++) {
            char *sql = arena_printf(
                w->op->arena, "SELECT count(*) FROM matter WHERE kind = '%s' AND status = '%s'",
                matter_kind_name((enum matter_kind)k), pack->kinds[k].states[i].id);

            if (count(w, sql) == 0) {
                print_message("no %s is %s\n", matter_kind_name((enum matter_kind)k),
                              pack->kinds[k].states[i].id);
                missing++;
            }
        }
    assert_int_equal(missing, 0);
}

static void shares(void **state)
{
    struct world *w = *state;
    int64_t n = count(w, "SELECT count(*) FROM matter");

    assert_true(n >= MATTERS && n < MATTERS + 60); /* reports split from complaints come on top */
    assert_in_range(count(w, "SELECT count(*) FROM matter WHERE kind = 'complaint'") * 100 / n, 40,
                    52);
    assert_in_range(count(w, "SELECT count(*) FROM matter WHERE kind = 'report'") * 100 / n, 9, 16);
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE respondent LIKE '禾跃健身%'"), 60);
    assert_int_equal(count(w, "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM person "
                              "GROUP BY phone_index) p") +
                         count(w, "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM "
                                  "reporter WHERE phone_index IS NOT NULL GROUP BY phone_index) "
                                  "p"),
                     200);
    /* late, due within two working days, and later */
    assert_true(count(w, "SELECT count(*) FROM matter WHERE open = 1 AND next_due < 20739") > 0);
    assert_true(count(w, "SELECT count(*) FROM matter WHERE open = 1 AND next_due BETWEEN 20739 "
                         "AND 20741") > 5);
    assert_true(count(w, "SELECT count(*) FROM matter WHERE open = 1 AND next_due > 20741") > 20);
    /* each under the rules of the day on which it was received */
    assert_int_equal(count(w, "SELECT count(*) FROM matter WHERE coalesce(pack, '') <> CASE WHEN "
                              "received_at < 1776182400000 THEN 'market-2020' ELSE 'market-2026' "
                              "END"),
                     0);
    assert_true(count(w, "SELECT count(*) FROM matter WHERE pack = 'market-2020'") > 0);
    assert_int_equal(count(w, "SELECT count(*) FROM event WHERE recorded_at > 1791881100000"), 0);
}

static int64_t received_in(struct world *w, int64_t fortnight_ms)
{
    return count(w, arena_printf(w->op->arena,
                                 "SELECT count(*) FROM matter WHERE received_at >= %lld AND "
                                 "received_at < %lld",
                                 (long long)fortnight_ms,
                                 (long long)(fortnight_ms + INT64_C(14) * 86400000)));
}

/* In per cent of all, of kinds, channels, goods and problems, as the reports of counties and
 * consumer councils have them; and around 15 March half as many again as in the fortnights beside.
 */
static void shares_of_a_year(void **state)
{
    static const struct {
        const char *of, *one;
        int least, most;
    } rows[] = {
        {"1 = 1", "channel = 'phone'", 38, 46},
        {"1 = 1", "channel IN ('platform_12315', 'web', 'wechat', 'app', 'alipay')", 32, 44},
        {"1 = 1", "channel = 'hotline_12345'", 10, 17},
        {"kind = 'complaint'", "category LIKE 'goods.%'", 60, 70},
        {"kind = 'complaint'", "detail LIKE '%\"online\"%'", 52, 62},
        {"kind = 'complaint'", "problem = 'after_sales'", 24, 32},
        {"kind = 'complaint'", "problem = 'contract'", 20, 29},
        {"kind = 'complaint'", "problem = 'quality'", 15, 23},
        {"kind = 'complaint'", "problem = 'price'", 3, 7},
        {"outcome IN ('settled', 'terminated')", "outcome = 'settled'", 55, 75},
        {"kind = 'report' AND outcome IN ('filed', 'not_filed')", "outcome = 'filed'", 15, 35},
    };
    struct world *w = *state;
    int64_t before, peak, after;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t n = count(
            w, arena_printf(w->op->arena, "SELECT count(*) FROM matter WHERE %s", rows[i].of));
        int64_t one =
            count(w, arena_printf(w->op->arena, "SELECT count(*) FROM matter WHERE %s AND %s",
                                  rows[i].of, rows[i].one));

        if (one * 100 < n * rows[i].least || one * 100 > n * rows[i].most)
            fail_msg("%s of %s: %d of %d", rows[i].one, rows[i].of, (int)one, (int)n);
    }
    before = received_in(w, INT64_C(1771776000000)); /* 23 February 2026 */
    peak = received_in(w, INT64_C(1772985600000));
    after = received_in(w, INT64_C(1774195200000));
    assert_true(peak * 2 > before * 3 && peak * 2 > after * 3);
    assert_int_equal(count(w, "SELECT count(*) FROM body WHERE kind = 'branch'"), 7);
    assert_int_equal(count(w, "SELECT count(*) FROM body WHERE kind = 'station'"), 12);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All facts, sorted; in the op's arena. */
static size_t all_facts(struct world *w, const char **ret, size_t max)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n = 0;
    bool row;

    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(
        snapshot_prepare_text(w->op, snap, "SELECT id FROM matter ORDER BY received_at, id", &s),
        ERR_OK);
    while (stmt_step(w->op, s, &row) == ERR_OK && row && n < max) {
        struct matter m = {0};
        json_t *texts = NULL;

        assert_int_equal(matter_load(w->op, snap, stmt_int64(s, 0), &m), ERR_OK);
        assert_int_equal(filing_open(w->op, snap, &m, &texts), ERR_OK);
        ret[n++] = arena_strdup(w->op->arena, filing_text(texts, "facts"));
        json_decref(texts);
        matter_release(&m);
    }
    qsort(ret, n, sizeof *ret, by_text);
    return n;
}

static void texts_differ(void **state)
{
    struct world *w = *state;
    const char **facts = calloc(MATTERS * 2, sizeof *facts);
    size_t n = all_facts(w, facts, MATTERS * 2), most = 0, run = 0;

    for (size_t i = 0; i < n; i++) {
        run = i > 0 && strcmp(facts[i], facts[i - 1]) == 0 ? run + 1 : 1;
        most = run > most ? run : most;
    }
    print_message("%zu texts, one at most %zu times\n", n, most);
    assert_true(most <= 5);
    free(facts);
}

static void same_again(void **state)
{
    struct world one = {0}, other = {0};
    const char **a = calloc(FEW * 2, sizeof *a), **b = calloc(FEW * 2, sizeof *b);
    size_t n;

    (void)state;
    make(&one, FEW);
    make(&other, FEW);
    n = all_facts(&one, a, FEW * 2);
    assert_in_range(n, FEW, FEW * 2);
    assert_int_equal(all_facts(&other, b, FEW * 2), n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(a[i], b[i]);
    /* whom return visits reach is drawn by each installation's own key */
    assert_int_equal(count(&other, "SELECT count(*) FROM event WHERE kind = 'matter' AND act <> "
                                   "'follow_up'"),
                     count(&one, "SELECT count(*) FROM event WHERE kind = 'matter' AND act <> "
                                 "'follow_up'"));
    unmake(&one);
    unmake(&other);
    free(a);
    free(b);
}

static bool finding(void *arg, const char *table, int64_t record, const char *what)
{
    (void)arg;
    print_message("%s %lld: %s\n", table, (long long)record, what);
    return true;
}

static void sound(void **state)
{
    struct world *w = *state;
    struct verify_counts counts = {0};

    assert_clean(w->op);
    assert_int_equal(verify_rebuild(w->op, finding, NULL, &counts), ERR_OK);
    assert_int_equal(counts.findings, 0);
}

/* ---- how much is told ---- */

/* Per hundred matters of these kinds, how many of these events there are. */
static int64_t per_hundred(struct world *w, const char *kinds, const char *acts)
{
    const char *of =
        arena_printf(w->op->arena, "SELECT count(*) FROM matter WHERE kind IN (%s)", kinds);
    const char *events =
        arena_printf(w->op->arena,
                     "SELECT count(*) * 100 FROM event JOIN matter m ON m.id = record AND "
                     "event.kind = 'matter' WHERE m.kind IN (%s) AND act %s",
                     kinds, acts);

    return count(w, events) / count(w, of);
}

#define ALL "'complaint', 'report', 'enquiry'"
#define NOTICES "IN ('tell', 'contact', 'follow_up', 'answer', 'urge')"

static void long_and_short(void **state)
{
    struct world w = {0};

    (void)state;
    make_with(&w, FEW, DEMO_LONG);
    assert_in_range(per_hundred(&w, ALL, "<> ''"), 1500, 2000);
    assert_in_range(per_hundred(&w, ALL, NOTICES), 300, 600);
    assert_in_range(per_hundred(&w, "'complaint', 'report'", "= 'attach'"), 300, 500);
    assert_int_equal(count(&w, "SELECT count(*) FROM blob b LEFT JOIN matter m ON m.id = "
                               "b.matter_id WHERE m.id IS NULL OR m.kind = 'enquiry'"),
                     0);
    sound((void *[]){&w});
    unmake(&w);
    make_with(&w, FEW, DEMO_SHORT);
    assert_in_range(per_hundred(&w, ALL, "<> ''"), 400, 499);
    assert_int_equal(per_hundred(&w, ALL, "= 'attach'"), 0);
    sound((void *[]){&w});
    unmake(&w);
}

/* PostgreSQL takes at most 4,096 events in one change set; a month of these has more than a full
 * set. */
static void a_long_set_fits(void **state)
{
    struct world w = {0};

    (void)state;
    if (getenv("FANGXIN_TEST_DATABASE") == NULL)
        skip();
    make_with(&w, MANY, DEMO_LONG);
    assert_in_range(count(&w, "SELECT count(*) FROM matter"), MANY - MANY / 20, MANY + MANY / 20);
    unmake(&w);
}

/* ---- the matters behind figures ---- */

#define SMALL_ARENA ((size_t)256 << 10) /* a request has 8 MB */
#define EVERY 9                         /* figure is asked: each is a second with sanitizers */

/* One list of ids for some figures of a span, as many as the tallies count. @p ret_used: the most
 * that one took of the arena. Returns how many in all. */
static size_t members_of(struct world *w, const struct indicators *indicators, const char *span,
                         size_t *ret_used)
{
    struct figures_query q = {.body = "420202"};
    struct figure_list list;
    size_t n = 0;

    assert_int_equal(period_parse(span, &q.period, NULL), ERR_OK);
    assert_int_equal(figures_query(w->op, indicators, &q, &list), ERR_OK);
    for (size_t i = 0; i < list.n; i += EVERY) {
        CLEANUP(arena_freep) struct arena *arena = arena_new(SMALL_ARENA);
        CLEANUP(member_list_release) struct member_list m = {0};
        const struct figure *f = &list.figures[i];
        struct op small = *w->op;
        int64_t sum = 0;

        small.arena = arena;
        assert_int_equal(figure_members(&small, indicators, f->id, PART_NUM, &m), ERR_OK);
        for (size_t j = 0; j < m.n; j++) {
            assert_true(j == 0 || m.ids[j - 1] < m.ids[j]);
            sum += m.summed ? m.sums[j] : 1;
        }
        assert_int_equal(sum, f->is.num);
        n += m.n;
        if (arena_used(arena) > *ret_used)
            *ret_used = arena_used(arena);
    }
    return n;
}

/* Behind a figure for two years stand thirty times as many matters as behind one for a day; what
 * they take of the arena is the same. */
static void members_take_nothing_of_the_arena(void **state)
{
    struct world *w = *state;
    struct indicators *indicators;
    size_t few, many, used[2] = {0};
    struct err err = {0};

    assert_int_equal(indicators_load(embedded_packs, NULL, &indicators, &err), ERR_OK);
    w->op->actor.roles = ROLES_OFFICER;
    few = members_of(w, indicators, "2026-03-16", &used[0]);
    many = members_of(w, indicators, "2025-01-01..2026-12-31", &used[1]);
    assert_true(few > 0 && many > 30 * few);
    assert_true(used[1] <= used[0] + 1024);
    indicators_free(indicators);
}

/* ---- the diary ---- */

static int64_t pages_from(struct world *w, date_t first, const char *more)
{
    return count(w, arena_printf(w->op->arena,
                                 "SELECT count(*) FROM record WHERE kind = 'diary' AND day >= %d%s",
                                 (int)first, more));
}

static void make_pages(struct world *w, date_t today)
{
    int64_t made;

    w->op->now_ms = NOW + (int64_t)(today - TODAY) * 86400000;
    do
        assert_int_equal(diary_make(w->op, &made), ERR_OK);
    while (made > 0);
}

/* A server that stood still for a week makes every page of it, of days without anything too; one
 * that stood still for long, the last sixty. No page twice. */
static void a_page_for_every_day(void **state)
{
    struct world *w = *state;
    int64_t bodies = 0;

    for (size_t i = 0; i < w->op->setup->n_bodies; i++)
        bodies += w->op->setup->bodies[i].current;
    assert_true(bodies > 10);
    make_pages(w, TODAY + 7);
    assert_int_equal(pages_from(w, TODAY, ""), 7 * bodies);
    assert_int_equal(pages_from(w, TODAY, " AND status = 'open'"), 7 * bodies);
    assert_true(pages_from(w, TODAY, " AND state NOT LIKE '%\"received\":[]%'") > 0);
    assert_int_equal(pages_from(w, TODAY + 1,
                                " AND state LIKE '%\"received\":[]%' AND state LIKE "
                                "'%\"ended\":[]%'"),
                     6 * bodies);
    make_pages(w, TODAY + 7);
    assert_int_equal(pages_from(w, TODAY, ""), 7 * bodies);
    make_pages(w, TODAY + 100);
    assert_int_equal(pages_from(w, TODAY, ""), (7 + 60) * bodies);
    assert_int_equal(pages_from(w, TODAY + 40, ""), 60 * bodies);
    assert_int_equal(count(w, "SELECT count(*) - count(DISTINCT key) FROM record WHERE kind = "
                              "'diary'"),
                     0);
    w->op->now_ms = NOW;
}

static void not_twice(void **state)
{
    struct world *w = *state;
    const struct demo_options options = {.until = TODAY, .password = "sample-county"};
    struct demo_report report;

    assert_int_equal(demo_make(w->op, w->setups, embedded_packs, &options, &report), ERR_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state),
        cmocka_unit_test(shares),
        cmocka_unit_test(shares_of_a_year),
        cmocka_unit_test(texts_differ),
        cmocka_unit_test(not_twice),
        cmocka_unit_test(a_page_for_every_day),
        cmocka_unit_test(sound),
        cmocka_unit_test(same_again),
        cmocka_unit_test(long_and_short),
        cmocka_unit_test(a_long_set_fits),
        cmocka_unit_test(members_take_nothing_of_the_arena),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
