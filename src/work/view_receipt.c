/* The answer to a filing: number, PIN, clocks, and what happens next by which article. */
#include <stdlib.h>
#include <string.h>

#include "rules/workflow.h"
#include "work/filing.h"
#include "work/view_internal.h"

static void step_open(struct json_writer *w, const struct label *when, const struct label *what,
                      const struct label *who, const struct label *basis)
{
    json_object_begin(w);
    view_label(w, "when", when);
    view_label(w, "what", what);
    view_label(w, "who", who);
    view_label(w, "basis", basis);
}

/* Clocks that a filed matter will meet later are told as rules, not guessed as dates. */
static void view_later_clock(struct op *op, const struct deadline_rule *rule,
                             const struct label *who, struct json_writer *w)
{
    bool wd = rule->unit == UNIT_WD;
    struct label when = {
        arena_printf(op->arena, wd ? "之后 %d 个工作日内" : "之后 %d 天内", rule->length),
        arena_printf(op->arena, wd ? "within %d working days after it" : "within %d days after it",
                     rule->length)};

    step_open(w, &when, &rule->label, who, &rule->basis.text);
    json_none(w, "due");
    json_text(w, "rule", rule->id);
    json_object_end(w);
}

static void view_first_clock(struct op *op, const struct matter *m, const struct matter_clock *c,
                             const struct label *who, struct json_writer *w)
{
    const struct deadline_rule *rule = pack_deadline(matter_pack(op, m), c->rule);
    struct label date = date_label(op->arena, c->due);
    struct label when = {arena_printf(op->arena, "%s前", date.zh),
                         arena_printf(op->arena, "by %s", date.en)};

    step_open(w, &when, &rule->label, who, &rule->basis.text);
    view_date(w, "due", c->due);
    json_text(w, "rule", rule->id);
    json_object_end(w);
}

/* The clocks that transitions of this kind can start, in the order of the pack. */
static void view_next(struct op *op, const struct matter *m, struct json_writer *w)
{
    const struct pack *pack = matter_pack(op, m);
    const struct pack_kind *kind = &pack->kinds[matter_kind_of(m)];
    const struct body *body = setup_body(op->setup, m->body);
    const struct label *who = body == NULL ? NULL : &body->name;

    json_open_array(w, "next");
    for (size_t d = 0; m->pack != NULL && d < pack->n_deadlines; d++) {
        const struct deadline_rule *rule = &pack->deadlines[d];
        const struct matter_clock *running = NULL;
        bool later = false;

        for (size_t i = 0; i < m->n_clocks; i++)
            if (strcmp(m->clocks[i].rule, rule->id) == 0 && m->clocks[i].state == CLOCK_RUNNING)
                running = &m->clocks[i];
        for (size_t t = 0; t < kind->n_transitions; t++)
            for (size_t c = 0; c < kind->transitions[t].n_clocks; c++)
                later |= kind->transitions[t].clocks[c].effect == CLOCK_START &&
                         kind->transitions[t].clocks[c].rule == rule;
        if (running != NULL)
            view_first_clock(op, m, running, who, w);
        else if (later)
            view_later_clock(op, rule, who, w);
    }
    json_array_end(w);
}

static void view_number(struct op *op, const struct matter *m, struct json_writer *w)
{
    char pin[PIN_TEXT];

    matter_pin(op, m, pin);
    json_text(w, "number", m->number);
    json_text(w, "pin", pin);
    json_text(w, "kind", m->kind);
}

/* By rule, as they are stored: an answer that is sent again looks the same. */
static int by_rule(const void *a, const void *b)
{
    const struct matter_clock *x = a, *y = b;
    int c = strcmp(x->rule, y->rule);

    return c != 0 ? c : (x->seq > y->seq) - (x->seq < y->seq);
}

static enum err_code view_also(struct op *op, int64_t also, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter report = {0};

    TRY(snapshot_open(op, &snap));
    TRY(matter_load(op, snap, also, &report));
    json_open_object(w, "also");
    view_number(op, &report, w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_receipt(struct op *op, struct matter *m, int64_t also, struct json_writer *w)
{
    const struct pack_state *state = pack_state(matter_pack(op, m), matter_kind_of(m), m->status);

    qsort(m->clocks, m->n_clocks, sizeof m->clocks[0], by_rule);
    json_object_begin(w);
    view_number(op, m, w);
    json_text(w, "status", m->status);
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_int(w, "version", m->version);
    view_instant(w, "received_at", m->received_at, op->zone_min);
    view_instant(w, "registered_at", m->registered_at, op->zone_min);
    json_text(w, "body", m->body);
    json_open_array(w, "deadlines");
    for (size_t i = 0; i < m->n_clocks; i++)
        view_clock(op, matter_pack(op, m), m, &m->clocks[i], w);
    json_array_end(w);
    view_next(op, m, w);
    if (also != 0)
        TRY(view_also(op, also, w));
    json_object_end(w);
    return ERR_OK;
}
