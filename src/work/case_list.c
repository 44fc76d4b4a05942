/* Lists and counts of cases, put together from the fragments of sql/queries/cases.sql. */
#include <inttypes.h>
#include <string.h>

#include "insight/compose.h"
#include "sql_queries.h"
#include "work/case_internal.h"

#define PAGE_MAX 200

enum case_level case_level_find(const char *name)
{
    static const char *const names[] = {"", "late", "today", "soon", "later"};
    int i = 0;

    while (i < CASE_LEVELS && strcmp(names[i], name) != 0)
        i++;
    return (enum case_level)i;
}

static void if_text(struct composed *c, int sql, const char *value)
{
    if (value == NULL)
        return;
    compose(c, sql);
    compose_text(c, value);
}

static void if_day(struct composed *c, int sql, date_t day)
{
    if (day == 0 || day == DATE_NONE)
        return;
    compose(c, sql);
    compose_int(c, day);
}

static void if_level(struct composed *c, const struct case_filter *f)
{
    switch (f->level) {
    case CASE_LATE:
        compose(c, SQL_case_if_due_before);
        compose_int(c, f->today);
        break;
    case CASE_TODAY:
    case CASE_SOON:
        compose(c, SQL_case_if_due_between);
        compose_int(c, f->level == CASE_TODAY ? f->today : f->today + 1);
        compose_int(c, f->level == CASE_TODAY ? f->today : f->soon_until);
        break;
    case CASE_LATER:
        compose(c, SQL_case_if_due_after);
        compose_int(c, f->soon_until);
        break;
    case CASE_ANY:
    case CASE_LEVELS:
        break;
    }
}

static enum err_code where(struct op *op, struct composed *c, const struct case_filter *f,
                           const struct visible *visible)
{
    compose(c, SQL_case_from);
    if_text(c, SQL_case_if_status, f->status);
    if_text(c, SQL_case_if_part, f->part);
    if_text(c, SQL_case_if_outcome, f->outcome);
    if_text(c, SQL_case_if_violation, f->violation);
    if_day(c, SQL_case_if_from, f->from);
    if_day(c, SQL_case_if_to, f->to);
    if_level(c, f);
    if (f->mine) {
        compose(c, SQL_case_if_mine);
        compose_int(c, op->actor.officer_id);
        compose_int(c, op->actor.officer_id);
    }
    if (f->body_path != NULL)
        TRY(compose_reach(op, c, SQL_case_if_below, f->body_path));
    return compose_scope(op, c, visible);
}

struct key {
    int64_t due, id;
};

static enum err_code find(struct op *op, struct snapshot *snap, const struct case_filter *f,
                          struct key *ret, size_t *ret_n)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct visible visible = visible_to(&op->actor, MAY_READ_CASE);
    bool row;

    *ret_n = 0;
    if (visible.nothing)
        return ERR_OK;
    compose_init(&c);
    compose(&c, SQL_case_rows);
    TRY(where(op, &c, f, &visible));
    compose(&c, SQL_case_by_due);
    compose_int(&c, f->after_id == 0 ? INT64_MIN : f->after_due);
    compose_int(&c, f->after_id);
    compose_int(&c, (int64_t)f->max + 1);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] = (struct key){stmt_int64(s, 1), stmt_int64(s, 0)};
    }
}

static enum err_code may_list(struct op *op)
{
    struct record_facts own = {.body_path = op->actor.body_path};

    return may_check(&op->actor, MAY_READ_CASE, &own, &op->err);
}

enum err_code case_list_view(struct op *op, const struct case_filter *filter, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct case_filter f = *filter;
    struct key keys[PAGE_MAX + 1];
    size_t n, shown;

    f.max = f.max == 0 || f.max > PAGE_MAX ? PAGE_MAX : f.max;
    TRY(may_list(op));
    TRY(snapshot_open(op, &snap));
    TRY(find(op, snap, &f, keys, &n));
    shown = n > f.max ? f.max : n;
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < shown; i++) {
        CLEANUP(record_release) struct record r = {0};

        TRY(record_load(op, snap, CASE, keys[i].id, &r));
        TRY(case_write_row(op, &r, w));
    }
    json_array_end(w);
    json_text(w, "next",
              n > f.max ? arena_printf(op->arena, "%" PRId64 ".%" PRId64, keys[shown - 1].due,
                                       keys[shown - 1].id)
                        : NULL);
    json_object_end(w);
    return ERR_OK;
}

enum err_code case_count_view(struct op *op, const struct case_filter *f, struct json_writer *w)
{
    static const char *const sums[] = {"late",       "today",     "soon",    "fine_fen",
                                       "income_fen", "goods_fen", "paid_fen"};
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct visible visible = visible_to(&op->actor, MAY_READ_CASE);
    int64_t all = 0, part[CASE_PARTS] = {0}, sum[7] = {0};
    bool row;

    TRY(may_list(op));
    TRY(snapshot_open(op, &snap));
    compose_init(&c);
    compose(&c, SQL_case_counts);
    compose_int(&c, f->today);
    compose_int(&c, f->today);
    compose_int(&c, f->today);
    compose_int(&c, f->soon_until);
    TRY(where(op, &c, f, &visible));
    compose(&c, SQL_case_group);
    TRY(compose_prepare(op, snap, &c, &s));
    json_object_begin(w);
    json_open_object(w, "states");
    for (;;) {
        enum case_part in;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        in = case_part_find(stmt_text(s, 0));
        if (in == CASE_PARTS)
            return err_set(&op->err, ERR_CORRUPT, "a case in no part");
        json_int(w, stmt_text(s, 1), stmt_int64(s, 2));
        all += stmt_int64(s, 2);
        part[in] += stmt_int64(s, 2);
        for (int i = 0; i < 7; i++)
            sum[i] += stmt_int64(s, 3 + i);
    }
    json_object_end(w);
    json_int(w, "all", all);
    for (int i = 0; i < CASE_PARTS; i++)
        json_int(w, case_part_name((enum case_part)i), part[i]);
    for (int i = 0; i < 7; i++)
        json_int(w, sums[i], sum[i]);
    json_object_end(w);
    return ERR_OK;
}
