/* A bump allocator over a list of blocks, with a cap on the total. */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)16 * 1024) /* the first block; each further one is twice as large */
#define KEPT_BYTES ((size_t)256 * 1024) /* the largest worth keeping for the next unit of work */
#define ALIGN _Alignof(max_align_t)

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *head; /* the block being filled; older ones follow */
    size_t cap, total;
    bool lacked;
};

struct arena *arena_new(size_t cap_bytes)
{
    struct arena *a = calloc(1, sizeof *a);

    if (a != NULL)
        a->cap = cap_bytes;
    return a;
}

static void free_blocks(struct block *b)
{
    while (b != NULL) {
        struct block *next = b->next;

        free(b);
        b = next;
    }
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    free_blocks(arena->head);
    free(arena);
}

void arena_freep(struct arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

void arena_reset(struct arena *arena)
{
    struct block *first = NULL, *b = arena->head;

    while (b != NULL) { /* keeps the largest that is not too large */
        struct block *next = b->next, *drop = b;

        if (b->size <= KEPT_BYTES && (first == NULL || b->size > first->size)) {
            drop = first;
            first = b;
        }
        free(drop);
        b = next;
    }
    if (first != NULL) {
        first->next = NULL;
        first->used = 0;
    }
    arena->head = first;
    arena->total = 0;
    arena->lacked = false;
}

static void *take(struct arena *arena, size_t bytes)
{
    struct block *b = arena->head;
    size_t need;
    void *p;

    if (bytes > SIZE_MAX / 2)
        return NULL;
    need = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (need > arena->cap - (arena->total < arena->cap ? arena->total : arena->cap))
        return NULL;
    if (b == NULL || b->size - b->used < need) {
        size_t size = b == NULL ? BLOCK_BYTES : b->size < KEPT_BYTES ? 2 * b->size : KEPT_BYTES;

        if (size < need)
            size = need;
        b = malloc(sizeof *b + size);
        if (b == NULL)
            return NULL;
        b->size = size;
        b->used = 0;
        b->next = arena->head;
        arena->head = b;
    }
    p = b->data + b->used;
    b->used += need;
    arena->total += need;
    return memset(p, 0, need);
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    void *p = take(arena, bytes);

    if (p == NULL)
        arena->lacked = true;
    return p;
}

char *arena_strndup(struct arena *arena, const char *bytes, size_t n)
{
    char *p = arena_alloc(arena, n + 1);

    if (p != NULL && n > 0)
        memcpy(p, bytes, n);
    return p;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
    va_list ap, again;
    int n;
    char *p;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    p = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (p != NULL)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

size_t arena_used(const struct arena *arena)
{
    return arena->total;
}

bool arena_lacked(const struct arena *arena)
{
    return arena->lacked;
}
