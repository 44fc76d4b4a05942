/* Search: words in the masked texts of the matters that the actor may see, newest first.
 *
 * list_matters with q comes here. A printed number finds its matter; a phone number finds the
 * matters of that person by the keyed index (complaints and enquiries only, never reporters);
 * anything else is words: every one must stand in the matter, Han text as written (docs/search.md).
 * Hits come from index.db (idx.word), or on PostgreSQL from memory (kept_hits.h); a narrow filter
 * is walked first and each matter asked for the words, a wide one is checked on the hits. */
#ifndef FANGXIN_INSIGHT_SEARCH_H
#define FANGXIN_INSIGHT_SEARCH_H

#include "insight/fold.h"
#include "insight/list.h"
#include "rules/codes.h"
#include "store/index.h"

/* One page of hits; what list_matters calls when filter->q is given. Same errors. */
enum err_code search_matters(struct op *op, const struct list_filter *filter, int limit,
                             const char *cursor, struct list_page *ret) MUST_CHECK;

/* Matters whose consumer or proxy has this phone, newest first, only those the actor may see; none
 * when it is no phone. Looked up in the form of phone_check (rules/identifiers.h), which is what
 * goes into vault_blind(KEY_CONSUMER, "phone"). *ret_total counts to 200. */
enum err_code search_phone(struct op *op, const char *phone, size_t max, int64_t **ret_ids,
                           size_t *ret_n, int64_t *ret_total) MUST_CHECK;

/* ---- filling the index ---- */

#define SEARCH_FIELDS_MAX 16
/* What of one matter is searched: masked texts, field by field (words never match across two). */
struct search_document {
    int64_t id;
    const char *fields[SEARCH_FIELDS_MAX];
    size_t n_fields;
    const char *scope; /* tokens of the bodies above it and of its secrecy class */
    const char *shown; /* masked facts, to cut excerpts from; NULL for a report */
};
/* @p codes gives the labels of category and problem; NULL: without labels. ERR_NOT_FOUND where
 * the matter does not exist. */
enum err_code search_document(struct op *op, const struct folder *folder, const struct codes *codes,
                              int64_t matter_id, struct search_document *ret) MUST_CHECK;
/* Makes the documents of these matters and writes them to the index in one transaction; a matter
 * that is gone is removed. For the indexing job (ACTOR_SYSTEM). */
enum err_code index_matters(struct op *op, const struct folder *folder, const struct codes *codes,
                            const int64_t *ids, size_t n,
                            const struct index_reach *reach) MUST_CHECK;

/* Masked facts of one matter, as indexed or, when it is not yet, opened and masked; "" when there
 * are none. A report's are always opened: they do not lie in the index. */
enum err_code search_masked_facts(struct op *op, const struct folder *folder, int64_t matter_id,
                                  const char **ret) MUST_CHECK;

#endif
