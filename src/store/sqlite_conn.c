/* One connection to SQLite: settings, statements kept prepared, errors. */
#include "store/sqlite_engine.h"

#include "base/text.h"

enum err_code sqlite_error(struct err *err, sqlite3 *db, int rc, const char *doing)
{
    enum err_code code;
    const char *words = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(rc);

    switch (rc == SQLITE_IOERR_NOMEM ? SQLITE_NOMEM : rc & 0xff) {
    case SQLITE_FULL:
        code = ERR_STORE_FULL;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        code = ERR_BUSY;
        break;
    case SQLITE_NOMEM:
        code = ERR_NO_MEMORY;
        break;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        code = ERR_IO;
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        code = ERR_CORRUPT;
        break;
    default:
        code = ERR_INTERNAL;
        break;
    }
    return err_set(err, code, "%s (%d): %s", words, rc, doing); /* a statement may be long */
}

enum err_code conn_exec(struct conn *conn, const char *sql, struct err *err)
{
    int rc = sqlite3_exec(conn->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? ERR_OK : sqlite_error(err, conn->db, rc, sql);
}

enum err_code conn_number(struct conn *conn, const char *sql, int64_t *ret, struct err *err)
{
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(conn->db, sql, -1, &raw, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(raw);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(raw, 0);
    sqlite3_finalize(raw);
    if (rc == SQLITE_ROW)
        return ERR_OK;
    return rc == SQLITE_DONE ? err_set(err, ERR_NOT_FOUND, "no row: %s", sql)
                             : sqlite_error(err, conn->db, rc, sql);
}

/* ---- opening ---- */

static enum err_code settings(struct sqlite_engine *e, struct conn *conn, enum conn_role role,
                              struct err *err)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DDL,
                              SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION};
    static const int on[] = {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE};

    sqlite3_extended_result_codes(conn->db, 1);
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++)
        sqlite3_db_config(conn->db, off[i], 0, NULL);
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
        sqlite3_db_config(conn->db, on[i], 1, NULL);
    sqlite3_busy_timeout(conn->db, role == CONN_READER ? 2000 : 30);
    TRY(conn_exec(conn, "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;", err));
    if (role == CONN_READER)
        return conn_exec(conn,
                         "PRAGMA cache_size = -6144; PRAGMA wal_autocheckpoint = 0;"
                         "PRAGMA query_only = ON;",
                         err);
    /* The page size counts only while the file is new. */
    TRY(conn_exec(conn, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL;", err));
    TRY(conn_exec(conn, "PRAGMA journal_size_limit = 33554432;", err));
    if (role == CONN_INDEX)
        return conn_exec(conn,
                         "PRAGMA cache_size = -8192; PRAGMA synchronous = FULL;"
                         "PRAGMA wal_autocheckpoint = 1000;",
                         err);
    if (e->filling) /* NORMAL: synced before and behind each copying back, so always whole */
        return conn_exec(conn,
                         "PRAGMA cache_size = -131072; PRAGMA wal_autocheckpoint = 0;"
                         "PRAGMA synchronous = NORMAL;",
                         err);
    return conn_exec(conn,
                     e->no_sync ? "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0;"
                                  "PRAGMA synchronous = OFF;"
                                : "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 0;"
                                  "PRAGMA synchronous = FULL;",
                     err);
}

/* Readers see the index as schema "idx"; its own file keeps them from writing by query_only. */
static enum err_code attach_index(struct sqlite_engine *e, struct conn *conn, struct err *err)
{
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(conn->db, "ATTACH ?1 AS idx", -1, &raw, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(raw, 1, e->index_path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(raw);
    sqlite3_finalize(raw);
    if (rc != SQLITE_DONE)
        return sqlite_error(err, conn->db, rc, "attach index.db");
    return conn_exec(conn, "PRAGMA idx.cache_size = -8192;", err); /* it begins with 2 MB */
}

enum err_code conn_open(struct sqlite_engine *e, enum conn_role role, bool create,
                        struct conn **ret, struct err *err)
{
    const char *path = role == CONN_INDEX ? e->index_path : e->path;
    struct conn *conn = calloc(1, sizeof *conn);
    enum err_code rc = ERR_OK;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int opened;

    if (conn == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a connection");
    opened = sqlite3_open_v2(path, &conn->db, flags, e->vfs);
    if (opened != SQLITE_OK)
        rc = sqlite_error(err, conn->db, opened, path);
    if (rc == ERR_OK)
        rc = settings(e, conn, role, err);
    if (rc == ERR_OK && role == CONN_READER)
        rc = attach_index(e, conn, err);
    if (rc != ERR_OK) {
        conn_close(conn);
        return rc;
    }
    *ret = conn;
    return ERR_OK;
}

static void stmt_free(struct prepared *s)
{
    if (s == NULL)
        return;
    sqlite3_finalize(s->raw);
    free(s->text);
    free(s);
}

void conn_close(struct conn *conn)
{
    if (conn == NULL)
        return;
    for (int i = 0; i < SQL_COUNT; i++)
        stmt_free(conn->by_id[i]);
    for (int i = 0; i < TEXT_CACHE; i++)
        stmt_free(conn->by_text[i]);
    sqlite3_close_v2(conn->db);
    free(conn);
}

/* ---- statements ---- */

/* SQLite numbers $n by first appearance; this finds where each $n went. */
static enum err_code find_places(struct prepared *s, struct err *err)
{
    int n = sqlite3_bind_parameter_count(s->raw);

    for (int i = 1; i <= n; i++) {
        const char *name = sqlite3_bind_parameter_name(s->raw, i);
        int64_t number;

        if (name == NULL || name[0] != '$' || !text_int64(name + 1, &number) || number < 1 ||
            number > PARAMS_MAX || i > 255)
            return err_set(err, ERR_INTERNAL, "parameters are $1 to $%d: %s", PARAMS_MAX,
                           sqlite3_sql(s->raw));
        s->place[number] = (unsigned char)i;
        if (number > s->n_params)
            s->n_params = (int)number;
    }
    return ERR_OK;
}

static enum err_code prepare(struct conn *conn, const char *sql, bool cached, struct prepared **ret,
                             struct err *err)
{
    struct prepared *s = calloc(1, sizeof *s);
    int rc;

    if (s == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a statement");
    s->base.kind = &sqlite_kind;
    s->conn = conn;
    s->cached = cached;
    rc = sqlite3_prepare_v3(conn->db, sql, -1, cached ? SQLITE_PREPARE_PERSISTENT : 0, &s->raw,
                            NULL);
    if (rc != SQLITE_OK) {
        stmt_free(s);
        return sqlite_error(err, conn->db, rc, sql);
    }
    if (find_places(s, err) != ERR_OK) {
        stmt_free(s);
        return ERR_INTERNAL;
    }
    *ret = s;
    return ERR_OK;
}

static struct prepared *take(struct prepared *s)
{
    s->in_use = true;
    s->on_row = false;
    s->conn->stmts_in_use++;
    return s;
}

enum err_code conn_stmt(struct conn *conn, int sql, struct prepared **ret, struct err *err)
{
    struct prepared *s;

    INVARIANT(sql >= 0 && sql < SQL_COUNT);
    s = conn->by_id[sql];
    if (s == NULL) {
        TRY(prepare(conn, sql_texts[sql], true, &s, err));
        conn->by_id[sql] = s;
    } else if (s->in_use) {
        TRY(prepare(conn, sql_texts[sql], false, &s, err));
    }
    *ret = take(s);
    return ERR_OK;
}

/* Puts the entry at @p i first; the others move back. */
static void move_to_front(struct conn *conn, int i)
{
    struct prepared *s = conn->by_text[i];

    for (; i > 0; i--)
        conn->by_text[i] = conn->by_text[i - 1];
    conn->by_text[0] = s;
}

enum err_code conn_stmt_text(struct conn *conn, const char *sql, struct prepared **ret,
                             struct err *err)
{
    struct prepared *s = NULL;
    int i;

    for (i = 0; i < TEXT_CACHE && conn->by_text[i] != NULL; i++)
        if (strcmp(conn->by_text[i]->text, sql) == 0)
            break;
    if (i < TEXT_CACHE && conn->by_text[i] != NULL && !conn->by_text[i]->in_use) {
        move_to_front(conn, i);
        *ret = take(conn->by_text[0]);
        return ERR_OK;
    }
    if (i == TEXT_CACHE) /* the least recently used goes, unless it is being read */
        i = TEXT_CACHE - 1;
    if (conn->by_text[i] != NULL && conn->by_text[i]->in_use) {
        TRY(prepare(conn, sql, false, &s, err));
        *ret = take(s);
        return ERR_OK;
    }
    TRY(prepare(conn, sql, true, &s, err));
    s->text = strdup(sql);
    if (s->text == NULL) {
        stmt_free(s);
        return err_set(err, ERR_NO_MEMORY, "no memory for a statement");
    }
    stmt_free(conn->by_text[i]);
    conn->by_text[i] = s;
    move_to_front(conn, i);
    *ret = take(s);
    return ERR_OK;
}

void stmt_release(struct prepared *s)
{
    if (s == NULL)
        return;
    INVARIANT(s->in_use && s->conn->stmts_in_use > 0);
    s->conn->stmts_in_use--;
    s->in_use = false;
    s->on_row = false;
    sqlite3_reset(s->raw);
    if (s->cached)
        sqlite3_clear_bindings(s->raw);
    else
        stmt_free(s);
}
