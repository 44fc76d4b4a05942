/* The diary: one page per body and day, days without anything included.
 *
 * A record of kind "diary": {"body", "status": "begun" (not counted yet) | "open" | "closed",
 * "day", "key": "BODY|YYYY-MM-DD", "counts": what was received and ended, "entries": versions of
 * events with an entry}. Acts: count (by the job, once), add, close, note_later (after closing).
 * Entries are sealed beside the event. */
#ifndef FANGXIN_WORK_DIARY_H
#define FANGXIN_WORK_DIARY_H

#include "work/record.h"

/* Adds an entry; on a closed page a later note. The page is made when there is none, not for days
 * to come. ERR_INVALID, ERR_FORBIDDEN. */
enum err_code diary_add(struct op *op, const char *body, date_t day, const char *text) MUST_CHECK;
/* Closes the page: it does not change any more. ERR_NOT_ALLOWED when it is closed or of today. */
enum err_code diary_close(struct op *op, const char *body, date_t day) MUST_CHECK;

/* Schema DiaryPage. */
enum err_code diary_view(struct op *op, const char *body, date_t day,
                         struct json_writer *w) MUST_CHECK;
/* Schema DiaryMonth: a line per day. */
enum err_code diary_month(struct op *op, const char *body, date_t first,
                          struct json_writer *w) MUST_CHECK;

/* The job: pages of the days before today that are missing or not counted, of every body, back to
 * the newest page of that body, as far as the pack says. */
enum err_code diary_make(struct op *op, int64_t *ret_made) MUST_CHECK;

#endif
