/* Text as search sees it: NFKC, case folded, half width, simplified characters, plain digits.
 *
 * Folded text is a row of runs. A run is either a word (letters and digits of scripts that part
 * words by spaces) or a stretch of a script that does not (Han, kana, Hangul and the like, all
 * called Han here). Exactly one space stands between two runs, whatever stood there before: white
 * space, punctuation, or nothing at all between Han and a word ("iPhone手机" and "iPhone 手机" fold
 * alike). Punctuation inside a Han stretch parts it into two runs. A word longer than
 * FOLD_WORD_MAX code points goes on as a new word. Invisible signs (zero width joiners, soft
 * hyphens) vanish without parting anything.
 *
 * Every folded code point keeps the bytes of the original it came from, so that what is found in
 * the folded text can be shown or masked in the original. */
#ifndef FANGXIN_INSIGHT_FOLD_H
#define FANGXIN_INSIGHT_FOLD_H

#include <stdint.h>

#include "base/arena.h"

#define FOLD_WORD_MAX 64
#define FOLD_TEXT_MAX ((size_t)16 * 1024 * 1024) /* bytes of one text */

enum fold_kind { FOLD_GAP, FOLD_HAN, FOLD_WORD };

struct fold_unit {
    uint32_t cp; /* folded; ' ' for a gap */
    enum fold_kind kind;
    /* Bytes of the original, from ≤ x < to. Empty for a gap where nothing stood. Units that came
     * out of one original sign (㈱, ½) share its bytes. */
    uint32_t from, to;
};

struct folded {
    size_t n;
    struct fold_unit *units; /* in the arena */
};

/* The tables, made once at the start and never changed after: threads share one. */
struct folder;

/* Takes about 0.1 s; ERR_INTERNAL when ICU has no data, ERR_NO_MEMORY. */
enum err_code folder_new(struct folder **ret, struct err *err) MUST_CHECK;
void folder_free(struct folder *folder); /* NULL is fine */
void folder_freep(struct folder **folder);

/* Folds @p n bytes. Broken UTF-8 and NUL count as gaps. The result begins and ends without a gap.
 * ERR_NO_MEMORY at the arena's cap, ERR_TOO_LARGE beyond FOLD_TEXT_MAX. */
enum err_code fold_text(const struct folder *folder, struct arena *arena, const char *text,
                        size_t n, struct folded *ret) MUST_CHECK;

/* Folded units as UTF-8; NULL at the arena's cap. */
char *fold_utf8(struct arena *arena, const struct fold_unit *units, size_t n);

/* Writes one code point (≤ 4 bytes) and returns how many bytes it took. */
size_t utf8_put(uint32_t cp, char ret[4]);

#endif
