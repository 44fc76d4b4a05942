/* What a business is looked up by: rows of business_name, and its document in the index. */
#include <string.h>

#include "insight/fold.h"
#include "sql_queries.h"
#include "work/business.h"

#define NAMES_MAX (BUSINESS_ALIASES_MAX + 2)

struct names {
    size_t n;
    struct {
        const char *what, *name, *key;
    } list[NAMES_MAX];
};

static enum err_code add(struct op *op, struct names *names, const char *what, const char *name)
{
    struct folded folded;
    const char *key;

    if (name == NULL || names->n == NAMES_MAX)
        return ERR_OK;
    TRY(fold_text(op->setup->folder, op->arena, name, strlen(name), &folded));
    key = fold_utf8(op->arena, folded.units, folded.n);
    if (key == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a name");
    names->list[names->n].what = what;
    names->list[names->n].name = name;
    names->list[names->n++].key = key;
    return ERR_OK;
}

/* A merged one has none: its survivor took them over. */
static enum err_code names_of(struct op *op, const struct record *r, struct names *ret)
{
    const json_t *aliases = json_object_get(r->state, "aliases");

    ret->n = 0;
    if (strcmp(record_member(r, "status"), "merged") == 0)
        return ERR_OK;
    TRY(add(op, ret, "name", record_member(r, "name")));
    TRY(add(op, ret, "uscc", record_member(r, "uscc")));
    for (size_t i = 0; i < json_array_size(aliases); i++)
        TRY(add(op, ret, "alias", json_string_value(json_array_get(aliases, i))));
    return ERR_OK;
}

static bool same_member(const struct record *a, const struct record *b, const char *name)
{
    const json_t *x = json_object_get(a->state, name), *y = json_object_get(b->state, name);

    return x == y || (x != NULL && y != NULL && json_equal(x, y));
}

void business_project(struct op *op, struct changes *ch, const struct record *before,
                      const struct record *after)
{
    struct names *names = arena_alloc(op->arena, sizeof *names);

    if (before != NULL && same_member(before, after, "name") &&
        same_member(before, after, "uscc") && same_member(before, after, "aliases") &&
        same_member(before, after, "status"))
        return;
    if (names == NULL || names_of(op, after, names) != ERR_OK) {
        changes_fail(ch);
        return;
    }
    if (before != NULL) {
        changes_row(ch, SQL_business_names_clear, ANY_ROWS, ERR_OK);
        changes_int(ch, after->id);
    }
    for (size_t i = 0; i < names->n; i++) {
        changes_row(ch, SQL_business_name_insert, 1, ERR_CONFLICT);
        changes_int(ch, after->id);
        changes_int(ch, (int64_t)i);
        changes_text(ch, names->list[i].what);
        changes_text(ch, names->list[i].name);
        changes_text(ch, names->list[i].key);
    }
    changes_queue(ch, "names", after->id, 0);
}

enum err_code business_check(struct op *op, struct snapshot *snap, const struct record *record,
                             const char **ret_table)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct names *names = arena_alloc(op->arena, sizeof *names);
    size_t n = 0;
    bool row, same = true;

    *ret_table = NULL;
    if (names == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "names");
    TRY(names_of(op, record, names));
    TRY(snapshot_prepare(op, snap, SQL_business_names_of, &s));
    TRY(stmt_bind_int64(op, s, 1, record->id));
    for (;; n++) {
        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        same = same && n < names->n && stmt_int64(s, 0) == (int64_t)n &&
               strcmp(stmt_text(s, 1), names->list[n].what) == 0 &&
               strcmp(stmt_text(s, 2), names->list[n].name) == 0 &&
               strcmp(stmt_text(s, 3), names->list[n].key) == 0;
    }
    if (!same || n != names->n)
        *ret_table = "business_name";
    return ERR_OK;
}
