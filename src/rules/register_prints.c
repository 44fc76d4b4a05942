/* Reads what entries of a register are printed as. */
#include <string.h>

#include "rules/register_internal.h"
#include "rules/register_prints.h"

#define PRINTS_MAX 10
#define LINES_MAX 40
#define PRINT_COLUMNS_MAX 12

const char *const register_print_names[] = {"number", "day", "today", "body", "status", NULL};
const char *const register_list_names[] = {"today", "body", "count", NULL};

const struct register_print *register_print(const struct register_def *def, const char *id)
{
    for (size_t i = 0; i < def->n_prints; i++)
        if (strcmp(def->prints[i].id, id) == 0)
            return &def->prints[i];
    return NULL;
}

bool register_print_fits(const struct register_def *def, const struct register_print *print,
                         const char *state)
{
    return (print->states & register_state_bit(def, state)) != 0;
}

static bool one_of(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* What is told on paper: nothing sealed, and what is one line of words. */
static bool printable(const struct register_def *def, const char *name)
{
    const struct act_field *f = register_field(def, name);

    if (one_of(register_print_names, name))
        return true;
    for (size_t i = 0; i < def->n_computed; i++)
        if (strcmp(def->computed[i].name, name) == 0)
            return true;
    return f != NULL && !f->sealed && f->kind != FIELD_PERSON && f->kind != FIELD_FILE &&
           f->kind != FIELD_TABLE && f->kind != FIELD_CHECKLIST;
}

static void check_slots(struct register_reader *rr, bool of_list, const char *key, const char *text)
{
    while (text != NULL && (text = strstr(text, "{{")) != NULL) {
        const char *close = strstr(text, "}}");
        char name[64] = "";

        if (close != NULL && (size_t)(close - text - 2) < sizeof name)
            memcpy(name, text + 2, (size_t)(close - text - 2));
        if (of_list ? !one_of(register_list_names, name) : !printable(rr->def, name))
            reader_fault(&rr->p.r, key, "unknown_name", "没有这个字段，或者它不能印出来。",
                         "There is no field \"%s\" that can be printed.", name);
        text = close == NULL ? NULL : close + 2;
    }
}

static const char *read_slots(struct register_reader *rr, const json_t *v, bool of_list,
                              const char *key, bool required)
{
    const char *text = read_text(&rr->p.r, v, key, required);

    check_slots(rr, of_list, key, text);
    return text;
}

/* ---- lines ---- */

static bool is_column(const struct act_field *table, const char *name)
{
    for (size_t i = 0; i < table->n_columns; i++)
        if (strcmp(table->columns[i].name, name) == 0) /* what not everybody may see is not told */
            return table->columns[i].kind != FIELD_MATTER && table->columns[i].kind != FIELD_CASE;
    return false;
}

/* {"table": FIELD, "columns"} or {"entries": [NAME…]}. */
static void read_table(struct register_reader *rr, const json_t *v, bool of_list,
                       struct register_line *ret)
{
    static const char *const of_entry[] = {"table", "columns", NULL}, *const of_entries[] = {
                                                                          "entries", NULL};
    struct reader *r = &rr->p.r;
    const char *key = of_list ? "entries" : "columns", *name;

    if (!read_object(r, v, of_list ? of_entries : of_entry))
        return;
    name = of_list ? NULL : read_text(r, v, "table", true);
    ret->table = name == NULL ? NULL : register_field(rr->def, name);
    if (name != NULL &&
        (ret->table == NULL || ret->table->kind != FIELD_TABLE || ret->table->sealed)) {
        reader_fault(r, "table", "unknown_name", "没有这个表格字段。", "%s is no table.", name);
        return;
    }
    ret->columns = register_read_texts(r, v, key, true, PRINT_COLUMNS_MAX, &ret->n_columns);
    for (size_t i = 0; ret->columns != NULL && i < ret->n_columns; i++)
        if (ret->table != NULL ? !is_column(ret->table, ret->columns[i])
                               : of_list && !printable(rr->def, ret->columns[i]))
            reader_fault(r, key, "unknown_name", "没有这一列，或者它不能印出来。",
                         "There is no column \"%s\" that can be printed.", ret->columns[i]);
}

static void read_lines(struct register_reader *rr, const json_t *v, struct register_print *p)
{
    struct reader *r = &rr->p.r;
    const json_t *list = read_array(r, v, "lines", true);
    size_t n = json_array_size(list), at = reader_key(r, "lines");
    struct register_line *lines = read_room(r, n, sizeof *lines);

    if (n > LINES_MAX)
        reader_fault(r, NULL, "too_many", "太多了。", "There are more than %d.", LINES_MAX);
    for (size_t i = 0; lines != NULL && i < n && i < LINES_MAX; i++) {
        const json_t *one = json_array_get(list, i);
        size_t mark = reader_index(r, i);

        if (json_is_object(one))
            read_table(rr, one, p->of_list, &lines[i]);
        else if (json_is_string(one) && json_string_length(one) > 0)
            lines[i].text = arena_strdup(r->arena, json_string_value(one));
        else
            reader_fault(r, NULL, "type", "要文字或者表格。", "A text or a table.");
        reader_up(r, mark);
    }
    reader_up(r, at);
    p->lines = lines;
    p->n_lines = lines == NULL ? 0 : n < LINES_MAX ? n : LINES_MAX;
    for (size_t i = 0; i < p->n_lines; i++)
        check_slots(rr, p->of_list, "lines", lines[i].text);
}

/* Whether one of its lines holds the entries of a list. */
static bool holds_entries(const json_t *print)
{
    const json_t *lines = json_object_get(print, "lines");

    for (size_t i = 0; i < json_array_size(lines); i++)
        if (json_object_get(json_array_get(lines, i), "entries") != NULL)
            return true;
    return false;
}

static const struct register_predicate *read_where(struct register_reader *rr, const json_t *v,
                                                   bool of_list)
{
    const struct register_def *def = rr->def;
    const char *id = read_text(&rr->p.r, v, "where", false);

    for (size_t i = 0; id != NULL && of_list && i < def->n_predicates; i++)
        if (strcmp(def->predicates[i].id, id) == 0 && !def->predicates[i].of_input)
            return &def->predicates[i];
    if (id != NULL)
        reader_fault(&rr->p.r, "where", "unknown_name", "没有这个条件，或者不能用在这里。",
                     "There is no predicate %s that holds for an entry of a list.", id);
    return NULL;
}

static void read_print(struct register_reader *rr, const json_t *v, size_t i)
{
    static const char *const keys[] = {"id",    "label", "states", "title", "address", "number",
                                       "lines", "sign",  "code",   "where", "wide",    NULL};
    struct reader *r = &rr->p.r;
    struct register_print *p = (struct register_print *)rr->def->prints + i;

    if (!read_object(r, v, keys))
        return;
    p->of_list = holds_entries(v);
    p->id = read_text(r, v, "id", true);
    p->label = read_label(r, v, "label", true);
    p->states = register_read_states(rr, v, "states", UINT64_MAX);
    p->title = read_slots(rr, v, p->of_list, "title", true);
    p->address = read_slots(rr, v, p->of_list, "address", false);
    p->number = read_slots(rr, v, p->of_list, "number", false);
    p->where = read_where(rr, v, p->of_list);
    read_lines(rr, v, p);
    p->sign = read_bool(r, v, "sign", false);
    p->wide = read_bool(r, v, "wide", false);
    p->code = read_bool(r, v, "code", false);
    if (p->code &&
        (p->of_list || rr->def->open == NULL || (p->states & ~rr->def->open->states) != 0))
        reader_fault(r, "code", "condition", "要印二维码，这些状态都要公开。",
                     "A code leads to the public page: the states must be public.");
    for (size_t k = 0; p->id != NULL && k < i; k++)
        if (rr->def->prints[k].id != NULL && strcmp(rr->def->prints[k].id, p->id) == 0)
            reader_fault(r, "id", "twice", "名称重复。", "%s is there twice.", p->id);
}

void register_read_prints(struct register_reader *rr)
{
    size_t n = json_array_size(json_object_get(rr->root, "prints"));

    rr->def->prints = read_room(&rr->p.r, n, sizeof *rr->def->prints);
    if (rr->def->prints != NULL)
        rr->def->n_prints = register_each(rr, "prints", PRINTS_MAX, read_print);
}
