/* One step of a matter, decided from the pack's tables and the facts alone. */
#include "rules/workflow.h"

#include <string.h>

static bool holds(const struct guard *guard, const struct workflow_facts *facts)
{
    return guard == NULL || guard->holds(facts);
}

/* ---- one act ---- */

static struct workflow_refusal refusal(const char *code, const char *zh, const char *en)
{
    return (struct workflow_refusal){code, NULL, {zh, en}, {NULL, NULL}};
}

static struct workflow_refusal guard_refusal(const struct guard *guard)
{
    return (struct workflow_refusal){"guard", guard->name, guard->why_not, {NULL, NULL}};
}

/* The pack's own words for this act in this state come before the general ones. */
static struct workflow_refusal state_refusal(const struct pack_kind *k, int act, int state)
{
    for (size_t i = 0; i < k->n_why_not; i++) {
        const struct pack_why_not *w = &k->why_not[i];
        if (w->act == act && (w->states >> state & 1) != 0)
            return (struct workflow_refusal){"state", NULL, w->why, w->basis.text};
    }
    return refusal("state", "现在这一步不能办。", "This act is not possible in the present state.");
}

static const struct guard *failing_guard(const struct pack_transition *t,
                                         const struct workflow_facts *facts)
{
    for (size_t i = 0; i < t->n_guards; i++) {
        if (!t->guards[i]->holds(facts))
            return t->guards[i];
    }
    return NULL;
}

enum match { MATCH_YES, MATCH_GUARD, MATCH_ROLE, MATCH_STATE };

/* The transition for an act here. When several roles fit, the first in the pack whose guards hold;
 * *ret_blocked is the first one a guard stopped. */
static enum match find_transition(const struct pack_kind *k, int state, int act, unsigned roles,
                                  const struct workflow_facts *facts,
                                  const struct pack_transition **ret,
                                  const struct guard **ret_guard)
{
    enum match match = MATCH_STATE;

    for (size_t i = k->act_begins[act]; i < k->act_begins[act + 1]; i++) {
        const struct pack_transition *t = &k->transitions[k->by_act[i]];
        const struct guard *stopped;
        if ((t->from >> state & 1) == 0)
            continue;
        if ((t->roles & roles) == 0) {
            if (match == MATCH_STATE)
                match = MATCH_ROLE;
            continue;
        }
        stopped = failing_guard(t, facts);
        if (stopped == NULL) {
            *ret = t;
            return MATCH_YES;
        }
        if (match != MATCH_GUARD)
            *ret_guard = stopped;
        match = MATCH_GUARD;
    }
    return match;
}

/* A chosen ground must exist and what it rests on must hold. False fills ret. */
static bool ground_stands(const struct pack *pack, enum matter_kind kind,
                          const struct workflow_facts *facts, struct workflow_refusal *ret)
{
    const struct pack_ground *ground;

    if (facts->ground == NULL)
        return true;
    ground = pack_ground(pack, kind, facts->ground);
    if (ground == NULL) {
        *ret = refusal("unknown_ground", "没有这一条理由。", "There is no such ground.");
        return false;
    }
    if (holds(ground->needs, facts))
        return true;
    *ret = (struct workflow_refusal){"ground", ground->needs->name, ground->needs_why,
                                     ground->basis.text};
    return false;
}

static void take_clocks(const struct pack_clock *clocks, size_t n,
                        const struct workflow_facts *facts, struct workflow_step *step)
{
    if (facts->earlier_rule)
        return;
    for (size_t i = 0; i < n; i++) {
        if (holds(clocks[i].when, facts))
            step->clocks[step->n_clocks++] = clocks[i];
    }
}

static const struct pack_state *target(const struct pack_kind *k, const struct pack_transition *t,
                                       int state, const struct workflow_facts *facts)
{
    for (size_t i = 0; i < t->n_to; i++) {
        if (holds(t->to[i].when, facts))
            return &k->states[t->to[i].state == STATE_SAME ? state : t->to[i].state];
    }
    return &k->states[state];
}

static enum waiting_for waits(const struct pack_transition *t, const struct workflow_step *step,
                              const struct workflow_facts *facts)
{
    for (size_t i = 0; i < t->n_waiting; i++) {
        if (holds(t->waiting[i].when, facts))
            return t->waiting[i].waiting_for;
    }
    return step->from == step->to ? WAIT_KEEP : step->to->waiting_for;
}

static void take_step(const struct pack *pack, const struct pack_kind *k, int state,
                      const struct pack_transition *t, const struct workflow_facts *facts,
                      struct workflow_step *ret)
{
    struct workflow_step step = {
        .act = &pack->acts[t->act],
        .transition = t,
        .from = &k->states[state],
        .to = target(k, t, state, facts),
        .outcome = t->outcome,
        .ground = t->ground != NULL ? t->ground : facts->ground,
    };

    if (!step.to->ended && step.outcome != NULL && step.outcome[0] != '\0') {
        step.outcome = NULL; /* proposed, not decided */
        step.ground = NULL;
    }
    take_clocks(t->clocks, t->n_clocks, facts, &step);
    step.waiting_for = waits(t, &step, facts);
    *ret = step;
}

static enum err_code refuse(enum err_code code, struct workflow_refusal why,
                            struct workflow_refusal *ret_why)
{
    if (ret_why != NULL)
        *ret_why = why;
    return code;
}

enum err_code workflow_step(const struct pack *pack, enum matter_kind kind, const char *state,
                            const char *act, unsigned roles, const struct workflow_facts *facts,
                            struct workflow_step *ret, struct workflow_refusal *ret_why)
{
    const struct pack_kind *k = &pack->kinds[kind];
    const struct pack_act *a = pack_act(pack, act);
    int at = pack_state_index(pack, kind, state);
    const struct pack_transition *t = NULL;
    const struct guard *stopped = NULL;
    struct workflow_refusal why;

    if (a == NULL)
        return refuse(ERR_NOT_FOUND,
                      refusal("unknown_act", "没有这个办理步骤。", "There is no such act."),
                      ret_why);
    if (at < 0)
        return refuse(ERR_NOT_FOUND,
                      refusal("unknown_state", "没有这个状态。", "There is no such state."),
                      ret_why);
    switch (find_transition(k, at, (int)(a - pack->acts), roles, facts, &t, &stopped)) {
    case MATCH_YES:
        break;
    case MATCH_GUARD:
        return refuse(ERR_NOT_ALLOWED, guard_refusal(stopped), ret_why);
    case MATCH_ROLE:
        return refuse(ERR_FORBIDDEN,
                      refusal("role", "这一步由别的岗位办。", "This act belongs to another role."),
                      ret_why);
    case MATCH_STATE:
        return refuse(ERR_NOT_ALLOWED, state_refusal(k, (int)(a - pack->acts), at), ret_why);
    }
    if (!ground_stands(pack, kind, facts, &why))
        return refuse(ERR_NOT_ALLOWED, why, ret_why);
    take_step(pack, k, at, t, facts, ret);
    return ERR_OK;
}

void workflow_begin(const struct pack *pack, enum matter_kind kind,
                    const struct workflow_facts *facts, struct workflow_step *ret)
{
    const struct pack_kind *k = &pack->kinds[kind];
    struct workflow_step step = {
        .from = &k->states[k->initial],
        .to = &k->states[k->initial],
        .waiting_for = k->states[k->initial].waiting_for,
    };

    take_clocks(k->creation, k->n_creation, facts, &step);
    *ret = step;
}

/* ---- all acts ---- */

/* Whether the act is these roles' business at all in this kind of matter. */
static bool act_concerns(const struct pack_kind *k, int act, unsigned roles)
{
    size_t begin = k->act_begins[act], end = k->act_begins[act + 1];

    for (size_t i = begin; i < end; i++) {
        if ((k->transitions[k->by_act[i]].roles & roles) != 0)
            return true;
    }
    if (begin < end || (roles & ROLES_OFFICER) == 0)
        return false;
    for (size_t i = 0; i < k->n_why_not; i++) {
        if (k->why_not[i].act == act)
            return true;
    }
    return false;
}

static bool choose(const struct pack *pack, const struct pack_kind *k, int state, int act,
                   unsigned roles, const struct workflow_facts *facts, struct workflow_choice *ret)
{
    const struct pack_transition *t = NULL;
    const struct guard *stopped = NULL;
    struct workflow_step step;

    *ret = (struct workflow_choice){.act = &pack->acts[act], .label = pack->acts[act].label};
    switch (find_transition(k, state, act, roles, facts, &t, &stopped)) {
    case MATCH_YES:
        take_step(pack, k, state, t, facts, &step);
        ret->transition = t;
        ret->to = step.to;
        ret->allowed = true;
        if (t->label.zh != NULL)
            ret->label = t->label;
        return true;
    case MATCH_GUARD:
        ret->why = guard_refusal(stopped);
        return true;
    case MATCH_ROLE:
        return false;
    case MATCH_STATE:
        ret->why = state_refusal(k, act, state);
        return true;
    }
    return false;
}

static void mark_likely(const struct pack *pack, const struct pack_state *state,
                        const struct workflow_facts *facts, struct workflow_choice *choices,
                        size_t n)
{
    for (size_t l = 0; l < state->n_likely; l++) {
        if (!holds(state->likely[l].when, facts))
            continue;
        for (size_t i = 0; i < n; i++) {
            if (choices[i].act == &pack->acts[state->likely[l].act] && choices[i].allowed) {
                choices[i].likely = true;
                return;
            }
        }
    }
}

static int rank(const struct workflow_choice *c)
{
    if (!c->allowed)
        return 10;
    return c->likely ? -1 : (int)c->act->act_class;
}

/* Stable, so acts of one class stay in the order of the pack. */
static void sort_choices(struct workflow_choice *c, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct workflow_choice moved = c[i];
        size_t j = i;
        while (j > 0 && rank(&c[j - 1]) > rank(&moved)) {
            c[j] = c[j - 1];
            j--;
        }
        c[j] = moved;
    }
}

size_t workflow_allowed(const struct pack *pack, enum matter_kind kind, const char *state,
                        unsigned roles, const struct workflow_facts *facts,
                        struct workflow_choice ret[WORKFLOW_ACTS_MAX])
{
    const struct pack_kind *k = &pack->kinds[kind];
    int at = pack_state_index(pack, kind, state);
    size_t n = 0;

    if (at < 0)
        return 0;
    for (size_t act = 0; act < pack->n_acts && n < WORKFLOW_ACTS_MAX; act++) {
        if (act_concerns(k, (int)act, roles) &&
            choose(pack, k, at, (int)act, roles, facts, &ret[n]))
            n++;
    }
    mark_likely(pack, &k->states[at], facts, ret, n);
    sort_choices(ret, n);
    return n;
}
