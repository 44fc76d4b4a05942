/* Lists and counts of orders, put together from the fragments of sql/queries/orders.sql. */
#include "insight/orders.h"

#include <string.h>

#include "base/date.h"
#include "insight/compose.h"
#include "sql_queries.h"

static const char *const level_names[] = {"", "late", "today", "soon", "later"};
static const char *const sort_names[] = {"-received", "due", "row"};

const char *order_level_name(enum order_level level)
{
    return level_names[level];
}

enum order_level order_level_find(const char *name)
{
    int i = 0;

    while (i < ORDER_LEVELS && strcmp(level_names[i], name) != 0)
        i++;
    return (enum order_level)i;
}

enum order_sort order_sort_find(const char *name)
{
    int i = 0;

    while (i < ORDER_SORTS && strcmp(sort_names[i], name) != 0)
        i++;
    return (enum order_sort)i;
}

static void if_text(struct composed *c, int sql, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    compose(c, sql);
    compose_text(c, value);
}

static void if_date(struct composed *c, int sql, date_t day)
{
    if (day == 0 || day == DATE_NONE)
        return;
    compose(c, sql);
    compose_int(c, day);
}

static void if_level(struct composed *c, const struct order_filter *f)
{
    switch (f->level) {
    case ORDER_LATE:
        compose(c, SQL_order_if_due_before);
        compose_int(c, f->today);
        break;
    case ORDER_TODAY:
    case ORDER_SOON:
        compose(c, SQL_order_if_due_between);
        compose_int(c, f->level == ORDER_TODAY ? f->today : f->today + 1);
        compose_int(c, f->level == ORDER_TODAY ? f->today : f->soon_until);
        break;
    case ORDER_LATER:
        compose(c, SQL_order_if_due_after);
        compose_int(c, f->soon_until);
        break;
    case ORDER_ANY:
    case ORDER_LEVELS:
        break;
    }
}

static enum err_code where(struct op *op, struct composed *c, const struct order_filter *f,
                           const struct visible *visible)
{
    compose(c, SQL_order_from);
    if_text(c, SQL_order_if_system, f->system);
    if_text(c, SQL_order_if_status, f->status);
    if_text(c, SQL_order_if_part, f->part);
    if_date(c, SQL_order_if_from, f->from);
    if_date(c, SQL_order_if_to, f->to);
    if_level(c, f);
    if (f->number != NULL && *f->number != '\0') {
        compose(c, SQL_order_if_number);
        compose_text(c, f->number);
        compose_text(c, arena_printf(op->arena, "%s\xf4\x8f\xbf\xbf", f->number));
    }
    if (f->import != 0) {
        compose(c, SQL_order_if_import);
        compose_int(c, f->import);
    }
    if (f->body_path != NULL)
        TRY(compose_reach(op, c, SQL_order_if_below, f->body_path));
    return compose_scope(op, c, visible);
}

static int64_t sorted_by(struct stmt *s, enum order_sort sort)
{
    if (sort == ORDER_BY_RECEIVED)
        return stmt_int64(s, 1);
    if (sort == ORDER_BY_ROW)
        return stmt_int64(s, 3);
    return stmt_int64(s, 2);
}

enum err_code orders_list(struct op *op, struct snapshot *snap, const struct order_filter *filter,
                          enum order_sort sort, const struct order_key_of *after, size_t max,
                          struct order_key_of *ret, size_t *ret_n)
{
    static const int orders[] = {SQL_order_by_received, SQL_order_by_due, SQL_order_by_row};
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct visible visible = visible_to(&op->actor, MAY_READ_ORDER);
    bool down = sort == ORDER_BY_RECEIVED, row;

    *ret_n = 0;
    if (visible.nothing)
        return ERR_OK;
    compose_init(&c);
    compose(&c, SQL_order_rows);
    TRY(where(op, &c, filter, &visible));
    compose(&c, orders[sort]);
    compose_int(&c, after != NULL ? after->first : down ? INT64_MAX : INT64_MIN);
    compose_int(&c, after != NULL ? after->id : down ? INT64_MAX : 0);
    compose_int(&c, (int64_t)max);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] = (struct order_key_of){sorted_by(s, sort), stmt_int64(s, 0)};
    }
}

enum err_code orders_count(struct op *op, struct snapshot *snap, const struct order_filter *filter,
                           struct order_counts *ret)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct visible visible = visible_to(&op->actor, MAY_READ_ORDER);
    bool row;

    *ret = (struct order_counts){0};
    if (visible.nothing)
        return ERR_OK;
    compose_init(&c);
    compose(&c, SQL_order_counts);
    compose_int(&c, filter->today);
    compose_int(&c, filter->today);
    compose_int(&c, filter->today);
    compose_int(&c, filter->soon_until);
    TRY(where(op, &c, filter, &visible));
    compose(&c, SQL_order_group);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        enum order_part part;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        part = order_part_find(stmt_text(s, 0));
        if (part == ORDER_PARTS || ret->n_states == sizeof ret->states / sizeof ret->states[0])
            return err_set(&op->err, ERR_CORRUPT, "an order in no part");
        ret->states[ret->n_states].status = stmt_text_dup(op, s, 1);
        ret->states[ret->n_states++].n = stmt_int64(s, 2);
        ret->received += stmt_int64(s, 2);
        ret->part[part] += stmt_int64(s, 2);
        if (part != ORDER_IN_PROGRESS)
            continue;
        ret->late += stmt_int64(s, 3);
        ret->today += stmt_int64(s, 4);
        ret->soon += stmt_int64(s, 5);
    }
}
