/* JSON: jansson reads what comes in, a small streaming writer makes what goes out.
 *
 * The writer keeps no tree: keys and values go straight into a struct buf, commas by themselves. */
#ifndef FANGXIN_BASE_JSON_H
#define FANGXIN_BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"

#define JSON_DEPTH_MAX 32

struct json_writer {
    struct buf *out;
    unsigned depth;
    bool comma[JSON_DEPTH_MAX + 1]; /* a value already stands at this depth */
};

void json_begin(struct json_writer *w, struct buf *out);
void json_object_begin(struct json_writer *w); /* { */
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w); /* [ */
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);

/* Values, in an array or after json_key. NULL text is null. */
void json_put_text(struct json_writer *w, const char *text);
void json_put_textn(struct json_writer *w, const char *text, size_t n);
void json_put_int(struct json_writer *w, int64_t value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);
void json_put_raw(struct json_writer *w, const char *json); /* already JSON */
void json_put_tree(struct json_writer *w, const json_t *value);

/* Key and value together. */
void json_text(struct json_writer *w, const char *key, const char *text);
void json_int(struct json_writer *w, const char *key, int64_t value);
void json_bool(struct json_writer *w, const char *key, bool value);
void json_none(struct json_writer *w, const char *key);
void json_raw(struct json_writer *w, const char *key, const char *json);
void json_open_object(struct json_writer *w, const char *key);
void json_open_array(struct json_writer *w, const char *key);

/**
 * Reads one JSON value and nothing behind it; duplicate keys, NUL and broken UTF-8 are refused.
 * @param[out] ret  a new reference; give it back with json_decref
 * @return ERR_MALFORMED with the line and column in err; ERR_NO_MEMORY
 */
enum err_code json_parse(const char *bytes, size_t n, json_t **ret, struct err *err) MUST_CHECK;
/* The text of a value without blanks, keys in byte order: what is hashed and stored. In the arena;
 * NULL without memory or when nested deeper than JSON_DEPTH_MAX. About five times as fast as
 * json_dumps, which matters because every event is written so. */
char *json_compact(struct arena *arena, const json_t *value);
/* Whether the library or a buffer lacked memory in this thread since the last call. Setting a
 * member says so only by a return value that nobody reads: what was put together since may lack a
 * part. */
bool json_lacked(void);

/* json_decrefp(json_t **), for CLEANUP, is jansson's own. */

#endif
