/* On hold (保留): a matter that is kept though its term is over, for a suit or a review. A record
 * of kind "hold", whose state is
 *   {"matter": id, "number", "kind", "body", "day", "secret", "status": on | lifted, "key": number
 *    while it is on, "by", "at", "lifted": {"version", "by", "at"}}
 * with the reason, and that of lifting it, sealed beside its two events. One matter is on hold
 * once. Put on and lifted by those who answer for the body it lies with (MAY_HOLD); seen, each as
 * its matter, by those who see what the term takes (MAY_READ_RETENTION); on the page of the matter
 * itself by every officer who reads that. */
#ifndef FANGXIN_WORK_HOLD_H
#define FANGXIN_WORK_HOLD_H

#include "base/json.h"
#include "work/matter.h"
#include "work/record.h"

#define HOLD "hold"

/* @param number  of the matter */
enum err_code hold_is_on(struct op *op, struct snapshot *snap, const char *number,
                         bool *ret) MUST_CHECK;
/* The change set is undone, ERR_CONFLICT, where the matter is on hold when it is applied. */
void hold_guard(struct changes *ch, int64_t matter, const char *number);

/**
 * @return ERR_INVALID field "number" for one that is none, or none that the actor may see;
 *         ERR_FORBIDDEN; ERR_NOT_ALLOWED where it is on hold already
 */
enum err_code hold_put(struct op *op, const char *number, const char *reason,
                       int64_t *ret_id) MUST_CHECK;
/* ERR_NOT_FOUND; ERR_FORBIDDEN; ERR_CONFLICT; ERR_NOT_ALLOWED where it was lifted before. */
enum err_code hold_lift(struct op *op, int64_t id, const char *reason, int64_t version) MUST_CHECK;

/* Member `hold` of a matter's page, for officers who read it: {"reason", "by", "at"} while it is
 * on, null otherwise. */
enum err_code hold_view_of(struct op *op, struct snapshot *snap, const struct matter *m,
                           struct json_writer *w) MUST_CHECK;

/* Schema Hold. */
enum err_code hold_write(struct op *op, int64_t id, struct json_writer *w) MUST_CHECK;
/* {"items", "hidden", "next"}, newest first. @param after  "next" of the page before, "" for the
 * first one. ERR_FORBIDDEN; ERR_INVALID field "after". */
enum err_code holds_write(struct op *op, bool lifted, const char *after, size_t max,
                          struct json_writer *w) MUST_CHECK;

#endif
