/* The records behind a figure. */
#include "insight/figures_internal.h"

#include <string.h>

#include "sql_queries.h"

/* What is walked: one part of one figure. */
struct behind {
    struct figuring f;
    struct figure_id id;
    const struct indicator_part *part;
    struct list_filter filter;
    struct reading reading;
};

static enum err_code behind_begin(struct op *op, struct snapshot *snap,
                                  const struct indicators *indicators, const char *id,
                                  enum figure_part part, struct behind *ret)
{
    const struct indicator *ind;

    TRY(figure_id_read(op, indicators, id, &ret->id));
    ind = ret->id.indicator;
    TRY(figuring_begin(op, snap, ret->id.body, ret->id.scope, &ret->f));
    if (ind->only_reports && !ret->f.reports)
        return err_field(&op->err, ERR_NOT_FOUND, "id", "unknown", "没有这个指标",
                         "There is no such indicator");
    if (part == PART_DEN && ind->form != FORM_RATE && ind->form != FORM_MEAN)
        return err_field(&op->err, ERR_INVALID, "part", "part", "这个数字没有分母",
                         "This figure has no denominator");
    ret->part = part == PART_DEN && ind->form == FORM_RATE ? &ind->den : &ind->num;
    ret->filter = figuring_filter(&ret->f);
    if (!ret->part->measure->by_ended) {
        ret->filter.from = ret->id.period.first;
        ret->filter.to = ret->id.period.last;
    }
    return reading_begin(op, snap, &ret->filter, MAY_SEE, &ret->reading);
}

static enum err_code streams_of(struct behind *b, struct stream *ret, size_t *ret_n)
{
    *ret_n = 0;
    if (b->reading.nothing)
        return ERR_OK;
    if (!b->part->measure->by_ended)
        return streams_for(&b->reading, false, ret, ret_n);
    ret[0] = (struct stream){.from = SQL_list_from_ended};
    *ret_n = 1;
    return ERR_OK;
}

static enum err_code stream_keys(struct behind *b, const struct stream *stream,
                                 const struct key *after, size_t want, struct key *ret,
                                 size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c CLEANUP(compose_release);
    struct op *op = b->f.op;
    bool ended = b->part->measure->by_ended, row = false;

    compose_init(&c);
    compose(&c, ended ? SQL_figure_key_ended : SQL_list_key_received);
    TRY(compose_stream(&b->reading, &c, stream));
    if (ended)
        compose_period(op, &c, b->part->measure, &b->id.period);
    TRY(compose_conditions(op, &c, b->part));
    if (!b->f.reports)
        compose(&c, SQL_figure_if_no_reports);
    compose(&c, ended ? SQL_figure_order_ended_desc : SQL_list_order_received_desc);
    compose_int(&c, after->key);
    compose_int(&c, after->id);
    compose_int(&c, (int64_t)want);
    TRY(compose_prepare(op, b->f.snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[*ret_n] = (struct key){.key = stmt_int64(s, 1), .id = stmt_int64(s, 0)};
        (*ret_n)++;
    }
}

static int latest_first(const void *a, const void *b)
{
    const struct key *x = a, *y = b;

    if (x->key != y->key)
        return x->key < y->key ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

/* A page of keys behind the cursor, and the cursor of the next. */
static enum err_code behind_keys(struct behind *b, const char *cursor, size_t limit,
                                 struct key **ret, size_t *ret_n, const char **ret_next)
{
    struct op *op = b->f.op;
    struct stream streams[STREAMS_MAX];
    struct key after = {.id = INT64_MAX}, *keys;
    int64_t at[2], from;
    size_t n_streams, n = 0;

    period_instants(&b->id.period, op->zone_min, &from, &after.key);
    if (given(cursor)) {
        TRY(cursor_read(op, cursor, 'f', at, 2));
        after = (struct key){.key = at[0], .id = at[1]};
    }
    TRY(streams_of(b, streams, &n_streams));
    keys = ARENA_ARRAY(op->arena, struct key, n_streams * (limit + 1) + 1);
    if (keys == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for records");
    for (size_t i = 0; i < n_streams; i++)
        TRY(stream_keys(b, &streams[i], &after, limit + 1, keys, &n));
    qsort(keys, n, sizeof *keys, latest_first);
    *ret_next = NULL;
    if (n > limit) {
        n = limit;
        *ret_next = cursor_make(op, 'f', (int64_t[]){keys[n - 1].key, keys[n - 1].id}, 2);
        if (*ret_next == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for a cursor");
    }
    *ret = keys;
    *ret_n = n;
    return ERR_OK;
}

enum err_code figure_records(struct op *op, const struct indicators *indicators, const char *id,
                             enum figure_part part, int limit, const char *cursor, date_t today,
                             date_t soon_until, struct list_page *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_page page = {0};
    const struct cell *cells;
    struct behind b;
    struct key *keys;
    int64_t ids[LIST_LIMIT_MAX], unused;
    size_t n, n_cells;
    bool days;

    TRY(snapshot_open(op, &snap));
    TRY(behind_begin(op, snap, indicators, id, part, &b));
    page.position = snapshot_position(snap);
    TRY(part_cells(&b.f, b.part, &b.id.period, COL_NONE, false, &cells, &n_cells, &days));
    cells_total(cells, n_cells, &page.total, &unused);
    TRY(behind_keys(&b, cursor, (size_t)limit_of(limit), &keys, &n, &page.next));
    for (size_t i = 0; i < n; i++)
        ids[i] = keys[i].id;
    TRY(rows_load(op, snap, &b.reading.visible, ids, n, today, soon_until, &page.rows, &page.n));
    *ret = page;
    return ERR_OK;
}

enum err_code figure_trace(struct op *op, const struct indicators *indicators, const char *id,
                           enum figure_part part, size_t max, const char *cursor,
                           const char ***ret_numbers, size_t *ret_n, const char **ret_next)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct behind b;
    struct key *keys;
    const char **numbers;
    size_t n;

    TRY(snapshot_open(op, &snap));
    TRY(behind_begin(op, snap, indicators, id, part, &b));
    TRY(behind_keys(&b, cursor, max == 0 ? 1 : max, &keys, &n, ret_next));
    numbers = ARENA_ARRAY(op->arena, const char *, n + 1);
    if (numbers == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for numbers");
    TRY(snapshot_prepare(op, snap, SQL_figure_number, &s));
    for (size_t i = 0; i < n; i++) {
        TRY(stmt_bind_int64(op, s, 1, keys[i].id));
        TRY(stmt_one_row(op, s));
        numbers[i] = stmt_text_dup(op, s, 0);
        if (numbers[i] == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for numbers");
        stmt_reset(s);
    }
    *ret_numbers = numbers;
    *ret_n = n;
    return ERR_OK;
}
