/* Revisions of registers, as the database keeps them: an entry stays under the one it was written
 * under. */
#ifndef FANGXIN_WORK_SETUP_REGISTERS_H
#define FANGXIN_WORK_SETUP_REGISTERS_H

#include "rules/register.h"
#include "store/changes.h"

/* Adds the row of the revision in use; nothing where it is kept already. */
void register_keep(struct op *op, struct changes *ch, const struct register_def *def);
/**
 * Reads the older revisions of registers that have entries, and keeps those of today that are new.
 * One that this program can no longer read is passed over: its entries are shown by today's.
 * @return ERR_INVALID when a file has changed and its revision has not, or has gone back
 */
enum err_code kept_registers_load(struct op *op, struct registers *registers,
                                  const struct codes *codes) MUST_CHECK;

#endif
