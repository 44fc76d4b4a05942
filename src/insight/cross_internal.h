/* A cross table being counted. For cross.c and cross_cells.c alone. All memory is op's arena. */
#ifndef FANGXIN_INSIGHT_CROSS_INTERNAL_H
#define FANGXIN_INSIGHT_CROSS_INTERNAL_H

#include "insight/cross.h"
#include "insight/list_internal.h"

#define THEMES_MAX 32

/* What a column of a row means: the keys it counts for. Few distinct values, so each is worked out
 * once. */
struct raw {
    char *text;
    uint32_t n, keys[THEMES_MAX];
};

struct axis {
    enum cross_column column;
    struct cross_key *keys;
    size_t n_keys, room_keys;
    struct raw *raws;
    size_t n_raws, room_raws;
    uint32_t *slots; /* of raws, 1 and up; a power of two of them */
    size_t n_slots;
};

struct body_place {
    const char *code, *path;
};

struct counting {
    struct op *op;
    struct reading r;
    struct axis by, and;
    const struct body_place *bodies;
    size_t n_bodies;
    const char *top;      /* code of the body asked for or of the root … */
    const char *top_path; /* … and its path */
    struct cross_cell *cells;
    size_t n_cells, room_cells;
    uint32_t *slots;
    size_t n_slots;
    int64_t total;
};

/* Where among the axis' values the meaning of this one stands. ERR_INVALID with an item when there
 * are too many keys. */
enum err_code cross_raw(struct counting *c, struct axis *axis, const char *text,
                        uint32_t *ret) MUST_CHECK;
/* One row of the list, by its values of the two axes. ERR_INVALID with an item when there are too
 * many cells. */
enum err_code cross_count_raws(struct counting *c, uint32_t by, uint32_t and) MUST_CHECK;

/* ---- cross_kept.c ---- */

/* Whether the matters kept in memory answer it. */
bool cross_is_kept(const struct list_filter *f, enum cross_column by, enum cross_column and);
/* @param[out] ret_position  the last event that was counted
 * @param[out] ret_counted   false: they are not in memory yet, and nothing was counted */
enum err_code cross_count_kept(struct counting *c, struct kept_matters *kept, int64_t *ret_position,
                               bool *ret_counted) MUST_CHECK;

/* Path of a body by its code; NULL where there is none. */
const char *cross_path_of(const struct counting *c, const char *code);
/* Room for one more behind n elements: doubles the array when it is full; the old one stays in the
 * arena. NULL without memory. */
void *cross_grown(struct op *op, const void *old, size_t n, size_t size, size_t *room);
enum err_code cross_no_memory(struct op *op);

#endif
