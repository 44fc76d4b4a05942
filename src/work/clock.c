/* One place counts clocks: acts, the change of a calendar, and the rebuild all ask here. */
#include "work/clock.h"

static int64_t excluded_days(const struct pause *pauses, size_t n, date_t start, date_t until)
{
    int64_t days = 0;

    for (size_t i = 0; i < n; i++)
        for (date_t day = pauses[i].from; pauses[i].to != DATE_NONE && day <= pauses[i].to; day++)
            if (day > start && day <= until)
                days++;
    return days;
}

enum err_code clock_count(struct op *op, const struct deadline_rule *rule,
                          const struct pause *pauses, size_t n, struct matter_clock *c)
{
    struct pause own[MATTER_PAUSES_MAX];
    struct deadline_due due;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (pauses[i].to == DATE_NONE || pauses[i].to > c->start)
            own[kept++] = pauses[i];
    TRY(deadline_compute(rule, c->start, own, kept, (int)c->extensions, op->setup->calendar, &due,
                         &op->err));
    c->provisional = due.provisional;
    if (due.paused) {
        c->state = CLOCK_PAUSED;
        c->due = DATE_NONE;
        c->due_raw = DATE_NONE;
        return ERR_OK;
    }
    c->state = CLOCK_RUNNING;
    c->due = due.due;
    c->due_raw = due.due_raw;
    c->paused_days = rule->pauses_excluded ? excluded_days(own, kept, c->start, due.due) : 0;
    return ERR_OK;
}

static bool same(const struct matter_clock *a, const struct matter_clock *b)
{
    return a->state == b->state && a->due_raw == b->due_raw && a->due == b->due &&
           a->paused_days == b->paused_days && a->provisional == b->provisional;
}

enum err_code matter_recount(struct op *op, struct matter *m, bool *ret_changed)
{
    struct pause pauses[MATTER_PAUSES_MAX];
    size_t n = matter_pauses(m, pauses, MATTER_PAUSES_MAX);
    const struct pack *pack = matter_pack(op, m);

    *ret_changed = false;
    for (size_t i = 0; i < m->n_clocks; i++) {
        struct matter_clock *c = &m->clocks[i], fresh = *c;
        const struct deadline_rule *rule = pack_deadline(pack, c->rule);

        if (rule == NULL || (c->state != CLOCK_RUNNING && c->state != CLOCK_PAUSED))
            continue;
        TRY(clock_count(op, rule, pauses, n, &fresh));
        /* Only acts stop and start time: a calendar moves dates. */
        if (fresh.state != c->state || same(&fresh, c))
            continue;
        *c = fresh;
        *ret_changed = true;
    }
    if (*ret_changed)
        matter_derive(m);
    return ERR_OK;
}
