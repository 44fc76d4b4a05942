/* What financial complaints have of their own: who is complained about, terms lengthened step by
 * step, new facts that begin the count anew, repeats that are merged. */
#include "work/act_finance.h"

#include <string.h>

#include "work/act_kin.h"
#include "work/acts.h"
#include "work/extension.h"
#include "work/staff.h"

static enum err_code refuse_field(struct act_run *run, const char *field, const char *code,
                                  const char *zh, const char *en)
{
    return err_field(&run->op->err, ERR_INVALID, field, code, zh, en);
}

static bool act_is(const struct act_run *run, const char *act)
{
    return strcmp(run->d.act, act) == 0;
}

void finance_facts(struct act_run *run)
{
    const json_t *officer = json_object_get(run->input, "officer");
    const char *body = filing_text(run->input, "body");
    const char *interest = filing_text(run->input, "interest");
    const char *held = filing_text(run->input, "held");
    struct officer named;

    if (interest != NULL && strcmp(interest, "mine") == 0)
        run->facts.conflict = true;
    if (held != NULL && strcmp(held, "yes") == 0)
        run->facts.asks_held = true;
    if (act_is(run, "against") || json_object_get(run->m->detail, "against") == NULL)
        return;
    if (json_is_integer(officer)) {
        int64_t id = json_integer_value(officer);

        if (officer_by_id(run->op, id, &named) == ERR_OK)
            run->facts.names_conflict = conflict_of_interest(run->m, id, named.body);
        err_clear(&run->op->err); /* an unknown officer is the effect's affair */
    } else if (body != NULL) {
        run->facts.names_conflict = conflict_of_interest(run->m, 0, body);
    }
}

enum err_code finance_against(struct act_run *run)
{
    const char *body = filing_text(run->input, "body");
    const json_t *officer = json_object_get(run->input, "officer");
    struct officer named;
    json_t *against;

    if (body == NULL && !json_is_integer(officer))
        return refuse_field(run, "body", "required", "写明被投诉的部门或者人",
                            "Name the department or the person.");
    if (body != NULL && setup_body(run->op->setup, body) == NULL)
        return refuse_field(run, "body", "unknown_body", "没有这个单位", "There is no such body.");
    if (json_is_integer(officer) &&
        officer_by_id(run->op, json_integer_value(officer), &named) != ERR_OK)
        return refuse_field(run, "officer", "unknown_officer", "没有这个人",
                            "There is no such person.");
    against = json_object();
    if (body != NULL)
        json_object_set_new(against, "body", json_string(body));
    if (json_is_integer(officer))
        json_object_set_new(against, "officer", json_integer(json_integer_value(officer)));
    draft_detail(&run->d, "against", against);
    return ERR_OK;
}

enum err_code finance_major(struct act_run *run)
{
    draft_detail(&run->d, "major",
                 json_pack("{s:s, s:I, s:I}", "cause", filing_text(run->input, "cause"), "people",
                           (json_int_t)json_integer_value(json_object_get(run->input, "people")),
                           "at", (json_int_t)run->d.at));
    return ERR_OK;
}

enum err_code finance_restart(struct act_run *run)
{
    draft_detail(&run->d, "clock_from", json_integer(run->d.at));
    draft_detail(&run->d, "longer", json_null());
    return ERR_OK;
}

/* How far a longer term has come; guards of the pack look at it. */
enum err_code finance_longer(struct act_run *run)
{
    static const struct {
        const char *act, *longer;
    } steps[] = {{"extend_complex", "complex"},
                 {"ask_extension", "asked"},
                 {"approve_extension", "approved"},
                 {"decline_extension", "complex"},
                 {"tell_extension", "told"}};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (act_is(run, steps[i].act))
            draft_detail(&run->d, "longer", json_string(steps[i].longer));
    if (act_is(run, "extend_complex"))
        extension_answered(run, true);
    else if (act_is(run, "ask_extension"))
        extension_asked(run);
    else if (act_is(run, "tell_extension"))
        extension_told(run);
    else
        extension_answered(run, act_is(run, "approve_extension"));
    return ERR_OK;
}

enum err_code finance_decide(struct act_run *run)
{
    const json_t *remedies = json_object_get(run->input, "remedies");
    int64_t recovered = 0;

    for (size_t i = 0; i < json_array_size(remedies); i++) {
        const json_t *r = json_array_get(remedies, i);
        const char *kind = json_string_value(json_object_get(r, "kind"));
        int64_t amount = json_integer_value(json_object_get(r, "amount_fen"));

        if (kind == NULL)
            return refuse_field(run, "remedies", "kind", "写明给付的种类",
                                "Name the kind of remedy.");
        draft_remedy(&run->d, kind, amount, json_string_value(json_object_get(r, "paid_by")),
                     json_string_value(json_object_get(r, "payer")));
        recovered += amount;
    }
    draft_set(&run->d, "recovered_fen", json_integer(run->m->recovered_fen + recovered));
    if (act_is(run, "decide")) {
        draft_detail(&run->d, "decided_body", json_string(run->m->body));
        draft_detail(&run->d, "decided_by", json_integer(run->op->actor.officer_id));
    }
    return ERR_OK;
}

enum err_code finance_merge(struct act_run *run)
{
    CLEANUP(matter_release) struct matter other = {0};
    const char *number = filing_text(run->input, "number");
    int64_t id;

    if (number == NULL || matter_id_of(run->op, number, &id) != ERR_OK || id == run->m->id ||
        matter_for(run->op, run->snap, id, MAY_SEE, &other) != ERR_OK) {
        err_clear(&run->op->err); /* the same words, whether there is none or none to be seen */
        return refuse_field(run, "number", "unknown_number", "没有这个编号",
                            "There is no such number.");
    }
    if (!other.open || other.ended_at != MATTER_NONE || strcmp(other.kind, run->m->kind) != 0)
        return refuse_field(run, "number", "not_open", "那一件已经有了结果，不能并入",
                            "That one has ended; nothing can be merged into it.");
    draft_link(&run->d, id, "repeat");
    return ERR_OK;
}

enum err_code finance_after_merge(struct act_run *run)
{
    return act_link_back(run);
}
