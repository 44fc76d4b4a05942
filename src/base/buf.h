/* Text or bytes under construction, with a maximum of its own and an error that sticks. */
#ifndef FANGXIN_BASE_BUF_H
#define FANGXIN_BASE_BUF_H

#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct buf {
    char *data; /* always ends in NUL once anything was added; NULL while empty */
    size_t len, cap, max;
    bool failed; /* the maximum was reached or memory ran out: what was added since is lost */
    bool lacked; /* it was for want of memory */
};

/* @p max_bytes is the most it will ever hold. A buffer that is released at the end of its scope is
 * set where it is declared, so that no early return meets one that was not. */
#define BUF_UP_TO(max_bytes) ((struct buf){.max = (max_bytes)})
void buf_init(struct buf *buf, size_t max_bytes);
void buf_release(struct buf *buf);
void buf_reset(struct buf *buf);
/* Whether any buffer lacked memory in this thread since the last call. */
bool buf_lacked(void);

/* Makes room for n bytes and the NUL behind them; false when the buffer has failed. */
bool buf_reserve(struct buf *buf, size_t n);

/* Where n bytes may be written; NULL when the buffer has failed. buf_used says how many were. */
static inline char *buf_room(struct buf *buf, size_t n)
{
    if ((buf->failed || n >= buf->cap - buf->len || n > buf->max - buf->len) &&
        !buf_reserve(buf, n))
        return NULL;
    return buf->data + buf->len;
}

/* @p end: behind the last byte written into the room. */
static inline void buf_used(struct buf *buf, char *end)
{
    buf->len = (size_t)(end - buf->data);
    *end = '\0';
}

static inline void buf_add(struct buf *buf, const void *bytes, size_t n)
{
    char *to = buf_room(buf, n);

    if (to == NULL)
        return;
    if (n > 0)
        memcpy(to, bytes, n);
    buf_used(buf, to + n);
}

static inline void buf_adds(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

static inline void buf_addc(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_addf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_add_int(struct buf *buf, int64_t value);

/* The text, "" when nothing was added. Valid until the next change. */
const char *buf_text(const struct buf *buf);
/* A copy in the arena; NULL when the buffer failed or the arena is full. */
char *buf_dup(const struct buf *buf, struct arena *arena);

#endif
