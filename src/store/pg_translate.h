/* A migration of SQLite in PostgreSQL's words. Private to the store. */
#ifndef FANGXIN_STORE_PG_TRANSLATE_H
#define FANGXIN_STORE_PG_TRANSLATE_H

#include "base/buf.h"

/**
 * INTEGER becomes BIGINT, BLOB BYTEA, TEXT is compared byte by byte as in SQLite, WITHOUT ROWID
 * goes. Types are written in capitals in migrations, so nothing else is met; comments and texts in
 * quotes stay as they are.
 */
void pg_translate(const char *sql, struct buf *out);

#endif
