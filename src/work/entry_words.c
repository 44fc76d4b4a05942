/* Words by which entries are found: of Han every sign and every pair of neighbours, of other
 * scripts whole words, folded as in search (insight/fold.h). */
#include <string.h>

#include "insight/fold.h"
#include "work/entry_internal.h"

#define WORD_UNITS 20

static enum err_code add(struct op *op, struct entry_words *w, const struct fold_unit *units,
                         size_t n)
{
    char *text = fold_utf8(op->arena, units, n);

    if (text == NULL)
        return err_set(&op->err, ERR_NO_MEMORY, "words");
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->items[i], text) == 0)
            return ERR_OK;
    if (w->n < ENTRY_WORDS_MAX)
        w->items[w->n++] = text;
    return ERR_OK;
}

/* Ends before the next gap or change of kind. */
static size_t run_of(const struct folded *f, size_t at)
{
    size_t n = 1;

    while (at + n < f->n && f->units[at + n].kind == f->units[at].kind)
        n++;
    return n;
}

static enum err_code add_han(struct op *op, struct entry_words *w, const struct fold_unit *units,
                             size_t n, bool asked)
{
    for (size_t i = 0; i < n; i++) {
        if (!asked || n == 1)
            TRY(add(op, w, &units[i], 1));
        if (i + 1 < n)
            TRY(add(op, w, &units[i], 2));
    }
    return ERR_OK;
}

static enum err_code words_of(struct op *op, const char *text, bool asked, struct entry_words *ret)
{
    struct folded f;

    TRY(fold_text(op->setup->folder, op->arena, text, strlen(text), &f));
    for (size_t at = 0, n; at < f.n; at += n) {
        n = run_of(&f, at);
        if (f.units[at].kind == FOLD_HAN)
            TRY(add_han(op, ret, &f.units[at], n, asked));
        else if (f.units[at].kind == FOLD_WORD)
            TRY(add(op, ret, &f.units[at], n > WORD_UNITS ? WORD_UNITS : n));
    }
    return ERR_OK;
}

enum err_code entry_words_of(struct op *op, const char *text, struct entry_words *ret)
{
    return words_of(op, text, false, ret);
}

enum err_code entry_words_asked(struct op *op, const char *text, struct entry_words *ret)
{
    ret->n = 0;
    return words_of(op, text, true, ret);
}
