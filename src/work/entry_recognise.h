/* Entries of registers that are recognised in what else is written down: a problem good of the list
 * beside a filing about it, the pattern of a scam beside facts that hold its phrases
 * (rules/register_recognise.h). A fact, never a judgement. */
#ifndef FANGXIN_WORK_ENTRY_RECOGNISE_H
#define FANGXIN_WORK_ENTRY_RECOGNISE_H

#include "base/json.h"
#include "work/record.h"

struct goods {
    const char *name, *brand; /* NULL where it is not known */
    const char *text;         /* what is told: the facts; NULL likewise */
};
/* Array "recognised" (schema Recognised), newest first, at most 5: of a filing. What
 * the definition shows of an entry is told to every officer; its page opens to who may read it. */
enum err_code entry_recognised(struct op *op, struct snapshot *snap, const struct goods *goods,
                               struct json_writer *w) MUST_CHECK;
/* The same for an entry of a register in which others recognise theirs. */
enum err_code entry_recognised_in(struct op *op, struct snapshot *snap, const struct record *r,
                                  struct json_writer *w) MUST_CHECK;

#endif
