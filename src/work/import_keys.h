/* Which rows of a source were taken before. Private to the import.
 *
 * What stands in the table `imported` is a keyed hash of the row's key: an order or telephone
 * number that serves as one shows nothing. */
#ifndef FANGXIN_WORK_IMPORT_KEYS_H
#define FANGXIN_WORK_IMPORT_KEYS_H

#include "store/vault.h"

#define IMPORT_KEY_TEXT (2 * BLIND_BYTES + 1) /* hexadecimal, as the table holds it */

struct import_keys {
    unsigned char (*keys)[BLIND_BYTES]; /* all zero = empty place */
    size_t cap, used;
};

/* Reads those of the source in one pass. */
enum err_code import_keys_load(struct op *op, const char *source, struct import_keys *k) MUST_CHECK;
/* False when it was there already, or when memory ran out (*ret_failed). */
bool import_keys_add(struct import_keys *k, const unsigned char *key, bool *ret_failed);
void import_keys_release(struct import_keys *k);

#endif
