/* The highlighter: finds in the folded text, marks in the original. */
#include "insight/highlight.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static int by_start(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* Ascending, overlapping and touching ones joined; returns how many are left. */
static size_t join_hits(struct hit *items, size_t n)
{
    size_t kept = 0;

    if (n > 0)
        qsort(items, n, sizeof *items, by_start);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && items[i].from <= items[kept - 1].to) {
            if (items[i].to > items[kept - 1].to)
                items[kept - 1].to = items[i].to;
        } else {
            items[kept++] = items[i];
        }
    }
    return kept;
}

enum err_code highlight_find(const struct folder *folder, struct arena *arena, const char *text,
                             size_t n, const struct query *query, struct hits *ret)
{
    struct folded f;
    size_t count = 0;
    struct hit *items;

    TRY(fold_text(folder, arena, text, n, &f));
    /* One unit begins at most one hit: of several terms there, the longest reach counts. */
    items = ARENA_ARRAY(arena, struct hit, f.n + 1);
    if (items == NULL)
        return ERR_NO_MEMORY;
    for (size_t at = 0; at < f.n; at++) {
        size_t longest = 0;

        for (size_t t = 0; t < query->n; t++)
            if (query->terms[t].text.n > longest && query_term_at(&query->terms[t], &f, at))
                longest = query->terms[t].text.n;
        if (longest > 0)
            items[count++] = (struct hit){f.units[at].from, f.units[at + longest - 1].to};
    }
    *ret = (struct hits){.n = join_hits(items, count), .items = items};
    return ERR_OK;
}

/* One code point of the text as HTML. */
static void add_sign(struct buf *out, const char *s, size_t n, size_t *ret_len)
{
    uint32_t cp = utf8_at(s, n, ret_len);

    if (cp == '&')
        buf_adds(out, "&amp;");
    else if (cp == '<')
        buf_adds(out, "&lt;");
    else if (cp == '>')
        buf_adds(out, "&gt;");
    else if (cp == '"')
        buf_adds(out, "&quot;");
    else if (cp == '\'')
        buf_adds(out, "&#39;");
    else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
        buf_addc(out, ' ');
    else if (cp == 0xfffd)
        buf_adds(out, "\xef\xbf\xbd");
    else
        buf_add(out, s, *ret_len);
}

/* Where to begin so that the first hit stands about a quarter into the excerpt. */
static size_t excerpt_start(const char *text, size_t n, const struct hits *hits, size_t code_points)
{
    size_t count = utf8_count(text, n), before;

    if (hits->n == 0 || count <= code_points)
        return 0;
    before = utf8_count(text, hits->items[0].from);
    before = before > code_points / 4 ? before - code_points / 4 : 0;
    if (before > count - code_points)
        before = count - code_points;
    return utf8_prefix(text, n, before);
}

void highlight_excerpt(const char *text, size_t n, const struct hits *hits, size_t code_points,
                       struct buf *out)
{
    size_t from = excerpt_start(text, n, hits, code_points);
    size_t to = from + utf8_prefix(text + from, n - from, code_points);
    size_t h = 0;
    bool inside = false;

    if (from > 0)
        buf_adds(out, "…");
    for (size_t i = from, len; i < to; i += len) {
        while (h < hits->n && hits->items[h].to <= i)
            h++;
        if (inside != (h < hits->n && hits->items[h].from <= i)) {
            buf_adds(out, inside ? "</mark>" : "<mark>");
            inside = !inside;
        }
        add_sign(out, text + i, n - i, &len);
    }
    if (inside)
        buf_adds(out, "</mark>");
    if (to < n)
        buf_adds(out, "…");
}
