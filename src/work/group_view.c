/* A group as JSON: what it comes to, who leads it, what was agreed, what is proposed. */
#include <string.h>

#include "insight/list.h"
#include "sql_queries.h"
#include "work/filing_check.h"
#include "work/group_internal.h"
#include "work/view_internal.h"

static void write_sums(struct json_writer *w, const struct list_sums *s)
{
    json_open_object(w, "sums");
    json_int(w, "members", s->n);
    json_int(w, "open", s->open);
    json_int(w, "late", s->late);
    json_int(w, "settled", s->settled);
    json_int(w, "persons", s->persons);
    json_int(w, "amount_fen", s->amount_fen);
    json_int(w, "recovered_fen", s->recovered_fen);
    view_date(w, "next_due", s->next_due);
    json_object_end(w);
}

static date_t today_of(const struct op *op)
{
    return date_of_instant(op->now_ms, op->zone_min);
}

/* Rows of ids that the actor may see, in the order kept. */
static enum err_code write_ids(struct op *op, struct snapshot *snap, struct json_writer *w,
                               const char *key, const json_t *ids)
{
    date_t today = today_of(op);
    size_t n = json_array_size(ids), kept = 0;
    int64_t *list = ARENA_ARRAY(op->arena, int64_t, n + 1);
    struct list_row *rows = NULL;

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "candidates");
    for (size_t i = 0; i < n; i++)
        list[i] = json_integer_value(json_array_get(ids, i));
    TRY(list_rows(op, list, n, today, calendar_add_working_days(op->setup->calendar, today, 2),
                  &rows, &kept));
    json_open_array(w, key);
    for (size_t i = 0; i < kept; i++)
        TRY(view_row(op, snap, &rows[i], w));
    json_array_end(w);
    return ERR_OK;
}

static enum err_code write_numbers(struct op *op, struct json_writer *w, const char *key,
                                   const json_t *ids)
{
    date_t today = today_of(op);
    size_t n = json_array_size(ids), kept = 0;
    int64_t list[100];
    struct list_row *rows = NULL;

    n = n > 100 ? 100 : n;
    for (size_t i = 0; i < n; i++)
        list[i] = json_integer_value(json_array_get(ids, i));
    TRY(list_rows(op, list, n, today, today, &rows, &kept));
    json_open_array(w, key);
    for (size_t i = 0; i < kept; i++)
        json_put_text(w, rows[i].number);
    json_array_end(w);
    return ERR_OK;
}

static enum err_code write_meeting(struct op *op, struct snapshot *snap, const struct record *r,
                                   struct json_writer *w)
{
    const json_t *m = json_object_get(r->state, "meeting");
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (m == NULL) {
        json_none(w, "meeting");
        return ERR_OK;
    }
    TRY(record_texts(op, snap, r, json_integer_value(json_object_get(m, "version")), &texts));
    json_open_object(w, "meeting");
    view_instant(w, "at", json_integer_value(json_object_get(m, "at")), op->zone_min);
    json_text(w, "mode", filing_text(m, "mode"));
    json_text(w, "place", filing_text(texts, "place"));
    json_object_end(w);
    return ERR_OK;
}

/* How the representatives were chosen; null while no paper is recorded. */
static enum err_code write_mandate(struct op *op, struct snapshot *snap, const struct record *r,
                                   struct json_writer *w)
{
    const json_t *m = json_object_get(r->state, "mandate");
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (m == NULL) {
        json_none(w, "mandate");
        return ERR_OK;
    }
    TRY(record_texts(op, snap, r, json_integer_value(json_object_get(m, "version")), &texts));
    json_open_object(w, "mandate");
    json_text(w, "paper", filing_text(texts, "paper"));
    view_date(w, "signed_on", (date_t)json_integer_value(json_object_get(m, "signed_on")));
    view_officer(op, w, "by", json_integer_value(json_object_get(m, "by")));
    view_instant(w, "at", json_integer_value(json_object_get(m, "at")), op->zone_min);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_decision(struct op *op, struct snapshot *snap, const struct record *r,
                                    struct json_writer *w)
{
    const json_t *d = json_object_get(r->state, "decision");
    const struct pack_act *act;
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (d == NULL) {
        json_none(w, "decision");
        return ERR_OK;
    }
    TRY(record_texts(op, snap, r, json_integer_value(json_object_get(d, "version")), &texts));
    act = setup_act(op->setup, filing_text(d, "act"));
    json_open_object(w, "decision");
    json_text(w, "act", filing_text(d, "act"));
    view_label(w, "label", act == NULL ? NULL : &act->label);
    view_instant(w, "at", json_integer_value(json_object_get(d, "at")), op->zone_min);
    json_text(w, "terms", filing_text(texts, "terms"));
    json_object_end(w);
    return ERR_OK;
}

static void write_proposal(const struct record *r, struct json_writer *w)
{
    const json_t *p = json_object_get(r->state, "proposal");
    static const char *const numbers[] = {"likeness", "least", "days"};

    if (p == NULL) {
        json_none(w, "proposal");
        return;
    }
    json_open_object(w, "proposal");
    view_date(w, "from", (date_t)json_integer_value(json_object_get(p, "from")));
    view_date(w, "to", (date_t)json_integer_value(json_object_get(p, "to")));
    for (size_t i = 0; i < 3; i++)
        json_int(w, numbers[i], json_integer_value(json_object_get(p, numbers[i])));
    json_object_end(w);
}

static enum err_code write_head(struct op *op, struct snapshot *snap, const struct record *r,
                                struct json_writer *w)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    const char *category = record_member(r, "category");
    struct label label = {0};
    CLEANUP(json_decrefp) json_t *texts = NULL;

    if (record_number(r, "title_at") > 0)
        TRY(record_texts(op, snap, r, record_number(r, "title_at"), &texts));
    if (category != NULL)
        label = setup_label(op->setup, "categories", category);
    json_int(w, "id", r->id);
    json_int(w, "version", r->version);
    json_text(w, "status", record_member(r, "status"));
    json_text(w, "title", filing_text(texts, "title"));
    json_text(w, "business", record_member(r, "business"));
    json_text(w, "category", category);
    view_label(w, "category_label", &label);
    json_text(w, "body", record_member(r, "body"));
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    view_date(w, "made", (date_t)record_number(r, "day"));
    view_officer(op, w, "officer", record_number(r, "officer"));
    return ERR_OK;
}

/* A proposed one has no members yet: its candidates are summed up, those the actor may see. */
static enum err_code write_candidate_sums(struct op *op, const json_t *ids, struct json_writer *w)
{
    struct list_sums sums = {.next_due = DATE_NONE};
    date_t today = today_of(op);
    size_t n = json_array_size(ids), kept = 0;
    int64_t *list = ARENA_ARRAY(op->arena, int64_t, n + 1);
    struct list_row *rows = NULL;

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "candidates");
    for (size_t i = 0; i < n; i++)
        list[i] = json_integer_value(json_array_get(ids, i));
    TRY(list_rows(op, list, n, today, today, &rows, &kept));
    for (size_t i = 0; i < kept; i++) {
        const struct list_row *row = &rows[i];

        sums.n++;
        sums.open += row->open;
        sums.late += row->level == DUE_LATE;
        sums.persons++;
        sums.amount_fen += row->amount_fen;
        sums.recovered_fen += row->recovered_fen;
        if (row->open && row->next.rule != NULL && !row->paused && row->next.due != DATE_NONE &&
            (sums.next_due == DATE_NONE || row->next.due < sums.next_due))
            sums.next_due = row->next.due;
    }
    write_sums(w, &sums);
    return ERR_OK;
}

static void write_rules(struct op *op, struct json_writer *w)
{
    const struct group_rules *rules = op->setup->groups;

    json_open_object(w, "rules");
    json_int(w, "representatives", rules->representatives);
    view_label(w, "representatives_basis", &rules->representatives_basis);
    json_open_array(w, "decisions");
    for (size_t i = 0; i < rules->n_decisions; i++)
        json_put_text(w, rules->decisions[i]);
    json_array_end(w);
    json_open_array(w, "consent");
    for (size_t i = 0; i < rules->n_agreed; i++)
        json_put_text(w, rules->agreed[i]);
    json_array_end(w);
    view_label(w, "decision_basis", &rules->decision_basis);
    json_object_end(w);
}

/* Who sees the group by a member alone does not see who else came and went. */
static enum err_code write_timeline(struct op *op, struct snapshot *snap, const struct record *r,
                                    struct json_writer *w)
{
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    struct record_facts facts = {.body_path = body == NULL ? "" : body->path};

    if (may(&op->actor, MAY_SEE_GROUP, &facts).yes)
        return record_write_events(op, snap, r, true, w);
    json_open_array(w, "events");
    json_array_end(w);
    return ERR_OK;
}

static void write_major(struct op *op, const struct record *r, struct json_writer *w)
{
    const json_t *major = json_object_get(r->state, "major");

    if (major == NULL) {
        json_none(w, "major");
        return;
    }
    json_open_object(w, "major");
    json_int(w, "members", json_integer_value(json_object_get(major, "members")));
    view_instant(w, "at", json_integer_value(json_object_get(major, "at")), op->zone_min);
    json_object_end(w);
}

enum err_code group_write(struct op *op, struct snapshot *snap, const struct record *r, bool full,
                          struct json_writer *w)
{
    struct list_filter filter = {.group = r->id, .today = today_of(op)};
    const json_t *candidates = json_object_get(json_object_get(r->state, "proposal"), "members");
    const char *status = record_member(r, "status");
    bool proposed = strcmp(status, "proposed") == 0 || strcmp(status, "dismissed") == 0;
    struct list_sums sums;

    json_object_begin(w);
    TRY(write_head(op, snap, r, w));
    if (proposed) {
        TRY(write_candidate_sums(op, candidates, w));
    } else {
        TRY(list_sums(op, &filter, &sums));
        write_sums(w, &sums);
    }
    write_proposal(r, w);
    write_major(op, r, w);
    TRY(write_meeting(op, snap, r, w));
    TRY(write_decision(op, snap, r, w));
    group_allowed(op, r, w);
    if (full) {
        TRY(write_numbers(op, w, "representatives", json_object_get(r->state, "representatives")));
        TRY(write_mandate(op, snap, r, w));
        TRY(write_ids(op, snap, w, "candidates", proposed ? candidates : NULL));
        TRY(write_ids(op, snap, w, "suggested", json_object_get(r->state, "suggested")));
        write_rules(op, w);
        TRY(write_timeline(op, snap, r, w));
    }
    json_object_end(w);
    return ERR_OK;
}

enum err_code group_view(struct op *op, struct snapshot *snap, const struct record *r,
                         struct json_writer *w)
{
    return group_write(op, snap, r, true, w);
}
