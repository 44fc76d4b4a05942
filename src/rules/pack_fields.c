/* Reads the fields of acts: of rule packs, flows and letters, and of registers, whose fields may be
 * of more kinds (docs/registers.md). */
#include <string.h>

#include "rules/pack_internal.h"

#define FIELDS_MAX 24
#define REGISTER_FIELDS_MAX 80
#define CHOICES_MAX 60
#define ITEMS_MAX 80
#define UNITS_MAX 40
#define ROWS_MAX 1000
#define ROWS_USUAL 200 /* where the file does not say */
#define FILES_MAX 20
#define NUMBER_MAX 1000000000
#define FEN_MAX 100000000000000

/* Bits of the kinds named in a list; all of them when the list is absent. */
static unsigned read_kind_bits(struct pack_reader *p, const json_t *object, const char *key)
{
    const json_t *list = read_array(&p->r, object, key, false);
    unsigned bits = 0;

    if (list == NULL)
        return (1u << KIND_COUNT) - 1;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        enum matter_kind kind = matter_kind_find(name);
        if (kind == KIND_COUNT)
            reader_fault(&p->r, key, "unknown_name", "没有这种诉求。", "There is no such kind.");
        else
            bits |= 1u << kind;
    }
    return bits;
}

size_t pack_read_choices(struct pack_reader *p, const json_t *v, const struct choice **ret)
{
    static const char *const keys[] = {"code", "label", "kinds", NULL};
    struct read_walk w = read_begin(&p->r, v, "choices", sizeof(struct choice), false);
    struct choice *choices = w.room;
    size_t n = 0;

    *ret = choices;
    read_at_most(&w, CHOICES_MAX);
    while (read_next(&w)) {
        if (!read_object(&p->r, w.v, keys))
            continue;
        choices[w.i].code = read_text(&p->r, w.v, "code", true);
        choices[w.i].label = read_label(&p->r, w.v, "label", true);
        choices[w.i].kinds = read_kind_bits(p, w.v, "kinds");
        if (choices[w.i].code != NULL)
            n = w.i + 1;
    }
    return n;
}

static bool kind_has_choices(enum field_kind kind)
{
    return kind == FIELD_CHOICE || kind == FIELD_CHOICES;
}

static bool is_counted(enum field_kind kind)
{
    return kind == FIELD_INT || kind == FIELD_MONEY || kind == FIELD_CHOICES ||
           kind == FIELD_REMEDIES;
}

static void read_limits(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    struct reader *r = &p->r;

    f->max_bytes = (size_t)read_int(r, v, "max_bytes", 0, 1, 200000);
    if (f->kind == FIELD_TEXT && f->max_bytes == 0)
        reader_fault(r, "max_bytes", "missing", "缺最大长度。", "A text needs max_bytes.");
    f->min = read_int(r, v, "min", 0, 0, INT64_MAX);
    f->max = read_int(r, v, "max", 0, 1, INT64_MAX);
    if (is_counted(f->kind) != (f->max > 0) || f->min > f->max)
        reader_fault(r, "max", "range", "最大最小值不对。",
                     "min and max go with int, money, choices and remedies.");
}

/* ---- fields of registers ---- */

static void read_units(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    const json_t *list = read_array(&p->r, v, "units", false);
    size_t n = json_array_size(list);
    const char **units = read_room(&p->r, n, sizeof *units);

    if (n > UNITS_MAX)
        reader_fault(&p->r, "units", "too_many", "单位太多。", "At most %d units.", UNITS_MAX);
    for (size_t i = 0; units != NULL && i < n; i++) {
        const char *unit = json_string_value(json_array_get(list, i));

        if (unit == NULL)
            reader_fault(&p->r, "units", "type", "这里要文字。", "A text is expected here.");
        units[i] = arena_strdup(p->r.arena, unit == NULL ? "" : unit);
    }
    f->units = units;
    f->n_units = units == NULL ? 0 : n;
}

static void read_items(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    static const char *const keys[] = {"id", "label", "max", "illegal", NULL};
    struct reader *r = &p->r;
    struct read_walk w = read_begin(r, v, "items", sizeof(struct check_item), true);
    struct check_item *items = w.room;

    if (w.n == 0)
        reader_fault(r, NULL, "range", "至少要一个检查项目。", "At least one item.");
    read_at_most(&w, ITEMS_MAX);
    f->items = items;
    while (read_next(&w)) {
        if (read_object(r, w.v, keys)) {
            items[w.i].id = read_text(r, w.v, "id", true);
            items[w.i].label = read_label(r, w.v, "label", true);
            items[w.i].max = (int)read_int(r, w.v, "max", 1, 1, 1000);
            items[w.i].illegal = read_text(r, w.v, "illegal", false);
        }
        if (items[w.i].id == NULL)
            items[w.i].id = "";
        for (size_t k = 0; k < w.i; k++)
            if (strcmp(items[k].id, items[w.i].id) == 0)
                reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
        if (strcmp(items[w.i].id, "score") == 0 || strcmp(items[w.i].id, "max") == 0)
            reader_fault(r, "id", "reserved", "这个编号有别的用处。", "This id is reserved.");
        f->n_items = w.i + 1;
    }
}

/* What a number may be where the file does not say. */
static void read_range(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    struct reader *r = &p->r;
    bool any = f->kind == FIELD_INT || f->kind == FIELD_DECIMAL;
    int64_t most = f->kind == FIELD_MONEY     ? FEN_MAX
                   : f->kind == FIELD_CHOICES ? CHOICES_MAX
                   : f->kind == FIELD_TABLE   ? ROWS_MAX
                   : f->kind == FIELD_FILE    ? FILES_MAX
                                              : NUMBER_MAX;
    const char *key = f->kind == FIELD_TABLE ? "rows_max" : "max";

    if (!is_counted(f->kind) && f->kind != FIELD_DECIMAL && f->kind != FIELD_QUANTITY &&
        f->kind != FIELD_TABLE && f->kind != FIELD_FILE) {
        if (json_object_get(v, "max") != NULL || json_object_get(v, "min") != NULL)
            reader_fault(r, "max", "range", "最大最小值不对。",
                         "min and max go with numbers, choices and tables.");
        return;
    }
    f->min = read_int(r, v, "min", 0, any ? -most : 0, most);
    f->max = read_int(r, v, key, f->kind == FIELD_TABLE ? ROWS_USUAL : most, any ? -most : 1, most);
    if (f->min > f->max)
        reader_fault(r, key, "range", "最大最小值不对。", "min is above max.");
}

static void read_decimals(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    bool decimal = f->kind == FIELD_DECIMAL, quantity = f->kind == FIELD_QUANTITY;

    if (decimal || quantity)
        f->decimals =
            (int)read_int(&p->r, v, "decimals", decimal ? 2 : 0, decimal ? 1 : 0, decimal ? 4 : 3);
    else if (json_object_get(v, "decimals") != NULL)
        reader_fault(&p->r, "decimals", "unknown_key", "只有小数和数量有小数位。",
                     "decimals goes with decimal and quantity.");
}

static void read_columns(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    struct pack_act columns = {0};

    read_fields(p, v, "columns", &columns);
    f->columns = columns.fields;
    f->n_columns = columns.n_fields;
    if (columns.n_fields == 0)
        reader_fault(&p->r, "columns", "missing", "表要有列。", "A table needs columns.");
    for (size_t i = 0; i < columns.n_fields; i++)
        if (!field_is_simple(columns.fields[i].kind) || columns.fields[i].sealed)
            reader_fault(&p->r, "columns", "type", "表的列只能是简单的内容。",
                         "Column %s cannot be of this kind.",
                         columns.fields[i].name == NULL ? "" : columns.fields[i].name);
}

static const char *const *read_state_names(struct reader *r, const json_t *v, size_t *ret_n)
{
    const json_t *list = read_array(r, v, "states", false);
    const char **names = read_room(r, json_array_size(list), sizeof *names);

    *ret_n = 0;
    for (size_t i = 0; names != NULL && i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));

        names[(*ret_n)++] = arena_strdup(r->arena, name == NULL ? "" : name);
    }
    return names;
}

/* Whence the rows of a table come; whether all of it is there is looked at once every register is
 * read (register_given.c). */
static void read_given(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    static const char *const keys[] = {"link", "table", "column", "states", NULL};
    struct reader *r = &p->r;
    const json_t *given = read_member(r, v, "given_by", false);
    struct field_given *g = given == NULL ? NULL : read_room(r, 1, sizeof *g);
    size_t at = reader_key(r, "given_by");

    if (g != NULL && read_object(r, given, keys)) {
        g->column = read_text(r, given, "column", false);
        g->link = read_text(r, given, "link", g->column == NULL);
        g->table = read_text(r, given, "table", g->column == NULL);
        g->in = read_state_names(r, given, &g->n_in);
        if (g->column != NULL && (g->link != NULL || g->table != NULL))
            reader_fault(r, "column", "condition", "link 和 table 一起写，或者只写 column。",
                         "Either link and table, or column.");
        if (f->kind != FIELD_TABLE)
            reader_fault(r, NULL, "type", "只有表能从别处带出行。", "Only a table is given rows.");
    }
    f->given = g;
    reader_up(r, at);
}

static void read_of_register(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    struct reader *r = &p->r;

    f->long_text = read_bool(r, v, "long", false);
    f->later = read_bool(r, v, "later", false);
    f->section = read_text(r, v, "section", false);
    f->preset = json_object_get(v, "default");
    f->mark = read_bool(r, v, "mark", false);
    f->sealed |= f->kind == FIELD_PERSON || f->mark;
    f->max_bytes = (size_t)read_int(r, v, "max_bytes", f->long_text ? 20000 : 300, 1, 200000);
    if (f->kind != FIELD_TEXT)
        f->max_bytes = f->kind == FIELD_PLACE ? 300 : 0;
    if (f->kind == FIELD_FILE && (f->required || f->sealed || f->when_field != NULL))
        reader_fault(r, "required", "condition", "文件登记后才传，要有就写 required_in。",
                     "Files come after registering: say required_in.");
    if (f->mark && f->kind != FIELD_TEXT)
        reader_fault(r, "mark", "type", "只有文本能只留比对码。", "Only a text is kept as a mark.");
    if (f->later && f->required)
        reader_fault(r, "later", "condition", "必填的不能后填。",
                     "A required field cannot be filled later.");
    read_range(p, v, f);
    read_decimals(p, v, f);
    if (f->kind == FIELD_QUANTITY)
        read_units(p, v, f);
    if (f->kind == FIELD_CHECKLIST)
        read_items(p, v, f);
    if (f->kind == FIELD_TABLE)
        read_columns(p, v, f);
    read_given(p, v, f);
    f->of_register = read_text(r, v, "register", f->kind == FIELD_ENTRY);
}

/* ---- a field ---- */

static bool kind_allowed(const struct pack_reader *p, enum field_kind kind)
{
    if (!p->of_register)
        return kind < FIELD_KINDS_OF_ACTS;
    return kind != FIELD_NUMBER && kind != FIELD_GROUP && kind != FIELD_REMEDIES &&
           kind != FIELD_AMENDMENT && kind != FIELD_REPORT;
}

static bool field_keys(struct pack_reader *p, const json_t *v)
{
    static const char *const keys[] = {
        "name", "kind",    "required", "act_time", "future", "sealed", "max_bytes", "min",
        "max",  "choices", "codes",    "label",    "hint",   "when",   "unkept",    NULL};
    static const char *const more[] = {
        "name",     "kind",     "required", "future",   "sealed",      "max_bytes", "min",
        "max",      "codes",    "choices",  "label",    "hint",        "when",      "long",
        "later",    "items",    "section",  "decimals", "required_in", "units",     "columns",
        "rows_max", "register", "default",  "mark",     "given_by",    NULL};

    return read_object(&p->r, v, p->of_register ? more : keys);
}

/* {"name": "passed", "required": true}: the entry's own field of that name, asked for by an act. */
static bool of_entry(struct pack_reader *p, const json_t *v, struct act_field *ret)
{
    static const char *const keys[] = {"name", "required", "hint", "when", NULL};
    const char *name = json_string_value(json_object_get(v, "name"));
    const struct act_field *own;

    if (p->entry_fields == NULL || json_object_get(v, "kind") != NULL || name == NULL)
        return false;
    own = act_field(p->entry_fields, name);
    if (own != NULL && own->kind == FIELD_FILE)
        reader_fault(&p->r, "name", "type", "文件不在动作里传。", "No act asks for files.");
    if (own == NULL) {
        reader_fault(&p->r, "name", "unknown_name", "台账没有这个字段。",
                     "The register has no field %s.", name);
        return true;
    }
    if (read_object(&p->r, v, keys)) {
        *ret = *own;
        ret->required = read_bool(&p->r, v, "required", false);
        if (json_object_get(v, "hint") != NULL)
            ret->hint = read_label(&p->r, v, "hint", false);
        ret->when_field = ret->when_value = NULL;
        ret->later = false;
        ret->preset = NULL;
    }
    return true;
}

static void read_when(struct pack_reader *p, const json_t *v, struct act_field *f)
{
    static const char *const when_keys[] = {"field", "value", NULL};
    const json_t *when = read_member(&p->r, v, "when", false);

    if (when != NULL && read_object(&p->r, when, when_keys)) {
        f->when_field = read_text(&p->r, when, "field", true);
        f->when_value = read_text(&p->r, when, "value", true);
    }
}

static void read_field(struct pack_reader *p, const json_t *v, struct act_field *ret)
{
    struct reader *r = &p->r;
    struct act_field f = {0};

    if (of_entry(p, v, ret)) {
        read_when(p, v, ret);
        return;
    }
    if (!field_keys(p, v))
        return;
    f.name = read_text(r, v, "name", true);
    f.kind = (enum field_kind)read_name(r, v, "kind", pack_field_names, FIELD_TEXT, true);
    if (!kind_allowed(p, f.kind) || (f.kind == FIELD_FILE && p->entry_fields != NULL))
        reader_fault(r, "kind", "unknown_name", "这里没有这种字段。",
                     "A field of kind %s cannot stand here.", field_kind_name(f.kind));
    f.required = read_bool(r, v, "required", false);
    f.act_time = !p->of_register && read_bool(r, v, "act_time", false);
    f.future = read_bool(r, v, "future", false);
    f.sealed = read_bool(r, v, "sealed", false);
    f.unkept = read_bool(r, v, "unkept", false);
    f.label = read_label(r, v, "label", true);
    f.hint = read_label(r, v, "hint", false);
    f.codes = read_text(r, v, "codes", false);
    if (p->of_register)
        read_of_register(p, v, &f);
    else
        read_limits(p, v, &f);
    f.n_choices = pack_read_choices(p, v, &f.choices);
    if (kind_has_choices(f.kind) != (f.codes != NULL || f.n_choices > 0) &&
        f.kind != FIELD_REMEDIES)
        reader_fault(r, "choices", "missing", "选项和类型不符。",
                     "choices or codes go with choice, choices and remedies.");
    if ((f.act_time || f.future) && f.kind != FIELD_INSTANT &&
        !(p->of_register && f.kind == FIELD_DATE))
        reader_fault(r, "kind", "type", "只有时间能这样写。", "Only an instant can be that.");
    read_when(p, v, &f);
    *ret = f;
}

static void check_fields(struct pack_reader *p, const struct pack_act *act)
{
    for (size_t i = 0; i < act->n_fields; i++) {
        if (act->fields[i].name == NULL)
            return; /* named as a fault already */
    }
    for (size_t i = 0; i < act->n_fields; i++) {
        const struct act_field *f = &act->fields[i];
        if (act_field(act, f->name) != f)
            reader_fault(&p->r, "fields", "twice", "字段重复。", "Field %s is given twice.",
                         f->name);
        if (f->when_field != NULL && act_field(act, f->when_field) == NULL &&
            (p->entry_fields == NULL || act_field(p->entry_fields, f->when_field) == NULL))
            reader_fault(&p->r, "fields", "unknown_name", "没有这个字段。",
                         "Field %s depends on an unknown field.", f->name);
    }
}

void read_fields(struct pack_reader *p, const json_t *v, const char *key, struct pack_act *act)
{
    size_t most = p->of_register ? REGISTER_FIELDS_MAX : FIELDS_MAX;
    struct read_walk w = read_begin(&p->r, v, key, sizeof(struct act_field), false);
    struct act_field *fields = w.room;

    if (w.n > most) {
        reader_fault(&p->r, NULL, "too_many", "字段太多。", "At most %zu fields.", most);
        w.n = most;
    }
    for (; read_next(&w); act->n_fields = w.i + 1)
        read_field(p, w.v, &fields[w.i]);
    act->fields = fields;
    check_fields(p, act);
}

void read_act_fields(struct reader *r, const json_t *v, const char *key, struct pack_act *act)
{
    struct pack_reader p = {.r = *r};

    read_fields(&p, v, key, act);
    *r = p.r;
}
