/* Joining and leaving a group: acts of the matter whose event stands in the group's timeline too.
 */
#include <string.h>

#include "sql_queries.h"
#include "work/act_effects.h"
#include "work/group_internal.h"

static enum err_code load_group(struct act_run *run, int64_t id, struct record *ret)
{
    const char *status;

    if (group_for(run->op, run->snap, id, MAY_SEE_GROUP, ret) != ERR_OK) {
        err_clear(&run->op->err); /* the same words, whether there is none or none to be seen */
        return err_field(&run->op->err, ERR_INVALID, "group", "unknown_group", "没有这个群体",
                         "There is no such group.");
    }
    status = record_member(ret, "status");
    if (status == NULL || (strcmp(status, "open") != 0 && strcmp(status, "decided") != 0))
        return err_field(&run->op->err, ERR_INVALID, "group", "group_state",
                         "这个群体还没确认或者已经结束",
                         "The group is not confirmed, or has ended.");
    return ERR_OK;
}

enum err_code group_effect_join(struct act_run *run)
{
    CLEANUP(record_release) struct record r = {0};
    int64_t id = json_integer_value(json_object_get(run->input, "group"));

    TRY(load_group(run, id, &r));
    draft_set(&run->d, "group_id", json_integer(id));
    return ERR_OK;
}

enum err_code group_effect_leave(struct act_run *run)
{
    draft_in(&run->d, "group", json_integer(run->m->group_id));
    draft_set(&run->d, "group_id", json_null());
    return ERR_OK;
}

static bool drop_id(const struct record *r, const char *name, int64_t id, json_t **ret)
{
    const json_t *list = json_object_get(r->state, name);
    bool dropped = false;
    size_t i;
    json_t *value;

    *ret = json_array();
    json_array_foreach((json_t *)(uintptr_t)list, i, value)
    {
        if (json_integer_value(value) == id)
            dropped = true;
        else
            json_array_append(*ret, value);
    }
    return dropped;
}

/* The group's own event. Whoever joins is no longer only suggested; who leaves represents nobody.
 */
static enum err_code group_event(struct act_run *run, int64_t id, const char *act, const char *list)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    json_t *rest;

    TRY(record_load(run->op, run->snap, GROUP, id, &r));
    record_draft_begin(run->op, &d, &r, act, run->d.at);
    record_in(&d, "number", json_string(run->m->number));
    if (drop_id(&r, list, run->m->id, &rest))
        record_set(&d, list, rest);
    else
        json_decref(rest);
    return record_write(&d, run->ch);
}

enum err_code group_after_join(struct act_run *run)
{
    return group_event(run, run->m->group_id, "join", "suggested");
}

enum err_code group_after_leave(struct act_run *run)
{
    return group_event(run, json_integer_value(json_object_get(run->d.in, "group")), "leave",
                       "representatives");
}

/* ---- candidates as rows ---- */

static const json_t *candidates(const struct record *r, const char *name)
{
    if (strcmp(name, "suggested") == 0)
        return json_object_get(r->state, "suggested");
    return json_object_get(json_object_get(r->state, "proposal"), "members");
}

static json_t *all_candidates(const struct record *r)
{
    json_t *set = json_object();
    const char *const names[] = {"members", "suggested"};

    for (size_t k = 0; k < 2; k++) {
        const json_t *list = candidates(r, names[k]);

        for (size_t i = 0; i < json_array_size(list); i++) {
            char key[24];

            snprintf(key, sizeof key, "%019lld",
                     (long long)json_integer_value(json_array_get(list, i)));
            json_object_set_new(set, key, json_true());
        }
    }
    return set;
}

void group_project(struct op *op, struct changes *ch, const struct record *before,
                   const struct record *after)
{
    CLEANUP(json_decrefp) json_t *old = before == NULL ? json_object() : all_candidates(before);
    CLEANUP(json_decrefp) json_t *now = all_candidates(after);
    const char *key;
    json_t *value;

    (void)op;
    if (json_equal(old, now))
        return;
    changes_row(ch, SQL_group_candidates_clear, ANY_ROWS, ERR_OK);
    changes_int(ch, after->id);
    json_object_foreach(now, key, value)
    {
        changes_row(ch, SQL_group_candidate_insert, 1, ERR_CONFLICT);
        changes_int(ch, strtoll(key, NULL, 10));
        changes_int(ch, after->id);
    }
}

enum err_code group_check(struct op *op, struct snapshot *snap, const struct record *r,
                          const char **ret_table)
{
    CLEANUP(json_decrefp) json_t *expected = all_candidates(r), *found = json_object();
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_table = NULL;
    TRY(snapshot_prepare(op, snap, SQL_group_candidates_of, &s));
    TRY(stmt_bind_int64(op, s, 1, r->id));
    for (;;) {
        char key[24];

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        snprintf(key, sizeof key, "%019lld", (long long)stmt_int64(s, 0));
        json_object_set_new(found, key, json_true());
    }
    if (!json_equal(expected, found))
        *ret_table = "group_candidate";
    return ERR_OK;
}
