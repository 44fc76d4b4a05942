/* Pages: keys of the streams merged in order, phase by phase, then the rows. */
#include "insight/list_internal.h"

#include <string.h>

#include "base/text.h"
#include "insight/search.h"
#include "sql_queries.h"

/* ---- names ---- */

static const char *const level_names[DUE_COUNT] = {"",      "late",   "today", "soon",
                                                   "later", "paused", "open",  "ended"};

const char *due_level_name(enum due_level level)
{
    return level < DUE_COUNT ? level_names[level] : "";
}

enum due_level due_level_find(const char *name)
{
    int i = 0;

    while (i < DUE_COUNT && strcmp(level_names[i], name == NULL ? "" : name) != 0)
        i++;
    return (enum due_level)i;
}

bool due_level_is_open(enum due_level level)
{
    return level != DUE_ANY && level != DUE_ENDED;
}

enum list_sort list_sort_find(const char *name)
{
    static const char *const names[SORT_COUNT] = {"due", "-due", "-received", "received"};
    int i = 0;

    while (i < SORT_COUNT && strcmp(names[i], name == NULL ? "" : name) != 0)
        i++;
    return (enum list_sort)i;
}

enum due_level due_level_of(date_t next_due, bool paused, date_t today, date_t soon_until)
{
    if (paused)
        return DUE_PAUSED;
    if (next_due == DATE_NONE || next_due > soon_until)
        return DUE_LATER;
    if (next_due < today)
        return DUE_LATE;
    return next_due == today ? DUE_TODAY : DUE_SOON;
}

/* ---- cursors ---- */

const char *cursor_make(struct op *op, char letter, const int64_t *numbers, size_t n)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(256);

    buf_addc(&text, letter);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(&text, '.');
        buf_add_int(&text, numbers[i]);
    }
    return buf_dup(&text, op->arena);
}

static bool read_numbers(const char *p, int64_t *ret, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char digits[24];
        size_t len = strcspn(p, ".");

        if (len == 0 || len >= sizeof digits)
            return false;
        memcpy(digits, p, len);
        digits[len] = '\0';
        if (!text_int64(digits, &ret[i]) || (p[len] == '.') != (i + 1 < n))
            return false;
        p += len + 1;
    }
    return true;
}

enum err_code cursor_read(struct op *op, const char *cursor, char letter, int64_t *ret, size_t n)
{
    if (cursor[0] == letter && read_numbers(cursor + 1, ret, n))
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "cursor", "cursor", "翻页的位置不对，请从第一页看起",
                     "This page mark does not fit the list; begin with the first page");
}

/* ---- keys ---- */

static int compare(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int ascending(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    return x->key != y->key ? compare(x->key, y->key) : compare(x->id, y->id);
}

static int descending_keys(const void *a, const void *b)
{
    return ascending(b, a);
}

/* Select and order of a phase. */
static int select_of(enum phase phase)
{
    if (phase == PHASE_DUE)
        return SQL_list_key_due;
    return phase == PHASE_UNDATED ? SQL_list_key_undated : SQL_list_key_received;
}

static int order_of(enum phase phase, bool descending)
{
    if (phase == PHASE_DUE)
        return descending ? SQL_list_order_due_desc : SQL_list_order_due;
    return descending ? SQL_list_order_received_desc : SQL_list_order_received;
}

enum err_code compose_keys(struct reading *r, struct composed *c, const struct stream *s,
                           enum phase phase, bool descending, const struct key *after, size_t want)
{
    compose(c, select_of(phase));
    TRY(compose_stream(r, c, s));
    if (phase == PHASE_ENDED)
        compose(c, SQL_list_if_closed);
    else if (phase != PHASE_RECEIVED)
        compose(c, SQL_list_if_open);
    if (phase == PHASE_UNDATED)
        compose(c, SQL_list_order_undated);
    else {
        compose(c, order_of(phase, descending));
        compose_int(c, after->key);
    }
    compose_int(c, after->id);
    compose_int(c, (int64_t)want);
    return ERR_OK;
}

static enum err_code stream_keys(struct reading *r, const struct stream *s, enum phase phase,
                                 bool descending, const struct key *after, size_t want,
                                 struct key *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *stmt = NULL;
    struct composed c;
    bool row = false;

    compose_init(&c);
    TRY(compose_keys(r, &c, s, phase, descending, after, want));
    TRY(compose_prepare(r->op, r->snap, &c, &stmt));
    for (;;) {
        TRY(stmt_step(r->op, stmt, &row));
        if (!row)
            return ERR_OK;
        ret[*ret_n] =
            (struct key){.key = stmt_int64(stmt, 1), .id = stmt_int64(stmt, 0), .phase = phase};
        (*ret_n)++;
    }
}

bool walks_open(const struct reading *r, enum phase phase)
{
    return phase == PHASE_DUE || phase == PHASE_UNDATED ||
           (phase == PHASE_RECEIVED && (due_level_is_open(r->f->level) || r->f->unassigned));
}

enum err_code phase_keys(struct reading *r, enum phase phase, bool descending,
                         const struct key *after, size_t want, struct key *ret, size_t *ret_n)
{
    struct stream streams[STREAMS_MAX];
    size_t n_streams, n = 0;
    struct key *all;

    *ret_n = 0;
    if (r->nothing)
        return ERR_OK;
    TRY(streams_for(r, walks_open(r, phase), streams, &n_streams));
    all = ARENA_ARRAY(r->op->arena, struct key, n_streams * want + 1);
    if (all == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for a page");
    for (size_t i = 0; i < n_streams; i++)
        TRY(stream_keys(r, &streams[i], phase, descending, after, want, all, &n));
    if (n_streams > 1)
        qsort(all, n, sizeof *all, descending ? descending_keys : ascending);
    *ret_n = n < want ? n : want;
    memcpy(ret, all, *ret_n * sizeof *all);
    return ERR_OK;
}

enum err_code some_ids(struct reading *r, size_t want, int64_t *ret, size_t *ret_n)
{
    struct stream streams[STREAMS_MAX];
    size_t n_streams = 0, n = 0;

    if (!r->nothing)
        TRY(streams_for(r, walks_open(r, PHASE_RECEIVED), streams, &n_streams));
    for (size_t i = 0; i < n_streams && n < want; i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        struct composed c;
        bool row = true;

        compose_init(&c);
        compose(&c, SQL_list_key_undated);
        TRY(compose_stream(r, &c, &streams[i]));
        compose(&c, SQL_list_limit);
        compose_int(&c, (int64_t)(want - n));
        TRY(compose_prepare(r->op, r->snap, &c, &s));
        for (;;) {
            TRY(stmt_step(r->op, s, &row));
            if (!row)
                break;
            ret[n++] = stmt_int64(s, 0);
        }
    }
    *ret_n = n;
    return ERR_OK;
}

enum err_code reading_total(struct reading *r, int64_t cap, int64_t *ret)
{
    struct stream streams[STREAMS_MAX];
    size_t n;

    *ret = 0;
    if (r->nothing)
        return ERR_OK;
    TRY(streams_for(r, walks_open(r, PHASE_RECEIVED), streams, &n));
    for (size_t i = 0; i < n && *ret < cap; i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        struct composed c;

        compose_init(&c);
        compose(&c, SQL_list_count_begin);
        compose(&c, SQL_list_select_one);
        TRY(compose_stream(r, &c, &streams[i]));
        compose(&c, SQL_list_limit);
        compose_int(&c, cap - *ret);
        compose(&c, SQL_list_count_end);
        TRY(compose_prepare(r->op, r->snap, &c, &s));
        TRY(stmt_one_row(r->op, s));
        *ret += stmt_int64(s, 0);
    }
    return ERR_OK;
}

/* ---- pages ---- */

/* The phases of an order: from ≤ phase ≤ to, and the direction of each. */
struct order {
    enum phase from, to;
    bool descending; /* PHASE_ENDED is always newest first */
};

static struct order order_for(const struct list_filter *f, enum list_sort sort)
{
    bool descending = sort == SORT_DUE_DESC || sort == SORT_RECEIVED_DESC;

    if (sort == SORT_RECEIVED || sort == SORT_RECEIVED_DESC)
        return (struct order){PHASE_RECEIVED, PHASE_RECEIVED, descending};
    if (f->level == DUE_LATE || f->level == DUE_TODAY || f->level == DUE_SOON)
        return (struct order){PHASE_DUE, PHASE_DUE, descending};
    if (due_level_is_open(f->level) || f->unassigned)
        return (struct order){PHASE_DUE, PHASE_UNDATED, descending};
    if (f->level == DUE_ENDED)
        return (struct order){PHASE_ENDED, PHASE_ENDED, descending};
    return (struct order){PHASE_DUE, PHASE_ENDED, descending};
}

static bool phase_descends(const struct order *order, enum phase phase)
{
    if (phase == PHASE_UNDATED)
        return false;
    return phase == PHASE_ENDED || order->descending;
}

/* Where a walk begins. With a level it begins right before the level's days, not at the oldest. */
static struct key before_first(const struct order *order, enum phase phase,
                               const struct list_filter *f, int zone_min)
{
    bool descending = phase_descends(order, phase);
    int64_t edge = descending ? INT64_MAX : INT64_MIN;
    struct key key = {.key = edge, .id = edge, .phase = phase};

    if (phase == PHASE_ENDED || phase == PHASE_RECEIVED) {
        if (descending && given_date(f->to))
            key.key = instant_of_date(f->to + 1, zone_min);
        if (!descending && given_date(f->from))
            key.key = instant_of_date(f->from, zone_min) - 1;
    }
    if (phase != PHASE_DUE)
        return key;
    if (!descending && f->level == DUE_SOON)
        key = (struct key){.key = f->today, .id = INT64_MAX, .phase = phase};
    else if (!descending && f->level == DUE_LATER)
        key = (struct key){.key = f->soon_until, .id = INT64_MAX, .phase = phase};
    else if (f->level == DUE_TODAY)
        key = (struct key){.key = f->today, .id = edge, .phase = phase};
    else if (descending && f->level == DUE_LATE)
        key = (struct key){.key = f->today, .id = INT64_MIN, .phase = phase};
    else if (descending && f->level == DUE_SOON)
        key = (struct key){.key = f->soon_until, .id = INT64_MAX, .phase = phase};
    return key;
}

/* Keys from @p at on, up to @p want, over the phases. */
static enum err_code page_keys(struct reading *r, const struct order *order, struct key at,
                               size_t want, struct key *ret, size_t *ret_n)
{
    *ret_n = 0;
    for (enum phase phase = at.phase; phase <= order->to && *ret_n < want; phase++) {
        struct key after =
            phase == at.phase ? at : before_first(order, phase, r->f, r->op->zone_min);
        size_t n;

        TRY(phase_keys(r, phase, phase_descends(order, phase), &after, want - *ret_n, ret + *ret_n,
                       &n));
        *ret_n += n;
    }
    return ERR_OK;
}

enum { AT_SORT, AT_PHASE, AT_KEY, AT_ID, AT_TOTAL, AT_COUNT };

static enum err_code page_start(struct reading *r, enum list_sort sort, const struct order *order,
                                const char *cursor, struct key *ret_at, struct list_page *page)
{
    int64_t at[AT_COUNT];

    if (!given(cursor)) {
        *ret_at = before_first(order, order->from, r->f, r->op->zone_min);
        TRY(reading_total(r, LIST_TOTAL_MAX + 1, &page->total));
    } else {
        TRY(cursor_read(r->op, cursor, 'l', at, AT_COUNT));
        if (at[AT_SORT] != (int64_t)sort || at[AT_PHASE] < (int64_t)order->from ||
            at[AT_PHASE] > (int64_t)order->to)
            return cursor_read(r->op, "", 'l', at, AT_COUNT);
        *ret_at =
            (struct key){.key = at[AT_KEY], .id = at[AT_ID], .phase = (enum phase)at[AT_PHASE]};
        page->total = at[AT_TOTAL];
    }
    page->total_capped = page->total > LIST_TOTAL_MAX;
    return ERR_OK;
}

int limit_of(int limit)
{
    if (limit <= 0)
        return LIST_LIMIT_DEFAULT;
    return limit > LIST_LIMIT_MAX ? LIST_LIMIT_MAX : limit;
}

static enum err_code list_page(struct reading *r, enum list_sort sort, size_t limit,
                               const char *cursor, struct list_page *page)
{
    struct order order = order_for(r->f, sort);
    struct key at = {0}, keys[LIST_LIMIT_MAX + 1];
    int64_t ids[LIST_LIMIT_MAX + 1];
    size_t n;

    TRY(page_start(r, sort, &order, cursor, &at, page));
    TRY(page_keys(r, &order, at, limit + 1, keys, &n));
    if (n > limit) {
        const struct key *last = &keys[limit - 1];

        n = limit;
        page->next = cursor_make(
            r->op, 'l',
            (int64_t[]){(int64_t)sort, (int64_t)last->phase, last->key, last->id, page->total},
            AT_COUNT);
        if (page->next == NULL)
            return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for a cursor");
    }
    if (page->total_capped)
        page->total = LIST_TOTAL_MAX;
    for (size_t i = 0; i < n; i++)
        ids[i] = keys[i].id;
    return page_rows(r, false, ids, n, &page->rows, &page->n);
}

enum err_code list_matters(struct op *op, const struct list_filter *filter, enum list_sort sort,
                           int limit, const char *cursor, struct list_page *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_page page = {0};
    struct reading r;

    if (given(filter->q))
        return search_matters(op, filter, limit, cursor, ret);
    TRY(snapshot_open(op, &snap));
    page.position = snapshot_position(snap);
    TRY(reading_begin(op, snap, filter, MAY_SEE, &r));
    TRY(list_page(&r, sort, (size_t)limit_of(limit), cursor, &page));
    *ret = page;
    return ERR_OK;
}

enum err_code list_rows(struct op *op, const int64_t *ids, size_t n, date_t today,
                        date_t soon_until, struct list_row **ret, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct visible visible = visible_to(&op->actor, MAY_SEE);

    TRY(snapshot_open(op, &snap));
    return rows_load(op, snap, &visible, ids, n, today, soon_until, ret, ret_n);
}
