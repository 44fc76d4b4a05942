/* Bodies and aliases of a setup: reading them, and looking them up. */
#include <string.h>

#include "base/text.h"
#include "sql_queries.h"
#include "work/setup.h"
#include "work/setup_internal.h"

/* ---- reading ---- */

static int depth_of(const char *path)
{
    int n = 0;

    for (; *path != '\0'; path++)
        n += *path == '/';
    return n - 2;
}

enum err_code setup_read_bodies(struct op *op, struct snapshot *snap, struct setup *s)
{
    CLEANUP(stmt_closep) struct stmt *st = NULL;
    size_t cap = 64;
    struct body *list = ARENA_ARRAY(op->arena, struct body, cap);
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_bodies_all, &st));
    s->n_bodies = 0;
    for (;;) {
        struct body *b;

        TRY(stmt_step(op, st, &row));
        if (!row)
            break;
        if (s->n_bodies == cap) {
            struct body *more = ARENA_ARRAY(op->arena, struct body, cap * 2);

            if (more == NULL || list == NULL)
                return err_set(&op->err, ERR_NO_MEMORY, "bodies");
            memcpy(more, list, cap * sizeof *list);
            list = more;
            cap *= 2;
        }
        b = &list[s->n_bodies++];
        *b = (struct body){
            .id = stmt_int64(st, 0),
            .code = stmt_text_dup(op, st, 1),
            .parent = stmt_is_null(st, 2) ? NULL : stmt_text_dup(op, st, 2),
            .path = stmt_text_dup(op, st, 3),
            .kind = stmt_text_dup(op, st, 4),
            .name = {stmt_text_dup(op, st, 5), stmt_text_dup(op, st, 6)},
            .division = stmt_is_null(st, 7) ? NULL : stmt_text_dup(op, st, 7),
            .address = stmt_is_null(st, 9) ? NULL : stmt_text_dup(op, st, 9),
            .phone = stmt_is_null(st, 10) ? NULL : stmt_text_dup(op, st, 10),
            .current = stmt_is_null(st, 12) || stmt_int64(st, 12) > op->now_ms,
        };
        b->depth = depth_of(b->path);
    }
    s->bodies = list;
    return ERR_OK;
}

/* Streets of the bodies, then aliases; the deepest body of a county code is not guessed from it. */
enum err_code setup_read_streets(struct op *op, struct snapshot *snap, const struct setup *s,
                                 struct routing *routing)
{
    CLEANUP(stmt_closep) struct stmt *st = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_bodies_all, &st));
    for (;;) {
        CLEANUP(json_decrefp) json_t *streets = NULL;
        const struct body *b;

        TRY(stmt_step(op, st, &row));
        if (!row)
            return ERR_OK;
        b = setup_body(s, stmt_text(st, 1));
        streets = json_loads(stmt_text(st, 8), 0, NULL);
        for (size_t i = 0; b != NULL && b->current && i < json_array_size(streets); i++) {
            const char *code = json_string_value(json_array_get(streets, i));

            if (code != NULL)
                TRY(routing_add_division(routing, code, b->code, b->name.zh, &op->err));
        }
    }
}

enum err_code setup_read_aliases(struct op *op, struct snapshot *snap, const struct setup *s,
                                 struct routing *routing)
{
    CLEANUP(stmt_closep) struct stmt *st = NULL;
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_alias_all, &st));
    for (;;) {
        const struct body *b;

        TRY(stmt_step(op, st, &row));
        if (!row)
            return ERR_OK;
        b = setup_body(s, stmt_text(st, 1));
        if (b != NULL && b->current)
            TRY(routing_add_alias(routing, stmt_text(st, 0), b->code, b->name.zh,
                                  (int)(stmt_int64(st, 2) / 10), (int)stmt_int64(st, 3), &op->err));
    }
}

/* ---- look-ups ---- */

const struct body *setup_body(const struct setup *setup, const char *code)
{
    for (size_t i = 0; code != NULL && i < setup->n_bodies; i++)
        if (strcmp(setup->bodies[i].code, code) == 0)
            return &setup->bodies[i];
    return NULL;
}

const char *body_path_end(struct arena *arena, const char *path)
{
    size_t n = strlen(path);

    return n == 0 ? "" : arena_printf(arena, "%.*s%c", (int)n - 1, path, '/' + 1);
}

const struct body *setup_root(const struct setup *setup, const struct body *body)
{
    const struct body *parent;

    while (body != NULL && body->parent != NULL &&
           (parent = setup_body(setup, body->parent)) != NULL)
        body = parent;
    return body;
}

struct label setup_label(const struct setup *setup, const char *table, const char *code)
{
    const struct code_table *codes = codes_table(setup->codes, table);
    const struct code *found = codes == NULL || code == NULL ? NULL : code_find(codes, code);

    return found == NULL ? (struct label){code, code} : found->label;
}
