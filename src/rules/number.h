/* Identity and printed number of a matter.
 *
 * id = month index since 2000-01 << 28 | sequence in that month (from 1). Printed YYMM-NNNNN-C:
 * NNNNN is the sequence sent through a keyed permutation of its digit range, so that neighbours
 * look unrelated and a number tells nothing about how many there are; eight digits from 100,000 on.
 * C is a check character that finds every single wrong character and every swap of neighbours. */
#ifndef FANGXIN_RULES_NUMBER_H
#define FANGXIN_RULES_NUMBER_H

#include <stdint.h>

#include "base/date.h"

#define NUMBER_TEXT 17 /* "2610-12345678-K" and NUL, with room */
#define NUMBER_KEY_BYTES 32
#define NUMBER_SEQUENCE_BITS 28
#define NUMBER_SEQUENCE_MAX 99999999

int64_t matter_id_make(int month_index, int64_t sequence);
int matter_id_month(int64_t id);
int64_t matter_id_sequence(int64_t id);

/* ERR_INVALID when the month lies outside 2000 … 2099 or the sequence outside 0 … MAX. */
enum err_code number_format(int64_t id, const unsigned char key[NUMBER_KEY_BYTES],
                            char ret_text[NUMBER_TEXT], struct err *err) MUST_CHECK;
/* Lower case, missing or other hyphens and spaces are accepted. ERR_INVALID with the field
 * "number": wrong length, wrong character, check character does not fit. */
enum err_code number_parse(const char *text, const unsigned char key[NUMBER_KEY_BYTES],
                           int64_t *ret_id, struct err *err) MUST_CHECK;

#endif
