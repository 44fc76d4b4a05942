/* Indicators: the files of packs/indicators and of the installation. */
#include "insight/indicators.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/read.h"

#define INDICATORS_ARENA ((size_t)8 << 20)
#define INDICATORS_MAX 512
#define FILE_BYTES_MAX ((size_t)1 << 20)
#define FILES_MAX 200
#define DECIMALS_MAX 4
#define CUTOFF_DAYS_MAX 3660
#define FOLDER "indicators/"
#define MEASURES FOLDER "measures.json"

struct indicators {
    struct measures *measures;
    struct arena *arena;
    struct indicator *items;
    size_t n;
};

/* ---- one indicator ---- */

static bool asks(const struct conditions *c, enum fact fact)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->list[i].fact == fact)
            return true;
    return false;
}

/* What goes without saying: what ended has an outcome, a mean is of those that have the number. */
static void add_set(struct indicator_part *part, enum fact fact)
{
    if (!asks(&part->where, fact) && part->where.n < CONDITIONS_MAX)
        part->where.list[part->where.n++] =
            (struct condition){.fact = fact, .set = true, .min = INT64_MIN, .max = INT64_MAX};
}

static struct indicator_part read_part(struct reader *r, const json_t *object, const char *key,
                                       bool by_ended, enum fact sum)
{
    static const char *const keys[] = {"where", NULL};
    const json_t *value = read_member(r, object, key, true);
    struct indicator_part part = {.by_ended = by_ended, .sum = sum};
    size_t mark = reader_key(r, key);

    if (value != NULL && read_object(r, value, keys))
        part.where = read_conditions(r, value, "where");
    if (by_ended)
        add_set(&part, FACT_OUTCOME);
    if (sum >= FACT_DAYS_TO_TELL && sum < FACT_COUNT)
        add_set(&part, sum);
    reader_up(r, mark);
    return part;
}

static bool counts_reports_alone(const struct indicator_part *part)
{
    for (size_t i = 0; i < part->where.n; i++) {
        const struct condition *c = &part->where.list[i];

        if (c->fact == FACT_KIND)
            return c->n_values == 1 && strcmp(c->values[0], "report") == 0;
    }
    return false;
}

static void read_show(struct reader *r, const json_t *object, struct indicator *ret)
{
    const json_t *list = read_array(r, object, "show", false);

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name != NULL && strcmp(name, "dashboard") == 0)
            ret->dashboard = true;
        else if (name != NULL && strcmp(name, "site") == 0)
            ret->site = true;
        else
            reader_fault(r, "show", "show", "show 是 dashboard 或 site",
                         "show is dashboard or site");
    }
}

/* "now", "period_end", or {"days_after": 30}. */
static void read_cutoff(struct reader *r, const json_t *object, struct indicator *ret)
{
    static const char *const keys[] = {"days_after", NULL};
    const json_t *value = read_member(r, object, "cutoff", true);
    const char *name = json_string_value(value);
    size_t mark = reader_key(r, "cutoff");

    ret->cutoff = CUTOFF_DAYS;
    if (name != NULL && strcmp(name, "now") == 0)
        ret->cutoff = CUTOFF_NOW;
    else if (json_is_object(value) && read_object(r, value, keys))
        ret->cutoff_days = (int)read_int(r, value, "days_after", 0, 0, CUTOFF_DAYS_MAX);
    else if (value != NULL && (name == NULL || strcmp(name, "period_end") != 0))
        reader_fault(r, NULL, "cutoff", "cutoff 是 now、period_end 或 {\"days_after\": 天数}",
                     "cutoff is now, period_end or {\"days_after\": days}");
    reader_up(r, mark);
}

static enum fact read_sum(struct reader *r, const json_t *object, enum indicator_form form)
{
    const char *name = read_text(r, object, "sum", form == FORM_SUM || form == FORM_MEAN);
    enum fact sum = fact_find(name);

    if (name != NULL && (!fact_is_number(sum) || form == FORM_COUNT || form == FORM_RATE))
        reader_fault(r, "sum", "sum", "sum 是一个数字列，只用于 sum 和 mean",
                     "sum is a number, for the forms sum and mean alone");
    return sum;
}

static void hash_of(struct reader *r, const json_t *value, char ret[HASH_TEXT])
{
    const char *text = json_compact(r->arena, value);
    unsigned char hash[32];

    ret[0] = '\0';
    if (text == NULL) {
        r->no_memory = true;
        return;
    }
    crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text), NULL, 0);
    sodium_bin2hex(ret, HASH_TEXT, hash, sizeof hash);
}

static void read_indicator(struct reader *r, const json_t *value, struct indicator *ret)
{
    static const char *const keys[] = {"id",     "label",  "unit", "definition", "form",
                                       "cohort", "cutoff", "sum",  "per",        "decimals",
                                       "num",    "den",    "show", NULL};
    static const char *const forms[] = {"count", "sum", "rate", "mean", NULL};
    static const char *const cohorts[] = {"received", "ended", NULL};
    bool by_ended;
    enum fact sum;

    *ret = (struct indicator){.id = ""};
    if (!read_object(r, value, keys))
        return;
    ret->id = read_text(r, value, "id", true);
    if (ret->id == NULL)
        ret->id = "";
    if (strpbrk(ret->id, ":@/=%") != NULL || strlen(ret->id) > 64)
        reader_fault(r, "id", "id", "编号里不能有 : @ / = %", "An id has none of : @ / = %%");
    ret->label = read_label(r, value, "label", true);
    ret->unit = read_label(r, value, "unit", true);
    ret->definition = read_label(r, value, "definition", true);
    ret->form = (enum indicator_form)read_name(r, value, "form", forms, 0, true);
    by_ended = read_name(r, value, "cohort", cohorts, 0, true) == 1;
    read_cutoff(r, value, ret);
    sum = read_sum(r, value, ret->form);
    ret->decimals = (int)read_int(r, value, "decimals", -1, 0, DECIMALS_MAX);
    if (ret->decimals < 0)
        reader_fault(r, "decimals", "missing", "缺这一项。", "This key is missing.");
    ret->per =
        read_int(r, value, "per", sum == FACT_AMOUNT_FEN || sum == FACT_RECOVERED_FEN ? 100 : 1, 1,
                 INT64_C(1000000000000));
    ret->num = read_part(r, value, "num", by_ended, sum);
    if (ret->form == FORM_RATE)
        ret->den = read_part(r, value, "den", by_ended, FACT_NONE);
    else if (json_object_get(value, "den") != NULL)
        reader_fault(r, "den", "den", "只有比率有分母", "A rate alone has a denominator");
    ret->only_reports = counts_reports_alone(&ret->num);
    read_show(r, value, ret);
    hash_of(r, value, ret->hash);
}

/* ---- files ---- */

/* Where it goes: the place of the one it replaces, or a new one. NULL when there are too many. */
static struct indicator *place_for(struct indicators *all, const char *id)
{
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->items[i].id, id) == 0)
            return &all->items[i];
    return all->n == INDICATORS_MAX ? NULL : &all->items[all->n++];
}

static void read_list(struct reader *r, const json_t *root, struct indicators *all)
{
    static const char *const keys[] = {"indicators", NULL};
    size_t before = all->n, mark;
    const json_t *list;

    if (!read_object(r, root, keys))
        return;
    list = read_array(r, root, "indicators", true);
    mark = reader_key(r, "indicators");
    if (list != NULL && json_array_size(list) == 0)
        reader_fault(r, NULL, "empty", "没有内容", "There are no indicators");
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t inner = reader_index(r, i), n = all->n;
        struct indicator one, *to;

        read_indicator(r, json_array_get(list, i), &one);
        to = place_for(all, one.id);
        if (to == NULL)
            reader_fault(r, NULL, "many", "指标太多", "There are too many indicators");
        else if (all->n == n && to >= all->items + before)
            reader_fault(r, "id", "twice", "编号重复", "The id is given twice");
        else
            *to = one;
        reader_up(r, inner);
    }
    reader_up(r, mark);
}

/* @param name  for faults */
static enum err_code read_file(struct indicators *all, const char *name, const char *bytes,
                               size_t n, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct reader r;

    if (json_parse(bytes, n, &root, err) != ERR_OK)
        return err_field(err, ERR_MALFORMED, name, "json", "这个文件不是 JSON",
                         "This file is not JSON");
    reader_init(&r, all->arena, err);
    (void)reader_key(&r, name);
    read_list(&r, root, all);
    return reader_result(&r);
}

static enum err_code read_shipped(struct indicators *all, const struct embedded_file *files,
                                  struct err *err)
{
    for (; files->path != NULL; files++)
        if (text_starts(files->path, FOLDER) && strcmp(files->path, MEASURES) != 0)
            TRY(read_file(all, files->path, (const char *)files->data, files->size, err));
    return ERR_OK;
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

static enum err_code read_path(struct indicators *all, const char *folder, const char *name,
                               struct err *err)
{
    char *path = arena_printf(all->arena, "%s/%s", folder, name);
    char *bytes = malloc(FILE_BYTES_MAX);
    FILE *f = path == NULL ? NULL : fopen(path, "re");
    enum err_code rc;
    size_t n = 0;

    if (f == NULL || bytes == NULL) {
        rc = err_set(err, ERR_IO, "%s/%s: %s", folder, name, strerror(errno));
    } else {
        n = fread(bytes, 1, FILE_BYTES_MAX, f);
        rc = n == FILE_BYTES_MAX ? err_set(err, ERR_TOO_LARGE, "%s: too large", path)
             : ferror(f)         ? err_set(err, ERR_IO, "%s: %s", path, strerror(errno))
                                 : read_file(all, name, bytes, n, err);
    }
    if (f != NULL)
        fclose(f);
    free(bytes);
    return rc;
}

/* In order of name, so that which of two files wins does not depend on the disk. */
static enum err_code read_folder(struct indicators *all, const char *folder, struct err *err)
{
    struct dirent **entries = NULL;
    int n = folder == NULL ? -1 : scandir(folder, &entries, is_json, alphasort);
    enum err_code rc = ERR_OK;

    if (n < 0)
        return errno == ENOENT ? ERR_OK : err_set(err, ERR_IO, "%s: %s", folder, strerror(errno));
    if (n > FILES_MAX)
        rc = err_set(err, ERR_TOO_LARGE, "%s: too many files", folder);
    for (int i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = read_path(all, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

enum err_code indicators_load(const struct embedded_file *files, const char *dir,
                              struct indicators **ret, struct err *err)
{
    const struct embedded_file *measures = embedded_find(files, MEASURES);
    CLEANUP(indicators_freep) struct indicators *all = calloc(1, sizeof *all);

    if (measures == NULL)
        return err_set(err, ERR_NOT_FOUND, MEASURES " is missing");
    if (all != NULL)
        all->arena = arena_new(INDICATORS_ARENA);
    if (all != NULL && all->arena != NULL)
        all->items = ARENA_ARRAY(all->arena, struct indicator, INDICATORS_MAX);
    if (all == NULL || all->items == NULL)
        return err_set(err, ERR_NO_MEMORY, "indicators");
    TRY(measures_load((const char *)measures->data, measures->size, &all->measures, err));
    TRY(read_shipped(all, files, err));
    if (all->n == 0)
        return err_set(err, ERR_NOT_FOUND, "no indicators");
    if (dir != NULL)
        TRY(read_folder(all, arena_printf(all->arena, "%s/packs/indicators", dir), err));
    *ret = all;
    all = NULL;
    return ERR_OK;
}

void indicators_free(struct indicators *indicators)
{
    if (indicators == NULL)
        return;
    measures_free(indicators->measures);
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
        if (strcmp(indicators->items[i].id, id) == 0)
            return &indicators->items[i];
    return NULL;
}
