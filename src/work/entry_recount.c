/* Counting entries again after their register has changed. */
#include "work/entry_recount.h"

#include <string.h>

#include "sql_queries.h"
#include "store/index.h"

#define SLICE 50
#define DONE (-1)

/* Entries are passed in the order in which they are numbered. */
static int64_t place_of(int64_t year, int64_t n)
{
    return year << 40 | n;
}

struct progress {
    const char *revision_name, *to_name;
    int64_t to; /* the last one looked at; DONE */
};

static enum err_code progress_of(struct op *op, const struct register_def *def,
                                 struct progress *ret)
{
    int64_t revision;

    ret->revision_name = arena_printf(op->arena, "recount_revision.%s", def->flow.id);
    ret->to_name = arena_printf(op->arena, "recount_to.%s", def->flow.id);
    if (ret->revision_name == NULL || ret->to_name == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "counting again");
    TRY(index_meta_get(op, ret->revision_name, &revision));
    TRY(index_meta_get(op, ret->to_name, &ret->to));
    if (revision != register_revision(def))
        ret->to = 0;
    return ERR_OK;
}

static enum err_code keep(struct op *op, const struct register_def *def, const struct progress *p)
{
    TRY(index_meta_set(op, p->to_name, p->to));
    return index_meta_set(op, p->revision_name, register_revision(def));
}

static enum err_code left(struct op *op, const struct register_def *def, int64_t to, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    *ret = 0;
    if (to == DONE)
        return ERR_OK;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_entry_count_after, &s));
    TRY(stmt_bind_text(op, s, 1, def->flow.id));
    TRY(stmt_bind_int64(op, s, 2, to >> 40));
    TRY(stmt_bind_int64(op, s, 3, to & (((int64_t)1 << 40) - 1)));
    return stmt_one_number(op, s, ret);
}

enum err_code entries_recount_left(struct op *op, const struct register_def *def, int64_t *ret)
{
    struct progress p;

    *ret = 0;
    if (!registers_count_otherwise(op->setup->registers, def))
        return ERR_OK;
    TRY(progress_of(op, def, &p));
    return left(op, def, p.to, ret);
}

/* ---- one slice ---- */

struct slice {
    int64_t ids[SLICE], to;
    size_t n;
};

static enum err_code read_slice(struct op *op, struct snapshot *snap,
                                const struct register_def *def, int64_t after, struct slice *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    ret->n = 0;
    ret->to = after;
    TRY(snapshot_prepare(op, snap, SQL_entry_ids_after, &s));
    TRY(stmt_bind_text(op, s, 1, def->flow.id));
    TRY(stmt_bind_int64(op, s, 2, after >> 40));
    TRY(stmt_bind_int64(op, s, 3, after & (((int64_t)1 << 40) - 1)));
    TRY(stmt_bind_int64(op, s, 4, SLICE));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret->ids[ret->n++] = stmt_int64(s, 0);
        ret->to = place_of(stmt_int64(s, 1), stmt_int64(s, 2));
    }
}

/* The links that today's measures ask for are read once more, and kept with those of its own. */
static enum err_code recount_one(struct op *op, struct snapshot *snap,
                                 const struct register_def *def, int64_t id, struct changes *ch,
                                 int *written)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(record_draft_release) struct record_draft d = {0};
    CLEANUP(json_decrefp) json_t *linked = NULL;
    struct entry_eval own, today;

    TRY(record_load(op, snap, ENTRY, id, &r));
    if (entry_counting(op, r.state) == def)
        return ERR_OK;
    linked = json_object();
    TRY(entry_eval_new(op, snap, entry_def(op, &r), r.state, linked, &own));
    entry_evaluate(&own);
    TRY(entry_eval_new(op, snap, def, r.state, linked, &today));
    entry_evaluate(&today);
    record_draft_begin(op, &d, &r, "recount", op->now_ms);
    record_set(&d, "counted",
               strcmp(record_member(&r, "revision"), def->flow.revision) == 0
                   ? json_null()
                   : json_string(def->flow.revision));
    if (json_object_size(linked) > 0)
        record_set(&d, "linked", json_incref(linked));
    ++*written;
    return record_write(&d, ch);
}

static enum err_code recount_slice(struct op *op, const struct register_def *def,
                                   struct progress *p)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct changes *ch = changes_new(op);
    struct slice slice;
    int written = 0;

    TRY(snapshot_open(op, &snap));
    TRY(read_slice(op, snap, def, p->to, &slice));
    for (size_t i = 0; i < slice.n; i++)
        TRY(recount_one(op, snap, def, slice.ids[i], ch, &written));
    snapshot_closep(&snap);
    if (written > 0)
        TRY(store_apply(op, ch, QUEUE_BULK)); /* a lost race: the slice is done again */
    p->to = slice.n < SLICE ? DONE : slice.to;
    return keep(op, def, p);
}

/* ---- the job ---- */

static enum err_code recount_register(struct op *op, const struct register_def *def, int64_t until,
                                      int64_t *ret_left)
{
    struct progress p;

    TRY(progress_of(op, def, &p));
    while (p.to != DONE && monotonic_ms() < until) {
        CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)32 * 1024 * 1024);
        struct op slice = op_apart(op, arena);
        enum err_code rc;

        if (arena == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "counting again");
        rc = recount_slice(&slice, def, &p);
        op->err = slice.err;
        if (rc == ERR_CONFLICT) {
            err_clear(&op->err);
            break; /* somebody acts on one of them: the next round */
        }
        TRY(rc);
    }
    return left(op, def, p.to, ret_left);
}

enum err_code entries_recount(struct op *op, int64_t budget_ms, int64_t *ret_left)
{
    const struct registers *registers = op->setup->registers;
    int64_t until = monotonic_ms() + budget_ms, one;

    *ret_left = 0;
    for (size_t i = 0; i < registers_count(registers); i++) {
        const struct register_def *def = registers_at(registers, i);

        if (!registers_count_otherwise(registers, def))
            continue;
        TRY(recount_register(op, def, until, &one));
        *ret_left += one;
    }
    return ERR_OK;
}
