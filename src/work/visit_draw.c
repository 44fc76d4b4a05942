/* Drawing the samples of return visits. */
#include "work/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql_queries.h"
#include "store/vault.h"

#define POOL_MAX 1000000

struct candidate {
    const char *number, *body;
    int64_t id;
    unsigned char score[BLIND_BYTES];
};

struct draw {
    struct op *op;
    date_t day;
    struct candidate *pool;
    size_t n, room;
    json_t *bodies; /* of the sample: {code: {"pool": n, "drawn": […]}}, owned */
    int64_t drawn;
};

void visit_score(struct op *op, const char *body, date_t day, const char *number,
                 unsigned char ret[16])
{
    char text[BODY_CODE + DATE_TEXT + 40], when[DATE_TEXT];
    int n;

    date_format(day, when);
    n = snprintf(text, sizeof text, "%s|%s|%s", body, when, number);
    vault_mac(op, "visit", text, (size_t)n, ret);
}

/* Not one that is filed away and was called before. */
static bool is_drawn_from(const struct visit_rules *rules, struct stmt *s)
{
    enum matter_kind kind = matter_kind_find(stmt_text(s, 2));
    bool followed_up = stmt_int64(s, 6) != 0;

    return kind != KIND_COUNT && visits_takes(rules, kind, stmt_text(s, 3), stmt_text(s, 5)) &&
           !(followed_up && visits_is_filed(rules, stmt_text(s, 3)));
}

static enum err_code add(struct draw *d, struct stmt *s)
{
    struct candidate *c;

    if (d->n == d->room) {
        size_t room = d->room == 0 ? 512 : d->room * 2;
        struct candidate *more = ARENA_ARRAY(d->op->arena, struct candidate, room);

        if (more == NULL || room > POOL_MAX)
            return err_set(&d->op->err, ERR_NO_MEMORY, "a pool of return visits");
        if (d->n > 0)
            memcpy(more, d->pool, d->n * sizeof *more);
        d->pool = more;
        d->room = room;
    }
    c = &d->pool[d->n++];
    c->id = stmt_int64(s, 0);
    c->number = stmt_text_dup(d->op, s, 1);
    c->body = stmt_text_dup(d->op, s, 4);
    if (c->number == NULL || c->body == NULL)
        return err_set(&d->op->err, ERR_NO_MEMORY, "a pool of return visits");
    visit_score(d->op, c->body, d->day, c->number, c->score);
    return ERR_OK;
}

static int by_score(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    int order = strcmp(x->body, y->body);

    if (order == 0)
        order = memcmp(x->score, y->score, sizeof x->score);
    return order != 0 ? order : strcmp(x->number, y->number);
}

/* What was closed in the days before the day of the draw, by body, in the order of the draw. */
static enum err_code find_pool(struct draw *d)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct visit_rules *rules = d->op->setup->visits;
    bool row;

    TRY(snapshot_open(d->op, &snap));
    TRY(snapshot_prepare(d->op, snap, SQL_visit_pool, &s));
    TRY(stmt_bind_int64(d->op, s, 1,
                        instant_of_date(d->day - rules->closed_within_days, d->op->zone_min)));
    TRY(stmt_bind_int64(d->op, s, 2, instant_of_date(d->day, d->op->zone_min)));
    for (;;) {
        TRY(stmt_step(d->op, s, &row));
        if (!row)
            break;
        if (is_drawn_from(rules, s))
            TRY(add(d, s));
    }
    if (d->n > 0)
        qsort(d->pool, d->n, sizeof *d->pool, by_score);
    return ERR_OK;
}

static enum err_code draw_matter(struct draw *d, struct changes *ch, const struct candidate *c)
{
    CLEANUP(record_draft_release) struct record_draft draft = {0};
    CLEANUP(record_release) struct record r = {0};

    TRY(record_new(d->op, "visit", &r));
    record_draft_begin(d->op, &draft, &r, "draw", d->op->now_ms);
    record_set(&draft, "body", json_string(c->body));
    record_set(&draft, "status", json_string("waiting"));
    record_set(&draft, "day", json_integer(d->day));
    record_set(&draft, "key", json_string(c->number));
    record_set(&draft, "matter", json_string(c->number));
    record_set(&draft, "matter_id", json_integer(c->id));
    record_set(&draft, "attempts", json_integer(0));
    return record_write(&draft, ch);
}

/* One body's candidates, the first of which are drawn. */
static enum err_code draw_body(struct draw *d, struct changes *ch, const struct candidate *first,
                               size_t n)
{
    size_t want = visits_sample_size(d->op->setup->visits, n);
    json_t *numbers = json_array(), *entry;

    for (size_t i = 0; i < want; i++) {
        TRY(draw_matter(d, ch, &first[i]));
        json_array_append_new(numbers, json_string(first[i].number));
    }
    d->drawn += (int64_t)want;
    entry = json_pack("{s:I,s:o}", "pool", (json_int_t)n, "drawn", numbers);
    return json_object_set_new(d->bodies, first->body, entry) == 0
               ? ERR_OK
               : err_set(&d->op->err, ERR_NO_MEMORY, "a sample");
}

static enum err_code draw_day(struct op *op, date_t day, int64_t *ret_n)
{
    CLEANUP(record_draft_release) struct record_draft draft = {0};
    CLEANUP(record_release) struct record r = {0};
    struct draw d = {.op = op, .day = day};
    struct changes *ch = changes_new(op);
    char when[DATE_TEXT];
    enum err_code rc = ERR_OK;

    TRY(find_pool(&d));
    d.bodies = json_object();
    for (size_t at = 0, next; at < d.n && rc == ERR_OK; at = next) {
        for (next = at; next < d.n && strcmp(d.pool[next].body, d.pool[at].body) == 0;)
            next++;
        rc = draw_body(&d, ch, &d.pool[at], next - at);
    }
    if (rc != ERR_OK) {
        json_decref(d.bodies);
        return rc;
    }
    TRY(record_new(op, "sample", &r));
    date_format(day, when);
    record_draft_begin(op, &draft, &r, "draw", op->now_ms);
    record_set(&draft, "key", json_string(when));
    record_set(&draft, "day", json_integer(day));
    record_set(&draft, "status", json_string("drawn"));
    record_set(&draft, "rule",
               json_pack("{s:s,s:s}", "id", op->setup->visits->id, "revision",
                         op->setup->visits->revision));
    record_set(&draft, "bodies", d.bodies);
    TRY(record_write(&draft, ch));
    TRY(store_apply(op, ch, QUEUE_BULK));
    *ret_n += d.drawn;
    return ERR_OK;
}

enum err_code visits_draw_day(struct op *op, date_t day, int64_t *ret_n)
{
    *ret_n = 0;
    if (day > date_of_instant(op->now_ms, op->zone_min) ||
        !calendar_is_working(op->setup->calendar, day))
        return err_field(&op->err, ERR_INVALID, "day", "day", "只在到了的工作日抽取",
                         "Samples are drawn on working days that have come");
    return draw_day(op, day, ret_n);
}

static enum err_code last_day(struct op *op, date_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_visit_last_day, &s));
    TRY(stmt_one_row(op, s));
    *ret = stmt_is_null(s, 0) ? DATE_NONE : (date_t)stmt_int64(s, 0);
    return ERR_OK;
}

enum err_code visits_draw(struct op *op, int64_t *ret_n)
{
    date_t today = date_of_instant(op->now_ms, op->zone_min), last, days[VISIT_DAYS_MAX];
    size_t n;

    *ret_n = 0;
    TRY(last_day(op, &last));
    n = visits_days(op->setup->visits, op->setup->calendar, last, today, days);
    for (size_t i = 0; i < n; i++) {
        enum err_code rc = draw_day(op, days[i], ret_n);

        if (rc != ERR_OK && rc != ERR_CONFLICT) /* drawn by hand meanwhile */
            return rc;
        err_clear(&op->err);
    }
    return ERR_OK;
}
