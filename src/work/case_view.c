/* Cases as JSON. What ties one to a report is shown to those who may see that report. */
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/case_internal.h"
#include "work/entry.h"
#include "work/filing_check.h"
#include "work/staff.h"
#include "work/view_internal.h"

static date_t day_member(const json_t *object, const char *name)
{
    const json_t *day = json_object_get(object, name);

    return json_is_integer(day) ? (date_t)json_integer_value(day) : DATE_NONE;
}

static int64_t int_member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void write_officers(struct op *op, const json_t *ids, struct json_writer *w)
{
    json_open_array(w, "officers");
    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct officer officer;

        if (officer_by_id(op, json_integer_value(json_array_get(ids, i)), &officer) != ERR_OK) {
            err_clear(&op->err);
            continue;
        }
        json_object_begin(w);
        json_int(w, "id", officer.id);
        json_text(w, "display", officer.display);
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- acts ---- */

static void write_acts(struct op *op, const struct record *r, struct json_writer *w)
{
    const struct flow *flow = case_flow_of(op, r);
    struct case_step_facts facts = case_step_facts_of(op, r);
    struct record_facts record = case_facts(op, r);
    unsigned roles = may(&op->actor, MAY_ACT_CASE, &record).yes ? case_roles(op, r) : 0;

    for (int blocked = 0; blocked < 2; blocked++) {
        json_open_array(w, blocked ? "blocked_acts" : "allowed_acts");
        for (size_t i = 0; i < flow->acts.n_acts; i++) {
            const struct pack_act *a = &flow->acts.acts[i];
            struct flow_answer answer =
                flow_step(flow, record_member(r, "status"), a->id, roles, &facts);
            char key[2] = {a->key, '\0'};

            /* the wrong state explains itself; a missing role or a guard does not */
            if (blocked ? answer.step != NULL || answer.why.zh == flow->why_state.zh
                        : answer.step == NULL)
                continue;
            json_object_begin(w);
            json_text(w, "act", a->id);
            view_label(w, "label", &a->label);
            json_text(w, "key", a->key == 0 ? NULL : key);
            json_text(w, "class", act_class_name(a->act_class));
            view_label(w, "effect", &a->effect);
            if (blocked)
                view_label(w, "why", &answer.why);
            else
                view_label(w, "basis", &answer.step->basis.text);
            json_object_end(w);
        }
        json_array_end(w);
    }
}

/* ---- penalty and goods ---- */

static void write_goods(struct op *op, const struct record *r, struct json_writer *w)
{
    const json_t *goods = json_object_get(r->state, "goods");

    json_open_array(w, "goods");
    for (size_t i = 0; i < json_array_size(goods); i++) {
        const json_t *line = json_array_get(goods, i);

        if (json_is_true(json_object_get(line, "gone")))
            continue;
        json_object_begin(w);
        json_int(w, "item", int_member(line, "no"));
        json_text(w, "name", filing_text(line, "name"));
        json_text(w, "quantity", case_quantity_text(op, int_member(line, "quantity_milli")));
        json_text(w, "unit", filing_text(line, "unit"));
        json_int(w, "value_fen", int_member(line, "value_fen"));
        json_text(w, "disposed", case_quantity_text(op, int_member(line, "disposed_milli")));
        json_object_end(w);
    }
    json_array_end(w);
}

static void write_penalty(struct op *op, const struct record *r, struct json_writer *w)
{
    const json_t *p = json_object_get(r->state, "penalty");
    const char *ground = filing_text(p, "ground");
    struct label label = {0};

    if (p == NULL) {
        json_none(w, "penalty");
    } else {
        if (ground != NULL)
            label = setup_label(op->setup, "discretion_grounds", ground);
        json_open_object(w, "penalty");
        json_int(w, "fine_fen", int_member(p, "fine_fen"));
        json_int(w, "income_fen", int_member(p, "income_fen"));
        json_int(w, "goods_fen", case_goods_fen(r));
        json_bool(w, "warning", json_is_true(json_object_get(p, "warning")));
        json_bool(w, "correct", json_is_true(json_object_get(p, "correct")));
        json_text(w, "licence", filing_text(p, "licence"));
        json_text(w, "discretion", filing_text(p, "discretion"));
        json_text(w, "ground", ground);
        view_label(w, "ground_label", &label);
        json_text(w, "document", filing_text(p, "document"));
        json_object_end(w);
    }
    write_goods(op, r, w);
    json_open_object(w, "execution");
    json_int(w, "owed_fen", case_owed_fen(r));
    json_int(w, "late_fine_fen", record_number(r, "late_fine_fen"));
    json_int(w, "paid_fen", record_number(r, "paid_fen"));
    json_int(w, "open_fen", case_owed_fen(r) - record_number(r, "paid_fen"));
    view_date(w, "deferred_until", day_member(r->state, "deferred_until"));
    json_object_end(w);
}

static void write_assists(const struct record *r, struct json_writer *w)
{
    const json_t *list = json_object_get(r->state, "assists");

    json_open_array(w, "assists");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);

        json_object_begin(w);
        json_int(w, "no", int_member(one, "no"));
        json_text(w, "to", filing_text(one, "to"));
        view_date(w, "asked", day_member(one, "asked"));
        view_date(w, "answered", day_member(one, "answered"));
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- the whole ---- */

/* Where it comes from, and the report's number: null where it is a report he may not see. */
static enum err_code write_source(struct op *op, struct snapshot *snap, const struct record *r,
                                  struct json_writer *w)
{
    CLEANUP(matter_release) struct matter m = {0};
    int64_t report = record_number(r, "report");

    if (report != 0 && !view_sees(op, snap, report)) {
        json_none(w, "source");
        json_none(w, "report");
        return ERR_OK;
    }
    json_text(w, "source", record_member(r, "source"));
    if (report == 0) {
        json_none(w, "report");
        return ERR_OK;
    }
    TRY(matter_load(op, snap, report, &m));
    json_text(w, "report", m.number);
    return ERR_OK;
}

static void write_next(const struct record_next *next, struct json_writer *w)
{
    view_date(w, "due", next->due);
    json_text(w, "due_rule", next->rule);
    if (next->rule == NULL) {
        json_none(w, "next_deadline");
        return;
    }
    json_open_object(w, "next_deadline");
    view_label(w, "label", &next->of->label);
    json_text(w, "level", deadline_level_name(next->state.level));
    json_int(w, "left", next->state.left);
    json_text(w, "unit", deadline_unit_name(next->of->unit));
    json_bool(w, "provisional", next->provisional);
    json_object_end(w);
}

static void write_row(struct op *op, const struct record *r, struct json_writer *w)
{
    const struct flow *flow = case_flow_of(op, r);
    const struct flow_state *state = flow_state(flow, record_member(r, "status"));
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    const char *violation = record_member(r, "violation");
    struct record_next next =
        record_clocks_next(op, &flow->acts, json_object_get(r->state, "clocks"));
    struct label label = {0};

    if (violation != NULL)
        label = setup_label(op->setup, "violations", violation);
    json_int(w, "id", r->id);
    json_int(w, "version", r->version);
    json_text(w, "number", record_member(r, "number"));
    json_text(w, "status", record_member(r, "status"));
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_text(w, "part",
              case_part_name(state == NULL ? CASE_IN_HAND : (enum case_part)state->part));
    json_text(w, "waiting_for", waiting_for_name(state == NULL ? WAIT_UNIT : state->waiting_for));
    json_text(w, "body", record_member(r, "body"));
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    json_text(w, "business", record_member(r, "business"));
    json_text(w, "violation", violation);
    view_label(w, "violation_label", &label);
    json_text(w, "outcome", record_member(r, "outcome"));
    view_date(w, "filed", (date_t)record_number(r, "day"));
    view_date(w, "decided", day_member(r->state, "decided_day"));
    view_date(w, "closed", day_member(r->state, "closed_day"));
    write_next(&next, w);
    write_officers(op, json_object_get(r->state, "officers"), w);
}

enum err_code case_view(struct op *op, struct snapshot *snap, const struct record *r,
                        struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *texts = NULL;

    TRY(record_texts(op, snap, r, 1, &texts));
    json_object_begin(w);
    write_row(op, r, w);
    json_text(w, "pack", record_member(r, "pack"));
    json_text(w, "revision", case_flow_of(op, r)->revision);
    TRY(write_source(op, snap, r, w));
    json_text(w, "facts", filing_text(texts, "facts"));
    if (json_object_get(r->state, "business_id") == NULL)
        json_none(w, "business_id");
    else
        json_int(w, "business_id", record_number(r, "business_id"));
    view_date(w, "served", day_member(r->state, "served_day"));
    TRY(record_clocks_view(op, &case_flow_of(op, r)->acts, json_object_get(r->state, "clocks"), w));
    write_penalty(op, r, w);
    write_assists(r, w);
    TRY(entry_view_links_to(op, snap, "case", r->id, "entries", w));
    write_acts(op, r, w);
    TRY(record_write_events(op, snap, r, true, w));
    json_object_end(w);
    return ERR_OK;
}

void case_view_brief(struct op *op, struct snapshot *snap, int64_t id, struct json_writer *w)
{
    CLEANUP(record_release) struct record r = {0};
    const struct flow_state *state;

    if (id == 0 || case_for(op, snap, id, MAY_READ_CASE, &r) != ERR_OK) {
        err_clear(&op->err);
        json_none(w, "case");
        return;
    }
    state = flow_state(case_flow_of(op, &r), record_member(&r, "status"));
    json_open_object(w, "case");
    json_int(w, "id", r.id);
    json_text(w, "number", record_member(&r, "number"));
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_object_end(w);
}

void case_view_flow(struct op *op, const char *revision, struct json_writer *w)
{
    json_object_begin(w);
    view_flow(op, setup_case_flow(op->setup, revision), w);
    json_object_end(w);
}

/* ---- lists ---- */

enum err_code case_write_row(struct op *op, const struct record *r, struct json_writer *w)
{
    const json_t *penalty = json_object_get(r->state, "penalty");

    json_object_begin(w);
    write_row(op, r, w);
    json_int(w, "fine_fen", int_member(penalty, "fine_fen"));
    json_int(w, "income_fen", int_member(penalty, "income_fen"));
    json_int(w, "goods_fen", penalty == NULL ? 0 : case_goods_fen(r));
    json_object_end(w);
    return ERR_OK;
}
