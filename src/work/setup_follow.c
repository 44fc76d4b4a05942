/* Following what other daemons on the same database change of bodies, aliases, packs and calendars.
 */
#include "work/setup_internal.h"

#include "sql_queries.h"

int64_t setup_mark(struct store *store)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)64 << 10);
    struct op op = {.store = store, .arena = arena};
    int64_t mark = 0;

    if (!store_shared(store) || arena == NULL ||
        snapshot_number(&op, NULL, SQL_setup_mark, &mark) != ERR_OK)
        return 0;
    return mark;
}

enum err_code setup_follow(struct op *op, bool *ret_changed)
{
    int64_t mark;

    *ret_changed = false;
    if (!store_shared(op->store))
        return ERR_OK;
    TRY(snapshot_number(op, NULL, SQL_setup_mark, &mark));
    if (mark == op->setup->mark)
        return ERR_OK;
    *ret_changed = true;
    return setups_reload(op->setup->all, &op->err);
}
