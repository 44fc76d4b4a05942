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

/* What the charts and tables ask for. */
struct board {
    struct figuring f;
    struct indicator_part received, ended;
    struct period year; /* the twelve months */
    struct period days; /* the last days of the period */
    size_t months_received, months_ended, days_received, days_ended, branches_received,
        branches_ended, categories, categories_before;
};

static enum err_code ask_all(struct board *b, const struct period *period,
                             const struct period *before)
{
    const struct figure_as_of now = {AS_OF_NOW, 0};
    struct figuring *f = &b->f;
    int last = date_month_index(period->last);

    b->received = (struct indicator_part){.sum = FACT_NONE};
    b->ended = (struct indicator_part){.by_ended = true, .sum = FACT_NONE};
    b->ended.where.list[b->ended.where.n++] =
        (struct condition){.fact = FACT_OUTCOME, .set = true, .min = INT64_MIN, .max = INT64_MAX};
    b->year = (struct period){.kind = PERIOD_DAYS,
                              .first = date_month_start(last - MONTHS + 1),
                              .last = date_month_start(last + 1) - 1};
    b->days = (struct period){.kind = PERIOD_DAYS, .first = period->first, .last = period->last};
    if (b->days.last - b->days.first >= DAYS_MAX)
        b->days.first = b->days.last - DAYS_MAX + 1;
    TRY(figuring_ask(f, &b->received, &b->year, now, DIM_MONTH, &b->months_received));
    TRY(figuring_ask(f, &b->ended, &b->year, now, DIM_MONTH, &b->months_ended));
    TRY(figuring_ask(f, &b->received, &b->days, now, DIM_DAY, &b->days_received));
    TRY(figuring_ask(f, &b->ended, &b->days, now, DIM_DAY, &b->days_ended));
    TRY(figuring_ask(f, &b->received, period, now, DIM_CATEGORY, &b->categories));
    TRY(figuring_ask(f, &b->received, before, now, DIM_CATEGORY, &b->categories_before));
    TRY(figuring_ask(f, &b->received, period, now, DIM_BRANCH, &b->branches_received));
    return figuring_ask(f, &b->ended, period, now, DIM_BRANCH, &b->branches_ended);
}

/* ---- charts ---- */

static int64_t number_at(const struct board *b, size_t ask, const char *key)
{
    const struct group *g = groups_find(figuring_groups(&b->f, ask), key);

    return g == NULL ? 0 : g->n;
}

static enum err_code months_of(struct board *b, struct dashboard *d)
{
    int first = date_month_index(b->year.first);
    char key[DIMENSION_KEY];

    d->months = ARENA_ARRAY(b->f.op->arena, struct dashboard_month, MONTHS);
    if (d->months == NULL)
        return no_memory(b->f.op);
    d->n_months = MONTHS;
    for (int i = 0; i < MONTHS; i++) {
        dimension_key_of_date(DIM_MONTH, date_month_start(first + i), key);
        d->months[i] = (struct dashboard_month){.month_index = first + i,
                                                .received = number_at(b, b->months_received, key),
                                                .ended = number_at(b, b->months_ended, key)};
    }
    return ERR_OK;
}

static enum err_code days_of(struct board *b, struct dashboard *d)
{
    char key[DIMENSION_KEY];

    d->n_days = (size_t)(b->days.last - b->days.first + 1);
    d->days = ARENA_ARRAY(b->f.op->arena, struct dashboard_day, d->n_days);
    if (d->days == NULL)
        return no_memory(b->f.op);
    for (size_t i = 0; i < d->n_days; i++) {
        date_t date = b->days.first + (date_t)i;

        dimension_key_of_date(DIM_DAY, date, key);
        d->days[i] = (struct dashboard_day){.date = date,
                                            .received = number_at(b, b->days_received, key),
                                            .ended = number_at(b, b->days_ended, key)};
    }
    return ERR_OK;
}

/* The largest by name; what they were before is read beside them. */
static enum err_code categories_of(struct board *b, struct dashboard *d)
{
    const struct groups *before = figuring_groups(&b->f, b->categories_before);
    struct figure_cell *cells;
    size_t n;

    TRY(cells_of_groups(b->f.op, figuring_groups(&b->f, b->categories), DIM_CATEGORY, &cells, &n));
    d->not_given = (struct dashboard_category){"", 0, number_at(b, b->categories_before, "")};
    d->rest = (struct dashboard_category){"", 0, groups_total(before).n - d->not_given.before};
    for (size_t i = 0; i < n; i++) {
        int64_t then = number_at(b, b->categories_before, cells[i].key);

        if (cells[i].key[0] == '\0') {
            d->not_given.n = cells[i].n;
        } else if (d->n_categories < DASHBOARD_CATEGORIES) {
            d->categories[d->n_categories++] =
                (struct dashboard_category){cells[i].key, cells[i].n, then};
            d->rest.before -= then;
        } else {
            d->n_rest++;
            d->rest.n += cells[i].n;
        }
    }
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
    struct composed c;
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
        if (b->n > 0 && f->scope == SCOPE_OWN)
            break;
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

/* What to act on now, and each body's open ones. */
static enum err_code open_now(struct figuring *f, const struct list_filter *filter,
                              struct kept_open *kept, const struct bodies *b, struct dashboard *d)
{
    struct body_opens *opens;
    struct reading r;
    size_t n;

    TRY(reading_begin(f->op, f->snap, filter, MAY_COUNT, &r));
    TRY(kept_open_count(&r, kept, &opens, &n));
    for (size_t i = 0; i < n; i++) {
        const struct open_counts *counts = &opens[i].counts;
        struct dashboard_body *body = row_of(d, b, opens[i].body);
        int64_t late = counts->levels[DUE_LATE - DUE_LATE];
        int64_t today = counts->levels[DUE_TODAY - DUE_LATE];
        int64_t soon = counts->levels[DUE_SOON - DUE_LATE];

        d->late += late;
        d->today += today;
        d->soon += soon;
        d->waiting_leader += counts->waiting_leader;
        d->unassigned += counts->unassigned;
        if (body == NULL)
            continue;
        for (int level = 0; level < OPEN_LEVELS; level++)
            body->open += counts->levels[level];
        body->late += late;
        body->today += today;
        body->soon += soon;
        body->paused += counts->levels[DUE_PAUSED - DUE_LATE];
    }
    return ERR_OK;
}

static enum err_code bodies_of(struct board *board, const struct list_filter *filter,
                               struct kept_open *kept, struct dashboard *d)
{
    struct bodies b = {0};

    TRY(load_bodies(&board->f, &b, d));
    for (size_t i = 0; i < d->n_bodies; i++) {
        d->bodies[i].received = number_at(board, board->branches_received, d->bodies[i].code);
        d->bodies[i].ended = number_at(board, board->branches_ended, d->bodies[i].code);
    }
    return open_now(&board->f, filter, kept, &b, d);
}

enum err_code dashboard_query(struct op *op, const struct indicators *indicators,
                              const struct dashboard_query *query, struct dashboard *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct board *b = ARENA_NEW(op->arena, struct board);
    struct figures_query q = {.body = query->body,
                              .period = query->period,
                              .scope = query->scope,
                              .against = query->against == AGAINST_NOTHING ? AGAINST_PREVIOUS
                                                                           : query->against};
    struct list_filter filter = {.body = query->body,
                                 .body_only = query->scope == SCOPE_OWN,
                                 .today = query->today,
                                 .soon_until = query->soon_until};
    const struct period before = figures_period_against(&q);
    struct dashboard d = {0};

    if (b == NULL)
        return no_memory(op);
    TRY(snapshot_open(op, &snap));
    TRY(figuring_begin(op, snap, indicators, query->body, query->scope, &b->f));
    d.position = snapshot_position(snap);
    TRY(ask_all(b, &query->period, &before));
    TRY(figures_in(&b->f, indicators, &q, true, &d.figures)); /* finds what was asked, too */
    TRY(months_of(b, &d));
    TRY(days_of(b, &d));
    TRY(categories_of(b, &d));
    TRY(bodies_of(b, &filter, query->open, &d));
    *ret = d;
    return ERR_OK;
}
