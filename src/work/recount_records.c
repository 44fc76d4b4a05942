/* Cases and entries of registers in a recount: their rows hold the first date of their clocks. */
#include <string.h>

#include "sql_queries.h"
#include "work/case.h"
#include "work/entry_internal.h"
#include "work/recount_internal.h"

static enum err_code date_by(struct op *op, struct snapshot *snap, int sql, int64_t id, date_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, sql, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_one_row(op, s));
    *ret = (date_t)stmt_int64(s, 0);
    return ERR_OK;
}

enum err_code record_shift_of(struct op *op, struct snapshot *snap, const char *kind, int64_t id,
                              struct record_shift *ret)
{
    CLEANUP(record_release) struct record r = {0};
    bool is_case = strcmp(kind, CASE) == 0;
    const struct register_def *def = NULL;
    struct record_next next;

    *ret = (struct record_shift){.old = INT32_MAX, .now = INT32_MAX};
    TRY(record_load(op, snap, kind, id, &r));
    ret->version = r.version;
    if (!is_case && (def = entry_def(op, &r)) == NULL)
        return ERR_OK; /* a register that is gone */
    TRY(date_by(op, snap, is_case ? SQL_case_due : SQL_entry_due, id, &ret->old));
    next = record_clocks_next(op, is_case ? &case_flow_of(op, &r)->acts : &def->flow.acts,
                              json_object_get(r.state, "clocks"));
    ret->rule = next.rule;
    ret->now = next.due == DATE_NONE ? INT32_MAX : next.due;
    ret->runs = ret->old != INT32_MAX && ret->now != INT32_MAX;
    return ERR_OK;
}

void record_shift_put(struct changes *ch, const char *kind, int64_t id,
                      const struct record_shift *shift)
{
    bool is_case = strcmp(kind, CASE) == 0;

    changes_row(ch, is_case ? SQL_case_due_move : SQL_entry_due_move, 1, ERR_CONFLICT);
    changes_int(ch, id);
    changes_int(ch, shift->version);
    if (is_case)
        changes_text(ch, shift->rule);
    changes_int(ch, shift->now);
}
