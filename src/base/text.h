/* Text: UTF-8 checks, numbers, masks. Nothing here allocates unless it takes an arena. */
#ifndef FANGXIN_BASE_TEXT_H
#define FANGXIN_BASE_TEXT_H

#include <stdint.h>

#include "base/arena.h"

/* Well-formed UTF-8 without NUL; false also for surrogates and overlong forms. */
bool utf8_valid(const char *bytes, size_t n);
/* The code point at @p s and its length; *ret_len is 1 and U+FFFD comes back for a broken byte. */
uint32_t utf8_at(const char *s, size_t n, size_t *ret_len);
/* The ASCII sign of a full-width one (U+FF01 to U+FF5E); any other stays. */
uint32_t utf8_narrow(uint32_t code_point);
/* How many code points. */
size_t utf8_count(const char *s, size_t n);
/* How many bytes the first @p code_points take, at most n. */
size_t utf8_prefix(const char *s, size_t n, size_t code_points);

/* A whole decimal number, no spaces, no sign but '-'; false when it is not one or does not fit. */
bool text_int64(const char *text, int64_t *ret);
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
/* Without leading and trailing white space (ASCII and U+3000), in the arena. */
char *text_trim(struct arena *arena, const char *text);

/* Masks of values a person may see on a list: 138****2046, 刘*, first six … last four. */
char *mask_phone(struct arena *arena, const char *phone);
char *mask_name(struct arena *arena, const char *name);
char *mask_address(struct arena *arena, const char *address);
char *mask_id_number(struct arena *arena, const char *id);

/* Lower-case hexadecimal of bytes; ret has room for 2 * n + 1. */
void hex_encode(const unsigned char *bytes, size_t n, char *ret);
bool hex_decode(const char *hex, unsigned char *ret, size_t n);

#endif
