/* Clocks of records: started, paused, lengthened and stopped by acts, computed by the same engine
 * as those of matters (rules/deadline.h). */
#include "work/record_clock.h"

#include <string.h>

#include "work/view_internal.h"

#define PAUSES_MAX 64

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static const char *rule_of(const json_t *clock)
{
    const char *rule = json_string_value(json_object_get(clock, "rule"));

    return rule == NULL ? "" : rule;
}

bool record_clock_runs(const json_t *clock)
{
    return !json_is_integer(json_object_get(clock, "stopped")) &&
           !json_is_true(json_object_get(clock, "cancelled"));
}

static json_t *open_pause(const json_t *clock)
{
    const json_t *pauses = json_object_get(clock, "pauses");

    for (size_t i = 0; i < json_array_size(pauses); i++)
        if (!json_is_integer(json_object_get(json_array_get(pauses, i), "to")))
            return json_array_get(pauses, i);
    return NULL;
}

bool record_clock_paused(const json_t *clock)
{
    return record_clock_runs(clock) && open_pause(clock) != NULL;
}

json_t *record_clock(const json_t *clocks, const char *rule, int64_t no)
{
    for (size_t i = 0; i < json_array_size(clocks); i++) {
        json_t *clock = json_array_get(clocks, i);

        if (record_clock_runs(clock) && strcmp(rule_of(clock), rule) == 0 &&
            (no == 0 || number_of(clock, "no") == no))
            return clock;
    }
    return NULL;
}

bool record_clock_rule(const struct pack *rules, const json_t *clock, struct deadline_rule *ret)
{
    const struct deadline_rule *rule = pack_deadline(rules, rule_of(clock));

    if (rule == NULL)
        return false;
    *ret = *rule;
    ret->length += (int)number_of(clock, "extra");
    return true;
}

/* @p ret has room for PAUSES_MAX; what took no day out of the count is left out. */
static size_t pauses_of(const json_t *clock, struct pause *ret)
{
    const json_t *list = json_object_get(clock, "pauses");
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(list) && n < PAUSES_MAX; i++) {
        const json_t *p = json_array_get(list, i), *to = json_object_get(p, "to");
        date_t from = (date_t)number_of(p, "from");

        if (!json_is_integer(to))
            ret[n++] = (struct pause){from, DATE_NONE};
        else if (pause_span(from, (date_t)json_integer_value(to), &ret[n]))
            n++;
    }
    return n;
}

enum err_code record_clock_due(struct op *op, const json_t *clock, const struct deadline_rule *rule,
                               struct deadline_due *ret)
{
    struct pause pauses[PAUSES_MAX];
    size_t n = pauses_of(clock, pauses);

    return deadline_compute(rule, (date_t)number_of(clock, "start"), pauses, n,
                            (int)number_of(clock, "extensions"), op->setup->calendar, ret,
                            &op->err);
}

static void put_day(json_t *clock, const char *name, date_t day)
{
    json_object_set_new(clock, name, day == DATE_NONE ? json_null() : json_integer(day));
}

/* The dates follow from the rest; they are kept as they were at this act. */
static enum err_code recompute(struct op *op, const struct pack *rules, json_t *clock)
{
    struct deadline_rule rule;
    struct deadline_due due;

    if (!record_clock_rule(rules, clock, &rule))
        return err_set(&op->err, ERR_CORRUPT, "a clock of no rule");
    TRY(record_clock_due(op, clock, &rule, &due));
    put_day(clock, "due_raw", due.due_raw);
    put_day(clock, "due", due.due);
    json_object_set_new(clock, "provisional", json_boolean(due.provisional));
    return ERR_OK;
}

static enum err_code start(struct op *op, const struct pack *rules, json_t *clocks,
                           const char *rule, int64_t no, date_t day)
{
    json_t *clock = json_pack("{s:s, s:I, s:I, s:[], s:i, s:i}", "rule", rule, "no", (json_int_t)no,
                              "start", (json_int_t)day, "pauses", "extensions", 0, "extra", 0);

    if (clock == NULL || json_array_append_new(clocks, clock) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "a clock");
    return recompute(op, rules, clock);
}

static enum err_code extend(struct op *op, const struct pack *rules, json_t *clock,
                            const struct deadline_rule *rule)
{
    int64_t granted = number_of(clock, "extensions");

    if (granted >= rule->extensions_max)
        return err_field(&op->err, ERR_NOT_ALLOWED, "act", "extended", "期限不能再这样延长",
                         "The term cannot be extended this way again.");
    json_object_set_new(clock, "extensions", json_integer(granted + 1));
    return recompute(op, rules, clock);
}

enum err_code record_clock_apply(struct op *op, const struct pack *rules, json_t *clocks,
                                 const struct flow_clock *effect, int64_t no, date_t day)
{
    json_t *clock = record_clock(clocks, effect->rule->id, no), *pause;

    if (effect->effect == CLOCK_START)
        return start(op, rules, clocks, effect->rule->id, no, day);
    if (clock == NULL)
        return ERR_OK; /* it does not run: nothing to stop */
    pause = open_pause(clock);
    switch (effect->effect) {
    case CLOCK_STOP:
        TRY(recompute(op, rules, clock));
        put_day(clock, "stopped", day);
        break;
    case CLOCK_CANCEL: /* all of the rule, where no one is named */
        for (; clock != NULL; clock = record_clock(clocks, effect->rule->id, no)) {
            TRY(recompute(op, rules, clock));
            json_object_set_new(clock, "cancelled", json_true());
        }
        break;
    case CLOCK_PAUSE:
        json_array_append_new(json_object_get(clock, "pauses"),
                              json_pack("{s:I}", "from", (json_int_t)day));
        return recompute(op, rules, clock);
    case CLOCK_RESUME:
        if (pause != NULL)
            put_day(pause, "to", day);
        return recompute(op, rules, clock);
    case CLOCK_EXTEND:
        return extend(op, rules, clock, effect->rule);
    case CLOCK_START:
        break;
    }
    return ERR_OK;
}

enum err_code record_clock_lengthen(struct op *op, const struct pack *rules, json_t *clocks,
                                    const char *rule, int64_t days)
{
    json_t *clock = record_clock(clocks, rule, 0);

    if (clock == NULL)
        return ERR_OK;
    json_object_set_new(clock, "extra", json_integer(number_of(clock, "extra") + days));
    return recompute(op, rules, clock);
}

/* ---- dates ---- */

static date_t day_member(const json_t *object, const char *name)
{
    const json_t *day = json_object_get(object, name);

    return json_is_integer(day) ? (date_t)json_integer_value(day) : DATE_NONE;
}

struct deadline_due record_clock_date(struct op *op, const struct pack *rules, const json_t *clock)
{
    struct deadline_due due;
    struct deadline_rule rule;

    if (record_clock_runs(clock) && record_clock_rule(rules, clock, &rule)) {
        struct err earlier = op->err;

        if (record_clock_due(op, clock, &rule, &due) == ERR_OK)
            return due;
        err_back(&op->err, &earlier); /* behind the end of the calendar: as it was counted last */
    }
    return (struct deadline_due){.due_raw = day_member(clock, "due_raw"),
                                 .due = day_member(clock, "due"),
                                 .paused = day_member(clock, "due") == DATE_NONE,
                                 .provisional =
                                     json_is_true(json_object_get(clock, "provisional"))};
}

struct record_next record_clocks_next(struct op *op, const struct pack *rules, const json_t *clocks)
{
    struct record_next next = {.due = DATE_NONE};
    date_t today = date_of_instant(op->now_ms, op->zone_min);

    for (size_t i = 0; i < json_array_size(clocks); i++) {
        const json_t *clock = json_array_get(clocks, i);
        const struct deadline_rule *rule = pack_deadline(rules, rule_of(clock));
        struct deadline_due due = record_clock_date(op, rules, clock);

        if (!record_clock_runs(clock) || due.due == DATE_NONE || rule == NULL ||
            (next.due != DATE_NONE && due.due >= next.due))
            continue;
        next = (struct record_next){due.due, rule->id, rule,
                                    deadline_level(rule, &due, today, op->setup->calendar),
                                    due.provisional};
    }
    return next;
}

/* ---- explained ---- */

void record_clocks_paused_for(json_t *clocks, const char *act, const char *reason)
{
    for (size_t i = 0; i < json_array_size(clocks); i++) {
        json_t *pause = open_pause(json_array_get(clocks, i));

        if (pause == NULL || json_object_get(pause, "act") != NULL)
            continue;
        json_object_set_new(pause, "act", json_string(act));
        if (reason != NULL)
            json_object_set_new(pause, "reason", json_string(reason));
    }
}

/* The reason that was chosen, or else the act; no texts where neither is known. */
static struct label paused_for(const struct flow *flow, const json_t *pause)
{
    const char *name = json_string_value(json_object_get(pause, "act"));
    const char *reason = json_string_value(json_object_get(pause, "reason"));
    const struct pack_act *act = name == NULL ? NULL : pack_act(&flow->acts, name);

    for (size_t i = 0; act != NULL && reason != NULL && i < act->n_fields; i++)
        for (size_t k = 0; k < act->fields[i].n_choices; k++)
            if (strcmp(act->fields[i].choices[k].code, reason) == 0)
                return act->fields[i].choices[k].label;
    return act == NULL ? (struct label){NULL, NULL} : act->label;
}

static bool starts(const struct flow_clock *list, size_t n, const struct deadline_rule *rule)
{
    for (size_t i = 0; i < n; i++)
        if (list[i].effect == CLOCK_START && strcmp(list[i].rule->id, rule->id) == 0)
            return true;
    return false;
}

/* What starts clocks of this rule: being put on record, or acts, each once. */
static struct label started_by(struct op *op, const struct flow *flow,
                               const struct deadline_rule *rule)
{
    struct label found = {NULL, NULL};

    if (starts(flow->creation, flow->n_creation, rule))
        found = flow->kind->of_register ? (struct label){"登记", "Registering"}
                                        : (struct label){"立案", "Filing of the case"};
    for (size_t i = 0; i < flow->n_transitions; i++)
        if (starts(flow->transitions[i].clocks, flow->transitions[i].n_clocks, rule))
            found = view_one_more(op, found, flow->transitions[i].act->label);
    return found;
}

/* A clock of the list as those of matters are; where several of a rule stand there and none is
 * named, the one that runs, or else the last. */
static const json_t *asked_for(const json_t *clocks, const char *rule, int64_t no)
{
    const json_t *found = record_clock(clocks, rule, no);

    for (size_t i = json_array_size(clocks); found == NULL && i-- > 0;) {
        const json_t *clock = json_array_get(clocks, i);

        if (strcmp(rule_of(clock), rule) == 0 && (no == 0 || number_of(clock, "no") == no))
            found = clock;
    }
    return found;
}

static struct matter_clock as_matter_clock(struct op *op, const struct flow *flow,
                                           const json_t *clock)
{
    struct deadline_due due = record_clock_date(op, &flow->acts, clock);
    date_t stopped = day_member(clock, "stopped");
    struct matter_clock c = {.state = CLOCK_RUNNING,
                             .start = (date_t)number_of(clock, "start"),
                             .due_raw = due.due_raw,
                             .due = due.due,
                             .extensions = number_of(clock, "extensions"),
                             .provisional = due.provisional,
                             .met_at = MATTER_NONE};

    if (json_is_true(json_object_get(clock, "cancelled")))
        c.state = CLOCK_CANCELLED;
    else if (stopped != DATE_NONE)
        c.state = due.due == DATE_NONE || stopped <= due.due ? CLOCK_MET : CLOCK_MISSED;
    else if (record_clock_paused(clock))
        c.state = CLOCK_PAUSED;
    return c;
}

enum err_code record_clock_explained(struct op *op, const struct flow *flow, const json_t *clocks,
                                     const char *rule_id, int64_t no, struct json_writer *w)
{
    const json_t *clock = asked_for(clocks, rule_id, no), *list;
    struct deadline_rule rule;
    struct matter_clock c;
    struct pause pauses[PAUSES_MAX];
    struct label why[PAUSES_MAX];
    struct explained of = {&rule, &c, pauses, why, 0, {NULL, NULL}};

    if (clock == NULL || !record_clock_rule(&flow->acts, clock, &rule))
        return err_set(&op->err, ERR_NOT_FOUND, "no clock %s", rule_id);
    c = as_matter_clock(op, flow, clock);
    list = json_object_get(clock, "pauses");
    of.n_pauses = pauses_of(clock, pauses);
    for (size_t i = 0, n = 0; i < json_array_size(list) && n < of.n_pauses; i++) {
        const json_t *p = json_array_get(list, i);

        if ((date_t)number_of(p, "from") == pauses[n].from)
            why[n++] = paused_for(flow, p);
    }
    of.started_by = started_by(op, flow, &rule);
    return view_explained(op, NULL, &of, w);
}

/* ---- as JSON ---- */

static enum err_code write_clock(struct op *op, const struct pack *rules, const json_t *clock,
                                 struct json_writer *w)
{
    struct deadline_rule rule;
    struct deadline_due due;
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    struct deadline_state state;

    if (!record_clock_rule(rules, clock, &rule))
        return err_set(&op->err, ERR_CORRUPT, "a clock of no rule");
    due = record_clock_date(op, rules, clock);
    state = deadline_level(&rule, &due, today, op->setup->calendar);
    json_object_begin(w);
    json_text(w, "rule", rule.id);
    json_int(w, "no", number_of(clock, "no"));
    view_label(w, "label", &rule.label);
    json_int(w, "length", rule.length);
    json_text(w, "unit", deadline_unit_name(rule.unit));
    view_date(w, "start", day_member(clock, "start"));
    view_date(w, "due_raw", due.due_raw);
    view_date(w, "due", due.due);
    json_bool(w, "provisional", due.provisional);
    json_bool(w, "running", record_clock_runs(clock));
    json_text(w, "level", record_clock_runs(clock) ? deadline_level_name(state.level) : "ok");
    json_int(w, "left", state.left);
    json_bool(w, "paused", record_clock_paused(clock));
    view_date(w, "stopped", day_member(clock, "stopped"));
    json_bool(w, "cancelled", json_is_true(json_object_get(clock, "cancelled")));
    json_int(w, "extensions", number_of(clock, "extensions"));
    json_int(w, "extra", number_of(clock, "extra"));
    view_label(w, "basis", &rule.basis.text);
    json_object_end(w);
    return ERR_OK;
}

enum err_code record_clocks_view(struct op *op, const struct pack *rules, const json_t *clocks,
                                 struct json_writer *w)
{
    json_open_array(w, "clocks");
    for (size_t i = 0; i < json_array_size(clocks); i++)
        TRY(write_clock(op, rules, json_array_get(clocks, i), w));
    json_array_end(w);
    return ERR_OK;
}
