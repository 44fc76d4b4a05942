/* Reading the forms of summaries. */
#include "insight/summary_form.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <sodium.h>

#include "base/text.h"
#include "rules/read.h"
#include "rules/register.h"

#define FOLDER "summaries/"
#define FORMS_MAX 40
#define ARENA_BYTES ((size_t)8 << 20)
#define FILE_BYTES_MAX ((size_t)256 << 10)
#define TOP_MAX 30

struct summary_forms {
    struct arena *arena;
    const struct indicators *indicators;
    struct summary_form *forms[FORMS_MAX];
    size_t n;
    struct summary_words words;
};

/* A form being read. */
struct form_reader {
    struct reader r;
    struct summary_forms *all;
    struct summary_form *form;
};

/* ---- slots ---- */

static bool when_find(const char *name, enum summary_when *ret)
{
    if (strcmp(name, "prev") == 0)
        *ret = WHEN_PREVIOUS;
    else if (strcmp(name, "lastyear") == 0)
        *ret = WHEN_LAST_YEAR;
    else
        return false;
    return true;
}

static bool is_word(const char *name)
{
    static const char *const words[] = {"period",    "when",     "body", "previous",
                                        "last_year", "last_day", "day",  NULL};

    for (size_t i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

static bool read_slot(const char *text, size_t n, struct summary_slot *ret)
{
    char name[sizeof ret->name], *mark;

    if (n == 0 || n >= sizeof name)
        return false;
    memcpy(name, text, n);
    name[n] = '\0';
    *ret = (struct summary_slot){.kind = SLOT_VALUE, .when = WHEN_NOW};
    if (text_starts(name, "list:")) {
        ret->kind = SLOT_LIST;
        memmove(name, name + 5, n - 4);
    } else if (is_word(name)) {
        ret->kind = SLOT_WORD;
    } else if ((mark = strpbrk(name, ":+%")) != NULL) {
        ret->kind = *mark == ':' ? SLOT_VALUE : *mark == '+' ? SLOT_CHANGE : SLOT_GROWTH;
        if (!when_find(mark + 1, &ret->when))
            return false;
        *mark = '\0';
    }
    snprintf(ret->name, sizeof ret->name, "%s", name);
    return ret->name[0] != '\0';
}

bool summary_next_slot(const char **at, const char **ret_plain, size_t *ret_plain_n,
                       struct summary_slot *ret, bool *ret_slot)
{
    const char *open = strchr(*at, '{'), *close;

    *ret_plain = *at;
    *ret_plain_n = open == NULL ? strlen(*at) : (size_t)(open - *at);
    *ret_slot = open != NULL;
    if (open == NULL) {
        *at += *ret_plain_n;
        return true;
    }
    close = strchr(open, '}');
    if (close == NULL || !read_slot(open + 1, (size_t)(close - open - 1), ret))
        return false;
    *at = close + 1;
    return true;
}

/* ---- pieces ---- */

static const struct indicator *read_indicator_name(struct form_reader *f, const json_t *object,
                                                   const char *key, bool required)
{
    const char *name = read_text(&f->r, object, key, required);
    const struct indicator *ind = name == NULL ? NULL : indicators_find(f->all->indicators, name);

    if (name != NULL && ind == NULL)
        reader_fault(&f->r, key, "unknown", "没有这个指标", "There is no indicator %.64s", name);
    return ind;
}

static enum figure_dimension read_dimension(struct form_reader *f, const json_t *object)
{
    const char *name = read_text(&f->r, object, "by", true);
    enum figure_dimension by = name == NULL ? DIM_NONE : figure_dimension_find(name);

    if (by == DIM_COUNT || by == DIM_THEME || by == DIM_REMEDY || by == DIM_PAYER) {
        reader_fault(&f->r, "by", "dimension", "没有这种分法，或一件会落进几格",
                     "There is no such dimension, or a matter may stand in several of its cells");
        return DIM_NONE;
    }
    return by;
}

static bool list_known(const struct summary_form *form, const char *id)
{
    for (size_t i = 0; i < form->n_lists; i++)
        if (strcmp(form->lists[i].id, id) == 0)
            return true;
    return false;
}

/* Faults of the slots of a text. @p words: only slots of words. */
static void check_slots(struct form_reader *f, const char *key, const char *text, bool words)
{
    struct summary_slot slot;
    const char *plain;
    size_t n;
    bool is_slot = true;

    while (text != NULL && is_slot) {
        if (!summary_next_slot(&text, &plain, &n, &slot, &is_slot)) {
            reader_fault(&f->r, key, "slot", "花括号里的写法读不懂", "A slot cannot be read");
            return;
        }
        if (!is_slot || slot.kind == SLOT_WORD)
            continue;
        if (words ||
            (slot.kind == SLOT_LIST ? !list_known(f->form, slot.name)
                                    : indicators_find(f->all->indicators, slot.name) == NULL))
            reader_fault(&f->r, key, "slot", "花括号里的名字不认识", "Unknown slot {%.64s}",
                         slot.name);
    }
}

/* A decimal such as "95" or "4.5". */
static const char *read_decimal(struct form_reader *f, const json_t *object, const char *key)
{
    const char *text = read_text(&f->r, object, key, false);

    if (text != NULL && strspn(text, "0123456789.") != strlen(text)) {
        reader_fault(&f->r, key, "decimal", "写成十进制数，例如 95", "Write a decimal, such as 95");
        return NULL;
    }
    return text;
}

static struct summary_list *read_list_of(struct form_reader *f, const json_t *v,
                                         const char *const *keys, const char *id_key)
{
    struct summary_list *list = read_room(&f->r, 1, sizeof *list);

    if (list == NULL || !read_object(&f->r, v, keys))
        return NULL;
    list->id = read_text(&f->r, v, id_key, true);
    if (list->id == NULL)
        list->id = "";
    list->by = read_dimension(f, v);
    list->indicator = read_indicator_name(f, v, "figure", true);
    list->top = (int)read_int(&f->r, v, "top", 5, 1, TOP_MAX);
    list->item = read_text(&f->r, v, "item", false);
    list->separator = read_text(&f->r, v, "separator", false);
    list->below = read_decimal(f, v, "below");
    return list;
}

static void read_lists(struct form_reader *f, const json_t *root)
{
    static const char *const keys[] = {"id",   "by",        "figure", "top",
                                       "item", "separator", "below",  NULL};
    const json_t *array = read_array(&f->r, root, "lists", false);
    size_t mark = reader_key(&f->r, "lists"), n = json_array_size(array);
    struct summary_list *lists = n == 0 ? NULL : read_room(&f->r, n, sizeof *lists);

    for (size_t i = 0; lists != NULL && i < n; i++) {
        size_t inner = reader_index(&f->r, i);
        struct summary_list *one = read_list_of(f, json_array_get(array, i), keys, "id");

        if (one != NULL) {
            if (one->item == NULL)
                reader_fault(&f->r, "item", "missing", "缺这一项。", "This key is missing.");
            lists[i] = *one;
        }
        reader_up(&f->r, inner);
    }
    reader_up(&f->r, mark);
    f->form->lists = lists;
    f->form->n_lists = lists == NULL ? 0 : n;
}

/* ---- tables ---- */

static enum summary_when read_against(struct form_reader *f, const json_t *v, bool required)
{
    static const char *const names[] = {"now", "prev", "lastyear", NULL};

    return (enum summary_when)read_name(&f->r, v, "against", names, 0, required);
}

static void read_column(struct form_reader *f, const json_t *v, struct summary_column *ret)
{
    static const char *const keys[] = {"label", "value", "fraction", "change",  "growth", "rank",
                                       "below", "width", "against",  "reports", NULL};
    static const char *const kinds[] = {"value", "fraction", "change", "growth", NULL};

    *ret = (struct summary_column){.kind = COLUMN_RANK};
    if (!read_object(&f->r, v, keys))
        return;
    ret->label = read_text(&f->r, v, "label", true);
    ret->reports = read_bool(&f->r, v, "reports", false);
    ret->width = (double)read_int(&f->r, v, "width", 10, 1, 100);
    for (size_t i = 0; kinds[i] != NULL; i++)
        if (json_object_get(v, kinds[i]) != NULL) {
            ret->kind = (enum summary_column_kind)i;
            ret->indicator = read_indicator_name(f, v, kinds[i], true);
        }
    if (ret->indicator == NULL && !read_bool(&f->r, v, "rank", false))
        reader_fault(&f->r, NULL, "column", "一列要有 value、fraction、change、growth 或 rank",
                     "A column has value, fraction, change, growth or rank");
    ret->against = read_against(f, v, ret->kind == COLUMN_CHANGE || ret->kind == COLUMN_GROWTH);
    ret->below = read_decimal(f, v, "below");
}

static void read_ranks(struct form_reader *f, const json_t *v, struct summary_table *t)
{
    const json_t *array = read_array(&f->r, v, "rank_by", false);

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        const struct indicator *ind =
            name == NULL ? NULL : indicators_find(f->all->indicators, name);

        if (ind == NULL || t->n_ranks == SUMMARY_RANKS_MAX)
            reader_fault(&f->r, "rank_by", "unknown", "没有这个指标，或排名依据太多",
                         "Unknown indicator, or too many to rank by");
        else
            t->ranks[t->n_ranks++] = ind;
    }
}

static struct summary_table *read_table(struct form_reader *f, const json_t *v)
{
    static const char *const keys[] = {"caption", "name", "rows_label", "total",   "by",
                                       "of",      "top",  "columns",    "rank_by", NULL};
    struct summary_table *t = read_room(&f->r, 1, sizeof *t);
    const json_t *array;
    size_t mark;

    if (t == NULL || !read_object(&f->r, v, keys))
        return NULL;
    t->caption = read_text(&f->r, v, "caption", true);
    t->name = read_text(&f->r, v, "name", true);
    t->rows_label = read_text(&f->r, v, "rows_label", true);
    t->total = read_text(&f->r, v, "total", false);
    t->by = read_dimension(f, v);
    t->of = read_indicator_name(f, v, "of", t->by != DIM_BRANCH);
    t->top = (int)read_int(&f->r, v, "top", 10, 1, TOP_MAX);
    read_ranks(f, v, t);
    array = read_array(&f->r, v, "columns", true);
    mark = reader_key(&f->r, "columns");
    if (json_array_size(array) > SUMMARY_COLUMNS_MAX)
        reader_fault(&f->r, NULL, "many", "列太多", "There are too many columns");
    for (size_t i = 0; i < json_array_size(array) && i < SUMMARY_COLUMNS_MAX; i++) {
        size_t inner = reader_index(&f->r, i);

        read_column(f, json_array_get(array, i), &t->columns[t->n_columns++]);
        reader_up(&f->r, inner);
    }
    reader_up(&f->r, mark);
    return t;
}

/* ---- blocks ---- */

static void read_sentences(struct form_reader *f, const json_t *v, struct summary_block *b)
{
    static const char *const keys[] = {"text", "else", "reports", NULL};
    const json_t *array = read_array(&f->r, v, "text", true);
    size_t n = json_array_size(array), mark = reader_key(&f->r, "text");
    struct summary_sentence *list = n == 0 ? NULL : read_room(&f->r, n, sizeof *list);

    for (size_t i = 0; list != NULL && i < n; i++) {
        const json_t *one = json_array_get(array, i);
        size_t inner = reader_index(&f->r, i);

        if (json_is_string(one)) {
            list[i].text = arena_strdup(f->r.arena, json_string_value(one));
        } else if (read_object(&f->r, one, keys)) {
            list[i].text = read_text(&f->r, one, "text", true);
            list[i].otherwise = read_text(&f->r, one, "else", false);
            list[i].reports = read_bool(&f->r, one, "reports", false);
        }
        check_slots(f, NULL, list[i].text, false);
        check_slots(f, NULL, list[i].otherwise, false);
        if (list[i].text == NULL)
            list[i].text = "";
        reader_up(&f->r, inner);
    }
    reader_up(&f->r, mark);
    b->sentences = list;
    b->n_sentences = list == NULL ? 0 : n;
}

static unsigned read_groups(struct form_reader *f, const json_t *v)
{
    const json_t *list = read_array(&f->r, v, "registers", true);
    unsigned groups = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        int found = -1;

        for (int g = GROUP_ENFORCEMENT; name != NULL && g <= GROUP_OFFICE; g++)
            if (strcmp(register_group_name((enum register_group)g), name) == 0)
                found = g;
        if (found < 0)
            reader_fault(&f->r, "registers", "unknown_name", "没有这一组台账。",
                         "There is no such group of registers.");
        else
            groups |= 1u << found;
    }
    return groups;
}

static void read_block(struct form_reader *f, const json_t *v, struct summary_block *b)
{
    static const char *const keys[] = {"heading", "level", "text",    "table",     "chart",
                                       "note",    "form",  "reports", "registers", NULL};
    static const char *const chart_keys[] = {"title", "by", "figure", "top", NULL};
    static const char *const forms[] = {"bars", "columns", NULL};
    const json_t *inner;
    size_t mark;

    *b = (struct summary_block){.kind = SUMMARY_TEXT};
    if (!read_object(&f->r, v, keys))
        return;
    b->reports = read_bool(&f->r, v, "reports", false);
    if (json_object_get(v, "registers") != NULL) {
        b->kind = SUMMARY_REGISTERS;
        b->groups = read_groups(f, v);
        b->text = read_text(&f->r, v, "heading", false);
        b->level = (int)read_int(&f->r, v, "level", 1, 1, 3);
        check_slots(f, "heading", b->text, true);
    } else if (json_object_get(v, "heading") != NULL) {
        b->kind = SUMMARY_HEADING;
        b->text = read_text(&f->r, v, "heading", true);
        b->level = (int)read_int(&f->r, v, "level", 1, 1, 3);
        check_slots(f, "heading", b->text, true);
    } else if (json_object_get(v, "note") != NULL) {
        b->kind = SUMMARY_NOTE;
        b->text = read_text(&f->r, v, "note", true);
        check_slots(f, "note", b->text, true);
    } else if ((inner = json_object_get(v, "table")) != NULL) {
        b->kind = SUMMARY_TABLE;
        mark = reader_key(&f->r, "table");
        b->table = read_table(f, inner);
        reader_up(&f->r, mark);
    } else if ((inner = json_object_get(v, "chart")) != NULL) {
        b->kind = SUMMARY_CHART;
        b->columns = read_name(&f->r, v, "form", forms, 0, false) == 1;
        mark = reader_key(&f->r, "chart");
        b->chart = read_list_of(f, inner, chart_keys, "title");
        reader_up(&f->r, mark);
    } else {
        read_sentences(f, v, b);
    }
}

static void read_blocks(struct form_reader *f, const json_t *root)
{
    const json_t *array = read_array(&f->r, root, "blocks", true);
    size_t n = json_array_size(array), mark = reader_key(&f->r, "blocks");
    struct summary_block *blocks = n == 0 ? NULL : read_room(&f->r, n, sizeof *blocks);

    for (size_t i = 0; blocks != NULL && i < n; i++) {
        size_t inner = reader_index(&f->r, i);

        read_block(f, json_array_get(array, i), &blocks[i]);
        reader_up(&f->r, inner);
    }
    reader_up(&f->r, mark);
    f->form->blocks = blocks;
    f->form->n_blocks = blocks == NULL ? 0 : n;
}

static void read_periods(struct form_reader *f, const json_t *root)
{
    static const char *const names[] = {"year", "half", "quarter", "month", "days", NULL};
    const json_t *array = read_array(&f->r, root, "periods", true);

    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *name = json_string_value(json_array_get(array, i));
        unsigned k = 0;

        while (names[k] != NULL && (name == NULL || strcmp(names[k], name) != 0))
            k++;
        if (names[k] == NULL)
            reader_fault(&f->r, "periods", "period", "是 year、half、quarter、month 或 days",
                         "year, half, quarter, month or days");
        else
            f->form->periods |= 1u << k;
    }
}

static void read_form(struct form_reader *f, const json_t *root)
{
    static const char *const keys[] = {"id",    "label", "periods", "half_width",
                                       "title", "lists", "blocks",  NULL};
    struct summary_form *form = f->form;

    if (!read_object(&f->r, root, keys))
        return;
    form->id = read_text(&f->r, root, "id", true);
    if (form->id != NULL &&
        (strlen(form->id) > SUMMARY_ID_MAX ||
         strspn(form->id, "abcdefghijklmnopqrstuvwxyz_0123456789") != strlen(form->id)))
        reader_fault(&f->r, "id", "id", "编号用小写字母、数字和下划线，不超过24个",
                     "An id is made of at most 24 lower-case letters, digits and underscores");
    form->label = read_label(&f->r, root, "label", true);
    form->half_width = read_bool(&f->r, root, "half_width", false);
    form->title = read_text(&f->r, root, "title", true);
    check_slots(f, "title", form->title, true);
    read_periods(f, root);
    read_lists(f, root);
    read_blocks(f, root);
}

/* ---- files ---- */

static enum err_code keep(struct summary_forms *all, struct summary_form *form, struct err *err)
{
    size_t i = 0;

    while (i < all->n && strcmp(all->forms[i]->id, form->id) != 0)
        i++;
    if (i == FORMS_MAX)
        return err_set(err, ERR_INVALID, "too many forms of summaries");
    all->forms[i] = form;
    all->n += i == all->n;
    return ERR_OK;
}

static enum err_code load_bytes(struct summary_forms *all, const char *name, const char *bytes,
                                size_t n, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct form_reader f = {.all = all, .form = ARENA_NEW(all->arena, struct summary_form)};
    unsigned char hash[crypto_generichash_BYTES];

    if (f.form == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for forms");
    if (json_parse(bytes, n, &root, err) != ERR_OK)
        return err_field(err, ERR_MALFORMED, name, "json", "这个文件不是 JSON",
                         "This file is not JSON");
    reader_init(&f.r, all->arena, err);
    (void)reader_key(&f.r, name);
    read_form(&f, root);
    TRY(reader_result(&f.r));
    crypto_generichash(hash, sizeof hash, (const unsigned char *)bytes, n, NULL, 0);
    hex_encode(hash, sizeof hash, f.form->hash);
    return keep(all, f.form, err);
}

static enum err_code load_path(struct summary_forms *all, const char *folder, const char *name,
                               struct err *err)
{
    char *path = arena_printf(all->arena, "%s/%s", folder, name), *bytes;
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    enum err_code rc;
    size_t n;

    if (file == NULL)
        return err_set(err, ERR_IO, "%s/%s: %s", folder, name, strerror(errno));
    bytes = arena_alloc(all->arena, FILE_BYTES_MAX);
    n = bytes == NULL ? 0 : fread(bytes, 1, FILE_BYTES_MAX, file);
    rc = bytes == NULL         ? err_set(err, ERR_NO_MEMORY, "no memory for forms")
         : ferror(file)        ? err_set(err, ERR_IO, "%s: cannot be read", path)
         : n == FILE_BYTES_MAX ? err_set(err, ERR_TOO_LARGE, "%s: too large", path)
                               : load_bytes(all, name, bytes, n, err);
    fclose(file);
    return rc;
}

static int json_files(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && text_ends(entry->d_name, ".json");
}

static enum err_code load_folder(struct summary_forms *all, const char *folder, struct err *err)
{
    struct dirent **names = NULL;
    int n = folder == NULL ? 0 : scandir(folder, &names, json_files, alphasort);
    enum err_code rc = ERR_OK;

    for (int i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = load_path(all, folder, names[i]->d_name, err);
        free(names[i]);
    }
    free(names);
    return rc;
}

static enum err_code load_words(struct summary_forms *all, const struct embedded_file *files,
                                struct err *err)
{
    const struct embedded_file *file = embedded_find(files, "documents/words.json");
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct summary_words *w = &all->words;
    const struct {
        const char *name, **to;
    } words[] = {
        {"up", &w->up},
        {"down", &w->down},
        {"same", &w->same},
        {"nearly", &w->nearly},
        {"more", &w->more},
        {"less", &w->less},
        {"higher", &w->higher},
        {"lower", &w->lower},
        {"points", &w->points},
        {"below", &w->below},
        {"own", &w->own},
        {"nothing", &w->nothing},
        {"first_half", &w->first_half},
        {"second_half", &w->second_half},
        {"quarter_1", &w->quarters[0]},
        {"quarter_2", &w->quarters[1]},
        {"quarter_3", &w->quarters[2]},
        {"quarter_4", &w->quarters[3]},
    };
    struct reader r;

    if (file == NULL)
        return err_set(err, ERR_INVALID, "documents/words.json is missing");
    TRY(json_parse((const char *)file->data, file->size, &root, err));
    reader_init(&r, all->arena, err);
    (void)reader_key(&r, file->path);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        *words[i].to = read_text(&r, root, words[i].name, true);
    return reader_result(&r);
}

const struct summary_words *summary_words(const struct summary_forms *forms)
{
    return &forms->words;
}

enum err_code summary_forms_load(const struct embedded_file *files, const char *dir,
                                 const struct indicators *indicators, struct summary_forms **ret,
                                 struct err *err)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_BYTES);
    struct summary_forms *all = arena == NULL ? NULL : ARENA_NEW(arena, struct summary_forms);

    if (all == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for forms");
    all->arena = arena;
    all->indicators = indicators;
    TRY(load_words(all, files, err));
    for (; files->path != NULL; files++)
        if (text_starts(files->path, FOLDER))
            TRY(load_bytes(all, files->path, (const char *)files->data, files->size, err));
    if (dir != NULL)
        TRY(load_folder(all, arena_printf(arena, "%s/packs/summaries", dir), err));
    arena = NULL;
    *ret = all;
    return ERR_OK;
}

void summary_forms_free(struct summary_forms *forms)
{
    if (forms != NULL)
        arena_free(forms->arena);
}

void summary_forms_freep(struct summary_forms **forms)
{
    summary_forms_free(*forms);
}

size_t summary_forms_count(const struct summary_forms *forms)
{
    return forms->n;
}

const struct summary_form *summary_forms_at(const struct summary_forms *forms, size_t i)
{
    return forms->forms[i];
}

const struct summary_form *summary_forms_find(const struct summary_forms *forms, const char *id)
{
    for (size_t i = 0; i < forms->n; i++)
        if (strcmp(forms->forms[i]->id, id) == 0)
            return forms->forms[i];
    return NULL;
}
