/* The database of a backup as a file that both engines know: a SQLite file with the tables of the
 * schema, their rows as they are. SQLite has such a file already; PostgreSQL writes its rows into
 * one and takes them out of one. Nothing stands in a table of the schema that would mean something
 * else on the other engine, except ids of events: PostgreSQL leaves gaps, SQLite does not.
 * Private to the store. */
#ifndef FANGXIN_STORE_ARCHIVE_H
#define FANGXIN_STORE_ARCHIVE_H

#include "base/embed.h"
#include "base/err.h"
#include "store/changes_internal.h"

struct archive;

/* A new file with the schema and no rows. */
enum err_code archive_make(const char *path, const struct embedded_file *sql, struct archive **ret,
                           struct err *err) MUST_CHECK;
/* One that is there, its schema brought up to that of this program. */
enum err_code archive_open(const char *path, const struct embedded_file *sql, struct archive **ret,
                           struct err *err) MUST_CHECK;
/* NULL is fine. A file that was made is whole only after archive_finish. */
void archive_closep(struct archive **a);
enum err_code archive_finish(struct archive *a, struct err *err) MUST_CHECK;

struct archive_table {
    char *name;
    char *columns; /* "a", "b" … as a statement lists them */
    char *key;     /* the same of the primary key, in its order; "" without one */
    int n;         /* columns */
};
size_t archive_count(const struct archive *a);
const struct archive_table *archive_table(const struct archive *a, size_t i);
/* How many rows all tables have. */
enum err_code archive_total(struct archive *a, int64_t *ret, struct err *err) MUST_CHECK;

/* Rows of table @p i go in or come out one by one, until another table is begun. */
enum err_code archive_begin_put(struct archive *a, size_t i, struct err *err) MUST_CHECK;
enum err_code archive_put(struct archive *a, const struct value *values,
                          struct err *err) MUST_CHECK;
enum err_code archive_begin_get(struct archive *a, size_t i, struct err *err) MUST_CHECK;
/* @p ret holds as many values as the table has columns; they live until the next call. */
enum err_code archive_get(struct archive *a, struct value *ret, bool *ret_row,
                          struct err *err) MUST_CHECK;

#endif
