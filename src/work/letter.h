/* Letters (文书): issued in the name of a body, numbered without gaps, never changed.
 *
 * A record of kind "letter". Its state:
 *   {"matter", "body": in whose name, "unit": whose officer made it, "status": issuing | issued |
 *    voided, "day", "form", "form_revision", "series", "year", "n", "number", "code", "secret",
 * "by", "at", "blob", "size", "pages", "sha256", "purged": {"at"}, "services": [{"version",
 * "party", "channel", "at", "by", "told"}]} `issue` takes the number and seals the filled text; the
 * job `letters` makes the PDF outside the writer and `seal` stores it with its SHA-256. A number
 * taken is issued or voided, with a reason; after a crash the queue row is still there and the job
 * goes on. */
#ifndef FANGXIN_WORK_LETTER_H
#define FANGXIN_WORK_LETTER_H

#include "base/buf.h"
#include "insight/letter_pdf.h"
#include "work/matter.h"
#include "work/record.h"

#define LETTER "letter"
#define LETTER_CODE 17 /* 16 base32 characters */

void letter_project(struct op *op, struct changes *ch, const struct record *before,
                    const struct record *after);
enum err_code letter_check(struct op *op, struct snapshot *snap, const struct record *r,
                           const char **ret_table) MUST_CHECK;

/* The form, if the matter is in a state for it. ERR_NOT_FOUND, ERR_NOT_ALLOWED with an item. */
enum err_code letter_form_for(struct op *op, const struct matter *m, const char *form,
                              const struct letter_form **ret) MUST_CHECK;

/**
 * The PDF as it would be, marked and without a number. Recorded as a look before it is shown.
 * @param asks  what the form asks of the officer, checked for shape
 */
enum err_code letter_preview(struct op *op, int64_t matter_id, const char *form, const json_t *asks,
                             struct buf *out) MUST_CHECK;

/**
 * Takes a number; the letter is "issuing" until the job has made it.
 * @param version  of the matter that the actor saw; ERR_CONFLICT for another
 * @return as letter_form_for; ERR_INVALID field "body" where no abbreviation is known
 */
enum err_code letter_issue(struct op *op, int64_t matter_id, const char *form, const json_t *asks,
                           int64_t version, struct record *ret) MUST_CHECK;

/* A letter of a matter that the actor may see, with the matter; needs what @p need says of it. */
enum err_code letter_for(struct op *op, struct snapshot *snap, int64_t id, enum may_act need,
                         struct record *ret, struct matter *ret_matter) MUST_CHECK;

/* Gives a number up, with the reason. ERR_NOT_ALLOWED when it was voided before or served. */
enum err_code letter_void(struct op *op, int64_t id, const char *reason, int64_t version,
                          struct record *ret) MUST_CHECK;
/**
 * Notes that it reached somebody: {"party","channel","at"?,"recipient"?,"proof"?}. Where the form
 * says that this tells the party, the matter's act `tell` is done in the same change set.
 * @return ERR_INVALID fields "party", "channel", "at"; ERR_NOT_ALLOWED unless issued
 */
enum err_code letter_serve(struct op *op, int64_t id, const json_t *input, int64_t version,
                           struct record *ret) MUST_CHECK;

/* The file as sealed. ERR_NOT_FOUND while it is made; ERR_CORRUPT where it is another. */
enum err_code letter_bytes(struct op *op, const struct record *r, struct buf *out) MUST_CHECK;

/* Makes up to @p max of the letters that are waiting. */
enum err_code letters_make(struct op *op, size_t max, int64_t *ret_made) MUST_CHECK;

/* ---- what is shown ---- */

/* {"forms":[…],"items":[…]} of a matter the actor may read. */
enum err_code letters_view(struct op *op, struct snapshot *snap, const struct matter *m,
                           struct json_writer *w) MUST_CHECK;
/* Schema Letter as an object. */
enum err_code letter_view(struct op *op, struct snapshot *snap, const struct record *r,
                          const struct matter *m, struct json_writer *w) MUST_CHECK;
/* For whoever holds the letter: number, date, form, state, SHA-256; nothing of the matter or of
 * persons. @p code with or without hyphens, any case. ERR_NOT_FOUND. */
enum err_code letter_verify(struct op *op, const char *code, struct json_writer *w) MUST_CHECK;

#endif
