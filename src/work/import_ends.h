/* What came of an imported record, as acts with their dates. Private to the import. */
#ifndef FANGXIN_WORK_IMPORT_ENDS_H
#define FANGXIN_WORK_IMPORT_ENDS_H

#include "work/import_map.h"
#include "work/matter.h"

/**
 * Does the acts that lead to the outcome, each at the time of the end (assigning and accepting at
 * the receipt, because the record does not say when). Nothing to do where it names none.
 * @return ERR_INVALID with an item when this kind of matter cannot end so
 */
enum err_code import_ends(struct op *op, struct changes *ch, struct matter *m,
                          const struct import_made *made) MUST_CHECK;

#endif
