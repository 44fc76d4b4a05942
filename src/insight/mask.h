/* Takes identities out of free text before it is indexed, listed or logged.
 *
 * What is replaced, wherever it stands in the text and however it is written (full width digits,
 * spaces, hyphens, dots or brackets between the digits, invisible signs, traditional characters,
 * either case):
 *
 *   138****2046  mobile numbers (11 digits from 13 to 19), with or without +86
 *   0714****     landlines: area code and 7 or 8 digits
 *   ****         7 or 8 digits behind 电话 手机 座机 联系 致电 拨打 tel phone call
 *   ****         identity numbers (15, 17 + X, 18), bank cards in one piece or in fours, and every
 *                other run of 12 or more digits
 *   ****         e-mail addresses
 *   张*          names of the parties, of 2 code points or more
 *   138****2046  their phones, of 5 digits or more; a landline also without its area code: ****
 *   ****         their addresses: the whole (4 signs or more), and what of it follows province,
 *                city, county and street office, where 6 signs in a row stand in the text, or 4
 *                with a digit among them (12号3栋); without Han 12, or 8 with a digit
 *
 * Finds that overlap show only what they agree on.
 *
 * What stays: dates, times and amounts, order numbers of up to 11 digits that do not look like a
 * phone, 400 and 800 numbers, short service numbers (12315, 95588), a name of one character, and
 * the name of a street alone. Digits written as Chinese numerals are not looked at. A Latin name
 * of fewer than five letters is replaced only as a whole word. */
#ifndef FANGXIN_INSIGHT_MASK_H
#define FANGXIN_INSIGHT_MASK_H

#include "insight/fold.h"

enum secret_kind { SECRET_NAME, SECRET_PHONE, SECRET_ADDRESS };

/* Something known of a party that must not stay in the text. */
struct secret {
    enum secret_kind kind;
    const char *text; /* NULL and "" are fine: nothing to hide */
};

/* The text without them, in the arena. Masking the result again with the same secrets changes
 * nothing. ERR_NO_MEMORY, ERR_TOO_LARGE as fold_text. */
enum err_code mask_text(const struct folder *folder, struct arena *arena, const char *text,
                        const struct secret *secrets, size_t n_secrets, char **ret) MUST_CHECK;

#endif
