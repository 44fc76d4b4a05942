/* The records behind a figure. */
#include <stdlib.h>
#include <string.h>

#include "insight/figures_internal.h"
#include "sql_queries.h"

/* What is walked: one part of one figure, or of one of its cells. */
struct behind {
    struct figuring f;
    struct figure_id id;
    const struct indicator_part *part;
    struct figure_as_of as_of;
    struct list_filter filter;
    struct reading reading;
    struct walk_needs needs;
};

/* A matter found: the day it counts on, for order, and what it adds. */
struct found {
    int64_t key, id, sum;
};

/* malloc'ed: with a cut-off these are all matters behind the figure, more than an arena holds. */
struct found_list {
    struct found *list;
    size_t n, cap;
};

static void found_release(struct found_list *found)
{
    free(found->list);
    *found = (struct found_list){0};
}

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for records");
}

static enum err_code push(struct op *op, struct found_list *to, struct found one)
{
    if (to->n == to->cap) {
        size_t cap = to->cap == 0 ? 256 : to->cap * 2;
        struct found *more = reallocarray(to->list, cap, sizeof *more);

        if (more == NULL)
            return no_memory(op);
        to->list = more;
        to->cap = cap;
    }
    to->list[to->n++] = one;
    return ERR_OK;
}

static enum err_code no_such_indicator(struct op *op)
{
    return err_field(&op->err, ERR_NOT_FOUND, "id", "unknown", "没有这个指标",
                     "There is no such indicator");
}

static enum err_code choose_part(struct op *op, const struct indicator *ind, enum figure_part part,
                                 const struct indicator_part **ret)
{
    if (part == PART_DEN && ind->form != FORM_RATE && ind->form != FORM_MEAN)
        return err_field(&op->err, ERR_INVALID, "part", "part", "这个数字没有分母",
                         "This figure has no denominator");
    *ret = part == PART_DEN && ind->form == FORM_RATE ? &ind->den : &ind->num;
    return ERR_OK;
}

static enum err_code behind_begin(struct op *op, struct snapshot *snap,
                                  const struct indicators *indicators, const char *id,
                                  enum figure_part part, struct behind *ret)
{
    const struct indicator *ind;

    TRY(figure_id_read(op, indicators, id, &ret->id));
    ind = ret->id.indicator;
    TRY(figuring_begin(op, snap, indicators, ret->id.body, ret->id.scope, &ret->f));
    if (ind->only_reports && !ret->f.reports)
        return no_such_indicator(op);
    TRY(choose_part(op, ind, part, &ret->part));
    ret->as_of = as_of_or_now(
        &ret->f, cutoff_for(&ret->f, ind, ret->id.as_of, &ret->id.period, &ret->id.period));
    ret->needs = needs_of(ret->part, ret->id.by);
    TRY(figuring_bodies(&ret->f));
    ret->filter = figuring_filter(&ret->f);
    if (!ret->part->by_ended) {
        ret->filter.from = ret->id.period.first;
        ret->filter.to = ret->id.period.last;
    }
    return reading_begin(op, snap, &ret->filter, MAY_SEE, &ret->reading);
}

/* ---- which matters ---- */

struct cell_match {
    const char *key;
    int64_t sum;
    bool hit;
};

static void match_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    struct cell_match *m = arg;

    (void)n;
    if (strcmp(key, m->key) == 0) {
        m->hit = true;
        m->sum = sum;
    }
}

/* Whether the facts belong to the part (and cell); what they add. */
static bool belongs(const struct figuring *f, const struct indicator_part *part,
                    const struct figure_id *id, const struct figure_facts *facts, int64_t *ret_sum)
{
    struct cell_match m = {.key = id->key};

    if (!conditions_hold(&part->where, facts))
        return false;
    *ret_sum = conditions_sum(&part->where, facts, part->sum);
    if (id->by == DIM_NONE)
        return true;
    dimension_keys(f, part, id->by, facts, match_key, &m);
    *ret_sum = m.sum;
    return m.hit;
}

static int64_t key_of(const struct indicator_part *part, const struct figure_facts *facts)
{
    return part->by_ended ? facts->ended_at : facts->received_at;
}

static int latest_first(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

/* ---- a page of what stands now ---- */

struct paging {
    struct behind *b;
    struct found_list *found;
    size_t want, stream_from; /* found before this stream */
};

static enum err_code page_matter(void *arg, const struct figure_facts *facts, bool *ret_stop)
{
    struct paging *p = arg;
    int64_t sum;

    if (belongs(&p->b->f, p->b->part, &p->b->id, facts, &sum))
        TRY(push(p->b->f.op, p->found, (struct found){key_of(p->b->part, facts), facts->id, sum}));
    *ret_stop = p->found->n - p->stream_from == p->want;
    return ERR_OK;
}

static enum err_code streams_of(struct behind *b, struct stream *ret, size_t *ret_n)
{
    *ret_n = 0;
    if (b->reading.nothing)
        return ERR_OK;
    if (!b->part->by_ended)
        return streams_for(&b->reading, false, ret, ret_n);
    ret[0] = (struct stream){.from = SQL_list_from_ended};
    *ret_n = 1;
    return ERR_OK;
}

static enum err_code walk_page(struct behind *b, const struct key *after, struct paging *p)
{
    struct stream streams[STREAMS_MAX];
    size_t n;

    TRY(streams_of(b, streams, &n));
    for (size_t i = 0; i < n; i++) {
        p->stream_from = p->found->n;
        TRY(walk_matters(&b->f,
                         &(struct walk){.reading = &b->reading,
                                        .stream = &streams[i],
                                        .by_ended = b->part->by_ended,
                                        .period = &b->id.period,
                                        .after = after,
                                        .needs = b->needs},
                         page_matter, p));
    }
    return ERR_OK;
}

/* ---- with a cut-off: who changed, and how they stood ---- */

struct changing {
    struct behind *b;
    struct member_list gone; /* changed since */
    struct found_list *came; /* of those, who belonged then */
};

static void changing_release(struct changing *c)
{
    member_list_release(&c->gone);
}

static enum err_code note_change(void *arg, const struct figure_facts *now,
                                 const struct figure_facts *then)
{
    struct changing *c = arg;
    struct behind *b = c->b;
    int64_t sum;

    TRY(member_list_push(b->f.op, &c->gone, now->id, 0));
    if (then != NULL && part_takes(&b->f, b->part, &b->id.period, then, true) &&
        belongs(&b->f, b->part, &b->id, then, &sum))
        TRY(push(b->f.op, c->came, (struct found){key_of(b->part, then), then->id, sum}));
    return ERR_OK;
}

/* Those whom the actor may see, by the rows as they are now. */
static enum err_code keep_visible(struct behind *b, struct found_list *list)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    struct op *op = b->f.op;
    size_t kept = 0;
    bool row = false;

    compose_init(&c);
    compose(&c, SQL_list_select_one);
    compose(&c, SQL_list_from_id);
    compose_int(&c, 0);
    TRY(compose_scope(op, &c, &b->reading.visible));
    TRY(compose_prepare(op, b->f.snap, &c, &s));
    for (size_t i = 0; i < list->n; i++) {
        TRY(stmt_bind_int64(op, s, 1, list->list[i].id));
        TRY(stmt_step(op, s, &row));
        if (row)
            list->list[kept++] = list->list[i];
        stmt_reset(s);
    }
    list->n = kept;
    return ERR_OK;
}

/* Behind those who came, who did not change since. */
static enum err_code add_unchanged(struct changing *c)
{
    CLEANUP(found_release) struct found_list now = {0};
    struct paging p = {.b = c->b, .found = &now, .want = SIZE_MAX};
    struct key from_the_end = {.key = INT64_MAX, .id = INT64_MAX};

    TRY(walk_page(c->b, &from_the_end, &p));
    for (size_t i = 0; i < now.n; i++)
        if (!member_list_has(&c->gone, now.list[i].id))
            TRY(push(c->b->f.op, c->came, now.list[i]));
    return ERR_OK;
}

/* Everything behind the figure as of its cut-off, latest first. */
static enum err_code all_then(struct behind *b, struct found_list *ret)
{
    struct changing c CLEANUP(changing_release) = {.b = b, .came = ret};
    int first, last;

    past_months(b->part->by_ended, &b->id.period, &first, &last);
    TRY(past_each(&b->f, b->as_of, first, last, note_change, &c));
    TRY(member_list_sort(b->f.op, &c.gone));
    if (!b->reading.nothing)
        TRY(keep_visible(b, ret));
    TRY(add_unchanged(&c));
    if (ret->n > 0)
        qsort(ret->list, ret->n, sizeof *ret->list, latest_first);
    return ERR_OK;
}

static enum err_code found_then(struct behind *b, const struct key *after, size_t want,
                                struct found_list *ret)
{
    struct found last = {after->key, after->id, 0};
    size_t from = 0;

    TRY(all_then(b, ret));
    while (from < ret->n && latest_first(&ret->list[from], &last) <= 0)
        from++;
    ret->n -= from;
    if (ret->n > want)
        ret->n = want;
    if (ret->n > 0)
        memmove(ret->list, ret->list + from, ret->n * sizeof *ret->list);
    return ERR_OK;
}

/* A page behind the cursor, into a list that the caller releases, and the cursor of the next. */
static enum err_code behind_page(struct behind *b, const char *cursor, size_t limit,
                                 struct found_list *ret, const char **ret_next)
{
    struct op *op = b->f.op;
    struct key after = {.id = INT64_MAX};
    struct paging p = {.b = b, .found = ret, .want = limit + 1};
    int64_t at[2], from;

    period_instants(&b->id.period, op->zone_min, &from, &after.key);
    if (given(cursor)) {
        TRY(cursor_read(op, cursor, 'f', at, 2));
        after = (struct key){.key = at[0], .id = at[1]};
    }
    if (b->as_of.kind != AS_OF_NOW) {
        TRY(found_then(b, &after, limit + 1, ret));
    } else {
        TRY(walk_page(b, &after, &p));
        if (ret->n > 0)
            qsort(ret->list, ret->n, sizeof *ret->list, latest_first);
    }
    *ret_next = NULL;
    if (ret->n > limit) {
        const struct found *last = &ret->list[limit - 1];

        ret->n = limit;
        *ret_next = cursor_make(op, 'f', (int64_t[]){last->key, last->id}, 2);
        if (*ret_next == NULL)
            return no_memory(op);
    }
    return ERR_OK;
}

/* ---- records and numbers ---- */

static enum err_code total_of(struct behind *b, int64_t *ret)
{
    const struct group *g;
    size_t ask;

    TRY(figuring_ask(&b->f, b->part, &b->id.period, b->as_of, b->id.by, &ask));
    TRY(figuring_run(&b->f));
    g = groups_find(figuring_groups(&b->f, ask), b->id.key);
    *ret = g == NULL ? 0 : g->n;
    return ERR_OK;
}

enum err_code figure_records(struct op *op, const struct indicators *indicators, const char *id,
                             enum figure_part part, int limit, const char *cursor, date_t today,
                             date_t soon_until, struct list_page *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_page page = {0};
    CLEANUP(found_release) struct found_list found = {0};
    int64_t ids[LIST_LIMIT_MAX];
    struct behind b;

    TRY(snapshot_open(op, &snap));
    TRY(behind_begin(op, snap, indicators, id, part, &b));
    page.position = snapshot_position(snap);
    TRY(total_of(&b, &page.total));
    TRY(behind_page(&b, cursor, (size_t)limit_of(limit), &found, &page.next));
    for (size_t i = 0; i < found.n; i++)
        ids[i] = found.list[i].id;
    TRY(rows_load(op, snap, &b.reading.visible, ids, found.n, today, soon_until, &page.rows,
                  &page.n));
    *ret = page;
    return ERR_OK;
}

enum err_code figure_trace(struct op *op, const struct indicators *indicators, const char *id,
                           enum figure_part part, size_t max, const char *cursor,
                           struct figure_trace_row **ret_rows, size_t *ret_n, const char **ret_next)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct figure_trace_row *rows;
    CLEANUP(found_release) struct found_list found = {0};
    struct behind b;

    TRY(snapshot_open(op, &snap));
    TRY(behind_begin(op, snap, indicators, id, part, &b));
    TRY(behind_page(&b, cursor, max == 0 ? 1 : max, &found, ret_next));
    rows = ARENA_ARRAY(op->arena, struct figure_trace_row, found.n + 1);
    if (rows == NULL)
        return no_memory(op);
    TRY(snapshot_prepare(op, snap, SQL_figure_number, &s));
    for (size_t i = 0; i < found.n; i++) {
        TRY(stmt_bind_int64(op, s, 1, found.list[i].id));
        TRY(stmt_one_row(op, s));
        rows[i] = (struct figure_trace_row){stmt_text_dup(op, s, 0), found.list[i].sum};
        if (rows[i].number == NULL)
            return no_memory(op);
        stmt_reset(s);
    }
    *ret_rows = rows;
    *ret_n = found.n;
    return ERR_OK;
}
