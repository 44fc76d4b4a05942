/* Words as PostgreSQL has them: the same tokens that SQLite's FTS5 gets, with their places, so that
 * phrases mean the same; behind "s:" the tokens of the scope, without places. Documents go to the
 * server as it reads tsvectors in binary form: it takes a third of the time of their text. */
#include "store/pg_engine.h"

#include <endian.h>
#include <stdlib.h>

#include "base/text.h"

#define SCOPE_MARK "s:"
#define PLACES_MAX 16383 /* further ones are all taken for this one */
#define PLACES_OF_ONE 256
#define LEXEME_BYTES                                                                               \
    2000 /* PostgreSQL takes 2046; a longer word is cut in documents and queries                   \
          */

/* How much of a word is kept: whole signs. */
static size_t kept_of(const char *word, size_t n)
{
    if (n > LEXEME_BYTES)
        n = LEXEME_BYTES;
    while (n > 0 && n == LEXEME_BYTES && ((unsigned char)word[n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* ---- documents ---- */

struct token {
    const char *word;
    uint32_t n;
    uint16_t place; /* 0: of the scope */
};

static size_t count_tokens(const char *text)
{
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p++)
        n += *p == ' ';
    return n + 1;
}

static size_t add_tokens(struct token *to, const char *text, bool scope)
{
    size_t count = 0;
    uint16_t place = 0;

    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, " ");

        if (n > 0) {
            place = (uint16_t)(place + (place < PLACES_MAX));
            to[count++] = (struct token){p, (uint32_t)kept_of(p, n), scope ? 0 : place};
        }
        p += n + (p[n] == ' ');
    }
    return count;
}

static int compare_bytes(const char *a, size_t n_a, const char *b, size_t n_b)
{
    int order = memcmp(a, b, n_a < n_b ? n_a : n_b);

    return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

/* PostgreSQL's order of lexemes; places of the same one ascend. */
static int compare_tokens(const void *first, const void *second)
{
    const struct token *a = first, *b = second;
    int order = compare_bytes(a->word, a->n, b->word, b->n);

    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static void add_be16(struct buf *out, uint16_t n)
{
    const unsigned char bytes[] = {(unsigned char)(n >> 8), (unsigned char)n};

    buf_add(out, bytes, sizeof bytes);
}

/* The lexeme that @p tokens begins with, and its places; returns how many of the @p n tokens it is.
 */
static size_t add_lexeme(struct buf *out, const struct token *tokens, size_t n)
{
    uint16_t places[PLACES_OF_ONE];
    size_t same = 0, n_places = 0;

    for (; same < n && tokens[same].n == tokens[0].n &&
           memcmp(tokens[same].word, tokens[0].word, tokens[0].n) == 0;
         same++) {
        uint16_t place = tokens[same].place;

        if (place != 0 && n_places < PLACES_OF_ONE &&
            (n_places == 0 || places[n_places - 1] != place))
            places[n_places++] = place;
    }
    buf_add(out, tokens[0].word, tokens[0].n);
    buf_addc(out, '\0');
    add_be16(out, (uint16_t)n_places);
    for (size_t i = 0; i < n_places; i++)
        add_be16(out, places[i]);
    return same;
}

void pg_words_of(const struct index_doc *doc, struct arena *arena, struct buf *out)
{
    const char *scope = doc->scope == NULL ? "" : doc->scope;
    size_t most = count_tokens(doc->words) + count_tokens(scope), n, n_scope;
    struct token *tokens = ARENA_ARRAY(arena, struct token, most);
    size_t at = out->len;
    uint32_t lexemes = 0, big;

    if (tokens == NULL) {
        out->failed = true;
        return;
    }
    n = add_tokens(tokens, doc->words, false);
    n_scope = add_tokens(tokens + n, scope, true);
    for (size_t i = n; i < n + n_scope; i++) {
        tokens[i].word = arena_printf(arena, SCOPE_MARK "%.*s", (int)tokens[i].n, tokens[i].word);
        tokens[i].n += sizeof SCOPE_MARK - 1;
        if (tokens[i].word == NULL) {
            out->failed = true;
            return;
        }
    }
    n += n_scope;
    qsort(tokens, n, sizeof *tokens, compare_tokens);
    buf_add(out, &lexemes, sizeof lexemes);
    for (size_t i = 0; i < n; lexemes++)
        i += add_lexeme(out, &tokens[i], n - i);
    big = htobe32(lexemes);
    if (!out->failed)
        memcpy(out->data + at, &big, sizeof big);
}

/* ---- queries ---- */

static void add_quoted(struct buf *out, const char *mark, const char *word, size_t n)
{
    n = kept_of(word, n);
    buf_addc(out, '\'');
    buf_adds(out, mark);
    for (size_t i = 0; i < n; i++) {
        if (word[i] == '\'' || word[i] == '\\')
            buf_addc(out, word[i]);
        buf_addc(out, word[i]);
    }
    buf_addc(out, '\'');
}

/* A phrase between quotes from @p p on; returns what follows it. */
static const char *add_phrase(struct buf *out, const char *p, bool scope)
{
    const char *end = strchr(p, '"');
    bool prefix, first = true;

    if (end == NULL)
        end = p + strlen(p);
    prefix = text_starts(end, "\" *");
    while (p < end) {
        size_t n = strcspn(p, " \"");

        if (n > 0) {
            if (!first)
                buf_adds(out, " <-> ");
            first = false;
            add_quoted(out, scope ? SCOPE_MARK : "", p, n);
        }
        p += n + (p[n] == ' ');
    }
    if (prefix)
        buf_adds(out, ":*");
    return *end == '\0' ? end : end + (prefix ? 3 : 1);
}

/* Knows what search puts together (insight/tokens.h, insight/search.c): phrases, AND, brackets, and
 * the columns {words} and {scope}. */
char *pg_words_match(struct arena *arena, const char *fts5)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)256 << 10);
    bool scope = false;

    for (const char *p = fts5; *p != '\0';) {
        if (*p == '"') {
            p = add_phrase(&out, p + 1, scope);
            scope = false;
        } else if (text_starts(p, "AND")) {
            buf_adds(&out, " & ");
            p += 3;
        } else if (text_starts(p, "{scope} :")) {
            scope = true;
            p += strlen("{scope} :");
        } else if (text_starts(p, "{words} :")) {
            p += strlen("{words} :");
        } else {
            if (*p == '(' || *p == ')')
                buf_addc(&out, *p);
            p++;
        }
    }
    return buf_dup(&out, arena);
}
