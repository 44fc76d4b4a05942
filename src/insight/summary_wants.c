/* Which figures the form of a summary asks for, and their computing. */
#include "insight/figures_internal.h"
#include "insight/summary_internal.h"

static enum err_code want(struct maker *m, const struct indicator *ind, enum summary_when when,
                          enum figure_dimension by)
{
    struct made_want *w = m->wants[when];

    if (ind == NULL || (ind->only_reports && !m->q->reports))
        return ERR_OK;
    for (size_t i = 0; i < m->n_wants[when]; i++)
        if (w[i].indicator == ind && w[i].by == by)
            return ERR_OK;
    if (m->n_wants[when] == WANTS_MAX)
        return err_set(&m->op->err, ERR_INVALID, "a form asks for too many figures");
    w[m->n_wants[when]++] = (struct made_want){ind, by};
    return ERR_OK;
}

/* @p when also for what it is compared with. */
static enum err_code want_both(struct maker *m, const struct indicator *ind, enum summary_when when,
                               enum figure_dimension by)
{
    TRY(want(m, ind, WHEN_NOW, by));
    return want(m, ind, when, by);
}

static enum err_code want_text(struct maker *m, const char *text)
{
    struct summary_slot slot;
    const char *plain;
    bool is_slot = true;
    size_t n;

    while (text != NULL && is_slot) {
        if (!summary_next_slot(&text, &plain, &n, &slot, &is_slot))
            return err_set(&m->op->err, ERR_INTERNAL, "a slot that was checked");
        if (!is_slot || slot.kind == SLOT_WORD || slot.kind == SLOT_LIST)
            continue;
        if (slot.kind == SLOT_VALUE)
            TRY(want(m, indicators_find(m->indicators, slot.name), slot.when, DIM_NONE));
        else
            TRY(want_both(m, indicators_find(m->indicators, slot.name), slot.when, DIM_NONE));
    }
    return ERR_OK;
}

static enum err_code want_table(struct maker *m, const struct summary_table *t)
{
    if (t->of != NULL)
        TRY(want(m, t->of, WHEN_NOW, t->by));
    for (size_t i = 0; i < t->n_ranks; i++)
        TRY(want(m, t->ranks[i], WHEN_NOW, t->by));
    for (size_t i = 0; i < t->n_columns; i++) {
        TRY(want_both(m, t->columns[i].indicator, t->columns[i].against, t->by));
        TRY(want_both(m, t->columns[i].indicator, t->columns[i].against, DIM_NONE));
    }
    return ERR_OK;
}

enum err_code make_wants(struct maker *m)
{
    const struct summary_form *form = m->q->form;

    for (size_t i = 0; i < form->n_lists; i++)
        TRY(want(m, form->lists[i].indicator, WHEN_NOW, form->lists[i].by));
    for (size_t i = 0; i < form->n_blocks; i++) {
        const struct summary_block *b = &form->blocks[i];

        for (size_t k = 0; k < b->n_sentences; k++)
            TRY(want_text(m, b->sentences[k].text));
        if (b->table != NULL)
            TRY(want_table(m, b->table));
        if (b->chart != NULL)
            TRY(want(m, b->chart->indicator, WHEN_NOW, b->chart->by));
    }
    return ERR_OK;
}

enum err_code make_figures(struct maker *m)
{
    struct figure_want wants[WANTS_MAX];

    for (size_t when = 0; when < WHEN_COUNT; when++) {
        struct figures_query q = {
            .body = m->q->body, .period = m->periods[when], .columns = m->columns};

        for (size_t i = 0; i < m->n_wants[when]; i++)
            wants[i] = (struct figure_want){m->wants[when][i].indicator->id, m->wants[when][i].by};
        if (m->n_wants[when] > 0)
            TRY(figure_compute(m->op, m->indicators, &q, wants, m->n_wants[when], &m->lists[when]));
    }
    return ERR_OK;
}

const struct figure *made_figure_of(struct maker *m, const struct indicator *ind,
                                    enum summary_when when, enum figure_dimension by)
{
    for (size_t i = 0; i < m->n_wants[when]; i++)
        if (m->wants[when][i].indicator == ind && m->wants[when][i].by == by)
            return &m->lists[when].figures[i];
    return NULL;
}
