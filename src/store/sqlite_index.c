/* index.db: an FTS5 table that keeps its own copy of the tokens, so that a document is always
 * removed with exactly the words it was entered with. */
#include "store/sqlite_engine.h"

#include <unistd.h>

#define INDEX_LAYOUT 4

/* `ascii` leaves the tokens as the tokeniser made them: they hold no ASCII signs but letters and
 * digits (insight/tokens.h, TOKENS_FTS5_OPTIONS). No ranking, so no column sizes. */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "DROP TABLE IF EXISTS word; DROP TABLE IF EXISTS shown; DROP TABLE IF EXISTS business;"
    "DROP TABLE IF EXISTS past; DROP TABLE IF EXISTS meta;"
    "CREATE VIRTUAL TABLE word USING fts5(words, scope, tokenize='ascii', prefix='1',"
    " columnsize=0);"
    "CREATE TABLE shown (id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
    "CREATE VIRTUAL TABLE business USING fts5(words, tokenize='ascii', prefix='1', columnsize=0);"
    "CREATE TABLE past (id INTEGER PRIMARY KEY, facts BLOB NOT NULL);"
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta (name, value) VALUES ('layout', 4);"
    "COMMIT;";

static enum err_code layout_current(struct conn *conn, struct err *err)
{
    int64_t layout = 0, tables = 0;

    TRY(conn_number(conn,
                    "SELECT count(*) FROM sqlite_schema WHERE name IN ('meta', 'word', 'business')",
                    &tables, err));
    if (tables == 3)
        TRY(conn_number(conn, "SELECT value FROM meta WHERE name = 'layout'", &layout, err));
    if (layout == INDEX_LAYOUT)
        return conn_number(conn, "SELECT count(*) FROM (SELECT rowid FROM word LIMIT 1)", &tables,
                           err);
    return err_set(err, ERR_CONFLICT, "index.db has another layout");
}

static void remove_files(const struct sqlite_engine *e)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[4096];

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(path, sizeof path, "%s%s", e->index_path, ends[i]);
        unlink(path);
    }
}

enum err_code index_open(struct sqlite_engine *e, struct err *err)
{
    struct err ignored = {.code = ERR_OK};

    if (conn_open(e, CONN_INDEX, true, &e->index, &ignored) == ERR_OK) {
        if (layout_current(e->index, &ignored) == ERR_OK)
            return ERR_OK;
        if (ignored.code != ERR_CORRUPT && conn_exec(e->index, schema, &ignored) == ERR_OK)
            return ERR_OK;
        conn_close(e->index);
        e->index = NULL;
    }
    remove_files(e);
    TRY(conn_open(e, CONN_INDEX, true, &e->index, err));
    return conn_exec(e->index, schema, err);
}

void index_rest(struct sqlite_engine *e)
{
    pthread_mutex_lock(&e->index_lock);
    if (e->index != NULL) {
        int64_t changes = sqlite3_total_changes64(e->index->db);

        if (changes == e->index_rested)
            sqlite3_db_release_memory(e->index->db);
        e->index_rested = changes;
    }
    pthread_mutex_unlock(&e->index_lock);
}

void index_close(struct sqlite_engine *e)
{
    if (e->index != NULL)
        sqlite3_wal_checkpoint_v2(e->index->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    conn_close(e->index);
    e->index = NULL;
}

static enum err_code step_done(struct conn *conn, struct prepared *s, struct err *err)
{
    int rc = sqlite3_step(s->raw);

    return rc == SQLITE_DONE ? ERR_OK : sqlite_error(err, conn->db, rc, "write index.db");
}

/* The statements of a table of documents. */
struct doc_table {
    const char *remove, *insert;
    bool matters; /* with a scope, and a text to show */
};
static const struct doc_table word_table = {
    "DELETE FROM word WHERE rowid = $1",
    "INSERT INTO word (rowid, words, scope) VALUES ($1, $2, $3)", true};
static const struct doc_table business_table = {
    "DELETE FROM business WHERE rowid = $1", "INSERT INTO business (rowid, words) VALUES ($1, $2)",
    false};

/* Runs a statement with the document's id and up to two texts. */
static enum err_code run_doc(struct conn *conn, const char *sql, int64_t id, const char *first,
                             const char *second, struct err *err)
{
    struct prepared *s;
    enum err_code rc;

    TRY(conn_stmt_text(conn, sql, &s, err));
    sqlite3_bind_int64(s->raw, s->place[1], id);
    if (first != NULL)
        sqlite3_bind_text(s->raw, s->place[2], first, -1, SQLITE_STATIC);
    if (second != NULL)
        sqlite3_bind_text(s->raw, s->place[3], second, -1, SQLITE_STATIC);
    rc = step_done(conn, s, err);
    stmt_release(s);
    return rc;
}

static enum err_code write_shown(struct conn *conn, const struct index_doc *doc, struct err *err)
{
    if (doc->words == NULL || doc->shown == NULL || *doc->shown == '\0')
        return run_doc(conn, "DELETE FROM shown WHERE id = $1", doc->id, NULL, NULL, err);
    return run_doc(conn, "INSERT OR REPLACE INTO shown (id, text) VALUES ($1, $2)", doc->id,
                   doc->shown, NULL, err);
}

static enum err_code write_doc(struct conn *conn, const struct doc_table *table,
                               const struct index_doc *doc, struct err *err)
{
    TRY(run_doc(conn, table->remove, doc->id, NULL, NULL, err));
    if (table->matters)
        TRY(write_shown(conn, doc, err));
    if (doc->words == NULL)
        return ERR_OK;
    return run_doc(conn, table->insert, doc->id, doc->words, table->matters ? doc->scope : NULL,
                   err);
}

static enum err_code write_docs(struct conn *conn, const struct doc_table *table,
                                const struct index_doc *docs, size_t n, struct err *err)
{
    TRY(conn_exec(conn, "BEGIN IMMEDIATE", err));
    for (size_t i = 0; i < n; i++)
        TRY(write_doc(conn, table, &docs[i], err));
    return conn_exec(conn, "COMMIT", err);
}

enum err_code sqlite_index_apply(struct op *op, enum index_table which,
                                 const struct index_doc *docs, size_t n)
{
    const struct doc_table *table = which == INDEX_WORD ? &word_table : &business_table;
    struct sqlite_engine *e = sqlite_of(op);
    enum err_code rc;

    pthread_mutex_lock(&e->index_lock);
    rc = write_docs(e->index, table, docs, n, &op->err);
    if (rc == ERR_OK && table->matters)
        e->index_written += (int64_t)n;
    if (rc != ERR_OK && sqlite3_get_autocommit(e->index->db) == 0)
        sqlite3_exec(e->index->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&e->index_lock);
    return rc;
}

/* The first step puts all pieces into one merge, each further one writes so many pages of it;
 * fewer than two changed rows mean that nothing was left to do. */
static enum err_code tidy_step(struct sqlite_engine *e, struct err *err)
{
    int64_t before = sqlite3_total_changes64(e->index->db);

    if (!e->index_tidying)
        e->index_written = 0;
    TRY(conn_exec(e->index,
                  e->index_tidying ? "INSERT INTO word (word, rank) VALUES ('merge', 256)"
                                   : "INSERT INTO word (word, rank) VALUES ('merge', -256)",
                  err));
    e->index_tidying = sqlite3_total_changes64(e->index->db) - before >= 2;
    return ERR_OK;
}

enum err_code sqlite_index_tidy(struct op *op, bool *ret_more)
{
    struct sqlite_engine *e = sqlite_of(op);
    enum err_code rc = ERR_OK;

    pthread_mutex_lock(&e->index_lock);
    if (e->index_tidying || e->index_written >= INDEX_TIDY_AFTER)
        rc = tidy_step(e, &op->err);
    *ret_more = rc == ERR_OK && e->index_tidying;
    pthread_mutex_unlock(&e->index_lock);
    return rc;
}

enum err_code sqlite_index_clear(struct op *op)
{
    struct sqlite_engine *e = sqlite_of(op);
    enum err_code rc;

    pthread_mutex_lock(&e->index_lock);
    rc = conn_exec(e->index, schema, &op->err);
    if (rc != ERR_OK && sqlite3_get_autocommit(e->index->db) == 0)
        sqlite3_exec(e->index->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&e->index_lock);
    return rc;
}

static enum err_code meta_get(struct conn *conn, const char *name, int64_t *ret, struct err *err)
{
    struct prepared *s;
    int rc;

    TRY(conn_stmt_text(conn, "SELECT value FROM meta WHERE name = $1", &s, err));
    sqlite3_bind_text(s->raw, s->place[1], name, -1, SQLITE_STATIC);
    rc = sqlite3_step(s->raw);
    *ret = rc == SQLITE_ROW ? sqlite3_column_int64(s->raw, 0) : 0;
    stmt_release(s);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? ERR_OK
                                                 : sqlite_error(err, conn->db, rc, "read index.db");
}

static enum err_code meta_set(struct conn *conn, const char *name, int64_t value, struct err *err)
{
    struct prepared *s;
    enum err_code rc;

    TRY(conn_stmt_text(conn,
                       "INSERT INTO meta (name, value) VALUES ($1, $2) "
                       "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                       &s, err));
    sqlite3_bind_text(s->raw, s->place[1], name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s->raw, s->place[2], value);
    rc = step_done(conn, s, err);
    stmt_release(s);
    return rc;
}

enum err_code sqlite_index_meta_get(struct op *op, const char *name, int64_t *ret)
{
    struct sqlite_engine *e = sqlite_of(op);
    enum err_code rc;

    pthread_mutex_lock(&e->index_lock);
    rc = meta_get(e->index, name, ret, &op->err);
    pthread_mutex_unlock(&e->index_lock);
    return rc;
}

enum err_code sqlite_index_meta_set(struct op *op, const char *name, int64_t value)
{
    struct sqlite_engine *e = sqlite_of(op);
    enum err_code rc;

    pthread_mutex_lock(&e->index_lock);
    rc = meta_set(e->index, name, value, &op->err);
    pthread_mutex_unlock(&e->index_lock);
    return rc;
}

/* ---- pasts ---- */

static enum err_code write_piece(struct conn *conn, const struct index_past *piece, struct err *err)
{
    struct prepared *s;
    enum err_code rc;

    TRY(conn_stmt_text(conn,
                       "INSERT INTO past (id, facts) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE "
                       "SET facts = CAST(facts || excluded.facts AS BLOB)",
                       &s, err));
    sqlite3_bind_int64(s->raw, s->place[1], piece->id);
    sqlite3_bind_blob64(s->raw, s->place[2], piece->facts, piece->n, SQLITE_STATIC);
    rc = step_done(conn, s, err);
    stmt_release(s);
    return rc;
}

static enum err_code write_past(struct conn *conn, const struct index_past *pieces, size_t n,
                                struct index_past_mark from, struct index_past_mark to,
                                struct err *err)
{
    TRY(conn_exec(conn, "BEGIN IMMEDIATE", err));
    if (from.event == 0)
        TRY(conn_exec(conn, "DELETE FROM past", err));
    for (size_t i = 0; i < n; i++)
        TRY(write_piece(conn, &pieces[i], err));
    TRY(meta_set(conn, "past_from", from.event, err));
    TRY(meta_set(conn, "past_from_mark", from.hash, err));
    TRY(meta_set(conn, "past_to", to.event, err));
    TRY(meta_set(conn, "past_to_mark", to.hash, err));
    return conn_exec(conn, "COMMIT", err);
}

enum err_code sqlite_index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                                      struct index_past_mark from, struct index_past_mark to)
{
    struct sqlite_engine *e = sqlite_of(op);
    enum err_code rc;

    pthread_mutex_lock(&e->index_lock);
    rc = write_past(e->index, pieces, n, from, to, &op->err);
    if (rc != ERR_OK && sqlite3_get_autocommit(e->index->db) == 0)
        sqlite3_exec(e->index->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&e->index_lock);
    return rc;
}
