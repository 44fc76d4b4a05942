/* Duty and diary of the sample county: the roster of three months, the pages of two. */
#include "rules/duty.h"
#include "work/acts.h"
#include "work/demo_around.h"
#include "work/diary.h"
#include "work/duty.h"

#define HOUR_MS INT64_C(3600000)
#define PLANNED_BACK 62
#define PLANNED_AHEAD 20
#define PAGES_BACK 62   /* the month before is whole on the last day of every month */
#define WRITTEN_BACK 12 /* days on which branches wrote something */

static const char *bureau(const struct county *c)
{
    return c->intake[0]->actor.body;
}

/* Who answers the hotline: the bureau's clerks and handlers, then those of the branches in turn. */
static size_t on_call(const struct county *c, const struct demo_officer **ret, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n_officers && n < max; i++)
        if (c->officers[i].actor.roles & (ROLE_INTAKE | ROLE_HANDLER))
            ret[n++] = &c->officers[i];
    return n;
}

static enum err_code plan_shift(struct op *op, const struct county *c, date_t day, size_t shift,
                                int64_t least, size_t *turn)
{
    const struct demo_officer *list[OFFICERS_MAX];
    size_t n = on_call(c, list, OFFICERS_MAX);
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *input = NULL;
    json_t *officers = json_array();
    const struct demo_officer *leader = (day + (date_t)shift) % 2 == 0 ? c->leader : c->supervisor;
    char text[DATE_TEXT];

    for (int64_t k = 0; k < least; k++)
        json_array_append_new(officers, json_integer(list[(*turn)++ % n]->actor.officer_id));
    date_format(day, text);
    input = json_pack("{s:s, s:s, s:s, s:o, s:I}", "body", bureau(c), "day", text, "shift",
                      op->setup->duty->shifts[shift].id, "officers", officers, "leader",
                      (json_int_t)leader->actor.officer_id);
    return duty_plan(op, input, ANY_VERSION, &r);
}

enum err_code county_duty(struct op *op, const struct county *c, date_t until)
{
    size_t turn = 0;

    for (date_t day = until - PLANNED_BACK; day <= until + PLANNED_AHEAD; day++) {
        const struct label *why;
        int64_t least = duty_least(op->setup->duty, op->setup->calendar, day, &why);

        op->actor = c->supervisor->actor;
        op->now_ms = instant_of_date((day < until ? day : until) - 8, op->zone_min) + 10 * HOUR_MS;
        for (size_t s = 0; s < op->setup->duty->n_shifts; s++)
            TRY(plan_shift(op, c, day, s, least, &turn));
    }
    return ERR_OK;
}

/* ---- the diary ---- */

static enum err_code write_page(struct op *op, const struct demo_officer *by, const char *body,
                                date_t day, const char *text, bool close)
{
    op->actor = by->actor;
    if (text != NULL) {
        op->now_ms = instant_of_date(day, op->zone_min) + 17 * HOUR_MS;
        TRY(diary_add(op, body, day, text));
    }
    if (!close)
        return ERR_OK;
    op->now_ms = instant_of_date(day + 1, op->zone_min) + 9 * HOUR_MS;
    return diary_close(op, body, day);
}

static enum err_code write_branches(struct op *op, const struct county *c, date_t day)
{
    for (size_t i = 0; i < c->n_branches; i++) {
        struct chance chance = chance_of(c->seed, 0xd1a + i, (uint64_t)day);
        const struct demo_branch *b = &c->branches[i];

        if (!calendar_is_working(op->setup->calendar, day) || !chance_hits(&chance, 400))
            continue;
        TRY(write_page(op, b->handlers[0], b->code, day, county_text(c, &chance, "branch"), false));
    }
    return ERR_OK;
}

/* As the job makes them: the first page, then what is missing behind it. */
static enum err_code make_pages(struct op *op, date_t until, int64_t end_ms)
{
    int64_t made;

    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    op->now_ms = instant_of_date(until - PAGES_BACK + 2, op->zone_min) + HOUR_MS;
    TRY(diary_make(op, &made));
    op->now_ms = instant_of_date(until, op->zone_min) + HOUR_MS;
    if (op->now_ms > end_ms)
        op->now_ms = end_ms;
    do
        TRY(diary_make(op, &made));
    while (made > 0);
    return ERR_OK;
}

enum err_code county_diary(struct op *op, const struct county *c, date_t until, int64_t end_ms)
{
    TRY(make_pages(op, until, end_ms));
    for (date_t day = until - PAGES_BACK + 1; day < until; day++) {
        struct chance chance = chance_of(c->seed, 0xd1a, (uint64_t)day);
        const char *text = chance_hits(&chance, 700) ? county_text(c, &chance, "bureau") : NULL;

        TRY(write_page(op, c->intake[0], bureau(c), day, text, day < until - 2));
        if (day >= until - WRITTEN_BACK)
            TRY(write_branches(op, c, day));
    }
    return ERR_OK;
}
