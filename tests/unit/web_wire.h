/* Raw sockets for tests of the HTTP adapter: say exactly these bytes, hear exactly what comes. */
#ifndef FANGXIN_TESTS_WEB_WIRE_H
#define FANGXIN_TESTS_WEB_WIRE_H

#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int wire_open(uint16_t port)
{
    struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&in, sizeof in) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* False when the other side closed before everything was said. */
static inline bool wire_say(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t w = send(fd, bytes, n, MSG_NOSIGNAL);

        if (w <= 0)
            return false;
        bytes += w;
        n -= (size_t)w;
    }
    return true;
}

static inline bool wire_text(int fd, const char *text)
{
    return wire_say(fd, text, strlen(text));
}

/* Reads until the end, or @p wait_ms without a byte, or @p size - 1 bytes. *ret_closed tells an
 * end from a wait. */
static inline size_t wire_hear(int fd, char *ret, size_t size, int wait_ms, bool *ret_closed)
{
    size_t n = 0;

    *ret_closed = false;
    while (n < size - 1) {
        struct pollfd p = {fd, POLLIN, 0};
        ssize_t r;

        if (poll(&p, 1, wait_ms) <= 0)
            break;
        r = recv(fd, ret + n, size - 1 - n, 0);
        if (r <= 0) {
            *ret_closed = true;
            break;
        }
        n += (size_t)r;
    }
    ret[n] = '\0';
    return n;
}

/* Reads until @p what has come, or the end, or 20 s. Use it wherever an answer is sure to come: a
 * loaded machine makes it late, never absent. */
static inline size_t wire_await(int fd, char *ret, size_t size, const char *what, bool *ret_closed)
{
    size_t n = 0;

    *ret_closed = false;
    ret[0] = '\0';
    for (int i = 0; i < 400 && !*ret_closed && strstr(ret, what) == NULL && n < size - 1; i++)
        n += wire_hear(fd, ret + n, size - n, 50, ret_closed);
    return n;
}

static inline unsigned wire_count(const char *text, const char *what)
{
    unsigned n = 0;

    for (const char *p = text; (p = strstr(p, what)) != NULL; p += strlen(what))
        n++;
    return n;
}

#endif
