/* The body of a request while it arrives: small ones in a buffer that stays with the connection,
 * uploads in lazily mapped memory (never on disk: they hold personal data), all within one budget.
 */
#ifndef FANGXIN_WEB_INBODY_H
#define FANGXIN_WEB_INBODY_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"

struct inbody_budget {
    size_t max_bytes;
    _Atomic size_t used_bytes;
};

struct inbody {
    struct inbody_budget *budget;
    size_t max;  /* of this route */
    bool upload; /* mapped: max + 1 bytes of address space, paged in as they arrive */
    char *data;
    size_t len, cap, charged;
    bool mapped;
};

void inbody_begin(struct inbody *b, size_t max, bool upload);
/* Room for @p bytes in all. ERR_TOO_LARGE beyond max, ERR_BUSY when the budget or memory is out. */
enum err_code inbody_room(struct inbody *b, size_t bytes) MUST_CHECK;
enum err_code inbody_add(struct inbody *b, const char *bytes, size_t n) MUST_CHECK;
/* Ends the bytes with NUL; "" when there are none. */
const char *inbody_text(struct inbody *b);
/* Gives back what is too large to keep. */
void inbody_end(struct inbody *b);
void inbody_release(struct inbody *b);

#endif
