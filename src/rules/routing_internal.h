/* What routing.c keeps and routing_match.c searches. Only for these two. */
#ifndef FANGXIN_RULES_ROUTING_INTERNAL_H
#define FANGXIN_RULES_ROUTING_INTERNAL_H

#include <stdint.h>

#include "rules/routing.h"

#define ROUTING_BREAK 1u /* stands for the end of a sentence in a normal form */

struct alias {
    const char *text, *body, *body_name;
    const uint32_t *form;
    size_t n;
    int confidence_pct, support;
    bool derived; /* made here from a longer one */
    bool dropped; /* two bodies claim the same derived form */
    bool shared;  /* longer names of other bodies begin with it: a town with several offices */
};

struct division {
    char code[12];
    const char *body, *body_name;
};

struct slot {
    uint64_t key; /* node << 32 | code point, 0 = free */
    uint32_t node;
};

struct routing {
    struct arena *arena;
    struct alias *aliases;
    size_t n_aliases, room_aliases;
    struct division *divisions;
    size_t n_divisions, room_divisions;
    /* after routing_ready */
    struct slot *slots;
    size_t n_slots; /* a power of two */
    uint32_t *ends; /* node → alias index + 1, 0 = none ends here */
    uint32_t n_nodes;
    bool ready;
};

/* Folds a text; punctuation vanishes, but a hyphen between digits stays (69-37号). Returns how many
 * code points there are, at most room. */
size_t routing_form(const char *text, uint32_t *ret, size_t room);
bool routing_alnum(uint32_t c);
bool routing_digit(uint32_t c);
bool routing_han(uint32_t c);
/* Where the child of a node by a code point is, or the free slot for it (key 0). */
struct slot *routing_slot(const struct routing *r, uint32_t node, uint32_t c);

#endif
