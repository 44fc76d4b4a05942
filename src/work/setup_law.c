/* Packs and calendars in the database: those that were used are kept, and never change. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "rules/pack.h"
#include "sql_queries.h"
#include "work/setup_internal.h"

void revision_keep(struct op *op, struct changes *ch, const char *kind, const char *name,
                   int64_t revision, const char *content)
{
    unsigned char hash[HASH_BYTES];

    crypto_generichash(hash, sizeof hash, (const unsigned char *)content, strlen(content), NULL, 0);
    changes_row(ch, SQL_revision_put, ANY_ROWS, ERR_OK);
    changes_text(ch, kind);
    changes_text(ch, name);
    changes_int(ch, revision);
    changes_text(ch, content);
    changes_blob(ch, hash, sizeof hash);
    changes_int(ch, op->now_ms);
    changes_mac(op, ch, "revision");
}

/* ---- packs ---- */

static int64_t revision_of(const struct pack *pack)
{
    int64_t revision = 0;

    (void)text_int64(pack->revision, &revision);
    return revision;
}

static enum err_code add_kept(struct op *op, const char *content, struct kept_packs *ret)
{
    struct pack **more = realloc(ret->packs, (ret->n + 1) * sizeof *more);

    if (more == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "kept packs");
    ret->packs = more;
    TRY(pack_load(NULL, content, strlen(content), &more[ret->n], &op->err));
    ret->n++;
    return ERR_OK;
}

enum err_code revision_changed_silently(struct op *op, const char *name, int64_t revision)
{
    char zh[200], en[200];

    snprintf(zh, sizeof zh, "规则包 %s 第 %lld 版和库里保存的不一样：内容改了，版本号也要改。",
             name, (long long)revision);
    snprintf(en, sizeof en,
             "Pack %s revision %lld differs from the one kept here: a changed pack needs another "
             "revision.",
             name, (long long)revision);
    return err_field(&op->err, ERR_INVALID, arena_printf(op->arena, "packs.%s.revision", name),
                     "same_revision", zh, en);
}

static enum err_code read_kept(struct op *op, struct pack *const *current, size_t n, bool *there,
                               struct kept_packs *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool row;

    TRY(snapshot_open(op, &snap));
    TRY(snapshot_prepare(op, snap, SQL_revisions_of, &s));
    TRY(stmt_bind_text(op, s, 1, "pack"));
    for (;;) {
        size_t i = 0;

        TRY(stmt_step(op, s, &row));
        if (!row)
            return ERR_OK;
        while (i < n && (strcmp(current[i]->id, stmt_text(s, 0)) != 0 ||
                         revision_of(current[i]) != stmt_int64(s, 1)))
            i++;
        if (i == n)
            TRY(add_kept(op, stmt_text(s, 2), ret));
        else if (strcmp(current[i]->text, stmt_text(s, 2)) != 0)
            return revision_changed_silently(op, stmt_text(s, 0), stmt_int64(s, 1));
        else
            there[i] = true;
    }
}

enum err_code kept_packs_load(struct op *op, struct pack *const *current, size_t n,
                              struct kept_packs *ret)
{
    struct changes *ch = changes_new(op);
    bool *there = ARENA_ARRAY(op->arena, bool, n);
    size_t fresh = 0;
    enum err_code rc;

    if (there == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "kept packs");
    memset(there, 0, n * sizeof *there);
    TRY(read_kept(op, current, n, there, ret));
    for (size_t i = 0; i < n; i++) {
        if (there[i])
            continue;
        revision_keep(op, ch, "pack", current[i]->id, revision_of(current[i]), current[i]->text);
        fresh++;
    }
    if (fresh == 0)
        return ERR_OK;
    rc = store_apply(op, ch, QUEUE_INTERACTIVE);
    /* Without room nothing can be received either: they are kept with the next start. */
    if (rc == ERR_STORE_FULL) {
        err_clear(&op->err);
        rc = ERR_OK;
    }
    return rc;
}

void kept_packs_release(struct kept_packs *kept)
{
    for (size_t i = 0; i < kept->n; i++)
        pack_free(kept->packs[i]);
    free(kept->packs);
    *kept = (struct kept_packs){0};
}

/* ---- the calendar ---- */

int64_t calendar_edition(const json_t *base, int64_t imports)
{
    const char *text = json_string_value(json_object_get(base, "revision"));
    int64_t own = 0;

    if (text != NULL)
        (void)text_int64(text, &own);
    return own * CALENDAR_EDITIONS + imports;
}

static bool put_year(json_t *list, json_t *year)
{
    json_int_t number = json_integer_value(json_object_get(year, "year"));

    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_integer_value(json_object_get(json_array_get(list, i), "year")) == number)
            return json_array_set(list, i, year) == 0;
    return json_array_append(list, year) == 0;
}

json_t *calendar_with(const json_t *base, const json_t *years, int64_t imports)
{
    json_t *whole = json_deep_copy(base), *list, *year;
    const char *name, *own;
    char revision[64];
    bool good;

    if (whole == NULL || imports == 0)
        return whole;
    list = json_object_get(whole, "years");
    own = json_string_value(json_object_get(whole, "revision"));
    snprintf(revision, sizeof revision, "%.40s.%lld", own == NULL ? "" : own, (long long)imports);
    good = json_object_set_new(whole, "revision", json_string(revision)) == 0;
    json_object_foreach((json_t *)(uintptr_t)years, name, year) good &= put_year(list, year);
    if (good)
        return whole;
    json_decref(whole);
    return NULL;
}

enum err_code calendar_record(struct op *op, struct snapshot *snap, const char *id,
                              struct record *ret)
{
    enum err_code rc = record_by_key(op, snap, "calendar", id, ret);

    if (rc != ERR_NOT_FOUND)
        return rc;
    err_clear(&op->err);
    *ret = (struct record){.kind = "calendar", .state = json_object()};
    return ret->state == NULL ? err_set(&op->err, ERR_NO_MEMORY, "calendar") : ERR_OK;
}
