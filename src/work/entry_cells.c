/* Cells of sheets. Officers and businesses stand as 周敏#12, quantities as 12.5 公斤, choices by
 * their labels with 、 between, places as 文昌路5号@30.1,115.2, checklists as 项目=3 备注 with line
 * breaks, tables row by row with | between the cells. */
#include "work/entry_cells.h"

#include <string.h>

#include "base/text.h"
#include "work/entry_internal.h"

#define CELL_BYTES ((size_t)1 << 20)

static struct label choice_label(struct op *op, const struct act_field *f, const char *code)
{
    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i].code, code) == 0)
            return f->choices[i].label;
    return f->codes == NULL ? (struct label){code, code} : setup_label(op->setup, f->codes, code);
}

/* ---- to text ---- */

static const char *money_text(struct op *op, int64_t fen)
{
    return arena_printf(op->arena, "%s%lld.%02d", fen < 0 ? "-" : "",
                        (long long)((fen < 0 ? -fen : fen) / 100),
                        (int)((fen < 0 ? -fen : fen) % 100));
}

/* A cell within a cell: without what parts cells and rows. */
static void add_part(struct buf *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '|' || *text == '\\')
            buf_addc(out, '\\');
        buf_addc(out, *text == '\n' ? ' ' : *text);
    }
}

static const char *plain_text(struct op *op, const struct act_field *f, const json_t *v)
{
    const char *text;

    switch ((int)f->kind) { /* the others are texts */
    case FIELD_INT:
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
    case FIELD_CASE:
        return arena_printf(op->arena, "%lld", (long long)json_integer_value(v));
    case FIELD_MONEY:
        return money_text(op, json_integer_value(v));
    case FIELD_BOOL:
        return json_is_true(v) ? "是" : "否";
    case FIELD_CHOICE:
        return choice_label(op, f, json_string_value(v)).zh;
    case FIELD_QUANTITY:
        text = json_string_value(json_object_get(v, "unit"));
        return arena_printf(op->arena, "%s %s", json_string_value(json_object_get(v, "value")),
                            setup_label(op->setup, "units", text).zh);
    default:
        return json_string_value(v);
    }
}

static const char *choices_text(struct op *op, const struct act_field *f, const json_t *v)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(CELL_BYTES);

    for (size_t i = 0; i < json_array_size(v); i++)
        buf_addf(&out, "%s%s", i > 0 ? "、" : "",
                 choice_label(op, f, json_string_value(json_array_get(v, i))).zh);
    return buf_dup(&out, op->arena);
}

static const char *checklist_text(struct op *op, const struct act_field *f, const json_t *v)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(CELL_BYTES);
    const json_t *items = json_object_get(v, "items");

    for (size_t i = 0; i < f->n_items; i++) {
        const json_t *one = json_object_get(items, f->items[i].id);
        const char *note = json_string_value(json_object_get(one, "note"));

        if (one == NULL)
            continue;
        buf_addf(&out, "%s%s=%lld", out.len > 0 ? "\n" : "", f->items[i].label.zh,
                 (long long)json_integer_value(json_object_get(one, "score")));
        if (note != NULL) {
            buf_addc(&out, ' ');
            add_part(&out, note);
        }
    }
    return buf_dup(&out, op->arena);
}

static const char *table_text(struct op *op, const struct act_field *f, const json_t *v)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO(CELL_BYTES);

    for (size_t i = 0; i < json_array_size(v); i++) {
        buf_adds(&out, i > 0 ? "\n" : "");
        for (size_t c = 0; c < f->n_columns; c++) {
            const json_t *one = json_object_get(json_array_get(v, i), f->columns[c].name);

            buf_adds(&out, c > 0 ? " | " : "");
            if (one != NULL)
                add_part(&out, entry_cell_text(op, &f->columns[c], one, ""));
        }
    }
    return buf_dup(&out, op->arena);
}

static const char *place_text(struct op *op, const json_t *v)
{
    const char *text = json_string_value(json_object_get(v, "text"));
    const char *lat = json_string_value(json_object_get(v, "lat")),
               *lon = json_string_value(json_object_get(v, "lon"));

    return lat == NULL || lon == NULL ? text : arena_printf(op->arena, "%s@%s,%s", text, lat, lon);
}

const char *entry_cell_text(struct op *op, const struct act_field *f, const json_t *v,
                            const char *text)
{
    char when[INSTANT_TEXT];
    int64_t ms;

    switch ((int)f->kind) { /* the others are texts */
    case FIELD_CHOICES:
        return choices_text(op, f, v);
    case FIELD_CHECKLIST:
        return checklist_text(op, f, v);
    case FIELD_TABLE:
        return table_text(op, f, v);
    case FIELD_PLACE:
        return place_text(op, v);
    case FIELD_PERSON:
        return text;
    case FIELD_ENTRY:
        return json_string_value(v);
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
        return arena_printf(op->arena, "%s#%lld", text, (long long)json_integer_value(v));
    case FIELD_INSTANT:
        if (json_string_value(v) == NULL || !instant_parse(json_string_value(v), op->zone_min, &ms))
            return json_string_value(v);
        instant_format(ms, op->zone_min, when);
        return arena_printf(op->arena, "%.10s %.8s", when, when + 11);
    default:
        return plain_text(op, f, v);
    }
}

/* ---- from text ---- */

static json_t *read_whole(const char *text)
{
    int64_t n;

    return text_int64(text, &n) ? json_integer(n) : json_string(text);
}

/* "1,234.5" yuan → fen */
static json_t *read_money(struct op *op, const char *text)
{
    char *plain = arena_alloc(op->arena, strlen(text) + 1);
    int64_t number;
    size_t n = 0;

    for (const char *p = text; plain != NULL && *p != '\0'; p++)
        if (*p != ',')
            plain[n++] = *p;
    if (plain == NULL || !decimal_parse(plain, &number) || number % (NUMBER_ONE / 100) != 0)
        return json_string(text);
    return json_integer(number / (NUMBER_ONE / 100));
}

static const char *code_of(struct op *op, const struct act_field *f, const char *label)
{
    const struct code_table *table =
        f->codes == NULL ? NULL : codes_table(op->setup->codes, f->codes);

    for (size_t i = 0; i < f->n_choices; i++)
        if (strcmp(f->choices[i].label.zh, label) == 0)
            return f->choices[i].code;
    for (size_t i = 0; table != NULL && i < table->n_codes; i++)
        if (strcmp(table->codes[i].label.zh, label) == 0)
            return table->codes[i].code;
    return label;
}

static json_t *read_choices(struct op *op, const struct act_field *f, const char *text)
{
    json_t *list = json_array();

    while (*text != '\0') {
        const char *end = strstr(text, "、");
        size_t n = end == NULL ? strlen(text) : (size_t)(end - text);
        const char *one = text_trim(op->arena, arena_strndup(op->arena, text, n));

        if (one != NULL && *one != '\0')
            json_array_append_new(list, json_string(code_of(op, f, one)));
        text += n + (end == NULL ? 0 : strlen("、"));
    }
    return list;
}

static json_t *read_quantity(struct op *op, const char *text)
{
    size_t n = strspn(text, "0123456789.,");
    const char *unit = text_trim(op->arena, text + n);
    const struct code_table *table = codes_table(op->setup->codes, "units");
    const char *value = arena_strndup(op->arena, text, n);

    for (size_t i = 0; table != NULL && unit != NULL && i < table->n_codes; i++)
        if (strcmp(table->codes[i].label.zh, unit) == 0)
            unit = table->codes[i].code;
    return json_pack("{s:s, s:s}", "value", value == NULL ? "" : value, "unit",
                     unit == NULL ? "" : unit);
}

/* 周敏#12, or the number alone. */
static json_t *read_id(const char *text)
{
    const char *hash = strrchr(text, '#');

    return read_whole(hash == NULL ? text : hash + 1);
}

static json_t *read_body(struct op *op, const char *text)
{
    for (size_t i = 0; i < op->setup->n_bodies; i++)
        if (op->setup->bodies[i].current && strcmp(op->setup->bodies[i].name.zh, text) == 0)
            return json_string(op->setup->bodies[i].code);
    return json_string(text);
}

/* 王小明 13800002046 */
static json_t *read_person(struct op *op, const char *text)
{
    const char *space = strchr(text, ' ');
    json_t *person;
    char *rest;

    if (space == NULL)
        return json_pack("{s:s}", "name", text);
    rest = text_trim(op->arena, space);
    person = json_pack("{s:s}", "name", arena_strndup(op->arena, text, (size_t)(space - text)));
    space = strchr(rest, ' ');
    json_object_set_new(
        person, "phone",
        json_string(space == NULL ? rest : arena_strndup(op->arena, rest, (size_t)(space - rest))));
    if (space != NULL)
        json_object_set_new(person, "id_number", json_string(text_trim(op->arena, space)));
    return person;
}

static json_t *read_place(struct op *op, const char *text)
{
    const char *at = strrchr(text, '@'), *comma = at == NULL ? NULL : strchr(at, ',');

    if (comma == NULL)
        return json_pack("{s:s}", "text", text);
    return json_pack("{s:s, s:s, s:s}", "text", arena_strndup(op->arena, text, (size_t)(at - text)),
                     "lat", arena_strndup(op->arena, at + 1, (size_t)(comma - at - 1)), "lon",
                     comma + 1);
}

static json_t *read_instant(struct op *op, const char *text)
{
    char zone[16];

    if (strlen(text) < 16 || text[10] != ' ')
        return json_string(text);
    snprintf(zone, sizeof zone, "%+03d:%02d", op->zone_min / 60, op->zone_min % 60);
    return json_string(arena_printf(op->arena, "%.10sT%.5s%s%s", text, text + 11,
                                    strlen(text) >= 19 ? text + 16 : ":00", zone));
}

/* The next part up to a bar or line break that no backslash stands before; *at behind it. */
static char *next_part(struct op *op, const char **at, bool *ret_line)
{
    char *part = arena_alloc(op->arena, strlen(*at) + 1);
    const char *p = *at;
    size_t n = 0;

    *ret_line = false;
    if (part == NULL)
        return NULL;
    for (; *p != '\0' && *p != '|' && *p != '\n'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        part[n++] = *p;
    }
    *ret_line = *p != '|';
    *at = *p == '\0' ? p : p + 1;
    return text_trim(op->arena, part);
}

static json_t *read_table(struct op *op, const struct act_field *f, const char *text)
{
    json_t *rows = json_array();

    while (*text != '\0') {
        json_t *row = json_object();
        bool line = false;

        for (size_t c = 0; !line; c++) {
            char *part = next_part(op, &text, &line);

            if (part == NULL || *part == '\0')
                continue;
            if (c < f->n_columns)
                json_object_set_new(row, f->columns[c].name,
                                    entry_cell_value(op, &f->columns[c], part));
            else
                json_object_set_new(row, arena_printf(op->arena, "column_%zu", c + 1),
                                    json_string(part));
        }
        if (json_object_size(row) > 0)
            json_array_append_new(rows, row);
        else
            json_decref(row);
    }
    return rows;
}

static const char *item_of(const struct act_field *f, const char *label)
{
    for (size_t i = 0; i < f->n_items; i++)
        if (strcmp(f->items[i].label.zh, label) == 0)
            return f->items[i].id;
    return label;
}

static json_t *read_checklist(struct op *op, const struct act_field *f, const char *text)
{
    json_t *items = json_object();

    while (*text != '\0') {
        bool line;
        char *part = next_part(op, &text, &line);
        char *equals = part == NULL ? NULL : strrchr(part, '='), *note;
        json_t *one;

        if (equals == NULL)
            continue;
        *equals = '\0';
        note = strchr(equals + 1, ' ');
        if (note != NULL)
            *note++ = '\0';
        one = json_object();
        json_object_set_new(one, "score", read_whole(equals + 1));
        if (note != NULL && *note != '\0')
            json_object_set_new(one, "note", json_string(note));
        json_object_set_new(items, item_of(f, part), one);
    }
    return json_pack("{s:o}", "items", items);
}

json_t *entry_cell_value(struct op *op, const struct act_field *f, const char *text)
{
    switch ((int)f->kind) { /* the others are texts */
    case FIELD_INT:
        return read_whole(text);
    case FIELD_MONEY:
        return read_money(op, text);
    case FIELD_BOOL:
        return strcmp(text, "是") == 0   ? json_true()
               : strcmp(text, "否") == 0 ? json_false()
                                         : json_string(text);
    case FIELD_CHOICE:
        return json_string(code_of(op, f, text));
    case FIELD_CHOICES:
        return read_choices(op, f, text);
    case FIELD_QUANTITY:
        return read_quantity(op, text);
    case FIELD_OFFICER:
    case FIELD_BUSINESS:
    case FIELD_CASE:
        return read_id(text);
    case FIELD_BODY:
        return read_body(op, text);
    case FIELD_PERSON:
        return read_person(op, text);
    case FIELD_PLACE:
        return read_place(op, text);
    case FIELD_INSTANT:
        return read_instant(op, text);
    case FIELD_TABLE:
        return read_table(op, f, text);
    case FIELD_CHECKLIST:
        return read_checklist(op, f, text);
    default:
        return json_string(text);
    }
}
