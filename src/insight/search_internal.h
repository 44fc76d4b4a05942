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

/* ---- search_kept.c: by what is kept in memory (kept_hits.h) ---- */

/* As wide_ids. Where words, a state and a body alone are asked for by one who sees everything, rows
 * are not asked: then r->from_memory, and who shows them asks whether they fit.
 * @param[out] ret_done  false: they are not there, and nothing was done */
enum err_code kept_ids(struct reading *r, int64_t below, size_t want, int64_t *ret, size_t *ret_n,
                       bool *ret_done) MUST_CHECK;
/* Keeps those of the ids, newest first, that are hits. */
enum err_code kept_among(struct reading *r, int64_t *ids, size_t *n, bool *ret_done) MUST_CHECK;

/* A statement whose first column is an id, with @p order and a limit behind it. */
enum err_code ordered_ids(struct reading *r, const struct stream *stream, int order, size_t want,
                          int64_t *ret, size_t *ret_n) MUST_CHECK;

#endif
