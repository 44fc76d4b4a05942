/* What the writer keeps for a whole batch: the ledger's row and the tally cells, each written once
 * just before COMMIT, the cells in key order. */
#include "store/sqlite_engine.h"

/* ---- the ledger ---- */

enum err_code ledger_load(struct sqlite_engine *e, struct err *err)
{
    struct writer *w = &e->writer;
    unsigned char mac[BLIND_BYTES];
    struct prepared *s;
    int rc;

    if (w->ledger_loaded)
        return ERR_OK;
    TRY(conn_stmt(w->conn, SQL_ledger_get, &s, err));
    rc = sqlite3_step(s->raw);
    memset(w->digest, 0, HASH_BYTES);
    w->events = w->last_event = 0;
    w->ledger_suspect = true; /* a missing or altered row stays so until verify has named it */
    if (rc == SQLITE_ROW) {
        int64_t newest = sqlite3_column_int64(s->raw, 4);

        w->ledger_loaded = sqlite3_column_type(s->raw, 0) != SQLITE_NULL;
        w->events = sqlite3_column_int64(s->raw, 0);
        w->last_event = sqlite3_column_int64(s->raw, 1);
        if (sqlite3_column_bytes(s->raw, 2) == HASH_BYTES)
            memcpy(w->digest, sqlite3_column_blob(s->raw, 2), HASH_BYTES);
        ledger_mac(e->base.store, w->events, w->last_event, w->digest, mac);
        w->ledger_suspect = sqlite3_column_bytes(s->raw, 3) != BLIND_BYTES ||
                            memcmp(mac, sqlite3_column_blob(s->raw, 3), BLIND_BYTES) != 0;
        if (newest > w->last_event)
            w->last_event = newest;
    }
    stmt_release(s);
    if (rc != SQLITE_ROW)
        return sqlite_error(err, w->conn->db, rc, "read the ledger");
    atomic_store(&e->last_event, w->last_event);
    return ERR_OK;
}

int ledger_store(struct sqlite_engine *e)
{
    struct writer *w = &e->writer;
    unsigned char mac[BLIND_BYTES] = {0};
    struct prepared *s;
    int rc;

    if (conn_stmt(w->conn, SQL_ledger_update, &s, NULL) != ERR_OK)
        return sqlite3_errcode(w->conn->db);
    if (!w->ledger_suspect)
        ledger_mac(e->base.store, w->events, w->last_event, w->digest, mac);
    sqlite3_bind_int64(s->raw, s->place[1], w->events);
    sqlite3_bind_int64(s->raw, s->place[2], w->last_event);
    sqlite3_bind_blob(s->raw, s->place[3], w->digest, HASH_BYTES, SQLITE_STATIC);
    sqlite3_bind_blob(s->raw, s->place[4], mac, sizeof mac, SQLITE_STATIC);
    rc = sqlite3_step(s->raw);
    stmt_release(s);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* ---- tallies ---- */

bool cells_add(struct writer *w, const struct changes *ch)
{
    if (w->n_cells + ch->n_tallies > w->cap_cells) {
        size_t cap = (w->n_cells + ch->n_tallies) * 2;
        void *bigger = realloc(w->cells, cap * sizeof w->cells[0]);

        if (bigger == NULL)
            return false;
        w->cells = bigger;
        w->cap_cells = cap;
    }
    for (size_t i = 0; i < ch->n_tallies; i++)
        w->cells[w->n_cells++] = &ch->tallies[i];
    return true;
}

/* Adds equal cells up in a table of 2^bits places; returns how many cells there are. */
static size_t cells_merge(const struct writer *w, struct tally_delta *table, unsigned bits)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    size_t kept = 0;

    for (size_t i = 0; i < w->n_cells; i++) {
        const struct tally_delta *d = w->cells[i];
        uint64_t at = d->hash & mask;

        while (table[at].key.measure != NULL &&
               (table[at].hash != d->hash || tally_key_compare(&table[at].key, &d->key) != 0))
            at = (at + 1) & mask;
        if (table[at].key.measure == NULL) {
            table[at] = *d;
        } else {
            table[at].n += d->n;
            table[at].sum += d->sum;
        }
    }
    for (uint64_t at = 0; at <= mask; at++)
        if (table[at].key.measure != NULL && (table[at].n != 0 || table[at].sum != 0))
            table[kept++] = table[at];
    return kept;
}

static int compare_cells(const void *a, const void *b)
{
    return tally_key_compare(&((const struct tally_delta *)a)->key,
                             &((const struct tally_delta *)b)->key);
}

static int cell_write(struct prepared *s, const struct tally_delta *d)
{
    char grain[2] = {d->key.grain, '\0'};
    int rc;

    sqlite3_bind_text(s->raw, s->place[1], d->key.measure, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->raw, s->place[2], d->key.dimension, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->raw, s->place[3], grain, 1, SQLITE_STATIC);
    sqlite3_bind_int64(s->raw, s->place[4], d->key.period);
    sqlite3_bind_text(s->raw, s->place[5], d->key.body, -1, SQLITE_STATIC);
    sqlite3_bind_text(s->raw, s->place[6], d->key.value, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s->raw, s->place[7], d->n);
    sqlite3_bind_int64(s->raw, s->place[8], d->sum);
    rc = sqlite3_step(s->raw);
    sqlite3_reset(s->raw);
    return rc;
}

int cells_store(struct writer *w)
{
    struct tally_delta *table;
    struct prepared *s;
    unsigned bits = 4;
    size_t n;
    int rc = SQLITE_DONE;

    if (w->n_cells == 0)
        return SQLITE_OK;
    while ((UINT64_C(1) << bits) < w->n_cells * 2)
        bits++;
    table = calloc((size_t)1 << bits, sizeof *table);
    if (table == NULL)
        return SQLITE_NOMEM;
    n = cells_merge(w, table, bits);
    qsort(table, n, sizeof *table, compare_cells);
    if (conn_stmt(w->conn, SQL_tally_add, &s, NULL) != ERR_OK) {
        free(table);
        return sqlite3_errcode(w->conn->db);
    }
    for (size_t i = 0; i < n && rc == SQLITE_DONE; i++)
        rc = cell_write(s, &table[i]);
    stmt_release(s);
    free(table);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
