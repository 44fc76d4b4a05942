/* Search against a LIKE scan: for 200 words and 10 filters, what the index of words finds is what
 * a plain look for the word in every masked text finds, page by page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "insight/kept_hits.h"
#include "insight/kept_states.h"
#include "insight/list_internal.h"
#include "insight/search_internal.h"
#include "store/index.h"
#include "tests/store/corpus.h"

/* Shows why. */
#define GOOD(op, call)                                                                             \
    do {                                                                                           \
        enum err_code good_rc_ = (call);                                                           \
        if (good_rc_ != ERR_OK)                                                                    \
            fail_msg("%s: %s %s", #call, err_info(good_rc_)->name, (op)->err.why);                 \
    } while (0)

#define MATTERS 1200
#define WORDS 200

/* The masked texts as they are indexed. */
struct masked_doc {
    size_t n;
    char *fields[SEARCH_FIELDS_MAX];
};

struct searching {
    struct corpus corpus;
    struct masked_doc *docs;
    char words[WORDS][32];
    struct kept_states *states; /* what lists are given; NULL: nothing is kept */
    struct kept_hits *hits;
};

static bool like(const struct masked_doc *doc, const char *word)
{
    for (size_t i = 0; i < doc->n; i++)
        if (strstr(doc->fields[i], word) != NULL)
            return true;
    return false;
}

static const struct list_filter filters[] = {
    {.q = NULL},
    {.kind = "complaint"},
    {.body = "42020202"},
    {.body = "42020203", .body_only = true},
    {.status = "mediating"},
    {.officer = 5},
    {.category = "goods.food"},
    {.channel = "web", .from = CORPUS_TODAY - 200, .to = CORPUS_TODAY},
    {.level = DUE_LATE},
    {.outcome = "settled", .category = "service"},
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

static bool wanted(const struct corpus *c, const struct sample *s, const struct list_filter *f)
{
    const char *code = c->bodies[s->body].code;

    if (f->body != NULL &&
        (f->body_only ? strcmp(code, f->body) != 0 : strncmp(code, f->body, strlen(f->body)) != 0))
        return false;
    return same(f->kind, s->kind) && same(f->status, s->status) && same(f->channel, s->channel) &&
           same(f->outcome, s->outcome) && (f->officer == 0 || f->officer == s->officer) &&
           (f->category == NULL || below(s->category, f->category)) &&
           (f->level != DUE_LATE ||
            (s->open && !s->paused && s->next_due != DATE_NONE && s->next_due < CORPUS_TODAY)) &&
           (f->from == 0 || s->received_at >= instant_of_date(f->from, ZONE_CHINA_MIN)) &&
           (f->to == 0 || s->received_at < instant_of_date(f->to + 1, ZONE_CHINA_MIN));
}

static int newest(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? 1 : x > y ? -1 : 0;
}

static size_t scan(const struct searching *t, const struct op *op, const struct list_filter *f,
                   const char *word, int64_t *ret)
{
    const struct corpus *c = &t->corpus;
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        struct record_facts facts = corpus_facts(c, &c->samples[i]);

        if (like(&t->docs[i], word) && wanted(c, &c->samples[i], f) &&
            may(&op->actor, MAY_SEE, &facts).yes)
            ret[n++] = c->samples[i].id;
    }
    qsort(ret, n, sizeof *ret, newest);
    return n;
}

/* Marks lie on the word, in the title or in the snippet. */
static void check_marks(const struct list_row *row, const char *word)
{
    const char *text = row->n_title_marks > 0 ? row->title : row->snippet;
    const struct list_mark *mark = row->n_title_marks > 0 ? row->title_marks : row->snippet_marks;
    size_t from, n;

    if (row->secret) {
        assert_null(row->snippet);
        return;
    }
    if (text == NULL) /* the business's name alone has it, or the category's */
        return;
    from = utf8_prefix(text, strlen(text), mark->from);
    n = utf8_prefix(text + from, strlen(text + from), mark->to - mark->from);
    assert_true(n >= strlen(word) || strlen(text + from) < strlen(word));
}

static size_t compare(struct searching *t, struct op *op, const struct list_filter *filter,
                      const char *word, const int64_t *should, size_t n, int limit)
{
    struct list_filter f = *filter;
    const char *cursor = NULL;
    size_t at = 0, pages = 0;

    f.q = word;
    f.folder = t->corpus.folder;
    f.states = t->states;
    f.hits = t->hits;
    f.today = CORPUS_TODAY;
    f.soon_until = CORPUS_SOON;
    do {
        struct list_page page;

        GOOD(op, list_matters(op, &f, SORT_DUE, limit, cursor, &page));
        if (page.total != (int64_t)(n > SEARCH_TOTAL_MAX ? SEARCH_TOTAL_MAX : n))
            fail_msg("%s: %d instead of %zu", word, (int)page.total, n);
        assert_int_equal(page.n, n - at < (size_t)limit ? n - at : (size_t)limit);
        for (size_t i = 0; i < page.n; i++) {
            assert_int_equal(page.rows[i].id, should[at + i]);
            check_marks(&page.rows[i], word);
        }
        at += page.n;
        cursor = page.next;
        pages++;
    } while (cursor != NULL);
    assert_int_equal(at, n);
    return pages;
}

/* The corpus's own words, and pieces of two to four signs that lie across words. */
static void draw_words(struct searching *t)
{
    size_t n = 0;

    for (size_t i = 0; i < corpus_n_words; i++)
        snprintf(t->words[n++], sizeof t->words[0], "%s", corpus_words[i]);
    while (n < WORDS) {
        const struct masked_doc *doc = &t->docs[corpus_random(&t->corpus, t->corpus.n)];
        const char *text = doc->fields[0];
        size_t chars = utf8_count(text, strlen(text)), want = 2 + corpus_random(&t->corpus, 3);
        size_t from = utf8_prefix(text, strlen(text), corpus_random(&t->corpus, chars));
        size_t len = utf8_prefix(text + from, strlen(text + from), want);
        bool han = utf8_count(text + from, len) >= 2 && len < sizeof t->words[0];

        for (size_t i = 0, step; han && i < len; i += step) {
            uint32_t cp = utf8_at(text + from + i, len - i, &step);

            han = cp >= 0x4e00 && cp <= 0x9fff;
        }
        if (han)
            snprintf(t->words[n++], sizeof t->words[0], "%.*s", (int)len, text + from);
    }
}

/* Each @p step-th word with every filter. */
static void searches_equal_scans(struct searching *t, size_t step)
{
    int64_t *should = calloc(t->corpus.n, sizeof *should);
    size_t searches = 0, hits = 0, pages = 0, narrow = 0;

    for (size_t a = 0; a < 2; a++) {
        /* everything, and what a branch's handler may see */
        CLEANUP(op_endp)
        struct op *op = a == 0 ? corpus_op(&t->corpus, 0, 0, 0)
                               : corpus_op(&t->corpus, 3, ROLE_HANDLER | ROLE_INTAKE, 2);

        for (size_t w = a; w < WORDS; w += a == 0 ? step : 4 * step)
            for (size_t f = 0; f < FILTERS; f++) {
                size_t n = scan(t, op, &filters[f], t->words[w], should);

                pages += compare(t, op, &filters[f], t->words[w], should, n, 40);
                searches++;
                hits += n;
                narrow += n > 0 && n < 10;
                corpus_op_reset(op);
            }
    }
    print_message("%zu searches, %zu hits on %zu pages, %zu of them with fewer than ten\n",
                  searches, hits, pages, narrow);
    free(should);
}

static void hits_equal_a_scan(void **state)
{
    searches_equal_scans(*state, 1);
}

/* One of the ways to the hits among the matters of a state. */
typedef enum err_code way_fn(struct reading *r, int64_t below, size_t want, int64_t *ret,
                             size_t *ret_n);

/* How many hits there are: each way gives those of a scan, whole and from the second on. */
static size_t way_equals_a_scan(struct searching *t, struct kept_states *states, way_fn *way)
{
    static const struct list_filter of_state[] = {{.status = "mediating"},
                                                  {.status = "settled", .kind = "complaint"},
                                                  {.status = "accepted", .body = "42020202"},
                                                  {.status = "nowhere"}};
    int64_t *should = calloc(t->corpus.n, sizeof *should);
    int64_t *ids = calloc(t->corpus.n, sizeof *ids);
    size_t hits = 0;

    for (size_t w = 0; w < WORDS; w += 3)
        for (size_t f = 0; f < sizeof of_state / sizeof of_state[0]; f++) {
            CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 0, 0, 0);
            CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
            struct list_filter filter = of_state[f];
            size_t n = scan(t, op, &filter, t->words[w], should), got = 0;
            struct reading r;

            filter.q = t->words[w];
            filter.folder = t->corpus.folder;
            filter.states = states;
            GOOD(op, snapshot_open(op, &snap));
            GOOD(op, reading_begin(op, snap, &filter, MAY_SEE, &r));
            GOOD(op, search_begin(&r));
            GOOD(op, way(&r, INT64_MAX, t->corpus.n, ids, &got));
            assert_int_equal(got, n);
            assert_memory_equal(ids, should, n * sizeof *ids);
            if (n > 1) {
                GOOD(op, way(&r, should[0], 1, ids, &got));
                assert_int_equal(got, 1);
                assert_int_equal(ids[0], should[1]);
            }
            hits += n;
        }
    free(ids);
    free(should);
    return hits;
}

/* A walk over the matters of one state gives the same hits; it is taken where there are many more
 * documents than here. */
static void hits_of_a_state_are_the_same(void **state)
{
    assert_true(way_equals_a_scan(*state, NULL, hits_of_status) > 100);
}

static void states_change(struct corpus *c, size_t n)
{
    static const char *const states[] = {"mediating", "settled", "accepted"};
    OP(op, &c->store);
    struct changes *ch = changes_new(op);

    for (size_t i = 0; i < n; i++) {
        struct sample *s = &c->samples[(i * 3 + n) % c->n];

        s->status = states[corpus_random(c, 3)];
        s->version++;
        corpus_update(c, ch, s);
        corpus_event(op, ch, s);
    }
    GOOD(op, store_apply(op, ch, QUEUE_INTERACTIVE));
}

static void fill_states(struct corpus *c, struct kept_states *states)
{
    OP(op, &c->store);

    GOOD(op, kept_states_fill(op, states));
}

/* Hits of other states are passed over by what is kept in memory, before it is read, while it
 * follows, and when it is far behind. */
static void states_in_memory_pass_nothing_over(void **state)
{
    struct searching *t = *state;
    struct kept_states *states = kept_states_new();

    assert_non_null(states);
    fill_states(&t->corpus, states); /* nobody has asked */
    assert_true(way_equals_a_scan(t, states, wide_ids) > 100);
    fill_states(&t->corpus, states);
    assert_true(way_equals_a_scan(t, states, wide_ids) > 100);
    states_change(&t->corpus, 60);
    assert_true(way_equals_a_scan(t, states, wide_ids) > 100);
    states_change(&t->corpus, 400);
    assert_true(way_equals_a_scan(t, states, wide_ids) > 100);
    fill_states(&t->corpus, states);
    states_change(&t->corpus, 30);
    assert_true(way_equals_a_scan(t, states, wide_ids) > 100);
    kept_states_free(states);
}

/* ---- words kept in memory ---- */

#define EACH 12 /* of the words */

static void fill_kept(struct searching *t)
{
    OP(op, &t->corpus.store);

    GOOD(op, kept_states_fill(op, t->states));
    for (int i = 0; i < 40; i++) /* each for a moment */
        GOOD(op, kept_hits_fill(op, t->hits));
}

/* Whether a search is answered from memory. */
static bool is_kept(struct searching *t, const struct list_filter *of)
{
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 0, 0, 0);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_filter filter = *of;
    int64_t ids[10];
    struct reading r;
    size_t n;

    filter.q = t->words[0];
    filter.folder = t->corpus.folder;
    filter.states = t->states;
    filter.hits = t->hits;
    GOOD(op, snapshot_open(op, &snap));
    GOOD(op, reading_begin(op, snap, &filter, MAY_SEE, &r));
    GOOD(op, search_begin(&r));
    GOOD(op, wide_ids(&r, INT64_MAX, 10, ids, &n));
    return r.from_memory;
}

/* Documents from @p first on get another word, or none any more; the scan knows. */
static void rewrite(struct searching *t, size_t first, size_t n, bool gone, size_t before[])
{
    struct index_doc *docs = calloc(n, sizeof *docs);
    OP(op, &t->corpus.store);

    for (size_t i = 0; i < n; i++) {
        docs[i] = (struct index_doc){.id = t->corpus.samples[first + i].id,
                                     .words = gone ? NULL : "孤本 本",
                                     .scope = SCOPE_OPEN};
        before[i] = t->docs[first + i].n;
        t->docs[first + i].n = 0;
    }
    GOOD(op, index_apply(op, docs, n, NULL));
    free(docs);
}

/* @p reach: see index_apply. */
static void restore(struct searching *t, size_t first, size_t n, const size_t before[],
                    const struct index_reach *reach)
{
    int64_t ids[MATTERS];
    OP(op, &t->corpus.store);

    for (size_t i = 0; i < n; i++) {
        ids[i] = t->corpus.samples[first + i].id;
        t->docs[first + i].n = before[i];
    }
    GOOD(op, index_matters(op, t->corpus.folder, NULL, ids, n, reach));
}

/* Not yet asked twice, kept, following what is written and what is taken away, too far behind. */
static void words_in_memory_find_the_same(void **state)
{
    static const struct {
        size_t first, n;
        bool gone;
    } writes[] = {{100, 40, false}, {MATTERS - 30, 30, true}, {300, 700, false}};
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 0, 0, 0);
    const struct list_filter plain = {0}, of_state = {.status = "mediating"};
    size_t before[MATTERS];

    t->states = kept_states_new();
    t->hits = kept_hits_new();
    searches_equal_scans(t, EACH);
    searches_equal_scans(t, EACH);
    assert_false(is_kept(t, &plain));
    assert_false(is_kept(t, &of_state));
    fill_kept(t);
    assert_int_equal(is_kept(t, &plain), index_in_windows(op));
    assert_int_equal(is_kept(t, &of_state), index_in_windows(op));
    searches_equal_scans(t, EACH);
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        rewrite(t, writes[i].first, writes[i].n, writes[i].gone, before);
        searches_equal_scans(t, EACH);
        fill_kept(t);
        restore(t, writes[i].first, writes[i].n, before, NULL);
        searches_equal_scans(t, EACH);
        fill_kept(t);
        assert_int_equal(is_kept(t, &plain), index_in_windows(op));
    }
    rewrite(t, 0, MATTERS, true, before);
    GOOD(op, index_clear(op));
    searches_equal_scans(t, 2 * EACH);
    restore(t, 0, MATTERS, before, &(struct index_reach){.name = "filled_to", .to = -1});
    searches_equal_scans(t, EACH);
    fill_kept(t);
    searches_equal_scans(t, 2 * EACH);
    assert_int_equal(is_kept(t, &plain), index_in_windows(op));
    kept_hits_free(t->hits);
    kept_states_free(t->states);
    t->hits = NULL;
    t->states = NULL;
}

/* Another request has followed events that this one's view does not have: its page shows none that
 * does not fit. */
static void what_is_kept_may_be_ahead_of_a_view(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *early = corpus_op(&t->corpus, 0, 0, 0);
    const struct list_filter of_state = {.status = "mediating"};
    struct list_filter filter = of_state;
    size_t shown = 0;

    t->states = kept_states_new();
    t->hits = kept_hits_new();
    for (int i = 0; i < 3; i++) {
        is_kept(t, &of_state);
        fill_kept(t);
    }
    snapshot_keep(early);
    for (int i = 0; i < 2; i++) {
        struct list_page page;

        filter.q = t->words[0];
        filter.folder = t->corpus.folder;
        filter.states = t->states;
        filter.hits = t->hits;
        GOOD(early, list_matters(early, &filter, SORT_DUE, 200, NULL, &page));
        for (size_t j = 0; j < page.n; j++)
            assert_string_equal(page.rows[j].status, "mediating");
        shown += page.n;
        states_change(&t->corpus, 200);
        is_kept(t, &of_state);
    }
    assert_true(shown > 2);
    snapshot_let_go(early);
    kept_hits_free(t->hits);
    kept_states_free(t->states);
    t->hits = NULL;
    t->states = NULL;
}

static void all_words_must_stand_in_it(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 0, 0, 0);
    int64_t *should = calloc(t->corpus.n, sizeof *should);
    size_t found = 0;

    for (size_t w = 0; w + 7 < 40; w++) {
        char query[80];
        size_t n = 0;

        for (size_t i = 0; i < t->corpus.n; i++)
            if (like(&t->docs[i], t->words[w]) && like(&t->docs[i], t->words[w + 7]))
                should[n++] = t->corpus.samples[i].id;
        qsort(should, n, sizeof *should, newest);
        snprintf(query, sizeof query, "%s %s", t->words[w], t->words[w + 7]);
        {
            struct list_filter f = {.q = query, .folder = t->corpus.folder, .today = CORPUS_TODAY};
            struct list_page page;

            GOOD(op, list_matters(op, &f, SORT_DUE, 200, NULL, &page));
            assert_int_equal(page.total, n);
            for (size_t i = 0; i < page.n; i++)
                assert_int_equal(page.rows[i].id, should[i]);
        }
        found += n;
        corpus_op_reset(op);
    }
    assert_true(found > 0);
    free(should);
}

/* ---- numbers and phones ---- */

static void a_number_finds_its_matter(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *all = corpus_op(&t->corpus, 0, 0, 0);
    CLEANUP(op_endp) struct op *handler = corpus_op(&t->corpus, 3, ROLE_HANDLER, 2);

    for (size_t i = 0; i < 60; i++) {
        const struct sample *s = &t->corpus.samples[i * 7];
        struct record_facts facts = corpus_facts(&t->corpus, s);
        struct list_filter f = {.folder = t->corpus.folder, .today = CORPUS_TODAY};
        struct list_row *rows;
        struct list_page page;
        size_t n;

        GOOD(all, list_rows(all, &s->id, 1, CORPUS_TODAY, CORPUS_SOON, &rows, &n));
        assert_int_equal(n, 1);
        f.q = rows[0].number;
        GOOD(all, list_matters(all, &f, SORT_DUE, 10, NULL, &page));
        assert_int_equal(page.n, 1);
        assert_int_equal(page.rows[0].id, s->id);
        GOOD(handler, list_matters(handler, &f, SORT_DUE, 10, NULL, &page));
        assert_int_equal(page.n, may(&handler->actor, MAY_SEE, &facts).yes ? 1 : 0);
        f.kind = strcmp(s->kind, "enquiry") == 0 ? "complaint" : "enquiry";
        GOOD(all, list_matters(all, &f, SORT_DUE, 10, NULL, &page));
        assert_int_equal(page.n, 0);
    }
}

/* Consumers by phone; never a reporter, whoever asks. */
static void a_phone_finds_its_matters(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *all = corpus_op(&t->corpus, 0, 0, 0);
    CLEANUP(op_endp) struct op *handler = corpus_op(&t->corpus, 3, ROLE_HANDLER, 2);

    for (size_t i = 0; i < 40; i++) {
        const char *phone = t->corpus.samples[i].phone;
        struct list_filter f = {.q = phone, .folder = t->corpus.folder, .today = CORPUS_TODAY};
        int64_t n_all = 0, n_handler = 0, total;
        struct list_page page;
        int64_t *ids;
        size_t n;

        for (size_t j = 0; j < t->corpus.n; j++) {
            const struct sample *s = &t->corpus.samples[j];
            struct record_facts facts = corpus_facts(&t->corpus, s);

            if (s->secret || strcmp(s->phone, phone) != 0)
                continue;
            n_all++;
            n_handler += may(&handler->actor, MAY_SEE, &facts).yes;
        }
        GOOD(all, list_matters(all, &f, SORT_DUE, 200, NULL, &page));
        assert_int_equal(page.total, n_all);
        assert_int_equal(page.n, n_all);
        GOOD(handler, search_phone(handler, phone, 200, &ids, &n, &total));
        assert_int_equal(total, n_handler);
        assert_int_equal(n, n_handler);
    }
}

/* Names and phones stand in a third of the facts; nobody finds them by words. */
static void masked_values_are_not_found(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 0, 0, 0);
    static const char *const values[] = {"刘小明", "小明",        "欧阳芳菲",
                                         "芳菲",   "13810000007", "10000007"};

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct list_filter f = {.q = values[i], .folder = t->corpus.folder, .today = CORPUS_TODAY};
        struct list_page page;

        if (i == 4)
            f.kind = "report"; /* as a phone it finds consumers */
        GOOD(op, list_matters(op, &f, SORT_DUE, 10, NULL, &page));
        assert_int_equal(page.total, 0);
        for (size_t j = 0; j < t->corpus.n; j++)
            assert_false(like(&t->docs[j], values[i]));
    }
}

static void odd_queries(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 1, ROLE_SUPERVISOR, 0);
    static const char *const queries[] = {" ",           "\"",
                                          "AND",         "a\"b",
                                          "words: x",    "牛奶\" OR \"",
                                          "*",           "()",
                                          "，。",        "NEAR(牛奶 变质)",
                                          "-牛奶",       "^牛奶",
                                          "{scope} : s1"};

    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct list_filter f = {.q = queries[i], .folder = t->corpus.folder, .today = CORPUS_TODAY};
        struct list_count count;
        struct list_page page;

        GOOD(op, list_matters(op, &f, SORT_DUE, 10, NULL, &page));
        GOOD(op, count_matters(op, &f, NULL, BY_KIND, &count));
        assert_int_equal(page.total,
                         count.total > SEARCH_TOTAL_MAX ? SEARCH_TOTAL_MAX : count.total);
    }
}

static void counts_of_a_search(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 3, ROLE_HANDLER, 2);
    int64_t *should = calloc(t->corpus.n, sizeof *should);

    for (size_t w = 0; w < 20; w++)
        for (size_t f = 0; f < FILTERS; f++) {
            struct list_filter filter = filters[f];
            size_t n = scan(t, op, &filter, t->words[w], should);
            struct list_count count;

            filter.q = t->words[w];
            filter.folder = t->corpus.folder;
            filter.today = CORPUS_TODAY;
            filter.soon_until = CORPUS_SOON;
            GOOD(op, count_matters(op, &filter, NULL, BY_STATUS, &count));
            assert_int_equal(count.total, n);
            GOOD(op, count_matters(op, &filter, NULL, BY_NOTHING, &count));
            assert_int_equal(count.total, n);
            GOOD(op, count_matters(op, &filter, NULL, BY_LEVEL, &count));
            assert_true(count.total <= (int64_t)n);
            corpus_op_reset(op);
        }
    free(should);
}

/* A matter that was removed or changed leaves no words behind; until then, as one that is not in
 * the view yet, it is not counted. */
static void documents_are_replaced(void **state)
{
    struct searching *t = *state;
    CLEANUP(op_endp) struct op *op = corpus_op(&t->corpus, 0, 0, 0);
    int64_t gone = t->corpus.samples[t->corpus.n - 1].id + 999999;
    struct index_doc doc = {.id = gone, .words = "孤本 本", .scope = SCOPE_OPEN};
    struct list_filter filter = {.q = "孤本", .folder = t->corpus.folder};
    struct list_page page;
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    GOOD(op, index_apply(op, &doc, 1, NULL));
    GOOD(op, search_matters(op, &filter, 10, NULL, &page));
    assert_int_equal(page.n, 0);
    assert_int_equal(page.total, 0);
    GOOD(op, index_matters(op, t->corpus.folder, NULL, &gone, 1, NULL));
    GOOD(op, snapshot_open(op, &snap));
    assert_int_equal(snapshot_prepare(op, snap, SQL_search_hit, &s), ERR_OK);
    assert_int_equal(stmt_bind_text(op, s, 1, index_match(op, "{words} : \"孤本\"")), ERR_OK);
    assert_int_equal(stmt_bind_int64(op, s, 2, gone), ERR_OK);
    GOOD(op, stmt_step(op, s, &row));
    assert_false(row);
}

static int start(void **state)
{
    static struct searching t;

    corpus_start(&t.corpus, MATTERS, true);
    t.docs = calloc(MATTERS, sizeof *t.docs);
    for (size_t i = 0; i < MATTERS; i++) {
        OP(op, &t.corpus.store);
        struct search_document doc;

        if (search_document(op, t.corpus.folder, NULL, t.corpus.samples[i].id, &doc) != ERR_OK)
            return -1;
        for (size_t f = 0; f < doc.n_fields; f++)
            t.docs[i].fields[f] = strdup(doc.fields[f]);
        t.docs[i].n = doc.n_fields;
    }
    draw_words(&t);
    *state = &t;
    return 0;
}

static int end(void **state)
{
    struct searching *t = *state;

    for (size_t i = 0; i < MATTERS; i++)
        for (size_t f = 0; f < t->docs[i].n; f++)
            free(t->docs[i].fields[f]);
    free(t->docs);
    corpus_end(&t->corpus);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_equal_a_scan),
        cmocka_unit_test(hits_of_a_state_are_the_same),
        cmocka_unit_test(all_words_must_stand_in_it),
        cmocka_unit_test(a_number_finds_its_matter),
        cmocka_unit_test(a_phone_finds_its_matters),
        cmocka_unit_test(masked_values_are_not_found),
        cmocka_unit_test(odd_queries),
        cmocka_unit_test(counts_of_a_search),
        cmocka_unit_test(documents_are_replaced),
        cmocka_unit_test(states_in_memory_pass_nothing_over),
        cmocka_unit_test(words_in_memory_find_the_same),
        cmocka_unit_test(what_is_kept_may_be_ahead_of_a_view),
    };

    return cmocka_run_group_tests(tests, start, end);
}
