/* Reading and counting rows of columns: conditions and keys decided once per code, not once per
 * row. */
#include <string.h>

#include "insight/figure_columns.h"

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for figures");
}

/* ---- reading them ---- */

const struct column_list *columns_list(const struct figure_columns *c, const struct period *period,
                                       struct figure_as_of as_of)
{
    size_t k = 0, p = 0;

    while (p < c->n_periods &&
           (c->periods[p].first != period->first || c->periods[p].last != period->last))
        p++;
    while (k < c->n_as_of && (c->as_of[k].kind != as_of.kind ||
                              (as_of.kind != AS_OF_NOW && c->as_of[k].at != as_of.at)))
        k++;
    return p == c->n_periods || k == c->n_as_of ? NULL : &c->lists[k];
}

void columns_facts(const struct figure_columns *c, const struct column_row *row,
                   struct figure_facts *ret)
{
    const struct figure_body *body = c->bodies[row->texts[PAST_BODY]];
    const char *texts[PAST_TEXTS];

    for (size_t i = 0; i < PAST_TEXTS; i++)
        texts[i] = row->texts[i] == 0 ? NULL : c->texts[i].texts[row->texts[i]];
    *ret = (struct figure_facts){
        .id = row->id,
        .kind = texts[PAST_KIND] == NULL ? "" : texts[PAST_KIND],
        .status = texts[PAST_STATUS] == NULL ? "" : texts[PAST_STATUS],
        .body = texts[PAST_BODY] == NULL ? "" : texts[PAST_BODY],
        .channel = texts[PAST_CHANNEL] == NULL ? "" : texts[PAST_CHANNEL],
        .outcome = texts[PAST_OUTCOME],
        .ground = texts[PAST_GROUND],
        .told = texts[PAST_TOLD],
        .category = texts[PAST_CATEGORY],
        .problem = texts[PAST_PROBLEM],
        .division = texts[PAST_DIVISION],
        .by_parties = row->by_parties,
        .told_business = texts[PAST_TOLD_BUSINESS],
        .disclosure = texts[PAST_DISCLOSURE],
        .clocks = texts[PAST_CLOCKS],
        .business = row->business,
        .officer = row->officer,
        .themes = c->themes == NULL ? NULL : c->themes + row->themes_at,
        .n_themes = row->n_themes,
        .remedies = c->remedies == NULL ? NULL : c->remedies + row->remedies_at,
        .n_remedies = row->n_remedies,
        .rating = row->rating,
        .amount_fen = row->amount_fen,
        .recovered_fen = row->recovered_fen,
        .heads = row->heads,
        .from_complaint = row->from_complaint,
        .received = row->received,
        .ended = row->ended,
        .assigned = row->assigned,
        .accepted = row->accepted,
        .told_on = row->told_on,
        .body_class = body == NULL ? NULL : body->kind,
    };
}

/* ---- columns of facts ---- */

/* The column in whose text a fact stands; -1 where it takes more than one. */
static int column_of(enum fact fact)
{
    static const struct {
        enum fact fact;
        enum past_text_fact column;
    } columns[] = {
        {FACT_KIND, PAST_KIND},         {FACT_STATUS, PAST_STATUS},
        {FACT_OUTCOME, PAST_OUTCOME},   {FACT_GROUND, PAST_GROUND},
        {FACT_TOLD, PAST_TOLD},         {FACT_CHANNEL, PAST_CHANNEL},
        {FACT_CATEGORY, PAST_CATEGORY}, {FACT_PROBLEM, PAST_PROBLEM},
        {FACT_CLOCK, PAST_CLOCKS},      {FACT_DISCLOSURE, PAST_DISCLOSURE},
        {FACT_DIVISION, PAST_DIVISION},
    };

    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (columns[i].fact == fact)
            return (int)columns[i].column;
    return -1;
}

/* Facts of which one column alone is known. */
static struct figure_facts facts_of_code(const struct figure_columns *c, int column, uint32_t code)
{
    struct column_row row = {.received = DATE_NONE, .ended = DATE_NONE};
    struct figure_facts facts;

    row.texts[column] = code;
    columns_facts(c, &row, &facts);
    return facts;
}

/* ---- conditions ---- */

static enum err_code holds_by_code(struct figuring *f, const struct figure_columns *c,
                                   const struct condition *condition, int column, const bool **ret)
{
    bool *holds = ARENA_ARRAY(f->op->arena, bool, c->texts[column].n);

    if (holds == NULL)
        return no_memory(f->op);
    for (uint32_t code = 0; code < c->texts[column].n; code++) {
        struct figure_facts facts = facts_of_code(c, column, code);

        holds[code] = condition_holds(condition, &facts);
    }
    *ret = holds;
    return ERR_OK;
}

enum err_code column_part(struct figuring *f, const struct figure_columns *c,
                          const struct indicator_part *part, struct column_part *ret)
{
    *ret = (struct column_part){.part = part};
    for (size_t i = 0; i < part->where.n; i++) {
        const struct condition *condition = &part->where.list[i];
        int column = column_of(condition->fact);

        if (column < 0) {
            ret->more = true;
            continue;
        }
        ret->texts[ret->n_texts].column = column;
        TRY(holds_by_code(f, c, condition, column, &ret->texts[ret->n_texts].holds));
        ret->n_texts++;
    }
    return ERR_OK;
}

const struct figure_facts *column_seen_facts(struct column_seen *seen)
{
    if (!seen->made)
        columns_facts(seen->columns, seen->row, &seen->facts);
    seen->made = true;
    return &seen->facts;
}

bool column_part_holds(const struct column_part *part, struct column_seen *seen)
{
    for (size_t i = 0; i < part->n_texts; i++)
        if (!part->texts[i].holds[seen->row->texts[part->texts[i].column]])
            return false;
    return !part->more || conditions_hold(&part->part->where, column_seen_facts(seen));
}

/* ---- keys ---- */

static int key_column(enum figure_dimension by)
{
    if (by == DIM_BODY || by == DIM_BRANCH || by == DIM_BODY_CLASS)
        return PAST_BODY;
    return by == DIM_KIND ? PAST_KIND : column_of(dimension_fact(by));
}

struct key_copy {
    struct arena *arena;
    const char *key;
};

static void copy_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    struct key_copy *copy = arg;

    (void)n;
    (void)sum;
    copy->key = arena_strdup(copy->arena, key);
}

enum err_code column_keys(struct figuring *f, const struct figure_columns *c,
                          const struct indicator_part *part, enum figure_dimension by,
                          struct column_keys *ret)
{
    *ret = (struct column_keys){.by = by, .column = key_column(by)};
    if (ret->column < 0)
        return ERR_OK;
    ret->keys = ARENA_ARRAY(f->op->arena, const char *, c->texts[ret->column].n);
    if (ret->keys == NULL)
        return no_memory(f->op);
    for (uint32_t code = 0; code < c->texts[ret->column].n; code++) {
        struct figure_facts facts = facts_of_code(c, ret->column, code);
        struct key_copy copy = {.arena = f->op->arena};

        dimension_keys(f, part, by, &facts, copy_key, &copy);
        ret->keys[code] = copy.key;
        if (copy.key == NULL)
            return no_memory(f->op);
    }
    return ERR_OK;
}

/* ---- asks ---- */

/* An ask being counted: by code where one text decides. */
struct counting {
    struct figure_ask *ask;
    size_t part; /* in the parts of the batch */
    struct column_keys keys;
    int64_t *n, *sum; /* by code; one alone for the whole */
    size_t n_codes;
};

struct batch {
    struct figuring *f;
    struct column_part *parts;
    size_t n_parts;
    struct counting *asks;
    size_t n_asks;
};

static enum err_code add_ask(struct batch *b, struct figure_ask *ask)
{
    const struct figure_columns *c = b->f->columns;
    struct counting *to = &b->asks[b->n_asks];
    struct op *op = b->f->op;
    size_t p = 0;

    while (p < b->n_parts && b->parts[p].part != ask->part)
        p++;
    if (p == b->n_parts)
        TRY(column_part(b->f, c, ask->part, &b->parts[b->n_parts++]));
    *to = (struct counting){.ask = ask, .part = p};
    TRY(column_keys(b->f, c, ask->part, ask->by, &to->keys));
    to->n_codes = to->keys.column >= 0 ? c->texts[to->keys.column].n : 1;
    to->n = ARENA_ARRAY(op->arena, int64_t, to->n_codes);
    to->sum = ARENA_ARRAY(op->arena, int64_t, to->n_codes);
    if (to->n == NULL || to->sum == NULL)
        return no_memory(op);
    b->n_asks++;
    return ERR_OK;
}

static void add_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    groups_add(arg, key, n, sum);
}

static void count_row(struct batch *b, struct counting *a, struct column_seen *seen)
{
    const struct indicator_part *part = a->ask->part;
    size_t code = 0;

    if (a->keys.column < 0 && a->ask->by != DIM_NONE) {
        dimension_keys(b->f, part, a->ask->by, column_seen_facts(seen), add_key, &a->ask->groups);
        return;
    }
    if (a->keys.column >= 0)
        code = seen->row->texts[a->keys.column];
    a->n[code]++;
    if (part->sum != FACT_NONE)
        a->sum[code] += conditions_sum(&part->where, column_seen_facts(seen), part->sum);
}

static enum err_code finish(struct batch *b)
{
    for (size_t i = 0; i < b->n_asks; i++) {
        struct counting *a = &b->asks[i];

        for (size_t code = 0; code < a->n_codes; code++)
            if (a->n[code] != 0)
                groups_add(&a->ask->groups, a->keys.column < 0 ? "" : a->keys.keys[code],
                           a->n[code], a->sum[code]);
        if (a->ask->groups.no_memory)
            return no_memory(b->f->op);
        a->ask->done = a->ask->cut = true;
    }
    return ERR_OK;
}

/* Asks of one cohort, period and cut-off. */
static enum err_code count_batch(struct batch *b, const struct column_list *list)
{
    const struct figure_columns *c = b->f->columns;
    const struct figure_ask *first = b->asks[0].ask;
    bool *holds = ARENA_ARRAY(b->f->op->arena, bool, b->n_parts);

    if (holds == NULL)
        return no_memory(b->f->op);
    for (size_t i = 0; i < list->n; i++) {
        struct column_seen seen = {.columns = c, .row = &c->rows[list->rows[i]]};

        if (!columns_in_period(seen.row, first->part->by_ended, &first->period))
            continue;
        for (size_t p = 0; p < b->n_parts; p++)
            holds[p] = column_part_holds(&b->parts[p], &seen);
        for (size_t a = 0; a < b->n_asks; a++)
            if (holds[b->asks[a].part])
                count_row(b, &b->asks[a], &seen);
    }
    return finish(b);
}

static bool together(const struct figure_ask *a, const struct figure_ask *b)
{
    return a->part->by_ended == b->part->by_ended && a->period.first == b->period.first &&
           a->period.last == b->period.last && a->as_of.kind == b->as_of.kind &&
           (a->as_of.kind == AS_OF_NOW || a->as_of.at == b->as_of.at);
}

enum err_code columns_answer(struct figuring *f, struct figure_ask **asks, size_t n)
{
    struct batch b = {.f = f,
                      .parts = ARENA_ARRAY(f->op->arena, struct column_part, n),
                      .asks = ARENA_ARRAY(f->op->arena, struct counting, n)};

    if (n > 0 && (b.parts == NULL || b.asks == NULL))
        return no_memory(f->op);
    for (size_t i = 0; i < n; i++) {
        const struct column_list *list = columns_list(f->columns, &asks[i]->period, asks[i]->as_of);

        if (asks[i]->done || list == NULL)
            continue;
        b.n_parts = b.n_asks = 0;
        for (size_t k = i; k < n; k++)
            if (!asks[k]->done && together(asks[i], asks[k]))
                TRY(add_ask(&b, asks[k]));
        TRY(count_batch(&b, list));
    }
    return ERR_OK;
}
