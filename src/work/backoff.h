/* Wrong passwords and PINs: each wrong try for one (what, from where) makes the next wait longer;
 * a right one forgets them. Kept in memory, bounded; never a lock for everyone. */
#ifndef FANGXIN_WORK_BACKOFF_H
#define FANGXIN_WORK_BACKOFF_H

#include "store/op.h"

struct backoff;
struct backoff *backoff_new(void);
void backoff_free(struct backoff *b);

/* ERR_RATE while (subject, op->address) must wait.  The first four wrong ones cost nothing; then 1,
 * 2, 4 … 900 s. A NULL op->backoff allows everything (commands). */
enum err_code backoff_check(struct op *op, const char *subject) MUST_CHECK;
/* Seconds until the next try is taken; 0 = at once. For Retry-After. */
int backoff_wait_s(struct op *op, const char *subject);
void backoff_wrong(struct op *op, const char *subject);
void backoff_right(struct op *op, const char *subject);

#endif
