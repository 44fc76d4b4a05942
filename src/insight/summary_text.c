/* The sentences of a summary: slots become runs, each number with its figure. */
#include <string.h>

#include "insight/summary_internal.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

char *summary_period_name(struct arena *arena, const struct summary_words *words,
                          const struct period *p, bool with_year)
{
    int y, mo, d, y2, mo2, d2;
    const char *part;

    date_to_ymd(p->first, &y, &mo, &d);
    date_to_ymd(p->last, &y2, &mo2, &d2);
    switch (p->kind) {
    case PERIOD_YEAR:
        return arena_printf(arena, "%d年", y);
    case PERIOD_HALF:
    case PERIOD_QUARTER:
        part = p->kind == PERIOD_QUARTER ? words->quarters[(mo - 1) / 3 % 4]
               : mo == 1                 ? words->first_half
                                         : words->second_half;
        return with_year ? arena_printf(arena, "%d年%s", y, part) : arena_strdup(arena, part);
    case PERIOD_MONTH:
        return with_year ? arena_printf(arena, "%d年%d月", y, mo) : arena_printf(arena, "%d月", mo);
    case PERIOD_DAYS:
        break;
    }
    if (p->first == p->last)
        return arena_printf(arena, "%d年%d月%d日", y, mo, d);
    return y == y2 ? arena_printf(arena, "%d年%d月%d日至%d月%d日", y, mo, d, mo2, d2)
                   : arena_printf(arena, "%d年%d月%d日至%d年%d月%d日", y, mo, d, y2, mo2, d2);
}

static const char *day_name(struct maker *m, date_t date, bool with_year)
{
    int y, mo, d;

    date_to_ymd(date, &y, &mo, &d);
    return with_year ? arena_printf(m->op->arena, "%d年%d月%d日", y, mo, d)
                     : arena_printf(m->op->arena, "%d月%d日", mo, d);
}

static const char *word(struct maker *m, const char *name)
{
    struct arena *arena = m->op->arena;

    if (strcmp(name, "period") == 0)
        return summary_period_name(arena, m->words, &m->periods[WHEN_NOW], true);
    if (strcmp(name, "when") == 0)
        return summary_period_name(arena, m->words, &m->periods[WHEN_NOW], false);
    if (strcmp(name, "previous") == 0)
        return summary_period_name(arena, m->words, &m->periods[WHEN_PREVIOUS],
                                   m->periods[WHEN_PREVIOUS].kind == PERIOD_YEAR);
    if (strcmp(name, "last_year") == 0)
        return summary_period_name(arena, m->words, &m->periods[WHEN_LAST_YEAR], true);
    if (strcmp(name, "last_day") == 0)
        return day_name(m, m->q->period.last, false);
    if (strcmp(name, "day") == 0)
        return day_name(m, date_of_instant(m->op->now_ms, m->op->zone_min), true);
    return m->world->body_name;
}

/* ---- marks ---- */

const char *made_marks(struct maker *m, const char *text, size_t n)
{
    static const struct {
        const char *half, *full;
    } marks[] = {{",", "，"}, {":", "："}, {";", "；"}, {"(", "（"}, {")", "）"}, {"?", "？"}};
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(LINE_MAX_BYTES);
    bool half = m->q->form->half_width;

    for (size_t i = 0; i < n;) {
        size_t k = 0, taken = 1;

        for (; k < sizeof marks / sizeof marks[0]; k++) {
            const char *from = half ? marks[k].full : marks[k].half;

            taken = strlen(from);
            if (n - i >= taken && memcmp(text + i, from, taken) == 0)
                break;
        }
        if (k < sizeof marks / sizeof marks[0]) {
            buf_adds(&b, half ? marks[k].half : marks[k].full);
            i += taken;
        } else {
            buf_addc(&b, text[i++]);
        }
    }
    return buf_dup(&b, m->op->arena);
}

/* ---- runs ---- */

static enum err_code add_run(struct maker *m, json_t *runs, const char *text, const size_t *figure)
{
    json_t *run;

    if (text == NULL)
        return made_no_memory(m->op);
    if (text[0] == '\0')
        return ERR_OK;
    run = figure == NULL ? json_pack("{s:s}", "text", text)
                         : json_pack("{s:s, s:i}", "text", text, "figure", (int)*figure);
    return run == NULL || json_array_append_new(runs, run) != 0 ? made_no_memory(m->op) : ERR_OK;
}

static enum err_code add_plain(struct maker *m, json_t *runs, const char *text, size_t n)
{
    return n == 0 ? ERR_OK : add_run(m, runs, made_marks(m, text, n), NULL);
}

/* The figure's size, in words its direction: "上升" + "8.1" + "%". */
static enum err_code add_direction(struct maker *m, json_t *runs, size_t figure)
{
    const struct made_figure *f = &m->made[figure];
    const struct summary_words *w = m->words;
    bool growth = f->form == MADE_GROWTH;
    bool rate = !growth && f->indicator->form == FORM_RATE;
    const char *value = f->is.value;

    if (f->sign == 0)
        return add_run(m, runs, w->same, &figure);
    if (*value == '-')
        value++;
    if (strspn(value, "0.") == strlen(value))
        return add_run(m, runs, w->nearly, &figure);
    TRY(add_run(m, runs,
                growth        ? f->sign > 0 ? w->up : w->down
                : rate        ? f->sign > 0 ? w->higher : w->lower
                : f->sign > 0 ? w->more
                              : w->less,
                NULL));
    TRY(add_run(m, runs, value, &figure));
    return add_run(m, runs, growth ? "%" : rate ? w->points : f->indicator->unit.zh, NULL);
}

/* ---- lists ---- */

static const struct summary_list *list_of(const struct summary_form *form, const char *id)
{
    for (size_t i = 0; i < form->n_lists; i++)
        if (strcmp(form->lists[i].id, id) == 0)
            return &form->lists[i];
    return NULL;
}

/* "{name}{value}件": {name} {value} {num} {den} {below}. */
static enum err_code add_item(struct maker *m, json_t *runs, const struct summary_list *list,
                              const char *key, size_t figure)
{
    const struct made_figure *f = &m->made[figure];
    const char *at = list->item;

    for (;;) {
        const char *open = strchr(at, '{'), *close = open == NULL ? NULL : strchr(open, '}');
        size_t n;

        if (close == NULL)
            return add_plain(m, runs, at, strlen(at));
        TRY(add_plain(m, runs, at, (size_t)(open - at)));
        n = (size_t)(close - open) - 1;
        if (n == 4 && memcmp(open + 1, "name", 4) == 0)
            TRY(add_run(m, runs, made_name(m, list->by, key), NULL));
        else if (n == 5 && memcmp(open + 1, "below", 5) == 0)
            TRY(add_run(m, runs, list->below, NULL));
        else if (n == 3 && memcmp(open + 1, "num", 3) == 0)
            TRY(add_run(m, runs, arena_printf(m->op->arena, "%lld", (long long)f->is.num),
                        &figure));
        else if (n == 3 && memcmp(open + 1, "den", 3) == 0)
            TRY(add_run(m, runs, arena_printf(m->op->arena, "%lld", (long long)f->is.den),
                        &figure));
        else
            TRY(add_run(m, runs, f->is.value, &figure));
        at = close + 1;
    }
}

static int larger_first(const void *a, const void *b)
{
    const struct figure_cell *const *x = a, *const *y = b;

    if ((*x)->is.num != (*y)->is.num)
        return (*x)->is.num < (*y)->is.num ? 1 : -1;
    return strcmp((*x)->key, (*y)->key);
}

/* Cells that the list names: the largest, or those under its threshold in their own order. */
static enum err_code cells_of_list(struct maker *m, const struct summary_list *list,
                                   const struct figure_cell ***ret, size_t *ret_n)
{
    const struct figure *f = made_figure_of(m, list->indicator, WHEN_NOW, list->by);
    size_t n = f == NULL ? 0 : f->n_cells;
    const struct figure_cell **cells = ARENA_ARRAY(m->op->arena, const struct figure_cell *, n + 1);

    if (cells == NULL)
        return made_no_memory(m->op);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        const struct figure_cell *c = &f->cells[i];

        if (c->key[0] != '\0' && c->is.value != NULL &&
            (list->below != NULL ? decimal_less(c->is.value, list->below) : c->is.num != 0))
            cells[(*ret_n)++] = c;
    }
    if (list->below == NULL)
        qsort(cells, *ret_n, sizeof(struct figure_cell *), larger_first);
    if (*ret_n > (size_t)list->top)
        *ret_n = (size_t)list->top;
    *ret = cells;
    return ERR_OK;
}

static enum err_code add_list(struct maker *m, json_t *runs, const struct summary_list *list,
                              bool *ret_empty)
{
    const struct figure_cell **cells = NULL;
    size_t n = 0, made;

    TRY(cells_of_list(m, list, &cells, &n));
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            TRY(add_run(m, runs, list->separator == NULL ? "、" : list->separator, NULL));
        TRY(made_value(m, list->indicator, WHEN_NOW, list->by, cells[i]->key, &made));
        TRY(add_item(m, runs, list, cells[i]->key, made));
    }
    *ret_empty = n == 0;
    return ERR_OK;
}

/* ---- sentences ---- */

static enum err_code add_figure(struct maker *m, json_t *runs, const struct summary_slot *slot,
                                bool *ret_empty)
{
    const struct indicator *ind = indicators_find(m->indicators, slot->name);
    size_t now, then, figure;

    if (ind == NULL || (ind->only_reports && !m->q->reports)) {
        *ret_empty = true;
        return ERR_OK;
    }
    if (slot->kind == SLOT_VALUE) {
        TRY(made_value(m, ind, slot->when, DIM_NONE, "", &figure));
        *ret_empty = m->made[figure].is.value == NULL;
        return *ret_empty ? ERR_OK : add_run(m, runs, m->made[figure].is.value, &figure);
    }
    TRY(made_value(m, ind, WHEN_NOW, DIM_NONE, "", &now));
    TRY(made_value(m, ind, slot->when, DIM_NONE, "", &then));
    if (slot->kind == SLOT_CHANGE)
        TRY(made_change(m, now, then, &figure));
    else
        TRY(made_growth(m, now, then, &figure));
    *ret_empty = m->made[figure].is.value == NULL;
    return *ret_empty ? ERR_OK : add_direction(m, runs, figure);
}

/* @p ret_empty: a slot has no value. */
static enum err_code add_text(struct maker *m, json_t *runs, const char *text, bool *ret_empty)
{
    struct summary_slot slot;
    const struct summary_list *list;
    const char *plain;
    bool is_slot = true;
    size_t n;

    *ret_empty = false;
    while (is_slot && !*ret_empty) {
        if (!summary_next_slot(&text, &plain, &n, &slot, &is_slot))
            return err_set(&m->op->err, ERR_INTERNAL, "a slot that was checked");
        TRY(add_plain(m, runs, plain, n));
        if (!is_slot)
            break;
        if (slot.kind == SLOT_WORD) {
            TRY(add_run(m, runs, word(m, slot.name), NULL));
        } else if (slot.kind == SLOT_LIST) {
            list = list_of(m->q->form, slot.name);
            if (list != NULL)
                TRY(add_list(m, runs, list, ret_empty));
        } else {
            TRY(add_figure(m, runs, &slot, ret_empty));
        }
    }
    return ERR_OK;
}

static enum err_code add_sentence(struct maker *m, json_t *runs, const struct summary_sentence *s)
{
    CLEANUP(json_decrefp) json_t *own = json_array();
    bool empty;

    if (own == NULL)
        return made_no_memory(m->op);
    TRY(add_text(m, own, s->text, &empty));
    if (empty) {
        json_array_clear(own);
        if (s->otherwise != NULL)
            TRY(add_text(m, own, s->otherwise, &empty));
    }
    return json_array_extend(runs, own) != 0 ? made_no_memory(m->op) : ERR_OK;
}

enum err_code make_text(struct maker *m, const struct summary_block *b)
{
    CLEANUP(json_decrefp) json_t *runs = json_array();

    if (runs == NULL)
        return made_no_memory(m->op);
    for (size_t i = 0; i < b->n_sentences; i++)
        if (!b->sentences[i].reports || m->q->reports)
            TRY(add_sentence(m, runs, &b->sentences[i]));
    if (json_array_size(runs) == 0)
        return ERR_OK;
    return make_block(m, json_pack("{s:O}", "runs", runs));
}

enum err_code make_words(struct maker *m, const char *text, const char **ret)
{
    CLEANUP(buf_release) struct buf b = BUF_UP_TO(LINE_MAX_BYTES);
    struct summary_slot slot;
    const char *plain, *marked;
    bool is_slot = true;
    size_t n;

    while (is_slot) {
        if (!summary_next_slot(&text, &plain, &n, &slot, &is_slot))
            return err_set(&m->op->err, ERR_INTERNAL, "a slot that was checked");
        marked = made_marks(m, plain, n);
        if (n > 0 && marked != NULL)
            buf_adds(&b, marked);
        if (is_slot) {
            const char *w = word(m, slot.name);

            buf_adds(&b, w == NULL ? "" : w);
        }
    }
    *ret = b.failed ? NULL : arena_strdup(m->op->arena, buf_text(&b));
    return *ret == NULL ? made_no_memory(m->op) : ERR_OK;
}
