/* An entry, or the entries of a list, as their register prints them: PDF. */
#ifndef FANGXIN_WORK_ENTRY_PRINT_H
#define FANGXIN_WORK_ENTRY_PRINT_H

#include "base/buf.h"
#include "work/entry.h"

/* Adds the PDF. The caller has checked MAY_READ_ENTRY. ERR_NOT_FOUND: no such print;
 * ERR_NOT_ALLOWED in another state; ERR_TOO_LARGE, ERR_IO as letter_pdf. */
enum err_code entry_print(struct op *op, const struct record *r, const char *print,
                          struct buf *out) MUST_CHECK;
/**
 * Adds the PDF of the entries that a list holds, the oldest first, as far as the print asks for
 * their state and its condition holds today. At most 500 rows.
 * @param body  code of the body that it is printed for
 * @return ERR_FORBIDDEN for who may not take out lists; ERR_NOT_FOUND: no such print of lists;
 *         ERR_INVALID: too many
 */
enum err_code entry_print_list(struct op *op, const struct entry_filter *filter, const char *body,
                               const char *print, struct buf *out) MUST_CHECK;
/* Array "prints" of the open object: [{"id","label"}] of the state it is in. */
void entry_prints_view(struct op *op, const struct record *r, struct json_writer *w);

#endif
