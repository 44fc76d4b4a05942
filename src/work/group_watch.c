/* Proposing groups: complaints against one business, close in time, alike in what they say.
 *
 * Runs over the businesses of matters that changed since the last run (index.db remembers how far;
 * a new index looks at all once more and finds nothing new). Two complaints are joined when their
 * masked facts are alike enough, and what is joined hangs together; the thresholds are data
 * (rules/group_rules.h). Reports are never loaded. */
#include <stdlib.h>
#include <string.h>

#include "insight/likeness.h"
#include "insight/search.h"
#include "sql_queries.h"
#include "store/index.h"
#include "work/group_internal.h"

#define EVENTS_SLICE 2000
#define META "groups_at"
#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* How far back it looks, in times of the rules' days: what is older hangs together with the newest
 * only by a chain of more links. */
#define LOOK_BACK 3

enum standing { FRESH, PROPOSED, DISMISSED, SUGGESTED, MEMBER };

struct one {
    int64_t id, received_at, group; /* group: where it stands, of PROPOSED, SUGGESTED, MEMBER */
    const char *body, *category, *respondent;
    enum standing standing;
    size_t root; /* what it hangs together with: the least index */
    struct pairs pairs;
};

struct watch {
    struct op *op;
    const struct group_rules *rules;
    struct one *list;
    size_t n;
    int64_t wrote;
};

/* ---- one business ---- */

static enum err_code load_ones(struct watch *w, struct snapshot *snap, const char *key)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = w->op;
    bool row;

    w->n = 0;
    w->list = ARENA_ARRAY(op->arena, struct one, (size_t)w->rules->looked_at);
    if (w->list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "group watch");
    TRY(snapshot_prepare(op, snap, SQL_group_matters_of_business, &s));
    TRY(stmt_bind_text(op, s, 1, key));
    TRY(stmt_bind_int64(op, s, 2, w->rules->looked_at));
    TRY(stmt_bind_int64(op, s, 3, LOOK_BACK * w->rules->days * DAY_MS));
    for (;;) {
        struct one *o = &w->list[w->n];

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        *o = (struct one){.id = stmt_int64(s, 0),
                          .received_at = stmt_int64(s, 1),
                          .body = stmt_text_dup(op, s, 2),
                          .group = stmt_int64(s, 3),
                          .category = stmt_text_dup(op, s, 4),
                          .respondent = stmt_text_dup(op, s, 5),
                          .root = w->n};
        o->standing = o->group == 0 ? FRESH : MEMBER;
        w->n++;
    }
}

/* How those that belong to no group stand in proposals. */
static enum err_code load_standing(struct watch *w, struct snapshot *snap)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = w->op;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_group_candidacies, &s));
    for (size_t i = 0; i < w->n; i++) {
        struct one *o = &w->list[i];

        if (o->standing == MEMBER)
            continue;
        TRY(stmt_bind_int64(op, s, 1, o->id));
        for (;;) {
            const char *status;

            TRY(stmt_step(op, s, &row));
            if (!row)
                break;
            status = stmt_text(s, 1);
            if (strcmp(status, "proposed") == 0)
                o->standing = PROPOSED;
            else if (strcmp(status, "dismissed") == 0 && o->standing == FRESH)
                o->standing = DISMISSED;
            else if (strcmp(status, "dismissed") != 0 && o->standing != PROPOSED)
                o->standing = SUGGESTED;
            else
                continue;
            if (o->standing != DISMISSED)
                o->group = stmt_int64(s, 0);
        }
        stmt_reset(s);
    }
    return ERR_OK;
}

static enum err_code load_texts(struct watch *w)
{
    struct op *op = w->op;

    for (size_t i = 0; i < w->n; i++) {
        const char *facts;
        struct folded folded;

        TRY(search_masked_facts(op, op->setup->folder, w->list[i].id, &facts));
        TRY(fold_text(op->setup->folder, op->arena, facts, strlen(facts), &folded));
        TRY(likeness_pairs(op->arena, &folded, &w->list[i].pairs));
    }
    return ERR_OK;
}

static size_t root_of(struct watch *w, size_t i)
{
    while (w->list[i].root != i)
        i = w->list[i].root = w->list[w->list[i].root].root;
    return i;
}

static bool near_in_time(const struct watch *w, const struct one *a, const struct one *b)
{
    return llabs(a->received_at - b->received_at) <= w->rules->days * DAY_MS;
}

static void join_alike(struct watch *w)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = i + 1; k < w->n; k++) {
            size_t a = root_of(w, i), b = root_of(w, k);

            if (a == b || !near_in_time(w, &w->list[i], &w->list[k]))
                continue;
            if (likeness(&w->list[i].pairs, &w->list[k].pairs) < w->rules->likeness)
                continue;
            w->list[a > b ? a : b].root = a < b ? a : b;
        }
}

/* ---- what comes of one heap of like ones ---- */

struct heap {
    size_t root, n, fresh, dismissed;
    int64_t group, proposed; /* an open group or a proposal that it touches; 0 none */
};

static bool in_window(const struct watch *w, size_t root, const struct one *o)
{
    return near_in_time(w, &w->list[root], o); /* the root is the newest */
}

static struct heap heap_of(struct watch *w, size_t root)
{
    struct heap h = {.root = root};

    for (size_t i = root; i < w->n; i++) {
        const struct one *o = &w->list[i];

        if (root_of(w, i) != root)
            continue;
        if (o->standing == MEMBER || o->standing == SUGGESTED)
            h.group = h.group == 0 ? o->group : h.group;
        if (o->standing == PROPOSED)
            h.proposed = h.proposed == 0 ? o->group : h.proposed;
        if (!in_window(w, root, o))
            continue;
        h.n++;
        h.fresh += o->standing == FRESH;
        h.dismissed += o->standing == DISMISSED;
    }
    return h;
}

static bool wanted(struct watch *w, const struct heap *h, size_t i, bool with_dismissed)
{
    const struct one *o = &w->list[i];

    return root_of(w, i) == h->root && in_window(w, h->root, o) &&
           (o->standing == FRESH || (with_dismissed && o->standing == DISMISSED));
}

static json_t *ids_of(struct watch *w, const struct heap *h, const json_t *before,
                      bool with_dismissed)
{
    json_t *ids = before == NULL ? json_array() : json_deep_copy(before);

    for (size_t i = 0; i < w->n; i++)
        if (wanted(w, h, i, with_dismissed))
            json_array_append_new(ids, json_integer(w->list[i].id));
    return ids;
}

/* The body above all of them. */
static const char *body_above(struct watch *w, const struct heap *h)
{
    const struct setup *setup = w->op->setup;
    const struct body *above = NULL;

    for (size_t i = 0; i < w->n; i++) {
        const struct body *body = setup_body(setup, w->list[i].body);

        if (!wanted(w, h, i, true) || body == NULL)
            continue;
        if (above == NULL)
            above = body;
        while (above != NULL && !body_path_within(body->path, above->path))
            above = above->parent == NULL ? NULL : setup_body(setup, above->parent);
        if (above == NULL)
            return setup->intake == NULL ? NULL : setup->intake->code;
    }
    return above == NULL ? NULL : above->code;
}

static enum err_code write_record(struct watch *w, struct record_draft *d)
{
    struct changes *ch = changes_new(w->op);
    enum err_code rc;

    TRY(record_write(d, ch));
    rc = store_apply(w->op, ch, QUEUE_BULK);
    if (rc == ERR_CONFLICT) { /* somebody acted on it meanwhile; the next run sees that */
        err_clear(&w->op->err);
        return ERR_OK;
    }
    w->wrote += rc == ERR_OK;
    return rc;
}

static json_t *proposal(struct watch *w, const struct heap *h)
{
    const struct op *op = w->op;
    int64_t first = INT64_MAX, last = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (!wanted(w, h, i, true))
            continue;
        first = w->list[i].received_at < first ? w->list[i].received_at : first;
        last = w->list[i].received_at > last ? w->list[i].received_at : last;
    }
    return json_pack("{s:o, s:i, s:i, s:I, s:I, s:I, s:s}", "members", ids_of(w, h, NULL, true),
                     "from", date_of_instant(first, op->zone_min), "to",
                     date_of_instant(last, op->zone_min), "likeness",
                     (json_int_t)w->rules->likeness, "least", (json_int_t)w->rules->members, "days",
                     (json_int_t)w->rules->days, "revision", w->rules->revision);
}

static enum err_code propose(struct watch *w, const struct heap *h, const char *key)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    const struct one *newest = &w->list[h->root];
    const char *body = body_above(w, h);
    struct op *op = w->op;

    if (body == NULL)
        return ERR_OK;
    TRY(record_new(op, GROUP, &r));
    record_draft_begin(op, &d, &r, "propose", op->now_ms);
    record_set(&d, "body", json_string(body));
    record_set(&d, "status", json_string("proposed"));
    record_set(&d, "day", json_integer(date_of_instant(op->now_ms, op->zone_min)));
    record_set(&d, "business", json_string(newest->respondent == NULL ? "" : newest->respondent));
    record_set(&d, "respondent_key", json_string(key));
    if (newest->category != NULL)
        record_set(&d, "category", json_string(newest->category));
    record_set(&d, "proposal", proposal(w, h));
    record_in(&d, "n", json_integer((json_int_t)(h->fresh + h->dismissed)));
    return write_record(w, &d);
}

/* A proposal takes the new ones in; an open group is told of them. */
static enum err_code grow(struct watch *w, struct snapshot **snap, const struct heap *h)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    bool proposed = h->proposed != 0;
    json_t *more;

    TRY(snapshot_open(w->op, snap));
    TRY(record_load(w->op, *snap, GROUP, proposed ? h->proposed : h->group, &r));
    snapshot_closep(snap);
    if (!proposed && strcmp(record_member(&r, "status"), "closed") == 0)
        return ERR_OK;
    record_draft_begin(w->op, &d, &r, proposed ? "grow" : "suggest", w->op->now_ms);
    record_in(&d, "n", json_integer((json_int_t)h->fresh));
    if (proposed) {
        more = json_copy(json_object_get(r.state, "proposal"));
        json_object_set_new(more, "members", ids_of(w, h, json_object_get(more, "members"), false));
        record_set(&d, "proposal", more);
    } else {
        record_set(&d, "suggested", ids_of(w, h, json_object_get(r.state, "suggested"), false));
    }
    return write_record(w, &d);
}

/* Whether one of them stands nowhere yet: without one there is nothing to say of a heap. */
static bool any_fresh(const struct watch *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->list[i].standing == FRESH)
            return true;
    return false;
}

static enum err_code consider(struct watch *w, const char *key)
{
    struct snapshot *snap = NULL;
    enum err_code rc;

    TRY(snapshot_open(w->op, &snap));
    rc = load_ones(w, snap, key);
    if (rc == ERR_OK && w->n >= 1)
        rc = load_standing(w, snap);
    snapshot_closep(&snap);
    TRY(rc);
    if ((int64_t)w->n < w->rules->members || !any_fresh(w))
        return ERR_OK;
    TRY(load_texts(w));
    join_alike(w);
    for (size_t i = 0; i < w->n; i++) {
        struct heap h;

        if (root_of(w, i) != i)
            continue;
        h = heap_of(w, i);
        if (h.fresh == 0)
            continue;
        if (h.proposed != 0 || h.group != 0) {
            rc = grow(w, &snap, &h);
            snapshot_closep(&snap);
            TRY(rc);
        } else if ((int64_t)(h.fresh + h.dismissed) >= w->rules->members &&
                   (h.dismissed == 0 || (int64_t)h.fresh >= w->rules->again)) {
            TRY(propose(w, &h, key));
        }
    }
    return ERR_OK;
}

/* ---- which businesses ---- */

static enum err_code key_of(struct op *op, struct snapshot *snap, int64_t matter, json_t *keys)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_group_matter_key, &s));
    TRY(stmt_bind_int64(op, s, 1, matter));
    TRY(stmt_step(op, s, &row));
    if (row)
        json_object_set_new(keys, stmt_text(s, 0), json_true());
    return ERR_OK;
}

/* Keys of the matters with events behind *at, a slice of them. */
static enum err_code changed_keys(struct op *op, int64_t *at, json_t *keys, bool *ret_more)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    int64_t last = 0, n = 0;
    bool row;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_group_events_after, &s));
    TRY(stmt_bind_int64(op, s, 1, *at));
    TRY(stmt_bind_int64(op, s, 2, EVENTS_SLICE));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        n++;
        *at = stmt_int64(s, 0);
        if (stmt_int64(s, 1) != last)
            TRY(key_of(op, snap, stmt_int64(s, 1), keys));
        last = stmt_int64(s, 1);
    }
    *ret_more = n == EVENTS_SLICE;
    return ERR_OK;
}

/* Keys of all matters with events behind *at. A slice each has a view of its own: a view held long
 * keeps the write-ahead log from being copied back. */
static enum err_code all_changed_keys(struct op *op, int64_t *at, json_t *keys)
{
    bool more = true;

    while (more)
        TRY(changed_keys(op, at, keys, &more));
    return ERR_OK;
}

/* Each business in memory of its own: texts of hundreds of matters are folded. */
static enum err_code consider_all(struct op *op, json_t *keys, int64_t *ret_n)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)256 * 1024 * 1024);
    struct op own = op_apart(op, arena);
    struct watch w = {.op = &own, .rules = op->setup->groups};
    enum err_code rc = ERR_OK;
    const char *key;
    json_t *value;

    if (arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "group watch");
    json_object_foreach(keys, key, value)
    {
        if (rc == ERR_OK)
            rc = consider(&w, key);
        arena_reset(arena);
    }
    op->err = own.err;
    *ret_n += w.wrote;
    return rc;
}

/* A business is looked at once, however many of its matters changed since the last run: in a rush
 * that is most of the work. */
enum err_code group_watch(struct op *op, int64_t *ret_n)
{
    CLEANUP(json_decrefp) json_t *keys = json_object();
    int64_t before, at;

    *ret_n = 0;
    if (keys == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "group watch");
    TRY(index_meta_get(op, META, &before));
    at = before;
    TRY(all_changed_keys(op, &at, keys));
    TRY(consider_all(op, keys, ret_n));
    return at == before ? ERR_OK : index_meta_set(op, META, at);
}
