/* Copies: a folder from which an installation on SQLite can be restored as it was at any of several
 * moments. A full copy is a backup as store_backup writes it, YYYYMMDDTHHMMSSZ.full.tar (UTC). A
 * step, ….step.tar, holds what changed behind the copy that it names: pages of the database, sealed
 * files that are new or were sealed anew, and the names of those that are gone. Each step says the
 * hash of the database it leads to, so a restored one is right to the byte or refused.
 *
 * Sealed is what is sealed in the database; no key is in a copy. `newest.sums` holds the sums of
 * the pages and files of the copy made last, to know what changed; without it a full copy is made.
 * PostgreSQL has its own means: docs/operations.md. */
#ifndef FANGXIN_STORE_COPIES_H
#define FANGXIN_STORE_COPIES_H

#include "store/store.h"

#define COPY_NAME 32
#define COPY_FULL_DAYS 7 /* how old a full copy may be for one more step to stand on it */

struct copy_plan {
    const char *folder;
    int every_min; /* jobs: a copy is due so long after the last one */
    int full_days; /* a full copy begins anew when the last one is that old */
    int keep_days; /* any copy of the last so many days stays restorable; 0: all stay */
    store_progress_fn *progress; /* asked now and then, false breaks the copy off; may be NULL */
    void *arg;                   /* of progress */
};

struct copy_made {
    char name[COPY_NAME];
    bool full;
    int64_t pages, files; /* written into it */
    int64_t bytes;        /* its size */
    int removed;          /* older copies that went */
};

/**
 * Makes the next copy, while serving; the folder is made when it is missing (0700).
 * @param full  begin anew whatever there is
 * @return ERR_INVALID on PostgreSQL; ERR_BUSY while another is being made there
 */
enum err_code copies_make(struct op *op, const struct copy_plan *plan, bool full,
                          struct copy_made *ret) MUST_CHECK;
/* Whether one is due at op->now_ms. After a clock was set back it is due at once. */
enum err_code copies_due(struct op *op, const struct copy_plan *plan, bool *ret) MUST_CHECK;

struct copy_entry {
    char name[COPY_NAME]; /* its file's; ascending by time */
    bool full;
    int64_t bytes;
};
/* All in the folder; *ret malloc'ed. ERR_NOT_FOUND when it is missing. */
enum err_code copies_list(const char *folder, struct copy_entry **ret, size_t *ret_n,
                          struct err *err) MUST_CHECK;

/**
 * Unpacks the newest copy made at or before @p at_ms into an empty or missing folder, its chain
 * from the full copy on; the keys come by key_import.
 * @param at_ms  INT64_MAX: the newest
 * @param[out] ret_name  which it was
 * @return ERR_NOT_FOUND when none is that old; ERR_CORRUPT when a part is missing or damaged
 */
enum err_code copies_restore(const char *folder, int64_t at_ms, const char *dir,
                             char ret_name[COPY_NAME], struct err *err) MUST_CHECK;

#endif
