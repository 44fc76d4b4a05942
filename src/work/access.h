/* Who looked at what: a row per staff read of a matter, appended in batches; reveals and reporters
 * are recorded before anything is shown. Kept at least six months. */
#ifndef FANGXIN_WORK_ACCESS_H
#define FANGXIN_WORK_ACCESS_H

#include "work/matter.h"

struct access_log;
struct access_log *access_log_new(void); /* NULL when out of memory */
void access_log_free(struct access_log *log);
/* Remembers one look by op->actor; nothing for the public, the party and jobs. */
void access_note(struct op *op, int64_t matter_id, const char *what);
/* The same for one part of it: "file:5". */
void access_note_part(struct op *op, int64_t matter_id, const char *what, int64_t part);
/* One look at a record as it stands; of a secret one it is on disk before ERR_OK, that is before
 * anything of it is shown. */
enum err_code access_look(struct op *op, int64_t id, bool secret, const char *what) MUST_CHECK;
/* Writes what was noted; called by a job every half second and before the process ends. */
enum err_code access_flush(struct op *op, struct access_log *log) MUST_CHECK;
/* Adds one row to a change set (reveals). */
void access_add(struct op *op, struct changes *ch, int64_t matter_id, const char *what,
                const char *reason);

/**
 * Shows a person in clear: {"name","phone","address",…}, new reference in ret.
 * @param party   consumer, proxy, respondent or reporter
 * @param reason  code of the table reveal_reasons
 * @return ERR_FORBIDDEN, ERR_NOT_FOUND (also where nothing is), ERR_INVALID; the row is durable
 *         before ERR_OK
 */
enum err_code matter_reveal(struct op *op, int64_t id, const char *party, const char *reason,
                            json_t **ret) MUST_CHECK;

struct access_row {
    int64_t id, at, officer_id, matter_id;
    const char *officer, *number, *what, *reason;
    const char *of_register; /* whose entry it was; NULL: a matter or an order */
};
/* For auditors: looks at matters of their body and below, newest first, matter_id 0 = all, before
 * an access id (0 = newest). */
enum err_code access_list(struct op *op, int64_t matter_id, int64_t before, size_t max,
                          struct access_row *ret, size_t *ret_n) MUST_CHECK;

#endif
