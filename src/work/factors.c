/* Counting what an officer may consider. */
#include "work/factors.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "insight/facts.h"
#include "rules/factor_rules.h"
#include "work/filing_check.h"
#include "work/seal.h"
#include "work/view_internal.h"

#define DAY_MS INT64_C(86400000)
#define NUMBERS_SHOWN 20

/* One complaint beside this one. */
struct one {
    const struct list_row *row;
    bool of_person, of_business;
    const char *name, *address; /* of its consumer; NULL until somebody asks */
};

struct count {
    struct op *op;
    struct snapshot *snap;
    const struct matter *m;
    const json_t *filing, *consumer;
    struct one *list;
    size_t n;
};

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && *a != '\0' && strcmp(a, b) == 0;
}

/* ---- the complaints beside it ---- */

static bool holds_id(const struct facts *f, int64_t id)
{
    for (size_t i = 0; i < f->n_ids; i++)
        if (f->ids[i] == id)
            return true;
    return false;
}

static enum err_code newest(struct count *c, const struct facts_query *query, struct facts *ret)
{
    *ret = (struct facts){0};
    if ((query->about == FACTS_NAME && query->key == NULL) ||
        (query->about == FACTS_PERSON && query->phone == NULL))
        return ERR_OK;
    return facts_newest(c->op, c->snap, query, (size_t)c->op->setup->factors->looked_at, ret);
}

static enum err_code collect(struct count *c)
{
    struct facts_query business = {.about = FACTS_NAME, .key = c->m->respondent_key};
    struct facts_query person = {.about = FACTS_PERSON, .phone = filing_text(c->consumer, "phone")};
    struct facts of_person, of_business;
    struct list_row *rows;
    date_t today = date_of_instant(c->op->now_ms, c->op->zone_min);
    int64_t *ids;
    size_t n = 0, kept;

    if (c->m->business != MATTER_NONE)
        business = (struct facts_query){.about = FACTS_BUSINESS, .id = c->m->business};
    TRY(newest(c, &person, &of_person));
    TRY(newest(c, &business, &of_business));
    ids = ARENA_ARRAY(c->op->arena, int64_t, of_person.n_ids + of_business.n_ids + 1);
    if (ids == NULL)
        return err_set(&c->op->err, ERR_NO_MEMORY, "factors");
    for (size_t i = 0; i < of_person.n_ids; i++)
        ids[n++] = of_person.ids[i];
    for (size_t i = 0; i < of_business.n_ids; i++)
        if (!holds_id(&of_person, of_business.ids[i]))
            ids[n++] = of_business.ids[i];
    TRY(list_rows(c->op, ids, n, today, today, &rows, &kept));
    c->list = ARENA_ARRAY(c->op->arena, struct one, kept + 1);
    if (c->list == NULL)
        return err_set(&c->op->err, ERR_NO_MEMORY, "factors");
    for (size_t i = 0; i < kept; i++)
        if (strcmp(rows[i].kind, "complaint") == 0)
            c->list[c->n++] = (struct one){.row = &rows[i],
                                           .of_person = holds_id(&of_person, rows[i].id),
                                           .of_business = holds_id(&of_business, rows[i].id)};
    return ERR_OK;
}

static enum err_code open_person(struct count *c, struct one *o)
{
    CLEANUP(json_decrefp) json_t *consumer = NULL;
    const char *name, *address;

    if (o->name != NULL)
        return ERR_OK;
    TRY(seal_open_person(c->op, c->snap, o->row->id, "consumer", &consumer));
    name = filing_text(consumer, "name");
    address = filing_text(consumer, "address");
    o->name = arena_strdup(c->op->arena, name == NULL ? "" : name);
    o->address = arena_strdup(c->op->arena, address == NULL ? "" : address);
    return ERR_OK;
}

/* ---- one factor ---- */

struct found {
    int64_t n;
    bool holds;
    size_t n_rows;
    const struct one *rows[NUMBERS_SHOWN];
};

static bool counts_for(const struct count *c, const struct factor_rule *f, const struct one *o)
{
    int64_t apart = llabs(c->m->received_at - o->row->received_at);
    bool alike = same(o->row->category, c->m->category);

    if (f->days > 0 && apart > f->days * DAY_MS)
        return false;
    switch (f->counts) {
    case FACTOR_OF_PERSON:
        return o->of_person;
    case FACTOR_OF_PERSON_BUSINESS_CATEGORY:
        return o->of_person && o->of_business && alike;
    case FACTOR_OF_BUSINESS_CATEGORY_PROBLEM:
        return o->of_business && alike && same(o->row->problem, c->m->problem);
    case FACTOR_NAMES_OF_PHONE:
        return o->of_person;
    case FACTOR_NAMES_OF_ADDRESS:
        return o->of_business;
    case FACTOR_QUANTITY:
    case FACTOR_WITHOUT_PROOF:
        break;
    }
    return false;
}

static void take(struct found *ret, const struct one *o)
{
    ret->n++;
    if (ret->n_rows < NUMBERS_SHOWN)
        ret->rows[ret->n_rows++] = o;
}

static bool name_known(const struct found *f, const char *name)
{
    for (size_t i = 0; i < f->n_rows; i++)
        if (strcmp(f->rows[i]->name, name) == 0)
            return true;
    return *name == '\0';
}

/* One matter of each name. Names beyond the last shown are not told apart, so n stops there. */
static enum err_code count_names(struct count *c, const struct factor_rule *f, struct found *ret)
{
    const char *address = filing_text(c->consumer, "address");

    for (size_t i = 0; i < c->n; i++) {
        struct one *o = &c->list[i];

        if (!counts_for(c, f, o) || ret->n_rows == NUMBERS_SHOWN)
            continue;
        TRY(open_person(c, o));
        if (f->counts == FACTOR_NAMES_OF_ADDRESS && !same(o->address, address))
            continue;
        if (!name_known(ret, o->name))
            take(ret, o);
    }
    return ERR_OK;
}

static bool without_proof(const struct count *c)
{
    const json_t *files = json_object_get(c->m->detail, "files");

    for (size_t i = 0; i < json_array_size(files); i++)
        if (!json_is_integer(json_object_get(json_array_get(files, i), "removed")))
            return false;
    return filing_text(c->filing, "purchase.order_no") == NULL;
}

static enum err_code count_factor(struct count *c, const struct factor_rule *f, struct found *ret)
{
    *ret = (struct found){0};
    switch (f->counts) {
    case FACTOR_QUANTITY:
        ret->n = json_integer_value(filing_at(c->filing, "product.quantity"));
        break;
    case FACTOR_WITHOUT_PROOF:
        ret->holds = without_proof(c);
        return ERR_OK;
    case FACTOR_NAMES_OF_PHONE:
    case FACTOR_NAMES_OF_ADDRESS:
        TRY(count_names(c, f, ret));
        break;
    case FACTOR_OF_PERSON:
    case FACTOR_OF_PERSON_BUSINESS_CATEGORY:
    case FACTOR_OF_BUSINESS_CATEGORY_PROBLEM:
        for (size_t i = 0; i < c->n; i++)
            if (counts_for(c, f, &c->list[i]))
                take(ret, &c->list[i]);
        break;
    }
    ret->holds = ret->n >= f->least;
    return ERR_OK;
}

/* ---- as JSON ---- */

static const char *filled(struct op *op, const char *says, int64_t n, int64_t days)
{
    struct buf out;
    const char *text;

    buf_init(&out, 2000);
    while (*says != '\0') {
        if (strncmp(says, "{n}", 3) == 0) {
            buf_addf(&out, "%lld", (long long)n);
            says += 3;
        } else if (strncmp(says, "{days}", 6) == 0) {
            buf_addf(&out, "%lld", (long long)days);
            says += 6;
        } else {
            buf_addf(&out, "%c", *says++);
        }
    }
    text = buf_dup(&out, op->arena);
    buf_release(&out);
    return text;
}

static void view_factor(struct op *op, const struct factor_rule *f, const struct found *found,
                        struct json_writer *w)
{
    struct label text = {filled(op, f->says.zh, found->n, f->days),
                         filled(op, f->says.en, found->n, f->days)};

    json_object_begin(w);
    json_text(w, "id", f->id);
    view_label(w, "text", &text);
    json_int(w, "n", found->n);
    json_int(w, "least", f->least);
    json_int(w, "days", f->days);
    view_label(w, "basis", &f->basis);
    json_open_array(w, "numbers");
    for (size_t i = 0; i < found->n_rows; i++)
        json_put_text(w, found->rows[i]->row->number);
    json_array_end(w);
    json_object_end(w);
}

enum err_code view_factors(struct op *op, struct snapshot *snap, const struct matter *m,
                           const json_t *filing, struct json_writer *w)
{
    const struct factor_rules *rules = op->setup->factors;
    CLEANUP(json_decrefp) json_t *consumer = NULL;
    struct count c = {.op = op, .snap = snap, .m = m, .filing = filing};

    if (matter_kind_of(m) != KIND_COMPLAINT || m->outcome != NULL) {
        json_none(w, "factors");
        return ERR_OK;
    }
    TRY(seal_open_person(op, snap, m->id, "consumer", &consumer));
    c.consumer = consumer;
    TRY(collect(&c));
    json_open_array(w, "factors");
    for (size_t i = 0; i < rules->n_factors; i++) {
        struct found found;

        TRY(count_factor(&c, &rules->factors[i], &found));
        if (found.holds)
            view_factor(op, &rules->factors[i], &found, w);
    }
    json_array_end(w);
    return ERR_OK;
}
