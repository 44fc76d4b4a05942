/* LD_PRELOAD shim of bench/run: a disk whose sync takes SLOW_FSYNC_US microseconds longer. */
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

int fsync(int fd);
int fdatasync(int fd);

static void wait_longer(void)
{
    const char *us = getenv("SLOW_FSYNC_US");

    usleep(us == NULL ? 5000 : (useconds_t)strtoul(us, NULL, 10));
}

int fsync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");

    wait_longer();
    return real(fd);
}

int fdatasync(int fd)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");

    wait_longer();
    return real(fd);
}
