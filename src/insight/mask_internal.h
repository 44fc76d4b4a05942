/* Shared by mask.c (parties, output) and mask_digits.c (numbers). */
#ifndef FANGXIN_INSIGHT_MASK_INTERNAL_H
#define FANGXIN_INSIGHT_MASK_INTERNAL_H

#include "insight/fold.h"

/* What stands between a sign and the one before it. */
enum space {
    SPACE_NONE, /* nothing */
    SPACE_JOIN, /* up to three of: blanks, hyphens, dots, brackets, underscores */
    SPACE_FAR,  /* anything else */
    SPACE_STAR, /* something with an asterisk: a mask */
};

/* A folded letter or digit; gaps are only told by `before`. */
struct sign {
    uint32_t cp;
    uint32_t from, to; /* bytes of the original */
    enum fold_kind kind;
    enum space before;
};

/* A piece of the original to be replaced. */
struct cut {
    size_t from, to;
    const char *with;
};

struct masking {
    struct arena *arena;
    const char *text;
    size_t n; /* signs */
    struct sign *signs;
    size_t n_cuts, cap_cuts;
    struct cut *cuts;
};

/* Cuts these signs. A number that they begin or end inside of goes whole, and then shows nothing:
 * what is left of it could look like another number. @p with NULL: out of memory. */
enum err_code masking_cut(struct masking *m, size_t first_sign, size_t end_sign,
                          const char *with) MUST_CHECK;
/* Cuts every number that the table in mask.h names. */
enum err_code masking_numbers(struct masking *m) MUST_CHECK;

static inline bool sign_is_digit(const struct sign *s)
{
    return s->cp >= '0' && s->cp <= '9';
}

#endif
