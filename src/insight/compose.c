/* Statements from fragments. */
#include "insight/compose.h"

#include <string.h>

#include "sql_queries.h"

#define STATEMENT_BYTES ((size_t)16 * 1024)

void compose_init(struct composed *c)
{
    c->n_fragments = 0;
    c->n = 0;
    c->failed = false;
}

void compose(struct composed *c, int sql)
{
    if (c->n_fragments == COMPOSE_FRAGMENTS_MAX) {
        c->failed = true;
        return;
    }
    c->fragments[c->n_fragments].sql = sql;
    c->fragments[c->n_fragments++].behind = c->n;
}

/* The fragment's text, each $n numbered behind the values before it. */
static void add_fragment(struct buf *out, const char *p, size_t behind)
{
    if (out->len > 0)
        buf_addc(out, '\n');
    while (*p != '\0') {
        int64_t n = 0;

        buf_addc(out, *p);
        if (*p++ != '$' || *p < '0' || *p > '9') /* '$.key' is a path into JSON */
            continue;
        for (; *p >= '0' && *p <= '9'; p++)
            n = n * 10 + (*p - '0');
        buf_add_int(out, n + (int64_t)behind);
    }
}

static void compose_value(struct composed *c, bool is_text, bool is_blob, const void *bytes,
                          size_t size, int64_t number)
{
    if (c->n == COMPOSE_VALUES_MAX) {
        c->failed = true;
        return;
    }
    c->values[c->n].is_text = is_text;
    c->values[c->n].is_blob = is_blob;
    c->values[c->n].text = bytes;
    c->values[c->n].size = size;
    c->values[c->n].number = number;
    c->n++;
}

void compose_int(struct composed *c, int64_t value)
{
    compose_value(c, false, false, NULL, 0, value);
}

void compose_text(struct composed *c, const char *text)
{
    compose_value(c, true, false, text, 0, 0);
}

void compose_blob(struct composed *c, const void *bytes, size_t size)
{
    compose_value(c, false, true, bytes, size, 0);
}

/* FNV-1a. */
static uint64_t mark_bytes(uint64_t mark, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++)
        mark = (mark ^ p[i]) * UINT64_C(0x100000001b3);
    return mark;
}

uint64_t compose_mark(const struct composed *c, uint64_t seed)
{
    uint64_t mark = seed ^ UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < c->n_fragments; i++)
        mark = mark_bytes(mark, &c->fragments[i].sql, sizeof c->fragments[i].sql);
    for (size_t i = 0; i < c->n; i++) {
        const char *text = c->values[i].text;
        size_t n = c->values[i].is_text && text != NULL ? strlen(text) + 1 : c->values[i].size;

        mark = mark_bytes(mark, &c->values[i].number, sizeof c->values[i].number);
        mark = text == NULL ? mark : mark_bytes(mark, text, n);
    }
    return mark;
}

void compose_statement(const struct op *op, const struct composed *c, struct buf *out)
{
    for (size_t i = 0; i < c->n_fragments; i++)
        add_fragment(out, store_sql(op->store, c->fragments[i].sql), c->fragments[i].behind);
}

enum err_code compose_bind(struct op *op, struct stmt *s, const struct composed *c)
{
    for (size_t i = 0; i < c->n; i++) {
        int n = (int)i + 1;

        if (c->values[i].is_text)
            TRY(stmt_bind_text(op, s, n, c->values[i].text));
        else if (c->values[i].is_blob)
            TRY(stmt_bind_blob(op, s, n, c->values[i].text, c->values[i].size));
        else
            TRY(stmt_bind_int64(op, s, n, c->values[i].number));
    }
    return ERR_OK;
}

enum err_code compose_prepare(struct op *op, struct snapshot *snap, const struct composed *c,
                              struct stmt **ret)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO(STATEMENT_BYTES);

    compose_statement(op, c, &text);
    if (c->failed || text.failed)
        return err_set(&op->err, ERR_INTERNAL, "a composed statement is too long");
    TRY(snapshot_prepare_text(op, snap, buf_text(&text), ret));
    return compose_bind(op, *ret, c);
}

enum err_code compose_reach(struct op *op, struct composed *c, int sql, const char *path)
{
    char *end = arena_strdup(op->arena, path);
    size_t n = strlen(path);

    if (end == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for a path");
    if (n > 0)
        end[n - 1] = '/' + 1;
    compose(c, sql);
    compose_text(c, path);
    compose_text(c, end);
    return ERR_OK;
}

/* One slash behind the first code: the root, below which every body lies. */
bool path_is_root(const char *path)
{
    const char *slash = path == NULL || *path == '\0' ? NULL : strchr(path + 1, '/');

    return slash != NULL && slash[1] == '\0';
}

struct visible visible_to(const struct actor *actor, enum may_act act)
{
    struct visible v = {.may = may_scope(actor, act)};
    struct may_scope *m = &v.may;

    v.nothing = !(m->open_subtree || m->open_registered || m->open_assigned || m->open_all ||
                  m->secret_subtree || m->secret_registered || m->secret_assigned ||
                  m->secret_unassigned || m->secret_for_leader || m->secret_all);
    if (path_is_root(actor->body_path)) { /* the whole tree is everything */
        m->open_all |= m->open_subtree;
        m->secret_all |= m->secret_subtree;
    }
    return v;
}

/* The next alternative of the scope. */
static void alternative(struct composed *c, bool *first, int sql)
{
    if (!*first)
        compose(c, SQL_list_scope_or);
    *first = false;
    if (sql >= 0)
        compose(c, sql);
}

static enum err_code scope_secret(struct op *op, struct composed *c, const struct may_scope *m,
                                  bool *first)
{
    if (m->secret_all) {
        alternative(c, first, SQL_list_scope_secret_all);
        return ERR_OK;
    }
    if (m->secret_subtree) {
        alternative(c, first, -1);
        TRY(compose_reach(op, c, SQL_list_scope_secret_subtree, op->actor.body_path));
    }
    if (m->secret_for_leader && !m->secret_subtree) {
        alternative(c, first, -1);
        TRY(compose_reach(op, c, SQL_list_scope_secret_for_leader, op->actor.body_path));
    }
    if (m->secret_registered) {
        alternative(c, first, SQL_list_scope_secret_registered);
        compose_int(c, op->actor.officer_id);
    }
    if (m->secret_assigned) {
        alternative(c, first, SQL_list_scope_secret_assigned);
        compose_int(c, op->actor.officer_id);
    }
    if (m->secret_unassigned) {
        alternative(c, first, SQL_list_scope_secret_unassigned);
        compose_text(c, op->actor.body);
    }
    return ERR_OK;
}

enum err_code compose_scope(struct op *op, struct composed *c, const struct visible *visible)
{
    const struct may_scope *m = &visible->may;
    bool first = true;

    INVARIANT(!visible->nothing);
    if (m->open_all && m->secret_all)
        return ERR_OK;
    compose(c, SQL_list_scope_begin);
    if (m->open_all)
        alternative(c, &first, SQL_list_scope_open_all);
    if (m->open_subtree && !m->open_all) {
        alternative(c, &first, -1);
        TRY(compose_reach(op, c, SQL_list_scope_open_subtree, op->actor.body_path));
    }
    if (m->open_registered && !m->open_all) {
        alternative(c, &first, SQL_list_scope_open_registered);
        compose_int(c, op->actor.officer_id);
    }
    if (m->open_assigned && !m->open_all) {
        alternative(c, &first, SQL_list_scope_open_assigned);
        compose_int(c, op->actor.officer_id);
    }
    TRY(scope_secret(op, c, m, &first));
    compose(c, SQL_list_scope_end);
    return ERR_OK;
}

static bool secret_has(const struct may_scope *m, int64_t officer_id, const struct visible_facts *f)
{
    return m->secret_all || (m->secret_subtree && f->reach) ||
           (m->secret_for_leader && f->reach && f->for_leader) ||
           (m->secret_registered && f->registered_by == officer_id) ||
           (m->secret_assigned && f->officer == officer_id) ||
           (m->secret_unassigned && f->own_body && !f->assigned);
}

bool visible_has(const struct visible *visible, int64_t officer_id, const struct visible_facts *f)
{
    const struct may_scope *m = &visible->may;

    if (f->secret)
        return secret_has(m, officer_id, f);
    return m->open_all || (m->open_subtree && f->reach) ||
           (m->open_registered && f->registered_by == officer_id) ||
           (m->open_assigned && f->officer == officer_id);
}
