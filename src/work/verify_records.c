/* Records of all kinds folded again from their events. */
#include <string.h>

#include "sql_queries.h"
#include "work/record_internal.h"
#include "work/verify_gone.h"
#include "work/verify_internal.h"

struct folded_record {
    struct record record;
    json_t *sealed; /* as gone_note keeps it */
};

static void folded_release(struct folded_record *f)
{
    record_release(&f->record);
    json_decref(f->sealed);
}

static enum err_code fold_event(struct rebuild *r, const struct event *ev, const json_t *body,
                                void *folded)
{
    struct folded_record *f = folded;

    TRY(record_fold(r->op, &f->record, ev, body));
    gone_note(f->sealed, ev->version, body);
    return ERR_OK;
}

static bool same_text(struct stmt *s, int column, const char *expected)
{
    if (expected == NULL || stmt_is_null(s, column))
        return expected == NULL && stmt_is_null(s, column);
    return strcmp(stmt_text(s, column), expected) == 0;
}

/* Whether the row says what the events say. */
static enum err_code compare_row(struct rebuild *r, const struct record *folded)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const char *state = json_compact(r->op->arena, folded->state);
    bool row;

    TRY(snapshot_prepare(r->op, r->snap, SQL_record_by_id, &s));
    TRY(stmt_bind_int64(r->op, s, 1, folded->id));
    TRY(stmt_bind_text(r->op, s, 2, folded->kind));
    TRY(stmt_step(r->op, s, &row));
    if (!row) {
        rebuild_report(r, "record", folded->id, "the row is missing; its events are there");
        return ERR_OK;
    }
    if (stmt_int64(s, 1) != folded->version)
        rebuild_report(r, "record", folded->id, "column version differs from the events");
    if (state == NULL || !same_text(s, 3, state))
        rebuild_report(r, "record", folded->id, "column state differs from the events");
    if (!same_text(s, 4, record_member(folded, "body")) ||
        !same_text(s, 5, record_member(folded, "status")) ||
        stmt_int64(s, 6) != record_number(folded, "day") ||
        !same_text(s, 7, record_member(folded, "key")))
        rebuild_report(r, "record", folded->id, "columns differ from the state");
    return ERR_OK;
}

static enum err_code check_record(struct rebuild *r, int64_t id, void *of_kind)
{
    const struct record_kind *kind = of_kind;
    CLEANUP(folded_release)
    struct folded_record f = {
        .record = {.kind = kind->name, .id = id, .state = json_object()},
        .sealed = json_object(),
    };
    const char *table = NULL;

    if (rebuild_each_event(r, kind->name, id, fold_event, &f) != ERR_OK) {
        rebuild_report(r, "event", id, r->op->err.why);
        return ERR_OK;
    }
    TRY(compare_row(r, &f.record));
    TRY(gone_sealed(r->op, r->snap, id, f.sealed, &table));
    if (table != NULL)
        rebuild_report(r, table, id, "a row is missing; its event holds the commitment");
    if (kind->cells != NULL)
        kind->cells(r->op, &f.record, tally_cells_add, &r->cells);
    if (kind->check == NULL)
        return ERR_OK;
    table = NULL;
    TRY(kind->check(r->op, r->snap, &f.record, &table));
    if (table != NULL)
        rebuild_report(r, table, id, "rows differ from the record's state");
    return ERR_OK;
}

enum err_code rebuild_records(struct rebuild *r)
{
    for (size_t k = 0; k < n_record_kinds; k++)
        TRY(rebuild_each_record(r, record_kinds[k].name, check_record, (void *)&record_kinds[k]));
    return ERR_OK;
}
