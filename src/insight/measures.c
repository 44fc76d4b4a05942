/* Measures: loading, and the cells of one matter. */
#include "insight/measures.h"

#include <string.h>

#include "base/json.h"

#define MEASURES_ARENA (256 * 1024)
#define VALUE_BYTES 160

struct measures {
    json_t *root;        /* owns the texts */
    struct arena *arena; /* owns the arrays */
    struct measure *items;
    size_t n;
};

static const char *const column_names[COL_COUNT] = {
    [COL_KIND] = "kind",
    [COL_STATUS] = "status",
    [COL_OUTCOME] = "outcome",
    [COL_GROUND] = "ground",
    [COL_TOLD] = "told",
    [COL_CHANNEL] = "channel",
    [COL_CATEGORY] = "category",
    [COL_PROBLEM] = "problem",
    [COL_RATING] = "rating",
    [COL_AMOUNT_FEN] = "amount_fen",
    [COL_RECOVERED_FEN] = "recovered_fen",
};

const char *measure_column_name(enum measure_column column)
{
    return column < COL_COUNT ? column_names[column] : "";
}

static enum measure_column column_find(const char *name)
{
    int i = 0;

    while (i < COL_COUNT && strcmp(column_names[i], name) != 0)
        i++;
    return (enum measure_column)i;
}

bool measure_column_is_number(enum measure_column column)
{
    return column == COL_RATING || column == COL_AMOUNT_FEN || column == COL_RECOVERED_FEN;
}

/* ---- one matter ---- */

static const char *text_of(const struct measure_facts *f, enum measure_column column)
{
    switch (column) {
    case COL_KIND:
        return f->kind;
    case COL_STATUS:
        return f->status;
    case COL_OUTCOME:
        return f->outcome;
    case COL_GROUND:
        return f->ground;
    case COL_TOLD:
        return f->told;
    case COL_CHANNEL:
        return f->channel;
    case COL_CATEGORY:
        return f->category;
    case COL_PROBLEM:
        return f->problem;
    case COL_RATING:
    case COL_AMOUNT_FEN:
    case COL_RECOVERED_FEN:
    case COL_COUNT:
        break;
    }
    return NULL;
}

static int64_t number_of(const struct measure_facts *f, enum measure_column column)
{
    if (column == COL_RATING)
        return f->rating;
    if (column == COL_AMOUNT_FEN)
        return f->amount_fen;
    return column == COL_RECOVERED_FEN ? f->recovered_fen : 0;
}

/* The code itself, or one below it for the columns whose codes form trees. */
static bool code_fits(enum measure_column column, const char *value, const char *code)
{
    size_t n = strlen(code);

    if (strcmp(value, code) == 0)
        return true;
    return (column == COL_CATEGORY || column == COL_PROBLEM) && strncmp(value, code, n) == 0 &&
           value[n] == '.';
}

bool measure_condition_holds(const struct measure_condition *c, const struct measure_facts *f)
{
    const char *value;

    if (measure_column_is_number(c->column)) {
        int64_t number = number_of(f, c->column);

        return number >= c->min && number <= c->max && (!c->set || number > 0);
    }
    value = text_of(f, c->column);
    if (value == NULL || *value == '\0')
        return false;
    for (size_t i = 0; i < c->n_values; i++)
        if (code_fits(c->column, value, c->values[i]))
            return true;
    return c->n_values == 0;
}

bool measure_holds(const struct measure *measure, const struct measure_facts *facts)
{
    if (measure->by_ended && facts->ended == DATE_NONE)
        return false;
    for (size_t i = 0; i < measure->n_where; i++)
        if (!measure_condition_holds(&measure->where[i], facts))
            return false;
    return true;
}

static void emit_cells(const struct measure *measure, const struct measure_facts *f,
                       measure_emit_fn *emit, void *arg)
{
    date_t day = measure->by_ended ? f->ended : f->received;
    int64_t sum = measure->sum == COL_NONE ? 0 : number_of(f, measure->sum);

    for (size_t i = 0; i < measure->n_dimensions; i++) {
        const struct measure_dimension *d = &measure->dimensions[i];
        struct tally_key key = {.measure = measure->id, .dimension = d->id, .body = f->body};
        char value[VALUE_BYTES];
        const char *text;

        if (d->column == COL_NONE)
            snprintf(value, sizeof value, "%s", f->kind);
        else if (d->column == COL_RATING)
            snprintf(value, sizeof value, "%s|%d", f->kind, (int)f->rating);
        else {
            text = text_of(f, d->column);
            snprintf(value, sizeof value, "%s|%s", f->kind, text == NULL ? "" : text);
        }
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

void measure_cells(const struct measures *measures, const struct measure_facts *facts,
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
                        const struct measure_facts *before, const struct measure_facts *after)
{
    (void)op;
    if (before != NULL)
        measure_cells(measures, before, add_difference, &(struct difference){ch, -1});
    if (after != NULL)
        measure_cells(measures, after, add_difference, &(struct difference){ch, 1});
}

/* ---- loading ---- */

static enum err_code fault(struct err *err, const char *path, const char *what)
{
    return err_field(err, ERR_INVALID, path, "definition", what, what);
}

static enum err_code known_keys(const json_t *object, const char *const *keys, const char *path,
                                struct err *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;

        while (keys[i] != NULL && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i] == NULL)
            return err_set(err, fault(err, path, "unknown key"), "%s: unknown key %s", path, key);
    }
    return ERR_OK;
}

static enum err_code values_of(const json_t *list, struct arena *arena, const char *path,
                               struct measure_condition *ret, struct err *err)
{
    size_t n = json_array_size(list);

    if (n == 0 || measure_column_is_number(ret->column))
        return fault(err, path, "expected a list of codes, not empty, on a column of text");
    ret->values = ARENA_ARRAY(arena, const char *, n);
    if (ret->values == NULL)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        ret->values[i] = json_string_value(json_array_get(list, i));
        if (ret->values[i] == NULL || *ret->values[i] == '\0')
            return fault(err, path, "expected codes as text");
    }
    ret->n_values = n;
    return ERR_OK;
}

static enum err_code condition_of(const json_t *value, struct arena *arena, const char *path,
                                  struct measure_condition *ret, struct err *err)
{
    static const char *const keys[] = {"set", "min", "max", NULL};
    const json_t *set = json_object_get(value, "set"), *min = json_object_get(value, "min"),
                 *max = json_object_get(value, "max");

    ret->min = INT64_MIN;
    ret->max = INT64_MAX;
    if (json_is_array(value))
        return values_of(value, arena, path, ret, err);
    if (!json_is_object(value))
        return fault(err, path, "expected a list of codes or {set, min, max}");
    TRY(known_keys(value, keys, path, err));
    if (set != NULL && !json_is_true(set))
        return fault(err, path, "set can only be true");
    if ((min != NULL && !json_is_integer(min)) || (max != NULL && !json_is_integer(max)) ||
        ((min != NULL || max != NULL) && !measure_column_is_number(ret->column)))
        return fault(err, path, "min and max are whole numbers on a column of numbers");
    if (set == NULL && min == NULL && max == NULL)
        return fault(err, path, "no condition");
    ret->set = set != NULL;
    if (min != NULL)
        ret->min = json_integer_value(min);
    if (max != NULL)
        ret->max = json_integer_value(max);
    return ERR_OK;
}

enum err_code measure_conditions(const json_t *where, struct arena *arena, const char *path,
                                 struct measure_condition *ret, size_t *ret_n, struct err *err)
{
    const char *key;
    json_t *value;
    size_t n = 0;

    *ret_n = 0;
    if (where == NULL)
        return ERR_OK;
    if (!json_is_object(where))
        return fault(err, path, "expected an object of conditions");
    json_object_foreach((json_t *)where, key, value)
    {
        if (n == MEASURE_CONDITIONS_MAX)
            return fault(err, path, "too many conditions");
        ret[n] = (struct measure_condition){.column = column_find(key)};
        if (ret[n].column == COL_NONE)
            return fault(err, path, "unknown column");
        TRY(condition_of(value, arena, path, &ret[n], err));
        n++;
    }
    *ret_n = n;
    return ERR_OK;
}

enum err_code measure_label(const json_t *value, const char *path, struct label *ret,
                            struct err *err)
{
    static const char *const keys[] = {"zh", "en", NULL};
    const char *zh = json_string_value(json_object_get(value, "zh"));
    const char *en = json_string_value(json_object_get(value, "en"));

    if (zh == NULL || *zh == '\0' || en == NULL || *en == '\0')
        return fault(err, path, "a label needs zh and en");
    TRY(known_keys(value, keys, path, err));
    *ret = (struct label){.zh = zh, .en = en};
    return ERR_OK;
}

/* {"total": ["month", "day"], "channel": ["month"]} */
static enum err_code dimensions_of(const json_t *value, const char *path, struct measure *ret,
                                   struct err *err)
{
    const char *key;
    json_t *grains, *grain;
    size_t i;

    json_object_foreach((json_t *)value, key, grains)
    {
        struct measure_dimension *d = &ret->dimensions[ret->n_dimensions];

        if (ret->n_dimensions == MEASURE_DIMENSIONS_MAX)
            return fault(err, path, "too many dimensions");
        *d = (struct measure_dimension){.id = key, .column = column_find(key)};
        if (strcmp(key, "total") != 0 &&
            (d->column == COL_NONE || d->column == COL_KIND || d->column == COL_AMOUNT_FEN ||
             d->column == COL_RECOVERED_FEN))
            return fault(err, path, "a dimension is total or a column of codes");
        json_array_foreach(grains, i, grain)
        {
            const char *name = json_string_value(grain);

            if (name != NULL && strcmp(name, "month") == 0)
                d->month = true;
            else if (name != NULL && strcmp(name, "day") == 0)
                d->day = true;
            else
                return fault(err, path, "a grain is month or day");
        }
        if (!d->month)
            return fault(err, path, "every dimension has the grain month");
        ret->n_dimensions++;
    }
    return ret->n_dimensions > 0 ? ERR_OK : fault(err, path, "no dimension");
}

static enum err_code measure_of(const json_t *value, struct measures *all, size_t i,
                                struct err *err)
{
    static const char *const keys[] = {"id", "label", "period", "where", "sum", "dimensions", NULL};
    struct measure *m = &all->items[i];
    const char *period = json_string_value(json_object_get(value, "period"));
    const char *sum = json_string_value(json_object_get(value, "sum"));
    char path[64];

    snprintf(path, sizeof path, "measures.%zu", i);
    m->id = json_string_value(json_object_get(value, "id"));
    if (m->id == NULL || *m->id == '\0')
        return fault(err, path, "a measure needs an id");
    if (measures_find(all, m->id) != m)
        return fault(err, path, "the id is given twice");
    TRY(known_keys(value, keys, path, err));
    TRY(measure_label(json_object_get(value, "label"), path, &m->label, err));
    if (period == NULL || (strcmp(period, "received") != 0 && strcmp(period, "ended") != 0))
        return fault(err, path, "period is received or ended");
    m->by_ended = strcmp(period, "ended") == 0;
    m->sum = COL_NONE;
    if (sum != NULL) {
        m->sum = column_find(sum);
        if (!measure_column_is_number(m->sum))
            return fault(err, path, "sum is amount_fen, recovered_fen or rating");
    }
    TRY(measure_conditions(json_object_get(value, "where"), all->arena, path, m->where, &m->n_where,
                           err));
    return dimensions_of(json_object_get(value, "dimensions"), path, m, err);
}

static enum err_code measures_of(struct measures *all, struct err *err)
{
    static const char *const keys[] = {"measures", NULL};
    const json_t *list = json_object_get(all->root, "measures");

    TRY(known_keys(all->root, keys, "measures", err));
    if (json_array_size(list) == 0)
        return fault(err, "measures", "no measures");
    all->items = ARENA_ARRAY(all->arena, struct measure, json_array_size(list));
    if (all->items == NULL)
        return err_set(err, ERR_NO_MEMORY, "measures do not fit");
    for (size_t i = 0; i < json_array_size(list); i++) {
        all->n = i + 1;
        TRY(measure_of(json_array_get(list, i), all, i, err));
    }
    return ERR_OK;
}

enum err_code measures_load(const char *bytes, size_t n, struct measures **ret, struct err *err)
{
    CLEANUP(measures_freep) struct measures *all = calloc(1, sizeof *all);

    if (all != NULL)
        all->arena = arena_new(MEASURES_ARENA);
    if (all == NULL || all->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "measures");
    TRY(json_parse(bytes, n, &all->root, err));
    TRY(measures_of(all, err));
    *ret = all;
    all = NULL;
    return ERR_OK;
}

void measures_free(struct measures *measures)
{
    if (measures == NULL)
        return;
    json_decref(measures->root);
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
