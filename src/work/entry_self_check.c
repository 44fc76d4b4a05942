/* Registers whose formulas anybody may use. */
#include "work/entry_self_check.h"

#include "rules/register_slips.h"
#include "work/entry_internal.h"
#include "work/view_internal.h"

static const struct register_self_check *check_of(struct op *op, const struct register_def *def)
{
    return def != NULL && register_in_profile(def, op->setup->profile->id) ? def->self_check : NULL;
}

static enum err_code find(struct op *op, const char *id, const struct register_def **ret)
{
    *ret = registers_find(op->setup->registers, id);
    return check_of(op, *ret) == NULL
               ? err_set(&op->err, ERR_NOT_FOUND, "nothing to work out by this register")
               : ERR_OK;
}

enum err_code entry_self_check_form(struct op *op, const char *id, struct json_writer *w)
{
    const struct register_def *def;

    TRY(find(op, id, &def));
    json_object_begin(w);
    json_text(w, "id", def->flow.id);
    view_label(w, "title", &def->self_check->title);
    view_label(w, "hint", &def->self_check->hint);
    view_fields(op, &def->self_check->asked, w);
    json_object_end(w);
    return ERR_OK;
}

static void write_shown(struct op *op, const struct register_env *env,
                        const struct register_computed *c, struct json_writer *w)
{
    const struct value *v = &env->computed[c - env->def->computed];
    CLEANUP(json_decrefp) json_t *value = register_computed_json(c, v);
    struct label text = register_computed_text(op->arena, c, v);

    json_object_begin(w);
    json_text(w, "name", c->name);
    view_label(w, "label", &c->label);
    json_key(w, "value");
    json_put_tree(w, value);
    json_text(w, "zh", text.zh == NULL ? "" : text.zh);
    json_text(w, "en", text.en == NULL ? "" : text.en);
    json_object_end(w);
}

enum err_code entry_self_check(struct op *op, const char *id, const json_t *input,
                               struct json_writer *w)
{
    const json_t *given = json_object_get(input, "fields");
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    const struct register_def *def;
    struct register_env env;

    TRY(find(op, id, &def));
    TRY(entry_input_check(op, NULL, &def->self_check->asked, given, true));
    env = (struct register_env){.def = def,
                                .values = given,
                                .status = def->flow.initial->id,
                                .day = today,
                                .register_day = today,
                                .today = today,
                                .calendar = op->setup->calendar,
                                .zone_min = op->zone_min};
    if (!register_compute(op->arena, &env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    json_object_begin(w);
    json_open_array(w, "shows");
    for (size_t i = 0; i < def->self_check->n_shows; i++)
        write_shown(op, &env, def->self_check->shows[i], w);
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

void entry_self_checks(struct op *op, struct json_writer *w)
{
    json_open_array(w, "checks");
    for (size_t i = 0; i < registers_count(op->setup->registers); i++) {
        const struct register_def *def = registers_at(op->setup->registers, i);

        if (check_of(op, def) == NULL)
            continue;
        json_object_begin(w);
        json_text(w, "id", def->flow.id);
        view_label(w, "title", &def->self_check->title);
        json_object_end(w);
    }
    json_array_end(w);
}
