/* The matters of a summary: which periods and cut-offs its figures ask for. */
#include "insight/summary_internal.h"

/* A cut-off of the indicator in a period, once. */
static enum err_code add_as_of(struct maker *m, const struct figuring *f,
                               const struct indicator *ind, enum summary_when when,
                               struct figure_as_of *list, struct columns_want *want)
{
    const struct figure_as_of now = {AS_OF_NOW, 0};
    struct figure_as_of as_of =
        as_of_or_now(f, cutoff_for(f, ind, now, &m->periods[when], &m->periods[when]));

    if (as_of.kind == AS_OF_NOW)
        return ERR_OK;
    want->ended_then |= ind->num.by_ended || (ind->form == FORM_RATE && ind->den.by_ended);
    for (size_t i = 0; i < want->n_as_of; i++)
        if (list[i].kind == as_of.kind && list[i].at == as_of.at)
            return ERR_OK;
    if (want->n_as_of == COLUMNS_AS_OF_MAX)
        return err_set(&m->op->err, ERR_INVALID, "a form has too many cut-offs");
    list[want->n_as_of++] = as_of;
    return ERR_OK;
}

enum err_code make_columns(struct maker *m, struct snapshot *snap)
{
    struct figure_as_of as_of[COLUMNS_AS_OF_MAX] = {{AS_OF_NOW, 0}};
    struct period periods[WHEN_COUNT];
    struct columns_want want = {.periods = periods, .as_of = as_of, .n_as_of = 1};
    struct figuring f;

    TRY(figuring_begin(m->op, snap, m->indicators, m->q->body, SCOPE_SUBTREE, &f));
    for (enum summary_when when = 0; when < WHEN_COUNT; when++) {
        for (size_t i = 0; i < m->n_wants[when]; i++)
            TRY(add_as_of(m, &f, m->wants[when][i].indicator, when, as_of, &want));
        if (m->n_wants[when] > 0)
            periods[want.n_periods++] = m->periods[when];
    }
    return columns_load(&f, &want, &m->columns);
}
