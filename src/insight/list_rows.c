/* Rows of a list, by id, in scope. */
#include "insight/list_internal.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "sql_queries.h"
#include "store/vault.h"

struct row_reader {
    struct op *op;
    struct stmt *row, *deadline, *consumer;
};

/* What the columns of list_row are, in its order. */
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
    R_PACK_REVISION
};

static void texts_of(struct op *op, struct stmt *s, struct list_row *row)
{
    row->number = stmt_text_dup(op, s, R_NUMBER);
    row->kind = stmt_text_dup(op, s, R_KIND);
    row->status = stmt_text_dup(op, s, R_STATUS);
    row->title = stmt_text_dup(op, s, R_TITLE);
    row->respondent = stmt_text_dup(op, s, R_RESPONDENT);
    row->channel = stmt_text_dup(op, s, R_CHANNEL);
    row->category = stmt_text_dup(op, s, R_CATEGORY);
    row->problem = stmt_text_dup(op, s, R_PROBLEM);
    row->body = stmt_text_dup(op, s, R_BODY);
    row->officer_display = stmt_text_dup(op, s, R_OFFICER_DISPLAY);
    row->waiting_for = stmt_text_dup(op, s, R_WAITING_FOR);
    row->outcome = stmt_text_dup(op, s, R_OUTCOME);
    row->ground = stmt_text_dup(op, s, R_GROUND);
    row->next.rule = stmt_text_dup(op, s, R_NEXT_RULE);
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
}

static enum err_code deadline_of(struct row_reader *r, struct list_row *row)
{
    struct list_deadline *d = &row->next;
    struct stmt *s = r->deadline;
    bool found = false;

    if (d->rule == NULL)
        return ERR_OK;
    TRY(stmt_bind_int64(r->op, s, 1, row->id));
    TRY(stmt_bind_text(r->op, s, 2, d->rule));
    TRY(stmt_step(r->op, s, &found));
    if (found) {
        d->state = stmt_text_dup(r->op, s, 0);
        d->start = (date_t)stmt_int64(s, 1);
        d->due_raw = (date_t)stmt_int64(s, 2);
        d->due = (date_t)stmt_int64(s, 3);
        d->seq = stmt_int64(s, 4);
        d->extensions = stmt_int64(s, 5);
        d->paused_days = stmt_int64(s, 6);
        d->provisional = stmt_int64(s, 7) != 0;
    }
    stmt_reset(s);
    return ERR_OK;
}

/* The masked name. What does not open is left out here; `verify` and the matter's page say so. */
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

static enum err_code consumer_of(struct row_reader *r, struct list_row *row)
{
    struct stmt *s = r->consumer;
    bool found = false;

    if (row->secret)
        return ERR_OK;
    TRY(stmt_bind_int64(r->op, s, 1, row->id));
    TRY(stmt_step(r->op, s, &found));
    if (found) {
        size_t n;
        const void *sealed = stmt_blob(s, 0, &n);

        row->consumer = masked_name(r->op, row->id, sealed, n);
    }
    stmt_reset(s);
    return ERR_OK;
}

static enum err_code read_row(struct row_reader *r, int64_t id, date_t today, date_t soon_until,
                              struct list_row *row, bool *ret_found)
{
    bool found = false;

    TRY(stmt_bind_int64(r->op, r->row, 1, id));
    TRY(stmt_step(r->op, r->row, &found));
    if (found) {
        texts_of(r->op, r->row, row);
        numbers_of(r->row, row);
        if (row->number == NULL || row->kind == NULL || row->body == NULL)
            return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for a row");
    }
    stmt_reset(r->row);
    *ret_found = found;
    if (!found)
        return ERR_OK;
    if (row->open)
        row->level = due_level_of(row->next.due, row->paused, today, soon_until);
    TRY(deadline_of(r, row));
    return consumer_of(r, row);
}

enum err_code rows_load(struct op *op, struct snapshot *snap, const struct visible *visible,
                        const int64_t *ids, size_t n, date_t today, date_t soon_until,
                        struct list_row **ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *row = NULL;
    CLEANUP(stmt_closep) struct stmt *deadline = NULL;
    CLEANUP(stmt_closep) struct stmt *consumer = NULL;
    struct composed c CLEANUP(compose_release);
    struct list_row *rows = ARENA_ARRAY(op->arena, struct list_row, n + 1);
    size_t found = 0;

    compose_init(&c);
    if (rows == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for rows");
    if (visible->nothing)
        n = 0;
    if (n > 0) {
        compose(&c, SQL_list_row);
        compose_int(&c, 0);
        TRY(compose_scope(op, &c, visible));
        TRY(compose_prepare(op, snap, &c, &row));
        TRY(snapshot_prepare(op, snap, SQL_list_row_deadline, &deadline));
        TRY(snapshot_prepare(op, snap, SQL_list_row_consumer, &consumer));
    }
    for (size_t i = 0; i < n; i++) {
        struct row_reader reader = {op, row, deadline, consumer};
        bool is_there;

        TRY(read_row(&reader, ids[i], today, soon_until, &rows[found], &is_there));
        found += is_there ? 1 : 0;
    }
    *ret = rows;
    *ret_n = found;
    return ERR_OK;
}
