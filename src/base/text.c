/* UTF-8, numbers, masks, hexadecimal. */
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint32_t utf8_at(const char *s, size_t n, size_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)s;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len;
    uint32_t c;

    *ret_len = 1;
    if (p[0] < 0x80)
        return p[0];
    len = p[0] >= 0xf0 && p[0] < 0xf5   ? 4
          : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
          : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
                                        : 0;
    if (len == 0 || len > n)
        return 0xfffd;
    c = p[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (p[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0xfffd;
    *ret_len = len;
    return c;
}

bool utf8_valid(const char *bytes, size_t n)
{
    for (size_t i = 0, len; i < n; i += len) {
        uint32_t c = utf8_at(bytes + i, n - i, &len);

        if (c == 0 || (c == 0xfffd && len == 1))
            return false;
    }
    return true;
}

uint32_t utf8_narrow(uint32_t code_point)
{
    return code_point >= 0xff01 && code_point <= 0xff5e ? code_point - 0xfee0 : code_point;
}

size_t utf8_count(const char *s, size_t n)
{
    size_t count = 0;

    for (size_t i = 0, len; i < n; i += len, count++)
        (void)utf8_at(s + i, n - i, &len);
    return count;
}

size_t utf8_prefix(const char *s, size_t n, size_t code_points)
{
    size_t i = 0;

    for (size_t len; i < n && code_points > 0; i += len, code_points--)
        (void)utf8_at(s + i, n - i, &len);
    return i;
}

bool text_int64(const char *text, int64_t *ret)
{
    char *end;
    long long v;

    if (text == NULL || (*text != '-' && (*text < '0' || *text > '9')))
        return false;
    errno = 0;
    v = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0')
        return false;
    *ret = v;
    return true;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t n = strlen(text), m = strlen(suffix);

    return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

static size_t space_at(const char *s)
{
    if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r')
        return 1;
    return strncmp(s, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

char *text_trim(struct arena *arena, const char *text)
{
    size_t n, w;

    while ((w = space_at(text)) > 0)
        text += w;
    n = strlen(text);
    for (;;) {
        if (n >= 1 && space_at(text + n - 1) == 1)
            n--;
        else if (n >= 3 && space_at(text + n - 3) == 3)
            n -= 3;
        else
            break;
    }
    return arena_strndup(arena, text, n);
}

/* Keeps the first and last code points given, stars for the rest (at most four). */
static char *mask(struct arena *arena, const char *text, size_t head, size_t tail,
                  const char *stars)
{
    size_t n = strlen(text), count = utf8_count(text, n), h, t;

    if (count <= head + tail) {
        head = count > 1 ? 1 : 0;
        tail = 0;
    }
    h = utf8_prefix(text, n, head);
    t = utf8_prefix(text, n, count - tail);
    return arena_printf(arena, "%.*s%s%s", (int)h, text, stars, text + t);
}

char *mask_phone(struct arena *arena, const char *phone)
{
    return mask(arena, phone, 3, 4, "****");
}

char *mask_name(struct arena *arena, const char *name)
{
    return mask(arena, name, 1, 0, "*");
}

char *mask_address(struct arena *arena, const char *address)
{
    return mask(arena, address, 6, 0, "****");
}

char *mask_id_number(struct arena *arena, const char *id)
{
    return mask(arena, id, 6, 4, "********");
}

void hex_encode(const unsigned char *bytes, size_t n, char *ret)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        ret[2 * i] = digits[bytes[i] >> 4];
        ret[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret[2 * n] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_decode(const char *hex, unsigned char *ret, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int hi = hex_value(hex[2 * i]), lo = hi < 0 ? -1 : hex_value(hex[2 * i + 1]);

        if (lo < 0)
            return false;
        ret[i] = (unsigned char)(hi << 4 | lo);
    }
    return hex[2 * n] == '\0';
}
