/* Changes since a position, in scope. */
#include "insight/changes_feed.h"

#include "insight/compose.h"
#include "sql_queries.h"

/* Puts the matter at the end, or moves it there. */
static void feed_put(struct feed *feed, const struct feed_item *item)
{
    size_t i = 0;

    while (i < feed->n && feed->items[i].matter_id != item->matter_id)
        i++;
    for (; i + 1 < feed->n; i++)
        feed->items[i] = feed->items[i + 1];
    if (i == feed->n)
        feed->n++;
    feed->items[feed->n - 1] = *item;
}

static enum err_code feed_read(struct op *op, struct snapshot *snap, int64_t after,
                               const struct visible *visible, struct feed *feed)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    bool row = false;
    int64_t last = after;

    compose_init(&c);
    compose(&c, SQL_feed_events);
    compose_int(&c, after);
    compose_int(&c, FEED_EVENTS_MAX);
    TRY(compose_scope(op, &c, visible));
    compose(&c, SQL_feed_order);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        struct feed_item item;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        last = stmt_int64(s, 0);
        if (stmt_is_null(s, 2))
            continue;
        item = (struct feed_item){.at = stmt_int64(s, 1),
                                  .matter_id = stmt_int64(s, 2),
                                  .number = stmt_text_dup(op, s, 3),
                                  .version = stmt_int64(s, 4)};
        if (item.number == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for a change");
        feed_put(feed, &item);
    }
    feed->more = last < feed->position;
    feed->position = last;
    return ERR_OK;
}

enum err_code changes_feed(struct op *op, int64_t after, struct feed *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct visible visible = visible_to(&op->actor, MAY_SEE);
    struct feed feed = {0};

    TRY(snapshot_open(op, &snap));
    feed.position = snapshot_position(snap);
    if (after >= 0 && after < feed.position && !visible.nothing) {
        feed.items = ARENA_ARRAY(op->arena, struct feed_item, FEED_EVENTS_MAX);
        if (feed.items == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for changes");
        TRY(feed_read(op, snap, after, &visible, &feed));
    }
    *ret = feed;
    return ERR_OK;
}
