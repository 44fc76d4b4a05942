/* A client of clamd. A command is "z", its name and NUL; after zINSTREAM\0 come pieces, each behind
 * its length in four bytes, most significant first, and an empty one at the end. The answer ends in
 * NUL: "stream: OK", "stream: NAME FOUND" or "… ERROR". */
#include "work/scanner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/text.h"

#define TIMEOUT_S 30
#define PIECE_BYTES ((size_t)64 << 10)
#define ANSWER_BYTES 1024

static enum err_code failed(struct err *err, const char *address, const char *what)
{
    return err_set(err, ERR_IO, "virus scanner %s: %s (error %d)", address, what, errno);
}

static void close_socket(int *fd)
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

static enum err_code reach(const char *address, int *ret, struct err *err)
{
    const struct timeval patience = {.tv_sec = TIMEOUT_S};
    struct sockaddr_storage to;
    socklen_t n = parse_address(address, &to);

    if (n == 0)
        return err_set(err, ERR_IO, "virus scanner: %s is neither a path nor HOST:PORT", address);
    *ret = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*ret < 0)
        return failed(err, address, "no socket");
    setsockopt(*ret, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(*ret, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(*ret, (const struct sockaddr *)&to, n) != 0)
        return failed(err, address, "cannot be reached");
    return ERR_OK;
}

static bool put_piece(int fd, const void *bytes, size_t n)
{
    uint32_t size = htonl((uint32_t)n);

    return fd_send_all(fd, &size, sizeof size) && fd_send_all(fd, bytes, n);
}

static enum err_code get_answer(int fd, const char *address, char ret[ANSWER_BYTES],
                                struct err *err)
{
    size_t n = 0;

    while (n + 1 < ANSWER_BYTES) {
        ssize_t k = recv(fd, ret + n, ANSWER_BYTES - 1 - n, 0);

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return failed(err, address, "does not answer");
        if (k == 0)
            break;
        n += (size_t)k;
        if (ret[n - 1] == '\0')
            break;
    }
    ret[n] = '\0';
    ret[strcspn(ret, "\n")] = '\0';
    return n == 0 ? failed(err, address, "gave no answer") : ERR_OK;
}

enum err_code scanner_version(const char *address, char ret[SCANNER_TEXT], struct err *err)
{
    CLEANUP(close_socket) int fd = -1;
    char answer[ANSWER_BYTES];

    TRY(reach(address, &fd, err));
    if (!fd_send_all(fd, "zVERSION", sizeof "zVERSION"))
        return failed(err, address, "does not listen");
    TRY(get_answer(fd, address, answer, err));
    snprintf(ret, SCANNER_TEXT, "%.*s", SCANNER_TEXT - 1, answer);
    return ERR_OK;
}

/* "stream: NAME FOUND" */
static bool read_found(const char *answer, char ret[SCANNER_TEXT])
{
    size_t n = strlen(answer);

    if (!text_starts(answer, "stream: ") || n < 6 || strcmp(answer + n - 6, " FOUND") != 0)
        return false;
    snprintf(ret, SCANNER_TEXT, "%.*s", (int)(n - 6 - 8), answer + 8);
    return true;
}

enum err_code scanner_scan(const char *address, const void *bytes, size_t n,
                           struct scanner_answer *ret, struct err *err)
{
    CLEANUP(close_socket) int fd = -1;
    const char *p = bytes;
    char answer[ANSWER_BYTES];
    bool sent;

    *ret = (struct scanner_answer){0};
    TRY(reach(address, &fd, err));
    sent = fd_send_all(fd, "zINSTREAM", sizeof "zINSTREAM");
    for (size_t at = 0; sent && at < n; at += PIECE_BYTES)
        sent = put_piece(fd, p + at, n - at < PIECE_BYTES ? n - at : PIECE_BYTES);
    if (sent)
        sent = put_piece(fd, "", 0);
    if (!sent)
        return failed(err, address, "does not take the file");
    TRY(get_answer(fd, address, answer, err));
    ret->infected = read_found(answer, ret->found);
    if (!ret->infected && strcmp(answer, "stream: OK") != 0)
        return err_set(err, ERR_IO, "virus scanner %s: %.80s", address, answer);
    return ERR_OK;
}
