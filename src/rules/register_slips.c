/* Reads what a register asks of people who sign in nowhere: one-time codes, and what they may work
 * out for themselves. It needs the other registers. */
#include <string.h>

#include "rules/register_internal.h"
#include "rules/register_slips.h"

/* ---- one-time codes ---- */

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
    register_unknown(rr, "name", f->name);
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
        register_unknown(rr, "name", name);
        return;
    }
    f->required = read_bool(r, v, "required", f->field->required);
    f->mobile = read_bool(r, v, "mobile", false);
    if (f->mobile && !f->field->mark)
        register_unknown(rr, "mobile", name);
    if (f->field->kind == FIELD_ENTRY) {
        f->states = register_read_states_of(rr, v, "states",
                                            registers_find(rr->all, f->field->of_register));
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
            register_unknown(rr, key, key);
    }
    reader_up(r, at);
}

/* Of what the other gives: the columns that are shown; absent: all that forms ask for as well. */
static void read_shows(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    struct reader *r = &rr->p.r;
    size_t n = 0, most = s->rows->n_columns;
    const char *const *named = register_read_texts(r, v, "shows", false, most, &n);
    const char **shows = read_room(r, most, sizeof *shows);

    for (size_t i = 0; shows != NULL && named != NULL && i < n; i++) {
        if (register_column(s->rows, named[i]) == NULL ||
            register_column(s->rows_of, named[i]) == NULL)
            register_unknown(rr, "shows", named[i]);
        shows[s->n_shows++] = named[i];
    }
    for (size_t i = 0; shows != NULL && json_object_get(v, "shows") == NULL && i < most; i++)
        if (!s->rows->columns[i].later &&
            register_column(s->rows_of, s->rows->columns[i].name) != NULL)
            shows[s->n_shows++] = s->rows->columns[i].name;
    s->shows = shows;
}

/* A table that the other gives row by row; it is filled so whoever sends it. */
static void give_rows(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    struct act_field *table = (struct act_field *)(uintptr_t)s->rows;
    struct field_given *given = table->given == NULL ? read_room(&rr->p.r, 1, sizeof *given) : NULL;

    if (given != NULL) {
        given->link = s->of->name;
        given->table = s->rows_of->name;
        table->given = given;
    } else if (table->given == NULL || table->given->link == NULL ||
               strcmp(table->given->link, s->of->name) != 0 ||
               strcmp(table->given->table, s->rows_of->name) != 0) {
        register_unknown(rr, "of", s->rows_of->name);
    }
    read_shows(rr, v, s);
}

static void read_slip_rows(struct register_reader *rr, const json_t *v, struct register_slips *s)
{
    static const char *const keys[] = {"field", "of", "shows", NULL};
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
            register_unknown(rr, "field", field);
        else if (s->rows_of == NULL || s->rows_of->kind != FIELD_TABLE)
            register_unknown(rr, "of", of);
        else if (s->of != NULL)
            give_rows(rr, rows, s);
    }
    reader_up(r, at);
}

static const struct act_field *date_of(struct register_reader *rr, const json_t *v, const char *key,
                                       const struct register_def *of)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL || of == NULL ? NULL : register_field(of, name);

    if (name != NULL && (f == NULL || f->kind != FIELD_DATE))
        register_unknown(rr, key, name);
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
    s->of = register_read_link(rr, v, "of", rr->def, NULL);
    s->other = s->of == NULL ? NULL : registers_find(rr->all, s->of->of_register);
    s->states = register_read_states_of(rr, v, "states", s->other);
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
        register_unknown(rr, "enters", enters);
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
            register_unknown(rr, "fields", fields[i]);
        else
            asked[s->asked.n_fields++] = *f;
    }
    for (size_t i = 0; shows != NULL && i < n_shows; i++) {
        const struct register_computed *c = register_computed(rr->def, shows[i]);

        if (c == NULL)
            register_unknown(rr, "shows", shows[i]);
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
    register_check_given(rr);
    if (rr->def->steps != NULL)
        register_each(rr, "transitions", 200, register_read_gathers);
}
