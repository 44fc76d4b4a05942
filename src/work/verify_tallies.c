/* Tallies and balances: what all records add up to, against the rows that say it. */
#include <stdlib.h>
#include <string.h>

#include "sql_queries.h"
#include "work/entry.h"
#include "work/verify_internal.h"

#define KEY_TEXT 400

struct tally_cell {
    char *key; /* malloc'd: measure, dimension, grain, period, body, value, parted by 0x1f */
    int64_t n, sum;
};

static uint64_t hash_text(const char *s)
{
    uint64_t h = 1469598103934665603u;

    for (; *s != '\0'; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

/* The cell of the key, or the free one where it belongs. There must be room. */
static struct tally_cell *cell_at(const struct tally_cells *t, const char *key)
{
    size_t i = hash_text(key) & (t->cap - 1);

    while (t->cells[i].key != NULL && strcmp(t->cells[i].key, key) != 0)
        i = (i + 1) & (t->cap - 1);
    return &t->cells[i];
}

static bool grow(struct tally_cells *t)
{
    struct tally_cells old = *t;

    t->cap = old.cap == 0 ? 4096 : old.cap * 2;
    t->cells = calloc(t->cap, sizeof *t->cells);
    if (t->cells == NULL) {
        *t = old;
        return false;
    }
    for (size_t i = 0; i < old.cap; i++)
        if (old.cells[i].key != NULL)
            *cell_at(t, old.cells[i].key) = old.cells[i];
    free(old.cells);
    return true;
}

static void cell_key(const struct tally_key *key, char ret[KEY_TEXT])
{
    snprintf(ret, KEY_TEXT, "%s\x1f%s\x1f%c\x1f%d\x1f%s\x1f%s", key->measure, key->dimension,
             key->grain == 0 ? '-' : key->grain, key->period, key->body, key->value);
}

void tally_cells_add(void *cells, const struct tally_key *key, int64_t n, int64_t sum)
{
    struct tally_cells *t = cells;
    char text[KEY_TEXT];
    struct tally_cell *c;

    if (t->used * 2 >= t->cap && !grow(t)) {
        t->no_memory = true;
        return;
    }
    cell_key(key, text);
    c = cell_at(t, text);
    if (c->key == NULL) {
        c->key = strdup(text);
        t->used++;
        t->no_memory |= c->key == NULL;
    }
    c->n += n;
    c->sum += sum;
}

void tally_cells_release(struct tally_cells *cells)
{
    for (size_t i = 0; i < cells->cap; i++)
        free(cells->cells[i].key);
    free(cells->cells);
    *cells = (struct tally_cells){0};
}

/* Whether the row says what was counted. The cell is empty afterwards: what is left at the end has
 * no row. */
static bool take_cell(struct tally_cells *t, const char *key, int64_t n, int64_t sum)
{
    struct tally_cell *c = t->cap == 0 ? NULL : cell_at(t, key);
    bool agrees;

    if (c == NULL || c->key == NULL)
        return n == 0 && sum == 0;
    agrees = c->n == n && c->sum == sum;
    c->n = c->sum = 0;
    return agrees;
}

/* ---- the rows ---- */

static enum err_code compare_tallies(struct rebuild *r)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct op *op = r->op;
    char text[KEY_TEXT];
    bool row;

    TRY(snapshot_prepare(op, r->snap, SQL_tally_all, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        snprintf(text, sizeof text, "%s\x1f%s\x1f%s\x1f%lld\x1f%s\x1f%s", stmt_text(s, 0),
                 stmt_text(s, 1), stmt_text(s, 2), (long long)stmt_int64(s, 3), stmt_text(s, 4),
                 stmt_text(s, 5));
        if (!take_cell(&r->cells, text, stmt_int64(s, 6), stmt_int64(s, 7)))
            rebuild_report(r, "tally", 0,
                           arena_printf(op->arena, "%s differs from the events", text));
        r->counts->rows++;
    }
}

/* A sum kept in rows of its own: the cell of that key must say the same. */
static void compare_sum(struct rebuild *r, const char *table, const struct tally_key *key,
                        int64_t n, int64_t sum)
{
    char text[KEY_TEXT];

    cell_key(key, text);
    if (!take_cell(&r->cells, text, n, sum))
        rebuild_report(r, table, 0,
                       arena_printf(r->op->arena, "%s %s differs from the events", key->dimension,
                                    key->value));
    r->counts->rows++;
}

/* Balances of registers, and how many rows their entries are found by. */
static enum err_code compare_balances(struct rebuild *r)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL, *rows = NULL;
    struct op *op = r->op;
    bool row;

    TRY(snapshot_prepare(op, r->snap, SQL_entry_balance_all, &s));
    for (;;) {
        struct tally_key key = {.measure = ENTRY_BALANCE};

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        key.dimension = arena_printf(op->arena, "%s.%s", stmt_text(s, 0), stmt_text(s, 1));
        key.body = stmt_text(s, 2);
        key.value = stmt_text(s, 3);
        if (key.dimension == NULL)
            return err_set(&op->err, ERR_NO_MEMORY, "balances");
        compare_sum(r, "entry_balance", &key, 0, stmt_int64(s, 4));
    }
    TRY(snapshot_prepare(op, r->snap, SQL_entry_value_count, &rows));
    TRY(stmt_one_row(op, rows));
    compare_sum(
        r, "entry_value",
        &(struct tally_key){.measure = ENTRY_ROWS, .dimension = "", .value = "", .body = ""},
        stmt_int64(rows, 0), 0);
    return ERR_OK;
}

/* Cells that no row took. */
static void report_left(struct rebuild *r)
{
    for (size_t i = 0; i < r->cells.cap; i++) {
        const struct tally_cell *c = &r->cells.cells[i];

        if (c->key != NULL && (c->n != 0 || c->sum != 0))
            rebuild_report(r, "tally", 0,
                           arena_printf(r->op->arena, "%s is missing or differs", c->key));
    }
}

enum err_code rebuild_tallies(struct rebuild *r)
{
    if (r->cells.no_memory)
        return err_set(&r->op->err, ERR_NO_MEMORY, "recounting tallies");
    TRY(compare_balances(r));
    TRY(compare_tallies(r));
    report_left(r);
    return ERR_OK;
}
