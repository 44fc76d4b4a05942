/* What making and restoring copies share. Private to the store. */
#ifndef FANGXIN_STORE_COPIES_INTERNAL_H
#define FANGXIN_STORE_COPIES_INTERNAL_H

#include "store/backup_internal.h"
#include "store/copies.h"

#define STEP_HEAD "fangxin-step-1\n" /* first line of a step's manifest */
#define STEP_BYTES 512               /* its member "step", at most */
#define COPY_STAMP 16                /* "20261128T131500Z" */

/* Member "step", text of one line each: which copy it stands on and the database it leads to.
 * Member "pages": for each changed page its number from 0, eight bytes big-endian, and its bytes.
 * Members "files/ab/NAME" as in a backup; "gone": names of sealed files, a line each. */
struct copy_step {
    char after[COPY_NAME];
    int64_t pages, page_bytes; /* of the whole database */
    unsigned char hash[TAR_HASH];
};

/* From @p name back to the full copy: chain[0] is @p name, the full one the last. *ret malloc'ed.
 * ERR_CORRUPT when one is missing or does not say what it stands on. */
enum err_code copy_chain(const char *folder, const char *name, char (**ret)[COPY_NAME],
                         size_t *ret_n, struct err *err) MUST_CHECK;
/* The stamp of an instant: names are ordered as their instants are. */
void copy_stamp(int64_t ms, char ret[COPY_STAMP + 1]);

#endif
