/* One matter from its receipt to where it stands on the last day told: who does which act when.
 *
 * Times move on in working hours; the first act that would lie behind the last moment is not done,
 * so the queues of that moment come out by themselves. A few matters are left lying, so that some
 * are due today and some are late. */
#include <string.h>

#include "work/acts.h"
#include "work/demo_internal.h"
#include "work/filing.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

static const struct actor system_actor = {.kind = ACTOR_SYSTEM, .body_path = "/"};

/* ---- time ---- */

static date_t day_of(const struct story *st, int64_t ms)
{
    return date_of_instant(ms, st->op->zone_min);
}

/* Some time of the working day, after now. */
static int64_t office_time(struct story *st, date_t day)
{
    int64_t minutes = chance_between(&st->chance, 0, 445);
    int64_t at = instant_of_date(day, st->op->zone_min) + 9 * HOUR_MS + minutes * MINUTE_MS +
                 chance_below(&st->chance, 60) * 1000;

    return at > st->now ? at : st->now + chance_between(&st->chance, 3, 25) * MINUTE_MS;
}

/* Moves on to the nth working day from now; 0: today if the office is still open. */
static void later(struct story *st, int64_t working_days)
{
    const struct calendar *cal = st->op->setup->calendar;
    date_t today = day_of(st, st->now);
    int64_t minute = (st->now - instant_of_date(today, st->op->zone_min)) / MINUTE_MS;

    if (working_days == 0 && calendar_is_working(cal, today) && minute < 16 * 60) {
        st->now += minute < 9 * 60
                       ? (9 * 60 - minute + chance_between(&st->chance, 1, 60)) * MINUTE_MS
                       : chance_between(&st->chance, 12, 80) * MINUTE_MS;
        return;
    }
    st->now = office_time(
        st, calendar_add_working_days(cal, today, working_days < 1 ? 1 : (int)working_days));
}

static void soon(struct story *st)
{
    st->now += chance_between(&st->chance, 2, 9) * MINUTE_MS + chance_below(&st->chance, 60) * 1000;
}

/* The next working day on or after this many days. */
static void days_later(struct story *st, int64_t days)
{
    date_t day = day_of(st, st->now) + (date_t)days;

    while (!calendar_is_working(st->op->setup->calendar, day))
        day++;
    st->now = office_time(st, day);
}

static int working_days_ago(const struct story *st, int64_t ms)
{
    return calendar_working_days_between(st->op->setup->calendar, day_of(st, ms),
                                         day_of(st, st->end_ms));
}

/* ---- acts ---- */

static struct actor party_of(const struct story *st)
{
    return (struct actor){.kind = ACTOR_PARTY, .body_path = "", .party_matter = st->m.id};
}

static enum err_code act_as(struct story *st, const struct actor *actor, const char *act,
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
    if (st->stop != NULL && strcmp(st->m.status, st->stop) == 0)
        st->over = true;
    return ERR_OK;
}

static enum err_code act(struct story *st, const struct demo_officer *officer, const char *name,
                         json_t *input)
{
    return act_as(st, &officer->actor, name, input);
}

static enum err_code handle(struct story *st, const char *name, json_t *input)
{
    return act(st, st->handler, name, input);
}

static json_t *text_input(struct story *st, const char *field, const char *list)
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

    st->now = st->plan->received_at;
    filing = story_filing(st);
    choose_people(st);
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
            soon(st); /* it takes a while to write down */
    }
    if (st->now > st->end_ms)
        st->now = st->end_ms;
    op->now_ms = st->now;
    if (st->plan->kind == KIND_ENQUIRY && source->by == ACTOR_OFFICER &&
        chance_hits(&st->chance, 880))
        json_object_set_new(filing, "answer", json_string(st->question));
    if (st->plan->kind == KIND_COMPLAINT && st->plan->special == SPECIAL_NONE &&
        working_days_ago(st, st->now) < 10 && chance_hits(&st->chance, 20))
        json_object_set_new(filing, "also_report",
                            json_pack("{s:s, s:s, s:b}", "facts", story_text(st, "spawn"),
                                      "violation", "product_quality", "anonymous", 1));
    TRY(matter_receive_into(op, st->changes, filing, &st->m, &receipt));
    st->acts++;
    return ERR_OK;
}

static const char *body_of_handler(const struct story *st)
{
    return st->handler == st->branch->keeper ? st->branch->station : st->branch->code;
}

static enum err_code assign(struct story *st, bool named)
{
    json_t *input = json_pack("{s:s}", "body", body_of_handler(st));

    if (named)
        json_object_set_new(input, "officer", json_integer(st->handler->actor.officer_id));
    return act(st, st->clerk, "assign", input);
}

static enum err_code tell(struct story *st, const char *party)
{
    static const char *const channels[] = {"phone", "phone", "sms", "sms", "sms", "letter"};

    return handle(st, "tell",
                  json_pack("{s:s, s:s, s:s}", "party", party, "channel",
                            channels[chance_below(&st->chance, 6)], "proof",
                            story_text(st, "proof")));
}

/* Whether the story has to pass this state because it is to stop there. */
static bool must(const struct story *st, const char *state)
{
    return st->stop != NULL && strcmp(st->stop, state) == 0;
}

/* ---- enquiries ---- */

static enum err_code enquiry(struct story *st)
{
    if (strcmp(st->m.status, "registered") == 0) {
        later(st, chance_below(&st->chance, 3));
        TRY(act(st, st->clerk, "answer", json_pack("{s:s}", "text", st->question)));
    }
    if (chance_hits(&st->chance, 60)) {
        struct actor party = party_of(st);

        soon(st);
        TRY(act_as(st, &party, "rate",
                   json_pack("{s:i, s:s}", "score", (int)chance_between(&st->chance, 3, 5),
                             "remark", story_text(st, "rate"))));
    }
    if (chance_hits(&st->chance, 850))
        soon(st);
    else
        later(st, chance_between(&st->chance, 1, 4));
    return act(st, st->clerk, "close", json_object());
}

/* ---- reports ---- */

static enum err_code report_extends(struct story *st)
{
    later(st, chance_between(&st->chance, 5, 8));
    TRY(handle(st, "extend", text_input(st, "reason", "extend")));
    later(st, chance_between(&st->chance, 1, 2));
    TRY(act(st, st->county->leader, "extend", text_input(st, "reason", "extend")));
    later(st, chance_between(&st->chance, 6, 13));
    return ERR_OK;
}

static enum err_code report_pauses(struct story *st)
{
    later(st, chance_between(&st->chance, 2, 5));
    TRY(handle(st, "pause",
               json_pack("{s:s, s:s}", "reason", "appraisal", "remark", story_text(st, "pause"))));
    later(st, chance_between(&st->chance, 6, 12));
    return handle(st, "resume", text_input(st, "remark", "resume"));
}

static enum err_code report(struct story *st)
{
    int64_t end;
    bool left = working_days_ago(st, st->plan->received_at) > 15 &&
                working_days_ago(st, st->plan->received_at) < 19 && chance_hits(&st->chance, 70);

    later(st, chance_below(&st->chance, 2));
    TRY(assign(st, true));
    later(st, chance_between(&st->chance, 0, 4));
    TRY(handle(st, "verify", json_object()));
    if (left)
        return ERR_OK;
    if (chance_hits(&st->chance, 70))
        TRY(report_extends(st));
    else if (chance_hits(&st->chance, 50))
        TRY(report_pauses(st));
    else
        later(st, chance_between(&st->chance, 2, 9));
    end = must(st, "filed") ? 0 : must(st, "no_power") ? 99 : chance_below(&st->chance, 100);
    if (end < 19)
        TRY(handle(st, "file", json_object()));
    else if (end < 86)
        TRY(handle(st, "not_file", text_input(st, "reason", "not_file")));
    else
        TRY(handle(st, "no_power", text_input(st, "told", "no_power")));
    later(st, chance_between(&st->chance, 0, 3));
    if (!st->anonymous) {
        TRY(tell(st, "reporter"));
        later(st, chance_between(&st->chance, 0, 5));
    }
    return handle(st, "close", json_object());
}

/* ---- complaints: before the decision ---- */

/* Complaints that lie too long, so that some are due today and some are late. */
static bool left_lying(struct story *st)
{
    int ago = working_days_ago(st, st->plan->received_at);

    if (st->plan->special == SPECIAL_GYM)
        return chance_hits(&st->chance, 550);
    if (ago >= 8 && ago <= 11)
        return chance_hits(&st->chance, 25);
    return ago >= 6 && ago <= 7 && chance_hits(&st->chance, 90);
}

static enum err_code goes_back(struct story *st)
{
    const struct demo_officer *right = st->handler;
    const struct demo_branch *branch = st->branch;

    st->branch = &st->county->branches[chance_below(&st->chance, (int64_t)st->county->n_branches)];
    st->handler = st->branch->handlers[0];
    TRY(assign(st, false));
    later(st, chance_between(&st->chance, 1, 2));
    TRY(handle(
        st, "return",
        json_pack("{s:s, s:s}", "reason", story_text(st, "return"), "code", "not_our_duty")));
    st->handler = right;
    st->branch = branch;
    later(st, chance_below(&st->chance, 2));
    return ERR_OK;
}

static int64_t days_to_decide(struct story *st)
{
    static const int shares[] = {210, 310, 200, 120, 70, 40, 25}; /* of a thousand; the rest late */
    int64_t at = chance_below(&st->chance, 1000);

    for (int i = 0; i < 7; i++)
        if ((at -= shares[i]) < 0)
            return i;
    return chance_between(&st->chance, 8, 10);
}

static const char *ground_of(struct story *st, const char *list)
{
    const json_t *texts = json_object_get(json_object_get(st->county->stories, "texts"), list);
    static const char *const refuse[] = {"NA1", "NA1", "NA2", "NA3", "NA3",
                                         "NA4", "NA5", "NA5", "NA6"};
    static const char *const end[] = {"T3", "T3", "T3", "T3", "T2", "T2", "T2", "T4", "T6", "T8"};
    const char *ground = strcmp(list, "refuse") == 0 ? refuse[chance_below(&st->chance, 9)]
                                                     : end[chance_below(&st->chance, 10)];

    if (st->plan->special == SPECIAL_CLAIMER && strcmp(list, "refuse") == 0)
        ground = "NA3";
    return json_object_get(texts, ground) == NULL ? "T3" : ground;
}

static json_t *with_ground(struct story *st, const char *list, const char *ground)
{
    const json_t *texts = json_object_get(json_object_get(st->county->stories, "texts"), list);
    const char *form = json_string_value(json_object_get(texts, ground));

    return json_pack("{s:s, s:s}", "ground", ground, "reason",
                     form == NULL ? "" : story_fill(st, form));
}

static enum err_code follow_and_archive(struct story *st)
{
    struct actor party = party_of(st);

    if (chance_hits(&st->chance, 230)) {
        later(st, chance_between(&st->chance, 0, 3));
        TRY(act_as(
            st, &party, "rate",
            json_pack("{s:i, s:s}", "score",
                      (int)(chance_hits(&st->chance, 780) ? chance_between(&st->chance, 4, 5)
                                                          : chance_between(&st->chance, 1, 3)),
                      "remark", story_text(st, "rate"))));
    }
    if (chance_hits(&st->chance, 420)) {
        later(st, chance_between(&st->chance, 2, 9));
        TRY(act(st, st->clerk, "follow_up",
                json_pack("{s:s, s:i, s:b, s:s}", "result", "reached", "satisfaction",
                          (int)chance_between(&st->chance, 3, 5), "performed", 1, "remark",
                          story_text(st, "follow"))));
    }
    later(st, chance_between(&st->chance, 1, 8));
    return handle(st, "archive", json_object());
}

static enum err_code refuse(struct story *st)
{
    TRY(handle(st, "refuse", with_ground(st, "refuse", ground_of(st, "refuse"))));
    if (chance_hits(&st->chance, 750))
        soon(st);
    else
        later(st, 1);
    TRY(tell(st, "consumer"));
    return follow_and_archive(st);
}

static enum err_code withdraw(struct story *st)
{
    struct actor party = party_of(st);

    later(st, chance_below(&st->chance, 3));
    TRY(act_as(st, &party, "withdraw", text_input(st, "reason", "withdraw")));
    later(st, chance_between(&st->chance, 0, 4));
    return act(st, st->clerk, "archive", json_object());
}

/* ---- complaints: mediation ---- */

static enum err_code contact(struct story *st)
{
    bool consumer = chance_hits(&st->chance, 450);

    return handle(st, "contact",
                  json_pack("{s:s, s:s, s:s, s:s}", "party", consumer ? "consumer" : "business",
                            "channel", "phone", "result",
                            chance_hits(&st->chance, 850) ? "reached" : "no_answer", "text",
                            story_text(st, "contact")));
}

static enum err_code offer(struct story *st)
{
    struct actor party = party_of(st);
    bool accepted = chance_hits(&st->chance, 600);

    TRY(handle(st, "offer",
               json_pack("{s:s, s:s, s:I}", "party", "business", "terms", story_text(st, "offer"),
                         "amount_fen", (json_int_t)st->small_fen)));
    later(st, chance_between(&st->chance, 0, 4));
    return act_as(st, &party, accepted ? "accept_offer" : "decline_offer", json_object());
}

static enum err_code test_it(struct story *st)
{
    TRY(handle(st, "pause",
               json_pack("{s:s, s:s}", "reason", "appraisal", "remark", story_text(st, "pause"))));
    days_later(st, chance_between(&st->chance, 9, 24));
    return handle(st, "resume", text_input(st, "remark", "resume"));
}

static enum err_code settle(struct story *st)
{
    static const char *const forms[] = {"deed", "record", "record", "performed", "performed"};
    int64_t part = chance_between(&st->chance, 30, 100);
    int64_t amount = st->amount_fen * part / 100 / 100 * 100;
    json_t *input = json_pack("{s:s, s:s}", "form", forms[chance_below(&st->chance, 5)], "terms",
                              story_text(st, "settle"));
    char by[DATE_TEXT];

    date_format(day_of(st, st->now) + (date_t)chance_between(&st->chance, 2, 14), by);
    if (chance_hits(&st->chance, 780) && amount > 0)
        json_object_set_new(input, "remedies",
                            json_pack("[{s:s, s:I, s:s}]", "kind",
                                      chance_hits(&st->chance, 800) ? "refund" : "compensation",
                                      "amount_fen", (json_int_t)amount, "paid_by", by));
    else
        json_object_set_new(
            input, "remedies",
            json_pack("[{s:s}]", "kind", chance_hits(&st->chance, 500) ? "repair" : "replace"));
    TRY(handle(st, "settle", input));
    if (chance_hits(&st->chance, 700))
        soon(st);
    else
        later(st, chance_between(&st->chance, 1, 4));
    return tell(st, "consumer");
}

static enum err_code terminate(struct story *st, const char *ground)
{
    TRY(handle(st, "terminate", with_ground(st, "terminate", ground)));
    later(st, chance_between(&st->chance, 0, 4));
    if (chance_hits(&st->chance, 300)) {
        TRY(tell(st, "business"));
        later(st, 0);
        return tell(st, "consumer");
    }
    return tell(st, "both");
}

static enum err_code reopen(struct story *st)
{
    later(st, chance_between(&st->chance, 3, 9));
    TRY(act(st, st->branch->supervisor, "reopen", text_input(st, "reason", "reopen")));
    later(st, chance_between(&st->chance, 3, 9));
    TRY(settle(st));
    return follow_and_archive(st);
}

/* The sixty days passed and nothing was agreed. Before the present rule there was no such ground
 * with a clock here, so the parties say that they cannot agree. */
static enum err_code out_of_time(struct story *st)
{
    const struct matter_clock *term = matter_clock(&st->m, "D2");
    date_t day;

    if (st->over)
        return ERR_OK;
    if (term == NULL || term->state != CLOCK_RUNNING) {
        days_later(st, 30);
        return terminate(st, "T3");
    }
    day = calendar_add_working_days(st->op->setup->calendar, term->due, 1);
    st->now = office_time(st, day);
    return terminate(st, "T5");
}

static enum err_code hold_talks(struct story *st)
{
    later(st, chance_between(&st->chance, 1, 6));
    if (chance_hits(&st->chance, 550))
        TRY(contact(st));
    later(st, chance_between(&st->chance, 0, 4));
    TRY(handle(st, "mediate",
               json_pack("{s:s, s:s}", "place", st->branch->name, "mode",
                         chance_hits(&st->chance, 450) ? "phone" : "on_site")));
    if (must(st, "paused") || chance_hits(&st->chance, 45)) {
        later(st, chance_between(&st->chance, 1, 4));
        TRY(test_it(st));
    }
    if (chance_hits(&st->chance, 160)) {
        later(st, chance_between(&st->chance, 1, 4));
        TRY(offer(st));
    }
    if (chance_hits(&st->chance, 110)) {
        later(st, chance_between(&st->chance, 0, 3));
        TRY(handle(st, "note", text_input(st, "text", "note")));
    }
    return ERR_OK;
}

static enum err_code mediate(struct story *st, int64_t accepted_at)
{
    int64_t since = (st->end_ms - accepted_at) / (24 * HOUR_MS);
    int64_t how;

    TRY(hold_talks(st));
    if (since >= 59 && since <= 66 && chance_hits(&st->chance, 45))
        return ERR_OK; /* left lying: late, or due today */
    if (since < 15 && chance_hits(&st->chance, 30))
        TRY(handle(st, "spawn_report",
                   json_pack("{s:s, s:s}", "facts", story_text(st, "spawn"), "violation",
                             "product_quality")));
    how = chance_below(&st->chance, 1000);
    if (how < 20) {
        TRY(out_of_time(st));
        return follow_and_archive(st);
    }
    if (how < 50) {
        struct actor party = party_of(st);

        days_later(st, chance_between(&st->chance, 2, 12));
        TRY(act_as(st, &party, "withdraw", text_input(st, "reason", "withdraw")));
        later(st, chance_between(&st->chance, 0, 4));
        TRY(tell(st, "both"));
        return follow_and_archive(st);
    }
    days_later(st, chance_between(&st->chance, 1, 26));
    if (how < 360)
        TRY(terminate(st, ground_of(st, "terminate")));
    else
        TRY(settle(st));
    if (how > 990 && !json_is_true(json_object_get(st->m.detail, "performed")))
        return reopen(st);
    return follow_and_archive(st);
}

static enum err_code accept(struct story *st)
{
    int64_t accepted_at = st->now;

    TRY(handle(st, "accept", json_object()));
    if (chance_hits(&st->chance, 780))
        soon(st);
    else
        later(st, 1);
    TRY(tell(st, "consumer"));
    return mediate(st, accepted_at);
}

static enum err_code complaint(struct story *st)
{
    bool left = left_lying(st);
    int64_t days = days_to_decide(st);

    later(st, chance_hits(&st->chance, 870) ? 0 : 1);
    if (must(st, "returned") || (st->plan->special == SPECIAL_NONE && chance_hits(&st->chance, 25)))
        TRY(goes_back(st));
    if (must(st, "withdrawn") ||
        (st->plan->special == SPECIAL_NONE && chance_hits(&st->chance, 30)))
        return withdraw(st);
    TRY(assign(st, chance_hits(&st->chance, 760)));
    if (left) {
        if (working_days_ago(st, st->plan->received_at) > 7) {
            later(st, 7);
            return act(st, st->branch->supervisor, "urge", text_input(st, "text", "urge"));
        }
        return ERR_OK;
    }
    if (chance_hits(&st->chance, 60)) {
        struct actor party = party_of(st);

        soon(st);
        TRY(act_as(st, &party, "supplement", text_input(st, "text", "supplement")));
    }
    later(st, days);
    if (must(st, "refused") || chance_hits(&st->chance, st->plan->special == SPECIAL_CLAIMER ? 850
                                                        : st->plan->special == SPECIAL_GYM   ? 0
                                                                                             : 150))
        return refuse(st);
    return accept(st);
}

/* ---- the whole ---- */

/* In the last weeks a few matters stop at a state that others pass in minutes, so that every state
 * of the pack can be seen; each at an age at which it is to be expected. */
static const char *stop_of(const struct story *st)
{
    static const char *const young[] = {"returned", "withdrawn", "registered", "refused",
                                        "accepted"};
    static const char *const old[] = {"settled", "terminated", "told", "followed_up", "paused"};
    static const char *const reports[] = {"filed", "not_filed", "no_power", "told"};
    int ago = working_days_ago(st, st->plan->received_at);
    uint64_t which = st->plan->which / 8;

    if (st->plan->special != SPECIAL_NONE || ago > 25 || st->plan->which % 8 != 0)
        return NULL;
    if (st->plan->kind == KIND_COMPLAINT)
        return ago < 6 ? young[which % 5] : ago > 11 ? old[which % 5] : NULL;
    if (st->plan->kind == KIND_REPORT)
        return ago < 3 ? "registered" : ago > 9 ? reports[which % 4] : NULL;
    return NULL;
}

enum err_code story_tell(struct story *st)
{
    st->chance = chance_of(st->county->seed, 0x57, st->plan->which);
    st->stop = stop_of(st);
    TRY(file_it(st));
    st->over = must(st, st->m.status);
    switch (st->plan->kind) {
    case KIND_COMPLAINT:
        return complaint(st);
    case KIND_REPORT:
        return report(st);
    case KIND_ENQUIRY:
        return enquiry(st);
    case KIND_COUNT:
        break;
    }
    return ERR_OK;
}
