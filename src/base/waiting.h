/* A thread that waits for something that needs no processor says so, to whoever shares the
 * processors out among threads (web/executor.h). Threads of nobody say it into the void. */
#ifndef FANGXIN_BASE_WAITING_H
#define FANGXIN_BASE_WAITING_H

#include <stdbool.h>

/* What this thread calls from now on when a wait begins (true) and ends (false); NULL: nothing. */
void waiting_tells(void (*told)(void *arg, bool waits), void *arg);

void waiting_begin(void);
void waiting_end(void);

#endif
