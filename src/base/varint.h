/* Whole numbers in as few bytes as they need: seven bits a byte, low ones first, the eighth says
 * that another follows. Signed ones as 0, -1, 1, -2 … */
#ifndef FANGXIN_BASE_VARINT_H
#define FANGXIN_BASE_VARINT_H

#include <stdint.h>

#include "base/buf.h"

static inline void varint_put(struct buf *out, uint64_t value)
{
    while (value >= 0x80) {
        buf_addc(out, (char)(value | 0x80));
        value >>= 7;
    }
    buf_addc(out, (char)value);
}

static inline void varint_put_signed(struct buf *out, int64_t value)
{
    varint_put(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

/* Bytes being read; bad once something did not read. */
struct varint_cursor {
    const unsigned char *at, *end;
    bool bad;
};

static inline uint64_t varint_get(struct varint_cursor *c)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (c->at == c->end)
            break;
        value |= (uint64_t)(*c->at & 0x7f) << shift;
        if ((*c->at++ & 0x80) == 0)
            return value;
    }
    c->bad = true;
    return 0;
}

static inline int64_t varint_get_signed(struct varint_cursor *c)
{
    uint64_t value = varint_get(c);

    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#endif
