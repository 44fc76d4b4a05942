/* Reads what a register shows: columns, filters, the public part; and its demo rows. */
#include <string.h>

#include "rules/register_internal.h"

static bool is_shown(const struct register_def *def, const char *name)
{
    return register_label(def, name) != NULL;
}

static void check_columns(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    const struct register_def *def = rr->def;

    for (size_t i = 0; def->columns != NULL && i < def->n_columns; i++) {
        const struct act_field *f = register_field(def, def->columns[i]);

        if (!is_shown(def, def->columns[i]) ||
            (f != NULL && (f->kind == FIELD_TABLE || f->kind == FIELD_FILE)) ||
            (f != NULL && f->sealed && f->kind != FIELD_PERSON))
            reader_fault(r, "columns", "unknown_name", "没有这一列，或者它不能放在列表里。",
                         "%s cannot be a column.", def->columns[i]);
    }
    for (size_t i = 0; i < def->n_title; i++) {
        const struct act_field *f = register_field(def, def->title[i]);

        if (!is_shown(def, def->title[i]) || (f != NULL && (f->sealed || f->kind == FIELD_FILE)))
            reader_fault(r, "title", "unknown_name", "没有这个字段，或者它不能作标题。",
                         "%s cannot be in the title.", def->title[i]);
    }
    if (def->day != NULL) {
        const struct expr_name *name = register_name(def, def->day);

        if (name == NULL || name->id == NAME_PLAIN ||
            (name->kind != VALUE_DATE && name->kind != VALUE_INSTANT))
            reader_fault(r, "day", "type", "这里要一个日期字段。", "%s is no date field.",
                         def->day);
    }
}

static bool filters_by(const struct act_field *f)
{
    return !f->sealed &&
           (f->kind == FIELD_CHOICE || f->kind == FIELD_CHOICES || f->kind == FIELD_BOOL ||
            f->kind == FIELD_BODY || f->kind == FIELD_OFFICER || f->kind == FIELD_BUSINESS ||
            f->kind == FIELD_ENTRY || f->kind == FIELD_PERIOD);
}

static void read_filters(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    struct register_def *def = rr->def;
    size_t n;
    const char *const *names = register_read_texts(r, rr->root, "filters", false, 12, &n);

    def->filters = read_room(r, n, sizeof *def->filters);
    for (size_t i = 0; names != NULL && def->filters != NULL && i < n; i++) {
        const struct act_field *f = register_field(def, names[i]);

        if (strcmp(names[i], "status") == 0 || strcmp(names[i], "body") == 0 ||
            strcmp(names[i], "day") == 0)
            continue; /* are always there */
        if (f == NULL || !filters_by(f))
            reader_fault(r, "filters", "type", "这个字段不能用来筛选。", "%s cannot be a filter.",
                         names[i]);
        else
            def->filters[def->n_filters++] = f;
    }
}

static void read_public(struct register_reader *rr)
{
    static const char *const keys[] = {"states", "fields", "title", "order", NULL};
    struct reader *r = &rr->p.r;
    const json_t *v = read_member(r, rr->root, "public", false);
    const char *order;
    struct register_public *open;
    size_t at = reader_key(r, "public");

    open = v == NULL ? NULL : read_room(r, 1, sizeof *open);
    if (open != NULL && read_object(r, v, keys)) {
        open->title = read_label(r, v, "title", true);
        open->states = register_read_states(rr, v, "states", 0);
        open->fields = register_read_texts(r, v, "fields", true, 30, &open->n_fields);
        if (open->states == 0)
            reader_fault(r, "states", "missing", "要写公开的状态。", "States are missing.");
        for (size_t i = 0; open->fields != NULL && i < open->n_fields; i++) {
            const struct act_field *f = register_field(rr->def, open->fields[i]);

            if (!is_shown(rr->def, open->fields[i]) ||
                (f != NULL && (f->sealed || f->kind == FIELD_FILE)))
                reader_fault(r, "fields", "unknown_name", "没有这个字段，或者它不能公开。",
                             "%s cannot be public.", open->fields[i]);
        }
        order = read_text(r, v, "order", false);
        open->order = order == NULL ? NULL : register_field(rr->def, order);
        if (order != NULL && (open->order == NULL || open->order->kind != FIELD_INT))
            reader_fault(r, "order", "type", "只能按整数字段排。", "%s is no whole number.", order);
    }
    rr->def->open = open;
    reader_up(r, at);
}

/* ---- demo ---- */

static void check_demo_fields(struct register_reader *rr, const json_t *fields,
                              const struct pack_act *act)
{
    struct reader *r = &rr->p.r;
    const char *key;
    json_t *value;
    size_t at = reader_key(r, "fields");

    json_object_foreach((json_t *)fields, key, value)
    {
        if (act_field(act, key) == NULL)
            reader_fault(r, key, "unknown_name", "没有这个字段。", "There is no field %s.", key);
    }
    reader_up(r, at);
}

static void check_demo(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"fields", "acts", "days_ago", "body", NULL};
    static const char *const act_keys[] = {"act", "fields", "days_after", NULL};
    struct reader *r = &rr->p.r;
    const json_t *acts;
    size_t at;

    (void)i;
    if (!read_object(r, v, keys))
        return;
    check_demo_fields(rr, json_object_get(v, "fields"), &rr->def->registering);
    acts = read_array(r, v, "acts", false);
    at = reader_key(r, "acts");
    for (size_t k = 0; k < json_array_size(acts); k++) {
        const json_t *item = json_array_get(acts, k);
        size_t mark = reader_index(r, k);
        const char *name = read_object(r, item, act_keys) ? read_text(r, item, "act", true) : NULL;
        const struct pack_act *act = pack_act(&rr->def->flow.acts, name);

        if (name != NULL && act == NULL)
            reader_fault(r, "act", "unknown_name", "没有这个动作。", "There is no act %s.", name);
        else if (act != NULL)
            check_demo_fields(rr, json_object_get(item, "fields"), act);
        reader_up(r, mark);
    }
    reader_up(r, at);
}

void register_read_shown(struct register_reader *rr)
{
    check_columns(rr);
    read_filters(rr);
    read_public(rr);
    register_read_sends(rr);
    register_read_prints(rr);
}

void register_check_demo(struct register_reader *rr)
{
    register_each(rr, "demo", 300, check_demo);
}
