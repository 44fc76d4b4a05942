/* Entries of registers: who may, registering one, the rows of a definition the actor has. */
#include "work/entry.h"

#include <sodium.h>
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/entry_internal.h"

/* ---- who may ---- */

struct actor entry_reader(struct op *op, const struct register_def *def)
{
    struct actor as = op->actor;

    as.roles &= def->read | def->may_register;
    return as;
}

enum err_code register_for(struct op *op, const char *id, const struct register_def **ret)
{
    const struct register_def *def = id == NULL ? NULL : registers_find(op->setup->registers, id);

    if (def == NULL || !register_in_profile(def, op->setup->profile->id))
        return err_set(&op->err, ERR_NOT_FOUND, "no such register");
    if (op->actor.kind == ACTOR_OFFICER && entry_reader(op, def).roles == 0)
        return err_set(&op->err, ERR_NOT_FOUND, "a register out of sight");
    *ret = def;
    return ERR_OK;
}

const struct register_def *entry_def(struct op *op, const struct record *r)
{
    const char *id = record_member(r, "register");

    return id == NULL
               ? NULL
               : registers_at_revision(op->setup->registers, id, record_member(r, "revision"));
}

const struct register_def *entry_counting(struct op *op, const json_t *state)
{
    const char *id = json_string_value(json_object_get(state, "register")),
               *counted = json_string_value(json_object_get(state, "counted"));

    if (counted == NULL)
        counted = json_string_value(json_object_get(state, "revision"));
    return id == NULL ? NULL : registers_at_revision(op->setup->registers, id, counted);
}

struct record_facts entry_facts(struct op *op, const struct record *r)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    const struct register_def *def = entry_def(op, r);

    return (struct record_facts){.body_path = body == NULL ? "" : body->path,
                                 .secret = def != NULL && def->secret,
                                 .officer_id = record_number(r, "officer"),
                                 .registered_by = record_number(r, "registered_by")};
}

static enum err_code check_may(struct op *op, const struct register_def *def,
                               const struct record *r, enum may_act need)
{
    struct record_facts facts = entry_facts(op, r);
    struct actor as = entry_reader(op, def);

    if (!may(&as, MAY_READ_ENTRY, &facts).yes)
        return err_set(&op->err, ERR_NOT_FOUND, "entry out of sight");
    return need == MAY_READ_ENTRY ? ERR_OK : may_check(&op->actor, need, &facts, &op->err);
}

enum err_code entry_for(struct op *op, struct snapshot *snap, const struct register_def *def,
                        int64_t id, enum may_act need, struct record *ret)
{
    const struct register_def *own;
    enum err_code rc;

    TRY(record_load(op, snap, ENTRY, id, ret));
    own = entry_def(op, ret);
    rc = own == NULL || (def != NULL && strcmp(own->flow.id, def->flow.id) != 0)
             ? err_set(&op->err, ERR_NOT_FOUND, "an entry of another register")
             : check_may(op, own, ret, need);
    if (rc != ERR_OK) {
        record_release(ret);
        *ret = (struct record){0};
    }
    return rc;
}

static enum err_code id_of(struct op *op, struct snapshot *snap, const char *of_register,
                           const char *number, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_entry_by_number, &s));
    TRY(stmt_bind_text(op, s, 1, of_register));
    TRY(stmt_bind_text(op, s, 2, number));
    return stmt_one_number(op, s, ret);
}

enum err_code entry_id_of(struct op *op, const char *of_register, const char *number, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return id_of(op, snap, of_register, number, ret);
}

enum err_code entry_by_number(struct op *op, struct snapshot *snap, const struct register_def *def,
                              const char *number, enum may_act need, struct record *ret)
{
    int64_t id;

    *ret = (struct record){0};
    TRY(id_of(op, snap, def->flow.id, number, &id));
    return entry_for(op, snap, def, id, need, ret);
}

/* ---- asking a definition ---- */

bool entry_filters_by(const struct register_def *def, const char *name)
{
    for (size_t i = 0; i < def->n_filters; i++)
        if (strcmp(def->filters[i]->name, name) == 0)
            return true;
    return false;
}

bool entry_has_state(const struct register_def *def, const char *state)
{
    return flow_state(&def->flow, state) != NULL;
}

const char *entry_measure_row(struct op *op, const char *measure, const char *dimension)
{
    return dimension == NULL ? arena_printf(op->arena, "#%s", measure)
                             : arena_printf(op->arena, "#%s.%s", measure, dimension);
}

const char *entry_person_role(struct op *op, const struct act_field *field)
{
    return arena_printf(op->arena, "person:%s", field->name);
}

date_t entry_due(struct op *op, const struct register_def *def, const struct record *r)
{
    return record_clocks_next(op, &def->flow.acts, json_object_get(r->state, "clocks")).due;
}

const char *entry_level_name(struct op *op, date_t due)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);

    if (due == DATE_NONE)
        return "";
    if (due < today)
        return "late";
    if (due == today)
        return "today";
    return due <= calendar_add_working_days(op->setup->calendar, today, 2) ? "soon" : "later";
}
