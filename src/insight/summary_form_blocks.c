/* What a form of summaries is made of: lists, sentences, tables, charts. */
#include <string.h>

#include "insight/summary_form_internal.h"
#include "rules/register.h"

#define TOP_MAX 30

/* ---- pieces ---- */

static const struct indicator *read_indicator_name(struct form_reader *f, const json_t *object,
                                                   const char *key, bool required)
{
    const char *name = read_text(&f->r, object, key, required);
    const struct indicator *ind = name == NULL ? NULL : indicators_find(f->indicators, name);

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

void form_check_slots(struct form_reader *f, const char *key, const char *text, bool words)
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
        if (words || (slot.kind == SLOT_LIST ? !list_known(f->form, slot.name)
                                             : indicators_find(f->indicators, slot.name) == NULL))
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

void form_read_lists(struct form_reader *f, const json_t *root)
{
    static const char *const keys[] = {"id",   "by",        "figure", "top",
                                       "item", "separator", "below",  NULL};
    struct read_walk w = read_begin(&f->r, root, "lists", sizeof(struct summary_list), false);
    struct summary_list *lists = w.room;

    f->form->lists = lists;
    f->form->n_lists = w.n;
    while (read_next(&w)) {
        struct summary_list *one = read_list_of(f, w.v, keys, "id");

        if (one == NULL)
            continue;
        if (one->item == NULL)
            reader_fault(&f->r, "item", "missing", "缺这一项。", "This key is missing.");
        lists[w.i] = *one;
    }
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
        const struct indicator *ind = name == NULL ? NULL : indicators_find(f->indicators, name);

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
    struct read_walk w;

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
    w = read_begin(&f->r, v, "columns", 0, true);
    if (w.n > SUMMARY_COLUMNS_MAX) {
        reader_fault(&f->r, NULL, "many", "列太多", "There are too many columns");
        w.n = SUMMARY_COLUMNS_MAX;
    }
    while (read_next(&w))
        read_column(f, w.v, &t->columns[t->n_columns++]);
    return t;
}

/* ---- blocks ---- */

static void read_sentences(struct form_reader *f, const json_t *v, struct summary_block *b)
{
    static const char *const keys[] = {"text", "else", "reports", NULL};
    struct read_walk w = read_begin(&f->r, v, "text", sizeof(struct summary_sentence), true);
    struct summary_sentence *list = w.room;

    b->sentences = list;
    b->n_sentences = w.n;
    while (read_next(&w)) {
        struct summary_sentence *one = &list[w.i];

        if (json_is_string(w.v)) {
            one->text = arena_strdup(f->r.arena, json_string_value(w.v));
        } else if (read_object(&f->r, w.v, keys)) {
            one->text = read_text(&f->r, w.v, "text", true);
            one->otherwise = read_text(&f->r, w.v, "else", false);
            one->reports = read_bool(&f->r, w.v, "reports", false);
        }
        form_check_slots(f, NULL, one->text, false);
        form_check_slots(f, NULL, one->otherwise, false);
        if (one->text == NULL)
            one->text = "";
    }
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
        form_check_slots(f, "heading", b->text, true);
    } else if (json_object_get(v, "heading") != NULL) {
        b->kind = SUMMARY_HEADING;
        b->text = read_text(&f->r, v, "heading", true);
        b->level = (int)read_int(&f->r, v, "level", 1, 1, 3);
        form_check_slots(f, "heading", b->text, true);
    } else if (json_object_get(v, "note") != NULL) {
        b->kind = SUMMARY_NOTE;
        b->text = read_text(&f->r, v, "note", true);
        form_check_slots(f, "note", b->text, true);
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

void form_read_blocks(struct form_reader *f, const json_t *root)
{
    struct read_walk w = read_begin(&f->r, root, "blocks", sizeof(struct summary_block), true);
    struct summary_block *blocks = w.room;

    f->form->blocks = blocks;
    f->form->n_blocks = w.n;
    while (read_next(&w))
        read_block(f, w.v, &blocks[w.i]);
}
