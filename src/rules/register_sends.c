/* Reads which fields and states of a register say what a gateway sends. */
#include <string.h>

#include "rules/register_internal.h"
#include "rules/register_sends.h"

static void fault(struct register_reader *rr, const char *key, const char *name)
{
    reader_fault(&rr->p.r, key, "unknown_name", "没有这一项，或者不能这样用。",
                 "There is no %s, or it cannot be used so.", name);
}

static const struct flow_state *state_of(struct register_reader *rr, const json_t *v,
                                         const char *key, bool open)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct flow_state *s = name == NULL ? NULL : flow_state(&rr->def->flow, name);

    if (name != NULL && (s == NULL || register_open(s) != open))
        fault(rr, key, name);
    return s;
}

static const struct act_field *field_of(struct register_reader *rr, const json_t *v,
                                        const char *key, enum field_kind kind, bool sealed)
{
    const char *name = read_text(&rr->p.r, v, key, true);
    const struct act_field *f = name == NULL ? NULL : register_field(rr->def, name);

    if (name != NULL && (f == NULL || f->kind != kind || f->sealed != sealed || f->mark))
        fault(rr, key, name);
    return f;
}

/* A channel that no gateway serves is for the other acts. */
static void check_channel(struct register_reader *rr, const struct act_field *f)
{
    bool served = false;

    if (f == NULL || f->kind != FIELD_CHOICE)
        return;
    for (size_t i = 0; i < f->n_choices; i++)
        served |= strcmp(f->choices[i].code, SENDS_SMS) == 0 ||
                  strcmp(f->choices[i].code, SENDS_EMAIL) == 0;
    if (!served)
        reader_fault(&rr->p.r, "channel", "condition", "渠道里要有 sms 或 email。",
                     "%s has neither sms nor email.", f->name);
}

static void read_sends(struct register_reader *rr, const json_t *v, struct register_sends *s)
{
    static const char *const keys[] = {"state", "done", "to",     "text", "subject", "channel",
                                       "count", "sent", "failed", "day",  NULL};

    if (!read_object(&rr->p.r, v, keys))
        return;
    s->state = state_of(rr, v, "state", true);
    s->done = state_of(rr, v, "done", false);
    s->to = field_of(rr, v, "to", FIELD_TEXT, true);
    s->text = field_of(rr, v, "text", FIELD_TEXT, false);
    s->subject = field_of(rr, v, "subject", FIELD_TEXT, false);
    s->channel = field_of(rr, v, "channel", FIELD_CHOICE, false);
    s->count = field_of(rr, v, "count", FIELD_INT, false);
    s->sent = field_of(rr, v, "sent", FIELD_INT, false);
    s->failed = field_of(rr, v, "failed", FIELD_INT, false);
    s->day = field_of(rr, v, "day", FIELD_DATE, false);
    check_channel(rr, s->channel);
}

void register_read_sends(struct register_reader *rr)
{
    struct reader *r = &rr->p.r;
    const json_t *v = read_member(r, rr->root, "sends", false);
    struct register_sends *s = v == NULL ? NULL : read_room(r, 1, sizeof *s);
    size_t at = reader_key(r, "sends");

    if (s != NULL)
        read_sends(rr, v, s);
    reader_up(r, at);
    rr->def->sends = s;
}
