/* Reading the life cycle of orders, and stepping through it. */
#include "rules/order_flow.h"

#include <stdlib.h>
#include <string.h>

#include "rules/pack_internal.h"
#include "rules/roles.h"

#define FLOW_BYTES ((size_t)1 << 20)

struct loaded_flow {
    struct order_flow flow;
    struct arena *arena;
};

static const char *const part_names[] = {"in_progress", "done", "returned", NULL};
static const char *const does_names[] = {"move",       "file",   "attach",        "reply",
                                         "ask_return", "return", "refuse_return", "assign",
                                         "reopen",     NULL};
static const char *const column_names[] = {"system", "number",  "received", "due",
                                           "state",  "reason",  "text",     "at",
                                           "body",   "matters", NULL};

const char *order_part_name(enum order_part part)
{
    return part_names[part];
}

enum order_part order_part_find(const char *name)
{
    int i = 0;

    while (part_names[i] != NULL && (name == NULL || strcmp(part_names[i], name) != 0))
        i++;
    return (enum order_part)i;
}

const char *order_column_name(enum order_column column)
{
    return column_names[column];
}

const struct order_state *order_state(const struct order_flow *flow, const char *id)
{
    for (size_t i = 0; id != NULL && i < flow->n_states; i++)
        if (flow->states[i].id != NULL && strcmp(flow->states[i].id, id) == 0)
            return &flow->states[i];
    return NULL;
}

/* ---- reading ---- */

static void read_states(struct reader *r, const json_t *root, struct order_flow *flow)
{
    static const char *const keys[] = {"id", "label", "part", "waiting_for", "final", NULL};
    const json_t *list = read_array(r, root, "states", true);
    struct order_state *states = read_room(r, json_array_size(list), sizeof *states);
    size_t at = reader_key(r, "states");

    flow->states = states;
    for (size_t i = 0; states != NULL && i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        size_t mark = reader_index(r, i);

        if (read_object(r, v, keys)) {
            const char *id = read_text(r, v, "id", true);

            if (order_state(flow, id) != NULL)
                reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
            states[i] = (struct order_state){
                .id = id,
                .label = read_label(r, v, "label", true),
                .part = (enum order_part)read_name(r, v, "part", part_names, 0, true),
                .waiting_for = (enum waiting_for)read_name(r, v, "waiting_for", pack_waiting_names,
                                                           WAIT_UNIT, true),
                .final = read_bool(r, v, "final", false),
            };
        }
        flow->n_states = i + 1;
        reader_up(r, mark);
    }
    reader_up(r, at);
}

static const struct order_state *state_named(struct reader *r, const struct order_flow *flow,
                                             const char *key, const char *id)
{
    const struct order_state *state = order_state(flow, id);

    if (state == NULL)
        reader_fault(r, key, "unknown_name", "没有这个状态。", "There is no state %s.",
                     id == NULL ? "" : id);
    return state;
}

static void read_from(struct reader *r, const json_t *v, const struct order_flow *flow,
                      struct order_transition *t)
{
    const json_t *list = read_array(r, v, "from", true);

    for (size_t i = 0; i < json_array_size(list) && i < ORDER_FROM_MAX; i++) {
        const struct order_state *from =
            state_named(r, flow, "from", json_string_value(json_array_get(list, i)));

        if (from != NULL)
            t->from[t->n_from++] = from;
    }
}

static unsigned read_roles(struct reader *r, const json_t *v)
{
    const json_t *list = read_array(r, v, "roles", true);
    unsigned roles = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        unsigned role = name == NULL ? 0 : role_find(name);

        if (role == 0)
            reader_fault(r, "roles", "unknown_name", "没有这个岗位。", "There is no role %s.",
                         name == NULL ? "" : name);
        roles |= role;
    }
    return roles;
}

static void read_transition(struct reader *r, const json_t *v, const struct order_flow *flow,
                            struct order_transition *t)
{
    static const char *const keys[] = {"act", "from", "to", "roles", "does", "without_matters",
                                       NULL};
    const char *act, *to;

    if (!read_object(r, v, keys))
        return;
    act = read_text(r, v, "act", true);
    t->act = pack_act(&flow->acts, act);
    if (t->act == NULL)
        reader_fault(r, "act", "unknown_name", "没有这个动作。", "There is no act %s.",
                     act == NULL ? "" : act);
    read_from(r, v, flow, t);
    to = read_text(r, v, "to", true);
    if (to != NULL && strcmp(to, "same") != 0)
        t->to = state_named(r, flow, "to", to);
    t->roles = read_roles(r, v);
    t->does = (enum order_does)read_name(r, v, "does", does_names, ORDER_MOVES, false);
    t->without_matters = read_bool(r, v, "without_matters", false);
}

static void read_transitions(struct reader *r, const json_t *root, struct order_flow *flow)
{
    const json_t *list = read_array(r, root, "transitions", true);
    struct order_transition *items = read_room(r, json_array_size(list), sizeof *items);
    size_t at = reader_key(r, "transitions");

    flow->transitions = items;
    for (size_t i = 0; items != NULL && i < json_array_size(list); i++) {
        size_t mark = reader_index(r, i);

        read_transition(r, json_array_get(list, i), flow, &items[i]);
        flow->n_transitions = i + 1;
        reader_up(r, mark);
    }
    reader_up(r, at);
}

static void read_words(struct reader *r, const json_t *root, struct order_flow *flow)
{
    static const char *const why_keys[] = {"state", "role", "matters", NULL};
    const json_t *why = read_member(r, root, "why_not", true);
    const json_t *columns = read_member(r, root, "sheet_columns", true);
    size_t at = reader_key(r, "why_not");

    if (why != NULL && read_object(r, why, why_keys)) {
        flow->why_state = read_label(r, why, "state", true);
        flow->why_role = read_label(r, why, "role", true);
        flow->why_matters = read_label(r, why, "matters", true);
    }
    reader_up(r, at);
    at = reader_key(r, "sheet_columns");
    if (columns != NULL && read_object(r, columns, column_names))
        for (int i = 0; i < ORDER_COLUMNS; i++)
            flow->columns[i] = read_label(r, columns, column_names[i], true);
    reader_up(r, at);
}

/* ---- the whole ---- */

static bool leaves(const struct order_transition *t, const struct order_state *state)
{
    for (size_t i = 0; i < t->n_from; i++)
        if (t->from[i] == state)
            return true;
    return false;
}

static void check_state(struct reader *r, const struct order_flow *flow,
                        const struct order_state *state)
{
    bool entered = state == flow->initial, left = false;

    for (size_t i = 0; i < flow->n_transitions; i++) {
        const struct order_transition *t = &flow->transitions[i];

        entered |= t->to == state;
        left |= t->to != NULL && t->to != state && leaves(t, state);
    }
    if (!entered || (!left && !state->final))
        reader_fault(r, "states", "unreachable", "每个状态都要能进，不是终点的还要能出。",
                     "State %s is never entered or never left.", state->id);
}

static void check_flow(struct reader *r, const struct order_flow *flow)
{
    for (size_t i = 0; i < flow->n_states; i++)
        check_state(r, flow, &flow->states[i]);
    for (size_t a = 0; a < flow->acts.n_acts; a++) {
        bool used = false;

        for (size_t i = 0; i < flow->n_transitions; i++)
            used |= flow->transitions[i].act == &flow->acts.acts[a];
        if (!used)
            reader_fault(r, "acts", "unused", "没有用到的动作。", "Act %s is never used.",
                         flow->acts.acts[a].id);
    }
    for (size_t i = 0; i < flow->n_transitions; i++)
        for (size_t k = i + 1; k < flow->n_transitions; k++)
            for (size_t f = 0; f < flow->transitions[i].n_from; f++)
                if (flow->transitions[i].act == flow->transitions[k].act &&
                    leaves(&flow->transitions[k], flow->transitions[i].from[f]))
                    reader_fault(r, "transitions", "twice", "同一状态的同一动作写了两次。",
                                 "An act is given twice for one state.");
}

static void read_flow(struct pack_reader *p, const json_t *root, struct order_flow *flow)
{
    static const char *const keys[] = {"id",      "revision",      "label",       "instrument",
                                       "system",  "channel",       "initial",     "late_reason",
                                       "states",  "acts",          "transitions", "default_demand",
                                       "why_not", "sheet_columns", NULL};
    struct reader *r = &p->r;

    if (!read_object(r, root, keys))
        return;
    flow->id = read_text(r, root, "id", true);
    flow->revision = read_text(r, root, "revision", true);
    flow->label = read_label(r, root, "label", true);
    flow->instrument = read_label(r, root, "instrument", true);
    flow->system = read_text(r, root, "system", true);
    flow->channel = read_text(r, root, "channel", true);
    flow->default_demand = read_text(r, root, "default_demand", true);
    flow->late_reason = read_label(r, root, "late_reason", true);
    read_states(r, root, flow);
    flow->initial = state_named(r, flow, "initial", read_text(r, root, "initial", true));
    read_acts(p, root);
    read_transitions(r, root, flow);
    read_words(r, root, flow);
    if (!r->failed)
        check_flow(r, flow);
}

enum err_code order_flow_load(const char *bytes, size_t n, struct order_flow **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct loaded_flow *loaded;
    struct pack_reader p = {0};
    enum err_code rc;

    TRY(json_parse(bytes, n, &root, err));
    loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL || (loaded->arena = arena_new(FLOW_BYTES)) == NULL) {
        free(loaded);
        return err_set(err, ERR_NO_MEMORY, "order flow");
    }
    reader_init(&p.r, loaded->arena, err);
    p.pack = &loaded->flow.acts;
    read_flow(&p, root, &loaded->flow);
    rc = reader_result(&p.r);
    if (rc != ERR_OK) {
        order_flow_free(&loaded->flow);
        return rc;
    }
    *ret = &loaded->flow;
    return ERR_OK;
}

void order_flow_free(struct order_flow *flow)
{
    struct loaded_flow *loaded = (struct loaded_flow *)flow;

    if (flow == NULL)
        return;
    arena_free(loaded->arena);
    free(loaded);
}

/* ---- stepping ---- */

struct order_answer order_step(const struct order_flow *flow, const char *state, const char *act,
                               unsigned roles, bool has_matters)
{
    const struct order_state *now = order_state(flow, state);

    for (size_t i = 0; i < flow->n_transitions; i++) {
        const struct order_transition *t = &flow->transitions[i];

        if (strcmp(t->act->id, act) != 0 || !leaves(t, now))
            continue;
        if ((t->roles & roles) == 0)
            return (struct order_answer){.forbidden = true, .why = flow->why_role};
        if (t->without_matters && has_matters)
            return (struct order_answer){.why = flow->why_matters};
        return (struct order_answer){.step = t};
    }
    return (struct order_answer){.why = flow->why_state};
}
