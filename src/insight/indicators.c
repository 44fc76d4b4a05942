/* Indicators: packs/indicators/market.json over packs/indicators/measures.json. */
#include "insight/figures.h"

#include <string.h>

#include "base/json.h"

#define INDICATORS_ARENA (256 * 1024)
#define DECIMALS_MAX 4

struct indicators {
    struct measures *measures;
    json_t *root;        /* owns the texts */
    struct arena *arena; /* owns the arrays */
    struct indicator *items;
    size_t n;
};

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

static enum err_code part_of(const json_t *value, struct indicators *all, const char *path,
                             struct indicator_part *ret, struct err *err)
{
    static const char *const keys[] = {"measure", "where", NULL};
    const char *name = json_string_value(json_object_get(value, "measure"));

    TRY(known_keys(value, keys, path, err));
    ret->measure = name == NULL ? NULL : measures_find(all->measures, name);
    if (ret->measure == NULL)
        return fault(err, path, "unknown measure");
    return measure_conditions(json_object_get(value, "where"), all->arena, path, ret->where,
                              &ret->n_where, err);
}

static bool form_find(const char *name, enum indicator_form *ret)
{
    static const char *const names[] = {"count", "sum", "rate", "mean"};

    for (int i = 0; name != NULL && i < 4; i++)
        if (strcmp(names[i], name) == 0) {
            *ret = (enum indicator_form)i;
            return true;
        }
    return false;
}

static bool counts_reports_alone(const struct indicator_part *part)
{
    for (size_t i = 0; i < part->n_where; i++)
        if (part->where[i].column == COL_KIND)
            return part->where[i].n_values == 1 && strcmp(part->where[i].values[0], "report") == 0;
    return false;
}

static enum err_code show_of(const json_t *list, const char *path, struct indicator *ret,
                             struct err *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name != NULL && strcmp(name, "dashboard") == 0)
            ret->dashboard = true;
        else if (name != NULL && strcmp(name, "site") == 0)
            ret->site = true;
        else
            return fault(err, path, "show is dashboard or site");
    }
    return ERR_OK;
}

/* The cut-off is always now: what happened after the period counts too (a decision told later).
 * A closing day comes with summaries, which freeze. */
static enum err_code numbers_of(const json_t *value, const char *path, struct indicator *ret,
                                struct err *err)
{
    const json_t *decimals = json_object_get(value, "decimals");
    const char *cutoff = json_string_value(json_object_get(value, "cutoff"));

    if (cutoff == NULL || strcmp(cutoff, "now") != 0)
        return fault(err, path, "cutoff is now");
    if (!form_find(json_string_value(json_object_get(value, "form")), &ret->form))
        return fault(err, path, "form is count, sum, rate or mean");
    if (!json_is_integer(decimals) || json_integer_value(decimals) < 0 ||
        json_integer_value(decimals) > DECIMALS_MAX)
        return fault(err, path, "decimals is 0 to 4");
    ret->decimals = (int)json_integer_value(decimals);
    return ERR_OK;
}

static enum err_code indicator_of(const json_t *value, struct indicators *all, size_t i,
                                  struct err *err)
{
    static const char *const keys[] = {"id",     "label", "unit", "definition", "form", "decimals",
                                       "cutoff", "num",   "den",  "show",       NULL};
    struct indicator *ind = &all->items[i];
    const json_t *den = json_object_get(value, "den");
    char path[64];

    snprintf(path, sizeof path, "indicators.%zu", i);
    ind->id = json_string_value(json_object_get(value, "id"));
    if (ind->id == NULL || *ind->id == '\0' || strpbrk(ind->id, ":@/") != NULL)
        return fault(err, path, "an indicator needs an id without : @ /");
    if (indicators_find(all, ind->id) != ind)
        return fault(err, path, "the id is given twice");
    TRY(known_keys(value, keys, path, err));
    TRY(measure_label(json_object_get(value, "label"), path, &ind->label, err));
    TRY(measure_label(json_object_get(value, "unit"), path, &ind->unit, err));
    TRY(measure_label(json_object_get(value, "definition"), path, &ind->definition, err));
    TRY(numbers_of(value, path, ind, err));
    TRY(part_of(json_object_get(value, "num"), all, path, &ind->num, err));
    if ((den != NULL) != (ind->form == FORM_RATE))
        return fault(err, path, "a rate, and nothing else, has a denominator");
    if (den != NULL)
        TRY(part_of(den, all, path, &ind->den, err));
    if ((ind->form == FORM_SUM || ind->form == FORM_MEAN) && ind->num.measure->sum == COL_NONE)
        return fault(err, path, "its measure sums nothing");
    ind->only_reports = counts_reports_alone(&ind->num);
    return show_of(json_object_get(value, "show"), path, ind, err);
}

static enum err_code indicators_of(struct indicators *all, struct err *err)
{
    static const char *const keys[] = {"indicators", NULL};
    const json_t *list = json_object_get(all->root, "indicators");

    TRY(known_keys(all->root, keys, "indicators", err));
    if (json_array_size(list) == 0)
        return fault(err, "indicators", "no indicators");
    all->items = ARENA_ARRAY(all->arena, struct indicator, json_array_size(list));
    if (all->items == NULL)
        return err_set(err, ERR_NO_MEMORY, "indicators do not fit");
    for (size_t i = 0; i < json_array_size(list); i++) {
        all->n = i + 1;
        TRY(indicator_of(json_array_get(list, i), all, i, err));
    }
    return ERR_OK;
}

enum err_code indicators_load(const struct embedded_file *files, struct indicators **ret,
                              struct err *err)
{
    const struct embedded_file *measures = embedded_find(files, "indicators/measures.json");
    const struct embedded_file *market = embedded_find(files, "indicators/market.json");
    CLEANUP(indicators_freep) struct indicators *all = calloc(1, sizeof *all);

    if (measures == NULL || market == NULL)
        return err_set(err, ERR_NOT_FOUND, "indicators/measures.json or market.json is missing");
    if (all != NULL)
        all->arena = arena_new(INDICATORS_ARENA);
    if (all == NULL || all->arena == NULL)
        return err_set(err, ERR_NO_MEMORY, "indicators");
    TRY(measures_load((const char *)measures->data, measures->size, &all->measures, err));
    TRY(json_parse((const char *)market->data, market->size, &all->root, err));
    TRY(indicators_of(all, err));
    *ret = all;
    all = NULL;
    return ERR_OK;
}

void indicators_free(struct indicators *indicators)
{
    if (indicators == NULL)
        return;
    measures_free(indicators->measures);
    json_decref(indicators->root);
    arena_free(indicators->arena);
    free(indicators);
}

void indicators_freep(struct indicators **indicators)
{
    indicators_free(*indicators);
}

const struct measures *indicators_measures(const struct indicators *indicators)
{
    return indicators->measures;
}

size_t indicators_count(const struct indicators *indicators)
{
    return indicators->n;
}

const struct indicator *indicators_at(const struct indicators *indicators, size_t i)
{
    return &indicators->items[i];
}

const struct indicator *indicators_find(const struct indicators *indicators, const char *id)
{
    for (size_t i = 0; i < indicators->n; i++)
        if (indicators->items[i].id != NULL && strcmp(indicators->items[i].id, id) == 0)
            return &indicators->items[i];
    return NULL;
}
