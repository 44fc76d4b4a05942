/* Sealed files in the database: rows of PART_BYTES, written and read on a connection of their own,
 * since a file is there before the act that names it. */
#include "store/pg_engine.h"

#include "base/text.h"

#define PART_BYTES ((size_t)1 << 20)

static enum err_code run(struct pg_conn *conn, const char *sql, int n, const char *const *values,
                         const int *sizes, const int *formats, PGresult **ret, struct err *err)
{
    CLEANUP(pg_clearp)
    PGresult *r = PQexecParams(conn->raw, sql, n, NULL, values, sizes, formats, 1);

    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        return pg_error(err, conn, r, sql);
    if (ret != NULL) {
        *ret = r;
        r = NULL;
    }
    return ERR_OK;
}

enum err_code pg_file_write(struct pg_conn *conn, const char *name, const void *bytes, size_t n,
                            struct err *err)
{
    for (size_t at = 0, part = 0; at < n; part++) {
        size_t size = n - at < PART_BYTES ? n - at : PART_BYTES;
        char number[24], now[24];
        const char *values[] = {name, number, now, (const char *)bytes + at};
        const int sizes[] = {0, 0, 0, (int)size}, formats[] = {0, 0, 0, 1};

        snprintf(number, sizeof number, "%zu", part);
        snprintf(now, sizeof now, "%lld", (long long)instant_now_ms());
        TRY(run(conn,
                "INSERT INTO blob_part (name, part, written_at, bytes) VALUES ($1, $2, $3, $4)", 4,
                values, sizes, formats, NULL, err));
        at += size;
    }
    return ERR_OK;
}

static enum err_code put_inside(struct pg_conn *conn, const char *name, const void *bytes, size_t n,
                                struct err *err)
{
    TRY(pg_exec(conn, "BEGIN", NULL, err));
    TRY(run(conn, "DELETE FROM blob_part WHERE name = $1", 1, &name, NULL, NULL, NULL, err));
    TRY(pg_file_write(conn, name, bytes, n, err));
    return pg_exec(conn, "COMMIT", NULL, err);
}

/* Most files are one part: one statement, which is its own transaction. */
static enum err_code put_one_part(struct pg_conn *conn, const char *name, const void *bytes,
                                  size_t size, struct err *err)
{
    char now[24], prepared[16];
    const char *values[] = {name, now, bytes};
    const int sizes[] = {0, 0, (int)size}, formats[] = {0, 0, 1};
    CLEANUP(pg_clearp) PGresult *r = NULL;
    int n;

    snprintf(now, sizeof now, "%lld", (long long)instant_now_ms());
    TRY(pg_prepare_text(conn,
                        "WITH more AS (DELETE FROM blob_part WHERE name = $1 AND part > 0) "
                        "INSERT INTO blob_part (name, part, written_at, bytes) "
                        "VALUES ($1, 0, $2, $3) ON CONFLICT (name, part) DO UPDATE "
                        "SET written_at = excluded.written_at, bytes = excluded.bytes",
                        prepared, &n, err));
    r = PQexecPrepared(conn->raw, prepared, n, values, sizes, formats, 1);
    return PQresultStatus(r) == PGRES_COMMAND_OK ? ERR_OK : pg_error(err, conn, r, "a file");
}

enum err_code pg_file_put(struct op *op, const char *name, const void *bytes, size_t n)
{
    struct pg_engine *e = pg_of(op);
    struct pg_conn *conn;
    enum err_code rc;

    TRY(pg_take(e, &e->writers, &conn, &op->err));
    rc = n > 0 && n <= PART_BYTES ? put_one_part(conn, name, bytes, n, &op->err)
                                  : put_inside(conn, name, bytes, n, &op->err);
    pg_give(&e->writers, conn);
    return rc;
}

/* A pooled connection may have died with its server; the second one is new. */
static enum err_code read_rows(struct pg_engine *e, const char *sql, const char *name,
                               PGresult **ret, struct err *err)
{
    enum err_code rc = ERR_BUSY;

    for (int tries = 0; tries < 2; tries++) {
        struct pg_conn *conn;
        bool lost;

        TRY(pg_take(e, &e->writers, &conn, err));
        rc = run(conn, sql, 1, &name, NULL, NULL, ret, err);
        lost = PQstatus(conn->raw) != CONNECTION_OK;
        pg_give(&e->writers, conn);
        if (rc == ERR_OK || !lost)
            return rc;
        pg_pool_drop_idle(&e->writers);
    }
    return rc;
}

enum err_code pg_file_get(struct op *op, const char *name, size_t most, unsigned char **ret,
                          size_t *ret_n)
{
    CLEANUP(pg_clearp) PGresult *r = NULL;
    unsigned char *all;
    char sql[160];
    size_t n = 0;

    if (most < PART_BYTES)
        snprintf(sql, sizeof sql,
                 "SELECT substr(bytes, 1, %zu) FROM blob_part WHERE name = $1 AND part = 0", most);
    else
        snprintf(sql, sizeof sql, "SELECT bytes FROM blob_part WHERE name = $1 ORDER BY part");
    TRY(read_rows(pg_of(op), sql, name, &r, &op->err));
    if (PQntuples(r) == 0)
        return err_set(&op->err, ERR_NOT_FOUND, "no file %s", name);
    for (int i = 0; i < PQntuples(r); i++)
        n += (size_t)PQgetlength(r, i, 0);
    if (n > most)
        return err_set(&op->err, ERR_TOO_LARGE, "file %s has %zu bytes", name, n);
    all = malloc(n + 1);
    if (all == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "no memory for file %s", name);
    *ret_n = n;
    n = 0;
    for (int i = 0; i < PQntuples(r); i++) {
        memcpy(all + n, PQgetvalue(r, i, 0), (size_t)PQgetlength(r, i, 0));
        n += (size_t)PQgetlength(r, i, 0);
    }
    *ret = all;
    return ERR_OK;
}

enum err_code pg_file_sweep(struct op *op, int64_t before, int *ret_swept)
{
    CLEANUP(pg_clearp) PGresult *r = NULL;
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)before);
    TRY(read_rows(pg_of(op),
                  "WITH gone AS (DELETE FROM blob_part p WHERE p.written_at < $1::bigint AND NOT "
                  "EXISTS (SELECT 1 FROM blob b WHERE b.name = p.name) RETURNING p.part) "
                  "SELECT count(*) FROM gone WHERE part = 0",
                  text, &r, &op->err));
    *ret_swept = (int)pg_result_int64(r, 0, 0);
    return ERR_OK;
}
