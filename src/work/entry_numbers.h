/* Numbers of entries that are being written: who comes while one is on its way takes the next one,
 * and is written only behind it. So several entries of one register go into one commit, and numbers
 * stay without gaps. */
#ifndef FANGXIN_WORK_ENTRY_NUMBERS_H
#define FANGXIN_WORK_ENTRY_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

struct entry_numbers;

struct entry_numbers *entry_numbers_new(void); /* NULL without memory */
void entry_numbers_free(struct entry_numbers *numbers);

/**
 * The number to try for a register's next entry of a year. Any thread.
 * @param last  the last one that is written, as the caller's snapshot sees it
 * @param[out] ret_place  for entry_numbers_done; 0: none is kept, which needs no such call
 * @return last + 1, or more while others are on their way: then it must be refused unless the one
 * before it is there when it is written
 */
int64_t entry_numbers_take(struct entry_numbers *numbers, const char *of_register, int year,
                           int64_t last, unsigned *ret_place);
/* It was written, or not: then those behind it start again from what is written. */
void entry_numbers_done(struct entry_numbers *numbers, unsigned place, bool written);

#endif
