/* Databases of tests, at the server that FANGXIN_TEST_DATABASE names: a URL in which {} stands for
 * the name of a database. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static bool off;

void databases_off(bool on_sqlite)
{
    off = on_sqlite;
}

static const char *server(void)
{
    const char *url = off ? NULL : getenv("FANGXIN_TEST_DATABASE");

    return url == NULL || strstr(url, "{}") == NULL ? NULL : url;
}

bool on_postgres(void)
{
    return server() != NULL;
}

static void url_of(const char *name, char *ret, size_t size)
{
    const char *url = server(), *hole = strstr(url, "{}");

    snprintf(ret, size, "%.*s%s%s", (int)(hole - url), url, name, hole + 2);
}

void database_run(const char *url, const char *sql)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(conn));
        abort();
    }
    PQclear(result);
    PQfinish(conn);
}

static void run_outside(const char *command, const char *name, const char *options)
{
    char url[400], sql[200];

    url_of("postgres", url, sizeof url);
    snprintf(sql, sizeof sql, "%s %s %s", command, name, options);
    database_run(url, sql);
}

void database_make(const char *options, char *ret_url, size_t size)
{
    static int serial;
    char name[64];

    snprintf(name, sizeof name, "t_%d_%d", (int)getpid(), ++serial);
    run_outside("CREATE DATABASE", name, options);
    url_of(name, ret_url, size);
}

void database_drop(const char *url)
{
    char name[64];
    const char *from;

    if (*url == '\0')
        return;
    from = strstr(url, "t_");
    snprintf(name, sizeof name, "%.*s", (int)strspn(from, "t_0123456789"), from);
    run_outside("DROP DATABASE", name, "WITH (FORCE)");
}
