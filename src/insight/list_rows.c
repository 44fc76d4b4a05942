/* Rows of a list, by id, in scope. */
#include "insight/list_internal.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "insight/kept_list.h"
#include "sql_queries.h"
#include "store/vault.h"

/* What the columns of list_rows are, in its order. */
enum {
    R_ID,
    R_NUMBER,
    R_KIND,
    R_STATUS,
    R_SECRET,
    R_OPEN,
    R_VERSION,
    R_TITLE,
    R_RESPONDENT,
    R_CONSUMER,
    R_CHANNEL,
    R_CATEGORY,
    R_PROBLEM,
    R_RECEIVED_AT,
    R_REGISTERED_AT,
    R_ENDED_AT,
    R_BODY,
    R_OFFICER,
    R_OFFICER_DISPLAY,
    R_WAITING_FOR,
    R_WAITING_SINCE,
    R_OUTCOME,
    R_GROUND,
    R_AMOUNT_FEN,
    R_RECOVERED_FEN,
    R_RATING,
    R_PAUSED,
    R_NEXT_RULE,
    R_NEXT_DUE,
    R_PACK,
    R_PACK_REVISION,
    R_CLOCK_STATE,
    R_CLOCK_START,
    R_CLOCK_DUE_RAW,
    R_CLOCK_DUE,
    R_CLOCK_SEQ,
    R_CLOCK_EXTENSIONS,
    R_CLOCK_PAUSED_DAYS,
    R_CLOCK_PROVISIONAL,
    R_GROUP,
    R_GROUP_SIZE,
    R_THEMES
};

static void texts_of(struct op *op, struct stmt *s, struct list_row *row)
{
    row->number = stmt_text_dup(op, s, R_NUMBER);
    row->kind = stmt_text_dup(op, s, R_KIND);
    row->status = stmt_text_dup(op, s, R_STATUS);
    row->title = stmt_text_dup(op, s, R_TITLE);
    row->respondent = stmt_text_dup(op, s, R_RESPONDENT);
    row->consumer = stmt_text_dup(op, s, R_CONSUMER);
    row->channel = stmt_text_dup(op, s, R_CHANNEL);
    row->category = stmt_text_dup(op, s, R_CATEGORY);
    row->problem = stmt_text_dup(op, s, R_PROBLEM);
    row->body = stmt_text_dup(op, s, R_BODY);
    row->officer_display = stmt_text_dup(op, s, R_OFFICER_DISPLAY);
    row->waiting_for = stmt_text_dup(op, s, R_WAITING_FOR);
    row->outcome = stmt_text_dup(op, s, R_OUTCOME);
    row->ground = stmt_text_dup(op, s, R_GROUND);
    row->next.rule = stmt_text_dup(op, s, R_NEXT_RULE);
    row->themes = stmt_is_null(s, R_THEMES) ? NULL : stmt_text_dup(op, s, R_THEMES);
    row->pack = stmt_text_dup(op, s, R_PACK);
}

static void numbers_of(struct stmt *s, struct list_row *row)
{
    row->id = stmt_int64(s, R_ID);
    row->secret = stmt_int64(s, R_SECRET) != 0;
    row->open = stmt_int64(s, R_OPEN) != 0;
    row->version = stmt_int64(s, R_VERSION);
    row->received_at = stmt_int64(s, R_RECEIVED_AT);
    row->registered_at = stmt_int64(s, R_REGISTERED_AT);
    row->ended_at = stmt_int64(s, R_ENDED_AT);
    row->officer = stmt_int64(s, R_OFFICER);
    row->waiting_since = stmt_int64(s, R_WAITING_SINCE);
    row->amount_fen = stmt_int64(s, R_AMOUNT_FEN);
    row->recovered_fen = stmt_int64(s, R_RECOVERED_FEN);
    row->rating = stmt_int64(s, R_RATING);
    row->paused = stmt_int64(s, R_PAUSED) != 0;
    row->next.due = stmt_is_null(s, R_NEXT_DUE) ? DATE_NONE : (date_t)stmt_int64(s, R_NEXT_DUE);
    row->pack_revision = stmt_int64(s, R_PACK_REVISION);
    row->group = stmt_int64(s, R_GROUP);
    row->group_size = stmt_int64(s, R_GROUP_SIZE);
}

static void deadline_of(struct op *op, struct stmt *s, struct list_row *row)
{
    struct list_deadline *d = &row->next;

    if (stmt_is_null(s, R_CLOCK_STATE))
        return;
    d->state = stmt_text_dup(op, s, R_CLOCK_STATE);
    d->start = (date_t)stmt_int64(s, R_CLOCK_START);
    d->due_raw = (date_t)stmt_int64(s, R_CLOCK_DUE_RAW);
    d->due = (date_t)stmt_int64(s, R_CLOCK_DUE);
    d->seq = stmt_int64(s, R_CLOCK_SEQ);
    d->extensions = stmt_int64(s, R_CLOCK_EXTENSIONS);
    d->paused_days = stmt_int64(s, R_CLOCK_PAUSED_DAYS);
    d->provisional = stmt_int64(s, R_CLOCK_PROVISIONAL) != 0;
}

/* The masked name of a row from before it was kept. What does not open is left out here; `verify`
 * and the matter's page say so. */
static const char *masked_name(struct op *op, int64_t id, const void *sealed, size_t n)
{
    CLEANUP(json_decrefp) json_t *person = NULL;
    const char *place = arena_printf(op->arena, "person|%lld|consumer", (long long)id);
    const char *name;
    char *plain;
    size_t size;

    if (place == NULL || vault_open(op, KEY_CONSUMER, place, sealed, n, &plain, &size) != ERR_OK ||
        json_parse(plain, size, &person, &op->err) != ERR_OK) {
        err_clear(&op->err);
        return NULL;
    }
    name = json_string_value(json_object_get(person, "name"));
    return given(name) ? mask_name(op->arena, name) : NULL;
}

/* What lists show of the consumer; opened where the row does not know it yet. */
static enum err_code consumer_of(struct op *op, struct stmt *person, struct list_row *row)
{
    bool found = false;

    if (row->secret)
        return ERR_OK;
    if (row->consumer != NULL) {
        if (*row->consumer == '\0')
            row->consumer = NULL;
        return ERR_OK;
    }
    TRY(stmt_bind_int64(op, person, 1, row->id));
    TRY(stmt_step(op, person, &found));
    if (found) {
        size_t n;
        const void *sealed = stmt_blob(person, 0, &n);

        row->consumer = masked_name(op, row->id, sealed, n);
    }
    stmt_reset(person);
    return ERR_OK;
}

static enum err_code read_rows(struct op *op, struct stmt *s, date_t today, date_t soon_until,
                               size_t max, struct list_row *rows, size_t *ret_n)
{
    bool found = true;
    size_t n = 0;

    while (n < max) {
        struct list_row *row = &rows[n];

        TRY(stmt_step(op, s, &found));
        if (!found)
            break;
        texts_of(op, s, row);
        numbers_of(s, row);
        if (row->number == NULL || row->kind == NULL || row->body == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "no memory for a row");
        if (row->open)
            row->level = due_level_of(row->next.due, row->paused, today, soon_until);
        deadline_of(op, s, row);
        n++;
    }
    *ret_n = n;
    return ERR_OK;
}

enum err_code ids_text(struct op *op, const int64_t *ids, size_t n, const char **ret)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(64 * 1024);

    for (size_t i = 0; i < n; i++) {
        buf_addc(&text, i == 0 ? '[' : ',');
        buf_add_int(&text, ids[i]);
    }
    buf_addc(&text, ']');
    *ret = buf_dup(&text, op->arena);
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "no memory for ids") : ERR_OK;
}

/* A statement over ids, in their order. @p fit: those that do not fit its filter are left out;
 * NULL: none is. */
static enum err_code prepare_ids(struct op *op, struct snapshot *snap, int sql,
                                 const struct visible *visible, struct reading *fit,
                                 const int64_t *ids, size_t n, struct stmt **ret)
{
    struct composed c;
    const char *list;

    compose_init(&c);
    TRY(ids_text(op, ids, n, &list));
    compose(&c, sql);
    compose_text(&c, list);
    if (fit != NULL)
        TRY(compose_filters(fit, &c, false));
    TRY(compose_scope(op, &c, visible));
    compose(&c, SQL_list_rows_order);
    return compose_prepare(op, snap, &c, ret);
}

/* Of the database. */
static enum err_code load(struct op *op, struct snapshot *snap, const struct visible *visible,
                          struct reading *fit, const int64_t *ids, size_t n, const date_t days[2],
                          struct list_row **ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(stmt_closep) struct stmt *person = NULL;
    struct list_row *rows = ARENA_ARRAY(op->arena, struct list_row, n + 1);

    if (rows == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for rows");
    *ret = rows;
    *ret_n = 0;
    if (visible->nothing || n == 0)
        return ERR_OK;
    TRY(prepare_ids(op, snap, SQL_list_rows, visible, fit, ids, n, &s));
    TRY(read_rows(op, s, days[0], days[1], n, rows, ret_n));
    TRY(snapshot_prepare(op, snap, SQL_list_row_consumer, &person));
    for (size_t i = 0; i < *ret_n; i++)
        TRY(consumer_of(op, person, &rows[i]));
    return ERR_OK;
}

enum err_code rows_load(struct op *op, struct snapshot *snap, const struct visible *visible,
                        const int64_t *ids, size_t n, date_t today, date_t soon_until,
                        struct list_row **ret, size_t *ret_n)
{
    const date_t days[2] = {today, soon_until};

    return load(op, snap, visible, NULL, ids, n, days, ret, ret_n);
}

/* ---- from memory ---- */

enum { M_ID, M_WRITTEN, M_HEAD, M_RUN, M_GROUP_SIZE };

/* A page being put together: rows that stand, and those to be read. */
struct page_parts {
    struct list_row *rows;
    struct row_mark *marks;
    bool *known;
    size_t n;
    int64_t *asked; /* the ids of those that are not known */
    size_t n_asked;
};

static enum err_code read_marks(struct reading *r, bool fit, const int64_t *ids, size_t n,
                                struct page_parts *p)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = true;

    TRY(prepare_ids(r->op, r->snap, SQL_list_row_marks, &r->visible, fit ? r : NULL, ids, n, &s));
    while (p->n < n) {
        struct list_row *to = &p->rows[p->n];
        struct row_mark *mark = &p->marks[p->n];
        const void *head;
        size_t size;

        TRY(stmt_step(r->op, s, &row));
        if (!row)
            break;
        *mark = (struct row_mark){.id = stmt_int64(s, M_ID),
                                  .written = stmt_int64(s, M_WRITTEN),
                                  .run = stmt_int64(s, M_RUN)};
        head = stmt_blob(s, M_HEAD, &size);
        memcpy(&mark->head, head, size < sizeof mark->head ? size : sizeof mark->head);
        p->known[p->n] = mark->run >= 0 && kept_list_get(r->f->rows, r->op->arena, mark, to);
        if (p->known[p->n]) {
            to->group_size = stmt_int64(s, M_GROUP_SIZE);
            if (to->open)
                to->level = due_level_of(to->next.due, to->paused, r->f->today, r->f->soon_until);
        } else {
            p->asked[p->n_asked++] = mark->id;
        }
        p->n++;
    }
    return ERR_OK;
}

/* What was asked of the database comes in the same order. */
static void put_in(struct reading *r, struct page_parts *p, const struct list_row *fresh, size_t n)
{
    size_t kept = 0, at = 0;

    for (size_t i = 0; i < p->n; i++) {
        bool here = !p->known[i] && at < n && fresh[at].id == p->marks[i].id;

        if (here) {
            p->rows[i] = fresh[at++];
            if (p->marks[i].run >= 0)
                kept_list_put(r->f->rows, &p->marks[i], &p->rows[i]);
        }
        if (here || p->known[i])
            p->rows[kept++] = p->rows[i];
    }
    p->n = kept;
}

static enum err_code kept_rows_of(struct reading *r, bool fit, const int64_t *ids, size_t n,
                                  struct page_parts *p)
{
    const date_t days[2] = {r->f->today, r->f->soon_until};
    struct list_row *fresh;
    size_t got = 0;

    p->rows = ARENA_ARRAY(r->op->arena, struct list_row, n);
    p->marks = ARENA_ARRAY(r->op->arena, struct row_mark, n);
    p->known = ARENA_ARRAY(r->op->arena, bool, n);
    p->asked = ARENA_ARRAY(r->op->arena, int64_t, n);
    if (p->rows == NULL || p->marks == NULL || p->known == NULL || p->asked == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for rows");
    TRY(read_marks(r, fit, ids, n, p));
    TRY(load(r->op, r->snap, &r->visible, NULL, p->asked, p->n_asked, days, &fresh, &got));
    put_in(r, p, fresh, got);
    return ERR_OK;
}

enum err_code page_rows(struct reading *r, bool fit, const int64_t *ids, size_t n,
                        struct list_row **ret, size_t *ret_n)
{
    const date_t days[2] = {r->f->today, r->f->soon_until};
    struct page_parts p = {.n = 0};

    if (r->f->rows == NULL || !store_shared(r->op->store) || r->visible.nothing || n == 0)
        return load(r->op, r->snap, &r->visible, fit ? r : NULL, ids, n, days, ret, ret_n);
    TRY(kept_rows_of(r, fit, ids, n, &p));
    *ret = p.rows;
    *ret_n = p.n;
    return ERR_OK;
}
