/* A year of draws, recomputed: which days, how many, which ones, never the same twice. */
#include "tests/store/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "rules/number.h"
#include "store/vault.h"
#include "work/matter.h"
#include "work/visit.h"

#define BODIES 3
#define A_DAY 9 /* at most closed by one body on one day */
#define MATTERS_MAX (366 * BODIES * A_DAY)

static const char *const codes[BODIES] = {"420202", "42020201", "4202020101"};

struct closed {
    char number[24];
    int body;
    date_t day;
    bool drawn;
};

struct world {
    struct fixture store;
    struct setups *setups;
    struct op *op;
    struct closed *closed;
    size_t n;
};

static void begin_op(struct world *w, date_t day)
{
    w->op = op_start(&w->store);
    w->op->zone_min = ZONE_CHINA_MIN;
    w->op->now_ms = instant_of_date(day, ZONE_CHINA_MIN) + INT64_C(9) * 3600 * 1000;
    w->op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    w->op->setup = setup_hold(w->setups);
}

static void end_op(struct world *w)
{
    setup_letgo(w->setups, w->op->setup);
    op_end(w->op);
}

static int start(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    struct err err = {0};

    fixture_start(&w->store);
    assert_int_equal(setups_new(w->store.store, embedded_packs, &w->setups, &err), ERR_OK);
    w->closed = calloc(MATTERS_MAX, sizeof *w->closed);
    *state = w;
    return 0;
}

static int stop(void **state)
{
    struct world *w = *state;

    setups_free(w->setups);
    fixture_end(&w->store);
    free(w->closed);
    free(w);
    return 0;
}

/* What a body closed on a day. Drawn are complaints that are told, and those filed away that were
 * not withdrawn. */
static void add_ended(struct world *w, struct changes *ch, date_t day, int body, const char *kind,
                      const char *status, const char *outcome)
{
    struct matter m = {.kind = kind,
                       .version = 1,
                       .status = status,
                       .outcome = outcome,
                       .open = 1,
                       .secret = strcmp(kind, "report") == 0,
                       .body = codes[body],
                       .officer = MATTER_NONE,
                       .first_officer = MATTER_NONE,
                       .channel = "phone",
                       .waiting_for = "officer",
                       .next_due = MATTER_NONE,
                       .rating = MATTER_NONE,
                       .pack_revision = MATTER_NONE};
    struct closed *c = &w->closed[w->n];

    m.id = matter_id_make(date_month_index(day), (int64_t)w->n + 1);
    snprintf(c->number, sizeof c->number, "N%zu", w->n);
    c->body = body;
    c->day = day;
    c->drawn = m.secret || strcmp(outcome, "withdrawn") == 0 ||
               strcmp(status, "settled") == 0; /* never drawn */
    m.number = c->number;
    m.received_at = m.registered_at = instant_of_date(day - 5, ZONE_CHINA_MIN);
    m.ended_at = instant_of_date(day, ZONE_CHINA_MIN) + INT64_C(3600000) * (int64_t)(w->n % 24);
    m.detail = json_object();
    matter_save(w->op, ch, NULL, &m);
    json_decref(m.detail);
    w->n++;
}

static void add(struct world *w, struct changes *ch, date_t day, int body, const char *kind,
                const char *status)
{
    add_ended(w, ch, day, body, kind, status, "settled");
}

static void close_some(struct world *w, date_t day)
{
    static const char *const closed[] = {"archived", "told", "disclosed", "exempt", "told"};
    struct changes *ch = changes_new(w->op);

    for (int i = 0; i < day % 7; i++)
        add(w, ch, day, 0, "complaint", closed[i % 5]);
    if (day % 5 == 0)
        add_ended(w, ch, day, 0, "complaint", "archived", "withdrawn");
    for (int i = 0; i < 2 + day % 3; i++)
        add(w, ch, day, 1, "complaint", i == 0 ? "settled" : "told");
    if (day % 20 == 0)
        add(w, ch, day, 2, "complaint", "told");
    if (day % 9 == 0)
        add(w, ch, day, 2, "report", "told");
    assert_int_equal(store_apply(w->op, ch, QUEUE_BULK), ERR_OK);
}

struct scored {
    struct closed *closed;
    unsigned char score[BLIND_BYTES];
};

static int by_score(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;

    return memcmp(x->score, y->score, BLIND_BYTES);
}

/* Draws the same again from what the test knows: ten in a hundred, five at least, ten at most. */
static size_t expected(struct world *w, date_t day, int body, struct closed **ret, size_t *ret_pool)
{
    struct scored *pool = calloc(w->n + 1, sizeof *pool);
    size_t n = 0, want;

    for (size_t i = 0; i < w->n; i++) {
        struct closed *c = &w->closed[i];
        char text[80], when[DATE_TEXT];

        if (c->drawn || c->body != body || c->day >= day || c->day < day - 30)
            continue;
        date_format(day, when);
        snprintf(text, sizeof text, "%s|%s|%s", codes[body], when, c->number);
        vault_mac(w->op, "visit", text, strlen(text), pool[n].score);
        pool[n++].closed = c;
    }
    qsort(pool, n, sizeof *pool, by_score);
    want = n <= 5 ? n : n > 100 ? 10 : n <= 50 ? 5 : (n + 9) / 10;
    for (size_t i = 0; i < want; i++)
        ret[i] = pool[i].closed;
    free(pool);
    *ret_pool = n;
    return want;
}

static void check_day(struct world *w, date_t day)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    char when[DATE_TEXT];

    date_format(day, when);
    assert_int_equal(snapshot_open(w->op, &snap), ERR_OK);
    assert_int_equal(record_by_key(w->op, snap, "sample", when, &r), ERR_OK);
    for (int body = 0; body < BODIES; body++) {
        struct closed *want[10];
        size_t pool, n = expected(w, day, body, want, &pool);
        const json_t *said = json_object_get(json_object_get(r.state, "bodies"), codes[body]);
        const json_t *drawn = json_object_get(said, "drawn");

        assert_int_equal(json_integer_value(json_object_get(said, "pool")), pool);
        assert_int_equal(json_array_size(drawn), n);
        for (size_t i = 0; i < n; i++) {
            assert_string_equal(json_string_value(json_array_get(drawn, i)), want[i]->number);
            assert_false(want[i]->drawn); /* never the same twice */
            want[i]->drawn = true;
        }
    }
}

static int64_t draw(struct world *w)
{
    int64_t n = -1;

    assert_int_equal(visits_draw(w->op, &n), ERR_OK);
    return n;
}

static int64_t samples(struct world *w)
{
    return number_of(w->op, "SELECT count(*) FROM record WHERE kind = 'sample'");
}

/* 2026: the server stands still from 9 to 22 March. */
static void a_year(void **state)
{
    struct world *w = *state;
    date_t first = date_parse("2026-01-01"), down = date_parse("2026-03-09");
    date_t up = date_parse("2026-03-23"), last = date_parse("2026-12-31");
    int makeup = 0, holidays = 0;

    for (date_t day = first; day <= last; day++) {
        int64_t before;
        bool works;

        begin_op(w, day);
        works = calendar_is_working(w->op->setup->calendar, day);
        before = samples(w);
        if (day >= down && day < up) {
            close_some(w, day);
            end_op(w);
            continue;
        }
        (void)draw(w);
        if (day == up) { /* the last five working days, each once: 17 to 20 and 23 */
            assert_int_equal(samples(w), before + 5);
            for (date_t d = date_parse("2026-03-17"); d <= day; d++)
                if (calendar_is_working(w->op->setup->calendar, d))
                    check_day(w, d);
        } else {
            assert_int_equal(samples(w), before + (works ? 1 : 0));
            if (works)
                check_day(w, day);
        }
        makeup += works && calendar_day(w->op->setup->calendar, day).kind == DAY_ADJUSTED_WORK;
        holidays += calendar_day(w->op->setup->calendar, day).kind == DAY_STATUTORY;
        assert_int_equal(draw(w), 0); /* a restart draws nothing again */
        close_some(w, day);
        end_op(w);
    }
    assert_true(makeup > 0 && holidays > 0);
    begin_op(w, last);
    assert_int_equal(
        number_of(w->op, "SELECT count(*) - count(DISTINCT key) FROM record WHERE kind = 'visit'"),
        0);
    assert_true(number_of(w->op, "SELECT count(*) FROM record WHERE kind = 'visit'") > 1000);
    end_op(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_year, start, stop)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
