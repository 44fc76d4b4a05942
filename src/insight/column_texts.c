/* Texts of columns by number: each once, found by a hash. */
#include <stdlib.h>
#include <string.h>

#include "insight/figure_columns.h"

#define FIRST 1024

bool columns_room(void **list, size_t *cap, size_t n, size_t bytes)
{
    size_t more = *cap == 0 ? FIRST : *cap * 2;
    void *grown;

    if (n < *cap)
        return true;
    grown = realloc(*list, more * bytes);
    if (grown == NULL)
        return false;
    *list = grown;
    *cap = more;
    return true;
}

static size_t hash_of(const char *at, size_t n) /* FNV-1a */
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)at[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static bool more_slots(struct column_texts *t)
{
    size_t n = t->n_slots == 0 ? FIRST : t->n_slots * 2;
    uint32_t *slots = calloc(n, sizeof *slots);

    if (slots == NULL)
        return false;
    for (uint32_t code = 1; code < t->n; code++) {
        size_t i = hash_of(t->texts[code], strlen(t->texts[code])) & (n - 1);

        while (slots[i] != 0)
            i = (i + 1) & (n - 1);
        slots[i] = code;
    }
    free(t->slots);
    t->slots = slots;
    t->n_slots = n;
    return true;
}

static bool text_is(const char *text, struct past_text other)
{
    return strncmp(text, other.at, other.n) == 0 && text[other.n] == '\0';
}

bool columns_code(struct figure_columns *c, struct column_texts *t, struct past_text text,
                  uint32_t *ret)
{
    size_t i;

    *ret = 0;
    if (text.n == 0)
        return true;
    if (t->n * 2 >= t->n_slots && !more_slots(t))
        return false;
    i = hash_of(text.at, text.n) & (t->n_slots - 1);
    for (; t->slots[i] != 0; i = (i + 1) & (t->n_slots - 1))
        if (text_is(t->texts[t->slots[i]], text)) {
            *ret = t->slots[i];
            return true;
        }
    if (!columns_room((void **)&t->texts, &t->cap, t->n, sizeof *t->texts))
        return false;
    t->texts[t->n] = arena_strndup(c->arena, text.at, text.n);
    if (t->texts[t->n] == NULL)
        return false;
    *ret = t->slots[i] = (uint32_t)t->n++;
    return true;
}
