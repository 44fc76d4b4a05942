/* Entries as JSON. */
#include <string.h>

#include "sql_queries.h"
#include "work/acts.h"
#include "work/business.h"
#include "work/entry_files.h"
#include "work/entry_internal.h"
#include "work/entry_recognise.h"
#include "work/entry_slips.h"
#include "work/entry_print.h"
#include "work/view_internal.h"

#define LINKS_MAX 100

/* ---- values ---- */

static void write_value(struct json_writer *w, const char *name, const json_t *value,
                        const char *text)
{
    json_open_object(w, name);
    json_key(w, "value");
    if (value == NULL)
        json_put_null(w);
    else
        json_put_tree(w, value);
    json_text(w, "text", text == NULL ? "" : text);
    json_object_end(w);
}

static enum err_code write_field(struct entry_secrets *s, const struct act_field *f,
                                 struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *value = NULL;
    const char *text;

    TRY(entry_shown(s, f, &value, &text));
    write_value(w, f->name, value, text);
    return ERR_OK;
}

static void write_computed(struct op *op, const struct register_env *env, size_t i,
                           struct json_writer *w)
{
    const struct register_computed *c = &env->def->computed[i];
    CLEANUP(json_decrefp) json_t *value = register_computed_json(c, &env->computed[i]);

    write_value(w, c->name, value, register_computed_text(op->arena, c, &env->computed[i]).zh);
}

static size_t computed_index(const struct register_def *def, const char *name)
{
    size_t i = 0;

    while (i < def->n_computed && strcmp(def->computed[i].name, name) != 0)
        i++;
    return i;
}

/* Number, status, body and day are there by these names. */
static void write_common(struct op *op, const struct register_def *def, const struct record *r,
                         const char *name, struct json_writer *w)
{
    const struct flow_state *state = flow_state(&def->flow, record_member(r, "status"));
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    CLEANUP(json_decrefp) json_t *value = NULL;
    const char *text = record_member(r, name);
    char day[DATE_TEXT];

    if (strcmp(name, "day") == 0) {
        date_format((date_t)record_number(r, "day"), day);
        text = day;
    }
    value = text == NULL ? json_null() : json_string(text);
    if (strcmp(name, "status") == 0 && state != NULL)
        text = state->label.zh;
    if (strcmp(name, "body") == 0 && body != NULL)
        text = body->name.zh;
    write_value(w, name, value, text);
}

static enum err_code write_named(struct entry_secrets *s, const struct entry_eval *e,
                                 const char *name, struct json_writer *w)
{
    const struct register_def *def = e->env.def;
    const struct act_field *f = register_field(def, name);
    size_t i = computed_index(def, name);

    if (f != NULL)
        return write_field(s, f, w);
    if (i < def->n_computed)
        write_computed(s->op, &e->env, i, w);
    else
        write_common(s->op, def, s->r, name, w);
    return ERR_OK;
}

/* ---- rows ---- */

static enum err_code write_head(struct op *op, struct snapshot *snap,
                                const struct register_def *def, const struct record *r,
                                struct json_writer *w)
{
    const struct flow_state *state = flow_state(&def->flow, record_member(r, "status"));
    const struct body *body = setup_body(op->setup, record_member(r, "body"));
    struct record_next next =
        record_clocks_next(op, &def->flow.acts, json_object_get(r->state, "clocks"));
    const char *title;

    TRY(entry_title(op, snap, def, r, &title));
    json_text(w, "register", def->flow.id);
    json_text(w, "number", record_member(r, "number"));
    json_int(w, "id", r->id);
    json_text(w, "title", title);
    json_text(w, "status", record_member(r, "status"));
    view_label(w, "status_label", state == NULL ? NULL : &state->label);
    json_bool(w, "open", state != NULL && register_open(state));
    json_text(w, "body", record_member(r, "body"));
    view_label(w, "body_name", body == NULL ? NULL : &body->name);
    view_date(w, "day", (date_t)record_number(r, "day"));
    view_date(w, "due", next.due);
    view_label(w, "due_label", next.of == NULL ? NULL : &next.of->label);
    json_text(w, "level", entry_level_name(op, next.due));
    json_int(w, "version", r->version);
    return ERR_OK;
}

enum err_code entry_view_row(struct op *op, struct snapshot *snap, const struct record *r,
                             struct json_writer *w)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    const struct register_def *def = entry_def(op, r), *now;
    struct entry_eval e;

    if (def == NULL)
        return err_set(&op->err, ERR_CORRUPT, "an entry of no register");
    now = registers_find(op->setup->registers, def->flow.id); /* the list has one head */
    TRY(entry_eval(op, def, r->state, &e));
    json_object_begin(w);
    TRY(write_head(op, snap, def, r, w));
    json_open_object(w, "columns");
    for (size_t i = 0; i < now->n_columns; i++)
        TRY(write_named(&s, &e, now->columns[i], w));
    json_object_end(w);
    json_object_end(w);
    return ERR_OK;
}

/* ---- acts ---- */

static bool needs_others(const struct register_def *def, const char *state, const char *act)
{
    for (size_t i = 0; i < def->flow.n_transitions; i++) {
        const struct flow_transition *t = &def->flow.transitions[i];

        for (size_t k = 0; k < t->n_from; k++)
            if (t->other && strcmp(t->act->id, act) == 0 && strcmp(t->from[k]->id, state) == 0)
                return true;
    }
    return false;
}

static void write_act(struct op *op, const struct pack_act *a, const struct label *why,
                      struct json_writer *w)
{
    char key[2] = {a->key, '\0'};

    json_object_begin(w);
    json_text(w, "act", a->id);
    view_label(w, "label", &a->label);
    if (why != NULL) {
        view_label(w, "why", why);
    } else {
        json_text(w, "key", a->key == 0 ? NULL : key);
        json_text(w, "class", act_class_name(a->act_class));
        view_label(w, "effect", &a->effect);
        view_fields(op, a, w);
    }
    json_object_end(w);
}

/* Why not, or NULL when it may be done; false: not to be shown at all (another state). */
static bool judge(struct op *op, const struct entry_eval *e, const struct record *r,
                  const struct pack_act *a, unsigned roles, struct label *ret_why)
{
    static const struct label four_eyes = {"要由另一个人办这一步",
                                           "For another officer than the one before"};
    struct flow_answer answer = register_step(&e->env, a->id, roles);

    *ret_why = (struct label){NULL, NULL};
    if (answer.step == NULL) {
        if (answer.why.zh == e->env.def->flow.why_state.zh)
            return false;
        *ret_why = answer.why;
    } else if (entry_same_hands(op, r) && needs_others(e->env.def, e->env.status, a->id)) {
        *ret_why = four_eyes;
    }
    return true;
}

static void write_acts(struct op *op, const struct entry_eval *e, const struct record *r,
                       struct json_writer *w)
{
    const struct register_def *def = e->env.def;
    const struct flow_state *state = flow_state(&def->flow, e->env.status);
    unsigned roles = entry_roles(op, def, r);
    struct label why;

    for (int blocked = 0; blocked < 2; blocked++) {
        json_open_array(w, blocked ? "not_allowed" : "allowed_acts");
        for (size_t i = 0; i < def->flow.acts.n_acts; i++) {
            const struct pack_act *a = &def->flow.acts.acts[i];

            if (judge(op, e, r, a, roles, &why) && (why.zh != NULL) == blocked)
                write_act(op, a, blocked ? &why : NULL, w);
        }
        if (!blocked && state != NULL && !state->final &&
            (roles & (def->may_register | (unsigned)ROLE_SUPERVISOR)) != 0)
            write_act(op, &entry_amend, NULL, w);
        if (!blocked && entry_slips_may(op, r))
            write_act(op, &entry_draw, NULL, w);
        if (!blocked && roles != 0)
            write_act(op, &entry_note, NULL, w);
        json_array_end(w);
    }
}

/* What is possible now: what it links to may be in another state than when this was written. */
static enum err_code view_acts(struct op *op, struct snapshot *snap, const struct record *r,
                               const struct register_def *def, struct json_writer *w)
{
    CLEANUP(json_decrefp) json_t *linked = json_object();
    struct entry_eval e;

    TRY(entry_eval_new(op, snap, def, r->state, linked, &e));
    e.env.today = date_of_instant(op->now_ms, op->zone_min);
    if (!register_compute(op->arena, &e.env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    e.env.asking = true;
    write_acts(op, &e, r, w);
    return ERR_OK;
}

/* ---- links ---- */

struct end {
    const char *kind, *reg, *number, *title;
    int64_t id;
};

/* Whether the reader may see the other end, and what it is called. */
static bool describe(struct op *op, struct snapshot *snap, struct end *end)
{
    CLEANUP(record_release) struct record r = {0};
    CLEANUP(matter_release) struct matter m = {0};
    struct err before;
    const struct register_def *def;
    enum err_code rc = ERR_NOT_FOUND;

    err_keep(&op->err, &before);
    switch (end->kind[0]) {
    case 'm':
        rc = matter_for(op, snap, end->id, MAY_SEE, &m);
        if (rc == ERR_OK) {
            end->number = arena_strdup(op->arena, m.number);
            end->title = m.secret ? NULL : arena_strdup(op->arena, m.title);
        }
        break;
    case 'b':
        rc = business_find(op, snap, end->id, &r);
        if (rc == ERR_OK)
            end->title = arena_strdup(op->arena, record_member(&r, "name"));
        break;
    case 'c':
        rc = case_for(op, snap, end->id, MAY_READ_CASE, &r);
        if (rc == ERR_OK && record_member(&r, "number") != NULL)
            end->number = arena_strdup(op->arena, record_member(&r, "number"));
        break;
    default:
        rc = entry_for(op, snap, NULL, end->id, MAY_READ_ENTRY, &r);
        def = rc == ERR_OK ? entry_def(op, &r) : NULL;
        if (def != NULL) {
            end->reg = def->flow.id;
            end->number = arena_strdup(op->arena, record_member(&r, "number"));
            rc = entry_title(op, snap, def, &r, &end->title);
        }
        break;
    }
    err_back(&op->err, &before);
    return rc == ERR_OK;
}

static void write_link(struct json_writer *w, const char *field, const struct label *label,
                       const struct end *end)
{
    json_object_begin(w);
    json_text(w, "field", field);
    view_label(w, "label", label);
    json_text(w, "kind", end->kind);
    json_int(w, "id", end->id);
    json_text(w, "register", end->reg);
    json_text(w, "number", end->number);
    json_text(w, "title", end->title);
    json_object_end(w);
}

static void write_links_out(struct op *op, struct snapshot *snap, const struct register_def *def,
                            const struct record *r, struct json_writer *w)
{
    const json_t *links = json_object_get(r->state, "links");

    json_open_array(w, "out");
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *l = json_array_get(links, i);
        const char *field = json_string_value(json_object_get(l, "field"));
        struct end end = {.kind = json_string_value(json_object_get(l, "kind")),
                          .id = json_integer_value(json_object_get(l, "id"))};

        if (describe(op, snap, &end))
            write_link(w, field, register_label(def, field), &end);
    }
    json_array_end(w);
}

/* Most matters are in no register, and to sort what links there are is dear to begin. */
static enum err_code is_linked(struct op *op, struct snapshot *snap, const char *kind,
                               int64_t other, bool *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;

    TRY(snapshot_prepare(op, snap, SQL_entry_linked, &s));
    TRY(stmt_bind_text(op, s, 1, kind));
    TRY(stmt_bind_int64(op, s, 2, other));
    return stmt_step(op, s, ret);
}

enum err_code entry_view_links_to(struct op *op, struct snapshot *snap, const char *kind,
                                  int64_t other, const char *key, struct json_writer *w)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row = false;

    TRY(is_linked(op, snap, kind, other, &row));
    json_open_array(w, key);
    if (!row) {
        json_array_end(w);
        return ERR_OK;
    }
    TRY(snapshot_prepare(op, snap, SQL_entry_links_to, &s));
    TRY(stmt_bind_text(op, s, 1, kind));
    TRY(stmt_bind_int64(op, s, 2, other));
    TRY(stmt_bind_int64(op, s, 3, LINKS_MAX));
    for (;;) {
        const struct register_def *def;
        struct end end = {.kind = ENTRY};

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        end.id = stmt_int64(s, 0);
        def = registers_find(op->setup->registers, stmt_text(s, 2));
        if (def != NULL && describe(op, snap, &end))
            write_link(w, stmt_text(s, 1), &def->flow.label, &end);
    }
    json_array_end(w);
    return ERR_OK;
}

/* ---- one ---- */

static enum err_code write_fields(struct entry_secrets *s, const struct entry_eval *e,
                                  struct json_writer *w)
{
    const struct register_def *def = e->env.def;
    const json_t *fields = json_object_get(s->r->state, "fields");

    json_open_object(w, "fields");
    for (size_t i = 0; i < def->registering.n_fields; i++)
        if (json_object_get(fields, def->registering.fields[i].name) != NULL)
            TRY(write_field(s, &def->registering.fields[i], w));
    json_object_end(w);
    json_open_object(w, "computed");
    for (size_t i = 0; i < def->n_computed; i++)
        write_computed(s->op, &e->env, i, w);
    json_object_end(w);
    return ERR_OK;
}

enum err_code entry_view(struct op *op, struct snapshot *snap, const struct record *r,
                         struct json_writer *w)
{
    CLEANUP(entry_secrets_release) struct entry_secrets s = {.op = op, .snap = snap, .r = r};
    const struct register_def *def = entry_def(op, r);
    struct record_facts facts = entry_facts(op, r);
    struct entry_eval e;

    if (def == NULL)
        return err_set(&op->err, ERR_CORRUPT, "an entry of no register");
    s.clear = may(&op->actor, MAY_ACT_ENTRY, &facts).yes;
    TRY(entry_eval(op, def, r->state, &e));
    e.env.today = date_of_instant(op->now_ms, op->zone_min);
    if (!register_compute(op->arena, &e.env))
        return err_set(&op->err, ERR_NO_MEMORY, "computed fields");
    json_object_begin(w);
    TRY(write_head(op, snap, def, r, w));
    view_date(w, "day_registered", (date_t)record_number(r, "registered_day"));
    view_officer(op, w, "registered_by", record_number(r, "registered_by"));
    json_text(w, "code", record_member(r, "code"));
    json_text(w, "revision", record_member(r, "revision"));
    TRY(write_fields(&s, &e, w));
    TRY(record_clocks_view(op, &def->flow.acts, json_object_get(r->state, "clocks"), w));
    TRY(view_acts(op, snap, r, def, w));
    json_bool(w, "may_attach", entry_file_may(op, def, r));
    entry_prints_view(op, r, w);
    TRY(entry_slips_view(op, snap, r, w));
    json_open_object(w, "links");
    write_links_out(op, snap, def, r, w);
    TRY(entry_view_links_to(op, snap, ENTRY, r->id, "in", w));
    json_object_end(w);
    TRY(entry_recognised_in(op, snap, r, w));
    TRY(record_write_events(op, snap, r, s.clear, w));
    json_object_end(w);
    return ERR_OK;
}
