/* Rows of a file that become businesses: target "businesses" of the import. */
#ifndef FANGXIN_WORK_BUSINESS_IMPORT_H
#define FANGXIN_WORK_BUSINESS_IMPORT_H

#include "store/changes.h"
#include "work/import_map.h"

/* The code where there is one, else name and address. */
const char *business_row_key(struct op *op, const struct import_made *made);
/* Registers one; a code that a business has already is a fault of the row. */
enum err_code business_row_take(struct op *op, struct changes *ch,
                                const struct import_options *options, struct import_made *made,
                                size_t number, int64_t *ret_id) MUST_CHECK;

#endif
