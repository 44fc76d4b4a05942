/* A change set as statements. Rows of one INSERT go out by one statement, up to PG_ROWS_MAX at a
 * time: binding, executing and answering each by itself costs as much again as writing it. Where a
 * new store is filled, many rows of a plain one go by COPY, which costs a third of that.
 *
 * Rows that follow each other do so in each set. In a large one (the demo, an import) rows also
 * wait for others of the same INSERT, and what comes meanwhile goes ahead of them, unless it names
 * the table they belong to: what it does, and what it finds, is the same then. */
#include "store/pg_engine.h"

#include <stdlib.h>

#include "base/buf.h"

#define GROUPS_MAX 16
#define GATHERS_FROM 8 /* events of a set */
#define COPIES_FROM 8  /* rows */
#define LARGEST_ROWS(params) (PG_VALUES_MAX / ((params) == 0 ? 1 : (params)))

/* ---- which statements ---- */

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool names(const char *text, size_t n, const char *table, size_t n_table)
{
    const char *end = text + n;

    for (const char *p = text; (p = memmem(p, (size_t)(end - p), table, n_table)) != NULL; p++)
        if ((p == text || !in_word(p[-1])) && (p + n_table == end || !in_word(p[n_table])))
            return true;
    return false;
}

/* Behind the bracket that closes what @p p begins with; NULL without one. Texts in quotes hold no
 * brackets in these statements. */
static const char *closed(const char *p)
{
    int open = 0;

    for (; *p != '\0'; p++) {
        open += *p == '(';
        open -= *p == ')';
        if (open == 0)
            return p + 1;
    }
    return NULL;
}

/* But the clock of events, which no set writes. */
static bool reads_nothing(const struct pg_insert *insert)
{
    static const char reads[] = "SELECT", clock[] = "event_clock";

    return !names(insert->row, insert->n_row, reads, sizeof reads - 1) ||
           names(insert->row, insert->n_row, clock, sizeof clock - 1);
}

/* The n-th name between brackets, from 0; NULL behind the last. */
static const char *name_at(const char *list, size_t n, size_t *ret_size)
{
    const char *p = list + 1;

    for (;; n--) {
        p += strspn(p, " \n");
        *ret_size = strcspn(p, " ,)\n");
        if (n == 0)
            return *ret_size == 0 ? NULL : p;
        p += strcspn(p, ",)");
        if (*p++ == ')')
            return NULL;
    }
}

/* Which values are those of the names that an ON CONFLICT lists; false when not all are columns. */
static bool find_keys(const char *columns, const char *conflict, struct pg_insert *ret)
{
    const char *key, *column;
    size_t n_key, n_column;

    for (ret->n_keys = 0; (key = name_at(conflict, ret->n_keys, &n_key)) != NULL; ret->n_keys++) {
        size_t i = 0;

        if (ret->n_keys == PG_KEYS_MAX)
            return false;
        while ((column = name_at(columns, i, &n_column)) != NULL &&
               (n_column != n_key || memcmp(column, key, n_key) != 0))
            i++;
        if (column == NULL)
            return false;
        ret->keys[ret->n_keys] = i;
    }
    return ret->n_keys > 0;
}

/* Whether the values are $1, $2 … in their order. */
static bool in_order(const struct pg_insert *insert)
{
    const char *p = insert->row + 1, *end = insert->row + insert->n_row;
    char wanted[16];

    for (int n = 1; p < end; n++) {
        size_t size = (size_t)snprintf(wanted, sizeof wanted, "$%d", n);

        p += strspn(p, " \n");
        if (strncmp(p, wanted, size) != 0 || (p[size] != ',' && p[size] != ')'))
            return false;
        p += size + 1;
    }
    return true;
}

bool pg_insert_of(const char *sql, struct pg_insert *ret)
{
    static const char begin[] = "INSERT INTO ", values[] = "VALUES (", conflict[] = "ON CONFLICT (";
    const char *p, *end, *columns;

    if (strncmp(sql, begin, sizeof begin - 1) != 0)
        return false;
    *ret = (struct pg_insert){.table = sql + sizeof begin - 1};
    ret->n_table = strcspn(ret->table, " (\n");
    columns = ret->table + ret->n_table + strspn(ret->table + ret->n_table, " \n");
    p = strstr(ret->table, values);
    if (p == NULL || *columns != '(')
        return false;
    ret->row = p + sizeof values - 2;
    end = closed(ret->row);
    if (end == NULL)
        return false;
    ret->n_row = (size_t)(end - ret->row);
    end += strspn(end, " \n");
    if (strncmp(end, conflict, sizeof conflict - 1) == 0)
        return in_order(ret) && strchr(end, '$') == NULL && strstr(end, ") DO UPDATE") != NULL &&
               find_keys(columns, end + sizeof conflict - 2, ret);
    ret->plain = in_order(ret);
    return (*end == '\0' || strcmp(end, "RETURNING id") == 0) && reads_nothing(ret);
}

char *pg_insert_many(const char *sql, int n_params, size_t rows)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)1 << 20);
    struct pg_insert insert;

    if (!pg_insert_of(sql, &insert))
        return NULL;
    buf_add(&out, sql, (size_t)(insert.row - sql));
    for (size_t row = 0; row < rows; row++) {
        if (row > 0)
            buf_addc(&out, ',');
        for (const char *p = insert.row; p < insert.row + insert.n_row; p++) {
            buf_addc(&out, *p);
            if (*p == '$') {
                char *end;
                long number = strtol(p + 1, &end, 10);

                buf_add_int(&out, number + (int64_t)row * n_params);
                p = end - 1;
            }
        }
    }
    buf_adds(&out, insert.row + insert.n_row);
    return out.failed ? NULL : strdup(buf_text(&out));
}

/* ---- the plan ---- */

/* Rows of one INSERT that wait for more. */
struct group {
    const struct change *first;
    struct pg_insert insert;
    size_t n, most;
    const struct change **rows; /* room for the most */
};

struct making {
    const struct changes *ch;
    struct pg_plan *plan;
    size_t n_order;
    struct group groups[GROUPS_MAX];
    size_t n_groups;
    bool gathers, copies;
};

static size_t power_of_two_in(size_t n)
{
    size_t power = 1;

    while (power * 2 <= n)
        power *= 2;
    return power;
}

/* @p n things from @p at on, in statements of as many rows as there are powers of two. */
static void add_pieces(struct pg_plan *plan, enum pg_piece_kind kind, size_t at, size_t n,
                       size_t most, bool copied)
{
    if (copied && n >= COPIES_FROM) {
        plan->pieces[plan->n_pieces++] =
            (struct pg_piece){.kind = kind, .copied = true, .at = at, .n = n};
        return;
    }
    while (n > 0) {
        size_t some = power_of_two_in(n < most ? n : most);

        plan->pieces[plan->n_pieces++] = (struct pg_piece){.kind = kind, .at = at, .n = some};
        at += some;
        n -= some;
    }
}

static size_t most_rows(size_t params)
{
    size_t most = LARGEST_ROWS(params);

    return power_of_two_in(most > PG_ROWS_MAX ? PG_ROWS_MAX : most);
}

/* Of an event the id is not a value, but COPY knows how to make it. */
static bool copied(const struct making *m, const struct change *c, const struct pg_insert *insert)
{
    return m->copies && (insert->plain || c->event);
}

static void emit(struct making *m, size_t i)
{
    struct group *g = &m->groups[i];
    size_t at = m->n_order;

    memcpy(&m->plan->order[at], g->rows, g->n * sizeof g->rows[0]);
    m->n_order += g->n;
    add_pieces(m->plan, PIECE_CHANGES, at, g->n, most_rows(g->first->n),
               copied(m, g->first, &g->insert));
    free((void *)g->rows);
    m->n_groups--;
    for (; i < m->n_groups; i++)
        m->groups[i] = m->groups[i + 1];
}

static void emit_all(struct making *m)
{
    while (m->n_groups > 0)
        emit(m, 0);
}

/* What must not be passed by a statement with this text. */
static void emit_named(struct making *m, const char *sql)
{
    size_t n = strlen(sql), i = 0;

    while (i < m->n_groups) {
        const struct pg_insert *insert = &m->groups[i].insert;

        if (!m->gathers || names(sql, n, insert->table, insert->n_table))
            emit(m, i);
        else
            i++;
    }
}

static bool same(const struct change *a, const struct change *b)
{
    return a->sql == b->sql && a->n == b->n && a->otherwise == b->otherwise;
}

static void add_alone(struct making *m, const struct change *c, const char *sql)
{
    emit_named(m, sql);
    m->plan->order[m->n_order] = c;
    add_pieces(m->plan, PIECE_CHANGES, m->n_order++, 1, 1, false);
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind || a->size != b->size)
        return false;
    return a->kind == VALUE_INT ? a->is.number == b->is.number
                                : a->size == 0 || memcmp(a->is.bytes, b->is.bytes, a->size) == 0;
}

/* Whether a row of that key waits: one statement does not write a row twice. */
static bool waits(const struct making *m, const struct group *g, const struct change *c)
{
    for (size_t i = 0; g->insert.n_keys > 0 && i < g->n; i++) {
        size_t k = 0;

        while (k < g->insert.n_keys &&
               same_value(&m->ch->values[g->rows[i]->first + g->insert.keys[k]],
                          &m->ch->values[c->first + g->insert.keys[k]]))
            k++;
        if (k == g->insert.n_keys)
            return true;
    }
    return false;
}

static bool new_group(struct making *m, const struct change *c, const struct pg_insert *insert)
{
    struct group *g = &m->groups[m->n_groups];

    *g = (struct group){.first = c, .insert = *insert, .most = PG_ROWS_MAX};
    if (copied(m, c, insert))
        g->most = PG_COPIED_MAX;
    g->rows = malloc(g->most * sizeof *g->rows);
    m->n_groups += g->rows != NULL;
    return g->rows != NULL;
}

static void add_change(struct making *m, const struct change *c)
{
    const char *sql = c->sql >= 0 ? sql_texts_postgres[c->sql] : c->text;
    struct pg_insert insert;
    size_t i = 0;

    if (c->sql < 0 || c->rows != 1 || !pg_insert_of(sql, &insert)) {
        add_alone(m, c, sql);
        return;
    }
    while (i < m->n_groups && !same(m->groups[i].first, c))
        i++;
    if (i == m->n_groups || m->groups[i].n == m->groups[i].most || waits(m, &m->groups[i], c)) {
        emit_named(m, sql); /* the full one too: it is of the same table */
        if (m->n_groups == GROUPS_MAX)
            emit_all(m);
        i = m->n_groups;
        if (!new_group(m, c, &insert)) {
            add_alone(m, c, sql);
            return;
        }
    }
    m->groups[i].rows[m->groups[i].n++] = c;
}

enum err_code pg_plan_make(const struct changes *ch, size_t n_cells, bool copies,
                           struct pg_plan *ret, struct err *err)
{
    size_t most = ch->n_list + n_cells + 1;
    struct making *m = calloc(1, sizeof *m);

    *ret = (struct pg_plan){
        .order = malloc((ch->n_list + 1) * sizeof(struct change *)),
        .pieces = malloc(most * sizeof(struct pg_piece)),
    };
    if (m == NULL || ret->order == NULL || ret->pieces == NULL) {
        free(m);
        return err_set(err, ERR_NO_MEMORY, "no memory for the statements of a set");
    }
    m->ch = ch;
    m->plan = ret;
    m->copies = copies;
    m->gathers = ch->n_events >= GATHERS_FROM;
    for (size_t i = 0; i < ch->n_list; i++)
        add_change(m, &ch->list[i]);
    emit_all(m);
    add_pieces(ret, PIECE_CELLS, 0, n_cells, PG_ROWS_MAX, copies);
    if (ch->n_events > 0)
        add_pieces(ret, PIECE_LEDGER, 0, 1, 1, false);
    free(m);
    return ERR_OK;
}

void pg_plan_release(struct pg_plan *plan)
{
    free((void *)plan->order);
    free(plan->pieces);
    *plan = (struct pg_plan){0};
}
