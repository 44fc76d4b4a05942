/* What stands beside a matter and goes with it: the order of a hotline that it was made for. */
#include "sql_queries.h"
#include "work/record.h"
#include "work/retention_internal.h"

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
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(record_release) struct record r = {0};
    struct roles roles;

    TRY(record_load(op, snap, "order", order, &r));
    TRY(retention_roles(op, snap, order, &roles));
    order_guard(ch, m, o, order);
    record_draft_begin(op, &d, &r, "purge", op->now_ms);
    record_set(&d, "purged",
               json_pack("{s:I, s:o, s:b}", "at", (json_int_t)op->now_ms, "persons",
                         retention_roles_json(&roles), "texts", 1));
    retention_forget_persons(ch, order);
    retention_forget_texts(ch, order);
    return record_write(&d, ch);
}
