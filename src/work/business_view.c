/* What an actor sees of a business. */
#include "work/business_view.h"

#include <string.h>

#include "base/text.h"
#include "rules/pack.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/business_login.h"
#include "work/entry.h"
#include "work/seal.h"
#include "work/view_internal.h"

#define MATTERS_COUNTED 1000 /* beside a name in a list: more is "1000+" */
#define CONTACT_MATTERS 200  /* the newest ones, for what was heard of it */

static enum err_code may_read(struct op *op)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};

    return may_check(&op->actor, MAY_READ_BUSINESS, &facts, &op->err);
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

/* ---- rows ---- */

static void view_head(struct op *op, const struct record *r, struct json_writer *w)
{
    const json_t *aliases = json_object_get(r->state, "aliases");

    json_int(w, "id", r->id);
    json_text(w, "name", record_member(r, "name"));
    json_key(w, "aliases");
    if (aliases == NULL)
        json_put_raw(w, "[]");
    else
        json_put_tree(w, aliases);
    json_text(w, "uscc", record_member(r, "uscc"));
    json_text(w, "address", record_member(r, "address"));
    json_text(w, "division", record_member(r, "division"));
    view_code(op, w, "industry", "industry_label", "industries", record_member(r, "industry"));
    view_code(op, w, "status", "status_label", "business_statuses", record_member(r, "status"));
}

enum err_code view_business_row(struct op *op, struct snapshot *snap, const struct record *r,
                                const struct business_hit *hit, struct json_writer *w)
{
    struct facts_query query = {.about = FACTS_BUSINESS, .id = r->id};
    int64_t n;

    TRY(facts_count(op, snap, &query, MATTERS_COUNTED + 1, &n));
    view_head(op, r, w);
    json_int(w, "matters", n > MATTERS_COUNTED ? MATTERS_COUNTED : n);
    json_bool(w, "matters_capped", n > MATTERS_COUNTED);
    if (hit == NULL) {
        json_none(w, "found");
        return ERR_OK;
    }
    json_open_object(w, "found");
    json_text(w, "what", hit->what);
    json_text(w, "name", hit->name);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_hits(struct op *op, struct snapshot *snap,
                               const struct business_hit *hits, size_t n, struct json_writer *w)
{
    for (size_t i = 0; i < n; i++) {
        CLEANUP(record_release) struct record r = {0};
        enum err_code rc = record_load(op, snap, "business", hits[i].id, &r);

        if (rc == ERR_NOT_FOUND) { /* the index is ahead or behind for a moment */
            err_clear(&op->err);
            continue;
        }
        TRY(rc);
        if (strcmp(record_member(&r, "status"), "merged") == 0)
            continue;
        json_object_begin(w);
        TRY(view_business_row(op, snap, &r, hits[i].what == NULL ? NULL : &hits[i], w));
        json_object_end(w);
    }
    return ERR_OK;
}

enum err_code view_businesses(struct op *op, const char *typed, size_t max, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct business_hit hits[BUSINESS_HITS_MAX];
    struct fact_business recent[BUSINESS_HITS_MAX];
    size_t n = 0;

    TRY(may_read(op));
    TRY(snapshot_open(op, &snap));
    if (max > BUSINESS_HITS_MAX)
        max = BUSINESS_HITS_MAX;
    if (typed != NULL && *text_trim(op->arena, typed) != '\0') {
        TRY(businesses_look_up(op, snap, op->setup->folder, typed, max, hits, &n));
    } else {
        TRY(facts_recent(op, snap, max, recent, &n));
        for (size_t i = 0; i < n; i++)
            hits[i] = (struct business_hit){.id = recent[i].id};
    }
    json_object_begin(w);
    json_open_array(w, "items");
    TRY(view_hits(op, snap, hits, n, w));
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_business_ref(struct op *op, struct snapshot *snap, struct json_writer *w,
                                const char *key, int64_t id)
{
    CLEANUP(record_release) struct record r = {0};

    if (id == MATTER_NONE || id == 0) {
        json_none(w, key);
        return ERR_OK;
    }
    TRY(business_find(op, snap, id, &r));
    json_open_object(w, key);
    json_int(w, "id", r.id);
    json_text(w, "name", record_member(&r, "name"));
    json_text(w, "uscc", record_member(&r, "uscc"));
    view_code(op, w, "status", "status_label", "business_statuses", record_member(&r, "status"));
    json_object_end(w);
    return ERR_OK;
}

/* ---- facts ---- */

static void view_cell(struct json_writer *w, const char *key, struct label label, int64_t n)
{
    json_object_begin(w);
    json_text(w, "key", key);
    view_label(w, "label", &label);
    json_int(w, "n", n);
    json_object_end(w);
}

void view_facts_kinds(struct op *op, const struct facts *f, struct json_writer *w)
{
    json_open_array(w, "by_kind");
    for (int k = 0; k < KIND_COUNT; k++) {
        const char *name = matter_kind_name((enum matter_kind)k);
        int64_t n = 0;

        for (size_t i = 0; i < f->n_cells; i++)
            n += strcmp(f->cells[i].kind, name) == 0 ? f->cells[i].n : 0;
        if (n > 0)
            view_cell(w, name, setup_kind_label(op->setup, (enum matter_kind)k), n);
    }
    json_array_end(w);
}

/* What the pack calls an outcome, of whichever kind knows it. */
static struct label outcome_label(struct op *op, const char *outcome)
{
    for (int k = 0; k < KIND_COUNT; k++) {
        const struct pack_outcome *o = setup_outcome(op->setup, (enum matter_kind)k, outcome);

        if (o != NULL)
            return o->label;
    }
    return *outcome == '\0' ? (struct label){"还没有结果", "No outcome yet"}
                            : (struct label){outcome, outcome};
}

void view_facts_outcomes(struct op *op, const struct facts *f, struct json_writer *w)
{
    const char *seen[64];
    size_t n_seen = 0;

    json_open_array(w, "by_outcome");
    for (size_t i = 0; i < f->n_cells && n_seen < 64; i++) {
        const char *outcome = f->cells[i].outcome;
        int64_t n = 0;
        size_t k = 0;

        while (k < n_seen && strcmp(seen[k], outcome) != 0)
            k++;
        if (k < n_seen)
            continue;
        seen[n_seen++] = outcome;
        for (size_t j = i; j < f->n_cells; j++)
            n += strcmp(f->cells[j].outcome, outcome) == 0 ? f->cells[j].n : 0;
        view_cell(w, outcome, outcome_label(op, outcome), n);
    }
    json_array_end(w);
}

void view_facts_months(struct op *op, const struct facts *f, struct json_writer *w)
{
    int first = 0, last = -1;

    (void)op;
    for (size_t i = 0; i < f->n_cells; i++) {
        first = last < 0 || f->cells[i].month < first ? f->cells[i].month : first;
        last = f->cells[i].month > last ? f->cells[i].month : last;
    }
    if (last - first > 35) /* three years at most: a strip that can be read */
        first = last - 35;
    json_open_array(w, "by_month");
    for (int month = first; month <= last; month++) {
        char text[DATE_TEXT];
        int64_t n = 0;

        for (size_t i = 0; i < f->n_cells; i++)
            n += f->cells[i].month == month ? f->cells[i].n : 0;
        date_format(date_month_start(month), text);
        text[7] = '\0';
        json_object_begin(w);
        json_text(w, "month", text);
        json_int(w, "n", n);
        json_object_end(w);
    }
    json_array_end(w);
}

static void view_sums(const struct facts *f, struct json_writer *w)
{
    int64_t amount = 0, recovered = 0, on_time = 0, told = 0, settled = 0, performed = 0;

    for (size_t i = 0; i < f->n_cells; i++) {
        const struct fact_cell *c = &f->cells[i];

        amount += c->amount_fen;
        recovered += c->recovered_fen;
        told += *c->told != '\0' ? c->n : 0;
        on_time += strcmp(c->told, "on_time") == 0 ? c->n : 0;
        settled += strcmp(c->outcome, "settled") == 0 ? c->n : 0;
        performed += strcmp(c->outcome, "settled") == 0 ? c->performed : 0;
    }
    json_int(w, "claimed_fen", amount);
    json_int(w, "recovered_fen", recovered);
    json_open_object(w, "told");
    json_int(w, "num", on_time);
    json_int(w, "den", told);
    json_object_end(w);
    json_open_object(w, "performed");
    json_int(w, "num", performed);
    json_int(w, "den", settled);
    json_object_end(w);
}

static bool said(const json_t *in, const char *key, const char *what)
{
    const char *text = json_string_value(json_object_get(in, key));

    return text != NULL && strcmp(text, what) == 0;
}

/* What came of the calls to the business, of its newest matters. */
static enum err_code view_contacts(struct op *op, struct snapshot *snap, const struct facts *f,
                                   struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    static const char *const results[] = {"reached", "no_answer", "refused"};
    int64_t n[3] = {0};
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_matter_contacts, &s));
    for (size_t i = 0; i < f->n_ids; i++) {
        stmt_reset(s);
        TRY(stmt_bind_int64(op, s, 1, f->ids[i]));
        for (;;) {
            CLEANUP(json_decrefp) json_t *body = NULL;
            const json_t *in;

            TRY(stmt_step(op, s, &row));
            if (!row)
                break;
            TRY(stmt_event_body(op, s, 0, &body));
            in = json_object_get(body, "in");
            for (size_t k = 0; k < 3; k++)
                if (said(in, "party", "business") && said(in, "result", results[k]))
                    n[k]++;
        }
    }
    json_open_object(w, "contacts");
    for (size_t k = 0; k < 3; k++)
        json_int(w, results[k], n[k]);
    json_int(w, "of_matters", (int64_t)f->n_ids);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_facts(struct op *op, struct snapshot *snap, const struct record *r,
                                struct facts *f, struct json_writer *w)
{
    struct facts_query confirmed = {.about = FACTS_BUSINESS, .id = r->id};
    struct facts_query same_name = {.about = FACTS_SAME_NAME, .id = r->id};
    int64_t unconfirmed;

    TRY(facts_of(op, snap, &confirmed, CONTACT_MATTERS, f));
    TRY(facts_count(op, snap, &same_name, MATTERS_COUNTED, &unconfirmed));
    json_open_object(w, "facts");
    json_int(w, "total", f->total);
    json_int(w, "open", f->open);
    json_int(w, "same_name", unconfirmed);
    view_facts_kinds(op, f, w);
    view_facts_outcomes(op, f, w);
    view_facts_months(op, f, w);
    view_sums(f, w);
    TRY(view_contacts(op, snap, f, w));
    json_object_end(w);
    return ERR_OK;
}

/* ---- the page ---- */

static void view_disclosure(struct op *op, const struct facts *f, struct json_writer *w)
{
    const struct disclosure *d = op->setup->disclosure;
    int64_t counted = 0, consented = 0, disclosed = 0, exempt = 0;

    for (size_t i = 0; i < f->n_cells; i++) {
        const struct fact_cell *c = &f->cells[i];

        disclosed += c->disclosed;
        exempt += c->exempt;
        if (!disclosure_counts(d, c->kind, c->outcome, c->ground))
            continue;
        counted += c->n;
        consented += c->consented;
    }
    json_open_object(w, "disclosure");
    json_bool(w, "published", disclosed > 0);
    json_int(w, "disclosed", disclosed);
    json_int(w, "exempt", exempt);
    view_label(w, "state", &d->state);
    view_label(w, "instrument", &d->instrument);
    view_label(w, "shows", &d->shows);
    view_label(w, "never", &d->never);
    json_int(w, "counted", counted);
    json_int(w, "consented", d->consent ? consented : counted);
    json_object_end(w);
}

static enum err_code view_contact(struct op *op, struct snapshot *snap, const struct record *r,
                                  struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *person = NULL;
    const char *name, *phone;

    if (!json_is_true(json_object_get(r->state, "contact"))) {
        json_none(w, "contact");
        return ERR_OK;
    }
    TRY(seal_open_person(op, snap, r->id, "contact", &person));
    name = json_string_value(json_object_get(person, "name"));
    phone = json_string_value(json_object_get(person, "phone"));
    json_open_object(w, "contact");
    json_text(w, "name", name == NULL ? NULL : mask_name(op->arena, name));
    json_text(w, "phone", phone == NULL ? NULL : mask_phone(op->arena, phone));
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_merged(struct op *op, struct snapshot *snap, const struct record *r,
                                 struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    json_open_array(w, "merged");
    TRY(snapshot_prepare(op, snap, SQL_business_merged_into, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    for (;;) {
        CLEANUP(json_decrefp) json_t *state = NULL;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        TRY(json_parse(stmt_text(s, 1), strlen(stmt_text(s, 1)), &state, &op->err));
        json_object_begin(w);
        json_int(w, "id", stmt_int64(s, 0));
        json_text(w, "name", json_string_value(json_object_get(state, "name")));
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

static void view_allowed(struct op *op, const struct record *r, struct json_writer *w)
{
    static const struct {
        const char *name;
        enum may_act act;
    } acts[] = {{"amend", MAY_WRITE_BUSINESS},       {"mark", MAY_WRITE_BUSINESS},
                {"reveal", MAY_WRITE_BUSINESS},      {"issue_login", MAY_WRITE_BUSINESS},
                {"close_login", MAY_WRITE_BUSINESS}, {"merge", MAY_MERGE_BUSINESS}};
    struct record_facts facts = {.body_path = op->actor.body_path};
    bool merged = strcmp(record_member(r, "status"), "merged") == 0;

    json_open_array(w, "allowed_acts");
    for (size_t i = 0; i < sizeof acts / sizeof acts[0] && !merged; i++)
        if (may(&op->actor, acts[i].act, &facts).yes &&
            (!business_login_act(acts[i].name) || business_login_allows(r, acts[i].name)))
            json_put_text(w, acts[i].name);
    json_array_end(w);
}

enum err_code view_business(struct op *op, struct snapshot *snap, const struct record *r,
                            struct json_writer *w)
{
    struct facts facts;

    TRY(may_read(op));
    json_object_begin(w);
    view_head(op, r, w);
    json_int(w, "version", r->version);
    view_date(w, "registered_on", (date_t)record_number(r, "day"));
    TRY(view_business_ref(op, snap, w, "into", record_number(r, "into")));
    TRY(view_merged(op, snap, r, w));
    TRY(view_contact(op, snap, r, w));
    json_bool(w, "login", business_login_open(r));
    TRY(view_facts(op, snap, r, &facts, w));
    view_disclosure(op, &facts, w);
    TRY(entry_view_links_to(op, snap, "business", r->id, "entries", w));
    view_allowed(op, r, w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_business_events(struct op *op, struct snapshot *snap, const struct record *r,
                                   struct json_writer *w)
{
    TRY(may_read(op));
    json_object_begin(w);
    TRY(record_write_events(op, snap, r, true, w));
    json_object_end(w);
    return ERR_OK;
}
