/* index.db: the full-text index, a file of its own with its own single writer. It can always be
 * made again from the matters, so it is neither backed up nor synced with care. On PostgreSQL it is
 * a schema of the database.
 *
 * One document per matter: rowid is the matter's id, so newest first is rowid descending. `words`
 * are tokens of the masked text (insight/tokens.h), `scope` the tokens of the bodies above it and
 * of its secrecy class. `shown` is the masked text itself, from which a hit's excerpt is cut
 * without opening anything sealed; a report has none. Snapshots see both as schema "idx" (tables
 * idx.word, FTS5, and idx.shown). A third table, idx.business, holds the names of businesses: rowid
 * is the record's id, without a scope. A fourth, idx.past, holds what the events of each matter
 * changed of the facts that figures look at (insight/past.h). */
#ifndef FANGXIN_STORE_INDEX_H
#define FANGXIN_STORE_INDEX_H

#include "store/store.h"

struct index_doc {
    int64_t id;
    const char *words; /* NULL: remove the document */
    const char *scope;
    const char *shown; /* NULL or "": nothing to cut an excerpt from */
};

/* How far a new index came along the ids, kept in meta by that name: it goes from one of them to
 * another, or to -1 where it is complete. */
struct index_reach {
    const char *name;
    int64_t from, to;
};
/* Writes documents in one transaction of index.db. Called by the indexing job alone. @p reach:
 * NULL, or the documents are the next ones of an index that is new, which has had none of them;
 * where another daemon has come there first they are left out. On PostgreSQL searches for words
 * that few documents have read all of them until it is complete. */
enum err_code index_apply(struct op *op, const struct index_doc *docs, size_t n,
                          const struct index_reach *reach) MUST_CHECK;
/* The same for the names of businesses; scope and shown are not used. */
enum err_code index_apply_businesses(struct op *op, const struct index_doc *docs, size_t n,
                                     const struct index_reach *reach) MUST_CHECK;
/* A piece to add to the past of a matter. */
struct index_past {
    int64_t id;
    const void *facts;
    size_t n;
};
/* Where the pasts came to: an event and the beginning of its hash. */
struct index_past_mark {
    int64_t event, hash;
};
/* Adds pieces in one transaction of index.db; kept in meta as past_from, past_from_mark, past_to
 * and past_to_mark. @p from 0: what was there before is thrown away. */
enum err_code index_apply_past(struct op *op, const struct index_past *pieces, size_t n,
                               struct index_past_mark from, struct index_past_mark to) MUST_CHECK;
/* A query as FTS5 has it (insight/tokens.h), in the words of the engine behind the store: to be
 * bound where sql/queries/lists.sql says MATCH. NULL at the arena's cap. */
const char *index_match(struct op *op, const char *fts5);
/* Whether the index of words gives its hits in no order, so that the newest are found by reading
 * documents, window by window (insight/search_wide.c). */
bool index_in_windows(const struct op *op);
/* Empties the index; the job fills it again. Done at open when the version differs. */
enum err_code index_clear(struct op *op) MUST_CHECK;
/* One step of making the index of words one piece, which a search walks two to three times as fast
 * as the dozen pieces that writing leaves. For idle moments: a step takes some ten milliseconds.
 * Nothing is done until enough has been written since the last time (INDEX_TIDY_AFTER).
 * *ret_more: there are further steps. */
#define INDEX_TIDY_AFTER 5000 /* documents */
enum err_code index_tidy(struct op *op, bool *ret_more) MUST_CHECK;
/* Kept in the index: the tokeniser's version and how far the job came. */
enum err_code index_meta_get(struct op *op, const char *name,
                             int64_t *ret) MUST_CHECK; /* 0 when unset */
enum err_code index_meta_set(struct op *op, const char *name, int64_t value) MUST_CHECK;

#endif
