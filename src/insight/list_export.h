/* A list as a whole, for taking out: no pages, no cap, only what MAY_EXPORT allows.
 *
 *     TRY(export_find(op, &filter, &export));
 *     while (export.at < export.n) { TRY(export_next(op, &export, rows, &n)); … }
 *
 * The ids are found in one snapshot, their rows read in slices with a snapshot and memory each, so
 * a long export holds neither. A matter that is gone from the actor's reach meanwhile is left out.
 */
#ifndef FANGXIN_INSIGHT_LIST_EXPORT_H
#define FANGXIN_INSIGHT_LIST_EXPORT_H

#include "base/buf.h"
#include "insight/list.h"

#define EXPORT_SLICE 200

struct export
{
    const struct list_filter *filter;
    struct buf ids; /* int64_t each, newest matter first */
    size_t n, at;
};

/* @p ret->filter is kept, not copied. Give it back with export_release. */
enum err_code export_find(struct op *op, const struct list_filter *filter,
                          struct export *ret) MUST_CHECK;
void export_release(struct export *export);
/* The next slice, in op->arena, which the caller may empty between slices. */
enum err_code export_next(struct op *op, struct export *export, struct list_row **ret,
                          size_t *ret_n) MUST_CHECK;

#endif
