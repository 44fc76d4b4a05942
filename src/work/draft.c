/* Putting one act together: the rule pack's step, sealed texts, the event, the fold. */
#include "work/draft.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "rules/identifiers.h"
#include "sql_queries.h"
#include "work/clock.h"
#include "work/seal.h"

static json_t *fresh(struct draft *d, json_t *value)
{
    if (value == NULL)
        d->failed = true;
    return value;
}

void draft_begin(struct op *op, struct draft *d, struct matter *m, const char *act, int64_t at)
{
    *d = (struct draft){.op = op, .m = m, .act = act, .at = at};
    d->in = fresh(d, json_object());
    d->set = fresh(d, json_object());
    d->detail = fresh(d, json_object());
    d->clocks = fresh(d, json_array());
    d->remedies = fresh(d, json_array());
    d->links = fresh(d, json_array());
    d->commit = fresh(d, json_object());
    d->texts = fresh(d, json_object());
}

void draft_release(struct draft *d)
{
    json_decref(d->in);
    json_decref(d->set);
    json_decref(d->detail);
    json_decref(d->clocks);
    json_decref(d->remedies);
    json_decref(d->links);
    json_decref(d->commit);
    json_decref(d->texts);
}

static void put(struct draft *d, json_t *object, const char *key, json_t *value)
{
    if (value == NULL || json_object_set_new(object, key, value) != 0)
        d->failed = true;
}

void draft_in(struct draft *d, const char *name, json_t *value)
{
    put(d, d->in, name, value);
}

void draft_text(struct draft *d, const char *name, const char *text)
{
    if (text != NULL)
        put(d, d->texts, name, json_string(text));
}

void draft_text_json(struct draft *d, const char *name, json_t *value)
{
    put(d, d->texts, name, value);
}

void draft_set(struct draft *d, const char *column, json_t *value)
{
    put(d, d->set, column, value);
}

void draft_detail(struct draft *d, const char *key, json_t *value)
{
    put(d, d->detail, key, value);
}

void draft_link(struct draft *d, int64_t other, const char *relation)
{
    if (json_array_append_new(d->links, json_pack("{s:I, s:s}", "other", (json_int_t)other,
                                                  "relation", relation)) != 0)
        d->failed = true;
}

void draft_remedy(struct draft *d, const char *kind, int64_t amount_fen, const char *paid_by,
                  const char *payer)
{
    json_t *remedy = json_pack("{s:s, s:I, s:s?}", "kind", kind, "amount_fen",
                               (json_int_t)amount_fen, "paid_by", paid_by);

    if (payer != NULL)
        json_object_set_new(remedy, "payer", json_string(payer));
    if (json_array_append_new(d->remedies, remedy) != 0)
        d->failed = true;
}

/* ---- clocks ---- */

static void clock_part(struct draft *d, json_t *clock, const char *key, json_int_t value)
{
    if (value != 0)
        put(d, clock, key, json_integer(value));
}

/* What is nought, false or not yet met is left out: the fold takes it for that, and events are kept
 * for good. */
static void clock_put(struct draft *d, const struct matter_clock *c)
{
    json_t *clock = fresh(d, json_pack("{s:s, s:I, s:s, s:i, s:i, s:i}", "rule", c->rule, "seq",
                                       (json_int_t)c->seq, "state", clock_state_name(c->state),
                                       "start", c->start, "due_raw", c->due_raw, "due", c->due));

    clock_part(d, clock, "extensions", c->extensions);
    clock_part(d, clock, "paused_days", c->paused_days);
    if (c->provisional)
        put(d, clock, "provisional", json_true());
    if (c->met_at != MATTER_NONE)
        put(d, clock, "met_at", json_integer(c->met_at));
    if (json_array_append_new(d->clocks, clock) != 0)
        d->failed = true;
}

/* Pauses as they will be after this act. */
static size_t pauses_after(const struct draft *d, struct pause *ret, size_t max)
{
    struct matter shadow = *d->m;
    json_t *changed = json_object_get(d->detail, "pauses");
    size_t n;

    if (changed == NULL)
        return matter_pauses(d->m, ret, max);
    shadow.detail = json_pack("{s:O}", "pauses", changed);
    n = matter_pauses(&shadow, ret, max);
    json_decref(shadow.detail);
    return n;
}

static enum err_code clock_compute(struct draft *d, struct matter_clock *c,
                                   const struct deadline_rule *rule)
{
    struct pause pauses[MATTER_PAUSES_MAX];
    size_t n = pauses_after(d, pauses, MATTER_PAUSES_MAX);

    return clock_count(d->op, rule, pauses, n, c);
}

/* New facts set the whole matter's receipt anew: from then on every term counts from there. */
static int64_t clock_from(const struct draft *d)
{
    const json_t *now = json_object_get(d->detail, "clock_from");

    return json_integer_value(now != NULL ? now : json_object_get(d->m->detail, "clock_from"));
}

/* What was first negotiated elsewhere reaches the competent body later than it was received. */
static int64_t competent_from(const struct draft *d)
{
    const json_t *now = json_object_get(d->detail, "competent_from");

    if (now == NULL)
        now = json_object_get(d->m->detail, "competent_from");
    return now == NULL ? d->m->received_at : json_integer_value(now);
}

static enum err_code clock_apply(struct draft *d, const struct pack_clock *effect)
{
    const struct deadline_rule *rule = effect->rule;
    struct matter_clock *old = matter_clock(d->m, rule->id), c;
    date_t day = date_of_instant(d->at, d->op->zone_min);

    if (effect->effect == CLOCK_START) {
        c = (struct matter_clock){.seq = old == NULL ? 1 : old->seq + 1, .met_at = MATTER_NONE};
        snprintf(c.rule, sizeof c.rule, "%s", rule->id);
        int64_t anew = clock_from(d);

        c.start = rule->from == FROM_RECEIPT && anew != 0 ? date_of_instant(anew, d->op->zone_min)
                  : rule->from == FROM_RECEIPT && old == NULL && d->m->version == 0
                      ? date_of_instant(json_integer_value(json_object_get(d->set, "received_at")),
                                        d->op->zone_min)
                  : rule->from == FROM_RECEIPT && old == NULL
                      ? date_of_instant(competent_from(d), d->op->zone_min)
                      : day;
        TRY(clock_compute(d, &c, rule));
        clock_put(d, &c);
        return ERR_OK;
    }
    if (old == NULL || (old->state != CLOCK_RUNNING && old->state != CLOCK_PAUSED))
        return ERR_OK; /* it never ran (earlier rule) or has ended */
    c = *old;
    switch (effect->effect) {
    case CLOCK_STOP:
        c.state = c.due != DATE_NONE && day > c.due ? CLOCK_MISSED : CLOCK_MET;
        c.met_at = d->at;
        break;
    case CLOCK_CANCEL:
        c.state = CLOCK_CANCELLED;
        c.met_at = d->at;
        break;
    case CLOCK_EXTEND:
        c.extensions++;
        TRY(clock_compute(d, &c, rule));
        break;
    case CLOCK_PAUSE:
    case CLOCK_RESUME:
        TRY(clock_compute(d, &c, rule));
        break;
    case CLOCK_START:
        break;
    }
    clock_put(d, &c);
    return ERR_OK;
}

enum err_code draft_clocks_under(struct draft *d, const struct pack *pack)
{
    for (size_t i = 0; i < d->m->n_clocks; i++) {
        struct matter_clock old = d->m->clocks[i], c = old;
        const struct deadline_rule *rule = pack_deadline(pack, old.rule);

        if (old.state != CLOCK_RUNNING && old.state != CLOCK_PAUSED)
            continue;
        old.state = CLOCK_CANCELLED;
        old.met_at = d->at;
        clock_put(d, &old);
        if (rule == NULL)
            continue;
        c.seq++;
        if (c.extensions > rule->extensions_max)
            c.extensions = rule->extensions_max;
        TRY(clock_compute(d, &c, rule));
        clock_put(d, &c);
    }
    return ERR_OK;
}

/* ---- the step ---- */

static void take_outcome(struct draft *d)
{
    const struct workflow_step *s = &d->step;
    bool was_ended = d->m->ended_at != MATTER_NONE;

    if (s->outcome != NULL)
        draft_set(d, "outcome", *s->outcome == '\0' ? json_null() : json_string(s->outcome));
    if (s->ground != NULL)
        draft_set(d, "ground", json_string(s->ground));
    if (s->to->ended && !was_ended)
        draft_set(d, "ended_at", json_integer(d->at));
    if (!s->to->ended && was_ended) {
        draft_set(d, "ended_at", json_null());
        draft_set(d, "ground", json_null());
    }
}

enum err_code draft_take(struct draft *d)
{
    const struct workflow_step *s = &d->step;
    enum waiting_for waiting = s->waiting_for;

    if (d->m->version == 0 || strcmp(d->m->status, s->to->id) != 0)
        draft_set(d, "status", json_string(s->to->id));
    if (d->m->version == 0 || d->m->open != !s->to->final)
        draft_set(d, "open", json_integer(!s->to->final));
    if (waiting != WAIT_KEEP &&
        (d->m->version == 0 || strcmp(d->m->waiting_for, waiting_for_name(waiting)) != 0)) {
        draft_set(d, "waiting_for", json_string(waiting_for_name(waiting)));
        draft_set(d, "waiting_since", json_integer(d->at));
    }
    take_outcome(d);
    for (size_t i = 0; i < s->n_clocks; i++)
        TRY(clock_apply(d, &s->clocks[i]));
    return ERR_OK;
}

enum err_code draft_decide(struct draft *d, unsigned roles, const struct workflow_facts *facts)
{
    struct workflow_refusal why = {0};
    struct op *op = d->op;
    enum err_code rc = workflow_step(matter_pack(op, d->m), matter_kind_of(d->m), d->m->status,
                                     d->act, roles, facts, &d->step, &why);

    if (rc != ERR_OK)
        return err_field(&op->err, rc, guard_field(why.guard), why.code == NULL ? "act" : why.code,
                         why.why.zh == NULL ? "现在不能办这一步" : why.why.zh,
                         why.why.en == NULL ? "This act is not possible now." : why.why.en);
    return ERR_OK;
}

enum err_code draft_decide_begin(struct draft *d, const struct workflow_facts *facts)
{
    const char *kind = json_string_value(json_object_get(d->set, "kind"));
    const struct pack *pack =
        setup_pack(d->op->setup, json_string_value(json_object_get(d->set, "pack")));

    if (d->failed) /* for want of memory: what was set may not be there */
        return err_set(&d->op->err, ERR_NO_MEMORY, "making an event");
    if (pack == NULL) /* received before any pack here: the newest one's life, without clocks */
        pack = setup_pack_of(d->op->setup, matter_kind_find(kind));
    workflow_begin(pack, matter_kind_find(kind), facts, &d->step);
    return ERR_OK;
}

/* ---- sealing and recording ---- */

enum err_code draft_person(struct draft *d, struct changes *ch, const char *role,
                           const json_t *person)
{
    return seal_person(d->op, ch, d->m->id, d->m->version + 1, role, person, d->commit);
}

static const char *new_kind(const struct draft *d)
{
    const char *kind = json_string_value(json_object_get(d->set, "kind"));

    return kind == NULL ? d->m->kind : kind;
}

static enum err_code draft_seal_texts(struct draft *d, struct changes *ch)
{
    bool report = strcmp(new_kind(d), "report") == 0;

    return seal_texts(d->op, ch, d->m->id, d->m->version + 1, report ? KEY_REPORT : KEY_TEXT,
                      d->texts, d->commit);
}

/* Remedies and links are rows of their own, made from the event and from nothing else. */
static void rows_of_event(struct draft *d, struct changes *ch)
{
    json_t *value;
    size_t i;

    json_array_foreach(d->remedies, i, value)
    {
        changes_row(ch, SQL_remedy_insert, 1, ERR_CONFLICT);
        changes_int(ch, d->m->id);
        changes_int(ch, d->m->version);
        changes_int(ch, (int64_t)i + 1);
        changes_text(ch, json_string_value(json_object_get(value, "kind")));
        changes_int(ch, json_integer_value(json_object_get(value, "amount_fen")));
        changes_text(ch, json_string_value(json_object_get(value, "paid_by")));
        changes_text(ch, json_string_value(json_object_get(value, "payer")));
    }
    json_array_foreach(d->links, i, value)
    {
        changes_row(ch, SQL_link_insert, ANY_ROWS, ERR_OK);
        changes_int(ch, d->m->id);
        changes_int(ch, json_integer_value(json_object_get(value, "other")));
        changes_text(ch, json_string_value(json_object_get(value, "relation")));
    }
}

/* The body with empty parts left out. */
static json_t *body_of(struct draft *d)
{
    const struct {
        const char *key;
        json_t *value;
    } parts[] = {{"in", d->in},         {"set", d->set},           {"detail", d->detail},
                 {"clocks", d->clocks}, {"remedies", d->remedies}, {"links", d->links},
                 {"commit", d->commit}};
    json_t *body = fresh(d, json_object());

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t n = json_is_array(parts[i].value) ? json_array_size(parts[i].value)
                                                 : json_object_size(parts[i].value);

        if (n > 0 && json_object_set(body, parts[i].key, parts[i].value) != 0)
            d->failed = true;
    }
    return body;
}

enum err_code draft_record(struct draft *d, struct changes *ch)
{
    struct op *op = d->op;
    CLEANUP(json_decrefp) json_t *body = NULL;
    struct event ev;
    char *text;

    TRY(draft_seal_texts(d, ch));
    body = body_of(d);
    text = json_compact(op->arena, body);
    if (d->failed || text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "making an event");
    ev = (struct event){
        .kind = "matter",
        .record = d->m->id,
        .version = d->m->version + 1,
        .act = d->act,
        .actor = op->actor.officer_id,
        .actor_kind = actor_kind_name(op->actor.kind),
        .at = d->at,
        .recorded_at = op->now_ms,
        .body = text,
        .body_size = strlen(text),
    };
    changes_event(op, ch, &ev, d->m->version == 0 ? NULL : d->m->head);
    TRY(matter_fold(op, d->m, &ev, body));
    rows_of_event(d, ch);
    return ERR_OK;
}
