/* Reading a life cycle, and stepping through it. */
#include <stdlib.h>
#include <string.h>

#include "rules/flow_internal.h"
#include "rules/roles.h"

#define FLOW_BYTES ((size_t)1 << 20)
#define KEYS_MAX 64

const struct flow_state *flow_state(const struct flow *flow, const char *id)
{
    for (size_t i = 0; id != NULL && i < flow->n_states; i++)
        if (flow->states[i].id != NULL && strcmp(flow->states[i].id, id) == 0)
            return &flow->states[i];
    return NULL;
}

/* ---- reading ---- */

/* The part a state lies in; in registers it says whether there is work left. */
static int read_part(struct reader *r, const json_t *v, const struct flow *flow)
{
    if (flow->kind->of_register)
        return read_bool(r, v, "open", !json_is_true(json_object_get(v, "final"))) ? 0 : 1;
    return read_name(r, v, "part", flow->kind->parts, 0, true);
}

static void read_states(struct reader *r, const json_t *root, struct flow *flow)
{
    static const char *const keys[] = {"id", "label", "part", "waiting_for", "final", NULL};
    static const char *const keys_of_register[] = {"id",          "label", "open",
                                                   "waiting_for", "final", NULL};
    bool of_register = flow->kind->of_register;
    struct read_walk w = read_begin(r, root, "states", sizeof(struct flow_state), true);
    struct flow_state *states = w.room;

    if (w.n > STATES_MAX) {
        reader_fault(r, NULL, "too_many", "状态太多。", "At most %d states.", STATES_MAX);
        w.n = 0;
    }
    for (flow->states = states; read_next(&w); flow->n_states = w.i + 1) {
        const char *id;
        int part;

        if (!read_object(r, w.v, of_register ? keys_of_register : keys))
            continue;
        id = read_text(r, w.v, "id", true);
        part = read_part(r, w.v, flow);
        if (flow_state(flow, id) != NULL)
            reader_fault(r, "id", "twice", "编号重复。", "This id is given twice.");
        states[w.i] = (struct flow_state){
            .id = id,
            .label = read_label(r, w.v, "label", true),
            .part = part,
            .waiting_for =
                (enum waiting_for)read_name(r, w.v, "waiting_for", pack_waiting_names,
                                            part == 0 ? WAIT_OFFICER : WAIT_NOBODY, !of_register),
            .final = read_bool(r, w.v, "final", false),
        };
    }
}

static const struct flow_state *state_named(struct reader *r, const struct flow *flow,
                                            const char *key, const char *id)
{
    const struct flow_state *state = flow_state(flow, id);

    if (state == NULL)
        reader_fault(r, key, "unknown_name", "没有这个状态。", "There is no state %s.",
                     id == NULL ? "" : id);
    return state;
}

static void read_from(struct reader *r, const json_t *v, const struct flow *flow,
                      struct flow_transition *t)
{
    const json_t *list = read_array(r, v, "from", true);

    if (json_array_size(list) > FLOW_FROM_MAX)
        reader_fault(r, "from", "too_many", "状态太多。", "At most %d states.", FLOW_FROM_MAX);
    for (size_t i = 0; i < json_array_size(list) && i < FLOW_FROM_MAX; i++) {
        const struct flow_state *from =
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

/* A predicate that the kind has and the file has words for. */
static const struct flow_guard *guard_named(struct reader *r, const struct flow *flow,
                                            const char *key, const char *name, bool worded)
{
    for (size_t i = 0; name != NULL && flow->kind->guards[i].name != NULL; i++) {
        if (strcmp(flow->kind->guards[i].name, name) != 0)
            continue;
        if (worded && (flow->why_guard == NULL || flow->why_guard[i].zh == NULL))
            reader_fault(r, key, "missing", "why_not 里没有这个条件的说明。",
                         "why_not has no words for %s.", name);
        return &flow->kind->guards[i];
    }
    reader_fault(r, key, "unknown_name", "没有这个条件。", "There is no predicate %s.",
                 name == NULL ? "" : name);
    return NULL;
}

static void read_guards(struct reader *r, const json_t *v, const struct flow *flow,
                        struct flow_transition *t)
{
    const json_t *list = read_array(r, v, "guards", false);

    if (json_array_size(list) > FLOW_GUARDS_MAX)
        reader_fault(r, "guards", "too_many", "条件太多。", "At most %d guards.", FLOW_GUARDS_MAX);
    for (size_t i = 0; i < json_array_size(list) && i < FLOW_GUARDS_MAX; i++) {
        const struct flow_guard *guard =
            guard_named(r, flow, "guards", json_string_value(json_array_get(list, i)), true);

        if (guard != NULL)
            t->guards[t->n_guards++] = guard;
    }
}

static size_t read_clocks(struct pack_reader *p, const json_t *v, const char *key,
                          const struct flow *flow, struct flow_clock ret[CLOCKS_MAX])
{
    struct read_walk w = read_begin(&p->r, v, key, 0, false);
    size_t n = 0;

    if (w.n > CLOCKS_MAX) {
        reader_fault(&p->r, NULL, "too_many", "期限太多。", "At most %d clocks.", CLOCKS_MAX);
        w.n = CLOCKS_MAX;
    }
    while (read_next(&w)) {
        const char *when;

        if (!read_clock_effect(p, w.v, &ret[n].effect, &ret[n].rule))
            continue;
        when = read_text(&p->r, w.v, "when", false);
        if (when != NULL)
            ret[n].when = guard_named(&p->r, flow, "when", when, false);
        ret[n].from = read_text(&p->r, w.v, "from", false);
        n++;
    }
    return n;
}

static void read_transition(struct pack_reader *p, const json_t *v, const struct flow *flow,
                            struct flow_transition *t)
{
    static const char *const keys[] = {"act",    "from",   "to",    "roles", "does",
                                       "guards", "clocks", "basis", NULL};
    static const char *const keys_of_register[] = {
        "act", "from", "to", "roles", "other", "guards", "clocks", "basis", "set", "gather", NULL};
    struct reader *r = &p->r;
    const char *act, *to;

    if (!read_object(r, v, flow->kind->of_register ? keys_of_register : keys))
        return;
    t->other = read_bool(r, v, "other", false);
    act = read_text(r, v, "act", true);
    t->act = pack_act(&flow->acts, act);
    if (t->act == NULL)
        reader_fault(r, "act", "unknown_name", "没有这个动作。", "There is no act %s.",
                     act == NULL ? "" : act);
    read_from(r, v, flow, t);
    to = read_text(r, v, "to", true);
    t->back = to != NULL && strcmp(to, "back") == 0;
    if (to != NULL && !t->back && strcmp(to, "same") != 0)
        t->to = state_named(r, flow, "to", to);
    t->roles = read_roles(r, v);
    if (!flow->kind->of_register)
        t->does = read_name(r, v, "does", flow->kind->does, 0, false);
    read_guards(r, v, flow, t);
    t->n_clocks = read_clocks(p, v, "clocks", flow, t->clocks);
    t->basis = read_basis(p, v, "basis", false);
}

static void read_transitions(struct pack_reader *p, const json_t *root, struct flow *flow)
{
    struct read_walk w = read_begin(&p->r, root, "transitions", sizeof(struct flow_transition),
                                    !flow->kind->of_register);
    struct flow_transition *items = w.room;

    for (flow->transitions = items; read_next(&w); flow->n_transitions = w.i + 1)
        read_transition(p, w.v, flow, &items[w.i]);
}

/* {"state", "role", and one for each guard that a transition names}. */
static void read_why_not(struct reader *r, const json_t *root, struct flow *flow)
{
    const json_t *why = read_member(r, root, "why_not", !flow->kind->of_register);
    static const struct label plain_state = {"现在的状态不能办这一步",
                                             "Not possible in its present state"},
                              plain_role = {"您的岗位不办这一步", "Not a step for your role"};
    const char *keys[KEYS_MAX] = {"state", "role"};
    struct label *words;
    size_t n = 0, at = reader_key(r, "why_not");

    if (flow->kind->of_register) {
        flow->why_state = plain_state;
        flow->why_role = plain_role;
    }
    while (!flow->kind->of_register && flow->kind->guards[n].name != NULL && n + 3 < KEYS_MAX) {
        keys[n + 2] = flow->kind->guards[n].name;
        n++;
    }
    words = read_room(r, n, sizeof *words);
    if (why != NULL && read_object(r, why, keys)) {
        flow->why_state = read_label(r, why, "state", true);
        flow->why_role = read_label(r, why, "role", true);
        for (size_t i = 0; words != NULL && i < n; i++)
            words[i] = read_label(r, why, keys[i + 2], false);
    }
    if (flow->why_guard != NULL) { /* the predicates of a register bring their own */
        reader_up(r, at);
        return;
    }
    flow->why_guard = words;
    reader_up(r, at);
}

/* ---- the whole ---- */

static bool leaves(const struct flow_transition *t, const struct flow_state *state)
{
    for (size_t i = 0; i < t->n_from; i++)
        if (t->from[i] == state)
            return true;
    return false;
}

static void check_states(struct reader *r, const struct flow *flow)
{
    bool reached[STATES_MAX] = {false}, more = true;

    if (flow->initial != NULL)
        reached[flow->initial - flow->states] = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < flow->n_transitions; i++) {
            const struct flow_transition *t = &flow->transitions[i];

            for (size_t f = 0; f < t->n_from && t->to != NULL; f++)
                if (reached[t->from[f] - flow->states] && !reached[t->to - flow->states])
                    more = reached[t->to - flow->states] = true;
        }
    }
    for (size_t s = 0; s < flow->n_states; s++) {
        bool left = false;

        for (size_t i = 0; i < flow->n_transitions; i++) {
            const struct flow_transition *t = &flow->transitions[i];

            left |= (t->back || (t->to != NULL && t->to != &flow->states[s])) &&
                    leaves(t, &flow->states[s]);
        }
        if (!reached[s] || (!left && !flow->states[s].final))
            reader_fault(r, "states", "unreachable", "每个状态都要能进，不是终点的还要能出。",
                         "State %s is never entered or never left.", flow->states[s].id);
    }
}

static bool moves_clock(const struct flow *flow, const struct deadline_rule *rule,
                        enum clock_effect effect)
{
    for (size_t i = 0; i < flow->n_creation; i++)
        if (flow->creation[i].rule == rule && flow->creation[i].effect == effect)
            return true;
    for (size_t i = 0; i < flow->n_transitions; i++)
        for (size_t k = 0; k < flow->transitions[i].n_clocks; k++)
            if (flow->transitions[i].clocks[k].rule == rule &&
                flow->transitions[i].clocks[k].effect == effect)
                return true;
    return false;
}

static void check_clocks(struct reader *r, const struct flow *flow)
{
    for (size_t i = 0; i < flow->acts.n_deadlines; i++) {
        const struct deadline_rule *rule = &flow->acts.deadlines[i];

        if (!moves_clock(flow, rule, CLOCK_START) ||
            (!moves_clock(flow, rule, CLOCK_STOP) && !moves_clock(flow, rule, CLOCK_CANCEL)))
            reader_fault(r, "deadlines", "unused", "每个期限都要有开始和停止。",
                         "Deadline %s is never started or never stopped.", rule->id);
    }
}

static void check_flow(struct reader *r, const struct flow *flow)
{
    check_states(r, flow);
    check_clocks(r, flow);
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

static bool keys_fit(struct reader *r, const json_t *root, const struct flow_kind *kind)
{
    const char *keys[KEYS_MAX] = {"id",          "revision", "label",     "instrument",
                                  "instruments", "initial",  "deadlines", "states",
                                  "acts",        "creation", "why_not",   "transitions"};
    size_t n = 12;

    for (size_t i = 0; kind->keys != NULL && kind->keys[i] != NULL && n + 1 < KEYS_MAX; i++)
        keys[n++] = kind->keys[i];
    return read_object(r, root, keys);
}

void flow_read(struct pack_reader *p, const json_t *root, flow_rest_fn *before, flow_rest_fn *rest,
               struct flow *flow)
{
    struct reader *r = &p->r;

    if (!keys_fit(r, root, flow->kind))
        return;
    flow->id = read_text(r, root, "id", true);
    flow->revision = read_text(r, root, "revision", true);
    flow->label = read_label(r, root, "label", true);
    flow->instrument = read_label(r, root, "instrument", !flow->kind->of_register);
    if (json_object_get(root, "instruments") != NULL)
        read_instruments(p, root);
    if (json_object_get(root, "deadlines") != NULL)
        read_deadlines(p, root);
    read_why_not(r, root, flow);
    read_states(r, root, flow);
    flow->initial = state_named(r, flow, "initial", read_text(r, root, "initial", true));
    if (before != NULL)
        before(p, root, flow);
    read_acts(p, root);
    flow->n_creation = read_clocks(p, root, "creation", flow, flow->creation);
    read_transitions(p, root, flow);
    if (rest != NULL)
        rest(p, root, flow);
    if (!r->failed)
        check_flow(r, flow);
}

enum err_code flow_load(const struct flow_kind *kind, const char *bytes, size_t n, size_t bytes_of,
                        flow_rest_fn *rest, struct flow **ret, struct err *err)
{
    CLEANUP(json_decrefp) json_t *root = NULL;
    struct pack_reader p = {0};
    struct flow *flow;
    enum err_code rc;

    TRY(json_parse(bytes, n, &root, err));
    flow = calloc(1, bytes_of);
    if (flow == NULL || (flow->arena = arena_new(FLOW_BYTES)) == NULL) {
        free(flow);
        return err_set(err, ERR_NO_MEMORY, "flow");
    }
    flow->kind = kind;
    reader_init(&p.r, flow->arena, err);
    p.pack = &flow->acts;
    flow_read(&p, root, NULL, rest, flow);
    rc = reader_result(&p.r);
    flow->text = json_compact(flow->arena, root);
    if (rc == ERR_OK && flow->text == NULL)
        rc = err_set(err, ERR_NO_MEMORY, "flow");
    if (rc != ERR_OK) {
        flow_free(flow);
        return rc;
    }
    *ret = flow;
    return ERR_OK;
}

void flow_free(struct flow *flow)
{
    if (flow == NULL)
        return;
    arena_free(flow->arena);
    free(flow);
}

/* ---- stepping ---- */

struct flow_answer flow_step(const struct flow *flow, const char *state, const char *act,
                             unsigned roles, const void *facts)
{
    const struct flow_state *now = flow_state(flow, state);

    for (size_t i = 0; i < flow->n_transitions; i++) {
        const struct flow_transition *t = &flow->transitions[i];

        if (strcmp(t->act->id, act) != 0 || !leaves(t, now))
            continue;
        if ((t->roles & roles) == 0)
            return (struct flow_answer){.forbidden = true, .why = flow->why_role};
        for (size_t g = 0; g < t->n_guards; g++)
            if (!(flow->kind->judge != NULL ? flow->kind->judge(t->guards[g], facts)
                                            : t->guards[g]->holds(facts)))
                return (struct flow_answer){.guard = t->guards[g]->name,
                                            .why =
                                                flow->why_guard[t->guards[g] - flow->kind->guards]};
        return (struct flow_answer){.step = t};
    }
    return (struct flow_answer){.why = flow->why_state};
}
