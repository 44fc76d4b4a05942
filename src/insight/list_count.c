/* Counts of a list by one column. */
#include "insight/list_internal.h"

#include <string.h>

#include "sql_queries.h"

#define CELLS_MAX 2048

enum list_by list_by_find(const char *name)
{
    static const char *const names[BY_COUNT] = {
        "",     "level",    "status", "kind",    "waiting_for",
        "body", "category", "month",  "channel", "outcome"};
    int i = 0;

    while (i < BY_COUNT && strcmp(names[i], name == NULL ? "" : name) != 0)
        i++;
    return (enum list_by)i;
}

static int cell_of(enum list_by by)
{
    switch (by) {
    case BY_STATUS:
        return SQL_list_cell_status;
    case BY_KIND:
        return SQL_list_cell_kind;
    case BY_WAITING_FOR:
        return SQL_list_cell_waiting_for;
    case BY_BODY:
        return SQL_list_cell_body;
    case BY_CATEGORY:
        return SQL_list_cell_category;
    case BY_MONTH:
        return SQL_list_cell_month;
    case BY_CHANNEL:
        return SQL_list_cell_channel;
    case BY_OUTCOME:
        return SQL_list_cell_outcome;
    case BY_NOTHING:
    case BY_LEVEL:
    case BY_COUNT:
        break;
    }
    return SQL_list_select_one;
}

/* ---- by level: the open matters alone ---- */

enum err_code count_open(struct reading *r, struct open_counts *ret)
{
    struct stream streams[STREAMS_MAX];
    struct open_counts all = {0};
    size_t n = 0;

    if (!r->nothing)
        TRY(streams_for(r, true, streams, &n));
    for (size_t i = 0; i < n; i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        struct composed c;

        compose_init(&c);
        compose(&c, SQL_list_levels);
        compose_int(&c, r->f->today);
        compose_int(&c, r->f->soon_until);
        TRY(compose_stream(r, &c, &streams[i]));
        compose(&c, SQL_list_if_open);
        TRY(compose_prepare(r->op, r->snap, &c, &s));
        TRY(stmt_one_row(r->op, s));
        for (int level = 0; level < OPEN_LEVELS; level++)
            all.levels[level] += stmt_int64(s, level);
        all.waiting_leader += stmt_int64(s, OPEN_LEVELS);
        all.unassigned += stmt_int64(s, OPEN_LEVELS + 1);
    }
    *ret = all;
    return ERR_OK;
}

static enum err_code count_kept(struct reading *r, struct kept_open *kept, struct open_counts *ret)
{
    struct open_counts all = {0};
    struct body_opens *opens;
    size_t n;

    TRY(kept_open_count(r, kept, &opens, &n));
    for (size_t i = 0; i < n; i++) {
        for (int level = 0; level < OPEN_LEVELS; level++)
            all.levels[level] += opens[i].counts.levels[level];
        all.waiting_leader += opens[i].counts.waiting_leader;
        all.unassigned += opens[i].counts.unassigned;
    }
    *ret = all;
    return ERR_OK;
}

static enum err_code count_levels(struct reading *r, struct kept_open *kept, struct list_count *ret)
{
    static const enum due_level order[OPEN_LEVELS] = {DUE_LATE, DUE_TODAY, DUE_SOON, DUE_LATER,
                                                      DUE_PAUSED};
    struct open_counts counts;

    TRY(kept != NULL && kept_open_answers(r->f) ? count_kept(r, kept, &counts)
                                                : count_open(r, &counts));
    ret->cells = ARENA_ARRAY(r->op->arena, struct list_cell, OPEN_LEVELS);
    if (ret->cells == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for cells");
    for (int i = 0; i < OPEN_LEVELS; i++) {
        ret->cells[i] = (struct list_cell){due_level_name(order[i]), counts.levels[i]};
        ret->total += counts.levels[i];
    }
    ret->n = OPEN_LEVELS;
    return ERR_OK;
}

/* ---- by a column ---- */

static enum err_code add_cell(struct reading *r, struct list_count *count, const char *key,
                              int64_t n)
{
    size_t i = 0;

    while (i < count->n && strcmp(count->cells[i].key, key) != 0)
        i++;
    if (i == CELLS_MAX)
        return err_set(&r->op->err, ERR_INTERNAL, "more than %d cells", CELLS_MAX);
    if (i == count->n) {
        count->cells[i].key = arena_strdup(r->op->arena, key);
        if (count->cells[i].key == NULL)
            return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for cells");
        count->n++;
    }
    count->cells[i].n += n;
    count->total += n;
    return ERR_OK;
}

static enum err_code group_row(struct reading *r, struct stmt *s, enum list_by by,
                               struct list_count *count)
{
    char month[DATE_TEXT];

    if (stmt_int64(s, 1) == 0)
        return ERR_OK;
    if (by != BY_MONTH)
        return add_cell(r, count, stmt_text(s, 0), stmt_int64(s, 1));
    date_format(date_month_start((int)stmt_int64(s, 0)), month);
    month[7] = '\0'; /* "2026-03" */
    return add_cell(r, count, month, stmt_int64(s, 1));
}

static enum err_code group_rows(struct reading *r, const struct composed *c, enum list_by by,
                                struct list_count *count)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = false;

    TRY(compose_prepare(r->op, r->snap, c, &s));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(group_row(r, s, by, count));
    }
}

static enum err_code count_stream(struct reading *r, const struct stream *stream, bool open,
                                  enum list_by by, int64_t cap, struct list_count *count)
{
    struct composed c;

    compose_init(&c);
    compose(&c, SQL_list_group_begin);
    compose(&c, cell_of(by));
    TRY(compose_stream(r, &c, stream));
    if (r->only != NULL && stream->key == STREAM_HITS)
        compose(&c, SQL_search_order);
    else if (open || r->only != NULL)
        compose(&c, SQL_list_limit);
    else {
        compose(&c, SQL_list_order_received_desc);
        compose_int(&c, INT64_MAX);
        compose_int(&c, INT64_MAX);
    }
    compose_int(&c, cap + 1 - count->total);
    compose(&c, SQL_list_group_end);
    return group_rows(r, &c, by, count);
}

/* The oldest of the newest cap + 1 that the days hold; nought without so many. */
static enum err_code newest_begin(struct reading *r, const struct stream *days, int64_t cap,
                                  struct key *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    bool row = false;

    compose_init(&c);
    compose(&c, SQL_list_key_received);
    TRY(compose_stream(r, &c, days));
    compose(&c, SQL_list_order_received_desc);
    compose_int(&c, INT64_MAX);
    compose_int(&c, INT64_MAX);
    compose_int(&c, 1);
    compose(&c, SQL_list_offset);
    compose_int(&c, cap);
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    TRY(stmt_step(r->op, s, &row));
    *ret = (struct key){0};
    if (row)
        *ret = (struct key){.key = stmt_int64(s, 1), .id = stmt_int64(s, 0)};
    return ERR_OK;
}

/* PostgreSQL's index by status has all that is asked for, its index by receipt lacks the status:
 * from the latter where the newest begin, from the former how many of each are among them. SQLite
 * would look at each row all the same. */
static enum err_code count_each_status(struct reading *r, const struct stream *days, int64_t cap,
                                       struct list_count *count)
{
    struct composed c;
    struct key first;

    TRY(newest_begin(r, days, cap, &first));
    compose_init(&c);
    compose(&c, SQL_list_each_status_begin);
    compose_int(&c, first.key);
    compose_int(&c, first.id);
    TRY(compose_filters(r, &c, false));
    TRY(compose_scope(r->op, &c, &r->visible));
    compose(&c, SQL_list_each_status_end);
    return group_rows(r, &c, BY_STATUS, count);
}

static bool each_status(const struct reading *r, const struct stream *streams, size_t n)
{
    return store_shared(r->op->store) && n == 1 && streams[0].key == STREAM_DAYS;
}

static int by_key(const void *a, const void *b)
{
    const struct list_cell *x = a, *y = b;

    return strcmp(x->key, y->key);
}

static int by_number(const void *a, const void *b)
{
    const struct list_cell *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return strcmp(x->key, y->key);
}

enum err_code count_cells(struct reading *r, enum list_by by, int64_t cap, struct list_count *ret)
{
    bool open = due_level_is_open(r->f->level) || r->f->unassigned;
    struct stream streams[STREAMS_MAX];
    size_t n = 0;

    ret->cells = ARENA_ARRAY(r->op->arena, struct list_cell, CELLS_MAX);
    if (ret->cells == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for cells");
    if (!r->nothing)
        TRY(streams_for(r, open, streams, &n));
    if (by == BY_STATUS && each_status(r, streams, n))
        TRY(count_each_status(r, &streams[0], cap, ret));
    else
        for (size_t i = 0; i < n && ret->total <= cap; i++)
            TRY(count_stream(r, &streams[i], open, by, cap, ret));
    qsort(ret->cells, ret->n, sizeof *ret->cells, by == BY_MONTH ? by_key : by_number);
    ret->total_capped = ret->total > cap;
    if (ret->total_capped)
        ret->total = cap;
    return ERR_OK;
}

enum err_code count_matters(struct op *op, const struct list_filter *filter, struct kept_open *open,
                            enum list_by by, struct list_count *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct list_count count = {0};
    struct reading r;

    TRY(snapshot_open(op, &snap));
    TRY(reading_begin(op, snap, filter, MAY_COUNT, &r));
    if (given(filter->q))
        TRY(search_begin(&r));
    if (by == BY_LEVEL)
        TRY(count_levels(&r, open, &count));
    else if (by == BY_NOTHING) {
        TRY(reading_total(&r, COUNT_TOTAL_MAX + 1, &count.total));
        count.total_capped = count.total > COUNT_TOTAL_MAX;
        if (count.total_capped)
            count.total = COUNT_TOTAL_MAX;
    } else
        TRY(count_cells(&r, by, COUNT_TOTAL_MAX, &count));
    *ret = count;
    return ERR_OK;
}
