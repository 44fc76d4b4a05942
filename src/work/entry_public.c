/* Registers as anybody may see them. */
#include "work/entry_public.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "insight/compose.h"
#include "sql_queries.h"
#include "work/entry_self_check.h"
#include "work/entry_slips.h"
#include "work/view_internal.h"

#define PAGE_MAX 100

static bool offered(const struct op *op, const struct register_def *def)
{
    return def != NULL && def->open != NULL && register_in_profile(def, op->setup->profile->id);
}

/* ---- one ---- */

static enum err_code write_field(struct entry_secrets *s, const struct entry_eval *e,
                                 const char *name, struct json_writer *w)
{
    const struct register_def *def = e->env.def;
    const struct act_field *f = register_field(def, name);
    const struct register_computed *c = register_computed(def, name);
    CLEANUP(json_decrefp) json_t *value = NULL;
    const char *text = "";

    if (f != NULL) {
        TRY(entry_shown(s, f, &value, &text));
    } else if (c != NULL) {
        value = register_computed_json(c, &e->env.computed[c - def->computed]);
        text = register_computed_text(s->op->arena, c, &e->env.computed[c - def->computed]).zh;
    } else {
        return ERR_OK; /* number, status, day, body stand above */
    }
    if (json_is_null(value))
        return ERR_OK;
    json_object_begin(w);
    json_text(w, "name", name);
    view_label(w, "label", register_label(def, name));
    json_key(w, "value");
    json_put_tree(w, value);
    json_text(w, "text", text == NULL ? "" : text);
    json_object_end(w);
    return ERR_OK;
}

/* The title, where nothing but public fields stand in it. */
static enum err_code public_name(struct op *op, struct snapshot *snap,
                                 const struct register_def *def, const struct record *r,
                                 const char **ret)
{
    *ret = record_member(r, "number");
    for (size_t i = 0; i < def->n_title; i++) {
        bool open = false;

        for (size_t k = 0; k < def->open->n_fields && !open; k++)
            open = strcmp(def->open->fields[k], def->title[i]) == 0;
        if (!open)
            return ERR_OK;
    }
    return entry_title(op, snap, def, r, ret);
}

/* One, open: its page has more to say. */
static enum err_code begin_entry(struct op *op, struct snapshot *snap,
                                 const struct register_def *def, const struct record *r,
                                 struct json_writer *w)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    const struct flow_state *state = flow_state(&def->flow, record_member(r, "status"));
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    struct entry_eval e;
    const char *title;

    TRY(entry_eval(op, def, r->state, &e));
    TRY(public_name(op, snap, def, r, &title));
    json_object_begin(w);
    json_text(w, "code", record_member(r, "code"));
    json_text(w, "number", record_member(r, "number"));
    json_text(w, "register", def->flow.id);
    view_label(w, "title", &def->open->title);
    json_text(w, "name", title);
    json_text(w, "status", record_member(r, "status"));
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    view_date(w, "day", (date_t)record_number(r, "day"));
    json_open_array(w, "fields");
    for (size_t i = 0; i < def->open->n_fields; i++)
        TRY(write_field(&s, &e, def->open->fields[i], w));
    json_array_end(w);
    return ERR_OK;
}

static enum err_code write_entry(struct op *op, struct snapshot *snap,
                                 const struct register_def *def, const struct record *r,
                                 struct json_writer *w)
{
    TRY(begin_entry(op, snap, def, r, w));
    json_object_end(w);
    return ERR_OK;
}

/* ---- what links to it ---- */

#define LINKED_MAX 200
struct linked {
    int64_t id, order; /* order: as said by the field of that name, those without one last */
};

static int by_order(const void *a, const void *b)
{
    const struct linked *x = a, *y = b;

    return (x->order > y->order) - (x->order < y->order);
}

static enum err_code find_linked(struct op *op, struct snapshot *snap,
                                 const struct register_def *def, const struct act_field *link,
                                 int64_t to, struct linked *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    TRY(snapshot_prepare(op, snap, SQL_entry_links_shown, &s));
    TRY(stmt_bind_int64(op, s, 1, to));
    TRY(stmt_bind_text(op, s, 2, link->name));
    TRY(stmt_bind_text(op, s, 3, def->flow.id));
    TRY(stmt_bind_int64(op, s, 4, LINKED_MAX));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[*ret_n] = (struct linked){stmt_int64(s, 0), (int64_t)*ret_n};
        ++*ret_n;
    }
}

static enum err_code set_order(struct op *op, struct snapshot *snap, const struct register_def *def,
                               struct linked *l)
{
    CLEANUP(record_release) struct record r = {0};
    const json_t *value;

    if (def->open->order == NULL)
        return ERR_OK;
    TRY(record_load(op, snap, ENTRY, l->id, &r));
    value = json_object_get(json_object_get(r.state, "fields"), def->open->order->name);
    l->order = json_is_integer(value) ? json_integer_value(value) : INT64_MAX;
    return ERR_OK;
}

static enum err_code write_linked(struct op *op, struct snapshot *snap,
                                  const struct register_def *def, const struct act_field *link,
                                  int64_t to, struct json_writer *w)
{
    struct linked list[LINKED_MAX];
    size_t n;

    TRY(find_linked(op, snap, def, link, to, list, &n));
    if (n == 0)
        return ERR_OK;
    for (size_t i = 0; i < n; i++)
        TRY(set_order(op, snap, def, &list[i]));
    qsort(list, n, sizeof list[0], by_order);
    json_object_begin(w);
    json_text(w, "register", def->flow.id);
    view_label(w, "title", &def->open->title);
    json_open_array(w, "items");
    for (size_t i = 0; i < n; i++) {
        CLEANUP(record_release) struct record r = {0};

        TRY(record_load(op, snap, ENTRY, list[i].id, &r));
        TRY(write_entry(op, snap, def, &r, w));
    }
    json_array_end(w);
    json_object_end(w);
    return ERR_OK;
}

static enum err_code write_links(struct op *op, struct snapshot *snap,
                                 const struct register_def *to, int64_t id, struct json_writer *w)
{
    json_open_array(w, "linked");
    for (size_t i = 0; i < registers_count(op->setup->registers); i++) {
        const struct register_def *def = registers_at(op->setup->registers, i);

        for (size_t k = 0; offered(op, def) && k < def->registering.n_fields; k++) {
            const struct act_field *f = &def->registering.fields[k];

            if (f->kind == FIELD_ENTRY && strcmp(f->of_register, to->flow.id) == 0)
                TRY(write_linked(op, snap, def, f, id, w));
        }
    }
    json_array_end(w);
    return ERR_OK;
}

static enum err_code load_public(struct op *op, struct snapshot *snap, const char *code,
                                 struct record *ret, const struct register_def **ret_def)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_entry_by_code, &s));
    TRY(stmt_bind_text(op, s, 1, code));
    TRY(stmt_one_row(op, s));
    TRY(record_load(op, snap, ENTRY, stmt_int64(s, 0), ret));
    *ret_def = entry_def(op, ret);
    return offered(op, *ret_def) ? ERR_OK : err_set(&op->err, ERR_NOT_FOUND, "no public register");
}

enum err_code entry_public_address(struct op *op, const char *code, const char **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;

    TRY(snapshot_open(op, &snap));
    TRY(load_public(op, snap, code, &r, &def));
    if (op->setup->site_url == NULL)
        return err_field(&op->err, ERR_NOT_ALLOWED, "site.url", "unset",
                         "还没有设置网站地址，二维码里没有地址可写",
                         "The address of the site is not set, so there is none to encode.");
    *ret = arena_printf(op->arena, "%s/entries/%s", op->setup->site_url, record_member(&r, "code"));
    return *ret == NULL ? err_set(&op->err, ERR_NO_MEMORY, "an address") : ERR_OK;
}

enum err_code entry_public_view(struct op *op, const char *code, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(record_release) struct record r = {0};
    const struct register_def *def;

    TRY(snapshot_open(op, &snap));
    TRY(load_public(op, snap, code, &r, &def));
    TRY(begin_entry(op, snap, def, &r, w));
    json_bool(w, "asks", entry_slips_of(op, def) != NULL);
    TRY(write_links(op, snap, def, r.id, w));
    json_object_end(w);
    return ERR_OK;
}

/* ---- lists ---- */

struct key {
    int64_t day, id;
};

static enum err_code read_cursor(struct op *op, const char *cursor, struct key *ret)
{
    char *end;

    *ret = (struct key){INT64_MAX, INT64_MAX};
    if (cursor == NULL)
        return ERR_OK;
    ret->day = strtoll(cursor, &end, 10);
    if (end != cursor && *end == '.' && text_int64(end + 1, &ret->id) && ret->id > 0)
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "cursor", "cursor", "这一页接不上，从第一页看起",
                     "This page cannot be continued; begin with the first");
}

static enum err_code find(struct op *op, struct snapshot *snap, const char *id,
                          const struct key *after, size_t max, struct key *ret, size_t *ret_n)
{
    struct composed c;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret_n = 0;
    compose_init(&c);
    compose(&c, SQL_entry_rows);
    compose(&c, SQL_entry_from_shown);
    compose_text(&c, id);
    compose(&c, SQL_entry_down);
    compose_int(&c, after->day);
    compose_int(&c, after->id);
    compose_int(&c, (int64_t)max);
    TRY(compose_prepare(op, snap, &c, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        ret[(*ret_n)++] = (struct key){stmt_int64(s, 1), stmt_int64(s, 0)};
    }
}

enum err_code entry_public_list(struct op *op, const char *id, const char *cursor, size_t max,
                                struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    const struct register_def *def = registers_find(op->setup->registers, id);
    struct key keys[PAGE_MAX + 1], after;
    size_t n, shown;

    if (!offered(op, def))
        return err_set(&op->err, ERR_NOT_FOUND, "no public register");
    max = max > PAGE_MAX ? PAGE_MAX : max;
    TRY(read_cursor(op, cursor, &after));
    TRY(snapshot_open(op, &snap));
    TRY(find(op, snap, id, &after, max + 1, keys, &n));
    shown = n > max ? max : n;
    json_object_begin(w);
    json_text(w, "id", def->flow.id);
    view_label(w, "title", &def->open->title);
    json_open_array(w, "items");
    for (size_t i = 0; i < shown; i++) {
        CLEANUP(record_release) struct record r = {0};

        TRY(record_load(op, snap, ENTRY, keys[i].id, &r));
        TRY(write_entry(op, snap, def, &r, w));
    }
    json_array_end(w);
    json_text(w, "next",
              n > max ? arena_printf(op->arena, "%" PRId64 ".%" PRId64, keys[shown - 1].day,
                                     keys[shown - 1].id)
                      : NULL);
    json_object_end(w);
    return ERR_OK;
}

enum err_code entry_public_registers(struct op *op, struct json_writer *w)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    TRY(snapshot_open(op, &snap));
    json_object_begin(w);
    json_open_array(w, "items");
    for (size_t i = 0; i < registers_count(op->setup->registers); i++) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        const struct register_def *def = registers_at(op->setup->registers, i);

        if (!offered(op, def))
            continue;
        TRY(snapshot_prepare(op, snap, SQL_entry_shown_count, &s));
        TRY(stmt_bind_text(op, s, 1, def->flow.id));
        TRY(stmt_one_row(op, s));
        json_object_begin(w);
        json_text(w, "id", def->flow.id);
        view_label(w, "label", &def->flow.label);
        view_label(w, "title", &def->open->title);
        view_label(w, "about", def->about.zh == NULL ? NULL : &def->about);
        json_int(w, "n", stmt_int64(s, 0));
        json_object_end(w);
    }
    json_array_end(w);
    entry_self_checks(op, w);
    json_object_end(w);
    return ERR_OK;
}
