/* What the expressions of a register may name. */
#include <string.h>

#include "rules/register_internal.h"

const char *const plain_names[] = {"number", "status",       "body", "day",
                                   "today",  "register_day", NULL};

static enum value_kind value_kind_of(const struct act_field *f)
{
    if (f->sealed)
        return VALUE_FILLED;
    switch (f->kind) {
    case FIELD_INT:
    case FIELD_MONEY:
    case FIELD_DECIMAL:
        return VALUE_NUMBER;
    case FIELD_BOOL:
        return VALUE_BOOL;
    case FIELD_DATE:
        return VALUE_DATE;
    case FIELD_INSTANT:
        return VALUE_INSTANT;
    case FIELD_CHOICES:
        return VALUE_LIST;
    case FIELD_TEXT:
    case FIELD_CHOICE:
    case FIELD_BODY:
    case FIELD_OFFICER:
    case FIELD_NUMBER:
    case FIELD_BUSINESS:
    case FIELD_PERIOD:
    case FIELD_MATTER:
    case FIELD_CASE:
    case FIELD_ENTRY:
        return VALUE_TEXT;
    case FIELD_GROUP:
    case FIELD_REMEDIES:
    case FIELD_AMENDMENT:
    case FIELD_REPORT:
    case FIELD_QUANTITY:
    case FIELD_PERSON:
    case FIELD_PLACE:
    case FIELD_CHECKLIST:
    case FIELD_TABLE:
    case FIELD_FILE:
        break;
    }
    return VALUE_FILLED;
}

static void name_codes(struct register_reader *rr, const struct act_field *f, struct expr_name *ret)
{
    const struct code_table *table =
        f->codes == NULL || rr->codes == NULL ? NULL : codes_table(rr->codes, f->codes);
    size_t n = f->n_choices > 0 ? f->n_choices : table == NULL ? 0 : table->n_codes;
    const char **codes = read_room(&rr->p.r, n, sizeof *codes);

    for (size_t i = 0; codes != NULL && i < n; i++)
        codes[i] = f->n_choices > 0 ? f->choices[i].code : table->codes[i].code;
    ret->codes = codes;
    ret->n_codes = codes == NULL ? 0 : n;
}

static struct expr_name member(const char *name, enum value_kind kind, const void *of)
{
    return (struct expr_name){.name = name, .kind = kind, .id = NAME_MEMBER, .of = of};
}

static struct expr_name field_name(struct register_reader *rr, const struct act_field *f);

static void name_members(struct register_reader *rr, const struct act_field *f,
                         struct expr_name *ret)
{
    size_t n = f->kind == FIELD_QUANTITY    ? 2
               : f->kind == FIELD_CHECKLIST ? 2 + f->n_items
               : f->kind == FIELD_TABLE     ? f->n_columns
                                            : 0;
    struct expr_name *members = read_room(&rr->p.r, n, sizeof *members);

    if (members == NULL)
        return;
    if (f->kind == FIELD_QUANTITY) {
        members[0] = member("value", VALUE_NUMBER, f);
        members[1] = member("unit", VALUE_TEXT, f);
        members[1].codes = f->n_units > 0 ? f->units : NULL;
        members[1].n_codes = f->n_units;
    } else if (f->kind == FIELD_CHECKLIST) {
        members[0] = member("score", VALUE_NUMBER, f);
        members[1] = member("max", VALUE_NUMBER, f);
        for (size_t i = 0; i < f->n_items; i++)
            members[2 + i] = member(f->items[i].id, VALUE_NUMBER, f);
    } else {
        for (size_t i = 0; i < f->n_columns; i++)
            members[i] = field_name(rr, &f->columns[i]);
    }
    ret->members = members;
    ret->n_members = n;
}

static struct expr_name field_name(struct register_reader *rr, const struct act_field *f)
{
    struct expr_name name = {.name = f->name,
                             .kind = value_kind_of(f),
                             .table = f->kind == FIELD_TABLE,
                             .id = NAME_FIELD,
                             .of = f};

    name_codes(rr, f, &name);
    name_members(rr, f, &name);
    return name;
}

static enum value_kind computed_value_kind(enum computed_kind kind)
{
    return kind == COMPUTED_DATE   ? VALUE_DATE
           : kind == COMPUTED_TEXT ? VALUE_TEXT
           : kind == COMPUTED_BOOL ? VALUE_BOOL
                                   : VALUE_NUMBER;
}

static size_t name_plain(struct register_reader *rr, struct expr_name *names)
{
    static const enum value_kind kinds[] = {VALUE_TEXT, VALUE_TEXT, VALUE_TEXT,
                                            VALUE_DATE, VALUE_DATE, VALUE_DATE};
    const struct flow *flow = &rr->def->flow;
    const char **states = read_room(&rr->p.r, flow->n_states, sizeof *states);

    for (size_t i = 0; states != NULL && i < flow->n_states; i++)
        states[i] = flow->states[i].id;
    for (size_t i = 0; i < PLAIN_NAMES; i++)
        names[i] = (struct expr_name){
            .name = plain_names[i], .kind = kinds[i], .id = NAME_PLAIN, .of = &plain_names[i]};
    names[PLAIN_STATUS].codes = states;
    names[PLAIN_STATUS].n_codes = states == NULL ? 0 : flow->n_states;
    return PLAIN_NAMES;
}

/* Fields that acts bring and the entry does not have, each name once. */
static void name_act_fields(struct register_reader *rr, struct register_names *names)
{
    const struct pack *acts = &rr->def->flow.acts;
    size_t room = 0;

    for (size_t a = 0; a < acts->n_acts; a++)
        room += acts->acts[a].n_fields;
    names->of_acts = read_room(&rr->p.r, room, sizeof *names->of_acts);
    for (size_t a = 0; names->of_acts != NULL && a < acts->n_acts; a++)
        for (size_t i = 0; i < acts->acts[a].n_fields; i++) {
            const struct act_field *f = &acts->acts[a].fields[i];
            bool known = act_field(&rr->def->registering, f->name) != NULL;

            for (size_t k = 0; k < names->n_of_acts; k++)
                known |= strcmp(names->of_acts[k].name, f->name) == 0;
            if (!known)
                names->of_acts[names->n_of_acts++] = field_name(rr, f);
        }
}

void register_read_names(struct register_reader *rr)
{
    struct register_def *def = rr->def;
    struct register_names *names = read_room(&rr->p.r, 1, sizeof *names);
    size_t most = def->registering.n_fields + def->n_computed + PLAIN_NAMES;

    if (names == NULL)
        return;
    names->names = read_room(&rr->p.r, most, sizeof *names->names);
    if (names->names == NULL)
        return;
    names->n = name_plain(rr, names->names);
    for (size_t i = 0; i < def->registering.n_fields; i++)
        names->names[names->n++] = field_name(rr, &def->registering.fields[i]);
    for (size_t i = 0; i < def->n_computed; i++)
        names->names[names->n++] =
            (struct expr_name){.name = def->computed[i].name,
                               .kind = computed_value_kind(def->computed[i].kind),
                               .id = NAME_COMPUTED,
                               .of = &def->computed[i]};
    name_act_fields(rr, names);
    def->names = names;
}

const struct expr_name *register_name(const struct register_def *def, const char *name)
{
    for (size_t i = 0; def->names != NULL && name != NULL && i < def->names->n; i++)
        if (strcmp(def->names->names[i].name, name) == 0)
            return &def->names->names[i];
    return NULL;
}

const struct act_field *register_column(const struct act_field *table, const char *name)
{
    for (size_t i = 0; table != NULL && name != NULL && i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0)
            return &table->columns[i];
    return NULL;
}

void register_unknown(struct register_reader *rr, const char *key, const char *what)
{
    reader_fault(&rr->p.r, key, "unknown_name", "没有这一项，或者不能这样用。",
                 "There is no %s, or it cannot be used so.", what == NULL ? key : what);
}

const struct act_field *register_read_link(struct register_reader *rr, const json_t *v,
                                           const char *key, const struct register_def *from,
                                           const struct register_def *to)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL || from == NULL ? NULL : register_field(from, name);

    if (name != NULL && (f == NULL || f->kind != FIELD_ENTRY ||
                         (to != NULL && strcmp(f->of_register, to->flow.id) != 0))) {
        register_unknown(rr, key, name);
        f = NULL;
    }
    return f;
}

uint64_t register_read_states_of(struct register_reader *rr, const json_t *v, const char *key,
                                 const struct register_def *of)
{
    size_t n;
    const char *const *names = register_read_texts(&rr->p.r, v, key, false, 64, &n);
    uint64_t bits = 0;

    for (size_t i = 0; names != NULL && of != NULL && i < n; i++) {
        uint64_t bit = register_state_bit(of, names[i]);

        if (bit == 0)
            register_unknown(rr, key, names[i]);
        bits |= bit;
    }
    return bits;
}
