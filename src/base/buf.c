/* A growing byte buffer. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool lacked;

bool buf_lacked(void)
{
    bool was = lacked;

    lacked = false;
    return was;
}

static void lack(struct buf *buf)
{
    buf->failed = buf->lacked = lacked = true;
}

void buf_init(struct buf *buf, size_t max_bytes)
{
    *buf = (struct buf){.max = max_bytes};
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.max = buf->max};
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->failed = buf->lacked = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

bool buf_reserve(struct buf *buf, size_t n)
{
    size_t want, cap;
    char *p;

    if (buf->failed || n > buf->max || buf->len > buf->max - n) {
        buf->failed = true;
        return false;
    }
    want = buf->len + n + 1;
    if (want <= buf->cap)
        return true;
    cap = buf->cap == 0 ? 256 : buf->cap;
    while (cap < want)
        cap *= 2;
    p = realloc(buf->data, cap);
    if (p == NULL) {
        lack(buf);
        return false;
    }
    buf->data = p;
    buf->cap = cap;
    return true;
}

void buf_addf(struct buf *buf, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        lack(buf); /* it takes memory for long numbers */
    else if (buf_reserve(buf, (size_t)n)) {
        vsnprintf(buf->data + buf->len, (size_t)n + 1, fmt, again);
        buf->len += (size_t)n;
    }
    va_end(again);
}

void buf_add_int(struct buf *buf, int64_t value)
{
    char digits[24];
    size_t i = sizeof digits;
    uint64_t v = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--i] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    if (value < 0)
        digits[--i] = '-';
    buf_add(buf, digits + i, sizeof digits - i);
}

const char *buf_text(const struct buf *buf)
{
    return buf->data == NULL ? "" : buf->data;
}

char *buf_dup(const struct buf *buf, struct arena *arena)
{
    return buf->failed ? NULL : arena_strndup(arena, buf_text(buf), buf->len);
}
