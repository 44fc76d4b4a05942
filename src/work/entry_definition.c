/* Registers as the desk needs them: the list of them, and one definition with its choices. */
#include <string.h>

#include "work/entry_internal.h"
#include "work/view_internal.h"

static bool may_make(struct op *op, const struct register_def *def)
{
    struct record_facts own = {.body_path = op->actor.body_path, .secret = def->secret};
    struct actor as = op->actor;

    as.roles &= def->may_register;
    return may(&as, MAY_MAKE_ENTRY, &own).yes;
}

/* Those that the reader may see, and how many of them are open. */
static enum err_code count(struct op *op, const struct register_def *def, struct json_writer *w)
{
    struct entry_filter f = {.def = def,
                             .open = -1,
                             .from = DATE_NONE,
                             .to = DATE_NONE,
                             .today = date_of_instant(op->now_ms, op->zone_min)};
    int64_t sums[3];

    TRY(entry_count(op, &f, NULL, sums));
    json_int(w, "open", sums[1]);
    json_int(w, "total", sums[0]);
    return ERR_OK;
}

enum err_code registers_view(struct op *op, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < registers_count(op->setup->registers); i++) {
        const struct register_def *def = registers_at(op->setup->registers, i);

        if (register_for(op, def->flow.id, &def) != ERR_OK) {
            err_clear(&op->err);
            continue;
        }
        json_object_begin(w);
        json_text(w, "id", def->flow.id);
        view_label(w, "label", &def->flow.label);
        view_label(w, "entry", &def->entry);
        view_label(w, "about", &def->about);
        json_text(w, "group", register_group_name(def->group));
        json_open_array(w, "systems");
        for (size_t k = 0; k < def->n_systems; k++)
            json_put_text(w, def->systems[k]);
        json_array_end(w);
        json_bool(w, "may_register", may_make(op, def));
        TRY(count(op, def, w));
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

static json_t *table_choices(struct op *op, const char *id)
{
    const struct code_table *table = codes_table(op->setup->codes, id);
    json_t *list = json_array();

    for (size_t i = 0; table != NULL && i < table->n_codes; i++)
        json_array_append_new(list, json_pack("{s:s, s:{s:s, s:s}}", "code", table->codes[i].code,
                                              "label", "zh", table->codes[i].label.zh, "en",
                                              table->codes[i].label.en));
    return list;
}

/* Choices of code tables and units with their labels, in columns of tables as well. */
static void resolve(struct op *op, json_t *fields)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        json_t *f = json_array_get(fields, i);
        const char *codes = json_string_value(json_object_get(f, "codes"));
        const char *kind = json_string_value(json_object_get(f, "kind"));

        if (codes != NULL)
            json_object_set_new(f, "choices", table_choices(op, codes));
        if (kind != NULL && strcmp(kind, "quantity") == 0)
            json_object_set_new(f, "unit_choices", table_choices(op, "units"));
        resolve(op, json_object_get(f, "columns"));
    }
}

static void fill(json_t *root, const char *key, json_t *value)
{
    if (json_object_get(root, key) == NULL)
        json_object_set_new(root, key, value);
    else
        json_decref(value);
}

enum err_code register_view(struct op *op, const struct register_def *def, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    json_t *acts;

    root = register_json(def);
    if (root == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a register");
    acts = json_object_get(root, "acts");
    resolve(op, json_object_get(root, "fields"));
    for (size_t i = 0; i < json_array_size(acts); i++)
        resolve(op, json_object_get(json_array_get(acts, i), "fields"));
    fill(root, "about", json_null());
    fill(root, "filters", json_array());
    fill(root, "columns", json_array());
    json_object_set_new(root, "may_register", json_boolean(may_make(op, def)));
    json_put_tree(w, root);
    return ERR_OK;
}
