/* Lists and counts of entries, put together from the fragments of sql/queries/registers.sql. Each
 * list walks one index in its own order: that of a value asked for, of a state, of the due day, of
 * the day; or, for a part of the tree, that of each body. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "insight/compose.h"
#include "sql_queries.h"
#include "work/entry_internal.h"

#define PAGE_MAX 200

enum entry_sort entry_sort_find(const char *name)
{
    static const char *const names[] = {"-day", "day", "due"};
    int i = 0;

    while (i < ENTRY_SORTS && strcmp(names[i], name) != 0)
        i++;
    return (enum entry_sort)i;
}

enum entry_level entry_level_find(const char *name)
{
    static const char *const names[] = {"", "late", "today", "soon", "later"};
    int i = 0;

    while (i < ENTRY_LEVELS && strcmp(names[i], name) != 0)
        i++;
    return (enum entry_level)i;
}

/* ---- which index ---- */

enum drive {
    BY_NUMBER,
    BY_VALUE,
    BY_DUE,
    BY_BODY,
    BY_BODY_STATUS,
    BY_BODY_OPEN,
    BY_STATUS,
    BY_OPEN,
    BY_DAY
};

struct plan {
    enum drive drive;
    const char *path;  /* the part of the tree, NULL: all */
    const char *reach; /* of that and the actor's own: what BY_BODY walks */
    bool scoped;       /* the scope says more than the reach: it is asked row by row */
    struct visible visible;
    struct entry_filter f;
};

/* Both ways down the tree, the deeper one; NULL when they do not meet. */
static const char *deeper(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == NULL ? b : a;
    if (body_path_within(a, b))
        return a;
    return body_path_within(b, a) ? b : NULL;
}

static enum drive choose(const struct plan *p)
{
    if (p->f.number != NULL)
        return BY_NUMBER;
    if (p->f.n_values > 0)
        return BY_VALUE;
    if (p->f.sort == ENTRY_BY_DUE)
        return BY_DUE;
    if (p->reach != NULL)
        return p->f.status != NULL ? BY_BODY_STATUS : p->f.open >= 0 ? BY_BODY_OPEN : BY_BODY;
    if (p->f.status != NULL)
        return BY_STATUS;
    return p->f.open >= 0 ? BY_OPEN : BY_DAY;
}

static bool body_by_body(const struct plan *p)
{
    return p->drive == BY_BODY || p->drive == BY_BODY_STATUS || p->drive == BY_BODY_OPEN;
}

static bool by_status(const struct plan *p)
{
    return p->drive == BY_STATUS || p->drive == BY_BODY_STATUS;
}

static bool by_open(const struct plan *p)
{
    return p->drive == BY_OPEN || p->drive == BY_BODY_OPEN;
}

/* False where nothing can be found. */
static bool make_plan(struct op *op, const struct entry_filter *filter, struct plan *ret)
{
    struct actor as = entry_reader(op, filter->def);
    bool all;

    *ret = (struct plan){.path = filter->body_path, .f = *filter};
    if (ret->path != NULL && path_is_root(ret->path))
        ret->path = NULL;
    ret->visible = visible_to(&as, MAY_READ_ENTRY);
    if (ret->visible.nothing)
        return false;
    all = ret->visible.may.open_all;
    ret->scoped = filter->def->secret && !ret->visible.may.secret_all;
    if (ret->scoped || all) {
        ret->reach = ret->scoped ? NULL : ret->path;
    } else {
        ret->reach = deeper(ret->path, op->actor.body_path);
        if (ret->reach == NULL)
            return false;
        ret->path = ret->reach;
    }
    ret->drive = choose(ret);
    return true;
}

/* ---- what is asked ---- */

static void if_day(struct composed *c, int sql, date_t day)
{
    if (day == DATE_NONE)
        return;
    compose(c, sql);
    compose_int(c, day);
}

static void if_level(struct composed *c, const struct entry_filter *f)
{
    switch (f->level) {
    case ENTRY_LATE:
        compose(c, SQL_entry_if_due_before);
        compose_int(c, f->today);
        break;
    case ENTRY_TODAY:
    case ENTRY_SOON:
        compose(c, SQL_entry_if_due_between);
        compose_int(c, f->level == ENTRY_TODAY ? f->today : f->today + 1);
        compose_int(c, f->level == ENTRY_TODAY ? f->today : f->soon_until);
        break;
    case ENTRY_LATER:
        compose(c, SQL_entry_if_due_after);
        compose_int(c, f->soon_until);
        break;
    case ENTRY_ANY:
    case ENTRY_LEVELS:
        break;
    }
}

static void from(struct composed *c, const struct plan *p)
{
    static const int fragments[] = {
        SQL_entry_from_number, SQL_entry_from_value,       SQL_entry_from_due,
        SQL_entry_from_body,   SQL_entry_from_body_status, SQL_entry_from_body_open,
        SQL_entry_from_status, SQL_entry_from_open,        SQL_entry_from_day};

    compose(c, fragments[p->drive]);
    compose_text(c, p->f.def->flow.id);
    if (p->drive == BY_NUMBER) {
        compose_text(c, p->f.number);
    } else if (p->drive == BY_VALUE) {
        compose_text(c, p->f.values[0].field);
        compose_text(c, p->f.values[0].value);
    } else if (by_status(p)) {
        compose_text(c, p->f.status);
    } else if (by_open(p)) {
        compose_int(c, p->f.open);
    }
}

static enum err_code where(struct op *op, struct composed *c, const struct plan *p)
{
    const struct entry_filter *f = &p->f;
    bool by_value = p->drive == BY_VALUE;

    from(c, p);
    if (f->status != NULL && !by_status(p)) {
        compose(c, SQL_entry_if_status);
        compose_text(c, f->status);
    }
    if (f->open >= 0 && !by_open(p)) {
        compose(c, SQL_entry_if_open);
        compose_int(c, f->open);
    }
    for (size_t i = by_value ? 1 : 0; i < f->n_values; i++) {
        compose(c, SQL_entry_if_value);
        compose_text(c, f->values[i].field);
        compose_text(c, f->values[i].value);
    }
    if_day(c, by_value ? SQL_entry_if_value_from : SQL_entry_if_from, f->from);
    if_day(c, by_value ? SQL_entry_if_value_to : SQL_entry_if_to, f->to);
    if_level(c, f);
    if (p->path != NULL && !body_by_body(p))
        TRY(compose_reach(op, c, SQL_entry_if_below, p->path));
    return p->scoped ? compose_scope(op, c, &p->visible) : ERR_OK;
}

/* ---- pages ---- */

struct key {
    int64_t first, id;
};

static enum err_code read_cursor(struct op *op, const struct entry_filter *f, struct key *ret)
{
    char *end;

    *ret = f->sort == ENTRY_NEWEST ? (struct key){INT64_MAX, INT64_MAX}
                                   : (struct key){INT64_MIN, INT64_MIN};
    if (f->cursor == NULL)
        return ERR_OK;
    ret->first = strtoll(f->cursor, &end, 10);
    if (end != f->cursor && *end == '.' && text_int64(end + 1, &ret->id) && ret->id > 0)
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "cursor", "cursor", "这一页接不上，从第一页看起",
                     "This page cannot be continued; begin with the first");
}

static enum err_code compose_list(struct op *op, struct composed *c, const struct plan *p,
                                  const struct key *after, int64_t max)
{
    bool newest = p->f.sort == ENTRY_NEWEST;

    if (body_by_body(p))
        TRY(compose_reach(op, c, SQL_entry_bodies_begin, p->reach));
    else
        compose(c, SQL_entry_rows);
    TRY(where(op, c, p));
    if (p->f.sort == ENTRY_BY_DUE)
        compose(c, SQL_entry_by_due);
    else if (p->drive == BY_VALUE)
        compose(c, newest ? SQL_entry_value_down : SQL_entry_value_up);
    else
        compose(c, newest ? SQL_entry_down : SQL_entry_up);
    compose_int(c, after->first);
    compose_int(c, after->id);
    compose_int(c, max);
    if (body_by_body(p)) {
        compose(c, SQL_entry_bodies_end);
        compose(c, newest ? SQL_entry_bodies_down : SQL_entry_bodies_up);
        compose_int(c, max);
    }
    return ERR_OK;
}

/* One more than asked shows whether there is a next page. */
static enum err_code find(struct op *op, struct snapshot *snap, const struct entry_filter *filter,
                          struct key *ret, size_t *ret_n)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct key after;
    struct plan p;
    bool row;

    *ret_n = 0;
    compose_init(&c);
    TRY(read_cursor(op, filter, &after));
    if (!make_plan(op, filter, &p))
        return ERR_OK;
    TRY(compose_list(op, &c, &p, &after, (int64_t)filter->max + 1));
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] =
            (struct key){stmt_int64(s, filter->sort == ENTRY_BY_DUE ? 2 : 1), stmt_int64(s, 0)};
    }
}

/* What is typed becomes values to be there; a number finds its entry alone. */
static enum err_code with_words(struct op *op, struct snapshot *snap, struct entry_filter *f,
                                bool *ret_none)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct entry_words words;
    bool row;

    *ret_none = false;
    if (f->words == NULL)
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_entry_by_number, &s));
    TRY(stmt_bind_text(op, s, 1, f->def->flow.id));
    TRY(stmt_bind_text(op, s, 2, f->words));
    TRY(stmt_step(op, s, &row));
    if (row) {
        f->number = f->words;
        return ERR_OK;
    }
    TRY(entry_words_asked(op, f->words, &words));
    *ret_none = words.n == 0;
    for (size_t i = 0; i < words.n && f->n_values < ENTRY_FILTERS_MAX; i++) {
        f->values[f->n_values].field = ENTRY_WORD;
        f->values[f->n_values++].value = words.items[i];
    }
    return ERR_OK;
}

enum err_code entry_list_ids(struct op *op, struct snapshot *snap,
                             const struct entry_filter *filter, int64_t *ret, size_t *ret_n,
                             const char **ret_next)
{
    struct entry_filter f = *filter;
    struct key keys[PAGE_MAX + 1];
    bool none;
    size_t n = 0;

    f.max = f.max == 0 || f.max > PAGE_MAX ? PAGE_MAX : f.max;
    TRY(with_words(op, snap, &f, &none));
    if (!none)
        TRY(find(op, snap, &f, keys, &n));
    *ret_n = n > f.max ? f.max : n;
    for (size_t i = 0; i < *ret_n; i++)
        ret[i] = keys[i].id;
    *ret_next = n <= f.max ? NULL
                           : arena_printf(op->arena, "%" PRId64 ".%" PRId64, keys[f.max - 1].first,
                                          keys[f.max - 1].id);
    return ERR_OK;
}

enum err_code entry_list_view(struct op *op, const struct entry_filter *filter,
                              struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    int64_t ids[PAGE_MAX];
    const char *next;
    size_t n;

    TRY(snapshot_open(op, &snap));
    TRY(entry_list_ids(op, snap, filter, ids, &n, &next));
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        CLEANUP(record_release) struct record r = {0};

        TRY(record_load(op, snap, ENTRY, ids[i], &r));
        TRY(entry_view_row(op, snap, &r, w));
    }
    json_array_end(w);
    json_text(w, "next", next);
    json_object_end(w);
    return ERR_OK;
}

/* ---- counts ---- */

static enum err_code count(struct op *op, struct snapshot *snap, const struct plan *p,
                           json_t *states, int64_t sums[3])
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    compose_init(&c);
    compose(&c, SQL_entry_counts);
    compose_int(&c, p->f.today);
    TRY(where(op, &c, p));
    compose(&c, SQL_entry_group_status);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        if (states != NULL)
            json_object_set_new(states, stmt_text(s, 0), json_integer(stmt_int64(s, 1)));
        for (int i = 0; i < 3; i++)
            sums[i] += stmt_int64(s, i + 1);
    }
}

/* Without a filter the tallies know how many stand in each state, and an index who is late. */
static enum err_code count_kept(struct op *op, struct snapshot *snap, const struct plan *p,
                                json_t *states, int64_t sums[3])
{
    CLEANUP(stmt_closep) struct stmt *s = NULL, *late = NULL;
    const char *path = p->path == NULL ? "/" : p->path,
               *end = p->path == NULL ? "0" : body_path_end(op->arena, path);
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_entry_status_counts, &s));
    TRY(stmt_bind_text(op, s, 1, p->f.def->flow.id));
    TRY(stmt_bind_text(op, s, 2, path));
    TRY(stmt_bind_text(op, s, 3, end));
    for (;;) {
        const struct flow_state *state;
        int64_t n;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        n = stmt_int64(s, 1);
        state = flow_state(&p->f.def->flow, stmt_text(s, 0));
        if (states != NULL && n > 0)
            json_object_set_new(states, stmt_text(s, 0), json_integer(n));
        sums[0] += n;
        sums[1] += state != NULL && register_open(state) ? n : 0;
    }
    if (sums[1] == 0 || states == NULL) /* the list of registers does not ask who is late */
        return ERR_OK;
    TRY(snapshot_prepare(op, snap, SQL_entry_late_count, &late));
    TRY(stmt_bind_text(op, late, 1, p->f.def->flow.id));
    TRY(stmt_bind_int64(op, late, 2, p->f.today));
    TRY(stmt_bind_text(op, late, 3, path));
    TRY(stmt_bind_text(op, late, 4, end));
    TRY(stmt_one_row(op, late));
    sums[2] = stmt_int64(late, 0);
    return ERR_OK;
}

static bool unfiltered(const struct entry_filter *f)
{
    return f->status == NULL && f->open < 0 && f->from == DATE_NONE && f->to == DATE_NONE &&
           f->level == ENTRY_ANY && f->n_values == 0 && f->number == NULL;
}

enum err_code entry_count(struct op *op, const struct entry_filter *filter, json_t *states,
                          int64_t ret_sums[3])
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    struct entry_filter f = *filter;
    struct plan p;
    bool none;

    memset(ret_sums, 0, 3 * sizeof *ret_sums);
    TRY(snapshot_open(op, &snap));
    TRY(with_words(op, snap, &f, &none));
    if (none || !make_plan(op, &f, &p))
        return ERR_OK;
    if (unfiltered(&f) && !p.scoped)
        return count_kept(op, snap, &p, states, ret_sums);
    if (body_by_body(&p)) /* nothing is put in order here */
        p.drive = f.status != NULL ? BY_STATUS : f.open >= 0 ? BY_OPEN : BY_DAY;
    return count(op, snap, &p, states, ret_sums);
}

enum err_code entry_count_view(struct op *op, const struct entry_filter *filter,
                               struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *states = json_object();
    int64_t sums[3];

    TRY(entry_count(op, filter, states, sums));
    json_object_begin(w);
    json_int(w, "all", sums[0]);
    json_int(w, "open", sums[1]);
    json_int(w, "late", sums[2]);
    json_key(w, "states");
    json_put_tree(w, states);
    json_object_end(w);
    return ERR_OK;
}
