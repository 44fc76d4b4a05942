/* Around the year: return visits with what was said, and a group from its first member to the
 * decision. */
#include "work/demo_around.h"

#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/group.h"
#include "work/visit.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define VISIT_DAYS 15 /* working days on which samples were drawn */

/* ---- return visits ---- */

struct called {
    int64_t id;
    char body[BODY_CODE];
};

static enum err_code waiting_of(struct op *op, date_t day, struct called *ret, size_t max,
                                size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct record list[200];
    struct record_filter filter = {
        .kind = "visit", .status = "waiting", .from = day, .to = day, .max = 200};
    size_t n;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(records_list(op, snap, &filter, list, &n));
    for (size_t i = 0; i < n; i++) {
        if (*ret_n < max) {
            ret[*ret_n].id = list[i].id;
            snprintf(ret[*ret_n].body, BODY_CODE, "%s", record_member(&list[i], "body"));
            ++*ret_n;
        }
        record_release(&list[i]);
    }
    return ERR_OK;
}

static struct visit_result what_was_said(const struct county *c, struct chance *chance)
{
    struct visit_result v = {.result = "reached"};

    if (chance_hits(chance, 130)) {
        v.result = chance_hits(chance, 750) ? "no_answer" : "refused";
        return v;
    }
    v.satisfaction =
        chance_hits(chance, 840) ? chance_between(chance, 4, 5) : chance_between(chance, 2, 3);
    if (v.satisfaction < 4 || chance_hits(chance, 40))
        v.opinion = county_text(c, chance, "opinions");
    return v;
}

static const struct demo_officer *caller_of(const struct county *c, const char *body)
{
    for (size_t i = 0; i < c->n_branches; i++)
        if (strncmp(c->branches[i].code, body, strlen(c->branches[i].code)) == 0)
            return c->branches[i].supervisor; /* also of the stations below */
    return c->intake[0];
}

static enum err_code call(struct op *op, const struct county *c, const struct called *v,
                          bool answers)
{
    struct chance chance = chance_of(c->seed, 0xca11, (uint64_t)v->id);
    struct visit_result said = what_was_said(c, &chance);

    op->actor = caller_of(c, v->body)->actor;
    op->now_ms += chance_between(&chance, 2, 6) * 60000;
    TRY(visit_record(op, v->id, &said, ANY_VERSION));
    if (said.opinion == NULL || !answers)
        return ERR_OK;
    op->now_ms += 60000;
    return visit_answer(op, v->id, county_text(c, &chance, "opinion_answers"), ANY_VERSION);
}

enum err_code county_visits(struct op *op, const struct county *c, date_t until, int64_t end_ms)
{
    struct called list[200];

    for (int back = VISIT_DAYS; back >= 0; back--) {
        date_t day = until;
        int64_t drawn;
        size_t n;

        for (int left = back; left > 0; left--)
            do
                day--;
            while (!calendar_is_working(op->setup->calendar, day));
        if (!calendar_is_working(op->setup->calendar, day))
            continue;
        op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
        op->now_ms = instant_of_date(day, op->zone_min) + 8 * HOUR_MS;
        if (op->now_ms > end_ms)
            break;
        TRY(visits_draw_day(op, day, &drawn));
        TRY(waiting_of(op, day, list, 200, &n));
        op->now_ms = instant_of_date(day, op->zone_min) + 9 * HOUR_MS;
        for (size_t i = 0; i < n && op->now_ms < end_ms; i++)
            if (back > 1 ? i % 19 != 18 : back == 1 && i % 2 == 0)
                TRY(call(op, c, &list[i], back > 4));
    }
    return ERR_OK;
}

/* ---- the group ---- */

struct group_run {
    struct op *op;
    struct chance chance;
    const struct county *c;
    const struct demo_group *g;
    int64_t id;
    const struct demo_officer *leader;
};

/* One act on each member, minutes apart. @p input  new for each, by number. */
static enum err_code on_each(struct group_run *run, const char *act, int64_t at,
                             json_t *(*input)(struct group_run *run, size_t i))
{
    struct op *op = run->op;

    for (size_t i = 0; i < run->g->n; i++) {
        CLEANUP(matter_release) struct matter m = {0};
        CLEANUP(json_decrefp) json_t *in = input(run, i);

        op->actor = run->leader->actor;
        op->now_ms = at + (int64_t)i * 60000;
        TRY(matter_act(op, run->g->members[i].id, act, in, ANY_VERSION, &m));
    }
    return ERR_OK;
}

static enum err_code of_group(struct group_run *run, const char *act, int64_t at, json_t *input)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *owned = input;

    run->op->actor = run->leader->actor;
    run->op->now_ms = at;
    return group_act(run->op, run->id, act, owned, ANY_VERSION, &r);
}

static const char *words(struct group_run *run, const char *list)
{
    return county_text(run->c, &run->chance, list);
}

static json_t *joining(struct group_run *run, size_t i)
{
    (void)i;
    return json_pack("{s:I}", "group", (json_int_t)run->id);
}

static json_t *meeting(struct group_run *run, size_t i)
{
    (void)i;
    return json_pack("{s:s, s:s}", "place", run->c->branches[run->c->school.branch].name, "mode",
                     "on_site");
}

static json_t *agreeing(struct group_run *run, size_t i)
{
    (void)run;
    (void)i;
    return json_pack("{s:s, s:s, s:s, s:s}", "party", "both", "answer", "agrees", "about",
                     "mediation", "channel", "phone");
}

static json_t *settling(struct group_run *run, size_t i)
{
    char by[DATE_TEXT];

    date_format(date_of_instant(run->op->now_ms, run->op->zone_min) + 10, by);
    return json_pack("{s:s, s:s, s:[{s:s, s:I, s:s}]}", "form", "deed", "terms",
                     words(run, "group_terms"), "remedies", "kind", "refund", "amount_fen",
                     (json_int_t)(run->g->members[i].amount_fen * 7 / 10 / 100 * 100), "paid_by",
                     by);
}

static json_t *telling(struct group_run *run, size_t i)
{
    (void)i;
    return json_pack("{s:s, s:s, s:s}", "party", "both", "channel", "in_person", "proof",
                     words(run, "group_proof"));
}

static enum err_code make_group(struct group_run *run, int64_t at)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *numbers = json_array();

    for (size_t i = 0; i < run->g->n; i++)
        json_array_append_new(numbers, json_string(run->g->members[i].number));
    run->op->actor = run->leader->actor;
    run->op->now_ms = at;
    TRY(group_make(run->op, numbers, words(run, "group_title"), 0, &r));
    run->id = r.id;
    return ERR_OK;
}

enum err_code county_group(struct op *op, const struct county *c, int64_t end_ms)
{
    struct group_run run = {.op = op, .c = c, .g = c->school_group};
    int64_t day = end_ms - 9 * HOUR_MS; /* of the last day, early */
    char when[INSTANT_TEXT], signed_on[DATE_TEXT];
    json_t *both;

    if (run.g->n < 3)
        return ERR_OK;
    run.chance = chance_of(c->seed, 0x5c1, 0);
    run.leader = c->branches[c->school.branch].supervisor;
    TRY(make_group(&run, day - 27 * DAY_MS));
    TRY(on_each(&run, "join_group", day - 27 * DAY_MS + HOUR_MS, joining));
    date_format(date_of_instant(day - 27 * DAY_MS, op->zone_min), signed_on);
    both = json_pack("{s:[s, s], s:s, s:s}", "numbers", run.g->members[0].number,
                     run.g->members[1].number, "paper", words(&run, "group_paper"), "signed_on",
                     signed_on);
    TRY(of_group(&run, "represent", day - 26 * DAY_MS, both));
    instant_format(day - 21 * DAY_MS + HOUR_MS, op->zone_min, when);
    TRY(of_group(&run, "meet", day - 22 * DAY_MS,
                 json_pack("{s:s, s:s, s:s}", "at", when, "place", words(&run, "group_place"),
                           "mode", "on_site")));
    TRY(on_each(&run, "consent", day - 23 * DAY_MS, agreeing));
    TRY(on_each(&run, "mediate", day - 21 * DAY_MS + HOUR_MS, meeting));
    TRY(of_group(&run, "decide", day - 12 * DAY_MS,
                 json_pack("{s:s, s:s, s:s}", "act", "settle", "form", "deed", "terms",
                           words(&run, "group_terms"))));
    TRY(on_each(&run, "settle", day - 12 * DAY_MS + HOUR_MS, settling));
    return on_each(&run, "tell", day - 12 * DAY_MS + 2 * HOUR_MS, telling);
}

/* ---- all of it ---- */

enum err_code county_around(struct op *op, const struct county *c, date_t until, int64_t end_ms)
{
    if (!c->whole)
        return ERR_OK;
    TRY(county_group(op, c, end_ms));
    TRY(county_orders(op, c, until, end_ms));
    TRY(county_duty(op, c, until));
    TRY(county_diary(op, c, until, end_ms));
    TRY(county_visits(op, c, until, end_ms));
    return county_registers(op, c, until, end_ms);
}
