/* Keeping the pasts in index.db behind the events. */
#include <string.h>

#include "base/json.h"
#include "insight/past.h"
#include "sql_queries.h"
#include "store/event_body.h"

#define ROUND_BYTES ((size_t)16 << 20)

static int64_t mark_of(const void *hash, size_t n)
{
    int64_t mark = 0;

    memcpy(&mark, hash, n < sizeof mark ? n : sizeof mark);
    return mark ^ PAST_FORMAT;
}

/* What the index keeps under these names; event 0 when it is not an event that this view has. */
static enum err_code kept_mark(struct op *op, struct snapshot *snap, const char *to,
                               const char *mark, struct index_past_mark *ret, int64_t *ret_kept)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const void *hash;
    bool row = false;
    size_t n;

    *ret = (struct index_past_mark){0};
    *ret_kept = 0;
    TRY(snapshot_prepare(op, snap, SQL_past_position, &s));
    TRY(stmt_bind_text(op, s, 1, to));
    TRY(stmt_bind_text(op, s, 2, mark));
    TRY(stmt_step(op, s, &row));
    if (!row)
        return ERR_OK;
    *ret_kept = stmt_int64(s, 0);
    if (stmt_is_null(s, 2))
        return ERR_OK;
    hash = stmt_blob(s, 2, &n);
    if (mark_of(hash, n) == stmt_int64(s, 1))
        *ret = (struct index_past_mark){*ret_kept, stmt_int64(s, 1)};
    return ERR_OK;
}

enum err_code past_position(struct op *op, struct snapshot *snap, struct index_past_mark *ret)
{
    struct index_past_mark from;
    int64_t to, before;

    TRY(kept_mark(op, snap, "past_to", "past_to_mark", ret, &to));
    if (ret->event != 0 || to <= snapshot_position(snap))
        return ERR_OK;
    /* The index went on after this view began: it must have begun there among the same events. */
    TRY(kept_mark(op, snap, "past_from", "past_from_mark", &from, &before));
    if (from.event != 0)
        ret->event = snapshot_position(snap);
    return ERR_OK;
}

/* Pieces of the next events, in a buffer that must live as long as they. */
static enum err_code next_pieces(struct op *op, struct snapshot *snap, struct buf *bytes,
                                 struct index_past *pieces, size_t *at, size_t *ret_n,
                                 struct index_past_mark *to, size_t *ret_events)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    *ret_n = *ret_events = 0;
    TRY(snapshot_prepare(op, snap, SQL_past_events_next, &s));
    TRY(stmt_bind_int64(op, s, 1, to->event));
    TRY(stmt_bind_int64(op, s, 2, PAST_EVENTS_A_ROUND));
    for (;;) {
        CLEANUP(json_decrefp) json_t *body = NULL;
        const char *text;
        size_t n;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ++*ret_events;
        text = stmt_blob(s, 4, &n);
        *to = (struct index_past_mark){stmt_int64(s, 0), mark_of(text, n)};
        if (strcmp(stmt_text(s, 5), "matter") != 0)
            continue;
        TRY(stmt_event_body(op, s, 3, &body));
        at[*ret_n] = bytes->len;
        past_entry(bytes, to->event, stmt_int64(s, 2), body);
        if (bytes->failed)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for pasts");
        if (bytes->len == at[*ret_n])
            continue;
        pieces[*ret_n] = (struct index_past){.id = stmt_int64(s, 1), .n = bytes->len - at[*ret_n]};
        ++*ret_n;
    }
}

enum err_code past_fill(struct op *op, bool *ret_more)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(buf_release) struct buf bytes = BUF_UP_TO(ROUND_BYTES);
    struct index_past *pieces = ARENA_ARRAY(op->arena, struct index_past, PAST_EVENTS_A_ROUND);
    size_t *at = ARENA_ARRAY(op->arena, size_t, PAST_EVENTS_A_ROUND);
    struct index_past_mark from, to;
    size_t n, events;

    *ret_more = false;
    if (pieces == NULL || at == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for pasts");
    TRY(snapshot_open(op, &snap));
    TRY(past_position(op, snap, &from));
    to = from;
    TRY(next_pieces(op, snap, &bytes, pieces, at, &n, &to, &events));
    snapshot_closep(&snap);
    if (events == 0)
        return ERR_OK;
    for (size_t i = 0; i < n; i++)
        pieces[i].facts = bytes.data + at[i];
    *ret_more = events == PAST_EVENTS_A_ROUND;
    return index_apply_past(op, pieces, n, from, to);
}
