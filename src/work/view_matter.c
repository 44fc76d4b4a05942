/* A matter as JSON, for officers and for the person who filed it. */
#include <string.h>

#include "base/text.h"
#include "rules/workflow.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/business_view.h"
#include "work/case.h"
#include "work/entry.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/group.h"
#include "work/hold.h"
#include "work/order_view.h"
#include "work/place.h"
#include "work/rule_choice.h"
#include "work/staff.h"
#include "work/view_internal.h"

void view_officer(struct op *op, struct json_writer *w, const char *key, int64_t id)
{
    struct officer officer;

    if (id == MATTER_NONE || id == 0 || officer_by_id(op, id, &officer) != ERR_OK) {
        json_none(w, key);
        return;
    }
    json_open_object(w, key);
    json_int(w, "id", officer.id);
    json_text(w, "display", officer.display);
    json_object_end(w);
}

bool view_sees(struct op *op, struct snapshot *snap, int64_t id)
{
    CLEANUP(matter_release) struct matter m = {0};
    struct err kept = op->err;
    bool yes = matter_for(op, snap, id, MAY_SEE, &m) == ERR_OK;

    err_back(&op->err, &kept);
    return yes;
}

static void view_code(struct op *op, struct json_writer *w, const char *key, const char *label_key,
                      const char *table, const char *code)
{
    struct label label = {0};

    json_text(w, key, code);
    if (code != NULL)
        label = setup_label(op->setup, table, code);
    view_label(w, label_key, &label);
}

static void view_tree(struct json_writer *w, const char *key, const json_t *value)
{
    json_key(w, key);
    if (value == NULL)
        json_put_null(w);
    else
        json_put_tree(w, value);
}

/* ---- persons ---- */

static void view_person(struct op *op, struct json_writer *w, const char *key, const json_t *p,
                        bool clear)
{
    const char *name = filing_text(p, "name"), *phone = filing_text(p, "phone");
    const char *address = filing_text(p, "address");

    if (p == NULL) {
        json_none(w, key);
        return;
    }
    json_open_object(w, key);
    json_text(w, "name", name == NULL || clear ? name : mask_name(op->arena, name));
    json_text(w, "phone", phone == NULL || clear ? phone : mask_phone(op->arena, phone));
    json_text(w, "address", address == NULL || clear ? address : mask_address(op->arena, address));
    if (filing_text(p, "gender") != NULL)
        json_text(w, "gender", filing_text(p, "gender"));
    if (filing_text(p, "relation") != NULL)
        json_text(w, "relation", filing_text(p, "relation"));
    json_bool(w, "has_id", filing_text(p, "id_number") != NULL);
    json_object_end(w);
}

static enum err_code view_persons(struct op *op, struct snapshot *snap, const struct matter *m,
                                  struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *consumer = NULL, *proxy = NULL;

    if (m->secret) { /* who reported is never part of the page; see reveal */
        json_none(w, "consumer");
        json_none(w, "proxy");
        return ERR_OK;
    }
    TRY(person_open(op, snap, m, "consumer", &consumer));
    TRY(person_open(op, snap, m, "proxy", &proxy));
    if (op->actor.kind == ACTOR_BUSINESS) { /* who, masked, and no way to reach him past the body */
        CLEANUP(json_decrefp)
        json_t *name = json_pack("{s:s?}", "name", filing_text(consumer, "name"));

        view_person(op, w, "consumer", name, false);
        json_none(w, "proxy");
        return ERR_OK;
    }
    view_person(op, w, "consumer", consumer, false);
    view_person(op, w, "proxy", proxy, false);
    return ERR_OK;
}

static void view_respondent(struct op *op, const struct matter *m, const json_t *filing,
                            struct json_writer *w)
{
    const json_t *r = json_object_get(filing, "respondent");
    const char *phone = filing_text(r, "phone");

    json_open_object(w, "respondent");
    json_text(w, "name", m->respondent != NULL ? m->respondent : filing_text(r, "name"));
    json_text(w, "address", filing_text(r, "address"));
    json_text(w, "division", filing_text(r, "division"));
    json_text(w, "uscc", filing_text(r, "uscc"));
    json_text(w, "phone", phone == NULL ? NULL : mask_phone(op->arena, phone));
    json_object_end(w);
}

/* ---- parts ---- */

static void view_clocks(struct op *op, const struct matter *m, struct json_writer *w)
{
    json_open_array(w, "deadlines");
    for (size_t i = 0; i < m->n_clocks; i++)
        view_clock(op, rule_of_clock(op, m, &m->clocks[i]), m, &m->clocks[i], w);
    json_array_end(w);
}

static enum err_code view_offer(struct op *op, struct snapshot *snap, const struct matter *m,
                                struct json_writer *w)
{
    const json_t *offer = json_object_get(m->detail, "offer");
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (!json_is_object(offer)) {
        json_none(w, "offer");
        return ERR_OK;
    }
    TRY(texts_open(op, snap, m, json_integer_value(json_object_get(offer, "id")), &texts));
    json_open_object(w, "offer");
    json_int(w, "id", json_integer_value(json_object_get(offer, "id")));
    json_text(w, "party", filing_text(offer, "party"));
    json_text(w, "terms", filing_text(texts, "terms"));
    json_int(w, "amount_fen", json_integer_value(json_object_get(offer, "amount_fen")));
    view_instant(w, "at", json_integer_value(json_object_get(offer, "at")), op->zone_min);
    json_text(w, "state", filing_text(offer, "state"));
    json_bool(w, "own", json_is_true(json_object_get(offer, "own")));
    json_none(w, "due");
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_remedies(struct op *op, struct snapshot *snap, const struct matter *m,
                                   int64_t version, struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    json_open_array(w, "remedies");
    TRY(snapshot_prepare(op, snap, SQL_remedies_of, &s));
    TRY(stmt_bind_int64(op, s, 1, m->id));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        if (stmt_int64(s, 0) != version)
            continue;
        json_object_begin(w);
        view_code(op, w, "kind", "label", "demands", stmt_text(s, 2));
        json_int(w, "amount_fen", stmt_int64(s, 3));
        json_text(w, "paid_by", stmt_text(s, 4));
        view_code(op, w, "payer", "payer_label", "payers", stmt_text(s, 5));
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

static enum err_code view_settlement(struct op *op, struct snapshot *snap, const struct matter *m,
                                     struct json_writer *w)
{
    const json_t *settlement = json_object_get(m->detail, "settlement");
    CLEANUP(json_decrefp) json_t *texts = NULL;
    int64_t version = json_integer_value(json_object_get(settlement, "version"));

    if (!json_is_object(settlement)) {
        json_none(w, "settlement");
        return ERR_OK;
    }
    TRY(texts_open(op, snap, m, version, &texts));
    json_open_object(w, "settlement");
    json_text(w, "form", filing_text(settlement, "form"));
    json_text(w, "terms", filing_text(texts, "terms"));
    TRY(view_remedies(op, snap, m, version, w));
    json_object_end(w);
    return ERR_OK;
}

static void view_outcome(struct op *op, const struct matter *m, struct json_writer *w)
{
    const struct pack_outcome *outcome =
        m->outcome == NULL ? NULL : pack_outcome(matter_pack(op, m), matter_kind_of(m), m->outcome);
    const struct pack_ground *ground =
        m->ground == NULL ? NULL : pack_ground(matter_pack(op, m), matter_kind_of(m), m->ground);

    if (outcome == NULL) {
        json_none(w, "outcome");
        return;
    }
    json_open_object(w, "outcome");
    json_text(w, "outcome", outcome->id);
    view_label(w, "label", &outcome->label);
    json_text(w, "ground", m->ground);
    view_label(w, "ground_label", ground == NULL ? NULL : &ground->label);
    view_label(w, "remedies", ground == NULL ? NULL : &ground->remedies);
    view_label(w, "basis", ground == NULL ? NULL : &ground->basis.text);
    json_object_end(w);
}

static enum err_code view_links(struct op *op, struct snapshot *snap, const struct matter *m,
                                struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    json_open_array(w, "links");
    TRY(snapshot_prepare(op, snap, SQL_links_of, &s));
    TRY(stmt_bind_int64(op, s, 1, m->id));
    for (;;) {
        struct label label;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        if (!view_sees(op, snap, stmt_int64(s, 0)))
            continue; /* what one may not see is not even counted */
        label = setup_label(op->setup, "relations", stmt_text(s, 1));
        json_object_begin(w);
        json_text(w, "number", stmt_text(s, 2));
        json_text(w, "relation", stmt_text(s, 1));
        view_label(w, "label", &label);
        json_text(w, "kind", stmt_text(s, 3));
        json_bool(w, "secret", stmt_int64(s, 4) != 0);
        json_text(w, "title", stmt_text(s, 6));
        json_bool(w, "visible", true);
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

static void view_acts(struct op *op, const struct matter *m, bool blocked, struct json_writer *w)
{
    struct workflow_choice choices[WORKFLOW_ACTS_MAX];
    struct record_facts record = matter_facts(op, m);
    struct workflow_facts facts = matter_workflow_facts(op, m);
    size_t n = workflow_allowed(matter_pack(op, m), matter_kind_of(m), m->status,
                                may_roles(&op->actor, &record), &facts, choices);

    json_open_array(w, "allowed_acts");
    for (size_t i = 0; i < n; i++) {
        const struct workflow_choice *c = &choices[i];
        char key[2] = {c->act->key, '\0'};

        if (!c->allowed)
            continue;
        json_object_begin(w);
        json_text(w, "act", c->act->id);
        view_label(w, "label", &c->label);
        json_text(w, "key", c->act->key == 0 ? NULL : key);
        json_text(w, "class",
                  c->likely                         ? "likely"
                  : c->act->act_class == ACT_LIKELY ? "other"
                                                    : act_class_name(c->act->act_class));
        view_label(w, "effect", &c->act->effect);
        json_object_end(w);
    }
    json_array_end(w);
    json_open_array(w, "blocked_acts");
    for (size_t i = 0; i < n && blocked; i++) {
        const struct workflow_choice *c = &choices[i];

        if (c->allowed)
            continue;
        json_object_begin(w);
        json_text(w, "act", c->act->id);
        view_label(w, "label", &c->label);
        view_label(w, "why", &c->why.why);
        view_label(w, "basis", &c->why.basis);
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- the object ---- */

static void view_head(struct op *op, const struct matter *m, struct json_writer *w)
{
    enum matter_kind kind = matter_kind_of(m);
    const struct pack_state *state = pack_state(matter_pack(op, m), kind, m->status);
    const struct body *body = setup_body(op->setup, m->body);

    json_text(w, "number", m->number);
    json_text(w, "kind", m->kind);
    json_text(w, "status", m->status);
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    view_label(w, "status_sentence", state == NULL ? NULL : &state->to_filer);
    json_int(w, "version", m->version);
    json_bool(w, "secret", m->secret != 0);
    json_bool(w, "open", m->open != 0);
    json_text(w, "title", m->title);
    view_code(op, w, "channel", "channel_label", "channels", m->channel);
    view_instant(w, "received_at", m->received_at, op->zone_min);
    view_instant(w, "registered_at", m->registered_at, op->zone_min);
    view_instant(w, "closed_at", m->ended_at, op->zone_min);
    json_text(w, "body", m->body);
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    view_officer(op, w, "officer", m->officer);
    view_officer(op, w, "first_officer", m->first_officer);
    json_open_object(w, "waiting_for");
    json_text(w, "who", m->waiting_for);
    view_label(w, "label", waiting_for_label(waiting_for_find(m->waiting_for)));
    view_instant(w, "since", m->waiting_since, op->zone_min);
    json_object_end(w);
}

static void view_suggestion(struct op *op, const struct matter *m, const json_t *filing,
                            struct json_writer *w)
{
    const json_t *suggested = json_object_get(m->detail, "suggested");
    const char *code = filing_text(suggested, "code");
    const struct body *body = setup_body(op->setup, code);

    if (body == NULL) {
        json_none(w, "suggested_body");
        return;
    }
    json_open_object(w, "suggested_body");
    json_text(w, "code", body->code);
    view_label(w, "name", &body->name);
    view_tree(w, "reason", json_object_get(filing, "suggestion"));
    json_object_end(w);
}

static void view_division(struct op *op, struct json_writer *w, const char *code)
{
    struct label label = place_label(op, code);

    json_text(w, "division", code);
    view_label(w, "division_label", &label);
}

static void view_content(struct op *op, const struct matter *m, const json_t *filing,
                         struct json_writer *w)
{
    static const char *const coded[] = {"themes",   "demands", "flags",
                                        "consents", "heads",   "external"};
    static const char *const sealed[] = {"product", "purchase", "source"};

    view_code(op, w, "category", "category_label", "categories", m->category);
    view_code(op, w, "problem", "problem_label", "problems", m->problem);
    view_division(op, w, m->division);
    view_code(op, w, "violation", "violation_label", "violations",
              filing_text(m->detail, "violation"));
    json_int(w, "amount_fen", m->amount_fen);
    json_int(w, "recovered_fen", m->recovered_fen);
    for (size_t i = 0; i < sizeof coded / sizeof coded[0]; i++)
        view_tree(w, coded[i], json_object_get(m->detail, coded[i]));
    for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++)
        view_tree(w, sealed[i], json_object_get(filing, sealed[i]));
    json_text(w, "demand_text", filing_text(filing, "demand_text"));
    json_text(w, "facts", filing_text(filing, "facts"));
    json_text(w, "late_reason", filing_text(filing, "late_reason"));
    view_respondent(op, m, filing, w);
}

static void view_tail(const struct op *op, const struct matter *m, struct json_writer *w)
{
    const struct label *earlier =
        m->pack == NULL ? &op->setup->packs[op->setup->n_packs - 1]->earlier_rule : NULL;

    json_key(w, "pack");
    if (m->pack == NULL) {
        json_put_null(w);
    } else {
        json_object_begin(w);
        json_text(w, "id", m->pack);
        json_int(w, "revision", m->pack_revision);
        view_label(w, "name", &matter_pack(op, m)->name);
        view_label(w, "instrument", &matter_pack(op, m)->instrument);
        view_date(w, "valid_from", matter_pack(op, m)->valid_from);
        view_date(w, "valid_to", matter_pack(op, m)->valid_to);
        json_object_end(w);
    }
    view_label(w, "earlier_rule", earlier);
    if (m->rating == MATTER_NONE) {
        json_none(w, "rating");
    } else {
        json_open_object(w, "rating");
        json_int(w, "score", m->rating);
        json_object_end(w);
    }
    view_told(w, json_object_get(m->detail, "told"), op->zone_min);
}

/* A report shows the person who filed it by PIN no more than its receipt and what he sent. */
static enum err_code view_report_for_party(struct op *op, struct snapshot *snap,
                                           const struct matter *m, struct json_writer *w)
{
    json_text(w, "number", m->number);
    json_text(w, "kind", m->kind);
    json_text(w, "status", "registered");
    json_int(w, "version", m->version);
    json_bool(w, "secret", true);
    view_instant(w, "received_at", m->received_at, op->zone_min);
    view_instant(w, "registered_at", m->registered_at, op->zone_min);
    json_open_array(w, "deadlines");
    json_array_end(w);
    TRY(view_files(op, snap, m, "files", w));
    view_acts(op, m, false, w);
    return ERR_OK;
}

static enum err_code view_group(struct op *op, struct snapshot *snap, const struct matter *m,
                                struct json_writer *w)
{
    int64_t n = 0;

    if (m->group_id == MATTER_NONE) {
        json_none(w, "group");
        return ERR_OK;
    }
    TRY(group_size(op, snap, m->group_id, &n));
    json_open_object(w, "group");
    json_int(w, "id", m->group_id);
    json_int(w, "n", n);
    json_object_end(w);
    return ERR_OK;
}

/* What the consumer wrote, as the business reads it: without what leads to a person. */
static enum err_code mask_filing(struct op *op, struct snapshot *snap, const struct matter *m,
                                 json_t *filing)
{
    static const char *const free_texts[] = {"facts", "demand_text"};
    CLEANUP(masked_persons_release) struct masked_persons persons = {0};

    for (size_t i = 0; i < sizeof free_texts / sizeof free_texts[0]; i++) {
        const char *masked;

        TRY(filing_mask(op, snap, m, &persons, filing_text(filing, free_texts[i]), &masked));
        if (masked != NULL)
            json_object_set_new(filing, free_texts[i], json_string(masked));
    }
    json_object_del(filing, "source");
    json_object_del(filing, "late_reason");
    return ERR_OK;
}

enum err_code view_matter(struct op *op, struct snapshot *snap, struct matter *m,
                          struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *filing = NULL, *none = json_array();
    bool party = op->actor.kind == ACTOR_PARTY, business = op->actor.kind == ACTOR_BUSINESS;
    bool outside = party || business;

    if (party && m->secret) {
        json_object_begin(w);
        TRY(view_report_for_party(op, snap, m, w));
        json_object_end(w);
        return ERR_OK;
    }
    TRY(filing_open(op, snap, m, &filing));
    if (business)
        TRY(mask_filing(op, snap, m, filing));
    json_object_begin(w);
    view_head(op, m, w);
    if (!outside) {
        view_suggestion(op, m, filing, w);
        view_jurisdiction(op, m, filing, w);
        view_subject_rules(op, m, w);
    }
    view_content(op, m, filing, w);
    TRY(view_persons(op, snap, m, w));
    view_clocks(op, m, w);
    TRY(view_offer(op, snap, m, w));
    TRY(view_settlement(op, snap, m, w));
    view_outcome(op, m, w);
    if (business) /* evidence shows more than a mask can hide: the body has it */
        view_tree(w, "files", none);
    else
        TRY(view_files(op, snap, m, "files", w));
    if (!outside) {
        TRY(view_business_ref(op, snap, w, "business", m->business));
        TRY(view_links(op, snap, m, w));
        TRY(view_group(op, snap, m, w));
        TRY(hold_view_of(op, snap, m, w));
        TRY(view_procedure(op, snap, m, w));
        TRY(order_view_brief(op, snap, m->order_id, w));
        case_view_brief(op, snap, json_integer_value(json_object_get(m->detail, "case")), w);
        TRY(entry_view_links_to(op, snap, "matter", m->id, "entries", w));
    }
    view_acts(op, m, !outside, w);
    view_tail(op, m, w);
    json_object_end(w);
    return ERR_OK;
}
