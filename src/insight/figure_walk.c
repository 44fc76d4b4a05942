/* Counting from the matters: one walk along the index of receipt or of ending. */
#include <string.h>

#include "base/json.h"
#include "insight/figures_internal.h"
#include "sql_queries.h"

#define THEMES_MAX 32
#define REMEDIES_MAX 64
#define WORDS_MAX 64

/* ---- what is needed ---- */

static struct walk_needs needs_of_fact(enum fact fact)
{
    struct walk_needs needs = {.remedies = fact == FACT_REMEDY || fact == FACT_PAYER,
                               .clocks = fact == FACT_CLOCK};

    needs.detail = fact != FACT_NONE && fact != FACT_CLOCK && !fact_is_kept(fact);
    return needs;
}

void walk_needs_also(struct walk_needs *needs, struct walk_needs more)
{
    needs->detail |= more.detail;
    needs->remedies |= more.remedies;
    needs->clocks |= more.clocks;
}

struct walk_needs needs_of(const struct indicator_part *part, enum figure_dimension by)
{
    struct walk_needs needs = needs_of_fact(dimension_fact(by));

    walk_needs_also(&needs, needs_of_fact(part->sum));
    for (size_t i = 0; i < part->where.n; i++)
        walk_needs_also(&needs, needs_of_fact(part->where.list[i].fact));
    return needs;
}

/* ---- one row ---- */

/* Where a walk keeps what the facts of the row point to. */
struct row {
    struct op *op;
    struct stmt *s, *remedies_of, *clocks_of;
    bool detail;
    const char *words[WORDS_MAX]; /* kinds of remedies and payers met so far, each once */
    size_t n_words;
    json_t *themes; /* owned */
    const char *theme_list[THEMES_MAX];
    struct fact_remedy remedies[REMEDIES_MAX];
    char clocks[FACT_CLOCKS_BYTES];
    struct figure_facts facts;
};

static const char *empty_as_null(const char *text)
{
    return text == NULL || *text == '\0' ? NULL : text;
}

static date_t day_of(struct op *op, struct stmt *s, int column)
{
    return stmt_is_null(s, column) ? DATE_NONE
                                   : date_of_instant(stmt_int64(s, column), op->zone_min);
}

static void read_columns(struct row *row)
{
    struct stmt *s = row->s;
    struct op *op = row->op;

    row->facts = (struct figure_facts){
        .id = stmt_int64(s, 0),
        .kind = stmt_text(s, 1),
        .body = stmt_text(s, 2),
        .status = stmt_text(s, 3),
        .outcome = empty_as_null(stmt_text(s, 4)),
        .ground = empty_as_null(stmt_text(s, 5)),
        .told = empty_as_null(stmt_text(s, 6)),
        .channel = stmt_text(s, 7),
        .category = empty_as_null(stmt_text(s, 8)),
        .problem = empty_as_null(stmt_text(s, 9)),
        .rating = stmt_int64(s, 10),
        .amount_fen = stmt_int64(s, 11),
        .recovered_fen = stmt_int64(s, 12),
        .received_at = stmt_int64(s, 13),
        .ended_at = stmt_int64(s, 14),
        .received = day_of(op, s, 13),
        .ended = day_of(op, s, 14),
        .officer = stmt_int64(s, 15),
        .told_business = empty_as_null(stmt_text(s, 16)),
        .business = stmt_int64(s, 17),
        .division = empty_as_null(stmt_text(s, 18)),
        .assigned = DATE_NONE,
        .accepted = DATE_NONE,
        .told_on = DATE_NONE,
    };
}

static void read_themes(struct row *row, const char *text)
{
    size_t n = 0;

    json_decref(row->themes);
    row->themes = text == NULL ? NULL : json_loads(text, 0, NULL);
    for (size_t i = 0; i < json_array_size(row->themes) && n < THEMES_MAX; i++) {
        const char *theme = json_string_value(json_array_get(row->themes, i));

        if (theme != NULL)
            row->theme_list[n++] = theme;
    }
    row->facts.themes = row->theme_list;
    row->facts.n_themes = n;
}

/* A code of a table, in the arena once however many matters name it. NULL: none, or no memory. */
static const char *word_of(struct row *row, const char *text)
{
    const char *copy;

    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < row->n_words; i++)
        if (strcmp(row->words[i], text) == 0)
            return row->words[i];
    copy = arena_strdup(row->op->arena, text);
    if (copy != NULL && row->n_words < WORDS_MAX)
        row->words[row->n_words++] = copy;
    return copy;
}

/* The remedies of the settlement that stands. */
static enum err_code read_remedies(struct row *row, int64_t version)
{
    struct stmt *s = row->remedies_of;
    struct op *op = row->op;
    size_t n = 0;

    row->facts.remedies = row->remedies;
    row->facts.n_remedies = 0;
    if (s == NULL || version == 0)
        return ERR_OK;
    stmt_reset(s);
    TRY(stmt_bind_int64(op, s, 1, row->facts.id));
    TRY(stmt_bind_int64(op, s, 2, version));
    for (bool more = true; more && n < REMEDIES_MAX;) {
        TRY(stmt_step(op, s, &more));
        if (!more)
            break;
        row->remedies[n] =
            (struct fact_remedy){.kind = word_of(row, stmt_text(s, 0)),
                                 .payer = word_of(row, stmt_is_null(s, 2) ? NULL : stmt_text(s, 2)),
                                 .amount_fen = stmt_int64(s, 1)};
        if (row->remedies[n].kind == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for remedies");
        n++;
    }
    row->facts.n_remedies = n;
    return ERR_OK;
}

/* Of each rule its last clock. */
static enum err_code read_clocks(struct row *row)
{
    struct stmt *s = row->clocks_of;
    bool more = true;

    row->clocks[0] = '\0';
    row->facts.clocks = row->clocks;
    if (s == NULL)
        return ERR_OK;
    stmt_reset(s);
    TRY(stmt_bind_int64(row->op, s, 1, row->facts.id));
    for (;;) {
        TRY(stmt_step(row->op, s, &more));
        if (!more)
            return ERR_OK;
        clock_word(row->clocks, stmt_text(s, 0), stmt_text(s, 1));
    }
}

static enum err_code read_row(struct row *row)
{
    read_columns(row);
    TRY(read_clocks(row));
    if (!row->detail)
        return ERR_OK;
    read_themes(row, stmt_text(row->s, 19));
    row->facts.heads = stmt_int64(row->s, 20);
    row->facts.accepted = day_of(row->op, row->s, 21);
    row->facts.told_on = day_of(row->op, row->s, 22);
    row->facts.from_complaint = stmt_is_null(row->s, 25) ? 0 : stmt_int64(row->s, 25);
    row->facts.by_parties =
        !stmt_is_null(row->s, 23) && strcmp(stmt_text(row->s, 23), "accepted") == 0;
    row->facts.disclosure =
        disclosure_word(stmt_is_null(row->s, 26) ? NULL : stmt_text(row->s, 26),
                        stmt_int64(row->s, 27) != 0, stmt_int64(row->s, 28) != 0);
    row->facts.assigned = day_of(row->op, row->s, 29);
    return read_remedies(row, stmt_int64(row->s, 24));
}

/* ---- the walk ---- */

static void row_release(struct row *row)
{
    stmt_closep(&row->s);
    stmt_closep(&row->remedies_of);
    stmt_closep(&row->clocks_of);
    json_decref(row->themes);
}

static enum err_code compose_walk(struct figuring *f, const struct walk *w, struct composed *c)
{
    int64_t from, until;

    compose(c, SQL_figure_facts);
    if (w->needs.detail)
        compose(c, SQL_figure_facts_detail);
    TRY(compose_stream(w->reading, c, w->stream));
    if (w->by_ended) {
        period_instants(w->period, f->op->zone_min, &from, &until);
        compose(c, SQL_list_if_ended_from);
        compose_int(c, from);
        compose(c, SQL_list_if_ended_until);
        compose_int(c, until);
    }
    if (!f->reports)
        compose(c, SQL_figure_if_no_reports);
    if (w->after == NULL)
        return ERR_OK;
    compose(c, w->by_ended ? SQL_figure_order_ended_desc : SQL_list_order_received_desc);
    compose_int(c, w->after->key);
    compose_int(c, w->after->id);
    compose_int(c, INT64_MAX);
    return ERR_OK;
}

enum err_code walk_matters(struct figuring *f, const struct walk *w, walk_fn *fn, void *arg)
{
    struct row row CLEANUP(row_release) = {.op = f->op, .detail = w->needs.detail};
    struct composed c;
    bool more = true, stop = false;

    compose_init(&c);
    TRY(compose_walk(f, w, &c));
    TRY(compose_prepare(f->op, f->snap, &c, &row.s));
    if (w->needs.remedies)
        TRY(snapshot_prepare(f->op, f->snap, SQL_figure_remedies, &row.remedies_of));
    if (w->needs.clocks)
        TRY(snapshot_prepare(f->op, f->snap, SQL_figure_clocks, &row.clocks_of));
    for (;;) {
        const struct figure_body *body;

        TRY(stmt_step(f->op, row.s, &more));
        if (!more)
            return ERR_OK;
        TRY(read_row(&row));
        body = figuring_body(f, row.facts.body);
        row.facts.body_class = body == NULL ? NULL : body->kind;
        TRY(fn(arg, &row.facts, &stop));
        if (stop)
            return ERR_OK;
    }
}

enum err_code walk_cohort(struct figuring *f, bool by_ended, const struct period *period,
                          struct walk_needs needs, walk_fn *fn, void *arg)
{
    struct list_filter filter = figuring_filter(f);
    struct reading r = {.op = f->op, .snap = f->snap, .f = &filter, .body_path = f->path};
    struct stream streams[STREAMS_MAX] = {{.from = SQL_list_from_ended}};
    size_t n = 1;

    r.visible.may.open_all = r.visible.may.secret_all = true; /* counted, not shown */
    if (!by_ended) {
        filter.from = period->first;
        filter.to = period->last;
        TRY(streams_for(&r, false, streams, &n));
    }
    for (size_t i = 0; i < n; i++)
        TRY(walk_matters(f,
                         &(struct walk){.reading = &r,
                                        .stream = &streams[i],
                                        .by_ended = by_ended,
                                        .period = period,
                                        .needs = needs},
                         fn, arg));
    return ERR_OK;
}

bool part_takes(const struct figuring *f, const struct indicator_part *part,
                const struct period *period, const struct figure_facts *facts, bool check_body)
{
    date_t day = part->by_ended ? facts->ended : facts->received;

    if (day == DATE_NONE || day < period->first || day > period->last)
        return false;
    if (!f->reports && strcmp(facts->kind, "report") == 0)
        return false;
    if (check_body) {
        const struct figure_body *body = figuring_body(f, facts->body);

        if (f->scope == SCOPE_OWN ? strcmp(facts->body, f->body) != 0
                                  : body == NULL || body->branch == NULL)
            return false;
    }
    return conditions_hold(&part->where, facts);
}
