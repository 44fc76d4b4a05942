/* Search: folding, tokens, queries, highlights and masks over any bytes.
 *
 * An input is five lines: what is typed, a name, a phone, an address; the rest is the text. */
#include "base/text.h"
#include "insight/highlight.h"
#include "insight/likeness.h"
#include "insight/mask.h"
#include "tests/fuzz/target.h"

static const struct folder *the_folder(void)
{
    static struct folder *folder; /* made once; the process ends with it */

    if (folder == NULL)
        INVARIANT(folder_new(&folder, NULL) == ERR_OK);
    return folder;
}

/* Cuts the next line off; the last one is all that is left. */
static char *line(struct arena *arena, const char **at, size_t *n, bool last)
{
    size_t len = last ? *n : 0;
    char *text;

    while (len < *n && (*at)[len] != '\n')
        len++;
    text = arena_strndup(arena, *at, len);
    INVARIANT(text != NULL);
    *at += len < *n ? len + 1 : len;
    *n -= len < *n ? len + 1 : len;
    return text;
}

static void check_units(const struct folded *f, size_t n)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct fold_unit *u = &f->units[i];

        INVARIANT(u->from <= u->to && u->to <= n);
        INVARIANT((u->kind == FOLD_GAP) == (u->cp == ' '));
        INVARIANT(u->kind == FOLD_GAP || u->from < u->to);
        INVARIANT(i == 0 || u->from >= f->units[i - 1].from);
        INVARIANT(u->kind != FOLD_GAP || (i > 0 && i + 1 < f->n && u[1].kind != FOLD_GAP));
        INVARIANT(u->cp >= 0x80 || u->cp == ' ' || (u->cp >= '0' && u->cp <= '9') ||
                  (u->cp >= 'a' && u->cp <= 'z'));
    }
}

static void check_tokens(struct arena *arena, const struct folded *f)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);
    struct tokens tokens;
    size_t spaces = 0;

    INVARIANT(tokens_list(arena, f, &tokens) == ERR_OK);
    tokens_join(f, &out);
    INVARIANT(!out.failed && utf8_valid(buf_text(&out), out.len));
    for (size_t i = 0; i < out.len; i++)
        spaces += out.data[i] == ' ';
    INVARIANT(spaces + (out.len > 0) == tokens.n);
    for (size_t i = 0; i < tokens.n; i++)
        INVARIANT(tokens.items[i][0] != '\0' && strlen(tokens.items[i]) <= 4 * FOLD_WORD_MAX);
}

static void check_query(struct arena *arena, const char *typed, const char *text, size_t n,
                        const struct folded *f)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);
    size_t quotes = 0, open = 0, close = 0;
    const char *fts5, *html;
    struct query q;
    struct hits hits;

    INVARIANT(query_parse(the_folder(), arena, typed, &q) == ERR_OK);
    fts5 = query_fts5(arena, &q);
    INVARIANT(fts5 != NULL && (fts5[0] == '\0') == (q.n == 0));
    for (const char *s = fts5; *s != '\0'; s++)
        quotes += *s == '"';
    INVARIANT(quotes == 2 * q.n);
    INVARIANT(highlight_find(the_folder(), arena, text, n, &q, &hits) == ERR_OK);
    INVARIANT(hits.n > 0 || !query_matches(&q, f));
    highlight_excerpt(text, n, &hits, 40, &out);
    html = buf_text(&out);
    INVARIANT(!out.failed && utf8_valid(html, out.len));
    for (; *html != '\0'; html++) {
        open += strncmp(html, "<mark>", 6) == 0;
        close += strncmp(html, "</mark>", 7) == 0;
        INVARIANT(*html != '<' || html[1] == 'm' || html[1] == '/');
    }
    INVARIANT(open == close);
}

static void check_mask(struct arena *arena, const char *text, const struct secret *secrets,
                       size_t n)
{
    char *once, *twice;

    INVARIANT(mask_text(the_folder(), arena, text, secrets, n, &once) == ERR_OK);
    INVARIANT(mask_text(the_folder(), arena, once, secrets, n, &twice) == ERR_OK);
    INVARIANT(strcmp(once, twice) == 0);
    INVARIANT(!utf8_valid(text, strlen(text)) || utf8_valid(once, strlen(once)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_freep) struct arena *arena = arena_new((size_t)256 << 20);
    const char *at = (const char *)data;
    struct secret secrets[3] = {{SECRET_NAME, NULL}, {SECRET_PHONE, NULL}, {SECRET_ADDRESS, NULL}};
    struct folded f;
    struct pairs pairs;
    const char *typed, *text;

    INVARIANT(arena != NULL);
    typed = line(arena, &at, &size, false);
    for (size_t i = 0; i < 3; i++)
        secrets[i].text = line(arena, &at, &size, false);
    text = at; /* NUL and all */
    INVARIANT(fold_text(the_folder(), arena, text, size, &f) == ERR_OK);
    check_units(&f, size);
    check_tokens(arena, &f);
    check_query(arena, typed, text, size, &f);
    INVARIANT(likeness_pairs(arena, &f, &pairs) == ERR_OK);
    INVARIANT(likeness(&pairs, &pairs) == (pairs.n > 0 ? 1000 : 0));
    (void)likeness_simhash(&pairs);
    check_mask(arena, line(arena, &at, &size, true), secrets, 3);
    return 0;
}
