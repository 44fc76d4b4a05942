/* The index of words, and what lies beside it: writing. Its sets do not wait for the disk: what a
 * crash takes is the last of them in order, with the marks of how far it came and the rows of work
 * that were done by it. */
#include "store/pg_engine.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"

#define DOC_BYTES ((size_t)16 << 20)
#define ARENA_BYTES ((size_t)256 << 20)
#define NO_WAIT "SET LOCAL synchronous_commit = off"

/* ---- writing ---- */

static void row(struct changes *ch, const char *sql)
{
    changes_row_text(ch, sql, ANY_ROWS, ERR_BUSY);
}

/* A set of the index's own, beside what the op is about. */
static enum err_code begin_set(struct op *op, struct op *own, struct changes **ret)
{
    *own = (struct op){.store = op->store, .now_ms = op->now_ms, .arena = arena_new(ARENA_BYTES)};
    *ret = own->arena == NULL ? NULL : changes_new(own);
    if (*ret == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for the index");
    row(*ret, NO_WAIT);
    return ERR_OK;
}

static enum err_code end_set(struct op *op, struct op *own, struct changes *ch)
{
    enum err_code rc = store_apply(own, ch, QUEUE_BULK);

    if (rc != ERR_OK)
        err_note(&op->err, rc, "%s", own->err.why);
    arena_free(own->arena);
    return rc;
}

static void put_doc(struct changes *ch, enum index_table table, const struct index_doc *doc)
{
    CLEANUP(buf_release) struct buf words = BUF_UP_TO(DOC_BYTES);

    if (doc->words == NULL) {
        row(ch, table == INDEX_WORD ? "DELETE FROM idx.word WHERE id = $1"
                                    : "DELETE FROM idx.business WHERE id = $1");
        changes_int(ch, doc->id);
        return;
    }
    pg_words_of(doc, ch->arena, &words);
    if (words.failed) {
        changes_fail(ch);
        return;
    }
    row(ch, table == INDEX_WORD ? "INSERT INTO idx.word (id, doc) VALUES ($1, $2) "
                                  "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc"
                                : "INSERT INTO idx.business (id, doc) VALUES ($1, $2) "
                                  "ON CONFLICT (id) DO UPDATE SET doc = excluded.doc");
    changes_int(ch, doc->id);
    changes_blob(ch, words.data, words.len);
}

static void put_shown(struct changes *ch, const struct index_doc *doc)
{
    if (doc->words == NULL || doc->shown == NULL || *doc->shown == '\0') {
        row(ch, "DELETE FROM idx.shown WHERE id = $1");
        changes_int(ch, doc->id);
        return;
    }
    row(ch, "INSERT INTO idx.shown (id, text) VALUES ($1, $2) "
            "ON CONFLICT (id) DO UPDATE SET text = excluded.text");
    changes_int(ch, doc->id);
    changes_text(ch, doc->shown);
}

enum err_code pg_index_apply(struct op *op, enum index_table table, const struct index_doc *docs,
                             size_t n)
{
    struct changes *ch;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    for (size_t i = 0; i < n; i++) {
        put_doc(ch, table, &docs[i]);
        if (table == INDEX_WORD)
            put_shown(ch, &docs[i]);
    }
    atomic_store(&pg_of(op)->index_written, true);
    return end_set(op, &own, ch);
}

static void set_meta(struct changes *ch, const char *name, int64_t value)
{
    row(ch, "INSERT INTO idx.meta (name, value) VALUES ($1, $2) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    changes_text(ch, name);
    changes_int(ch, value);
}

static int compare_pieces(const void *a, const void *b)
{
    const struct index_past *first = *(const struct index_past *const *)a;
    const struct index_past *second = *(const struct index_past *const *)b;
    int order = (first->id > second->id) - (first->id < second->id);

    return order != 0 ? order : (first > second) - (first < second);
}

/* Pieces of one matter go in together, in their order. */
static void put_pieces(struct changes *ch, const struct index_past *pieces, size_t n)
{
    const struct index_past **order = ARENA_ARRAY(ch->arena, const struct index_past *, n + 1);
    CLEANUP(buf_release) struct buf facts = BUF_UP_TO(DOC_BYTES);

    if (order == NULL) {
        changes_fail(ch);
        return;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = &pieces[i];
    qsort((void *)order, n, sizeof *order, compare_pieces);
    for (size_t i = 0; i < n; i++) {
        buf_add(&facts, order[i]->facts, order[i]->n);
        if (i + 1 < n && order[i + 1]->id == order[i]->id)
            continue;
        if (facts.failed) {
            changes_fail(ch);
            return;
        }
        row(ch, "INSERT INTO idx.past (id, facts) VALUES ($1, $2) "
                "ON CONFLICT (id) DO UPDATE SET facts = past.facts || excluded.facts");
        changes_int(ch, order[i]->id);
        changes_blob(ch, facts.data, facts.len);
        buf_reset(&facts);
    }
}

/* Two daemons may come to the same events: the second one, which waits for the first at the row of
 * past_to, must find it where it began; else it has nothing to add. */
enum err_code pg_index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                                  struct index_past_mark from, struct index_past_mark to)
{
    struct changes *ch;
    enum err_code rc;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    if (from.event == 0) {
        set_meta(ch, "past_to", to.event);
        row(ch, "DELETE FROM idx.past");
    } else {
        changes_row_text(ch, "UPDATE idx.meta SET value = $1 WHERE name = 'past_to' AND value = $2",
                         1, ERR_CONFLICT);
        changes_int(ch, to.event);
        changes_int(ch, from.event);
    }
    put_pieces(ch, pieces, n);
    set_meta(ch, "past_from", from.event);
    set_meta(ch, "past_from_mark", from.hash);
    set_meta(ch, "past_to_mark", to.hash);
    rc = end_set(op, &own, ch);
    if (rc != ERR_CONFLICT)
        return rc;
    err_clear(&op->err); /* another daemon went on from there */
    return ERR_OK;
}

/* ---- an index that is new ---- */

/* As the migrations make them; they are not there while their table is filled. */
static const char *const make_index[] = {
    [INDEX_WORD] = "CREATE INDEX IF NOT EXISTS word_doc ON idx.word USING gin (doc) "
                   "WITH (gin_pending_list_limit = 256)",
    [INDEX_BUSINESS] = "CREATE INDEX IF NOT EXISTS business_doc ON idx.business USING gin (doc) "
                       "WITH (gin_pending_list_limit = 256)",
};

/* Who searches at that moment is waited for, but not so long that others queue behind. */
enum err_code pg_index_clear(struct op *op)
{
    struct pg_engine *e = pg_of(op);
    struct pg_conn *conn;
    enum err_code rc;

    TRY(pg_take(e, &e->writers, &conn, &op->err));
    rc = pg_exec(conn,
                 "BEGIN; SET LOCAL lock_timeout = '2s'; "
                 "TRUNCATE idx.word, idx.shown, idx.business, idx.past, idx.meta; "
                 "DROP INDEX IF EXISTS idx.word_doc, idx.business_doc; COMMIT",
                 NULL, &op->err);
    pg_give(&e->writers, conn); /* closed where it failed */
    return rc;
}

/* Whether the index is still where @p reach begins: another daemon may have been there first. */
static enum err_code move_reach(struct pg_conn *conn, const struct index_reach *reach,
                                bool *ret_moved, struct err *err)
{
    char from[24], to[24];
    const char *values[] = {reach->name, to, from};
    CLEANUP(pg_clearp) PGresult *r = NULL;

    snprintf(from, sizeof from, "%lld", (long long)reach->from);
    snprintf(to, sizeof to, "%lld", (long long)reach->to);
    r = PQexecParams(conn->raw,
                     "INSERT INTO idx.meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO "
                     "UPDATE SET value = excluded.value WHERE meta.value = $3",
                     3, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        return pg_error(err, conn, r, "how far the index came");
    *ret_moved = strcmp(PQcmdTuples(r), "1") == 0;
    return ERR_OK;
}

static enum err_code copy_words(struct pg_conn *conn, enum index_table table,
                                const struct index_doc *docs, size_t n, struct arena *arena,
                                struct err *err)
{
    CLEANUP(buf_release) struct buf words = BUF_UP_TO(DOC_BYTES);
    CLEANUP(pg_rows_release) struct pg_rows rows = {.conn = NULL};

    TRY(pg_rows_begin(&rows, conn,
                      table == INDEX_WORD
                          ? "COPY idx.word (id, doc) FROM STDIN (FORMAT binary)"
                          : "COPY idx.business (id, doc) FROM STDIN (FORMAT binary)",
                      err));
    for (size_t i = 0; i < n; i++) {
        if (docs[i].words == NULL)
            continue;
        buf_reset(&words);
        pg_words_of(&docs[i], arena, &words);
        if (words.failed)
            return err_set(err, ERR_NO_MEMORY, "no memory for words");
        pg_rows_row(&rows, 2);
        pg_rows_int(&rows, docs[i].id);
        pg_rows_bytes(&rows, words.data, words.len);
        TRY(pg_rows_send(&rows, err));
    }
    return pg_rows_end(&rows, err);
}

static enum err_code copy_shown(struct pg_conn *conn, const struct index_doc *docs, size_t n,
                                struct err *err)
{
    CLEANUP(pg_rows_release) struct pg_rows rows = {.conn = NULL};

    TRY(pg_rows_begin(&rows, conn, "COPY idx.shown (id, text) FROM STDIN (FORMAT binary)", err));
    for (size_t i = 0; i < n; i++) {
        if (docs[i].words == NULL || docs[i].shown == NULL || *docs[i].shown == '\0')
            continue;
        pg_rows_row(&rows, 2);
        pg_rows_int(&rows, docs[i].id);
        pg_rows_bytes(&rows, docs[i].shown, strlen(docs[i].shown));
        TRY(pg_rows_send(&rows, err));
    }
    return pg_rows_end(&rows, err);
}

static enum err_code fill_inside(struct pg_conn *conn, enum index_table table,
                                 const struct index_doc *docs, size_t n,
                                 const struct index_reach *reach, struct arena *arena,
                                 struct err *err)
{
    bool moved = false;

    TRY(pg_exec(conn, "BEGIN; " NO_WAIT, NULL, err));
    TRY(move_reach(conn, reach, &moved, err));
    if (!moved)
        return pg_exec(conn, "ROLLBACK", NULL, err);
    if (n > 0)
        TRY(copy_words(conn, table, docs, n, arena, err));
    if (n > 0 && table == INDEX_WORD)
        TRY(copy_shown(conn, docs, n, err));
    if (reach->to < 0)
        TRY(pg_exec(conn, make_index[table], NULL, err));
    return pg_exec(conn, "COMMIT", NULL, err);
}

/* Rows go in by COPY, and the index over them is made in one go behind the last: while it grows
 * with them, each document costs five times as much. */
enum err_code pg_index_fill(struct op *op, enum index_table table, const struct index_doc *docs,
                            size_t n, const struct index_reach *reach)
{
    struct pg_engine *e = pg_of(op);
    struct pg_conn *conn;
    enum err_code rc;

    TRY(pg_take(e, &e->writers, &conn, &op->err));
    rc = fill_inside(conn, table, docs, n, reach, op->arena, &op->err);
    pg_give(&e->writers, conn); /* closed where it failed: then nothing of it happened */
    return rc;
}

/* ---- keeping it ---- */

/* What was added lately lies in a list beside the index, which every search reads through: in idle
 * moments it goes into the index. */
enum err_code pg_index_tidy(struct op *op, bool *ret_more)
{
    struct pg_engine *e = pg_of(op);
    struct pg_conn *conn;
    enum err_code rc;
    int64_t pages;

    *ret_more = false;
    if (!atomic_exchange(&e->index_written, false))
        return ERR_OK;
    TRY(pg_take(e, &e->writers, &conn, &op->err));
    rc = pg_number(conn,
                   "SELECT sum(gin_clean_pending_list(made)) FROM to_regclass('idx.word_doc') made "
                   "WHERE made IS NOT NULL",
                   &pages, &op->err);
    pg_give(&e->writers, conn);
    return rc;
}

static enum err_code read_meta(struct op *own, const char *name, int64_t *ret)
{
    CLEANUP(snapshot_closep) struct snapshot *snap = NULL;
    CLEANUP(stmt_closep) struct stmt *s = NULL;
    bool found;

    TRY(snapshot_open(own, &snap));
    TRY(snapshot_prepare_text(own, snap, "SELECT value FROM idx.meta WHERE name = $1", &s));
    TRY(stmt_bind_text(own, s, 1, name));
    TRY(stmt_step(own, s, &found));
    *ret = found ? stmt_int64(s, 0) : 0;
    return ERR_OK;
}

enum err_code pg_index_meta_get(struct op *op, const char *name, int64_t *ret)
{
    struct op own = {.store = op->store, .arena = arena_new((size_t)64 << 10)};
    enum err_code rc;

    if (own.arena == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for the index");
    rc = read_meta(&own, name, ret);
    if (rc != ERR_OK)
        err_note(&op->err, rc, "%s", own.err.why);
    arena_free(own.arena);
    return rc;
}

enum err_code pg_index_meta_set(struct op *op, const char *name, int64_t value)
{
    struct changes *ch;
    struct op own;

    TRY(begin_set(op, &own, &ch));
    set_meta(ch, name, value);
    return end_set(op, &own, ch);
}
