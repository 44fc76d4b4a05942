/* Receiving a filing, and opening what was sealed with it. */
#include "work/filing.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "insight/mask.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/business.h"
#include "work/draft.h"
#include "work/filing_internal.h"
#include "work/idempotency.h"
#include "work/place.h"
#include "work/seal.h"

#define TITLE_CODE_POINTS 42

/* ---- derived texts ---- */

static void add_secrets(const json_t *person, struct secret *secrets, size_t *n)
{
    const struct {
        enum secret_kind kind;
        const char *key;
    } parts[] = {{SECRET_NAME, "name"}, {SECRET_PHONE, "phone"}, {SECRET_ADDRESS, "address"}};

    for (size_t i = 0; i < 3; i++) {
        const char *text = json_string_value(json_object_get(person, parts[i].key));

        if (text != NULL)
            secrets[(*n)++] = (struct secret){parts[i].kind, text};
    }
}

/* What lists show of the sealed filing, nothing of it for reports: the consumer's masked name, and
 * the first words of the facts with the parties masked. */
static enum err_code make_title(struct op *op, struct matter *m, const json_t *filing)
{
    const char *facts = filing_text(filing, "facts"), *name = filing_text(filing, "consumer.name");
    struct secret secrets[6];
    size_t n = 0, cut;
    char *masked;

    m->title = m->consumer = NULL;
    if (m->secret)
        return ERR_OK;
    m->consumer = name == NULL ? "" : mask_name(op->arena, name);
    if (m->consumer == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "masking a name");
    if (facts == NULL)
        return ERR_OK;
    add_secrets(filing_at(filing, "consumer"), secrets, &n);
    add_secrets(filing_at(filing, "proxy"), secrets, &n);
    TRY(mask_text(op->setup->folder, op->arena, facts, secrets, n, &masked));
    for (char *p = masked; *p != '\0'; p++)
        if (*p == '\n' || *p == '\r' || *p == '\t')
            *p = ' ';
    cut = utf8_prefix(masked, strlen(masked), TITLE_CODE_POINTS);
    m->title = arena_printf(op->arena, "%.*s%s", (int)cut, masked, masked[cut] == '\0' ? "" : "…");
    return m->title == NULL ? err_set(&op->err, ERR_NO_MEMORY, "a title") : ERR_OK;
}

enum err_code filing_respondent_key(struct op *op, const char *name, const char **ret)
{
    struct folded folded;

    TRY(fold_text(op->setup->folder, op->arena, name, strlen(name), &folded));
    *ret = fold_utf8(op->arena, folded.units, folded.n);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for a name") : ERR_OK;
}

/* ---- building the first event ---- */

static void copy_key(struct draft *d, const json_t *filing, const char *key)
{
    const json_t *value = filing_at(filing, key);

    if (value != NULL)
        draft_detail(d, key, json_deep_copy(value));
}

static json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

/* Columns and detail that a first filing and an amendment both write. */
static enum err_code put_content(struct draft *d, const json_t *filing, bool secret)
{
    struct op *op = d->op;
    const char *business = filing_text(filing, "respondent.name"), *key = NULL;
    static const char *const kept[] = {"demands",  "themes", "violation", "flags",
                                       "consents", "heads",  "external"};

    draft_set(d, "category", text_or_null(filing_text(filing, "category")));
    draft_set(d, "problem", text_or_null(filing_text(filing, "problem")));
    place_put(d, place_as_told(op, filing), NULL);
    draft_set(d, "amount_fen", json_integer(json_integer_value(filing_at(filing, "amount_fen"))));
    if (!secret && business != NULL) {
        TRY(filing_respondent_key(op, business, &key));
        draft_set(d, "respondent", json_string(business));
        draft_set(d, "respondent_key", json_string(key));
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        copy_key(d, filing, kept[i]);
    return ERR_OK;
}

/* The clerk has confirmed the business while writing the filing down. */
static enum err_code put_business(struct draft *d, struct changes *ch, const json_t *filing)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record business = {0};
    const json_t *id = filing_at(filing, "business");
    enum err_code rc;

    if (!json_is_integer(id))
        return ERR_OK;
    TRY(snapshot_open(d->op, &snap));
    rc = business_find(d->op, snap, json_integer_value(id), &business);
    if (rc == ERR_NOT_FOUND)
        return err_field(&d->op->err, ERR_INVALID, "business", "unknown_business", "没有这个经营者",
                         "There is no such business.");
    TRY(rc);
    draft_in(d, "business", json_integer(business.id));
    draft_set(d, "business", json_integer(business.id));
    place_put(d, place_as_told(d->op, filing), &business);
    business_hold(ch, business.id);
    return ERR_OK;
}

static void put_sealed(struct draft *d, const json_t *filing)
{
    static const char *const sealed[] = {"facts",    "demand_text", "respondent", "product",
                                         "purchase", "source",      "late_reason"};

    for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++) {
        const json_t *value = filing_at(filing, sealed[i]);

        if (value != NULL)
            draft_text_json(d, sealed[i], json_deep_copy(value));
    }
}

static void put_suggestion(struct draft *d, const json_t *filing)
{
    struct op *op = d->op;
    struct routing_query q = {
        .division = filing_text(filing, "respondent.division"),
        .address = filing_text(filing, "respondent.address"),
        .business = filing_text(filing, "respondent.name"),
        .text = filing_text(filing, "facts"),
    };
    struct routing_suggestion s = routing_suggest(op->setup->routing, op->arena, &q);

    if (s.body != NULL && setup_body(op->setup, s.body) != NULL)
        draft_detail(d, "suggested",
                     json_pack("{s:s, s:i}", "code", s.body, "certainty", s.certainty_pct));
    if (s.reason.zh != NULL)
        draft_text_json(d, "suggestion",
                        json_pack("{s:s, s:s}", "zh", s.reason.zh, "en", s.reason.en));
}

static void put_origin(struct draft *d, const struct filing_facts *f, const json_t *order)
{
    struct op *op = d->op;
    const struct pack *pack = filing_pack(op, f);
    bool officer = op->actor.kind == ACTOR_OFFICER;
    int64_t revision = 0;

    draft_set(d, "kind", json_string(matter_kind_name(f->kind)));
    draft_set(d, "secret", json_integer(f->kind == KIND_REPORT));
    draft_set(d, "channel", json_string(f->channel));
    draft_set(d, "received_at", json_integer(f->received_at));
    draft_set(d, "registered_at", json_integer(op->now_ms));
    draft_set(d, "registered_by", json_integer(op->actor.officer_id));
    draft_set(d, "body", json_string(officer ? op->actor.body : op->setup->intake->code));
    draft_set(d, "recovered_fen", json_integer(0));
    draft_set(d, "pin_generation", json_integer(1));
    if (officer)
        draft_set(d, "first_officer", json_integer(op->actor.officer_id));
    if (pack != NULL) {
        (void)text_int64(pack->revision, &revision);
        draft_set(d, "pack", json_string(pack->id));
        draft_set(d, "pack_revision", json_integer(revision));
    }
    draft_detail(d, "filing_version", json_integer(1));
    if (f->anonymous)
        draft_detail(d, "anonymous", json_true());
    if (order != NULL)
        draft_set(d, "order_id", json_deep_copy(order));
}

static enum err_code put_persons(struct draft *d, struct changes *ch, const json_t *filing,
                                 const struct filing_facts *f)
{
    const json_t *consumer = filing_at(filing, "consumer"), *proxy = filing_at(filing, "proxy");

    if (json_object_size(consumer) > 0 && !f->anonymous)
        TRY(draft_person(d, ch, f->kind == KIND_REPORT ? "reporter" : "consumer", consumer));
    if (json_object_size(proxy) > 0 && f->kind != KIND_REPORT) {
        draft_detail(d, "proxy", json_true());
        TRY(draft_person(d, ch, "proxy", proxy));
    }
    return ERR_OK;
}

enum err_code filing_register(struct op *op, struct changes *ch, const json_t *filing,
                              const struct filing_facts *f, int64_t id, int64_t linked,
                              const char *relation, struct matter *m)
{
    CLEANUP(draft_release) struct draft d = {0};
    struct workflow_facts facts = {
        .earlier_rule = filing_pack(op, f) == NULL,
        .anonymous = f->anonymous,
    };
    char number[NUMBER_TEXT];

    *m = (struct matter){.id = id,
                         .kind = matter_kind_name(f->kind),
                         .ended_at = MATTER_NONE,
                         .order_id = MATTER_NONE,
                         .group_id = MATTER_NONE};
    TRY(number_format(id, op->setup->number_key, number, &op->err));
    draft_begin(op, &d, m, "register", f->received_at);
    draft_set(&d, "number", json_string(number));
    put_origin(&d, f, filing_at(filing, "order_id"));
    TRY(put_content(&d, filing, f->kind == KIND_REPORT));
    put_sealed(&d, filing);
    put_suggestion(&d, filing);
    if (linked != 0)
        draft_link(&d, linked, relation);
    if (linked != 0 && strcmp(relation, "split_from") == 0) /* for figures */
        draft_detail(&d, "from_complaint", json_integer(1));
    TRY(put_persons(&d, ch, filing, f));
    TRY(put_business(&d, ch, filing));
    TRY(draft_decide_begin(&d, &facts));
    TRY(draft_take(&d));
    TRY(draft_record(&d, ch));
    return make_title(op, m, filing);
}

/* The report that comes in the same paper as a complaint. */
static json_t *split_report(const json_t *filing)
{
    const json_t *also = filing_at(filing, "also_report");
    json_t *report = json_copy((json_t *)filing);
    static const char *const complaint_only[] = {
        "also_report", "demands", "demand_text", "answer",   "consents",
        "category",    "problem", "amount_fen",  "order_id", "duplicate"};

    for (size_t i = 0; i < sizeof complaint_only / sizeof complaint_only[0]; i++)
        json_object_del(report, complaint_only[i]);
    if (json_object_get(also, "respondent") != NULL)
        json_object_del(report, "business");
    json_object_set_new(report, "kind", json_string("report"));
    json_object_update(report, (json_t *)also);
    return report;
}

static enum err_code follow_up_acts(struct op *op, struct changes *ch, const json_t *filing,
                                    struct matter *m)
{
    const char *body = filing_text(filing, "body"), *answer = filing_text(filing, "answer");
    const json_t *duplicate = filing_at(filing, "duplicate");
    CLEANUP(json_decrefp) json_t *input = NULL;

    if (duplicate != NULL)
        TRY(matter_act_into(op, ch, m, "duplicate", duplicate));
    if (answer != NULL) {
        input = json_pack("{s:s}", "text", answer);
        return matter_act_into(op, ch, m, "answer", input);
    }
    if (body != NULL) {
        input = json_pack("{s:s}", "body", body);
        return matter_act_into(op, ch, m, "assign", input);
    }
    return ERR_OK;
}

static enum err_code receive_report(struct op *op, struct changes *ch, const json_t *filing,
                                    const struct filing_facts *f, int64_t id, int64_t complaint)
{
    CLEANUP(json_decrefp) json_t *report = split_report(filing);
    struct filing_facts rf = *f;
    struct matter m;

    rf.kind = KIND_REPORT;
    rf.anonymous = json_is_true(filing_at(report, "anonymous"));
    TRY(filing_register(op, ch, report, &rf, id, complaint, "split_from", &m));
    matter_save(op, ch, NULL, &m);
    matter_release(&m);
    return ERR_OK;
}

enum err_code matter_receive_into(struct op *op, struct changes *ch, const json_t *filing,
                                  struct matter *m, struct receipt *ret)
{
    struct filing_facts f;
    int month;

    *m = (struct matter){0};
    if (op->setup->intake == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "no body yet: run init or demo");
    TRY(filing_check(op, filing, &f));
    month = date_month_index(date_of_instant(f.received_at, op->zone_min));
    *ret = (struct receipt){.id = store_next_id(op->store, month)};
    if (filing_at(filing, "also_report") != NULL)
        ret->also = store_next_id(op->store, month);
    TRY(filing_register(op, ch, filing, &f, ret->id, ret->also, "split_to", m));
    if (ret->also != 0)
        TRY(receive_report(op, ch, filing, &f, ret->also, ret->id));
    return follow_up_acts(op, ch, filing, m);
}

/* What an earlier request with the same key filed, as it stands now. */
static enum err_code received_before(struct op *op, const json_t *earlier, struct matter *ret_m,
                                     struct receipt *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    *ret = (struct receipt){.id = json_integer_value(json_object_get(earlier, "id")),
                            .also = json_integer_value(json_object_get(earlier, "also")),
                            .replayed = true};
    TRY(snapshot_open(op, &snap));
    return matter_load(op, snap, ret->id, ret_m);
}

enum err_code matter_receive(struct op *op, const json_t *filing, struct matter *ret_m,
                             struct receipt *ret)
{
    CLEANUP(json_decrefp) json_t *earlier = NULL, *result = NULL;
    CLEANUP(matter_release) struct matter m = {0};
    struct changes *ch = changes_new(op);
    enum err_code rc;

    if (op->actor.kind == ACTOR_OFFICER) {
        struct record_facts facts = {.body_path = op->actor.body_path};

        TRY(may_check(&op->actor, MAY_CREATE_STAFF, &facts, &op->err));
    }
    TRY(idempotency_find(op, op->key, &earlier));
    snapshot_let_go(op); /* the store may need a view of its own to give out an id */
    if (earlier == NULL) {
        TRY(matter_receive_into(op, ch, filing, &m, ret));
        matter_save(op, ch, NULL, &m);
        result = json_pack("{s:I, s:I}", "id", (json_int_t)ret->id, "also", (json_int_t)ret->also);
        idempotency_add(op, ch, op->key, result);
        rc = store_apply(op, ch, QUEUE_INTERACTIVE);
        if (rc == ERR_OK) {
            *ret_m = m;
            m.detail = NULL; /* the caller's now */
        }
        if (rc != ERR_REPLAYED)
            return rc;
        TRY(idempotency_find(op, op->key, &earlier)); /* the same request won the race */
        if (earlier == NULL)
            return err_set(&op->err, ERR_UNCERTAIN, "idempotency row vanished");
    }
    return received_before(op, earlier, ret_m, ret);
}

/* ---- amending ---- */

/* The business that a clerk confirmed stays, and says what it said. */
static enum err_code put_place_again(struct draft *d, struct snapshot *snap, const json_t *filing)
{
    CLEANUP(record_release) struct record business = {0};

    if (d->m->business == MATTER_NONE)
        return ERR_OK;
    TRY(business_find(d->op, snap, d->m->business, &business));
    place_put(d, place_as_told(d->op, filing), &business);
    return ERR_OK;
}

/* Replaces fields of the filing by those given; the whole new filing is sealed with this event. */
enum err_code filing_amend(struct draft *d, struct changes *ch, struct snapshot *snap,
                           const json_t *fields)
{
    struct op *op = d->op;
    CLEANUP(json_decrefp) json_t *filing = NULL, *person = NULL;
    struct matter *m = d->m;
    const json_t *consumer = filing_at(fields, "consumer"), *proxy = filing_at(fields, "proxy");

    TRY(filing_open(op, snap, m, &filing));
    json_object_update_recursive(filing, (json_t *)fields);
    if (filing_at(fields, "category") == NULL)
        json_object_set_new(filing, "category", text_or_null(m->category));
    if (filing_at(fields, "problem") == NULL)
        json_object_set_new(filing, "problem", text_or_null(m->problem));
    if (filing_at(fields, "amount_fen") == NULL)
        json_object_set_new(filing, "amount_fen", json_integer(m->amount_fen));
    TRY(put_content(d, filing, m->secret != 0));
    TRY(put_place_again(d, snap, filing));
    put_sealed(d, filing);
    draft_detail(d, "filing_version", json_integer(m->version + 1));
    if (consumer != NULL) {
        const char *role = m->secret ? "reporter" : "consumer";

        TRY(person_open(op, snap, m, role, &person));
        if (person == NULL)
            person = json_object();
        json_object_update(person, (json_t *)consumer);
        TRY(draft_person(d, ch, role, person));
    }
    if (proxy != NULL && !m->secret) {
        draft_detail(d, "proxy", json_object_size(proxy) > 0 ? json_true() : json_null());
        draft_detail(d, "proxy_paper",
                     json_null()); /* that of another proves nothing of this one */
        TRY(draft_person(d, ch, "proxy", proxy));
    }
    return ERR_OK;
}

/* A person as amended: what was sealed, with the fields now given. */
static enum err_code amended(struct op *op, struct snapshot *snap, const struct matter *m,
                             const char *role, const json_t *fields, json_t *shown)
{
    CLEANUP(json_decrefp) json_t *person = NULL;

    TRY(person_open(op, snap, m, role, &person));
    if (person == NULL)
        person = json_object();
    json_object_update(person, json_object_get(fields, role));
    json_object_set(shown, role, person);
    return ERR_OK;
}

/* The title after an amendment; asked for when the event is recorded. */
enum err_code filing_retitle(struct op *op, struct snapshot *snap, struct matter *m,
                             const json_t *texts, const json_t *fields)
{
    CLEANUP(json_decrefp) json_t *shown = json_object();

    TRY(amended(op, snap, m, "consumer", fields, shown));
    TRY(amended(op, snap, m, "proxy", fields, shown));
    json_object_set(shown, "facts", json_object_get(texts, "facts"));
    return make_title(op, m, shown);
}

/* ---- opening ---- */

enum err_code texts_open(struct op *op, struct snapshot *snap, const struct matter *m,
                         int64_t version, json_t **ret)
{
    return seal_open_texts(op, snap, m->id, version, ret);
}

enum err_code filing_open(struct op *op, struct snapshot *snap, const struct matter *m,
                          json_t **ret)
{
    return texts_open(op, snap, m, json_integer_value(json_object_get(m->detail, "filing_version")),
                      ret);
}

enum err_code person_open(struct op *op, struct snapshot *snap, const struct matter *m,
                          const char *role, json_t **ret)
{
    return seal_open_person(op, snap, m->id, role, ret);
}

enum err_code filing_mask(struct op *op, struct snapshot *snap, const struct matter *m,
                          struct masked_persons *persons, const char *text, const char **ret)
{
    struct secret secrets[6];
    size_t n = 0;
    char *masked = NULL;

    if (text != NULL) {
        if (!persons->opened) {
            TRY(person_open(op, snap, m, "consumer", &persons->consumer));
            TRY(person_open(op, snap, m, "proxy", &persons->proxy));
            persons->opened = true;
        }
        add_secrets(persons->consumer, secrets, &n);
        add_secrets(persons->proxy, secrets, &n);
        TRY(mask_text(op->setup->folder, op->arena, text, secrets, n, &masked));
    }
    *ret = masked;
    return ERR_OK;
}

void masked_persons_release(struct masked_persons *persons)
{
    json_decref(persons->consumer);
    json_decref(persons->proxy);
    *persons = (struct masked_persons){0};
}

void matter_pin(struct op *op, const struct matter *m, char ret[PIN_TEXT])
{
    vault_pin(op, m->id, m->pin_generation, ret);
}
