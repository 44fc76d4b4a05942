/* Pairs, words and phrases. */
#include "insight/tokens.h"

#include <string.h>
#include <unicode/uchar.h>

#include "base/text.h"

#define WORD_PREFIX_MIN 3   /* signs of a word that may be the beginning of a longer one */
#define NUMBER_PREFIX_MIN 5 /* digits of a number */

const char *tokens_unicode_version(void)
{
    return U_UNICODE_VERSION;
}

/* The next token from unit @p at: its length in units, and where the one after it begins. */
static size_t token_at(const struct folded *text, size_t at, size_t *ret_next)
{
    const struct fold_unit *u = text->units;
    size_t end = at;

    if (u[at].kind == FOLD_HAN) {
        *ret_next = at + 1;
        if (at + 1 < text->n && u[at + 1].kind == FOLD_HAN)
            return 2;
        if (at + 1 < text->n) /* the gap behind the stretch */
            *ret_next = at + 2;
        return 1;
    }
    while (end < text->n && u[end].kind == FOLD_WORD)
        end++;
    *ret_next = end < text->n ? end + 1 : end;
    return end - at;
}

enum err_code tokens_list(struct arena *arena, const struct folded *text, struct tokens *ret)
{
    size_t n = 0, next;
    const char **items = ARENA_ARRAY(arena, const char *, text->n + 1);

    if (items == NULL)
        return ERR_NO_MEMORY;
    for (size_t at = 0; at < text->n; at = next) {
        size_t len = token_at(text, at, &next);

        items[n] = fold_utf8(arena, text->units + at, len);
        if (items[n++] == NULL)
            return ERR_NO_MEMORY;
    }
    *ret = (struct tokens){.n = n, .items = items};
    return ERR_OK;
}

void tokens_join(const struct folded *text, struct buf *out)
{
    size_t next;

    for (size_t at = 0; at < text->n; at = next) {
        size_t len = token_at(text, at, &next);
        char bytes[4 * FOLD_WORD_MAX + 1];
        size_t n = 0;

        if (at > 0)
            bytes[n++] = ' ';
        for (size_t i = 0; i < len; i++)
            n += utf8_put(text->units[at + i].cp, bytes + n);
        buf_add(out, bytes, n);
    }
}

/* Whether a gap of what was typed parts two terms. */
static bool parts(const char *typed, const struct folded *f, size_t gap)
{
    const struct fold_unit *g = &f->units[gap];

    if (g->from == g->to)
        return false;
    if (f->units[gap - 1].kind != FOLD_WORD || f->units[gap + 1].kind != FOLD_WORD)
        return true;
    for (size_t i = g->from, len; i < g->to; i += len)
        if (u_isUWhiteSpace((UChar32)utf8_at(typed + i, g->to - i, &len)))
            return true;
    return false;
}

/* Whether the word at the end of a term may be the beginning of a longer one. */
static bool may_go_on(const struct fold_unit *units, size_t n)
{
    size_t from = n;
    bool digits = true;

    while (from > 0 && units[from - 1].kind == FOLD_WORD) {
        from--;
        digits = digits && units[from].cp >= '0' && units[from].cp <= '9';
    }
    return n - from >= (digits ? NUMBER_PREFIX_MIN : WORD_PREFIX_MIN);
}

/* The tokens of a term. A Han stretch at its end gives pairs only, for in the text it may go on; a
 * single character there is the beginning of a pair, or of itself. */
static enum err_code make_term(struct arena *arena, struct fold_unit *units, size_t n,
                               struct query_term *ret)
{
    *ret = (struct query_term){.text = {.n = n, .units = units}};
    TRY(tokens_list(arena, &ret->text, &ret->tokens));
    if (units[n - 1].kind == FOLD_WORD) {
        ret->prefix = may_go_on(units, n);
        ret->whole_end = !ret->prefix;
    } else if (n >= 2 && units[n - 2].kind == FOLD_HAN) {
        ret->tokens.n--;
    } else {
        ret->prefix = true;
    }
    return ERR_OK;
}

enum err_code query_parse(const struct folder *folder, struct arena *arena, const char *typed,
                          struct query *ret)
{
    struct folded f;
    size_t from = 0;

    ret->n = 0;
    TRY(fold_text(folder, arena, typed, utf8_prefix(typed, strlen(typed), QUERY_CHARS_MAX), &f));
    for (size_t at = 0; at <= f.n && ret->n < QUERY_TERMS_MAX; at++) {
        if (at < f.n && (f.units[at].kind != FOLD_GAP || !parts(typed, &f, at)))
            continue;
        if (at > from)
            TRY(make_term(arena, f.units + from, at - from, &ret->terms[ret->n++]));
        from = at + 1;
    }
    return ERR_OK;
}

char *query_fts5(struct arena *arena, const struct query *query)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 * 1024);

    for (size_t t = 0; t < query->n; t++) {
        const struct query_term *term = &query->terms[t];

        buf_adds(&out, t > 0 ? " AND \"" : "\"");
        for (size_t i = 0; i < term->tokens.n; i++) {
            if (i > 0)
                buf_addc(&out, ' ');
            buf_adds(&out, term->tokens.items[i]);
        }
        buf_adds(&out, term->prefix ? "\" *" : "\"");
    }
    return buf_dup(&out, arena);
}

bool query_term_at(const struct query_term *term, const struct folded *text, size_t at)
{
    const struct fold_unit *want = term->text.units, *have = text->units + at;
    size_t end = at + term->text.n;

    if (term->text.n > text->n - at)
        return false;
    if (want[0].kind == FOLD_WORD && at > 0 && have[-1].kind != FOLD_GAP)
        return false;
    for (size_t i = 0; i < term->text.n; i++)
        if (want[i].cp != have[i].cp)
            return false;
    return !term->whole_end || end == text->n || text->units[end].kind == FOLD_GAP;
}

static bool holds(const struct query_term *term, const struct folded *text)
{
    for (size_t at = 0; at < text->n; at++)
        if (query_term_at(term, text, at))
            return true;
    return false;
}

bool query_matches(const struct query *query, const struct folded *text)
{
    for (size_t t = 0; t < query->n; t++)
        if (!holds(&query->terms[t], text))
            return false;
    return query->n > 0;
}
