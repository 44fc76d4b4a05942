/* Links between matters, and from a matter to its business. */
#include "work/act_kin.h"

#include <string.h>

#include "work/acts.h"
#include "work/business.h"

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

static bool links(const struct act_run *run)
{
    const char *choice = text_of(run, "choice");

    return choice != NULL && strcmp(choice, "link") == 0;
}

enum err_code act_duplicate(struct act_run *run)
{
    json_t *kept = json_pack("{s:s, s:I, s:I}", "choice", text_of(run, "choice"), "at",
                             (json_int_t)run->d.at, "by", (json_int_t)run->op->actor.officer_id);
    int64_t id;

    if (links(run)) {
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
    return links(run) ? back(run, relation_of(run, "repeat")) : ERR_OK;
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
        return ERR_OK;
    }
    rc = business_find(run->op, run->snap, json_integer_value(id), &business);
    if (rc == ERR_NOT_FOUND)
        return refuse_field(run, "business", "unknown_business", "没有这个经营者",
                            "There is no such business.");
    TRY(rc);
    draft_in(&run->d, "business", json_integer(business.id));
    draft_set(&run->d, "business", json_integer(business.id));
    business_hold(run->ch, business.id);
    return ERR_OK;
}
