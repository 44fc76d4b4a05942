/* The schema. Both engines have the same migrations by number: a file of sql/migrations/sqlite, put
 * into PostgreSQL's words (pg_translate), then what sql/migrations/postgres has under that number,
 * if anything. A file there whose first line is "-- instead" stands for the other one. Each number
 * is one transaction that records it with its name and the checksum of both files. */
#include "store/pg_engine.h"

#include <sodium.h>

#include "base/buf.h"
#include "base/text.h"
#include "store/migrations.h"
#include "store/pg_translate.h"

#define SQLITE_FOLDER "migrations/sqlite/"
#define POSTGRES_FOLDER "migrations/postgres/"
#define INSTEAD "-- instead"
#define MIGRATE_LOCK "SELECT pg_advisory_xact_lock(4202026, 2)"

struct files {
    const struct embedded_file *common, *own; /* own: NULL when there is none */
    char name[MIGRATION_NAME];
    unsigned char sum[HASH_BYTES];
};

static bool find_files(const struct embedded_file *sql, int number, struct files *ret)
{
    crypto_generichash_state st;
    char own_name[MIGRATION_NAME];

    ret->common = migration_numbered(sql, SQLITE_FOLDER, number, ret->name);
    ret->own = migration_numbered(sql, POSTGRES_FOLDER, number, own_name);
    if (ret->common == NULL)
        return false;
    crypto_generichash_init(&st, NULL, 0, HASH_BYTES);
    crypto_generichash_update(&st, ret->common->data, ret->common->size);
    if (ret->own != NULL)
        crypto_generichash_update(&st, ret->own->data, ret->own->size);
    crypto_generichash_final(&st, ret->sum, HASH_BYTES);
    return true;
}

static enum err_code record(struct pg_conn *conn, int number, const struct files *f,
                            struct err *err)
{
    char digits[16];
    const char *values[] = {digits, f->name, (const char *)f->sum};
    const int sizes[] = {0, 0, HASH_BYTES}, formats[] = {0, 0, 1};
    CLEANUP(pg_clearp) PGresult *r = NULL;

    snprintf(digits, sizeof digits, "%d", number);
    r = PQexecParams(conn->raw,
                     "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)", 3,
                     NULL, values, sizes, formats, 0);
    return PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK
                                                 : pg_error(err, conn, r, "record a migration");
}

static enum err_code apply(struct pg_conn *conn, const struct embedded_file *sql, int number,
                           struct err *err)
{
    CLEANUP(buf_release) struct buf text = BUF_UP_TO((size_t)4 << 20);
    struct files f;

    if (!find_files(sql, number, &f))
        return err_set(err, ERR_CONFLICT, "migration %d is missing in this program", number);
    if (f.own == NULL || !text_starts((const char *)f.own->data, INSTEAD))
        pg_translate((const char *)f.common->data, &text);
    if (f.own != NULL)
        buf_adds(&text, (const char *)f.own->data);
    if (text.failed)
        return err_set(err, ERR_NO_MEMORY, "no memory for a migration");
    TRY(pg_exec(conn, buf_text(&text), NULL, err));
    return record(conn, number, &f, err);
}

enum err_code pg_check_migrations(struct pg_conn *conn, const struct embedded_file *sql,
                                  engine_found_fn *found, void *arg, struct err *err)
{
    CLEANUP(pg_clearp)
    PGresult *r = PQexecParams(
        conn->raw, "SELECT number, name, checksum FROM schema_migration ORDER BY number", 0, NULL,
        NULL, NULL, NULL, 1);
    int expected = 1;

    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        return pg_error(err, conn, r, "read migrations");
    for (int i = 0; i < PQntuples(r); i++) {
        int number = (int)pg_result_int64(r, i, 0);
        char what[128] = "";
        struct files f;
        bool known = find_files(sql, number, &f);

        if (number != expected)
            snprintf(what, sizeof what, "migration %d follows %d", number, expected - 1);
        else if (!known)
            snprintf(what, sizeof what, "migration %d is not known to this program", number);
        else if (strcmp(PQgetvalue(r, i, 1), f.name) != 0)
            snprintf(what, sizeof what, "migration %d has another name", number);
        else if (PQgetlength(r, i, 2) != HASH_BYTES ||
                 memcmp(PQgetvalue(r, i, 2), f.sum, HASH_BYTES) != 0)
            snprintf(what, sizeof what, "migration %d has another checksum", number);
        if (what[0] != '\0' && !found(arg, "schema_migration", what))
            return ERR_OK;
        expected = number + 1;
    }
    return ERR_OK;
}

static bool first_fault(void *arg, const char *table, const char *what)
{
    (void)table;
    err_note(arg, ERR_CONFLICT, "%s", what);
    return false;
}

/* The lock is held: another daemon that starts at the same time waits here. */
static enum err_code migrate_inside(struct pg_engine *e, struct pg_conn *conn,
                                    const struct store_options *o, struct err *err)
{
    struct err fault = {.code = ERR_OK};
    int want = migration_highest(o->sql, SQLITE_FOLDER);
    int64_t have = 0, tables = 0, is_new = 0;

    TRY(pg_number(conn,
                  "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'schema_migration' AND "
                  "pg_table_is_visible(oid)",
                  &tables, err));
    if (tables == 0 && !o->create)
        return err_set(err, ERR_NOT_FOUND, "the database was never set up");
    if (tables == 0)
        TRY(pg_exec(conn,
                    "CREATE TABLE schema_migration (number BIGINT PRIMARY KEY, "
                    "name TEXT COLLATE \"C\" NOT NULL, checksum BYTEA NOT NULL)",
                    NULL, err));
    TRY(pg_check_migrations(conn, o->sql, first_fault, &fault, err));
    if (fault.code != ERR_OK)
        return err_set(err, ERR_CONFLICT, "the database: %s", fault.why);
    TRY(pg_number(conn, "SELECT coalesce(max(number), 0) FROM schema_migration", &have, err));
    if (have < want && have > 0 && !o->migrate)
        return err_set(err, ERR_CONFLICT, "schema %d, this program needs %d: run migrate",
                       (int)have, want);
    if (have == 0 && !o->create)
        return err_set(err, ERR_NOT_FOUND, "the database was never set up");
    for (int number = (int)have + 1; number <= want; number++)
        TRY(apply(conn, o->sql, number, err));
    TRY(pg_number(conn,
                  "SELECT (NOT EXISTS (SELECT 1 FROM key_epoch) AND NOT EXISTS (SELECT 1 FROM "
                  "event) AND NOT EXISTS (SELECT 1 FROM ledger))::int",
                  &is_new, err));
    e->base.is_new = is_new != 0;
    return ERR_OK;
}

enum err_code pg_migrate(struct pg_engine *e, struct pg_conn *conn,
                         const struct store_options *options, struct err *err)
{
    enum err_code rc;

    TRY(pg_exec(conn, "BEGIN; " MIGRATE_LOCK, NULL, err));
    rc = migrate_inside(e, conn, options, err);
    if (rc == ERR_OK)
        return pg_exec(conn, "COMMIT", NULL, err);
    (void)!pg_exec(conn, "ROLLBACK", NULL, NULL);
    return rc;
}
