/* The list of groups, and what they come to together. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "insight/list.h"
#include "sql_queries.h"
#include "work/acts.h"
#include "work/group_internal.h"
#include "work/view_internal.h"

#define PAGE_MAX 100
#define ALL_MAX 5000 /* groups that are summed up */

static enum err_code filter_of(struct op *op, const struct group_filter *filter,
                               struct record_filter *ret)
{
    struct record_facts own = {.body_path = op->actor.body_path};

    TRY(may_check(&op->actor, MAY_SEE_GROUP, &own, &op->err));
    *ret = (struct record_filter){
        .kind = GROUP,
        .body_path = op->actor.kind == ACTOR_SYSTEM ? NULL : op->actor.body_path,
        .status = filter->status,
        .from = filter->from,
        .to = filter->to,
        .max = filter->limit == 0 || filter->limit > PAGE_MAX ? PAGE_MAX : filter->limit,
    };
    return ERR_OK;
}

static enum err_code read_cursor(struct op *op, const char *cursor, struct record_filter *ret)
{
    const char *dot;
    char day[16];
    int64_t number;

    if (cursor == NULL || cursor[0] == '\0')
        return ERR_OK;
    dot = strchr(cursor, '.');
    if (dot != NULL && (size_t)(dot - cursor) < sizeof day) {
        memcpy(day, cursor, (size_t)(dot - cursor));
        day[dot - cursor] = '\0';
        if (text_int64(day, &number) && number > INT32_MIN && number < INT32_MAX &&
            text_int64(dot + 1, &ret->after_id) && ret->after_id > 0) {
            ret->after_day = (date_t)number;
            return ERR_OK;
        }
    }
    return err_field(&op->err, ERR_INVALID, "cursor", "cursor", "翻页的位置不对，请从第一页看起",
                     "This page mark does not fit the list; begin with the first page");
}

static void release(struct record *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        record_release(&list[i]);
}

struct total {
    int64_t groups, members, persons, amount_fen, recovered_fen;
    json_t *by_status; /* {status: n}, whatever status is asked for */
};

static enum err_code add_sums(struct op *op, const struct record *r, struct total *t)
{
    struct list_filter filter = {.group = r->id,
                                 .today = date_of_instant(op->now_ms, op->zone_min)};
    const char *status = record_member(r, "status");
    struct list_sums sums;

    if (strcmp(status, "proposed") == 0 || strcmp(status, "dismissed") == 0)
        return ERR_OK; /* nobody belongs to it */
    TRY(list_sums(op, &filter, &sums));
    t->groups++;
    t->members += sums.n;
    t->persons += sums.persons;
    t->amount_fen += sums.amount_fen;
    t->recovered_fen += sums.recovered_fen;
    return ERR_OK;
}

/* All of the filter, page by page. */
static enum err_code sum_up(struct op *op, struct snapshot *snap, struct record_filter f,
                            const char *status, struct total *t)
{
    struct record *list = ARENA_ARRAY(op->arena, struct record, PAGE_MAX);
    size_t seen = 0, n;

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "groups");
    f.status = NULL;
    f.after_id = 0;
    f.max = PAGE_MAX;
    do {
        enum err_code rc = records_list(op, snap, &f, list, &n);

        for (size_t i = 0; i < n && rc == ERR_OK; i++) {
            const char *his = record_member(&list[i], "status");
            json_t *count = json_object_get(t->by_status, his);

            json_object_set_new(t->by_status, his, json_integer(json_integer_value(count) + 1));
            if (status == NULL || strcmp(status, his) == 0)
                rc = add_sums(op, &list[i], t);
            f.after_day = (date_t)record_number(&list[i], "day");
            f.after_id = list[i].id;
        }
        release(list, n);
        TRY(rc);
        seen += n;
    } while (n == PAGE_MAX && seen < ALL_MAX);
    return ERR_OK;
}

static void write_total(struct json_writer *w, const struct total *t)
{
    json_open_object(w, "sums");
    json_int(w, "groups", t->groups);
    json_int(w, "members", t->members);
    json_int(w, "persons", t->persons);
    json_int(w, "amount_fen", t->amount_fen);
    json_int(w, "recovered_fen", t->recovered_fen);
    json_object_end(w);
    json_key(w, "by_status");
    json_put_tree(w, t->by_status);
}

enum err_code group_write_joinable(struct op *op, struct snapshot *snap, const char *respondent_key,
                                   struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_groups_of_business, &s));
    TRY(stmt_bind_text(op, s, 1, respondent_key));
    for (;;) {
        CLEANUP(record_release) struct record r = {0};

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (group_for(op, snap, stmt_int64(s, 0), MAY_SEE_GROUP, &r) == ERR_OK)
            TRY(group_write(op, snap, &r, false, w));
        err_clear(&op->err);
    }
}

/* What one matter could join. */
static enum err_code list_joinable(struct op *op, struct snapshot *snap, int64_t matter,
                                   struct json_writer *w)
{
    CLEANUP(matter_release) struct matter m = {0};

    TRY(matter_for(op, snap, matter, MAY_SEE, &m));
    json_open_array(w, "items");
    if (m.respondent_key != NULL && !m.secret)
        TRY(group_write_joinable(op, snap, m.respondent_key, w));
    json_array_end(w);
    json_none(w, "next");
    return ERR_OK;
}

static enum err_code list_page(struct op *op, struct snapshot *snap, const struct group_filter *g,
                               struct json_writer *w)
{
    struct record *list = ARENA_ARRAY(op->arena, struct record, PAGE_MAX);
    struct record_filter f;
    char cursor[48] = "";
    enum err_code rc;
    size_t n = 0;

    if (list == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "groups");
    TRY(filter_of(op, g, &f));
    TRY(read_cursor(op, g->cursor, &f));
    rc = records_list(op, snap, &f, list, &n);
    json_open_array(w, "items");
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = group_write(op, snap, &list[i], false, w);
    json_array_end(w);
    if (n == f.max)
        snprintf(cursor, sizeof cursor, "%d.%lld", (int)record_number(&list[n - 1], "day"),
                 (long long)list[n - 1].id);
    release(list, n);
    json_text(w, "next", cursor[0] == '\0' ? NULL : cursor);
    return rc;
}

enum err_code group_list_view(struct op *op, const struct group_filter *filter,
                              struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct total total = {.by_status = json_object()};
    struct record_filter f;
    enum err_code rc;

    TRY(snapshot_open(op, &snap));
    json_object_begin(w);
    rc = filter->joinable_by != 0 ? list_joinable(op, snap, filter->joinable_by, w)
                                  : list_page(op, snap, filter, w);
    if (rc == ERR_OK && filter->joinable_by == 0 &&
        (filter->cursor == NULL || filter->cursor[0] == '\0')) {
        rc = filter_of(op, filter, &f);
        if (rc == ERR_OK)
            rc = sum_up(op, snap, f, filter->status, &total);
    }
    if (rc == ERR_OK)
        write_total(w, &total);
    json_object_end(w);
    json_decref(total.by_status);
    return rc;
}
