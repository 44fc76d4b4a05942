/* Shared by staff.c and session.c. */
#ifndef FANGXIN_WORK_STAFF_INTERNAL_H
#define FANGXIN_WORK_STAFF_INTERNAL_H

#include <jansson.h>

#include "work/staff.h"

/* Long enough? */
enum err_code password_check(struct op *op, const char *password) MUST_CHECK;
/* Reads the officer of a row whose columns from @p at on are id, name, display, body, roles and
 * valid_to. */
struct officer officer_of_row(struct op *op, struct stmt *s, int at);
/* Adds the event of a body or officer and gives its hash. */
enum err_code staff_event(struct op *op, struct changes *ch, const char *kind, int64_t record,
                          int64_t version, const char *act, json_t *body,
                          const unsigned char *previous,
                          unsigned char ret_hash[HASH_BYTES]) MUST_CHECK;
/* Adds the row of a password; ERR_INVALID when it is too short. Takes about 20 ms (argon2id). */
enum err_code password_put(struct op *op, struct changes *ch, int64_t officer_id,
                           const char *password) MUST_CHECK;

#endif
