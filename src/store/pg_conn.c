/* One connection to PostgreSQL: opening, statements kept prepared, errors. */
#include "store/pg_engine.h"

#include "base/text.h"

static bool state_is(const char *state, const char *beginning)
{
    return strncmp(state, beginning, strlen(beginning)) == 0;
}

/* Without a state the connection itself failed. */
static enum err_code code_of(const char *state)
{
    static const struct {
        const char *state;
        enum err_code code;
    } table[] = {
        {"", ERR_BUSY},           {"08", ERR_BUSY},       {"40", ERR_BUSY},
        {"55P03", ERR_BUSY},      {"57", ERR_BUSY},       {"53100", ERR_STORE_FULL},
        {"53200", ERR_NO_MEMORY}, {"53", ERR_BUSY},       {"25006", ERR_STORE_FULL},
        {"58", ERR_IO},           {"XX001", ERR_CORRUPT}, {"XX002", ERR_CORRUPT},
    };

    for (size_t i = 1; i < sizeof table / sizeof table[0]; i++)
        if (state_is(state, table[i].state))
            return table[i].code;
    return *state == '\0' ? table[0].code : ERR_INTERNAL;
}

enum err_code pg_error(struct err *err, const struct pg_conn *conn, const PGresult *result,
                       const char *doing)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    if (words == NULL)
        words = PQerrorMessage(conn->raw);
    return err_set(err, code_of(state == NULL ? "" : state), "%.120s: %.160s (%s)", doing, words,
                   state == NULL ? "no state" : state);
}

void pg_clearp(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

enum err_code pg_exec(struct pg_conn *conn, const char *sql, PGresult **ret, struct err *err)
{
    PGresult *result = PQexec(conn->raw, sql);
    ExecStatusType status = PQresultStatus(result);
    enum err_code rc = ERR_OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        rc = pg_error(err, conn, result, sql);
    if (rc == ERR_OK && ret != NULL)
        *ret = result;
    else
        PQclear(result);
    return rc;
}

enum err_code pg_number(struct pg_conn *conn, const char *sql, int64_t *ret, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    TRY(pg_exec(conn, sql, &result, err));
    *ret = 0;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_NOT_FOUND, "no row: %s", sql);
    if (!PQgetisnull(result, 0, 0) && !text_int64(PQgetvalue(result, 0, 0), ret))
        return err_set(err, ERR_INTERNAL, "not a number: %s", sql);
    return ERR_OK;
}

/* ---- opening ---- */

/* "canceling wait for synchronous replication": committed here, perhaps not at the standby. */
static void on_notice(void *arg, const PGresult *notice)
{
    struct pg_conn *conn = arg;
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);

    if (state != NULL && strcmp(state, "01000") == 0)
        conn->doubtful = true;
}

enum err_code pg_connect(const char *url, struct pg_conn **ret, struct err *err)
{
    const char *names[] = {"application_name", "client_encoding", "connect_timeout", "dbname",
                           NULL};
    const char *values[] = {"fangxin", "UTF8", "10", url, NULL}; /* the URL has the last word */
    struct pg_conn *conn = calloc(1, sizeof *conn);
    enum err_code rc = ERR_OK;

    if (conn == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a connection");
    conn->raw = PQconnectdbParams(names, values, 1);
    if (PQstatus(conn->raw) != CONNECTION_OK) {
        rc = err_set(err, ERR_BUSY, "no connection to PostgreSQL: %.200s",
                     PQerrorMessage(conn->raw));
    } else {
        PQsetNoticeReceiver(conn->raw, on_notice, conn);
        rc = pg_exec(conn,
                     "SET client_encoding = 'UTF8'; SET jit = off; SET DateStyle = ISO;"
                     "SET client_min_messages = warning",
                     NULL, err);
    }
    if (rc != ERR_OK) {
        pg_disconnect(conn);
        return rc;
    }
    *ret = conn;
    return ERR_OK;
}

void pg_disconnect(struct pg_conn *conn)
{
    if (conn == NULL)
        return;
    for (int i = 0; i < PG_TEXTS; i++)
        free(conn->texts[i].sql);
    PQfinish(conn->raw);
    free(conn);
}

/* ---- statements ---- */

#define OID_TEXT 25

/* Prepares @p sql, of at most @p max parameters, under @p name. Types follow from the statement,
 * except of numbers that it leaves out: those are texts that nobody looks at. */
static enum err_code prepare(struct pg_conn *conn, const char *name, const char *sql, int max,
                             int *ret_params, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    Oid types[PG_VALUES_MAX];
    bool used[PG_VALUES_MAX + 1] = {false};
    int most = 0;

    for (const char *p = strchr(sql, '$'); p != NULL; p = strchr(p + 1, '$')) {
        int n = 0;

        for (const char *d = p + 1; *d >= '0' && *d <= '9' && n <= max; d++)
            n = n * 10 + (*d - '0');
        if (n > max)
            return err_set(err, ERR_INTERNAL, "parameters are $1 to $%d: %s", max, sql);
        used[n] = true;
        most = n > most ? n : most;
    }
    for (int i = 0; i < most; i++)
        types[i] = used[i + 1] ? 0 : OID_TEXT;
    result = PQprepare(conn->raw, name, sql, most, types);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        return pg_error(err, conn, result, sql);
    *ret_params = most;
    return ERR_OK;
}

enum err_code pg_prepare(struct pg_conn *conn, int sql, char ret_name[16], int *ret_params,
                         struct err *err)
{
    INVARIANT(sql >= 0 && sql < SQL_COUNT);
    snprintf(ret_name, 16, "q%d", sql);
    if (!conn->prepared[sql]) {
        TRY(prepare(conn, ret_name, sql_texts_postgres[sql], PG_PARAMS_MAX, ret_params, err));
        conn->prepared[sql] = true;
        conn->n_params[sql] = (unsigned char)*ret_params;
    }
    *ret_params = conn->n_params[sql];
    return ERR_OK;
}

enum err_code pg_prepare_many(struct pg_conn *conn, int sql, size_t rows, char ret_name[16],
                              struct err *err)
{
    unsigned char bit = (unsigned char)(1u << __builtin_ctzl(rows));
    enum err_code rc = ERR_OK;
    char single[16], *text;
    int n;

    if (rows == 1)
        return pg_prepare(conn, sql, ret_name, &n, err);
    snprintf(ret_name, 16, "q%dx%d", sql, (int)rows % (PG_ROWS_MAX + 1));
    if ((conn->many[sql] & bit) != 0)
        return ERR_OK;
    TRY(pg_prepare(conn, sql, single, &n, err));
    text = pg_insert_many(sql_texts_postgres[sql], n, rows);
    if (text == NULL)
        return err_set(err, ERR_NO_MEMORY, "no memory for a statement");
    rc = prepare(conn, ret_name, text, PG_VALUES_MAX, &n, err);
    free(text);
    if (rc == ERR_OK)
        conn->many[sql] |= bit;
    return rc;
}

static void move_to_front(struct pg_conn *conn, int i)
{
    struct pg_text t = conn->texts[i];

    for (; i > 0; i--)
        conn->texts[i] = conn->texts[i - 1];
    conn->texts[0] = t;
}

static enum err_code forget(struct pg_conn *conn, struct pg_text *t, struct err *err)
{
    char command[40];

    snprintf(command, sizeof command, "DEALLOCATE t%u", t->serial);
    TRY(pg_exec(conn, command, NULL, err));
    free(t->sql);
    *t = (struct pg_text){0};
    return ERR_OK;
}

enum err_code pg_prepare_text(struct pg_conn *conn, const char *sql, char ret_name[16],
                              int *ret_params, struct err *err)
{
    struct pg_text *t;
    int i = 0;

    while (i < PG_TEXTS && conn->texts[i].sql != NULL && strcmp(conn->texts[i].sql, sql) != 0)
        i++;
    if (i == PG_TEXTS) /* the least recently used goes; a statement being read has its answer */
        TRY(forget(conn, &conn->texts[--i], err));
    t = &conn->texts[i];
    if (t->sql == NULL) {
        char *copy = strdup(sql);
        enum err_code rc;

        if (copy == NULL)
            return err_set(err, ERR_NO_MEMORY, "no memory for a statement");
        t->serial = ++conn->serial;
        snprintf(ret_name, 16, "t%u", t->serial);
        rc = prepare(conn, ret_name, sql, PG_PARAMS_MAX, &t->n_params, err);
        if (rc != ERR_OK) {
            free(copy);
            *t = (struct pg_text){0};
            return rc;
        }
        t->sql = copy;
    }
    snprintf(ret_name, 16, "t%u", t->serial);
    *ret_params = t->n_params;
    move_to_front(conn, i);
    return ERR_OK;
}
