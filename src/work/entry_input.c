/* What is sent of an entry: judged by the definition (rules/register_values.h), links looked up. */
#include <string.h>

#include "work/acts.h"
#include "work/business.h"
#include "work/case.h"
#include "work/entry_internal.h"
#include "work/staff.h"

struct world {
    struct op *op;
    struct snapshot *snap;
};

bool entry_blank(const json_t *v)
{
    return v == NULL || json_is_null(v) ||
           (json_is_string(v) &&
            strspn(json_string_value(v), " \t\r\n") == json_string_length(v)) ||
           (json_is_array(v) && json_array_size(v) == 0) ||
           (json_is_object(v) && json_object_size(v) == 0);
}

/* ---- what is kept elsewhere ---- */

static const char *link_kind(enum field_kind kind)
{
    return kind == FIELD_BUSINESS ? "business"
           : kind == FIELD_CASE   ? "case"
           : kind == FIELD_ENTRY  ? ENTRY
                                  : "matter";
}

bool entry_is_link(enum field_kind kind)
{
    return kind == FIELD_BUSINESS || kind == FIELD_CASE || kind == FIELD_ENTRY ||
           kind == FIELD_MATTER || kind == FIELD_NUMBER;
}

static enum err_code find_entry(struct op *op, struct snapshot *snap, const char *of_register,
                                const json_t *v, int64_t *ret)
{
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;

    TRY(register_for(op, of_register, &def));
    TRY(entry_by_number(op, snap, def, json_string_value(v), MAY_READ_ENTRY, &r));
    *ret = r.id;
    return ERR_OK;
}

/* What is not to be seen is not there. */
static enum err_code find_linked(struct op *op, struct snapshot *snap, const struct act_field *f,
                                 const json_t *v, int64_t *ret)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(matter_release) struct matter m = {0};

    switch (link_kind(f->kind)[0]) {
    case 'b':
        TRY(business_find(op, snap, json_integer_value(v), &r));
        *ret = r.id;
        return ERR_OK;
    case 'c':
        *ret = json_integer_value(v);
        return case_for(op, snap, *ret, MAY_READ_CASE, &r);
    case 'e':
        return json_is_string(v) ? find_entry(op, snap, f->of_register, v, ret) : ERR_NOT_FOUND;
    default:
        if (!json_is_string(v))
            return ERR_NOT_FOUND;
        TRY(matter_id_of(op, json_string_value(v), ret));
        return matter_for(op, snap, *ret, MAY_SEE, &m);
    }
}

static bool exists(void *arg, const struct act_field *f, const json_t *v)
{
    struct world *w = arg;
    struct op *op = w->op;
    struct err before;
    struct officer officer;
    bool found = true;
    int64_t id;

    err_keep(&op->err, &before);
    if (entry_is_link(f->kind))
        found = find_linked(op, w->snap, f, v, &id) == ERR_OK;
    else if (f->kind == FIELD_BODY)
        found = setup_body(op->setup, json_string_value(v)) != NULL;
    else if (f->kind == FIELD_OFFICER)
        found = officer_by_id(op, json_integer_value(v), &officer) == ERR_OK && officer.active;
    err_back(&op->err, &before); /* that it was not found is no fault of its own */
    return found;
}

enum err_code entry_input_check(struct op *op, struct snapshot *snap, const struct pack_act *act,
                                const json_t *given, bool whole)
{
    struct world arg = {op, snap};
    const struct register_world world = {
        .codes = op->setup->codes, .now_ms = op->now_ms, .exists = exists, .arg = &arg};

    return register_fields_check(act->fields, act->n_fields, given, "fields", whole, op->zone_min,
                                 &world, &op->err);
}

/* ---- links ---- */

static void add_link(json_t *links, const char *field, const char *kind, int64_t id)
{
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);

        if (json_integer_value(json_object_get(l, "id")) == id &&
            strcmp(json_string_value(json_object_get(l, "field")), field) == 0)
            return;
    }
    json_array_append_new(
        links, json_pack("{s:s, s:s, s:I}", "field", field, "kind", kind, "id", (json_int_t)id));
}

static void links_of(struct world *w, const char *name, const struct act_field *f, const json_t *v,
                     json_t *links)
{
    struct err before;
    int64_t id;

    err_keep(&w->op->err, &before);
    if (!entry_blank(v) && entry_is_link(f->kind) &&
        find_linked(w->op, w->snap, f, v, &id) == ERR_OK)
        add_link(links, name, link_kind(f->kind), id);
    err_back(&w->op->err, &before);
    for (size_t row = 0; f->kind == FIELD_TABLE && row < json_array_size(v); row++)
        for (size_t c = 0; c < f->n_columns; c++)
            links_of(w, name, &f->columns[c],
                     json_object_get(json_array_get(v, row), f->columns[c].name), links);
}

/* Those of other fields stay; @p given says of which ones there are others now. */
json_t *entry_links(struct op *op, struct snapshot *snap, const struct register_def *def,
                    const json_t *old, const json_t *given)
{
    struct world w = {op, snap};
    json_t *links = json_array();

    for (size_t i = 0; i < json_array_size(old); i++) {
        json_t *l = json_array_get(old, i);

        if (json_object_get(given, json_string_value(json_object_get(l, "field"))) == NULL)
            json_array_append(links, l);
    }
    for (size_t i = 0; i < def->registering.n_fields; i++) {
        const struct act_field *f = &def->registering.fields[i];

        links_of(&w, f->name, f, json_object_get(given, f->name), links);
    }
    return links;
}
