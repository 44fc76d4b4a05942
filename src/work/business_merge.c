/* Merging: two records of one business become one. */
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/business_internal.h"
#include "work/draft.h"
#include "work/filing_check.h"

#define MOVE_TRIES 6

/* ---- matters ---- */

/* One matter points to the survivor from now on; its event says which record ended. */
static enum err_code move_one(struct op *op, struct changes *ch, struct snapshot *snap, int64_t id,
                              int64_t merged, int64_t into)
{
    CLEANUP(matter_release) struct matter m = {0}, before = {0};
    CLEANUP(draft_release) struct draft d = {0};

    TRY(matter_load(op, snap, id, &m));
    if (m.business != merged)
        return ERR_OK;
    matter_copy(&m, &before);
    draft_begin(op, &d, &m, "identify", op->now_ms);
    draft_in(&d, "business", json_integer(into));
    draft_in(&d, "merged", json_integer(merged));
    draft_set(&d, "business", json_integer(into));
    TRY(draft_record(&d, ch));
    matter_save(op, ch, &before, &m);
    return ERR_OK;
}

/* Moves up to MERGE_AT_ONCE; *ret_n says how many were there. */
static enum err_code move_some(struct op *op, struct changes *ch, struct snapshot *snap,
                               int64_t merged, int64_t into, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t ids[MERGE_AT_ONCE];
    size_t n = 0;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_business_matter_ids, &s));
    TRY(stmt_bind_int64(op, s, 1, merged));
    TRY(stmt_bind_int64(op, s, 2, MERGE_AT_ONCE));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        ids[n++] = stmt_int64(s, 0);
    }
    for (size_t i = 0; i < n; i++)
        TRY(move_one(op, ch, snap, ids[i], merged, into));
    *ret_n = n;
    return ERR_OK;
}

enum err_code business_move_matters(struct op *op, int64_t merged, bool *ret_left)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record into = {0};
    struct changes *ch = changes_new(op);
    enum err_code rc;
    size_t n = 0;

    *ret_left = true;
    TRY(snapshot_open(op, &snap));
    TRY(business_find(op, snap, merged, &into));
    if (into.id != merged)
        TRY(move_some(op, ch, snap, merged, into.id, &n));
    if (n == 0) {
        *ret_left = false;
        return ERR_OK;
    }
    rc = store_apply(op, ch, QUEUE_BULK);
    if (rc == ERR_CONFLICT) { /* somebody acted on one of them meanwhile: the next round */
        err_clear(&op->err);
        return ERR_OK;
    }
    *ret_left = rc != ERR_OK || n == MERGE_AT_ONCE;
    return rc;
}

/* ---- the two records ---- */

static void add_name(json_t *list, const struct record *survivor, const char *name)
{
    const char *own = record_member(survivor, "name");

    if (name == NULL || (own != NULL && strcmp(own, name) == 0))
        return;
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), name) == 0)
            return;
    json_array_append_new(list, json_string(name));
}

/* The survivor's aliases with all names of the merged one. */
static json_t *names_together(const struct record *survivor, const struct record *merged)
{
    json_t *list = json_deep_copy(json_object_get(survivor->state, "aliases"));
    const json_t *more = json_object_get(merged->state, "aliases");

    if (list == NULL)
        list = json_array();
    add_name(list, survivor, record_member(merged, "name"));
    for (size_t i = 0; i < json_array_size(more); i++)
        add_name(list, survivor, json_string_value(json_array_get(more, i)));
    return list;
}

static enum err_code end_one(struct op *op, struct changes *ch, struct record *r, int64_t into,
                             const char *reason)
{
    CLEANUP(record_draft_release) struct record_draft d = {0};

    record_draft_begin(op, &d, r, "merge", op->now_ms);
    record_in(&d, "into", json_integer(into));
    record_set(&d, "into", json_integer(into));
    record_set(&d, "status", json_string("merged"));
    record_set(&d, "key", json_null());
    record_text(&d, "reason", reason);
    return record_write(&d, ch);
}

/* What the survivor lacks it takes from the merged one; the contact stays where it was sealed. */
static enum err_code take_over(struct op *op, struct changes *ch, struct record *survivor,
                               const struct record *merged)
{
    static const char *const members[] = {"uscc", "address", "division", "industry"};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    json_t *names = names_together(survivor, merged);

    if (json_array_size(names) > BUSINESS_ALIASES_MAX) {
        json_decref(names);
        return err_field(&op->err, ERR_INVALID, "into", "too_many", "合起来的别名超过 200 个",
                         "Together they would have more than 200 aliases.");
    }
    record_draft_begin(op, &d, survivor, "absorb", op->now_ms);
    record_in(&d, "from", json_integer(merged->id));
    record_in(&d, "aliases", json_incref(names));
    record_set(&d, "aliases", names);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_t *value = json_object_get(merged->state, members[i]);

        if (value == NULL || json_object_get(survivor->state, members[i]) != NULL)
            continue;
        record_in(&d, members[i], json_incref(value));
        record_set(&d, members[i], json_incref(value));
        if (i == 0)
            record_set(&d, "key", json_incref(value));
    }
    return record_write(&d, ch);
}

static enum err_code check_pair(struct op *op, const struct record *r, int64_t into,
                                const struct record *survivor)
{
    if (strcmp(record_member(r, "status"), "merged") == 0)
        return err_field(&op->err, ERR_NOT_ALLOWED, "act", "merged", "已经并入另一个经营者",
                         "It was merged already.");
    if (r->id == into || survivor->id == r->id)
        return err_field(&op->err, ERR_INVALID, "into", "same", "不能并入自己",
                         "A business cannot be merged into itself.");
    return ERR_OK;
}

static enum err_code merge_once(struct op *op, int64_t id, const json_t *input, int64_t version,
                                struct record *survivor)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record merged = {0};
    int64_t into = json_integer_value(json_object_get(input, "into"));
    struct changes *ch = changes_new(op);
    enum err_code rc;
    size_t n;

    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, "business", id, &merged));
    TRY(record_expect(op, &merged, version));
    rc = business_find(op, snap, into, survivor);
    if (rc == ERR_NOT_FOUND)
        return err_field(&op->err, ERR_INVALID, "into", "unknown_business", "没有这个经营者",
                         "There is no such business.");
    TRY(rc);
    TRY(check_pair(op, &merged, into, survivor));
    TRY(end_one(op, ch, &merged, survivor->id, filing_text(input, "reason")));
    TRY(take_over(op, ch, survivor, &merged));
    TRY(move_some(op, ch, snap, id, survivor->id, &n));
    business_keep_answer(op, ch, survivor);
    changes_queue(ch, "merge", id, 0); /* what is left, and what is pointed to it meanwhile */
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code business_merge(struct op *op, int64_t id, const json_t *input, int64_t version,
                             struct record *ret)
{
    struct record_facts facts = {.body_path =
                                     op->actor.body_path == NULL ? "" : op->actor.body_path};
    enum err_code rc = ERR_CONFLICT;

    *ret = (struct record){0};
    TRY(may_check(&op->actor, MAY_MERGE_BUSINESS, &facts, &op->err));
    /* A matter that somebody acts on meanwhile is no reason to refuse; another version is. */
    for (int i = 0; i < MOVE_TRIES && rc == ERR_CONFLICT; i++) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        CLEANUP(record_release) struct record seen = {0};

        record_release(ret);
        err_clear(&op->err);
        TRY(snapshot_open(op, &snap));
        TRY(record_load(op, snap, "business", id, &seen));
        TRY(record_expect(op, &seen, version));
        rc = merge_once(op, id, input, version, ret);
    }
    return rc;
}
