/* Reports that are not verified: a repeat of an earlier one, one with new facts to an earlier one,
 * one on food that is another department's. A second report names the first, which has to be in the
 * store by then: so they are told after the year, and the firsts rest at their verification until
 * then. */
#include "work/demo_story.h"

struct demo_first *story_first(const struct county *c, const struct plan *plan)
{
    return &c->firsts[(plan->special == SPECIAL_MERGED ? PAIRS_MAX : 0) + plan->member];
}

bool story_has_second(const struct plan *plan)
{
    return plan->special == SPECIAL_AGAIN || plan->special == SPECIAL_MERGED;
}

/* ---- what becomes of the report itself ---- */

static const char *act_of(const struct story *st)
{
    return st->plan->special == SPECIAL_HANDED  ? "hand_over"
           : st->plan->special == SPECIAL_AGAIN ? "not_again"
                                                : "merge_report";
}

/* The rules of its day may not have the act yet; then it is verified as any other. */
bool story_unverified(const struct story *st)
{
    return (st->plan->special == SPECIAL_HANDED || st->plan->second) &&
           pack_act(matter_pack(st->op, &st->m), act_of(st)) != NULL;
}

static json_t *input_of(struct story *st)
{
    const char *act = act_of(st);

    if (st->plan->special == SPECIAL_HANDED)
        return json_pack("{s:s, s:s, s:s}", "to", story_text(st, "hand_over_to"), "notice",
                         story_text(st, "notice"), "reason", story_text(st, act));
    return json_pack("{s:s, s:s}", "number", story_first(st->county, st->plan)->number, "reason",
                     story_text(st, act));
}

enum err_code story_not_verified(struct story *st)
{
    story_later(st, chance_between(&st->chance, 0, 2));
    TRY(story_handle(st, act_of(st), input_of(st)));
    if (st->plan->member == 0)
        return ERR_OK; /* the last one is still to be told and closed */
    story_later(st, chance_between(&st->chance, 0, 2));
    TRY(story_tell_party(st, "reporter"));
    story_later(st, chance_between(&st->chance, 0, 3));
    return story_handle(st, "close", json_object());
}

/* ---- the second ones, after the year ---- */

static enum err_code tell_second(struct op *op, struct story *st)
{
    CLEANUP(matter_release) struct matter none = {0};
    enum err_code rc;

    st->changes = changes_new(op);
    rc = story_tell(st);
    if (rc == ERR_OK) {
        matter_save(op, st->changes, NULL, &st->m);
        rc = county_apply(op, st->changes);
    }
    matter_release(&st->m);
    st->m = none;
    return rc;
}

/* The first is decided once the second was. */
static enum err_code go_on(struct op *op, const struct demo_first *f, const struct story *second)
{
    CLEANUP(matter_release) struct matter before = {0};
    struct story *st = arena_alloc(op->arena, sizeof *st);
    enum err_code rc;

    if (st == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a matter");
    *st = f->told;
    st->op = op;
    st->acts = 0;
    st->over = false;
    st->now = st->now > second->now ? st->now : second->now;
    st->changes = changes_new(op);
    {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(matter_load(op, snap, f->id, &st->m));
    }
    matter_copy(&st->m, &before);
    story_later(st, chance_between(&st->chance, 2, 5));
    rc = story_report_ends(st);
    if (rc == ERR_OK && st->acts > 0) {
        matter_save(op, st->changes, &before, &st->m);
        rc = county_apply(op, st->changes);
    }
    matter_release(&st->m);
    return rc;
}

enum err_code county_repeats(struct op *op, const struct county *c, const struct plan *plan,
                             size_t n, int64_t end_ms)
{
    const int64_t now_ms = op->now_ms;

    for (size_t i = 0; i < n; i++) {
        struct story *st;

        if (!plan[i].second)
            continue;
        st = arena_alloc(op->arena, sizeof *st);
        if (st == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "a matter");
        *st = (struct story){.op = op, .county = c, .plan = &plan[i], .end_ms = end_ms};
        op->now_ms = now_ms;
        TRY(tell_second(op, st));
        TRY(go_on(op, story_first(c, &plan[i]), st));
    }
    op->now_ms = now_ms;
    op->actor = (struct actor){.kind = ACTOR_SYSTEM, .body_path = "/"};
    return ERR_OK;
}
