/* The numbered files of a folder of migrations: FOLDER/NNNN_name.sql. Private to the store. */
#ifndef FANGXIN_STORE_MIGRATIONS_H
#define FANGXIN_STORE_MIGRATIONS_H

#include "base/embed.h"
#include "base/err.h"

#define MIGRATION_NAME 64

/* The file of that number, and its name without number and ending; NULL when there is none. */
const struct embedded_file *migration_numbered(const struct embedded_file *sql, const char *folder,
                                               int number, char ret_name[MIGRATION_NAME]);
/* The highest number there is; 0: none. */
int migration_highest(const struct embedded_file *sql, const char *folder);
/* Two files of one number: only one of them would be applied, and nobody would see which. */
enum err_code migrations_differ(const struct embedded_file *sql, const char *folder,
                                struct err *err) MUST_CHECK;

#endif
