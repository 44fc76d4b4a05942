/* One pass over the bytes: a text without escapes is taken as it stands, keys in order are not
 * looked for among those before them. Whatever is not plain is given up. */
#include "base/json_read.h"

#include <string.h>

#include "base/text.h"

#define LEVELS_MAX 64
#define DIGITS_MAX 18
#define ESCAPED_MAX 4096 /* bytes of a text with escapes */

struct plain {
    const char *at, *end;
    unsigned level;
    char room[ESCAPED_MAX]; /* of one text, until it is copied */
};

static json_t *read_value(struct plain *p);

static void skip_blanks(struct plain *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'))
        p->at++;
}

/* Takes the sign that must stand next, blanks before it passed over. */
static bool takes(struct plain *p, char c)
{
    skip_blanks(p);
    if (p->at == p->end || *p->at != c)
        return false;
    p->at++;
    return true;
}

/* ---- texts ---- */

struct span {
    const char *bytes;
    size_t n;
};

/* Up to the next quote, backslash or control; *ret_high: there are bytes beyond ASCII. */
static size_t plain_run(const struct plain *p, bool *ret_high)
{
    unsigned char high = 0;
    const char *at = p->at;

    for (; at < p->end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20; at++)
        high |= (unsigned char)*at;
    *ret_high = (high & 0x80) != 0;
    return (size_t)(at - p->at);
}

static char escaped(char c)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found = c == '\0' ? NULL : strchr(from, c);

    return found == NULL ? '\0' : to[found - from];
}

/* The rest of a text in whose first @p n bytes nothing was escaped. */
static bool read_escaped(struct plain *p, size_t n, struct span *ret)
{
    const char *first = p->at;
    char *room = p->room;
    bool high;

    for (ret->n = 0;;) {
        if (ret->n + n + 1 > ESCAPED_MAX)
            return false;
        memcpy(room + ret->n, first, n);
        ret->n += n;
        p->at = first + n;
        if (p->at == p->end || (*p->at != '"' && *p->at != '\\'))
            return false;
        if (*p->at++ == '"')
            break;
        if (p->at == p->end || (room[ret->n++] = escaped(*p->at)) == '\0')
            return false;
        first = ++p->at;
        n = plain_run(p, &high);
    }
    ret->bytes = room;
    return utf8_valid(room, ret->n);
}

/* Behind its first quote. */
static bool read_text(struct plain *p, struct span *ret)
{
    bool high;
    size_t n = plain_run(p, &high);

    if (p->at + n == p->end)
        return false;
    if (p->at[n] != '"')
        return read_escaped(p, n, ret);
    *ret = (struct span){p->at, n};
    p->at += n + 1;
    return !high || utf8_valid(ret->bytes, n);
}

static json_t *read_string(struct plain *p)
{
    struct span text;

    p->at++;
    return read_text(p, &text) ? json_stringn_nocheck(text.bytes, text.n) : NULL;
}

/* ---- numbers and words ---- */

static bool is_digit(const struct plain *p)
{
    return p->at < p->end && *p->at >= '0' && *p->at <= '9';
}

static json_t *read_integer(struct plain *p)
{
    bool minus = *p->at == '-';
    json_int_t value = 0;
    const char *first;

    p->at += minus;
    first = p->at;
    while (p->at - first < DIGITS_MAX && is_digit(p))
        value = value * 10 + (*p->at++ - '0');
    if (p->at == first || is_digit(p) || (*first == '0' && p->at - first > 1) ||
        (p->at < p->end && (*p->at == '.' || *p->at == 'e' || *p->at == 'E')))
        return NULL;
    return json_integer(minus ? -value : value);
}

static json_t *read_word(struct plain *p, const char *word, json_t *value)
{
    size_t n = strlen(word);

    if ((size_t)(p->end - p->at) < n || memcmp(p->at, word, n) != 0)
        return NULL;
    p->at += n;
    return value;
}

/* ---- what holds others ---- */

static bool read_items(struct plain *p, json_t *list)
{
    if (takes(p, ']'))
        return true;
    do {
        if (json_array_append_new(list, read_value(p)) != 0)
            return false;
    } while (takes(p, ','));
    return takes(p, ']');
}

#define KEY_MAX 64
struct key {
    char bytes[KEY_MAX];
    size_t n;
};

static bool read_key(struct plain *p, struct key *ret)
{
    struct span text;

    if (!takes(p, '"') || !read_text(p, &text) || text.n > KEY_MAX)
        return false;
    memcpy(ret->bytes, text.bytes, text.n);
    ret->n = text.n;
    return takes(p, ':');
}

static bool before(const struct key *a, const struct key *b)
{
    int order = memcmp(a->bytes, b->bytes, a->n < b->n ? a->n : b->n);

    return order < 0 || (order == 0 && a->n < b->n);
}

/* A key that stands behind the greatest so far is another one; the rest are looked for. One that is
 * there twice is for the library to name. */
static bool read_members(struct plain *p, json_t *object)
{
    struct key greatest = {.n = 0}, key;

    if (takes(p, '}'))
        return true;
    do {
        if (!read_key(p, &key))
            return false;
        if (before(&greatest, &key))
            greatest = key;
        else if (json_object_getn(object, key.bytes, key.n) != NULL)
            return false;
        if (json_object_setn_new_nocheck(object, key.bytes, key.n, read_value(p)) != 0)
            return false;
    } while (takes(p, ','));
    return takes(p, '}');
}

static json_t *read_container(struct plain *p)
{
    bool object = *p->at++ == '{', whole;
    json_t *value = object ? json_object() : json_array();

    whole = value != NULL && ++p->level <= LEVELS_MAX &&
            (object ? read_members(p, value) : read_items(p, value));
    p->level--;
    if (whole)
        return value;
    json_decref(value);
    return NULL;
}

static json_t *read_value(struct plain *p)
{
    skip_blanks(p);
    if (p->at == p->end)
        return NULL;
    switch (*p->at) {
    case '{':
    case '[':
        return read_container(p);
    case '"':
        return read_string(p);
    case 't':
        return read_word(p, "true", json_true());
    case 'f':
        return read_word(p, "false", json_false());
    case 'n':
        return read_word(p, "null", json_null());
    default:
        return read_integer(p);
    }
}

json_t *json_read_plain(const char *bytes, size_t n)
{
    struct plain p;
    json_t *value;

    p.at = bytes;
    p.end = bytes + n;
    p.level = 0;
    value = read_value(&p);

    skip_blanks(&p);
    if (value == NULL || p.at == p.end)
        return value;
    json_decref(value);
    return NULL;
}
