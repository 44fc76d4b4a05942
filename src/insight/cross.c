/* Counting by two columns: from the matters kept in memory (cross_kept.c), or in one walk over the
 * streams of the list, each row counted into a table of cells here. That is cheaper than grouping
 * in the engine, which sorts, and the totals of overlapping columns come out of the same walk. */
#include <string.h>

#include "insight/cross_internal.h"
#include "sql_queries.h"

enum cross_column cross_column_find(const char *name)
{
    int i = 0;

    while (i < CROSS_COUNT &&
           strcmp(cross_column_name((enum cross_column)i), name == NULL ? "" : name) != 0)
        i++;
    return (enum cross_column)i;
}

const char *cross_column_name(enum cross_column column)
{
    static const char *const names[CROSS_COUNT] = {
        "",        "body",     "branch", "officer",  "status",  "waiting_for",
        "kind",    "channel",  "sector", "category", "problem", "themes",
        "outcome", "business", "month",  "day",      "due"};

    return column < CROSS_COUNT ? names[column] : "";
}

/* ---- the walk ---- */

static void compose_column(struct counting *c, bool open, struct composed *text,
                           enum cross_column column)
{
    static const int sql[CROSS_COUNT] = {
        [CROSS_NOTHING] = SQL_cross_nothing, [CROSS_BODY] = SQL_cross_body,
        [CROSS_BRANCH] = SQL_cross_body,     [CROSS_OFFICER] = SQL_cross_officer,
        [CROSS_STATUS] = SQL_cross_status,   [CROSS_WAITING_FOR] = SQL_cross_waiting_for,
        [CROSS_KIND] = SQL_cross_kind,       [CROSS_CHANNEL] = SQL_cross_channel,
        [CROSS_SECTOR] = SQL_cross_category, [CROSS_CATEGORY] = SQL_cross_category,
        [CROSS_PROBLEM] = SQL_cross_problem, [CROSS_THEME] = SQL_cross_theme,
        [CROSS_OUTCOME] = SQL_cross_outcome, [CROSS_BUSINESS] = SQL_cross_business,
        [CROSS_MONTH] = SQL_cross_day,       [CROSS_DAY] = SQL_cross_day,
        [CROSS_DUE] = SQL_cross_due,
    };

    compose(text, column == CROSS_DUE && open ? SQL_cross_due_open : sql[column]);
    if (sql[column] == SQL_cross_day)
        compose_int(text, c->op->zone_min * INT64_C(60000));
    if (column == CROSS_DUE) {
        compose_int(text, c->r.f->today);
        compose_int(text, c->r.f->soon_until);
    }
}

static enum err_code count_row(struct counting *c, const char *by, const char *and)
{
    uint32_t a, b;

    if (by == NULL || and == NULL)
        return cross_no_memory(c->op);
    TRY(cross_raw(c, &c->by, by, &a));
    TRY(cross_raw(c, &c->and, and, &b));
    return cross_count_raws(c, a, b);
}

static enum err_code count_stream(struct counting *c, bool open, const struct stream *stream)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed text;
    bool row = false;

    compose_init(&text);
    compose(&text, SQL_cross_select);
    compose_column(c, open, &text, c->by.column);
    compose(&text, SQL_cross_and);
    compose_column(c, open, &text, c->and.column);
    TRY(compose_stream(&c->r, &text, stream));
    TRY(compose_prepare(c->op, c->r.snap, &text, &s));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(count_row(c, stmt_text(s, 0), stmt_text(s, 1)));
    }
}

static enum err_code count_walk(struct counting *c)
{
    bool open = due_level_is_open(c->r.f->level) || c->r.f->unassigned;
    struct stream streams[STREAMS_MAX];
    size_t n = 0;

    TRY(streams_for(&c->r, open, streams, &n));
    for (size_t i = 0; i < n; i++)
        TRY(count_stream(c, open, &streams[i]));
    return ERR_OK;
}

static enum err_code load_bodies(struct counting *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct body_place *places = NULL;
    size_t room = 0;
    bool row = false;

    TRY(snapshot_prepare(c->op, c->r.snap, SQL_cross_bodies, &s));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row)
            break;
        places = cross_grown(c->op, places, c->n_bodies, sizeof *places, &room);
        if (places == NULL)
            return cross_no_memory(c->op);
        places[c->n_bodies].code = stmt_text_dup(c->op, s, 0);
        places[c->n_bodies].path = stmt_text_dup(c->op, s, 1);
        if (places[c->n_bodies].code == NULL || places[c->n_bodies].path == NULL)
            return cross_no_memory(c->op);
        c->n_bodies++;
    }
    c->bodies = places;
    c->top = given(c->r.f->body) ? c->r.f->body : c->n_bodies > 0 ? places[0].code : "";
    c->top_path = cross_path_of(c, c->top);
    if (c->top_path == NULL)
        c->top_path = "";
    return ERR_OK;
}

/* ---- order ---- */

struct placed {
    struct cross_key key;
    int64_t rank;
    uint32_t from;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return strcmp(x->key.key, y->key.key);
}

static int64_t rank_of(const struct counting *c, const struct axis *axis, const struct cross_key *k)
{
    if (k->key[0] == '\0')
        return INT64_MAX;
    switch (axis->column) {
    case CROSS_BODY:
    case CROSS_BRANCH:
        for (size_t i = 0; i < c->n_bodies; i++)
            if (strcmp(c->bodies[i].code, k->key) == 0)
                return (int64_t)i;
        return INT64_MAX - 1;
    case CROSS_DUE:
        return (int64_t)due_level_find(k->key);
    case CROSS_MONTH:
    case CROSS_DAY:
        return 0;
    case CROSS_NOTHING:
    case CROSS_OFFICER:
    case CROSS_STATUS:
    case CROSS_WAITING_FOR:
    case CROSS_KIND:
    case CROSS_CHANNEL:
    case CROSS_SECTOR:
    case CROSS_CATEGORY:
    case CROSS_PROBLEM:
    case CROSS_THEME:
    case CROSS_OUTCOME:
    case CROSS_BUSINESS:
    case CROSS_COUNT:
        break;
    }
    return -k->n;
}

/* Puts the keys in order; @p ret_where tells where each has gone. */
static enum err_code order_axis(struct counting *c, struct axis *axis, uint32_t **ret_where)
{
    struct placed *placed = ARENA_ARRAY(c->op->arena, struct placed, axis->n_keys + 1);
    uint32_t *where = ARENA_ARRAY(c->op->arena, uint32_t, axis->n_keys + 1);

    if (placed == NULL || where == NULL)
        return cross_no_memory(c->op);
    for (size_t i = 0; i < axis->n_keys; i++)
        placed[i] = (struct placed){axis->keys[i], rank_of(c, axis, &axis->keys[i]), (uint32_t)i};
    qsort(placed, axis->n_keys, sizeof *placed, by_place);
    for (size_t i = 0; i < axis->n_keys; i++) {
        axis->keys[i] = placed[i].key;
        where[placed[i].from] = (uint32_t)i;
    }
    *ret_where = where;
    return ERR_OK;
}

static int by_cell(const void *a, const void *b)
{
    const struct cross_cell *x = a, *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static enum err_code order_table(struct counting *c)
{
    uint32_t *rows, *columns;

    TRY(order_axis(c, &c->by, &rows));
    TRY(order_axis(c, &c->and, &columns));
    for (size_t i = 0; i < c->n_cells; i++) {
        c->cells[i].row = rows[c->cells[i].row];
        c->cells[i].column = columns[c->cells[i].column];
    }
    if (c->n_cells > 0)
        qsort(c->cells, c->n_cells, sizeof *c->cells, by_cell);
    return ERR_OK;
}

enum err_code cross_count(struct op *op, const struct list_filter *filter,
                          struct kept_matters *kept, enum cross_column by, enum cross_column and,
                          struct cross_table *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct counting c = {.op = op, .by = {.column = by}, .and = {.column = and}};
    bool counted = false;
    int64_t position;

    TRY(snapshot_open(op, &snap));
    position = snapshot_position(snap);
    TRY(reading_begin(op, snap, filter, MAY_COUNT, &c.r));
    if (given(filter->q))
        TRY(search_begin(&c.r));
    TRY(load_bodies(&c));
    if (!c.r.nothing && kept != NULL && cross_is_kept(filter, by, and))
        TRY(cross_count_kept(&c, kept, &position, &counted));
    if (!c.r.nothing && !counted)
        TRY(count_walk(&c));
    TRY(order_table(&c));
    *ret = (struct cross_table){
        .by = by,
        .and = and,
        .total = c.total,
        .overlap = by == CROSS_THEME || and == CROSS_THEME,
        .rows = c.by.keys,
        .n_rows = c.by.n_keys,
        .columns = c.and.keys,
        .n_columns = c.and.n_keys,
        .cells = c.cells,
        .n_cells = c.n_cells,
        .top = c.top,
        .position = position,
    };
    return ERR_OK;
}
