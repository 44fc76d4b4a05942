/* What the public sees of registers: entries in public states, and of each the public fields. */
#ifndef FANGXIN_WORK_ENTRY_PUBLIC_H
#define FANGXIN_WORK_ENTRY_PUBLIC_H

#include "work/entry.h"

/* Schema PublicRegisters. */
enum err_code entry_public_registers(struct op *op, struct json_writer *w) MUST_CHECK;
/* Schema PublicEntries, newest first; ERR_NOT_FOUND for a register without a public part. */
enum err_code entry_public_list(struct op *op, const char *id, const char *cursor, size_t max,
                                struct json_writer *w) MUST_CHECK;
/* Schema PublicEntry of a code. */
enum err_code entry_public_view(struct op *op, const char *code, struct json_writer *w) MUST_CHECK;
/* The address of its page, for a code to be scanned. ERR_NOT_FOUND; ERR_NOT_ALLOWED item "site.url"
 * where the installation does not know its own. */
enum err_code entry_public_address(struct op *op, const char *code, const char **ret) MUST_CHECK;

#endif
