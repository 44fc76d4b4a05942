/* The hits of words that are kept in memory: their bits are walked from the newest down, those of
 * other states are passed over, and the rest is asked of the rows, some at a time. */
#include "insight/kept_states.h"
#include "insight/search_internal.h"
#include "sql_queries.h"

#define SOME_MAX 2000 /* rows that are asked at a time */

/* What of the filter is decided in memory alone. */
static bool memory_decides(const struct reading *r)
{
    const struct list_filter *f = r->f;

    return r->visible.may.open_all && r->visible.may.secret_all && !f->body_only &&
           !given(f->kind) && f->officer == 0 && !f->unassigned && !f->officer_none &&
           !given(f->category) && !given(f->problem) && !given(f->themes) && !given(f->channel) &&
           !given(f->waiting_for) && !given(f->respondent_key) && f->business == 0 &&
           !f->business_none && f->group == 0 && !given(f->outcome) && f->level == DUE_ANY &&
           !given_date(f->from) && !given_date(f->to);
}

/* The next up to @p want hits below @p below that are not of another state. */
static enum err_code walk(struct reading *r, int64_t below, size_t want, int64_t *ret,
                          size_t *ret_n, bool *ret_done)
{
    struct kept_states *states = given(r->f->status) ? r->f->states : NULL;
    struct hits_held held;
    enum err_code rc;
    unsigned code = 0;
    size_t n = 0;

    *ret_done = states != NULL || !given(r->f->status);
    if (states != NULL)
        TRY(kept_states_hold(r->op, r->snap, states, ret_done));
    if (!*ret_done)
        return ERR_OK;
    rc = kept_hits_hold(r->op, r->snap, r->f->hits, &r->asked, &held, ret_done);
    if (rc == ERR_OK && *ret_done) {
        code = states == NULL ? 0 : kept_state_code(states, r->f->status);
        while (n < want && (below = kept_hits_below(&held, below)) != 0)
            if (states == NULL || !kept_state_differs(states, below, code))
                ret[n++] = below;
        kept_hits_letgo(r->f->hits);
    }
    if (states != NULL)
        kept_states_letgo(states);
    *ret_n = n;
    return rc;
}

static enum err_code fitting(struct reading *r, const int64_t *ids, size_t n, size_t want,
                             int64_t *ret, size_t *ret_n)
{
    struct stream some = {.from = SQL_search_fitting, .key = STREAM_TEXT};

    TRY(ids_text(r->op, ids, n, &some.text));
    return ordered_ids(r, &some, SQL_search_of_status_order, want, ret, ret_n);
}

enum err_code kept_ids(struct reading *r, int64_t below, size_t want, int64_t *ret, size_t *ret_n,
                       bool *ret_done)
{
    size_t n = 0, some = want + want / 4, got;
    int64_t *ids;

    if (memory_decides(r)) {
        TRY(walk(r, below, want, ret, ret_n, ret_done));
        r->from_memory = *ret_done;
        return ERR_OK;
    }
    ids = ARENA_ARRAY(r->op->arena, int64_t, SOME_MAX);
    if (ids == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for hits");
    do {
        some = some < SOME_MAX ? some : SOME_MAX;
        TRY(walk(r, below, some, ids, &got, ret_done));
        if (!*ret_done || got == 0)
            break;
        below = ids[got - 1];
        TRY(fitting(r, ids, got, want - n, ret + n, ret_n));
        n += *ret_n;
        if (got < some)
            break;
        some *= 2;
    } while (n < want);
    *ret_n = n;
    return ERR_OK;
}

enum err_code kept_among(struct reading *r, int64_t *ids, size_t *n, bool *ret_done)
{
    struct hits_held held;
    size_t kept = 0;

    TRY(kept_hits_hold(r->op, r->snap, r->f->hits, &r->asked, &held, ret_done));
    if (!*ret_done)
        return ERR_OK;
    for (size_t i = 0; i < *n; i++)
        if (kept_hits_below(&held, ids[i] + 1) == ids[i])
            ids[kept++] = ids[i];
    kept_hits_letgo(r->f->hits);
    *n = kept;
    return ERR_OK;
}
