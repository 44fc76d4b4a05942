/* All of the bytes to a descriptor, however many the kernel takes at a time.
 *
 * Inline, so that fangxin-media has it without linking anything of what holds the keys. */
#ifndef FANGXIN_BASE_FD_H
#define FANGXIN_BASE_FD_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

static inline bool fd_put_all(int fd, const void *bytes, size_t n, bool is_socket)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t k = is_socket ? send(fd, p, n, MSG_NOSIGNAL) : write(fd, p, n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

/* To a file or a pipe; false with errno. */
static inline bool fd_write_all(int fd, const void *bytes, size_t n)
{
    return fd_put_all(fd, bytes, n, false);
}

/* To a socket, without a signal when the other side is gone. */
static inline bool fd_send_all(int fd, const void *bytes, size_t n)
{
    return fd_put_all(fd, bytes, n, true);
}

#endif
