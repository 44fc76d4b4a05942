/* Figures against the matters themselves: every figure read from the tallies is the number of its
 * records, for each body, scope, period and actor, also after acts moved the matters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/varint.h"
#include "insight/figure_columns.h"
#include "insight/figure_frozen.h"
#include "insight/figures_internal.h"
#include "insight/kept_open.h"
#include "rules/number.h"
#include "store/vault.h"
#include "tests/store/corpus.h"

#define MATTERS 2500

/* Shows why. */
#define GOOD(op, call)                                                                             \
    do {                                                                                           \
        enum err_code good_rc_ = (call);                                                           \
        if (good_rc_ != ERR_OK)                                                                    \
            fail_msg("%s: %s %s", #call, err_info(good_rc_)->name, (op)->err.why);                 \
    } while (0)

static const struct actor_case {
    int64_t officer;
    unsigned roles;
    int body;
    bool reports;
} actors[] = {
    {0, 0, 0, true},
    {1, ROLE_SUPERVISOR, 0, true},
    {2, ROLE_INTAKE, 0, false},
    {3, ROLE_SUPERVISOR, 2, true},
    {4, ROLE_HANDLER, 3, false},
};
#define ACTORS (sizeof actors / sizeof actors[0])

static const char *const periods[] = {"2026",
                                      "2025",
                                      "2026Q1",
                                      "2025H2",
                                      "2026-02",
                                      "2025-12",
                                      "2026-03-02",
                                      "2026-01-10..2026-02-20",
                                      "2025-11-01..2026-01-31"};
#define PERIODS (sizeof periods / sizeof periods[0])

/* ---- the same by hand ---- */

static bool within(const struct corpus *c, int body, int top, enum figure_scope scope)
{
    for (; body >= 0; body = c->bodies[body].parent) {
        if (body == top)
            return true;
        if (scope == SCOPE_OWN)
            return false;
    }
    return false;
}

static bool counts(const struct corpus *c, const struct sample *s,
                   const struct indicator_part *part, int top, enum figure_scope scope,
                   const struct period *p, bool reports)
{
    struct figure_facts f = corpus_measure_facts(c, s);
    date_t day = part->by_ended ? f.ended : f.received;

    return within(c, s->body, top, scope) && (!s->secret || reports) && day != DATE_NONE &&
           day >= p->first && day <= p->last && conditions_hold(&part->where, &f);
}

static int64_t days_to_end(const struct corpus *c, const struct sample *s)
{
    struct figure_facts f = corpus_measure_facts(c, s);

    return f.ended - f.received;
}

struct by_hand {
    int64_t n, sum;
};

static struct by_hand add_up(const struct corpus *c, const struct indicator_part *part, int top,
                             enum figure_scope scope, const struct period *p, bool reports)
{
    struct by_hand t = {0};

    for (size_t i = 0; i < c->n; i++)
        if (counts(c, &c->samples[i], part, top, scope, p, reports)) {
            t.n++;
            t.sum += part->sum == FACT_AMOUNT_FEN      ? c->samples[i].amount_fen
                     : part->sum == FACT_RECOVERED_FEN ? c->samples[i].recovered_fen
                     : part->sum == FACT_RATING        ? c->samples[i].rating
                     : part->sum == FACT_HEADS         ? 1
                     : part->sum == FACT_DAYS_TO_END   ? days_to_end(c, &c->samples[i])
                                                       : 0;
        }
    return t;
}

static void check_value(const struct corpus *c, const struct figure *f, int top,
                        enum figure_scope scope, const struct period *p, bool reports)
{
    const struct indicator *ind = f->indicator;
    struct by_hand num = add_up(c, &ind->num, top, scope, p, reports), den = {0};

    if (ind->form == FORM_RATE)
        den = add_up(c, &ind->den, top, scope, p, reports);
    switch (ind->form) {
    case FORM_COUNT:
        assert_int_equal(f->is.num, num.n);
        break;
    case FORM_SUM:
        assert_int_equal(f->is.num, num.sum);
        break;
    case FORM_RATE:
        assert_int_equal(f->is.num, num.n);
        assert_int_equal(f->is.den, den.n);
        break;
    case FORM_MEAN:
        assert_int_equal(f->is.num, num.sum);
        assert_int_equal(f->is.den, num.n);
        break;
    }
    if (f->is.has_den && f->is.den == 0)
        assert_null(f->is.value);
    else
        assert_non_null(f->is.value);
}

static size_t check_figures(struct corpus *c, const struct actor_case *a, int top,
                            enum figure_scope scope, const char *text, int *turn)
{
    CLEANUP(op_endp) struct op *op = corpus_op(c, a->officer, a->roles, a->body);
    size_t n = 0;

    for (int k = 0; k < 4; k++) {
        int by = k == 0 ? DIM_NONE : 1 + (*turn)++ % (DIM_COUNT - 1);
        struct figures_query q = {
            .body = c->bodies[top].code, .scope = scope, .by = (enum figure_dimension)by};
        struct figure_list list;

        GOOD(op, period_parse(text, &q.period, NULL));
        GOOD(op, figures_query(op, c->indicators, &q, &list));
        for (size_t i = 0; i < list.n; i++) {
            const struct figure *f = &list.figures[i];
            int64_t cells = 0, cell_sums = 0, parts = 0;

            assert_true(a->reports || !f->indicator->only_reports);
            check_value(c, f, top, scope, &q.period, a->reports);
            for (size_t j = 0; j < f->n_cells; j++) {
                cells += f->cells[j].n;
                cell_sums += f->cells[j].sum;
                parts += f->cells[j].is.num;
            }
            if (by != DIM_NONE)
                assert_int_equal(parts, f->is.num + f->overlap);
            if (by != DIM_NONE && f->indicator->form <= FORM_RATE) {
                assert_int_equal(f->indicator->form == FORM_SUM ? cell_sums : cells, f->is.num);
                assert_int_equal(f->overlap, 0); /* these matters have one theme at most */
            }
            n++;
        }
    }
    return n;
}

static void figures_are_sums_of_matters(void **state)
{
    struct corpus *c = *state;
    size_t n = 0;
    int turn = 0; /* three dimensions each time, all in turn */

    for (size_t a = 0; a < ACTORS; a++)
        for (int top = 0; top < CORPUS_BODIES; top += 6)
            for (size_t p = 0; p < PERIODS; p++) {
                if (!within(c, top, actors[a].body, SCOPE_SUBTREE))
                    continue;
                n += check_figures(c, &actors[a], top, SCOPE_SUBTREE, periods[p], &turn);
                n += check_figures(c, &actors[a], top, SCOPE_OWN, periods[p], &turn);
            }
    for (size_t a = 3; a < ACTORS; a++)
        n += check_figures(c, &actors[a], actors[a].body, SCOPE_SUBTREE, "2026Q1", &turn);
    print_message("%zu figures equal the sum over their matters\n", n);
}

/* ---- records ---- */

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static size_t check_records(struct corpus *c, struct op *op, const struct figure *f, int top,
                            const struct period *p, enum figure_part part, bool reports)
{
    const struct indicator *ind = f->indicator;
    const struct indicator_part *wanted =
        part == PART_DEN && ind->form == FORM_RATE ? &ind->den : &ind->num;
    int64_t *ids = calloc(c->n, sizeof *ids), last = INT64_MAX;
    const char *cursor = NULL, *next;
    struct figure_trace_row *rows;
    size_t n = 0, traced = 0, slice, should = 0;

    do {
        struct list_page page;

        GOOD(op, figure_records(op, c->indicators, f->id, part, 30, cursor, CORPUS_TODAY,
                                CORPUS_SOON, &page));
        for (size_t i = 0; i < page.n; i++) {
            int64_t at = wanted->by_ended ? page.rows[i].ended_at : page.rows[i].received_at;

            assert_true(at <= last);
            last = at;
            ids[n++] = page.rows[i].id;
        }
        if (page.next == NULL)
            assert_int_equal(page.total, n);
        cursor = page.next;
    } while (cursor != NULL);
    qsort(ids, n, sizeof *ids, by_id);
    for (size_t i = 0; i < c->n; i++)
        if (counts(c, &c->samples[i], wanted, top, SCOPE_SUBTREE, p, reports)) {
            assert_non_null(bsearch(&c->samples[i].id, ids, n, sizeof *ids, by_id));
            should++;
        }
    assert_int_equal(n, should);
    next = NULL;
    do {
        GOOD(op, figure_trace(op, c->indicators, f->id, part, 100, next, &rows, &slice, &next));
        traced += slice;
    } while (next != NULL);
    assert_int_equal(traced, n);
    free(ids);
    return n;
}

static void every_figure_opens_its_records(void **state)
{
    struct corpus *c = *state;
    size_t figures = 0, records = 0;

    for (size_t a = 0; a < ACTORS; a++)
        for (size_t p = 2; p < PERIODS; p += 2) {
            CLEANUP(op_endp)
            struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);
            struct figures_query q = {.body = c->bodies[actors[a].body].code};
            struct figure_list list;

            GOOD(op, period_parse(periods[p], &q.period, NULL));
            GOOD(op, figures_query(op, c->indicators, &q, &list));
            for (size_t i = 0; i < list.n; i++) {
                records += check_records(c, op, &list.figures[i], actors[a].body, &q.period,
                                         PART_NUM, actors[a].reports);
                if (list.figures[i].is.has_den)
                    records += check_records(c, op, &list.figures[i], actors[a].body, &q.period,
                                             PART_DEN, actors[a].reports);
                figures++;
            }
        }
    print_message("%zu figures open %zu records\n", figures, records);
}

/* ---- who may ---- */

static void figures_are_for_ones_own_subtree(void **state)
{
    struct corpus *c = *state;
    static const struct {
        int64_t officer;
        unsigned roles;
        int body, asked;
        enum err_code rc;
    } table[] = {
        {4, ROLE_HANDLER, 3, 0, ERR_FORBIDDEN},  {4, ROLE_HANDLER, 3, 3, ERR_OK},
        {4, ROLE_HANDLER, 3, 4, ERR_FORBIDDEN},  {9, ROLE_ADMIN, 0, 0, ERR_FORBIDDEN},
        {9, ROLE_SECURITY, 0, 0, ERR_FORBIDDEN}, {8, ROLE_AUDITOR, 0, 5, ERR_OK},
        {5, ROLE_LEADER, 1, 1, ERR_OK},          {2, ROLE_INTAKE, 0, 19, ERR_OK},
    };
    struct kept_open *kept = kept_open_new();

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, table[i].officer, table[i].roles, table[i].body);
        struct figures_query q = {.body = c->bodies[table[i].asked].code};
        struct period p;
        struct figure_list list;
        struct dashboard d;

        GOOD(op, period_parse("2026", &p, NULL));
        q.period = p;
        assert_int_equal(figures_query(op, c->indicators, &q, &list), table[i].rc);
        assert_int_equal(dashboard_query(op, c->indicators,
                                         &(struct dashboard_query){.body = q.body,
                                                                   .period = p,
                                                                   .today = CORPUS_TODAY,
                                                                   .soon_until = CORPUS_SOON,
                                                                   .open = kept},
                                         &d),
                         table[i].rc);
    }
    kept_open_free(kept);
}

static void wrong_questions(void **state)
{
    struct corpus *c = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(c, 2, ROLE_INTAKE, 0);
    static const char *const ids[] = {"",
                                      "received",
                                      "received:420202",
                                      "received:420202:someday@1",
                                      "received:420202:2026:all@1",
                                      "received:420202:2026@x",
                                      "nothing:420202:2026@1",
                                      "received:420202:2026:own:own@1",
                                      "received:420202:2026:colour=red@1",
                                      "received:420202:2026:channel=%0@1",
                                      "received:420202:2026:channel=a:channel=b@1",
                                      "received:420202:2026:until=2026-12-31@1",
                                      "received:420202:2026:until=1:seen=2@1"};
    const char *report = "received_reports", *nothing = "nothing";
    struct figures_query q = {.body = "420202", .ids = &report, .n_ids = 1};
    struct list_page page;
    struct figure_list list;

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_equal(figure_records(op, c->indicators, ids[i], PART_NUM, 10, NULL, CORPUS_TODAY,
                                        CORPUS_SOON, &page),
                         ERR_INVALID);
        corpus_op_reset(op);
    }
    GOOD(op, period_parse("2026", &q.period, NULL));
    assert_int_equal(figures_query(op, c->indicators, &q, &list), ERR_NOT_FOUND);
    q.ids = &nothing;
    assert_int_equal(figures_query(op, c->indicators, &q, &list), ERR_NOT_FOUND);
    q.n_ids = 0;
    q.body = "99";
    assert_int_equal(figures_query(op, c->indicators, &q, &list), ERR_NOT_FOUND);
    assert_int_equal(figure_records(op, c->indicators, "received_reports:420202:2026@1", PART_NUM,
                                    10, NULL, CORPUS_TODAY, CORPUS_SOON, &page),
                     ERR_NOT_FOUND);
    assert_int_equal(figure_records(op, c->indicators, "received:420202:2026@1", PART_DEN, 10, NULL,
                                    CORPUS_TODAY, CORPUS_SOON, &page),
                     ERR_INVALID);
}

/* ---- documents ---- */

/* Where the pasts are far behind, as after an upgrade that keeps more, a document is refused for
 * now rather than read from all events. */
static void documents_wait_for_the_pasts(void **state)
{
    struct corpus *c = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(c, 0, 0, 0);
    const struct figure_as_of now = {AS_OF_NOW, 0};
    struct period period;
    struct columns_want want = {
        .periods = &period, .n_periods = 1, .as_of = &now, .n_as_of = 1, .events_max = 100};
    bool more = true;

    GOOD(op, period_parse("2026", &period, NULL));
    for (int filled = 0; filled < 2; filled++) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        CLEANUP(columns_freep) struct figure_columns *columns = NULL;
        struct figuring f;

        GOOD(op, snapshot_open(op, &snap));
        GOOD(op, figuring_begin(op, snap, c->indicators, c->bodies[0].code, SCOPE_SUBTREE, &f));
        assert_int_equal(columns_load(&f, &want, &columns), filled ? ERR_OK : ERR_BUSY);
        snapshot_closep(&snap);
        while (more)
            GOOD(op, past_fill(op, &more));
    }
}

/* ---- the dashboard ---- */

static void check_dashboard(struct corpus *c, struct kept_open *kept, const struct actor_case *a,
                            const char *text)
{
    CLEANUP(op_endp) struct op *op = corpus_op(c, a->officer, a->roles, a->body);
    const char *body = c->bodies[a->body].code;
    struct list_filter filter = {.body = body, .today = CORPUS_TODAY, .soon_until = CORPUS_SOON};
    int64_t received = 0, ended = 0, late = 0, today = 0, soon = 0, paused = 0;
    int64_t open = 0, by_category = 0, then = 0, in_days = 0, out_days = 0;
    struct list_count levels, unassigned, leader;
    struct by_hand should[2];
    struct period p, before;
    struct dashboard d;

    GOOD(op, period_parse(text, &p, NULL));
    before = period_previous(&p);
    GOOD(op, dashboard_query(op, c->indicators,
                             &(struct dashboard_query){.body = body,
                                                       .period = p,
                                                       .today = CORPUS_TODAY,
                                                       .soon_until = CORPUS_SOON,
                                                       .open = kept},
                             &d));
    GOOD(op, count_matters(op, &filter, NULL, BY_LEVEL, &levels));
    assert_int_equal(d.late, levels.cells[0].n);
    assert_int_equal(d.today, levels.cells[1].n);
    assert_int_equal(d.soon, levels.cells[2].n);
    filter.unassigned = true;
    GOOD(op, count_matters(op, &filter, NULL, BY_NOTHING, &unassigned));
    assert_int_equal(d.unassigned, unassigned.total);
    filter.unassigned = false;
    filter.waiting_for = "leader";
    filter.level = DUE_OPEN;
    GOOD(op, count_matters(op, &filter, NULL, BY_NOTHING, &leader));
    assert_int_equal(d.waiting_leader, leader.total);
    for (int i = 0; i < 2; i++)
        should[i] = add_up(c, &(struct indicator_part){.by_ended = i == 1, .sum = FACT_NONE},
                           a->body, SCOPE_SUBTREE, &p, a->reports);
    for (size_t i = 0; i < d.n_bodies; i++) {
        received += d.bodies[i].received;
        ended += d.bodies[i].ended;
        late += d.bodies[i].late;
        today += d.bodies[i].today;
        soon += d.bodies[i].soon;
        paused += d.bodies[i].paused;
        open += d.bodies[i].open;
    }
    for (size_t i = 0; i < d.n_categories; i++) {
        by_category += d.categories[i].n;
        then += d.categories[i].before;
        assert_true(d.categories[i].key[0] != '\0' &&
                    (i == 0 || d.categories[i].n <= d.categories[i - 1].n));
    }
    by_category += d.rest.n + d.not_given.n;
    then += d.rest.before + d.not_given.before;
    assert_true(d.n_rest == 0 || d.n_categories == DASHBOARD_CATEGORIES);
    for (size_t i = 0; i < d.n_days; i++) {
        in_days += d.days[i].received;
        out_days += d.days[i].ended;
    }
    assert_int_equal(received, should[0].n);
    assert_int_equal(ended, should[1].n);
    assert_int_equal(by_category, should[0].n);
    assert_int_equal(then, add_up(c, &(struct indicator_part){.sum = FACT_NONE}, a->body,
                                  SCOPE_SUBTREE, &before, a->reports)
                               .n);
    assert_int_equal(late, d.late);
    assert_int_equal(today, d.today);
    assert_int_equal(soon, d.soon);
    assert_int_equal(paused, levels.cells[4].n);
    assert_int_equal(open, levels.total);
    assert_int_equal(d.n_months, 12);
    if (p.kind == PERIOD_MONTH) {
        assert_int_equal(in_days, should[0].n);
        assert_int_equal(out_days, should[1].n);
        assert_int_equal(d.months[11].received, should[0].n);
        assert_int_equal(d.months[11].ended, should[1].n);
    }
    assert_true(d.figures.n >= 4);
    for (size_t i = 0; i < d.n_bodies; i++) { /* itself alone, then those below with theirs */
        filter = (struct list_filter){.body = d.bodies[i].code,
                                      .body_only = i == 0,
                                      .today = CORPUS_TODAY,
                                      .soon_until = CORPUS_SOON};
        GOOD(op, count_matters(op, &filter, NULL, BY_LEVEL, &levels));
        assert_int_equal(d.bodies[i].open, levels.total);
        assert_int_equal(d.bodies[i].late, levels.cells[0].n);
        assert_int_equal(d.bodies[i].today, levels.cells[1].n);
        assert_int_equal(d.bodies[i].paused, levels.cells[4].n);
    }
}

static void the_dashboard_adds_up(void **state)
{
    static const char *const periods_shown[] = {"2026-02", "2025-12", "2026Q1", "2025"};
    struct kept_open *kept = kept_open_new();

    assert_non_null(kept);
    for (size_t a = 0; a < ACTORS; a++)
        for (size_t i = 0; i < sizeof periods_shown / sizeof periods_shown[0]; i++)
            check_dashboard(*state, kept, &actors[a], periods_shown[i]);
    kept_open_free(kept);
}

/* ---- acts ---- */

/* What acts do to figures: an outcome, a reopening, another body, a rating, another category. */
static void change(struct corpus *c, struct sample *s)
{
    switch (corpus_random(c, 5)) {
    case 0:
        s->open = false;
        s->outcome = strcmp(s->kind, "complaint") == 0 ? "settled"
                     : s->secret                       ? "filed"
                                                       : "answered";
        s->status = s->outcome;
        s->recovered_fen = strcmp(s->outcome, "settled") == 0 ? 12345 : 0;
        s->ended_at = s->received_at + INT64_C(86400000) * 3;
        break;
    case 1:
        s->open = true;
        s->outcome = NULL;
        s->ended_at = 0;
        s->rating = 0;
        s->recovered_fen = 0;
        break;
    case 2:
        s->body = (int)corpus_random(c, CORPUS_BODIES);
        break;
    case 3:
        s->rating = s->ended_at == 0 ? 0 : 1 + (int64_t)corpus_random(c, 5);
        break;
    default:
        s->category = "service.beauty";
        s->told = "late";
        break;
    }
    s->version++;
}

static void tallies_follow_the_acts(void **state)
{
    struct corpus *c = *state;

    for (int round = 0; round < 8; round++) {
        OP(op, &c->store);
        struct changes *ch = changes_new(op);

        for (int i = 0; i < 60; i++) {
            struct sample *s = &c->samples[corpus_random(c, c->n)];
            struct figure_facts before = corpus_measure_facts(c, s), after;

            change(c, s);
            after = corpus_measure_facts(c, s);
            corpus_update(c, ch, s);
            measure_difference(op, ch, indicators_measures(c->indicators), &before, &after);
        }
        GOOD(op, store_apply(op, ch, QUEUE_INTERACTIVE));
    }
    every_figure_opens_its_records(state);
}

/* ---- as many as there are ---- */

#define MANY 1000000
#define SMALL_ARENA ((size_t)64 << 10) /* a request has 8 MB */

/* The same unit of work with little memory. */
static struct op with_arena(const struct op *op, struct arena *arena)
{
    struct op small = *op;

    small.arena = arena;
    return small;
}

/* A table of a million matters, half of whom have part 1, which has sums, as one writes it. */
static void frozen_by_hand(struct buf *out)
{
    buf_init(out, (size_t)64 << 20);
    buf_adds(out, "FXM1");
    varint_put(out, 1);
    varint_put(out, MANY);
    varint_put(out, 0);
    varint_put(out, 2);
    for (int i = 0; i < MANY; i++) {
        varint_put(out, 3);
        varint_put(out, i % 2 == 0 ? 1 : 3);
        if (i % 2 != 0)
            varint_put_signed(out, -i);
    }
}

static void a_million_are_read_again(void **state)
{
    struct corpus *c = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(c, 0, 0, 0);
    CLEANUP(arena_freep) struct arena *arena = arena_new(SMALL_ARENA);
    struct op small = with_arena(op, arena);
    CLEANUP(buf_release) struct buf bytes = {0};

    frozen_by_hand(&bytes);
    for (uint32_t part = 0; part < 2; part++) {
        CLEANUP(member_list_release) struct member_list got = {0};

        GOOD(&small,
             frozen_read(&small, bytes.data, bytes.len, (struct frozen_place){.part = part}, &got));
        assert_int_equal(got.n, part == 0 ? MANY : MANY / 2);
        assert_int_equal(got.summed, part == 1);
        for (size_t i = 0; i < got.n; i++) {
            size_t row = part == 0 ? i : 2 * i + 1;

            assert_true(got.ids[i] == 3 * ((int64_t)row + 1));
            assert_true(part == 0 || got.sums[i] == -(int64_t)row);
        }
    }
    assert_true(arena_used(arena) == 0);
    for (size_t cut = 1; cut < 3; cut++) {
        CLEANUP(member_list_release) struct member_list got = {0};

        assert_int_equal(frozen_read(&small, bytes.data, bytes.len - cut,
                                     (struct frozen_place){.part = 0}, &got),
                         ERR_CORRUPT);
    }
}

static int start(void **state)
{
    static struct corpus c;

    corpus_start(&c, MATTERS, false);
    *state = &c;
    return 0;
}

static int end(void **state)
{
    corpus_end(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_sums_of_matters),
        cmocka_unit_test(every_figure_opens_its_records),
        cmocka_unit_test(figures_are_for_ones_own_subtree),
        cmocka_unit_test(wrong_questions),
        cmocka_unit_test(documents_wait_for_the_pasts),
        cmocka_unit_test(the_dashboard_adds_up),
        cmocka_unit_test(a_million_are_read_again),
        cmocka_unit_test(tallies_follow_the_acts),
    };

    return cmocka_run_group_tests(tests, start, end);
}
