/* How the body of an event lies in its row.
 *
 * Bodies are short JSON of the same few words, and most of what a matter takes on the disk. A row
 * holds a body as its JSON, or, where that is shorter, as the number of the dictionary it was made
 * with (1) followed by one zstd frame without the frame's magic. JSON never begins with that byte,
 * so rows of both forms stand side by side. The hash of an event covers the JSON, never the packed
 * form: what is read back is what was hashed, byte by byte, or an error.
 *
 * src/store/event.dict is dictionary 1. It never changes: rows cannot be read without the very
 * dictionary they were made with. A better one would be number 2 beside it. */
#ifndef FANGXIN_STORE_EVENT_BODY_H
#define FANGXIN_STORE_EVENT_BODY_H

#include "base/buf.h"
#include "base/json.h"
#include "store/store.h"

/* Most bytes of a body. */
#define EVENT_BODY_MAX ((size_t)64 << 20)

/* What the row is to hold for @p n bytes of JSON: in @p arena, or @p json itself where packing does
 * not make it shorter or there is no memory for it. */
const void *event_body_pack(struct arena *arena, const char *json, size_t n, size_t *ret_n);

/* The JSON of a packed body or of one that is not, put into @p ret, which is emptied first.
 * @return ERR_CORRUPT, ERR_NO_MEMORY */
enum err_code event_body_unpack(const void *bytes, size_t n, struct buf *ret,
                                struct err *err) MUST_CHECK;

/* The body in a column of event, read. @param[out] ret a new reference
 * @return as event_body_unpack and json_parse */
enum err_code stmt_event_body(struct op *op, struct stmt *s, int column, json_t **ret) MUST_CHECK;

#endif
