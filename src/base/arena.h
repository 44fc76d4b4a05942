/* Memory of one unit of work: taken piece by piece, given back all at once. */
#ifndef FANGXIN_BASE_ARENA_H
#define FANGXIN_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

#define CLEANUP(fn) __attribute__((cleanup(fn)))

struct arena;

/* An arena that never hands out more than @p cap_bytes; NULL when out of memory. */
struct arena *arena_new(size_t cap_bytes);
void arena_free(struct arena *arena); /* NULL is fine */
void arena_freep(struct arena **arena);
/* Forgets everything taken so far and keeps the first block for the next unit of work. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type; NULL at the cap or when out of memory. */
void *arena_alloc(struct arena *arena, size_t bytes);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *bytes, size_t n);
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3);
size_t arena_used(const struct arena *arena);
/* Whether something was not handed out since it was new or reset: what was made with it may lack a
 * part, even where nobody looked. */
bool arena_lacked(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc(arena, sizeof(type) * (size_t)(n)))

#endif
