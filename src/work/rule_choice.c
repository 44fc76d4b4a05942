/* Choosing the rule, and both rules side by side. */
#include "work/rule_choice.h"

#include <string.h>

#include "base/text.h"
#include "work/filing_check.h"
#include "work/view_internal.h"

static enum err_code refuse(struct act_run *run, const char *code, const char *zh, const char *en)
{
    return err_field(&run->op->err, ERR_INVALID, "pack", code, zh, en);
}

static json_t *last_clocks(struct matter *m)
{
    json_t *seqs = json_object();

    for (size_t i = 0; i < m->n_clocks; i++)
        json_object_set_new(seqs, m->clocks[i].rule,
                            json_integer(matter_clock(m, m->clocks[i].rule)->seq));
    return seqs;
}

/* From now on @p to governs; what ran under the other one can still be told. */
static void govern(struct act_run *run, const struct pack *to)
{
    json_t *chosen = json_deep_copy(json_object_get(run->m->detail, "rules_chosen"));
    int64_t revision = 0;

    if (chosen == NULL)
        chosen = json_array();
    json_array_append_new(chosen,
                          json_pack("{s:s, s:s, s:I, s:I, s:o}", "from", run->m->pack, "to", to->id,
                                    "by", (json_int_t)run->op->actor.officer_id, "at",
                                    (json_int_t)run->d.at, "clocks", last_clocks(run->m)));
    draft_detail(&run->d, "rules_chosen", chosen);
    (void)text_int64(to->revision, &revision);
    draft_set(&run->d, "pack", json_string(to->id));
    draft_set(&run->d, "pack_revision", json_integer(revision));
}

enum err_code rule_choose(struct act_run *run)
{
    struct op *op = run->op;
    const struct pack *to = setup_pack(op->setup, filing_text(run->input, "pack"));

    if (run->m->pack == NULL)
        return refuse(run, "earlier", "收到时还没有规则，不计期限",
                      "It was received before any rule here: no clocks.");
    if (to == NULL || pack_state_index(to, matter_kind_of(run->m), run->m->status) < 0)
        return refuse(run, "unknown_pack", "没有这套规则，或者它没有现在这一步",
                      "There is no such pack, or it does not know the present state.");
    if (strcmp(to->id, run->m->pack) == 0)
        return refuse(run, "same", "现在就是按这套规则办", "It is governed by this one already.");
    govern(run, to);
    return draft_clocks_under(&run->d, to);
}

enum err_code rule_fall_through(struct act_run *run)
{
    struct op *op = run->op;
    enum matter_kind kind = matter_kind_of(run->m);
    const struct pack *to =
        setup_pack_on(op->setup, kind, NULL, date_of_instant(run->d.at, op->zone_min));
    struct workflow_step ended = run->d.step, *step = &run->d.step;

    if (to == NULL || run->m->pack == NULL || strcmp(to->id, run->m->pack) == 0)
        return refuse(run, "unknown_pack", "这里不处理投诉", "This office takes no complaints.");
    govern(run, to);
    draft_detail(&run->d, "competent_from", json_integer(run->d.at));
    draft_detail(&run->d, "offer", json_null());
    draft_set(&run->d, "officer", json_null());
    workflow_begin(to, kind, &run->facts, step);
    for (size_t i = 0; i < ended.n_clocks && step->n_clocks < CLOCKS_MAX; i++)
        step->clocks[step->n_clocks++] = ended.clocks[i];
    return ERR_OK;
}

const struct pack *rule_of_clock(const struct op *op, const struct matter *m,
                                 const struct matter_clock *clock)
{
    const json_t *chosen = json_object_get(m->detail, "rules_chosen");

    for (size_t i = 0; i < json_array_size(chosen); i++) {
        const json_t *c = json_array_get(chosen, i);
        const json_t *last = json_object_get(json_object_get(c, "clocks"), clock->rule);
        const struct pack *pack = setup_pack(op->setup, filing_text(c, "from"));

        if (pack != NULL && json_is_integer(last) && clock->seq <= json_integer_value(last))
            return pack;
    }
    return matter_pack(op, m);
}

/* ---- side by side ---- */

static enum err_code view_rule_clock(struct op *op, const struct matter *m,
                                     const struct matter_clock *c, const struct deadline_rule *rule,
                                     struct json_writer *w)
{
    struct pause pauses[32];
    size_t n = matter_pauses(m, pauses, 32), kept = 0;
    struct deadline_due due;

    for (size_t i = 0; i < n; i++)
        if (pauses[i].to == DATE_NONE || pauses[i].to > c->start)
            pauses[kept++] = pauses[i];
    TRY(deadline_compute(rule, c->start, pauses, kept, 0, op->setup->calendar, &due, &op->err));
    json_object_begin(w);
    json_text(w, "rule", rule->id);
    view_label(w, "label", &rule->label);
    json_int(w, "length", rule->length);
    json_text(w, "unit", deadline_unit_name(rule->unit));
    view_date(w, "due", due.due);
    view_label(w, "basis", &rule->basis.text);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_rule(struct op *op, const struct matter *m, const struct pack *pack,
                               struct json_writer *w)
{
    json_object_begin(w);
    json_text(w, "id", pack->id);
    view_label(w, "name", &pack->name);
    view_label(w, "instrument", &pack->instrument);
    view_date(w, "valid_from", pack->valid_from);
    view_date(w, "valid_to", pack->valid_to);
    json_bool(w, "governs", strcmp(pack->id, m->pack) == 0);
    json_bool(w, "by_date", pack_covers(pack, date_of_instant(m->received_at, op->zone_min)));
    json_open_array(w, "deadlines");
    for (size_t i = 0; i < m->n_clocks; i++) {
        const struct matter_clock *c = &m->clocks[i];
        const struct deadline_rule *rule = pack_deadline(pack, c->rule);

        if (rule != NULL && (c->state == CLOCK_RUNNING || c->state == CLOCK_PAUSED))
            TRY(view_rule_clock(op, m, c, rule, w));
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_rules(struct op *op, const struct matter *m, struct json_writer *w)
{
    const struct pack_act *act = pack_act(matter_pack(op, m), "choose_rule");
    const struct act_field *field = act == NULL ? NULL : act_field(act, "pack");
    const json_t *chosen = json_object_get(m->detail, "rules_chosen");
    const json_t *last = json_array_get(chosen, json_array_size(chosen) - 1);

    json_open_array(w, "rules");
    for (size_t i = 0; m->pack != NULL && field != NULL && i < field->n_choices; i++) {
        const struct pack *pack = setup_pack(op->setup, field->choices[i].code);

        if (pack != NULL)
            TRY(view_rule(op, m, pack, w));
    }
    json_array_end(w);
    if (last == NULL) {
        json_none(w, "rule_chosen");
        return ERR_OK;
    }
    json_open_object(w, "rule_chosen");
    json_text(w, "from", filing_text(last, "from"));
    json_text(w, "to", filing_text(last, "to"));
    view_officer(op, w, "by", json_integer_value(json_object_get(last, "by")));
    view_instant(w, "at", json_integer_value(json_object_get(last, "at")), op->zone_min);
    json_object_end(w);
    return ERR_OK;
}
