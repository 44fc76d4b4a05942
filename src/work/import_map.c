/* Reading maps, and records by them. Values are read in import_value.c. */
#include "work/import_map.h"

#include <sodium.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "work/import_value.h"

#define FIELDS_PER_COLUMN 4
#define RULES_MAX 400

/* What one column becomes. */
struct rule {
    const char *column;
    const struct import_field *fields[FIELDS_PER_COLUMN];
    size_t n_fields;
    struct value_rule how;
    bool keep; /* as source data too */
};

struct import_map {
    json_t *json;
    const char *source;
    int zone_min;
    const struct setup *setup;
    struct rule rules[RULES_MAX];
    size_t n_rules;
    const struct rule *of_column[IMPORT_COLUMNS_MAX]; /* by column of the file at hand */
    size_t n_known;                                   /* columns looked up so far */
    struct rule plain[IMPORT_COLUMNS_MAX];            /* columns the map does not name */
};

/* ---- loading ---- */

static enum err_code fault(struct op *op, const char *where, const char *zh, const char *en)
{
    return err_field(&op->err, ERR_INVALID, where, "map", zh, en);
}

static enum err_code rule_field(struct op *op, struct rule *r, const json_t *name)
{
    const struct import_field *f =
        json_is_string(name) ? import_field_find(json_string_value(name)) : NULL;

    if (f == NULL)
        return fault(op, r->column, "没有这个字段", "There is no such field.");
    if (r->n_fields == FIELDS_PER_COLUMN)
        return fault(op, r->column, "一列最多用在四处", "A column goes to four fields at most.");
    r->fields[r->n_fields++] = f;
    return ERR_OK;
}

static enum err_code rule_fields(struct op *op, struct rule *r, const json_t *field)
{
    if (!json_is_array(field))
        return rule_field(op, r, field);
    for (size_t i = 0; i < json_array_size(field); i++)
        TRY(rule_field(op, r, json_array_get(field, i)));
    return ERR_OK;
}

static enum err_code rule_load(struct op *op, struct import_map *m, const char *column,
                               const json_t *spec)
{
    struct rule *r = &m->rules[m->n_rules];
    const char *dates, *split;

    if (m->n_rules == RULES_MAX)
        return fault(op, "columns", "列太多", "Too many columns.");
    *r = (struct rule){.column = column, .how = {.dates = DATES_YMD, .split = "|"}};
    m->n_rules++;
    if (!json_is_object(spec))
        return rule_fields(op, r, spec);
    dates = json_string_value(json_object_get(spec, "dates"));
    split = json_string_value(json_object_get(spec, "split"));
    r->how.values = json_object_get(spec, "values");
    r->how.otherwise = json_string_value(json_object_get(spec, "else"));
    r->keep = json_is_true(json_object_get(spec, "keep"));
    if (split != NULL && *split != '\0')
        r->how.split = split;
    if (dates != NULL && !dates_find(dates, &r->how.dates))
        return fault(op, column, "日期次序写 Y-M-D、M/D/Y 或 D/M/Y",
                     "The order of dates is Y-M-D, M/D/Y or D/M/Y.");
    return rule_fields(op, r, json_object_get(spec, "field"));
}

static enum err_code zone_load(struct op *op, struct import_map *m)
{
    const char *zone = json_string_value(json_object_get(m->json, "zone"));
    int hours, minutes;
    char sign;

    m->zone_min = op->zone_min;
    if (zone == NULL)
        return ERR_OK;
    if (sscanf(zone, "%c%2d:%2d", &sign, &hours, &minutes) != 3 || (sign != '+' && sign != '-') ||
        hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
        return fault(op, "zone", "时区写成 +08:00", "Write the zone as +08:00.");
    m->zone_min = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
    return ERR_OK;
}

enum err_code import_map_load(struct op *op, const char *json, size_t n, struct import_map **ret)
{
    struct import_map *m = ARENA_NEW(op->arena, struct import_map);
    const char *column;
    json_t *spec;

    if (m == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "map");
    *ret = m;
    m->setup = op->setup;
    TRY(json_parse(json, n, &m->json, &op->err));
    if (!json_is_object(m->json) || (json_object_get(m->json, "columns") != NULL &&
                                     !json_is_object(json_object_get(m->json, "columns"))))
        return fault(op, "columns", "映射要写明每一列", "A map says what each column becomes.");
    m->source = json_string_value(json_object_get(m->json, "source"));
    TRY(zone_load(op, m));
    json_object_foreach(json_object_get(m->json, "columns"), column, spec)
        TRY(rule_load(op, m, column, spec));
    return ERR_OK;
}

void import_map_release(struct import_map *map)
{
    if (map != NULL)
        json_decref(map->json);
}

const char *import_map_source(const struct import_map *map)
{
    return map->source;
}

const char *import_map_target(const struct import_map *map)
{
    return json_string_value(json_object_get(map->json, "target"));
}

/* ---- columns ---- */

static const struct rule *named_rule(const struct import_map *m, const char *column)
{
    for (size_t i = 0; i < m->n_rules; i++)
        if (strcmp(m->rules[i].column, column) == 0)
            return &m->rules[i];
    return NULL;
}

/* A column the map does not name goes by its own name, or is kept as it is. */
static void look_up_columns(struct import_map *m, const struct import_file *f)
{
    for (; m->n_known < f->n_columns; m->n_known++) {
        size_t i = m->n_known;
        const struct import_field *same = import_field_find(f->columns[i]);

        m->of_column[i] = named_rule(m, f->columns[i]);
        if (m->of_column[i] != NULL)
            continue;
        m->plain[i] = (struct rule){
            .column = f->columns[i],
            .fields = {same != NULL ? same : import_field_find("source")},
            .n_fields = 1,
            .how = {.dates = DATES_YMD, .split = "|"},
        };
        m->of_column[i] = &m->plain[i];
    }
}

static bool has_column(const struct import_file *f, const char *column)
{
    for (size_t i = 0; i < f->n_columns; i++)
        if (strcmp(f->columns[i], column) == 0)
            return true;
    return false;
}

enum err_code import_map_columns(struct op *op, const struct import_map *map,
                                 const struct import_file *f, struct import_report *ret)
{
    ret->dropped = ARENA_ARRAY(op->arena, const char *, map->n_rules + 1);
    ret->missing = ARENA_ARRAY(op->arena, const char *, map->n_rules + 1);
    ret->n_dropped = ret->n_missing = 0;
    if (ret->dropped == NULL || ret->missing == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "columns");
    for (size_t i = 0; i < map->n_rules; i++) {
        const struct rule *r = &map->rules[i];
        bool there = has_column(f, r->column);
        bool dropped = there && r->n_fields == 1 && r->fields[0]->kind == VALUE_DROP;
        char *name = arena_strdup(op->arena, r->column);

        if (name == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "columns");
        if (dropped)
            ret->dropped[ret->n_dropped++] = name;
        else if (!there && !json_is_true(json_object_get(map->json, "dictionary")))
            ret->missing[ret->n_missing++] = name;
    }
    return ERR_OK;
}

json_t *import_map_plan(const struct import_map *map, const struct import_file *f,
                        size_t *ret_named)
{
    json_t *plan = json_object();

    *ret_named = 0;
    for (size_t i = 0; i < f->n_columns; i++) {
        const struct rule *r = named_rule(map, f->columns[i]);
        const struct import_field *same = import_field_find(f->columns[i]);
        const char *field = r != NULL && r->n_fields > 0 ? r->fields[0]->path
                            : same != NULL               ? same->path
                                                         : "source";

        *ret_named += r != NULL || same != NULL;
        json_object_set_new(plan, f->columns[i], json_string(field));
    }
    return plan;
}

/* ---- one record ---- */

struct making {
    struct op *op;
    struct import_map *map;
    struct import_tally *unmatched;
    struct import_made *made;
    const char *title;
};

static void cell_fault(struct making *mk, const char *column, const char *code, const char *zh,
                       const char *en)
{
    (void)err_field(&mk->op->err, ERR_INVALID, column, code, zh, en);
}

static void keep_source(struct making *mk, const char *column, const char *text)
{
    json_t *source = json_object_get(mk->made->filing, "source");

    if (source == NULL) {
        source = json_object();
        json_object_set_new(mk->made->filing, "source", source);
    }
    json_object_set_new(source, column, json_string(text));
}

/* Sets "a.b"; texts that come twice (facts out of two columns) stand below each other. */
static void put_path(struct making *mk, const char *path, json_t *value)
{
    json_t *at = mk->made->filing;
    const char *dot = strchr(path, '.');

    if (dot != NULL) {
        char *first = arena_strndup(mk->op->arena, path, (size_t)(dot - path));
        json_t *inner = first == NULL ? NULL : json_object_get(at, first);

        if (inner == NULL && first != NULL) {
            inner = json_object();
            json_object_set_new(at, first, inner);
        }
        at = inner;
        path = dot + 1;
    }
    if (json_is_string(value) && json_is_string(json_object_get(at, path))) {
        const char *old = json_string_value(json_object_get(at, path));
        char *both = arena_printf(mk->op->arena, "%s\n%s", old, json_string_value(value));

        json_decref(value);
        value = json_string(both == NULL ? old : both);
    }
    if (json_is_array(value) && json_is_array(json_object_get(at, path))) {
        json_array_extend(json_object_get(at, path), value);
        json_decref(value);
        return;
    }
    json_object_set_new(at, path, value);
}

/* The code of a body named by code or by name; the text itself when there is none, which the act
 * of assigning then refuses. */
static const char *body_code(const struct setup *setup, const char *text)
{
    for (size_t i = 0; i < setup->n_bodies; i++)
        if (strcmp(setup->bodies[i].code, text) != 0 && setup->bodies[i].current &&
            strcmp(setup->bodies[i].name.zh, text) == 0)
            return setup->bodies[i].code;
    return text;
}

static void put_text(struct making *mk, const struct import_field *f, const char *text)
{
    struct import_made *made = mk->made;

    switch (f->to) {
    case TO_FILING:
        put_path(mk, f->path, json_string(text));
        break;
    case TO_TITLE:
        mk->title = text;
        break;
    case TO_KEY:
        made->key =
            made->key == NULL ? text : arena_printf(mk->op->arena, "%s\x1f%s", made->key, text);
        break;
    case TO_ANSWER:
        made->answer = text;
        break;
    case TO_BODY:
        made->body = body_code(mk->op->setup, text);
        break;
    case TO_GROUND:
        made->ground = text;
        break;
    case TO_OUTCOME:
        made->outcome = *text == '\0' ? NULL : text;
        break;
    case TO_ENDED_AT:
    case TO_ANSWERED_AT:
    case TO_RECOVERED:
    case TO_RATING:
        break; /* no texts */
    }
}

static void put_number(struct making *mk, const struct import_field *f, int64_t n)
{
    char text[INSTANT_TEXT];

    if (f->to == TO_ENDED_AT) {
        mk->made->ended_at = n;
    } else if (f->to == TO_ANSWERED_AT) {
        mk->made->answered_at = n;
    } else if (f->to == TO_RECOVERED) {
        mk->made->recovered_fen = n;
    } else if (f->to == TO_RATING) {
        mk->made->rating = n;
    } else if (f->kind == VALUE_INSTANT) {
        instant_format(n, mk->op->zone_min, text);
        put_path(mk, f->path, json_string(text));
    } else {
        put_path(mk, f->kind == VALUE_YUAN ? "amount_fen" : f->path, json_integer(n));
    }
}

/* Codes out of one cell; what no table knows is counted and kept beside. */
static void put_codes(struct making *mk, const struct rule *r, const struct import_field *f,
                      const char *text)
{
    CLEANUP(json_decrefp) json_t *codes = json_array();
    bool all = import_codes(mk->op, &r->how, f, r->column, text, mk->unmatched, codes);

    if (!all || (!import_field_many(f) && json_array_size(codes) > 1))
        keep_source(mk, r->column, text);
    if (json_array_size(codes) == 0) {
        if (strcmp(f->path, "kind") == 0 && import_map_target(mk->map) == NULL)
            cell_fault(mk, r->column, "unknown_kind", "写投诉、举报或咨询",
                       "Write complaint, report or enquiry.");
        return;
    }
    if (import_field_many(f))
        put_path(mk, f->path, json_incref(codes));
    else if (f->to == TO_OUTCOME)
        put_text(mk, f, arena_strdup(mk->op->arena, json_string_value(json_array_get(codes, 0))));
    else
        json_object_set_new(mk->made->filing, f->path, json_copy(json_array_get(codes, 0)));
}

static void put_cell(struct making *mk, const struct rule *r, const struct import_field *f,
                     const char *text)
{
    struct import_value v = {0};

    if (f->kind == VALUE_DROP || f->kind == VALUE_REPLY)
        return;
    if (f->kind == VALUE_SOURCE) {
        keep_source(mk, r->column, text);
        return;
    }
    if (f->kind == VALUE_CODE || f->kind == VALUE_CODES || f->kind == VALUE_OUTCOME) {
        put_codes(mk, r, f, text);
        return;
    }
    if (!import_value_read(f->kind, &r->how, mk->map->zone_min, text, &v)) {
        cell_fault(mk, r->column, v.code, v.why.zh, v.why.en);
        return;
    }
    if (f->kind == VALUE_TEXT)
        put_text(mk, f, text);
    else if (f->kind == VALUE_BOOL)
        put_path(mk, f->path, json_boolean(v.number != 0));
    else if (f->kind == VALUE_DATE)
        put_path(mk, f->path, json_string(v.date));
    else
        put_number(mk, f, v.number);
}

static void put_constants(struct making *mk)
{
    static const char *const tops[] = {"kind", "channel"};
    const char *path;
    json_t *value;

    for (size_t i = 0; i < 2; i++) {
        const json_t *given = json_object_get(mk->map->json, tops[i]);

        if (json_is_string(given) && json_object_get(mk->made->filing, tops[i]) == NULL)
            json_object_set(mk->made->filing, tops[i], (json_t *)given);
    }
    json_object_foreach(json_object_get(mk->map->json, "constants"), path, value)
    {
        const struct import_field *f = import_field_find(path);

        if (f == NULL)
            continue;
        if (f->to == TO_FILING)
            put_path(mk, path, json_deep_copy(value));
        else if (json_is_string(value))
            put_text(mk, f, json_string_value(value));
    }
    if (json_object_get(mk->made->filing, "channel") == NULL)
        json_object_set_new(mk->made->filing, "channel", json_string("import"));
    if (json_object_get(mk->made->filing, "kind") == NULL)
        json_object_set_new(mk->made->filing, "kind", json_string("complaint"));
}

/* A record without a number of its own is known by what it says. */
static enum err_code content_key(struct op *op, const struct import_row *row, const char **ret)
{
    unsigned char hash[16];
    char hex[33];
    crypto_generichash_state st;

    crypto_generichash_init(&st, NULL, 0, sizeof hash);
    for (size_t i = 0; i < row->n; i++) {
        const char *cell = row->cells[i] == NULL ? "" : row->cells[i];

        crypto_generichash_update(&st, (const unsigned char *)cell, strlen(cell) + 1);
    }
    crypto_generichash_final(&st, hash, sizeof hash);
    hex_encode(hash, sizeof hash, hex);
    *ret = arena_strdup(op->arena, hex);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "a row") : ERR_OK;
}

static void add_title(struct making *mk)
{
    json_t *facts = json_object_get(mk->made->filing, "facts");
    const char *text = json_string_value(facts);

    if (mk->title == NULL)
        return;
    if (text == NULL)
        text = mk->title;
    else if (!text_starts(text, mk->title))
        text = arena_printf(mk->op->arena, "%s\n%s", mk->title, text);
    json_object_set_new(mk->made->filing, "facts", json_string(text == NULL ? "" : text));
}

enum err_code import_map_row(struct op *op, struct import_map *map, const struct import_file *f,
                             const struct import_row *row, struct import_tally *unmatched,
                             struct import_made *ret)
{
    struct making mk = {.op = op, .map = map, .unmatched = unmatched, .made = ret};

    *ret = (struct import_made){
        .filing = json_object(), .ended_at = INT64_MIN, .answered_at = INT64_MIN};
    err_clear(&op->err);
    look_up_columns(map, f);
    for (size_t i = 0; i < row->n; i++) {
        const struct rule *r = map->of_column[i];
        const char *text = row->cells[i] == NULL ? "" : text_trim(op->arena, row->cells[i]);

        if (text == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "a row");
        if (*text == '\0')
            continue;
        if (strstr(text, "\xef\xbf\xbd") != NULL) {
            cell_fault(&mk, r->column, "unreadable", "有读不了的字，检查文件的编码",
                       "Some characters cannot be read; check the encoding.");
            continue;
        }
        for (size_t k = 0; k < r->n_fields; k++)
            put_cell(&mk, r, r->fields[k], text);
        if (r->keep)
            keep_source(&mk, r->column, text);
    }
    add_title(&mk);
    put_constants(&mk);
    if (ret->key == NULL)
        TRY(content_key(op, row, &ret->key));
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

void import_made_release(struct import_made *made)
{
    json_decref(made->filing);
    json_decref(made->cells);
    made->filing = made->cells = NULL;
}
