/* Reads what a register asks of people who sign in nowhere – one-time codes – and what transitions
 * gather from the entries that link to theirs. Both need the other registers. */
#include <string.h>

#include "rules/register_internal.h"
#include "rules/register_slips.h"

#define FACTOR_MAX 1000

/* ---- gathering ---- */

static void fault(struct register_reader *rr, const char *key, const char *what)
{
    reader_fault(&rr->p.r, key, "unknown_name", "没有这一项，或者不能这样用。",
                 "There is no %s, or it cannot be used so.", what == NULL ? key : what);
}

static const struct act_field *link_of(struct register_reader *rr, const json_t *v, const char *key,
                                       const struct register_def *from,
                                       const struct register_def *to)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL || from == NULL ? NULL : register_field(from, name);

    if (name != NULL && (f == NULL || f->kind != FIELD_ENTRY ||
                         (to != NULL && strcmp(f->of_register, to->flow.id) != 0))) {
        fault(rr, key, name);
        f = NULL;
    }
    return f;
}

static const struct act_field *column_of(const struct act_field *table, const char *name)
{
    for (size_t i = 0; table != NULL && name != NULL && i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

/* What entries have in common that are ranked among each other: a link, or a period or choice by
 * which the register is filtered, so that it is found by. */
static const struct act_field *shared_of(struct register_reader *rr, const json_t *v)
{
    const char *name = read_text(&rr->p.r, v, "by", true);
    const struct act_field *f = name == NULL ? NULL : register_field(rr->def, name);
    bool found = f != NULL && f->kind == FIELD_ENTRY;

    for (size_t i = 0; f != NULL && i < rr->def->n_filters; i++)
        found |= rr->def->filters[i] == f && (f->kind == FIELD_PERIOD || f->kind == FIELD_CHOICE);
    if (name != NULL && !found)
        fault(rr, "by", name);
    return found ? f : NULL;
}

static void read_mean(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    struct reader *r = &rr->p.r;
    const char *rows = read_text(r, v, "rows", true);
    const struct act_field *key, *value;

    g->key = read_text(r, v, "key", true);
    g->value = read_text(r, v, "value", true);
    g->factor = (int)read_int(r, v, "factor", 1, 1, FACTOR_MAX);
    g->rows = rows == NULL || g->measure == NULL ? NULL : register_field(g->measure->of, rows);
    if (g->rows != NULL && g->rows->kind != FIELD_TABLE)
        g->rows = NULL;
    if (rows != NULL && g->measure != NULL && g->rows == NULL)
        fault(rr, "rows", rows);
    if (g->rows == NULL || g->field == NULL)
        return;
    key = column_of(g->rows, g->key);
    if (key == NULL || key->kind != FIELD_TEXT || column_of(g->field, g->key) == NULL)
        fault(rr, "key", g->key);
    key = column_of(g->rows, g->value);
    value = column_of(g->field, g->value);
    if (key == NULL || key->kind != FIELD_INT || value == NULL || value->kind != FIELD_DECIMAL)
        fault(rr, "value", g->value);
}

/* What cases that rows name came to: of no measure and no link. */
static void read_cases(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    const struct act_field *column;

    g->kind = GATHER_CASES;
    g->key = read_text(&rr->p.r, v, "cases", true);
    g->value = read_text(&rr->p.r, v, "value", true);
    if (g->field == NULL || g->field->kind != FIELD_TABLE) {
        fault(rr, "field", g->field == NULL ? NULL : g->field->name);
        return;
    }
    column = column_of(g->field, g->key);
    if (column == NULL || column->kind != FIELD_CASE)
        fault(rr, "cases", g->key);
    column = column_of(g->field, g->value);
    if (column == NULL || column->kind != FIELD_MONEY)
        fault(rr, "value", g->value);
}

static const struct act_field *field_as(struct register_reader *rr, const json_t *v,
                                        const char *key, enum field_kind kind)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL ? NULL : register_field(rr->def, name);

    if (name != NULL && (f == NULL || f->kind != kind || f->sealed))
        fault(rr, key, name);
    return f;
}

/* A sample that the program draws. */
static void read_draw(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    static const char *const each[] = {"person", NULL};
    const struct act_field *column;

    g->kind = GATHER_DRAW;
    g->people = read_name(&rr->p.r, v, "each", each, -1, false) == 0;
    g->key = read_text(&rr->p.r, v, "draw", true);
    g->n = field_as(rr, v, "n", FIELD_INT);
    g->seed = field_as(rr, v, "seed", FIELD_TEXT);
    g->pool = field_as(rr, v, "pool", FIELD_INT);
    g->from = field_as(rr, v, "from", FIELD_DATE);
    g->to = field_as(rr, v, "to", FIELD_DATE);
    if (g->field == NULL || g->field->kind != FIELD_TABLE) {
        fault(rr, "field", g->field == NULL ? NULL : g->field->name);
        return;
    }
    column = column_of(g->field, g->key);
    if (column == NULL || (column->kind != FIELD_MATTER && column->kind != FIELD_BUSINESS))
        fault(rr, "draw", g->key);
    else if (g->people && column->kind != FIELD_MATTER)
        fault(rr, "each", "person");
}

static bool takes(const struct register_gather *g)
{
    const enum field_kind k = g->field->kind;

    return g->kind == GATHER_MEAN   ? k == FIELD_TABLE
           : g->kind == GATHER_RANK ? k == FIELD_INT
                                    : k == FIELD_INT || k == FIELD_DECIMAL || k == FIELD_MONEY;
}

static void read_gather(struct register_reader *rr, const json_t *v, struct register_gather *g)
{
    static const char *const keys[] = {"field", "by",     "sum", "most",  "rank", "mean", "rows",
                                       "value", "factor", "key", "cases", "draw", "n",    "seed",
                                       "pool",  "from",   "to",  "each",  NULL};
    static const char *const kinds[] = {"sum", "most", "rank", "mean"};
    struct reader *r = &rr->p.r;
    const char *name, *measure = NULL;

    if (!read_object(r, v, keys))
        return;
    name = read_text(r, v, "field", true);
    g->field = name == NULL ? NULL : register_field(rr->def, name);
    if (json_object_get(v, "cases") != NULL) {
        read_cases(rr, v, g);
        return;
    }
    if (json_object_get(v, "draw") != NULL) {
        read_draw(rr, v, g);
        return;
    }
    for (int i = 0; i < 4 && measure == NULL; i++) {
        g->kind = (enum gather_kind)i;
        measure = read_text(r, v, kinds[i], i == 3);
    }
    if (measure == NULL)
        return;
    g->measure = register_measure_named(rr, measure);
    if (g->measure == NULL ||
        ((g->kind == GATHER_MOST || g->kind == GATHER_RANK) && g->measure->of != rr->def))
        fault(rr, kinds[g->kind], measure);
    if (name != NULL && (g->field == NULL || !takes(g)))
        fault(rr, "field", name);
    if (g->kind == GATHER_MEAN)
        read_mean(rr, v, g);
    if (g->kind == GATHER_MOST || g->kind == GATHER_RANK)
        g->by = shared_of(rr, v);
    else if (g->measure != NULL)
        g->by = link_of(rr, v, "by", g->measure->of, rr->def);
}

static void read_gathers(struct register_reader *rr, const json_t *v, size_t i)
{
    struct reader *r = &rr->p.r;
    struct register_step *step = (struct register_step *)rr->def->steps + i;
    const json_t *list = read_array(r, v, "gather", false);
    struct register_gather *gathers = read_room(r, json_array_size(list), sizeof *gathers);
    size_t at = reader_key(r, "gather");

    if (json_array_size(list) > SETS_MAX)
        reader_fault(r, NULL, "too_many", "最多 8 项。", "At most %d.", SETS_MAX);
    for (size_t k = 0; gathers != NULL && k < json_array_size(list) && k < SETS_MAX; k++) {
        size_t mark = reader_index(r, k);

        read_gather(rr, json_array_get(list, k), &gathers[k]);
        step->n_gathers = k + 1;
        reader_up(r, mark);
    }
    step->gathers = gathers;
    reader_up(r, at);
}

/* ---- one-time codes ---- */

static uint64_t states_of(struct register_reader *rr, const json_t *v, const char *key,
                          const struct register_def *of)
{
    size_t n;
    const char *const *names = register_read_texts(&rr->p.r, v, key, false, 64, &n);
    uint64_t bits = 0;

    for (size_t i = 0; names != NULL && of != NULL && i < n; i++) {
        uint64_t bit = register_state_bit(of, names[i]);

        if (bit == 0)
            fault(rr, key, names[i]);
        bits |= bit;
    }
    return bits;
}

/* What is to be chosen hangs on the same entry as the code. */
static void check_choosable(struct register_reader *rr, const struct register_slips *s,
                            const struct act_field *f)
{
    const struct register_def *of = registers_find(rr->all, f->of_register);

    for (size_t i = 0; of != NULL && s->other != NULL && i < of->registering.n_fields; i++) {
        const struct act_field *link = &of->registering.fields[i];

        if (link->kind == FIELD_ENTRY && strcmp(link->of_register, s->other->flow.id) == 0)
            return;
    }
    fault(rr, "name", f->name);
}

static bool may_be_asked(const struct act_field *f)
{
    const enum field_kind k = f->kind;

    return k == FIELD_TEXT || k == FIELD_INT || k == FIELD_CHOICE || k == FIELD_CHOICES ||
           k == FIELD_BOOL || k == FIELD_ENTRY || k == FIELD_TABLE;
}

static void read_slip_field(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    static const char *const keys[] = {"name", "required", "mobile", "states", NULL};
    struct reader *r = &rr->p.r;
    struct register_slip_field *f = &s->fields[s->n_fields];
    const char *name = read_object(r, v, keys) ? read_text(r, v, "name", true) : NULL;

    f->field = name == NULL ? NULL : register_field(rr->def, name);
    if (f->field == NULL || !may_be_asked(f->field)) {
        fault(rr, "name", name);
        return;
    }
    f->required = read_bool(r, v, "required", f->field->required);
    f->mobile = read_bool(r, v, "mobile", false);
    if (f->mobile && !f->field->mark)
        fault(rr, "mobile", name);
    if (f->field->kind == FIELD_ENTRY) {
        f->states = states_of(rr, v, "states", registers_find(rr->all, f->field->of_register));
        check_choosable(rr, s, f->field);
    }
    s->n_fields++;
}

static void read_slip_fields(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    struct reader *r = &rr->p.r;
    const json_t *list = read_array(r, v, "fields", true);
    size_t at = reader_key(r, "fields");

    if (json_array_size(list) > SLIP_FIELDS_MAX)
        reader_fault(r, NULL, "too_many", "字段太多。", "At most %d fields.", SLIP_FIELDS_MAX);
    for (size_t i = 0; i < json_array_size(list) && i < SLIP_FIELDS_MAX; i++) {
        size_t mark = reader_index(r, i);

        read_slip_field(rr, json_array_get(list, i), s);
        reader_up(r, mark);
    }
    reader_up(r, at);
}

static void read_slip_sets(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    struct reader *r = &rr->p.r;
    const char *key;
    json_t *value;
    size_t at = reader_key(r, "set");

    s->set = json_object_get(v, "set");
    json_object_foreach((json_t *)(uintptr_t)s->set, key, value)
    {
        const struct act_field *f = register_field(rr->def, key);

        if (f == NULL || f->sealed)
            fault(rr, key, key);
    }
    reader_up(r, at);
}

static void read_slip_rows(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    static const char *const keys[] = {"field", "of", NULL};
    struct reader *r = &rr->p.r;
    const json_t *rows = read_member(r, v, "rows", false);
    const char *field, *of;
    size_t at = reader_key(r, "rows");

    if (rows != NULL && read_object(r, rows, keys)) {
        field = read_text(r, rows, "field", true);
        of = read_text(r, rows, "of", true);
        s->rows = field == NULL ? NULL : register_field(rr->def, field);
        s->rows_of = of == NULL || s->other == NULL ? NULL : register_field(s->other, of);
        if (s->rows == NULL || s->rows->kind != FIELD_TABLE)
            fault(rr, "field", field);
        if (s->rows_of == NULL || s->rows_of->kind != FIELD_TABLE)
            fault(rr, "of", of);
    }
    reader_up(r, at);
}

static const struct act_field *date_of(struct register_reader *rr, const json_t *v, const char *key,
                                       const struct register_def *of)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL || of == NULL ? NULL : register_field(of, name);

    if (name != NULL && (f == NULL || f->kind != FIELD_DATE))
        fault(rr, key, name);
    return f;
}

static const struct act_field *mark_of(struct register_reader *rr, const json_t *v)
{
    const char *name = read_text(&rr->p.r, v, "mark", true);
    const struct act_field *f = name == NULL ? NULL : register_field(rr->def, name);
    bool once = false;

    for (size_t i = 0; i < rr->def->n_unique; i++)
        for (size_t k = 0; k < rr->def->unique[i].n_fields; k++)
            once |= rr->def->unique[i].fields[k] == f;
    if (name != NULL && (f == NULL || !f->mark || !once))
        reader_fault(&rr->p.r, "mark", "condition",
                     "要是只留比对码、并且写进“不能重复”的文本字段。",
                     "%s is to be a text kept as a mark that is unique.", name);
    return f;
}

static void read_slips(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    static const char *const keys[] = {"of",   "states", "from",  "to",  "draw",
                                       "mark", "enters", "rows",  "set", "fields",
                                       "hint", "thanks", "title", NULL};
    struct reader *r = &rr->p.r;
    const char *enters;

    if (!read_object(r, v, keys))
        return;
    s->of = link_of(rr, v, "of", rr->def, NULL);
    s->other = s->of == NULL ? NULL : registers_find(rr->all, s->of->of_register);
    s->states = states_of(rr, v, "states", s->other);
    if (s->other != NULL && s->states == 0)
        reader_fault(r, "states", "missing", "要写在哪些状态下使用。", "States are missing.");
    if (s->other != NULL && s->other->open == NULL)
        reader_fault(r, "of", "condition", "一次性码的页面要挂在能公开的台账上。",
                     "What codes are drawn for needs a public page.");
    s->from = date_of(rr, v, "from", s->other);
    s->to = date_of(rr, v, "to", s->other);
    s->draw = register_read_roles(r, v, "draw", ROLE_SUPERVISOR);
    s->mark = mark_of(rr, v);
    s->title = read_label(r, v, "title", true);
    s->hint = read_label(r, v, "hint", false);
    s->thanks = read_label(r, v, "thanks", true);
    enters = read_text(r, v, "enters", false);
    s->enters = enters == NULL ? rr->def->flow.initial : flow_state(&rr->def->flow, enters);
    if (s->enters == NULL)
        fault(rr, "enters", enters);
    read_slip_rows(rr, v, s);
    read_slip_fields(rr, v, s);
    read_slip_sets(rr, v, s);
}

/* ---- what people work out for themselves ---- */

static bool can_be_worked_out(const struct act_field *f)
{
    const enum field_kind k = f->kind;

    return !f->sealed && (k == FIELD_INT || k == FIELD_MONEY || k == FIELD_DECIMAL ||
                          k == FIELD_BOOL || k == FIELD_CHOICE || k == FIELD_DATE);
}

static void read_self_check(struct register_reader *rr, const json_t *v,
                            struct register_self_check *s)
{
    static const char *const keys[] = {"title", "hint", "fields", "shows", NULL};
    struct reader *r = &rr->p.r;
    const char *const *fields, *const *shows;
    size_t n_fields = 0, n_shows = 0;
    struct act_field *asked;

    if (!read_object(r, v, keys))
        return;
    s->title = read_label(r, v, "title", true);
    s->hint = read_label(r, v, "hint", false);
    fields = register_read_texts(r, v, "fields", true, SLIP_FIELDS_MAX, &n_fields);
    shows = register_read_texts(r, v, "shows", true, SLIP_FIELDS_MAX, &n_shows);
    asked = read_room(r, n_fields, sizeof *asked);
    s->asked.id = "check";
    s->asked.fields = asked;
    for (size_t i = 0; fields != NULL && asked != NULL && i < n_fields; i++) {
        const struct act_field *f = register_field(rr->def, fields[i]);

        if (f == NULL || !can_be_worked_out(f))
            fault(rr, "fields", fields[i]);
        else
            asked[s->asked.n_fields++] = *f;
    }
    for (size_t i = 0; shows != NULL && i < n_shows; i++) {
        const struct register_computed *c = register_computed(rr->def, shows[i]);

        if (c == NULL)
            fault(rr, "shows", shows[i]);
        else
            s->shows[s->n_shows++] = c;
    }
}

static void read_self_check_of(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    const json_t *v = read_member(r, rr->root, "self_check", false);
    struct register_self_check *s = v == NULL ? NULL : read_room(r, 1, sizeof *s);
    size_t at = reader_key(r, "self_check");

    if (s != NULL)
        read_self_check(rr, v, s);
    reader_up(r, at);
    rr->def->self_check = s;
}

void register_read_slips(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    const json_t *v = read_member(r, rr->root, "slips", false);
    struct register_slips *s = v == NULL ? NULL : read_room(r, 1, sizeof *s);
    size_t at = reader_key(r, "slips");

    if (s != NULL)
        read_slips(rr, v, s);
    reader_up(r, at);
    rr->def->slips = s;
    read_self_check_of(rr);
    register_read_recognise(rr);
    if (rr->def->steps != NULL)
        register_each(rr, "transitions", 200, read_gathers);
}
