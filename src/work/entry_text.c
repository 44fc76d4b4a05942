/* Values of an entry in words: codes by their labels, bodies, officers and businesses by name,
 * persons masked or in clear. */
#include <string.h>

#include "base/text.h"
#include "work/business.h"
#include "work/entry_files.h"
#include "work/entry_internal.h"
#include "work/staff.h"
#include "work/view_internal.h"

#define HIDDEN "****"

void entry_secrets_release(struct entry_secrets *s)
{
    json_decref(s->texts);
    json_decref(s->persons);
}

/* ---- sealed ---- */

/* Borrowed; NULL where nothing is kept. */
static enum err_code open_person(struct entry_secrets *s, const struct act_field *f,
                                 const json_t **ret)
{
    json_t *person = NULL;

    if (s->persons == NULL)
        s->persons = json_object();
    *ret = json_object_get(s->persons, f->name);
    if (*ret != NULL)
        return ERR_OK;
    TRY(seal_open_person(s->op, s->snap, s->r->id, entry_person_role(s->op, f), &person));
    if (person != NULL)
        json_object_set_new(s->persons, f->name, person);
    *ret = person;
    return ERR_OK;
}

static enum err_code open_text(struct entry_secrets *s, const struct act_field *f, const char **ret)
{
    const json_t *at = json_object_get(json_object_get(s->r->state, "sealed"), f->name);
    json_t *texts;
    char key[24];

    *ret = NULL;
    if (s->texts == NULL)
        s->texts = json_object();
    snprintf(key, sizeof key, "%lld", (long long)json_integer_value(at));
    texts = json_object_get(s->texts, key);
    if (texts == NULL) {
        TRY(record_texts(s->op, s->snap, s->r, json_integer_value(at), &texts));
        json_object_set_new(s->texts, key, texts);
    }
    *ret = json_string_value(json_object_get(texts, f->name));
    return ERR_OK;
}

/* 王小明 → 王** */
static const char *masked_name(struct op *op, const char *name)
{
    size_t n = 1;

    if (name == NULL || *name == '\0')
        return "**";
    while ((name[n] & 0xc0) == 0x80)
        n++;
    return arena_printf(op->arena, "%.*s**", (int)n, name);
}

/* What of a person is shown: new reference, or null. */
static enum err_code person_json(struct entry_secrets *s, const struct act_field *f, json_t **ret)
{
    const json_t *person;
    const char *name, *id;

    TRY(open_person(s, f, &person));
    name = json_string_value(json_object_get(person, "name"));
    if (name == NULL)
        *ret = json_null();
    else if (!s->clear)
        *ret = json_pack("{s:s}", "name", masked_name(s->op, name));
    else {
        *ret = json_copy((json_t *)(uintptr_t)person);
        id = json_string_value(json_object_get(person, "id_number"));
        if (id != NULL && strlen(id) > 8)
            json_object_set_new(
                *ret, "id_number",
                json_string(arena_printf(s->op->arena, "%.4s****%s", id, id + strlen(id) - 4)));
    }
    return ERR_OK;
}

static const char *person_text(struct op *op, const json_t *person)
{
    const char *name = json_string_value(json_object_get(person, "name"));
    const char *phone = json_string_value(json_object_get(person, "phone"));

    if (name == NULL)
        return "";
    return phone == NULL ? arena_strdup(op->arena, name)
                         : arena_printf(op->arena, "%s %s", name, phone);
}

/* ---- what lies elsewhere ---- */

static int64_t link_id(const struct record *r, const char *field)
{
    const json_t *links = json_object_get(r->state, "links");

    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);

        if (strcmp(json_string_value(json_object_get(l, "field")), field) == 0)
            return json_integer_value(json_object_get(l, "id"));
    }
    return 0;
}

/* A matter or a case; most fields name neither. */
static bool names_other(enum field_kind kind)
{
    return kind == FIELD_MATTER || kind == FIELD_NUMBER || kind == FIELD_CASE;
}

static bool sees(struct entry_secrets *s, enum field_kind kind, int64_t id)
{
    CLEANUP(record_release) struct record r = {0};
    struct err before;
    bool seen;

    err_keep(&s->op->err, &before);
    if (kind == FIELD_CASE)
        seen = case_for(s->op, s->snap, id, MAY_READ_CASE, &r) == ERR_OK;
    else
        seen = view_sees(s->op, s->snap, id);
    err_back(&s->op->err, &before);
    return seen;
}

/* A matter or case that the reader may not see is not named to him. */
static bool may_name(struct entry_secrets *s, const struct act_field *f)
{
    return !names_other(f->kind) || sees(s, f->kind, link_id(s->r, f->name));
}

static bool may_name_cell(struct entry_secrets *s, const struct act_field *column,
                          const json_t *cell)
{
    int64_t id = json_integer_value(cell);
    struct err before;

    if (!names_other(column->kind))
        return true;
    err_keep(&s->op->err, &before);
    if (json_is_string(cell) && matter_id_of(s->op, json_string_value(cell), &id) != ERR_OK)
        id = 0;
    err_back(&s->op->err, &before);
    return sees(s, column->kind, id);
}

/* The rows of a table without the matters and cases that the reader may not see: new reference. */
static json_t *rows_seen(struct entry_secrets *s, const struct act_field *f, json_t *value)
{
    json_t *rows = json_deep_copy(value);

    for (size_t i = 0; i < json_array_size(rows); i++)
        for (size_t c = 0; c < f->n_columns; c++) {
            json_t *row = json_array_get(rows, i);
            const json_t *cell = json_object_get(row, f->columns[c].name);

            if (cell != NULL && !may_name_cell(s, &f->columns[c], cell))
                json_object_del(row, f->columns[c].name);
        }
    return rows;
}

bool entry_names_matter(const struct act_field *f)
{
    for (size_t c = 0; f->kind == FIELD_TABLE && c < f->n_columns; c++)
        if (entry_names_matter(&f->columns[c]))
            return true;
    return names_other(f->kind);
}

/* The title of the entry at the other end, by its own values alone. */
static const char *title_of(struct op *op, struct snapshot *snap, int64_t id)
{
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;
    struct entry_eval e;
    const char *title;

    if (entry_for(op, snap, NULL, id, MAY_READ_ENTRY, &r) != ERR_OK ||
        (def = entry_def(op, &r)) == NULL || entry_eval(op, def, r.state, &e) != ERR_OK)
        return NULL;
    title = register_title(op->arena, &e.env, op->setup->codes);
    return title == NULL || *title == '\0' || strcmp(title, record_member(&r, "number")) == 0
               ? NULL
               : arena_printf(op->arena, "%s（%s）", title, record_member(&r, "number"));
}

static const char *name_of(struct op *op, struct snapshot *snap, const struct act_field *f,
                           const json_t *value, int64_t linked)
{
    CLEANUP(record_release) struct record r = {0};
    struct err before;
    const struct body *body;
    struct officer officer;
    const char *text = NULL;

    err_keep(&op->err, &before);
    if (f->kind == FIELD_BODY) {
        body = setup_body(op->setup, json_string_value(value));
        text = body == NULL ? json_string_value(value) : body->name.zh;
    } else if (f->kind == FIELD_OFFICER) {
        if (officer_by_id(op, json_integer_value(value), &officer) == ERR_OK)
            text = officer.display;
    } else if (f->kind == FIELD_BUSINESS &&
               business_find(op, snap, json_integer_value(value), &r) == ERR_OK) {
        text = arena_strdup(op->arena, record_member(&r, "name"));
    } else if (f->kind == FIELD_ENTRY && linked != 0) {
        text = title_of(op, snap, linked);
    } else if (f->kind == FIELD_CASE &&
               case_for(op, snap, json_integer_value(value), MAY_READ_CASE, &r) == ERR_OK) {
        /* it has a number once a leader files it */
        text = record_member(&r, "number") == NULL ? record_member(&r, "business")
                                                   : record_member(&r, "number");
        text = text == NULL ? NULL : arena_strdup(op->arena, text);
    }
    err_back(&op->err, &before);
    return text;
}

static bool has_name(enum field_kind kind)
{
    return kind == FIELD_BODY || kind == FIELD_OFFICER || kind == FIELD_BUSINESS ||
           kind == FIELD_CASE || kind == FIELD_ENTRY;
}

/* ---- one value ---- */

const char *entry_words(struct entry_secrets *s, const struct act_field *f, const json_t *value)
{
    struct op *op = s->op;
    const char *text =
        has_name(f->kind) ? name_of(op, s->snap, f, value, link_id(s->r, f->name)) : NULL;

    if (text == NULL)
        text = register_text(op->arena, f, value, op->setup->codes).zh;
    return text == NULL ? "" : text;
}

enum err_code entry_shown(struct entry_secrets *s, const struct act_field *f, json_t **ret_value,
                          const char **ret_text)
{
    json_t *value = json_object_get(json_object_get(s->r->state, "fields"), f->name);
    const char *text;

    *ret_text = "";
    if (value == NULL) {
        *ret_value = json_null();
    } else if (f->kind == FIELD_PERSON) {
        TRY(person_json(s, f, ret_value));
        *ret_text = person_text(s->op, *ret_value);
    } else if (f->sealed) {
        text = HIDDEN;
        if (s->clear && !f->mark)
            TRY(open_text(s, f, &text));
        *ret_text = text == NULL ? "" : text;
        *ret_value = s->clear && !f->mark && text != NULL ? json_string(text) : json_null();
    } else if (f->kind == FIELD_FILE) {
        TRY(entry_files_shown(s->op, s->snap, s->r, value, ret_value));
        *ret_text = entry_words(s, f, value);
    } else if (!may_name(s, f)) {
        *ret_value = json_null();
    } else if (f->kind == FIELD_TABLE && entry_names_matter(f)) {
        *ret_value = rows_seen(s, f, value);
        *ret_text = entry_words(s, f, *ret_value);
    } else {
        *ret_value = json_incref(value);
        *ret_text = entry_words(s, f, value);
    }
    return ERR_OK;
}

/* ---- the title ---- */

enum err_code entry_title(struct op *op, struct snapshot *snap, const struct register_def *def,
                          const struct record *r, const char **ret)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    CLEANUP(json_decrefp) json_t *values = json_copy(json_object_get(r->state, "fields"));
    struct entry_eval e;

    for (size_t i = 0; i < def->n_title; i++) {
        const struct act_field *f = register_field(def, def->title[i]);
        const char *text;
        json_t *value;

        if (f == NULL || json_object_get(values, f->name) == NULL ||
            (!f->sealed && f->kind != FIELD_PERSON && !has_name(f->kind) &&
             f->kind != FIELD_MATTER))
            continue;
        TRY(entry_shown(&s, f, &value, &text));
        json_decref(value);
        if (f->kind == FIELD_PERSON)
            json_object_set_new(values, f->name, json_pack("{s:s}", "name", text));
        else
            json_object_set_new(values, f->name, json_string(text));
    }
    TRY(entry_eval(op, def, r->state, &e));
    e.env.values = values;
    *ret = register_title(op->arena, &e.env, op->setup->codes);
    if (*ret == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "title of an entry");
    if (**ret == '\0')
        *ret = record_member(r, "number");
    return ERR_OK;
}
