/* Reads what transitions gather from elsewhere: from the entries that link to theirs, from
 * decisions on cases, from a draw. It needs the other registers. */
#include "rules/register_gather.h"

#include <string.h>

#include "rules/register_internal.h"

#define FACTOR_MAX 1000

/* What entries have in common that are ranked among each other: a link, or a period or choice by
 * which the register is filtered, so that it is found by. */
static const struct act_field *shared_of(struct register_reader *rr, const json_t *v)
{
    const char *name = read_text(&rr->p.r, v, "by", true);
    const struct act_field *f = name == NULL ? NULL : register_field(rr->def, name);
    bool found = f != NULL && f->kind == FIELD_ENTRY;

    for (size_t i = 0; f != NULL && i < rr->def->n_filters; i++)
        found |= rr->def->filters[i] == f && (f->kind == FIELD_PERIOD || f->kind == FIELD_CHOICE);
    if (name != NULL && !found)
        register_unknown(rr, "by", name);
    return found ? f : NULL;
}

static void read_mean(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    struct reader *r = &rr->p.r;
    const char *rows = read_text(r, v, "rows", true);
    const struct act_field *key, *value;

    g->key = read_text(r, v, "key", true);
    g->value = read_text(r, v, "value", true);
    g->factor = (int)read_int(r, v, "factor", 1, 1, FACTOR_MAX);
    g->rows = rows == NULL || g->measure == NULL ? NULL : register_field(g->measure->of, rows);
    if (g->rows != NULL && g->rows->kind != FIELD_TABLE)
        g->rows = NULL;
    if (rows != NULL && g->measure != NULL && g->rows == NULL)
        register_unknown(rr, "rows", rows);
    if (g->rows == NULL || g->field == NULL)
        return;
    key = register_column(g->rows, g->key);
    if (key == NULL || key->kind != FIELD_TEXT || register_column(g->field, g->key) == NULL)
        register_unknown(rr, "key", g->key);
    key = register_column(g->rows, g->value);
    value = register_column(g->field, g->value);
    if (key == NULL || key->kind != FIELD_INT || value == NULL || value->kind != FIELD_DECIMAL)
        register_unknown(rr, "value", g->value);
}

/* What cases that rows name came to: of no measure and no link. */
static void read_cases(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    const struct act_field *column;

    g->kind = GATHER_CASES;
    g->key = read_text(&rr->p.r, v, "cases", true);
    g->value = read_text(&rr->p.r, v, "value", true);
    if (g->field == NULL || g->field->kind != FIELD_TABLE) {
        register_unknown(rr, "field", g->field == NULL ? NULL : g->field->name);
        return;
    }
    column = register_column(g->field, g->key);
    if (column == NULL || column->kind != FIELD_CASE)
        register_unknown(rr, "cases", g->key);
    column = register_column(g->field, g->value);
    if (column == NULL || column->kind != FIELD_MONEY)
        register_unknown(rr, "value", g->value);
}

static const struct act_field *field_as(struct register_reader *rr, const json_t *v,
                                        const char *key, enum field_kind kind)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL ? NULL : register_field(rr->def, name);

    if (name != NULL && (f == NULL || f->kind != kind || f->sealed))
        register_unknown(rr, key, name);
    return f;
}

/* What entries are drawn from: a register, in some states, perhaps with the same choices. */
static void read_draw_entries(struct register_reader *rr, const json_t *v,
                              const struct act_field *column, struct register_gather *g)
{
    struct reader *r = &rr->p.r;
    const char *const *like;
    size_t n = 0;

    g->of = registers_find(rr->all, column->of_register);
    g->states = g->of == NULL ? 0 : register_read_states_of(rr, v, "states", g->of);
    if (g->of != NULL && g->states == 0)
        reader_fault(r, "states", "missing", "要写从哪些状态的记录里抽。", "States are missing.");
    like = register_read_texts(r, v, "like", false, GATHER_LIKE_MAX, &n);
    for (size_t i = 0; like != NULL && g->of != NULL && i < n; i++) {
        const struct act_field *here = register_field(rr->def, like[i]),
                               *there = register_field(g->of, like[i]);

        if (here == NULL || there == NULL || here->kind != FIELD_CHOICE ||
            there->kind != FIELD_CHOICE)
            register_unknown(rr, "like", like[i]);
        else
            g->like[g->n_like++] = here;
    }
}

/* A sample that the program draws. */
static void read_draw(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    static const char *const each[] = {"person", NULL};
    const struct act_field *column;

    g->kind = GATHER_DRAW;
    g->people = read_name(&rr->p.r, v, "each", each, -1, false) == 0;
    g->key = read_text(&rr->p.r, v, "draw", true);
    g->n = field_as(rr, v, "n", FIELD_INT);
    g->seed = field_as(rr, v, "seed", FIELD_TEXT);
    g->pool = field_as(rr, v, "pool", FIELD_INT);
    column = g->field == NULL || g->field->kind != FIELD_TABLE ? NULL
                                                               : register_column(g->field, g->key);
    if (column == NULL || (column->kind != FIELD_MATTER && column->kind != FIELD_BUSINESS &&
                           column->kind != FIELD_ENTRY)) {
        register_unknown(rr, "draw", g->key);
        return;
    }
    if (g->people && column->kind != FIELD_MATTER)
        register_unknown(rr, "each", "person");
    if (column->kind == FIELD_ENTRY) {
        read_draw_entries(rr, v, column, g);
        return;
    }
    g->from = field_as(rr, v, "from", FIELD_DATE);
    g->to = field_as(rr, v, "to", FIELD_DATE);
}

/* What of an entry stands in a row of others: nothing that is not everybody's to see. */
static bool can_be_listed(const struct act_field *f)
{
    const enum field_kind k = f->kind;

    return !f->sealed && (k == FIELD_TEXT || k == FIELD_INT || k == FIELD_DECIMAL ||
                          k == FIELD_MONEY || k == FIELD_QUANTITY || k == FIELD_BOOL ||
                          k == FIELD_DATE || k == FIELD_CHOICE || k == FIELD_PERIOD);
}

static enum field_kind kind_of_computed(const struct register_computed *c,
                                        const struct act_field *column)
{
    return c->kind == COMPUTED_INT                                    ? FIELD_INT
           : c->kind == COMPUTED_DECIMAL                              ? FIELD_DECIMAL
           : c->kind == COMPUTED_MONEY                                ? FIELD_MONEY
           : c->kind == COMPUTED_DATE                                 ? FIELD_DATE
           : c->kind == COMPUTED_BOOL                                 ? FIELD_BOOL
           : c->kind == COMPUTED_TEXT && column->kind == FIELD_CHOICE ? FIELD_CHOICE
                                                                      : FIELD_TEXT;
}

static void read_list(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    const char *measure = read_text(&rr->p.r, v, "list", true);

    g->kind = GATHER_LIST;
    g->measure = register_measure_named(rr, measure);
    if (g->measure == NULL) {
        register_unknown(rr, "list", measure);
        return;
    }
    g->by = register_read_link(rr, v, "by", g->measure->of, rr->def);
    if (g->field == NULL || g->field->kind != FIELD_TABLE) {
        register_unknown(rr, "field", g->field == NULL ? NULL : g->field->name);
        return;
    }
    for (size_t i = 0; i < g->field->n_columns; i++) {
        const struct act_field *column = &g->field->columns[i],
                               *f = register_field(g->measure->of, column->name);
        const struct register_computed *c = register_computed(g->measure->of, column->name);
        bool fine = f != NULL ? f->kind == column->kind && can_be_listed(f)
                    : c != NULL
                        ? kind_of_computed(c, column) == column->kind
                        : strcmp(column->name, GATHER_NUMBER) == 0 && column->kind == FIELD_TEXT;

        if (!fine)
            register_unknown(rr, "list", column->name);
    }
}

static bool takes(const struct register_gather *g)
{
    const enum field_kind k = g->field->kind;

    return g->kind == GATHER_MEAN   ? k == FIELD_TABLE
           : g->kind == GATHER_RANK ? k == FIELD_INT
                                    : k == FIELD_INT || k == FIELD_DECIMAL || k == FIELD_MONEY;
}

static void read_gather(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    static const char *const keys[] = {
        "field", "by", "sum",  "most", "rank", "mean", "rows", "value", "factor", "key",  "cases",
        "draw",  "n",  "seed", "pool", "from", "to",   "each", "list",  "states", "like", NULL};
    static const char *const kinds[] = {"sum", "most", "rank", "mean"};
    struct reader *r = &rr->p.r;
    const char *name, *measure = NULL;

    if (!read_object(r, v, keys))
        return;
    name = read_text(r, v, "field", true);
    g->field = name == NULL ? NULL : register_field(rr->def, name);
    if (json_object_get(v, "cases") != NULL) {
        read_cases(rr, v, g);
        return;
    }
    if (json_object_get(v, "draw") != NULL) {
        read_draw(rr, v, g);
        return;
    }
    if (json_object_get(v, "list") != NULL) {
        read_list(rr, v, g);
        return;
    }
    for (int i = 0; i < 4 && measure == NULL; i++) {
        g->kind = (enum gather_kind)i;
        measure = read_text(r, v, kinds[i], i == 3);
    }
    if (measure == NULL)
        return;
    g->measure = register_measure_named(rr, measure);
    if (g->measure == NULL ||
        ((g->kind == GATHER_MOST || g->kind == GATHER_RANK) && g->measure->of != rr->def))
        register_unknown(rr, kinds[g->kind], measure);
    if (name != NULL && (g->field == NULL || !takes(g)))
        register_unknown(rr, "field", name);
    if (g->kind == GATHER_MEAN)
        read_mean(rr, v, g);
    if (g->kind == GATHER_MOST || g->kind == GATHER_RANK)
        g->by = shared_of(rr, v);
    else if (g->measure != NULL)
        g->by = register_read_link(rr, v, "by", g->measure->of, rr->def);
}

void register_read_gathers(struct register_reader *rr, const json_t *v, size_t i)
{
    struct reader *r = &rr->p.r;
    struct register_step *step = (struct register_step *)rr->def->steps + i;
    const json_t *list = read_array(r, v, "gather", false);
    struct register_gather *gathers = read_room(r, json_array_size(list), sizeof *gathers);
    size_t at = reader_key(r, "gather");

    if (json_array_size(list) > SETS_MAX)
        reader_fault(r, NULL, "too_many", "最多 8 项。", "At most %d.", SETS_MAX);
    for (size_t k = 0; gathers != NULL && k < json_array_size(list) && k < SETS_MAX; k++) {
        size_t mark = reader_index(r, k);

        read_gather(rr, json_array_get(list, k), &gathers[k]);
        step->n_gathers = k + 1;
        reader_up(r, mark);
    }
    step->gathers = gathers;
    reader_up(r, at);
}
