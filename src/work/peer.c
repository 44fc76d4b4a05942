#include "work/peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

enum err_code peer_failed(struct err *err, const char *address, const char *what, const char *said)
{
    return err_set(err, ERR_IO, "%s %s: %s (error %d)", what, address, said, errno);
}

void peer_closep(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static socklen_t parse_address(const char *address, struct sockaddr_storage *ret)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    struct sockaddr_in in = {.sin_family = AF_INET};
    const char *colon = strrchr(address, ':');
    char host[64];
    int64_t port;

    *ret = (struct sockaddr_storage){0};
    if (address[0] == '/' && strlen(address) < sizeof local.sun_path) {
        memcpy(local.sun_path, address, strlen(address) + 1);
        memcpy(ret, &local, sizeof local);
        return sizeof local;
    }
    if (colon == NULL || (size_t)(colon - address) >= sizeof host ||
        !text_int64(colon + 1, &port) || port < 1 || port > 65535)
        return 0;
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    in.sin_port = htons((uint16_t)port);
    if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
        return 0;
    memcpy(ret, &in, sizeof in);
    return sizeof in;
}

enum err_code peer_reach(const char *address, const char *what, int *ret, struct err *err)
{
    const struct timeval patience = {.tv_sec = PEER_TIMEOUT_S};
    struct sockaddr_storage to;
    socklen_t n = parse_address(address, &to);

    if (n == 0)
        return err_set(err, ERR_IO, "%s: %s is neither a path nor HOST:PORT", what, address);
    *ret = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*ret < 0)
        return peer_failed(err, address, what, "no socket");
    setsockopt(*ret, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(*ret, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(*ret, (const struct sockaddr *)&to, n) != 0)
        return peer_failed(err, address, what, "cannot be reached");
    return ERR_OK;
}

bool peer_put(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}
