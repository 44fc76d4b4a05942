/* The businesses of the sample county: registered before the year begins, some twice and merged, a
 * few closed or not to be reached when it ends. */
#include <string.h>

#include "rules/identifiers.h"
#include "work/acts.h"
#include "work/business.h"
#include "work/demo_story.h"

#define PER_SET 32
#define REGISTERED_BEFORE 400 /* days before the last day told */
#define TWICE_EVERY 89        /* one in so many was registered twice */
#define CLOSED_EVERY 71
#define CONTACTS_FROM 9000000 /* persons beyond those who file */

static const char *industry_of(const struct county *c, size_t category)
{
    const json_t *cats = json_object_get(c->stories, "categories");
    const char *code = json_string_value(json_object_get(json_array_get(cats, category), "code"));

    return json_string_value(json_object_get(json_object_get(c->county, "industries"), code));
}

/* A code that passes the check, of nobody: the county does not exist. */
static const char *invented_code(struct op *op, size_t n)
{
    static const char signs[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    for (const char *last = signs; *last != '\0'; last++) {
        char *code = arena_printf(op->arena, "92420202MA%07zu%c", n + 4100, *last);

        if (code == NULL || uscc_check(code).fault == ID_OK)
            return code;
    }
    return NULL;
}

static json_t *draft_of(struct op *op, const struct county *c, const struct business *b, size_t n)
{
    struct chance chance = chance_of(c->seed, 0xb1e, n);
    json_t *input = json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "name", b->name, "address", b->address,
                              "division", "420202", "industry", industry_of(c, b->category), "uscc",
                              chance_hits(&chance, 850) ? invented_code(op, n) : NULL);

    if (chance_hits(&chance, 220))
        json_object_set_new(input, "aliases", json_pack("[o]", json_sprintf("安澜%s", b->name)));
    if (chance_hits(&chance, 400))
        json_object_set_new(input, "contact", county_person(c, CONTACTS_FROM + n));
    return input;
}

static enum err_code register_one(struct op *op, struct changes *ch, json_t *input, int64_t *ret_id)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp) json_t *owned = input;

    TRY(business_register_into(op, ch, owned, op->now_ms, &r));
    *ret_id = r.id;
    return ERR_OK;
}

/* The same shop, written down a second time under a longer name, then merged by a supervisor. */
static enum err_code merge_second(struct op *op, const struct county *c, const struct business *b)
{
    CLEANUP(record_release) struct record survivor = {0};
    CLEANUP(json_decrefp) json_t *input = NULL;
    struct changes *ch = changes_new(op);
    int64_t second;

    TRY(register_one(op, ch,
                     json_pack("{s:o, s:s}", "name", json_sprintf("%s（个体工商户）", b->name),
                               "address", b->address),
                     &second));
    TRY(county_apply(op, ch));
    op->actor = c->supervisor->actor;
    input = json_pack("{s:I, s:s}", "into", (json_int_t)b->id, "reason", "同一家店，登记了两次");
    return business_merge(op, second, input, ANY_VERSION, &survivor);
}

enum err_code county_register(struct op *op, struct county *c, date_t until)
{
    size_t n = c->n_businesses + 2; /* gym and school are the last */

    op->now_ms = instant_of_date(until - REGISTERED_BEFORE, op->zone_min);
    for (size_t from = 0; from < n; from += PER_SET) {
        struct changes *ch = changes_new(op);

        for (size_t i = from; i < n && i < from + PER_SET; i++) {
            struct business *b = i < c->n_businesses    ? &c->businesses[i]
                                 : i == c->n_businesses ? &c->gym
                                                        : &c->school;

            op->actor = c->intake[i % 2]->actor;
            op->now_ms += 137000;
            TRY(register_one(op, ch, draft_of(op, c, b, i), &b->id));
        }
        TRY(county_apply(op, ch));
    }
    for (size_t i = 0; i < c->n_businesses; i += TWICE_EVERY) {
        op->actor = c->intake[0]->actor;
        op->now_ms += 60000;
        TRY(merge_second(op, c, &c->businesses[i]));
    }
    return ERR_OK;
}

static enum err_code mark(struct op *op, const struct demo_officer *by, const struct business *b,
                          const char *status, const char *reason)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(json_decrefp)
    json_t *input = json_pack("{s:s, s:s}", "status", status, "reason", reason);

    op->actor = by->actor;
    return business_act(op, b->id, "mark", input, ANY_VERSION, &r);
}

enum err_code county_close(struct op *op, const struct county *c, int64_t end_ms)
{
    const struct demo_branch *branch = &c->branches[c->gym.branch];

    op->now_ms = end_ms;
    TRY(mark(op, branch->handlers[0], &c->gym, "unreachable", "门店已关，电话无人接听"));
    for (size_t i = 7; i < c->n_businesses; i += CLOSED_EVERY)
        TRY(mark(op, c->branches[c->businesses[i].branch].handlers[0], &c->businesses[i], "closed",
                 "现场查看，已经停业"));
    return ERR_OK;
}

/* ---- in a story: by chance of its own, so that the rest of the story is what it was ---- */

void story_confirm(struct story *st, json_t *filing, bool officer)
{
    struct chance own = chance_of(st->county->seed, 0xb1d, st->plan->which);

    st->confirms = st->business != NULL && st->business->id != 0 &&
                   st->plan->kind != KIND_ENQUIRY && chance_hits(&own, 880);
    if (!officer || !st->confirms)
        return;
    json_object_set_new(filing, "business", json_integer(st->business->id));
    st->confirms = false;
    if (st->plan->special == SPECIAL_CLAIMER && chance_hits(&own, 300))
        json_object_set_new(filing, "duplicate", json_pack("{s:s}", "choice", "new"));
}

enum err_code story_identify(struct story *st)
{
    if (!st->confirms)
        return ERR_OK;
    return story_act(st, st->clerk, "identify",
                     json_pack("{s:I}", "business", (json_int_t)st->business->id));
}
