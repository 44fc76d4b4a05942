/* The list of open connections and the thread that walks it. */
#include "web/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/date.h"

#define ROUND_S 1

struct watch {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct watched *first;
    unsigned n;
    bool stopping;
    pthread_t thread;
};

static void end_those_past(struct watch *watch)
{
    int64_t now = monotonic_ms();

    for (struct watched *w = watch->first; w != NULL; w = w->next) {
        int64_t until = atomic_load(&w->until_ms);

        if (until != 0 && now > until && w->fd >= 0)
            shutdown(w->fd, SHUT_RDWR);
    }
}

static void *walk(void *arg)
{
    struct watch *watch = arg;

    pthread_mutex_lock(&watch->lock);
    while (!watch->stopping) {
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += ROUND_S;
        pthread_cond_timedwait(&watch->wake, &watch->lock, &until);
        end_those_past(watch);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

enum err_code watch_new(struct watch **ret, struct err *err)
{
    struct watch *watch = calloc(1, sizeof *watch);
    pthread_condattr_t monotonic;

    if (watch == NULL)
        return err_set(err, ERR_NO_MEMORY, "watch");
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&watch->thread, NULL, walk, watch) != 0) {
        free(watch);
        return err_set(err, ERR_NO_MEMORY, "watch: thread");
    }
    *ret = watch;
    return ERR_OK;
}

void watch_free(struct watch *watch)
{
    if (watch == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    INVARIANT(watch->first == NULL);
    watch->stopping = true;
    pthread_cond_signal(&watch->wake);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

void watch_add(struct watch *watch, struct watched *w)
{
    pthread_mutex_lock(&watch->lock);
    w->prev = NULL;
    w->next = watch->first;
    if (w->next != NULL)
        w->next->prev = w;
    watch->first = w;
    watch->n++;
    pthread_mutex_unlock(&watch->lock);
}

void watch_remove(struct watch *watch, struct watched *w)
{
    pthread_mutex_lock(&watch->lock);
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        watch->first = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    watch->n--;
    pthread_mutex_unlock(&watch->lock);
}

unsigned watch_count(struct watch *watch)
{
    unsigned n;

    pthread_mutex_lock(&watch->lock);
    n = watch->n;
    pthread_mutex_unlock(&watch->lock);
    return n;
}
