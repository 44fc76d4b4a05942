/* The matters behind a figure, all at once and without their pages: what a summary's figure has
 * now. They are read as those of a document are (figure_columns.h), which knows their pasts. */
#include <string.h>

#include "insight/figure_columns.h"

struct cell_match {
    const char *key;
    int64_t sum;
    bool hit;
};

static void match_key(void *arg, const char *key, int64_t n, int64_t sum)
{
    struct cell_match *m = arg;

    (void)n;
    if (strcmp(key, m->key) == 0) {
        m->hit = true;
        m->sum = sum;
    }
}

static enum err_code load(struct figuring *f, const struct figure_id *id,
                          const struct indicator_part *part, struct figure_as_of as_of,
                          struct figure_columns **ret)
{
    const struct figure_as_of as_ofs[] = {{AS_OF_NOW, 0}, as_of};
    struct columns_want want = {
        .periods = &id->period,
        .n_periods = 1,
        .as_of = as_ofs,
        .n_as_of = as_of.kind == AS_OF_NOW ? 1 : 2,
        .ended_then = part->by_ended && as_of.kind != AS_OF_NOW,
    };

    return columns_load(f, &want, ret);
}

static enum err_code collect(struct figuring *f, const struct figure_columns *columns,
                             const struct figure_id *id, const struct indicator_part *part,
                             const struct column_list *list, struct member_list *ret)
{
    struct column_part ready;

    TRY(column_part(f, columns, part, &ready));
    for (size_t i = 0; i < list->n; i++) {
        struct column_seen seen = {.columns = columns, .row = &columns->rows[list->rows[i]]};
        struct cell_match m = {.key = id->key};

        if (!columns_in_period(seen.row, part->by_ended, &id->period) ||
            !column_part_holds(&ready, &seen))
            continue;
        dimension_keys(f, part, id->by, column_seen_facts(&seen), match_key, &m);
        if (m.hit)
            TRY(member_list_push(f->op, ret, seen.row->id, m.sum));
    }
    return member_list_sort(f->op, ret);
}

enum err_code figure_members(struct op *op, const struct indicators *indicators, const char *id,
                             enum figure_part part, struct member_list *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(columns_freep) struct figure_columns *columns = NULL;
    const struct indicator_part *counted;
    const struct indicator *ind;
    struct figure_as_of as_of;
    struct figuring f;
    struct figure_id own;

    *ret = (struct member_list){0};
    TRY(snapshot_open(op, &snap));
    TRY(figure_id_read(op, indicators, id, &own));
    ind = own.indicator;
    if (part == PART_DEN && ind->form != FORM_RATE && ind->form != FORM_MEAN)
        return err_field(&op->err, ERR_INVALID, "part", "part", "这个数字没有分母",
                         "This figure has no denominator");
    TRY(figuring_begin(op, snap, indicators, own.body, own.scope, &f));
    if (ind->only_reports && !f.reports)
        return err_field(&op->err, ERR_NOT_FOUND, "id", "unknown", "没有这个指标",
                         "There is no such indicator");
    counted = part == PART_DEN && ind->form == FORM_RATE ? &ind->den : &ind->num;
    ret->summed = counted->sum != FACT_NONE;
    as_of = as_of_or_now(&f, cutoff_for(&f, ind, own.as_of, &own.period, &own.period));
    TRY(load(&f, &own, counted, as_of, &columns));
    return collect(&f, columns, &own, counted, columns_list(columns, &own.period, as_of), ret);
}
