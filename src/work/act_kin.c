/* Links between matters, and from a matter to its business. */
#include "work/act_kin.h"

#include <string.h>

#include "rules/identifiers.h"
#include "work/acts.h"
#include "work/business.h"
#include "work/group.h"
#include "work/place.h"
#include "work/seal.h"

static const char *text_of(const struct act_run *run, const char *field)
{
    return filing_text(run->input, field);
}

static enum err_code refuse_field(struct act_run *run, const char *field, const char *code,
                                  const char *zh, const char *en)
{
    return err_field(&run->op->err, ERR_INVALID, field, code, zh, en);
}

static const char *relation_of(const struct act_run *run, const char *otherwise)
{
    return text_of(run, "relation") == NULL ? otherwise : text_of(run, "relation");
}

/* The id behind the number given, of a matter that the actor may see. */
static enum err_code other_of(struct act_run *run, int64_t *ret)
{
    CLEANUP(matter_release) struct matter other = {0};

    if (text_of(run, "number") == NULL ||
        matter_id_of(run->op, text_of(run, "number"), ret) != ERR_OK ||
        matter_for(run->op, run->snap, *ret, MAY_SEE, &other) != ERR_OK || *ret == run->m->id) {
        err_clear(&run->op->err); /* the same words, whether there is none or none to be seen */
        return refuse_field(run, "number", "unknown_number", "没有这个编号",
                            "There is no such number.");
    }
    return ERR_OK;
}

static enum err_code back(struct act_run *run, const char *relation)
{
    CLEANUP(matter_release) struct matter other = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};
    int64_t id;

    TRY(matter_id_of(run->op, text_of(run, "number"), &id));
    TRY(matter_load(run->op, run->snap, id, &other));
    matter_copy(&other, &before);
    draft_begin(run->op, &d, &other, "link", run->d.at);
    draft_link(&d, run->m->id, relation);
    TRY(draft_record(&d, run->ch));
    matter_save(run->op, run->ch, &before, &other);
    return ERR_OK;
}

enum err_code act_link(struct act_run *run)
{
    int64_t id;

    TRY(other_of(run, &id));
    draft_link(&run->d, id, relation_of(run, "related"));
    return ERR_OK;
}

enum err_code act_link_back(struct act_run *run)
{
    return back(run, relation_of(run, "related"));
}

/* ---- duplicates ---- */

static bool chose(const struct act_run *run, const char *what)
{
    const char *choice = text_of(run, "choice");

    return choice != NULL && strcmp(choice, what) == 0;
}

/* The same as the act join_group, decided with the hint before one's eyes. */
static enum err_code joins(struct act_run *run)
{
    if (matter_kind_of(run->m) != KIND_COMPLAINT || run->m->ended_at != MATTER_NONE)
        return refuse_field(run, "choice", "no_group", "这件不能加入群体",
                            "This matter cannot join a group.");
    if (run->m->group_id != MATTER_NONE)
        return refuse_field(run, "choice", "in_group", "这件已经在一个群体里",
                            "This one belongs to a group already.");
    return group_effect_join(run);
}

enum err_code act_duplicate(struct act_run *run)
{
    json_t *kept = json_pack("{s:s, s:I, s:I}", "choice", text_of(run, "choice"), "at",
                             (json_int_t)run->d.at, "by", (json_int_t)run->op->actor.officer_id);
    int64_t id;

    if (chose(run, "join")) {
        enum err_code rc = joins(run);

        if (rc != ERR_OK) {
            json_decref(kept);
            return rc;
        }
    }
    if (chose(run, "link")) {
        enum err_code rc = other_of(run, &id);

        if (rc != ERR_OK) {
            json_decref(kept);
            return rc;
        }
        draft_link(&run->d, id, relation_of(run, "repeat"));
        json_object_set_new(kept, "other", json_integer(id));
    }
    draft_detail(&run->d, "duplicate", kept);
    return ERR_OK;
}

enum err_code act_duplicate_back(struct act_run *run)
{
    if (chose(run, "join"))
        return group_after_join(run);
    return chose(run, "link") ? back(run, relation_of(run, "repeat")) : ERR_OK;
}

/* ---- repeated reports ---- */

static bool same_text(const json_t *one, const json_t *other, const char *key)
{
    const char *a = filing_text(one, key), *b = filing_text(other, key);

    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool same_phone(const json_t *one, const json_t *other)
{
    const char *a = filing_text(one, "phone"), *b = filing_text(other, "phone");
    struct phone p = phone_check(a == NULL ? "" : a), q = phone_check(b == NULL ? "" : b);

    return p.fault == ID_OK && q.fault == ID_OK && strcmp(p.normal, q.normal) == 0;
}

/* Repeats and new facts are those of one person; what another tells is a report of its own. Where
 * one of them is anonymous it is for the officer to say. Neither person is shown. */
static enum err_code of_one_reporter(struct act_run *run, const struct matter *first)
{
    CLEANUP(json_decrefp) json_t *his = NULL, *ours = NULL;

    TRY(seal_open_person(run->op, run->snap, first->id, "reporter", &his));
    TRY(seal_open_person(run->op, run->snap, run->m->id, "reporter", &ours));
    if (his == NULL || ours == NULL || same_text(his, ours, "name") || same_phone(his, ours))
        return ERR_OK;
    return refuse_field(run, "number", "another_reporter",
                        "两件的举报人不是同一个人：别人举报的单独核查，可以关联",
                        "Another person made that report: this one is verified by itself, and can "
                        "be linked.");
}

/* The first report, loaded: one that came before this one, from the same person. */
static enum err_code first_report(struct act_run *run, struct matter *ret)
{
    enum err_code rc;
    int64_t id;

    TRY(other_of(run, &id));
    TRY(matter_load(run->op, run->snap, id, ret));
    if (matter_kind_of(ret) != KIND_REPORT || ret->received_at > run->m->received_at)
        rc = refuse_field(run, "number", "not_first", "写先收到的那件举报的编号",
                          "Give the number of a report that came before this one.");
    else
        rc = of_one_reporter(run, ret);
    if (rc == ERR_OK)
        return ERR_OK;
    matter_release(ret);
    *ret = (struct matter){0};
    return rc;
}

enum err_code act_not_again(struct act_run *run)
{
    CLEANUP(matter_release) struct matter first = {0};

    TRY(first_report(run, &first));
    draft_link(&run->d, first.id, "repeat");
    return ERR_OK;
}

enum err_code act_not_again_back(struct act_run *run)
{
    return back(run, "repeat");
}

enum err_code act_merge(struct act_run *run)
{
    CLEANUP(matter_release) struct matter first = {0};

    TRY(first_report(run, &first));
    if (first.ended_at != MATTER_NONE)
        return refuse_field(
            run, "number", "decided", "前一件已经有结果，新的事实单独核查",
            "The first has been decided; the new facts are verified by themselves.");
    draft_link(&run->d, first.id, "follows");
    return ERR_OK;
}

/* The verification of the first begins again, on the day on which the last one came. */
static void restart_clocks(struct draft *d)
{
    const struct pack *pack = matter_pack(d->op, d->m);
    const struct pack_kind *k = &pack->kinds[matter_kind_of(d->m)];
    int at = pack_state_index(pack, matter_kind_of(d->m), d->m->status);

    d->step = (struct workflow_step){
        .from = &k->states[at], .to = &k->states[at], .waiting_for = WAIT_KEEP};
    for (size_t i = 0; i < k->n_creation; i++) {
        const struct deadline_rule *rule = k->creation[i].rule;
        const struct matter_clock *old = matter_clock(d->m, rule->id);

        if (old == NULL || (old->state != CLOCK_RUNNING && old->state != CLOCK_PAUSED))
            continue;
        d->step.clocks[d->step.n_clocks++] = (struct pack_clock){CLOCK_CANCEL, rule, NULL};
        d->step.clocks[d->step.n_clocks++] = (struct pack_clock){CLOCK_START, rule, NULL};
    }
}

enum err_code act_merged(struct act_run *run)
{
    CLEANUP(matter_release) struct matter first = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};

    TRY(first_report(run, &first));
    matter_copy(&first, &before);
    draft_begin(run->op, &d, &first, "merge_report", run->m->received_at);
    draft_in(&d, "number", json_string(run->m->number));
    draft_link(&d, run->m->id, "follows");
    restart_clocks(&d);
    TRY(draft_take(&d));
    TRY(draft_record(&d, run->ch));
    matter_save(run->op, run->ch, &before, &first);
    return ERR_OK;
}

/* ---- a clue found on the way ---- */

static int64_t spawned_id(const struct act_run *run)
{
    return json_integer_value(json_object_get(json_array_get(run->d.links, 0), "other"));
}

enum err_code act_spawn_report(struct act_run *run)
{
    struct op *op = run->op;
    int month = date_month_index(date_of_instant(run->d.at, op->zone_min));

    draft_link(&run->d, store_next_id(op->store, month), "split_to");
    return ERR_OK;
}

/* What the officer found, as a filing of its own; nothing of it stays with the complaint. */
static json_t *clue_of(const struct act_run *run)
{
    json_t *report = json_pack("{s:s, s:b, s:s?, s:s?}", "kind", "report", "anonymous", 1, "facts",
                               text_of(run, "facts"), "violation", text_of(run, "violation"));

    if (run->m->respondent != NULL)
        json_object_set_new(report, "respondent", json_pack("{s:s}", "name", run->m->respondent));
    return report;
}

enum err_code act_spawned(struct act_run *run)
{
    CLEANUP(json_decrefp) json_t *report = clue_of(run);
    CLEANUP(matter_release) struct matter m = {0};
    struct filing_facts f = {.kind = KIND_REPORT,
                             .staff = true,
                             .anonymous = true,
                             .received_at = run->d.at,
                             .channel = run->m->channel};

    TRY(filing_register(run->op, run->ch, report, &f, spawned_id(run), run->m->id, "split_from",
                        &m));
    matter_save(run->op, run->ch, NULL, &m);
    return ERR_OK;
}

/* ---- the business ---- */

enum err_code act_identify(struct act_run *run)
{
    CLEANUP(record_release) struct record business = {0};
    const json_t *id = json_object_get(run->input, "business");
    enum err_code rc;

    if (!json_is_integer(id)) {
        if (run->m->business == MATTER_NONE)
            return refuse_field(run, "business", "required", "选一个经营者", "Choose a business.");
        draft_set(&run->d, "business", json_null());
        place_put(&run->d, place_told(run->m), NULL);
        return ERR_OK;
    }
    rc = business_find(run->op, run->snap, json_integer_value(id), &business);
    if (rc == ERR_NOT_FOUND)
        return refuse_field(run, "business", "unknown_business", "没有这个经营者",
                            "There is no such business.");
    TRY(rc);
    draft_in(&run->d, "business", json_integer(business.id));
    draft_set(&run->d, "business", json_integer(business.id));
    place_put(&run->d, place_told(run->m), &business);
    business_hold(run->ch, business.id);
    return ERR_OK;
}
