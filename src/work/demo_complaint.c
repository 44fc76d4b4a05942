/* How a complaint goes: decision, mediation, what comes after. */
#include <string.h>

#include "work/act_disclosure.h"
#include "work/demo_story.h"

#define HOUR_MS INT64_C(3600000)

/* ---- complaints: before the decision ---- */

/* Complaints that lie too long, so that some are due today and some are late. */
static bool left_lying(struct story *st)
{
    int ago = story_working_days_ago(st, st->plan->received_at);

    if (st->plan->special == SPECIAL_GYM)
        return chance_hits(&st->chance, 550);
    if (st->plan->special == SPECIAL_ENTRUSTED)
        return false;
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
    TRY(story_assign(st, false));
    story_later(st, chance_between(&st->chance, 1, 2));
    TRY(story_handle(
        st, "return",
        json_pack("{s:s, s:s}", "reason", story_text(st, "return"), "code", "not_our_duty")));
    st->handler = right;
    st->branch = branch;
    story_later(st, chance_below(&st->chance, 2));
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
    if (strcmp(ground, "T2") == 0 && json_object_get(st->m.detail, "contacts") == NULL)
        ground = "T3"; /* nobody was called who could have stayed away */
    if (pack_ground(matter_pack(st->op, &st->m), KIND_COMPLAINT, ground) == NULL)
        return "NA3"; /* the rules of its day did not have it yet */
    return json_object_get(texts, ground) == NULL ? "T3" : ground;
}

static json_t *with_ground(struct story *st, const char *list, const char *ground)
{
    const json_t *texts = json_object_get(json_object_get(st->county->stories, "texts"), list);
    const char *form = json_string_value(json_object_get(texts, ground));

    return json_pack("{s:s, s:s}", "ground", ground, "reason",
                     form == NULL ? "" : story_fill(st, form));
}

/* Where the consumer agreed the supervisor looks at it, of the others the handler says why not. */
static enum err_code review_disclosure(struct story *st)
{
    struct workflow_facts f = {0};
    bool looked = !chance_hits(&st->chance, 400);

    disclosure_facts(st->op, &st->m, &f);
    if (!looked && !(f.disclosable && f.disclosure_agreed))
        return ERR_OK; /* there is nothing to decide */
    if (!f.disclosable || !f.disclosure_agreed)
        return story_handle(st, "exempt",
                            json_pack("{s:s}", "cause", f.disclosable ? "no_consent" : "outside"));
    return story_act(st, st->branch->supervisor, "disclose",
                     json_pack("{s:[s, s, s], s:s}", "checked", "privacy", "secret", "facts",
                               "remark", story_text(st, "disclose")));
}

static enum err_code archive(struct story *st)
{
    if (pack_act(matter_pack(st->op, &st->m), "disclose") != NULL)
        TRY(review_disclosure(st));
    if (json_is_object(json_object_get(st->m.detail, "disclosure")) &&
        chance_hits(&st->chance, 150))
        return ERR_OK; /* not yet filed away */
    return story_handle(st, "archive", json_object());
}

static bool in_short(const struct story *st)
{
    return st->county->detail == DEMO_SHORT && st->plan->special == SPECIAL_NONE &&
           st->plan->stop == NULL;
}

static enum err_code follow_and_archive(struct story *st)
{
    struct actor party = story_party_of(st);

    if (in_short(st)) {
        story_later(st, chance_between(&st->chance, 1, 8));
        return archive(st);
    }
    if (chance_hits(&st->chance, 230)) {
        story_later(st, chance_between(&st->chance, 0, 3));
        TRY(story_act_as(
            st, &party, "rate",
            json_pack("{s:i, s:s}", "score",
                      (int)(chance_hits(&st->chance, 780) ? chance_between(&st->chance, 4, 5)
                                                          : chance_between(&st->chance, 1, 3)),
                      "remark", story_text(st, "rate"))));
    }
    if (story_must(st, "followed_up") || chance_hits(&st->chance, 420)) {
        story_later(st, chance_between(&st->chance, 2, 9));
        TRY(story_act(st, st->clerk, "follow_up",
                      json_pack("{s:s, s:i, s:b, s:s}", "result", "reached", "satisfaction",
                                (int)chance_between(&st->chance, 3, 5), "performed", 1, "remark",
                                story_text(st, "follow"))));
    }
    story_later(st, chance_between(&st->chance, 1, 8));
    return archive(st);
}

/* Somebody of the branch who did not propose it. */
static const struct demo_officer *second_of(const struct story *st)
{
    for (size_t i = 0; i < st->branch->n_handlers; i++)
        if (st->branch->handlers[i]->actor.officer_id != st->handler->actor.officer_id)
            return st->branch->handlers[i];
    return st->branch->supervisor;
}

static enum err_code refuse(struct story *st)
{
    const char *ground = story_must(st, "refusal_proposed") ? "NA3" : ground_of(st, "refuse");

    if (strcmp(ground, "NA6") == 0)
        TRY(story_handle(
            st, "record_identity",
            json_pack("{s:s, s:s}", "result", "unwilling", "remark", story_text(st, "identity"))));
    TRY(story_handle(st, "refuse", with_ground(st, "refuse", ground)));
    if (json_object_get(st->m.detail, "proposal") != NULL) {
        if (chance_hits(&st->chance, 600))
            story_soon(st);
        else
            story_later(st, 1);
        TRY(story_act(st, second_of(st), "confirm_refusal",
                      story_text_input(st, "remark", "confirm")));
    }
    if (chance_hits(&st->chance, 750))
        story_soon(st);
    else
        story_later(st, 1);
    TRY(story_tell_party(st, "consumer"));
    return follow_and_archive(st);
}

/* What is another department's to look into. */
static enum err_code hand_over(struct story *st)
{
    story_later(st, chance_between(&st->chance, 0, 1));
    return story_handle(st, "hand_over",
                        json_pack("{s:s, s:s, s:s}", "to", story_text(st, "hand_over_to"), "notice",
                                  story_text(st, "notice"), "reason", story_text(st, "hand_over")));
}

static enum err_code withdraw(struct story *st)
{
    struct actor party = story_party_of(st);

    story_later(st, chance_below(&st->chance, 3));
    TRY(story_act_as(st, &party, "withdraw", story_text_input(st, "reason", "withdraw")));
    story_later(st, chance_between(&st->chance, 0, 4));
    return story_act(st, st->clerk, "archive", json_object());
}

/* ---- complaints: mediation ---- */

static enum err_code contact(struct story *st)
{
    bool consumer = chance_hits(&st->chance, 450);

    return story_handle(st, "contact",
                        json_pack("{s:s, s:s, s:s, s:s}", "party",
                                  consumer ? "consumer" : "business", "channel", "phone", "result",
                                  chance_hits(&st->chance, 850) ? "reached" : "no_answer", "text",
                                  story_text(st, "contact")));
}

static enum err_code offer(struct story *st)
{
    struct actor party = story_party_of(st);
    bool accepted = chance_hits(&st->chance, 600);

    TRY(story_handle(st, "offer",
                     json_pack("{s:s, s:s, s:I}", "party", "business", "terms",
                               story_text(st, "offer"), "amount_fen", (json_int_t)st->small_fen)));
    story_later(st, chance_between(&st->chance, 0, 4));
    return story_act_as(st, &party, accepted ? "accept_offer" : "decline_offer", json_object());
}

static enum err_code test_it(struct story *st)
{
    TRY(story_handle(
        st, "pause",
        json_pack("{s:s, s:s}", "reason", "appraisal", "remark", story_text(st, "pause"))));
    story_days_later(st, chance_between(&st->chance, 9, 24));
    return story_handle(st, "resume", story_text_input(st, "remark", "resume"));
}

static enum err_code settle(struct story *st)
{
    static const char *const forms[] = {"deed", "record", "record", "performed", "performed"};
    int64_t part = chance_between(&st->chance, 30, 100);
    int64_t amount = st->amount_fen * part / 100 / 100 * 100;
    json_t *input = json_pack("{s:s, s:s}", "form", forms[chance_below(&st->chance, 5)], "terms",
                              story_text(st, "settle"));
    char by[DATE_TEXT];

    date_format(story_day_of(st, st->now) + (date_t)chance_between(&st->chance, 2, 14), by);
    if (chance_hits(&st->chance, 780) && amount > 0)
        json_object_set_new(input, "remedies",
                            json_pack("[{s:s, s:I, s:s}]", "kind",
                                      chance_hits(&st->chance, 800) ? "refund" : "compensation",
                                      "amount_fen", (json_int_t)amount, "paid_by", by));
    else
        json_object_set_new(
            input, "remedies",
            json_pack("[{s:s}]", "kind", chance_hits(&st->chance, 500) ? "repair" : "replace"));
    TRY(story_handle(st, "settle", input));
    if (chance_hits(&st->chance, 700))
        story_soon(st);
    else
        story_later(st, chance_between(&st->chance, 1, 4));
    return story_tell_party(st, "consumer");
}

static enum err_code terminate(struct story *st, const char *ground)
{
    TRY(story_handle(st, "terminate", with_ground(st, "terminate", ground)));
    story_later(st, chance_between(&st->chance, 0, 4));
    if (chance_hits(&st->chance, 300)) {
        TRY(story_tell_party(st, "business"));
        story_later(st, 0);
        return story_tell_party(st, "consumer");
    }
    return story_tell_party(st, "both");
}

static enum err_code reopen(struct story *st)
{
    story_later(st, chance_between(&st->chance, 3, 9));
    TRY(story_act(st, st->branch->supervisor, "reopen", story_text_input(st, "reason", "reopen")));
    story_later(st, chance_between(&st->chance, 3, 9));
    TRY(settle(st));
    return follow_and_archive(st);
}

/* The term passed and nothing was agreed. */
static enum err_code out_of_time(struct story *st)
{
    const struct matter_clock *term = matter_clock(&st->m, "D2");
    date_t day;

    if (st->over)
        return ERR_OK;
    if (term == NULL || term->state != CLOCK_RUNNING) {
        story_days_later(st, 30);
        return terminate(st, "T3");
    }
    day = calendar_add_working_days(st->op->setup->calendar, term->due, 1);
    st->now = story_office_time(st, day);
    return terminate(st, "T5");
}

static enum err_code hold_talks(struct story *st)
{
    story_later(st, chance_between(&st->chance, 1, 6));
    if (chance_hits(&st->chance, 550))
        TRY(contact(st));
    TRY(story_handle(st, "consent",
                     json_pack("{s:s, s:s, s:s, s:s}", "party", "both", "answer", "agrees", "about",
                               "mediation", "channel", "phone")));
    story_later(st, chance_between(&st->chance, 0, 4));
    TRY(story_handle(st, "mediate",
                     json_pack("{s:s, s:s}", "place", st->branch->name, "mode",
                               chance_hits(&st->chance, 450) ? "phone" : "on_site")));
    if (story_must(st, "paused") || chance_hits(&st->chance, 45)) {
        story_later(st, chance_between(&st->chance, 1, 4));
        TRY(test_it(st));
    }
    if (chance_hits(&st->chance, 160)) {
        story_later(st, chance_between(&st->chance, 1, 4));
        TRY(offer(st));
    }
    if (chance_hits(&st->chance, 110)) {
        story_later(st, chance_between(&st->chance, 0, 3));
        TRY(story_handle(st, "note", story_text_input(st, "text", "note")));
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
        TRY(story_handle(st, "spawn_report",
                         json_pack("{s:s, s:s}", "facts", story_text(st, "spawn"), "violation",
                                   "product_quality")));
    how = story_must(st, "terminated") ? 100
          : st->plan->stop != NULL     ? 500
                                       : chance_below(&st->chance, 1000);
    if (how < 20) {
        TRY(out_of_time(st));
        return follow_and_archive(st);
    }
    if (how < 50) {
        struct actor party = story_party_of(st);

        story_days_later(st, chance_between(&st->chance, 2, 12));
        TRY(story_act_as(st, &party, "withdraw", story_text_input(st, "reason", "withdraw")));
        story_later(st, chance_between(&st->chance, 0, 4));
        TRY(story_tell_party(st, "both"));
        return follow_and_archive(st);
    }
    story_days_later(st, chance_between(&st->chance, 1, 26));
    if (how < 360)
        TRY(terminate(st, ground_of(st, "terminate")));
    else
        TRY(settle(st));
    if (how > 990 && !json_is_true(json_object_get(st->m.detail, "performed")))
        return reopen(st);
    return follow_and_archive(st);
}

/* Another body mediates in the name of this one, which takes it back to end it. */
static enum err_code entrust(struct story *st)
{
    bool agreed = chance_hits(&st->chance, 750);

    story_later(st, chance_between(&st->chance, 1, 3));
    TRY(story_handle(st, "consent",
                     json_pack("{s:s, s:s, s:s, s:s, s:s}", "party", "both", "answer", "agrees",
                               "about", "entrusting", "mediator", story_text(st, "mediators"),
                               "channel", "phone")));
    story_later(st, chance_between(&st->chance, 0, 2));
    TRY(story_handle(st, "entrust", story_text_input(st, "scope", "scope")));
    if (st->plan->member % 2 == 0 && st->plan->member < 6)
        return ERR_OK; /* they are still talking */
    story_days_later(st, chance_between(&st->chance, 6, 24));
    TRY(story_handle(st, "take_back",
                     json_pack("{s:s, s:s}", "result", agreed ? "agreed" : "not_agreed", "remark",
                               story_text(st, agreed ? "agreed" : "not_agreed"))));
    story_later(st, chance_between(&st->chance, 0, 2));
    if (agreed)
        TRY(settle(st));
    else
        TRY(terminate(st, "T3"));
    return follow_and_archive(st);
}

/* Settled or ended by the officer without talks of which each is told; half of them at once. */
static enum err_code decide_short(struct story *st)
{
    if (chance_hits(&st->chance, 500)) {
        story_soon(st);
    } else {
        story_soon(st);
        TRY(story_tell_party(st, "consumer"));
        story_days_later(st, chance_between(&st->chance, 5, 45));
    }
    if (chance_hits(&st->chance, 330))
        TRY(terminate(st, ground_of(st, "terminate")));
    else
        TRY(settle(st));
    return follow_and_archive(st);
}

static enum err_code accept(struct story *st)
{
    int64_t accepted_at = st->now;

    TRY(story_handle(st, "accept", json_object()));
    if (in_short(st))
        return decide_short(st);
    if (chance_hits(&st->chance, 780))
        story_soon(st);
    else
        story_later(st, 1);
    TRY(story_tell_party(st, "consumer"));
    if (st->plan->special == SPECIAL_SCHOOL)
        return ERR_OK; /* decided with the others of its group */
    if (st->plan->special == SPECIAL_ENTRUSTED)
        return entrust(st);
    return mediate(st, accepted_at);
}

enum err_code story_complaint(struct story *st)
{
    bool left = left_lying(st);
    int64_t days = st->plan->special == SPECIAL_SCHOOL      ? 3
                   : st->plan->special == SPECIAL_ENTRUSTED ? chance_between(&st->chance, 1, 4)
                                                            : days_to_decide(st);

    story_later(st, chance_hits(&st->chance, 870) ? 0 : 1);
    TRY(story_identify(st));
    if (story_must(st, "returned") || (st->plan->special == SPECIAL_NONE &&
                                       st->plan->stop == NULL && chance_hits(&st->chance, 25)))
        TRY(goes_back(st));
    if (story_must(st, "withdrawn") ||
        (st->plan->special == SPECIAL_NONE && st->plan->stop == NULL &&
         chance_hits(&st->chance, in_short(st) ? 400 : 30)))
        return withdraw(st);
    TRY(story_assign(st, chance_hits(&st->chance, 760)));
    if (story_must(st, "disputed") || story_must(st, "referred"))
        return story_dispute(st);
    if (story_must(st, "handed_over"))
        return hand_over(st);
    if (left) {
        if (story_working_days_ago(st, st->plan->received_at) > 7) {
            story_later(st, 7);
            return story_act(st, st->branch->supervisor, "urge",
                             story_text_input(st, "text", "urge"));
        }
        return ERR_OK;
    }
    if (chance_hits(&st->chance, 60)) {
        struct actor party = story_party_of(st);

        story_soon(st);
        TRY(story_act_as(st, &party, "supplement", story_text_input(st, "text", "supplement")));
    }
    story_later(st, days);
    if (story_must(st, "refused") || story_must(st, "refusal_proposed") ||
        chance_hits(&st->chance, st->plan->special == SPECIAL_CLAIMER ? 850
                                 : st->plan->special != SPECIAL_NONE || st->plan->stop != NULL
                                     ? 0
                                     : 150))
        return refuse(st);
    return accept(st);
}
