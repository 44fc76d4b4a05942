/* Measures: loading, and the cells of one matter. */
#include "insight/measures.h"

#include <string.h>

#include "base/json.h"
#include "rules/read.h"

#define MEASURES_ARENA (256 * 1024)
#define VALUE_BYTES 160

struct measures {
    struct arena *arena;
    struct measure *items;
    size_t n;
};

/* ---- one matter ---- */

bool measure_holds(const struct measure *measure, const struct figure_facts *facts)
{
    return (!measure->by_ended || facts->ended != DATE_NONE) &&
           conditions_hold(&measure->where, facts);
}

static void value_of(const struct measure_dimension *d, const struct figure_facts *f,
                     char ret[VALUE_BYTES])
{
    const char *text;

    if (d->fact == FACT_NONE) {
        snprintf(ret, VALUE_BYTES, "%s", f->kind);
        return;
    }
    if (d->fact == FACT_RATING) {
        snprintf(ret, VALUE_BYTES, "%s|%d", f->kind, (int)f->rating);
        return;
    }
    text = fact_text(f, d->fact);
    snprintf(ret, VALUE_BYTES, "%s|%s", f->kind, text == NULL ? "" : text);
}

static void emit_cells(const struct measure *measure, const struct figure_facts *f,
                       measure_emit_fn *emit, void *arg)
{
    date_t day = measure->by_ended ? f->ended : f->received;
    int64_t sum = conditions_sum(&measure->where, f, measure->sum);

    for (size_t i = 0; i < measure->n_dimensions; i++) {
        const struct measure_dimension *d = &measure->dimensions[i];
        struct tally_key key = {.measure = measure->id, .dimension = d->id, .body = f->body};
        char value[VALUE_BYTES];

        value_of(d, f, value);
        key.value = value;
        if (d->month) {
            key.grain = 'm';
            key.period = date_month_index(day);
            emit(arg, &key, 1, sum);
        }
        if (d->day) {
            key.grain = 'd';
            key.period = day;
            emit(arg, &key, 1, sum);
        }
    }
}

void measure_cells(const struct measures *measures, const struct figure_facts *facts,
                   measure_emit_fn *emit, void *arg)
{
    for (size_t i = 0; i < measures->n; i++)
        if (measure_holds(&measures->items[i], facts))
            emit_cells(&measures->items[i], facts, emit, arg);
}

struct difference {
    struct changes *ch;
    int64_t sign;
};

static void add_difference(void *arg, const struct tally_key *key, int64_t n, int64_t sum)
{
    const struct difference *d = arg;

    changes_tally(d->ch, key, d->sign * n, d->sign * sum);
}

void measure_difference(struct op *op, struct changes *ch, const struct measures *measures,
                        const struct figure_facts *before, const struct figure_facts *after)
{
    (void)op;
    if (before != NULL)
        measure_cells(measures, before, add_difference, &(struct difference){ch, -1});
    if (after != NULL)
        measure_cells(measures, after, add_difference, &(struct difference){ch, 1});
}

/* ---- loading ---- */

static void read_grains(struct reader *r, const json_t *grains, struct measure_dimension *ret)
{
    const json_t *grain;
    size_t i;

    json_array_foreach((json_t *)grains, i, grain)
    {
        const char *name = json_string_value(grain);

        if (name != NULL && strcmp(name, "month") == 0)
            ret->month = true;
        else if (name != NULL && strcmp(name, "day") == 0)
            ret->day = true;
        else
            reader_fault(r, NULL, "grain", "粒度是 month 或 day", "A grain is month or day");
    }
    if (!ret->month)
        reader_fault(r, NULL, "grain", "都要有 month", "Every dimension has the grain month");
}

/* {"total": ["month", "day"], "channel": ["month"]} */
static void read_dimensions(struct reader *r, const json_t *object, struct measure *ret)
{
    const json_t *value = read_member(r, object, "dimensions", true);
    size_t mark = reader_key(r, "dimensions"), inner;
    const char *key;
    json_t *grains;

    json_object_foreach((json_t *)value, key, grains)
    {
        struct measure_dimension *d = &ret->dimensions[ret->n_dimensions];

        if (ret->n_dimensions == MEASURE_DIMENSIONS_MAX) {
            reader_fault(r, NULL, "many", "维度太多", "There are too many dimensions");
            break;
        }
        inner = reader_key(r, key);
        *d = (struct measure_dimension){.id = arena_strdup(r->arena, key), .fact = fact_find(key)};
        r->no_memory |= d->id == NULL;
        if (strcmp(key, "total") != 0 &&
            (!fact_is_kept(d->fact) || d->fact == FACT_KIND || d->fact == FACT_AMOUNT_FEN ||
             d->fact == FACT_RECOVERED_FEN))
            reader_fault(r, NULL, "dimension", "维度是 total 或编码列",
                         "A dimension is total or a column of codes");
        read_grains(r, grains, d);
        reader_up(r, inner);
        ret->n_dimensions++;
    }
    if (ret->n_dimensions == 0)
        reader_fault(r, NULL, "empty", "没有维度", "There is no dimension");
    reader_up(r, mark);
}

static void read_measure(struct reader *r, const json_t *value, struct measures *all, size_t i)
{
    static const char *const keys[] = {"id", "label", "period", "where", "sum", "dimensions", NULL};
    static const char *const periods[] = {"received", "ended", NULL};
    struct measure *m = &all->items[i];
    const char *sum;

    m->sum = FACT_NONE;
    if (!read_object(r, value, keys))
        return;
    m->id = read_text(r, value, "id", true);
    m->label = read_label(r, value, "label", true);
    m->by_ended = read_name(r, value, "period", periods, 0, true) == 1;
    m->where = read_conditions(r, value, "where");
    for (size_t k = 0; k < m->where.n; k++)
        if (!fact_is_kept(m->where.list[k].fact))
            reader_fault(r, "where", "fact", "合计里不能用这一列", "Tallies cannot keep this fact");
    sum = read_text(r, value, "sum", false);
    if (sum != NULL)
        m->sum = fact_find(sum);
    if (sum != NULL && (!fact_is_number(m->sum) || !fact_is_kept(m->sum)))
        reader_fault(r, "sum", "sum", "sum 是 amount_fen、recovered_fen 或 rating",
                     "sum is amount_fen, recovered_fen or rating");
    read_dimensions(r, value, m);
    if (m->id != NULL && measures_find(all, m->id) != m)
        reader_fault(r, "id", "twice", "编号重复", "The id is given twice");
}

static void read_measures(struct reader *r, const json_t *root, struct measures *all)
{
    static const char *const keys[] = {"measures", NULL};
    const json_t *list;
    size_t mark;

    if (!read_object(r, root, keys))
        return;
    list = read_array(r, root, "measures", true);
    mark = reader_key(r, "measures");
    if (list != NULL && json_array_size(list) == 0)
        reader_fault(r, NULL, "empty", "没有内容", "There are no measures");
    all->items = read_room(r, json_array_size(list), sizeof *all->items);
    for (size_t i = 0; all->items != NULL && i < json_array_size(list); i++) {
        size_t inner = reader_index(r, i);

        all->n = i + 1;
        read_measure(r, json_array_get(list, i), all, i);
        reader_up(r, inner);
    }
    reader_up(r, mark);
}

enum err_code measures_load(const char *bytes, size_t n, struct measures **ret, struct err *err)
{
    CLEANUP(measures_freep) struct measures *all = calloc(1, sizeof *all);
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct reader r;

    if (all != NULL)
        all->arena = arena_new(MEASURES_ARENA);
    if (all == NULL || all->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "measures");
    TRY(json_parse(bytes, n, &root, err));
    reader_init(&r, all->arena, err);
    read_measures(&r, root, all);
    TRY(reader_result(&r));
    *ret = all;
    all = NULL;
    return ERR_OK;
}

void measures_free(struct measures *measures)
{
    if (measures == NULL)
        return;
    arena_free(measures->arena);
    free(measures);
}

void measures_freep(struct measures **measures)
{
    measures_free(*measures);
}

size_t measures_count(const struct measures *measures)
{
    return measures->n;
}

const struct measure *measures_at(const struct measures *measures, size_t i)
{
    return &measures->items[i];
}

const struct measure *measures_find(const struct measures *measures, const char *id)
{
    for (size_t i = 0; i < measures->n; i++)
        if (measures->items[i].id != NULL && strcmp(measures->items[i].id, id) == 0)
            return &measures->items[i];
    return NULL;
}
