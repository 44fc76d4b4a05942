/* Bodies and officers: their rows against the newest values in their events. */
#include <string.h>

#include "base/json.h"
#include "sql_queries.h"
#include "store/event_body.h"
#include "work/verify_internal.h"

/* The newest value of a key in the record's events, NULL when none set it. */
static const json_t *newest(const json_t *state, const char *key)
{
    const json_t *value = json_object_get(state, key);

    return json_is_null(value) ? NULL : value;
}

static enum err_code staff_state(struct op *op, struct snapshot *snap, const char *kind,
                                 json_t *states)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_staff_events, &s));
    TRY(stmt_bind_text(op, s, 1, kind));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        json_t *state;
        char id[24];

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        snprintf(id, sizeof id, "%lld", (long long)stmt_int64(s, 0));
        TRY(stmt_event_body(op, s, 3, &body));
        state = json_object_get(states, id);
        if (state == NULL) {
            state = json_object();
            json_object_set_new(states, id, state);
        }
        json_object_update(state, body);
        json_object_set_new(state, "version", json_integer(stmt_int64(s, 1)));
    }
}

struct staff_column {
    int column;
    const char *key;
};

static bool same_value(struct stmt *s, int column, const json_t *value)
{
    if (value == NULL)
        return stmt_is_null(s, column);
    if (json_is_string(value))
        return !stmt_is_null(s, column) &&
               strcmp(stmt_text(s, column), json_string_value(value)) == 0;
    return !stmt_is_null(s, column) && stmt_int64(s, column) == json_integer_value(value);
}

static enum err_code check_staff(struct rebuild *r, const char *kind, int sql,
                                 const struct staff_column *columns, size_t n_columns)
{
    CLEANUP(json_decrefp) json_t *states = json_object();
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(staff_state(r->op, r->snap, kind, states));
    TRY(snapshot_prepare(r->op, r->snap, sql, &s));
    for (;;) {
        const json_t *state;
        char id[24];

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        snprintf(id, sizeof id, "%lld", (long long)stmt_int64(s, 0));
        state = json_object_get(states, id);
        if (state == NULL)
            rebuild_report(r, kind, stmt_int64(s, 0), "a row without any event");
        for (size_t i = 0; state != NULL && i < n_columns; i++)
            if (!same_value(s, columns[i].column, newest(state, columns[i].key)))
                rebuild_report(r, kind, stmt_int64(s, 0),
                               arena_printf(r->op->arena, "column %s differs from the events",
                                            columns[i].key));
        json_object_del(states, id);
        r->counts->records++;
    }
    if (json_object_size(states) > 0)
        rebuild_report(r, kind, 0, "rows are missing; their events are there");
    return ERR_OK;
}

enum err_code rebuild_staff(struct rebuild *r)
{
    static const struct staff_column bodies[] = {
        {1, "code"},        {2, "parent"},    {3, "path"},    {4, "kind"},    {5, "name_zh"},
        {6, "name_en"},     {7, "division"},  {8, "streets"}, {9, "address"}, {10, "phone"},
        {11, "valid_from"}, {12, "valid_to"}, {13, "version"}};
    static const struct staff_column officers[] = {
        {1, "name"},       {2, "display"},  {3, "body"},   {4, "roles"},
        {5, "valid_from"}, {6, "valid_to"}, {7, "version"}};

    TRY(check_staff(r, "body", SQL_bodies_all, bodies, sizeof bodies / sizeof bodies[0]));
    return check_staff(r, "officer", SQL_officers_all, officers,
                       sizeof officers / sizeof officers[0]);
}
