/* The dashboard: what to act on now, the figures, and the rows of its charts and tables. */
#include "insight/figures_internal.h"

#include <string.h>

#include "sql_queries.h"

#define MONTHS 12
#define DAYS_MAX 62

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for the dashboard");
}

static struct indicator_part whole(const struct indicators *indicators, const char *measure)
{
    return (struct indicator_part){.measure =
                                       measures_find(indicators_measures(indicators), measure)};
}

/* ---- charts ---- */

static enum err_code months_of(struct figuring *f, const struct indicator_part *received,
                               const struct indicator_part *ended, int last, struct dashboard *d)
{
    struct period period = {.kind = PERIOD_DAYS,
                            .first = date_month_start(last - MONTHS + 1),
                            .last = date_month_start(last + 1) - 1};
    const struct cell *cells;
    bool days;
    size_t n;

    d->months = ARENA_ARRAY(f->op->arena, struct dashboard_month, MONTHS);
    if (d->months == NULL)
        return no_memory(f->op);
    d->n_months = MONTHS;
    for (int i = 0; i < MONTHS; i++)
        d->months[i].month_index = last - MONTHS + 1 + i;
    TRY(part_cells(f, received, &period, COL_NONE, true, &cells, &n, &days));
    for (size_t i = 0; i < n; i++)
        d->months[cells[i].period - d->months[0].month_index].received += cells[i].n;
    TRY(part_cells(f, ended, &period, COL_NONE, true, &cells, &n, &days));
    for (size_t i = 0; i < n; i++)
        d->months[cells[i].period - d->months[0].month_index].ended += cells[i].n;
    return ERR_OK;
}

static enum err_code days_of(struct figuring *f, const struct indicator_part *received,
                             const struct period *period, struct dashboard *d)
{
    date_t first = period->first, last = period->last;
    const struct cell *cells;
    size_t n;

    if (last - first >= DAYS_MAX)
        first = last - DAYS_MAX + 1;
    d->n_days = (size_t)(last - first + 1);
    d->days = ARENA_ARRAY(f->op->arena, struct dashboard_day, d->n_days);
    if (d->days == NULL)
        return no_memory(f->op);
    for (size_t i = 0; i < d->n_days; i++)
        d->days[i].date = first + (date_t)i;
    TRY(day_cells(f, received, first, last, &cells, &n));
    for (size_t i = 0; i < n; i++)
        d->days[cells[i].period - first].n += cells[i].n;
    return ERR_OK;
}

/* "goods.food.milk" counts as "goods". */
static enum err_code categories_of(struct figuring *f, const struct indicator_part *received,
                                   const struct period *period, struct dashboard *d)
{
    struct figure_cell *cells;
    size_t n, kept = 0;

    TRY(figure_breakdown(f, received, period, BY_CATEGORY, &cells, &n));
    for (size_t i = 0; i < n; i++) {
        const char *dot = strchr(cells[i].key, '.');
        size_t len = dot == NULL ? strlen(cells[i].key) : (size_t)(dot - cells[i].key), j = 0;

        while (j < kept &&
               (strncmp(cells[j].key, cells[i].key, len) != 0 || cells[j].key[len] != '\0'))
            j++;
        if (j < kept) {
            cells[j].n += cells[i].n;
            cells[j].sum += cells[i].sum;
            continue;
        }
        cells[kept] = cells[i];
        cells[kept].key = arena_strndup(f->op->arena, cells[i].key, len);
        if (cells[kept++].key == NULL)
            return no_memory(f->op);
    }
    for (size_t i = 1; i < kept; i++) /* few: largest first */
        for (size_t j = i; j > 0 && cells[j - 1].n < cells[j].n; j--) {
            struct figure_cell swap = cells[j];

            cells[j] = cells[j - 1];
            cells[j - 1] = swap;
        }
    d->categories = cells;
    d->n_categories = kept;
    return ERR_OK;
}

/* ---- bodies ---- */

/* The bodies of the subtree and the row each is counted in. */
struct bodies {
    const char **codes;
    size_t *row;
    size_t n, cap;
};

static enum err_code put_body(struct op *op, struct bodies *b, const char *code, size_t row)
{
    if (b->n == b->cap) {
        size_t cap = b->cap == 0 ? 64 : b->cap * 2;
        const char **codes = ARENA_ARRAY(op->arena, const char *, cap);
        size_t *rows = ARENA_ARRAY(op->arena, size_t, cap);

        if (codes == NULL || rows == NULL)
            return no_memory(op);
        if (b->n > 0) {
            memcpy(codes, b->codes, b->n * sizeof *codes);
            memcpy(rows, b->row, b->n * sizeof *rows);
        }
        b->codes = codes;
        b->row = rows;
        b->cap = cap;
    }
    if (code == NULL)
        return no_memory(op);
    b->codes[b->n] = code;
    b->row[b->n++] = row;
    return ERR_OK;
}

/* In order of path a body stands right before those below it. */
static enum err_code load_bodies(struct figuring *f, struct bodies *b, struct dashboard *d)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c CLEANUP(compose_release);
    struct op *op = f->op;
    bool row = false;

    compose_init(&c);
    TRY(compose_reach(op, &c, SQL_figure_bodies, f->path));
    TRY(compose_prepare(op, f->snap, &c, &s));
    for (;;) {
        const char *parent;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        parent = stmt_text(s, 2);
        if (b->n == 0 || (parent != NULL && strcmp(parent, f->body) == 0))
            d->n_bodies++;
        TRY(put_body(op, b, stmt_text_dup(op, s, 0), d->n_bodies - 1));
    }
    d->bodies = ARENA_ARRAY(op->arena, struct dashboard_body, d->n_bodies + 1);
    if (d->bodies == NULL)
        return no_memory(op);
    for (size_t i = 0; i < b->n; i++)
        if (d->bodies[b->row[i]].code == NULL)
            d->bodies[b->row[i]].code = b->codes[i];
    return ERR_OK;
}

static struct dashboard_body *row_of(struct dashboard *d, const struct bodies *b, const char *code)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->codes[i], code) == 0)
            return &d->bodies[b->row[i]];
    return NULL;
}

/* One walk over the open matters: what to act on now, and each body's. */
static enum err_code open_now(struct figuring *f, const struct list_filter *filter,
                              const struct bodies *b, struct dashboard *d)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c CLEANUP(compose_release);
    struct reading r;
    bool row = false;

    compose_init(&c);
    TRY(reading_begin(f->op, f->snap, filter, MAY_COUNT, &r));
    if (r.nothing)
        return ERR_OK;
    compose(&c, SQL_figure_open_by_body);
    compose_int(&c, filter->today);
    compose_int(&c, filter->soon_until);
    TRY(compose_stream(&r, &c, &(struct stream){.from = SQL_list_from_open_due}));
    compose(&c, SQL_figure_group_body);
    TRY(compose_prepare(f->op, f->snap, &c, &s));
    for (;;) {
        struct dashboard_body *body;

        TRY(stmt_step(f->op, s, &row));
        if (!row)
            return ERR_OK;
        d->late += stmt_int64(s, 2);
        d->today += stmt_int64(s, 3);
        d->soon += stmt_int64(s, 4);
        d->waiting_leader += stmt_int64(s, 5);
        d->unassigned += stmt_int64(s, 6);
        body = row_of(d, b, stmt_text(s, 0));
        if (body != NULL) {
            body->open += stmt_int64(s, 1);
            body->late += stmt_int64(s, 2);
        }
    }
}

static enum err_code bodies_of(struct figuring *f, const struct indicator_part *received,
                               const struct indicator_part *ended, const struct period *period,
                               const struct list_filter *filter, struct dashboard *d)
{
    struct bodies b = {0};
    const struct cell *cells;
    struct dashboard_body *body;
    size_t n;
    bool days;

    TRY(load_bodies(f, &b, d));
    TRY(part_cells(f, received, period, COL_NONE, true, &cells, &n, &days));
    for (size_t i = 0; i < n; i++)
        if ((body = row_of(d, &b, cells[i].body)) != NULL)
            body->received += cells[i].n;
    TRY(part_cells(f, ended, period, COL_NONE, true, &cells, &n, &days));
    for (size_t i = 0; i < n; i++)
        if ((body = row_of(d, &b, cells[i].body)) != NULL)
            body->ended += cells[i].n;
    return open_now(f, filter, &b, d);
}

enum err_code dashboard_query(struct op *op, const struct indicators *indicators, const char *body,
                              const struct period *period, date_t today, date_t soon_until,
                              struct dashboard *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct indicator_part received = whole(indicators, "received");
    struct indicator_part ended = whole(indicators, "ended");
    struct figures_query query = {.body = body, .period = *period, .against = AGAINST_PREVIOUS};
    struct list_filter filter = {.body = body, .today = today, .soon_until = soon_until};
    struct dashboard d = {0};
    struct figuring f;

    if (received.measure == NULL || ended.measure == NULL)
        return err_set(&op->err, ERR_INTERNAL, "the measures received and ended are missing");
    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, body, SCOPE_SUBTREE, &f));
    d.position = snapshot_position(snap);
    TRY(figures_in(&f, indicators, &query, true, &d.figures));
    TRY(months_of(&f, &received, &ended, date_month_index(period->last), &d));
    TRY(days_of(&f, &received, period, &d));
    TRY(categories_of(&f, &received, period, &d));
    TRY(bodies_of(&f, &received, &ended, period, &filter, &d));
    *ret = d;
    return ERR_OK;
}
