/* What the matters of a list come to: counts, persons, money, the nearest date. */
#include "insight/list_internal.h"
#include "sql_queries.h"

static enum err_code add_stream(struct reading *r, const struct stream *stream,
                                struct list_sums *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;

    compose_init(&c);
    compose(&c, SQL_list_sums);
    compose_int(&c, r->f->today);
    TRY(compose_stream(r, &c, stream));
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    TRY(stmt_one_row(r->op, s));
    ret->n += stmt_int64(s, 0);
    ret->open += stmt_int64(s, 1);
    ret->late += stmt_int64(s, 2);
    ret->settled += stmt_int64(s, 3);
    ret->persons += stmt_int64(s, 4);
    ret->amount_fen += stmt_int64(s, 5);
    ret->recovered_fen += stmt_int64(s, 6);
    if (!stmt_is_null(s, 7) &&
        (ret->next_due == DATE_NONE || stmt_int64(s, 7) < (int64_t)ret->next_due))
        ret->next_due = (date_t)stmt_int64(s, 7);
    return ERR_OK;
}

enum err_code list_sums(struct op *op, const struct list_filter *filter, struct list_sums *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct stream streams[STREAMS_MAX];
    struct list_sums sums = {.next_due = DATE_NONE};
    struct reading r;
    size_t n = 0;

    TRY(snapshot_open(op, &snap));
    TRY(reading_begin(op, snap, filter, MAY_COUNT, &r));
    if (!r.nothing)
        TRY(streams_for(&r, false, streams, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_stream(&r, &streams[i], &sums));
    *ret = sums;
    return ERR_OK;
}
