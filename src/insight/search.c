/* Search: what was asked for, the hits page by page, and what to mark in them.
 *
 * Two ways to the same hits. Wide: walk the index of words from the newest matter down and check
 * each hit against filters and scope. Narrow: when the filter alone leaves at most NARROW_MAX
 * matters, take those and keep the ones that the index of words has: a few are looked up one by
 * one, more are met on a walk of the hits between the oldest and the newest of them. */
#include "insight/search.h"

#include <stdatomic.h>
#include <string.h>

#include "base/text.h"
#include "insight/highlight.h"
#include "insight/list_internal.h"
#include "insight/search_internal.h"
#include "rules/identifiers.h"
#include "rules/number.h"
#include "sql_queries.h"
#include "store/index.h"

#define NARROW_MAX 3000
#define ONE_BY_ONE_MAX 48
#define WIDE_SEEN 256 /* filters remembered */
#define WIDE_MINUTES 10
#define WIDE_MINUTE_MASK UINT64_C(0xfffff)
#define SNIPPET_CHARS 60
#define PHONE_TOTAL_MAX 200
#define SNIPPET_BEFORE 12

/* ---- what is asked for ---- */

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for a search");
}

static enum err_code visible_id(struct reading *r, int64_t id, bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;

    compose_init(&c);
    compose(&c, SQL_list_select_one);
    compose(&c, SQL_list_from_id);
    compose_int(&c, id);
    TRY(compose_scope(r->op, &c, &r->visible));
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    return stmt_step(r->op, s, ret);
}

/* A printed number of a matter that the actor may see. */
static enum err_code asks_number(struct reading *r, struct stream *only, bool *ret)
{
    struct err ignored = {.code = ERR_OK};
    int64_t id;

    *ret = false;
    if (number_parse(r->f->q, vault_number_key(r->op->store), &id, &ignored) != ERR_OK)
        return ERR_OK;
    *only = (struct stream){.from = SQL_list_from_id, .key = STREAM_NUMBER, .number = id};
    return visible_id(r, id, ret);
}

static bool asks_phone(struct op *op, const char *q, struct stream *only)
{
    struct phone phone = phone_check(q);

    if (phone.fault != ID_OK || (phone.kind != PHONE_MOBILE && phone.kind != PHONE_LANDLINE))
        return false;
    *only = (struct stream){.from = SQL_search_phone, .key = STREAM_PHONE, .number = INT64_MAX};
    vault_blind(op, KEY_CONSUMER, "phone", phone.normal, only->blind);
    return true;
}

/* The words and, where that helps, the scope: a body's token cuts the walk short. Whole, and by its
 * parts. */
static enum err_code match_of(struct reading *r, const char *words, const char **ret)
{
    const struct may_scope *m = &r->visible.may;
    bool secret = m->secret_all || m->secret_subtree || m->secret_registered ||
                  m->secret_assigned || m->secret_unassigned || m->secret_for_leader;
    CLEANUP(buf_release) struct buf whole = BUF_UP_TO(64 * 1024), body = BUF_UP_TO(1024);
    const char *parts[HITS_PARTS];
    size_t n = 0;

    parts[n++] = arena_printf(r->op->arena, "{words} : (%s)", words);
    if (!secret)
        parts[n++] = "{scope} : \"" SCOPE_OPEN "\"";
    if (r->body_path != NULL && !path_is_root(r->body_path)) {
        scope_token(&body, r->f->body);
        parts[n++] = arena_printf(r->op->arena, "{scope} : \"%s\"", buf_text(&body));
    }
    for (size_t i = 0; i < n; i++) {
        r->asked.parts[i] = parts[i] == NULL ? NULL : index_match(r->op, parts[i]);
        if (r->asked.parts[i] == NULL)
            return no_memory(r->op);
        buf_addf(&whole, "%s%s", i == 0 ? "" : " AND ", parts[i]);
    }
    r->asked.n = n;
    *ret = buf_dup(&whole, r->op->arena);
    if (*ret != NULL)
        *ret = index_match(r->op, *ret);
    return *ret == NULL || body.failed ? no_memory(r->op) : ERR_OK;
}

enum err_code search_begin(struct reading *r)
{
    struct op *op = r->op;
    struct stream *only = ARENA_NEW(op->arena, struct stream);
    struct query *query = ARENA_NEW(op->arena, struct query);
    const char *words;
    bool exact = false;

    if (only == NULL || query == NULL)
        return no_memory(op);
    r->only = only;
    if (r->nothing)
        return ERR_OK;
    TRY(asks_number(r, only, &exact));
    if (exact || asks_phone(op, r->f->q, only))
        return ERR_OK;
    TRY(query_parse(r->f->folder, op->arena, r->f->q, query));
    words = query_fts5(op->arena, query);
    if (words == NULL)
        return no_memory(op);
    if (*words == '\0') {
        r->nothing = true;
        return ERR_OK;
    }
    *only = (struct stream){.from = SQL_search_hits, .key = STREAM_HITS, .number = INT64_MAX};
    r->query = query;
    return match_of(r, words, &only->text);
}

/* ---- narrow ---- */

/* Whether the filter has an index of its own that may leave few. */
static bool may_be_narrow(const struct reading *r)
{
    const struct list_filter *f = r->f;

    return r->only->key == STREAM_HITS &&
           (f->officer > 0 || f->unassigned || given(f->respondent_key) || given(f->status) ||
            given(f->waiting_for) || given(f->category) ||
            (f->level != DUE_ANY && f->level != DUE_OPEN) ||
            (r->body_path != NULL && !path_is_root(r->body_path)));
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? 1 : x > y ? -1 : 0;
}

/* Filters found to leave many, each with the minute: to find it out again costs up to half of a
 * search. Only hints, shared by all threads: both ways give the same hits. */
static _Atomic uint64_t wide_seen[WIDE_SEEN];

/* The mark of a filter and of what its asker may see, and the minute in the low bits. */
static enum err_code wide_mark(struct reading *plain, uint64_t *ret)
{
    struct stream streams[STREAMS_MAX];
    uint64_t mark = 0;
    size_t n = 0;

    TRY(streams_for(plain, walks_open(plain, PHASE_RECEIVED), streams, &n));
    for (size_t i = 0; i < n; i++) {
        struct composed c;

        compose_init(&c);
        TRY(compose_stream(plain, &c, &streams[i]));
        mark = compose_mark(&c, mark);
    }
    *ret = (mark & ~WIDE_MINUTE_MASK) | ((uint64_t)(plain->op->now_ms / 60000) & WIDE_MINUTE_MASK);
    return ERR_OK;
}

static bool seen_wide(uint64_t mark)
{
    uint64_t seen =
        atomic_load_explicit(&wide_seen[(mark >> 32) % WIDE_SEEN], memory_order_relaxed);

    return ((seen ^ mark) & ~WIDE_MINUTE_MASK) == 0 &&
           ((mark - seen) & WIDE_MINUTE_MASK) < WIDE_MINUTES;
}

/* All matters of the filter, newest first, when they are at most NARROW_MAX. */
static enum err_code narrow_candidates(struct reading *r, int64_t *ret, size_t *ret_n,
                                       bool *ret_few)
{
    struct reading plain = *r;
    uint64_t mark;
    size_t n;

    plain.only = NULL;
    *ret_few = false;
    TRY(wide_mark(&plain, &mark));
    if (seen_wide(mark))
        return ERR_OK;
    TRY(some_ids(&plain, NARROW_MAX + 1, ret, &n));
    *ret_few = n <= NARROW_MAX;
    if (*ret_few)
        qsort(ret, n, sizeof *ret, newest_first);
    else
        atomic_store_explicit(&wide_seen[(mark >> 32) % WIDE_SEEN], mark, memory_order_relaxed);
    *ret_n = n;
    return ERR_OK;
}

static enum err_code ask_each(struct reading *r, int64_t *ids, size_t *n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t kept = 0;

    TRY(snapshot_prepare(r->op, r->snap, SQL_search_hit, &s));
    for (size_t i = 0; i < *n; i++) {
        bool hit = false;

        TRY(stmt_bind_text(r->op, s, 1, r->only->text));
        TRY(stmt_bind_int64(r->op, s, 2, ids[i]));
        TRY(stmt_step(r->op, s, &hit));
        if (hit)
            ids[kept++] = ids[i];
        stmt_reset(s);
    }
    *n = kept;
    return ERR_OK;
}

/* Both run from the newest down; what stands in both is kept. */
static enum err_code meet(struct reading *r, int64_t *ids, size_t *n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t kept = 0, at = 0;
    bool hit = false;

    TRY(snapshot_prepare(r->op, r->snap, SQL_search_range, &s));
    TRY(stmt_bind_text(r->op, s, 1, r->only->text));
    TRY(stmt_bind_int64(r->op, s, 2, ids[*n - 1]));
    TRY(stmt_bind_int64(r->op, s, 3, ids[0]));
    while (at < *n) {
        int64_t id;

        TRY(stmt_step(r->op, s, &hit));
        if (!hit)
            break;
        id = stmt_int64(s, 0);
        while (at < *n && ids[at] > id)
            at++;
        if (at < *n && ids[at] == id)
            ids[kept++] = ids[at++];
    }
    *n = kept;
    return ERR_OK;
}

/* All in one question, where one by one would be as many ways to the server and a walk could be a
 * long one. */
static enum err_code ask_among(struct reading *r, int64_t *ids, size_t *n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const char *list;
    size_t kept = 0;
    bool hit = false;

    TRY(ids_text(r->op, ids, *n, &list));
    TRY(snapshot_prepare(r->op, r->snap, SQL_search_among, &s));
    TRY(stmt_bind_text(r->op, s, 1, r->only->text));
    TRY(stmt_bind_text(r->op, s, 2, list));
    for (;;) {
        TRY(stmt_step(r->op, s, &hit));
        if (!hit)
            break;
        ids[kept++] = stmt_int64(s, 0);
    }
    *n = kept;
    return ERR_OK;
}

static enum err_code narrow_ids(struct reading *r, int64_t *ids, size_t *n)
{
    if (r->f->hits != NULL && index_in_windows(r->op)) {
        bool done;

        TRY(kept_among(r, ids, n, &done));
        if (done)
            return ERR_OK;
    }
    if (*n > 0 && index_in_windows(r->op))
        return ask_among(r, ids, n);
    return *n <= ONE_BY_ONE_MAX ? ask_each(r, ids, n) : meet(r, ids, n);
}

/* ---- marks ---- */

/* Code points of the hits that lie within bytes from ≤ x < to of the text. */
static enum err_code marks_of(struct op *op, const char *text, const struct hits *hits, size_t from,
                              size_t to, const struct list_mark **ret, size_t *ret_n)
{
    struct list_mark *marks = ARENA_ARRAY(op->arena, struct list_mark, hits->n + 1);
    size_t n = 0;

    if (marks == NULL)
        return no_memory(op);
    for (size_t i = 0; i < hits->n; i++) {
        size_t a = hits->items[i].from < from ? from : hits->items[i].from;
        size_t b = hits->items[i].to > to ? to : hits->items[i].to;

        if (a >= b)
            continue;
        marks[n].from = (uint32_t)utf8_count(text + from, a - from);
        marks[n].to = marks[n].from + (uint32_t)utf8_count(text + a, b - a);
        n++;
    }
    *ret = marks;
    *ret_n = n;
    return ERR_OK;
}

/* The byte that lies @p code_points before @p at. */
static size_t back(const char *text, size_t at, size_t code_points)
{
    while (at > 0 && code_points > 0) {
        at--;
        while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
            at--;
        code_points--;
    }
    return at;
}

static enum err_code mark_snippet(struct reading *r, const char *facts, struct list_row *row)
{
    struct op *op = r->op;
    struct hits hits;
    size_t from, len;

    TRY(highlight_find(r->f->folder, op->arena, facts, strlen(facts), r->query, &hits));
    if (hits.n == 0)
        return ERR_OK;
    from = back(facts, hits.items[0].from, SNIPPET_BEFORE);
    len = utf8_prefix(facts + from, strlen(facts + from), SNIPPET_CHARS);
    row->snippet = arena_strndup(op->arena, facts + from, len);
    if (row->snippet == NULL)
        return no_memory(op);
    return marks_of(op, facts, &hits, from, from + len, &row->snippet_marks, &row->n_snippet_marks);
}

static enum err_code mark_whole(struct reading *r, const char *text, const struct list_mark **ret,
                                size_t *ret_n)
{
    struct hits hits;
    size_t n;

    if (text == NULL)
        return ERR_OK;
    n = strlen(text);
    TRY(highlight_find(r->f->folder, r->op->arena, text, n, r->query, &hits));
    return marks_of(r->op, text, &hits, 0, n, ret, ret_n);
}

/* Excerpts of the facts, for those rows whose ids are given, in the order of the page. */
static enum err_code mark_snippets(struct reading *r, struct list_page *page, const int64_t *ids,
                                   size_t n)
{
    CLEANUP(stmt_closep) struct stmt *shown = NULL;
    struct op *op = r->op;
    const char *list, *facts;
    bool row;

    if (n == 0)
        return ERR_OK;
    TRY(ids_text(op, ids, n, &list));
    TRY(snapshot_prepare(op, r->snap, SQL_search_shown_page, &shown));
    TRY(stmt_bind_text(op, shown, 1, list));
    for (size_t i = 0;; i++) {
        TRY(stmt_step(op, shown, &row));
        if (!row)
            return ERR_OK;
        while (i < page->n && page->rows[i].id != stmt_int64(shown, 0))
            i++;
        INVARIANT(i < page->n);
        facts = stmt_text_dup(op, shown, 1);
        if (facts == NULL)
            return no_memory(op);
        TRY(mark_snippet(r, facts, &page->rows[i]));
    }
}

static enum err_code mark_rows(struct reading *r, struct list_page *page)
{
    int64_t *without = ARENA_ARRAY(r->op->arena, int64_t, page->n + 1);
    size_t n = 0;

    if (without == NULL)
        return no_memory(r->op);
    for (size_t i = 0; i < page->n; i++) {
        struct list_row *row = &page->rows[i];

        TRY(mark_whole(r, row->title, &row->title_marks, &row->n_title_marks));
        TRY(mark_whole(r, row->respondent, &row->respondent_marks, &row->n_respondent_marks));
        if (row->n_title_marks == 0 && !row->secret) /* a report's row shows no facts */
            without[n++] = row->id;
    }
    return mark_snippets(r, page, without, n);
}

/* ---- pages ---- */

static enum err_code load_page(struct reading *r, int64_t *ids, size_t n, size_t limit,
                               struct list_page *page)
{
    if (n > limit) {
        n = limit;
        page->next = cursor_make(r->op, 'q', (int64_t[]){ids[n - 1], page->total}, 2);
        if (page->next == NULL)
            return no_memory(r->op);
    }
    TRY(page_rows(r, r->from_memory, ids, n, &page->rows, &page->n));
    r->missed = page->n < n;
    page->total -= (int64_t)(n - page->n); /* the index may be a moment ahead of the view */
    page->total_capped = page->total > SEARCH_TOTAL_MAX;
    if (page->total_capped)
        page->total = SEARCH_TOTAL_MAX;
    return r->query == NULL ? ERR_OK : mark_rows(r, page);
}

static enum err_code search_page(struct reading *r, size_t limit, const char *cursor,
                                 struct list_page *page)
{
    int64_t at[2] = {INT64_MAX, 0}, *ids;
    bool few = false;
    size_t n = 0, skip = 0;

    if (given(cursor))
        TRY(cursor_read(r->op, cursor, 'q', at, 2));
    ids = ARENA_ARRAY(r->op->arena, int64_t, NARROW_MAX + LIST_LIMIT_MAX + 2);
    if (ids == NULL)
        return no_memory(r->op);
    page->total = at[1];
    if (r->nothing)
        return load_page(r, ids, 0, limit, page);
    if (may_be_narrow(r))
        TRY(narrow_candidates(r, ids, &n, &few));
    if (!few && given(cursor)) {
        TRY(wide_ids(r, at[0], limit + 1, ids, &n));
        return load_page(r, ids, n, limit, page);
    }
    if (!few) { /* one walk gives the first page and the total */
        TRY(wide_ids(r, at[0], (limit > SEARCH_TOTAL_MAX ? limit : SEARCH_TOTAL_MAX) + 1, ids, &n));
        page->total = (int64_t)n;
        return load_page(r, ids, n, limit, page);
    }
    TRY(narrow_ids(r, ids, &n));
    page->total = (int64_t)n;
    while (skip < n && ids[skip] >= at[0])
        skip++;
    return load_page(r, ids + skip, n - skip, limit, page);
}

enum err_code search_matters(struct op *op, const struct list_filter *filter, int limit,
                             const char *cursor, struct list_page *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_filter plain = *filter;
    struct list_page page = {0};
    struct reading r;

    TRY(snapshot_open(op, &snap));
    page.position = snapshot_position(snap);
    TRY(reading_begin(op, snap, filter, MAY_SEE, &r));
    TRY(search_begin(&r));
    TRY(search_page(&r, (size_t)limit_of(limit), cursor, &page));
    if (r.from_memory && r.missed) { /* what is kept is ahead of this view */
        plain.hits = NULL;
        r.f = &plain;
        r.from_memory = false;
        page = (struct list_page){.position = page.position};
        TRY(search_page(&r, (size_t)limit_of(limit), cursor, &page));
    }
    *ret = page;
    return ERR_OK;
}

enum err_code search_phone(struct op *op, const char *phone, size_t max, int64_t **ret_ids,
                           size_t *ret_n, int64_t *ret_total)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_filter nothing = {0};
    int64_t *ids = ARENA_ARRAY(op->arena, int64_t, PHONE_TOTAL_MAX + 1);
    struct stream only;
    struct reading r;
    size_t n = 0;

    if (ids == NULL)
        return no_memory(op);
    TRY(snapshot_open(op, &snap));
    TRY(reading_begin(op, snap, &nothing, MAY_SEE, &r));
    r.only = &only;
    if (!r.nothing && phone != NULL && asks_phone(op, phone, &only))
        TRY(wide_ids(&r, INT64_MAX, PHONE_TOTAL_MAX + 1, ids, &n));
    *ret_ids = ids;
    *ret_total = (int64_t)(n > PHONE_TOTAL_MAX ? PHONE_TOTAL_MAX : n);
    *ret_n = n > max ? max : n;
    return ERR_OK;
}
