#include "base/waiting.h"

#include <stddef.h>

static _Thread_local struct {
    void (*told)(void *arg, bool waits);
    void *arg;
} of_thread;

void waiting_tells(void (*told)(void *arg, bool waits), void *arg)
{
    of_thread.told = told;
    of_thread.arg = arg;
}

void waiting_begin(void)
{
    if (of_thread.told != NULL)
        of_thread.told(of_thread.arg, true);
}

void waiting_end(void)
{
    if (of_thread.told != NULL)
        of_thread.told(of_thread.arg, false);
}
