/* What the officers of a complaint or report see of its procedure. */
#include <string.h>

#include "rules/subject_rules.h"
#include "work/extension.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/procedure.h"
#include "work/reward.h"
#include "work/view_internal.h"

static void view_choice(struct op *op, const struct matter *m, struct json_writer *w,
                        const char *key, const char *act, const char *field, const char *code)
{
    const struct act_field *f = NULL;
    const struct pack_act *a = pack_act(matter_pack(op, m), act);
    const struct choice *choice = NULL;
    char label_key[32];

    if (a != NULL && code != NULL)
        f = act_field(a, field);
    if (f != NULL)
        choice = field_choice(f, matter_kind_of(m), code);
    json_text(w, key, code);
    snprintf(label_key, sizeof label_key, "%s_label", key);
    view_label(w, label_key, choice == NULL ? NULL : &choice->label);
}

static enum err_code view_proposal(struct op *op, struct snapshot *snap, const struct matter *m,
                                   struct json_writer *w)
{
    const json_t *p = json_object_get(m->detail, "proposal");
    CLEANUP(json_decrefp) json_t *texts = NULL;
    const struct pack_ground *ground;
    const char *code = filing_text(p, "ground");
    int64_t by = json_integer_value(json_object_get(p, "by"));

    if (code == NULL) {
        json_none(w, "proposal");
        return ERR_OK;
    }
    ground = pack_ground(matter_pack(op, m), matter_kind_of(m), code);
    TRY(texts_open(op, snap, m, json_integer_value(json_object_get(p, "version")), &texts));
    json_open_object(w, "proposal");
    json_text(w, "ground", code);
    view_label(w, "label", ground == NULL ? NULL : &ground->label);
    view_label(w, "basis", ground == NULL ? NULL : &ground->basis.text);
    json_text(w, "reason", filing_text(texts, "reason"));
    view_officer(op, w, "by", by);
    json_bool(w, "own", op->actor.kind == ACTOR_OFFICER && op->actor.officer_id == by);
    view_instant(w, "at", json_integer_value(json_object_get(p, "at")), op->zone_min);
    json_object_end(w);
    return ERR_OK;
}

static void view_confirmed(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *c = json_object_get(m->detail, "confirmed");

    if (c == NULL || m->outcome == NULL || strcmp(m->outcome, "refused") != 0) {
        json_none(w, "confirmed");
        return;
    }
    json_open_object(w, "confirmed");
    view_officer(op, w, "by", json_integer_value(json_object_get(c, "by")));
    view_officer(op, w, "proposed_by", json_integer_value(json_object_get(c, "proposed_by")));
    view_instant(w, "at", json_integer_value(json_object_get(c, "at")), op->zone_min);
    json_object_end(w);
}

static void view_disclosure(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *mark = json_object_get(m->detail, "disclosure");

    if (!json_is_object(mark)) {
        json_none(w, "disclosure");
        return;
    }
    json_open_object(w, "disclosure");
    json_text(w, "state", filing_text(mark, "state"));
    view_choice(op, m, w, "cause", "exempt", "cause", filing_text(mark, "cause"));
    view_officer(op, w, "by", json_integer_value(json_object_get(mark, "by")));
    view_instant(w, "at", json_integer_value(json_object_get(mark, "at")), op->zone_min);
    json_object_end(w);
}

static void view_identity(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *i = json_object_get(m->detail, "identity");
    const json_t *until = json_object_get(i, "until");

    if (i == NULL) {
        json_none(w, "identity");
        return;
    }
    json_open_object(w, "identity");
    view_choice(op, m, w, "papers", "ask_identity", "papers", filing_text(i, "papers"));
    view_date(w, "until", json_is_integer(until) ? (date_t)json_integer_value(until) : DATE_NONE);
    view_choice(op, m, w, "result", "record_identity", "result", filing_text(i, "result"));
    json_object_end(w);
}

static void view_consent(struct op *op, const struct matter *m, const char *about,
                         const char *party, const json_t *consent, struct json_writer *w)
{
    const json_t *c = json_object_get(consent, party);

    if (c == NULL)
        return;
    json_object_begin(w);
    view_choice(op, m, w, "party", "consent", "party", party);
    view_choice(op, m, w, "about", "consent", "about", about);
    view_choice(op, m, w, "answer", "consent", "answer", filing_text(c, "answer"));
    json_text(w, "mediator", filing_text(consent, "mediator"));
    view_choice(op, m, w, "channel", "consent", "channel", filing_text(c, "channel"));
    view_instant(w, "at", json_integer_value(json_object_get(c, "at")), op->zone_min);
    json_object_end(w);
}

static void view_consents(struct op *op, const struct matter *m, struct json_writer *w)
{
    static const char *const abouts[] = {"mediation", "entrusting"};
    const json_t *consents = json_object_get(m->detail, "willing");

    json_open_array(w, "consents");
    for (size_t i = 0; i < 2; i++) {
        const json_t *consent = json_object_get(consents, abouts[i]);

        view_consent(op, m, abouts[i], "consumer", consent, w);
        view_consent(op, m, abouts[i], "business", consent, w);
    }
    json_array_end(w);
}

static void view_contacts(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *list = json_object_get(m->detail, "contacts");

    json_open_array(w, "contacts");
    for (size_t i = json_array_size(list); i-- > 0;) {
        const json_t *c = json_array_get(list, i);

        json_object_begin(w);
        view_choice(op, m, w, "party", "contact", "party", filing_text(c, "party"));
        view_choice(op, m, w, "channel", "contact", "channel", filing_text(c, "channel"));
        view_choice(op, m, w, "result", "contact", "result", filing_text(c, "result"));
        view_instant(w, "at", json_integer_value(json_object_get(c, "at")), op->zone_min);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Times in which the work stood, finished ones too, and whether a clock stood with it. */
static void view_pauses(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *list = json_object_get(m->detail, "pauses");

    json_open_array(w, "pauses");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *p = json_array_get(list, i), *to = json_object_get(p, "to");
        date_t from = (date_t)json_integer_value(json_object_get(p, "from"));

        json_object_begin(w);
        view_choice(op, m, w, "reason", "pause", "reason", filing_text(p, "reason"));
        view_date(w, "from", from);
        view_date(w, "to", json_is_integer(to) ? (date_t)json_integer_value(to) : DATE_NONE);
        json_bool(w, "excluded", json_is_true(json_object_get(p, "excluded")));
        json_int(w, "days", json_is_integer(to) ? json_integer_value(to) - from : 0);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Whoever acts for the consumer: what was seen of his authority, and whether it still holds. */
static void view_proxy(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *p = json_object_get(m->detail, "proxy_paper");
    const json_t *until = json_object_get(p, "until");
    date_t last = json_is_integer(until) ? (date_t)json_integer_value(until) : DATE_NONE;

    if (!json_is_true(json_object_get(m->detail, "proxy"))) {
        json_none(w, "proxy");
        return;
    }
    json_open_object(w, "proxy");
    view_choice(op, m, w, "result", "record_proxy", "result", filing_text(p, "result"));
    view_choice(op, m, w, "scope", "record_proxy", "scope", filing_text(p, "scope"));
    view_date(w, "until", last);
    json_bool(w, "over", last != DATE_NONE && last < date_of_instant(op->now_ms, op->zone_min));
    view_officer(op, w, "by", json_integer_value(json_object_get(p, "by")));
    view_instant(w, "at", p == NULL ? MATTER_NONE : json_integer_value(json_object_get(p, "at")),
                 op->zone_min);
    json_object_end(w);
}

/* "police" and "hand_over": who outside has it now. */
static void view_handed(struct op *op, const struct matter *m, const char *key,
                        struct json_writer *w)
{
    const json_t *h = json_object_get(m->detail, key);

    if (h == NULL) {
        json_none(w, key);
        return;
    }
    json_open_object(w, key);
    json_text(w, "to", filing_text(h, "to"));
    json_text(w, "notice", filing_text(h, "notice"));
    view_instant(w, "at", json_integer_value(json_object_get(h, "at")), op->zone_min);
    json_object_end(w);
}

static void view_entrusted(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *e = json_object_get(m->detail, "entrusted");

    if (e == NULL) {
        json_none(w, "entrusted");
        return;
    }
    json_open_object(w, "entrusted");
    json_text(w, "mediator", filing_text(e, "mediator"));
    view_instant(w, "at", json_integer_value(json_object_get(e, "at")), op->zone_min);
    json_object_end(w);
}

static void view_major(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *major = json_object_get(m->detail, "major");

    if (major == NULL) {
        json_none(w, "major");
        return;
    }
    json_open_object(w, "major");
    view_choice(op, m, w, "cause", "mark_major", "cause", filing_text(major, "cause"));
    json_int(w, "people", json_integer_value(json_object_get(major, "people")));
    view_instant(w, "at", json_integer_value(json_object_get(major, "at")), op->zone_min);
    json_object_end(w);
}

static void view_recused(struct op *op, const struct matter *m, struct json_writer *w)
{
    const json_t *list = json_object_get(m->detail, "recused");

    json_open_array(w, "recused");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_object_begin(w);
        view_officer(op, w, "officer", json_integer_value(json_array_get(list, i)));
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- which body is competent ---- */

static void view_power(struct op *op, const struct matter *m, struct json_writer *w)
{
    static const char *const times[] = {"at", "referred_at", "designated_at"};
    const json_t *p = json_object_get(m->detail, "power");

    if (p == NULL) {
        json_none(w, "power");
        return;
    }
    json_open_object(w, "power");
    json_text(w, "with", filing_text(p, "with"));
    json_text(w, "to", filing_text(p, "to"));
    json_text(w, "notice", filing_text(p, "notice"));
    view_officer(op, w, "by", json_integer_value(json_object_get(p, "by")));
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        const json_t *at = json_object_get(p, times[i]);

        view_instant(w, times[i], json_is_integer(at) ? json_integer_value(at) : MATTER_NONE,
                     op->zone_min);
    }
    json_object_end(w);
}

static unsigned place_of(const struct matter *m, const json_t *filing)
{
    const char *platform = filing_text(filing, "purchase.platform");
    const char *name = filing_text(filing, "respondent.name");
    const char *violation = filing_text(m->detail, "violation");
    unsigned place = 0;

    if (platform != NULL && name != NULL && strcmp(platform, name) == 0)
        place |= PLACE_IS_PLATFORM;
    if (platform != NULL)
        place |= PLACE_PLATFORM | PLACE_ONLINE;
    if (json_is_true(filing_at(filing, "purchase.online")))
        place |= PLACE_ONLINE;
    if (filing_text(filing, "respondent.address") == NULL)
        place |= PLACE_NO_ADDRESS;
    if (violation != NULL && strcmp(violation, "advertising") == 0)
        place |= PLACE_ADVERTISING;
    return place;
}

void view_jurisdiction(struct op *op, const struct matter *m, const json_t *filing,
                       struct json_writer *w)
{
    const struct pack_jurisdiction *row =
        m->outcome != NULL
            ? NULL
            : pack_jurisdiction(matter_pack(op, m), matter_kind_of(m), place_of(m, filing));

    if (row == NULL) {
        json_none(w, "jurisdiction");
        return;
    }
    json_open_object(w, "jurisdiction");
    json_text(w, "id", row->id);
    view_label(w, "label", &row->label);
    view_label(w, "says", &row->says);
    view_label(w, "basis", &row->basis.text);
    json_object_end(w);
}

/* The day by which the subject's own law wants something done: counted like a term of the pack. */
static void view_subject_day(struct op *op, const struct matter *m, const struct subject_rule *rule,
                             struct json_writer *w)
{
    const struct deadline_rule term = {
        .id = rule->id, .length = rule->working_days, .unit = UNIT_WD, .roll = ROLL_ANY_OFFDAY};
    struct deadline_due due;

    if (rule->working_days == 0 ||
        deadline_compute(&term, date_of_instant(m->received_at, op->zone_min), NULL, 0, 0,
                         op->setup->calendar, &due, &op->err) != ERR_OK) {
        json_none(w, "due");
        return;
    }
    view_date(w, "due", due.due);
}

void view_subject_rules(struct op *op, const struct matter *m, struct json_writer *w)
{
    const struct subject_rules *all = op->setup->subjects;
    const char *violation = filing_text(m->detail, "violation");
    bool anonymous = json_is_true(json_object_get(m->detail, "anonymous"));

    json_open_array(w, "subject_rules");
    for (size_t i = 0; matter_kind_of(m) == KIND_REPORT && i < all->n_rules; i++) {
        const struct subject_rule *rule = &all->rules[i];

        if (!subject_fits(rule, violation, anonymous))
            continue;
        json_object_begin(w);
        json_text(w, "id", rule->id);
        json_text(w, "use", subject_use_name(rule->use));
        view_label(w, "says", &rule->says);
        view_label(w, "basis", &rule->basis);
        view_subject_day(op, m, rule, w);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err_code view_procedure(struct op *op, struct snapshot *snap, const struct matter *m,
                             struct json_writer *w)
{
    if (matter_kind_of(m) == KIND_ENQUIRY) {
        json_none(w, "procedure");
        return ERR_OK;
    }
    json_open_object(w, "procedure");
    TRY(view_proposal(op, snap, m, w));
    view_confirmed(op, m, w);
    view_identity(op, m, w);
    view_consents(op, m, w);
    view_contacts(op, m, w);
    view_pauses(op, m, w);
    view_entrusted(op, m, w);
    view_recused(op, m, w);
    view_disclosure(op, m, w);
    view_handed(op, m, "police", w);
    view_handed(op, m, "hand_over", w);
    view_proxy(op, m, w);
    view_power(op, m, w);
    view_major(op, m, w);
    reward_view(op, m, w);
    TRY(view_extensions(op, snap, m, w));
    TRY(view_rules(op, m, w));
    json_object_end(w);
    return ERR_OK;
}
