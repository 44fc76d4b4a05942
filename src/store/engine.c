/* The calls of store.h and index.h, handed to the engine behind the store. */
#include "base/waiting.h"
#include "sql_queries.h"
#include "store/engine.h"

static const struct engine_kind *kind_of(const struct op *op)
{
    return op->store->engine->kind;
}

enum err_code engine_open(const struct store_options *options, struct store *store, struct err *err)
{
    return (options->database == NULL ? &sqlite_kind : &pg_kind)->open(options, store, err);
}

enum err_code engine_start(struct engine *e, struct err *err)
{
    return e->kind->start == NULL ? ERR_OK : e->kind->start(e, err);
}

void engine_stop(struct engine *e)
{
    if (e != NULL && e->kind->stop != NULL)
        e->kind->stop(e);
}

void engine_close(struct engine *e)
{
    if (e != NULL)
        e->kind->close(e);
}

void engine_stats(struct engine *e, struct store_stats *ret)
{
    e->kind->stats(e, ret);
}

bool engine_rest(struct engine *e)
{
    return e->kind->rest != NULL && e->kind->rest(e);
}

bool engine_is_new(const struct engine *e)
{
    return e->is_new;
}

enum err_code engine_apply(struct engine *e, struct changes *ch, enum store_queue queue,
                           struct err *err)
{
    enum err_code rc;

    if (!e->kind->shared) /* it says itself when it waits */
        return e->kind->apply(e, ch, queue, err);
    waiting_begin();
    rc = e->kind->apply(e, ch, queue, err);
    waiting_end();
    return rc;
}

enum err_code engine_filled(struct engine *e, struct err *err)
{
    return e->kind->filled == NULL ? ERR_OK : e->kind->filled(e, err);
}

enum err_code engine_settle(struct engine *e, struct err *err)
{
    return e->kind->settle(e, err);
}

enum err_code engine_check(struct op *op, struct snapshot *snap, engine_found_fn *found, void *arg)
{
    return kind_of(op)->check(op, snap, found, arg);
}

enum err_code engine_copy(struct op *op, struct snapshot *snap, const char *path,
                          store_progress_fn *progress, void *arg)
{
    return kind_of(op)->copy(op, snap, path, progress, arg);
}

/* ---- snapshots ---- */

static void end_snapshot(struct snapshot *snap)
{
    snap->op->snapshot = NULL;
    snap->engine->kind->snapshot_end(snap);
}

enum err_code snapshot_open(struct op *op, struct snapshot **ret)
{
    struct snapshot *snap = op->snapshot;

    if (snap != NULL) {            /* one unit of work, one view, one connection */
        INVARIANT(snap->op == op); /* else it was copied: op_apart */
        snap->holders++;
        *ret = snap;
        return ERR_OK;
    }
    TRY(kind_of(op)->snapshot_begin(op, &snap));
    snap->engine = op->store->engine;
    snap->op = op;
    snap->holders = 1;
    snap->let_go = false;
    op->snapshot = snap;
    *ret = snap;
    return ERR_OK;
}

void snapshot_closep(struct snapshot **snap)
{
    struct snapshot *s = *snap;

    *snap = NULL;
    if (s == NULL || --s->holders > 0 || (s->op->keeps_view && !s->let_go))
        return;
    end_snapshot(s);
}

void snapshot_keep(struct op *op)
{
    op->keeps_view = true;
}

void snapshot_let_go(struct op *op)
{
    struct snapshot *snap = op->snapshot;

    if (snap == NULL)
        return;
    snap->let_go = true; /* with its last close, where it is open */
    if (snap->holders == 0)
        end_snapshot(snap);
}

struct op op_apart(struct op *op, struct arena *arena)
{
    struct op apart;

    snapshot_let_go(op);
    apart = *op;
    apart.arena = arena;
    apart.snapshot = NULL;
    apart.keeps_view = false;
    err_clear(&apart.err);
    return apart;
}

int64_t snapshot_position(const struct snapshot *snap)
{
    return snap->position;
}

void snapshot_long(struct snapshot *snap)
{
    snap->engine->kind->snapshot_long(snap);
}

enum err_code snapshot_prepare(struct op *op, struct snapshot *snap, int sql, struct stmt **ret)
{
    return snap->engine->kind->prepare(op, snap, sql, ret);
}

enum err_code snapshot_prepare_text(struct op *op, struct snapshot *snap, const char *sql,
                                    struct stmt **ret)
{
    return snap->engine->kind->prepare_text(op, snap, sql, ret);
}

bool store_shared(const struct store *store)
{
    return store->engine->kind->shared;
}

bool store_afar(const struct store *store)
{
    return store->engine->afar;
}

const char *store_sql(const struct store *store, int sql)
{
    return store->engine->kind->sql[sql];
}

/* ---- statements ---- */

void stmt_closep(struct stmt **stmt)
{
    if (*stmt != NULL)
        (*stmt)->kind->stmt_close(*stmt);
    *stmt = NULL;
}

enum err_code stmt_bind_int64(struct op *op, struct stmt *s, int n, int64_t value)
{
    return s->kind->bind_int64(op, s, n, value);
}

enum err_code stmt_bind_text(struct op *op, struct stmt *s, int n, const char *text)
{
    return s->kind->bind_text(op, s, n, text);
}

enum err_code stmt_bind_blob(struct op *op, struct stmt *s, int n, const void *bytes, size_t size)
{
    return s->kind->bind_blob(op, s, n, bytes, size);
}

enum err_code stmt_step(struct op *op, struct stmt *s, bool *ret_row)
{
    return s->kind->step(op, s, ret_row);
}

enum err_code stmt_one_row(struct op *op, struct stmt *s)
{
    bool row = false;

    TRY(s->kind->step(op, s, &row));
    return row ? ERR_OK : err_set(&op->err, ERR_NOT_FOUND, "no row: %.200s", s->kind->sql_of(s));
}

enum err_code stmt_one_number(struct op *op, struct stmt *s, int64_t *ret)
{
    TRY(stmt_one_row(op, s));
    *ret = stmt_int64(s, 0);
    return ERR_OK;
}

enum err_code snapshot_beyond(struct op *op, struct snapshot *snap, int64_t after, int64_t most,
                              int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_events_beyond, &s));
    TRY(stmt_bind_int64(op, s, 1, after));
    TRY(stmt_bind_int64(op, s, 2, most));
    return stmt_one_number(op, s, ret);
}

enum err_code snapshot_number(struct op *op, struct snapshot *snap, int sql, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *own = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    if (snap == NULL)
        TRY(snapshot_open(op, &own));
    TRY(snapshot_prepare(op, snap == NULL ? own : snap, sql, &s));
    return stmt_one_number(op, s, ret);
}

void stmt_reset(struct stmt *s)
{
    s->kind->reset(s);
}

bool stmt_is_null(struct stmt *s, int column)
{
    return s->kind->is_null(s, column);
}

int64_t stmt_int64(struct stmt *s, int column)
{
    return s->kind->int64(s, column);
}

const char *stmt_text(struct stmt *s, int column)
{
    return s->kind->text(s, column);
}

const void *stmt_blob(struct stmt *s, int column, size_t *ret_size)
{
    return s->kind->blob(s, column, ret_size);
}

enum value_kind stmt_value(struct stmt *s, int column, int64_t *ret_number, const void **ret_bytes,
                           size_t *ret_size)
{
    return s->kind->value(s, column, ret_number, ret_bytes, ret_size);
}

char *stmt_text_dup(struct op *op, struct stmt *s, int column)
{
    const char *text = stmt_text(s, column);

    return text == NULL ? NULL : arena_strdup(op->arena, text);
}

/* ---- the index ---- */

static enum err_code put(struct op *op, enum index_table table, const struct index_doc *docs,
                         size_t n, const struct index_reach *reach)
{
    const struct engine_kind *kind = kind_of(op);

    if (reach != NULL && kind->index_fill != NULL)
        return kind->index_fill(op, table, docs, n, reach);
    if (n > 0)
        TRY(kind->index_apply(op, table, docs, n));
    return reach == NULL ? ERR_OK : kind->index_meta_set(op, reach->name, reach->to);
}

enum err_code index_apply(struct op *op, const struct index_doc *docs, size_t n,
                          const struct index_reach *reach)
{
    return put(op, INDEX_WORD, docs, n, reach);
}

enum err_code index_apply_businesses(struct op *op, const struct index_doc *docs, size_t n,
                                     const struct index_reach *reach)
{
    return put(op, INDEX_BUSINESS, docs, n, reach);
}

const char *index_match(struct op *op, const char *fts5)
{
    char *(*match)(struct arena *, const char *) = kind_of(op)->index_match;

    return match == NULL ? fts5 : match(op->arena, fts5);
}

bool index_in_windows(const struct op *op)
{
    return kind_of(op)->index_match != NULL;
}

enum err_code index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                               struct index_past_mark from, struct index_past_mark to)
{
    return kind_of(op)->index_apply_past(op, pieces, n, from, to);
}

enum err_code index_clear(struct op *op)
{
    return kind_of(op)->index_clear(op);
}

enum err_code index_tidy(struct op *op, bool *ret_more)
{
    return kind_of(op)->index_tidy(op, ret_more);
}

enum err_code index_meta_get(struct op *op, const char *name, int64_t *ret)
{
    return kind_of(op)->index_meta_get(op, name, ret);
}

enum err_code index_meta_set(struct op *op, const char *name, int64_t value)
{
    return kind_of(op)->index_meta_set(op, name, value);
}
