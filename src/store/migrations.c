/* Finding migrations by number. */
#include "store/migrations.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NUMBER_DIGITS 4

/* "migrations/sqlite/0001_base.sql" → 1 and "base"; 0 for other files. */
static int number_of(const struct embedded_file *file, const char *folder,
                     char ret_name[MIGRATION_NAME])
{
    char digits[NUMBER_DIGITS + 1];
    const char *p = file->path;
    int64_t number;
    size_t n;

    if (!text_starts(p, folder) || !text_ends(p, ".sql"))
        return 0;
    p += strlen(folder);
    if (strlen(p) < NUMBER_DIGITS + 5)
        return 0;
    memcpy(digits, p, NUMBER_DIGITS);
    digits[NUMBER_DIGITS] = '\0';
    p += NUMBER_DIGITS;
    if (!text_int64(digits, &number) || *p != '_')
        return 0;
    n = strlen(p + 1) - strlen(".sql");
    snprintf(ret_name, MIGRATION_NAME, "%.*s", (int)n, p + 1);
    return (int)number;
}

const struct embedded_file *migration_numbered(const struct embedded_file *sql, const char *folder,
                                               int number, char ret_name[MIGRATION_NAME])
{
    for (; sql->path != NULL; sql++)
        if (number_of(sql, folder, ret_name) == number)
            return sql;
    return NULL;
}

int migration_highest(const struct embedded_file *sql, const char *folder)
{
    char name[MIGRATION_NAME];
    int most = 0;

    for (; sql->path != NULL; sql++)
        if (number_of(sql, folder, name) > most)
            most = number_of(sql, folder, name);
    return most;
}

enum err_code migrations_differ(const struct embedded_file *sql, const char *folder,
                                struct err *err)
{
    char name[MIGRATION_NAME];

    for (; sql->path != NULL; sql++)
        if (number_of(sql, folder, name) > 0 &&
            migration_numbered(sql + 1, folder, number_of(sql, folder, name), name) != NULL)
            return err_set(err, ERR_INTERNAL, "two migrations have the number of %s", sql->path);
    return ERR_OK;
}
