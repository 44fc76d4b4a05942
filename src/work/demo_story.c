/* One matter from its receipt to where it stands on the last day told: who does which act when.
 *
 * Times move on in working hours; the first act that would lie behind the last moment is not done,
 * so the queues of that moment come out by themselves. A few matters are left lying, so that some
 * are due today and some are late. */
#include <string.h>

#include "work/acts.h"
#include "work/demo_story.h"
#include "work/filing.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

static const struct actor system_actor = {.kind = ACTOR_SYSTEM, .body_path = "/"};

/* ---- time ---- */

date_t story_day_of(const struct story *st, int64_t ms)
{
    return date_of_instant(ms, st->op->zone_min);
}

/* Some time of the working day, after now. */
int64_t story_office_time(struct story *st, date_t day)
{
    int64_t minutes = chance_between(&st->chance, 0, 445);
    int64_t at = instant_of_date(day, st->op->zone_min) + 9 * HOUR_MS + minutes * MINUTE_MS +
                 chance_below(&st->chance, 60) * 1000;

    return at > st->now ? at : st->now + chance_between(&st->chance, 3, 25) * MINUTE_MS;
}

/* Who is to stop somewhere gets there before the day told of: the steps that may still lie before
 * it take a day each once time is short. */
#define STEPS_TO_STOP 9
static int64_t in_time(const struct story *st, int64_t days)
{
    int left;

    if (st->plan->stop == NULL)
        return days;
    left = story_working_days_ago(st, st->now);
    if (left - days >= STEPS_TO_STOP)
        return days;
    return days == 0 || left < 3 ? 0 : 1;
}

/* Moves on to the nth working day from now; 0: today if the office is still open. */
void story_later(struct story *st, int64_t working_days)
{
    const struct calendar *cal = st->op->setup->calendar;
    date_t today = story_day_of(st, st->now);
    int64_t minute = (st->now - instant_of_date(today, st->op->zone_min)) / MINUTE_MS;

    working_days = in_time(st, working_days);
    if (working_days == 0 && calendar_is_working(cal, today) && minute < 16 * 60) {
        st->now += minute < 9 * 60
                       ? (9 * 60 - minute + chance_between(&st->chance, 1, 60)) * MINUTE_MS
                       : chance_between(&st->chance, 12, 80) * MINUTE_MS;
        return;
    }
    st->now = story_office_time(
        st, calendar_add_working_days(cal, today, working_days < 1 ? 1 : (int)working_days));
}

void story_soon(struct story *st)
{
    st->now += chance_between(&st->chance, 2, 9) * MINUTE_MS + chance_below(&st->chance, 60) * 1000;
}

/* The next working day on or after this many days. */
void story_days_later(struct story *st, int64_t days)
{
    date_t day = story_day_of(st, st->now) + (date_t)in_time(st, days);

    while (!calendar_is_working(st->op->setup->calendar, day))
        day++;
    st->now = story_office_time(st, day);
}

int story_working_days_ago(const struct story *st, int64_t ms)
{
    return calendar_working_days_between(st->op->setup->calendar, story_day_of(st, ms),
                                         story_day_of(st, st->end_ms));
}

/* ---- acts ---- */

struct actor story_party_of(const struct story *st)
{
    return (struct actor){.kind = ACTOR_PARTY, .body_path = "", .party_matter = st->m.id};
}

enum err_code story_act_as(struct story *st, const struct actor *actor, const char *act,
                           json_t *input)
{
    CLEANUP(json_decrefp) json_t *owned = input;
    struct op *op = st->op;

    if (st->now > st->end_ms)
        st->over = true;
    if (st->over)
        return ERR_OK;
    if (owned == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "demo: input of %s", act);
    op->actor = *actor;
    op->now_ms = st->now;
    TRY(matter_act_into(op, st->changes, &st->m, act, owned));
    st->acts++;
    if (story_must(st, st->m.status))
        st->over = true;
    return story_more(st);
}

enum err_code story_act(struct story *st, const struct demo_officer *officer, const char *name,
                        json_t *input)
{
    return story_act_as(st, &officer->actor, name, input);
}

enum err_code story_handle(struct story *st, const char *name, json_t *input)
{
    return story_act(st, st->handler, name, input);
}

json_t *story_text_input(struct story *st, const char *field, const char *list)
{
    return json_pack("{s:s}", field, story_text(st, list));
}

/* ---- filing ---- */

struct source {
    const char *channel;
    int share; /* per thousand */
    enum actor_kind by;
};

/* Shares after the entrances that counties report: platform and hotline first. */
static const struct source filed_by[] = {
    {"platform_12315", 330, ACTOR_OFFICER}, {"hotline_12345", 230, ACTOR_OFFICER},
    {"phone", 150, ACTOR_OFFICER},          {"web", 110, ACTOR_PUBLIC},
    {"wechat", 80, ACTOR_SYSTEM},           {"app", 25, ACTOR_SYSTEM},
    {"alipay", 15, ACTOR_SYSTEM},           {"visit", 28, ACTOR_OFFICER},
    {"letter", 22, ACTOR_OFFICER},          {"superior", 10, ACTOR_OFFICER},
};
static const struct source asked_by[] = {
    {"phone", 790, ACTOR_OFFICER},
    {"visit", 90, ACTOR_OFFICER},
    {"web", 80, ACTOR_PUBLIC},
    {"wechat", 40, ACTOR_SYSTEM},
};

static const struct source *choose_source(struct story *st)
{
    bool enquiry = st->plan->kind == KIND_ENQUIRY;
    const struct source *list = enquiry ? asked_by : filed_by;
    size_t n =
        enquiry ? sizeof asked_by / sizeof asked_by[0] : sizeof filed_by / sizeof filed_by[0];
    int64_t at = chance_below(&st->chance, 1000);

    for (size_t i = 0; i < n; i++) {
        at -= list[i].share;
        if (at < 0)
            return &list[i];
    }
    return &list[0];
}

static void choose_people(struct story *st)
{
    const struct demo_branch *b = st->branch;

    st->clerk = st->county->intake[chance_hits(&st->chance, 380)];
    st->handler = b->handlers[chance_below(&st->chance, (int64_t)b->n_handlers)];
    if (st->plan->kind != KIND_REPORT && b->keeper != NULL && chance_hits(&st->chance, 90))
        st->handler = b->keeper;
}

static void put_external(struct story *st, json_t *filing, const struct source *source)
{
    if (strcmp(source->channel, "platform_12315") == 0 ||
        strcmp(source->channel, "hotline_12345") == 0)
        json_object_set_new(
            filing, "external",
            json_pack("{s:s, s:o}", "system",
                      strcmp(source->channel, "hotline_12345") == 0 ? "12345" : "12315", "number",
                      json_sprintf("%s%08llu",
                                   strcmp(source->channel, "hotline_12345") == 0 ? "R" : "P",
                                   (unsigned long long)(chance_next(&st->chance) % 100000000u))));
}

static enum err_code file_it(struct story *st)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    struct op *op = st->op;
    struct receipt receipt;
    char at[INSTANT_TEXT];
    const struct source *source;

    /* a second report tells what the first told, and goes to the same officer */
    st->now = st->plan->second ? st->plan->first_at : st->plan->received_at;
    filing = story_filing(st);
    choose_people(st);
    st->now = st->plan->received_at;
    if (st->plan->second) {
        st->handler = story_first(st->county, st->plan)->told.handler;
        st->chance = chance_of(st->county->seed, 0x2d, st->plan->which);
    }
    source = choose_source(st);
    if (source->by == ACTOR_PUBLIC) {
        op->actor = (struct actor){.kind = ACTOR_PUBLIC, .body_path = ""};
    } else {
        instant_format(st->now, op->zone_min, at);
        json_object_set_new(filing, "received_at", json_string(at));
        json_object_set_new(filing, "channel", json_string(source->channel));
        put_external(st, filing, source);
        op->actor = source->by == ACTOR_OFFICER ? st->clerk->actor : system_actor;
        if (source->by == ACTOR_OFFICER)
            story_soon(st); /* it takes a while to write down */
    }
    if (st->now > st->end_ms)
        st->now = st->end_ms;
    op->now_ms = st->now;
    if (st->plan->kind == KIND_ENQUIRY && source->by == ACTOR_OFFICER &&
        chance_hits(&st->chance, 880) && st->plan->stop == NULL)
        json_object_set_new(filing, "answer", json_string(st->question));
    if (st->plan->kind == KIND_COMPLAINT && st->plan->special == SPECIAL_NONE &&
        story_working_days_ago(st, st->now) < 10 && chance_hits(&st->chance, 20))
        json_object_set_new(filing, "also_report",
                            json_pack("{s:s, s:s, s:b}", "facts", story_text(st, "spawn"),
                                      "violation", "product_quality", "anonymous", 1));
    story_confirm(st, filing, source->by != ACTOR_PUBLIC);
    TRY(matter_receive_into(op, st->changes, filing, &st->m, &receipt));
    st->acts++;
    return ERR_OK;
}

static const char *body_of_handler(const struct story *st)
{
    return st->handler == st->branch->keeper ? st->branch->station : st->branch->code;
}

enum err_code story_assign(struct story *st, bool named)
{
    json_t *input = json_pack("{s:s}", "body", body_of_handler(st));

    if (named)
        json_object_set_new(input, "officer", json_integer(st->handler->actor.officer_id));
    return story_act(st, st->clerk, "assign", input);
}

/* A complaint handed to another authority is told in writing. */
enum err_code story_tell_party(struct story *st, const char *party)
{
    static const char *const channels[] = {"phone", "phone", "sms", "sms", "sms", "letter"};
    bool written = st->plan->special == SPECIAL_HANDED;

    return story_handle(
        st, "tell",
        json_pack(
            "{s:s, s:s, s:s}", "party", party, "channel",
            channels[written ? 2 + chance_below(&st->chance, 4) : chance_below(&st->chance, 6)],
            "proof", story_text(st, "proof")));
}

/* Whether the story has to pass this state because it is to stop there. */
bool story_must(const struct story *st, const char *state)
{
    return st->plan->stop != NULL && strcmp(st->plan->stop, state) == 0;
}

/* ---- enquiries ---- */

static enum err_code enquiry(struct story *st)
{
    bool passed = false;

    if (strcmp(st->m.status, "registered") == 0) {
        story_later(st, chance_below(&st->chance, 3));
        passed = story_must(st, "passed_on") ||
                 (st->plan->stop == NULL && chance_hits(&st->chance, 120));
        if (passed)
            TRY(story_act(st, st->clerk, "pass_on",
                          json_pack("{s:s, s:s}", "to", story_text(st, "passed_to"), "text",
                                    story_text(st, "passed_on"))));
        else
            TRY(story_act(st, st->clerk, "answer", json_pack("{s:s}", "text", st->question)));
    }
    if (!passed && chance_hits(&st->chance, 60)) {
        struct actor party = story_party_of(st);

        story_soon(st);
        TRY(story_act_as(st, &party, "rate",
                         json_pack("{s:i, s:s}", "score", (int)chance_between(&st->chance, 3, 5),
                                   "remark", story_text(st, "rate"))));
    }
    if (chance_hits(&st->chance, 850))
        story_soon(st);
    else
        story_later(st, chance_between(&st->chance, 1, 4));
    return story_act(st, st->clerk, "close", json_object());
}

/* ---- reports ---- */

static enum err_code report_extends(struct story *st)
{
    story_later(st, chance_between(&st->chance, 5, 8));
    TRY(story_handle(st, "extend", story_text_input(st, "reason", "extend")));
    story_later(st, chance_between(&st->chance, 1, 2));
    TRY(story_act(st, st->county->leader, "extend", story_text_input(st, "reason", "extend")));
    story_later(st, chance_between(&st->chance, 6, 13));
    return ERR_OK;
}

enum err_code story_dispute(struct story *st)
{
    story_later(st, 1);
    TRY(story_handle(
        st, "dispute_power",
        json_pack("{s:s, s:s}", "with", "邻县市场监管局", "reason", story_text(st, "dispute"))));
    story_later(st, chance_between(&st->chance, 1, 3));
    return story_handle(
        st, "refer_power",
        json_pack("{s:s, s:s}", "to", "市市场监管局", "reason", story_text(st, "refer")));
}

static enum err_code report_pauses(struct story *st)
{
    story_later(st, chance_between(&st->chance, 2, 5));
    TRY(story_handle(
        st, "pause",
        json_pack("{s:s, s:s}", "reason", "appraisal", "remark", story_text(st, "pause"))));
    story_later(st, chance_between(&st->chance, 6, 12));
    return story_handle(st, "resume", story_text_input(st, "remark", "resume"));
}

enum err_code story_report_ends(struct story *st)
{
    int64_t end = story_must(st, "filed")       ? 0
                  : story_must(st, "not_filed") ? 50
                  : story_must(st, "no_power")  ? 99
                                                : chance_below(&st->chance, 100);

    if (end < 19)
        TRY(story_handle(st, "file", json_object()));
    else if (end < 86)
        TRY(story_handle(st, "not_file", story_text_input(st, "reason", "not_file")));
    else
        TRY(story_handle(st, "no_power", story_text_input(st, "told", "no_power")));
    story_later(st, chance_between(&st->chance, 0, 3));
    if (!st->anonymous) {
        TRY(story_tell_party(st, "reporter"));
        story_later(st, chance_between(&st->chance, 0, 5));
    }
    return story_handle(st, "close", json_object());
}

static enum err_code report(struct story *st)
{
    bool left = story_working_days_ago(st, st->plan->received_at) > 15 &&
                story_working_days_ago(st, st->plan->received_at) < 19 && st->plan->stop == NULL &&
                chance_hits(&st->chance, 70);

    story_later(st, chance_below(&st->chance, 2));
    TRY(story_assign(st, true));
    if (story_must(st, "disputed") || story_must(st, "referred"))
        return story_dispute(st);
    if (story_unverified(st))
        return story_not_verified(st);
    story_later(st, chance_between(&st->chance, 0, 4));
    TRY(story_handle(st, "verify", json_object()));
    if (left || (story_has_second(st->plan) && !st->plan->second))
        return ERR_OK; /* the first of a pair rests until the second has come */
    if (chance_hits(&st->chance, 70))
        TRY(report_extends(st));
    else if (chance_hits(&st->chance, 50))
        TRY(report_pauses(st));
    else
        story_later(st, chance_between(&st->chance, 2, 9));
    return story_report_ends(st);
}

/* ---- the whole ---- */

enum err_code story_tell(struct story *st)
{
    st->chance = chance_of(st->county->seed, 0x57, st->plan->which);
    TRY(file_it(st));
    st->over = story_must(st, st->m.status);
    TRY(story_more(st));
    switch (st->plan->kind) {
    case KIND_COMPLAINT:
        return story_complaint(st);
    case KIND_REPORT:
        return report(st);
    case KIND_ENQUIRY:
        return enquiry(st);
    case KIND_COUNT:
        break;
    }
    return ERR_OK;
}
