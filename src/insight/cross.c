/* Counting by two columns: one walk over the streams of the list, each row counted into a table of
 * cells here. That is cheaper than grouping in the engine, which sorts, and the totals of
 * overlapping columns come out of the same walk. */
#include "insight/cross.h"

#include <string.h>

#include "insight/list_internal.h"
#include "sql_queries.h"

#define THEMES_MAX 32
#define DAY_MS INT64_C(86400000)

enum cross_column cross_column_find(const char *name)
{
    int i = 0;

    while (i < CROSS_COUNT &&
           strcmp(cross_column_name((enum cross_column)i), name == NULL ? "" : name) != 0)
        i++;
    return (enum cross_column)i;
}

const char *cross_column_name(enum cross_column column)
{
    static const char *const names[CROSS_COUNT] = {
        "",        "body",     "branch", "officer",  "status",  "waiting_for",
        "kind",    "channel",  "sector", "category", "problem", "themes",
        "outcome", "business", "month",  "day",      "due"};

    return column < CROSS_COUNT ? names[column] : "";
}

/* ---- keys of one axis ---- */

/* What a column of a row means: the keys it counts for. Few distinct values, so each is worked out
 * once. */
struct raw {
    char *text;
    uint32_t n, keys[THEMES_MAX];
};

struct axis {
    enum cross_column column;
    struct cross_key *keys;
    size_t n_keys, room_keys;
    struct raw *raws;
    size_t n_raws, room_raws;
    uint32_t *slots; /* of raws, 1 and up; a power of two of them */
    size_t n_slots;
};

struct body_place {
    const char *code, *path;
};

struct counting {
    struct op *op;
    struct reading r;
    struct axis by, and;
    const struct body_place *bodies;
    size_t n_bodies;
    const char *top;      /* code of the body asked for or of the root … */
    const char *top_path; /* … and its path */
    struct cross_cell *cells;
    size_t n_cells, room_cells;
    uint32_t *slots;
    size_t n_slots;
    int64_t total;
};

static uint64_t hash_text(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h ^ (h >> 29);
}

static uint64_t hash_pair(uint32_t a, uint32_t b)
{
    uint64_t h = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);

    return h ^ (h >> 29);
}

static enum err_code no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for a cross table");
}

/* Doubles an array; the old one stays in the arena. */
static void *grown(struct op *op, const void *old, size_t n, size_t size, size_t *room)
{
    size_t more = *room == 0 ? 64 : *room * 2;
    void *new = n < *room ? (void *)(uintptr_t)old : arena_alloc(op->arena, more * size);

    if (n < *room || new == NULL)
        return new;
    if (n > 0)
        memcpy(new, old, n * size);
    *room = more;
    return new;
}

static enum err_code too_many(struct op *op)
{
    return err_field(&op->err, ERR_INVALID, "by", "too_many",
                     "这样分格子太多了，先缩小范围，或者换一列",
                     "This makes too many cells; narrow the filter or choose another column");
}

static enum err_code key_of(struct counting *c, struct axis *axis, const char *text, size_t len,
                            uint32_t *ret)
{
    char *copy;
    size_t i = 0;

    while (i < axis->n_keys &&
           (strncmp(axis->keys[i].key, text, len) != 0 || axis->keys[i].key[len] != '\0'))
        i++;
    *ret = (uint32_t)i;
    if (i < axis->n_keys)
        return ERR_OK;
    if (i == CROSS_KEYS_MAX)
        return too_many(c->op);
    axis->keys = grown(c->op, axis->keys, i, sizeof *axis->keys, &axis->room_keys);
    copy = arena_strndup(c->op->arena, text, len);
    if (axis->keys == NULL || copy == NULL)
        return no_memory(c->op);
    axis->keys[axis->n_keys++] = (struct cross_key){copy, 0};
    return ERR_OK;
}

/* ---- what a value means ---- */

static const char *path_of(const struct counting *c, const char *code)
{
    for (size_t i = 0; i < c->n_bodies; i++)
        if (strcmp(c->bodies[i].code, code) == 0)
            return c->bodies[i].path;
    return NULL;
}

/* The body right below the top that this one belongs to; the top itself for its own matters. */
static void branch_of(const struct counting *c, const char **text, size_t *len)
{
    const char *path = path_of(c, *text);
    size_t n = strlen(c->top_path);

    if (path == NULL || strncmp(path, c->top_path, n) != 0 || path[n] == '\0')
        return;
    *text = path + n;
    *len = strcspn(*text, "/");
}

static size_t levels(const char *code, int n)
{
    size_t len = 0;

    for (; n > 0 && code[len] != '\0'; n--) {
        len += len > 0;
        len += strcspn(code + len, ".");
    }
    return len;
}

/* The codes of '["a","b"]': they hold no escapes. */
static enum err_code themes_of(struct counting *c, struct axis *axis, struct raw *raw)
{
    const char *p = strchr(raw->text, '"');

    while (p != NULL && raw->n < THEMES_MAX) {
        size_t len = strcspn(++p, "\"");

        if (p[len] == '\0')
            break;
        TRY(key_of(c, axis, p, len, &raw->keys[raw->n]));
        raw->n++;
        p = strchr(p + len + 1, '"');
    }
    if (raw->n > 0)
        return ERR_OK;
    raw->n = 1;
    return key_of(c, axis, "", 0, &raw->keys[0]);
}

static enum err_code mean(struct counting *c, struct axis *axis, struct raw *raw)
{
    const char *text = raw->text;
    size_t len = strlen(text);
    char day[DATE_TEXT];

    if (axis->column == CROSS_THEME)
        return themes_of(c, axis, raw);
    if (axis->column == CROSS_DAY || axis->column == CROSS_MONTH) {
        date_format((date_t)strtol(text, NULL, 10), day);
        text = day;
        len = axis->column == CROSS_DAY ? strlen(day) : strlen("2026-03");
    } else if (axis->column == CROSS_BRANCH)
        branch_of(c, &text, &len);
    else if (axis->column == CROSS_SECTOR)
        len = levels(text, 1);
    else if (axis->column == CROSS_CATEGORY || axis->column == CROSS_PROBLEM)
        len = levels(text, 2);
    raw->n = 1;
    return key_of(c, axis, text, len, &raw->keys[0]);
}

static enum err_code raw_slots(struct counting *c, struct axis *axis)
{
    size_t n = axis->n_slots == 0 ? 256 : axis->n_slots * 2;
    uint32_t *slots;

    if (axis->n_raws * 2 < axis->n_slots)
        return ERR_OK;
    slots = ARENA_ARRAY(c->op->arena, uint32_t, n);
    if (slots == NULL)
        return no_memory(c->op);
    memset(slots, 0, n * sizeof *slots);
    for (size_t i = 0; i < axis->n_raws; i++) {
        size_t at = hash_text(axis->raws[i].text) & (n - 1);

        while (slots[at] != 0)
            at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i + 1;
    }
    axis->slots = slots;
    axis->n_slots = n;
    return ERR_OK;
}

static enum err_code raw_find(struct counting *c, struct axis *axis, const char *text,
                              const struct raw **ret)
{
    struct raw *raw;
    size_t at;

    TRY(raw_slots(c, axis));
    at = hash_text(text) & (axis->n_slots - 1);
    for (; axis->slots[at] != 0; at = (at + 1) & (axis->n_slots - 1)) {
        *ret = &axis->raws[axis->slots[at] - 1];
        if (strcmp((*ret)->text, text) == 0)
            return ERR_OK;
    }
    axis->raws = grown(c->op, axis->raws, axis->n_raws, sizeof *axis->raws, &axis->room_raws);
    if (axis->raws == NULL)
        return no_memory(c->op);
    raw = &axis->raws[axis->n_raws];
    memset(raw, 0, sizeof *raw);
    raw->text = arena_strdup(c->op->arena, text);
    if (raw->text == NULL)
        return no_memory(c->op);
    TRY(mean(c, axis, raw));
    axis->slots[at] = (uint32_t)++axis->n_raws;
    *ret = raw;
    return ERR_OK;
}

/* ---- cells ---- */

static enum err_code cell_slots(struct counting *c)
{
    size_t n = c->n_slots == 0 ? 512 : c->n_slots * 2;
    uint32_t *slots;

    if (c->n_cells * 2 < c->n_slots)
        return ERR_OK;
    slots = ARENA_ARRAY(c->op->arena, uint32_t, n);
    if (slots == NULL)
        return no_memory(c->op);
    memset(slots, 0, n * sizeof *slots);
    for (size_t i = 0; i < c->n_cells; i++) {
        size_t at = hash_pair(c->cells[i].row, c->cells[i].column) & (n - 1);

        while (slots[at] != 0)
            at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i + 1;
    }
    c->slots = slots;
    c->n_slots = n;
    return ERR_OK;
}

static enum err_code count_cell(struct counting *c, uint32_t row, uint32_t column)
{
    size_t at;

    TRY(cell_slots(c));
    at = hash_pair(row, column) & (c->n_slots - 1);
    for (; c->slots[at] != 0; at = (at + 1) & (c->n_slots - 1)) {
        struct cross_cell *cell = &c->cells[c->slots[at] - 1];

        if (cell->row == row && cell->column == column) {
            cell->n++;
            return ERR_OK;
        }
    }
    if (c->n_cells == CROSS_CELLS_MAX)
        return too_many(c->op);
    c->cells = grown(c->op, c->cells, c->n_cells, sizeof *c->cells, &c->room_cells);
    if (c->cells == NULL)
        return no_memory(c->op);
    c->cells[c->n_cells] = (struct cross_cell){row, column, 1};
    c->slots[at] = (uint32_t)++c->n_cells;
    return ERR_OK;
}

static enum err_code count_row(struct counting *c, const char *by, const char *and)
{
    const struct raw *a, *b;

    if (by == NULL || and == NULL)
        return err_set(&c->op->err, ERR_NO_MEMORY, "a column of a cross table");
    TRY(raw_find(c, &c->by, by, &a));
    TRY(raw_find(c, &c->and, and, &b));
    c->total++;
    for (uint32_t j = 0; j < b->n; j++)
        c->and.keys[b->keys[j]].n++;
    for (uint32_t i = 0; i < a->n; i++) {
        c->by.keys[a->keys[i]].n++;
        for (uint32_t j = 0; j < b->n; j++)
            TRY(count_cell(c, a->keys[i], b->keys[j]));
    }
    return ERR_OK;
}

/* ---- the walk ---- */

static void compose_column(struct counting *c, struct composed *text, enum cross_column column)
{
    static const int sql[CROSS_COUNT] = {
        [CROSS_NOTHING] = SQL_cross_nothing, [CROSS_BODY] = SQL_cross_body,
        [CROSS_BRANCH] = SQL_cross_body,     [CROSS_OFFICER] = SQL_cross_officer,
        [CROSS_STATUS] = SQL_cross_status,   [CROSS_WAITING_FOR] = SQL_cross_waiting_for,
        [CROSS_KIND] = SQL_cross_kind,       [CROSS_CHANNEL] = SQL_cross_channel,
        [CROSS_SECTOR] = SQL_cross_category, [CROSS_CATEGORY] = SQL_cross_category,
        [CROSS_PROBLEM] = SQL_cross_problem, [CROSS_THEME] = SQL_cross_theme,
        [CROSS_OUTCOME] = SQL_cross_outcome, [CROSS_BUSINESS] = SQL_cross_business,
        [CROSS_MONTH] = SQL_cross_day,       [CROSS_DAY] = SQL_cross_day,
        [CROSS_DUE] = SQL_cross_due,
    };

    compose(text, sql[column]);
    if (sql[column] == SQL_cross_day)
        compose_int(text, c->op->zone_min * INT64_C(60000));
    if (column == CROSS_DUE) {
        compose_int(text, c->r.f->today);
        compose_int(text, c->r.f->soon_until);
    }
}

static enum err_code count_stream(struct counting *c, const struct stream *stream)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed text;
    bool row = false;

    compose_init(&text);
    compose(&text, SQL_cross_select);
    compose_column(c, &text, c->by.column);
    compose(&text, SQL_cross_and);
    compose_column(c, &text, c->and.column);
    TRY(compose_stream(&c->r, &text, stream));
    TRY(compose_prepare(c->op, c->r.snap, &text, &s));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row)
            return ERR_OK;
        TRY(count_row(c, stmt_text(s, 0), stmt_text(s, 1)));
    }
}

static enum err_code load_bodies(struct counting *c)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct body_place *places = NULL;
    size_t room = 0;
    bool row = false;

    TRY(snapshot_prepare(c->op, c->r.snap, SQL_cross_bodies, &s));
    for (;;) {
        TRY(stmt_step(c->op, s, &row));
        if (!row)
            break;
        places = grown(c->op, places, c->n_bodies, sizeof *places, &room);
        if (places == NULL)
            return no_memory(c->op);
        places[c->n_bodies].code = stmt_text_dup(c->op, s, 0);
        places[c->n_bodies].path = stmt_text_dup(c->op, s, 1);
        if (places[c->n_bodies].code == NULL || places[c->n_bodies].path == NULL)
            return no_memory(c->op);
        c->n_bodies++;
    }
    c->bodies = places;
    c->top = given(c->r.f->body) ? c->r.f->body : c->n_bodies > 0 ? places[0].code : "";
    c->top_path = path_of(c, c->top);
    if (c->top_path == NULL)
        c->top_path = "";
    return ERR_OK;
}

/* ---- order ---- */

struct placed {
    struct cross_key key;
    int64_t rank;
    uint32_t from;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return strcmp(x->key.key, y->key.key);
}

static int64_t rank_of(const struct counting *c, const struct axis *axis, const struct cross_key *k)
{
    if (k->key[0] == '\0')
        return INT64_MAX;
    switch (axis->column) {
    case CROSS_BODY:
    case CROSS_BRANCH:
        for (size_t i = 0; i < c->n_bodies; i++)
            if (strcmp(c->bodies[i].code, k->key) == 0)
                return (int64_t)i;
        return INT64_MAX - 1;
    case CROSS_DUE:
        return (int64_t)due_level_find(k->key);
    case CROSS_MONTH:
    case CROSS_DAY:
        return 0;
    case CROSS_NOTHING:
    case CROSS_OFFICER:
    case CROSS_STATUS:
    case CROSS_WAITING_FOR:
    case CROSS_KIND:
    case CROSS_CHANNEL:
    case CROSS_SECTOR:
    case CROSS_CATEGORY:
    case CROSS_PROBLEM:
    case CROSS_THEME:
    case CROSS_OUTCOME:
    case CROSS_BUSINESS:
    case CROSS_COUNT:
        break;
    }
    return -k->n;
}

/* Puts the keys in order; @p ret_where tells where each has gone. */
static enum err_code order_axis(struct counting *c, struct axis *axis, uint32_t **ret_where)
{
    struct placed *placed = ARENA_ARRAY(c->op->arena, struct placed, axis->n_keys + 1);
    uint32_t *where = ARENA_ARRAY(c->op->arena, uint32_t, axis->n_keys + 1);

    if (placed == NULL || where == NULL)
        return no_memory(c->op);
    for (size_t i = 0; i < axis->n_keys; i++)
        placed[i] = (struct placed){axis->keys[i], rank_of(c, axis, &axis->keys[i]), (uint32_t)i};
    qsort(placed, axis->n_keys, sizeof *placed, by_place);
    for (size_t i = 0; i < axis->n_keys; i++) {
        axis->keys[i] = placed[i].key;
        where[placed[i].from] = (uint32_t)i;
    }
    *ret_where = where;
    return ERR_OK;
}

static int by_cell(const void *a, const void *b)
{
    const struct cross_cell *x = a, *y = b;

    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static enum err_code order_table(struct counting *c)
{
    uint32_t *rows, *columns;

    TRY(order_axis(c, &c->by, &rows));
    TRY(order_axis(c, &c->and, &columns));
    for (size_t i = 0; i < c->n_cells; i++) {
        c->cells[i].row = rows[c->cells[i].row];
        c->cells[i].column = columns[c->cells[i].column];
    }
    if (c->n_cells > 0)
        qsort(c->cells, c->n_cells, sizeof *c->cells, by_cell);
    return ERR_OK;
}

enum err_code cross_count(struct op *op, const struct list_filter *filter, enum cross_column by,
                          enum cross_column and, struct cross_table *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct counting c = {.op = op, .by = {.column = by}, .and = {.column = and}};
    bool open = due_level_is_open(filter->level) || filter->unassigned;
    struct stream streams[STREAMS_MAX];
    size_t n = 0;

    TRY(snapshot_open(op, &snap));
    TRY(reading_begin(op, snap, filter, MAY_COUNT, &c.r));
    if (given(filter->q))
        TRY(search_begin(&c.r));
    TRY(load_bodies(&c));
    if (!c.r.nothing)
        TRY(streams_for(&c.r, open, streams, &n));
    for (size_t i = 0; i < n; i++)
        TRY(count_stream(&c, &streams[i]));
    TRY(order_table(&c));
    *ret = (struct cross_table){
        .by = by,
        .and = and,
        .total = c.total,
        .overlap = by == CROSS_THEME || and == CROSS_THEME,
        .rows = c.by.keys,
        .n_rows = c.by.n_keys,
        .columns = c.and.keys,
        .n_columns = c.and.n_keys,
        .cells = c.cells,
        .n_cells = c.n_cells,
        .top = c.top,
        .position = snapshot_position(snap),
    };
    return ERR_OK;
}
