/* Summaries: who may do what with one, and making its content. */
#include "work/summary.h"

#include <string.h>

#include "work/summary_internal.h"

#define SUMMARY "summary"
/* ---- who may ---- */

static struct record_facts facts_of(const struct body *body, bool reports)
{
    return (struct record_facts){
        .kind = reports ? KIND_REPORT : KIND_COMPLAINT, .secret = reports, .body_path = body->path};
}

static const struct body *body_of(struct op *op, const struct record *r)
{
    return setup_body(op->setup, record_member(r, "body"));
}

static bool has_reports(const struct record *r)
{
    return json_is_true(json_object_get(r->state, "reports"));
}

bool summary_may(struct op *op, const struct record *r, enum may_act act)
{
    const struct body *body = body_of(op, r);
    struct record_facts facts;

    if (body == NULL)
        return false;
    facts = facts_of(body, has_reports(r));
    return may(&op->actor, act, &facts).yes;
}

bool summary_may_read(struct op *op, const struct record *r)
{
    const char *status = record_member(r, "status");

    if (status == NULL || strcmp(status, "discarded") == 0)
        return false;
    if (strcmp(status, "draft") == 0)
        return summary_may(op, r, MAY_WRITE_SUMMARY) || summary_may(op, r, MAY_ISSUE_SUMMARY);
    return summary_may(op, r, MAY_READ_SUMMARY) || summary_may(op, r, MAY_READ_ISSUED);
}

struct actor summary_authority(struct op *op, const struct body *body, bool reports)
{
    struct actor actor = {.kind = ACTOR_SYSTEM, .body_path = ""};

    if (reports) /* the caller has asked may(); the bulletin may hold more than the reader counts */
        return actor;
    actor = (struct actor){.kind = ACTOR_OFFICER,
                           .officer_id = op->actor.officer_id > 0 ? op->actor.officer_id : -1,
                           .body_path = body->path,
                           .roles = ROLE_AUDITOR};
    snprintf(actor.body, sizeof actor.body, "%s", body->code);
    return actor;
}

/* ---- making ---- */

static struct label label_of(void *arg, enum figure_dimension by, const char *key)
{
    return summary_label(arg, by, key);
}

static enum err_code world_of(struct op *op, const struct body *body, struct summary_world *ret)
{
    const char **branches = ARENA_ARRAY(op->arena, const char *, op->setup->n_bodies + 1);

    if (branches == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a summary");
    *ret = (struct summary_world){.arg = op,
                                  .label = label_of,
                                  .branches = branches,
                                  .body_name = body->name.zh,
                                  .registers = summary_registers};
    for (size_t i = 0; i < op->setup->n_bodies; i++) {
        const struct body *b = &op->setup->bodies[i];

        if (b->current && b->parent != NULL && strcmp(b->parent, body->code) == 0)
            branches[ret->n_branches++] = b->code;
    }
    return ERR_OK;
}

static enum err_code make(struct op *op, const struct indicators *indicators,
                          const struct summary_query *query, const struct body *body,
                          struct summary *ret)
{
    struct actor asker = op->actor;
    struct summary_world world;
    enum err_code rc;

    TRY(world_of(op, body, &world));
    op->actor = summary_authority(op, body, query->reports);
    rc = summary_make(op, indicators, query, &world, ret);
    op->actor = asker;
    return rc;
}

static enum err_code unknown_form(struct op *op)
{
    return err_field(&op->err, ERR_INVALID, "form", "unknown", "没有这种通报",
                     "There is no such kind of summary");
}

static enum err_code unknown_body(struct op *op)
{
    return err_field(&op->err, ERR_NOT_FOUND, "body", "unknown", "没有这个单位",
                     "There is no such body");
}

enum err_code summary_compose(struct op *op, const struct summary_forms *forms,
                              const struct indicators *indicators,
                              const struct summary_request *request, bool members,
                              struct summary *ret)
{
    const struct body *body = setup_body(op->setup, request->body);
    struct summary_query query = {.forms = forms,
                                  .form = summary_forms_find(forms, request->form),
                                  .body = request->body,
                                  .period = request->period,
                                  .reports = request->reports,
                                  .members = members};
    struct record_facts facts;

    if (body == NULL)
        return unknown_body(op);
    facts = facts_of(body, request->reports);
    TRY(may_check(&op->actor, MAY_WRITE_SUMMARY, &facts, &op->err));
    if (query.form == NULL)
        return unknown_form(op);
    TRY(make(op, indicators, &query, body, ret));
    if (request->title != NULL &&
        json_object_set_new(ret->content, "title", json_string(request->title)) != 0)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a title");
    return ERR_OK;
}

enum err_code summary_request_of(struct op *op, const struct record *r, struct summary_request *ret)
{
    *ret = (struct summary_request){.form = record_member(r, "form"),
                                    .body = record_member(r, "body"),
                                    .reports = has_reports(r),
                                    .title = record_member(r, "own_title")};
    return period_parse(record_member(r, "period"), &ret->period, &op->err);
}

enum err_code summary_now(struct op *op, const struct summary_forms *forms,
                          const struct indicators *indicators, const struct record *r, json_t **ret)
{
    CLEANUP(summary_release) struct summary made = {0};
    struct summary_request request;
    const struct body *body = body_of(op, r);
    struct summary_query query = {.forms = forms};

    TRY(summary_request_of(op, r, &request));
    query.form = summary_forms_find(forms, request.form);
    query.body = request.body;
    query.period = request.period;
    query.reports = request.reports;
    if (query.form == NULL || body == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "the form of a summary is gone");
    TRY(make(op, indicators, &query, body, &made));
    *ret = json_incref(made.content);
    return ERR_OK;
}
