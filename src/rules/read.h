/* Reading pack files: every value is looked up by name, checked, copied into the arena, and every
 * fault is kept with its path, so that one run names them all. For every loader of definitions. */
#ifndef FANGXIN_RULES_READ_H
#define FANGXIN_RULES_READ_H

#include "base/arena.h"
#include "base/json.h"
#include "rules/label.h"

struct reader {
    struct arena *arena; /* receives the texts */
    struct err *err;     /* may be NULL */
    bool failed;         /* a fault was found; what was read must not be used */
    bool no_memory;
    size_t path_len;
    char path[160];
};

void reader_init(struct reader *r, struct arena *arena, struct err *err);
/* What the loader returns: ERR_OK, ERR_INVALID or ERR_NO_MEMORY. */
enum err_code reader_result(const struct reader *r);

/* One level down the path; the value goes to reader_up. */
size_t reader_key(struct reader *r, const char *key);
size_t reader_index(struct reader *r, size_t index);
void reader_up(struct reader *r, size_t mark);

/* A fault at the path, or at path.key when key is not NULL. */
void reader_fault(struct reader *r, const char *key, const char *code, const char *zh,
                  const char *en_fmt, ...) PRINTF_LIKE(5, 6);

/* Whether v is an object with no keys but these (NULL-terminated). */
bool read_object(struct reader *r, const json_t *v, const char *const *keys);

/* NULL when absent and not required; "" counts as absent. */
const char *read_text(struct reader *r, const json_t *object, const char *key, bool required);
/* Both texts or none. */
struct label read_label(struct reader *r, const json_t *object, const char *key, bool required);
int64_t read_int(struct reader *r, const json_t *object, const char *key, int64_t absent,
                 int64_t min, int64_t max);
bool read_bool(struct reader *r, const json_t *object, const char *key, bool absent);
/* Position in names (NULL-terminated), or absent when the key is missing. */
int read_name(struct reader *r, const json_t *object, const char *key, const char *const *names,
              int absent, bool required);
/* NULL when absent. */
const json_t *read_array(struct reader *r, const json_t *object, const char *key, bool required);
const json_t *read_member(struct reader *r, const json_t *object, const char *key, bool required);
/* Zeroed room for n elements; NULL (and no_memory) when the arena is full or n is 0. */
void *read_room(struct reader *r, size_t n, size_t bytes);
/* A walk over a member of @p object that is an array, with zeroed room for each element:
 *
 *     struct read_walk w = read_begin(r, object, "states", sizeof *states, true);
 *     for (states = w.room; read_next(&w); n_states = w.i + 1)
 *         read_state(r, w.v, &states[w.i]);
 *
 * It goes on to the end, which restores the path: no break. @p bytes 0: no room is needed; where
 * the arena has none, nothing is walked. */
struct read_walk {
    struct reader *r;
    const json_t *list;
    const json_t *v; /* the element … */
    size_t i, n;     /* … its index; how many there are, which may be made fewer at the start */
    void *room;      /* NULL when there are none, or without memory */
    size_t at, mark;
};
struct read_walk read_begin(struct reader *r, const json_t *object, const char *key, size_t bytes,
                            bool required);
bool read_next(struct read_walk *w);
/* A fault where there are more than so many, which are not walked. */
void read_at_most(struct read_walk *w, size_t most);
/* Reads one member of an array into its zeroed room. */
typedef void (*read_member_fn)(struct reader *r, const json_t *v, void *one);
/* A required array of elements of so many bytes, each read by @p one at its place; NULL, and 0 of
 * them, when it is empty, absent or too much for the arena. */
void *read_each(struct reader *r, const json_t *v, const char *key, size_t bytes,
                read_member_fn one, size_t *ret_n);
/* The same of an array that may be left out. */
void *read_any(struct reader *r, const json_t *v, const char *key, size_t bytes, read_member_fn one,
               size_t *ret_n);

#endif
