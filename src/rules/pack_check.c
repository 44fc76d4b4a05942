/* What must hold for a pack as a whole, checked once after reading. */
#include "rules/pack_internal.h"

#include <stdio.h>
#include <string.h>

static uint64_t targets(const struct pack_transition *t)
{
    uint64_t set = 0;

    for (size_t i = 0; i < t->n_to; i++) {
        if (t->to[i].state != STATE_SAME)
            set |= UINT64_C(1) << t->to[i].state;
    }
    return set;
}

/* Every state can be reached from the initial one, and left unless the matter may end there. */
static void check_reach(struct pack_reader *p, const struct pack_kind *k)
{
    uint64_t reached = UINT64_C(1) << k->initial, before, left = 0;

    do {
        before = reached;
        for (size_t i = 0; i < k->n_transitions; i++) {
            if ((k->transitions[i].from & reached) != 0)
                reached |= targets(&k->transitions[i]);
        }
    } while (reached != before);
    for (size_t i = 0; i < k->n_transitions; i++) {
        for (size_t s = 0; s < k->n_states; s++) {
            uint64_t bit = UINT64_C(1) << s;
            if ((k->transitions[i].from & bit) != 0 && (targets(&k->transitions[i]) & ~bit) != 0)
                left |= bit;
        }
    }
    for (size_t s = 0; s < k->n_states; s++) {
        if ((reached >> s & 1) == 0)
            reader_fault(&p->r, k->states[s].id, "never_entered", "没有办法进入这个状态。",
                         "No act leads to state %s.", k->states[s].id);
        if ((left >> s & 1) == 0 && !k->states[s].final)
            reader_fault(&p->r, k->states[s].id, "never_left", "没有办法离开这个状态。",
                         "No act leaves state %s.", k->states[s].id);
    }
}

/* For one state, act and role there is one transition, so a step is never a matter of order. The
 * same holds for desk keys: in one state no two acts share one. */
static void check_unique(struct pack_reader *p, const struct pack_kind *k)
{
    for (size_t i = 0; i < k->n_transitions; i++) {
        const struct pack_transition *a = &k->transitions[i];
        for (size_t j = i + 1; j < k->n_transitions; j++) {
            const struct pack_transition *b = &k->transitions[j];
            char key;
            if ((a->from & b->from) == 0)
                continue;
            key = p->pack->acts[a->act].key;
            if (a->act == b->act && (a->roles & b->roles) != 0)
                reader_fault(&p->r, "transitions", "twice", "同一状态、步骤和岗位写了两次。",
                             "Transitions %zu and %zu fit the same state, act and role.", i, j);
            if (a->act != b->act && key != 0 && key == p->pack->acts[b->act].key)
                reader_fault(&p->r, "transitions", "key", "同一状态下快捷键重复。",
                             "Acts %s and %s share a key in one state.", p->pack->acts[a->act].id,
                             p->pack->acts[b->act].id);
        }
    }
}

static void check_outcomes(struct pack_reader *p, const struct pack_kind *k)
{
    for (size_t i = 0; i < k->n_transitions; i++) {
        const struct pack_transition *t = &k->transitions[i];
        const struct pack_ground *ground = pack_ground(p->pack, k->kind, t->ground);
        if (t->outcome != NULL && t->outcome[0] != '\0' &&
            pack_outcome(p->pack, k->kind, t->outcome) == NULL)
            reader_fault(&p->r, "outcomes", "unknown_name", "没有这个结果。",
                         "Transition %zu names an unknown outcome.", i);
        if (t->ground != NULL && ground == NULL)
            reader_fault(&p->r, "grounds", "unknown_name", "没有这条理由。",
                         "Transition %zu names an unknown ground.", i);
    }
}

/* A clock that is started must be stopped, cancelled or left by some act of the kind. */
static void check_clocks(struct pack_reader *p, const struct pack_kind *k)
{
    for (size_t d = 0; d < p->pack->n_deadlines; d++) {
        const struct deadline_rule *rule = &p->pack->deadlines[d];
        bool started = false, stopped = false;
        for (size_t i = 0; i < k->n_creation; i++)
            started |= k->creation[i].rule == rule;
        for (size_t i = 0; i < k->n_transitions; i++) {
            for (size_t c = 0; c < k->transitions[i].n_clocks; c++) {
                const struct pack_clock *clock = &k->transitions[i].clocks[c];
                started |= clock->rule == rule && clock->effect == CLOCK_START;
                stopped |= clock->rule == rule && clock->effect == CLOCK_STOP;
            }
        }
        if (started && rule->unit == UNIT_YEARS)
            reader_fault(&p->r, rule->id, "unit", "按年算的期限不作为办理期限起算。",
                         "%s is in years: a limit of a right, no clock.", rule->id);
        if (started && rule->of_filer)
            reader_fault(&p->r, rule->id, "of_filer", "投诉人自己的期限不作为办理期限起算。",
                         "%s is the filer's own term; no act starts it.", rule->id);
        if (started && !stopped)
            reader_fault(&p->r, rule->id, "never_stopped", "没有办法停下这个期限。",
                         "No act stops deadline %s.", rule->id);
    }
}

static void check_grounds(struct pack_reader *p, const struct pack_kind *k)
{
    for (size_t i = 0; i < k->n_grounds; i++) {
        for (size_t j = i + 1; j < k->n_grounds; j++) {
            if (strcmp(k->grounds[i].code, k->grounds[j].code) == 0)
                reader_fault(&p->r, "grounds", "twice", "编号重复。", "Ground %s is given twice.",
                             k->grounds[i].code);
        }
    }
}

static void check_acts_used(struct pack_reader *p)
{
    for (size_t a = 0; a < p->pack->n_acts; a++) {
        bool used = false;
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            const struct pack_kind *k = &p->pack->kinds[kind];
            for (size_t i = 0; i < k->n_transitions; i++)
                used |= k->transitions[i].act == (int)a;
        }
        if (!used)
            reader_fault(&p->r, p->pack->acts[a].id, "unused", "没有用到这个步骤。",
                         "No transition uses act %s.", p->pack->acts[a].id);
    }
}

void check_pack(struct pack_reader *p)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const struct pack_kind *k = &p->pack->kinds[kind];
        size_t outer = reader_key(&p->r, "kinds");
        size_t inner = reader_key(&p->r, pack_kind_names[kind]);
        check_reach(p, k);
        check_unique(p, k);
        check_outcomes(p, k);
        check_clocks(p, k);
        check_grounds(p, k);
        reader_up(&p->r, inner);
        reader_up(&p->r, outer);
    }
    check_acts_used(p);
    if (p->pack->valid_to != DATE_NONE && p->pack->valid_to < p->pack->valid_from)
        reader_fault(&p->r, "valid_to", "range", "起止日期颠倒。", "It ends before it begins.");
}

static size_t family_length(const char *id)
{
    const char *hyphen = strrchr(id, '-');

    return hyphen == NULL ? strlen(id) : (size_t)(hyphen - id);
}

enum err_code pack_apart(const struct pack *pack, const struct pack *other, struct err *err)
{
    size_t n = family_length(pack->id);
    char zh[200], en[200];

    if (strcmp(pack->id, other->id) == 0 || family_length(other->id) != n ||
        strncmp(pack->id, other->id, n) != 0)
        return ERR_OK;
    if ((pack->valid_to != DATE_NONE && pack->valid_to < other->valid_from) ||
        (other->valid_to != DATE_NONE && other->valid_to < pack->valid_from))
        return ERR_OK;
    snprintf(zh, sizeof zh, "施行期和 %s 重叠，同一天只能有一个规则包有效。", other->id);
    snprintf(en, sizeof en, "Its validity overlaps that of %s: on one day one pack is in force.",
             other->id);
    return err_field(err, ERR_INVALID, "valid_from", "overlap", zh, en);
}
