/* All rows of a list, slice by slice. */
#include "insight/list_export.h"

#include <stdlib.h>
#include <string.h>

#include "insight/list_internal.h"
#include "sql_queries.h"

#define IDS_BYTES_MAX ((size_t)256 * 1024 * 1024)

static enum err_code stream_ids(struct reading *r, const struct stream *stream, struct export *e)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    bool row = false;

    compose_init(&c);
    compose(&c, SQL_list_key_undated);
    TRY(compose_stream(r, &c, stream));
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    for (;;) {
        int64_t id;

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            return ERR_OK;
        id = stmt_int64(s, 0);
        buf_add(&e->ids, &id, sizeof id);
        e->n++;
    }
}

static int newest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? 1 : x > y ? -1 : 0;
}

enum err_code export_find(struct op *op, const struct list_filter *filter, struct export *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    bool open = due_level_is_open(filter->level) || filter->unassigned;
    struct stream streams[STREAMS_MAX];
    struct reading r;
    size_t n = 0;

    *ret = (struct export){.filter = filter};
    buf_init(&ret->ids, IDS_BYTES_MAX);
    TRY(snapshot_open(op, &snap));
    TRY(reading_begin(op, snap, filter, MAY_EXPORT, &r));
    if (given(filter->q))
        TRY(search_begin(&r));
    if (!r.nothing)
        TRY(streams_for(&r, open, streams, &n));
    for (size_t i = 0; i < n; i++)
        TRY(stream_ids(&r, &streams[i], ret));
    if (ret->ids.failed)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for an export");
    if (ret->n > 0)
        qsort(ret->ids.data, ret->n, sizeof(int64_t), newest_first);
    return ERR_OK;
}

void export_release(struct export *export)
{
    buf_release(&export->ids);
}

enum err_code export_next(struct op *op, struct export *export, struct list_row **ret,
                          size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct visible visible = visible_to(&op->actor, MAY_EXPORT);
    size_t n = export->n - export->at < EXPORT_SLICE ? export->n - export->at : EXPORT_SLICE;
    int64_t ids[EXPORT_SLICE];

    memcpy(ids, export->ids.data + export->at * sizeof ids[0], n * sizeof ids[0]);
    TRY(snapshot_open(op, &snap));
    TRY(rows_load(op, snap, &visible, ids, n, export->filter->today, export->filter->soon_until,
                  ret, ret_n));
    export->at += n;
    return ERR_OK;
}
