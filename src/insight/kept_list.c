/* A table of rows by id, one to a place: a row that comes to the place of another takes it. */
#include "insight/kept_list.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

#define PLACES 16384 /* some 700 bytes each */
#define LOCKS 64
#define FORGET_MS 600000

/* The row's texts lie behind it. */
struct kept {
    struct row_mark mark;
    struct list_row row;
    size_t n_texts;
    char texts[];
};

struct kept_list {
    pthread_mutex_t locks[LOCKS]; /* of the places with the same low bits */
    struct kept *places[PLACES];
    atomic_int_least64_t asked_ms; /* monotonic, the last time; 0: nothing is kept */
};

static const size_t texts_of[] = {
    offsetof(struct list_row, number),
    offsetof(struct list_row, kind),
    offsetof(struct list_row, status),
    offsetof(struct list_row, title),
    offsetof(struct list_row, respondent),
    offsetof(struct list_row, consumer),
    offsetof(struct list_row, channel),
    offsetof(struct list_row, category),
    offsetof(struct list_row, problem),
    offsetof(struct list_row, body),
    offsetof(struct list_row, officer_display),
    offsetof(struct list_row, waiting_for),
    offsetof(struct list_row, outcome),
    offsetof(struct list_row, ground),
    offsetof(struct list_row, next.rule),
    offsetof(struct list_row, next.state),
    offsetof(struct list_row, pack),
    offsetof(struct list_row, themes),
};
#define TEXTS (sizeof texts_of / sizeof texts_of[0])

static const char **text_at(struct list_row *row, size_t i)
{
    return (const char **)((char *)row + texts_of[i]);
}

/* ---- life ---- */

struct kept_list *kept_list_new(void)
{
    struct kept_list *kept = calloc(1, sizeof *kept);

    for (size_t i = 0; kept != NULL && i < LOCKS; i++)
        pthread_mutex_init(&kept->locks[i], NULL);
    return kept;
}

void kept_list_free(struct kept_list *kept)
{
    if (kept == NULL)
        return;
    for (size_t i = 0; i < PLACES; i++)
        free(kept->places[i]);
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&kept->locks[i]);
    free(kept);
}

/* ---- rows ---- */

/* Newer ids differ in their low bits, months in the high ones. */
static size_t place_of(int64_t id)
{
    return (size_t)((uint64_t)id * UINT64_C(0x9e3779b97f4a7c15) >> 32) % PLACES;
}

static bool same(const struct row_mark *a, const struct row_mark *b)
{
    return a->id == b->id && a->written == b->written && a->head == b->head && a->run == b->run;
}

bool kept_list_get(struct kept_list *kept, struct arena *arena, const struct row_mark *mark,
                   struct list_row *ret)
{
    size_t place = place_of(mark->id);
    const struct kept *k;
    char *texts = NULL;

    kept->asked_ms = monotonic_ms();
    pthread_mutex_lock(&kept->locks[place % LOCKS]);
    k = kept->places[place];
    if (k != NULL && same(&k->mark, mark))
        texts = arena_alloc(arena, k->n_texts + 1);
    if (texts != NULL) {
        memcpy(texts, k->texts, k->n_texts);
        *ret = k->row;
        for (size_t i = 0; i < TEXTS; i++)
            if (*text_at(ret, i) != NULL)
                *text_at(ret, i) = texts + (*text_at(ret, i) - k->texts);
    }
    pthread_mutex_unlock(&kept->locks[place % LOCKS]);
    return texts != NULL;
}

void kept_list_put(struct kept_list *kept, const struct row_mark *mark, const struct list_row *row)
{
    struct list_row copy = *row;
    size_t place = place_of(mark->id), n = 0;
    struct kept *k, *before;

    for (size_t i = 0; i < TEXTS; i++)
        n += *text_at(&copy, i) == NULL ? 0 : strlen(*text_at(&copy, i)) + 1;
    k = malloc(sizeof *k + n);
    if (k == NULL)
        return;
    *k = (struct kept){.mark = *mark, .row = copy, .n_texts = n};
    n = 0;
    for (size_t i = 0; i < TEXTS; i++) {
        const char **text = text_at(&k->row, i);

        if (*text == NULL)
            continue;
        memcpy(k->texts + n, *text, strlen(*text) + 1);
        *text = k->texts + n;
        n += strlen(*text) + 1;
    }
    pthread_mutex_lock(&kept->locks[place % LOCKS]);
    before = kept->places[place];
    kept->places[place] = k;
    pthread_mutex_unlock(&kept->locks[place % LOCKS]);
    free(before);
}

void kept_list_rest(struct kept_list *kept)
{
    if (kept->asked_ms == 0 || monotonic_ms() - kept->asked_ms < FORGET_MS)
        return;
    kept->asked_ms = 0;
    for (size_t i = 0; i < PLACES; i++) {
        pthread_mutex_lock(&kept->locks[i % LOCKS]);
        free(kept->places[i]);
        kept->places[i] = NULL;
        pthread_mutex_unlock(&kept->locks[i % LOCKS]);
    }
}
