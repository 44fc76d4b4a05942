/* Tokens for the full-text index, and queries over them. Both engines index the same tokens.
 *
 * Tokens of a folded text (insight/fold.h): a word is one token; a Han stretch gives its
 * overlapping pairs and then its last character alone (变质投诉 → 变质 质投 投诉 诉). The last
 * single shows where a stretch ends, so a phrase of pairs never reaches over punctuation.
 *
 * What a query finds, exactly. White space parts a query into terms, and so does punctuation,
 * except between two words (3.15, AB-123), which stay one term. A text is found when it holds
 * every term. It holds a term when the folded term is a substring of the folded text, and besides,
 * if the term begins with a word, a word of the text begins there; if it ends with a word of fewer
 * than 3 signs or a number of fewer than 5 digits, a word of the text ends there. In SQL, over
 * ' ' || folded text || ' ': LIKE '%term%', with a space at the end of the term where that holds.
 *
 * So Han terms are found anywhere, one character alone too; words are found from their beginning
 * (refund finds refunds, not unrefunded), short words and numbers whole (2026 does not find
 * 20260315: as beginnings they would stand in every matter). Nothing a person types is an operator.
 * docs/search.md says the same with examples; tests/unit/test_tokens_index.c holds the index to it.
 */
#ifndef FANGXIN_INSIGHT_TOKENS_H
#define FANGXIN_INSIGHT_TOKENS_H

#include "base/buf.h"
#include "insight/fold.h"

/* Stored with an index; another number there means: build it anew. Raise it when folding, tokens
 * or the options below change. The version of ICU's data belongs beside it. */
#define TOKENS_VERSION 1
const char *tokens_unicode_version(void); /* of the ICU in use, "15.0" */

/* Options of an FTS5 table that takes token text as it is. `ascii` parts at ASCII signs other than
 * letters and digits, of which tokens have none, and leaves every other code point alone.
 * `prefix=1` makes the search for one Han character as quick as that for a pair. */
#define TOKENS_FTS5_OPTIONS "tokenize='ascii', prefix='1'"

/* A token that no query holds. Between the fields of one document it keeps phrases of Han and words
 * from reaching out of one into the next. Folding leaves no such sign, `ascii` takes it as it is.
 */
#define TOKENS_BARRIER "\xc2\xb7"

struct tokens {
    size_t n;
    const char **items; /* UTF-8, in the order of the text: item i has position i + 1 */
};

/* ERR_NO_MEMORY at the arena's cap. */
enum err_code tokens_list(struct arena *arena, const struct folded *text,
                          struct tokens *ret) MUST_CHECK;
/* The same tokens joined by spaces, for FTS5; adds to @p out, which must be checked by the caller.
 */
void tokens_join(const struct folded *text, struct buf *out);

#define QUERY_TERMS_MAX 16
#define QUERY_CHARS_MAX 200 /* code points read of what a person typed; the rest is ignored */

struct query_term {
    struct folded text;
    struct tokens tokens; /* a phrase: they stand one behind another */
    bool prefix;          /* the last token may go on in the text */
    bool whole_end;       /* a word must end where the term ends */
};

struct query {
    size_t n;                                 /* 0: nothing to search for, which finds nothing */
    struct query_term terms[QUERY_TERMS_MAX]; /* all must be found; further ones are ignored */
};

/* Fails only for want of memory (ERR_NO_MEMORY). @p ret points into the arena. */
enum err_code query_parse(const struct folder *folder, struct arena *arena, const char *typed,
                          struct query *ret) MUST_CHECK;
/* For FTS5 MATCH: `"变质 质投 投诉" AND "refund" *`. "" when the query is empty: do not run it. In
 * a table of several columns put it behind the column's name, in brackets: `words : (…)`; words
 * typed would match other columns too. NULL at the arena's cap. */
char *query_fts5(struct arena *arena, const struct query *query);
/* Whether a text is found, decided without an index. An empty query finds nothing. */
bool query_matches(const struct query *query, const struct folded *text);
/* Whether a term stands at unit @p at of the text. */
bool query_term_at(const struct query_term *term, const struct folded *text, size_t at);

#endif
