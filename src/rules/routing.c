/* Place names: kept in normal form and put into a trie over code points that lives in one hash
 * table, so that a text is searched in one pass whatever their number. routing_match.c searches. */
#include "rules/routing_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/text.h"

#define ROUTING_BYTES ((size_t)256 << 20)
#define ALIAS_MAX 60 /* code points of one alias */
#define HOME_MIN 5   /* so many aliases make a leading place name the county's own */

struct routing *routing_new(void)
{
    struct routing *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->arena = arena_new(ROUTING_BYTES);
    if (r->arena == NULL) {
        free(r);
        return NULL;
    }
    return r;
}

void routing_free(struct routing *r)
{
    if (r == NULL)
        return;
    arena_free(r->arena);
    free(r->aliases);
    free(r->divisions);
    free(r->slots);
    free(r->ends);
    free(r);
}

void routing_freep(struct routing **r)
{
    routing_free(*r);
    *r = NULL;
}

/* ---- normal form ---- */

bool routing_alnum(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}

bool routing_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

bool routing_han(uint32_t c)
{
    return (c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff);
}

static uint32_t fold(uint32_t c)
{
    c = utf8_narrow(c);
    if (c >= 'A' && c <= 'Z')
        c += 'a' - 'A';
    return c;
}

static bool ends_sentence(uint32_t c)
{
    return c == 0x3002 || c == '!' || c == '?' || c == ';' || c == '\n';
}

/* Folds a text; punctuation vanishes, but a hyphen between digits stays (69-37号). Returns how many
 * code points there are, at most room. */
size_t routing_form(const char *text, uint32_t *ret, size_t room)
{
    size_t n = 0, left = text != NULL ? strlen(text) : 0, step;
    bool hyphen = false;

    for (; left > 0 && n + 2 < room; text += step, left -= step) {
        uint32_t c = fold(utf8_at(text, left, &step));
        if (ends_sentence(c)) {
            ret[n++] = ROUTING_BREAK;
            hyphen = false;
        } else if (c == '-' || c == 0x2014 || c == 0x2013) {
            hyphen = true;
        } else if (routing_alnum(c) || routing_han(c)) {
            if (hyphen && n > 0 && routing_digit(ret[n - 1]) && routing_digit(c))
                ret[n++] = '-';
            hyphen = false;
            ret[n++] = c;
        }
    }
    return n;
}

/* ---- filling ---- */

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NO_MEMORY, "routing");
}

static bool grow(void **items, size_t n, size_t *room, size_t bytes)
{
    size_t more = *room == 0 ? 64 : *room * 2;
    void *moved;

    if (n < *room)
        return true;
    moved = realloc(*items, more * bytes);
    if (moved == NULL)
        return false;
    *items = moved;
    *room = more;
    return true;
}

static enum err_code keep_alias(struct routing *r, struct alias *a, const uint32_t *form,
                                struct err *err)
{
    uint32_t *kept = ARENA_ARRAY(r->arena, uint32_t, a->n);

    if (kept == NULL ||
        !grow((void **)&r->aliases, r->n_aliases, &r->room_aliases, sizeof *r->aliases))
        return no_memory(err);
    memcpy(kept, form, a->n * sizeof *form);
    a->form = kept;
    r->aliases[r->n_aliases++] = *a;
    return ERR_OK;
}

static enum err_code alias_fault(struct err *err, const char *field, const char *zh, const char *en)
{
    return err_field(err, ERR_INVALID, field, "alias", zh, en);
}

enum err_code routing_add_alias(struct routing *r, const char *alias, const char *body,
                                const char *body_name, int confidence_pct, int support,
                                struct err *err)
{
    uint32_t form[ALIAS_MAX + 3];
    struct alias a = {.confidence_pct = confidence_pct, .support = support};

    a.n = routing_form(alias, form, ALIAS_MAX + 3);
    if (a.n < 2 || a.n > ALIAS_MAX)
        return alias_fault(err, "alias", "地名太短或太长。",
                           "The place name is too short or long.");
    if (body == NULL || *body == '\0')
        return alias_fault(err, "office_code", "缺单位代码。", "The body is missing.");
    if (confidence_pct < 0 || confidence_pct > 100 || support < 0)
        return alias_fault(err, "confidence", "把握程度在 0 到 1 之间。",
                           "The confidence lies between 0 and 1.");
    a.text = arena_strdup(r->arena, alias);
    a.body = arena_strdup(r->arena, body);
    a.body_name = arena_strdup(r->arena, body_name != NULL && *body_name ? body_name : body);
    if (a.text == NULL || a.body == NULL || a.body_name == NULL)
        return no_memory(err);
    return keep_alias(r, &a, form, err);
}

enum err_code routing_add_division(struct routing *r, const char *code, const char *body,
                                   const char *body_name, struct err *err)
{
    struct division d = {0};
    size_t n = strspn(code, "0123456789");

    if ((n != 6 && n != 9) || code[n] != '\0')
        return alias_fault(err, "code", "区划代码要 6 位或 9 位数字。",
                           "A division code has six or nine digits.");
    memcpy(d.code, code, n);
    d.body = arena_strdup(r->arena, body);
    d.body_name = arena_strdup(r->arena, body_name != NULL ? body_name : body);
    if (d.body == NULL || d.body_name == NULL ||
        !grow((void **)&r->divisions, r->n_divisions, &r->room_divisions, sizeof *r->divisions))
        return no_memory(err);
    for (size_t i = 0; i < r->n_divisions; i++) {
        if (strcmp(r->divisions[i].code, d.code) == 0) {
            r->divisions[i] = d;
            return ERR_OK;
        }
    }
    r->divisions[r->n_divisions++] = d;
    return ERR_OK;
}

/* ---- import ---- */

/* "0.84" → 84; -1 when it is no number from 0 to 1. */
static int percent(const char *text)
{
    int value, scale = 100;

    if ((*text != '0' && *text != '1') || (text[1] != '\0' && text[1] != '.'))
        return -1;
    value = (*text - '0') * 100;
    for (text += text[1] == '.' ? 2 : 1; *text >= '0' && *text <= '9'; text++) {
        scale /= 10;
        value += (*text - '0') * scale;
    }
    return *text == '\0' && value <= 100 ? value : -1;
}

static int column(const struct csv_record *head, const char *name)
{
    for (size_t i = 0; i < head->n; i++) {
        if (strcmp(head->cells[i], name) == 0)
            return (int)i;
    }
    return -1;
}

static enum err_code import_row(struct routing *r, const struct csv_record *row, const int *at,
                                struct err *err)
{
    const char *cells[5];
    int64_t support = 0;

    for (int i = 0; i < 5; i++) {
        if (at[i] < 0 || (size_t)at[i] >= row->n)
            return alias_fault(err, "alias", "列数不够。", "Columns are missing in this row.");
        cells[i] = row->cells[at[i]];
    }
    if (strcmp(cells[4], "manual") != 0 &&
        (!text_int64(cells[4], &support) || support < 0 || support > INT32_MAX))
        return alias_fault(err, "support", "件数不对。", "The support is not a number.");
    return routing_add_alias(r, cells[0], cells[1], cells[2], percent(cells[3]), (int)support, err);
}

enum err_code routing_import_csv(struct routing *r, const char *bytes, size_t n,
                                 struct routing_import *ret, struct err *err)
{
    static const char *const names[] = {"alias", "office_code", "office_name", "confidence",
                                        "support"};
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)1 << 20);
    struct routing_import counts = {0};
    struct csv_reader reader;
    struct csv_record row;
    int at[5] = {0};
    bool more = false;

    if (arena == NULL)
        return no_memory(err);
    csv_open(&reader, bytes, n);
    TRY(csv_next(&reader, arena, &row, &more, err));
    for (int i = 0; i < 5; i++) {
        at[i] = more ? column(&row, names[i]) : -1;
        if (at[i] < 0)
            return alias_fault(err, names[i], "缺这一列。", "This column is missing.");
    }
    for (;;) {
        struct err ignored = {0};
        enum err_code rc;
        arena_reset(arena);
        rc = csv_next(&reader, arena, &row, &more, &ignored);
        if (rc == ERR_OK && !more)
            break;
        counts.rows++;
        if (rc == ERR_OK)
            rc = import_row(r, &row, at, &ignored);
        if (rc == ERR_NO_MEMORY)
            return no_memory(err);
        if (rc == ERR_OK) {
            counts.added++;
        } else if (counts.refused++ == 0) {
            counts.first_refused_row = reader.row;
        }
    }
    *ret = counts;
    return ERR_OK;
}

/* ---- trie ---- */

static size_t slot_of(const struct routing *r, uint64_t key)
{
    uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(h >> 20) & (r->n_slots - 1);
}

struct slot *routing_slot(const struct routing *r, uint32_t node, uint32_t c)
{
    uint64_t key = (uint64_t)(node + 1) << 32 | c;
    size_t i = slot_of(r, key);

    while (r->slots[i].key != 0 && r->slots[i].key != key)
        i = (i + 1) & (r->n_slots - 1);
    return &r->slots[i];
}

/* The alias that ends where the form leads, NULL when the path or the end is missing. */
static struct alias *find_form(const struct routing *r, const uint32_t *form, size_t n)
{
    uint32_t node = 0;

    for (size_t i = 0; i < n; i++) {
        const struct slot *s = routing_slot(r, node, form[i]);
        if (s->key == 0)
            return NULL;
        node = s->node;
    }
    return r->ends[node] != 0 ? &r->aliases[r->ends[node] - 1] : NULL;
}

static void insert(struct routing *r, size_t index)
{
    const struct alias *a = &r->aliases[index];
    uint32_t node = 0;

    for (size_t i = 0; i < a->n; i++) {
        struct slot *s = routing_slot(r, node, a->form[i]);
        if (s->key == 0) {
            s->key = (uint64_t)(node + 1) << 32 | a->form[i];
            s->node = ++r->n_nodes;
        }
        node = s->node;
    }
    r->ends[node] = (uint32_t)index + 1;
}

/* How long the leading 某某市, 某县 or 某区 is; 0 when there is none. */
static size_t county_prefix(const struct alias *a)
{
    for (size_t i = 1; i < a->n && i < 6; i++) {
        if (a->form[i] == 0x5e02 || a->form[i] == 0x53bf || a->form[i] == 0x533a) /* 市 县 区 */
            return i + 1;
    }
    return 0;
}

static bool starts_with(const struct alias *a, const uint32_t *form, size_t n)
{
    return a->n >= n && memcmp(a->form, form, n * sizeof *form) == 0;
}

/* The county's own name, which most aliases begin with and people leave out. */
static const struct alias *home_alias(const struct routing *r, size_t *ret_n)
{
    const struct alias *best = NULL;
    size_t best_count = HOME_MIN - 1;

    for (size_t i = 0; i < r->n_aliases && i < 200; i++) {
        const struct alias *a = &r->aliases[i];
        size_t n = county_prefix(a), count = 0;
        if (n == 0 || (best != NULL && starts_with(a, best->form, *ret_n)))
            continue;
        for (size_t j = 0; j < r->n_aliases; j++)
            count += starts_with(&r->aliases[j], a->form, n);
        if (count > best_count) {
            best = a;
            best_count = count;
            *ret_n = n;
        }
    }
    return best;
}

static bool ends_with(const struct alias *a, const char *suffix, size_t *ret_n)
{
    uint32_t form[16];
    size_t n = routing_form(suffix, form, 16);

    *ret_n = n;
    return a->n > n && memcmp(a->form + a->n - n, form, n * sizeof *form) == 0;
}

/* Adds the part [from, to) of an alias as a form of its own, unless someone entered it; when two
 * bodies would share it, neither gets it. */
static enum err_code derive(struct routing *r, size_t index, size_t from, size_t to,
                            struct err *err)
{
    struct alias a = r->aliases[index], *known;

    if (to < from + 3 || (from == 0 && to == a.n))
        return ERR_OK;
    known = find_form(r, a.form + from, to - from);
    if (known != NULL) {
        if (known->derived && strcmp(known->body, a.body) != 0)
            known->dropped = true;
        return ERR_OK;
    }
    a.derived = true;
    a.n = to - from;
    a.confidence_pct = a.confidence_pct * 95 / 100;
    TRY(keep_alias(r, &a, r->aliases[index].form + from, err));
    insert(r, r->n_aliases - 1);
    return ERR_OK;
}

static enum err_code derive_all(struct routing *r, struct err *err)
{
    static const char *const suffixes[] = {"个体工商户", "商户", NULL};
    size_t home_n = 0, given = r->n_aliases;
    const struct alias *home = home_alias(r, &home_n);
    uint32_t home_form[ALIAS_MAX];

    if (home != NULL)
        memcpy(home_form, home->form, home_n * sizeof *home_form);
    for (size_t i = 0; i < given; i++) {
        size_t from = 0, to = r->aliases[i].n, n;
        while (home != NULL && r->aliases[i].n > from + home_n &&
               memcmp(r->aliases[i].form + from, home_form, home_n * sizeof *home_form) == 0)
            from += home_n;
        for (int s = 0; suffixes[s] != NULL; s++) {
            if (to == r->aliases[i].n && ends_with(&r->aliases[i], suffixes[s], &n))
                to -= n;
        }
        TRY(derive(r, i, from, r->aliases[i].n, err));
        TRY(derive(r, i, from, to, err));
    }
    return ERR_OK;
}

/* Marks names that other bodies' longer names begin with. */
static void mark_shared(struct routing *r)
{
    for (size_t i = 0; i < r->n_aliases; i++) {
        const struct alias *a = &r->aliases[i];
        uint32_t node = 0;
        for (size_t c = 0; c + 1 < a->n; c++) {
            struct alias *shorter;
            node = routing_slot(r, node, a->form[c])->node;
            shorter = r->ends[node] != 0 ? &r->aliases[r->ends[node] - 1] : NULL;
            if (shorter != NULL && strcmp(shorter->body, a->body) != 0)
                shorter->shared = true;
        }
    }
}

enum err_code routing_ready(struct routing *r, struct err *err)
{
    size_t chars = 1, given = r->n_aliases;

    for (size_t i = 0; i < r->n_aliases; i++)
        chars += r->aliases[i].n;
    chars *= 3; /* each may bring two derived forms */
    r->n_slots = 1024;
    while (r->n_slots < chars * 2)
        r->n_slots *= 2;
    r->slots = calloc(r->n_slots, sizeof *r->slots);
    r->ends = calloc(chars + 1, sizeof *r->ends);
    if (r->slots == NULL || r->ends == NULL)
        return no_memory(err);
    for (size_t i = 0; i < given; i++)
        insert(r, i);
    TRY(derive_all(r, err));
    mark_shared(r);
    r->ready = true;
    return ERR_OK;
}
