/* The clocks of a case: started, paused, lengthened and stopped by its acts, computed by the same
 * engine as those of matters (rules/deadline.h). */
#include <string.h>

#include "work/case_internal.h"

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

bool case_clock_runs(const json_t *clock)
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

bool case_clock_paused(const json_t *clock)
{
    return case_clock_runs(clock) && open_pause(clock) != NULL;
}

json_t *case_clock(const json_t *clocks, const char *rule, int64_t no)
{
    for (size_t i = 0; i < json_array_size(clocks); i++) {
        json_t *clock = json_array_get(clocks, i);

        if (case_clock_runs(clock) && strcmp(rule_of(clock), rule) == 0 &&
            (no == 0 || number_of(clock, "no") == no))
            return clock;
    }
    return NULL;
}

bool case_clock_rule(struct op *op, const json_t *clock, struct deadline_rule *ret)
{
    const struct deadline_rule *rule = pack_deadline(&op->setup->cases->acts, rule_of(clock));

    if (rule == NULL)
        return false;
    *ret = *rule;
    ret->length += (int)number_of(clock, "extra");
    return true;
}

enum err_code case_clock_due(struct op *op, const json_t *clock, const struct deadline_rule *rule,
                             struct deadline_due *ret)
{
    const json_t *list = json_object_get(clock, "pauses");
    struct pause pauses[PAUSES_MAX];
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(list) && n < PAUSES_MAX; i++) {
        const json_t *p = json_array_get(list, i), *to = json_object_get(p, "to");
        date_t from = (date_t)number_of(p, "from");

        if (!json_is_integer(to))
            pauses[n++] = (struct pause){from, DATE_NONE};
        else if (pause_span(from, (date_t)json_integer_value(to), &pauses[n]))
            n++;
    }
    return deadline_compute(rule, (date_t)number_of(clock, "start"), pauses, n,
                            (int)number_of(clock, "extensions"), op->setup->calendar, ret,
                            &op->err);
}

static void put_day(json_t *clock, const char *name, date_t day)
{
    json_object_set_new(clock, name, day == DATE_NONE ? json_null() : json_integer(day));
}

/* The dates follow from the rest; they are kept for lists and the watch. */
static enum err_code recompute(struct op *op, json_t *clock)
{
    struct deadline_rule rule;
    struct deadline_due due;

    if (!case_clock_rule(op, clock, &rule))
        return err_set(&op->err, ERR_CORRUPT, "a clock of no rule");
    TRY(case_clock_due(op, clock, &rule, &due));
    put_day(clock, "due_raw", due.due_raw);
    put_day(clock, "due", due.due);
    json_object_set_new(clock, "provisional", json_boolean(due.provisional));
    return ERR_OK;
}

static enum err_code start(struct op *op, json_t *clocks, const char *rule, int64_t no, date_t day)
{
    json_t *clock = json_pack("{s:s, s:I, s:I, s:[], s:i, s:i}", "rule", rule, "no", (json_int_t)no,
                              "start", (json_int_t)day, "pauses", "extensions", 0, "extra", 0);

    if (clock == NULL || json_array_append_new(clocks, clock) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "a clock");
    return recompute(op, clock);
}

static enum err_code extend(struct op *op, json_t *clock, const struct deadline_rule *rule)
{
    int64_t granted = number_of(clock, "extensions");

    if (granted >= rule->extensions_max)
        return err_field(&op->err, ERR_NOT_ALLOWED, "act", "extended", "期限不能再这样延长",
                         "The term cannot be extended this way again.");
    json_object_set_new(clock, "extensions", json_integer(granted + 1));
    return recompute(op, clock);
}

enum err_code case_clock_apply(struct op *op, json_t *clocks, const struct flow_clock *effect,
                               int64_t no, date_t day)
{
    json_t *clock = case_clock(clocks, effect->rule->id, no), *pause;

    if (effect->effect == CLOCK_START)
        return start(op, clocks, effect->rule->id, no, day);
    if (clock == NULL)
        return ERR_OK; /* it does not run: nothing to stop */
    pause = open_pause(clock);
    switch (effect->effect) {
    case CLOCK_STOP:
        put_day(clock, "stopped", day);
        break;
    case CLOCK_CANCEL: /* all of the rule, where no one is named */
        for (; clock != NULL; clock = case_clock(clocks, effect->rule->id, no))
            json_object_set_new(clock, "cancelled", json_true());
        break;
    case CLOCK_PAUSE:
        json_array_append_new(json_object_get(clock, "pauses"),
                              json_pack("{s:I}", "from", (json_int_t)day));
        return recompute(op, clock);
    case CLOCK_RESUME:
        if (pause != NULL)
            put_day(pause, "to", day);
        return recompute(op, clock);
    case CLOCK_EXTEND:
        return extend(op, clock, effect->rule);
    case CLOCK_START:
        break;
    }
    return ERR_OK;
}

enum err_code case_clock_lengthen(struct op *op, json_t *clocks, const char *rule, int64_t days)
{
    json_t *clock = case_clock(clocks, rule, 0);

    if (clock == NULL)
        return ERR_OK;
    json_object_set_new(clock, "extra", json_integer(number_of(clock, "extra") + days));
    return recompute(op, clock);
}

date_t case_next_due(const json_t *clocks, const char **ret_rule)
{
    date_t first = DATE_NONE;

    *ret_rule = NULL;
    for (size_t i = 0; i < json_array_size(clocks); i++) {
        const json_t *clock = json_array_get(clocks, i), *due = json_object_get(clock, "due");

        if (!case_clock_runs(clock) || !json_is_integer(due) ||
            (first != DATE_NONE && (date_t)json_integer_value(due) >= first))
            continue;
        first = (date_t)json_integer_value(due);
        *ret_rule = rule_of(clock);
    }
    return first;
}
