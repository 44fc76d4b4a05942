/* The statements of a plan (pg_plan.c): prepared at the server, then sent with the values of their
 * rows. */
#include "store/pg_engine.h"

#include <sodium.h>

#define LEDGER_INSERT                                                                              \
    "INSERT INTO ledger_delta (nonce, events, digest, mac) VALUES ($1, $2, $3, $4)"

/* What a set sends, and the values of the statement being sent: they stay until it is. */
struct pg_sending {
    const struct pg_engine *e;
    struct changes *ch;
    const struct tally_delta *cells;
    int64_t n_events; /* sent */
    int64_t first_id; /* of the set's first event, once a COPY has asked for it; else 0 */
    unsigned char nonce[PG_NONCE_BYTES], mac[BLIND_BYTES];
    int n;
    const char *values[PG_VALUES_MAX];
    int sizes[PG_VALUES_MAX], formats[PG_VALUES_MAX];
    char numbers[PG_VALUES_MAX][24];
};

struct pg_sending *pg_sending_new(const struct pg_engine *e, struct changes *ch,
                                  const struct tally_delta *cells)
{
    struct pg_sending *s = malloc(sizeof *s);

    if (s == NULL)
        return NULL;
    s->e = e;
    s->ch = ch;
    s->cells = cells;
    s->n_events = s->first_id = 0;
    return s;
}

/* ---- preparing ---- */

static enum err_code prepare_changes(struct pg_conn *conn, const struct change *c, size_t rows,
                                     char ret_name[16], struct err *err)
{
    int n;

    TRY(c->sql >= 0 ? pg_prepare(conn, c->sql, ret_name, &n, err)
                    : pg_prepare_text(conn, c->text, ret_name, &n, err));
    if ((int)c->n != n)
        return err_set(err, ERR_INTERNAL, "%d values for %d parameters: %.200s", (int)c->n, n,
                       c->sql >= 0 ? sql_names[c->sql] : c->text);
    return rows == 1 ? ERR_OK : pg_prepare_many(conn, c->sql, rows, ret_name, err);
}

/* Gives the name of a statement, and prepares it where that was not done before. */
static enum err_code prepare_piece(struct pg_conn *conn, const struct pg_plan *plan, size_t i,
                                   char ret_name[16], struct err *err)
{
    const struct pg_piece *piece = &plan->pieces[i];
    int n;

    switch (piece->kind) {
    case PIECE_CELLS:
        return pg_prepare_many(conn, SQL_tally_add, piece->n, ret_name, err);
    case PIECE_LEDGER:
        return pg_prepare_text(conn, LEDGER_INSERT, ret_name, &n, err);
    case PIECE_CHANGES:
        break;
    }
    return prepare_changes(conn, plan->order[piece->at], piece->n, ret_name, err);
}

enum err_code pg_plan_prepare(struct pg_conn *conn, const struct pg_plan *plan, struct err *err)
{
    char name[16];

    for (size_t i = 0; i < plan->n_pieces; i++)
        if (!plan->pieces[i].copied)
            TRY(prepare_piece(conn, plan, i, name, err));
    return ERR_OK;
}

/* ---- values ---- */

static void add_number(struct pg_sending *s, int64_t number)
{
    snprintf(s->numbers[s->n], sizeof s->numbers[0], "%lld", (long long)number);
    s->values[s->n] = s->numbers[s->n];
    s->formats[s->n++] = 0;
}

static void add_text(struct pg_sending *s, const char *text)
{
    s->values[s->n] = text;
    s->formats[s->n++] = 0;
}

static void add_bytes(struct pg_sending *s, const void *bytes, size_t size)
{
    s->values[s->n] = bytes == NULL ? "" : bytes;
    s->sizes[s->n] = (int)size;
    s->formats[s->n++] = 1;
}

static void add_value(struct pg_sending *s, const struct value *v)
{
    switch (v->kind) {
    case VALUE_INT:
        add_number(s, v->is.number);
        break;
    case VALUE_BLOB:
        add_bytes(s, v->is.bytes, v->size);
        break;
    case VALUE_TEXT:
        add_text(s, v->is.bytes == NULL ? "" : v->is.bytes); /* texts end with NUL */
        break;
    case VALUE_NULL:
        add_text(s, NULL);
        break;
    }
}

static void add_change(struct pg_sending *s, const struct change *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (i == 0 && c->event)
            add_number(s, ++s->n_events);
        else
            add_value(s, &s->ch->values[c->first + i]);
}

static void add_cell(struct pg_sending *s, const struct tally_delta *d)
{
    add_text(s, d->key.measure);
    add_text(s, d->key.dimension);
    s->numbers[s->n][0] = d->key.grain;
    s->numbers[s->n][1] = '\0';
    add_text(s, s->numbers[s->n]);
    add_number(s, d->key.period);
    add_text(s, d->key.body);
    add_text(s, d->key.value);
    add_number(s, d->n);
    add_number(s, d->sum);
}

static void add_ledger(struct pg_sending *s)
{
    const struct changes *ch = s->ch;

    randombytes_buf(s->nonce, sizeof s->nonce);
    pg_delta_mac(s->e->base.store, s->nonce, ch->n_events, ch->digest, s->mac);
    add_bytes(s, s->nonce, sizeof s->nonce);
    add_number(s, ch->n_events);
    add_bytes(s, ch->digest, HASH_BYTES);
    add_bytes(s, s->mac, sizeof s->mac);
}

bool pg_send(struct pg_sending *s, struct pg_conn *conn, const struct pg_plan *plan, size_t i)
{
    const struct pg_piece *piece = &plan->pieces[i];
    struct err ignored = {.code = ERR_OK};
    char name[16];

    s->n = 0;
    for (size_t at = piece->at; at < piece->at + piece->n; at++)
        if (piece->kind == PIECE_CHANGES)
            add_change(s, plan->order[at]);
        else if (piece->kind == PIECE_CELLS)
            add_cell(s, &s->cells[at]);
        else
            add_ledger(s);
    /* It was prepared before, so this only gives the name. */
    return prepare_piece(conn, plan, i, name, &ignored) == ERR_OK &&
           PQsendQueryPrepared(conn->raw, name, s->n, s->values, s->sizes, s->formats, 1) == 1;
}

/* ---- rows by COPY ---- */

/* As event_insert says it. */
#define FIRST_ID                                                                                   \
    "SELECT base + pg_current_xact_id()::text::bigint * 4096 FROM event_clock WHERE id = 1"

static void copy_change(struct pg_sending *s, struct pg_rows *rows, const struct change *c)
{
    pg_rows_row(rows, c->n);
    for (size_t i = 0; i < c->n; i++)
        if (i == 0 && c->event)
            pg_rows_int(rows, s->ch->last_event = s->first_id + s->n_events++);
        else
            pg_rows_value(rows, &s->ch->values[c->first + i]);
}

static void copy_text(struct pg_rows *rows, const char *text)
{
    pg_rows_bytes(rows, text, strlen(text));
}

static void copy_cell(struct pg_rows *rows, const struct tally_delta *d)
{
    pg_rows_row(rows, 8);
    copy_text(rows, d->key.measure);
    copy_text(rows, d->key.dimension);
    pg_rows_bytes(rows, &d->key.grain, 1);
    pg_rows_int(rows, d->key.period);
    copy_text(rows, d->key.body);
    copy_text(rows, d->key.value);
    pg_rows_int(rows, d->n);
    pg_rows_int(rows, d->sum);
}

enum err_code pg_send_copy(struct pg_sending *s, struct pg_conn *conn, const struct pg_plan *plan,
                           size_t i, struct err *err)
{
    const struct pg_piece *piece = &plan->pieces[i];
    bool cells = piece->kind == PIECE_CELLS;
    const char *sql = sql_texts_postgres[cells ? SQL_tally_add : plan->order[piece->at]->sql];
    CLEANUP(pg_rows_release) struct pg_rows rows = {.conn = NULL};
    CLEANUP(buf_release) struct buf command = BUF_UP_TO(4096);
    struct pg_insert insert;

    INVARIANT(pg_insert_of(sql, &insert));
    if (!cells && plan->order[piece->at]->event && s->first_id == 0)
        TRY(pg_number(conn, FIRST_ID, &s->first_id, err));
    buf_addf(&command, "COPY %.*s FROM STDIN (FORMAT binary)",
             (int)(strstr(insert.table, "VALUES") - insert.table), insert.table);
    TRY(pg_rows_begin(&rows, conn, buf_text(&command), err));
    for (size_t at = piece->at; at < piece->at + piece->n; at++) {
        if (cells)
            copy_cell(&rows, &s->cells[at]);
        else
            copy_change(s, &rows, plan->order[at]);
        TRY(pg_rows_send(&rows, err));
    }
    return pg_rows_end(&rows, err);
}
