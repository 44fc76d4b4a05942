/* Shared by search.c and search_wide.c (asking) and search_index.c (filling). */
#ifndef FANGXIN_INSIGHT_SEARCH_INTERNAL_H
#define FANGXIN_INSIGHT_SEARCH_INTERNAL_H

#include "base/buf.h"
#include "insight/list_internal.h"
#include "insight/search.h"
#include "store/store.h"

/* Tokens of the column scope: not a report, a report, and one per body above and at the matter's.
 */
#define SCOPE_OPEN "s0"
#define SCOPE_SECRET "s1"
/* "b" and the code in lower case, other signs as "x" and two hexadecimal digits: one word to the
 * index. */
void scope_token(struct buf *out, const char *body);

/* Between two fields of a document, so that no phrase reaches over: folding leaves no such sign. */
#define FIELD_GAP " \xc2\xb6 "

/* The masked facts of a document in the index, by SQL_search_shown; NULL where there are none. */
enum err_code shown_facts(struct op *op, struct stmt *shown, int64_t id,
                          const char **ret) MUST_CHECK;

/* Up to @p want ids below @p below of what r->only asks for, newest first. */
enum err_code wide_ids(struct reading *r, int64_t below, size_t want, int64_t *ret,
                       size_t *ret_n) MUST_CHECK;
/* The same by walking the matters of the state that the filter asks for. */
enum err_code hits_of_status(struct reading *r, int64_t below, size_t want, int64_t *ret,
                             size_t *ret_n) MUST_CHECK;

#endif
