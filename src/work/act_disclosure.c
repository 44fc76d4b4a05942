/* Disclosure of complaint information. Which complaints count is the affair of rules/disclosure.h.
 */
#include "work/act_disclosure.h"

#include <string.h>

#include "work/filing.h"

static const char *mark_of(const struct matter *m)
{
    return filing_text(json_object_get(m->detail, "disclosure"), "state");
}

void disclosure_facts(const struct op *op, const struct matter *m, struct workflow_facts *f)
{
    const struct disclosure *d = op->setup->disclosure;
    const json_t *consents = json_object_get(m->detail, "consents");
    const char *mark = mark_of(m);

    f->disclosable = json_object_get(m->detail, "police") == NULL &&
                     disclosure_counts(d, m->kind, m->outcome == NULL ? "" : m->outcome,
                                       m->ground == NULL ? "" : m->ground);
    f->disclosure_agreed = !d->consent || json_is_true(json_object_get(consents, "disclosure"));
    /* an import writes down what was closed elsewhere, where nobody decided it here */
    f->disclosure_decided = mark != NULL || op->actor.kind == ACTOR_SYSTEM;
    f->disclosed = mark != NULL && strcmp(mark, "disclosed") == 0;
}

static void set_mark(struct act_run *run, const char *state, const char *cause)
{
    draft_detail(&run->d, "disclosure",
                 json_pack("{s:s, s:s?, s:I, s:I}", "state", state, "cause", cause, "by",
                           (json_int_t)run->op->actor.officer_id, "at", (json_int_t)run->d.at));
}

/* Each point of the review is said to have been looked at. */
enum err_code act_disclose(struct act_run *run)
{
    const struct act_field *field = act_field(run->d.step.act, "checked");
    const json_t *checked = json_object_get(run->input, "checked");

    if (field != NULL && json_array_size(checked) < field->n_choices)
        return err_field(&run->op->err, ERR_INVALID, "checked", "incomplete",
                         "每一项都核对过才能公示", "Every point must have been looked at.");
    set_mark(run, "disclosed", NULL);
    return ERR_OK;
}

enum err_code act_exempt(struct act_run *run)
{
    set_mark(run, "exempt", filing_text(run->input, "cause"));
    return ERR_OK;
}

enum err_code act_stop_disclosure(struct act_run *run)
{
    set_mark(run, "exempt", filing_text(run->input, "cause"));
    return ERR_OK;
}
