/* What holds between entries: what may be there once only, stocks and funds. Asked before an act,
 * and once more by the rows themselves when it is saved. */
#include <string.h>

#include "sql_queries.h"
#include "work/entry_internal.h"

static enum err_code unique_key(const struct entry_eval *e, const struct register_unique *u,
                                const char **ret)
{
    *ret = NULL;
    if (e == NULL || u == NULL)
        return ERR_OK;
    if (u->sealed) { /* made while it was in clear */
        if (u->when == NULL || register_holds(&e->env, u->when, false))
            *ret = json_string_value(json_object_get(json_object_get(e->state, "unique"), u->id));
        return ERR_OK;
    }
    return register_unique_key(e->op->arena, &e->env, u, ret)
               ? ERR_OK
               : err_set(&e->op->err, ERR_NO_MEMORY, "a unique rule");
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The rule of that id as the entry's own revision has it; NULL: it has none. */
static const struct register_unique *unique_of(const struct entry_eval *e, const char *id)
{
    for (size_t i = 0; e != NULL && i < e->env.def->n_unique; i++)
        if (strcmp(e->env.def->unique[i].id, id) == 0)
            return &e->env.def->unique[i];
    return NULL;
}

static const struct register_balance *balance_of(const struct entry_eval *e, const char *id)
{
    for (size_t i = 0; e != NULL && i < e->env.def->n_balances; i++)
        if (strcmp(e->env.def->balances[i].id, id) == 0)
            return &e->env.def->balances[i];
    return NULL;
}

/* ---- once only ---- */

static enum err_code owner_of(struct op *op, struct snapshot *snap, const char *def,
                              const char *rule, const char *key, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_entry_unique_owner, &s));
    TRY(stmt_bind_text(op, s, 1, def));
    TRY(stmt_bind_text(op, s, 2, rule));
    TRY(stmt_bind_text(op, s, 3, key));
    TRY(stmt_step(op, s, &row));
    *ret = row ? stmt_int64(s, 0) : 0;
    return ERR_OK;
}

/* Where the fault is shown: at what the writer can say otherwise. */
static const char *place_of(struct op *op, const struct register_unique *u)
{
    size_t at = 0;

    for (size_t i = u->n_fields; i > 0; i--)
        at = u->fields[i - 1]->sealed ? i - 1 : at;
    return u->n_fields == 0 ? "fields" : arena_printf(op->arena, "fields.%s", u->fields[at]->name);
}

static enum err_code guard_unique(struct op *op, struct snapshot *snap,
                                  const struct register_def *def, const struct entry_eval *after,
                                  int64_t id)
{
    for (size_t i = 0; i < def->n_unique; i++) {
        const struct register_unique *u = &def->unique[i];
        const char *key;
        int64_t owner;

        TRY(unique_key(after, u, &key));
        if (key == NULL)
            continue;
        TRY(owner_of(op, snap, def->flow.id, u->id, key, &owner));
        if (owner != 0 && owner != id)
            (void)err_field(&op->err, ERR_INVALID, place_of(op, u), "unique", u->message.zh,
                            u->message.en);
    }
    return op->err.n_items > 0 ? ERR_INVALID : ERR_OK;
}

static void put_unique(struct changes *ch, int sql, const char *def, const char *rule,
                       const char *key, int64_t id)
{
    changes_row(ch, sql, 1, ERR_CONFLICT);
    changes_text(ch, def);
    changes_text(ch, rule);
    changes_text(ch, key);
    changes_int(ch, id);
}

enum err_code entry_unique_differs(struct op *op, struct snapshot *snap, const struct entry_eval *e,
                                   int64_t id, bool *ret)
{
    const struct register_def *def = e->env.def;

    *ret = false;
    for (size_t i = 0; i < def->n_unique && !*ret; i++) {
        const char *key;
        int64_t owner;

        TRY(unique_key(e, &def->unique[i], &key));
        if (key == NULL)
            continue;
        TRY(owner_of(op, snap, def->flow.id, def->unique[i].id, key, &owner));
        *ret = owner != id;
    }
    return ERR_OK;
}

/* ---- balances ---- */

struct share {
    const char *body, *key;
    int64_t change; /* 0: none */
};

static enum err_code share_of(const struct entry_eval *e, const struct register_balance *b,
                              struct share *ret)
{
    *ret = (struct share){"", "", 0};
    if (e == NULL || b == NULL)
        return ERR_OK;
    if (!register_change(e->op->arena, &e->env, b, &ret->change, &ret->key))
        return err_field(&e->op->err, ERR_INVALID, "fields", "balance", "数量太大，算不了",
                         "The quantity is too large to be counted.");
    if (ret->key == NULL)
        ret->key = "";
    if (b->per_body)
        ret->body = e->env.body;
    return ERR_OK;
}

/* The change of up to two numbers: that of the old key and that of the new one. */
static size_t moves_of(const struct share *was, const struct share *is, struct share ret[2])
{
    size_t n = 0;

    if (same(was->key, is->key) && same(was->body, is->body)) {
        if (is->change != was->change)
            ret[n++] = (struct share){is->body, is->key, is->change - was->change};
        return n;
    }
    if (was->change != 0)
        ret[n++] = (struct share){was->body, was->key, -was->change};
    if (is->change != 0)
        ret[n++] = *is;
    return n;
}

static enum err_code balance_now(struct op *op, struct snapshot *snap, const char *def,
                                 const char *balance, const struct share *at, int64_t *ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_entry_balance_of, &s));
    TRY(stmt_bind_text(op, s, 1, def));
    TRY(stmt_bind_text(op, s, 2, balance));
    TRY(stmt_bind_text(op, s, 3, at->body));
    TRY(stmt_bind_text(op, s, 4, at->key));
    TRY(stmt_step(op, s, &row));
    *ret = row ? stmt_int64(s, 0) : 0;
    return ERR_OK;
}

static enum err_code guard_balances(struct op *op, struct snapshot *snap,
                                    const struct register_def *def, const struct entry_eval *before,
                                    const struct entry_eval *after)
{
    for (size_t i = 0; i < def->n_balances; i++) {
        const struct register_balance *b = &def->balances[i];
        struct share was, is, moves[2];
        int64_t now;
        size_t n;

        TRY(share_of(before, balance_of(before, b->id), &was));
        TRY(share_of(after, b, &is));
        n = b->never_negative ? moves_of(&was, &is, moves) : 0;
        for (size_t k = 0; k < n; k++) {
            TRY(balance_now(op, snap, b->in_register, b->in_balance, &moves[k], &now));
            if (moves[k].change < 0 && now + moves[k].change < 0)
                return err_field(&op->err, ERR_INVALID, "fields", "balance", b->message.zh,
                                 b->message.en);
        }
    }
    return ERR_OK;
}

enum err_code entry_guard(struct op *op, struct snapshot *snap, const struct register_def *def,
                          const struct entry_eval *before, const struct entry_eval *after,
                          int64_t id)
{
    TRY(guard_unique(op, snap, def, after, id));
    return guard_balances(op, snap, def, before, after);
}

static void put_move(struct changes *ch, const struct register_balance *b, const struct share *move)
{
    changes_row(ch, SQL_entry_balance_open, ANY_ROWS, ERR_CONFLICT);
    changes_text(ch, b->in_register);
    changes_text(ch, b->in_balance);
    changes_text(ch, move->body);
    changes_text(ch, move->key);
    changes_row(ch, b->never_negative ? SQL_entry_balance_take : SQL_entry_balance_add, 1,
                ERR_CONFLICT);
    changes_text(ch, b->in_register);
    changes_text(ch, b->in_balance);
    changes_text(ch, move->body);
    changes_text(ch, move->key);
    changes_int(ch, move->change);
}

static void change_unique(struct changes *ch, const struct entry_eval *before,
                          const struct entry_eval *after, const char *def, const char *rule,
                          int64_t id)
{
    const char *was, *is;

    if (unique_key(before, unique_of(before, rule), &was) != ERR_OK ||
        unique_key(after, unique_of(after, rule), &is) != ERR_OK) {
        changes_fail(ch);
        return;
    }
    if (same(was, is))
        return;
    if (was != NULL)
        put_unique(ch, SQL_entry_unique_drop, def, rule, was, id);
    if (is != NULL)
        put_unique(ch, SQL_entry_unique_put, def, rule, is, id);
}

static void change_balance(struct changes *ch, const struct entry_eval *before,
                           const struct entry_eval *after, const struct register_balance *b)
{
    struct share was, is, moves[2];
    size_t n;

    if (share_of(before, balance_of(before, b->id), &was) != ERR_OK ||
        share_of(after, balance_of(after, b->id), &is) != ERR_OK) {
        changes_fail(ch);
        return;
    }
    n = moves_of(&was, &is, moves);
    for (size_t k = 0; k < n; k++)
        put_move(ch, b, &moves[k]);
}

void entry_put_rules(struct changes *ch, const struct entry_eval *before,
                     const struct entry_eval *after, int64_t id)
{
    const struct register_def *def = after->env.def, *old = before == NULL ? def : before->env.def;

    for (size_t i = 0; i < def->n_unique; i++)
        change_unique(ch, before, after, def->flow.id, def->unique[i].id, id);
    for (size_t i = 0; i < def->n_balances; i++)
        change_balance(ch, before, after, &def->balances[i]);
    if (old == def)
        return;
    for (size_t i = 0; i < old->n_unique; i++) /* those that the later revision has no more */
        if (unique_of(after, old->unique[i].id) == NULL)
            change_unique(ch, before, after, def->flow.id, old->unique[i].id, id);
    for (size_t i = 0; i < old->n_balances; i++)
        if (balance_of(after, old->balances[i].id) == NULL)
            change_balance(ch, before, after, &old->balances[i]);
}

void entry_balance_cells(const struct entry_eval *e, measure_emit_fn *emit, void *arg)
{
    const struct register_def *def = e->env.def;

    for (size_t i = 0; i < def->n_balances; i++) {
        struct share is;

        if (share_of(e, &def->balances[i], &is) == ERR_OK && is.change != 0)
            emit(arg,
                 &(struct tally_key){.measure = ENTRY_BALANCE,
                                     .dimension = arena_printf(e->op->arena, "%s.%s",
                                                               def->balances[i].in_register,
                                                               def->balances[i].in_balance),
                                     .value = is.key,
                                     .body = is.body},
                 0, is.change);
    }
}
