/* The schema: numbered files of sql/migrations/sqlite, each applied once, in one transaction that
 * also records its number, name and checksum. */
#include "store/sqlite_engine.h"

#include <sodium.h>

#include "store/migrations.h"

#define FOLDER "migrations/sqlite/"

static void checksum(const struct embedded_file *file, unsigned char ret[HASH_BYTES])
{
    crypto_generichash(ret, HASH_BYTES, file->data, file->size, NULL, 0);
}

static enum err_code record(struct conn *conn, int number, const char *name,
                            const unsigned char sum[HASH_BYTES], struct err *err)
{
    sqlite3_stmt *raw = NULL;
    int rc = sqlite3_prepare_v2(
        conn->db, "INSERT INTO schema_migration (number, name, checksum) VALUES (?1, ?2, ?3)", -1,
        &raw, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_bind_int(raw, 1, number);
        sqlite3_bind_text(raw, 2, name, -1, SQLITE_STATIC);
        sqlite3_bind_blob(raw, 3, sum, HASH_BYTES, SQLITE_STATIC);
        rc = sqlite3_step(raw);
    }
    sqlite3_finalize(raw);
    return rc == SQLITE_DONE ? ERR_OK : sqlite_error(err, conn->db, rc, "record a migration");
}

static enum err_code apply_inside(struct conn *conn, int number, const char *name,
                                  const struct embedded_file *file, struct err *err)
{
    unsigned char sum[HASH_BYTES];

    TRY(conn_exec(conn, (const char *)file->data, err));
    checksum(file, sum);
    TRY(record(conn, number, name, sum, err));
    return conn_exec(conn, "COMMIT", err);
}

static enum err_code apply(struct conn *conn, int number, const struct embedded_file *sql,
                           struct err *err)
{
    char name[64];
    const struct embedded_file *file = migration_numbered(sql, FOLDER, number, name);
    enum err_code rc;

    if (file == NULL)
        return err_set(err, ERR_CONFLICT, "migration %d is missing in this program", number);
    TRY(conn_exec(conn, "BEGIN IMMEDIATE", err));
    rc = apply_inside(conn, number, name, file, err);
    if (rc != ERR_OK && sqlite3_get_autocommit(conn->db) == 0)
        sqlite3_exec(conn->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

enum err_code sqlite_check_migrations(struct conn *conn, const struct embedded_file *sql,
                                      engine_found_fn *found, void *arg, struct err *err)
{
    sqlite3_stmt *raw = NULL;
    int expected = 1;
    int rc = sqlite3_prepare_v2(
        conn->db, "SELECT number, name, checksum FROM schema_migration ORDER BY number", -1, &raw,
        NULL);

    if (rc != SQLITE_OK)
        return sqlite_error(err, conn->db, rc, "read migrations");
    while ((rc = sqlite3_step(raw)) == SQLITE_ROW) {
        int number = sqlite3_column_int(raw, 0);
        const char *stored = (const char *)sqlite3_column_text(raw, 1);
        const void *stored_sum = sqlite3_column_blob(raw, 2);
        unsigned char sum[HASH_BYTES];
        char name[64], what[128];
        const struct embedded_file *file = migration_numbered(sql, FOLDER, number, name);

        what[0] = '\0';
        if (file != NULL)
            checksum(file, sum);
        if (number != expected)
            snprintf(what, sizeof what, "migration %d follows %d", number, expected - 1);
        else if (file == NULL)
            snprintf(what, sizeof what, "migration %d is not known to this program", number);
        else if (stored == NULL || strcmp(stored, name) != 0)
            snprintf(what, sizeof what, "migration %d has another name", number);
        else if (sqlite3_column_bytes(raw, 2) != HASH_BYTES ||
                 memcmp(stored_sum, sum, HASH_BYTES) != 0)
            snprintf(what, sizeof what, "migration %d has another checksum", number);
        if (what[0] != '\0' && !found(arg, "schema_migration", what))
            break;
        expected = number + 1;
    }
    sqlite3_finalize(raw);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? ERR_OK
                                                 : sqlite_error(err, conn->db, rc, "migrations");
}

static bool first_fault(void *arg, const char *table, const char *what)
{
    struct err *err = arg;

    (void)table;
    err_set(err, ERR_CONFLICT, "%s", what);
    return false;
}

enum err_code sqlite_migrate(struct sqlite_engine *e, struct conn *conn,
                             const struct store_options *options, struct err *err)
{
    struct err fault = {.code = ERR_OK};
    int64_t have = 0, tables = 0;
    int want = migration_highest(options->sql, FOLDER);

    TRY(migrations_differ(options->sql, FOLDER, err));
    TRY(conn_number(conn,
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                    "name = 'schema_migration'",
                    &tables, err));
    if (tables == 0 && !options->create)
        return err_set(err, ERR_NOT_FOUND, "%s was never set up", e->path);
    if (tables == 0)
        TRY(conn_exec(conn,
                      "CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, "
                      "name TEXT NOT NULL, checksum BLOB NOT NULL)",
                      err));
    TRY(sqlite_check_migrations(conn, options->sql, first_fault, &fault, err));
    if (fault.code != ERR_OK)
        return err_set(err, ERR_CONFLICT, "%s: %s", e->path, fault.why);
    TRY(conn_number(conn, "SELECT coalesce(max(number), 0) FROM schema_migration", &have, err));
    if (have < want && have > 0 && !options->migrate)
        return err_set(err, ERR_CONFLICT, "schema %d, this program needs %d: run migrate",
                       (int)have, want);
    if (have == 0 && !options->create)
        return err_set(err, ERR_NOT_FOUND, "%s was never set up", e->path);
    for (int number = (int)have + 1; number <= want; number++)
        TRY(apply(conn, number, options->sql, err));
    return conn_number(conn,
                       "SELECT NOT EXISTS (SELECT 1 FROM key_epoch) AND NOT EXISTS "
                       "(SELECT 1 FROM event) AND NOT EXISTS (SELECT 1 FROM ledger)",
                       &have, err) == ERR_OK
               ? (e->base.is_new = have == 1, ERR_OK)
               : err->code;
}
