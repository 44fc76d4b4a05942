/* Major matters by the number of people: where a group has as many members as the pack of its
 * members says (finance-2020: mark_major), each is marked and the group tells those who lead it.
 * The number, the act and its words are the pack's. */
#include <inttypes.h>
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/group_internal.h"

#define GROUPS_PAGE 50

/* The least of all packs of the office; 0: none of them has such a rule. */
static int64_t least_members(const struct setup *setup)
{
    int64_t least = 0;

    for (size_t i = 0; i < setup->n_packs; i++)
        for (size_t k = 0; k < setup->packs[i]->n_acts; k++) {
            const struct act_watch *w = &setup->packs[i]->acts[k].watch;

            if (w->members > 0 && (least == 0 || w->members < least))
                least = w->members;
        }
    return least;
}

static const struct pack_act *watched_act(const struct pack *pack, int64_t members)
{
    for (size_t i = 0; i < pack->n_acts; i++)
        if (pack->acts[i].watch.members > 0 && members >= pack->acts[i].watch.members)
            return &pack->acts[i];
    return NULL;
}

/* {n} in the pack's words is the number of members. */
static const char *words(struct op *op, const char *says, int64_t n)
{
    const char *at = strstr(says, "{n}");

    return at == NULL ? says
                      : arena_printf(op->arena, "%.*s%" PRId64 "%s", (int)(at - says), says, n,
                                     at + strlen("{n}"));
}

static json_t *input_of(struct op *op, const struct act_watch *w, int64_t n)
{
    json_t *input = json_loads(w->input, 0, NULL);

    if (input == NULL)
        return NULL;
    if (w->count_field != NULL)
        json_object_set_new(input, w->count_field, json_integer(n));
    if (w->words_field != NULL)
        json_object_set_new(input, w->words_field, json_string(words(op, w->says.zh, n)));
    return input;
}

static enum err_code mark_one(struct op *op, int64_t id, int64_t n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(matter_release) struct matter m = {0}, done = {0};
    CLEANUP(json_decrefp) json_t *input = NULL;
    const struct pack_act *act;
    enum err_code rc;

    TRY(snapshot_open(op, &snap));
    TRY(matter_load(op, snap, id, &m));
    snapshot_closep(&snap);
    act = watched_act(matter_pack(op, &m), n);
    if (act == NULL || json_object_get(m.detail, "major") != NULL)
        return ERR_OK;
    input = input_of(op, &act->watch, n);
    if (input == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a major matter");
    rc = matter_act(op, id, act->id, input, ANY_VERSION, &done);
    if (rc == ERR_NOT_ALLOWED) { /* it has ended meanwhile */
        err_clear(&op->err);
        rc = ERR_OK;
    }
    return rc;
}

/* @p n  how many there may be at most: who joins meanwhile is taken by the next run */
static enum err_code members_of(struct op *op, int64_t group, int64_t n, int64_t *ret,
                                size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_group_matters, &s));
    TRY(stmt_bind_int64(op, s, 1, group));
    TRY(stmt_bind_int64(op, s, 2, n));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] = stmt_int64(s, 0);
    }
}

static enum err_code tell_group(struct op *op, int64_t id, int64_t n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    struct changes *ch = changes_new(op);
    enum err_code rc;

    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, GROUP, id, &r));
    snapshot_closep(&snap);
    record_draft_begin(op, &d, &r, "major", op->now_ms);
    record_in(&d, "n", json_integer((json_int_t)n));
    record_set(&d, "major",
               json_pack("{s:I, s:I}", "members", (json_int_t)n, "at", (json_int_t)op->now_ms));
    TRY(record_write(&d, ch));
    rc = store_apply(op, ch, QUEUE_BULK);
    if (rc == ERR_CONFLICT) { /* somebody acted on it meanwhile; the next run tells it */
        err_clear(&op->err);
        rc = ERR_OK;
    }
    return rc;
}

static enum err_code size_of(struct op *op, int64_t group, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    return group_size(op, snap, group, ret);
}

static enum err_code consider(struct op *op, const struct record *r, int64_t least, int64_t *ret_n)
{
    const json_t *major = json_object_get(r->state, "major");
    int64_t members, *ids;
    size_t n;

    TRY(size_of(op, r->id, &members));
    if (members < least || members <= json_integer_value(json_object_get(major, "members")))
        return ERR_OK;
    ids = ARENA_ARRAY(op->arena, int64_t, members);
    if (ids == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "members of a group");
    TRY(members_of(op, r->id, members, ids, &n));
    for (size_t i = 0; i < n; i++)
        TRY(mark_one(op, ids[i], members));
    ++*ret_n;
    return tell_group(op, r->id, members);
}

static void release(struct record *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        record_release(&list[i]);
}

enum err_code group_major_watch(struct op *op, int64_t *ret_n)
{
    struct record_filter f = {
        .kind = GROUP, .status = "open", .from = DATE_NONE, .to = DATE_NONE, .max = GROUPS_PAGE};
    int64_t least = least_members(op->setup);
    size_t n = GROUPS_PAGE;

    *ret_n = 0;
    while (least > 0 && n == GROUPS_PAGE) {
        CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
        struct record list[GROUPS_PAGE];
        enum err_code rc = ERR_OK;

        TRY(snapshot_open(op, &snap));
        TRY(records_list(op, snap, &f, list, &n));
        snapshot_closep(&snap);
        for (size_t i = 0; i < n && rc == ERR_OK; i++) {
            rc = consider(op, &list[i], least, ret_n);
            f.after_day = (date_t)record_number(&list[i], "day");
            f.after_id = list[i].id;
        }
        release(list, n);
        TRY(rc);
    }
    return ERR_OK;
}
