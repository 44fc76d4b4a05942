/* Problem details after RFC 9457, in Chinese and English. */
#ifndef FANGXIN_WEB_PROBLEM_H
#define FANGXIN_WEB_PROBLEM_H

#include "web/response.h"

/**
 * Writes a failure as application/problem+json, with Retry-After where the same request may be
 * sent again.
 * @param err      its items are shown, its `why` never; may be NULL
 * @param current  JSON of the record as it stands, for 409; may be NULL
 */
void problem_write(struct response *resp, const struct request *req, enum err_code code,
                   const struct err *err, const char *current);

/* The stable code of an error: "invalid", "not_found", … */
const char *problem_code(enum err_code code);

#endif
