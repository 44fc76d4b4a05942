/* Ends connections that drip: the HTTP library's time-outs are idle time-outs, so a client that
 * sends one byte a second would stay for ever. A thread shuts the socket of whoever is past the
 * time set for him; the event loop notices the end and cleans up. */
#ifndef FANGXIN_WEB_WATCH_H
#define FANGXIN_WEB_WATCH_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"

struct watch;

struct watched {
    struct watched *prev, *next; /* the list's */
    int fd;
    _Atomic int64_t until_ms; /* monotonic; 0 = as long as its owner needs */
};

enum err_code watch_new(struct watch **ret, struct err *err) MUST_CHECK;
void watch_free(struct watch *watch); /* NULL is fine; nobody may be watched any more */
void watch_add(struct watch *watch, struct watched *w);
/* Before the socket is closed, so that its number is not yet another's. */
void watch_remove(struct watch *watch, struct watched *w);
unsigned watch_count(struct watch *watch);

#endif
