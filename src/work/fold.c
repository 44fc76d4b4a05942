/* The fold: a matter's state is what its events say, one after the other. */
#include <string.h>

#include "base/text.h"
#include "work/matter_columns.h"

static enum err_code bad_body(struct op *op, const struct matter *m, const struct event *ev,
                              const char *what)
{
    return err_set(&op->err, ERR_CORRUPT, "matter %lld event %lld: %s", (long long)m->id,
                   (long long)ev->version, what);
}

static enum err_code fold_column(struct op *op, struct matter *m, const struct event *ev,
                                 const char *name, const json_t *value)
{
    const struct matter_column *c = matter_column_find(name);

    if (c == NULL || !c->folded)
        return bad_body(op, m, ev, "sets a column that is not there");
    if (c->kind == COLUMN_INT) {
        if (!json_is_integer(value) && !json_is_null(value))
            return bad_body(op, m, ev, "a number is expected");
        *matter_int_at(m, c) = json_is_null(value) ? MATTER_NONE : json_integer_value(value);
        return ERR_OK;
    }
    if (!json_is_string(value) && !json_is_null(value))
        return bad_body(op, m, ev, "a text is expected");
    *matter_text_at(m, c) =
        json_is_null(value) ? NULL : arena_strdup(op->arena, json_string_value(value));
    return ERR_OK;
}

static int64_t int_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static enum err_code fold_clock(struct op *op, struct matter *m, const struct event *ev,
                                const json_t *value)
{
    const char *rule = json_string_value(json_object_get(value, "rule"));
    const char *state = json_string_value(json_object_get(value, "state"));
    const json_t *met = json_object_get(value, "met_at");
    struct matter_clock *c = NULL;
    int64_t seq = int_of(value, "seq");

    if (rule == NULL || state == NULL || strlen(rule) >= sizeof c->rule)
        return bad_body(op, m, ev, "a clock without rule or state");
    for (size_t i = 0; i < m->n_clocks; i++)
        if (m->clocks[i].seq == seq && strcmp(m->clocks[i].rule, rule) == 0)
            c = &m->clocks[i];
    if (c == NULL) {
        if (m->n_clocks == MATTER_CLOCKS_MAX)
            return bad_body(op, m, ev, "too many clocks");
        c = &m->clocks[m->n_clocks++];
        *c = (struct matter_clock){.seq = seq};
        snprintf(c->rule, sizeof c->rule, "%s", rule);
    }
    c->state = CLOCK_RUNNING;
    for (int s = CLOCK_RUNNING; s <= CLOCK_CANCELLED; s++)
        if (strcmp(clock_state_name((enum clock_state)s), state) == 0)
            c->state = (enum clock_state)s;
    c->start = (date_t)int_of(value, "start");
    c->due_raw = (date_t)int_of(value, "due_raw");
    c->due = (date_t)int_of(value, "due");
    c->extensions = int_of(value, "extensions");
    c->paused_days = int_of(value, "paused_days");
    c->provisional = json_is_true(json_object_get(value, "provisional"));
    c->met_at = json_is_integer(met) ? json_integer_value(met) : MATTER_NONE;
    return ERR_OK;
}

void matter_derive(struct matter *m)
{
    const struct matter_clock *next = NULL, *stands = NULL;

    for (size_t i = 0; i < m->n_clocks; i++) {
        const struct matter_clock *c = &m->clocks[i];

        if (c->state == CLOCK_RUNNING && (next == NULL || c->due < next->due))
            next = c;
        if (c->state == CLOCK_PAUSED)
            stands = c;
    }
    m->paused = stands != NULL;
    m->next_rule = next != NULL ? next->rule : stands != NULL ? stands->rule : NULL;
    m->next_due = next != NULL ? next->due : MATTER_NONE;
}

enum err_code matter_fold(struct op *op, struct matter *m, const struct event *ev,
                          const json_t *body)
{
    json_t *value;
    const char *key;
    size_t i;

    if (ev->version != m->version + 1)
        return bad_body(op, m, ev, "does not follow on");
    if (m->version == 0) {
        *m = (struct matter){.id = ev->record,
                             .officer = MATTER_NONE,
                             .first_officer = MATTER_NONE,
                             .ended_at = MATTER_NONE,
                             .business = MATTER_NONE,
                             .next_due = MATTER_NONE,
                             .rating = MATTER_NONE,
                             .group_id = MATTER_NONE,
                             .pack_revision = MATTER_NONE,
                             .order_id = MATTER_NONE,
                             .detail = json_object()};
    } else {
        json_t *own = json_copy(m->detail); /* the state before may still be held */

        json_decref(m->detail);
        m->detail = own;
    }
    json_object_foreach(json_object_get(body, "set"), key, value)
        TRY(fold_column(op, m, ev, key, value));
    json_object_foreach(json_object_get(body, "detail"), key, value)
    {
        if (json_is_null(value))
            json_object_del(m->detail, key);
        else
            json_object_set(m->detail, key, value);
    }
    json_array_foreach(json_object_get(body, "clocks"), i, value) TRY(fold_clock(op, m, ev, value));
    m->version = ev->version;
    memcpy(m->head, ev->hash, HASH_BYTES);
    matter_derive(m);
    return ERR_OK;
}
