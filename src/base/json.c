/* The streaming JSON writer and the strict reader. */
#include "base/json.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_begin(struct json_writer *w, struct buf *out)
{
    *w = (struct json_writer){.out = out};
}

static void value_follows(struct json_writer *w)
{
    if (w->comma[w->depth])
        buf_addc(w->out, ',');
    w->comma[w->depth] = true;
}

static void open_level(struct json_writer *w, char c)
{
    value_follows(w);
    buf_addc(w->out, c);
    INVARIANT(w->depth < JSON_DEPTH_MAX);
    w->comma[++w->depth] = false;
}

static void close_level(struct json_writer *w, char c)
{
    INVARIANT(w->depth > 0);
    w->depth--;
    buf_addc(w->out, c);
}

void json_object_begin(struct json_writer *w)
{
    open_level(w, '{');
}

void json_object_end(struct json_writer *w)
{
    close_level(w, '}');
}

void json_array_begin(struct json_writer *w)
{
    open_level(w, '[');
}

void json_array_end(struct json_writer *w)
{
    close_level(w, ']');
}

/* A byte below 0x20, a quote or a backslash. */
static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Whether one of eight bytes may need it: (x - 01…01) & ~x has a high bit set where x has a zero
 * byte, and may have one behind it. */
static inline bool eight_may_need_escape(const char *s)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x, quote, backslash;

    memcpy(&x, s, 8);
    quote = x ^ ones * '"';
    backslash = x ^ ones * '\\';
    return ((((x - ones * 0x20) & ~x) | ((quote - ones) & ~quote) |
             ((backslash - ones) & ~backslash)) &
            ones * 0x80) != 0;
}

/* How many bytes from @p s on are written as they are. */
static size_t plain_bytes(const char *s, size_t n)
{
    uint32_t half[2];
    char eight[8];
    size_t i = 0;

    if (n >= 4 && n < 8) { /* the first four and the last four */
        memcpy(&half[0], s, 4);
        memcpy(&half[1], s + n - 4, 4);
        memcpy(eight, half, 8);
        if (!eight_may_need_escape(eight))
            return n;
    }
    while (i + 8 <= n && !eight_may_need_escape(s + i))
        i += 8;
    if (i + 8 > n && n >= 8 && !eight_may_need_escape(s + n - 8)) /* the rest, with some before */
        return n;
    while (i < n && !needs_escape((unsigned char)s[i]))
        i++;
    return i;
}

static void add_escape(struct buf *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    const char hex[] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};

    if (c == '"' || c == '\\')
        buf_add(out, (char[]){'\\', (char)c}, 2);
    else if (c == '\n')
        buf_add(out, "\\n", 2);
    else if (c == '\t')
        buf_add(out, "\\t", 2);
    else
        buf_add(out, hex, sizeof hex);
}

static void add_escaped(struct buf *out, const char *s, size_t n)
{
    size_t plain = plain_bytes(s, n);

    buf_addc(out, '"');
    for (size_t i = 0; i < n;) {
        buf_add(out, s + i, plain);
        i += plain;
        if (i < n)
            add_escape(out, (unsigned char)s[i++]);
        plain = plain_bytes(s + i, n - i);
    }
    buf_addc(out, '"');
}

/* Bytes between quotes. */
static char *put_quoted(char *to, const char *s, size_t n)
{
    *to++ = '"';
    memcpy(to, s, n);
    to[n] = '"';
    return to + n + 1;
}

/* Commas, quotes and text are written in one piece: lists are made of tens of thousands of these.
 */
void json_key(struct json_writer *w, const char *key)
{
    size_t n = strlen(key);
    char *to = buf_room(w->out, n + 4);

    if (to == NULL)
        return;
    if (w->comma[w->depth])
        *to++ = ',';
    w->comma[w->depth] = false;
    if (plain_bytes(key, n) == n) {
        to = put_quoted(to, key, n);
        *to++ = ':';
        buf_used(w->out, to);
        return;
    }
    buf_used(w->out, to);
    add_escaped(w->out, key, n);
    buf_addc(w->out, ':');
}

void json_put_textn(struct json_writer *w, const char *text, size_t n)
{
    char *to = plain_bytes(text, n) == n ? buf_room(w->out, n + 3) : NULL;

    if (to == NULL) {
        value_follows(w);
        add_escaped(w->out, text, n);
        return;
    }
    if (w->comma[w->depth])
        *to++ = ',';
    w->comma[w->depth] = true;
    buf_used(w->out, put_quoted(to, text, n));
}

void json_put_text(struct json_writer *w, const char *text)
{
    if (text == NULL)
        json_put_null(w);
    else
        json_put_textn(w, text, strlen(text));
}

void json_put_int(struct json_writer *w, int64_t value)
{
    value_follows(w);
    buf_add_int(w->out, value);
}

void json_put_bool(struct json_writer *w, bool value)
{
    value_follows(w);
    buf_adds(w->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *w)
{
    value_follows(w);
    buf_adds(w->out, "null");
}

void json_put_raw(struct json_writer *w, const char *json)
{
    value_follows(w);
    buf_adds(w->out, json);
}

static int dump_to_buf(const char *bytes, size_t n, void *out)
{
    buf_add(out, bytes, n);
    return 0;
}

/* The library needs memory to write, too; half a value must not pass for a whole one. */
static void dump(const json_t *value, struct buf *out)
{
    if (json_dump_callback(value, dump_to_buf, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        out->failed = out->lacked = true;
}

void json_put_tree(struct json_writer *w, const json_t *value)
{
    switch (json_typeof(value)) { /* most are one text or number, and need no library for that */
    case JSON_STRING:
        json_put_textn(w, json_string_value(value), json_string_length(value));
        return;
    case JSON_INTEGER:
        json_put_int(w, json_integer_value(value));
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        json_put_bool(w, json_is_true(value));
        return;
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_REAL:
    case JSON_NULL:
        value_follows(w);
        dump(value, w->out);
    }
}

void json_text(struct json_writer *w, const char *key, const char *text)
{
    json_key(w, key);
    json_put_text(w, text);
}

void json_int(struct json_writer *w, const char *key, int64_t value)
{
    json_key(w, key);
    json_put_int(w, value);
}

void json_bool(struct json_writer *w, const char *key, bool value)
{
    json_key(w, key);
    json_put_bool(w, value);
}

void json_none(struct json_writer *w, const char *key)
{
    json_key(w, key);
    json_put_null(w);
}

void json_raw(struct json_writer *w, const char *key, const char *json)
{
    json_key(w, key);
    json_put_raw(w, json);
}

void json_open_object(struct json_writer *w, const char *key)
{
    json_key(w, key);
    json_object_begin(w);
}

void json_open_array(struct json_writer *w, const char *key)
{
    json_key(w, key);
    json_array_begin(w);
}

/* When an allocation fails jansson's reader may call the text wrong, leave bytes out of a string,
 * or, having lost its closing quote, run beyond it. So no failure gets back to it: its work ends
 * there, and what it had built so far is given up. */
static _Thread_local jmp_buf *reading;
static _Thread_local bool lacked;

static void *take_memory(size_t n)
{
    void *p = malloc(n);

    if (p == NULL && reading != NULL)
        longjmp(*reading, 1);
    if (p == NULL)
        lacked = true;
    return p;
}

bool json_lacked(void)
{
    bool was = buf_lacked() || lacked;

    lacked = false;
    return was;
}

static void take_over_memory(void)
{
    json_set_alloc_funcs(take_memory, free);
}

static json_t *load(const char *bytes, size_t n, json_error_t *e, bool *ret_no_memory)
{
    jmp_buf here;
    json_t *value;

    *ret_no_memory = setjmp(here) != 0;
    if (*ret_no_memory) {
        reading = NULL;
        return NULL;
    }
    reading = &here;
    value = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, e);
    reading = NULL;
    return value;
}

enum err_code json_parse(const char *bytes, size_t n, json_t **ret, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    json_error_t e;
    json_t *value;
    bool no_memory;
    char en[200];

    pthread_once(&once, take_over_memory);
    value = load(bytes, n, &e, &no_memory);
    if (no_memory)
        return err_set(err, ERR_NO_MEMORY, "json: no memory for %zu bytes", n);
    if (value == NULL) {
        /* jansson quotes the input behind "near": that is neither for the log nor always UTF-8. */
        const char *near = strstr(e.text, " near ");
        int len = near == NULL ? (int)strlen(e.text) : (int)(near - e.text);

        err_note(err, ERR_MALFORMED, "json: line %d column %d: %.*s", e.line, e.column, len,
                 e.text);
        snprintf(en, sizeof en, "The JSON is wrong at line %d, column %d: %.*s.", e.line, e.column,
                 len < 120 ? len : 120, e.text);
        return err_field(err, ERR_MALFORMED, "", "json_syntax", "JSON 写得不对。", en);
    }
    *ret = value;
    return ERR_OK;
}

/* ---- whole values ---- */

#define SORTED_MAX 128 /* keys of one object that are sorted without asking for memory */

struct member {
    const char *key;
    const json_t *value;
};

static void add_value(struct buf *out, const json_t *value, unsigned depth);

static void add_members(struct buf *out, struct member *list, size_t n, unsigned depth)
{
    for (size_t i = 1; i < n; i++) { /* few and mostly in order */
        struct member m = list[i];
        size_t k = i;

        for (; k > 0 && strcmp(list[k - 1].key, m.key) > 0; k--)
            list[k] = list[k - 1];
        list[k] = m;
    }
    buf_addc(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_addc(out, ',');
        add_escaped(out, list[i].key, strlen(list[i].key));
        buf_addc(out, ':');
        add_value(out, list[i].value, depth + 1);
    }
    buf_addc(out, '}');
}

static void add_object(struct buf *out, const json_t *object, unsigned depth)
{
    struct member few[SORTED_MAX], *list = few;
    size_t size = json_object_size(object), n = 0;
    json_t *changeable =
        (json_t *)(uintptr_t)object; /* only read: jansson's iterators ask for it */

    if (size > SORTED_MAX)
        list = calloc(size, sizeof *list);
    if (list == NULL) {
        out->failed = out->lacked = true;
        return;
    }
    for (void *at = json_object_iter(changeable); at != NULL;
         at = json_object_iter_next(changeable, at))
        list[n++] = (struct member){json_object_iter_key(at), json_object_iter_value(at)};
    add_members(out, list, n, depth);
    if (list != few)
        free(list);
}

static void add_array(struct buf *out, const json_t *array, unsigned depth)
{
    buf_addc(out, '[');
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i > 0)
            buf_addc(out, ',');
        add_value(out, json_array_get(array, i), depth + 1);
    }
    buf_addc(out, ']');
}

static void add_value(struct buf *out, const json_t *value, unsigned depth)
{
    if (depth > JSON_DEPTH_MAX) {
        out->failed = true;
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(out, value, depth);
        break;
    case JSON_ARRAY:
        add_array(out, value, depth);
        break;
    case JSON_STRING:
        add_escaped(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_add_int(out, json_integer_value(value));
        break;
    case JSON_REAL:
        dump(value, out);
        break;
    case JSON_TRUE:
        buf_adds(out, "true");
        break;
    case JSON_FALSE:
        buf_adds(out, "false");
        break;
    case JSON_NULL:
        buf_adds(out, "null");
        break;
    }
}

char *json_compact(struct arena *arena, const json_t *value)
{
    CLEANUP(buf_release) struct buf out = BUF_UP_TO((size_t)64 << 20);

    if (value != NULL)
        add_value(&out, value, 0);
    return value == NULL ? NULL : buf_dup(&out, arena);
}
