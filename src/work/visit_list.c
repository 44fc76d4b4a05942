/* Lists and rates of return visits. */
#include "work/visit.h"

#include <string.h>

#include "sql_queries.h"
#include "work/visit_internal.h"

/* Adds one record where the actor may see its matter. */
static enum err_code add(struct op *op, struct snapshot *snap, const struct record *r,
                         struct visit_page *page)
{
    enum err_code rc = visit_of(op, snap, r, &page->visits[page->n]);

    if (rc == ERR_NOT_FOUND) {
        err_clear(&op->err);
        return ERR_OK;
    }
    page->visits[page->n].row.id = record_number(r, "matter_id");
    page->n += rc == ERR_OK;
    return rc;
}

static enum err_code add_rows(struct op *op, const struct visit_filter *f, struct visit_page *page)
{
    int64_t *ids = ARENA_ARRAY(op->arena, int64_t, page->n + 1);
    struct list_row *rows;
    size_t n, kept = 0;

    if (ids == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "visits");
    for (size_t i = 0; i < page->n; i++)
        ids[i] = page->visits[i].row.id;
    TRY(list_rows(op, ids, page->n, f->today, f->soon_until, &rows, &n));
    for (size_t i = 0, at = 0; i < page->n; i++) {
        if (at >= n || rows[at].id != page->visits[i].row.id)
            continue;
        page->visits[kept] = page->visits[i];
        page->visits[kept++].row = rows[at++];
    }
    page->n = kept;
    return ERR_OK;
}

static enum err_code list_opinions(struct op *op, struct snapshot *snap, struct visit_page *page)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_visit_opinions_of, &s));
    TRY(stmt_bind_int64(op, s, 1, op->actor.officer_id));
    TRY(stmt_bind_int64(op, s, 2, VISIT_PAGE));
    for (;;) {
        CLEANUP(record_release) struct record r = {0};

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(record_load(op, snap, "visit", stmt_int64(s, 0), &r));
        TRY(add(op, snap, &r, page));
    }
}

static enum err_code list_drawn(struct op *op, struct snapshot *snap, const struct visit_filter *f,
                                struct visit_page *page)
{
    const struct body *body =
        setup_body(op->setup, f->body == NULL || f->body[0] == '\0' ? op->actor.body : f->body);
    struct record *records = ARENA_ARRAY(op->arena, struct record, VISIT_PAGE);
    struct record_filter filter = {.kind = "visit",
                                   .body_path = body == NULL ? NULL : body->path,
                                   .status = f->status,
                                   .from = f->from,
                                   .to = f->to,
                                   .after_day = f->after_day,
                                   .after_id = f->after_id,
                                   .max = VISIT_PAGE};
    enum err_code rc = ERR_OK;
    size_t n;

    if (records == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "visits");
    if (body == NULL)
        return ERR_OK;
    TRY(records_list(op, snap, &filter, records, &n));
    page->more = n == VISIT_PAGE;
    for (size_t i = 0; i < n; i++) {
        if (rc == ERR_OK)
            rc = add(op, snap, &records[i], page);
        page->last_day = (date_t)record_number(&records[i], "day");
        page->last_id = records[i].id;
        record_release(&records[i]);
    }
    return rc;
}

static enum err_code count_two(struct op *op, struct snapshot *snap, struct visit_page *page)
{
    CLEANUP(stmt_closep) struct stmt *waiting = NULL;
    CLEANUP(stmt_closep) struct stmt *opinions = NULL;
    const char *path = op->actor.body_path;

    TRY(snapshot_prepare(op, snap, SQL_visit_count_status, &waiting));
    TRY(stmt_bind_text(op, waiting, 1, path));
    TRY(stmt_bind_text(op, waiting, 2, body_path_end(op->arena, path)));
    TRY(stmt_bind_text(op, waiting, 3, "waiting"));
    TRY(stmt_one_row(op, waiting));
    page->waiting = stmt_int64(waiting, 0);
    TRY(snapshot_prepare(op, snap, SQL_visit_count_opinions, &opinions));
    TRY(stmt_bind_int64(op, opinions, 1, op->actor.officer_id));
    TRY(stmt_one_row(op, opinions));
    page->opinions = stmt_int64(opinions, 0);
    return ERR_OK;
}

enum err_code visit_list(struct op *op, const struct visit_filter *f, struct visit_page *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct visit_page page = {.visits = ARENA_ARRAY(op->arena, struct visit, VISIT_PAGE)};
    struct record_facts own = {.body_path = op->actor.body_path};

    TRY(may_check(&op->actor, MAY_READ_VISITS, &own, &op->err));
    if (page.visits == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "visits");
    TRY(snapshot_open(op, &snap));
    TRY(f->mine ? list_opinions(op, snap, &page) : list_drawn(op, snap, f, &page));
    TRY(add_rows(op, f, &page));
    TRY(count_two(op, snap, &page));
    *ret = page;
    return ERR_OK;
}

enum err_code visit_read(struct op *op, int64_t id, date_t today, date_t soon_until,
                         struct visit *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    struct visit_filter f = {.today = today, .soon_until = soon_until};
    struct visit_page page = {.visits = ret};

    TRY(snapshot_open(op, &snap));
    TRY(record_load(op, snap, "visit", id, &r));
    TRY(add(op, snap, &r, &page));
    TRY(add_rows(op, &f, &page));
    return page.n == 1 ? ERR_OK : err_set(&op->err, ERR_NOT_FOUND, "visit %lld", (long long)id);
}

enum err_code visit_rates(struct op *op, const char *path, date_t from, date_t to,
                          struct visit_rates **ret, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct record_facts facts = {.body_path = path};
    struct visit_rates *rates = ARENA_ARRAY(op->arena, struct visit_rates, op->setup->n_bodies + 1);
    size_t n = 0;
    bool row;

    if (rates == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "rates");
    TRY(may_check(&op->actor, MAY_READ_FIGURES, &facts, &op->err));
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_visit_rates, &s));
    TRY(stmt_bind_text(op, s, 1, path));
    TRY(stmt_bind_text(op, s, 2, body_path_end(op->arena, path)));
    TRY(stmt_bind_int64(op, s, 3, from));
    TRY(stmt_bind_int64(op, s, 4, to));
    TRY(stmt_bind_int64(op, s, 5, op->setup->visits->satisfied_from));
    while (n < op->setup->n_bodies) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        rates[n++] = (struct visit_rates){
            .body = stmt_text_dup(op, s, 0),
            .drawn = stmt_int64(s, 1),
            .done = stmt_int64(s, 2),
            .reached = stmt_int64(s, 3),
            .no_answer = stmt_int64(s, 4),
            .refused = stmt_int64(s, 5),
            .rated = stmt_int64(s, 6),
            .satisfied = stmt_int64(s, 7),
            .opinions = stmt_int64(s, 8),
            .answered = stmt_int64(s, 9),
            .dropped = stmt_int64(s, 10),
        };
    }
    *ret = rates;
    *ret_n = n;
    return ERR_OK;
}
