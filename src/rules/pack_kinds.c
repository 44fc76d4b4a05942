/* Reads the life of each kind of matter: states, transitions, grounds, required fields. */
#include "rules/pack_internal.h"

#include <string.h>

static int state_find(const struct pack_kind *k, const char *id)
{
    for (size_t i = 0; id != NULL && i < k->n_states; i++) {
        if (k->states[i].id != NULL && strcmp(k->states[i].id, id) == 0)
            return (int)i;
    }
    return -1;
}

static int state_named(struct pack_reader *p, const struct pack_kind *k, const char *key,
                       const char *id)
{
    int i = state_find(k, id);

    if (i < 0)
        reader_fault(&p->r, key, "unknown_name", "没有这个状态。", "There is no state %s.",
                     id != NULL ? id : "");
    return i;
}

static void read_likely(struct pack_reader *p, const json_t *v, struct pack_state *state)
{
    static const char *const keys[] = {"act", "when", NULL};
    struct read_walk w = read_begin(&p->r, v, "likely", 0, false);

    read_at_most(&w, TARGETS_MAX);
    while (read_next(&w)) {
        if (!read_object(&p->r, w.v, keys))
            continue;
        state->likely[w.i].act = read_act_name(p, w.v, "act");
        state->likely[w.i].when = read_guard(p, w.v, "when");
        if (state->likely[w.i].act >= 0)
            state->n_likely = w.i + 1;
    }
}

static void read_state(struct pack_reader *p, const json_t *v, const struct pack_kind *k,
                       struct pack_state *ret)
{
    static const char *const keys[] = {"id",    "label",       "to_filer", "final",
                                       "ended", "waiting_for", "likely",   NULL};

    if (!read_object(&p->r, v, keys))
        return;
    ret->id = read_text(&p->r, v, "id", true);
    ret->label = read_label(&p->r, v, "label", true);
    ret->to_filer = read_label(&p->r, v, "to_filer", true);
    ret->final = read_bool(&p->r, v, "final", false);
    ret->ended = read_bool(&p->r, v, "ended", false);
    ret->waiting_for =
        (enum waiting_for)read_name(&p->r, v, "waiting_for", pack_waiting_names, WAIT_UNIT, true);
    read_likely(p, v, ret);
    if (state_find(k, ret->id) >= 0)
        reader_fault(&p->r, "id", "twice", "编号重复。", "This id is given twice.");
}

static void read_states(struct pack_reader *p, const json_t *v, struct pack_kind *k)
{
    struct read_walk w = read_begin(&p->r, v, "states", sizeof(struct pack_state), true);
    struct pack_state *states = w.room;

    if (w.n > STATES_MAX) {
        reader_fault(&p->r, NULL, "too_many", "状态太多。", "At most %d states.", STATES_MAX);
        w.n = 0;
    }
    for (k->states = states; read_next(&w); k->n_states = w.i + 1)
        read_state(p, w.v, k, &states[w.i]);
}

/* "any", or a list of state ids. */
static uint64_t read_state_set(struct pack_reader *p, const json_t *v, const struct pack_kind *k,
                               const char *key)
{
    const json_t *list = read_member(&p->r, v, key, true);
    uint64_t set = 0;

    if (json_is_string(list) && strcmp(json_string_value(list), "any") == 0)
        return k->n_states >= 64 ? UINT64_MAX : (UINT64_C(1) << k->n_states) - 1;
    if (!json_is_array(list) || json_array_size(list) == 0) {
        if (list != NULL)
            reader_fault(&p->r, key, "type", "写 any 或状态列表。",
                         "\"any\" or a list of states is expected.");
        return 0;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        int state = state_named(p, k, key, json_string_value(json_array_get(list, i)));
        if (state >= 0)
            set |= UINT64_C(1) << state;
    }
    return set;
}

bool read_clock_effect(struct pack_reader *p, const json_t *item, enum clock_effect *ret_effect,
                       const struct deadline_rule **ret_rule)
{
    static const char *const keys[] = {"start",  "stop", "cancel", "pause", "resume",
                                       "extend", "when", "from",   NULL};
    int found = 0;

    if (!read_object(&p->r, item, keys))
        return false;
    if (!p->of_register && json_object_get(item, "from") != NULL)
        reader_fault(&p->r, "from", "unknown_key", "没有这一项。", "This key is not known.");
    for (int e = CLOCK_START; e <= CLOCK_EXTEND; e++) {
        const char *name = read_text(&p->r, item, keys[e], false);

        if (name == NULL)
            continue;
        *ret_effect = (enum clock_effect)e;
        *ret_rule = read_rule_name(p, keys[e], name);
        found++;
    }
    if (found != 1)
        reader_fault(&p->r, NULL, "effect", "每项写一个期限动作。",
                     "Exactly one of start, stop, cancel, pause, resume, extend.");
    return true;
}

static size_t read_clocks(struct pack_reader *p, const json_t *v, const char *key,
                          struct pack_clock ret[CLOCKS_MAX])
{
    struct read_walk w = read_begin(&p->r, v, key, 0, false);
    size_t n = 0;

    if (w.n > CLOCKS_MAX) {
        reader_fault(&p->r, NULL, "too_many", "期限太多。", "At most %d clocks.", CLOCKS_MAX);
        w.n = CLOCKS_MAX;
    }
    while (read_next(&w)) {
        if (!read_clock_effect(p, w.v, &ret[n].effect, &ret[n].rule))
            continue;
        ret[n].when = read_guard(p, w.v, "when");
        n++;
    }
    return n;
}

static void add_target(struct pack_reader *p, const struct pack_kind *k, const char *id,
                       const struct guard *when, struct pack_transition *t)
{
    t->to[t->n_to].state =
        id != NULL && strcmp(id, "same") == 0 ? STATE_SAME : state_named(p, k, "to", id);
    t->to[t->n_to].when = when;
    t->n_to++;
}

/* A state id or "same", or a list of {state, when} of which the last has no condition. */
static void read_targets(struct pack_reader *p, const json_t *v, const struct pack_kind *k,
                         struct pack_transition *t)
{
    static const char *const keys[] = {"state", "when", NULL};
    const json_t *to = read_member(&p->r, v, "to", true);
    size_t at;

    if (json_is_string(to)) {
        add_target(p, k, json_string_value(to), NULL, t);
        return;
    }
    at = reader_key(&p->r, "to");
    for (size_t i = 0; i < json_array_size(to) && i < TARGETS_MAX; i++) {
        const json_t *item = json_array_get(to, i);
        size_t mark = reader_index(&p->r, i);
        if (read_object(&p->r, item, keys))
            add_target(p, k, read_text(&p->r, item, "state", true), read_guard(p, item, "when"), t);
        reader_up(&p->r, mark);
    }
    if (to != NULL && (t->n_to == 0 || t->to[t->n_to - 1].when != NULL))
        reader_fault(&p->r, NULL, "condition", "最后一项不带条件。",
                     "The last target must have no condition.");
    reader_up(&p->r, at);
}

static void read_waiting(struct pack_reader *p, const json_t *v, struct pack_transition *t)
{
    static const char *const keys[] = {"for", "when", NULL};
    struct read_walk w = read_begin(&p->r, v, "waiting", 0, false);

    read_at_most(&w, TARGETS_MAX);
    while (read_next(&w)) {
        if (!read_object(&p->r, w.v, keys))
            continue;
        t->waiting[w.i].waiting_for =
            (enum waiting_for)read_name(&p->r, w.v, "for", pack_waiting_names, WAIT_UNIT, true);
        t->waiting[w.i].when = read_guard(p, w.v, "when");
        t->n_waiting = w.i + 1;
    }
}

static void read_guards(struct pack_reader *p, const json_t *v, struct pack_transition *t)
{
    struct read_walk w = read_begin(&p->r, v, "guards", 0, false);

    read_at_most(&w, GUARDS_MAX);
    while (read_next(&w)) {
        const char *name = json_string_value(w.v);
        const struct guard *guard = guard_find(name);

        if (guard == NULL)
            reader_fault(&p->r, NULL, "unknown_name", "没有这个条件。", "There is no predicate %s.",
                         name != NULL ? name : "");
        else
            t->guards[t->n_guards++] = guard;
    }
}

static unsigned read_roles(struct pack_reader *p, const json_t *v)
{
    const json_t *list = read_array(&p->r, v, "roles", true);
    unsigned roles = 0;

    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        unsigned role = role_find(name);
        if (role == 0)
            reader_fault(&p->r, "roles", "unknown_name", "没有这个岗位。", "There is no role %s.",
                         name != NULL ? name : "");
        roles |= role;
    }
    if (list != NULL && roles == 0)
        reader_fault(&p->r, "roles", "missing", "缺岗位。", "A role is needed.");
    return roles;
}

static void read_transition(struct pack_reader *p, const json_t *v, const struct pack_kind *k,
                            struct pack_transition *t)
{
    static const char *const keys[] = {"from",    "act",     "to",     "roles", "guards", "clocks",
                                       "waiting", "outcome", "ground", "label", "basis",  NULL};
    const json_t *outcome = json_object_get(v, "outcome");

    if (!read_object(&p->r, v, keys))
        return;
    t->from = read_state_set(p, v, k, "from");
    t->act = read_act_name(p, v, "act");
    t->roles = read_roles(p, v);
    read_targets(p, v, k, t);
    read_guards(p, v, t);
    t->n_clocks = read_clocks(p, v, "clocks", t->clocks);
    read_waiting(p, v, t);
    if (json_is_string(outcome) && json_string_length(outcome) == 0)
        t->outcome = "";
    else
        t->outcome = read_text(&p->r, v, "outcome", false);
    t->ground = read_text(&p->r, v, "ground", false);
    t->label = read_label(&p->r, v, "label", false);
    t->basis = read_basis(p, v, "basis", false);
}

static void read_transitions(struct pack_reader *p, const json_t *v, struct pack_kind *k)
{
    struct read_walk w = read_begin(&p->r, v, "transitions", sizeof(struct pack_transition), true);
    struct pack_transition *items = w.room;

    for (k->transitions = items; read_next(&w); k->n_transitions = w.i + 1)
        read_transition(p, w.v, k, &items[w.i]);
}

static void read_why_not(struct pack_reader *p, const json_t *v, struct pack_kind *k)
{
    static const char *const keys[] = {"act", "states", "why", "basis", NULL};
    struct read_walk w = read_begin(&p->r, v, "why_not", sizeof(struct pack_why_not), false);
    struct pack_why_not *items = w.room;

    for (k->why_not = items; read_next(&w); k->n_why_not = w.i + 1) {
        if (!read_object(&p->r, w.v, keys))
            continue;
        items[w.i].act = read_act_name(p, w.v, "act");
        items[w.i].states = read_state_set(p, w.v, k, "states");
        items[w.i].why = read_label(&p->r, w.v, "why", true);
        items[w.i].basis = read_basis(p, w.v, "basis", false);
    }
}

static void read_outcome(struct reader *r, const json_t *v, void *one)
{
    static const char *const keys[] = {"id", "label", NULL};
    struct pack_outcome *ret = one;

    if (!read_object(r, v, keys))
        return;
    ret->id = read_text(r, v, "id", true);
    ret->label = read_label(r, v, "label", true);
}

static void read_ground_term(struct pack_reader *p, const json_t *v, struct pack_ground *g)
{
    static const char *const keys[] = {"rule", "from", NULL};
    size_t mark = reader_key(&p->r, "term");

    if (v != NULL && read_object(&p->r, v, keys)) {
        const char *rule = read_text(&p->r, v, "rule", true);

        g->term = rule == NULL ? NULL : read_rule_name(p, "rule", rule);
        g->term_from = read_text(&p->r, v, "from", true);
    }
    reader_up(&p->r, mark);
}

static void read_ground(struct reader *r, const json_t *v, void *one)
{
    struct pack_reader *p = pack_reader_of(r);
    struct pack_ground *g = one;
    static const char *const keys[] = {"code",  "use",       "label", "text",   "remedies", "basis",
                                       "needs", "needs_why", "hint",  "second", "term",     NULL};
    static const char *const uses[] = {"refusal", "termination", NULL};

    if (!read_object(&p->r, v, keys))
        return;
    g->code = read_text(&p->r, v, "code", true);
    g->use = (enum ground_use)read_name(&p->r, v, "use", uses, GROUND_REFUSAL, true);
    g->label = read_label(&p->r, v, "label", true);
    g->text = read_label(&p->r, v, "text", true);
    g->remedies = read_label(&p->r, v, "remedies", true);
    g->basis = read_basis(p, v, "basis", true);
    g->needs = read_guard(p, v, "needs");
    g->needs_why = read_label(&p->r, v, "needs_why", g->needs != NULL);
    g->hint = read_label(&p->r, v, "hint", false);
    g->second = read_bool(&p->r, v, "second", false);
    read_ground_term(p, json_object_get(v, "term"), g);
}

static unsigned read_channels(struct reader *r, const json_t *v)
{
    const json_t *names = json_object_get(v, "channels");
    unsigned ret = 0;

    for (size_t c = 0; c < json_array_size(names); c++) {
        const char *name = json_string_value(json_array_get(names, c));

        if (name != NULL && strcmp(name, "public") == 0)
            ret |= CHANNEL_PUBLIC;
        else if (name != NULL && strcmp(name, "staff") == 0)
            ret |= CHANNEL_STAFF;
    }
    if (ret == 0)
        reader_fault(r, "channels", "missing", "写 public 或 staff。",
                     "public or staff is expected.");
    return ret;
}

static void read_required(struct reader *r, const json_t *v, void *one)
{
    static const char *const keys[] = {"path", "channels", "unless", "message", "basis", NULL};
    struct required_field *ret = one;

    if (!read_object(r, v, keys))
        return;
    ret->path = read_text(r, v, "path", true);
    ret->unless = read_text(r, v, "unless", false);
    ret->message = read_label(r, v, "message", true);
    ret->basis = read_basis(pack_reader_of(r), v, "basis", false);
    ret->channels = read_channels(r, v);
}

static void read_not_asked(struct reader *r, const json_t *v, void *one)
{
    static const char *const keys[] = {"path", "why", NULL};
    struct unasked_field *ret = one;

    if (!read_object(r, v, keys))
        return;
    ret->path = read_text(r, v, "path", true);
    ret->why = read_label(r, v, "why", true);
}

/* What must be given cannot be what must not be asked for. */
static void check_not_asked(struct pack_reader *p, const struct pack_kind *k)
{
    size_t at = reader_key(&p->r, "not_asked");

    for (size_t i = 0; i < k->n_not_asked; i++) {
        size_t mark = reader_index(&p->r, i);

        for (size_t q = 0; k->not_asked[i].path != NULL && q < k->n_required; q++)
            if (k->required[q].path != NULL &&
                strcmp(k->required[q].path, k->not_asked[i].path) == 0)
                reader_fault(&p->r, "path", "required", "这一项又是必填的。",
                             "This field is required as well.");
        reader_up(&p->r, mark);
    }
    reader_up(&p->r, at);
}

static void index_transitions(struct pack_reader *p, struct pack_kind *k)
{
    size_t *by_act = read_room(&p->r, k->n_transitions, sizeof *by_act), n = 0;
    size_t *begins = read_room(&p->r, p->pack->n_acts + 1, sizeof *begins);

    if (begins == NULL || (by_act == NULL && k->n_transitions > 0))
        return;
    for (size_t a = 0; a < p->pack->n_acts; a++) {
        begins[a] = n;
        for (size_t i = 0; i < k->n_transitions; i++)
            if (k->transitions[i].act == (int)a)
                by_act[n++] = i;
    }
    begins[p->pack->n_acts] = n;
    k->by_act = by_act;
    k->act_begins = begins;
}

static void read_kind(struct pack_reader *p, const json_t *v, struct pack_kind *k)
{
    static const char *const keys[] = {
        "label",    "initial", "creation", "basis",        "states",    "transitions", "why_not",
        "outcomes", "grounds", "required", "jurisdiction", "not_asked", NULL};

    if (!read_object(&p->r, v, keys))
        return;
    k->label = read_label(&p->r, v, "label", true);
    k->basis = read_basis(p, v, "basis", false);
    read_states(p, v, k);
    if (k->n_states == 0)
        return;
    k->initial = state_named(p, k, "initial", read_text(&p->r, v, "initial", true));
    k->n_creation = read_clocks(p, v, "creation", k->creation);
    k->outcomes =
        read_each(&p->r, v, "outcomes", sizeof *k->outcomes, read_outcome, &k->n_outcomes);
    k->grounds = read_any(&p->r, v, "grounds", sizeof *k->grounds, read_ground, &k->n_grounds);
    read_transitions(p, v, k);
    index_transitions(p, k);
    read_why_not(p, v, k);
    k->required =
        read_each(&p->r, v, "required", sizeof *k->required, read_required, &k->n_required);
    read_jurisdiction(p, v, k);
    k->not_asked =
        read_any(&p->r, v, "not_asked", sizeof *k->not_asked, read_not_asked, &k->n_not_asked);
    check_not_asked(p, k);
}

void read_kinds(struct pack_reader *p, const json_t *root)
{
    const json_t *kinds = read_member(&p->r, root, "kinds", true);
    size_t at = reader_key(&p->r, "kinds");

    if (kinds != NULL && read_object(&p->r, kinds, pack_kind_names)) {
        for (int i = 0; i < KIND_COUNT; i++) {
            const json_t *v = json_object_get(kinds, pack_kind_names[i]);
            size_t mark = reader_key(&p->r, pack_kind_names[i]);
            p->pack->kinds[i].kind = (enum matter_kind)i;
            if (v != NULL)
                read_kind(p, v, &p->pack->kinds[i]);
            reader_up(&p->r, mark);
        }
        if (json_object_size(kinds) == 0)
            reader_fault(&p->r, NULL, "missing", "没有写任何一类。", "No kind is described.");
    }
    reader_up(&p->r, at);
}

static void ground_choices(struct pack_reader *p, enum ground_use use, struct act_field *field)
{
    struct choice *choices;
    size_t n = 0;

    for (int kind = 0; kind < KIND_COUNT; kind++)
        n += p->pack->kinds[kind].n_grounds;
    choices = read_room(&p->r, n, sizeof *choices);
    n = 0;
    for (int kind = 0; choices != NULL && kind < KIND_COUNT; kind++) {
        const struct pack_kind *k = &p->pack->kinds[kind];
        for (size_t i = 0; i < k->n_grounds; i++) {
            if (k->grounds[i].use != use)
                continue;
            choices[n++] = (struct choice){k->grounds[i].code, k->grounds[i].label, 1u << kind};
        }
    }
    field->choices = choices;
    field->n_choices = n;
    field->codes = NULL;
}

void resolve_ground_fields(struct pack_reader *p)
{
    for (size_t a = 0; a < p->pack->n_acts; a++) {
        /* the acts are in this pack's own arena; nobody else has seen them yet */
        struct act_field *fields = (struct act_field *)p->pack->acts[a].fields;
        for (size_t i = 0; i < p->pack->acts[a].n_fields; i++) {
            if (fields[i].codes == NULL)
                continue;
            if (strcmp(fields[i].codes, "@refusal") == 0)
                ground_choices(p, GROUND_REFUSAL, &fields[i]);
            else if (strcmp(fields[i].codes, "@termination") == 0)
                ground_choices(p, GROUND_TERMINATION, &fields[i]);
        }
    }
}
