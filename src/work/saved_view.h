/* Saved views: a filter of lists with up to two columns to count by, under a name. Record kind
 * "view". A view keeps what is asked, never what was found, so it shows nobody more than he may
 * see.
 *
 * State: "owner" (officer id), "body" (his when it was saved), "status" "shared" or "own.<owner>"
 * or "gone". Name and filter are sealed with the event that set them: a filter may hold a name or a
 * phone. Who may: MAY_SEE_VIEW, MAY_CHANGE_VIEW, MAY_KEEP_VIEW. */
#ifndef FANGXIN_WORK_SAVED_VIEW_H
#define FANGXIN_WORK_SAVED_VIEW_H

#include "work/record.h"

#define VIEW_NAME_CHARS 40
#define VIEWS_MAX 500 /* in one answer */

struct saved_view {
    int64_t id, version, owner;
    const char *owner_display, *body, *name;
    bool shared, may_change;
    json_t *asked; /* owned: {"filter": {name: value}, "by": …, "and": …} */
};
void saved_view_release(struct saved_view *view);

/* What is saved; texts of the filter are checked by the caller. */
struct saved_view_form {
    const char *name, *by, *and; /* by and and NULL: a list */
    const json_t *filter;
    bool shared;
};
enum err_code saved_view_add(struct op *op, const struct saved_view_form *form,
                             struct saved_view *ret) MUST_CHECK;
/* ERR_NOT_FOUND for whom may not see it, ERR_FORBIDDEN, ERR_CONFLICT. */
enum err_code saved_view_change(struct op *op, int64_t id, const struct saved_view_form *form,
                                int64_t version, struct saved_view *ret) MUST_CHECK;
enum err_code saved_view_remove(struct op *op, int64_t id, int64_t version) MUST_CHECK;
/* His own and those shared in his body or one above, newest first; at most VIEWS_MAX. */
enum err_code saved_view_list(struct op *op, struct saved_view **ret, size_t *ret_n) MUST_CHECK;

#endif
