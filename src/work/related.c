/* Facts beside a matter. */
#include "work/related.h"

#include <string.h>

#include "insight/likeness.h"
#include "insight/search.h"
#include "rules/pack.h"
#include "sql_queries.h"
#include "work/business_view.h"
#include "work/entry_recognise.h"
#include "work/factors.h"
#include "work/filing.h"
#include "work/filing_check.h"
#include "work/hints.h"
#include "work/view_internal.h"

#define ROWS_SHOWN 5
#define BUSINESSES_SHOWN 8
#define COMPARED 24
#define SUGGESTED 3

/* ---- one person, one business ---- */

static enum err_code view_businesses_of(struct op *op, struct snapshot *snap,
                                        const struct facts_query *query, int64_t total,
                                        struct json_writer *w)
{
    struct fact_business list[BUSINESSES_SHOWN];
    int64_t shown = 0;
    size_t n;

    TRY(facts_businesses(op, snap, query, BUSINESSES_SHOWN, list, &n));
    json_open_array(w, "by_business");
    for (size_t i = 0; i < n; i++) {
        shown += list[i].n;
        json_object_begin(w);
        TRY(view_business_ref(op, snap, w, "business", list[i].id));
        json_text(w, "name", *list[i].name == '\0' ? NULL : list[i].name);
        json_int(w, "n", list[i].n);
        json_object_end(w);
    }
    json_array_end(w);
    json_int(w, "of_others", total - shown);
    return ERR_OK;
}

static enum err_code view_rows(struct op *op, struct snapshot *snap, const struct facts *f,
                               int64_t without, struct json_writer *w)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int64_t ids[ROWS_SHOWN];
    struct list_row *rows;
    size_t n = 0, kept;

    for (size_t i = 0; i < f->n_ids && n < ROWS_SHOWN; i++)
        if (f->ids[i] != without)
            ids[n++] = f->ids[i];
    TRY(list_rows(op, ids, n, today, calendar_add_working_days(op->setup->calendar, today, 2),
                  &rows, &kept));
    json_open_array(w, "items");
    for (size_t i = 0; i < kept; i++)
        TRY(view_row(op, snap, &rows[i], w));
    json_array_end(w);
    return ERR_OK;
}

enum err_code view_kin(struct op *op, struct snapshot *snap, const char *key,
                       const struct facts_query *query, bool businesses, int64_t without,
                       struct json_writer *w)
{
    struct facts f;

    TRY(facts_of(op, snap, query, ROWS_SHOWN + 1, &f));
    json_open_object(w, key);
    json_int(w, "total", f.total);
    json_int(w, "open", f.open);
    view_facts_kinds(op, &f, w);
    view_facts_outcomes(op, &f, w);
    view_facts_months(op, &f, w);
    if (businesses)
        TRY(view_businesses_of(op, snap, query, f.total, w));
    TRY(view_rows(op, snap, &f, without, w));
    json_object_end(w);
    return ERR_OK;
}

static enum err_code view_person(struct op *op, struct snapshot *snap, struct matter *m,
                                 struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *consumer = NULL;
    struct facts_query query = {.about = FACTS_PERSON};

    if (!m->secret)
        TRY(person_open(op, snap, m, "consumer", &consumer));
    query.phone = filing_text(consumer, "phone");
    if (query.phone == NULL) { /* nobody known, or a report: who reported is never looked up */
        json_none(w, "person");
        return ERR_OK;
    }
    return view_kin(op, snap, "person", &query, true, m->id, w);
}

static struct facts_query business_query(const struct matter *m)
{
    if (m->business != MATTER_NONE)
        return (struct facts_query){.about = FACTS_BUSINESS, .id = m->business};
    return (struct facts_query){.about = FACTS_NAME, .key = m->respondent_key};
}

static enum err_code view_of_business(struct op *op, struct snapshot *snap, const struct matter *m,
                                      struct json_writer *w)
{
    struct facts_query query = business_query(m);

    json_bool(w, "confirmed", m->business != MATTER_NONE);
    if (query.about == FACTS_NAME && query.key == NULL) {
        json_none(w, "business");
        return ERR_OK;
    }
    return view_kin(op, snap, "business", &query, false, m->id, w);
}

/* ---- which business it may be ---- */

static enum err_code suggest(struct op *op, struct snapshot *snap, const char *typed,
                             struct json_writer *w, size_t *n)
{
    struct business_hit hits[BUSINESS_HITS_MAX];
    size_t found;

    if (typed == NULL || *n >= SUGGESTED)
        return ERR_OK;
    TRY(businesses_look_up(op, snap, op->setup->folder, typed, SUGGESTED, hits, &found));
    for (size_t i = 0; i < found && *n < SUGGESTED; i++) {
        CLEANUP(record_release) struct record r = {0};
        enum err_code rc = record_load(op, snap, "business", hits[i].id, &r);

        if (rc == ERR_NOT_FOUND) {
            err_clear(&op->err);
            continue;
        }
        TRY(rc);
        json_object_begin(w);
        TRY(view_business_row(op, snap, &r, &hits[i], w));
        json_object_end(w);
        ++*n;
    }
    return ERR_OK;
}

static enum err_code view_suggestions(struct op *op, struct snapshot *snap, const struct matter *m,
                                      const json_t *filing, struct json_writer *w)
{
    const char *uscc = filing_text(filing, "respondent.uscc");
    const char *name =
        m->respondent != NULL ? m->respondent : filing_text(filing, "respondent.name");
    size_t n = 0;

    json_open_array(w, "suggestions");
    if (m->business == MATTER_NONE) {
        TRY(suggest(op, snap, uscc, w, &n));
        if (n == 0)
            TRY(suggest(op, snap, name, w, &n));
    }
    json_array_end(w);
    return ERR_OK;
}

/* ---- texts alike ---- */

struct alike {
    struct list_row *row;
    int likeness;
};

static enum err_code pairs_of(struct op *op, const char *text, struct pairs *ret)
{
    struct folded folded;

    TRY(fold_text(op->setup->folder, op->arena, text, strlen(text), &folded));
    return likeness_pairs(op->arena, &folded, ret);
}

/* The newest of the same person and the same business, each once. */
static enum err_code candidates(struct op *op, struct snapshot *snap, struct matter *m,
                                int64_t ids[2 * COMPARED], size_t *ret_n)
{
    CLEANUP(json_decrefp) json_t *consumer = NULL;
    struct facts_query of[2] = {business_query(m), {.about = FACTS_PERSON}};
    size_t n = 0;

    TRY(person_open(op, snap, m, "consumer", &consumer));
    of[1].phone = filing_text(consumer, "phone");
    for (size_t q = 0; q < 2; q++) {
        struct facts f = {0};

        if (of[q].about == FACTS_NAME && of[q].key == NULL)
            continue;
        TRY(facts_newest(op, snap, &of[q], COMPARED, &f));
        for (size_t i = 0; i < f.n_ids; i++) {
            bool twice = f.ids[i] == m->id;

            for (size_t k = 0; k < n && !twice; k++)
                twice = ids[k] == f.ids[i];
            if (!twice)
                ids[n++] = f.ids[i];
        }
    }
    *ret_n = n;
    return ERR_OK;
}

static enum err_code compare(struct op *op, struct matter *m, struct list_row *rows, size_t n,
                             struct alike *ret, size_t *ret_n)
{
    struct pairs mine, other;
    const char *facts;

    TRY(search_masked_facts(op, op->setup->folder, m->id, &facts));
    TRY(pairs_of(op, facts, &mine));
    for (size_t i = 0; i < n; i++) {
        int like;

        if (rows[i].secret)
            continue;
        TRY(search_masked_facts(op, op->setup->folder, rows[i].id, &facts));
        TRY(pairs_of(op, facts, &other));
        like = likeness(&mine, &other);
        if (like >= HINTS_LIKE_LEAST)
            ret[(*ret_n)++] = (struct alike){&rows[i], like};
    }
    return ERR_OK;
}

static int most_alike(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;

    return x->likeness == y->likeness ? 0 : x->likeness < y->likeness ? 1 : -1;
}

static enum err_code view_alike(struct op *op, struct snapshot *snap, struct matter *m,
                                struct json_writer *w)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    int64_t ids[2 * COMPARED];
    struct alike found[2 * COMPARED];
    struct list_row *rows;
    size_t n = 0, kept, n_found = 0;

    if (!m->secret) {
        TRY(candidates(op, snap, m, ids, &n));
        TRY(list_rows(op, ids, n, today, today, &rows, &kept));
        TRY(compare(op, m, rows, kept, found, &n_found));
        qsort(found, n_found, sizeof found[0], most_alike);
    }
    json_open_array(w, "alike");
    for (size_t i = 0; i < n_found && i < ROWS_SHOWN; i++) {
        json_object_begin(w);
        json_text(w, "number", found[i].row->number);
        json_text(w, "title", found[i].row->title);
        json_text(w, "respondent", found[i].row->respondent);
        view_instant(w, "received_at", found[i].row->received_at, op->zone_min);
        json_int(w, "likeness", found[i].likeness);
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

/* ---- what the clerk decided ---- */

static enum err_code view_decision(struct op *op, struct snapshot *snap, const struct matter *m,
                                   struct json_writer *w)
{
    const json_t *kept = json_object_get(m->detail, "duplicate");
    int64_t other = json_integer_value(json_object_get(kept, "other"));
    const struct pack_act *act = setup_act(op->setup, "duplicate");
    const struct act_field *field = act == NULL ? NULL : act_field(act, "choice");
    const char *choice = filing_text(kept, "choice");
    const struct choice *known =
        field == NULL || choice == NULL ? NULL : field_choice(field, matter_kind_of(m), choice);
    char number[NUMBER_TEXT] = "";

    if (!json_is_object(kept) || (other != 0 && !view_sees(op, snap, other))) {
        json_none(w, "duplicate");
        return ERR_OK;
    }
    if (other != 0)
        TRY(number_format(other, op->setup->number_key, number, &op->err));
    json_open_object(w, "duplicate");
    json_text(w, "choice", choice);
    view_label(w, "label", known == NULL ? NULL : &known->label);
    json_text(w, "number", other == 0 ? NULL : number);
    view_instant(w, "at", json_integer_value(json_object_get(kept, "at")), op->zone_min);
    view_officer(op, w, "by", json_integer_value(json_object_get(kept, "by")));
    json_object_end(w);
    return ERR_OK;
}

enum err_code view_related(struct op *op, struct snapshot *snap, struct matter *m,
                           struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *filing = NULL;
    struct goods goods;

    TRY(filing_open(op, snap, m, &filing));
    goods = (struct goods){filing_text(filing, "product.name"),
                           filing_text(filing, "product.brand"), filing_text(filing, "facts")};
    json_object_begin(w);
    TRY(view_person(op, snap, m, w));
    TRY(view_of_business(op, snap, m, w));
    TRY(view_suggestions(op, snap, m, filing, w));
    TRY(view_alike(op, snap, m, w));
    TRY(view_decision(op, snap, m, w));
    TRY(view_factors(op, snap, m, filing, w));
    TRY(entry_recognised(op, snap, &goods, w));
    json_object_end(w);
    return ERR_OK;
}
