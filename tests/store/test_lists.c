/* Lists and counts against a plain walk over all matters that asks may() about each, page by page;
 * and the plan of every statement that a list can be made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/changes_feed.h"
#include "insight/cross.h"
#include "insight/kept_list.h"
#include "insight/kept_open.h"
#include "insight/list_internal.h"
#include "tests/store/corpus.h"

/* Shows why. */
#define GOOD(op, call)                                                                             \
    do {                                                                                           \
        enum err_code good_rc_ = (call);                                                           \
        if (good_rc_ != ERR_OK)                                                                    \
            fail_msg("%s: %s %s", #call, err_info(good_rc_)->name, (op)->err.why);                 \
    } while (0)

#define MATTERS 1500

/* ---- what should come ---- */

static const struct actor_case {
    const char *name;
    int64_t officer;
    unsigned roles;
    int body;
} actors[] = {
    {"jobs", 0, 0, 0},
    {"bureau supervisor", 1, ROLE_SUPERVISOR, 0},
    {"bureau intake", 2, ROLE_INTAKE, 0},
    {"branch handler", 3, ROLE_HANDLER, 2},
    {"branch supervisor", 4, ROLE_SUPERVISOR, 3},
    {"branch leader", 5, ROLE_LEADER, 1},
    {"station intake", 6, ROLE_INTAKE, 9},
    {"station handler and intake", 7, ROLE_HANDLER | ROLE_INTAKE, 12},
    {"auditor", 8, ROLE_AUDITOR, 0},
    {"administrator", 9, ROLE_ADMIN, 0},
    {"security", 10, ROLE_SECURITY, 0},
};
#define ACTORS (sizeof actors / sizeof actors[0])

static const struct list_filter filters[] = {
    {.q = NULL},
    {.kind = "report"},
    {.kind = "complaint", .status = "closed"},
    {.status = "mediating"},
    {.body = "420202"},
    {.body = "42020201"},
    {.body = "42020203", .body_only = true},
    {.body = "99"},
    {.officer = 3},
    {.officer = 7, .level = DUE_OPEN},
    {.unassigned = true},
    {.category = "goods"},
    {.category = "goods.food"},
    {.category = "service.travel", .body = "42020202"},
    {.problem = "contract"},
    {.channel = "12345"},
    {.waiting_for = "leader"},
    {.respondent_key = "瑞缘金行"},
    {.respondent_key = "瑞缘金行", .level = DUE_OPEN},
    {.outcome = "settled"},
    {.level = DUE_LATE},
    {.level = DUE_TODAY},
    {.level = DUE_SOON, .body = "42020204"},
    {.level = DUE_LATER},
    {.level = DUE_PAUSED},
    {.level = DUE_OPEN},
    {.from = CORPUS_TODAY - 60, .to = CORPUS_TODAY - 20},
    {.kind = "enquiry", .channel = "web", .from = CORPUS_TODAY - 200},
};
#define FILTERS (sizeof filters / sizeof filters[0])

static bool below(const char *value, const char *code)
{
    size_t n = strlen(code);

    return value != NULL && strncmp(value, code, n) == 0 && (value[n] == '\0' || value[n] == '.');
}

static bool same(const char *wanted, const char *value)
{
    return wanted == NULL || (value != NULL && strcmp(wanted, value) == 0);
}

static enum due_level level_of(const struct sample *s)
{
    if (!s->open)
        return DUE_ANY;
    return due_level_of(s->next_due, s->paused, CORPUS_TODAY, CORPUS_SOON);
}

static bool in_body(const struct corpus *c, const struct sample *s, const struct list_filter *f)
{
    if (f->body == NULL)
        return true;
    for (int b = s->body; b >= 0; b = f->body_only ? -1 : c->bodies[b].parent)
        if (strcmp(c->bodies[b].code, f->body) == 0)
            return true;
    return false;
}

static bool wanted(const struct corpus *c, const struct sample *s, const struct list_filter *f)
{
    date_t day = date_of_instant(s->received_at, ZONE_CHINA_MIN);

    return in_body(c, s, f) && same(f->kind, s->kind) && same(f->status, s->status) &&
           (f->officer == 0 || f->officer == s->officer) &&
           (!f->unassigned || (s->open && s->officer == 0)) &&
           (f->category == NULL || below(s->category, f->category)) &&
           (f->problem == NULL || below(s->problem, f->problem)) && same(f->channel, s->channel) &&
           same(f->waiting_for, s->waiting_for) &&
           same(f->respondent_key, s->secret ? NULL : s->respondent) &&
           same(f->outcome, s->outcome) &&
           (f->level == DUE_ANY || (f->level == DUE_OPEN ? s->open : level_of(s) == f->level)) &&
           (f->from == 0 || day >= f->from) && (f->to == 0 || day <= f->to);
}

static bool visible(const struct corpus *c, const struct op *op, const struct sample *s)
{
    struct record_facts facts = corpus_facts(c, s);

    return may(&op->actor, MAY_SEE, &facts).yes;
}

static int filter_no = -1; /* for messages */
static enum list_sort sorting;

/* Rank of the phase, then the key, as docs/search.md says the order is. */
static int in_order(const void *a, const void *b)
{
    const struct sample *x = *(const struct sample *const *)a,
                        *y = *(const struct sample *const *)b;
    int64_t p = 0, q = 0, u = x->received_at, v = y->received_at;
    bool descending = sorting == SORT_RECEIVED_DESC;

    if (sorting == SORT_DUE || sorting == SORT_DUE_DESC) {
        p = !x->open ? 2 : x->next_due == DATE_NONE;
        q = !y->open ? 2 : y->next_due == DATE_NONE;
        if (p != q)
            return p < q ? -1 : 1;
        descending = p == 2 || (p == 0 && sorting == SORT_DUE_DESC);
        if (p < 2) {
            u = p == 1 ? 0 : x->next_due;
            v = p == 1 ? 0 : y->next_due;
        }
    }
    if (u == v) {
        u = x->id;
        v = y->id;
    }
    if (u == v)
        return 0;
    return (u < v) != descending ? -1 : 1;
}

static size_t expected(const struct corpus *c, const struct op *op, const struct list_filter *f,
                       enum list_sort sort, const struct sample **ret)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        if (visible(c, op, &c->samples[i]) && wanted(c, &c->samples[i], f))
            ret[n++] = &c->samples[i];
    sorting = sort;
    qsort(ret, n, sizeof *ret, in_order);
    return n;
}

/* ---- lists ---- */

static void same_row(const struct corpus *c, const struct list_row *row, const struct sample *s)
{
    assert_int_equal(row->id, s->id);
    assert_string_equal(row->kind, s->kind);
    assert_string_equal(row->status, s->status);
    assert_string_equal(row->body, c->bodies[s->body].code);
    assert_int_equal(row->officer, s->officer);
    assert_int_equal(row->level, level_of(s));
    assert_int_equal(row->received_at, s->received_at);
    assert_int_equal(row->ended_at, s->ended_at);
    if (s->secret) {
        assert_null(row->title);
        assert_null(row->respondent);
        assert_null(row->consumer);
    } else {
        assert_string_equal(row->respondent, s->respondent);
        assert_non_null(row->consumer);
        assert_null(strstr(row->consumer, s->name + 3)); /* the given name is masked */
    }
}

static void walk(const struct corpus *c, struct op *op, const struct list_filter *f,
                 enum list_sort sort, int limit, const struct sample **should, size_t n)
{
    const char *cursor = NULL;
    size_t at = 0;

    do {
        struct list_page page;

        GOOD(op, list_matters(op, f, sort, limit, cursor, &page));
        assert_int_equal(page.total, n > LIST_TOTAL_MAX ? LIST_TOTAL_MAX : n);
        assert_int_equal(page.total_capped, n > LIST_TOTAL_MAX);
        if (page.n != (n - at < (size_t)limit ? n - at : (size_t)limit))
            fail_msg("filter %d, sort %d: %zu rows behind %s, %zu of %zu before", filter_no,
                     (int)sort, page.n, cursor == NULL ? "" : cursor, at, n);
        for (size_t i = 0; i < page.n; i++)
            same_row(c, &page.rows[i], should[at + i]);
        at += page.n;
        cursor = page.next;
    } while (cursor != NULL);
    assert_int_equal(at, n);
}

static void lists_are_what_may_allows(void **state)
{
    struct corpus *c = *state;
    const struct sample **should = calloc(c->n, sizeof *should);
    size_t lists = 0, rows = 0;

    for (size_t a = 0; a < ACTORS; a++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);

        for (size_t f = 0; f < FILTERS; f++)
            for (int sort = 0; sort < SORT_COUNT; sort++) {
                struct list_filter filter = filters[f];
                size_t n = expected(c, op, &filter, (enum list_sort)sort, should);

                filter_no = (int)f;
                filter.today = CORPUS_TODAY;
                filter.soon_until = CORPUS_SOON;
                walk(c, op, &filter, (enum list_sort)sort, (f + (size_t)sort) % 5 == 0 ? 17 : 200,
                     should, n);
                corpus_op_reset(op);
                lists++;
                rows += n;
            }
    }
    print_message("%zu lists, %zu rows as expected\n", lists, rows);
    free(should);
}

static void strangers_get_nothing(void **state)
{
    struct corpus *c = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(c, 0, 0, 0);
    static const enum actor_kind kinds[] = {ACTOR_PUBLIC, ACTOR_PARTY};

    for (size_t i = 0; i < 2; i++) {
        struct list_filter f = {.today = CORPUS_TODAY, .soon_until = CORPUS_SOON};
        struct list_page page;
        struct list_count count;
        struct feed feed;

        op->actor =
            (struct actor){.kind = kinds[i], .body_path = "", .party_matter = c->samples[0].id};
        GOOD(op, list_matters(op, &f, SORT_DUE, 0, NULL, &page));
        assert_int_equal(page.n + (size_t)page.total, 0);
        GOOD(op, count_matters(op, &f, NULL, BY_LEVEL, &count));
        assert_int_equal(count.total, 0);
        GOOD(op, count_matters(op, &f, NULL, BY_KIND, &count));
        assert_int_equal(count.total, 0);
        GOOD(op, changes_feed(op, 0, &feed));
        assert_int_equal(feed.n, 0);
        f.q = "牛奶";
        f.folder = c->folder;
        GOOD(op, list_matters(op, &f, SORT_DUE, 0, NULL, &page));
        assert_int_equal(page.n + (size_t)page.total, 0);
    }
}

static void wrong_cursors(void **state)
{
    struct corpus *c = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(c, 0, 0, 0);
    static const char *const cursors[] = {"x",
                                          "l",
                                          "l1",
                                          "l0.0.1.2",
                                          "l0.0.1.2.3.4",
                                          "l2.3.1.2.x",
                                          "l2.3..2.3",
                                          "q1.2",
                                          "l9.3.1.2.3",
                                          "l0.3.1.2.3",
                                          "l0.0.1.2.999999999999999999999"};

    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        struct list_filter f = {.today = CORPUS_TODAY};
        struct list_page page;

        assert_int_equal(list_matters(op, &f, SORT_DUE, 5, cursors[i], &page), ERR_INVALID);
        assert_string_equal(op->err.items[0].field, "cursor");
        corpus_op_reset(op);
    }
}

/* ---- counts ---- */

static const char *cell_key(const struct corpus *c, const struct sample *s, enum list_by by,
                            char month[DATE_TEXT])
{
    switch (by) {
    case BY_LEVEL:
        return due_level_name(level_of(s));
    case BY_STATUS:
        return s->status;
    case BY_KIND:
        return s->kind;
    case BY_WAITING_FOR:
        return s->waiting_for;
    case BY_BODY:
        return c->bodies[s->body].code;
    case BY_CATEGORY:
        return s->category == NULL ? "" : s->category;
    case BY_MONTH:
        date_format(date_of_instant(s->received_at, ZONE_CHINA_MIN), month);
        month[7] = '\0';
        return month;
    case BY_CHANNEL:
        return s->channel;
    case BY_OUTCOME:
        return s->outcome == NULL ? "" : s->outcome;
    case BY_NOTHING:
    case BY_COUNT:
        break;
    }
    return "";
}

static void check_count(const struct corpus *c, const struct list_count *count, enum list_by by,
                        const struct sample **should, size_t n)
{
    int64_t total = 0, seen = 0;
    char month[DATE_TEXT];

    for (size_t i = 0; i < n; i++)
        total += by != BY_LEVEL || should[i]->open;
    assert_int_equal(count->total, total);
    for (size_t i = 0; i < count->n; i++) {
        int64_t here = 0;

        for (size_t j = 0; j < n; j++)
            here += (by != BY_LEVEL || should[j]->open) &&
                    strcmp(cell_key(c, should[j], by, month), count->cells[i].key) == 0;
        assert_int_equal(count->cells[i].n, here);
        seen += here;
    }
    if (by != BY_NOTHING)
        assert_int_equal(seen, total);
}

/* With more than are counted the cells are of the newest ones. */
static void check_newest(const struct corpus *c, struct op *op, const struct list_filter *filter,
                         int64_t cap, const struct sample **should)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct stream streams[STREAMS_MAX];
    struct list_count count = {0};
    struct reading r;
    size_t streams_n, n = expected(c, op, filter, SORT_RECEIVED_DESC, should);
    bool capped = (int64_t)n > cap;

    GOOD(op, snapshot_open(op, &snap));
    GOOD(op, reading_begin(op, snap, filter, MAY_COUNT, &r));
    if (r.nothing)
        return;
    GOOD(op, streams_for(&r, false, streams, &streams_n));
    if (streams_n != 1) /* each gives its own newest */
        return;
    GOOD(op, count_cells(&r, BY_STATUS, cap, &count));
    assert_int_equal(count.total_capped, capped);
    assert_int_equal(count.total, capped ? cap : (int64_t)n);
    n = capped ? (size_t)cap + 1 : n;
    count.total = (int64_t)n;
    check_count(c, &count, BY_STATUS, should, n);
}

static void capped_counts_are_of_the_newest(void **state)
{
    static const int64_t caps[] = {1, 37, 500, 1000000};
    static const struct list_filter asked[] = {
        {0}, {.from = CORPUS_TODAY - 200, .to = CORPUS_TODAY - 20}, {.kind = "enquiry"}};
    struct corpus *c = *state;
    const struct sample **should = calloc(c->n, sizeof *should);

    for (size_t a = 0; a < ACTORS; a++)
        for (size_t f = 0; f < sizeof asked / sizeof asked[0]; f++)
            for (size_t i = 0; i < sizeof caps / sizeof caps[0]; i++) {
                CLEANUP(op_endp)
                struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);

                check_newest(c, op, &asked[f], caps[i], should);
            }
    free(should);
}

static void counts_are_what_may_allows(void **state)
{
    struct corpus *c = *state;
    const struct sample **should = calloc(c->n, sizeof *should);
    struct kept_open *open = kept_open_new();
    size_t counts = 0;

    assert_non_null(open);
    for (size_t a = 0; a < ACTORS; a++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);

        for (size_t f = 0; f < FILTERS; f++) {
            struct list_filter filter = filters[f];
            size_t n = expected(c, op, &filter, SORT_RECEIVED, should);

            filter.today = CORPUS_TODAY;
            filter.soon_until = CORPUS_SOON;
            for (int by = 0; by < BY_COUNT; by++, counts++) {
                struct list_count count;

                GOOD(op, count_matters(op, &filter, NULL, (enum list_by)by, &count));
                check_count(c, &count, (enum list_by)by, should, n);
                GOOD(op, count_matters(op, &filter, open, (enum list_by)by, &count));
                check_count(c, &count, (enum list_by)by, should, n);
            }
            corpus_op_reset(op);
        }
    }
    print_message("%zu counts as expected, twice\n", counts);
    kept_open_free(open);
    free(should);
}

static void assert_same_keys(const struct cross_key *a, const struct cross_key *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(a[i].key, b[i].key);
        assert_int_equal(a[i].n, b[i].n);
    }
}

static void assert_same_table(const struct cross_table *a, const struct cross_table *b)
{
    assert_int_equal(a->total, b->total);
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    assert_int_equal(a->n_cells, b->n_cells);
    assert_same_keys(a->rows, b->rows, a->n_rows);
    assert_same_keys(a->columns, b->columns, a->n_columns);
    for (size_t i = 0; i < a->n_cells; i++) {
        assert_int_equal(a->cells[i].row, b->cells[i].row);
        assert_int_equal(a->cells[i].column, b->cells[i].column);
        assert_int_equal(a->cells[i].n, b->cells[i].n);
    }
}

/* Counts by two columns from the matters kept in memory, for every actor and filter, against those
 * that read; before anybody has read them into memory all are read. */
static void counts_from_memory_are_those_read(void **state)
{
    struct corpus *c = *state;
    struct kept_matters *kept = kept_matters_new();
    size_t turn = 0, some = 0;

    assert_non_null(kept);
    for (size_t a = 0; a < ACTORS; a++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);

        for (size_t f = 0; f < FILTERS; f++, turn++) {
            enum cross_column by = (enum cross_column)(1 + turn % (CROSS_COUNT - 1));
            enum cross_column and = (enum cross_column)(1 + (turn * 7 + 3) % (CROSS_COUNT - 1));
            struct list_filter filter = filters[f];
            struct cross_table read, seen;

            filter.today = CORPUS_TODAY;
            filter.soon_until = CORPUS_SOON;
            and = and == by ? CROSS_NOTHING : and;
            GOOD(op, cross_count(op, &filter, NULL, by, and, &read));
            GOOD(op, cross_count(op, &filter, kept, by, and, &seen));
            assert_same_table(&read, &seen);
            some += seen.total > 0;
            if (turn == FILTERS / 2)
                GOOD(op, kept_matters_fill(op, kept));
            corpus_op_reset(op);
        }
    }
    print_message("%zu tables, %zu of them with something\n", turn, some);
    assert_true(some > turn / 4);
    kept_matters_free(kept);
}

/* ---- open matters in memory ---- */

/* Acts on some: one is closed, opened, given away, due on another day. */
static void some_acts(struct corpus *c, int n)
{
    OP(op, &c->store);
    struct changes *ch = changes_new(op);

    for (int i = 0; i < n; i++) {
        struct sample *s = &c->samples[((size_t)i * 7 + (size_t)n) % c->n];

        s->open = corpus_random(c, 3) != 0;
        s->body = (int)corpus_random(c, CORPUS_BODIES);
        s->officer = s->open ? (int64_t)corpus_random(c, CORPUS_OFFICERS) : s->officer;
        s->next_due = s->open ? (date_t)(CORPUS_TODAY - 2 + (int)corpus_random(c, 6)) : DATE_NONE;
        s->version++;
        corpus_update(c, ch, s);
        corpus_event(op, ch, s);
    }
    GOOD(op, store_apply(op, ch, QUEUE_INTERACTIVE));
}

/* A run over open clocks: no event of a matter says what it moves. */
static void some_days_move(struct corpus *c, int64_t run, bool begins, bool ends)
{
    OP(op, &c->store);
    struct changes *ch = changes_new(op);

    if (begins || ends) {
        changes_row(ch, begins ? SQL_calendar_run_put : SQL_calendar_run_step, 1, ERR_CONFLICT);
        changes_int(ch, run);
        changes_text(ch, "cn");
        changes_text(ch, "1");
        for (int i = 0; i < 5; i++) /* position, total, done, moved, after */
            changes_int(ch, 0);
        changes_int(ch, 1); /* began */
        if (ends)
            changes_int(ch, 2);
        else
            changes_null(ch);
        changes_mac(op, ch, "calendar_run");
        if (!begins) {
            changes_int(ch, 0);
            changes_int(ch, 0);
        }
    }
    for (size_t i = 0, moved = 0; i < c->n && moved < 20; i++) {
        struct sample *s = &c->samples[(i * 11 + (size_t)run) % c->n];

        if (!s->open || s->next_due == DATE_NONE)
            continue;
        s->next_due += 1 + (date_t)corpus_random(c, 3);
        changes_row(ch, SQL_matter_due_move, 1, ERR_CONFLICT);
        changes_int(ch, s->id);
        changes_int(ch, s->version);
        changes_text(ch, "D1");
        changes_int(ch, s->next_due);
        moved++;
    }
    GOOD(op, store_apply(op, ch, QUEUE_BULK));
}

static void check_open(struct corpus *c, struct kept_open *open)
{
    const struct sample **should = calloc(c->n, sizeof *should);

    for (size_t a = 0; a < ACTORS; a++)
        for (size_t f = 0; f < FILTERS; f++) {
            CLEANUP(op_endp)
            struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);
            struct list_filter filter = filters[f];
            struct list_count count;

            filter.today = CORPUS_TODAY;
            filter.soon_until = CORPUS_SOON;
            if (!kept_open_answers(&filter))
                continue;
            GOOD(op, count_matters(op, &filter, open, BY_LEVEL, &count));
            check_count(c, &count, BY_LEVEL, should,
                        expected(c, op, &filter, SORT_RECEIVED, should));
        }
    free(should);
}

/* What is kept follows acts, few and many, and runs over open clocks. */
static void open_ones_in_memory_follow(void **state)
{
    struct corpus *c = *state;
    struct kept_open *open = kept_open_new();

    assert_non_null(open);
    check_open(c, open);
    for (int i = 0; i < 6; i++) {
        some_acts(c, i == 3 ? 500 : 20 + i);
        check_open(c, open);
    }
    for (int64_t run = 1; run < 3; run++) {
        some_days_move(c, run, true, false);
        check_open(c, open);
        some_days_move(c, run, false, false);
        check_open(c, open);
        some_acts(c, 20);
        check_open(c, open);
        some_days_move(c, run, false, true);
        check_open(c, open);
        some_acts(c, 20);
        check_open(c, open);
    }
    kept_open_free(open);
}

/* ---- rows kept in memory ---- */

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void assert_same_row(const struct list_row *a, const struct list_row *b)
{
    const char *const texts[][2] = {{a->number, b->number},
                                    {a->kind, b->kind},
                                    {a->status, b->status},
                                    {a->title, b->title},
                                    {a->respondent, b->respondent},
                                    {a->consumer, b->consumer},
                                    {a->channel, b->channel},
                                    {a->category, b->category},
                                    {a->problem, b->problem},
                                    {a->body, b->body},
                                    {a->waiting_for, b->waiting_for},
                                    {a->officer_display, b->officer_display},
                                    {a->outcome, b->outcome},
                                    {a->ground, b->ground},
                                    {a->next.rule, b->next.rule},
                                    {a->next.state, b->next.state},
                                    {a->pack, b->pack},
                                    {a->themes, b->themes}};
    const int64_t numbers[][2] = {{a->id, b->id},
                                  {a->secret, b->secret},
                                  {a->open, b->open},
                                  {a->version, b->version},
                                  {a->received_at, b->received_at},
                                  {a->ended_at, b->ended_at},
                                  {a->officer, b->officer},
                                  {a->waiting_since, b->waiting_since},
                                  {a->amount_fen, b->amount_fen},
                                  {a->paused, b->paused},
                                  {a->next.start, b->next.start},
                                  {a->next.due_raw, b->next.due_raw},
                                  {a->next.due, b->next.due},
                                  {a->next.seq, b->next.seq},
                                  {a->next.provisional, b->next.provisional},
                                  {a->level, b->level},
                                  {a->group, b->group},
                                  {a->group_size, b->group_size}};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_same_text(texts[i][0], texts[i][1]);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_int_equal(numbers[i][0], numbers[i][1]);
}

/* Every actor's pages by due day and by receipt. */
static size_t pages_are_those_read(struct corpus *c, struct kept_list *kept)
{
    size_t rows = 0;

    for (size_t a = 0; a < ACTORS; a++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);

        for (size_t f = 0; f < FILTERS; f += 3)
            for (int sort = SORT_DUE; sort <= SORT_RECEIVED_DESC; sort += SORT_RECEIVED_DESC) {
                struct list_filter filter = filters[f];
                struct list_page read, seen;

                filter.today = CORPUS_TODAY;
                filter.soon_until = CORPUS_SOON;
                GOOD(op, list_matters(op, &filter, (enum list_sort)sort, 60, NULL, &read));
                filter.rows = kept;
                GOOD(op, list_matters(op, &filter, (enum list_sort)sort, 60, NULL, &seen));
                assert_int_equal(seen.n, read.n);
                for (size_t i = 0; i < read.n; i++)
                    assert_same_row(&seen.rows[i], &read.rows[i]);
                rows += read.n;
                corpus_op_reset(op);
            }
    }
    return rows;
}

/* From memory and behind acts; while a run over open clocks moves days and behind it. */
static void rows_in_memory_are_those_read(void **state)
{
    struct corpus *c = *state;
    struct kept_list *kept = kept_list_new();

    assert_non_null(kept);
    assert_true(pages_are_those_read(c, kept) > 500);
    pages_are_those_read(c, kept);
    some_acts(c, 60);
    pages_are_those_read(c, kept);
    some_days_move(c, 101, true, false);
    pages_are_those_read(c, kept);
    some_days_move(c, 101, false, false);
    pages_are_those_read(c, kept);
    some_days_move(c, 101, false, true);
    pages_are_those_read(c, kept);
    some_acts(c, 20);
    pages_are_those_read(c, kept);
    kept_list_free(kept);
}

/* ---- plans ---- */

struct plans {
    size_t statements, sorted;
};

/* Nothing is read without an index, and only the exceptions are sorted: open matters in the order
 * of receipt (a level, or whom they wait for), one business's matters and what one officer
 * registered by due date. */
static void check_plan(struct reading *r, const struct stream *s, enum phase phase, bool descending,
                       struct plans *plans)
{
    CLEANUP(stmt_closep) struct stmt *stmt = NULL;
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(65536);
    struct composed c;
    bool row = false, sorted = false;
    bool exception = (phase == PHASE_RECEIVED && walks_open(r, phase)) ||
                     (phase >= PHASE_ENDED && s->from == SQL_list_from_open_due) ||
                     (phase <= PHASE_UNDATED &&
                      (s->from == SQL_list_from_business || s->from == SQL_list_from_registered));

    compose_init(&c);
    buf_adds(&text, "EXPLAIN QUERY PLAN");
    GOOD(r->op, compose_keys(r, &c, s, phase, descending, &(struct key){.id = 1}, 50));
    compose_statement(r->op, &c, &text);
    GOOD(r->op, snapshot_prepare_text(r->op, r->snap, buf_text(&text), &stmt));
    GOOD(r->op, compose_bind(r->op, stmt, &c));
    for (;;) {
        const char *detail;

        GOOD(r->op, stmt_step(r->op, stmt, &row));
        if (!row)
            break;
        detail = stmt_text(stmt, 3);
        if (strncmp(detail, "SCAN m", 6) == 0 && strstr(detail, "INDEX") == NULL)
            fail_msg("%s\n%s", buf_text(&text), detail);
        if (strstr(detail, "TEMP B-TREE") != NULL)
            sorted = true;
    }
    if (sorted && !exception)
        fail_msg("%s\nis sorted", buf_text(&text));
    plans->statements++;
    plans->sorted += sorted ? 1 : 0;
}

static void no_list_is_a_scan(void **state)
{
    struct corpus *c = *state;
    struct plans plans = {0};

    for (size_t a = 0; a < ACTORS; a++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);

        for (size_t f = 0; f < FILTERS; f++) {
            CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
            struct stream streams[STREAMS_MAX];
            struct reading r;
            size_t n;

            GOOD(op, snapshot_open(op, &snap));
            GOOD(op, reading_begin(op, snap, &filters[f], MAY_SEE, &r));
            for (int phase = PHASE_DUE; !r.nothing && phase <= PHASE_RECEIVED; phase++) {
                bool open = walks_open(&r, (enum phase)phase);

                if (phase == PHASE_UNDATED && filters[f].level >= DUE_LATE &&
                    filters[f].level <= DUE_SOON)
                    continue; /* these have a date */

                GOOD(op, streams_for(&r, open, streams, &n));
                for (size_t i = 0; i < n; i++) {
                    check_plan(&r, &streams[i], (enum phase)phase, false, &plans);
                    if (phase != PHASE_UNDATED)
                        check_plan(&r, &streams[i], (enum phase)phase, true, &plans);
                }
            }
        }
    }
    print_message("%zu statements, %zu of them sorted\n", plans.statements, plans.sorted);
}

static void expect_plan(struct op *op, struct snapshot *snap, int sql, const char *words)
{
    CLEANUP(stmt_closep) struct stmt *stmt = NULL;
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(65536);
    bool row = true, found = false;

    buf_addf(&text, "EXPLAIN QUERY PLAN %s", store_sql(op->store, sql));
    GOOD(op, snapshot_prepare_text(op, snap, buf_text(&text), &stmt));
    while (row) {
        GOOD(op, stmt_step(op, stmt, &row));
        found = found || (row && strstr(stmt_text(stmt, 3), words) != NULL);
    }
    if (!found)
        fail_msg("%s\nis not read by %s", buf_text(&text), words);
}

/* What follows the events begins behind those it has had: with an index in between it would read
 * all there are each time. What a day brought is found by the day, not among all matters of a
 * body. */
static void what_is_new_is_found_by_when_it_came(void **state)
{
    static const int followers[] = {SQL_feed_events,  SQL_group_events_after,
                                    SQL_past_events,  SQL_past_events_next,
                                    SQL_kept_changed, SQL_states_changed};
    struct corpus *c = *state;
    CLEANUP(op_endp)
    struct op *op = corpus_op(c, actors[0].officer, actors[0].roles, actors[0].body);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    GOOD(op, snapshot_open(op, &snap));
    for (size_t i = 0; i < sizeof followers / sizeof followers[0]; i++)
        expect_plan(op, snap, followers[i], "event USING INTEGER PRIMARY KEY (rowid>?)");
    expect_plan(op, snap, SQL_diary_received,
                "matter_body_received (body=? AND received_at>? AND received_at<?)");
    expect_plan(op, snap, SQL_diary_ended, "matter_ended (ended_at>? AND ended_at<?)");
}

/* ---- changes ---- */

static void changes_are_what_may_allows(void **state)
{
    struct corpus *c = *state;

    for (size_t a = 0; a < ACTORS; a++) {
        CLEANUP(op_endp)
        struct op *op = corpus_op(c, actors[a].officer, actors[a].roles, actors[a].body);
        size_t should = 0, seen = 0;
        struct feed feed = {.more = true};

        for (size_t i = 0; i < c->n; i++)
            should += visible(c, op, &c->samples[i]);
        while (feed.more) {
            GOOD(op, changes_feed(op, feed.position, &feed));
            seen += feed.n;
        }
        assert_int_equal(seen, should);
        GOOD(op, changes_feed(op, feed.position, &feed));
        assert_int_equal(feed.n, 0);
        assert_false(feed.more);
        GOOD(op, changes_feed(op, -1, &feed));
        assert_int_equal(feed.n, 0);
    }
}

static int start(void **state)
{
    static struct corpus c;

    corpus_start(&c, MATTERS, true);
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
        cmocka_unit_test(lists_are_what_may_allows),
        cmocka_unit_test(strangers_get_nothing),
        cmocka_unit_test(wrong_cursors),
        cmocka_unit_test(counts_are_what_may_allows),
        cmocka_unit_test(counts_from_memory_are_those_read),
        cmocka_unit_test(capped_counts_are_of_the_newest),
        cmocka_unit_test(changes_are_what_may_allows),
        cmocka_unit_test(open_ones_in_memory_follow),
        cmocka_unit_test(rows_in_memory_are_those_read),
        cmocka_unit_test(no_list_is_a_scan), /* this and the next: plans of SQLite alone */
        cmocka_unit_test(what_is_new_is_found_by_when_it_came),
    };

    return _cmocka_run_group_tests(
        "lists", tests, sizeof tests / sizeof tests[0] - (on_postgres() ? 2 : 0), start, end);
}
