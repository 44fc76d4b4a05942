/* Which walks along which index a list takes, and the statement of each. */
#include "insight/list_internal.h"

#include <string.h>

#include "sql_queries.h"

bool given(const char *text)
{
    return text != NULL && *text != '\0';
}

bool given_date(date_t date)
{
    return date != 0 && date != DATE_NONE;
}

enum err_code reading_begin(struct op *op, struct snapshot *snap, const struct list_filter *f,
                            enum may_act act, struct reading *ret)
{
    struct reading r = {.op = op, .snap = snap, .f = f, .visible = visible_to(&op->actor, act)};

    r.nothing = r.visible.nothing;
    if (!r.nothing && given(f->body)) {
        CLEANUP(stmt_closep) struct stmt *s = NULL;
        bool row = false;

        TRY(snapshot_prepare(op, snap, SQL_list_body_path, &s));
        TRY(stmt_bind_text(op, s, 1, f->body));
        TRY(stmt_step(op, s, &row));
        if (row)
            r.body_path = stmt_text_dup(op, s, 0);
        r.nothing = r.body_path == NULL;
    }
    *ret = r;
    return ERR_OK;
}

/* ---- streams ---- */

static void add(struct stream *ret, size_t *n, struct stream s)
{
    INVARIANT(*n < STREAMS_MAX);
    ret[(*n)++] = s;
}

static struct stream of_text(int from, const char *text)
{
    return (struct stream){.from = from, .key = STREAM_TEXT, .text = text};
}

static struct stream of_number(int from, int64_t number)
{
    return (struct stream){.from = from, .key = STREAM_NUMBER, .number = number};
}

/* One stream per body at or below @p path; none and false when there are too many. */
static enum err_code body_streams(struct reading *r, const char *path, int from, struct stream *ret,
                                  size_t *ret_n, bool *ret_few)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct composed c;
    bool row = false;
    size_t n = 0;

    compose_init(&c);
    TRY(compose_reach(r->op, &c, SQL_list_reach, path));
    compose_int(&c, REACH_STREAMS_MAX + 1);
    TRY(compose_prepare(r->op, r->snap, &c, &s));
    for (;;) {
        TRY(stmt_step(r->op, s, &row));
        if (!row || n == REACH_STREAMS_MAX)
            break;
        ret[n] = of_text(from, stmt_text_dup(r->op, s, 0));
        ret[n++].body = true;
    }
    *ret_few = !row;
    *ret_n = row ? 0 : n;
    return ERR_OK;
}

static char *joined(struct op *op, const char *code, const char *end)
{
    return arena_printf(op->arena, "%s%s", code, end);
}

/* What the text of a filter asks for: a code with those below it, it alone, or none at all. */
enum wanted { WANTED_BELOW, WANTED_ALONE, WANTED_NONE };

static enum wanted wanted_code(struct op *op, const char *text, const char **ret_code)
{
    size_t n = strlen(text), tail = strlen("." LIST_NONE);

    *ret_code = text;
    if (strcmp(text, LIST_NONE) == 0)
        return WANTED_NONE;
    if (n <= tail || strcmp(text + n - tail, "." LIST_NONE) != 0)
        return WANTED_BELOW;
    *ret_code = arena_strndup(op->arena, text, n - tail);
    return WANTED_ALONE;
}

/* One stream per category in use at or below the one asked for. */
static enum err_code category_streams(struct reading *r, struct stream *ret, size_t *ret_n,
                                      bool *ret_few)
{
    CLEANUP(stmt_closep) struct stmt *next = NULL;
    const char *code, *at, *end;
    enum wanted wanted = wanted_code(r->op, r->f->category, &code);
    bool row = true;
    size_t n = 0;

    *ret_few = wanted == WANTED_ALONE;
    *ret_n = 0;
    if (wanted == WANTED_ALONE)
        add(ret, ret_n, of_text(SQL_list_from_category, code));
    if (wanted != WANTED_BELOW)
        return ERR_OK;
    at = joined(r->op, code, ".");
    end = joined(r->op, code, "/");
    if (at == NULL || end == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for categories");
    add(ret, &n, of_text(SQL_list_from_category, r->f->category));
    TRY(snapshot_prepare(r->op, r->snap, SQL_list_category_next, &next));
    while (n < STREAMS_MAX) {
        TRY(stmt_bind_text(r->op, next, 1, at));
        TRY(stmt_bind_text(r->op, next, 2, end));
        TRY(stmt_step(r->op, next, &row));
        if (!row)
            break;
        at = stmt_text_dup(r->op, next, 0);
        if (at == NULL)
            return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for categories");
        add(ret, &n, of_text(SQL_list_from_category, at));
        stmt_reset(next);
    }
    *ret_few = !row;
    *ret_n = n;
    return ERR_OK;
}

/* Whether the actor sees a part of the tree alone. */
static bool sees_a_part(const struct reading *r)
{
    const struct may_scope *m = &r->visible.may;
    const char *path = r->op->actor.body_path;

    return !m->open_all && !m->secret_all && given(path) && !path_is_root(path);
}

/* The actor's reach, and what is his outside of it. With a body asked for that lies beside his
 * reach, the latter alone. */
static enum err_code own_streams(struct reading *r, bool due, struct stream *ret, size_t *ret_n,
                                 bool *ret_few)
{
    const struct may_scope *m = &r->visible.may;
    const char *path = r->op->actor.body_path;
    struct stream mine;

    *ret_few = sees_a_part(r);
    if (*ret_few && (r->body_path == NULL || body_path_within(path, r->body_path)))
        TRY(body_streams(r, path, due ? SQL_list_from_body_due : SQL_list_from_body_received, ret,
                         ret_n, ret_few));
    if (!*ret_few)
        return ERR_OK;
    for (size_t i = 0; i < *ret_n; i++)
        ret[i].body = r->body_path == NULL || !r->f->body_only;
    if (m->open_assigned || m->secret_assigned) {
        mine = of_number(due ? SQL_list_from_officer_due : SQL_list_from_officer_received,
                         r->op->actor.officer_id);
        mine.not_reach = true;
        add(ret, ret_n, mine);
    }
    if (m->open_registered || m->secret_registered) {
        mine = of_number(due ? SQL_list_from_open_registered : SQL_list_from_registered,
                         r->op->actor.officer_id);
        mine.not_reach = true;
        mine.not_officer = m->open_assigned || m->secret_assigned;
        add(ret, ret_n, mine);
    }
    return ERR_OK;
}

/* A body is asked for that does not lie within the actor's reach. */
static bool asks_outside(const struct reading *r)
{
    return r->body_path != NULL && sees_a_part(r) &&
           !body_path_within(r->body_path, r->op->actor.body_path);
}

static enum err_code due_streams(struct reading *r, struct stream *ret, size_t *ret_n, bool *few)
{
    const struct list_filter *f = r->f;

    *few = true;
    if (f->officer > 0)
        add(ret, ret_n, of_number(SQL_list_from_officer_due, f->officer));
    else if (f->group > 0)
        add(ret, ret_n, of_number(SQL_list_from_group, f->group));
    else if (f->business > 0)
        add(ret, ret_n, of_number(SQL_list_from_confirmed, f->business));
    else if (given(f->respondent_key))
        add(ret, ret_n, of_text(SQL_list_from_business, f->respondent_key));
    else if (r->body_path == NULL || asks_outside(r))
        TRY(own_streams(r, true, ret, ret_n, few));
    else if (f->body_only)
        add(ret, ret_n, of_text(SQL_list_from_body_due, f->body));
    else if (path_is_root(r->body_path))
        *few = false;
    else
        TRY(body_streams(r, r->body_path, SQL_list_from_body_due, ret, ret_n, few));
    return ERR_OK;
}

/* Streams by body: those asked for, or the actor's own. */
static enum err_code streams_by_body(struct reading *r, struct stream *ret, size_t *ret_n,
                                     bool *few)
{
    *ret_n = 0;
    if (r->body_path == NULL || asks_outside(r))
        return own_streams(r, false, ret, ret_n, few);
    *few = false;
    if (path_is_root(r->body_path))
        return ERR_OK;
    return body_streams(r, r->body_path, SQL_list_from_body_received, ret, ret_n, few);
}

static size_t bodies_among(const struct stream *streams, size_t n)
{
    size_t bodies = 0;

    for (size_t i = 0; i < n; i++)
        bodies += streams[i].from == SQL_list_from_body_received ? 1 : 0;
    return bodies;
}

static enum err_code received_streams(struct reading *r, struct stream *ret, size_t *ret_n,
                                      bool *few)
{
    const struct list_filter *f = r->f;

    *few = true;
    if (f->group > 0) {
        add(ret, ret_n, of_number(SQL_list_from_group, f->group));
        return ERR_OK;
    }
    if (f->business > 0) {
        add(ret, ret_n, of_number(SQL_list_from_confirmed, f->business));
        return ERR_OK;
    }
    if (given(f->respondent_key)) {
        add(ret, ret_n, of_text(SQL_list_from_business, f->respondent_key));
        return ERR_OK;
    }
    if (f->officer > 0) {
        add(ret, ret_n, of_number(SQL_list_from_officer_received, f->officer));
        return ERR_OK;
    }
    if (r->body_path != NULL && f->body_only && !asks_outside(r)) {
        add(ret, ret_n, of_text(SQL_list_from_body_received, f->body));
        return ERR_OK;
    }
    if (given(f->waiting_for) && strcmp(f->waiting_for, "nobody") != 0) {
        add(ret, ret_n, (struct stream){.from = SQL_list_from_open_due});
        add(ret, ret_n, of_text(SQL_list_from_closed_waiting, f->waiting_for));
        return ERR_OK;
    }
    TRY(streams_by_body(r, ret, ret_n, few));
    if (*few && bodies_among(ret, *ret_n) <= 1) /* a single station is walked whatever is asked */
        return ERR_OK;
    if (given(f->status)) {
        *ret_n = 0;
        *few = true;
        add(ret, ret_n, of_text(SQL_list_from_status, f->status));
        return ERR_OK;
    }
    if (given(f->category)) {
        TRY(category_streams(r, ret, ret_n, few));
        if (*few)
            return ERR_OK;
    }
    return streams_by_body(r, ret, ret_n, few);
}

enum err_code streams_for(struct reading *r, bool due, struct stream ret[STREAMS_MAX],
                          size_t *ret_n)
{
    bool few = false;

    *ret_n = 0;
    if (r->only != NULL) {
        add(ret, ret_n, *r->only);
        return ERR_OK;
    }
    TRY(due ? due_streams(r, ret, ret_n, &few) : received_streams(r, ret, ret_n, &few));
    if (!few) {
        *ret_n = 0;
        add(ret, ret_n,
            due ? (struct stream){.from = SQL_list_from_open_due}
                : (struct stream){.from = SQL_list_from_received, .key = STREAM_DAYS});
    }
    return ERR_OK;
}

/* ---- statements ---- */

static void filter_text(struct composed *c, int sql, const char *text)
{
    if (!given(text))
        return;
    compose(c, sql);
    compose_text(c, text);
}

/* The fragments of a column of codes. */
struct code_filter {
    int below, alone, none;
};

static enum err_code filter_code(struct reading *r, struct composed *c, struct code_filter sql,
                                 const char *text)
{
    const char *code, *from, *until;
    enum wanted wanted;

    if (!given(text))
        return ERR_OK;
    wanted = wanted_code(r->op, text, &code);
    if (code == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for a code");
    if (wanted == WANTED_NONE) {
        compose(c, sql.none);
        return ERR_OK;
    }
    if (wanted == WANTED_ALONE) {
        filter_text(c, sql.alone, code);
        return ERR_OK;
    }
    from = joined(r->op, code, ".");
    until = joined(r->op, code, "/");
    if (from == NULL || until == NULL)
        return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for a code");
    compose(c, sql.below);
    compose_text(c, code);
    compose_text(c, from);
    compose_text(c, until);
    return ERR_OK;
}

/* Themes parted by commas: the matter has each of them. */
static enum err_code filter_themes(struct reading *r, struct composed *c, const char *text)
{
    size_t n = 0;

    if (!given(text))
        return ERR_OK;
    if (strcmp(text, LIST_NONE) == 0) {
        compose(c, SQL_list_if_no_theme);
        return ERR_OK;
    }
    for (const char *p = text; *p != '\0'; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ',')) {
        const char *code = arena_strndup(r->op->arena, p, strcspn(p, ","));

        if (code == NULL)
            return err_set(&r->op->err, ERR_NO_MEMORY, "no memory for themes");
        if (++n > LIST_THEMES_MAX)
            return err_set(&r->op->err, ERR_INVALID, "more than %d themes", LIST_THEMES_MAX);
        compose(c, SQL_list_if_theme);
        compose_text(c, code);
    }
    return ERR_OK;
}

static void filter_level(struct composed *c, const struct list_filter *f)
{
    switch (f->level) {
    case DUE_LATE:
        compose(c, SQL_list_if_late);
        compose_int(c, f->today);
        break;
    case DUE_TODAY:
        compose(c, SQL_list_if_today);
        compose_int(c, f->today);
        break;
    case DUE_SOON:
        compose(c, SQL_list_if_soon);
        compose_int(c, f->today);
        compose_int(c, f->soon_until);
        break;
    case DUE_LATER:
        compose(c, SQL_list_if_later);
        compose_int(c, f->soon_until);
        break;
    case DUE_PAUSED:
        compose(c, SQL_list_if_paused);
        break;
    case DUE_OPEN:
        compose(c, SQL_list_if_open);
        break;
    case DUE_ENDED:
        compose(c, SQL_list_if_closed);
        break;
    case DUE_ANY:
    case DUE_COUNT:
        break;
    }
}

static void filter_days(struct reading *r, struct composed *c)
{
    if (given_date(r->f->from)) {
        compose(c, SQL_list_if_received_from);
        compose_int(c, instant_of_date(r->f->from, r->op->zone_min));
    }
    if (given_date(r->f->to)) {
        compose(c, SQL_list_if_received_until);
        compose_int(c, instant_of_date(r->f->to + 1, r->op->zone_min));
    }
}

static void stream_days(struct reading *r, struct composed *c)
{
    compose_int(c, given_date(r->f->from) ? instant_of_date(r->f->from, r->op->zone_min) : 0);
    compose_int(c,
                given_date(r->f->to) ? instant_of_date(r->f->to + 1, r->op->zone_min) : INT64_MAX);
}

enum err_code compose_filters(struct reading *r, struct composed *c, bool body_done)
{
    static const struct code_filter category = {SQL_list_if_category, SQL_list_if_category_alone,
                                                SQL_list_if_no_category};
    static const struct code_filter problem = {SQL_list_if_problem, SQL_list_if_problem_alone,
                                               SQL_list_if_no_problem};
    const struct list_filter *f = r->f;

    if (r->body_path != NULL && !body_done) {
        if (f->body_only)
            filter_text(c, SQL_list_if_body, f->body);
        else if (!path_is_root(r->body_path))
            TRY(compose_reach(r->op, c, SQL_list_if_reach, r->body_path));
    }
    filter_text(c, SQL_list_if_kind, f->kind);
    filter_text(c, SQL_list_if_status, f->status);
    if (f->officer > 0) {
        compose(c, SQL_list_if_officer);
        compose_int(c, f->officer);
    }
    if (f->group > 0) {
        compose(c, SQL_list_if_group);
        compose_int(c, f->group);
    }
    if (f->unassigned)
        compose(c, SQL_list_if_unassigned);
    if (f->business_none)
        compose(c, SQL_list_if_no_business);
    if (f->officer_none)
        compose(c, SQL_list_if_no_officer);
    TRY(filter_code(r, c, category, f->category));
    TRY(filter_code(r, c, problem, f->problem));
    TRY(filter_themes(r, c, f->themes));
    filter_text(c, SQL_list_if_channel, f->channel);
    filter_text(c, SQL_list_if_waiting_for, f->waiting_for);
    filter_text(c, SQL_list_if_business, f->respondent_key);
    if (f->business > 0) {
        compose(c, SQL_list_if_confirmed);
        compose_int(c, f->business);
    }
    if (given(f->outcome) && strcmp(f->outcome, LIST_NONE) == 0)
        compose(c, SQL_list_if_no_outcome);
    else
        filter_text(c, SQL_list_if_outcome, f->outcome);
    filter_level(c, f);
    filter_days(r, c);
    return ERR_OK;
}

enum err_code compose_stream(struct reading *r, struct composed *c, const struct stream *s)
{
    compose(c, s->from);
    if (s->key == STREAM_TEXT || s->key == STREAM_HITS)
        compose_text(c, s->text);
    if (s->key == STREAM_PHONE)
        compose_blob(c, s->blind, sizeof s->blind);
    if (s->key == STREAM_NUMBER || s->key == STREAM_HITS || s->key == STREAM_PHONE)
        compose_int(c, s->number);
    if (s->key == STREAM_DAYS)
        stream_days(r, c);
    if (s->not_reach)
        TRY(compose_reach(r->op, c, SQL_list_if_not_reach, r->op->actor.body_path));
    if (s->not_officer) {
        compose(c, SQL_list_if_not_officer);
        compose_int(c, r->op->actor.officer_id);
    }
    TRY(compose_filters(r, c, s->body));
    return compose_scope(r->op, c, &r->visible);
}
