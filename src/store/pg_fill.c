/* Filling a new store: rows go by COPY (pg_plan.c), commits do not wait for the disk, cells of the
 * tallies wait to be added up, and secondary indexes of the tables that most of it goes to are not
 * there; behind it they are made in one go.
 *
 * What is put off stands in the table index_put_off, written in the transaction that drops it, so
 * that a store whose filling ended early has its indexes again at its next opening. */
#include "store/pg_engine.h"

/* Indexes of partitions come and go with the one of their table, whose definition is for it alone.
 */
#define NOTE                                                                                       \
    "INSERT INTO index_put_off (name, definition) "                                                \
    "SELECT c.relname, replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') "                      \
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "                                     \
    "WHERE NOT i.indisunique AND i.indrelid IN ('matter'::regclass, 'event'::regclass, "           \
    "'person'::regclass, 'scan'::regclass, 'tally_delta'::regclass)"
#define DROP                                                                                       \
    "DO $$ DECLARE put_off text; BEGIN FOR put_off IN SELECT name FROM index_put_off LOOP "        \
    "EXECUTE format('DROP INDEX %I', put_off); END LOOP; END $$"

enum err_code pg_fill_begin(struct pg_engine *e, struct pg_conn *conn, struct err *err)
{
    TRY(pg_exec(conn, "BEGIN; " NOTE "; " DROP "; COMMIT", NULL, err));
    atomic_store(&e->filling, true);
    return ERR_OK;
}

/* Cells by the million: in one go, before which nobody reads them. */
#define ADD_UP                                                                                     \
    "INSERT INTO tally_kept (measure, dimension, grain, period, body, value, n, sum) "             \
    "SELECT measure, dimension, grain, period, body, value, sum(n)::bigint, sum(sum)::bigint "     \
    "FROM tally_delta GROUP BY 1, 2, 3, 4, 5, 6 "                                                  \
    "ON CONFLICT (measure, dimension, grain, period, body, value) "                                \
    "DO UPDATE SET n = tally_kept.n + excluded.n, sum = tally_kept.sum + excluded.sum; "           \
    "TRUNCATE tally_delta"
#define MAKE_ONE                                                                                   \
    "DO $$ DECLARE one record; BEGIN "                                                             \
    "SELECT * INTO one FROM index_put_off ORDER BY name LIMIT 1 FOR UPDATE; "                      \
    "IF FOUND THEN EXECUTE one.definition; "                                                       \
    "DELETE FROM index_put_off WHERE name = one.name; END IF; END $$"

enum err_code pg_fill_end(struct pg_conn *conn, struct err *err)
{
    int64_t n;

    TRY(pg_number(conn, "SELECT count(*) FROM index_put_off", &n, err));
    if (n == 0)
        return ERR_OK;
    TRY(pg_exec(conn,
                "SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'; BEGIN; LOCK TABLE "
                "tally_delta IN ACCESS EXCLUSIVE MODE; " ADD_UP "; COMMIT",
                NULL, err));
    while (n > 0) {
        TRY(pg_exec(conn, MAKE_ONE, NULL, err));
        TRY(pg_number(conn, "SELECT count(*) FROM index_put_off", &n, err));
    }
    return pg_exec(conn, "RESET maintenance_work_mem; RESET work_mem; ANALYZE", NULL, err);
}

enum err_code pg_filled(struct engine *engine, struct err *err)
{
    struct pg_engine *e = (struct pg_engine *)engine;
    struct pg_conn *conn;
    enum err_code rc;

    TRY(pg_take(e, &e->writers, &conn, err));
    rc = pg_fill_end(conn, err);
    pg_give(&e->writers, conn);
    atomic_store(&e->filling, false);
    return rc;
}
