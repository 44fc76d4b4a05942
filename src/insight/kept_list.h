/* Rows of lists as they were last read, kept in memory: what a page shows of a matter is the same
 * for all who may see it. For PostgreSQL, where a row of forty columns with its clock costs five
 * times as much as finding out that it is the one known. One for all requests of a process.
 *
 * A row holds good as long as the matter's row is the same in the database, which says by which
 * transaction it was written (list_row_marks), and no run over open clocks has come between, which
 * moves dates beside it; an officer's name never changes. Whoever takes one has asked that, and
 * whether it may be seen, in his view.
 */
#ifndef FANGXIN_INSIGHT_KEPT_LIST_H
#define FANGXIN_INSIGHT_KEPT_LIST_H

#include "insight/list.h"

struct kept_list;
struct kept_list *kept_list_new(void);       /* NULL: no memory */
void kept_list_free(struct kept_list *kept); /* NULL is fine */

/* Which state of a matter's row is meant. */
struct row_mark {
    int64_t id;
    int64_t written; /* the transaction that wrote it */
    int64_t head;    /* the beginning of its last event's hash: another server counts otherwise */
    int64_t run;     /* the last run over open clocks; 0: none */
};

/* Into the arena, without the group's size, level, marks and snippet. False: it is not there. */
bool kept_list_get(struct kept_list *kept, struct arena *arena, const struct row_mark *mark,
                   struct list_row *ret);
/* Without memory nothing is kept. */
void kept_list_put(struct kept_list *kept, const struct row_mark *mark, const struct list_row *row);
/* For the job: gives all back when nobody has asked for a while. */
void kept_list_rest(struct kept_list *kept);

#endif
