/* When filings come in: weekdays and days off, the days around 15 March, one gym that closes, one
 * school that stops, one person with two hundred matters. */
#include <stdlib.h>
#include <string.h>

#include "work/demo_internal.h"

#define YEAR_DAYS 365
#define GYM_MATTERS 60
#define CLAIMER_MATTERS 200
#define SPECIAL_FROM 2000 /* with fewer matters the groups are smaller too */
#define SCHOOL_DAYS_AGO 44
#define ENTRUSTED_MAX 30

/* Shares per thousand, after the years' figures of comparable counties. */
#define COMPLAINTS 440
#define REPORTS 115 /* the rest are enquiries */

static int day_weight(const struct calendar *cal, date_t day)
{
    int year, month, dom, weight = calendar_is_working(cal, day) ? 100 : 42;

    date_to_ymd(day, &year, &month, &dom);
    if (month == 3 && dom >= 9 && dom <= 22)
        weight = weight * (dom == 15 ? 420 : dom == 16 ? 330 : 230) / 100;
    if (month == 11 && dom >= 11 && dom <= 18)
        weight = weight * 125 / 100;
    if (calendar_day(cal, day).kind == DAY_STATUTORY)
        weight = weight * 60 / 100;
    return weight;
}

static int64_t time_of_day(struct chance *c, enum matter_kind kind)
{
    /* most in the morning; enquiries come by telephone while it is answered */
    int64_t low = kind == KIND_ENQUIRY ? 8 * 60 : 7 * 60;
    int64_t high = kind == KIND_ENQUIRY ? 19 * 60 + 40 : 22 * 60 + 30;
    int64_t a = chance_between(c, low, high), b = chance_between(c, low, high);

    return (a < b ? a : b) * 60000 + chance_below(c, 60) * 1000;
}

static enum matter_kind kind_by_chance(struct chance *c)
{
    int64_t at = chance_below(c, 1000);

    return at < COMPLAINTS             ? KIND_COMPLAINT
           : at < COMPLAINTS + REPORTS ? KIND_REPORT
                                       : KIND_ENQUIRY;
}

static int by_receipt(const void *a, const void *b)
{
    const struct plan *p = a, *q = b;

    if (p->received_at != q->received_at)
        return p->received_at < q->received_at ? -1 : 1;
    return (p->which > q->which) - (p->which < q->which);
}

static date_t working_day_ago(const struct calendar *cal, date_t until, int n)
{
    date_t day = until;

    while (calendar_working_days_between(cal, day, until) < n || !calendar_is_working(cal, day))
        day--;
    return day;
}

/* The day whose seventh working day is tomorrow or the day after: half of the gym's group is due
 * soon when the year ends. */
static date_t gym_day(const struct calendar *cal, date_t until)
{
    return working_day_ago(cal, until, 6);
}

struct draw {
    struct op *op;
    const struct county *county;
    date_t first, until;
    int64_t total;
    int weights[YEAR_DAYS];
};

/* Day at this share (thousandths of a thousandth) of the year's weight. */
static date_t day_at(const struct draw *d, int64_t at)
{
    size_t i = 0;

    while (i + 1 < YEAR_DAYS && at >= d->weights[i])
        at -= d->weights[i++];
    return d->first + (date_t)i;
}

static void draw_one(const struct draw *d, struct plan *p, size_t i, size_t n_general)
{
    struct chance c = chance_of(d->county->seed, 0x91a, i);
    date_t day;

    p->which = i;
    p->special = SPECIAL_NONE;
    p->kind = kind_by_chance(&c);
    if (i < n_general) {
        day = day_at(d, ((int64_t)i * d->total + chance_below(&c, d->total)) / (int64_t)n_general);
    } else {
        day = day_at(d, chance_below(&c, d->total));
        p->special = SPECIAL_CLAIMER;
        p->kind = chance_hits(&c, 720) ? KIND_COMPLAINT : KIND_REPORT;
    }
    p->received_at = instant_of_date(day, d->op->zone_min) + time_of_day(&c, p->kind);
}

static void draw_gym(const struct draw *d, struct plan *p, size_t i, size_t which)
{
    struct chance c = chance_of(d->county->seed, 0x67, i);
    date_t day = gym_day(d->op->setup->calendar, d->until);

    if (i % 2 == 1) /* half on the first day, the others on the next ones */
        day += (date_t)chance_between(&c, 1, 5);
    *p = (struct plan){.which = which, .kind = KIND_COMPLAINT, .special = SPECIAL_GYM};
    p->received_at = instant_of_date(day, d->op->zone_min) + time_of_day(&c, KIND_COMPLAINT);
}

static void draw_school(const struct draw *d, struct plan *p, size_t i, size_t which)
{
    struct chance c = chance_of(d->county->seed, 0x5c0, i);
    date_t day = d->until - SCHOOL_DAYS_AGO + (date_t)(i % 3);

    *p = (struct plan){
        .which = which, .kind = KIND_COMPLAINT, .special = SPECIAL_SCHOOL, .member = i};
    p->received_at = instant_of_date(day, d->op->zone_min) + time_of_day(&c, KIND_COMPLAINT);
}

/* ---- what few matters come to ---- */

static int64_t moment_ago(const struct draw *d, struct chance *c, int working_days)
{
    date_t day = working_day_ago(d->op->setup->calendar, d->until, working_days);

    return instant_of_date(day, d->op->zone_min) + time_of_day(c, KIND_REPORT);
}

static size_t at_most(size_t n, size_t max)
{
    return n < max ? n : max;
}

struct few {
    size_t entrusted, handed, pairs, all;
};

static struct few few_of(size_t n)
{
    struct few f = {.entrusted = at_most(n / 400, ENTRUSTED_MAX),
                    .handed = at_most(n / 1000, PAIRS_MAX),
                    .pairs = at_most(n / 1000, PAIRS_MAX)};

    f.all = f.entrusted + f.handed + 4 * f.pairs;
    return f;
}

static struct plan few_plan(enum special special, size_t member, uint64_t which)
{
    return (struct plan){.which = which,
                         .kind = special == SPECIAL_ENTRUSTED ? KIND_COMPLAINT : KIND_REPORT,
                         .special = special,
                         .member = member};
}

static void draw_pair(const struct draw *d, struct plan *p, enum special special, size_t member,
                      uint64_t which)
{
    struct chance c = chance_of(d->county->seed, 0x2d1, which);
    int ago = (special == SPECIAL_AGAIN ? 4 : 5) + 7 * (int)member;

    p[0] = p[1] = few_plan(special, member, which);
    p[0].received_at = moment_ago(d, &c, ago + 5);
    p[1].received_at = moment_ago(d, &c, ago);
    p[1].second = true;
    p[1].first_at = p[0].received_at;
}

/* At even distances back from the last weeks; the youngest are still open. */
static void draw_few(const struct draw *d, struct plan *p, size_t which, const struct few *few)
{
    struct chance c = chance_of(d->county->seed, 0xfe3, 0);

    for (size_t i = 0; i < few->entrusted; i++, p++) {
        *p = few_plan(SPECIAL_ENTRUSTED, i, which++);
        p->received_at = moment_ago(d, &c, 14 + 3 * (int)i);
    }
    for (size_t i = 0; i < few->handed; i++, p++) {
        *p = few_plan(SPECIAL_HANDED, i, which++);
        p->received_at = moment_ago(d, &c, 6 + 8 * (int)i);
    }
    for (size_t i = 0; i < few->pairs; i++, p += 4, which += 4) {
        draw_pair(d, p, SPECIAL_AGAIN, i, which);
        draw_pair(d, p + 2, SPECIAL_MERGED, i, which + 2);
    }
}

/* ---- where a few stop ---- */

/* In the last weeks some matters stop at a state that others pass in minutes, so that every state
 * of the pack can be seen; each at an age, in working days, at which it is to be expected. */
struct stops {
    enum matter_kind kind;
    int least, most;       /* working days since the receipt */
    size_t times;          /* each state in a year of FULL_YEAR matters */
    const char *states[8]; /* up to the first NULL */
};
#define FULL_YEAR 12000

static const struct stops stops[] = {
    {KIND_COMPLAINT,
     2,
     5,
     2,
     {"returned", "withdrawn", "registered", "refused", "accepted", "refusal_proposed",
      "handed_over"}},
    {KIND_COMPLAINT, 12, 25, 7, {"settled", "terminated", "told", "followed_up", "paused"}},
    {KIND_COMPLAINT, 2, 11, 12, {"disputed", "referred"}},
    {KIND_REPORT, 0, 2, 2, {"registered"}},
    {KIND_REPORT, 10, 25, 3, {"filed", "not_filed", "no_power", "told"}},
    {KIND_REPORT, 2, 11, 11, {"disputed", "referred"}},
    {KIND_ENQUIRY, 1, 3, 3, {"registered", "answered"}},
    {KIND_ENQUIRY, 0, 25, 32, {"passed_on"}},
};

static bool may_stop(const struct draw *d, const struct plan *p, const struct stops *s)
{
    int ago;

    if (p->kind != s->kind || p->special != SPECIAL_NONE || p->stop != NULL)
        return false;
    ago = calendar_working_days_between(d->op->setup->calendar,
                                        date_of_instant(p->received_at, d->op->zone_min), d->until);
    return ago >= s->least && ago <= s->most;
}

/* Spread evenly over those that may, at most every second of them. */
static void put_stops(const struct draw *d, struct plan *list, size_t n, const struct stops *s)
{
    size_t states = 0, able = 0, times = s->times * n / FULL_YEAR, wanted, put = 0, seen = 0;

    while (states < sizeof s->states / sizeof s->states[0] && s->states[states] != NULL)
        states++;
    for (size_t i = 0; i < n; i++)
        able += may_stop(d, &list[i], s);
    wanted = at_most((times > 0 ? times : 1) * states, able / 2);
    for (size_t i = 0; i < n && put < wanted; i++)
        if (may_stop(d, &list[i], s) && seen++ == put * able / wanted)
            list[i].stop = s->states[put++ % states];
}

enum err_code plan_year(struct op *op, const struct county *c, date_t until, int64_t end_ms,
                        size_t n, struct plan **ret)
{
    struct draw d = {.op = op, .county = c, .first = until - YEAR_DAYS + 1, .until = until};
    size_t gym = n >= SPECIAL_FROM ? GYM_MATTERS : n * GYM_MATTERS / SPECIAL_FROM;
    size_t claimer = n >= SPECIAL_FROM ? CLAIMER_MATTERS : n * CLAIMER_MATTERS / SPECIAL_FROM;
    size_t school = n >= SPECIAL_FROM ? GROUP_MEMBERS : 0;
    struct few few = few_of(n);
    size_t rest = n - gym - school - few.all; /* without groups and these few */
    struct plan *list = ARENA_ARRAY(op->arena, struct plan, n);

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "the year's plan");
    for (size_t i = 0; i < YEAR_DAYS; i++) {
        d.weights[i] = day_weight(op->setup->calendar, d.first + (date_t)i);
        d.total += d.weights[i];
    }
    c->school_group->n = school;
    for (size_t i = 0; i < rest; i++)
        draw_one(&d, &list[i], i, rest - claimer);
    draw_few(&d, &list[rest], rest, &few);
    for (size_t i = 0; i < school; i++)
        draw_school(&d, &list[n - gym - school + i], i, n - gym - school + i);
    for (size_t i = 0; i < gym; i++)
        draw_gym(&d, &list[n - gym + i], i, n - gym + i);
    for (size_t i = 0; i < n; i++) /* nothing is received after the last moment told of */
        if (list[i].received_at > end_ms)
            list[i].received_at = end_ms - (int64_t)(i % 480 + 1) * 60000;
    qsort(list, n, sizeof *list, by_receipt);
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        put_stops(&d, list, n, &stops[i]);
    *ret = list;
    return ERR_OK;
}
