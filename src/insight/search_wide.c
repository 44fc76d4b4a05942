/* The wide way of a search: hits from the newest matter down, each checked against filters and
 * scope.
 *
 * SQLite's index of words gives hits in that order by itself. PostgreSQL's gives all of them or
 * none: a word of every third matter would be read a hundred thousand times for a page of fifty.
 * There the newest documents are read one by one, window by window, as long as a page seems near;
 * what is too rare for that is asked of the index (SQL_search_deep). Where a state is asked for
 * that the newest matters do not have yet, and the words are common, the matters of that state are
 * walked instead: all hits would grow with the store. Words that are asked for again are kept in
 * memory, and none of this is done (search_kept.c).
 *
 * On SQLite a state is asked of what is kept in memory (kept_states.h), so that a hit of another
 * state costs no look at its row; where nothing is asked of a matter at all, the words alone are
 * walked. */
#include "insight/search_internal.h"

#include "insight/kept_states.h"
#include "sql_queries.h"
#include "store/index.h"

#define WINDOW_FIRST 500 /* documents; each further window has twice as many */
#define WALK_MAX 8000    /* documents that are read one by one at most, about */
/* What reading costs, about, where a hit of the index costs one: a matter of a state with its
 * document (two, but matters that have gone on have twice the words of new ones); the matters that
 * are looked up for one row that passes the filter. */
#define OF_STATUS_COST 1
#define PASSED_COST 6

/* Runs a statement whose first column is an id. */
static enum err_code read_ids(struct reading *r, const struct composed *c, int64_t *ret,
                              size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = false;
    size_t n = 0;

    *ret_n = 0;
    TRY(compose_prepare(r->op, r->snap, c, &s));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        ret[n++] = stmt_int64(s, 0);
    }
    *ret_n = n;
    return ERR_OK;
}

enum err_code ordered_ids(struct reading *r, const struct stream *stream, int order, size_t want,
                          int64_t *ret, size_t *ret_n)
{
    struct composed c;

    compose_init(&c);
    compose(&c, SQL_list_key_undated);
    TRY(compose_stream(r, &c, stream));
    compose(&c, order);
    compose_int(&c, (int64_t)want);
    return read_ids(r, &c, ret, ret_n);
}

/* ---- by windows ---- */

/* The oldest document of the @p docs below @p below; 0 when there are no more than those. */
static enum err_code window_floor(struct reading *r, int64_t below, size_t docs, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = false;

    TRY(snapshot_prepare(r->op, r->snap, SQL_search_floor, &s));
    TRY(stmt_bind_int64(r->op, s, 1, below));
    TRY(stmt_bind_int64(r->op, s, 2, (int64_t)docs - 1));
    TRY(stmt_step(r->op, s, &row));
    *ret = row ? stmt_int64(s, 0) : 0;
    return ERR_OK;
}

static enum err_code ids_of_window(struct reading *r, int64_t below, int64_t floor, size_t want,
                                   int64_t *ret, size_t *ret_n)
{
    struct stream stream = *r->only;
    struct composed c;

    stream.from = SQL_search_newest;
    stream.number = below;
    compose_init(&c);
    compose(&c, SQL_list_key_undated);
    TRY(compose_stream(r, &c, &stream));
    compose(&c, SQL_search_newest_from);
    compose_int(&c, floor);
    compose(&c, SQL_search_newest_order);
    compose_int(&c, (int64_t)want);
    return read_ids(r, &c, ret, ret_n);
}

/* Whether the rest of the page is likely to lie in what may still be read one by one. */
static bool walk_on(size_t found, size_t walked, size_t want)
{
    return walked == 0 || (found > 0 && walked + (want - found) * walked / found <= WALK_MAX);
}

/* Whether to walk the matters of the state asked for, of which one in (walked / hits) has the
 * words, rather than to read all hits. The hits are those between @p floor and @p below, where @p
 * walked documents lie. */
static enum err_code walks_status(struct reading *r, int64_t below, int64_t floor, size_t walked,
                                  size_t want, bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    double hits, documents;

    *ret = false;
    if (!given(r->f->status))
        return ERR_OK;
    TRY(snapshot_prepare(r->op, r->snap, SQL_search_density, &s));
    TRY(stmt_bind_text(r->op, s, 1, r->only->text));
    TRY(stmt_bind_int64(r->op, s, 2, below));
    TRY(stmt_bind_int64(r->op, s, 3, floor));
    TRY(stmt_one_row(r->op, s));
    hits = (double)stmt_int64(s, 0);
    documents = (double)stmt_int64(s, 1);
    *ret = hits > 0 && (double)(want * walked) / hits * OF_STATUS_COST <
                           documents * hits / (double)walked + (double)want * PASSED_COST;
    return ERR_OK;
}

/* Hits of a statement of its own below @p below, in its order. */
static enum err_code hits_from(struct reading *r, int from, int order, int64_t below, size_t want,
                               int64_t *ret, size_t *ret_n)
{
    struct stream stream = *r->only;

    stream.from = from;
    stream.number = below;
    return ordered_ids(r, &stream, order, want, ret, ret_n);
}

enum err_code hits_of_status(struct reading *r, int64_t below, size_t want, int64_t *ret,
                             size_t *ret_n)
{
    return hits_from(r, SQL_search_of_status, SQL_search_of_status_order, below, want, ret, ret_n);
}

static enum err_code hits_by_windows(struct reading *r, int64_t below, size_t want, int64_t *ret,
                                     size_t *ret_n)
{
    size_t n = 0, walked = 0, got;
    const int64_t from = below;
    bool by_status;

    for (size_t window = WINDOW_FIRST; n < want && walk_on(n, walked, want); window *= 2) {
        int64_t floor;

        TRY(window_floor(r, below, window, &floor));
        TRY(ids_of_window(r, below, floor, want - n, ret + n, &got));
        n += got;
        walked += window;
        below = floor;
        if (floor == 0)
            break;
    }
    *ret_n = n;
    if (n == want || below == 0)
        return ERR_OK;
    TRY(walks_status(r, from, below, walked, want - n, &by_status));
    if (by_status)
        TRY(hits_of_status(r, below, want - n, ret + n, &got));
    else
        TRY(hits_from(r, SQL_search_deep, SQL_search_deep_order, below, want - n, ret + n, &got));
    *ret_n = n + got;
    return ERR_OK;
}

/* ---- the words alone ---- */

/* Whether filter and scope leave every matter: then a hit need not be looked up. */
static enum err_code takes_all(struct reading *r, bool *ret)
{
    struct composed c;

    compose_init(&c);
    TRY(compose_filters(r, &c, false));
    TRY(compose_scope(r->op, &c, &r->visible));
    *ret = c.n_fragments == 0;
    return ERR_OK;
}

static enum err_code prepare_hits(struct reading *r, int64_t below, struct stmt **ret)
{
    TRY(snapshot_prepare(r->op, r->snap, SQL_search_range, ret));
    TRY(stmt_bind_text(r->op, *ret, 1, r->only->text));
    TRY(stmt_bind_int64(r->op, *ret, 2, INT64_MIN));
    return stmt_bind_int64(r->op, *ret, 3, below - 1);
}

static enum err_code hits_of_words(struct reading *r, int64_t below, size_t want, int64_t *ret,
                                   size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *hits = NULL;
    bool row = true;
    size_t n = 0;

    TRY(prepare_hits(r, below, &hits));
    while (n < want) {
        TRY(stmt_step(r->op, hits, &row));
        if (!row)
            break;
        ret[n++] = stmt_int64(hits, 0);
    }
    *ret_n = n;
    return ERR_OK;
}

/* ---- past other states ---- */

/* Whether a matter fits the filter and may be seen: a statement that asks it of the id bound. */
static enum err_code prepare_fits(struct reading *r, struct stmt **ret)
{
    struct stream one = {.from = SQL_list_from_id, .key = STREAM_NUMBER};
    struct composed c;

    compose_init(&c);
    compose(&c, SQL_list_select_one);
    TRY(compose_stream(r, &c, &one));
    return compose_prepare(r->op, r->snap, &c, ret);
}

static enum err_code pass_states(struct reading *r, int64_t below, unsigned code, size_t want,
                                 int64_t *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *hits = NULL, *fits = NULL;
    bool row = true;
    size_t n = 0;

    TRY(prepare_fits(r, &fits));
    TRY(prepare_hits(r, below, &hits));
    while (n < want) {
        int64_t id;

        TRY(stmt_step(r->op, hits, &row));
        if (!row)
            break;
        id = stmt_int64(hits, 0);
        if (kept_state_differs(r->f->states, id, code))
            continue;
        TRY(stmt_bind_int64(r->op, fits, 1, id));
        TRY(stmt_step(r->op, fits, &row));
        stmt_reset(fits);
        if (row)
            ret[n++] = id;
    }
    *ret_n = n;
    return ERR_OK;
}

static enum err_code hits_past_states(struct reading *r, int64_t below, size_t want, int64_t *ret,
                                      size_t *ret_n, bool *ret_done)
{
    unsigned code;
    enum err_code rc;

    TRY(kept_states_hold(r->op, r->snap, r->f->states, ret_done));
    if (!*ret_done)
        return ERR_OK;
    code = kept_state_code(r->f->states, r->f->status);
    rc = pass_states(r, below, code, want, ret, ret_n);
    kept_states_letgo(r->f->states);
    return rc;
}

/* ---- either ---- */

static int order_of(const struct stream *only)
{
    if (only->key == STREAM_HITS)
        return SQL_search_order;
    return only->key == STREAM_PHONE ? SQL_search_phone_order : SQL_list_limit;
}

enum err_code wide_ids(struct reading *r, int64_t below, size_t want, int64_t *ret, size_t *ret_n)
{
    struct stream stream = *r->only;
    bool all;

    *ret_n = 0;
    if (stream.key == STREAM_HITS && index_in_windows(r->op)) {
        bool done = false;

        if (r->f->hits != NULL)
            TRY(kept_ids(r, below, want, ret, ret_n, &done));
        return done ? ERR_OK : hits_by_windows(r, below, want, ret, ret_n);
    }
    if (stream.key == STREAM_HITS) {
        TRY(takes_all(r, &all));
        if (all)
            return hits_of_words(r, below, want, ret, ret_n);
    }
    if (stream.key == STREAM_HITS && given(r->f->status) && r->f->states != NULL) {
        bool done;

        TRY(hits_past_states(r, below, want, ret, ret_n, &done));
        if (done)
            return ERR_OK;
    }
    if (stream.key == STREAM_NUMBER && below <= stream.number)
        return ERR_OK;
    if (stream.key != STREAM_NUMBER)
        stream.number = below;
    return ordered_ids(r, &stream, order_of(&stream), want, ret, ret_n);
}
