/* What stands beside a matter and goes with it: the order of a hotline that it was made for, its
 * return visit; and what an import says of rows that became none. */
#include "rules/retention.h"
#include "sql_queries.h"
#include "work/record.h"
#include "work/retention_internal.h"

#define AT_ONCE 20 /* imports on one page */

/* Its persons and texts, with the event that says so. */
static enum err_code forget_record(struct op *op, struct snapshot *snap, struct changes *ch,
                                   const char *kind, int64_t id)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    struct roles roles;

    TRY(record_load(op, snap, kind, id, &r));
    TRY(retention_roles(op, snap, id, &roles));
    record_draft_begin(op, &d, &r, "purge", op->now_ms);
    record_set(&d, "purged",
               json_pack("{s:I, s:o, s:b}", "at", (json_int_t)op->now_ms, "persons",
                         retention_roles_json(&roles), "texts", 1));
    retention_forget_persons(ch, id);
    retention_forget_texts(ch, id);
    return record_write(&d, ch);
}

/* ---- orders ---- */

enum err_code retention_order_of(struct op *op, struct snapshot *snap, const struct matter *m,
                                 const struct over *o, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = 0;
    if (m->order_id == MATTER_NONE)
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_retention_order, &s));
    TRY(stmt_bind_int64(op, s, 1, m->order_id));
    TRY(stmt_bind_int64(op, s, 2, m->id));
    TRY(stmt_bind_text(op, s, 3, o->term->pack));
    TRY(stmt_bind_int64(op, s, 4, o->cut));
    TRY(stmt_step(op, s, &row));
    if (row)
        *ret = stmt_int64(s, 0);
    return ERR_OK;
}

/* An act on the order itself shows in its version; what happens to its other matters does not. */
static void order_guard(struct changes *ch, const struct matter *m, const struct over *o,
                        int64_t order)
{
    changes_row(ch, SQL_retention_unkept, 1, ERR_CONFLICT);
    changes_int(ch, order);
    changes_int(ch, m->id);
    changes_text(ch, o->term->pack);
    changes_int(ch, o->cut);
}

enum err_code retention_forget_order(struct op *op, struct snapshot *snap, struct changes *ch,
                                     const struct matter *m, const struct over *o, int64_t order)
{
    order_guard(ch, m, o, order);
    return forget_record(op, snap, ch, "order", order);
}

/* ---- return visits ---- */

enum err_code retention_visit_of(struct op *op, struct snapshot *snap, const struct matter *m,
                                 int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = 0;
    TRY(snapshot_prepare(op, snap, SQL_retention_visit, &s));
    TRY(stmt_bind_text(op, s, 1, m->number));
    TRY(stmt_step(op, s, &row));
    if (row)
        *ret = stmt_int64(s, 0);
    return ERR_OK;
}

enum err_code retention_forget_visit(struct op *op, struct snapshot *snap, struct changes *ch,
                                     int64_t visit)
{
    return forget_record(op, snap, ch, "visit", visit);
}

/* ---- imports ---- */

static enum err_code imports_over(struct op *op, struct snapshot *snap, date_t on, int years,
                                  int64_t ids[AT_ONCE], size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_prepare(op, snap, SQL_retention_imports, &s));
    TRY(stmt_bind_int64(op, s, 1, retention_cut(on, years) + 1));
    TRY(stmt_bind_int64(op, s, 2, retention_cut_ms(op, on, years)));
    TRY(stmt_bind_int64(op, s, 3, AT_ONCE));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ids[(*ret_n)++] = stmt_int64(s, 0);
    }
}

enum err_code retention_purge_imports(struct op *op, const struct term *terms, size_t n_terms,
                                      int64_t *ret_n)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min);
    size_t n = n_terms == 0 ? 0 : AT_ONCE;
    int64_t ids[AT_ONCE];
    int years = 0;

    for (size_t i = 0; i < n_terms; i++)
        years = terms[i].years > years ? terms[i].years : years;
    while (n == AT_ONCE) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

        TRY(snapshot_open(op, &snap));
        TRY(imports_over(op, snap, today, years, ids, &n));
        for (size_t i = 0; i < n; i++) {
            struct changes *ch = changes_new(op);

            TRY(forget_record(op, snap, ch, "import", ids[i]));
            TRY(store_apply(op, ch, QUEUE_BULK));
            ++*ret_n;
        }
    }
    return ERR_OK;
}
