/* A fixed table, one place for each register and year of which entries are on their way. */
#include "work/entry_numbers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 64
#define KEY_BYTES 80

struct place {
    char key[KEY_BYTES];
    unsigned on_their_way;
    int64_t top; /* the last number given; 0: start again from what is written */
};

struct entry_numbers {
    pthread_mutex_t lock;
    struct place places[PLACES];
};

struct entry_numbers *entry_numbers_new(void)
{
    struct entry_numbers *numbers = calloc(1, sizeof *numbers);

    if (numbers != NULL)
        pthread_mutex_init(&numbers->lock, NULL);
    return numbers;
}

void entry_numbers_free(struct entry_numbers *numbers)
{
    if (numbers == NULL)
        return;
    pthread_mutex_destroy(&numbers->lock);
    free(numbers);
}

/* The place of a key, or a free one; NULL when all are taken. */
static struct place *find(struct entry_numbers *numbers, const char *key)
{
    struct place *free_one = NULL;

    for (size_t i = 0; i < PLACES; i++) {
        struct place *p = &numbers->places[i];

        if (p->on_their_way > 0 && strcmp(p->key, key) == 0)
            return p;
        if (p->on_their_way == 0 && free_one == NULL)
            free_one = p;
    }
    if (free_one != NULL) {
        snprintf(free_one->key, sizeof free_one->key, "%s", key);
        free_one->top = 0;
    }
    return free_one;
}

int64_t entry_numbers_take(struct entry_numbers *numbers, const char *of_register, int year,
                           int64_t last, unsigned *ret_place)
{
    char key[KEY_BYTES];
    int n = snprintf(key, sizeof key, "%s %d", of_register, year);
    struct place *p;

    *ret_place = 0;
    if (n < 0 || (size_t)n >= sizeof key)
        return last + 1;
    pthread_mutex_lock(&numbers->lock);
    p = find(numbers, key);
    if (p != NULL) {
        p->top = (p->top > last ? p->top : last) + 1;
        last = p->top - 1;
        p->on_their_way++;
        *ret_place = (unsigned)(p - numbers->places) + 1;
    }
    pthread_mutex_unlock(&numbers->lock);
    return last + 1;
}

void entry_numbers_done(struct entry_numbers *numbers, unsigned place, bool written)
{
    struct place *p;

    if (place == 0)
        return;
    pthread_mutex_lock(&numbers->lock);
    p = &numbers->places[place - 1];
    p->on_their_way--;
    if (!written)
        p->top = 0;
    pthread_mutex_unlock(&numbers->lock);
}
