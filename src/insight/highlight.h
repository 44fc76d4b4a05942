/* Where a query's terms stand in a text, and an excerpt that shows them.
 *
 * FTS5's own highlight() counts overlapping pairs twice (食食食食品品品 for 食食), never escapes
 * and sees only the index's text, so this reads the original. */
#ifndef FANGXIN_INSIGHT_HIGHLIGHT_H
#define FANGXIN_INSIGHT_HIGHLIGHT_H

#include "base/buf.h"
#include "insight/tokens.h"

struct hit {
    size_t from, to; /* bytes of the text, from ≤ x < to, whole code points */
};

struct hits {
    size_t n;
    struct hit *items; /* ascending; overlapping and touching ones are one */
};

/* Every place of every term. ERR_NO_MEMORY, ERR_TOO_LARGE as fold_text. */
enum err_code highlight_find(const struct folder *folder, struct arena *arena, const char *text,
                             size_t n, const struct query *query, struct hits *ret) MUST_CHECK;

/* At most @p code_points of the text around the first hit (its beginning when there is none), for
 * HTML: escaped, hits inside <mark>…</mark>, "…" where text was left out, U+FFFD for broken bytes.
 * Control characters become spaces. Adds to @p out, which must be checked by the caller. */
void highlight_excerpt(const char *text, size_t n, const struct hits *hits, size_t code_points,
                       struct buf *out);

#endif
