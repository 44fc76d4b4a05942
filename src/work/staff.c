/* Bodies and officers: events of their own, and the rows folded from them. */
#include "work/staff.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "sql_queries.h"
#include "work/staff_internal.h"

enum err_code staff_event(struct op *op, struct changes *ch, const char *kind, int64_t record,
                          int64_t version, const char *act, json_t *body,
                          const unsigned char *previous, unsigned char ret_hash[HASH_BYTES])
{
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS), *kept;
    struct event ev;

    kept = text == NULL ? NULL : arena_strdup(op->arena, text);
    free(text);
    if (kept == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "event of %s", kind);
    ev = (struct event){
        .kind = kind,
        .record = record,
        .version = version,
        .act = act,
        .actor = op->actor.officer_id,
        .actor_kind = actor_kind_name(op->actor.kind),
        .at = op->now_ms,
        .recorded_at = op->now_ms,
        .body = kept,
        .body_size = strlen(kept),
    };
    changes_event(op, ch, &ev, previous);
    memcpy(ret_hash, ev.hash, HASH_BYTES);
    return ERR_OK;
}

static enum err_code may_admin(struct op *op, const char *body_path)
{
    struct record_facts facts = {.body_path = body_path};

    return may_check(&op->actor, MAY_ADMIN_USER, &facts, &op->err);
}

/* ---- bodies ---- */

static bool code_ok(const char *code)
{
    size_t n = strlen(code);

    return n > 0 && n < BODY_CODE &&
           strspn(code, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") == n;
}

static enum err_code find_body(struct op *op, struct snapshot *snap, const char *code,
                               int64_t *ret_id, int64_t *ret_version,
                               unsigned char ret_head[HASH_BYTES])
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    size_t n;
    const void *head;

    TRY(snapshot_prepare(op, snap, SQL_body_version, &s));
    TRY(stmt_bind_text(op, s, 1, code));
    TRY(stmt_one_row(op, s));
    *ret_id = stmt_int64(s, 0);
    *ret_version = stmt_int64(s, 1);
    head = stmt_blob(s, 2, &n);
    if (n != HASH_BYTES)
        return err_set(&op->err, ERR_CORRUPT, "body %s: head", code);
    memcpy(ret_head, head, HASH_BYTES);
    return ERR_OK;
}

static enum err_code parent_path(struct op *op, const char *parent, const char **ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    *ret = "/";
    if (parent == NULL)
        return ERR_OK;
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_bodies_all, &s));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            return err_field(&op->err, ERR_INVALID, "parent", "unknown_body", "没有这个上级单位",
                             "There is no such parent body.");
        if (strcmp(stmt_text(s, 1), parent) == 0) {
            *ret = stmt_text_dup(op, s, 3);
            return ERR_OK;
        }
    }
}

static void body_row(struct changes *ch, int64_t id, const struct body_draft *b, const char *path,
                     const char *streets, const unsigned char hash[HASH_BYTES])
{
    changes_row(ch, SQL_body_insert, 1, ERR_CONFLICT);
    changes_int(ch, id);
    changes_text(ch, b->code);
    changes_text(ch, b->parent);
    changes_text(ch, path);
    changes_text(ch, b->kind);
    changes_text(ch, b->name_zh);
    changes_text(ch, b->name_en);
    changes_text(ch, b->division);
    changes_text(ch, streets);
    changes_text(ch, b->address);
    changes_text(ch, b->phone);
    changes_int(ch, b->valid_from);
    changes_blob(ch, hash, HASH_BYTES);
}

enum err_code body_add(struct op *op, const struct body_draft *b)
{
    CLEANUP(json_decrefp) json_t *body = NULL, *streets = json_array();
    struct changes *ch = changes_new(op);
    unsigned char hash[HASH_BYTES];
    const char *above, *path;
    char *list;
    int64_t id;

    if (!code_ok(b->code))
        return err_field(&op->err, ERR_INVALID, "code", "code", "代码用数字、字母和连字符，1–31 位",
                         "A code has 1 to 31 digits, letters or hyphens.");
    if (strcmp(b->kind, "bureau") != 0 && strcmp(b->kind, "branch") != 0 &&
        strcmp(b->kind, "station") != 0)
        return err_field(&op->err, ERR_INVALID, "kind", "unknown_choice",
                         "选 bureau、branch 或 station", "Choose bureau, branch or station.");
    TRY(parent_path(op, b->parent, &above));
    TRY(may_admin(op, above));
    TRY(snapshot_number(op, NULL, SQL_body_next_id, &id));
    path = arena_printf(op->arena, "%s%s/", above, b->code);
    for (size_t i = 0; i < b->n_streets; i++)
        json_array_append_new(streets, json_string(b->streets[i]));
    list = json_dumps(streets, JSON_COMPACT);
    body = json_pack("{s:s, s:s?, s:s, s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:I}", "code", b->code,
                     "parent", b->parent, "path", path, "kind", b->kind, "name_zh", b->name_zh,
                     "name_en", b->name_en, "division", b->division, "streets", list, "address",
                     b->address, "phone", b->phone, "valid_from", (json_int_t)b->valid_from);
    TRY(staff_event(op, ch, "body", id, 1, "add", body, NULL, hash));
    body_row(ch, id, b, path, list, hash);
    free(list);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* Another body that has not ended; none is fine. */
static enum err_code successor_ok(struct op *op, const struct body *ends, const char *successor)
{
    const struct body *next = successor == NULL ? NULL : setup_body(op->setup, successor);

    if (successor == NULL || (next != NULL && next->current && next != ends))
        return ERR_OK;
    return err_field(&op->err, ERR_INVALID, "successor", "unknown_body",
                     "写另一个没有撤销的单位的代码", "Give the code of another body that goes on.");
}

enum err_code body_end(struct op *op, const char *code, const char *successor)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(json_decrefp) json_t *body = NULL;
    const struct body *known = setup_body(op->setup, code);
    struct changes *ch = changes_new(op);
    unsigned char head[HASH_BYTES], hash[HASH_BYTES];
    int64_t id, version;

    if (known == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "body %s", code);
    TRY(may_admin(op, known->path));
    if (!known->current)
        return err_field(&op->err, ERR_INVALID, "code", "ended", "这个单位已经撤销",
                         "This body has ended already.");
    TRY(successor_ok(op, known, successor));
    TRY(snapshot_open(op, &snap));
    TRY(find_body(op, snap, code, &id, &version, head));
    body = json_pack("{s:I, s:s?}", "valid_to", (json_int_t)op->now_ms, "successor", successor);
    TRY(staff_event(op, ch, "body", id, version + 1, "end", body, head, hash));
    changes_row(ch, SQL_body_end, 1, ERR_CONFLICT);
    changes_int(ch, id);
    changes_int(ch, version);
    changes_int(ch, op->now_ms);
    changes_text(ch, successor);
    changes_int(ch, version + 1);
    changes_blob(ch, hash, HASH_BYTES);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

/* ---- officers ---- */

struct officer_row {
    struct officer officer;
    int64_t version;
    unsigned char head[HASH_BYTES];
};

struct officer officer_of_row(struct op *op, struct stmt *s, int at)
{
    return (struct officer){.id = stmt_int64(s, at),
                            .name = stmt_text_dup(op, s, at + 1),
                            .display = stmt_text_dup(op, s, at + 2),
                            .body = stmt_text_dup(op, s, at + 3),
                            .roles = (unsigned)stmt_int64(s, at + 4),
                            .active = stmt_is_null(s, at + 5)};
}

static enum err_code officer_row(struct op *op, int sql, int64_t id, const char *name,
                                 struct officer_row *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const void *head;
    size_t n;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, sql, &s));
    if (name != NULL)
        TRY(stmt_bind_text(op, s, 1, name));
    else
        TRY(stmt_bind_int64(op, s, 1, id));
    TRY(stmt_one_row(op, s));
    *ret = (struct officer_row){.officer = officer_of_row(op, s, 0), .version = stmt_int64(s, 6)};
    head = stmt_blob(s, 7, &n);
    if (n == HASH_BYTES)
        memcpy(ret->head, head, HASH_BYTES);
    return ERR_OK;
}

enum err_code officer_by_id(struct op *op, int64_t id, struct officer *ret)
{
    struct officer_row row;

    TRY(officer_row(op, SQL_officer_by_id, id, NULL, &row));
    *ret = row.officer;
    return ERR_OK;
}

enum err_code officer_by_name(struct op *op, const char *name, struct officer *ret)
{
    struct officer_row row;

    TRY(officer_row(op, SQL_officer_by_name, 0, name, &row));
    *ret = row.officer;
    return ERR_OK;
}

enum err_code officer_check(struct op *op, const struct officer_draft *o)
{
    const struct body *body = setup_body(op->setup, o->body);
    struct officer taken;

    if (o->name == NULL || utf8_count(o->name, strlen(o->name)) < 2 || strlen(o->name) > 64)
        return err_field(&op->err, ERR_INVALID, "name", "length", "登录名 2–64 个字",
                         "A name for signing in has 2 to 64 characters.");
    if (body == NULL)
        return err_field(&op->err, ERR_INVALID, "body", "unknown_body", "没有这个单位",
                         "There is no such body.");
    if (o->roles == 0 || (o->roles & ~ROLES_OFFICER) != 0)
        return err_field(&op->err, ERR_INVALID, "roles", "unknown_role", "至少选一个岗位",
                         "Choose at least one role.");
    TRY(may_admin(op, body->path));
    if (o->password != NULL)
        TRY(password_check(op, o->password));
    if (officer_by_name(op, o->name, &taken) == ERR_OK)
        return err_field(&op->err, ERR_INVALID, "name", "taken", "这个登录名已有人用",
                         "This name is taken.");
    err_clear(&op->err);
    return ERR_OK;
}

enum err_code officer_add(struct op *op, const struct officer_draft *o, int64_t *ret_id)
{
    CLEANUP(json_decrefp) json_t *body = NULL;
    struct changes *ch = changes_new(op);
    unsigned char hash[HASH_BYTES];
    int64_t id;

    TRY(officer_check(op, o));
    TRY(snapshot_number(op, NULL, SQL_officer_next_id, &id));
    body = json_pack("{s:s, s:s, s:s, s:i, s:I}", "name", o->name, "display", o->display, "body",
                     o->body, "roles", (int)o->roles, "valid_from", (json_int_t)op->now_ms);
    TRY(staff_event(op, ch, "officer", id, 1, "add", body, NULL, hash));
    changes_row(ch, SQL_officer_insert, 1, ERR_CONFLICT);
    changes_int(ch, id);
    changes_text(ch, o->name);
    changes_text(ch, o->display);
    changes_text(ch, o->body);
    changes_int(ch, o->roles);
    changes_int(ch, op->now_ms);
    changes_blob(ch, hash, HASH_BYTES);
    if (o->password != NULL)
        TRY(password_put(op, ch, id, o->password));
    TRY(store_apply(op, ch, QUEUE_INTERACTIVE));
    *ret_id = id;
    return ERR_OK;
}

enum err_code officer_disable(struct op *op, const char *name, const char *successor)
{
    CLEANUP(json_decrefp) json_t *body = NULL;
    struct changes *ch = changes_new(op);
    struct officer_row row, next = {0};
    const struct body *where;
    unsigned char hash[HASH_BYTES];

    TRY(officer_row(op, SQL_officer_by_name, 0, name, &row));
    where = setup_body(op->setup, row.officer.body);
    TRY(may_admin(op, where == NULL ? "/" : where->path));
    if (successor != NULL)
        TRY(officer_row(op, SQL_officer_by_name, 0, successor, &next));
    body = json_pack("{s:I, s:I}", "valid_to", (json_int_t)op->now_ms, "successor",
                     (json_int_t)next.officer.id);
    TRY(staff_event(op, ch, "officer", row.officer.id, row.version + 1, "end", body, row.head,
                    hash));
    changes_row(ch, SQL_officer_end, 1, ERR_CONFLICT);
    changes_int(ch, row.officer.id);
    changes_int(ch, row.version);
    changes_int(ch, op->now_ms);
    if (successor == NULL)
        changes_null(ch);
    else
        changes_int(ch, next.officer.id);
    changes_int(ch, row.version + 1);
    changes_blob(ch, hash, HASH_BYTES);
    changes_row(ch, SQL_session_delete_officer, ANY_ROWS, ERR_OK);
    changes_int(ch, row.officer.id);
    return store_apply(op, ch, QUEUE_INTERACTIVE);
}

enum err_code officer_list(struct op *op, const char *body, struct officer **ret, size_t *ret_n)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const struct body *root = setup_body(op->setup, body);
    size_t cap = 256;
    struct officer *list = ARENA_ARRAY(op->arena, struct officer, cap);
    struct may_scope counts = may_scope(&op->actor, MAY_COUNT);
    const char *reach = counts.open_all ? "/" : counts.open_subtree ? op->actor.body_path : "";
    bool row;

    *ret_n = 0;
    *ret = list;
    if (root == NULL || list == NULL)
        return err_set(&op->err, ERR_NOT_FOUND, "body");
    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_officers_within, &s));
    TRY(stmt_bind_text(op, s, 1, root->path));
    TRY(stmt_bind_text(op, s, 2, body_path_end(op->arena, root->path)));
    TRY(stmt_bind_text(op, s, 3, reach));
    TRY(stmt_bind_text(op, s, 4, body_path_end(op->arena, reach)));
    TRY(stmt_bind_int64(op, s, 5, counts.secret_all || counts.secret_subtree));
    for (;;) {
        TRY(stmt_step(op, s, &row));
        if (!row || *ret_n == cap)
            return ERR_OK;
        list[(*ret_n)++] = (struct officer){
            .id = stmt_int64(s, 0),
            .name = stmt_text_dup(op, s, 1),
            .display = stmt_text_dup(op, s, 2),
            .body = stmt_text_dup(op, s, 3),
            .roles = (unsigned)stmt_int64(s, 4),
            .active = stmt_is_null(s, 5),
            .open = stmt_int64(s, 6),
        };
    }
}

enum err_code actor_set_officer(struct op *op, const struct officer *officer)
{
    const struct body *body = setup_body(op->setup, officer->body);

    if (body == NULL || !officer->active)
        return err_set(&op->err, ERR_UNAUTHENTICATED, "officer or body is gone");
    op->actor = (struct actor){.kind = ACTOR_OFFICER,
                               .officer_id = officer->id,
                               .body_path = body->path,
                               .roles = officer->roles};
    snprintf(op->actor.body, sizeof op->actor.body, "%s", body->code);
    return ERR_OK;
}
