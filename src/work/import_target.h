/* What the rows of a file become: matters, orders. Private to the import; a map names its target
 * ("target": "orders"), and everything else of an import is the same for all. */
#ifndef FANGXIN_WORK_IMPORT_TARGET_H
#define FANGXIN_WORK_IMPORT_TARGET_H

#include "store/changes.h"
#include "work/import_map.h"

struct import_target {
    const char *name;
    enum may_act need;
    /* Rows are remembered under this name; NULL: the map's or the file's. */
    const char *source;
    bool cells; /* wants import_made.cells: the row as it came */
    /* What tells rows apart, in the arena; NULL function or text: the map's key columns, else the
     * content. */
    const char *(*key)(struct op *op, const struct import_made *made);
    /* Puts one row into the change set, with all that follows from it. @p number of the row.
     * @return codes of the row (import.c is_fault_of_row) with items, or what ends the run */
    enum err_code (*take)(struct op *op, struct changes *ch, const struct import_options *options,
                          struct import_made *made, size_t number, int64_t *ret_id);
};

/* NULL for a name that is none; the matters' for NULL. */
const struct import_target *import_target_find(const char *name);

#endif
