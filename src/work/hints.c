/* Hints at intake. */
#include "work/hints.h"

#include <string.h>

#include "insight/likeness.h"
#include "insight/list.h"
#include "insight/search.h"
#include "sql_queries.h"
#include "store/vault.h"
#include "work/entry_recognise.h"
#include "work/filing.h"
#include "work/group.h"
#include "work/matter.h"
#include "work/related.h"
#include "work/view.h"

#define HINTS_ROWS 5
#define HINTS_SEEN 200 /* matters of one person or business looked at */

static enum err_code write_rows(struct op *op, const int64_t *ids, size_t n, struct json_writer *w)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    struct list_row *rows;
    size_t kept;

    TRY(list_rows(op, ids, n, today, calendar_add_working_days(op->setup->calendar, today, 2),
                  &rows, &kept));
    json_array_begin(w);
    for (size_t i = 0; i < kept && i < HINTS_ROWS; i++)
        TRY(view_row(op, NULL, &rows[i], w));
    json_array_end(w);
    return ERR_OK;
}

static void count_kinds(const struct list_row *rows, size_t n, struct json_writer *w)
{
    int64_t by_kind[KIND_COUNT] = {0};

    for (size_t i = 0; i < n; i++)
        by_kind[matter_kind_find(rows[i].kind)]++;
    json_open_object(w, "same_person_counts");
    json_int(w, "total", (int64_t)n);
    json_open_object(w, "by_kind");
    for (int k = 0; k < KIND_COUNT; k++)
        json_int(w, matter_kind_name((enum matter_kind)k), by_kind[k]);
    json_object_end(w);
    json_object_end(w);
}

static enum err_code same_person(struct op *op, const char *phone, struct json_writer *w)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int64_t *ids = NULL, total = 0;
    struct list_row *rows = NULL;
    size_t n = 0, kept = 0;

    if (phone != NULL)
        TRY(search_phone(op, phone, HINTS_SEEN, &ids, &n, &total));
    TRY(list_rows(op, ids, n, today, today, &rows, &kept));
    json_key(w, "same_person");
    TRY(write_rows(op, ids, n < HINTS_ROWS ? n : HINTS_ROWS, w));
    count_kinds(rows, kept, w);
    return ERR_OK;
}

/* Matters against the business confirmed, or told under the name written so far. */
static enum err_code business_ids(struct op *op, const struct hints_query *q, int64_t **ret,
                                  size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct facts_query query = {.about = FACTS_BUSINESS, .id = q->business};
    struct facts f = {0};

    *ret = NULL;
    *ret_n = 0;
    if (q->business == 0 && q->respondent == NULL)
        return ERR_OK;
    if (q->business == 0) {
        query = (struct facts_query){.about = FACTS_NAME};
        TRY(filing_respondent_key(op, q->respondent, &query.key));
    }
    TRY(snapshot_open(op, &snap));
    TRY(facts_newest(op, snap, &query, HINTS_SEEN, &f));
    *ret = f.ids;
    *ret_n = f.n_ids;
    return ERR_OK;
}

static enum err_code alike(struct op *op, const struct hints_query *q, const struct list_row *rows,
                           size_t n, struct json_writer *w)
{
    struct folded mine, other;
    struct pairs a, b;

    json_open_array(w, "alike");
    if (q->facts != NULL && strlen(q->facts) > 20) {
        TRY(fold_text(op->setup->folder, op->arena, q->facts, strlen(q->facts), &mine));
        TRY(likeness_pairs(op->arena, &mine, &a));
        for (size_t i = 0; i < n && i < 20; i++) {
            const char *facts;
            int like;

            TRY(search_masked_facts(op, op->setup->folder, rows[i].id, &facts));
            TRY(fold_text(op->setup->folder, op->arena, facts, strlen(facts), &other));
            TRY(likeness_pairs(op->arena, &other, &b));
            like = likeness(&a, &b);
            if (like < HINTS_LIKE_LEAST)
                continue;
            json_object_begin(w);
            json_text(w, "number", rows[i].number);
            json_text(w, "title", rows[i].title);
            json_text(w, "respondent", rows[i].respondent);
            json_int(w, "likeness", like);
            json_object_end(w);
        }
    }
    json_array_end(w);
    return ERR_OK;
}

static enum err_code same_business(struct op *op, const struct hints_query *q,
                                   struct json_writer *w)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int64_t *ids, settled = 0, open = 0;
    struct list_row *rows = NULL;
    size_t n = 0, kept = 0;

    TRY(business_ids(op, q, &ids, &n));
    TRY(list_rows(op, ids, n, today, today, &rows, &kept));
    for (size_t i = 0; i < kept; i++) {
        settled += rows[i].outcome != NULL && strcmp(rows[i].outcome, "settled") == 0;
        open += rows[i].open;
    }
    json_key(w, "same_business");
    TRY(write_rows(op, ids, n < 4 * HINTS_ROWS ? n : 4 * HINTS_ROWS, w));
    json_open_object(w, "same_business_counts");
    json_int(w, "total", (int64_t)kept);
    json_int(w, "settled", settled);
    json_int(w, "open", open);
    json_object_end(w);
    return alike(op, q, rows, kept, w);
}

/* The same person by kind, month and business: facts, for the clerk to judge. */
static enum err_code person_facts(struct op *op, const struct hints_query *q, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct facts_query query = {.about = FACTS_PERSON, .phone = q->phone};

    if (q->phone == NULL) {
        json_none(w, "person");
        return ERR_OK;
    }
    TRY(snapshot_open(op, &snap));
    return view_kin(op, snap, "person", &query, true, 0, w);
}

/* Which group it could join: the clerk's other choice beside "link" and "new". */
static enum err_code groups(struct op *op, const struct hints_query *q, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const char *key = NULL;

    if (q->respondent != NULL)
        TRY(filing_respondent_key(op, q->respondent, &key));
    json_open_array(w, "groups");
    if (key != NULL) {
        TRY(snapshot_open(op, &snap));
        TRY(group_write_joinable(op, snap, key, w));
    }
    json_array_end(w);
    return ERR_OK;
}

/* What a register knows of the goods, or of phrases in the facts: a fact for the clerk. */
static enum err_code recognised(struct op *op, const struct hints_query *q, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct goods goods = {q->product, q->brand, q->facts};

    TRY(snapshot_open(op, &snap));
    return entry_recognised(op, snap, &goods, w);
}

static void suggestion(struct op *op, const struct hints_query *q, struct json_writer *w)
{
    struct routing_query query = {q->division, q->address, q->respondent, q->facts};
    struct routing_suggestion s = routing_suggest(op->setup->routing, op->arena, &query);
    const struct body *body = setup_body(op->setup, s.body);

    json_key(w, "suggested_body");
    json_object_begin(w);
    json_text(w, "code", body == NULL ? NULL : body->code);
    view_label(w, "name", body == NULL ? NULL : &body->name);
    view_label(w, "reason", &s.reason);
    json_object_end(w);
    json_none(w, "suggested_category");
}

enum err_code hints_write(struct op *op, const struct hints_query *query, struct json_writer *w)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};

    TRY(may_check(&op->actor, MAY_CREATE_STAFF, &facts, &op->err));
    json_object_begin(w);
    TRY(same_person(op, query->phone, w));
    TRY(same_business(op, query, w));
    TRY(person_facts(op, query, w));
    TRY(groups(op, query, w));
    TRY(recognised(op, query, w));
    suggestion(op, query, w);
    json_object_end(w);
    return ERR_OK;
}
