/* The cells of a cross table: what the values of a row mean, and counting it. */
#include <string.h>

#include "insight/cross_internal.h"

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

enum err_code cross_no_memory(struct op *op)
{
    return err_set(&op->err, ERR_NO_MEMORY, "no memory for a cross table");
}

void *cross_grown(struct op *op, const void *old, size_t n, size_t size, size_t *room)
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
    axis->keys = cross_grown(c->op, axis->keys, i, sizeof *axis->keys, &axis->room_keys);
    copy = arena_strndup(c->op->arena, text, len);
    if (axis->keys == NULL || copy == NULL)
        return cross_no_memory(c->op);
    axis->keys[axis->n_keys++] = (struct cross_key){copy, 0};
    return ERR_OK;
}

/* ---- what a value means ---- */

const char *cross_path_of(const struct counting *c, const char *code)
{
    for (size_t i = 0; i < c->n_bodies; i++)
        if (strcmp(c->bodies[i].code, code) == 0)
            return c->bodies[i].path;
    return NULL;
}

/* The body right below the top that this one belongs to; the top itself for its own matters. */
static void branch_of(const struct counting *c, const char **text, size_t *len)
{
    const char *path = cross_path_of(c, *text);
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
        return cross_no_memory(c->op);
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

enum err_code cross_raw(struct counting *c, struct axis *axis, const char *text, uint32_t *ret)
{
    struct raw *raw;
    size_t at;

    TRY(raw_slots(c, axis));
    at = hash_text(text) & (axis->n_slots - 1);
    for (; axis->slots[at] != 0; at = (at + 1) & (axis->n_slots - 1)) {
        *ret = axis->slots[at] - 1;
        if (strcmp(axis->raws[*ret].text, text) == 0)
            return ERR_OK;
    }
    axis->raws = cross_grown(c->op, axis->raws, axis->n_raws, sizeof *axis->raws, &axis->room_raws);
    if (axis->raws == NULL)
        return cross_no_memory(c->op);
    raw = &axis->raws[axis->n_raws];
    memset(raw, 0, sizeof *raw);
    raw->text = arena_strdup(c->op->arena, text);
    if (raw->text == NULL)
        return cross_no_memory(c->op);
    TRY(mean(c, axis, raw));
    *ret = (uint32_t)axis->n_raws++;
    axis->slots[at] = *ret + 1;
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
        return cross_no_memory(c->op);
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
    c->cells = cross_grown(c->op, c->cells, c->n_cells, sizeof *c->cells, &c->room_cells);
    if (c->cells == NULL)
        return cross_no_memory(c->op);
    c->cells[c->n_cells] = (struct cross_cell){row, column, 1};
    c->slots[at] = (uint32_t)++c->n_cells;
    return ERR_OK;
}

enum err_code cross_count_raws(struct counting *c, uint32_t by, uint32_t and)
{
    const struct raw *a = &c->by.raws[by], *b = &c->and.raws[and];

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
