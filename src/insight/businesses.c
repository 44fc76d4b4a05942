/* Businesses by name. */
#include "insight/businesses.h"

#include <string.h>

#include "base/buf.h"
#include "insight/tokens.h"
#include "sql_queries.h"
#include "store/index.h"

#define BEHIND_ALL "\xf4\x8f\xbf\xbf" /* the last code point */
#define NAMES_READ 4                  /* names read per business wanted: one may have several */
#define WORDS_BYTES ((size_t)256 * 1024)

static bool add_hit(struct business_hit *list, size_t *n, size_t max, struct business_hit hit)
{
    for (size_t i = 0; i < *n; i++)
        if (list[i].id == hit.id)
            return true;
    if (*n == max)
        return false;
    list[(*n)++] = hit;
    return true;
}

static enum err_code by_prefix(struct op *op, struct snapshot *snap, const char *key, size_t max,
                               struct business_hit *ret, size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    const char *end = arena_printf(op->arena, "%s" BEHIND_ALL, key);
    bool row = true;

    TRY(snapshot_prepare(op, snap, SQL_business_by_prefix, &s));
    TRY(stmt_bind_text(op, s, 1, key));
    TRY(stmt_bind_text(op, s, 2, end));
    TRY(stmt_bind_int64(op, s, 3, (int64_t)(max * NAMES_READ)));
    while (row) {
        struct business_hit hit;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        hit = (struct business_hit){stmt_int64(s, 0), stmt_text_dup(op, s, 1),
                                    stmt_text_dup(op, s, 2)};
        row = add_hit(ret, ret_n, max, hit);
    }
    return ERR_OK;
}

static enum err_code by_words(struct op *op, struct snapshot *snap, const struct folder *folder,
                              const char *typed, size_t max, struct business_hit *ret,
                              size_t *ret_n)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    struct query *query = arena_alloc(op->arena, sizeof *query);
    const char *match;
    bool row = true;

    if (query == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "words");
    TRY(query_parse(folder, op->arena, typed, query));
    match = query_fts5(op->arena, query);
    if (match == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "words");
    if (*match == '\0')
        return ERR_OK;
    match = index_match(op, match);
    if (match == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "words");
    TRY(snapshot_prepare(op, snap, SQL_business_by_words, &s));
    TRY(stmt_bind_text(op, s, 1, match));
    TRY(stmt_bind_int64(op, s, 2, (int64_t)(max * 2)));
    while (row) {
        TRY(stmt_step(op, s, &row));
        if (row)
            row = add_hit(ret, ret_n, max, (struct business_hit){stmt_int64(s, 0), "words", NULL});
    }
    return ERR_OK;
}

enum err_code businesses_look_up(struct op *op, struct snapshot *snap, const struct folder *folder,
                                 const char *typed, size_t max,
                                 struct business_hit ret[BUSINESS_HITS_MAX], size_t *ret_n)
{
    struct folded folded;
    const char *key;

    *ret_n = 0;
    if (max > BUSINESS_HITS_MAX)
        max = BUSINESS_HITS_MAX;
    TRY(fold_text(folder, op->arena, typed, strlen(typed), &folded));
    key = fold_utf8(op->arena, folded.units, folded.n);
    if (key == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "a look-up");
    if (*key == '\0')
        return ERR_OK;
    TRY(by_prefix(op, snap, key, max, ret, ret_n));
    return *ret_n < max ? by_words(op, snap, folder, typed, max, ret, ret_n) : ERR_OK;
}

/* ---- the index ---- */

static enum err_code words_of(struct op *op, struct snapshot *snap, const struct folder *folder,
                              int64_t id, const char **ret)
{
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    CLEANUP(buf_release) struct buf words = BUF_UP_TO(WORDS_BYTES);
    bool row;

    TRY(snapshot_prepare(op, snap, SQL_business_names_of, &s));
    TRY(stmt_bind_int64(op, s, 1, id));
    for (;;) {
        struct folded text;
        const char *name;

        TRY(stmt_step(op, s, &row));
        if (!row)
            break;
        name = stmt_text(s, 2);
        TRY(fold_text(folder, op->arena, name, strlen(name), &text));
        if (words.len > 0)
            buf_adds(&words, " " TOKENS_BARRIER " ");
        tokens_join(&text, &words);
    }
    *ret = words.len == 0 ? NULL : buf_dup(&words, op->arena);
    return words.failed || (words.len > 0 && *ret == NULL)
               ? err_set(&op->err, ERR_NO_MEMORY, "words of a business")
               : ERR_OK;
}

enum err_code index_businesses(struct op *op, const struct folder *folder, const int64_t *ids,
                               size_t n, const struct index_reach *reach)
{
    struct index_doc *docs = ARENA_ARRAY(op->arena, struct index_doc, n + 1);
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;

    if (docs == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "documents");
    TRY(snapshot_open(op, &snap));
    for (size_t i = 0; i < n; i++) {
        docs[i] = (struct index_doc){.id = ids[i]};
        TRY(words_of(op, snap, folder, ids[i], &docs[i].words));
    }
    snapshot_closep(&snap);
    return index_apply_businesses(op, docs, n, reach);
}
